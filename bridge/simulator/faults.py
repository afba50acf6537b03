"""Things that go wrong on demand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.simulator.wire import Json
from bridge.simulator.world import World

# kind: what happens, and whether the call is carried out first
KINDS: dict[str, tuple[str, bool]] = {
    "timeout": ("no answer for `seconds` (default 60), then the connection ends", False),
    "server_error": ("HTTP `status` (default 503)", False),
    "login_page": ("an HTML page with HTTP status 200", False),
    "bad_token": ("the token counts as wrong", False),
    "rate_limited": ("the code for too many calls", False),
    "system_error": ("SYSTEM_ERROR, nothing done", False),
    "system_error_applied": ("SYSTEM_ERROR although the call took effect", True),
    "broken_json": ("the reply is cut off in the middle", True),
    "missing_fields": ("the keys in `fields` are left out", True),
    "bad_fields": ("the keys in `fields` hold no number or time", True),
    "zero_counters": ("all energy counters are 0, as some devices report around midnight", True),
    "counters_back": ("all energy counters are 0.1 kWh too low", True),
    "offline": ("device `sn` is offline until the fault is cleared", False),
    "refused": ("device `sn` takes no settings until the fault is cleared", False),
}
STATES = {"offline", "refused"}  # attributes of the device, whatever is called
COUNTER = re.compile(r"^e[a-zA-Z0-9]*(Today|Total)$|^(today|total)_energy$")


@dataclass
class Fault:
    """A fault that waits for `times` matching calls. Empty `path` or `sn` match every one."""

    kind: str
    path: str = ""
    sn: str = ""
    times: int = 1
    fields: tuple[str, ...] = ()
    status: int = 503
    seconds: float = 60.0

    def hits(self, path: str, params: Mapping[str, str]) -> bool:
        serials = {serial for value in params.values() for serial in value.split(",")}
        return self.times > 0 and path.endswith(self.path) and (not self.sn or self.sn in serials)

    @property
    def after(self) -> bool:
        return KINDS[self.kind][1]


@dataclass
class Faults:
    """The faults in wait."""

    world: World
    waiting: list[Fault] = field(default_factory=list)
    _states: list[Fault] = field(default_factory=list)

    def add(self, kind: str, path: str = "", times: int = 1, **options: Any) -> Fault:
        """Let the next `times` calls of `path` (or every call) fail; see KINDS. ValueError for nonsense."""
        if kind not in KINDS:
            raise ValueError(f"there is no fault {kind!r}; there are: {', '.join(KINDS)}")
        options["fields"] = tuple(options.get("fields", ()))
        try:
            fault = Fault(kind, path, times=times, **options)
        except TypeError as error:
            raise ValueError(f"fault {kind!r}: {error}") from None
        if kind.endswith("_fields") and not fault.fields:
            raise ValueError(f"fault {kind!r} needs the names of the fields")
        if kind in STATES:
            self._put(fault)
        else:
            self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        self.waiting.clear()
        while self._states:
            fault = self._states.pop()
            if fault.sn in self.world.devices:
                setattr(self.world.device(fault.sn), fault.kind, False)

    def take(self, path: str, params: Mapping[str, str]) -> Fault | None:
        """The fault that strikes this call, if any; it is used up by it."""
        fault = next((fault for fault in self.waiting if fault.hits(path, params)), None)
        if fault:
            fault.times -= 1
            self.waiting = [each for each in self.waiting if each.times > 0]
        return fault

    def _put(self, fault: Fault) -> None:
        if fault.sn not in self.world.devices:
            raise ValueError(f"fault {fault.kind!r} needs the serial of a device, got {fault.sn!r}")
        setattr(self.world.device(fault.sn), fault.kind, True)
        self._states.append(fault)


def spoil(fault: Fault, body: Json) -> Json:
    """The reply with the fault in it."""
    changes = {"missing_fields": _left_out, "bad_fields": _garbled, "zero_counters": _zero, "counters_back": _back}
    change = changes.get(fault.kind)
    return {key: _walk(value, fault, change) if change else value for key, value in body.items()}


DROP = object()


def _walk(value: Any, fault: Fault, change: Any) -> Any:
    if isinstance(value, list):
        return [_walk(each, fault, change) for each in value]
    if not isinstance(value, dict):
        return value
    pairs = ((key, change(key, each, fault)) for key, each in value.items())
    return {key: _walk(each, fault, change) for key, each in pairs if each is not DROP}


def _left_out(key: str, value: Any, fault: Fault) -> Any:
    return DROP if key in fault.fields else value


def _garbled(key: str, value: Any, fault: Fault) -> Any:
    return "--" if key in fault.fields else value


def _zero(key: str, value: Any, _: Fault) -> Any:
    return type(value)(0) if COUNTER.match(key) and isinstance(value, float | int | str) else value


def _back(key: str, value: Any, _: Fault) -> Any:
    if not COUNTER.match(key) or not isinstance(value, float | int | str):
        return value
    lower = round(max(0.0, float(value or 0) - 0.1), 1)
    return str(lower) if isinstance(value, str) else lower
