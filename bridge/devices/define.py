"""Families made of what is declared: labels, units and words come from the fields, and every field has its place."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from sys import intern
from typing import Any, get_args, get_origin

from bridge.devices.catalogue import Family, Property, Setting, Source
from bridge.devices.kinds import Object
from bridge.devices.reads import Computed, Read, fields_of, source_of
from bridge.devices.sources import DETAILS, FACTS, OFFLINE, READING, details_v4, power_limit, reading_v4, signal
from bridge.devices.values import lower
from bridge.growatt import DeviceType
from bridge.growatt.fields import EndOfDay, FieldSpec, JavaCalendar, JavaDate, Quantity, Reading, humanise, wall_clock

LONGEST_LABEL = 60

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


def v4_family(
    kind: DeviceType,
    title: str,
    reading: type[Reading],
    details: type[Reading],
    *,
    repair: Callable[[Any], Reading] | None = None,
    stamp: str = "calendar",
    power: bool = True,
    sources: Sequence[Source] = (),
    main: Sequence[Property],
    settings: Sequence[Setting],
    omit: Mapping[str, Sequence[str]] | None = None,
    tail: Sequence[str] = ("reading", "details"),
) -> Family:
    """A family of inverters with readings and details in batches, the signal, and on demand the power limit where the
    cloud tells it (`power`). `sources` and `omit`: what comes to those of every such family."""
    name, more = kind.name.lower(), omit or {}
    return define(
        name,
        title,
        kind,
        sources=(
            reading_v4(name, reading, repair, stamp=stamp),
            details_v4(name, details, "serial_num"),
            signal(name),
            *((power_limit(name),) if power else ()),
            *sources,
        ),
        main=main,
        settings=settings,
        omit={**more, "reading": (*READING, *more.get("reading", ())), "details": (*DETAILS, *more.get("details", ()))},
        tail=tail,
        facts=FACTS,
        offline=OFFLINE,
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
        reads.setdefault(name, []).append(intern(f"{source}.{name}"))
    told = [_complete(Property(name=lower(name), reads=tuple(found)), models) for name, found in reads.items()]
    return (*done, *_labelled(told, done, settings))


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
        started = label if label[:1].isupper() else label[:1].upper() + label[1:]
        yield prop if started is prop.label else replace(prop, label=started)


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
