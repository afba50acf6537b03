"""What a catalogue is made of: sources (client calls), properties (readable) and settings (readable and writable).

One family is one `Family`. Everything else about it is derived: polling, MQTT state, discovery, validation, docs.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property, lru_cache, partial
from itertools import compress
from operator import itemgetter, ne
from typing import Any, Literal, NamedTuple, get_args, get_origin

from bridge.devices.kinds import Kind, Object
from bridge.growatt import AsyncGrowattApi, DeviceType
from bridge.growatt.fields import (
    EndOfDay,
    FieldSpec,
    JavaCalendar,
    JavaDate,
    Quantity,
    Reading,
    aware,
    humanise,
    wall_clock,
)

Json = Any
Fact = Literal["model", "firmware", "datalogger", "alias"]
Alarm = Literal["fault", "warning"]
LONGEST_LABEL = 60
EXACT = 2**53
"""Up to here a float holds every whole number."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A value made from several fields of one source. `compute` gets them in order, and is asked only where at least
    one of them is known. `by`: counters that it gets after them, to choose by: a field and its period, such as
    `eac_today`. Of these the guard tells what is known, and the fields themselves are freed of glitches."""

    source: str
    fields: tuple[str, ...]
    compute: Callable[..., Any]
    by: tuple[str, ...] = ()


Read = str | Computed
"""Where a value comes from: "source.field", or a computation."""

Get = Callable[[Mapping[str, Any]], Any]
"""Finds what the client read among the fields of a source's record; None where it is unknown."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Source:
    """One client call that brings data of a device.

    `fetch` asks for up to `most` serial numbers; `records` finds each one's record in the reply. `every`: seconds
    between polls, None for a source that is only asked on demand. `stamp`: the record's field with the device's own
    clock. `dates`: without one, the record's arrival counts.
    """

    name: str
    model: type[Reading]
    fetch: Callable[[AsyncGrowattApi, list[str]], Awaitable[Any]]
    records: Callable[[Any, list[str]], Mapping[str, Reading]]
    every: float | None
    most: int = 1
    stamp: str | None = None
    dates: bool = True


@dataclass(frozen=True, kw_only=True)
class Attached:
    """Devices without calls of their own, which show in the records of another device's `source`. `records` gets that
    device's serial number and record, and finds them by their own: what the only source of their `family` tells."""

    family: "Family"
    source: str
    records: Callable[[str, Any], Mapping[str, Reading]]


_ENERGIES = frozenset({"energy", "reactive_energy", "apparent_energy"})


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Property:
    """One readable value, under its name at home. `main`: shown by default; the rest is diagnostic.

    Label, quantity and words come from the first field read unless given here. `words` name codes, `bits` name the bits
    of a number; both end as text. `scale` brings the cloud's unit to the one at home. `alarm`: any value but a quiet
    one (0, none, normal) tells of a fault or a warning.
    """

    name: str
    reads: tuple[Read, ...]
    label: str = ""
    quantity: Quantity | None = None
    words: Mapping[int, str] | None = None
    bits: Mapping[int, str] | None = None
    type: Any = None
    main: bool = False
    convert: Callable[[Any], Any] | None = None
    scale: float = 1
    alarm: Alarm | None = None

    @property
    def is_energy(self) -> bool:
        """Whether it counts energy of any kind."""
        return self.quantity is not None and self.quantity.name in _ENERGIES

    def value(self, source: str, record: Reading) -> Json:
        """The value for home out of one source's record; None where it has none."""
        raw = _getter(self.reads, source)(vars(record))
        return None if raw is None else self.shown(raw)

    def shown(self, raw: Any) -> Json:
        """What the client read, as home has it."""
        if self.convert is not None:
            raw = self.convert(raw)
        if self.words is not None:
            return _coded(self.words, raw)
        if self.bits is not None:
            return _bitwise(self.bits, int(raw))
        return _plain(raw * self.scale if isinstance(raw, float) else raw)

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources that can tell this value, preferred first."""
        return _sources(self.reads)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Setting:
    """One writable value. `write` makes the client call; `confirm` names the source that reads the value back, None
    where nothing does. `check` compares a wanted value with the device's present ones: a reason to refuse, or None.

    A part of a setting that the cloud takes only whole has `whole` and `key`. `main`: an entity by default, where the
    device has told the property that it `needs`. `steps`: the setting is written `through` others, which it tells by
    name and value, in order, from the wanted value and the present ones. `through` without `steps`: others that it
    changes by itself. `note`: what people should know beside a success.
    """

    name: str
    label: str
    kind: Kind
    write: Callable[[AsyncGrowattApi, str, Any], Awaitable[Any]] | None
    reads: tuple[Read, ...] = ()
    confirm: str | None = None
    check: Callable[[Any, Mapping[str, Json]], str | None] | None = None
    whole: str | None = None
    key: str | None = None
    main: bool = True
    needs: str | None = None
    steps: Callable[[Any, Mapping[str, Json]], list[tuple[str, Json]]] | None = None
    through: frozenset[str] = frozenset()
    note: Callable[[Any, Mapping[str, Json]], str | None] | None = None

    def value(self, source: str, record: Reading) -> Json:
        """The device's present value out of one source's record, None where it has none."""
        raw = _getter(self.reads, source)(vars(record))
        return None if raw is None else self.shown(raw)

    def shown(self, raw: Any) -> Json:
        """What the client read, as `Kind.parse` gives it."""
        return self.kind.from_device(raw)

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources that can tell this value, preferred first."""
        return _sources(self.reads)


class Teller(NamedTuple):
    """How one source tells the value of one item. `place`: of the item among `Family.items`; `shown` makes what `get`
    finds the value for home; `ranks`: the names of all sources that tell it, the preferred one has the lowest number,
    None where there is no other; `counts`: the item counts energy, and its value needs the guard; `by`: counters by
    which it chooses, with their fields.
    """

    place: int
    name: str
    get: Get
    shown: Callable[[Any], Json]
    ranks: Mapping[str, int] | None
    counts: bool
    by: Mapping[str, str]


class AsRead:
    """How one source tells items that are no more than one field each, and that no other source tells."""

    def __init__(self, items: Sequence[tuple[int, str, str]]) -> None:
        """Place, name and field of each."""
        self._places = tuple(place for place, _, _ in items)
        self._names = tuple(name for _, name, _ in items)
        self._raw = _picker(tuple(field for _, _, field in items))
        self._known = _picker(self._places)

    def values(self, fields: Mapping[str, Any]) -> Iterator[tuple[int, str, Json]]:
        """Place, name and value of each."""
        return zip(self._places, self._names, map(_plain, self._raw(fields)), strict=True)

    def news(self, fields: Mapping[str, Any], held: Sequence[Json]) -> Iterator[tuple[int, Json]]:
        """Place and value of those whose value is not the one `held` there."""
        raw = self._raw(fields)
        new = tuple(map(ne, raw, self._known(held)))
        return zip(compress(self._places, new), map(_plain, compress(raw, new)), strict=True)


class Tellers(NamedTuple):
    """All that one source tells. `counters` count energy; `others` are more than a field, or told by others, too;
    `plain` is the rest."""

    plain: AsRead
    counters: AsRead
    others: Sequence[Teller]


def _picker(keys: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Finds what stands under several keys, much faster than one by one."""
    return itemgetter(*keys) if len(keys) > 1 else lambda found: tuple(found[key] for key in keys)


@dataclass(frozen=True, kw_only=True, eq=False)
class Family:
    """One kind of device. `facts`: where its model, firmware, datalogger and `alias`, its name in the Growatt app, are
    read. `by_model`: the cloud lists it under one type with others, so that its model name decides, and nothing is
    asked before it is known. `omit`: fields that are not shown, by source. `attached`: what else shows in its records.
    """

    name: str
    title: str
    device_type: DeviceType | None
    sources: tuple[Source, ...]
    properties: tuple[Property, ...]
    settings: tuple[Setting, ...] = ()
    facts: Mapping[Fact, tuple[Read, ...]] = field(default_factory=dict)
    offline: tuple[Read, ...] = ()
    by_model: bool = False
    omit: Mapping[str, frozenset[str]] = field(default_factory=dict)
    attached: tuple[Attached, ...] = ()

    @cached_property
    def items(self) -> tuple["Property | Setting", ...]:
        """Everything that has a value."""
        return (*self.properties, *self.settings)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each item stands among `items`, by name."""
        return {item.name: place for place, item in enumerate(self.items)}

    def tellers(self, source: str) -> Tellers:
        """All that a source tells."""
        return self._tellers[source]

    @cached_property
    def _tellers(self) -> Mapping[str, Tellers]:
        return {source.name: self._told_by(source.name) for source in self.sources}

    def _told_by(self, source: str) -> Tellers:
        told = [(place, item, _as_read(item)) for place, item in enumerate(self.items) if source in item.sources]
        fields = [(place, item, field) for place, item, field in told if field]
        return Tellers(
            AsRead([(place, item.name, field) for place, item, field in fields if not _counts(item)]),
            AsRead([(place, item.name, field) for place, item, field in fields if _counts(item)]),
            [_teller(place, item, source) for place, item, field in told if not field],
        )

    @cached_property
    def stamped(self) -> bool:
        """Whether the device's own clock is told regularly."""
        return any(source.stamp and source.every for source in self.sources)

    @cached_property
    def dated_by(self) -> Source | None:
        """The source that regularly tells how new the values are: with the device's own clock, where one has that."""
        regular = [source for source in self.sources if source.every and source.dates]
        return next((source for source in regular if source.stamp), next(iter(regular), None))

    def source(self, name: str) -> Source:
        return next(s for s in self.sources if s.name == name)

    def setting(self, name: str) -> Setting | None:
        return next((s for s in self.settings if s.name == name), None)

    def told_facts(self, source: str, record: Reading) -> dict[Fact, str]:
        """The facts about the device in one source's record."""
        fields = vars(record)
        raws = ((name, get(fields)) for name, get in self._facts.get(source, ()))
        return {name: text for name, raw in raws if raw is not None and (text := str(raw).strip())}

    @cached_property
    def _facts(self) -> Mapping[str, Sequence[tuple[Fact, Get]]]:
        told: dict[str, list[tuple[Fact, Get]]] = {}
        for name, reads in self.facts.items():
            for source in _sources(reads):
                told.setdefault(source, []).append((name, _getter(reads, source)))
        return told

    def says_offline(self, source: str, record: Reading) -> bool | None:
        """Whether this record says that the cloud has lost the device; None where it does not tell."""
        get = self._offline.get(source)
        raw = None if get is None else get(vars(record))
        return None if raw is None else bool(raw)

    @cached_property
    def _offline(self) -> Mapping[str, Get]:
        return {source: _getter(self.offline, source) for source in _sources(self.offline)}


def source_of(read: Read) -> str:
    return read.split(".", 1)[0] if isinstance(read, str) else read.source


def fields_of(read: Read) -> tuple[str, ...]:
    """Names of the fields that a read needs."""
    return (read.split(".", 1)[1],) if isinstance(read, str) else read.fields


def _sources(reads: Sequence[Read]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source_of(read) for read in reads))


def _getter(reads: Sequence[Read], source: str) -> Get:
    """Finds the first of a source's reads that is known."""
    gets = [_get(read) for read in reads if source_of(read) == source]
    return gets[0] if len(gets) == 1 else partial(_first, gets)


def _first(gets: Sequence[Get], record: Mapping[str, Any]) -> Any:
    return next((raw for get in gets if (raw := get(record)) is not None), None)


def _get(read: Read) -> Get:
    fields = fields_of(read)
    if isinstance(read, str):
        return itemgetter(fields[0])
    compute = read.compute
    fields += read.by

    def computed(record: Mapping[str, Any]) -> Any:
        values = [record[name] for name in fields]
        return compute(*values) if any(value is not None for value in values) else None

    return computed


def _as_read(item: "Property | Setting") -> str | None:
    """The one field that the item shows as it is read, None where there is more to it."""
    read = item.reads[0]
    return fields_of(read)[0] if _shower(item) is _plain and len(item.reads) == 1 and isinstance(read, str) else None


def _teller(place: int, item: "Property | Setting", source: str) -> Teller:
    ranks = {name: rank for rank, name in enumerate(item.sources)} if len(item.sources) > 1 else None
    computed = (read for read in item.reads if isinstance(read, Computed) and read.source == source)
    by = {name: name.rpartition("_")[0] for read in computed for name in read.by}
    counts = _counts(item) and not by
    return Teller(place, item.name, _getter(item.reads, source), _shower(item), ranks, counts, by)


def _counts(item: "Property | Setting") -> bool:
    return isinstance(item, Property) and item.is_energy


def _shower(item: "Property | Setting") -> Callable[[Any], Json]:
    """The item's own `shown`, or what comes to the same in less time."""
    plain = isinstance(item, Property) and item.convert is None and item.words is None and item.bits is None
    return _plain if plain and getattr(item, "scale", 1) == 1 else item.shown


def _plain(raw: Any) -> Json:
    if raw.__class__ is float:
        return _rounded(raw)
    return raw.strip() if raw.__class__ is str else at_home(raw)


def _rounded(value: float) -> float | int:
    """To three decimals, a whole number without any."""
    if -EXACT < value * 1000 < EXACT:  # nearly all are rounded already; rounding takes three times as long
        thousandths = round(value * 1000)
        if thousandths / 1000 == value:
            return value if thousandths % 1000 else thousandths // 1000
    number = round(value, 3)
    return int(number) if number.is_integer() and -EXACT < number < EXACT else number


@lru_cache(maxsize=4096)
def word(text: str) -> str:
    """A code's meaning as one word for MQTT: "load first" -> "load_first"."""
    return re.sub(r"[^0-9a-z]+", "_", text.lower()).strip("_")


def _coded(words: Mapping[int, str], raw: Any) -> str:
    return word(words[raw]) if raw in words else f"unknown_{raw}"


def _bitwise(bits: Mapping[int, str], raw: int) -> str:
    found = [word(bits.get(bit, f"bit {bit}")) for bit in range(raw.bit_length()) if raw >> bit & 1]
    return ",".join(found) or "none"


def at_home(value: Any) -> Json:
    """A client value as MQTT shows it: times ISO 8601 with offset, no float noise, whole numbers as such."""
    match value:
        case float():
            return _rounded(value)
        case int() | None:
            return value
        case datetime():
            return aware(value).isoformat()
        case JavaDate() | JavaCalendar():
            return at_home(value.moment)
        case time():
            return value.isoformat("seconds" if value.second and not isinstance(value, EndOfDay) else "minutes")
        case date():
            return value.isoformat()
        case Reading():
            return {name: at_home(item) for name, item in value if item is not None}
        case dict():
            return {str(key): at_home(item) for key, item in value.items()}
        case list() | tuple():
            return [at_home(item) for item in value]
        case _:
            return value


_HOME_UNITS = {
    "kW": (1000, Quantity("power", "W", 1)),
    "kWp": (1000, Quantity("power", "W", 0)),
    "mV": (0.001, Quantity("voltage", "V", 3)),
    "mA": (0.001, Quantity("current", "A", 3)),
}
"""What the cloud sends in another unit than home has: the factor, and the quantity at home."""


_SERVER_OBJECTS = ("bean", "map", "_data", "_list", "children", "record")
"""Names of fields without a type end like this where the server shows objects of its own, mostly empty."""

_OWN_TEXTS = frozenset({"status_text", "model_text"})
"""Texts that tell more than the code beside them."""


def define(
    name: str,
    title: str,
    device_type: DeviceType | None,
    *,
    sources: Sequence[Source],
    main: Sequence[Property],
    settings: Sequence[Setting] = (),
    omit: Mapping[str, Sequence[str]] | None = None,
    tail: Sequence[str],
    **more: Any,
) -> Family:
    """A family with the home properties in `main`, completed from their fields, then the long tail: every field of the
    sources named in `tail` that no property shows as it is and no setting reads, under its API name. Fields of one name
    in several sources are one property, and the order of `tail` tells which source is preferred. `omit`: fields that
    are left out, by source; display texts of what is shown with a unit, as a word or as a time, and objects of the
    server are left out anyway.

    Raises ValueError where a field of the tail would need a name that is taken.
    """
    models = {s.name: s.model.vocabulary() for s in sources}
    left_out = {source: _left_out(models[source], (omit or {}).get(source, ())) for source in tail}
    return Family(
        name=name,
        title=title,
        device_type=device_type,
        sources=tuple(sources),
        settings=tuple(settings),
        properties=_properties(models, main, settings, left_out),
        omit=left_out,
        **more,
    )


def _left_out(fields: Mapping[str, FieldSpec], declared: Sequence[str]) -> frozenset[str]:
    texts = {name for name in fields if name.lower().endswith("_text") and _speaks(fields.get(name[: -len("_text")]))}
    objects = {name for name, spec in fields.items() if _is_object(spec)}
    return frozenset(((texts - _OWN_TEXTS) | objects | set(declared)) & set(fields))


def _speaks(spec: FieldSpec | None) -> bool:
    """Whether a field's value tells all that its display text does; a bare number may be a code that nobody knows."""
    return spec is not None and bool(spec.quantity or spec.codes or spec.bits or spec.type not in (int, float))


def _is_object(spec: FieldSpec) -> bool:
    if spec.type is Any:
        return spec.name.endswith(_SERVER_OBJECTS)
    kind = get_origin(spec.type) or spec.type
    return issubclass(kind, dict | list) or (
        issubclass(kind, Reading) and not issubclass(kind, JavaDate | JavaCalendar)
    )


def _properties(
    models: Mapping[str, Mapping[str, FieldSpec]],
    main: Sequence[Property],
    settings: Sequence[Setting],
    left_out: Mapping[str, frozenset[str]],
) -> tuple[Property, ...]:
    used = {(source_of(read), name) for item in settings for read in item.reads for name in fields_of(read)}
    used |= {(source_of(read), name) for prop in main for read in prop.reads for name in _shown(prop, read)}
    done = [_complete(prop, models) for prop in main]
    tail = [(source, name) for source in left_out for name in models[source] if name not in left_out[source]]
    rest = [place for place in tail if place not in used]
    taken = {prop.name for prop in main} | {setting.name for setting in settings}
    if clash := taken & {name for _, name in rest}:
        raise ValueError(f"names that are taken; read these fields or omit them: {', '.join(sorted(clash))}")
    reads: dict[str, list[str]] = {}
    for source, name in rest:
        reads.setdefault(name, []).append(f"{source}.{name}")
    told = [_complete(Property(name=lower(name), reads=tuple(found)), models) for name, found in reads.items()]
    return (*done, *_labelled(told, done, settings))


@lru_cache(maxsize=4096)
def lower(name: str) -> str:
    """The API's own names, in lower case all: `normalPower` -> `normal_power`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _shown(prop: Property, read: Read) -> tuple[str, ...]:
    """The fields that a read shows as they are; of a computation, the one that has the property's own name."""
    return fields_of(read) if isinstance(read, str) else tuple(set(fields_of(read)) & {prop.name})


def _labelled(tail: Sequence[Property], done: Sequence[Property], settings: Sequence[Setting]) -> Iterator[Property]:
    """Fields whose meaning fits several of them, or is too long, are labelled by their name."""
    everything: tuple[Property | Setting, ...] = (*done, *tail, *settings)
    labels = Counter(item.label.lower() for item in everything)
    for prop in tail:
        clear = labels[prop.label.lower()] == 1 and len(prop.label) <= LONGEST_LABEL
        label = prop.label if clear else humanise(prop.name)
        yield replace(prop, label=label[:1].upper() + label[1:])


def _complete(prop: Property, models: Mapping[str, Mapping[str, FieldSpec]]) -> Property:
    read = prop.reads[0]
    spec = models[source_of(read)][fields_of(read)[0]]
    plain = isinstance(read, str) and prop.convert is None
    words, bits = prop.words or (spec.codes if plain else None), prop.bits or (spec.bits if plain else None)
    quantity, scale = prop.quantity or spec.quantity, prop.scale
    convert = prop.convert or (str if spec.type is Any else _clock_time if spec.by_device else None)
    if prop.quantity is None and quantity is not None and quantity.unit in _HOME_UNITS:
        scale, quantity = _HOME_UNITS[quantity.unit]
    return replace(
        prop,
        label=prop.label or spec.label,
        quantity=quantity,
        convert=convert,
        scale=scale,
        words=words,
        bits=bits,
        type=prop.type or (str if words or bits or convert is _clock_time else _HOME_TYPES.get(spec.type, spec.type)),
    )


def _clock_time(moment: datetime) -> str:
    return wall_clock(moment).isoformat(" ")


_HOME_TYPES: Mapping[Any, type] = {
    **dict.fromkeys((Any, date, time, EndOfDay), str),
    **dict.fromkeys((JavaDate, JavaCalendar), datetime),
}
"""What the client's types are at home."""


def with_parts(whole: Setting) -> tuple[Setting, ...]:
    """A setting that is written whole, and its parts as settings of their own."""
    if not isinstance(whole.kind, Object):
        raise TypeError(f"{whole.name} has no parts")
    parts = (
        Setting(
            name=f"{whole.name}_{part.key}",
            label=f"{whole.label} {part.label}",
            kind=part.kind,
            write=None,
            reads=tuple(_part_read(read, part.key) for read in whole.reads),
            confirm=whole.confirm,
            whole=whole.name,
            key=part.key,
            main=whole.main and part.main,
            needs=whole.needs,
        )
        for part in whole.kind.parts
    )
    return (whole, *parts)


def _part_read(read: Read, key: str) -> Computed:
    def part(*values: Any) -> Any:
        whole = values[0] if isinstance(read, str) else read.compute(*values)
        return None if whole is None else whole.get(key)

    return Computed(source_of(read), fields_of(read), part)


def quantity_of(alias: Any) -> Quantity:
    """The quantity of a field type, such as `Watts`."""
    return next(part for part in get_args(alias) if isinstance(part, Quantity))


def parts_read(kind: Object, source: str, fields: Sequence[str]) -> Computed:
    """Reads an `Object`: one field for each part, in the order of the parts."""
    keys = [part.key for part in kind.parts]
    return Computed(source, tuple(fields), lambda *values: dict(zip(keys, values, strict=True)))
