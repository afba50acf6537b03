"""All families, and which one a device belongs to. A family is loaded when a device needs it: its fields are many."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from bridge.devices.bus import METERS, SENSORS
from bridge.devices.catalogue import Family
from bridge.devices.datalogger import DATALOGGER
from bridge.devices.generic import GENERIC
from bridge.devices.plant import PLANT
from bridge.growatt import DeviceType
from bridge.growatt.account.device import BY_PLANT_LIST

V4: Mapping[str, str] = {
    DeviceType.NOAH: "noah.NOAH",
    DeviceType.MIN: "min.MIN",
    DeviceType.SPH: "sph.SPH",
    DeviceType.SPA: "spa.SPA",
    DeviceType.SPHS: "sphs.SPHS",
    DeviceType.WIT: "wit.WIT",
    DeviceType.INVERTER: "inverter.INVERTER",
    DeviceType.MAX: "max.MAX",
    DeviceType.STORAGE: "storage.STORAGE",
}
"""Where those are that the account's device list knows."""

NEXA = "noah.NEXA"
BATTERY = "battery.BATTERY"
PLANT_ONLY: Mapping[DeviceType, str] = {
    DeviceType.PCS: "commercial.PCS",
    DeviceType.HPS: "commercial.HPS",
    DeviceType.PBD: "commercial.PBD",
    DeviceType.GROBOOST: "groboost.GROBOOST",
}
"""Those that only the plant's list of devices has."""
ON_BUS: Mapping[str, str] = {METERS: "metering.SMART_METER", SENSORS: "metering.ENV_SENSOR"}
"""Those on a datalogger's bus, by the name that stands there for all of one."""


@cache
def _load(place: str) -> Family:
    module, name = place.split(".")
    family: Family = getattr(import_module(f"bridge.devices.{module}"), name)
    return family


@cache
def families() -> tuple[Family, ...]:
    """Every family but `GENERIC`. Loads them all."""
    noah, *others = V4.values()
    places = (noah, NEXA, *others, *PLANT_ONLY.values(), BATTERY, *ON_BUS.values())
    return (*(_load(place) for place in places), DATALOGGER, PLANT)


def tells_kind(model: str | None) -> bool:
    """Whether a model name tells a NOAH from a NEXA; the cloud may give none, or one that means nothing."""
    return _is_called(model, "NOAH", "NEXA")


def _is_called(model: str | None, *names: str) -> bool:
    return (model or "").strip().upper().startswith(names)


def family_of(v4_type: str, model: str | None) -> Family:
    """The family for a type of the account's device list, and a model name where that decides; else `GENERIC`."""
    is_nexa = v4_type == DeviceType.NOAH and _is_called(model, "NEXA")
    place = NEXA if is_nexa else V4.get(v4_type)
    return _load(place) if place else GENERIC


def family_of_plant_type(kind: int | None) -> Family:
    """The family for a line of a plant's device list that the account's list does not have.

    Types that the account's list should have are `GENERIC`: without being listed there, they have no v4 data.
    """
    found = BY_PLANT_LIST.get(kind or 0)
    if found is DeviceType.OTHER:
        return DATALOGGER
    place = PLANT_ONLY.get(found) if found else None
    return _load(place) if place else GENERIC


def family_on_bus(name: str) -> Family:
    """The family that a name in `ON_BUS` stands for; `on_bus` tells which devices of it there are."""
    return _load(ON_BUS[name])
