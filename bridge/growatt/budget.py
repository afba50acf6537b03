"""The call budget: no call earlier than Growatt's documented limits allow, across restarts.

Growatt documents a minimum interval a call but not what it counts by. `scope="endpoint"` (the careful default) counts
by token, path and device type; `scope="request"` by token and identical request.
"""

import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from bridge.clock import Clock, backoff
from bridge.files import locked, write_private
from bridge.growatt.calls import Call
from bridge.growatt.envelopes import DEFAULT_INTERVAL

_log = logging.getLogger("bridge.growatt")
_DAY = 86400.0
_LONGEST_BLOCK = 3600.0
_LONGEST_CALL = 30.0

Scope = Literal["endpoint", "request"]


@dataclass
class Entry:
    """What is known about one counted call. Times are epoch seconds; `open`: on its way when this was written."""

    last: float = 0.0
    open: bool = False
    blocked_until: float = 0.0
    strikes: int = 0
    today: list[float] = field(default_factory=list)


class Budget:
    """Shared by all clients of a process; thread-safe.

    `mode`: "refuse" raises RateLimited with `retry_after`, "wait" lets the session sleep until the call is allowed.
    `path`: a file that outlives the process (mode 0600, holds no token); None keeps the budget in memory.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        mode: Literal["refuse", "wait"] = "refuse",
        scope: Scope = "endpoint",
        clock: Clock | None = None,
    ) -> None:
        self.mode = mode
        self.scope: Scope = scope
        self._path = path
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._entries = _load(path, self._clock.time()) if path else {}
        self._seen = _version(path) if path else None

    def delay(self, token: str, call: Call) -> float:
        """Seconds until this call is allowed; 0 when it is now."""
        with self._alone():
            return self._delay(self._entries.get(self._key(token, call)), call)

    def claim(self, token: str, call: Call) -> float:
        """Take the call out of the budget: 0 when taken, else the seconds to wait, with nothing taken."""
        if call.every is None and call.per_day is None:
            return 0.0
        with self._alone():
            entry = self._entries.setdefault(self._key(token, call), Entry())
            delay = self._delay(entry, call)
            if delay == 0:
                self._count(entry, call)
                self._save()
            return delay

    def settle(self, token: str, call: Call, *, limited: bool) -> None:
        """After the answer. The cloud counts from when the call arrived, so the interval runs from the answer on."""
        with self._alone():
            known = self._entries.get(self._key(token, call))
            if known is None and not limited:
                return
            entry = known or self._entries.setdefault(self._key(token, call), Entry())
            entry.last, entry.open = self._clock.time(), False
            entry.strikes = entry.strikes + 1 if limited else 0
            if limited:
                pause = backoff(call.every or DEFAULT_INTERVAL, entry.strikes, _LONGEST_BLOCK)
                entry.blocked_until = entry.last + max(pause, call.every or 0)
            self._save()

    def report(self) -> list[dict[str, Any]]:
        """For people: every counted call with its next possible time (epoch seconds)."""
        with self._alone():
            return [{"call": key.split(" ", 1)[1], **asdict(entry)} for key, entry in sorted(self._entries.items())]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other thread, and no other process with the same file: what it wrote is read first."""
        with self._lock, locked(self._path):
            if self._path is not None and (seen := _version(self._path)) != self._seen:
                self._entries, self._seen = _read(self._path), seen
            yield

    def _key(self, token: str, call: Call) -> str:
        owner = hashlib.sha256(token.encode()).hexdigest()[:12]
        if self.scope == "request":
            detail = "&".join(f"{k}={v}" for k, v in sorted(call.parameters.items()))
        else:
            detail = call.parameters.get("deviceType", "")
        return f"{owner} {call.path} {detail}".rstrip()

    def _delay(self, entry: Entry | None, call: Call) -> float:
        if entry is None:
            return 0.0
        now = self._clock.time()
        every = call.every or 0.0
        under_way = entry.open and 0 <= now - entry.last < _LONGEST_CALL  # it may arrive at any time until its answer
        last = now if under_way else entry.last
        waits = [min(entry.blocked_until - now, max(every, _LONGEST_BLOCK)), min(last + every - now, every)]
        if call.per_day is not None and len(recent := _recent(entry, now)) >= call.per_day:
            waits.append(recent[-call.per_day] + _DAY - now)
        return max(0.0, *waits)

    def _count(self, entry: Entry, call: Call) -> None:
        now = self._clock.time()
        entry.last, entry.open = now, True
        if call.per_day is not None:
            entry.today = [*_recent(entry, now), now]

    def _save(self) -> None:
        if self._path is None:
            return
        text = json.dumps({key: asdict(entry) for key, entry in self._entries.items()})
        try:
            write_private(self._path, text)
            self._seen = _version(self._path)
        except OSError as error:
            _log.warning("cannot save the call budget to %s: %s", self._path, error.strerror)


def _recent(entry: Entry, now: float) -> list[float]:
    return [t for t in entry.today if now - _DAY < t <= now]


def _load(path: Path, now: float) -> dict[str, Entry]:
    """What an earlier run left. One that was killed does not know when its last calls arrived."""
    entries = _read(path)
    for entry in entries.values():
        if entry.open:
            entry.last, entry.open = max(entry.last, min(now + 1, entry.last + _LONGEST_CALL)), False
    return entries


def _read(path: Path) -> dict[str, Entry]:
    try:
        return TypeAdapter(dict[str, Entry]).validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        _log.warning("the call budget in %s cannot be read; starting a new one", path)
        return {}


def _version(path: Path) -> tuple[int, int] | None:
    """Tells whether somebody has replaced the file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns
