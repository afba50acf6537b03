"""The only place that does HTTP: token, time-outs, envelopes, errors, budget. Sync and async differ here alone."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Generic, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from bridge.clock import Clock, whole_seconds
from bridge.growatt.budget import Budget, owner_of
from bridge.growatt.calls import Call, Envelope, Plan
from bridge.growatt.envelopes import decode, error_of
from bridge.growatt.errors import ArgumentError, GrowattError, RateLimited, TimedOut, TransportError, Unreachable

_log = logging.getLogger("bridge.growatt")
T = TypeVar("T")

DEFAULT_SERVER = "https://openapi.growatt.com"
SERVERS: Mapping[str, str] = {
    "europe": DEFAULT_SERVER,
    "china": "https://openapi-cn.growatt.com",
    "north_america": "https://openapi-us.growatt.com",
    "australia": "http://openapi-au.growatt.com",
    "atess": "http://ess-server.atesspower.com",
}
"""Growatt's regional servers by short name (vendor documentation; Australia and ATESS have no https)."""

TEST_SERVER_V1 = ("https://test.growatt.com", "6eb6f069523055a339d71e5b1f6c88cc")
TEST_SERVER_V4 = ("http://183.62.216.35:8081", "wa265d2h1og0873ml07142r81564hho6")
"""Growatt's public test servers, each with the token that the vendor's documentation prints for everyone."""

RETRY_AFTER = 1.0
"""Seconds to the second try where no connection came about. Nothing was sent then, so a write may be tried again, too;
whatever may have arrived is never sent twice."""
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout)

_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


class _Session:
    """What both sessions share: everything but the waiting."""

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
    ) -> None:
        self.use_cache = use_cache
        if not isinstance(token, str) or not token.strip():
            raise ArgumentError("token", "(empty)", "the API token of your Growatt account")
        if not token.isascii() or not token.isprintable():
            raise ArgumentError("token", "(hidden)", "plain ASCII text without line breaks")
        self._token = token.strip()
        self.server_url = server_address(server_url)
        _warn_unencrypted(self.server_url)
        self.raise_on_error = raise_on_error
        self.budget = budget
        self.clock = clock or Clock()
        self.models: dict[str, str] = {}
        connect = min(timeout, 10.0)
        self._longest = 2 * (connect + timeout) + RETRY_AFTER  # two tries to connect; sending and waiting
        self._options: dict[str, Any] = {
            "headers": {"token": self._token},
            "timeout": httpx.Timeout(timeout, connect=connect),
            "follow_redirects": False,
            "verify": _trusted(urlsplit(self.server_url).scheme == "https"),
        }

    @classmethod
    def using_test_server_v1(cls, token: str = TEST_SERVER_V1[1]) -> Self:
        """A session with Growatt's public test server for v1."""
        return cls(token, TEST_SERVER_V1[0])

    @classmethod
    def using_test_server_v4(cls, token: str = TEST_SERVER_V4[1]) -> Self:
        """A session with Growatt's public test server for v4 (no https)."""
        return cls(token, TEST_SERVER_V4[0])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.server_url!r})"

    def remember_model(self, device_sn: str, model: str) -> None:
        """Spare the NOAH and NEXA calls the look-up of the model where it is known already."""
        self.models[device_sn] = model

    @property
    def owner(self) -> str:
        """What stands for the token in files, as in that of the budget."""
        return owner_of(self._token)

    def limits(self) -> list[dict[str, Any]]:
        """What the budget knows of this token's calls."""
        return self.budget.report(self._token) if self.budget is not None else []

    def _claim(self, call: Call) -> float:
        """Seconds to wait before asking again; 0 when the call may go. A refusing budget raises."""
        if self.budget is None or not (delay := self.budget.claim(self._token, call, self._longest)):
            return 0.0
        if self.budget.mode == "wait":
            return delay
        message = f"not sent: Growatt allows this call again in {whole_seconds(delay)} s"
        raise RateLimited(message, retry_after=delay, endpoint=call.path)

    def _request(self, call: Call) -> dict[str, Any]:
        url = f"{self.server_url}/{call.prefix}/{call.path}"
        data = dict(call.form) if call.verb == "POST" else None
        return {"method": call.verb, "url": url, "params": dict(call.query) or None, "data": data}

    def _settle(self, call: Call, limited: bool = False) -> None:
        """Answered, or broken off: the call may have arrived, and at any time until now."""
        if self.budget is not None:
            self.budget.settle(self._token, call, limited=limited)

    def _answered(self, call: Call, limited: bool) -> None:
        self._settle(call, limited)

    def _failed(self, call: Call, error: httpx.HTTPError) -> TransportError:
        """What never left does not count."""
        if self.budget is not None and isinstance(error, _UNSENT):
            self.budget.release(self._token, call)
        else:
            self._settle(call)
        return _transport_error(call, error)

    def _finish(self, call: Call, response: httpx.Response) -> Envelope:
        try:
            envelope = decode(call, response.status_code, response.content)
        except GrowattError:
            self._settle(call)
            raise
        if self._token in envelope.message:
            envelope = replace(envelope, message=envelope.message.replace(self._token, "(token)"))
        error = error_of(call, envelope)
        self._answered(call, isinstance(error, RateLimited))
        if error is not None and self.raise_on_error:
            raise error
        return envelope


@cache
def _trusted(secure: bool) -> ssl.SSLContext:
    """Whose certificates count, for all clients: reading them takes a megabyte. Nobody's where nothing is encrypted."""
    return httpx.create_ssl_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def server_address(url: str | None) -> str:
    """The address of a server given by name or address; ArgumentError where it is neither."""
    given = (url or "europe").strip()
    text = SERVERS.get(given, given).rstrip("/").removesuffix("/v1").removesuffix("/v4")
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - refuses what is no port
        (parts.hostname or "").encode("idna")
        httpx.URL(text)
    except (ValueError, httpx.InvalidURL):
        raise ArgumentError("server_url", "(hidden)", "an address with a valid host name and port") from None
    if parts.username is not None or parts.password is not None:  # it is logged and shown
        raise ArgumentError("server_url", "(hidden)", "an address without user name and password")
    if parts.query or parts.fragment:  # every path would become a part of it
        raise ArgumentError("server_url", "(hidden)", "an address without ? and #")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ArgumentError("server_url", url, f"one of {', '.join(SERVERS)}, or an address that starts with https://")
    return text


def _warn_unencrypted(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in _LOCAL_HOSTS:
        _log.warning("%s has no https: the API token travels unencrypted", parts.hostname)


def _transport_error(call: Call, error: httpx.HTTPError) -> TransportError:
    if isinstance(error, _UNSENT):
        return Unreachable(f"cannot reach the Growatt cloud: {str(error) or type(error).__name__}", endpoint=call.path)
    if isinstance(error, httpx.TimeoutException):
        return TimedOut("the Growatt cloud did not answer in time", endpoint=call.path)
    return TransportError(f"the connection to the Growatt cloud broke: {type(error).__name__}", endpoint=call.path)


class _Drive(Generic[T]):
    """A plan on its way: `call` is what it waits for, None when `result` is there."""

    def __init__(self, plan: Plan[T]) -> None:
        self._plan = plan
        self.call: Call | None = None
        self.result: T
        self._advance(lambda: next(plan))

    def feed(self, envelope: Envelope) -> None:
        self._advance(lambda: self._plan.send(envelope))

    def fail(self, error: GrowattError) -> None:
        self._advance(lambda: self._plan.throw(error))

    def _advance(self, step: Callable[[], Call]) -> None:
        try:
            self.call = step()
        except StopIteration as stop:
            self.call, self.result = None, stop.value


class GrowattApiSession(_Session):
    """Runs plans, blocking. Thread-safe as far as httpx.Client is."""

    def __init__(self, *args: Any, transport: httpx.BaseTransport | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._http = httpx.Client(transport=transport, **self._options)

    def run(self, plan: Plan[T]) -> T:
        drive = _Drive(plan)
        while drive.call is not None:
            try:
                envelope = self.send(drive.call)
            except GrowattError as error:
                drive.fail(error)
            else:
                drive.feed(envelope)
        return drive.result

    def send(self, call: Call) -> Envelope:
        if call.pause:
            self.clock.wait(call.pause)
        while delay := self._claim(call):
            self.clock.wait(delay)
        try:
            response = self._exchange(self._request(call))
        except httpx.HTTPError as error:
            raise self._failed(call, error) from None
        return self._finish(call, response)

    def _exchange(self, request: dict[str, Any]) -> httpx.Response:
        try:
            return self._http.request(**request)
        except _UNSENT:
            self.clock.wait(RETRY_AFTER)
            return self._http.request(**request)

    def close(self) -> None:
        self._http.close()


class AsyncGrowattApiSession(_Session):
    """Runs plans on the event loop; any number at once."""

    def __init__(self, *args: Any, transport: httpx.AsyncBaseTransport | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._http = httpx.AsyncClient(transport=transport, **self._options)
        self._unsettled: list[tuple[Call, bool]] = []

    def _answered(self, call: Call, limited: bool) -> None:
        """Settled once whoever waits for the answer has it, and before the next call."""
        self._unsettled.append((call, limited))
        asyncio.get_running_loop().call_soon(self._settle_all)

    def _settle_all(self) -> None:
        while self._unsettled:
            self._settle(*self._unsettled.pop(0))

    def _claim(self, call: Call) -> float:
        self._settle_all()
        return super()._claim(call)

    async def run(self, plan: Plan[T]) -> T:
        drive = _Drive(plan)
        while drive.call is not None:
            try:
                envelope = await self.send(drive.call)
            except GrowattError as error:
                drive.fail(error)
            else:
                drive.feed(envelope)
        return drive.result

    async def send(self, call: Call) -> Envelope:
        if call.pause:
            await self.clock.sleep(call.pause)
        while delay := self._claim(call):
            await self.clock.sleep(delay)
        try:
            response = await self._exchange(self._request(call))
        except httpx.HTTPError as error:
            raise self._failed(call, error) from None
        except asyncio.CancelledError:
            self._settle(call)
            raise
        return self._finish(call, response)

    async def _exchange(self, request: dict[str, Any]) -> httpx.Response:
        try:
            return await self._http.request(**request)
        except _UNSENT:
            await self.clock.sleep(RETRY_AFTER)
            return await self._http.request(**request)

    async def close(self) -> None:
        await self._http.aclose()
