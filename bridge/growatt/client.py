"""GrowattApi and AsyncGrowattApi: the whole public API, as modules of endpoints."""

from collections.abc import Mapping
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self

import httpx

from bridge.clock import Clock
from bridge.growatt.budget import Budget
from bridge.growatt.calls import S
from bridge.growatt.enums import DeviceType
from bridge.growatt.errors import ArgumentError, WrongDeviceType
from bridge.growatt.session import TEST_SERVER_V1, TEST_SERVER_V4, AsyncGrowattApiSession, GrowattApiSession

if TYPE_CHECKING:
    from bridge.growatt.account.datalogger import Datalogger
    from bridge.growatt.account.device import Device
    from bridge.growatt.account.plant import Plant
    from bridge.growatt.account.user import User
    from bridge.growatt.families.env_sensor import EnvSensor
    from bridge.growatt.families.groboost import Groboost
    from bridge.growatt.families.hps import Hps
    from bridge.growatt.families.inverter import Inverter
    from bridge.growatt.families.max import Max
    from bridge.growatt.families.min import Min
    from bridge.growatt.families.noah import Noah
    from bridge.growatt.families.pbd import Pbd
    from bridge.growatt.families.pcs import Pcs
    from bridge.growatt.families.smart_meter import SmartMeter
    from bridge.growatt.families.spa import Spa
    from bridge.growatt.families.sph import Sph
    from bridge.growatt.families.sphs import Sphs
    from bridge.growatt.families.storage import Storage
    from bridge.growatt.families.wit import Wit

_ACCOUNT = ("user", "plant", "datalogger", "device")
_SENSORS = ("smart_meter", "env_sensor")
_FAMILIES = {kind: kind.name.lower() for kind in DeviceType if kind is not DeviceType.OTHER}
_MODULES: Mapping[str, str] = {
    **{name: f"account.{name}" for name in _ACCOUNT},
    **{name: f"families.{name}" for name in (*_FAMILIES.values(), *_SENSORS)},
}


def module_class(name: str) -> Any:
    """The class of a module, imported when first needed: the models are many."""
    title = "".join(part.title() for part in name.split("_"))
    return getattr(import_module(f"bridge.growatt.{_MODULES[name]}"), title)


def _family(device_sn: str, device_type: DeviceType | None) -> Any:
    if device_type is None:
        raise WrongDeviceType(f"no family of calls for device {device_sn}: it is unknown to the cloud")
    if device_type not in set(DeviceType):
        raise ArgumentError("device_type", device_type, "a DeviceType")
    if device_type not in _FAMILIES:
        raise WrongDeviceType(f"no family of calls for device {device_sn}: its type is {device_type}")
    return module_class(_FAMILIES[device_type])


class _Modules(Generic[S]):
    """The modules; each comes into being when first used."""

    session: S
    user: "User[S]"
    plant: "Plant[S]"
    datalogger: "Datalogger[S]"
    device: "Device[S]"
    inverter: "Inverter[S]"
    storage: "Storage[S]"
    max: "Max[S]"
    sph: "Sph[S]"
    spa: "Spa[S]"
    min: "Min[S]"
    pcs: "Pcs[S]"
    hps: "Hps[S]"
    pbd: "Pbd[S]"
    wit: "Wit[S]"
    sphs: "Sphs[S]"
    noah: "Noah[S]"
    groboost: "Groboost[S]"
    smart_meter: "SmartMeter[S]"
    env_sensor: "EnvSensor[S]"

    if not TYPE_CHECKING:  # which shall know no other names

        def __getattr__(self, name: str) -> Any:
            if name not in _MODULES:
                raise AttributeError(f"{type(self).__name__} has no module {name!r}; there are {', '.join(_MODULES)}")
            module = module_class(name)(self.session)
            setattr(self, name, module)
            return module


class GrowattApi(_Modules[GrowattApiSession]):
    """Growatt's public API (v1 and v4), blocking.

    `token`: the API token of the account. `server_url`: an address or a name from `SERVERS`; default Europe.
    `raise_on_error=False` returns replies with an error code instead of raising. `budget`: refuses or delays calls that
    would exceed Growatt's limits; without one, every call is sent. `timeout`: seconds for an answer, at most 10 of them
    to connect. `clock`: what dates calls and waits, for tests. `use_cache` is taken for compatibility: this client
    keeps no replies, since stale values cannot be told from fresh ones.

    Whatever fails is a `GrowattError`; what is wrong with arguments is an `ArgumentError`, before anything is sent.
    """

    def __init__(
        self,
        token: str,
        server_url: str | None = None,
        use_cache: bool = True,
        *,
        raise_on_error: bool = True,
        budget: Budget | None = None,
        clock: Clock | None = None,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.session = GrowattApiSession(
            token,
            server_url,
            use_cache,
            raise_on_error=raise_on_error,
            budget=budget,
            clock=clock,
            timeout=timeout,
            transport=transport,
        )

    @classmethod
    def using_test_server_v1(cls, token: str = TEST_SERVER_V1[1]) -> Self:
        """A client of Growatt's public test server for v1."""
        return cls(token, TEST_SERVER_V1[0])

    @classmethod
    def using_test_server_v4(cls, token: str = TEST_SERVER_V4[1]) -> Self:
        """A client of Growatt's public test server for v4 (no https)."""
        return cls(token, TEST_SERVER_V4[0])

    def api_for_device(self, device_sn: str, device_type: DeviceType | None = None) -> Any:
        """The family's module with the serial number preset; asks the cloud for the type where none is given.

        Raises WrongDeviceType where the type is unknown or has no calls of its own.
        """
        kind = device_type or self.device.get_device_type(device_sn)
        return _family(device_sn, kind)(self.session, device_sn)

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncGrowattApi(_Modules[AsyncGrowattApiSession]):
    """As `GrowattApi`, with `await` on every method."""

    def __init__(
        self,
        token: str,
        server_url: str | None = None,
        use_cache: bool = True,
        *,
        raise_on_error: bool = True,
        budget: Budget | None = None,
        clock: Clock | None = None,
        timeout: float = 30.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.session = AsyncGrowattApiSession(
            token,
            server_url,
            use_cache,
            raise_on_error=raise_on_error,
            budget=budget,
            clock=clock,
            timeout=timeout,
            transport=transport,
        )

    @classmethod
    def using_test_server_v1(cls, token: str = TEST_SERVER_V1[1]) -> Self:
        """A client of Growatt's public test server for v1."""
        return cls(token, TEST_SERVER_V1[0])

    @classmethod
    def using_test_server_v4(cls, token: str = TEST_SERVER_V4[1]) -> Self:
        """A client of Growatt's public test server for v4 (no https)."""
        return cls(token, TEST_SERVER_V4[0])

    async def api_for_device(self, device_sn: str, device_type: DeviceType | None = None) -> Any:
        """As `GrowattApi.api_for_device`."""
        kind = device_type or await self.device.get_device_type(device_sn)
        return _family(device_sn, kind)(self.session, device_sn)

    async def close(self) -> None:
        """Close the connections."""
        await self.session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def public_modules() -> dict[str, Any]:
    """Module names and where they are, in the order of the API."""
    return dict(_MODULES)
