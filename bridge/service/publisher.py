"""What the broker is told: states, availability, alarms, the bridge's own topics."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from bridge import __version__
from bridge.clock import Clock
from bridge.config import Config
from bridge.devices import Family, Json
from bridge.homeassistant import AlarmWatch
from bridge.mqtt import BrokerConnection, Topics, bare, dump, encode
from bridge.service.announcer import Announcer
from bridge.service.events import EVENTS, EventKind
from bridge.service.presence import OFFLINE, ONLINE
from bridge.service.registry import Device, Registry

_log = logging.getLogger("bridge.service")

LISTED_EVERY = 1.0
"""Seconds between two lists of all devices; of a large fleet, as much longer as the list is."""

LISTED_WHOLE = 50
"""How many devices are listed with all of their properties and settings each."""

STARTING = "starting"
"""Until an account was seen whole."""


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
        self._online: dict[Device, bool] = {}
        self._inherited: set[Device] = set()  # the broker has the state that an earlier run published
        self._accounts = {account.name: _condition(STARTING) for account in config.all_accounts.values()}
        self._calls: list[dict[str, Json]] = []
        self._next_polls: Mapping[str, float] = {}
        self._news = asyncio.Event()

    def on_leave(self, callback: Callable[[Device], None]) -> None:
        """Have `callback` called when a device leaves."""
        self._leaving = callback

    def start(self) -> None:
        """The bridge itself, and the devices there are."""
        self._announcer.soon(None)
        self._news.set()

    async def run(self) -> None:
        """Tell of the devices there are, until cancelled; of many that come at once, once."""
        while True:
            await self._news.wait()
            self._news.clear()
            self._broker.retain(self._topics.bridge_devices, self._devices)
            await self._clock.sleep(LISTED_EVERY * max(1.0, len(self._registry) / LISTED_WHOLE))

    def joined(self, device: Device) -> None:
        if self._announcer.knows(device.serial, self._topics.state(device.segment)):
            self._inherited.add(device)
        self._alarms[device] = AlarmWatch(device.family)
        self._announcer.joined(device)
        self._news.set()
        if device.state.last_update is not None:
            self.changed(device)
        self.availability(device)
        also = f", {device.serial}" if device.name != device.serial else ""
        at = f", on {self._topics.state(device.segment)}" if device.name != device.segment else ""
        what = f"{device.name} ({device.family.title}{also}{at})"
        if self._announcer.knows(device.serial):
            _log.info("found %s", what)
        else:
            self.event("device_joined", f"{what} joined", serial=device.serial, family=device.family.name)

    def left(self, device: Device) -> None:
        self._leaving(device)
        self._alarms.pop(device, None)
        self._online.pop(device, None)
        self._inherited.discard(device)
        self._announcer.left(device)
        self._news.set()
        self.event("device_left", f"{device.name} left", serial=device.serial)

    def updated(self, device: Device, *, described: bool) -> None:
        if described:
            self._news.set()
            self._announcer.described(device)
        self._announcer.heard(device)
        self.changed(device)
        self.availability(device)
        if alarm := self._alarms[device].update(device.state.values):
            self._broker.send(self._topics.event(device.segment), encode({**alarm, "at": self._clock.now()}))

    def gone(self, serial: str) -> None:
        self._announcer.retire(serial)

    def surveyed(self, account: str, present: set[str], elsewhere: set[str]) -> None:
        self._announcer.surveyed(account, present, elsewhere)
        if self._accounts[account]["state"] == STARTING or not present:  # where nothing is polled, no poll says so
            self._account_is(account, _condition("ok"))

    def changed(self, device: Device) -> None:
        """Publish a device's state, and its flat topics where they are wanted. What the broker has of an earlier run is
        left until something newer is known, be it by a command."""
        newest = device.state.renewed or device.commanded
        if not newest and device in self._inherited:
            return
        device.state.renewed = True
        self._broker.retain(self._topics.state(device.segment), partial(self._state, device))
        if self._config.mqtt.flat_topics:
            for name, value in device.state.values.items():
                self._broker.retain(self._topics.property(device.segment, name), bare(value))

    def doubt(self) -> None:
        """What no account shows, as in an outage, is not heard of either, whatever an earlier run published."""
        for topic in self._announcer.unheard():
            self._broker.retain(topic, OFFLINE)

    def _state(self, device: Device, _topic: str) -> bytes:
        return dump(device.state.payload(self._clock.time()))

    def availability(self, device: Device) -> None:
        online = device.state.online(self._clock.time(), device.lasting)
        if self._online.get(device) is not online:
            self._online[device] = online
            self._broker.retain(self._topics.availability(device.segment), ONLINE if online else OFFLINE)

    def event(self, kind: EventKind, message: str, **details: Any) -> None:
        """Something worth knowing, on the bridge's event topic."""
        level, _, state = EVENTS[kind]
        _log.log(level, "%s", message)
        if state is not None:
            self._account_is(details["account"], _condition(state, message))
        self._broker.send(
            self._topics.bridge_event,
            encode({"type": kind, "message": message, **details, "at": self._clock.now()}),
        )

    def info(self, calls: Iterable[dict[str, Json]], next_polls: Mapping[str, float]) -> None:
        """What the bridge may ask, and will."""
        self._calls, self._next_polls = list(calls), next_polls
        self._tell_info()

    def _account_is(self, name: str, condition: dict[str, Json]) -> None:
        if self._accounts[name] != condition:
            self._accounts[name] = condition
            self._tell_info()

    def _tell_info(self) -> None:
        """The bridge's own condition."""
        payload = {
            "version": __version__,
            "config": self._config.public(),
            "devices": len(self._registry),
            "accounts": self._accounts,
            "api_budget": self._calls,
            "next_polls": self._next_polls,
        }
        self._broker.retain(self._topics.bridge_info, encode(payload))

    def _devices(self, _topic: str) -> bytes:
        """All devices; in a large fleet, what a family can do is told with the first of it alone: no broker takes a
        message that says it of every device."""
        devices = list(self._registry)
        firsts = {device.family: device for device in reversed(devices)}
        whole = set(firsts.values()) if len(devices) > LISTED_WHOLE else set(devices)
        return b"[%s]" % b",".join(encode(_listed(d) | (_abilities(d.family) if d in whole else {})) for d in devices)


def _condition(state: str, message: str | None = None) -> dict[str, Json]:
    """An account's; only of trouble there is something to say."""
    return {"state": state, "message": None if state == "ok" else message}


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
    }


def _abilities(family: Family) -> dict[str, Json]:
    return {
        "properties": {
            p.name: {"label": p.label, "unit": p.quantity.unit if p.quantity else None, "main": p.main}
            for p in family.properties
        },
        "settings": {s.name: {"label": s.label, "type": s.kind.word, **s.kind.told()} for s in family.settings},
    }
