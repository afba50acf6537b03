"""What the broker is told: states, availability, discovery, the bridge's own topics."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from bridge import __version__
from bridge.clock import Clock
from bridge.config import Config
from bridge.devices import Json
from bridge.devices.kinds import Choice, Number
from bridge.homeassistant import AlarmWatch
from bridge.mqtt import BrokerConnection, Topics, bare, encode
from bridge.service.announcer import Announcer
from bridge.service.registry import Device, Registry

_log = logging.getLogger("bridge.service")

ONLINE = encode({"state": "online"})
OFFLINE = encode({"state": "offline"})


class Publisher:
    """Turns what the service knows into retained messages; hears of every change."""

    def __init__(
        self,
        broker: BrokerConnection,
        topics: Topics,
        registry: Registry,
        config: Config,
        clock: Clock,
        announcer: Announcer,
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._registry = registry
        self._config = config
        self._clock = clock
        self._announcer = announcer
        self._leaving: Callable[[Device], None] = lambda _: None
        self._alarms: dict[Device, AlarmWatch] = {}

    def on_leave(self, callback: Callable[[Device], None]) -> None:
        """Have `callback` called when a device leaves."""
        self._leaving = callback

    def start(self) -> None:
        """The bridge itself."""
        self._broker.retain(self._topics.bridge_state, ONLINE)
        self._announcer.soon(None)
        self._devices()

    def joined(self, device: Device) -> None:
        also = f", {device.serial}" if device.name != device.serial else ""
        _log.info("found %s (%s%s)", device.name, device.family.title, also)
        self._alarms[device] = AlarmWatch(device.family)
        self._announcer.joined(device)
        self._devices()
        self.availability(device)
        self.event("device_joined", f"{device.name} joined", serial=device.serial, family=device.family.name)

    def left(self, device: Device) -> None:
        _log.info("%s has left the account", device.name)
        self._leaving(device)
        self._alarms.pop(device, None)
        self._announcer.left(device)
        self._devices()
        self.event("device_left", f"{device.name} left", serial=device.serial)

    def updated(self, device: Device, *, described: bool) -> None:
        if described:
            self._devices()
            self._announcer.soon(device)
        self._announcer.heard(device)
        self.changed(device)
        self.availability(device)
        if alarm := self._alarms[device].update(device.state.values):
            self._broker.send(self._topics.event(device.segment), encode({**alarm, "at": self._clock.now()}))

    def surveyed(self, present: set[str]) -> None:
        self._announcer.surveyed(present)

    def changed(self, device: Device) -> None:
        """Publish a device's state, and its flat topics where they are wanted."""
        now = self._clock.time()
        payload = device.state.payload(now)
        self._broker.retain(self._topics.state(device.segment), encode(payload))
        if self._config.mqtt.flat_topics:
            for name, value in device.state.values.items():
                self._broker.retain(self._topics.property(device.segment, name), bare(value))

    def availability(self, device: Device) -> None:
        online = device.state.online(self._clock.time())
        self._broker.retain(self._topics.availability(device.segment), ONLINE if online else OFFLINE)

    def event(self, kind: str, message: str, **details: Any) -> None:
        """Something worth knowing, on the bridge's event topic."""
        level = logging.INFO if kind.startswith("device_") or kind.endswith("_back") else logging.WARNING
        _log.log(level, "%s", message)
        self._broker.send(
            self._topics.bridge_event,
            encode({"type": kind, "message": message, **details, "at": self._clock.now()}),
        )

    def info(self, calls: Iterable[dict[str, Any]], next_polls: dict[str, float]) -> None:
        """The bridge's own condition."""
        payload = {
            "version": __version__,
            "config": self._config.public(),
            "devices": len(self._registry),
            "api_budget": list(calls),
            "next_polls": next_polls,
        }
        self._broker.retain(self._topics.bridge_info, encode(payload))

    def _devices(self) -> None:
        self._broker.retain(self._topics.bridge_devices, encode([_listed(device) for device in self._registry]))


def _listed(device: Device) -> dict[str, Json]:
    return {
        "serial": device.serial,
        "name": device.name,
        "topic": device.segment,
        "family": device.family.name,
        "model": device.model,
        "firmware": device.firmware,
        "datalogger": device.datalogger,
        "plant": device.plant,
        "properties": {
            p.name: {"label": p.label, "unit": p.quantity.unit if p.quantity else None, "main": p.main}
            for p in device.family.properties
        },
        "settings": {s.name: {"label": s.label, **_kind(s.kind)} for s in device.family.settings},
    }


def _kind(kind: Any) -> dict[str, Json]:
    shown: dict[str, Json] = {"type": type(kind).__name__.lower()}
    if isinstance(kind, Number):
        shown |= {"min": kind.low, "max": kind.high, "step": kind.step, "unit": kind.unit or None}
    if isinstance(kind, Choice):
        shown["options"] = list(kind.options)
    return shown
