"""Arguments, checked and turned into the wire's text before anything is sent."""

from collections.abc import Sequence
from datetime import date, timedelta
from datetime import time as time_of_day
from enum import Enum
from math import isfinite
from typing import Annotated, Any

from pydantic import BeforeValidator

from bridge.growatt.errors import ArgumentError
from bridge.growatt.fields import EndOfDay, parse_time_of_day

HISTORY_DAYS = 95
"""Days that the cloud keeps, about."""
BIGGEST_ID = 2**53

ClockTime = Annotated[time_of_day, BeforeValidator(parse_time_of_day)]
"""A time of day; from JSON and the command line as HH:MM, never as a number: that would count seconds."""


def _no_flag(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number, not true or false")
    return value


Whole = Annotated[int, BeforeValidator(_no_flag)]
"""A whole number; from JSON never true or false, which would be 1 or 0."""


def single_serial(value: Any, argument: str = "device_sn") -> str:
    """One serial number, not empty."""
    if isinstance(value, str) and value.strip() and "," not in value:
        return value
    raise ArgumentError(argument, value, "one serial number as text, here or when the object is made")


def serial_list(device_sn: Any) -> list[str]:
    """One or several serial numbers; a text may hold several with commas, as the wire does."""
    parts = device_sn.split(",") if isinstance(device_sn, str) else device_sn
    if not isinstance(parts, Sequence) or not parts or not all(isinstance(p, str) and p.strip() for p in parts):
        raise ArgumentError("device_sn", device_sn, "a serial number or a list of them")
    return [p.strip() for p in parts]


def whole(argument: str, value: Any, low: int, high: int) -> int:
    """A whole number within a range; 99.9 is refused, never cut."""
    allowed = f"a whole number from {low} to {high}" if high < BIGGEST_ID else f"a whole number from {low}"
    amount = number(argument, value, allowed)
    if amount != int(amount) or not low <= amount <= high:
        raise ArgumentError(argument, value, allowed)
    return int(amount)


def identity(argument: str, value: Any) -> int:
    """The number of a user or plant."""
    return whole(argument, value, 0, BIGGEST_ID)


def filled(argument: str, value: Any) -> str:
    """A text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value
    raise ArgumentError(argument, value, "a text that is not empty")


def number(argument: str, value: Any, allowed: str) -> float:
    """A finite number, also as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ArgumentError(argument, value, allowed)
    try:
        number = float(value)
    except ValueError:
        raise ArgumentError(argument, value, allowed) from None
    if not isfinite(number):
        raise ArgumentError(argument, value, allowed)
    return number


def flag(argument: str, value: Any) -> bool:
    """True or False (1 and 0 are taken)."""
    if isinstance(value, bool | int) and value in (0, 1):
        return bool(value)
    raise ArgumentError(argument, value, "True or False")


def day(argument: str, value: Any, default: date) -> date:
    """A date; `default` stands in for None."""
    if value is None:
        return default
    if not isinstance(value, date):
        raise ArgumentError(argument, value, "a datetime.date")
    return date(value.year, value.month, value.day)


def day_range(start: date | None, end: date | None, today: date, *, most_days: int | None = None) -> tuple[date, date]:
    """Start and end day; each defaults to the other, both to today. The range counts both days."""
    first = day("start_date", start, day("end_date", end, today))
    last = day("end_date", end, first)
    if last < first:
        raise ArgumentError("end_date", last.isoformat(), f"not before start_date {first.isoformat()}")
    if most_days is not None and last - first >= timedelta(days=most_days):
        raise ArgumentError("end_date", last.isoformat(), f"at most {most_days} days from {first.isoformat()}")
    return first, last


def paging(page: Any, limit: Any) -> dict[str, str]:
    """`page` and `perpage`, left out where None."""
    found = {}
    if page is not None:
        found["page"] = str(whole("page", page, 1, 250))
    if limit is not None:
        found["perpage"] = str(whole("limit", limit, 1, 100))
    return found


def wire_text(value: Any) -> str:
    """The wire's text of an argument."""
    match value:
        case Enum():
            return wire_text(value.value)
        case bool():
            return "1" if value else "0"
        case EndOfDay():
            return "24:00"
        case time_of_day():
            return value.strftime("%H:%M")
        case date():
            return date(value.year, value.month, value.day).isoformat()
        case _:
            return str(value)


def present(**parameters: Any) -> dict[str, str]:
    """Wire parameters without those that are None."""
    return {key: wire_text(value) for key, value in parameters.items() if value is not None}


def clock_time(argument: str, value: Any) -> time_of_day:
    """A time of day to the minute; `END_OF_DAY` is 24:00."""
    if not isinstance(value, time_of_day):
        raise ArgumentError(argument, value, "a datetime.time")
    return value if isinstance(value, EndOfDay) else time_of_day(value.hour, value.minute)
