"""A fleet: several bridges that share the devices of the same accounts, each with its own part."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Shard:
    """One of `count` replicas; `number` counts from 1."""

    number: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """From text such as "2/8". Raises ValueError."""
        match = re.fullmatch(r"\s*([0-9]{1,4})\s*/\s*([0-9]{1,4})\s*", text)
        if not match or not 1 <= int(match[1]) <= int(match[2]):
            raise ValueError(f"{text!r} is no shard; the second of eight replicas is 2/8, numbers start at 1")
        return cls(int(match[1]), int(match[2]))

    def owns(self, key: str) -> bool:
        """Whether this is the one replica for a device. A replica more takes devices over, and moves no others."""
        return self.count == 1 or self.number == max(range(1, self.count + 1), key=lambda n: _weight(n, key))

    def mark(self, text: str) -> str:
        """A name of its own for this replica; alone it needs none."""
        return text if self.count == 1 else f"{text}-{self.number}"


@dataclass(frozen=True)
class Turns:
    """For `count` processes that share a token and know nothing of each other: each calls in turns of its own, by the
    clock on the wall. Clocks may differ by an eighth of a call's interval. `number` counts from 1."""

    number: int
    count: int

    def wait(self, moment: float, every: float) -> float:
        """Seconds from an epoch moment to the next that is this process's turn; 0 within it."""
        turn = 1.5 * every
        since = (moment - self.number * turn) % (self.count * turn)
        return 0.0 if since <= turn / 6 else self.count * turn - since


def _weight(number: int, key: str) -> bytes:
    return hashlib.sha256(f"{number} {key}".encode()).digest()
