"""Kinds of writable values: what MQTT may send, what the device means, when two of them are the same.

`parse` takes what came from MQTT and returns the value to write, or raises ValueError with a sentence for people.
`from_device` turns what the client read into the same form, so that the two compare.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from itertools import pairwise
from math import isfinite
from typing import Any, ClassVar

from bridge.devices.values import Json
from bridge.growatt.fields import EndOfDay, minutes_of, parse_time_of_day, wall_clock

_ON = {"on", "true", "1"}
_OFF = {"off", "false", "0"}
_MOMENT = re.compile(r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of value. `word`: what it is called on MQTT."""

    word: ClassVar[str]

    def told(self) -> dict[str, Json]:
        """What else is said of it on MQTT, for whoever wants to send one."""
        return {}

    def parse(self, value: Any) -> Any:
        raise NotImplementedError

    def check_present(self, value: Any) -> None:
        """ValueError where what the device has, as `from_device` gives it, could not be written back to it."""
        self.parse(value)

    def from_device(self, value: Any) -> Any:
        """What `parse` would give for the device's value; None where it has none."""
        return None if value is None else self._known(value)

    def _known(self, value: Any) -> Any:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, slots=True)
class Number(Kind):
    """A number from `low` to `high` in steps of `step`, but not within `gap`; numbers as text are taken."""

    word = "number"

    low: float
    high: float
    step: float = 1
    unit: str = ""
    gap: tuple[float, float] | None = None

    def told(self) -> dict[str, Json]:
        gap = {"gap": list(self.gap)} if self.gap else {}
        return {"min": self.low, "max": self.high, "step": self.step, "unit": self.unit or None, **gap}

    def parse(self, value: Any) -> float | int:
        number = self._possible(value)
        steps = (number - self.low) / self.step
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(f"{number:g} does not fit the steps of {self.step:g}{self._unit}")
        return self._known(number)

    def check_present(self, value: Any) -> None:
        """Steps are ours; what the device has between them stays."""
        self._possible(value)

    def _possible(self, value: Any) -> float:
        number = self._number(value)
        if not self.low <= number <= self.high:
            raise ValueError(f"{number:g} is out of range: {self.low:g} to {self.high:g}{self._unit}")
        if self.gap and self.gap[0] < number < self.gap[1]:
            raise ValueError(f"{number:g} is not possible: nothing between {self.gap[0]:g} and {self.gap[1]:g} is")
        return number

    def _known(self, value: Any) -> float | int:
        number = round(float(value), 4)
        return int(number) if number == int(number) else number

    def _number(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(f"expected a number from {self.low:g} to {self.high:g}{self._unit}, got {_shown(value)}")
        try:
            number = float(str(value).replace("_", "?"))  # Python reads 1_0 as 10
        except (ValueError, OverflowError):
            raise ValueError(f"{_shown(value)} is not a number") from None
        if not isfinite(number):
            raise ValueError(f"{_shown(value)} is not a number")
        return number

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch(Kind):
    """On or off: on/off, true/false, 1/0 in any case. `on`: the cloud's code for it, 1 or 0; off is the other one."""

    word = "switch"

    on: int = 1

    def parse(self, value: Any) -> bool:
        text = str(value).strip().lower() if isinstance(value, str | bool | int) else ""
        if text in _ON | _OFF:
            return text in _ON
        raise ValueError(f"expected on or off, got {_shown(value)}")

    def _known(self, value: Any) -> bool:
        return bool(int(value)) == bool(self.on)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice(Kind):
    """One word of several; `options` maps the word to the code that the cloud uses."""

    word = "choice"

    options: Mapping[str, int]

    def told(self) -> dict[str, Json]:
        return {"options": list(self.options)}

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


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeOfDay(Kind):
    """HH:MM, as text in all directions. `end_of_day`: it may be 24:00, which the device calls `midnight`: 24:00, or the
    last minute of the day where it knows no other."""

    word = "timeofday"

    end_of_day: bool = False
    midnight: str = "24:00"

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
        text = value if isinstance(value, str) else show_minutes(minutes_of(value))
        return self.midnight if text == "24:00" else text


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment(Kind):
    """A date and time of the device's own clock, of this century, without a zone: YYYY-MM-DD HH:MM, and :SS where it
    has seconds. A date alone is not midnight."""

    word = "moment"

    seconds: bool = True

    def parse(self, value: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        try:
            moment = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
        except ValueError:
            moment = None
        if moment is None:
            raise ValueError(f"expected date and time as YYYY-MM-DD HH:MM, without a zone, got {_shown(value)}")
        return self._known(moment)

    def _known(self, value: Any) -> str:
        return str(wall_clock(value).strftime("%Y-%m-%d %H:%M:%S" if self.seconds else "%Y-%m-%d %H:%M"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(Kind):
    """A text that is not empty, of at most `most` characters."""

    word = "text"

    most: int = 64

    def parse(self, value: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if not 0 < len(text) <= self.most:
            raise ValueError(f"expected a text of 1 to {self.most} characters, got {_shown(value)}")
        return text

    def _known(self, value: Any) -> str:
        return str(value).strip()


PRESS = "press"


@dataclass(frozen=True, kw_only=True, slots=True)
class Press(Kind):
    """Something to be done, without a value: `press`, or nothing at all."""

    word = "press"

    def parse(self, value: Any) -> str:
        text = value.strip().lower() if isinstance(value, str) else value
        if text is None or text is True or text in ("", PRESS):
            return PRESS
        raise ValueError(f"expected {PRESS}, got {_shown(value)}")

    def _known(self, value: Any) -> str:
        return PRESS


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One key of a setting that is written whole. `main`: an entity by default, where the whole is."""

    key: str
    label: str
    kind: Kind
    main: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Object(Kind):
    """A JSON object of parts. Keys that are left out are filled from what the device has."""

    word = "object"

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

    def until_midnight(self, whole: Mapping[str, Any]) -> dict[str, Any]:
        """The whole, where an end at 00:00 after a later start is that of the day: at 00:00 unused periods end."""
        ends = {p.key: p.kind for p in self.parts if isinstance(p.kind, TimeOfDay) and p.kind.end_of_day}
        starts = {key: whole.get(f"{key.removesuffix('end')}start") for key in ends}
        late = [key for key, start in starts.items() if start and start > "00:00" and whole.get(key) == "00:00"]
        return {**whole, **{key: ends[key].parse("24:00") for key in late}}

    def timeless(self, whole: Mapping[str, Any], given: Collection[str]) -> str | None:
        """Why a period that is given and active makes no sense: one that ends when it starts does nothing. Devices come
        with such; nobody asks for one."""
        for name in [part.key.removesuffix("enabled") for part in self.parts if part.key.endswith("enabled")]:
            start, end = whole.get(f"{name}start"), whole.get(f"{name}end")
            asked = given and not {f"{name}start", f"{name}end", f"{name}enabled"}.isdisjoint(given)
            if asked and whole.get(f"{name}enabled") and start == end and start is not None:
                return (
                    f"{name}start and end are both {start}; set the other one first (the whole day is 00:00 to 24:00)"
                )
        return None

    def left_over(self, whole: Mapping[str, Any], given: Collection[str]) -> str | None:
        """Why the parts that are not `given` cannot be written as the device has them; None where they can."""
        for part in self.parts:
            if part.key not in given:
                try:
                    part.kind.check_present(whole[part.key])
                except ValueError as error:
                    return f"the device's present {part.key} cannot be written back ({error}); give {part.key}, too"
        return None

    def _known(self, value: Any) -> dict[str, Any]:
        return {p.key: p.kind.from_device(value.get(p.key)) for p in self.parts}


@dataclass(frozen=True, kw_only=True, slots=True)
class Periods(Kind):
    """A day as a list of periods, each with `start`, `end` and the parts of `item`; gaps are allowed, overlaps are not.

    Sorted by time. One that passes midnight becomes two. `defaults`: what a period has that does not say otherwise.
    """

    word = "periods"

    item: Object
    most: int
    defaults: Mapping[str, Any]

    def parse(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise ValueError(f"expected a JSON list of periods, got {_shown(value)}")
        day = [part for number, period in enumerate(value, 1) for part in self._period(number, period)]
        day.sort(key=_start)
        if len(day) > self.most:
            raise ValueError(f"{len(day)} periods, counted after splits at midnight; at most {self.most} are possible")
        if reason := overlapping(day):
            raise ValueError(reason)
        return day

    def _period(self, number: int, value: Any) -> list[dict[str, Any]]:
        try:
            period = {**self.defaults, **self.item.parse(value)}
        except ValueError as error:
            raise ValueError(f"period {number}: {error}") from None
        if missing := [part.key for part in self.item.parts if part.key not in period]:
            raise ValueError(f"period {number} lacks {', '.join(missing)}")
        period = {part.key: period[part.key] for part in self.item.parts}
        start, end = period["start"], period["end"]
        if start == end:
            raise ValueError(f"period {number} ends when it starts, at {start}")
        if start < end:
            return [period]
        evening, morning = {**period, "end": self._midnight}, {**period, "start": "00:00"}
        return [part for part in (evening, morning) if part["start"] < part["end"]]

    @property
    def _midnight(self) -> str:
        return next(str(part.kind.parse("24:00")) for part in self.item.parts if part.key == "end")

    def _known(self, value: Any) -> list[dict[str, Any]]:
        return sorted((self.item.from_device(period) for period in value), key=_start)


def crossing(start: str, end: str) -> str | None:
    """Why one period cannot run from start to end, and what to do; None where it can."""
    return None if start <= end else f"a period cannot cross midnight: use two, {start}-24:00 and 00:00-{end}"


def overlapping(periods: Iterable[Mapping[str, Any]]) -> str | None:
    """Which of several periods with `start` and `end` meet; None where none do."""
    pairs = pairwise(sorted(periods, key=_start))
    found = next(((one, other) for one, other in pairs if other["start"] < one["end"]), None)
    return f"the periods {_span(found[0])} and {_span(found[1])} overlap" if found else None


def _start(period: Mapping[str, Any]) -> str:
    return str(period["start"])


def _span(period: Mapping[str, Any]) -> str:
    return f"{period['start']}-{period['end']}"


PERIOD_END = TimeOfDay(end_of_day=True, midnight="23:59")
"""Of devices whose hours go from 0 to 23: their last minute belongs to the period, so that 23:59 reaches midnight."""


@cache
def show_minutes(minutes: int) -> str:
    return "24:00" if minutes == 1440 else f"{minutes // 60:02}:{minutes % 60:02}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
