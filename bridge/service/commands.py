"""Commands: validated, queued per device, written, read back, reported, and only then acknowledged.

The newest value of a setting wins. Writes of one device go one after the other; waiting for a device to show a written
value does not hold up the next write.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Protocol

from bridge.clock import Clock
from bridge.devices import Json, Setting
from bridge.devices.kinds import Object
from bridge.devices.raw import RawParameter, setting_of
from bridge.growatt import (
    ArgumentError,
    BadReply,
    GrowattError,
    LoginPage,
    RateLimited,
    SystemFailure,
    TransportError,
    Unreachable,
)
from bridge.growatt.fields import Reading
from bridge.mqtt import encode
from bridge.service.policy import Policy
from bridge.service.registry import Device
from bridge.service.state import differs
from bridge.service.tasks import Tasks

_log = logging.getLogger("bridge.commands")

SETTLE = 0.4
"""Seconds without a newer value before one is written, so that a slider becomes one write."""

LONGEST_SETTLE = 2.0
MOST_SETTINGS = 200
"""Settings in one message; no device has more."""

NEWER = "a newer value took its place"
NOTHING = "nothing to set: the message is empty"
DEFECT = "the bridge could not handle this command; its log tells why"
BRIEF = 200
"""Characters of a name or value that are told of what is rejected, which may be as long as a payload."""

READ_BACK_AFTER = (3.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0)
"""Seconds between attempts to read a written value back; the last one repeats."""

UNREACHABLE_PAUSE = 5.0
"""Seconds before a write is tried again that never reached the cloud."""

FRESH = 30.0
"""Seconds that what was read of a device is good enough to merge a part of a setting with, or to begin steps at."""

REFUSED_AFTER = 60.0
"""A write that ended in SYSTEM_ERROR and does not show after this many seconds did not take effect."""


class Status(StrEnum):
    """What became of a command."""

    ACCEPTED = "accepted"
    VERIFIED = "verified"
    APPLIED = "applied"
    UNCONFIRMED = "unconfirmed"
    REJECTED = "rejected"
    FAILED = "failed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Result:
    """One line about one command. `note`: what people should know beside a success. `dry_run`: what would have been
    written, by setting.
    """

    setting: str
    value: Json
    status: Status
    error: str | None = None
    transaction: Json = None
    note: str | None = None
    dry_run: Mapping[str, Json] | None = None

    def told(self) -> dict[str, Json]:
        """What to say of it: the last two where there is something to say."""
        return {k: v for k, v in vars(self).items() if v is not None or k not in ("note", "dry_run")}


@dataclass(eq=False)
class Order:
    """What came in one message. `received`: when it was sent or first received (epoch seconds; 0 where nobody knows);
    `taken`: the clock's `monotonic` when it came to us; `report` is told each result, and which is the last.
    """

    received: float
    taken: float
    report: Callable[[Result, bool], None]
    transaction: Json = None
    open: int = 1

    def close(self, result: Result) -> None:
        self.open -= 1
        self.report(result, self.open == 0)

    def reject(self, name: str, raw: Json, reason: str) -> None:
        self.close(Result(str(_brief(name)), _brief(raw), Status.REJECTED, reason, self.transaction))


@dataclass(eq=False)
class Command:
    """One setting of an order, valid so far. `name`: what the order calls it; `lost`: parts that a newer one took."""

    name: str
    setting: Setting
    value: Json
    order: Order
    done: bool = False
    lost: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """The parts it touches."""
        if self.setting.key is not None:
            return frozenset({self.setting.key})
        return frozenset(self.value) if isinstance(self.value, dict) else frozenset({""})

    @property
    def parts(self) -> dict[str, Json]:
        """What it asks for of a whole."""
        asked = self.value if self.setting.key is None else {self.setting.key: self.value}
        return {key: value for key, value in asked.items() if key not in self.lost}

    def report(self, status: Status, error: str | None = None) -> None:
        self.order.report(self._result(status, error), False)

    def finish(self, status: Status, error: str | None = None, note: str | None = None) -> None:
        if not self.done:
            self.done = True
            self.order.close(self._result(status, error, note))

    def _result(self, status: Status, error: str | None, note: str | None = None) -> Result:
        lost = f"a newer value took the place of {', '.join(sorted(self.lost))}" if self.lost else None
        told = "; ".join(filter(None, (note, lost))) or None
        return Result(self.name, self.value, status, error, self.order.transaction, told)


@dataclass(eq=False)
class Job:
    """All commands that one write serves. `begun`: something of it is on its way to the cloud, or has been; `value`:
    what was written, once it was. Times are the clock's `monotonic`.
    """

    setting: Setting
    first: float
    latest: float
    commands: list[Command] = field(default_factory=list)
    waiting: bool = True
    not_before: float = 0.0
    begun: bool = False
    value: Json = None

    @property
    def due(self) -> float:
        """When to write it; what is superseded need not wait, for others may wait for it."""
        return max(self.not_before, min(self.latest + SETTLE, self.first + LONGEST_SETTLE)) if self.live else self.first

    @property
    def live(self) -> list[Command]:
        return [c for c in self.commands if not c.done]

    @property
    def wanted(self) -> Json:
        """What was asked for; of a whole, the parts that were."""
        asked = self.live or self.commands
        if not isinstance(self.setting.kind, Object):
            return asked[-1].value
        parts: dict[str, Json] = {}
        for command in asked:
            parts |= command.parts
        return parts

    @property
    def shown(self) -> Json:
        """What the device should show of that: as it was written."""
        wanted = self.wanted
        return {key: self.value[key] for key in wanted} if isinstance(self.setting.kind, Object) else wanted

    def supersede(self, newer: Command) -> None:
        for command in self.live:
            command.lost |= command.keys & newer.keys
            if command.lost == command.keys:
                command.lost = frozenset()
                command.finish(Status.SUPERSEDED, NEWER)

    def finish(self, status: Status, error: str | None = None, note: str | None = None) -> None:
        for command in self.live:
            command.finish(status, error, note)


class Surroundings(Protocol):
    """What commands need of the rest of the service."""

    async def read(self, device: Device, source: str, since: float) -> Reading:
        """A record that was asked for at `since` (the clock's `monotonic`) or later."""
        ...

    def changed(self, device: Device) -> None: ...


class Commands:
    """The command side of the bridge."""

    def __init__(
        self, around: Surroundings, clock: Clock, policy: Policy, *, max_age: float, confirm_timeout: float
    ) -> None:
        self.around = around
        self.clock = clock
        self.policy = policy
        self.max_age = max_age
        self.confirm_timeout = confirm_timeout
        self._lanes: dict[Device, _Lane] = {}
        self.tasks = Tasks("a command worker failed")

    def take(self, device: Device, values: Mapping[str, Json], order: Order) -> None:
        """Take an order of one or several settings; every one of them gets its results."""
        if not 0 < len(values) <= MOST_SETTINGS:
            reason = f"{len(values)} settings, at most {MOST_SETTINGS} in one message" if values else NOTHING
            self.refuse(values, order, reason)
            return
        order.open = len(values)
        for name, raw in values.items():
            self._take_one(device, name, raw, order)

    def refuse(self, values: Mapping[str, Json], order: Order, reason: str) -> None:
        """Reject all of an order for the same reason; each setting of its own, where there are not too many."""
        named = values if 0 < len(values) <= MOST_SETTINGS else {"": None}
        order.open = len(named)
        for name, raw in named.items():
            order.reject(name, raw, reason)

    def left(self, order: Order) -> float:
        """Seconds until an order is too old; whichever clock says that more time has passed is believed."""
        age = max(self.clock.time() - order.received, self.clock.monotonic() - order.taken)
        return self.max_age - age

    def _take_one(self, device: Device, name: str, raw: Json, order: Order) -> None:
        try:
            setting, value = self._validate(device, name, raw, order)
            writes = self._rehearsed(device, setting, value) if self.policy.dry_run else None
        except ValueError as error:
            order.reject(name, raw, str(error))
            return
        except Exception:  # noqa: BLE001 - a defect in one setting must not lose its command nor stop the others
            _log.exception("%s: %s could not be handled", device.name, _brief(name))
            order.reject(name, raw, DEFECT)
            return
        if writes is not None:
            text = f"dry run (commands.dry_run): {_would(writes)}"
            order.close(Result(name, value, Status.REJECTED, text, order.transaction, dry_run=writes))
            return
        command = Command(name, setting.bound(value) if isinstance(setting, RawParameter) else setting, value, order)
        command.report(Status.ACCEPTED)
        self._lane(device).submit(command)

    def _validate(self, device: Device, name: str, raw: Json, order: Order) -> tuple[Setting, Json]:
        _refuse(self.policy.closed())
        setting = setting_of(device.family, name)
        if setting is None:
            raise ValueError(_unknown(device, name))
        _refuse(self.policy.refusal(device.serial, setting, raw))
        if self.left(order) < 0:
            raise ValueError(f"too old: it waited, or may have waited, longer than {self.max_age:.0f} s")
        value = setting.kind.parse(raw)
        if not isinstance(setting.kind, Object) and setting.check is not None:
            _refuse(setting.check(value, device.state.values))
        return setting, value

    def _rehearsed(self, device: Device, setting: Setting, value: Json) -> dict[str, Json]:
        """What would be written, by setting, as far as it is known without asking the cloud."""
        present = device.state.values
        if setting.steps is not None:
            return {step.name: part for step, part in self.steps(device, setting.name, setting.steps(value, present))}
        whole = setting if setting.whole is None else device.family.setting(setting.whole)
        if whole is None or not isinstance(whole.kind, Object):
            return {setting.name: value}
        given = value if setting.key is None else {setting.key: value}
        merged = whole.kind.until_midnight({**(present.get(whole.name) or {}), **given})
        known = all(merged.get(part.key) is not None for part in whole.kind.parts)
        if known:
            _refuse(_reason(whole, whole.kind, merged, given, present))
        return {whole.name: merged}

    def steps(self, device: Device, whole: str, named: Iterable[tuple[str, Json]]) -> list[tuple[Setting, Json]]:
        """The settings that `whole` is written through; ValueError where one of them may not be written."""
        found: list[tuple[Setting, Json]] = []
        for name, value in named:
            step = device.family.setting(name)
            reason = self.policy.denied(device.serial, step, value) if step is not None else f"{name} is no setting"
            if step is None or reason:
                raise ValueError(f"{whole}: {reason}")
            found.append((step, value))
        return found

    def _lane(self, device: Device) -> "_Lane":
        if device not in self._lanes:
            self._lanes[device] = _Lane(device, self)
            device.commanded = True
        return self._lanes[device]

    async def stop(self) -> None:
        """Leave open commands unacknowledged: the broker hands them out again at the next start."""
        await self.tasks.stop()

    def forget(self, device: Device) -> None:
        """The device has left."""
        lane = self._lanes.pop(device, None)
        if lane is not None:
            lane.close("the device has left the account")


class _Lane:
    """The queue of one device."""

    def __init__(self, device: Device, commands: Commands) -> None:
        self.device = device
        self._all = commands
        self._clock = commands.clock
        self._around = commands.around
        self._jobs: list[Job] = []
        self._written: dict[str, tuple[Job, Json]] = {}  # by setting, until its job ends; of several the newest
        self._doubtful: dict[str, float] = {}
        self._news = asyncio.Event()
        self._worker: asyncio.Future[None] | None = None

    def submit(self, command: Command) -> None:
        key = command.setting.whole or command.setting.name
        mine = [job for job in self._jobs if job.setting.name == key]
        for job in mine:
            job.supersede(command)
        job = next((job for job in mine if self._takes_more(job)), None) or self._new_job(key, command)
        job.latest = self._clock.monotonic()
        job.commands = [*job.live, command]
        self._show_targets()
        self._news.set()
        if self._worker is None or self._worker.done():
            self._worker = self._all.tasks.spawn(self._work())

    def _takes_more(self, job: Job) -> bool:
        """Whether what is newer may join it: not ahead of what came between and may change the same."""
        behind = self._jobs[self._jobs.index(job) + 1 :]
        return job.waiting and not any(later.waiting and _tied(job, later) for later in behind)

    def _new_job(self, key: str, command: Command) -> Job:
        now = self._clock.monotonic()
        job = Job(self.device.family.setting(key) or command.setting, first=now, latest=now)
        self._jobs.append(job)
        return job

    def close(self, reason: str) -> None:
        for job in self._jobs:
            job.finish(Status.UNCONFIRMED if job.begun else Status.REJECTED, reason)

    def _show_targets(self) -> None:
        live = (command for job in self._jobs for command in job.live)
        self.device.state.targets = {command.name: command.value for command in live}
        self._around.changed(self.device)

    async def _work(self) -> None:
        while ready := self._ready():
            job = min(ready, key=lambda job: job.due)
            if (pause := job.due - self._clock.monotonic()) > 0:
                self._news.clear()
                await self._clock.until(self._news, pause)
                continue
            job.waiting = False
            await self._guarded(job, partial(self._write, job))

    def _ready(self) -> list[Job]:
        """What may be written next. A setting that is written through others and those keep their order."""
        waiting = [job for job in self._jobs if job.waiting]
        return [job for n, job in enumerate(waiting) if not any(_tied(job, earlier) for earlier in waiting[:n])]

    async def _guarded(self, job: Job, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:  # noqa: BLE001 - a defect in one setting must not lose its command nor stop the others
            _log.exception("%s: %s could not be handled", self.device.name, job.setting.name)
            self._end(job, Status.FAILED, DEFECT)

    async def _write(self, job: Job) -> None:
        try:
            value = await self._compose(job)
            doubt = await self._send(job, value)
        except _Refused as refused:
            self._end(job, refused.status, str(refused))
            return
        except (RateLimited, Unreachable) as error:
            self._postpone(job, getattr(error, "retry_after", UNREACHABLE_PAUSE))
            return
        job.value = value
        self._written[job.setting.name] = job, value
        if doubt is None:
            self._doubtful.pop(job.setting.name, None)
            self._overrule(job)
        if job.setting.confirm is None or not job.live:
            self._end(job, Status.UNCONFIRMED if doubt else Status.APPLIED, doubt)
        else:
            self._all.tasks.spawn(self._guarded(job, partial(self._confirm, job, doubt)))

    def _overrule(self, newer: Job) -> None:
        """End what was written before and will not show any more."""
        older = [job for job in self._jobs if job is not newer and job.value is not None and _tied(job, newer)]
        over = [job for job in older if self._is_changed(job)]
        for job in over:
            job.finish(Status.SUPERSEDED, NEWER)
        if over:
            self._show_targets()

    def _is_changed(self, job: Job) -> bool:
        """Whether what was written since is another value than that of a job."""
        newest = self._newest()
        if job.setting.steps is not None:
            return bool(job.setting.steps(job.wanted, newest))
        return differs(job.wanted, newest.get(job.setting.name))

    def _postpone(self, job: Job, seconds: float) -> None:
        """Back into the queue, no longer than until its oldest command is too old; what came since joins it, if it
        may."""
        job.not_before = self._clock.monotonic() + min(seconds, max(0.0, self._left(job)) + SETTLE)
        job.waiting = True
        if not self._takes_more(job):
            return
        for newer in [j for j in self._jobs if j.waiting and j is not job and j.setting.name == job.setting.name]:
            job.commands = [*job.live, *newer.live]
            job.latest = newer.latest
            self._jobs.remove(newer)

    def _left(self, job: Job) -> float:
        """Seconds until its oldest command is too old."""
        return min((self._all.left(command.order) for command in job.live), default=0.0)

    async def _compose(self, job: Job) -> Json:
        """The value to write: as asked, or merged into what the device has; of that which is still to be written."""
        self._refuse_stale(job)
        wanted = job.wanted
        if not isinstance(job.setting.kind, Object):
            return wanted
        present = await self._present(job, set(wanted))
        self._refuse_stale(job)  # reading may have taken a while
        wanted = job.wanted
        whole = job.setting.kind.until_midnight({**present, **wanted})
        if missing := [part.key for part in job.setting.kind.parts if whole.get(part.key) is None]:
            raise _Refused(Status.FAILED, f"the device does not tell its present {', '.join(missing)}; give the whole")
        if reason := _reason(job.setting, job.setting.kind, whole, wanted, self.device.state.values):
            raise _Refused(Status.REJECTED, reason)
        return whole

    async def _present(self, job: Job, given: set[str]) -> dict[str, Json]:
        """What the device has, as far as it is needed: just written, known, or asked for now."""
        name = job.setting.name
        written = name in self._written
        present = dict(self._newest().get(name) or {})
        needed = (
            {part.key for part in job.setting.kind.parts} - given if isinstance(job.setting.kind, Object) else set()
        )
        known = name not in self._doubtful and all(present.get(key) is not None for key in needed)
        source = job.setting.confirm
        if source is None or not needed or (known and written):
            return present
        since = max(self._doubtful.get(name, 0.0), self._clock.monotonic() - FRESH)
        try:
            record = await self._around.read(self.device, source, since)
        except RateLimited:
            if known:  # and hardly older than the limit that forbids to look again
                return present
            raise
        except Unreachable:
            raise
        except GrowattError as error:
            raise _Refused(Status.FAILED, f"the present value could not be read to merge with: {error}") from None
        self._doubtful.pop(name, None)
        return dict(job.setting.value(source, record) or {})

    async def _send(self, job: Job, value: Json) -> str | None:
        """Make the write; returns what is doubtful about it, None where the cloud said yes."""
        try:
            await self._call(job, value)
        except ArgumentError as error:
            raise _Refused(Status.REJECTED, error.message) from None
        except (RateLimited, Unreachable):
            raise
        except GrowattError as error:
            if may_have_arrived(error):
                return str(error)
            raise _Refused(Status.FAILED, str(error)) from None
        return None

    async def _call(self, job: Job, value: Json) -> None:
        if job.setting.steps is None:
            await self._call_one(job, job.setting, value)
            return
        await self._look_anew(job.setting)
        try:
            steps = self._all.steps(self.device, job.setting.name, job.setting.steps(value, self._newest()))
        except ValueError as error:
            raise _Refused(Status.REJECTED, str(error)) from None
        await self._call_steps(job, steps)

    async def _look_anew(self, setting: Setting) -> None:
        """Steps begin at what the device has; at what is known of it where it cannot be asked now."""
        doubtful = (self._doubtful.get(name, 0.0) for name in setting.through)
        since = max(self._clock.monotonic() - FRESH, *doubtful, 0.0)
        if setting.confirm is not None:
            with suppress(GrowattError):
                await self._around.read(self.device, setting.confirm, since)

    async def _call_one(self, job: Job, setting: Setting, value: Json) -> None:
        if setting.write is None:
            raise _Refused(Status.REJECTED, f"{setting.name} cannot be written")
        before, job.begun = job.begun, True
        try:
            await setting.write(self.device.api, self.device.serial, value)
        except (RateLimited, Unreachable):  # never sent
            job.begun = before
            raise

    async def _call_steps(self, job: Job, steps: Iterable[tuple[Setting, Json]]) -> None:
        """Write through other settings, one after the other; what is doubtful is told when there is no more to do."""
        doubt: GrowattError | None = None
        sent = False
        for step, value in steps:
            try:
                await self._call_patiently(job, step, value)
            except SystemFailure as failure:
                doubt = failure
            except Unreachable:  # to be tried again, from this step on
                raise
            except _Refused:
                if doubt is None:
                    raise
                break
            except GrowattError as error:
                if not sent:
                    raise
                raise TransportError(f"only the steps before {step.name} were written: {error}") from None
            self._written[step.name] = job, value
            sent = True
        if doubt is not None:
            raise doubt

    async def _call_patiently(self, job: Job, step: Setting, value: Json) -> None:
        """Write, waiting for Growatt's limits while the job may live."""
        while True:
            self._refuse_stale(job)
            try:
                return await self._call_one(job, step, value)
            except RateLimited as limited:
                if limited.retry_after > self._left(job):
                    raise
                await self._clock.sleep(limited.retry_after)

    def _newest(self) -> dict[str, Json]:
        """What the device has, and what was written and does not show yet."""
        return {**self.device.state.values, **{name: value for name, (_, value) in self._written.items()}}

    def _refuse_stale(self, job: Job) -> None:
        """Nothing old is written, and nothing when a newer value has come for all of it."""
        if not job.live:
            raise _Refused(Status.SUPERSEDED, NEWER)
        status, rest = (Status.UNCONFIRMED, "the rest of it") if job.begun else (Status.REJECTED, "it")
        for command in job.live:
            if self._all.left(command.order) < 0:
                command.finish(status, f"too old: {rest} could not be sent within {self._all.max_age:.0f} s")
        if not job.live:
            raise _Refused(status, "nothing is left to be written")

    async def _confirm(self, job: Job, doubt: str | None) -> None:
        self._end(job, *await self._read_back(job, doubt))

    async def _read_back(self, job: Job, doubt: str | None) -> tuple[Status, str | None]:
        started = since = self._clock.monotonic()
        shown = None
        for pause in _forever(READ_BACK_AFTER):
            await self._clock.sleep(pause)
            if not job.live:
                break
            seen = await self._look(job, since)
            since = self._clock.monotonic()
            passed = since - started
            if seen.same:
                return Status.VERIFIED, None
            shown = seen.error if seen.same is False else shown
            if seen.same is False and doubt and passed >= REFUSED_AFTER:
                return Status.FAILED, doubt
            if passed + seen.wait > self._all.confirm_timeout:
                return Status.UNCONFIRMED, doubt or shown or seen.error
            await self._clock.sleep(seen.wait)
        return Status.SUPERSEDED, None

    async def _look(self, job: Job, since: float) -> "_Seen":
        """Read the value back once; whatever was read for others since then will do."""
        try:
            found = await self._shown(job, since)
        except RateLimited as limited:
            return _Seen(None, f"not read back: {limited.message}", limited.retry_after)
        except GrowattError as error:
            return _Seen(None, f"not read back: {error}")
        return _Seen(not differs(job.shown, found), f"the device still shows {found!r}")

    async def _shown(self, job: Job, since: float) -> Json:
        setting = job.setting
        if isinstance(setting, RawParameter):
            return await setting.look(self.device.api, self.device.serial, job.value)
        source = setting.confirm or ""
        return setting.value(source, await self._around.read(self.device, source, since))

    def _end(self, job: Job, status: Status, error: str | None = None) -> None:
        note = None
        if status in (Status.VERIFIED, Status.APPLIED) and job.setting.note is not None:
            note = job.setting.note(job.value, self.device.state.values)
        heir = self._heir(job) if status in (Status.SUPERSEDED, Status.APPLIED) and not job.live else None
        job.finish(status, error, note)
        self._jobs.remove(job)
        for name, value in [(name, value) for name, (writer, value) in self._written.items() if writer is job]:
            del self._written[name]
            if heir is not None:
                self._written[name] = heir, value
            elif status in (Status.UNCONFIRMED, Status.REJECTED):
                self._doubtful[name] = self._clock.monotonic()
        self._show_targets()

    def _heir(self, job: Job) -> Job | None:
        """The newest one that took its place: what was written and does not show yet stays known until that ends."""
        heirs = (j for j in reversed(self._jobs) if j.setting.name == job.setting.name or _tied(j, job))
        return next((heir for heir in heirs if heir is not job), None)


@dataclass(frozen=True)
class _Seen:
    """One look at the device: whether it shows the value (None: could not be seen) and how long to wait."""

    same: bool | None
    error: str
    wait: float = 0.0


class _Refused(Exception):
    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


def _tied(one: Job, other: Job) -> bool:
    """Whether one of them is written through the other, or both through the same."""
    a, b = one.setting, other.setting
    return bool(a.through & {b.name, *b.through}) or a.name in b.through


def _forever(pauses: Iterable[float]) -> Iterable[float]:
    last = 1.0
    for last in pauses:
        yield last
    while True:
        yield last


def may_have_arrived(error: GrowattError) -> bool:
    """Whether a write that ended so may have taken effect all the same."""
    doubtful = isinstance(error, SystemFailure | TransportError | BadReply)
    return doubtful and not isinstance(error, LoginPage | Unreachable)


def _reason(
    setting: Setting, kind: Object, merged: Mapping[str, Json], given: Collection[str], present: Mapping[str, Json]
) -> str | None:
    """Why a whole setting, of which parts were given, may not be written; None where it may."""
    return kind.left_over(merged, given) or (setting.check(merged, present) if setting.check else None)


def _refuse(reason: str | None) -> None:
    if reason:
        raise ValueError(reason)


def _would(writes: Mapping[str, Json]) -> str:
    told = ", ".join(f"{name} = {encode(value).decode()}" for name, value in writes.items())
    return f"would write {told}" if told else "the device has it already"


def _brief(value: Json) -> Json:
    """The value; of a long one, how it begins."""
    text = value if isinstance(value, str) else encode(value).decode()
    return value if len(text) <= BRIEF else f"{text[:BRIEF]}..."


def _unknown(device: Device, name: str) -> str:
    if any(p.name == name for p in device.family.properties):
        return f"{name} is read-only"
    known = ", ".join(s.name for s in device.family.settings if s.whole is None) or "none"
    return f"unknown setting {_brief(name)!r}; this device has: {known}"
