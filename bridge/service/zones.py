"""Where the day of a device begins and ends, for its energy counters."""

import logging
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache

from bridge.clock import Clock
from bridge.config import Config, Growatt, zone_of
from bridge.devices import PLANT, offset_of
from bridge.service.registry import Device
from bridge.service.store import Store

_log = logging.getLogger("bridge.account")


class Zones:
    """The time zones of one account's devices: as configured for the device, its plant, the account; else this
    machine's, unless the plant's distance from UTC says that it cannot be. That distance knows no summer time.

    A device's plant is known only a while after a start: until then it stays where it was last.
    """

    def __init__(self, account: Growatt, config: Config, clock: Clock, store: Store) -> None:
        self._chosen = {device.serial: zone_of(device.timezone) for device in config.devices if device.timezone}
        self._account = zone_of(account.timezone) if account.timezone else None
        self._here = zone_of(None)
        year = clock.now().year
        self._offsets_here = {datetime(year, month, 1, tzinfo=self._here).utcoffset() for month in range(1, 13)}
        self._store = store
        self._told: set[str] = set()

    def of(self, device: Device, plant: Device | None) -> tzinfo:
        """The zone of a device. `plant`: that of the device, as far as it is here; of a plant, itself."""
        self._learn(device, plant)
        by = self._store.facts.zones.get(device.serial, "")
        chosen = self._chosen.get(device.serial) or self._chosen.get(by) or self._account
        return chosen or _distant(by) or self._here

    def _learn(self, device: Device, plant: Device | None) -> None:
        """What its zone goes by, for the time after the next start: the plant, if that has a zone by configuration;
        else the plant's distance from UTC, if this machine is never there."""
        serial = device.serial if device.family is PLANT else device.plant
        offset = offset_of(plant.state.values) if serial and plant else None
        if serial in self._chosen:
            self._store.note(self._store.facts.zones, device.serial, serial)
        elif plant and offset is not None and self._account is None:
            here = offset in self._offsets_here
            self._store.note(self._store.facts.zones, device.serial, None if here else str(timezone(offset)))
            if not here:
                self._tell_once(plant, offset)

    def _tell_once(self, plant: Device, offset: timedelta) -> None:
        if plant.serial not in self._told:
            self._told.add(plant.serial)
            _log.info(
                "%s is at %s, which this machine's time zone (%s) never is: its day is taken to begin by that; to take "
                "summer time into account, name its zone: growatt.timezone, or devices: [{serial: %s, timezone: ...}]",
                plant.name,
                timezone(offset),
                self._here,
                plant.serial,
            )


@cache
def _distant(name: str) -> tzinfo | None:
    """The zone of that name, such as UTC+08:00."""
    offset = offset_of({"timezone": name})
    return None if offset is None else timezone(offset)
