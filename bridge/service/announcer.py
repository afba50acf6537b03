"""Announces devices to Home Assistant, a moment after something new is known, and takes back what is gone."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from bridge import __version__
from bridge.clock import Clock
from bridge.config import Config
from bridge.devices import datalogger_of
from bridge.homeassistant import MIGRATE, NOTHING, About, Announced, Discovery, Message
from bridge.mqtt import BrokerConnection, Topics, encode
from bridge.service.policy import Policy
from bridge.service.registry import Device, Registry
from bridge.service.store import OWN, Description, Store

EVERY = 1.0
EMPTY_AFTER = 30.0
"""Seconds after which a device is announced that has not told anything yet. What a device has is known from its data:
a property that it never told is left out, so that an inverter without a battery shows no battery."""

MIGRATION_PAUSE = 5.0
"""Seconds that Home Assistant needs between letting go of a topic and hearing of its entities on another."""

SECOND_TIME = 60.0
"""Seconds after a migration to announce once more: with many devices Home Assistant may not have been ready."""

LONGEST_DRAIN = 0.2
"""Real seconds that the next announcement waits for the last to be on its way: thousands may be due at once."""

Messages = Mapping[str, Message]
"""By topic."""


class Announcer:
    """Keeps what the broker holds for discovery in step with what is known. None stands for the bridge itself."""

    def __init__(
        self,
        broker: BrokerConnection,
        topics: Topics,
        registry: Registry,
        config: Config,
        clock: Clock,
        store: Store,
        policy: Policy,
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._registry = registry
        self._config = config
        self._clock = clock
        self._store = store
        self._policy = policy
        self._discovery = discovery_of(config, topics)
        self._options = {device.serial: device for device in config.devices}
        self._pending: dict[Device | None, tuple[float, float]] = {}  # not before, and at the latest
        self._shown: dict[Device, int] = {}  # as `DeviceState.told`
        self._made: tuple[Device | None, Announced, Messages] = None, NOTHING, {}  # on their way
        self._seen: dict[str, tuple[set[str], set[str]]] = {}
        self._again: float | None = None

    async def run(self) -> None:
        """Work until cancelled. Facts about a device come in several replies: they are told together."""
        while True:
            now = self._clock.monotonic()
            for who, (earliest, latest) in tuple(self._pending.items()):
                told = who is None or who.state.last_update is not None
                if now >= (earliest if told else latest) and who in self._pending:
                    del self._pending[who]
                    self._announce(who, now)
                    await self._broker.drain(LONGEST_DRAIN)
                    self._made = None, NOTHING, {}
            if self._again is not None and now >= self._again:
                self._again = None
                await self._broker.republish()
            await self._clock.sleep(EVERY)

    def soon(self, device: Device | None) -> None:
        """Announce in a moment: the bridge at once, a device when it has told something."""
        now = self._clock.monotonic()
        self._pending.setdefault(device, (now, now + EMPTY_AFTER))

    def knows(self, serial: str, topic: str | None = None) -> bool:
        """Whether this device, or this topic as its own, was announced before, perhaps by an earlier run."""
        return serial in self._store.announced and (topic is None or topic in self._store.announced[serial])

    def joined(self, device: Device) -> None:
        """A device is new here; an earlier run may have announced it already."""
        self._policy.review(device.serial, device.family)
        device.alias = self._store.facts.aliases.get(device.serial)
        announced = self._store.announced.get(device.serial, {})
        places = device.family.places
        names = {name for components in announced.values() for name in components if name in places}
        self._shown[device] = sum(1 << places[name] for name in names)
        self.soon(device)

    def heard(self, device: Device) -> None:
        """A device has told something; what it tells for the first time is announced."""
        told, shown = device.state.told, self._shown[device]
        if told & ~shown:
            self._shown[device] = told | shown if shown & ~told else told  # one object for both, where they are equal
            self.soon(device)

    def described(self, device: Device) -> None:
        """Facts about a device are new; with its name, the names of what is attached to it change."""
        self.soon(device)
        if device.alias is None or device.alias == self._store.facts.aliases.get(device.serial):
            return
        self._store.note(self._store.facts.aliases, device.serial, device.alias)
        for attached in map(self._registry.by_serial, self._store.facts.attached.get(device.serial, ())):
            if attached is not None:
                self.soon(attached)

    def left(self, device: Device) -> None:
        self._pending.pop(device, None)
        self._shown.pop(device, None)
        self.retire(device.serial)

    def retire(self, serial: str) -> None:
        """Nothing of this device shall stay with the broker: first its discovery, then its state."""
        self._clear(serial, self._store.forget(serial))

    def surveyed(self, account: str, present: set[str], elsewhere: set[str]) -> None:
        """All accounts were seen whole: what an earlier run announced and is gone now is retired. What another replica
        of the fleet has now is its own, with all its topics."""
        self._seen[account] = present, elsewhere
        if len(self._seen) < len(self._config.all_accounts):
            return
        here = {OWN}.union(*(present for present, _ in self._seen.values()), (d.serial for d in self._registry))
        for serial in self._store.announced.keys() - here:
            if any(serial in elsewhere for _, elsewhere in self._seen.values()):
                self._store.forget(serial)
            else:
                self.retire(serial)

    def unheard(self) -> Iterator[str]:
        """The availability of what an earlier run announced, and no account has shown since. What is attached to
        another, or hangs on it, goes to the replica that has that one."""
        carriers = {serial: carrier for carrier, them in self._store.facts.attached.items() for serial in them}
        for serial in self._store.announced.keys() - {OWN}:
            owner = carriers.get(serial) or datalogger_of(serial) or serial
            if self._registry.by_serial(serial) is None and self._config.shard.owns(owner):
                topics = filter(self._topics.is_availability, self._store.announced[serial])
                yield from (topic for topic in topics if not self._has_moved(topic, serial))

    def _announce(self, who: Device | None, now: float) -> None:
        messages = self._messages(who)
        key = OWN if who is None else who.serial
        moved = self._moved(key, messages)
        if moved and not self._broker.connected:  # the clearing would overtake the word to migrate
            self._pending[who] = now + EVERY, now + EVERY
        elif moved:
            self._let_go(key, moved)
            self._pending[who] = now + MIGRATION_PAUSE, now + MIGRATION_PAUSE
            self._again = now + SECOND_TIME
        else:
            self._publish(who, messages, self._plain(who))

    def _messages(self, who: Device | None, gone: Announced = NOTHING) -> Messages:
        about = None if who is None else self._about(who)
        self._made = who, gone, self._discovery.messages(about, gone) if self._discovery else {}
        return self._made[2]

    def _payload(self, who: Device | None, gone: Announced, topic: str) -> bytes:
        """Discovery is made anew whenever it is sent. `gone`: components to take back."""
        made_for, taken_back, made = self._made
        messages = made if made and made_for is who and taken_back is gone else self._messages(who, gone)
        return messages[topic].payload

    def _moved(self, key: str, messages: Messages) -> list[str]:
        """Topics of an earlier announcement that give way to others."""
        if self._discovery is None:
            return []
        return self._discovery.left(self._store.announced.get(key, {}), _announced(messages))

    def _let_go(self, key: str, topics: Iterable[str]) -> None:
        for topic in topics:
            self._broker.send(topic, encode(MIGRATE))
            self._broker.clear(topic)
        before = self._store.announced[key]
        self._store.remember(key, {topic: known for topic, known in before.items() if topic not in set(topics)})

    def _publish(self, who: Device | None, messages: Messages, plain: Iterable[str]) -> None:
        """Publish discovery and take back what came before and is no more."""
        key = OWN if who is None else who.serial
        before = self._store.announced.get(key, {})
        now = _announced(messages)
        gone = {topic: _without(before.get(topic, {}), known) for topic, known in now.items()}
        payload_of = partial(self._payload, who, gone if any(gone.values()) else NOTHING)
        for topic in messages:
            self._broker.retain(topic, payload_of)
        topics = {**now, **{topic: {} for topic in plain}}
        self._clear(key, (topic for topic in before if topic not in topics))
        self._store.remember(key, topics)
        if who is not None:
            self._store.note(self._store.facts.descriptions, who.serial, self._description(who))

    def _plain(self, device: Device | None) -> list[str]:
        """The own retained topics of a device, or of the bridge."""
        if device is None:
            return self._topics.bridge_retained
        return self._topics.retained(device.segment, device.state.values if self._config.mqtt.flat_topics else ())

    def _clear(self, serial: str, topics: Iterable[str]) -> None:
        """Topics that this device had. A name may have moved to another device, and its topics with it."""
        for topic in topics:
            if not self._has_moved(topic, serial):
                self._broker.clear(topic)

    def _has_moved(self, topic: str, serial: str) -> bool:
        """Whether another device has this topic now: one that is here, or by its name one of another replica."""
        level = topic.removeprefix(f"{self._topics.base}/").partition("/")[0]
        if (device := self._registry.by_segment(level)) is not None:
            return topic in self._plain(device)
        named = self._registry.serial_of(level)
        return named != serial and named in self._options and not self._config.shard.owns(named)

    def _about(self, device: Device) -> About:
        options, known = self._options.get(device.serial), self._description(device)
        return About(
            serial=device.serial,
            name=self._name(device),
            segment=device.segment,
            family=device.family,
            model=known.model,
            firmware=known.firmware,
            parent=self._parent(device, known),
            shown={name for name, place in device.family.places.items() if self._shown[device] >> place & 1},
            enabled=options.enabled if options else (),
            disabled=options.disabled if options else (),
            locked=self._policy.locked(device.serial, device.family),
        )

    def _name(self, device: Device) -> str:
        """What people call it: where the configuration gives no name, the Growatt app may."""
        options = self._options.get(device.serial)
        if options and options.name:
            return device.name
        if device.carrier is not None:
            return device.name.replace(device.carrier.name, self._name(device.carrier))
        return device.name.replace(device.title, device.alias or device.title)

    def _description(self, device: Device) -> Description:
        """What is known of it; what it has not told yet since the start, as an earlier run knew it."""
        told = Description(device.model, device.firmware, device.datalogger, device.plant)
        earlier = self._store.facts.descriptions.get(device.serial, Description())
        return Description(*(now or before for now, before in zip(told, earlier, strict=True)))

    def _parent(self, device: Device, known: Description) -> str | None:
        """What it hangs below: what it is attached to, its datalogger where that is a device of its own, its plant."""
        if device.carrier is not None:
            return device.carrier.serial
        logger = known.datalogger
        if logger and logger != device.serial and self._is_device(logger):
            return logger
        return known.plant if known.plant and self._config.wants(known.plant) else None

    def _is_device(self, serial: str) -> bool:
        """Whether there is such a device: here, where an earlier run had it, or at another replica."""
        here = self._registry.by_serial(serial) is not None or self.knows(serial)
        return self._config.wants(serial) and (here or not self._config.shard.owns(serial))


def _announced(messages: Messages) -> dict[str, dict[str, str]]:
    """What they announce: kept for what is gone one day, and to clear the topics."""
    return {topic: message.announces for topic, message in messages.items()}


def _without(components: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    return {name: platform for name, platform in components.items() if name not in others}


def discovery_of(config: Config, topics: Topics) -> Discovery | None:
    """The discovery that the configuration wants, None where it wants none."""
    mode = config.homeassistant.discovery
    if mode == "off":
        return None
    return Discovery(topics, prefix=config.homeassistant.discovery_prefix, version=__version__, mode=mode)
