"""The queue of one device: writes one after the other, read back, reported.

The newest value of a setting wins. Waiting for a device to show a written value does not hold up the next write.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bridge.clock import Clock
from bridge.devices import Json, Setting
from bridge.devices.raw import RawParameter
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
from bridge.service.orders import NEWER, SETTLE, Command, Job, Status
from bridge.service.policy import Policy
from bridge.service.registry import Device
from bridge.service.state import differs
from bridge.service.tasks import Tasks
from bridge.service.wholes import Whole, whole_of

_log = logging.getLogger("bridge.commands")

DEFECT = "the bridge could not handle this command; its log tells why"

READ_BACK_AFTER = (3.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0)
"""Seconds between attempts to read a written value back; the last one repeats."""

UNREACHABLE_PAUSE = 5.0
"""Seconds before a write is tried again that never reached the cloud."""

FRESH = 30.0
"""Seconds that what was read of a device is good enough to merge a part of a setting with, or to begin steps at."""

RECENT = 330.0
"""The same where Growatt forbids to look again so soon: hardly more than its longest limit. What is older waits, for
somebody may have changed it in the meantime, in the app or elsewhere."""

REFUSED_AFTER = 60.0
"""A write that ended in SYSTEM_ERROR and does not show after this many seconds did not take effect."""


class Surroundings(Protocol):
    """What commands need of the rest of the service."""

    async def read(self, device: Device, source: str, since: float) -> Reading:
        """A record that was asked for at `since` (the clock's `monotonic`) or later."""
        ...

    def changed(self, device: Device) -> None: ...

    def look_soon(self, device: Device, source: str) -> None:
        """Have a source asked again as soon as may be: what is known may be wrong."""
        ...


@dataclass(frozen=True)
class Terms:
    """What all lanes share. `max_age`: seconds after which an order is too old; `confirm_timeout`: seconds for reading
    back."""

    around: Surroundings
    clock: Clock
    policy: Policy
    tasks: Tasks
    max_age: float
    confirm_timeout: float


class Lane:
    """The queue of one device."""

    def __init__(self, device: Device, terms: Terms) -> None:
        self.device = device
        self._terms = terms
        self._clock = terms.clock
        self._around = terms.around
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
            self._worker = self._terms.tasks.spawn(self._work())

    def _takes_more(self, job: Job) -> bool:
        """Whether what is newer may join it: not ahead of what came between and may change the same."""
        behind = self._jobs[self._jobs.index(job) + 1 :]
        return job.waiting and not any(later.waiting and _tied(job, later) for later in behind)

    def _new_job(self, key: str, command: Command) -> Job:
        now = self._clock.monotonic()
        job = Job(self.device.family.setting(key) or command.setting, first=now, latest=now)
        self._jobs.append(job)
        return job

    def doubt(self) -> None:
        """Something else has written to the device: what is known of its settings may be over."""
        now = self._clock.monotonic()
        shown = {setting.name: setting.confirm for setting in self.device.family.settings if setting.confirm}
        self._doubtful |= dict.fromkeys(shown, now)
        for source in dict.fromkeys(shown.values()):
            self._around.look_soon(self.device, source)

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
        """What may be written next. A job waits for an earlier one where one of them is written through the other, or
        both wait for the same limit: settings may build on each other, and chance must not decide which is first."""
        waiting = [job for job in self._jobs if job.waiting]
        return [job for n, job in enumerate(waiting) if not any(_is_behind(job, earlier) for earlier in waiting[:n])]

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
        except _Ended as ended:
            self._end(job, ended.status, ended.reason)
            return
        except RateLimited as limited:
            self._postpone(job, limited.retry_after, limited.endpoint)
            return
        except Unreachable:
            self._postpone(job, UNREACHABLE_PAUSE, "the connection")
            return
        job.value = value
        self._written[job.setting.name] = job, value
        if job.setting.steps is None:
            self._doubtful |= dict.fromkeys(job.setting.through, self._clock.monotonic())
        if doubt is None:
            self._doubtful.pop(job.setting.name, None)
            self._overrule(job)
        if job.setting.confirm is None or not job.live:
            self._end(job, Status.UNCONFIRMED if doubt else Status.APPLIED, doubt)
        else:
            self._terms.tasks.spawn(self._guarded(job, partial(self._confirm, job, doubt)))

    def _overrule(self, newer: Job) -> None:
        """End what was written before and will not show any more."""
        older = [job for job in self._jobs if job is not newer and job.value is not None and _tied(job, newer)]
        over = [job for job in older if self._is_changed(job)]
        for job in over:
            same = job.setting.name == newer.setting.name
            job.finish(Status.SUPERSEDED, NEWER if same else f"written, but {newer.setting.name} changed it since")
        if over:
            self._show_targets()

    def _is_changed(self, job: Job) -> bool:
        """Whether what was written since is another value than that of a job."""
        newest = self._newest()
        if job.setting.steps is not None:
            return bool(job.setting.steps(job.wanted, newest))
        return differs(job.wanted, newest.get(job.setting.name))

    def _postpone(self, job: Job, seconds: float, held_by: str) -> None:
        """Back into the queue, no longer than until its oldest command is too old; what came since joins it, if it
        may."""
        job.held_by = held_by
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
        return min((self._left_of(command) for command in job.live), default=0.0)

    def _left_of(self, command: Command) -> float:
        return self._terms.max_age - command.order.age(self._clock)

    async def _compose(self, job: Job) -> Json:
        """The value to write: as asked, or merged into what the device has; of that which is still to be written."""
        self._refuse_stale(job)
        wanted = job.wanted
        whole = whole_of(self.device.family, job.setting)
        if whole is None:
            return wanted
        present = await self._present(job, {part.key for part in whole.kind.parts} - set(wanted))
        self._refuse_stale(job)  # reading may have taken a while
        wanted = job.wanted
        merged = whole.merged(present, wanted)
        if untold := whole.missing(merged):
            raise _Ended(Status.REJECTED, untold)
        reason = whole.objection(merged, wanted, self.device.state.values)
        if reason is None:
            return merged
        recent = self._is_recent(job.setting.confirm or "")
        if recent and not differs(wanted, present):  # such as switching off a period that was never used
            job.value = merged
            raise _Ended(Status.VERIFIED)
        culprit = self._culprit(job, whole, present)
        if culprit is None:
            raise _Ended(Status.REJECTED, reason)
        culprit.finish(Status.REJECTED, reason)
        self._show_targets()
        return await self._compose(job)

    def _culprit(self, job: Job, whole: Whole, present: Mapping[str, Json]) -> Command | None:
        """The newest command without which the others of a job can be written."""
        for command in reversed(job.live):
            rest = {key: value for other in job.live if other is not command for key, value in other.parts.items()}
            if rest and not whole.objection(whole.merged(present, rest), rest, self.device.state.values):
                return command
        return None

    async def _present(self, job: Job, needed: set[str]) -> dict[str, Json]:
        """What the device has, as far as it is needed: just written, known, or asked for now."""
        name = job.setting.name
        written = name in self._written
        present = dict(self._newest().get(name) or {})
        known = name not in self._doubtful and all(present.get(key) is not None for key in needed)
        source = job.setting.confirm
        if source is None or not needed or (known and written):
            return present
        since = max(self._doubtful.get(name, 0.0), self._clock.monotonic() - FRESH)
        try:
            record = await self._around.read(self.device, source, since)
        except RateLimited:
            if known and self._is_recent(source):
                return present
            raise
        except Unreachable:
            raise
        except GrowattError as error:
            raise _Ended(Status.FAILED, f"the present value could not be read to merge with: {error}") from None
        self._doubtful.pop(name, None)
        return dict(job.setting.value(source, record) or {})

    async def _send(self, job: Job, value: Json) -> str | None:
        """Make the write; returns what is doubtful about it, None where the cloud said yes."""
        try:
            await self._call(job, value)
        except ArgumentError as error:
            raise _Ended(Status.REJECTED, error.message) from None
        except (RateLimited, Unreachable):
            raise
        except GrowattError as error:
            if may_have_arrived(error):
                return str(error)
            raise _Ended(Status.FAILED, str(error)) from None
        return None

    async def _call(self, job: Job, value: Json) -> None:
        if job.setting.steps is None:
            await self._call_one(job, job.setting, value)
            return
        await self._look_anew(job.setting)
        try:
            steps = self._terms.policy.steps(
                self.device.serial, self.device.family, job.setting, job.setting.steps(value, self._newest())
            )
        except ValueError as error:
            raise _Ended(Status.REJECTED, str(error)) from None
        await self._call_steps(job, steps)

    async def _look_anew(self, setting: Setting) -> None:
        """Steps begin at what the device has, or where it cannot be asked now at what is known of it, if recent."""
        doubtful = (self._doubtful.get(name, 0.0) for name in setting.through)
        since = max(self._clock.monotonic() - FRESH, *doubtful, 0.0)
        if setting.confirm is None:
            return
        try:
            await self._around.read(self.device, setting.confirm, since)
        except (RateLimited, Unreachable):
            if not self._is_recent(setting.confirm):
                raise
        except GrowattError as error:
            if not self._is_recent(setting.confirm):
                raise _Ended(Status.FAILED, f"the present values could not be read to begin at: {error}") from None

    def _is_recent(self, source: str) -> bool:
        return self.device.state.heard_within(source, RECENT, self._clock.time())

    async def _call_one(self, job: Job, setting: Setting, value: Json) -> None:
        if setting.write is None:
            raise _Ended(Status.REJECTED, f"{setting.name} cannot be written")
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
            except _Ended:
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
            raise _Ended(Status.SUPERSEDED, NEWER)
        status, rest = (Status.UNCONFIRMED, "the rest of it") if job.begun else (Status.REJECTED, "it")
        for command in job.live:
            if self._left_of(command) < 0:
                command.finish(status, f"too old: {rest} could not be sent within {self._terms.max_age:.0f} s")
        if not job.live:
            raise _Ended(status, "nothing is left to be written")

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
            if passed + seen.wait > self._terms.confirm_timeout:
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
        if status in (Status.UNCONFIRMED, Status.FAILED) and job.value is not None and job.setting.confirm:
            self._around.look_soon(self.device, job.setting.confirm)
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


class _Ended(Exception):
    """Nothing is written, or no more."""

    def __init__(self, status: Status, reason: str | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def _is_behind(job: Job, earlier: Job) -> bool:
    return _tied(job, earlier) or (job.held_by is not None and job.held_by == earlier.held_by)


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
