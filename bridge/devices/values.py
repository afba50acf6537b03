"""Client values as home shows them: units, words, times, and numbers without noise."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from sys import intern
from typing import Any

from bridge.growatt.fields import EndOfDay, JavaCalendar, JavaDate, Reading, aware

Json = Any
EXACT = 2**53
"""Up to here a float holds every whole number."""


def plain(raw: Any) -> Json:
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


def coded(words: Mapping[int, str], raw: Any) -> str:
    return word(words[raw]) if raw in words else f"unknown_{raw}"


def bitwise(bits: Mapping[int, str], raw: int) -> str:
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


@lru_cache(maxsize=256)
def lower(name: str) -> str:
    """The API's own names, in lower case all: `normalPower` -> `normal_power`."""
    return intern(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
