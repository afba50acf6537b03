"""The field vocabulary: quantities with their units, and Growatt's wire quirks, handled here and nowhere else.

A response model names each field once: `pac: Watts = label("AC power")`. The wire key is the camelCase of the
name unless `wire=` says otherwise. Every field is optional. What the cloud leaves empty ("", "null", "--") is None;
what cannot be understood becomes None, is listed in `Reading.problems` and warned about once; what is not declared is
kept in `model_extra`.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, cached_property
from operator import getitem, itemgetter
from sys import intern
from typing import Annotated, Any, Generic, NamedTuple, Self, SupportsIndex, TypeVar, get_args

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PrivateAttr,
)
from pydantic.fields import FieldInfo

from bridge.growatt.parsing import Parse, Partly, parser

_log = logging.getLogger("bridge.growatt")

SERVER_ZONE = timezone(timedelta(hours=8), "UTC+08:00")
"""The zone of nearly all times that Growatt sends as text, whatever the plant's zone (captured payloads)."""

_EMPTY = frozenset({"", "null", "None", "--", "NULL", "nan", "NaN", "N/A"})
_NUMBER_WITH_UNIT = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*([A-Za-z%°Ω/²]+\d?)\s*")
_STEPS = {"m": -3, "": 0, "k": 3, "M": 6, "G": 9}
"""Powers of ten that stand before a unit."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_OF_DAY = re.compile(r"\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?\s*")


@dataclass(frozen=True)
class Quantity:
    """What a number measures. `precision`: decimals worth showing."""

    name: str
    unit: str
    precision: int


class EndOfDay(time):
    """24:00 as the end of a period; sorts after every other time of day."""

    def __new__(cls) -> Self:
        return super().__new__(cls, 23, 59, 59, 999999)

    def isoformat(self, timespec: str = "auto") -> str:
        return "24:00"

    __str__ = isoformat

    def strftime(self, format: str) -> str:  # noqa: A002 - the name of datetime.time.strftime
        return "24:00"

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[type["EndOfDay"], tuple[()]]:
        return EndOfDay, ()


END_OF_DAY = EndOfDay()


def minutes_of(value: time) -> int:
    """Minutes after midnight, 0 to 1440 (`END_OF_DAY`)."""
    return 1440 if isinstance(value, EndOfDay) else value.hour * 60 + value.minute


def time_from_minutes(minutes: int) -> time:
    """The time of day for 0 to 1440 minutes after midnight."""
    return END_OF_DAY if minutes == 1440 else time(minutes // 60, minutes % 60)


def is_empty(raw: Any) -> bool:
    """Whether the cloud says so that there is no value."""
    return raw is None or (isinstance(raw, str) and raw.strip() in _EMPTY)


def parse_time_of_day(value: Any) -> Any:
    """`H:M` or `H:M:S`, unpadded; 24:00 is `END_OF_DAY`; anything else is refused."""
    if isinstance(value, time) or value is None:
        return value
    match = _TIME_OF_DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"not a time of day: {value!r}")
    hour, minute, second = (int(part or 0) for part in match.groups())
    return END_OF_DAY if (hour, minute, second) == (24, 0, 0) else time(hour, minute, second)


def _show_time(value: time | None) -> str | None:
    if value is None:
        return None
    return value.isoformat("minutes" if value.second == 0 else "seconds")


def _parse_day(value: Any) -> Any:
    """A date sent with or without a time; `YYYY-MM` and `YYYY` mean their first day."""
    if not isinstance(value, str):
        return value
    text = value.strip()[:10]
    return text + "-01-01"[-(10 - len(text)) :] if len(text) in (4, 7) else text


def _parse_moment(value: Any) -> Any:
    """Epoch milliseconds are exact and become UTC; texts stay naive, in `SERVER_ZONE`; Java objects carry an epoch."""
    if isinstance(value, Mapping):
        return _parse_moment(value.get("timeInMillis", value.get("time")))
    if isinstance(value, str) and value.strip().lstrip("-").isdigit():
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return from_epoch(value)
    return value


def from_epoch(milliseconds: float) -> datetime:
    """The moment, UTC; ValueError where no calendar has it."""
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        raise ValueError(f"no moment: {milliseconds}") from None


def _in_utc(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def _parse_flag(value: Any) -> Any:
    return bool(float(value)) if isinstance(value, str) and value.replace(".", "", 1).isdigit() else value


Watts = Annotated[float | None, Quantity("power", "W", 0)]
Kilowatts = Annotated[float | None, Quantity("power", "kW", 3)]
KilowattPeak = Annotated[float | None, Quantity("peak_power", "kWp", 2)]
VoltAmperes = Annotated[float | None, Quantity("apparent_power", "VA", 1)]
Vars = Annotated[float | None, Quantity("reactive_power", "var", 1)]
Volts = Annotated[float | None, Quantity("voltage", "V", 1)]
Millivolts = Annotated[float | None, Quantity("voltage", "mV", 0)]
Amperes = Annotated[float | None, Quantity("current", "A", 2)]
Milliamperes = Annotated[float | None, Quantity("current", "mA", 1)]
Hertz = Annotated[float | None, Quantity("frequency", "Hz", 2)]
KilowattHours = Annotated[float | None, Quantity("energy", "kWh", 2)]
KilovarHours = Annotated[float | None, Quantity("reactive_energy", "kvarh", 2)]
KilovoltAmpereHours = Annotated[float | None, Quantity("apparent_energy", "kVAh", 2)]
Percent = Annotated[float | None, Quantity("percent", "%", 0)]
Celsius = Annotated[float | None, Quantity("temperature", "°C", 1)]
Fahrenheit = Annotated[float | None, Quantity("temperature", "°F", 1)]
Kiloohms = Annotated[float | None, Quantity("resistance", "kΩ", 1)]
Seconds = Annotated[float | None, Quantity("duration", "s", 0)]
Minutes = Annotated[float | None, Quantity("duration", "min", 0)]
DecibelMilliwatts = Annotated[float | None, Quantity("signal_strength", "dBm", 0)]
WattsPerSquareMetre = Annotated[float | None, Quantity("irradiance", "W/m²", 0)]
MetresPerSecond = Annotated[float | None, Quantity("wind_speed", "m/s", 1)]
Degrees = Annotated[float | None, Quantity("angle", "°", 0)]

Real = float | None
Integer = int | None
Text = str | None
Flag = Annotated[bool | None, BeforeValidator(_parse_flag)]
Day = Annotated[date | None, BeforeValidator(_parse_day)]
TimeOfDay = Annotated[
    time | None,
    BeforeValidator(parse_time_of_day),
    PlainSerializer(_show_time, return_type=str | None, when_used="json"),
]
Moment = Annotated[datetime | None, BeforeValidator(_parse_moment)]
"""Aware (UTC) where the cloud sends an epoch; naive where it sends text, then usually in `SERVER_ZONE`."""


_BY_DEVICE = object()
DeviceClock = Annotated[Moment, _BY_DEVICE]
"""What the device's own clock shows, in whatever zone it was set; see `wall_clock`."""

UtcMoment = Annotated[Moment, AfterValidator(_in_utc)]
"""A moment that is UTC by documentation, also where it is sent as text."""


def aware(moment: datetime) -> datetime:
    """The moment with a zone: naive ones are taken to be in `SERVER_ZONE`."""
    return moment if moment.tzinfo else moment.replace(tzinfo=SERVER_ZONE)


def wall_clock(moment: datetime) -> datetime:
    """What a `DeviceClock` shows, without a zone: where the cloud sends an epoch, it took the clock to be in
    `SERVER_ZONE` (captured NOAH payload: eight hours ahead of the same device's uploads)."""
    return in_zone(moment, SERVER_ZONE).replace(tzinfo=None) if moment.tzinfo else moment


def in_zone(moment: datetime, zone: timezone) -> datetime:
    """The moment by that zone's clock; as it is on the first and the last day of the calendar, which have none."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


class Label(NamedTuple):
    """What a declaration says beside the type. `wire`: keys, the first one is told, too."""

    text: str
    wire: tuple[str, ...]
    codes: Mapping[int, str] | None
    bits: Mapping[int, str] | None


def label(
    text: str = "",
    *,
    wire: str | None = None,
    alt: str | tuple[str, ...] = (),
    codes: Mapping[int, str] | None = None,
    bits: Mapping[int, str] | None = None,
) -> Any:
    """Declare a field: its meaning, its wire key where camelCase does not give it, other spellings, its codes."""
    others = (alt,) if isinstance(alt, str) else alt
    return Label(text, (wire, *others) if wire else (), codes, bits)


_KINDS: dict[tuple[Any, ...], FieldInfo] = {}
_NAMES = ("alias", "validation_alias", "serialization_alias", "alias_priority")


def _alike(info: FieldInfo) -> FieldInfo:
    """A shallow copy of the first field of this type: what pydantic keeps beside, of each field half a kilobyte, is
    the same for all. The names are the field's own."""
    field = copy(_KINDS.setdefault((info.annotation, *info.metadata), info))
    for name in _NAMES:
        setattr(field, name, getattr(info, name))
    return field


def _declare(info: FieldInfo, said: Label) -> None:
    """Complete what pydantic took for a default. Given to it as a `Field`, each label would be kept a second time."""
    info.default, info.description = None, said.text or None
    extra: dict[str, Any] = {"codes": said.codes, "bits": said.bits}
    info.json_schema_extra = {name: meanings for name, meanings in extra.items() if meanings} or None
    if said.wire:
        info.validation_alias = AliasChoices(*said.wire) if len(said.wire) > 1 else said.wire[0]
        info.serialization_alias, info.alias_priority = said.wire[0], 2


def _said(info: FieldInfo) -> tuple[Any, ...]:
    """All that a declaration says."""
    keys = info.alias, info.validation_alias, info.serialization_alias
    return info.annotation, info.default, info.description, *keys, info.json_schema_extra, info.metadata


def camel(name: str) -> str:
    """The wire key that a field name stands for."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


_ACRONYMS = {"ac", "bms", "ct", "dc", "eps", "mppt", "pv", "soc", "soh", "vpp"}


def humanise(name: str) -> str:
    """A label made from a field name, in sentence case: `pv1_voltage` -> "PV1 voltage"."""
    words = [w.upper() if w.rstrip("0123456789") in _ACRONYMS else w for w in name.split("_") if w]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a declaration says about one field. `by_device`: it is a `DeviceClock`."""

    name: str
    wire: tuple[str, ...]
    label: str
    quantity: Quantity | None
    codes: Mapping[int, str] | None
    bits: Mapping[int, str] | None
    type: Any
    by_device: bool


class Reading(BaseModel):
    """A part of a reply, tolerant field by field."""

    model_config = ConfigDict(
        extra="allow",
        alias_generator=camel,
        validate_by_alias=True,
        validate_by_name=True,
        defer_build=True,
        protected_namespaces=(),
    )

    _problems: dict[str, Any] = PrivateAttr(default_factory=dict)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls._complete_fields()

    @classmethod
    def model_rebuild(cls, *, _parent_namespace_depth: int = 2, **options: Any) -> bool | None:
        """As pydantic does, and again where a field has waited for a type that was not known, and has its label now."""
        options["_parent_namespace_depth"] = _parent_namespace_depth + 1
        done = super().model_rebuild(**options)
        return super().model_rebuild(**{**options, "force": True}) if cls._complete_fields() else done

    @classmethod
    def _complete_fields(cls) -> bool:
        """Give the fields their labels; whether any had none. Of a generic class, and while a type is not known,
        pydantic makes them anew from what it keeps."""
        fields = cls.model_fields
        new = {name: info for name, info in fields.items() if isinstance(info.default, Label)}
        lasting = cls.__pydantic_fields_complete__ and not cls.__pydantic_generic_metadata__["parameters"]
        for name, info in new.items():
            fields[name] = _alike(info) if lasting else info
            _declare(fields[name], info.default)
        for name, info in fields.items():
            fields[name] = cls._inherited(name, info)
        return bool(new)

    @classmethod
    def _inherited(cls, name: str, info: FieldInfo) -> FieldInfo:
        """The field as a base has it, where it is the same: pydantic copies it into each model."""
        bases = (base.model_fields.get(name) for base in cls.__mro__[1:] if issubclass(base, Reading))
        return next((each for each in bases if each is not None and _said(each) == _said(info)), info)

    def __class_getitem__(cls, types: Any) -> Any:
        """A generic reading of these types; of a variable, for a class that is generic itself, at once."""
        given = types if isinstance(types, tuple) else (types,)
        if any(_is_variable(each) for each in given):
            return super().__class_getitem__(types)
        return Typed(cls, given)

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle: another process has to make the class of a generic reading first."""
        return _restored, (_typed(type(self)), self.__getstate__())

    @property
    def problems(self) -> dict[str, Any]:
        """Fields that could not be understood, with what the cloud sent."""
        return self._problems

    @classmethod
    def vocabulary(cls) -> Mapping[str, FieldSpec]:
        """All declared fields by name. Made anew each time: it is asked for once, and they are thousands."""
        return {name: _spec(name, info) for name, info in cls.model_fields.items()}

    def __init__(self, /, **wire: Any) -> None:
        """Read a part of a reply, under wire keys or field names. Never fails."""
        read = _Read(_plan(type(self)), wire)
        for name, raw in read.problems.items():
            _warn_once(type(self).__name__, name, type(raw).__name__)
        super().__setstate__(
            {
                "__dict__": read.values,
                "__pydantic_extra__": read.extra,
                "__pydantic_fields_set__": read.known,
                "__pydantic_private__": {"_problems": read.problems},
            }
        )

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Read a part of a reply. Pydantic's own validator, megabytes for a family, is made for other input alone."""
        return cls(**obj) if isinstance(obj, dict) else super().model_validate(obj, **options)

    @classmethod
    def within(cls, value: Any) -> Self:
        """Read it as a part of another reading."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict):
            raise ValueError(f"not an object: {value!r}")
        return cls(**value)


_NAMED = 1000
"""The rank of a field's name among its keys: the last."""


class Typed:
    """A generic reading of some type, such as `DataReply[MinEnergyData]`. Its class, of ten kilobytes as they all are,
    is made when it is first used: a family has a dozen, and most programs need few of them."""

    def __init__(self, generic: type[Reading], types: tuple[Any, ...]) -> None:
        self._generic, self._types = generic, types

    def __reduce__(self) -> tuple[Any, ...]:
        return getitem, (self._generic, self._types)

    def __repr__(self) -> str:
        return f"{self._generic.__name__}[{', '.join(getattr(each, '__name__', str(each)) for each in self._types)}]"

    @cached_property
    def model(self) -> type[Reading]:
        types = tuple(each.model if isinstance(each, Typed) else each for each in self._types)
        made: Any = super(Reading, self._generic).__class_getitem__(types)
        model: type[Reading] = made
        return model

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("__typing", "__deepcopy__")):  # what annotations ask of their parts, and a model of its own
            raise AttributeError(name)
        return getattr(self.model, name)

    def __call__(self, **wire: Any) -> Reading:
        return self.model(**wire)

    def __instancecheck__(self, other: Any) -> bool:
        return isinstance(other, self.model)

    def __subclasscheck__(self, other: Any) -> bool:
        return issubclass(other, self.model)

    def __mro_entries__(self, _: Any) -> tuple[type[Reading]]:
        return (self.model,)

    def __or__(self, other: Any) -> Any:
        return self.model | other

    def __get_pydantic_core_schema__(self, _: Any, handler: Any) -> Any:
        return handler(self.model)


def _typed(kind: Any) -> Any:
    """A type; of a generic reading its name, which any process can make it from."""
    made_of = getattr(kind, "__pydantic_generic_metadata__", {})
    return made_of["origin"][tuple(map(_typed, made_of["args"]))] if made_of.get("origin") else kind


def _restored(kind: Any, state: dict[Any, Any]) -> Reading:
    model: type[Reading] = kind.model if isinstance(kind, Typed) else kind
    reading = model.__new__(model)
    reading.__setstate__(state)
    return reading


def _is_variable(kind: Any) -> bool:
    return isinstance(kind, TypeVar) or (not isinstance(kind, Typed) and bool(getattr(kind, "__parameters__", ())))


class _Entry(NamedTuple):
    """Where the value of a wire key belongs. `unit`: what it is measured in, empty where nothing says so."""

    name: str
    parse: Parse
    unit: str


class _Plan(NamedTuple):
    """How a model is read: its values when empty, and entries by key. `first`: the first keys of its fields; `others`:
    the rest, with their ranks, and keys that tell two fields. Most names of fields are in neither: the cloud has keys.
    """

    model: type[Reading]
    empty: dict[str, Any]
    first: dict[str, _Entry]
    others: dict[str, list[tuple[int, _Entry]]]

    def besides(self, key: str) -> Sequence[tuple[int, _Entry]]:
        """The entries of a key that is no field's first, with their ranks."""
        if key in self.others or key not in self.empty:
            return self.others.get(key, ())
        return ((_NAMED, _by_name(self.model)[key]),)


@cache
def _plan(cls: type[Reading]) -> _Plan:
    entries: dict[str, list[tuple[int, _Entry]]] = {}
    for name, entry in _entries(cls):
        ranks = {name: _NAMED} | {key: rank for rank, key in enumerate(_wires(name, cls.model_fields[name]))}
        for key, rank in ranks.items():
            entries.setdefault(key, []).append((rank, entry))
    first = {key: ranked[0][1] for key, ranked in entries.items() if [rank for rank, _ in ranked] == [0]}
    named = {key for key, ranked in entries.items() if [rank for rank, _ in ranked] == [_NAMED]}
    others = {key: ranked for key, ranked in entries.items() if key not in first and key not in named}
    return _Plan(cls, {name: info.default for name, info in cls.model_fields.items()}, first, others)


def _entries(cls: type[Reading]) -> Iterator[tuple[str, _Entry]]:
    for name, info in cls.model_fields.items():
        marks = tuple(mark for mark in info.metadata if not isinstance(mark, Quantity) and mark is not _BY_DEVICE)
        annotation: Any = info.annotation
        quantity = _quantity(info)
        yield name, _Entry(name, parser(annotation, marks), quantity.unit if quantity else "")


@cache
def _by_name(cls: type[Reading]) -> Mapping[str, _Entry]:
    return dict(_entries(cls))


class _Read:
    """A part of a reply, read field by field: what cannot be understood harms no other field."""

    def __init__(self, plan: _Plan, wire: Mapping[str, Any]) -> None:
        self.values = plan.empty.copy()
        self.known: set[str] = set()
        self.problems: dict[str, Any] = {}
        self.extra: dict[str, Any] = {}
        self._take_first(plan.first, wire)
        if self.extra:
            self._take_others(plan)

    def _take_first(self, first: Mapping[str, _Entry], wire: Mapping[str, Any]) -> None:
        values, known, extra = self.values, self.known, self.extra  # the loop that everything read goes through
        for key, raw in wire.items():
            entry = first.get(key)
            if entry is None:
                extra[key] = raw
            elif not (raw is None or (raw.__class__ is str and raw.strip() in _EMPTY)):
                name, parse, _ = entry
                try:
                    values[name] = parse(raw)
                    known.add(name)
                except ValueError as error:
                    self._salvage(entry, raw, error)

    def _take_others(self, plan: _Plan) -> None:
        """What other keys tell of fields that are not known yet, the better ones first."""
        found = [(rank, entry, key) for key in self.extra for rank, entry in plan.besides(key)]
        for _, entry, key in sorted(found, key=itemgetter(0)):
            if entry.name not in self.known and not is_empty(self.extra[key]):
                self._take(entry, self.extra[key])
        for key in {key for _, _, key in found}:
            del self.extra[key]

    def _take(self, entry: _Entry, raw: Any) -> None:
        try:
            self.values[entry.name] = entry.parse(raw)
        except ValueError as error:
            self._salvage(entry, raw, error)
        else:
            self.known.add(entry.name)
            self.problems.pop(entry.name, None)

    def _salvage(self, entry: _Entry, raw: Any, error: ValueError) -> None:
        """Keep the readable items of broken lists, and 1922.9 of "1922.9 W"."""
        if isinstance(error, Partly):
            self.values[entry.name], self.problems[entry.name] = error.read, error.broken
            return
        self.problems.setdefault(entry.name, raw)
        if isinstance(raw, str) and (match := _NUMBER_WITH_UNIT.fullmatch(raw)):
            number = _in_unit(float(match[1]), match[2], entry.unit)
            if number is not None:
                self._take(entry, number)


def _in_unit(number: float, sent: str, own: str) -> float | None:
    """What was sent in one unit, in the field's own: 1.9 kW are 1900 W; None where that is no unit of the same kind."""
    if not own or sent.casefold() == own.casefold():
        return number
    steps = (
        _STEPS[at] - _STEPS[to]
        for at in _STEPS
        for to in _STEPS
        if sent.startswith(at) and own.startswith(to) and sent.removeprefix(at) == own.removeprefix(to)
    )
    step = next(steps, None)
    return None if step is None else round(number * 10.0**step, 9)


@cache
def _warn_once(model: str, field: str, kind: str) -> None:
    _log.warning("%s.%s: the cloud sent something (%s) that cannot be understood; taken as unknown", model, field, kind)


def _wires(name: str, info: Any) -> tuple[str, ...]:
    alias = info.validation_alias
    return tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else (intern(alias or camel(name)),)


def _quantity(info: FieldInfo) -> Quantity | None:
    return next((mark for mark in info.metadata if isinstance(mark, Quantity)), None)


def _spec(name: str, info: FieldInfo) -> FieldSpec:
    extra: Any = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    kinds = [t for t in get_args(info.annotation) if t is not type(None)] or [info.annotation]
    return FieldSpec(
        name=name,
        wire=_wires(name, info),
        label=info.description or humanise(name),
        quantity=_quantity(info),
        codes=extra.get("codes"),
        bits=extra.get("bits"),
        type=kinds[0],
        by_device=_BY_DEVICE in info.metadata,
    )


class Reply(Reading):
    """A whole reply. `error_code` 0 is success; else `error_msg` says why (seen with raise_on_error=False only)."""

    data: Any = None
    error_code: int | None = Field(default=0, alias="error_code")
    error_msg: str | None = Field(default="", alias="error_msg")


D = TypeVar("D")


class DataReply(Reply, Generic[D]):
    """A reply whose data is known."""

    data: D | None = None


SERIAL_KEYS = ("tlx_sn", "mix_sn", "max_sn", "spa_sn", "storage_sn", "pcs_sn", "hps_sn", "pbd_sn", "boost_sn", "sn")
"""Wire keys of a serial number in v1 replies; each family has its own."""


class DeviceReply(DataReply[D], Generic[D]):
    """A v1 reply about one device, named beside the data."""

    datalogger_sn: Text = label("Datalogger serial number", wire="dataloggerSn", alt="datalogSn")
    device_sn: Text = label("Serial number", wire="device_sn", alt=("deviceSn", *SERIAL_KEYS))


class _JavaFields(Reading):
    year: Integer = label("Year minus 1900")
    month: Integer = label("Month, 0 is January")
    date: Integer = label("Day of the month")
    hours: Integer = label("Hour")
    minutes: Integer = label("Minute")
    seconds: Integer = label("Second")
    day: Integer = label("Weekday, 0 is Sunday")
    timezone_offset: Integer = label("Minutes to add to local time to get UTC")


class JavaDate(_JavaFields):
    """Java's date object: month 0 to 11, year since 1900, `time` in epoch milliseconds. Use `moment`."""

    time: Moment = label("The moment, UTC")

    @property
    def moment(self) -> datetime | None:
        """The moment, aware, in the object's own zone."""
        offset = timedelta(minutes=-(self.timezone_offset or 0))
        if self.time is None or abs(offset) >= timedelta(days=1):
            return self.time
        return in_zone(self.time, timezone(offset))


class JavaGregorianChange(_JavaFields):
    """When Java's calendar turned Gregorian: a constant without use."""

    time: Integer = label("Epoch milliseconds, negative")


class JavaTimeZone(Reading):
    """The zone of a Java calendar."""

    id: Text = label("Zone name", wire="ID")
    display_name: Text = label("Zone label")
    raw_offset: Integer = label("Zone offset in ms")
    dst_savings: Integer = label("Daylight saving in ms", wire="DSTSavings")
    dirty: Flag = label("Zone changed")
    last_rule_instance: Text = label("Last rule")


class JavaCalendar(Reading):
    """Java's calendar object; some calls send its epoch milliseconds in its place. Use `moment`."""

    time: JavaDate | None = label("The moment as a date object")
    time_in_millis: Integer = label("Epoch milliseconds")
    time_zone: JavaTimeZone | None = label("Zone")
    gregorian_change: JavaGregorianChange | None = label("Gregorian change")
    first_day_of_week: Integer = label("First day of the week")
    minimal_days_in_first_week: Integer = label("Days in the first week")
    week_year: Integer = label("Year of the week")
    weeks_in_week_year: Integer = label("Weeks of the year")
    week_date_supported: Flag = label("Week dates supported")
    lenient: Flag = label("Lenient")

    @classmethod
    def within(cls, value: Any) -> Self:
        return super().within({"time": {"time": value}, "timeInMillis": value} if type(value) is int else value)

    @property
    def moment(self) -> datetime | None:
        """The moment, aware, in the object's own zone."""
        return None if self.time is None else self.time.moment


GrowattTime = JavaDate
GrowattTimeCalendar = JavaCalendar
GrowattTimeCalendarTimeZone = JavaTimeZone
GrowattTimeGregorianChange = JavaGregorianChange
