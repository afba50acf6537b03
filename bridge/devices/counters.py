"""Over which period a counter counts, by its name: for what guards its values and for Home Assistant alike."""

import re
from functools import lru_cache
from typing import Literal, get_args

Over = Literal["today", "month", "year", "total"]

_PERIODS: dict[str, Over] = {
    "today": "today",
    "day": "today",
    "month": "month",
    "monthly": "month",
    "year": "year",
    "yearly": "year",
    "total": "total",
}
_WORD = re.compile(r"[a-z]+")


@lru_cache(maxsize=4096)
def counts_over(name: str) -> Over | None:
    """The period; None where the name does not tell, and for a balance, which may fall."""
    words = [match[0] for part in name.split("_") if (match := _WORD.match(part))]
    periods = {_PERIODS[word] for word in words if word in _PERIODS and not is_balance(name)}
    return next((over for over in get_args(Over) if over in periods), None)


def is_balance(name: str) -> bool:
    """Whether it counts both ways."""
    return "net" in name.split("_")
