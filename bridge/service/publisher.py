"""What the broker is told: states, availability, discovery, the bridge's own topics."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from bridge import __version__
from bridge.clock import Clock
from bridge.config import Config
from bridge.devices import Json
from bridge.devices.kinds import Choice, Number
from bridge.homeassistant import About, Discovery
from bridge.mqtt import BrokerConnection, Topics, bare, encode
from bridge.service.registry import Device, Registry
from bridge.service.store import Components, Store

_log = logging.getLogger("bridge.service")

ONLINE = encode({"state": "online"})
OFFLINE = encode({"state": "offline"})

ANNOUNCE_EVERY = 1.0
ANNOUNCE_EMPTY_AFTER = 30.0
"""Seconds after which a device is announced that has not told anything yet. What a device has is known from its data:
a property that it never told is left out, so that an inverter without a battery shows no battery."""


class Publisher:
    """Turns what the service knows into retained messages; hears of every change."""

    def __init__(
        self, broker: BrokerConnection, topics: Topics, registry: Registry, config: Config, clock: Clock, store: Store
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._registry = registry
        self._config = config
        self._clock = clock
        self._store = store
        self._discovery = Discovery(topics, prefix=config.homeassistant.discovery_prefix, version=__version__)
        self._leaving: Callable[[Device], None] = lambda _: None
        self._unannounced: dict[Device, float] = {}
        self._shown: dict[Device, set[str]] = {}

    def on_leave(self, callback: Callable[[Device], None]) -> None:
        """Have `callback` called when a device leaves."""
        self._leaving = callback

    def start(self) -> None:
        """The bridge itself."""
        self._broker.retain(self._topics.bridge_state, ONLINE)
        if self._config.homeassistant.discovery:
            topic, payload = self._discovery.bridge()
            self._broker.retain(topic, encode(payload))
        self._devices()

    async def run(self) -> None:
        """Announce what is new or changed, a moment later and once: facts about a device come in several replies."""
        while True:
            await self._clock.sleep(ANNOUNCE_EVERY)
            now = self._clock.monotonic()
            for device, since in tuple(self._unannounced.items()):
                if device.state.last_update or now - since > ANNOUNCE_EMPTY_AFTER:
                    del self._unannounced[device]
                    self._announce(device)

    def joined(self, device: Device) -> None:
        _log.info(
            "found %s (%s%s)", device.name, device.family.title, f", {device.serial}" * (device.name != device.serial)
        )
        announced = self._store.announced.get(device.serial, {})
        self._shown[device] = {name for components in announced.values() for name in components}
        self._announce_soon(device)
        self._devices()
        self.availability(device)
        self.event("device_joined", f"{device.name} joined", serial=device.serial, family=device.family.name)

    def left(self, device: Device) -> None:
        _log.info("%s has left the account", device.name)
        self._leaving(device)
        self._unannounced.pop(device, None)
        self._shown.pop(device, None)
        self._clear(self._store.forget(device.serial))
        self._devices()
        self.event("device_left", f"{device.name} left", serial=device.serial)

    def updated(self, device: Device, *, described: bool) -> None:
        if described:
            self._devices()
        news = {name for name, value in device.state.values.items() if value is not None} - self._shown[device]
        self._shown[device] |= news
        if described or news:
            self._announce_soon(device)
        self.changed(device)
        self.availability(device)

    def surveyed(self, present: set[str]) -> None:
        """The account was seen whole: what an earlier run announced and is gone now is retired."""
        for serial in [s for s in self._store.announced if s not in present]:
            self._clear(self._store.forget(serial))

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

    def _announce_soon(self, device: Device) -> None:
        self._unannounced.setdefault(device, self._clock.monotonic())

    def _announce(self, device: Device) -> None:
        """Tell who wants to know what there is; note it, so that it can be taken back, also by a later run."""
        before = self._store.announced.get(device.serial, {})
        topics: dict[str, Components] = {}
        if self._config.homeassistant.discovery:
            for topic, payload in self._discovery.messages(self._about(device)).items():
                topics[topic] = _platforms(payload)
                known = {"components": {key: {"platform": p} for key, p in before.get(topic, {}).items()}}
                self._broker.retain(topic, encode(self._discovery.retired(known, payload)))
        topics |= {self._topics.state(device.segment): {}, self._topics.availability(device.segment): {}}
        if self._config.mqtt.flat_topics:
            topics |= {self._topics.property(device.segment, name): {} for name in device.state.values}
        self._clear(topic for topic in before if topic not in topics)
        self._store.remember(device.serial, topics)

    def _about(self, device: Device) -> About:
        return About(
            serial=device.serial,
            name=device.name,
            segment=device.segment,
            family=device.family,
            model=device.model,
            firmware=device.firmware,
            parent=device.plant,
            shown=self._shown[device],
        )

    def _clear(self, topics: Iterable[str]) -> None:
        for topic in topics:
            self._broker.clear(topic)

    def _devices(self) -> None:
        self._broker.retain(self._topics.bridge_devices, encode([_listed(device) for device in self._registry]))


def _platforms(payload: dict[str, Json]) -> Components:
    return {key: component["platform"] for key, component in payload["components"].items()}


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
