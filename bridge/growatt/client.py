"""GrowattApi and AsyncGrowattApi: the whole public API, as modules of endpoints."""

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self

import httpx

from bridge.clock import Clock
from bridge.growatt.budget import Budget
from bridge.growatt.calls import S
from bridge.growatt.session import AsyncGrowattApiSession, GrowattApiSession

if TYPE_CHECKING:
    from bridge.growatt.account.datalogger import Datalogger
    from bridge.growatt.account.device import Device
    from bridge.growatt.account.plant import Plant
    from bridge.growatt.account.user import User
    from bridge.growatt.families.min import Min
    from bridge.growatt.families.noah import Noah


class _Modules(Generic[S]):
    """The modules. Each is imported when first used: their models are many."""

    session: S

    @cached_property
    def user(self) -> "User[S]":
        from bridge.growatt.account.user import User

        return User(self.session)

    @cached_property
    def plant(self) -> "Plant[S]":
        from bridge.growatt.account.plant import Plant

        return Plant(self.session)

    @cached_property
    def datalogger(self) -> "Datalogger[S]":
        from bridge.growatt.account.datalogger import Datalogger

        return Datalogger(self.session)

    @cached_property
    def device(self) -> "Device[S]":
        from bridge.growatt.account.device import Device

        return Device(self.session)

    @cached_property
    def min(self) -> "Min[S]":
        from bridge.growatt.families.min import Min

        return Min(self.session)

    @cached_property
    def noah(self) -> "Noah[S]":
        from bridge.growatt.families.noah import Noah

        return Noah(self.session)


class GrowattApi(_Modules[GrowattApiSession]):
    """Growatt's public API (v1 and v4), blocking.

    `token`: the API token of the account. `server_url`: an address or a name from `SERVERS`; default Europe.
    `raise_on_error=False` returns replies with an error code instead of raising. `budget`: refuses or delays calls that
    would exceed Growatt's limits; without one, every call is sent. `use_cache` is taken for compatibility: this client
    keeps no replies, since stale values cannot be told from fresh ones.
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
        self.use_cache = use_cache
        self.session = GrowattApiSession(
            token,
            server_url,
            raise_on_error=raise_on_error,
            budget=budget,
            clock=clock or Clock(),
            timeout=timeout,
            transport=transport,
        )

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
        self.use_cache = use_cache
        self.session = AsyncGrowattApiSession(
            token,
            server_url,
            raise_on_error=raise_on_error,
            budget=budget,
            clock=clock or Clock(),
            timeout=timeout,
            transport=transport,
        )

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
    """Module names to the getters on the client, in the order of the API."""
    return {name: value for name, value in vars(_Modules).items() if isinstance(value, cached_property)}
