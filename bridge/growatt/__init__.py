"""A typed client of Growatt's official public cloud API; usable alone.

from bridge.growatt import GrowattApi, AsyncGrowattApi, DeviceType
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bridge.growatt.budget import Budget
from bridge.growatt.client import AsyncGrowattApi, GrowattApi
from bridge.growatt.enums import DeviceType, PlantType, WorkMode
from bridge.growatt.errors import (
    ApiError,
    ArgumentError,
    BadReply,
    DeviceNotFound,
    DeviceOffline,
    GrowattError,
    LoginPage,
    PermissionDenied,
    RateLimited,
    ServerFailure,
    SettingFailed,
    SystemFailure,
    TimedOut,
    TokenError,
    TransportError,
    Unreachable,
    WrongDeviceType,
    WrongHost,
)
from bridge.growatt.fields import END_OF_DAY
from bridge.growatt.session import SERVERS, AsyncGrowattApiSession, GrowattApiSession

if TYPE_CHECKING:
    from bridge.growatt.account.datalogger import Datalogger
    from bridge.growatt.account.device import Device
    from bridge.growatt.account.plant import Plant
    from bridge.growatt.account.user import User
    from bridge.growatt.countries import GrowattCountry
    from bridge.growatt.families.groboost import Groboost
    from bridge.growatt.families.hps import Hps
    from bridge.growatt.families.inverter import Inverter
    from bridge.growatt.families.max import Max
    from bridge.growatt.families.min import Min
    from bridge.growatt.families.noah import Noah
    from bridge.growatt.families.pbd import Pbd
    from bridge.growatt.families.pcs import Pcs
    from bridge.growatt.families.spa import Spa
    from bridge.growatt.families.sph import Sph
    from bridge.growatt.families.sphs import Sphs
    from bridge.growatt.families.storage import Storage
    from bridge.growatt.families.vpp import Vpp
    from bridge.growatt.families.wit import Wit

__all__ = [
    "END_OF_DAY",
    "SERVERS",
    "ApiError",
    "ArgumentError",
    "AsyncGrowattApi",
    "AsyncGrowattApiSession",
    "BadReply",
    "Budget",
    "Datalogger",
    "Device",
    "DeviceNotFound",
    "DeviceOffline",
    "DeviceType",
    "Groboost",
    "GrowattApi",
    "GrowattApiSession",
    "GrowattCountry",
    "GrowattError",
    "Hps",
    "Inverter",
    "LoginPage",
    "Max",
    "Min",
    "Noah",
    "Pbd",
    "Pcs",
    "PermissionDenied",
    "Plant",
    "PlantType",
    "RateLimited",
    "ServerFailure",
    "SettingFailed",
    "Spa",
    "Sph",
    "Sphs",
    "Storage",
    "SystemFailure",
    "TimedOut",
    "TokenError",
    "TransportError",
    "Unreachable",
    "User",
    "Vpp",
    "Wit",
    "WorkMode",
    "WrongDeviceType",
    "WrongHost",
]


if not TYPE_CHECKING:  # which shall know no other names

    def __getattr__(name: str) -> Any:
        """What is many, imported when first used: the module classes with their models, the countries."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        package = "account" if name in ("Datalogger", "Device", "Plant", "User") else "families"
        place = "countries" if name == "GrowattCountry" else f"{package}.{name.lower()}"
        return getattr(import_module(f"{__name__}.{place}"), name)
