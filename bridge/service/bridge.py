"""The bridge: everything wired together, started and stopped."""

import asyncio
import itertools
import logging
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bridge.clock import Clock
from bridge.config import Config
from bridge.devices import Json, plant_serial
from bridge.growatt import AsyncGrowattApi, GrowattError
from bridge.growatt.fields import Reading
from bridge.mqtt import BrokerConnection, BrokerSettings, Memory, TlsSettings, Topics
from bridge.mqtt.topics import BRIDGE
from bridge.service.account import Account
from bridge.service.announcer import Announcer
from bridge.service.audit import AuditLog
from bridge.service.commands import Commands
from bridge.service.condition import Condition
from bridge.service.events import EventKind
from bridge.service.inbox import Inbox
from bridge.service.policy import Policy
from bridge.service.presence import OFFLINE, Presence
from bridge.service.publisher import Publisher
from bridge.service.registry import Device, Registry
from bridge.service.requests import Requests
from bridge.service.state import OFFLINE_AFTER
from bridge.service.store import OWN, STORE_FILE, Store

_log = logging.getLogger("bridge.service")

HEARTBEAT = 30.0
"""Seconds between looks at every device's age; the first comes sooner, when the devices are known."""

FIRST_HEARTBEAT = 3.0
LATE = 3600
"""Seconds that the broker keeps commands beyond their age, so that they are answered, though not executed."""

FOR_EVER = 0xFFFFFFFF
"""The most that MQTT can say as seconds that a session is kept; brokers read it as without an end."""

JUMP = 60.0
"""Seconds by which the clock must go wrong between two heartbeats to be told; less is how clocks are corrected."""

SETTLED = 900.0
"""Seconds after which all that an account has should have shown, battery packs and meters, too."""

SAVE_EVERY, SAVE_LAST = 10.0, 600.0
"""Seconds for each device, and at most, between saving what is known of energy counters and values. Below the most, it
is saved as soon as a counter begins anew, too: what comes of the old period after a crash must not pass."""


class Bridge:
    """All accounts on one broker."""

    def __init__(self, config: Config, *, clock: Clock | None = None) -> None:
        self._config = config
        self._clock = clock or Clock()
        self._topics = topics_of(config)
        self._store = Store(config.state / STORE_FILE, config.state_dir)
        self.registry = Registry(
            {d.serial: d.name for d in config.devices if d.name},
            self._store.guards,
            (account.name_prefix for account in config.all_accounts.values()),
            self._store.states,
        )
        self.registry.reserve(self._store.announced.keys() - {OWN})
        self._broker = BrokerConnection(
            broker_settings(config),
            will=(self._topics.bridge_state, OFFLINE),
            clock=self._clock,
            on_state=self._on_connection,
            memory=Memory(config.state / "messages.json"),
            echo=self._topics.request("bridge", "echo"),
        )
        policy = Policy(config, self._topics)
        self._announcer = Announcer(self._broker, self._topics, self.registry, config, self._clock, self._store, policy)
        self._publisher = Publisher(self._broker, self._topics, self.registry, config, self._clock, self._announcer)
        conditions: dict[AsyncGrowattApi, Condition] = {}
        self._accounts = [
            Account(options, config, self.registry, self._clock, self._store, conditions, self._publisher)
            for options in config.all_accounts.values()
        ]
        self._of = {account.api: account for account in self._accounts}
        log = config.commands.audit_log
        self._audit = AuditLog(config.state / log if log else None, self._clock)
        self._commands = Commands(
            self, self._clock, policy, max_age=config.commands.max_age, confirm_timeout=config.commands.confirm_timeout
        )
        max_age = config.commands.max_age
        self._requests = Requests(
            self._broker, self._topics, self.api_for, policy, self._audit, self._clock, max_age, self._wrote
        )
        self._inbox = Inbox(
            self._broker,
            self._topics,
            self.registry,
            self._commands,
            self,
            self._requests.handle,
            self._audit,
            self._clock,
        )
        self._unheard = True  # what an earlier run announced may still count as online
        self._strangers = not config.fleet.shard  # what this replica does not have, another may
        self._publisher.on_leave(self._commands.forget)
        self._presence = Presence(self._broker, self._topics, config.mqtt.client_id, self._met_another)

    async def run(self) -> None:
        """Work until cancelled; then say goodbye to the broker."""
        home = self._config.homeassistant
        self._save(last=False)
        self._presence.start()
        self._publisher.start()
        self._inbox.start(None if home.discovery == "off" else home.status_topic)
        try:
            await self._broker.start()
            async with asyncio.TaskGroup() as tasks:
                for account in self._accounts:
                    tasks.create_task(account.run())
                tasks.create_task(self._announcer.run())
                tasks.create_task(self._publisher.run())
                tasks.create_task(self._heartbeat())
        finally:
            await self._stop()

    async def _stop(self) -> None:
        await self._inbox.stop()
        await self._commands.stop()
        await self._broker.stop(last=(self._topics.bridge_state, OFFLINE))
        for account in self._accounts:
            await account.close()
        self._save(last=True)
        self._audit.close()
        self._store.end()

    def _save(self, *, last: bool) -> None:
        """`last`: nothing will be published after this."""
        self._store.save_devices(self.registry.guards(), self.registry.states(last=last))

    async def _heartbeat(self) -> None:
        began = saved = self._clock.monotonic()
        ahead = self._clock.time() - saved
        for pause in itertools.chain([FIRST_HEARTBEAT], itertools.repeat(HEARTBEAT)):
            for device in self.registry:
                self._publisher.availability(device)
            self._presence.renew()
            ahead = self._tell_jump(ahead)
            if self._unheard and self._clock.monotonic() - began >= OFFLINE_AFTER:
                self._unheard = False
                self._publisher.doubt()
            if self._strangers and self.surveyed() and self._clock.monotonic() - began >= SETTLED:
                self._tell_of_strangers()
            self._publisher.info(*self._plans())
            self._store.beat(self._clock.time())
            every = min(SAVE_LAST, SAVE_EVERY * len(self.registry))
            begun = self.registry.begun() and every < SAVE_LAST
            if begun or self._clock.monotonic() - saved >= every:
                saved = self._clock.monotonic()
                self._save(last=False)
            await self._clock.sleep(pause)

    def _tell_of_strangers(self) -> None:
        """What the configuration names and no account has: a slip of the pen, which would pass in silence."""
        self._strangers = False
        for text in self._config.misses({device.serial for device in self.registry}):
            _log.warning("%s; a serial number is written as Growatt writes it, in capitals", text)

    def _tell_jump(self, ahead: float) -> float:
        """Say where the date was set, or the machine slept; by how much the date is ahead of the time that passed."""
        now = self._clock.time() - self._clock.monotonic()
        if abs(jump := now - ahead) > JUMP:
            way = "forward" if jump > 0 else "back"
            text = f"this machine's clock went {way} by {abs(jump):.0f} s: it was set, or the machine slept"
            self.event("clock_jumped", text, seconds=round(jump))
        return now

    async def read(self, device: Device, source: str, since: float) -> Reading:
        return await self._of[device.api].poller.read(device, source, since)

    async def refresh(self, device: Device, names: Collection[str]) -> float:
        return await self._of[device.api].poller.refresh(device, names)

    def changed(self, device: Device) -> None:
        if self.registry.by_serial(device.serial) is device:
            self._publisher.changed(device)

    def look_soon(self, device: Device, source: str) -> None:
        self._of[device.api].poller.look_soon(device, source)

    def surveyed(self) -> bool:
        return all(account.survey.surveyed for account in self._accounts)

    def is_ours(self, segment: str) -> bool:
        device = self.registry.by_segment(segment)
        return device is not None or self._config.shard.owns(self.registry.serial_of(segment))

    def _wrote(self, serial: Json) -> None:
        """A request has written to a device."""
        if isinstance(serial, str) and (device := self.registry.by_serial(serial)) is not None:
            self._commands.doubt(device)

    def api_for(self, values: dict[str, Json]) -> AsyncGrowattApi:
        """The client for a request: of the `account` that it names; else of the one whose device or plant it is about;
        else the first."""
        by_name = {account.name: account.api for account in self._accounts}
        name = values.pop("account", None)
        if name is not None and (not isinstance(name, str) or name not in by_name):
            raise GrowattError(f"there is no account {name!r}; there are: {', '.join(by_name)}")
        if name is not None:
            return by_name[name]
        known = [device for device in map(self.registry.by_serial, _serials(values)) if device is not None]
        names_one = any(key == "plant_id" or key.endswith("_sn") for key in values)
        if names_one and not known and len(by_name) > 1 and not self.surveyed():
            raise GrowattError(
                "it is not known yet which account has this; ask again in a minute, or name the `account`"
            )
        return known[0].api if known else self._accounts[0].api

    def _plans(self) -> tuple[list[dict[str, Json]], dict[str, float]]:
        """What the call budgets know, and when what is asked next; by account where there are several."""
        if len(self._accounts) == 1:
            only = self._accounts[0]
            return only.api.session.limits(), only.poller.next_polls
        calls = [{"account": a.name, **call} for a in self._accounts for call in a.api.session.limits()]
        polls = {f"{a.name}.{name}": moment for a in self._accounts for name, moment in a.poller.next_polls.items()}
        return calls, polls

    def event(self, kind: EventKind, message: str, **details: Any) -> None:
        self._publisher.event(kind, message, **details)

    def _on_connection(self, connected: bool) -> None:
        _log.debug("broker %s", "connected" if connected else "lost")
        if connected:
            self._presence.connected()

    def _met_another(self, client_id: str) -> None:
        text = (
            f"another bridge, with the client id {client_id}, works below {self._topics.base}, too: each command "
            "reaches both; end one of them, or give it a mqtt.base_topic of its own"
        )
        self.event("another_bridge", text, client_id=client_id)


def _serials(values: Mapping[str, Json]) -> Iterator[str]:
    """What may be serial numbers among the values of a request."""
    for key, value in values.items():
        for each in value if isinstance(value, list) else [value]:
            yield plant_serial(each) if key == "plant_id" else str(each)


def topics_of(config: Config) -> Topics:
    """Where this bridge, or this replica of a fleet, is on MQTT."""
    return Topics(config.mqtt.base_topic, config.shard.mark(BRIDGE))


def broker_settings(config: Config) -> BrokerSettings:
    """The broker that the configuration describes."""
    mqtt, tls = config.mqtt, config.mqtt.tls
    return BrokerSettings(
        host=mqtt.host,
        port=mqtt.port,
        username=mqtt.username,
        password=mqtt.password.get_secret_value() if mqtt.password else None,
        client_id=config.shard.mark(mqtt.client_id),
        protocol=mqtt.protocol,
        keepalive=mqtt.keepalive,
        tls=TlsSettings(**tls.model_dump()) if tls else None,
        session_expiry=min(FOR_EVER, round(config.commands.max_age) + LATE),
    )
