"""Every failure of the client, as one tree below `GrowattError`.

Codes and texts: Growatt's v1 and v4 error tables. No message ever holds a token or a password.
"""

from typing import Any


class GrowattError(Exception):
    """Base of everything the client raises. `endpoint` is the path that was called, "" when nothing was sent."""

    def __init__(self, message: str, *, code: int | None = None, endpoint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.endpoint = endpoint

    def __reduce__(self) -> tuple[Any, ...]:
        return _anew, (type(self), self.args, vars(self))

    def __str__(self) -> str:
        where = f" [{self.endpoint}]" if self.endpoint else ""
        code = f" (code {self.code})" if self.code is not None else ""
        return f"{self.message}{code}{where}"


def _anew(kind: type[GrowattError], args: tuple[Any, ...], attributes: dict[str, Any]) -> GrowattError:
    """The error as it was, whatever its constructor takes: for copies, and for other processes."""
    error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(attributes)
    return error


class ArgumentError(GrowattError, ValueError):
    """An argument outside what the cloud documents; nothing was sent."""

    def __init__(self, argument: str, value: Any, allowed: str) -> None:
        super().__init__(f"{argument}={value!r} is not allowed: {allowed}")
        self.argument = argument
        self.value = value
        self.allowed = allowed


class TransportError(GrowattError):
    """The cloud could not be reached or did not answer as a web server should."""


class Unreachable(TransportError):
    """No connection: name, network, certificate. The request did not arrive."""


class TimedOut(TransportError):
    """No answer in time. The request may have arrived."""


class ServerFailure(TransportError):
    """An HTTP status other than 2xx, held in `code`."""


class BadReply(GrowattError):
    """An answer that is not the documented JSON."""


class LoginPage(BadReply):
    """The login page instead of JSON: the token or the server URL is wrong."""


class ApiError(GrowattError):
    """The cloud answered with an error code."""


class TokenError(ApiError):
    """The token is unknown or expired (v1 10011 where the call names no device and no plant, v4 2)."""


class PermissionDenied(ApiError):
    """The token may not use this device, plant or call (v4 3, 12, 101; v1 10011 where the call names one)."""


class DeviceNotFound(ApiError):
    """The serial number is unknown to the cloud."""


class DeviceOffline(ApiError):
    """The cloud has no contact with the device, so it cannot be set."""


class WrongDeviceType(ApiError):
    """The call does not exist for this kind of device (v4 7)."""


class SettingFailed(ApiError):
    """The device did not take the setting (v4 6, v1 setting codes)."""


class SystemFailure(ApiError):
    """SYSTEM_ERROR (v4 1, v1 10001). After a write the change may have taken effect all the same: read it back."""


class WrongHost(ApiError):
    """The account lives on another regional server (code -1)."""


class RateLimited(ApiError):
    """Too frequent (v4 100 and 102, v1 10012), or refused by the local budget before sending.

    `retry_after`: seconds until the same call may succeed.
    """

    def __init__(self, message: str, *, retry_after: float, code: int | None = None, endpoint: str = "") -> None:
        super().__init__(message, code=code, endpoint=endpoint)
        self.retry_after = retry_after
