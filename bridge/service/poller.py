"""Asks the cloud: which devices there are, and what they have to say, each source at its own rhythm."""

import asyncio
import itertools
import logging
import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from bridge.clock import Clock, backoff, whole_seconds
from bridge.config import Config, Growatt
from bridge.devices import Family, Source
from bridge.devices.catalogue import Attached
from bridge.devices.sources import RARELY, unasked
from bridge.growatt import (
    AsyncGrowattApi,
    BadReply,
    DeviceNotFound,
    GrowattError,
    PermissionDenied,
    RateLimited,
)
from bridge.growatt.fields import Reading, aware, is_empty
from bridge.service.condition import Condition
from bridge.service.events import EventKind
from bridge.service.registry import Device, Registry
from bridge.service.timetable import Group, Timetable
from bridge.service.zones import Zones

_log = logging.getLogger("bridge.poller")
T = TypeVar("T")

RETRY_FIRST = 10.0
"""Seconds to the next try after a failure; doubles up to the source's own interval."""

BREATH = 1.0
"""Seconds between two calls of a source that is asked rarely: Growatt states no limit for most of these, and many
devices may have come at once."""

RECENT = 5.0
"""Seconds for which what was asked answers a `get`, too: where Growatt states no limit, nothing else holds back a
program that asks and asks, and an account may be locked for that."""

ONE_OF_THEM = (PermissionDenied, DeviceNotFound)
"""Answers that may mean one device of those that were asked about."""

NAMED = 5
"""Devices of a call that a message names."""


class Listener(Protocol):
    """Who wants to know what the poller finds."""

    def joined(self, device: Device) -> None: ...
    def left(self, device: Device) -> None: ...
    def updated(self, device: Device, *, described: bool) -> None: ...
    def gone(self, serial: str) -> None:
        """A device of an earlier run is no more."""
        ...

    def surveyed(self, account: str, present: set[str], elsewhere: set[str]) -> None:
        """An account was seen whole: what is here, and what other replicas of the fleet have."""
        ...

    def event(self, kind: EventKind, message: str, **details: Any) -> None: ...


class Poller:
    """Polls the devices of one account."""

    def __init__(
        self,
        account: Growatt,
        api: AsyncGrowattApi,
        registry: Registry,
        config: Config,
        clock: Clock,
        condition: Condition,
        listener: Listener,
        zones: Zones,
    ) -> None:
        self._api = api
        self._registry = registry
        self._config = config
        self._clock = clock
        self._condition = condition
        self._listener = listener
        self._zones = zones
        self._new: dict[Source, str] = {}
        self._woken = asyncio.Event()
        self._joined: dict[Source, asyncio.Event] = {}
        self._asking: defaultdict[Source, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asked: defaultdict[Source, dict[str, float]] = defaultdict(dict)  # serial to the clock's `monotonic`
        self._apart = account.limits == "request"
        self._tables: dict[Source, Timetable] = {}
        self._on_attached: Callable[[Device, Attached, Mapping[str, Reading]], None] = lambda *_: None
        self._failures: defaultdict[tuple[Source, Group], int] = defaultdict(int)
        self.next_polls: dict[str, float] = {}

    async def run(self) -> None:
        """Poll until cancelled. A source's lane begins with the first device that has it."""
        async with asyncio.TaskGroup() as lanes:
            while True:
                await self._woken.wait()
                self._woken.clear()
                new, self._new = self._new, {}
                for source, name in new.items():
                    if source in self._joined:
                        self._joined[source].set()
                    elif source.every is not None:
                        self._joined[source] = asyncio.Event()
                        lanes.create_task(self._lane(name, source))

    def _table(self, source: Source) -> Timetable:
        if source not in self._tables:
            apart = self._apart and source.stamp is not None
            self._tables[source] = Timetable(partial(self._every, source), source.most, apart=apart)
        return self._tables[source]

    async def read(self, device: Device, source_name: str, since: float) -> Reading:
        """A record asked for at `since` (the clock's `monotonic`) or later: one that is here already, else a new one.

        Raises GrowattError, also when the record is missing.
        """
        source = device.family.source(source_name)
        async with self._asking[source]:
            asked, record = device.heard.get(source.name, (0.0, None))
            if record is not None and asked >= since:
                return record
            records = await self._ask_along(source, device)
        if device.serial not in records:
            raise GrowattError(f"the cloud has no {source.name} data for {device.serial}")
        return records[device.serial]

    async def _ask_along(self, source: Source, device: Device) -> dict[str, Reading]:
        """About a device and those beside it; alone, where the cloud does not tell about one of these."""
        devices = self._along(device, source)
        try:
            return await self._ask_now(source, devices)
        except ONE_OF_THEM:
            if len(devices) == 1:
                raise
        return await self._ask_now(source, [device])

    def _along(self, device: Device, source: Source) -> list[Device]:
        """Whom to ask about in one call: where calls count by endpoint, the other devices cost nothing."""
        if self._apart:
            return [device]
        present = self._registry.having(source, self._api)
        together = self._table(source).beside(device.serial)
        return [device, *(present[serial] for serial in together if serial in present and serial != device.serial)]

    async def refresh(self, device: Device, names: Collection[str] = ()) -> float:
        """Ask now about a device, or about these of its properties and settings. What Growatt's limits forbid now is
        asked as soon as they allow, where it is polled at all; what is only listed is heard of when the account is
        looked through. Returns the seconds until then, 0 if all is done."""
        if device.carrier is not None:
            return await self.refresh(device.carrier)
        sources = _sources_of(device.family, names)
        if not sources and _is_told(device.family, names):
            now = self._clock.time()
            return max(1.0, self.next_polls.get("account", now) - now)
        waits, since = [0.0], self._clock.monotonic() - RECENT
        for source in sources:
            try:
                await self._ask_once(source, device, since)
            except RateLimited as limited:
                waits.append(limited.retry_after)
                self._hasten(device, source, limited.retry_after)
            except GrowattError as error:
                self._asked[source][device.serial] = self._clock.monotonic()
                self._condition.failed(_named(device, source), error)
        return max(waits)

    async def _ask_once(self, source: Source, device: Device, since: float) -> None:
        """Unless somebody has asked since, be it while this waited for its turn."""
        async with self._asking[source]:
            if self._asked[source].get(device.serial, -math.inf) < since:
                await self._ask_along(source, device)
                self._condition.recovered(_named(device, source))

    def look_soon(self, device: Device, name: str) -> None:
        """Ask a source again in a moment, unless it is asked rarely by intent."""
        source = next((source for source in device.family.sources if source.name == name), None)
        if source is not None and source.every and source.every < RARELY:
            self._hasten(device, source, RETRY_FIRST)

    def _hasten(self, device: Device, source: Source, pause: float) -> None:
        if source in self._joined:
            self._table(source).hasten(device.serial, self._clock.time() + pause)
            self._joined[source].set()

    async def _lane(self, name: str, source: Source) -> None:
        """One source, for ever, as its timetable says. Families that share a source share its calls."""
        table, joined = self._table(source), self._joined[source]
        while True:
            joined.clear()
            devices = self._registry.having(source, self._api)
            if not devices:
                await joined.wait()
                continue
            moment, group = table.next(devices, self._clock.time())
            self.next_polls[name] = moment
            if moment > self._clock.time() and await self._clock.until(joined, moment - self._clock.time()):
                continue
            present = [device for serial in group if (device := self._registry.by_serial(serial)) is devices[serial]]
            if present and (pause := await self._poll(source, group, present)):
                table.postpone(group, self._clock.time() + pause)
            if source.every == RARELY:
                await self._clock.sleep(BREATH)

    async def _poll(self, source: Source, group: Group, devices: Sequence[Device]) -> float:
        """Ask once; returns the seconds to the next try, 0 after a success."""
        what = ", ".join(device.name for device in devices[:NAMED]) + " ..." * (len(devices) > NAMED)
        what = f"{what}: {source.name}"
        try:
            await self._ask(source, devices)
        except RateLimited as limited:
            self._condition.limited(limited)
            return max(1.0, limited.retry_after)
        except GrowattError as error:
            self._table(source).asked(group, self._clock.time())
            self._condition.failed(what, error)
            if isinstance(error, ONE_OF_THEM) and source.every is not None:
                self._table(source).refused(group)
                return 0.0
            self._failures[source, group] += 1
            return backoff(RETRY_FIRST, self._failures[source, group], self._every(source, group[0]))
        self._failures.pop((source, group), None)
        self._table(source).answered(group)
        self._condition.recovered(what)
        self._condition.answered()
        return 0.0

    def _every(self, source: Source, serial: str) -> float:
        return self._config.every(serial, source.name, source.every or 0)

    async def _ask(self, source: Source, devices: Sequence[Device]) -> dict[str, Reading]:
        async with self._asking[source]:
            return await self._ask_now(source, devices)

    async def _ask_now(self, source: Source, devices: Sequence[Device]) -> dict[str, Reading]:
        """Whoever leaves the account in the meantime is not heard any more."""
        asked = self._clock.monotonic()
        serials = [device.serial for device in devices]
        records = await self._records(source, serials)
        self._asked[source] |= dict.fromkeys(serials, asked)
        understood = True
        for device in devices:
            if device.serial in records and self._registry.by_serial(device.serial) is device:
                if device.commanded:
                    device.heard[source.name] = asked, records[device.serial]
                understood &= self.hear(device, source, records[device.serial])
        self._table(source).asked(serials, self._clock.time())
        if not understood:
            raise BadReply("a part of the answer could not be understood; the log says which")
        return records

    async def _records(self, source: Source, serials: list[str]) -> dict[str, Reading]:
        try:
            reply = await source.fetch(self._api, serials)
            records = dict(source.records(reply, serials))
        except GrowattError:
            raise
        except Exception as error:  # noqa: BLE001 - a defect in one source must not stop the others
            _log.exception("%s of %s", source.name, ", ".join(serials))
            raise BadReply(f"the answer could not be understood: {error}") from None
        return {serial: record for serial, record in records.items() if _says_anything(record)}

    def hear(self, device: Device, source: Source, record: Reading) -> bool:
        """Take in what a source tells about a device; whether it could be understood."""
        try:
            self._take_in(device, source, record)
        except Exception:  # noqa: BLE001 - a defect in one record must not stop the others
            _log.exception("%s of %s", source.name, device.name)
            return False
        return True

    def _take_in(self, device: Device, source: Source, record: Reading) -> None:
        now = self._clock.time()
        plant = self._registry.by_serial(device.plant or device.serial)
        device.state.apply(source, record, now, self._zones.of(device, plant))
        described = False
        for name, value in device.family.told_facts(source.name, record).items():
            if value != getattr(device, name):
                setattr(device, name, value)
                described = True
        self._listener.updated(device, described=described)
        if source is device.family.dated_by:
            table, stamp = self._table(source), getattr(record, source.stamp) if source.stamp else None
            uploads = table.observe(device.serial, aware(stamp).timestamp(), now) if stamp else 0.0
            device.period = max(table.round(device.serial), uploads)
        for attached in device.family.attached:
            if attached.source == source.name:
                self._on_attached(device, attached, attached.records(device.serial, record))

    def on_attached(self, callback: Callable[[Device, Attached, Mapping[str, Reading]], None]) -> None:
        """Have `callback` called with what a record tells about attached devices."""
        self._on_attached = callback

    async def patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call, waiting for Growatt's limits as long as it takes."""
        while True:
            try:
                return await call()
            except RateLimited as limited:
                _log.info("waiting %d s: %s", whole_seconds(limited.retry_after), limited)
                self._condition.limited(limited)
                await self._clock.sleep(max(1.0, limited.retry_after))

    def forget(self, device: Device) -> None:
        """A device has left."""
        for source in device.family.sources:
            self._table(source).forget(device.serial)
            self._asked[source].pop(device.serial, None)

    def expect(self, device: Device) -> None:
        """A device has come, or can be asked more than before; `wake` starts asking."""
        self._registry.changed()
        for source in device.family.sources:
            self._new.setdefault(source, f"{device.family.name}.{source.name}")

    def wake(self) -> None:
        """Once for all that joined: a source asked about its first device alone would make the others wait."""
        self._woken.set()


def _named(device: Device, source: Source) -> str:
    return f"{device.name}: {source.name}"


def _says_anything(record: Reading) -> bool:
    fields = itertools.chain(vars(record).values(), (record.model_extra or {}).values())
    return not all(map(is_empty, fields))


def _sources_of(family: Family, names: Collection[str]) -> list[Source]:
    """The regular sources; with names, for each the one that knows it best."""
    if not names:
        return [source for source in family.sources if source.every is not None]
    wanted = [item for item in family.items if item.name in names]
    best = {getattr(item, "confirm", None) or next(iter(item.sources), None) for item in wanted}
    return [source for source in family.sources if source.name in best and source.fetch is not unasked]


def _is_told(family: Family, names: Collection[str]) -> bool:
    """Whether any source tells something of this; of some settings none does."""
    return any(item.sources for item in family.items if not names or item.name in names)
