"""The call budget: no call earlier than Growatt's documented limits allow, across restarts.

Growatt documents a minimum interval a call but not what it counts by. `scope="endpoint"` (the careful default) counts
by token, path and device type; `scope="request"` by token and identical request.
"""

import hashlib
import json
import logging
import sqlite3
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from bridge.clock import Clock, backoff
from bridge.fleet import Turns
from bridge.growatt.calls import Call
from bridge.growatt.envelopes import DEFAULT_INTERVAL

_log = logging.getLogger("bridge.growatt")
_DAY = 86400.0
_LONGEST_BLOCK = 3600.0
_REPORTED = 200
_TABLES = """
    PRAGMA journal_mode = PERSIST; PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS calls (key TEXT PRIMARY KEY, last REAL, entry TEXT) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS by_time ON calls (last);
"""
_NEWEST = "SELECT key, entry FROM calls WHERE key LIKE ? ORDER BY last DESC LIMIT ?"

Scope = Literal["endpoint", "request"]
T = TypeVar("T")


@dataclass
class Entry:
    """What is known about one counted call. Times are epoch seconds; `open`: until when the answer may yet come, 0 once
    it is there."""

    last: float = 0.0
    open: float = 0.0
    blocked_until: float = 0.0
    strikes: int = 0
    today: list[float] = field(default_factory=list)


class Budget:
    """Shared by all clients of a process; thread-safe.

    `mode`: "refuse" raises RateLimited with `retry_after`, "wait" lets the session sleep until the call is allowed.
    `path`: a file that outlives the process (SQLite, mode 0600, without tokens), and that processes may share; None
    keeps the budget in memory.
    `turns`: how processes that cannot share a file share a token.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        mode: Literal["refuse", "wait"] = "refuse",
        scope: Scope = "endpoint",
        clock: Clock | None = None,
        turns: Turns | None = None,
    ) -> None:
        self.mode = mode
        self._turns = turns
        self.scope: Scope = scope
        self._clock = clock or Clock()
        self._path, self._began = path, self._clock.time()
        self._lock = threading.Lock()
        self._use(_open(path))

    def delay(self, token: str, call: Call) -> float:
        """Seconds until this call is allowed; 0 when it is now."""
        return self._with(token, call, self._delay)

    def claim(self, token: str, call: Call, longest: float = 30.0) -> float:
        """Take the call out of the budget: 0 when taken, else the seconds to wait, with nothing taken. `longest`:
        seconds after which an answer does not come any more."""
        if call.every is None and call.per_day is None:
            return 0.0
        return self._with(token, call, lambda entry, call: self._take(entry, call, longest))

    def settle(self, token: str, call: Call, *, limited: bool) -> None:
        """After the answer. The cloud counts from when the call arrived, so the interval runs from the answer on."""
        self._with(token, call, self._refused if limited else self._answered)

    def report(self, token: str) -> list[dict[str, Any]]:
        """For people: the counted calls of a token, with their times (epoch seconds); of many, the newest."""
        owner, day_ago = f"{_owner(token)} ", self._clock.time() - _DAY
        self._run(lambda calls: calls.execute("DELETE FROM calls WHERE last < ?", (day_ago,)))
        rows = self._run(lambda calls: calls.execute(_NEWEST, (f"{owner}%", _REPORTED)).fetchall())
        return [{"call": key.removeprefix(owner), **json.loads(entry)} for key, entry in sorted(rows)]

    def _with(self, token: str, call: Call, use: Callable[[Entry, Call], T]) -> T:
        """Read what is known about a call, and save what `use` makes of it."""

        def read_and_save(calls: sqlite3.Connection) -> T:
            row = calls.execute("SELECT entry FROM calls WHERE key = ?", (key,)).fetchone()
            entry = Entry(**json.loads(row[0])) if row else Entry()
            before = replace(entry)
            result = use(entry, call)
            if entry != before:
                calls.execute("REPLACE INTO calls VALUES (?, ?, ?)", (key, entry.last, json.dumps(vars(entry))))
            return result

        key = self._key(token, call)
        return self._run(read_and_save)

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Work with the file while no other thread or program does; where that fails, from now on in memory."""
        with self._lock:
            try:
                return _alone(self._calls, work)
            except sqlite3.Error as error:
                _log.warning("cannot save the call budget to %s: %s", self._path, error)
            self._use(_open(None))
            return _alone(self._calls, work)

    def _use(self, calls: sqlite3.Connection) -> None:
        self._calls = calls
        weakref.finalize(self, calls.close)

    def _key(self, token: str, call: Call) -> str:
        detail = call.parameters.get("deviceType", "")
        if self.scope == "request":
            detail = "&".join(f"{k}={v}" for k, v in sorted(call.parameters.items()))
        return f"{_owner(token)} {call.path} {detail}".rstrip()

    def _take(self, entry: Entry, call: Call, longest: float) -> float:
        if (delay := self._delay(entry, call)) == 0:
            entry.last = self._clock.time()
            entry.open = entry.last + longest
            entry.today = [*_recent(entry, entry.last), entry.last] if call.per_day is not None else []
        return delay

    def _answered(self, entry: Entry, _: Call) -> None:
        if entry.last:
            entry.last, entry.open, entry.strikes = self._clock.time(), 0.0, 0

    def _refused(self, entry: Entry, call: Call) -> None:
        entry.last, entry.open, entry.strikes = self._clock.time(), 0.0, entry.strikes + 1
        pause = backoff(call.every or DEFAULT_INTERVAL, entry.strikes, _LONGEST_BLOCK)
        entry.blocked_until = entry.last + max(pause, call.every or 0)

    def _delay(self, entry: Entry, call: Call) -> float:
        now, every, turns = self._clock.time(), call.every or 0.0, self._turns
        if entry.last > now:  # the machine's clock was set back
            entry.last, entry.open = now, 0.0
            entry.blocked_until = min(entry.blocked_until, now + _LONGEST_BLOCK)
        last = entry.last
        if entry.open:  # until its answer it may yet arrive; but no longer than the program lived that made it
            died = self._began + 1 if last < self._began else now
            last = max(last, min(now, died, entry.open))
        waits = [entry.blocked_until - now, last + every - now]
        a_day = call.per_day and max(1, call.per_day // (turns.count if turns else 1))
        if a_day is not None and len(recent := _recent(entry, now)) >= a_day:
            waits.append(recent[-a_day] + _DAY - now)
        delay = max(0.0, *waits)
        return delay + turns.wait(now + delay, every) if turns and every else delay


def _owner(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def _recent(entry: Entry, now: float) -> list[float]:
    return [t for t in entry.today if now - _DAY < t <= now]


def _open(path: Path | None) -> sqlite3.Connection:
    """The file; the memory, where there is none or it cannot be used."""
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
        return _connect(path)
    except (OSError, sqlite3.OperationalError) as error:
        _log.warning("cannot save the call budget to %s: %s", path, error)
        return _connect(None)


def _connect(path: Path | None) -> sqlite3.Connection:
    calls = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
    try:
        calls.executescript(_TABLES)
    except sqlite3.DatabaseError as error:
        calls.close()
        if path is None or isinstance(error, sqlite3.OperationalError):
            raise
        _log.warning("the call budget in %s cannot be read; starting a new one", path)
        path.write_bytes(b"")
        return _connect(path)
    return calls


def _alone(calls: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    with calls:
        calls.execute("BEGIN IMMEDIATE")
        return work(calls)
