"""Announces devices to Home Assistant, a moment after something new is known, and takes back what is gone."""

from collections.abc import Iterable, Mapping

from bridge import __version__
from bridge.clock import Clock
from bridge.config import Config
from bridge.devices import Json
from bridge.homeassistant import MIGRATE, About, Discovery
from bridge.mqtt import BrokerConnection, Topics, encode
from bridge.service.registry import Device, Registry
from bridge.service.store import Store

EVERY = 1.0
EMPTY_AFTER = 30.0
"""Seconds after which a device is announced that has not told anything yet. What a device has is known from its data:
a property that it never told is left out, so that an inverter without a battery shows no battery."""

MIGRATION_PAUSE = 5.0
"""Seconds that Home Assistant needs between letting go of a topic and hearing of its entities on another."""

SECOND_TIME = 60.0
"""Seconds after a migration to announce once more: with many devices Home Assistant may not have been ready."""

BRIDGE = "bridge"


class Announcer:
    """Keeps what the broker holds for discovery in step with what is known. None stands for the bridge itself."""

    def __init__(
        self, broker: BrokerConnection, topics: Topics, registry: Registry, config: Config, clock: Clock, store: Store
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._registry = registry
        self._config = config
        self._clock = clock
        self._store = store
        self._discovery = discovery_of(config, topics)
        self._options = {device.serial: device for device in config.devices}
        self._pending: dict[Device | None, float] = {}
        self._shown: dict[Device, set[str]] = {}
        self._again: float | None = None

    async def run(self) -> None:
        """Work until cancelled. Facts about a device come in several replies: they are told together."""
        while True:
            now = self._clock.monotonic()
            for who, due in tuple(self._pending.items()):
                told = who is not None and who.state.last_update is not None and due - now <= EMPTY_AFTER
                if now >= due or told:
                    del self._pending[who]
                    self._announce(who, now)
            if self._again is not None and now >= self._again:
                self._again = None
                await self._broker.republish()
            await self._clock.sleep(EVERY)

    def soon(self, device: Device | None) -> None:
        """Announce in a moment: the bridge at once, a device when it has told something."""
        self._pending.setdefault(device, self._clock.monotonic() + (EMPTY_AFTER if device else 0))

    def joined(self, device: Device) -> None:
        """A device is new here; an earlier run may have announced it already."""
        announced = self._store.announced.get(device.serial, {})
        self._shown[device] = {name for components in announced.values() for name in components}
        self.soon(device)

    def heard(self, device: Device) -> None:
        """A device has told something; what it tells for the first time is announced."""
        news = {name for name, value in device.state.values.items() if value is not None} - self._shown[device]
        if news:
            self._shown[device] |= news
            self.soon(device)

    def left(self, device: Device) -> None:
        self._pending.pop(device, None)
        self._shown.pop(device, None)
        self.retire(device.serial)

    def retire(self, serial: str) -> None:
        """Nothing of this device shall stay with the broker: first its discovery, then its state."""
        self._clear(self._store.forget(serial))

    def surveyed(self, present: set[str]) -> None:
        """The account was seen whole: what an earlier run announced and is gone now is retired."""
        for serial in [s for s in self._store.announced if s not in present and s != BRIDGE]:
            self.retire(serial)

    def _announce(self, who: Device | None, now: float) -> None:
        about = None if who is None else self._about(who)
        messages = self._discovery.messages(about) if self._discovery else {}
        key = BRIDGE if who is None else who.serial
        moved = self._moved(key, messages)
        if moved and not self._broker.connected:  # the clearing would overtake the word to migrate
            self._pending[who] = now + EMPTY_AFTER + EVERY
        elif moved:
            self._let_go(key, moved)
            self._pending[who] = now + EMPTY_AFTER + MIGRATION_PAUSE
            self._again = now + SECOND_TIME
        else:
            self._publish(key, messages, self._plain(who) if who else ())

    def _moved(self, key: str, messages: Mapping[str, dict[str, Json]]) -> list[str]:
        """Topics of an earlier announcement that give way to others."""
        if self._discovery is None:
            return []
        return self._discovery.left(self._store.announced.get(key, {}), self._discovery.announced(messages))

    def _let_go(self, key: str, topics: Iterable[str]) -> None:
        for topic in topics:
            self._broker.send(topic, encode(MIGRATE))
            self._broker.clear(topic)
        before = self._store.announced[key]
        self._store.remember(key, {topic: known for topic, known in before.items() if topic not in set(topics)})

    def _publish(self, key: str, messages: Mapping[str, dict[str, Json]], plain: Iterable[str]) -> None:
        """Publish discovery and take back what came before and is no more."""
        before = self._store.announced.get(key, {})
        now = self._discovery.announced(messages) if self._discovery else {}
        for topic, payload in messages.items():
            known = {"components": {name: {"platform": p} for name, p in before.get(topic, {}).items()}}
            self._broker.retain(topic, encode(Discovery.retired(known, payload)))
        topics = {**now, **{topic: {} for topic in plain}}
        self._clear(topic for topic in before if topic not in topics)
        self._store.remember(key, topics)

    def _plain(self, device: Device) -> list[str]:
        """The device's own retained topics."""
        topics = [self._topics.state(device.segment), self._topics.availability(device.segment)]
        if self._config.mqtt.flat_topics:
            topics += [self._topics.property(device.segment, name) for name in device.state.values]
        return topics

    def _clear(self, topics: Iterable[str]) -> None:
        for topic in topics:
            self._broker.clear(topic)

    def _about(self, device: Device) -> About:
        options = self._options.get(device.serial)
        return About(
            serial=device.serial,
            name=device.name,
            segment=device.segment,
            family=device.family,
            model=device.model,
            firmware=device.firmware,
            parent=self._parent(device),
            shown=self._shown[device],
            enabled=options.enabled if options else (),
            disabled=options.disabled if options else (),
        )

    def _parent(self, device: Device) -> str | None:
        """What it hangs below: its datalogger where that is a device of its own, else its plant."""
        if device.datalogger != device.serial and self._registry.by_serial(device.datalogger or ""):
            return device.datalogger
        return device.plant


def discovery_of(config: Config, topics: Topics) -> Discovery | None:
    """The discovery that the configuration wants, None where it wants none."""
    mode = config.homeassistant.discovery
    if mode == "off":
        return None
    return Discovery(topics, prefix=config.homeassistant.discovery_prefix, version=__version__, mode=mode)
