"""Asks the cloud: which devices there are, and what they have to say, each source at its own rhythm."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from bridge.clock import Clock
from bridge.config import Config
from bridge.devices import FAMILIES, GENERIC, PLANT, Family, Source, family_of
from bridge.growatt import (
    AsyncGrowattApi,
    BadReply,
    GrowattError,
    LoginPage,
    RateLimited,
    TokenError,
    TransportError,
    WrongHost,
)
from bridge.growatt.fields import Reading
from bridge.service.registry import Device, Registry
from bridge.service.store import Store

_log = logging.getLogger("bridge.poller")

RETRY_FIRST = 10.0
"""Seconds to the next try after a failure; doubles up to the source's own interval."""

LIST_AGE = 10.0
"""Seconds after which a device that only its plant lists may be one that joined in the meantime."""

NAMED = 5
"""Devices of a call that a message names."""


class Listener(Protocol):
    """Who wants to know what the poller finds."""

    def joined(self, device: Device) -> None: ...
    def left(self, device: Device) -> None: ...
    def updated(self, device: Device, *, described: bool) -> None: ...
    def surveyed(self, present: set[str]) -> None: ...
    def event(self, kind: str, message: str, **details: Any) -> None: ...


class Poller:
    """Polls one account."""

    def __init__(
        self, api: AsyncGrowattApi, registry: Registry, config: Config, clock: Clock, store: Store, listener: Listener
    ) -> None:
        self._api = api
        self._registry = registry
        self._config = config
        self._clock = clock
        self._store = store
        self._listener = listener
        self._new: set[Source] = set()
        self._joined: dict[Source, asyncio.Event] = {}
        self._asking: defaultdict[Source, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._told: dict[tuple[Source, str], str] = {}
        self._listed_at = 0.0
        self._unreachable = False
        self._refused = False
        self.surveyed = False
        """Whether the account was seen whole."""
        self.next_polls: dict[str, float] = {}

    async def run(self) -> None:
        """Poll until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._account())
            for name, source in _regular_sources().items():
                lanes.create_task(self._lane(name, source))

    async def read(self, device: Device, source_name: str, since: float) -> Reading:
        """A record asked for at `since` (the clock's `monotonic`) or later: one that is here already, else a new one.

        Raises GrowattError, also when the record is missing.
        """
        source = device.family.source(source_name)
        async with self._asking[source]:
            asked, record = device.heard.get(source.name, (0.0, None))
            if record is not None and asked >= since:
                return record
            records = await self._ask_now(source, self._along(device, source))
        if device.serial not in records:
            raise GrowattError(f"the cloud has no {source.name} data for {device.serial}")
        return records[device.serial]

    def _along(self, device: Device, source: Source) -> list[Device]:
        """Whom to ask about in one call: where calls count by endpoint, the other devices cost nothing."""
        if self._config.growatt.limits == "request":
            return [device]
        return [device, *(d for d in self._registry.having(source) if d is not device)][: source.most]

    async def refresh(self, device: Device) -> float:
        """Poll every regular source of a device now; returns the seconds until the last one is allowed, 0 if done."""
        waits = [0.0]
        for source in device.family.sources:
            if source.every is None:
                continue
            try:
                await self._ask(source, [device])
            except RateLimited as limited:
                waits.append(limited.retry_after)
            except GrowattError as error:
                self._failed(source, device.name, error)
        return max(waits)

    async def _lane(self, name: str, source: Source) -> None:
        """One source, for ever. Families that share a source share its calls."""
        every = self._config.polling.every(source.name, source.every or 0)
        failures = 0
        joined = self._joined.setdefault(source, asyncio.Event())
        while True:
            joined.clear()
            devices = self._registry.having(source)
            if not devices:
                await joined.wait()
                continue
            started = self._clock.monotonic()
            ok = [await self._poll_patiently(source, chunk) for chunk in _batches(devices, source.most)]
            failures = 0 if all(ok) else failures + 1
            pause = every if not failures else min(every, RETRY_FIRST * 2 ** (failures - 1))
            pause = max(1.0, pause - (self._clock.monotonic() - started))
            self.next_polls[name] = self._clock.time() + pause
            await self._clock.until(joined, pause)

    async def _poll_patiently(self, source: Source, devices: Sequence[Device]) -> bool:
        names = ", ".join(device.name for device in devices[:NAMED]) + " ..." * (len(devices) > NAMED)
        while True:
            try:
                await self._ask(source, devices)
            except RateLimited as limited:
                await self._wait(limited)
            except GrowattError as error:
                self._failed(source, names, error)
                return False
            else:
                self._told.pop((source, names), None)
                self._answered()
                return True

    async def _ask(self, source: Source, devices: Sequence[Device]) -> dict[str, Reading]:
        async with self._asking[source]:
            return await self._ask_now(source, devices)

    async def _ask_now(self, source: Source, devices: Sequence[Device]) -> dict[str, Reading]:
        """Whoever leaves the account in the meantime is not heard any more."""
        asked = self._clock.monotonic()
        records = await self._records(source, [d.serial for d in devices])
        for device in devices:
            if device.serial in records and self._registry.by_serial(device.serial) is device:
                device.heard[source.name] = asked, records[device.serial]
                self._apply(device, source, records[device.serial])
        return records

    async def _records(self, source: Source, serials: list[str]) -> dict[str, Reading]:
        try:
            reply = await source.fetch(self._api, serials)
            return dict(source.records(reply, serials))
        except GrowattError:
            raise
        except Exception as error:  # noqa: BLE001 - a defect in one source must not stop the others
            _log.exception("%s of %s", source.name, ", ".join(serials))
            raise BadReply(f"the answer could not be understood: {error}") from None

    def _apply(self, device: Device, source: Source, record: Reading) -> None:
        device.state.apply(source, record, self._clock.time())
        facts = {name: device.family.fact(name, source.name, record) for name in ("model", "firmware", "datalogger")}
        described = False
        for name, value in facts.items():
            if value and value != getattr(device, name):
                setattr(device, name, value)
                described = True
        self._listener.updated(device, described=described)

    def _failed(self, source: Source, names: str, error: GrowattError) -> None:
        if isinstance(error, TransportError) and not self._unreachable:
            self._unreachable = True
            self._listener.event("cloud_unreachable", str(error))
        elif isinstance(error, TokenError | LoginPage | WrongHost) and not self._refused:
            self._refused = True
            self._listener.event("token_refused", str(error))
        again = self._told.get((source, names)) == str(error)
        self._told[source, names] = str(error)
        _log.log(logging.DEBUG if again else logging.WARNING, "%s: %s: %s", names, source.name, error)

    def _answered(self) -> None:
        if self._unreachable or self._refused:
            self._unreachable = self._refused = False
            self._listener.event("cloud_back", "the Growatt cloud answers again")

    async def _account(self) -> None:
        """Look for devices that joined or left, for ever."""
        failures = 0
        while True:
            try:
                await self.scan()
                failures = 0
                pause = float(self._config.polling.account)
            except RateLimited as limited:
                pause = max(1.0, limited.retry_after)
            except GrowattError as error:
                failures += 1
                pause = min(float(self._config.polling.account), RETRY_FIRST * 2 ** (failures - 1))
                self._failed(_ACCOUNT, "account", error)
            self.next_polls["account"] = self._clock.time() + pause
            await self._rest(pause)

    async def _rest(self, seconds: float) -> None:
        """Until the next look; in the meantime ask again for models that could not be told."""
        end = self._clock.monotonic() + seconds
        pause = RETRY_FIRST
        while (left := end - self._clock.monotonic()) > 0:
            unsure = [d for d in self._registry if d.family.by_model and d.model is None]
            await self._clock.sleep(min(left, pause) if unsure else left)
            for device in unsure:
                await self._meet(device.serial, device.family.device_type or "")
            self._wake()
            pause *= 2

    async def scan(self) -> None:
        """One look at the whole account. Devices leave only after a look that got to its end."""
        listed = await self._listed()
        plants = await self._plants()
        for plant_id, name in plants.items():
            serial = f"plant_{plant_id}"
            if self._registry.by_serial(serial) is None and serial not in self._config.exclude:
                self._join(serial, PLANT, title=name)
        self._wake()
        listed |= dict.fromkeys((f"plant_{i}" for i in plants), "plant")
        for plant_id in plants:
            listed |= await self._members(int(plant_id))
        self._wake()
        self._retire(set(listed) - set(self._config.exclude))

    async def _listed(self) -> dict[str, str]:
        """Serial number to v4 device type of all devices; those that are new join."""
        reply = await self._patiently(self._api.device.list_all)
        rows = whole(reply.data and reply.data.data, "device_sn")
        for row in rows:
            await self._meet(row.device_sn, row.device_type or "")
        self._wake()
        self._listed_at = self._clock.monotonic()
        return {row.device_sn: row.device_type or "" for row in rows}

    async def _plants(self) -> dict[str, str]:
        """Id and name of every plant. Growatt lists them ten times a day; in between the last list must do."""
        try:
            reply = await self._api.plant.list_all()
        except RateLimited:
            if self._store.plants:
                return self._store.plants
            reply = await self._patiently(self._api.plant.list_all)
        rows = whole(reply.data and reply.data.plants, "plant_id")
        self._store.remember_plants({str(row.plant_id): row.name or f"Plant {row.plant_id}" for row in rows})
        return self._store.plants

    async def _members(self, plant_id: int) -> dict[str, str]:
        """The devices of a plant; those that only a plant lists become generic devices."""
        reply = await self._patiently(lambda: self._api.plant.list_devices_all(plant_id))
        found = {_unique(row): row for row in whole(reply.data and reply.data.devices, "device_sn")}
        rows = {serial: row for serial, row in found.items() if serial not in self._config.exclude}
        new = any(self._registry.by_serial(serial) is None for serial in rows)
        if new and self._clock.monotonic() - self._listed_at > LIST_AGE:
            await self._listed()
        for serial, row in rows.items():
            device = self._registry.by_serial(serial) or self._join(serial, GENERIC)
            device.plant = f"plant_{plant_id}"
            device.datalogger = row.datalogger_sn or device.datalogger
            if device.family is GENERIC:
                self._apply(device, GENERIC.source("listing"), row)
            else:
                self._listener.updated(device, described=True)
        return dict.fromkeys(rows, "")

    async def _patiently(self, call: Any) -> Any:
        while True:
            try:
                return await call()
            except RateLimited as limited:
                _log.info("waiting %.0f s: %s", limited.retry_after, limited)
                await self._wait(limited)

    async def _wait(self, limited: RateLimited) -> None:
        if limited.code is not None:  # the cloud's word; the own budget's is no news
            self._listener.event("rate_limited", str(limited), retry_after=round(limited.retry_after))
        await self._clock.sleep(max(1.0, limited.retry_after))

    async def _meet(self, serial: str, kind: str) -> None:
        """Make a device out of a line of the account's list; its model may choose the family."""
        if serial in self._config.exclude:
            return
        model = await self._model(serial, kind)
        family = family_of(kind, model)
        device = self._registry.by_serial(serial)
        if device is not None and device.family is not family:
            self._leave(device)
            device = None
        if device is None:
            device = self._join(serial, family)
        if model and device.model is None:
            device.model = model
            self._new.update(family.sources)
            self._listener.updated(device, described=True)

    async def _model(self, serial: str, kind: str) -> str | None:
        """The model name, asked for once and remembered across restarts."""
        known = self._store.models.get(serial)
        if known is None and family_of(kind, None).by_model:
            try:
                reply = await self._api.noah.device_info(serial)
            except GrowattError as error:
                _log.info("the model of %s is not known yet: %s", serial, error)
                return None
            known = ((reply.data.device_model if reply.data else None) or "").strip() or None
        if known:
            self._store.remember_model(serial, known)
            self._api.session.remember_model(serial, known)
        return known

    def _join(self, serial: str, family: Family, *, title: str | None = None) -> Device:
        device = self._registry.add(serial, family, self._api, title=title)
        self._listener.joined(device)
        self._new.update(family.sources)
        return device

    def _leave(self, device: Device) -> None:
        self._registry.remove(device)
        self._listener.left(device)

    def _retire(self, present: set[str]) -> None:
        for device in self._registry:
            if device.serial not in present:
                self._leave(device)
        self.surveyed = True
        self._listener.surveyed(present)

    def _wake(self) -> None:
        """Once for all that joined: a source asked about its first device alone would make the others wait."""
        for source in self._new & self._joined.keys():
            self._joined[source].set()
        self._new.clear()


def whole(rows: Any, key: str) -> list[Any]:
    """The rows of a list; GrowattError where something is missing, for what is not listed has left the account."""
    if rows is None or any(getattr(row, key) is None for row in rows):
        raise BadReply(f"the cloud's list is not complete: {key} is missing")
    return list(rows)


def _unique(row: Any) -> str:
    """Meters and sensors are listed as AMMETER or ENV_DEVICE: only their datalogger tells them apart."""
    if any(char.isdigit() for char in row.device_sn):
        return str(row.device_sn)
    return f"{row.datalogger_sn}_{row.device_sn}"


def _regular_sources() -> dict[str, Source]:
    """Every source that is polled, once, under the name of the first family that has it."""
    found: dict[Source, str] = {}
    for family in FAMILIES:
        for source in family.sources:
            if source.every is not None:
                found.setdefault(source, f"{family.name}.{source.name}")
    return {name: source for source, name in found.items()}


def _batches(items: Iterable[Device], size: int) -> Iterator[list[Device]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


_ACCOUNT = Source(
    name="account", model=Reading, fetch=lambda api, _: api.device.list(), records=lambda *_: {}, every=None
)
