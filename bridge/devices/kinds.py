"""Kinds of writable values: what MQTT may send, what the device means, when two of them are the same.

`parse` takes what came from MQTT and returns the value to write, or raises ValueError with a sentence for people.
`from_device` turns what the client read into the same form, so that the two compare.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from math import isfinite
from typing import Any

from bridge.growatt.fields import EndOfDay, minutes_of, parse_time_of_day, time_from_minutes

_ON = {"on", "true", "1"}
_OFF = {"off", "false", "0"}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of value."""

    def parse(self, value: Any) -> Any:
        raise NotImplementedError

    def from_device(self, value: Any) -> Any:
        """What `parse` would give for the device's value; None where it has none."""
        return None if value is None else self._known(value)

    def _known(self, value: Any) -> Any:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """A number from `low` to `high` in steps of `step`; numbers as text are taken."""

    low: float
    high: float
    step: float = 1
    unit: str = ""

    def parse(self, value: Any) -> float | int:
        number = self._number(value)
        if not self.low <= number <= self.high:
            raise ValueError(f"{number:g} is out of range: {self.low:g} to {self.high:g}{self._unit}")
        steps = (number - self.low) / self.step
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(f"{number:g} does not fit the steps of {self.step:g}{self._unit}")
        return self._known(number)

    def _known(self, value: Any) -> float | int:
        number = round(float(value), 3)
        return int(number) if number == int(number) else number

    def _number(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(f"expected a number from {self.low:g} to {self.high:g}{self._unit}, got {_shown(value)}")
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise ValueError(f"{_shown(value)} is not a number") from None
        if not isfinite(number):
            raise ValueError(f"{_shown(value)} is not a number")
        return number

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""


@dataclass(frozen=True, kw_only=True)
class Switch(Kind):
    """On or off: on/off, true/false, 1/0 in any case."""

    def parse(self, value: Any) -> bool:
        text = str(value).strip().lower() if isinstance(value, str | bool | int) else ""
        if text in _ON | _OFF:
            return text in _ON
        raise ValueError(f"expected on or off, got {_shown(value)}")

    def _known(self, value: Any) -> bool:
        return bool(int(value))


@dataclass(frozen=True, kw_only=True)
class Choice(Kind):
    """One word of several; `options` maps the word to the code that the cloud uses."""

    options: Mapping[str, int]

    def parse(self, value: Any) -> str:
        if isinstance(value, str) and (found := re.sub(r"[\s-]+", "_", value.strip().lower())) in self.options:
            return found
        by_code = {code: name for name, code in self.options.items()}
        if isinstance(value, int) and not isinstance(value, bool) and value in by_code:
            return by_code[value]
        raise ValueError(f"expected one of {', '.join(self.options)}, got {_shown(value)}")

    def _known(self, value: Any) -> str:
        """The word, or one that shows the code where it has none."""
        return next((name for name, code in self.options.items() if code == value), f"unknown_{value}")


@dataclass(frozen=True, kw_only=True)
class TimeOfDay(Kind):
    """HH:MM, as text in all directions."""

    end_of_day: bool = False

    def parse(self, value: Any) -> str:
        try:
            moment = parse_time_of_day(value)
        except ValueError:
            moment = None
        if not isinstance(moment, time) or (moment.second and not isinstance(moment, EndOfDay)):
            raise ValueError(f"expected a time of day as HH:MM, got {_shown(value)}")
        if isinstance(moment, EndOfDay) and not self.end_of_day:
            raise ValueError("24:00 is not possible here; the last minute is 23:59")
        return self._known(moment)

    def _known(self, value: Any) -> str:
        return value if isinstance(value, str) else show_minutes(minutes_of(value))


@dataclass(frozen=True, kw_only=True)
class Part:
    """One key of a setting that is written whole."""

    key: str
    label: str
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Object(Kind):
    """A JSON object of parts. Keys that are left out are filled from what the device has."""

    parts: tuple[Part, ...]

    def parse(self, value: Any) -> dict[str, Any]:
        """The given parts, each checked; a partial object is fine."""
        if not isinstance(value, dict):
            raise ValueError(f"expected a JSON object with {', '.join(p.key for p in self.parts)}, got {_shown(value)}")
        kinds = {p.key: p.kind for p in self.parts}
        parsed = {}
        for key, item in value.items():
            if key not in kinds:
                raise ValueError(f"unknown key {key!r}; known are {', '.join(kinds)}")
            try:
                parsed[key] = kinds[key].parse(item)
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from None
        if not parsed:
            raise ValueError(f"an empty object; give at least one of {', '.join(kinds)}")
        return parsed

    def _known(self, value: Any) -> dict[str, Any]:
        return {p.key: p.kind.from_device(value.get(p.key)) for p in self.parts}


def show_minutes(minutes: int) -> str:
    return "24:00" if minutes == 1440 else f"{minutes // 60:02}:{minutes % 60:02}"


def clock_time(text: str) -> time:
    """The time of day that a parsed text stands for."""
    hour, minute = text.split(":")
    return time_from_minutes(int(hour) * 60 + int(minute))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
