"""The call budget: no call earlier than Growatt's documented limits allow, across restarts.

Growatt documents a minimum interval a call but not what it counts by. `scope="endpoint"` (the careful default) counts
by token, path and device type; `scope="request"` by token and identical request.
"""

import hashlib
import json
import logging
import math
import sqlite3
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from bridge.clock import Clock, backoff
from bridge.fleet import Turns
from bridge.growatt.calls import Call
from bridge.growatt.envelopes import DEFAULT_INTERVAL

_log = logging.getLogger("bridge.growatt")
_DAY = 86400.0
_JUMP = 2.0
"""Seconds between two calls by which the date may gain on the other clock without having been set."""
_LONGEST_BLOCK = 3600.0
_REPORTED = 200
_PATIENCE = 0.3
"""Real seconds to wait for a file that another program holds. Everything stands still meanwhile."""
_BUSY = 3.0
"""Seconds for which such a file is then left alone."""
_TABLES = """
    PRAGMA journal_mode = PERSIST; PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS calls (key TEXT PRIMARY KEY, last REAL, entry TEXT) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS by_time ON calls (last);
"""
_FIRST = " first"
"""Ends the keys of calls without a limit."""

_NEWEST = "SELECT key, entry FROM calls WHERE key LIKE ? ORDER BY last DESC LIMIT ?"

_IN_MEMORY = """cannot save the call budget to %s: %s. Until this is mended each start waits before its first calls, \
minutes for most and hours for the list of plants, lest restarts get the account locked"""

Scope = Literal["endpoint", "request"]
T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


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
    `between_starts`: seconds between the first reading calls of two processes that have no documented limit, one call
    for each path: a program that is started again and again asks everything at each start.
    """

    def __init__(
        self,
        path: Path | str | None = None,
        *,
        mode: Literal["refuse", "wait"] = "refuse",
        scope: Scope = "endpoint",
        clock: Clock | None = None,
        turns: Turns | None = None,
        between_starts: float = 0.0,
    ) -> None:
        self.mode = mode
        self._between_starts = between_starts
        self._asked: set[str] = set()
        self._turns = turns
        self.scope: Scope = scope
        self._clock = clock or Clock()
        self._path, self._began = None if path is None else Path(path), self._clock.time()
        self._born = self._clock.monotonic()
        self._assumed = -math.inf  # by the same clock: when every call counts as made, since nobody knows
        self._ahead = self._began - self._born  # of the date before that clock
        self._set = -math.inf  # by that clock: when somebody set the date ahead, and its times say nothing
        self._lock = threading.Lock()
        self._calls: sqlite3.Connection | None = None
        self._busy_until = -math.inf
        self._unsaved: list[Work[None]] = []
        self._known: set[str] = set()
        self._run(lambda _: None)

    def delay(self, token: str, call: Call) -> float:
        """Seconds until this call is allowed; 0 when it is now."""
        return self._wait(token, call, self._delay)

    def claim(self, token: str, call: Call, longest: float = 30.0) -> float:
        """Take the call out of the budget: 0 when taken, else the seconds to wait, with nothing taken. `longest`:
        seconds after which an answer does not come any more."""
        if self._counts(token, call):
            return self._wait(token, call, partial(self._take, longest))
        return 0.0 if call.write else self._first(f"{owner_of(token)} {call.path}{_FIRST}")

    def _first(self, key: str) -> float:
        """The first call of this process to a path without a documented limit; the others are free."""
        if not self._between_starts or key in self._asked:
            return 0.0
        wait = self._run(self._with(key, self._take_first))
        wait = _BUSY if wait is None else wait
        if not wait:
            self._asked.add(key)
        return wait

    def _take_first(self, entry: Entry) -> float:
        now = self._clock.time()
        if (wait := min(entry.last, now) + self._between_starts - now) > 0:
            return wait
        entry.last = now
        return 0.0

    def settle(self, token: str, call: Call, *, limited: bool) -> None:
        """After the answer. The cloud counts from when the call arrived, so the interval runs from the answer on. What
        cannot be saved now is saved before anything else is looked up."""
        if limited:
            self._known.add(self._key(token, call))
        if not self._counts(token, call):
            return
        self._save(token, call, partial(_refused if limited else _answered, self._clock.time()))

    def _save(self, token: str, call: Call, use: Callable[[Entry, Call], None]) -> None:
        self._unsaved.append(self._with(self._key(token, call), lambda entry: use(entry, call)))
        self._run(lambda _: None)

    def release(self, token: str, call: Call) -> None:
        """The call that was taken never left: it may be made again at once."""
        if self._counts(token, call):
            self._save(token, call, _returned)

    def report(self, token: str) -> list[dict[str, Any]]:
        """For people: the counted calls of a token, with their times (epoch seconds); of many, the newest."""
        owner, day_ago = f"{owner_of(token)} ", self._clock.time() - _DAY
        self._run(lambda calls: calls.execute("DELETE FROM calls WHERE last < ?", (day_ago,)))
        rows = self._run(lambda calls: calls.execute(_NEWEST, (f"{owner}%", _REPORTED)).fetchall()) or []
        rows = [row for row in rows if not row[0].endswith(_FIRST)]
        return [{"call": key.removeprefix(owner), **vars(_entry(entry, self._began))} for key, entry in sorted(rows)]

    def _counts(self, token: str, call: Call) -> bool:
        """Whether a call has a documented limit, or was refused once. The others cost no look at the file."""
        return call.every is not None or call.per_day is not None or self._key(token, call) in self._known

    def _wait(self, token: str, call: Call, use: Callable[[Entry, Call], float]) -> float:
        wait = self._run(self._with(self._key(token, call), lambda entry: use(entry, call)))
        return _BUSY if wait is None else wait

    def _with(self, key: str, use: Callable[[Entry], T]) -> Work[T]:
        """Read what is known about a call, and save what `use` makes of it."""

        def read_and_save(calls: sqlite3.Connection) -> T:
            row = calls.execute("SELECT entry FROM calls WHERE key = ?", (key,)).fetchone()
            entry = _entry(row[0], self._began) if row else Entry()
            before = replace(entry)
            result = use(entry)
            if entry != before:
                calls.execute("REPLACE INTO calls VALUES (?, ?, ?)", (key, entry.last, json.dumps(vars(entry))))
            return result

        return read_and_save

    def _run(self, work: Work[T]) -> T | None:
        """Work with the file while no other thread or program does; None where another holds it. Where the file fails,
        from now on in memory."""
        with self._lock:
            if self._clock.monotonic() < self._busy_until:
                return None
            try:
                return self._alone(work)
            except (OSError, sqlite3.Error) as error:
                if _is_busy(error):
                    self._leave_alone()
                    return None
                self._move_to_memory(error)
            return self._alone(work)

    def _alone(self, work: Work[T]) -> T:
        calls, unsaved = self._calls or self._use(self._opened()), tuple(self._unsaved)
        with calls:
            calls.execute("BEGIN IMMEDIATE")
            for save in unsaved:
                save(calls)
            result = work(calls)
        del self._unsaved[: len(unsaved)]
        self._busy_until = -math.inf
        return result

    def _opened(self) -> sqlite3.Connection:
        """The file; a new one where it is damaged. What was in that nobody knows: each call may just have been made."""
        try:
            return _open(self._path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            if self._path is None:
                raise
            _log.warning("the call budget in %s cannot be read; starting a new one", self._path)
            self._path.write_bytes(b"")
            self._assumed = self._clock.monotonic()
            return _open(self._path)

    def _leave_alone(self) -> None:
        if self._busy_until == -math.inf:
            _log.warning("another program holds the call budget in %s; calls wait until it is free", self._path)
        self._busy_until = self._clock.monotonic() + _BUSY

    def _move_to_memory(self, error: Exception) -> None:
        """With what can still be read. Processes before this one may have failed to save their calls, too."""
        _log.warning(_IN_MEMORY, self._path, error)
        rows = _rows(self._calls) if self._calls else None
        self._assumed = self._clock.monotonic() if rows is None else self._born
        self._use(_open(None)).executemany("INSERT INTO calls VALUES (?, ?, ?)", rows or ())

    def _use(self, calls: sqlite3.Connection) -> sqlite3.Connection:
        weakref.finalize(self, calls.close)
        self._known.update(key for (key,) in calls.execute("SELECT key FROM calls"))
        self._calls = calls
        return calls

    def _key(self, token: str, call: Call) -> str:
        detail = call.parameters.get("deviceType", "")
        if self.scope == "request":
            detail = "&".join(f"{k}={v}" for k, v in sorted(call.parameters.items()) if "password" not in k)
        return f"{owner_of(token)} {call.path} {detail}".rstrip()

    def _take(self, longest: float, entry: Entry, call: Call) -> float:
        if (delay := self._delay(entry, call)) == 0:
            entry.last = self._clock.time()
            entry.open = entry.last + longest
            entry.today = [*_recent(entry, entry.last), entry.last] if call.per_day is not None else []
        return delay

    def _delay(self, entry: Entry, call: Call) -> float:
        now, every, turns = self._clock.time(), call.every or 0.0, self._turns
        self._watch_date(now)
        if entry.last > now:  # the machine's clock was set back
            entry.last, entry.open = now, 0.0
            entry.blocked_until = min(entry.blocked_until, now + _LONGEST_BLOCK)
        last = entry.last
        if entry.open:  # until its answer it may yet arrive; but no longer than the program lived that made it
            died = self._began + 1 if last < self._began else now
            last = max(last, min(now, died, entry.open))
        assumed = self._assumed + _beat(call) - self._clock.monotonic()
        unsure = self._set + every - self._clock.monotonic()
        waits = [entry.blocked_until - now, last + every - now, assumed, unsure]
        a_day = call.per_day and max(1, call.per_day // (turns.count if turns else 1))
        if a_day is not None and len(recent := _recent(entry, now)) >= a_day:
            waits.append(recent[-a_day] + _DAY - now)
        delay = max(0.0, *waits)
        return delay + turns.wait(now + delay, every) if turns and every else delay

    def _watch_date(self, now: float) -> None:
        """Set ahead, it would make calls look older than they are: each then waits for its interval once."""
        ahead = now - self._clock.monotonic()
        if ahead > self._ahead + _JUMP:
            self._set = self._clock.monotonic()
        self._ahead = ahead


def _entry(text: str, began: float) -> Entry:
    """What the file says, be it of a later version; what cannot be read counts as made when this program began."""
    try:
        told = dict(json.loads(text))
        entry = Entry(**{each.name: told[each.name] for each in fields(Entry) if each.name in told})
        sum((entry.last, entry.open, entry.blocked_until, entry.strikes, *entry.today))  # fails where one is no number
    except (TypeError, ValueError):
        return Entry(last=began)
    return entry


def _answered(at: float, entry: Entry, _: Call) -> None:
    if entry.last:
        entry.last, entry.open, entry.strikes = at, 0.0, 0


def _refused(at: float, entry: Entry, call: Call) -> None:
    entry.last, entry.open, entry.strikes = at, 0.0, entry.strikes + 1
    pause = backoff(call.every or DEFAULT_INTERVAL, entry.strikes, _LONGEST_BLOCK)
    entry.blocked_until = entry.last + max(pause, call.every or 0)


def _returned(entry: Entry, call: Call) -> None:
    """Taken at a time when the call before it was as old as it must be."""
    if entry.open:
        entry.last, entry.open, entry.today = entry.last - (call.every or 0.0), 0.0, entry.today[:-1]


def owner_of(token: str) -> str:
    """What stands for a token in files."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def _beat(call: Call) -> float:
    """Seconds between two calls that keep all limits for ever."""
    return max(call.every or 0.0, _DAY / call.per_day if call.per_day else 0.0)


def _recent(entry: Entry, now: float) -> list[float]:
    return [t for t in entry.today if now - _DAY < t <= now]


def _open(path: Path | None) -> sqlite3.Connection:
    """The file; the memory, where there is none."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)
    calls = sqlite3.connect(path or ":memory:", timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        calls.executescript(_TABLES)
    except sqlite3.DatabaseError:
        calls.close()
        raise
    return calls


def _rows(calls: sqlite3.Connection) -> list[tuple[str, float, str]] | None:
    """What is known; None where it cannot be read."""
    try:
        return calls.execute("SELECT key, last, entry FROM calls").fetchall()
    except sqlite3.Error:
        return None


def _is_busy(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
