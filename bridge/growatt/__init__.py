"""A typed client of Growatt's official public cloud API; usable alone.

from bridge.growatt import GrowattApi, AsyncGrowattApi, DeviceType
"""

from bridge.growatt.budget import Budget
from bridge.growatt.client import AsyncGrowattApi, GrowattApi
from bridge.growatt.enums import DeviceType, GrowattCountry, PlantType, WorkMode
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

__all__ = [
    "END_OF_DAY",
    "SERVERS",
    "ApiError",
    "ArgumentError",
    "AsyncGrowattApi",
    "AsyncGrowattApiSession",
    "BadReply",
    "Budget",
    "DeviceNotFound",
    "DeviceOffline",
    "DeviceType",
    "GrowattApi",
    "GrowattApiSession",
    "GrowattCountry",
    "GrowattError",
    "LoginPage",
    "PermissionDenied",
    "PlantType",
    "RateLimited",
    "ServerFailure",
    "SettingFailed",
    "SystemFailure",
    "TimedOut",
    "TokenError",
    "TransportError",
    "Unreachable",
    "WorkMode",
    "WrongDeviceType",
    "WrongHost",
]
