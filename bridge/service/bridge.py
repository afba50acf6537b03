"""The bridge: everything wired together, started and stopped."""

import asyncio
import itertools
import logging
from typing import Any

from bridge.clock import Clock
from bridge.config import Config, Mqtt, zone_of
from bridge.growatt import AsyncGrowattApi, Budget
from bridge.growatt.fields import Reading
from bridge.mqtt import BrokerConnection, BrokerSettings, TlsSettings, Topics
from bridge.service.account import Account
from bridge.service.announcer import Announcer
from bridge.service.commands import Commands
from bridge.service.inbox import Inbox
from bridge.service.poller import Poller
from bridge.service.publisher import OFFLINE, Publisher
from bridge.service.registry import Device, Registry
from bridge.service.requests import Requests
from bridge.service.store import Store

_log = logging.getLogger("bridge.service")

HEARTBEAT = 30.0
"""Seconds between looks at every device's age; the first comes sooner, when the devices are known."""

FIRST_HEARTBEAT = 3.0
SAVE_EVERY = 600.0
"""Seconds between saving what is known of the energy counters; it is saved at the end, too."""


class Bridge:
    """One account, one broker."""

    def __init__(self, config: Config, *, clock: Clock | None = None) -> None:
        self._config = config
        self._clock = clock or Clock()
        self._topics = Topics(config.mqtt.base_topic)
        self._store = Store(config.state_dir / "bridge.json")
        self._budget = Budget(config.state_dir / "budget.json", scope=config.growatt.limits, clock=self._clock)
        self.registry = Registry(
            {d.serial: d.name for d in config.devices if d.name}, self._store.guards, zone_of(config.growatt.timezone)
        )
        self._api = client(config, self._budget, self._clock)
        self._broker = BrokerConnection(
            broker_settings(config.mqtt, session_expiry=config.commands.max_age),
            will=(self._topics.bridge_state, OFFLINE),
            clock=self._clock,
            resume=self._store.was_alive(self._clock.time(), config.commands.max_age),
            on_state=_tell_state,
        )
        self._announcer = Announcer(self._broker, self._topics, self.registry, config, self._clock, self._store)
        self._publisher = Publisher(self._broker, self._topics, self.registry, config, self._clock, self._announcer)
        self._poller = Poller(self._api, self.registry, config, self._clock, self._publisher)
        self._account = Account(
            self._api, self.registry, config, self._clock, self._store, self._poller, self._publisher
        )
        self._commands = Commands(
            self, self._clock, max_age=config.commands.max_age, confirm_timeout=config.commands.confirm_timeout
        )
        self._requests = Requests(self._broker, self._topics, self._api, writes=config.commands.enabled)
        self._inbox = Inbox(
            self._broker,
            self._topics,
            self.registry,
            self._commands if config.commands.enabled else None,
            self,
            self._requests.handle,
            self._clock,
        )
        self._publisher.on_leave(self._commands.forget)

    async def run(self) -> None:
        """Work until cancelled; then say goodbye to the broker."""
        home = self._config.homeassistant
        self._publisher.start()
        self._inbox.start(None if home.discovery == "off" else home.status_topic)
        try:
            await self._broker.start()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._account.run())
                tasks.create_task(self._poller.run())
                tasks.create_task(self._announcer.run())
                tasks.create_task(self._heartbeat())
        finally:
            await self._stop()

    async def _stop(self) -> None:
        await self._inbox.stop()
        await self._commands.stop()
        await self._broker.stop(last=(self._topics.bridge_state, OFFLINE))
        await self._api.close()
        self._store.save_guards(self.registry.guards())

    async def _heartbeat(self) -> None:
        saved = self._clock.monotonic()
        for pause in itertools.chain([FIRST_HEARTBEAT], itertools.repeat(HEARTBEAT)):
            for device in self.registry:
                self._publisher.availability(device)
            self._publisher.info(self._budget.report(), self._poller.next_polls)
            self._store.beat(self._clock.time())
            if self._clock.monotonic() - saved >= SAVE_EVERY:
                saved = self._clock.monotonic()
                self._store.save_guards(self.registry.guards())
            await self._clock.sleep(pause)

    async def read(self, device: Device, source: str, since: float) -> Reading:
        return await self._poller.read(device, source, since)

    async def refresh(self, device: Device) -> float:
        return await self._poller.refresh(device)

    def changed(self, device: Device) -> None:
        if self.registry.by_serial(device.serial) is device:
            self._publisher.changed(device)

    def surveyed(self) -> bool:
        return self._account.surveyed

    def event(self, kind: str, message: str, **details: Any) -> None:
        self._publisher.event(kind, message, **details)


def client(config: Config, budget: Budget | None, clock: Clock) -> AsyncGrowattApi:
    """The client that the configuration describes."""
    token = config.growatt.token
    return AsyncGrowattApi(
        token.get_secret_value() if token else "",
        config.growatt.server,
        budget=budget,
        clock=clock,
        timeout=config.growatt.timeout,
    )


def broker_settings(mqtt: Mqtt, *, session_expiry: float) -> BrokerSettings:
    """The broker that the configuration describes."""
    tls = mqtt.tls
    return BrokerSettings(
        host=mqtt.host,
        port=mqtt.port,
        username=mqtt.username,
        password=mqtt.password.get_secret_value() if mqtt.password else None,
        client_id=mqtt.client_id,
        protocol=mqtt.protocol,
        keepalive=mqtt.keepalive,
        tls=TlsSettings(**tls.model_dump()) if tls else None,
        session_expiry=round(session_expiry),
    )


def _tell_state(connected: bool) -> None:
    _log.debug("broker %s", "connected" if connected else "lost")
