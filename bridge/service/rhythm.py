"""When a device uploads, learned from the timestamps in its own data.

Only differences of timestamps count, so a device's clock may be wrong. All times are epoch seconds.
"""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

PERIOD = 300.0
"""Seconds between two uploads, as Growatt ships its dataloggers; assumed until the stamps say otherwise."""

REMEMBERED = 16
ENOUGH = 4
"""Stamps that are remembered, and how many of them make a rhythm."""

ASLEEP = 3.5
LONG = 12
"""Periods without an upload after which a device is not waited for, and after which its phase is learned anew."""

RAGGED = 0.4
"""Share of the period over which stamps may scatter and still be a rhythm."""

PARTS = (1, 2, 3, 5)
"""How many uploads may lie between two stamps that were seen, for want of polls."""

AHEAD = 30.0
ZONE = 900.0
"""Seconds by which a device's clock may be ahead and still be believed, and what time zones differ by."""

DELAYS = (2.0, 5.0, 10.0, 20.0, 35.0, 50.0, 70.0, 90.0, 120.0, 150.0, 180.0, 210.0, 240.0, 270.0)
"""Seconds after an expected stamp at which its data may be asked for."""

NEAR = 1.5
"""Seconds between a delay that was meant and the one that came of it."""
FORGET = 0.97
"""What a trial still counts one poll later."""
UNTRIED = 0.3
"""The weight of the guess that an untried delay is long enough."""
UNSURE = 0.05
"""The weight of a miss after which the upload never came."""


class Rhythm:
    """The uploads of one device."""

    __slots__ = (
        "_base",
        "_delay",
        "_early",
        "_good",
        "_missed",
        "_offset",
        "_older",
        "_probed",
        "_spread",
        "_stamps",
        "_steady",
        "_strange",
        "period",
        "seen",
    )

    def __init__(self) -> None:
        self.period = PERIOD
        self.seen = -math.inf
        self._stamps = array("d")
        self._steady = True
        self._base = 0.0
        self._spread = 0.0
        self._offset: float | None = None
        self._probed = False
        self._strange = 0
        self._older: list[float] = []
        self._missed: int | None = None
        self._good = array("d", [0.0] * len(DELAYS))
        self._early = array("d", [0.0] * len(DELAYS))
        self._delay = DELAYS[0]

    def observe(self, stamp: float, now: float) -> None:
        """An answer of `now` holds data of `stamp`. Older data than before is a late re-send, unless it goes on."""
        self.seen = now
        if self._offset is not None:
            self._probed |= (now - self._base - self._offset) % self.period > self.period - 2 * AHEAD
        newest = self._stamps[-1] if self._stamps else -math.inf
        if stamp < newest:
            self._step_back(stamp)
            return
        self._older.clear()
        if stamp > newest:
            self._advance(stamp)
        if self._steady:
            self._judge(now, fresh=stamp > newest)

    def upcoming(self, earliest: float) -> float | None:
        """When the first upload that has not been seen is there to be asked for; None where that cannot be told.

        `earliest`: when the device may be asked again. Where that is soon, listening comes before assuming.
        """
        if not self._steady or self._offset is None:
            return None
        if len(self._stamps) < ENOUGH and earliest - self.seen < 0.75 * self.period:
            return None
        due = self._base + self._offset + self.period + self._spread + self._delay
        if not self._probed:
            due -= self._delay + AHEAD
        return due if earliest - due < ASLEEP * self.period else None

    def _step_back(self, stamp: float) -> None:
        if not self._older or stamp > self._older[-1]:
            self._older.append(stamp)
        if len(self._older) == ENOUGH:
            self._restart(self._older)
            self._older = []

    def _restart(self, stamps: Iterable[float]) -> None:
        """The device's clock or beat has changed."""
        self._stamps = array("d", stamps)
        self._steady, self._offset, self._missed = False, None, None
        self.period, self._spread = PERIOD, 0.0
        self._fit()

    def _advance(self, stamp: float) -> None:
        uploads = round((stamp - self._base) / self.period)
        off = abs(stamp - self._base - uploads * self.period)
        if self._missed is not None and uploads <= 2:
            self._early[self._missed] += 1 if uploads == 1 else UNSURE
        self._missed = None
        if len(self._stamps) >= ENOUGH and stamp - self._stamps[-1] > LONG * self.period:
            self._stamps = array("d")
        elif self._stamps and self._steady and (uploads < 1 or off > self.period / 10 + 3 * self._spread):
            self._restart([stamp])
            return
        self._stamps.append(stamp)
        del self._stamps[:-REMEMBERED]
        self._fit()

    def _fit(self) -> None:
        """A straight line through the stamps: period, newest upload, and how late an upload can be."""
        if len(self._stamps) < ENOUGH:
            self._base = self._stamps[-1]
            return
        for parts in PARTS:
            period, newest, errors = _line(self._stamps, parts)
            self._steady = max(errors) - min(errors) < RAGGED * period
            if self._steady:
                self.period, self._base, self._spread = period, newest, max(errors)
                return
        del self._stamps[0]

    def _judge(self, now: float, *, fresh: bool) -> None:
        """Learn how long after its stamp an upload can be seen."""
        age = now - self._base
        offset = self._clock_offset(age)
        self._offset = offset if self._offset is None else min(offset, self._offset)
        late = age - self._offset - self._spread
        for weights in (self._good, self._early):
            for number, weight in enumerate(weights):
                weights[number] = FORGET * weight
        self._strange = self._strange + 1 if fresh and late >= 2 * self.period else 0
        if self._strange >= ENOUGH:  # our own clock was set forward
            self._offset, self._strange = None, 0
        elif late >= self.period:
            tried = bisect_right(DELAYS, late - self.period + NEAR) - 1
            self._missed = tried if tried >= 0 and late < 2 * self.period else None
        elif fresh:
            self._good[min(bisect_left(DELAYS, late - NEAR), len(DELAYS) - 1)] += 1
        self._delay = self._best_delay()

    def _clock_offset(self, age: float) -> float:
        """How far the device's clock is behind: by whole time zones and periods; less makes no difference."""
        unit = ZONE * math.ceil(self.period / ZONE)
        zones = math.floor((age + AHEAD) / unit) * unit
        return zones + max(0, math.floor((age - zones) / self.period)) * self.period

    def _best_delay(self) -> float:
        """The wait that costs least, where an early poll costs a period."""
        good = accumulate(self._good)
        early = list(accumulate(reversed(self._early)))[::-1]
        costs = (
            delay + self.period * misses / (misses + hits + UNTRIED)
            for delay, hits, misses in zip(DELAYS, good, early, strict=True)
        )
        return min((cost, delay) for cost, delay in zip(costs, DELAYS, strict=True) if delay <= self.period)[1]


def _line(stamps: Sequence[float], parts: int) -> tuple[float, float, list[float]]:
    """The straight line through the stamps: seconds an upload, when the newest was due, how late each one came."""
    times = [stamp - stamps[0] for stamp in stamps]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    step = sorted(gaps)[len(gaps) // 4] / parts
    numbers = list(accumulate((max(1, round(gap / step)) for gap in gaps), initial=0))
    n, t = sum(numbers) / len(numbers), sum(times) / len(times)
    period = sum((k - n) * (x - t) for k, x in zip(numbers, times, strict=True)) / sum((k - n) ** 2 for k in numbers)
    errors = [x - t - (k - n) * period for k, x in zip(numbers, times, strict=True)]
    return period, stamps[0] + t + (numbers[-1] - n) * period, errors
