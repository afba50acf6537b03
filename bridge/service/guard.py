"""Energy counters as they should be: the cloud's zero glitches, small steps back and midnight bounces are held back,
a genuine reset passes. Nothing is invented: what comes out is the value that came in, or the last one that passed.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from operator import attrgetter
from typing import Any

from bridge.devices.counters import Over, counts_over

STEP = 0.15
"""kWh a counter may fall without meaning it."""

DAY = timedelta(days=1)

BOUNCE = 3 * 3600.0
"""Seconds after a period's end in which the counter of the old period may still come."""

CONFIRM_READINGS = 4
CONFIRM_TIME = 1800.0
"""How many different readings, and over how many seconds, must say that a counter has begun anew."""

BEYOND = 1e11
"""More than any counter, and later than any date."""

CLOCK_SET = 2 * 86400.0
SET_BACK = 60.0
"""Seconds by which time must go back to mean that a clock was set: the device's, where less is a late re-send, and our
own, where the time is that of arrival."""


@dataclass(slots=True)
class Counter:
    """What is remembered of one counter. Energies are kWh, times epoch seconds.

    `start`: when the period began that `value` belongs to. `final`: the old period's last value, since `reset`.
    `held`: an old period's value that came after that. `low`: how many readings since `low_since`, the last of them
    `low_value` at `low_at`, were far below `value`.
    """

    value: float
    at: float
    start: float
    final: float | None = None
    reset: float | None = None
    held: float | None = None
    low: int = 0
    low_since: float = 0.0
    low_at: float = 0.0
    low_value: float = 0.0


Row = tuple[Any, ...]
"""The fields of a counter, in order; of one that nothing is the matter with, the first three. So they are kept, for
there are dozens of each device."""

_FIELDS = attrgetter(*(each.name for each in fields(Counter)))


class EnergyGuard:
    """The counters of one device. `begun`: one has begun anew; nothing here sets that back."""

    def __init__(self, counters: dict[str, Row] | None = None) -> None:
        self._counters = counters or {}
        self.begun = False

    def check(self, name: str, value: float, at: datetime, zone: tzinfo, *, arrived: bool = False) -> float:
        """The value to publish for one counter reading (kWh). What does not count over a period passes.

        `at`: the data's own time, aware; that of its arrival where it `arrived` without one. `zone`: the plant's.
        """
        over = counts_over(name)
        if over is None or not math.isfinite(value):
            return value
        moment, start = _moment(at, zone, over)
        row = self._counters.get(name)
        if row is None:
            self._counters[name] = value, moment, start
            return value
        if len(row) == 3 and start == row[2] and value >= row[0] and moment >= row[1]:  # as nearly always
            self._counters[name] = value, moment, start
            return value
        counter = Counter(*row)
        if moment < counter.at - (SET_BACK if arrived else CLOCK_SET):
            counter.at, counter.start = moment, min(counter.start, start)
        if start != counter.start:
            counter.start = _start(counter, zone, over)
        _judge(counter, value, moment, start)
        self._counters[name] = _row(counter)
        self.begun |= counter.value < row[0]
        return counter.value

    def last(self, name: str, at: datetime) -> float | None:
        """The value that passed last, of at most a day before."""
        row = self._counters.get(name)
        return None if row is None or at.timestamp() - row[1] > DAY.total_seconds() else row[0]

    def to_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return dict(self._counters)

    @classmethod
    def from_dict(cls, stored: Any) -> "EnergyGuard":
        """What `to_dict` gave; what cannot be read is left out."""
        items = stored.items() if isinstance(stored, Mapping) else ()
        return cls({name: _row(counter) for name, row in items if (counter := _counter(row))})


@lru_cache(maxsize=256)
def _moment(at: datetime, zone: tzinfo, over: Over) -> tuple[float, float]:
    """The time, and the first of its period in the plant's zone; a lifetime began at 0."""
    if over == "total":
        return at.timestamp(), 0.0
    there = at.astimezone(zone)
    day, month = (there.day if over == "today" else 1), (1 if over == "year" else there.month)
    start = there.replace(month=month, day=day, hour=0, minute=0, second=0, microsecond=0, fold=0)
    return at.timestamp(), start.timestamp()


def _start(counter: Counter, zone: tzinfo, over: Over) -> float:
    """When the period of its value began; in another zone than before, the nearest such time, if it is not to come."""
    before, at = datetime.fromtimestamp(counter.start, UTC), datetime.fromtimestamp(counter.at, UTC)
    starts = (_moment(moment, zone, over)[1] for moment in (before, before + DAY))
    nearest = min(starts, key=lambda start: abs(start - counter.start))
    return min(nearest, _moment(at, zone, over)[1])


def _judge(counter: Counter, value: float, moment: float, start: float) -> None:
    if start < counter.start:
        return
    first = counter.at < start
    counter.at = max(counter.at, moment)
    if value >= counter.value:
        _rise(counter, value, moment, start, first=first)
    elif start > counter.start:
        _fall_in_new_period(counter, value, moment, start)
    else:
        _fall(counter, value, moment)


def _rise(counter: Counter, value: float, moment: float, start: float, *, first: bool) -> None:
    """`first`: nothing came in this period before. What wakes may tell the old period's end once more, a step above
    what was heard of it last."""
    if _bounced(counter, value, moment):
        counter.held = value
        return
    woke = first and value <= counter.value + STEP
    if start > counter.start and value > counter.value and moment - start >= BOUNCE and not woke:
        counter.start, counter.final, counter.reset = start, None, None
    counter.value, counter.low, counter.held = value, 0, None


def _bounced(counter: Counter, value: float, moment: float) -> bool:
    """The old period's last value is back, or the old period goes on, as where the device's clock keeps no summer time;
    what is nearer to the new value is new."""
    if counter.final is None or counter.reset is None or moment - counter.reset >= BOUNCE:
        return False
    old = value >= counter.final - STEP and value - counter.value > STEP
    return old and (counter.held is None or value <= max(counter.held, 2 * counter.final - counter.value))


def _fall_in_new_period(counter: Counter, value: float, moment: float, start: float) -> None:
    """What is more than nearly nothing, so early, may be the sum of some that have begun the new period and some that
    have not, or lack one: the next reading tells."""
    soon = moment - start < BOUNCE
    if value < 0 or (soon and 0 < value >= counter.value - STEP):
        return
    if soon and value > STEP and _lows(counter, value, moment) == 1:
        return
    counter.final, counter.reset, counter.start = counter.value, moment, start
    counter.value, counter.low, counter.held = value, 0, None


def _fall(counter: Counter, value: float, moment: float) -> None:
    """Within a period only a counter that stays low has begun anew, and above zero: another device in its place. Zero,
    too, soon after a reset: what came then was a part of the old period."""
    settling = counter.reset is not None and moment - counter.reset < BOUNCE
    if value < 0 or (value == 0 and not settling):
        return
    if value >= counter.value - STEP:
        counter.low = 0
    elif _lows(counter, value, moment) >= CONFIRM_READINGS and moment - counter.low_since >= CONFIRM_TIME:
        counter.value, counter.low, counter.held = value, 0, None
        if not settling:
            counter.final = counter.reset = None


def _lows(counter: Counter, value: float, moment: float) -> int:
    """How many readings were far below, with this one."""
    if not counter.low or value < counter.low_value - STEP:
        counter.low, counter.low_since, counter.low_at = 1, moment, moment
    elif moment > counter.low_at:
        counter.low, counter.low_at = counter.low + 1, moment
    counter.low_value = value
    return counter.low


def _row(counter: Counter) -> Row:
    row: Row = _FIELDS(counter)
    return row if any(row[3:7]) else row[:3]


def _counter(row: Any) -> Counter | None:
    try:
        counter = Counter(*row)
    except TypeError:
        return None
    reset, final, held = (0.0 if v is None else v for v in (counter.reset, counter.final, counter.held))
    times = (counter.at, counter.start, counter.low_since, counter.low_at, reset)
    numbers = (counter.value, counter.low, counter.low_value, final, held)
    good = all(isinstance(v, int | float) and abs(v) < BEYOND for v in (*times, *numbers)) and min(times) >= 0
    return counter if good else None
