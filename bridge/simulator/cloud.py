"""The cloud as an ASGI application: token, limits, faults, envelopes, and a back door for tests below `/_sim/`."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bridge.simulator import account_calls, attached, device_calls
from bridge.simulator.calls import Call, Endpoint
from bridge.simulator.device import Device
from bridge.simulator.faults import Fault, Faults, spoil
from bridge.simulator.limits import Limits, too_frequent
from bridge.simulator.wire import FREQUENT, Json, Refusal, failure
from bridge.simulator.world import World

TABLES = (device_calls.ENDPOINTS, account_calls.ENDPOINTS, attached.ENDPOINTS)
ENDPOINTS = {endpoint.path: endpoint for table in TABLES for endpoint in table}
SECRETS = {"token", "user_password"}
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Login</title></head><body><form id='login'></form></body></html>"
REMEMBERED = 10_000


@dataclass(frozen=True)
class Logged:
    """One request. `code` is the answer's own code, or the HTTP status when it has none."""

    time: float
    verb: str
    path: str
    params: Mapping[str, str]
    code: int | None


class SimulatedCloud:
    """Growatt's cloud for a `World`.

    `limits` is "endpoint", "request" or "off"; `write_latency` the least and most seconds (of the world's clock) until
    a write shows; with `login_page` a wrong token gets an HTML page instead of an error code.
    """

    def __init__(
        self,
        world: World,
        *,
        limits: str = "endpoint",
        write_latency: tuple[float, float] = (0.0, 2.0),
        login_page: bool = False,
    ) -> None:
        self.world = world
        self.limits = Limits(world.clock, limits)
        self.write_latency, self.login_page = write_latency, login_page
        self.faults = Faults(world)
        self.requests: deque[Logged] = deque(maxlen=REMEMBERED)
        self.stopped = asyncio.Event()
        self._random = random.Random(world.seed)
        back_door = BackDoor(self)
        self.app = Starlette(routes=[*back_door.routes(), Route("/{path:path}", self._handle, methods=["GET", "POST"])])

    async def _handle(self, request: Request) -> Response:
        version, _, path = request.path_params["path"].partition("/")
        endpoint = ENDPOINTS.get(path)
        if endpoint is None or version not in _prefixes(endpoint):
            return self._log(request, path, {}, JSONResponse({"error": "not found"}, 404), None)
        params = await _parameters(request, endpoint)
        if request.method != endpoint.verb:
            return self._log(request, path, params, JSONResponse({"error": "method not allowed"}, 405), None)
        token = request.headers.get("token", "")
        fault = self.faults.take(path, params)
        if fault and fault.kind in {"timeout", "server_error"}:
            return self._log(request, path, params, await self._fail(fault), None)
        known = token in self.world.tokens and not (fault and fault.kind == "bad_token")
        if (fault and fault.kind == "login_page") or (self.login_page and not known):
            return self._log(request, path, params, HTMLResponse(LOGIN_PAGE), None)
        body = self._answer(endpoint, token, params, fault, known)
        return self._log(request, path, params, _reply(body, fault), body)

    def _answer(
        self, endpoint: Endpoint, token: str, params: Mapping[str, str], fault: Fault | None, known: bool
    ) -> Json:
        try:
            if not known:
                raise _unknown_token(endpoint)
            if fault and fault.kind == "rate_limited":
                raise too_frequent(endpoint)
            self.limits.check(endpoint, token, params)
            if fault and fault.kind == "system_error":
                raise _system_error(endpoint)
            body = endpoint.answer(Call(self.world, token, params, self._latency))
            if fault and fault.kind == "system_error_applied":
                raise _system_error(endpoint)
        except Refusal as refusal:
            return _refused(endpoint, refusal)
        body = _enveloped(endpoint, body)
        return spoil(fault, body) if fault else body

    def _latency(self) -> float:
        return self._random.uniform(*self.write_latency)

    async def _fail(self, fault: Fault) -> Response:
        if fault.kind == "server_error":
            return Response("upstream failure", fault.status, media_type="text/plain")
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopped.wait(), fault.seconds)
        return Response(status_code=504)

    def _log(
        self, request: Request, path: str, params: Mapping[str, str], response: Response, body: Json | None
    ) -> Response:
        shown = {key: value for key, value in params.items() if key not in SECRETS}
        code = _code(body) if body is not None else response.status_code
        self.requests.append(Logged(self.world.clock.time(), request.method, path, shown, code))
        return response


def _prefixes(endpoint: Endpoint) -> set[str]:
    return {"v1", "v4"} if endpoint.envelope in {"v1", "bare"} else {"v4"}


async def _parameters(request: Request, endpoint: Endpoint) -> dict[str, str]:
    """v1 reads the query of a GET or the form of a POST, v4 and the app's calls read both."""
    params = dict(request.query_params) if endpoint.envelope in {"v4", "app"} or endpoint.verb == "GET" else {}
    if endpoint.verb == "POST":
        params |= parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    return params


def _reply(body: Json, fault: Fault | None) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    if fault and fault.kind == "broken_json":
        content = content[: len(content) // 2]
    return Response(content, media_type="application/json;charset=UTF-8")


def _enveloped(endpoint: Endpoint, body: Json) -> Json:
    if endpoint.envelope == "v4":
        return {"code": 0, **body}
    if endpoint.envelope == "v1":
        return {**body, "error_code": 0, "error_msg": ""}
    return {"msg": "", "result": 1, **body} if endpoint.envelope == "app" else body


def _refused(endpoint: Endpoint, refusal: Refusal) -> Json:
    body = failure("v1" if endpoint.envelope == "bare" else endpoint.envelope, refusal.code, refusal.text)
    if refusal.code in {2, 10011} or refusal.text == FREQUENT:
        body.pop("data", None)  # the wire leaves the key out here
    return body


def _unknown_token(endpoint: Endpoint) -> Refusal:
    return Refusal({"v4": 2, "app": 0}.get(endpoint.envelope, 10011))


def _system_error(endpoint: Endpoint) -> Refusal:
    return Refusal({"v4": 1, "app": 0}.get(endpoint.envelope, 10001), "SYSTEM_ERROR")


def _code(body: Json) -> int | None:
    return next((body[key] for key in ("code", "error_code", "result") if key in body), None)


class BackDoor:
    """What tests do to the world from outside, over HTTP. It asks for no token: listen on loopback."""

    def __init__(self, cloud: SimulatedCloud) -> None:
        self.cloud, self.world = cloud, cloud.world

    def routes(self) -> list[Route]:
        one = "/_sim/devices/{sn}"
        rows: list[tuple[str, str, Callable[[Json, str], Any]]] = [
            ("POST", "/_sim/faults", self._add_fault),
            ("DELETE", "/_sim/faults", self._clear_faults),
            ("GET", "/_sim/requests", self._requests),
            ("GET", "/_sim/devices", self._devices),
            ("POST", "/_sim/devices", self._add_device),
            ("GET", one, self._device),
            ("PATCH", one, self._patch_device),
            ("DELETE", one, self._remove_device),
        ]
        return [Route(path, _json_route(answer), methods=[verb]) for verb, path, answer in rows]

    def _add_fault(self, body: Json, _: str) -> Json:
        return asdict(self.cloud.faults.add(**body))

    def _clear_faults(self, _: Json, __: str) -> Json:
        self.cloud.faults.clear()
        return {}

    def _requests(self, _: Json, __: str) -> list[Json]:
        return [asdict(request) for request in self.cloud.requests]

    def _devices(self, _: Json, __: str) -> list[Json]:
        return [_summary(device) for device in self.world.devices.values()]

    def _add_device(self, body: Json, _: str) -> Json:
        """A serial that left before comes back; `{"family": one of the world's kinds, "sn": ..., ...}` is a new one."""
        sn = str(body.get("sn", ""))
        if sn in self.world.shelf:
            return _summary(self.world.restore(sn))
        added = self.world.add(str(body.pop("family", "")), **body)
        return _summary(added) if isinstance(added, Device) else {"sn": added.sn, "plant": added.plant.id}

    def _device(self, _: Json, sn: str) -> Json:
        return _summary(self.world.device(sn))

    def _patch_device(self, body: Json, sn: str) -> Json:
        device = self.world.device(sn)
        unknown = body.keys() - {"offline", "soc", "settings"}
        settings = body.get("settings", {})
        if unknown or not settings.keys() <= device.settings.keys():
            raise ValueError("a device takes offline, soc and settings (by the names that GET shows)")
        if settings:
            device.write(settings)
        if "soc" in body:
            device.soc = float(body["soc"])
        if "offline" in body:
            device.offline = bool(body["offline"])
        return _summary(device)

    def _remove_device(self, _: Json, sn: str) -> Json:
        self.world.remove(sn)
        return {}


def _summary(device: Device) -> Json:
    upload = device.upload()
    return {
        "sn": device.sn,
        "family": device.family.type,
        "model": device.model,
        "plant": device.plant.id,
        "offline": device.offline,
        "soc": round(device.soc, 2),
        "power": round(device.power, 2),
        "last_upload": upload.t,
        "settings": dict(device.settings),
    }


def _json_route(answer: Callable[[Json, str], Any]) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
            return JSONResponse(answer(body, request.path_params.get("sn", "")))
        except KeyError as error:
            return JSONResponse({"error": f"unknown: {error}"}, 404)
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return handle
