"""Where the day of a device begins and ends, for its energy counters."""

import logging
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache

from bridge.clock import Clock
from bridge.config import Config, Growatt, zone_of
from bridge.devices import PLANT, offset_of
from bridge.service.registry import Device

_log = logging.getLogger("bridge.account")


class Zones:
    """The time zones of one account's devices: as configured for the device, its plant, the account; else this
    machine's, unless the plant's distance from UTC says that it cannot be. That distance knows no summer time."""

    def __init__(self, account: Growatt, config: Config, clock: Clock) -> None:
        self._chosen = {device.serial: zone_of(device.timezone) for device in config.devices if device.timezone}
        self._account = zone_of(account.timezone) if account.timezone else None
        self._here = zone_of(None)
        year = clock.now().year
        self._offsets_here = {datetime(year, month, 1, tzinfo=self._here).utcoffset() for month in range(1, 13)}
        self._told: set[str] = set()

    def of(self, device: Device, plant: Device | None) -> tzinfo:
        """The zone of a device. `plant`: where it belongs, as far as that is known; of a plant, itself."""
        if chosen := self._chosen.get(device.serial) or (plant and self._chosen.get(plant.serial)) or self._account:
            return chosen
        offset = offset_of(plant.state.values) if plant and plant.family is PLANT else None
        if plant is None or offset is None or offset in self._offsets_here:
            return self._here
        self._tell_once(plant, offset)
        return _fixed(offset)

    def _tell_once(self, plant: Device, offset: timedelta) -> None:
        if plant.serial not in self._told:
            self._told.add(plant.serial)
            _log.info(
                "%s is at %s, which this machine's time zone (%s) never is: its day is taken to begin by that; to take "
                "summer time into account, name its zone: growatt.timezone, or devices: [{serial: %s, timezone: ...}]",
                plant.name,
                _fixed(offset),
                self._here,
                plant.serial,
            )


@cache
def _fixed(offset: timedelta) -> tzinfo:
    return timezone(offset)
