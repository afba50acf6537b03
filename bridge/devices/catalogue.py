"""What a catalogue is made of: sources (client calls), properties (readable) and settings (readable and writable).

One family is one `Family`. Everything else about it is derived: polling, MQTT state, discovery, validation, docs.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from bridge.devices.kinds import Kind
from bridge.devices.reads import Get, Read, getter, sources_of
from bridge.devices.tellers import Tellers, told_by
from bridge.devices.values import Json, bitwise, coded, plain
from bridge.growatt import AsyncGrowattApi, DeviceType
from bridge.growatt.fields import Quantity, Reading

Fact = Literal["model", "firmware", "datalogger", "alias"]
Alarm = Literal["fault", "warning"]


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
    def counts(self) -> bool:
        """Whether it counts energy of any kind, and its value needs the guard."""
        return self.quantity is not None and self.quantity.name in _ENERGIES

    @property
    def shower(self) -> Callable[[Any], Json]:
        """`shown`, or what comes to the same in less time."""
        is_plain = self.convert is None and self.words is None and self.bits is None and self.scale == 1
        return plain if is_plain else self.shown

    def shown(self, raw: Any) -> Json:
        """What the client read, as home has it."""
        if self.convert is not None:
            raw = self.convert(raw)
        if self.words is not None:
            return coded(self.words, raw)
        if self.bits is not None:
            return bitwise(self.bits, int(raw))
        return plain(raw * self.scale if isinstance(raw, float) else raw)

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources that can tell this value, preferred first."""
        return sources_of(self.reads)


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
        raw = getter(self.reads, source)(vars(record))
        return None if raw is None else self.shown(raw)

    @property
    def counts(self) -> bool:
        """No setting counts energy."""
        return False

    @property
    def shower(self) -> Callable[[Any], Json]:
        """As a property's."""
        return self.shown

    def shown(self, raw: Any) -> Json:
        """What the client read, as `Kind.parse` gives it."""
        return self.kind.from_device(raw)

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources that can tell this value, preferred first."""
        return sources_of(self.reads)


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
        return {source.name: told_by(source.name, self.items) for source in self.sources}

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
            for source in sources_of(reads):
                told.setdefault(source, []).append((name, getter(reads, source)))
        return told

    def says_offline(self, source: str, record: Reading) -> bool | None:
        """Whether this record says that the cloud has lost the device; None where it does not tell."""
        get = self._offline.get(source)
        raw = None if get is None else get(vars(record))
        return None if raw is None else bool(raw)

    @cached_property
    def _offline(self) -> Mapping[str, Get]:
        return {source: getter(self.offline, source) for source in sources_of(self.offline)}
