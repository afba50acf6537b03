"""Time, taken from outside by everything that waits or dates, so that tests and the demo can run it fast."""

import asyncio
import math
import time
from datetime import UTC, datetime


class Clock:
    """The machine's own clock."""

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never jumps when the machine's date is set."""
        return time.monotonic()

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def real(self, seconds: float) -> float:
        """How many seconds of the machine this many seconds of the clock take."""
        return max(0.0, seconds)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(self.real(seconds))

    async def until(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait for an event, at most `seconds`; whether it came."""
        try:
            async with asyncio.timeout(None if seconds is None else self.real(seconds)):
                await event.wait()
        except TimeoutError:
            return False
        return True

    def wait(self, seconds: float) -> None:
        """Like `sleep`, blocking the calling thread."""
        time.sleep(self.real(seconds))


class FastClock(Clock):
    """A clock that runs `speed` times as fast as the real one, from `start` (epoch seconds; default now)."""

    def __init__(self, speed: float, start: float | None = None) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above 0, got {speed}")
        self.speed = speed
        self._real = time.monotonic()
        self._start = time.time() if start is None else start

    def time(self) -> float:
        return self._start + self.monotonic()

    def monotonic(self) -> float:
        return (time.monotonic() - self._real) * self.speed

    def real(self, seconds: float) -> float:
        return super().real(seconds / self.speed)


def whole_seconds(seconds: float) -> int:
    """A wait as people and other programs are told it: never too short, and never none."""
    return max(1, math.ceil(seconds))


def backoff(first: float, failures: int, ceiling: float) -> float:
    """Seconds to wait after so many failures in a row: doubles from `first` up to `ceiling`."""
    return min(ceiling, first * 2.0 ** min(max(failures - 1, 0), 30))
