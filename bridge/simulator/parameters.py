"""The numbered value slots of v1 parameters: what each part of a parameter takes, checks and shows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from bridge.simulator.wire import Json, Refusal, text

if TYPE_CHECKING:
    from bridge.simulator.device import Device

Ranges = tuple[tuple[float, float], ...]
PERCENT: Ranges = ((0, 100),)
SWITCH: Ranges = ((0, 1),)
ON_OFF: Ranges = ((0, 0), (1, 1))  # nothing between
POWER_FACTOR: Ranges = ((-1, -0.8), (0.8, 1))
MISSING, OUT_OF_RANGE, NO_TIME, REVERSED = 10007, 10008, 10009, 10013


class Part(Protocol):
    """One or more slots that belong together. `shows` says whether reading the parameter tells about it."""

    @property
    def width(self) -> int: ...

    @property
    def shows(self) -> bool: ...

    def take(self, device: "Device", slots: list[str]) -> Json:
        """The settings that the slots ask for. Refusal for values that the parameter does not take."""

    def show(self, settings: Mapping[str, Any]) -> str:
        """The present value as text."""


Parameter = tuple[Part, ...]


def number(value: str, *ranges: tuple[float, float]) -> float:
    if value == "":
        raise Refusal(MISSING)
    try:
        found = float(value)
    except ValueError:
        raise Refusal(OUT_OF_RANGE) from None
    if not any(low <= found <= high for low, high in ranges):
        raise Refusal(OUT_OF_RANGE)
    return found


@dataclass(frozen=True)
class Number:
    """A number that one or more settings keep. With a `default` the slot may stay empty, and does not show."""

    keys: tuple[str, ...]
    ranges: Ranges
    kind: Callable[[float], float] = float
    default: str = ""
    width: ClassVar[int] = 1

    @property
    def shows(self) -> bool:
        return self.default == ""

    def take(self, _: "Device", slots: list[str]) -> Json:
        return dict.fromkeys(self.keys, self.kind(number(slots[0] or self.default, *self.ranges)))

    def show(self, settings: Mapping[str, Any]) -> str:
        return text(settings.get(self.keys[0]) or 0)


@dataclass(frozen=True)
class Word:
    """One of some texts; the setting keeps what the text stands for."""

    key: str
    values: Mapping[str, Any]
    default: str = ""
    width: ClassVar[int] = 1

    @property
    def shows(self) -> bool:
        return self.default == ""

    def take(self, _: "Device", slots: list[str]) -> Json:
        value = slots[0] or self.default
        if value == "":
            raise Refusal(MISSING)
        if value not in self.values:
            raise Refusal(OUT_OF_RANGE)
        return {self.key: self.values[value]}

    def show(self, settings: Mapping[str, Any]) -> str:
        value = settings[self.key]
        return value if isinstance(value, str) else text(value)


@dataclass(frozen=True)
class Time:
    """A date with a time, or as much of it as the patterns ask for."""

    patterns: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S",)
    width: ClassVar[int] = 1
    shows: ClassVar[bool] = True

    def take(self, _: "Device", slots: list[str]) -> Json:
        if slots[0] == "":
            raise Refusal(MISSING)
        return {"sysTime": self.parse(slots[0]), "sysTimeText": self.parse(slots[0])}

    def parse(self, value: str, code: int = NO_TIME) -> str:
        for pattern in self.patterns:
            try:
                return datetime.strptime(value, pattern).strftime(pattern)  # noqa: DTZ007 - as a device has it
            except ValueError:
                continue
        raise Refusal(code)

    def show(self, settings: Mapping[str, Any]) -> str:
        return str(settings["sysTime"])


@dataclass(frozen=True)
class Period:
    """Hour and minute of a start and of an end; two settings keep them as `5:7`."""

    start: str
    stop: str
    last_hour: int = 23
    width: ClassVar[int] = 4
    shows: ClassVar[bool] = True

    def take(self, _: "Device", slots: list[str]) -> Json:
        tops = (self.last_hour, 59, self.last_hour, 59)
        hour, minute, end_hour, end_minute = (
            int(number(slot, (0, top))) for slot, top in zip(slots, tops, strict=True)
        )
        if (end_hour, end_minute) < (hour, minute):
            raise Refusal(REVERSED)
        return {self.start: f"{hour}:{minute}", self.stop: f"{end_hour}:{end_minute}"}

    def show(self, settings: Mapping[str, Any]) -> str:
        return f"{settings[self.start]}_{settings[self.stop]}"


@dataclass(frozen=True)
class ActivePower:
    """A limit in percent, whether it outlives a restart, and whether it is given in watts (1) after all."""

    width: ClassVar[int] = 3
    shows: ClassVar[bool] = True

    def take(self, device: "Device", slots: list[str]) -> Json:
        watts = number(slots[2] or "0", *SWITCH) == 1
        top = device.spec.rated if watts else 100.0
        keep, value = number(slots[1] or "0", *SWITCH), number(slots[0], (0, top))
        return {"activeRate": round(value / top * 100, 1), "pvPfCmdMemoryState": int(keep)}

    def show(self, settings: Mapping[str, Any]) -> str:
        return text(settings["activeRate"])


@dataclass(frozen=True)
class Register:
    """A register that mirrors a setting, `scale` times as large."""

    key: str
    ranges: Ranges = PERCENT
    scale: float = 1


def percent(*keys: str) -> Number:
    return Number(keys, PERCENT)


def switch(key: str) -> Number:
    return Number((key,), SWITCH, int)


def choice(key: str, most: int) -> Number:
    return Number((key,), ((0, most),), int)


def on_off() -> Word:
    return Word("onOff", {"0000": 0, "0001": 1})


def _parts(parameter: Parameter, slots: list[str]) -> Iterator[tuple[Part, list[str]]]:
    at = 0
    for part in parameter:
        yield part, slots[at : at + part.width]
        at += part.width


def patch(parameter: Parameter, device: "Device", slots: list[str]) -> Json:
    """The settings that the slots of a parameter ask for. Refusal with the code of the first fault."""
    return {key: value for part, own in _parts(parameter, slots) for key, value in part.take(device, own).items()}


def shown(parameter: Parameter, settings: Mapping[str, Any]) -> str:
    """The present value of a parameter as text."""
    return "_".join(part.show(settings) for part in parameter if part.shows)


def patch_register(registers: Mapping[int, Register], slots: list[str]) -> Json:
    """Slots 1 and 2 are the register and its value; a register that mirrors nothing is kept as it is."""
    address, value = int(number(slots[0], (0, 65535))), int(number(slots[1], (0, 65535)))
    register = registers.get(address)
    if register is None:
        return {f"register_{address}": value}
    found = number(str(value / register.scale), *register.ranges)
    return {register.key: int(found) if register.ranges is ON_OFF else found}


def shown_register(registers: Mapping[int, Register], address: int, settings: Mapping[str, Any]) -> str:
    register = registers.get(address)
    if register is None:
        return text(settings.get(f"register_{address}", 0))
    return text(settings.get(register.key, 0) * register.scale)
