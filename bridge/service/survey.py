"""Which devices there are: looks through one account, lets devices join and leave."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bridge.clock import Clock, backoff
from bridge.config import Config, Growatt
from bridge.devices import (
    DATALOGGER,
    GENERIC,
    ON_BUS,
    PLANT,
    Family,
    address_of,
    bus_prefix,
    family_of,
    family_of_plant_type,
    family_on_bus,
    on_bus,
    plant_serial,
    tells_kind,
)
from bridge.devices.catalogue import Attached
from bridge.growatt import ApiError, AsyncGrowattApi, BadReply, GrowattError, RateLimited
from bridge.growatt.fields import Reading
from bridge.service.condition import LISTS, REFUSED, Condition
from bridge.service.events import EventKind
from bridge.service.plants import PlantList, whole
from bridge.service.poller import RETRY_FIRST, Listener, Poller
from bridge.service.registry import Device, Registry
from bridge.service.state import FRESH_PERIODS, OFFLINE_AFTER
from bridge.service.store import Description, Store

_log = logging.getLogger("bridge.account")

NOTHING_THERE = (
    "if that is wrong, make the token in ShinePhone (one made on the web page may show nothing), with the account that "
    "owns the devices, and check growatt.server"
)

GONE_AFTER = 3600.0
"""Seconds of a device's own time that a battery pack must be missing from its records to have left: packs of a tower
drop out for minutes."""

IN_A_ROW = 3
"""Lists that fail one after the other, and end a look: then the cloud is at fault, and not one plant."""

SECOND_LOOK = 300.0
"""A device that uploads and is in no list stays until a second look, this many seconds later, misses it, too."""


Bus = tuple[str, str]
"""A datalogger, and what a plant's list calls all meters, or all sensors, behind it."""


@dataclass
class _Look:
    """One look at the whole account. `elsewhere`: what other replicas have; `placed`: the plant of each device;
    `buses`: with the plant that lists them; `new`: takes in who was not there at the look before; `short`: the cloud
    counts more than it lists; `unread`: plants of which a list failed.
    """

    elsewhere: set[str] = field(default_factory=set)
    placed: dict[str, str] = field(default_factory=dict)
    buses: dict[Bus, int] = field(default_factory=dict)
    new: list[Callable[[], None]] = field(default_factory=list)
    short: bool = False
    unread: set[str] = field(default_factory=set)
    failure: GrowattError | None = None
    failed_in_a_row: int = 0


class Survey:
    """Looks for the devices of one account. `surveyed`: whether the account was seen whole once."""

    def __init__(
        self,
        account: Growatt,
        api: AsyncGrowattApi,
        devices_api: AsyncGrowattApi,
        registry: Registry,
        config: Config,
        clock: Clock,
        store: Store,
        poller: Poller,
        conditions: Mapping[AsyncGrowattApi, Condition],
        listener: Listener,
    ) -> None:
        """`api` asks for lists, `devices_api` is for the devices that are found; by it go the `conditions` of all
        accounts."""
        self._account = account
        self._api = api
        self._devices_api = devices_api
        self._registry = registry
        self._config = config
        self._shard = config.shard
        self._clock = clock
        self._store = store
        self._poller = poller
        self._conditions = conditions
        self._condition = conditions[devices_api]
        self._listener = listener
        self._look = _Look()
        self._told: set[tuple[str, str]] = set()
        self._empty = False
        self._unlisted: set[str] = set()
        self._plant_list = PlantList(api, config, clock, store)
        self._missing: dict[str, float] = {}
        self._on_bus: dict[Bus, set[str]] = {}
        self.surveyed = False
        poller.on_attached(self._attached)

    async def run(self) -> None:
        """Look for devices that joined or left, until cancelled."""
        failures = 0
        while True:
            pause = float(self._config.polling.account)
            try:
                await self.scan()
                failures = 0
                pause = min(pause, SECOND_LOOK) if self._unlisted else pause
            except RateLimited as limited:
                pause = max(1.0, limited.retry_after)
            except Exception as error:  # noqa: BLE001 - a defect here must not stop the other accounts
                failures += 1
                pause = backoff(RETRY_FIRST, failures, pause if self.surveyed else SECOND_LOOK)
                self._failed(_as_failure(error))
            self._poller.next_polls["account"] = self._clock.time() + pause
            await self._rest(pause)

    def _failed(self, error: GrowattError) -> None:
        if isinstance(error, ApiError):  # a plant of the list may be gone
            self._plant_list.doubt()
        self._condition.failed(LISTS, error)

    async def _rest(self, seconds: float) -> None:
        """Until the next look; in the meantime ask again for models that could not be told."""
        end = self._clock.monotonic() + seconds
        pause = RETRY_FIRST
        while (left := end - self._clock.monotonic()) > 0:
            unsure = [d for d in self._mine() if d.family.by_model and d.model is None]
            await self._clock.sleep(min(left, pause) if unsure else left)
            for device in unsure:
                await self._meet(device.serial, device.family.device_type or "")
            self._poller.wake()
            pause *= 2

    async def scan(self) -> None:
        """One look at the whole account. A list that fails hides nothing else; it is raised at the end. Devices leave
        only after a look in which no list failed that they may stand in."""
        self._look = look = _Look()
        present = set(await self._listed())
        plants = await self._poller.patiently(self._plants)
        self._poller.wake()
        present |= set(map(plant_serial, plants))
        for plant_id in plants:
            present |= await self._part(self._dataloggers(int(plant_id)), plant_id)
            present |= await self._part(self._members(int(plant_id)), plant_id)
        present |= await self._take_in()
        self._tell_of_unheard()
        self._poller.wake()
        if not present:
            self._condition.failed(LISTS, GrowattError(f"this token shows no devices and no plants; {NOTHING_THERE}"))
        once, self._empty = not present and not self._empty, not present
        present |= self._everyone() if look.short or once else self._members_of(look.unread)
        self._retire(present | self._known_on_buses())
        await self._look_on_buses()
        if look.failure is not None:
            raise look.failure
        if not look.short and not self._empty:
            self._condition.recovered(LISTS)

    async def _part(self, look: Awaitable[set[str]], plant_id: str) -> set[str]:
        """One of many lists: of a plant, or of what hangs on a datalogger there."""
        try:
            found = await look
        except GrowattError as error:
            self._look.failed_in_a_row += 1
            if isinstance(error, REFUSED) or self._look.failed_in_a_row == IN_A_ROW:
                raise
            self._look.unread.add(plant_serial(plant_id))
            self._look.failure = error
            return set()
        self._look.failed_in_a_row = 0
        return found

    async def _listed(self) -> dict[str, str]:
        """Serial number to v4 device type of all devices; those that are new join."""
        reply = await self._poller.patiently(self._api.device.list_all)
        rows = whole(reply.data and reply.data.data, "device_sn")
        self._condition.answered()
        self._registry.reserve(row.device_sn for row in rows)
        for row in rows:
            await self._meet(row.device_sn, row.device_type or "")
            self._tell_unknown_type(row)
        self._poller.wake()
        return {row.device_sn: row.device_type or "" for row in rows}

    def _tell_unknown_type(self, row: Any) -> None:
        """No plant's list may have such a device, so that here alone shows what it hangs below."""
        device = self._known(row.device_sn)
        if device is None or device.family is not GENERIC:
            return
        device.datalogger = device.datalogger or row.datalogger_sn
        told = f"the type {row.device_type!r}, which this bridge does not know" if row.device_type else "no type"
        text = (
            f"has {told}: it shows only what the list of its plant tells; please report this, with the device's model"
        )
        self._tell_once(device, "unknown_type", text, device_type=row.device_type)

    def _tell_of_unheard(self) -> None:
        """What no list told anything about has a place below its datalogger, and a state in which all is unknown."""
        for device in self._mine():
            if device.family is GENERIC and not device.state.heard:
                self._listener.updated(device, described=True)

    async def _plants(self) -> dict[str, str]:
        """Id and name of every plant; those that are new join."""
        rows = self._counted(await self._plant_list.present(), "plants", "plant_id")
        plants = {str(row.plant_id): row.name or f"Plant {row.plant_id}" for row in rows}
        for row in rows:
            self._plant(row, plants[str(row.plant_id)])
        return plants

    def _plant(self, row: Any, name: str) -> None:
        serial = plant_serial(row.plant_id)
        self._tell_of_zone(serial, name)
        if device := self._known(serial) or self._join(serial, PLANT, title=name):
            self._poller.hear(device, PLANT.source("listing"), row)

    def _tell_of_zone(self, serial: str, name: str) -> None:
        if self._config.wants(serial) or self._account.timezone or ("zone", serial) in self._told:
            return
        self._told.add(("zone", serial))
        _log.info(
            "%s (%s) is left out, so that its time zone is not asked for: the day of its devices is this machine's, if "
            "growatt.timezone names no other",
            name,
            serial,
        )

    async def _dataloggers(self, plant_id: int) -> set[str]:
        """The dataloggers of a plant. One that has just joined may be a NOAH."""
        reply = await self._poller.patiently(lambda: self._api.plant.list_dataloggers_all(plant_id))
        rows = self._counted(reply.data, "dataloggers", "datalogger_sn")
        for row in rows:
            self._now_or_later(row.datalogger_sn, partial(self._datalogger, row, plant_id))
        return {row.datalogger_sn for row in rows}

    async def _members(self, plant_id: int) -> set[str]:
        """The devices of a plant; what stands for all meters or sensors of a datalogger is looked on later."""
        reply = await self._poller.patiently(lambda: self._api.plant.list_devices_all(plant_id))
        rows = self._counted(reply.data, "devices", "device_sn")
        own = [row for row in rows if row.device_sn not in ON_BUS]
        for bus in ((row.datalogger_sn or "", row.device_sn) for row in rows if row not in own):
            self._look.buses.setdefault(bus, plant_id)
        for row in own:
            self._now_or_later(row.device_sn, partial(self._member, row, family_of_plant_type(row.type), plant_id))
        return {row.device_sn for row in own}

    def _now_or_later(self, serial: str, take_in: Callable[[], None]) -> None:
        """Later where it was not there when the account was last seen whole; the first look believes its list."""
        if self.surveyed and self._registry.by_serial(serial) is None and self._is_for_us(serial):
            self._look.new.append(take_in)
        else:
            take_in()

    async def _take_in(self) -> set[str]:
        """What has just joined, a newer list of the account tells; who is in it."""
        listed = set(await self._listed()) if self._look.new else set()
        for take_in in self._look.new:
            take_in()
        return listed

    def _counted(self, data: Any, name: str, key: str) -> list[Any]:
        """The rows of a v1 list. In outages the cloud counts devices that it does not list: they have not left."""
        rows = whole(data and getattr(data, name), key)
        listed = len({getattr(row, key) for row in rows})
        if (data.count or 0) > listed:
            self._look.short = True
            self._condition.failed(LISTS, BadReply(f"the cloud counts {data.count} {name} and lists {listed}"))
        return rows

    def _members_of(self, plants: Collection[str]) -> set[str]:
        """Who is in one of these plants as far as it is known, here and in what an earlier run announced."""
        placed = {device.serial: device.plant for device in self._mine()}
        facts = self._store.facts.descriptions
        earlier = {serial: facts.get(serial, Description()).plant for serial in self._store.announced}
        return {serial for serial, plant in (earlier | placed).items() if plants and (plant is None or plant in plants)}

    def _everyone(self) -> set[str]:
        """All that is here, and what an earlier run announced."""
        return {device.serial for device in self._mine()} | self._store.announced.keys()

    def _datalogger(self, row: Any, plant_id: int) -> None:
        """A NOAH is its own datalogger, and stays what it is."""
        device = self._known(row.datalogger_sn) or self._join(row.datalogger_sn, DATALOGGER)
        if device is not None and device.family is DATALOGGER:
            self._place(device, plant_id)
            self._poller.hear(device, DATALOGGER.source("listing"), row)

    def _member(self, row: Any, family: Family, plant_id: int) -> None:
        device = self._known(row.device_sn) or self._join(row.device_sn, family)
        if device is None:
            return
        before = device.plant, device.datalogger
        self._place(device, plant_id)
        device.datalogger = row.datalogger_sn or device.datalogger
        if device.family is GENERIC:
            self._poller.hear(device, GENERIC.source("listing"), row)
        elif (device.plant, device.datalogger) != before:
            self._listener.updated(device, described=True)

    def _place(self, device: Device, plant_id: int) -> None:
        """Its plant: of several that list it, the first."""
        plant = plant_serial(plant_id)
        device.plant = self._look.placed.setdefault(device.serial, plant)
        if device.plant != plant:
            self._tell_once(device, "in_two_plants", f"stands in {device.plant} and {plant}; the first counts")

    def _known_on_buses(self) -> set[str]:
        """What hung on these buses when they were last looked at; before the first look, what an earlier run knew."""
        known: set[str] = set()
        for bus in self._look.buses:
            earlier = {s for s in self._store.announced if s.startswith(bus_prefix(*bus))}
            known |= self._on_bus.get(bus, earlier)
            self._look.elsewhere |= set() if self._shard.owns(bus[0]) else earlier
        return known

    async def _look_on_buses(self) -> None:
        """Meters and sensors: a call for each datalogger, minutes apart, so they come last."""
        for bus, plant_id in sorted(self._look.buses.items()):
            if self._shard.owns(bus[0]):
                await self._part(self._look_on_one(*bus, plant_id), str(plant_id))
            self._poller.wake()

    async def _look_on_one(self, datalogger: str, name: str, plant_id: int) -> set[str]:
        found = set(await self._poller.patiently(partial(on_bus, self._devices_api, datalogger, name)))
        self._on_bus[datalogger, name] = found
        for serial in found:
            family = family_on_bus(name)
            title = f"{datalogger} {family.title.lower()} {address_of(serial)[1]}"
            device = self._known(serial) or self._join(serial, family, title=title, owner=datalogger)
            if device is not None:
                device.datalogger = datalogger
                self._place(device, plant_id)
        return found

    async def _meet(self, serial: str, kind: str) -> None:
        """Make a device out of a line of the account's list; its model may choose the family."""
        if not self._is_for_us(serial):
            return
        device = self._known(serial)
        model = await self._model(serial, kind) or (device.model if device is not None else None)
        family = family_of(kind, model)
        if device is not None and device.family is not family:
            self._leave(device)
            if model:
                self._store.note(self._store.facts.models, serial, model)
            device = None
        device = device or self._join(serial, family)
        if device is not None and model and device.model is None:
            device.model = model
            self._poller.expect(device)
            self._listener.updated(device, described=True)

    async def _model(self, serial: str, kind: str) -> str | None:
        """The model name, asked for once and remembered across restarts; None where it could not be asked for."""
        known = self._store.facts.models.get(serial)
        if family_of(kind, None).by_model and not tells_kind(known):
            try:
                known = await model_of(self._devices_api, serial)
            except GrowattError as error:
                _log.info("the model of %s is not known yet: %s", serial, error)
                return known
            if not known:  # until the next look
                return family_of(kind, None).title
        if known:
            self._store.note(self._store.facts.models, serial, known)
            self._devices_api.session.remember_model(serial, known)
        return known

    def _mine(self) -> list[Device]:
        return [device for device in self._registry if device.api is self._devices_api]

    def _known(self, serial: str) -> Device | None:
        """The device, where it came from this account."""
        device = self._registry.by_serial(serial)
        return device if device is not None and device.api is self._devices_api else None

    def _is_for_us(self, serial: str, owner: str | None = None) -> bool:
        """Whether the configuration leaves the device to us; what another replica has is noted. A device that hangs on
        an `owner` goes where that is."""
        if not self._config.wants(serial):
            return False
        ours = self._shard.owns(owner or serial)
        if not ours:
            self._look.elsewhere.add(serial)
        return ours

    def _join(
        self,
        serial: str,
        family: Family,
        *,
        title: str | None = None,
        owner: str | None = None,
        carrier: Device | None = None,
    ) -> Device | None:
        """A device that is new to this account; None where it has it already, another has it, or nobody wants it."""
        if not self._is_for_us(serial, owner):
            return None
        if (here := self._registry.by_serial(serial)) is not None:
            return self._of_another(here) if here.api is not self._devices_api else None
        device = self._registry.add(
            serial,
            family,
            self._devices_api,
            title=title,
            prefix=self._account.name_prefix,
            carrier=carrier,
            patience=carrier.patience if carrier else patience_of(self._config, serial, family),
            now=self._clock.time(),
        )
        self._listener.joined(device)
        self._poller.expect(device)
        wanted = self._registry.wanted(serial, self._account.name_prefix)
        if device.segment != wanted:
            text = f"cannot have the topic level {wanted}, which is another device's, and has {device.segment} instead"
            self._tell_once(device, "name_taken", f"{text}; give it another name below devices in the configuration")
        return device

    def _of_another(self, device: Device) -> Device | None:
        """A device stays with the account that had it first, unless that one is refused for good."""
        if not self._conditions[device.api].refused_for_good(self._condition.answers_since):
            text = f"belongs to another account, too; {self._account.name} leaves it out"
            self._tell_once(device, "in_two_accounts", text)
            return None
        for each in (device, *(d for d in self._registry if d.carrier is device)):
            each.api = self._devices_api
            self._poller.expect(each)
        text = f"is asked about by {self._account.name} now: the token of the account that it was found with is refused"
        self._listener.event("device_moved", f"{device.name} {text}", serial=device.serial, account=self._account.name)
        return device

    def _tell_once(self, device: Device, kind: EventKind, text: str, **details: Any) -> None:
        if (device.serial, kind) not in self._told:
            self._told.add((device.serial, kind))
            self._listener.event(kind, f"{device.name} {text}", serial=device.serial, **details)

    def _leave(self, device: Device) -> None:
        for each in [d for d in self._registry if d.carrier is device]:
            self._leave(each)
        self._registry.remove(device)
        self._poller.forget(device)
        self._listener.left(device)

    def _attached(self, carrier: Device, attached: Attached, records: Mapping[str, Reading]) -> None:
        """What a record tells about devices that are attached to its own."""
        for number, (serial, record) in enumerate(records.items(), 1):
            title = f"{carrier.name.removeprefix(self._account.name_prefix)} {attached.family.title.lower()} {number}"
            device = self._known(serial) or self._join(
                serial, attached.family, title=title, owner=carrier.serial, carrier=carrier
            )
            if device is not None:
                device.carrier, device.plant = carrier, carrier.plant
                self._poller.hear(device, attached.family.sources[0], record)
        for serial in records:
            self._missing.pop(serial, None)
        missing = [serial for serial in self._store.facts.attached.get(carrier.serial, ()) if serial not in records]
        gone = [serial for serial in missing if self._is_gone(carrier, serial)]
        for serial in gone:
            self._detached(carrier, serial)
        still = [*records, *(serial for serial in missing if serial not in gone)]
        self._store.note(self._store.facts.attached, carrier.serial, still or None)

    def _is_gone(self, carrier: Device, serial: str) -> bool:
        """Whether it was missing long enough; records that come again do not count."""
        moment = carrier.state.last_update
        now = self._clock.time() if moment is None else moment.timestamp()
        gone = now - self._missing.setdefault(serial, now) >= GONE_AFTER
        if gone:
            del self._missing[serial]
        return gone

    def _detached(self, carrier: Device, serial: str) -> None:
        device = self._known(serial)
        if device is None:
            self._listener.gone(serial)
        elif device.carrier is carrier:
            self._leave(device)

    def _retire(self, listed: set[str]) -> None:
        """`listed`: everything that the account has."""
        here = {serial for serial in listed if self._config.wants(serial)} - self._look.elsewhere
        present = here | {serial for serial in self._attached_to(here) if self._config.wants(serial)}
        self._look.elsewhere |= self._attached_to(self._look.elsewhere)
        self._unlisted = {
            d.serial for d in self._mine() if d.serial not in present | self._unlisted and self._uploads(d)
        }
        present |= self._unlisted
        for device in self._mine():
            if device.serial not in present and self._known(device.serial) is device:
                self._leave(device)
        self.surveyed = True
        self._listener.surveyed(self._account.name, present, self._look.elsewhere)

    def _uploads(self, device: Device) -> bool:
        return device.state.online(self._clock.time(), device.patience)

    def _attached_to(self, serials: set[str]) -> set[str]:
        """What showed in the records of these devices last."""
        return {attached for serial in serials for attached in self._store.facts.attached.get(serial, ())}


def _as_failure(error: Exception) -> GrowattError:
    if isinstance(error, GrowattError):
        return error
    _log.error("looking for devices", exc_info=error)
    return BadReply(f"the cloud's lists could not be understood: {error}")


def patience_of(config: Config, serial: str, family: Family) -> float:
    """How many seconds old the data of a device may be: a few of the periods in which it is asked for. What is
    only listed, such as a datalogger, is heard of when the account is looked through."""
    source = family.dated_by
    every = config.every(serial, source.name, source.every or 0) if source else None
    return max(OFFLINE_AFTER, FRESH_PERIODS * (every or config.polling.account))


async def model_of(api: AsyncGrowattApi, serial: str) -> str:
    """By the device's own data, which may be asked for more often, else by what the cloud says of its serial number;
    empty where neither tells. A name that does not tell NOAH from NEXA is no answer."""
    told = await _rated_model(api, serial)
    if tells_kind(told):
        return told
    return ((await api.device.type_info(serial)).model or told).strip()


async def _rated_model(api: AsyncGrowattApi, serial: str) -> str:
    try:
        info = await api.noah.device_info(serial)
    except RateLimited:
        raise
    except ApiError as error:
        _log.debug("%s: %s", serial, error)
        return ""
    return ((info.data.device_model if info.data else None) or "").strip()
