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
        if own := self._chosen.get(device.serial):
            return own
        usual = self._account or self._here
        found = self._of_plant(device.serial if device.family is PLANT else device.plant, plant)
        if found is None:
            last = self._store.zones.get(device.serial)
            return usual if last is None else _named(last) or usual
        self._store.remember_zone(device.serial, None if found is usual else str(found))
        return found

    def _of_plant(self, serial: str | None, plant: Device | None) -> tzinfo | None:
        """None where it is not known yet."""
        if serial is None:
            return None
        if chosen := self._chosen.get(serial) or self._account:
            return chosen
        offset = offset_of(plant.state.values) if plant else None
        if plant is None or offset is None:
            return None
        if offset in self._offsets_here:
            return self._here
        self._tell_once(plant, offset)
        return timezone(offset)

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
def _named(name: str) -> tzinfo | None:
    """The zone that calls itself so."""
    if offset := offset_of({"timezone": name}):
        return timezone(offset)
    try:
        return zone_of(name)
    except ValueError:
        return None
