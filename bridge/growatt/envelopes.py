"""From the bytes of an answer to an envelope, and from an error code to the exception that says what to do."""

import json
from typing import Any, Literal

from pydantic_core import from_json

from bridge.growatt.calls import Call, Envelope
from bridge.growatt.errors import (
    ApiError,
    BadReply,
    DeviceNotFound,
    DeviceOffline,
    LoginPage,
    PermissionDenied,
    RateLimited,
    ServerFailure,
    SettingFailed,
    SystemFailure,
    TokenError,
    WrongDeviceType,
    WrongHost,
)

DEFAULT_INTERVAL = 300.0
"""Seconds to wait after a rate limit where no minimum interval is documented."""

_TOKEN = "the API token is wrong or has expired; make a new one in ShinePhone (account settings)"  # noqa: S105
_FIREWALL = (
    "Growatt's firewall blocks this internet address, as it does after too many calls; it ends by itself, "
    "sooner if other programs that call Growatt from here pause"
)
_V4: dict[int, tuple[type[ApiError], str]] = {
    1: (SystemFailure, "the cloud reports SYSTEM_ERROR; a change may have taken effect all the same"),
    2: (TokenError, _TOKEN),
    3: (PermissionDenied, "the token may not use this device"),
    4: (DeviceNotFound, "the cloud does not know this device"),
    5: (DeviceOffline, "the device is offline"),
    6: (SettingFailed, "the device did not take the setting"),
    7: (WrongDeviceType, "this call does not exist for this kind of device"),
    8: (ApiError, "the cloud misses the serial number"),
    9: (ApiError, "the cloud misses the date"),
    10: (ApiError, "the cloud misses the page"),
    11: (ApiError, "too many serial numbers in one call"),
    12: (PermissionDenied, "the token may not use this device"),
    101: (PermissionDenied, "the token has no permission for this call"),
    -1: (WrongHost, "the account lives on another server: set the one of your region"),
}
_NO_PERMISSION = 10011
_V1: dict[int, tuple[type[ApiError], str]] = {
    10001: (SystemFailure, "the cloud reports a system error"),
    _NO_PERMISSION: (TokenError, _TOKEN),
    10013: (ApiError, "page size above 100"),
    10014: (ApiError, "page above 250"),
    -1: (WrongHost, "the account lives on another server: set the one of your region"),
}
_FOREIGN = (PermissionDenied, f"no permission: the device or plant belongs to another account, or {_TOKEN}")
"""What v1's `_NO_PERMISSION` means where the call names a device or a plant."""

_BY_MEANING: tuple[tuple[str, type[ApiError]], ...] = (
    ("offline", DeviceOffline),
    ("device unknown", DeviceNotFound),
    ("out of range", SettingFailed),
    ("set command failed", SettingFailed),
)
_BLOCKED = {403, 405}
"""HTTP statuses with which the firewall before the cloud answers an address that called too often, with a web page."""

_TABLES = {"v1": _V1, "v4": _V4, "app": {}}
_TOO_FREQUENT = {"v1": {10012}, "v4": {100, 102}, "app": set[int]()}


def decode(call: Call, status: int, body: bytes) -> Envelope:
    """Read an answer; BadReply, LoginPage or ServerFailure where it is not what the documentation promises."""
    if status >= 400:
        blocked = status in _BLOCKED and _is_page(body)
        said = _FIREWALL if blocked else f"the cloud answered with HTTP status {status}"
        raise ServerFailure(said, code=status, endpoint=call.path)
    try:
        answer = _parse(body)
    except (ValueError, RecursionError):
        raise _not_json(call, status, body) from None
    if not isinstance(answer, dict):
        raise BadReply(f"expected a JSON object, got {type(answer).__name__}", endpoint=call.path)
    return _unwrap(call, answer)


def _parse(body: bytes) -> Any:
    """Quickly; what the quick parser is too strict for, such as half of a surrogate pair, by the other."""
    try:
        return from_json(body, cache_strings="none")
    except ValueError:
        return json.loads(body)


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def _not_json(call: Call, status: int, body: bytes) -> BadReply:
    if 300 <= status < 400 or _is_page(body):
        return LoginPage(
            "the cloud answered with a web page instead of data: the API token or the server is wrong",
            endpoint=call.path,
        )
    return BadReply(f"the answer ({len(body)} bytes) is not complete JSON", endpoint=call.path)


def _unwrap(call: Call, answer: dict[str, Any]) -> Envelope:
    if "error_code" in answer:
        return _take("v1", answer, "error_code", "error_msg")
    if "code" in answer:
        return _take("v4", answer, "code", "message")
    if "result" not in answer:
        raise BadReply("the answer has neither error_code, code nor result", endpoint=call.path)
    if call.bare:
        ok = _number(answer["result"]) == 1
        return Envelope("app", 0 if ok else 1, str(answer.get("msg") or ""), answer)
    return _app(answer)


def _take(family: Literal["v1", "v4"], answer: dict[str, Any], code: str, message: str) -> Envelope:
    text, beside = answer.get(message), _beside(answer, code, message, "data")
    return Envelope(family, _number(answer[code]), "" if text is None else str(text), answer.get("data"), beside)


def _beside(answer: dict[str, Any], *known: str) -> dict[str, Any]:
    """What nobody documented stays with the reply."""
    return {key: value for key, value in answer.items() if key not in known}


def _app(answer: dict[str, Any]) -> Envelope:
    """App calls: result 1 is success; on failure the number, if any, is in msg."""
    message = str(answer.get("msg") or "")
    if _number(answer["result"]) == 1:
        return Envelope("app", 0, message, answer.get("obj"), _beside(answer, "result", "msg", "obj"))
    return Envelope("app", _number(message) or 1, message, None)


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 1


def error_of(call: Call, envelope: Envelope) -> ApiError | None:
    """The exception that an error code stands for; None on success."""
    code, text = envelope.code, envelope.message
    if code == 0 or code in call.answers:
        return None
    said = f" (the cloud says: {text})" if text and text != str(code) else ""
    if "frequent" in text.lower() or (code in _TOO_FREQUENT[envelope.family] and code not in call.errors):
        retry_after = call.every or DEFAULT_INTERVAL
        return RateLimited(f"called too often{said}", retry_after=retry_after, code=code, endpoint=call.path)
    kind, meaning = _meaning(call, envelope)
    return kind(f"{meaning}{said}", code=code, endpoint=call.path)


def _meaning(call: Call, envelope: Envelope) -> tuple[type[ApiError], str]:
    if envelope.family == "v1" and envelope.code == _NO_PERMISSION and _names_one(call):
        return _FOREIGN
    kind, general = _TABLES[envelope.family].get(envelope.code, (ApiError, "the cloud refused the call"))
    own = call.errors.get(envelope.code)
    if own is None or envelope.family != "v1":
        return kind, general
    return next((k for part, k in _BY_MEANING if part in own), kind), own


def _names_one(call: Call) -> bool:
    """A device or a plant."""
    return any(key.lower().endswith(("sn", "plant_id")) for key in call.parameters)
