"""Every topic string of the bridge, in one place: made here, and taken apart here."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

BRIDGE = "bridge"  # the level that is the bridge's own, or bridge-2 in a fleet; no device may be called so
MAX_BASE_BYTES = 200
MAX_SEGMENT = 100  # characters of a device's topic level
DEVICE_LEVELS = frozenset({"availability", "event", "set", "get", "result"})  # taken: no property may be called so

_BRIDGES = re.compile("bridge(-[0-9]{1,4})?")
_FORBIDDEN = {"+": "the wildcard +", "#": "the wildcard #"}
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})  # controls, lone surrogates, non-characters, line ends


@dataclass(frozen=True)
class SetTopic:
    """A command for a device: one setting, or (None) an object of settings. A part may have a level of its own."""

    device: str
    setting: str | None


@dataclass(frozen=True)
class GetTopic:
    """A wish to have a device polled now."""

    device: str


@dataclass(frozen=True)
class RequestTopic:
    """A call of a client method."""

    module: str
    method: str


def device_segment(name: str) -> str:
    """The friendly name as one topic level. Applying it again changes nothing.

    `/ + #`, control characters and what MQTT does not allow become `_`, as does a leading `$`; a bridge's own level
    gets a `_` behind it (`bridge_`, `bridge-2_`). Letters of every script, digits, spaces inside and punctuation stay.
    Names are brought to Unicode's composed form (NFC), cut after 100 characters, and an empty one becomes `_`. Two
    names may end up equal: the caller has to look.
    """
    safe = "".join("_" if _unsafe(char) else char for char in unicodedata.normalize("NFC", name))
    safe = safe.strip()[:MAX_SEGMENT].rstrip()
    if safe.startswith("$"):
        safe = "_" + safe[1:]
    return f"{safe}_" if _BRIDGES.fullmatch(safe) else safe or "_"


def _unsafe(char: str) -> bool:
    return char in "/+#" or unicodedata.category(char) in _UNSAFE_CATEGORIES


class Topics:
    """The topics below one base, such as `growatt` or `home/growatt`. Raises `ValueError` for a base that cannot be.

    `device` is always a level made by `device_segment`. `bridge`: the bridge's own level.
    """

    def __init__(self, base: str = "growatt", bridge: str = BRIDGE) -> None:
        _check_base(base)
        self.base = base
        self.bridge = bridge
        self.bridge_state = f"{base}/{bridge}/state"
        self.bridge_info = f"{base}/{bridge}/info"
        self.bridge_devices = f"{base}/{bridge}/devices"
        self.bridge_retained = [self.bridge_state, self.bridge_info, self.bridge_devices]
        self.bridge_event = f"{base}/{bridge}/event"
        self.set_filter = f"{base}/+/set"
        self.set_one_filter = f"{base}/+/set/+"
        self.set_part_filter = f"{base}/+/set/+/+"
        self.get_filter = f"{base}/+/get"
        self.request_filter = f"{base}/{bridge}/request/+/+"

    def state(self, device: str) -> str:
        return f"{self.base}/{device}"

    def availability(self, device: str) -> str:
        return f"{self.base}/{device}/availability"

    def is_availability(self, topic: str) -> bool:
        return topic.startswith(f"{self.base}/") and topic.endswith("/availability")

    def property(self, device: str, name: str) -> str:
        """Where a flat value goes; a property cannot have the name of a device's other topics."""
        if name in DEVICE_LEVELS:
            raise ValueError(f"a property cannot be called {name!r}: {self.base}/<device>/{name} has its own meaning")
        return f"{self.base}/{device}/{name}"

    def retained(self, device: str, properties: Iterable[str] = ()) -> list[str]:
        """What the broker holds of a device, beside discovery. `properties`: those that are flat values, too."""
        return [self.state(device), self.availability(device), *(self.property(device, name) for name in properties)]

    def set(self, device: str) -> str:
        return f"{self.base}/{device}/set"

    def set_one(self, device: str, setting: str) -> str:
        return f"{self.base}/{device}/set/{setting}"

    def get(self, device: str) -> str:
        return f"{self.base}/{device}/get"

    def event(self, device: str) -> str:
        """Where alarms go; not retained."""
        return f"{self.base}/{device}/event"

    def result(self, device: str) -> str:
        return f"{self.base}/{device}/result"

    def request(self, module: str, method: str) -> str:
        return f"{self.base}/{self.bridge}/request/{module}/{method}"

    def response(self, module: str, method: str) -> str:
        return f"{self.base}/{self.bridge}/response/{module}/{method}"

    def parse(self, topic: str) -> SetTopic | GetTopic | RequestTopic | None:
        """What a message on this topic asks for; None for every topic that asks for nothing."""
        below = topic.removeprefix(f"{self.base}/")
        match [] if below == topic else below.split("/"):
            case [self.bridge, "request", module, method] if module and method:
                return RequestTopic(module, method)
            case [own, *_] if not own or _BRIDGES.fullmatch(own):
                return None
            case [device, "set", *names] if len(names) <= 2:
                return SetTopic(device, "_".join(filter(None, names)) or None)
            case [device, "get"]:
                return GetTopic(device)
        return None


def _check_base(base: str) -> None:
    if not base:
        raise ValueError("is empty")
    for char in base:
        if char in _FORBIDDEN:
            raise ValueError(f"{base!r} contains {_FORBIDDEN[char]}")
        if unicodedata.category(char) in _UNSAFE_CATEGORIES:
            raise ValueError(f"{base!r} contains a character that MQTT does not allow: {char!r}")
    if "" in base.split("/"):
        raise ValueError(f"{base!r} has an empty level: no slash at the ends, none doubled")
    if base.startswith("$"):
        raise ValueError(f"{base!r} starts with $, which belongs to the broker")
    if len(base.encode()) > MAX_BASE_BYTES:
        raise ValueError(f"is longer than {MAX_BASE_BYTES} bytes: {base[:40]!r}...")
