"""A clock that stands still until a test moves it."""

import asyncio
import heapq
import itertools

from bridge.clock import Clock


class ManualClock(Clock):
    """`advance` lets time pass and everything that falls due run, in order."""

    def __init__(self, start: float = 1_760_000_000.0) -> None:
        self._now = start
        self._start = start
        self._date_off = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def time(self) -> float:
        return self._now + self._date_off

    def monotonic(self) -> float:
        return self._now - self._start

    def now_is(self, seconds: float) -> None:
        """Set the time, counted from the start, without letting anything run; back is possible, too."""
        self._now = self._start + seconds

    def set_date(self, seconds: float) -> None:
        """Somebody sets the machine's date by so many seconds; `monotonic` goes on as before."""
        self._date_off += seconds

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), future))
        await future

    async def until(self, event: asyncio.Event, seconds: float | None) -> bool:
        waits = {asyncio.ensure_future(event.wait())}
        if seconds is not None:
            waits.add(asyncio.ensure_future(self.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return event.is_set()

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        end = self._now + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            if not future.done():
                future.set_result(None)
            await settle()
        self._now = end


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)
