"""All families, and which one a device belongs to."""

from collections.abc import Mapping

from bridge.devices.battery import BATTERY
from bridge.devices.bus import ENV_SENSOR, METERS, SENSORS, SMART_METER
from bridge.devices.catalogue import Family
from bridge.devices.commercial import HPS, PBD, PCS
from bridge.devices.datalogger import DATALOGGER
from bridge.devices.generic import GENERIC
from bridge.devices.groboost import GROBOOST
from bridge.devices.inverter import INVERTER
from bridge.devices.max import MAX
from bridge.devices.min import MIN
from bridge.devices.noah import NEXA, NOAH
from bridge.devices.plant import PLANT
from bridge.devices.spa import SPA
from bridge.devices.sph import SPH
from bridge.devices.sphs import SPHS
from bridge.devices.storage import STORAGE
from bridge.devices.wit import WIT

V4: tuple[Family, ...] = (NOAH, NEXA, MIN, SPH, SPA, SPHS, WIT, INVERTER, MAX, STORAGE)
"""Those that the account's device list knows."""

BY_PLANT_TYPE: Mapping[int, Family] = {8: PCS, 9: HPS, 10: PBD, 11: GROBOOST}
OTHER = 3
"""The plant's type of dataloggers, and of what hangs on them without being an inverter."""

FAMILIES: tuple[Family, ...] = (*V4, PCS, HPS, PBD, GROBOOST, BATTERY, SMART_METER, ENV_SENSOR, DATALOGGER, PLANT)


def family_of(v4_type: str, model: str | None) -> Family:
    """The family for a type of the account's device list, and a model name where that decides; else `GENERIC`."""
    if v4_type == NOAH.device_type:
        return NEXA if (model or "").strip().upper().startswith("NEXA") else NOAH
    return next((f for f in V4 if f.device_type == v4_type), GENERIC)


def family_of_plant_type(kind: int | None, device_sn: str) -> Family:
    """The family for a line of a plant's device list that the account's list does not have.

    `SMART_METER` and `ENV_SENSOR` stand for all of a datalogger: `on_bus` tells which there are. Types that the
    account's list should have are `GENERIC`: without being listed there, they have no v4 data.
    """
    if kind == OTHER:
        return {METERS: SMART_METER, SENSORS: ENV_SENSOR}.get(device_sn, DATALOGGER)
    return BY_PLANT_TYPE.get(kind or 0, GENERIC)


__all__ = [
    "BATTERY",
    "DATALOGGER",
    "ENV_SENSOR",
    "FAMILIES",
    "GENERIC",
    "GROBOOST",
    "HPS",
    "INVERTER",
    "MAX",
    "MIN",
    "NEXA",
    "NOAH",
    "PBD",
    "PCS",
    "PLANT",
    "SMART_METER",
    "SPA",
    "SPH",
    "SPHS",
    "STORAGE",
    "WIT",
    "family_of",
    "family_of_plant_type",
]
