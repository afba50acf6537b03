"""Growatt's enumerations: device types, plant types, work modes (vendor documentation)."""

from enum import IntEnum, StrEnum


class DeviceType(StrEnum):
    """The device families, with the names that v4 calls use."""

    GROBOOST = "groboost"
    HPS = "hps"
    INVERTER = "inv"
    MAX = "max"
    MIN = "min"
    NOAH = "noah"
    PBD = "pbd"
    PCS = "pcs"
    SPA = "spa"
    SPH = "sph"
    SPHS = "sph-s"
    STORAGE = "storage"
    WIT = "wit"
    OTHER = "other"


class PlantType(IntEnum):
    """Kinds of plant."""

    RESIDENTIAL = 0
    COMMERCIAL = 1
    GROUND_MOUNTED = 2


class WorkMode(IntEnum):
    """Modes of a NOAH time period; smart is undocumented and works on NEXA."""

    LOAD_FIRST = 0
    BATTERY_FIRST = 1
    SMART_SELF_CONSUMPTION = 2
