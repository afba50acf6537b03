"""What an earlier run left with the broker, where the state folder is new and cannot tell."""

from collections.abc import Collection
from functools import partial

from bridge.homeassistant import Discovery
from bridge.mqtt import BrokerConnection, Message, PayloadError, Topics, decode_object
from bridge.service.registry import Registry
from bridge.service.store import Store


class Remains:
    """Finds devices by the availability that the broker holds, and counts them as announced before: who does not turn
    up is retired as ever. `spared`: those of whom nobody could know yet, such as battery packs, until the account was
    seen whole for the second time.
    """

    def __init__(
        self,
        broker: BrokerConnection,
        topics: Topics,
        registry: Registry,
        store: Store,
        discovery: Discovery | None,
        *,
        alone: bool,
    ) -> None:
        """`alone`: no other bridge is known to have devices below this base topic."""
        self._broker = broker
        self._topics = topics
        self._registry = registry
        self._store = store
        self._discovery = discovery
        self._alone = alone
        self._found: set[str] = set()
        self.spared: set[str] = set()

    def start(self) -> None:
        if self._alone and not self._store.announced:
            self._broker.subscribe(self._topics.availability("+"), self._on_availability, qos=0)

    def disown(self) -> None:
        """Another bridge works here: they may be its devices."""
        self._alone = False
        for serial in self._found:
            if self._registry.by_serial(serial) is None:
                self._store.forget(serial)
        self._found.clear()
        self.spared.clear()

    def _on_availability(self, message: Message) -> None:
        message.ack()
        segment = message.topic.removeprefix(f"{self._topics.base}/").removesuffix("/availability")
        serial = self._registry.serial_of(segment)
        if self._alone and message.retain and message.payload and serial not in self._store.announced:
            self._found.add(serial)
            self.spared.add(serial)
            self._store.remember(serial, {self._topics.state(segment): {}, message.topic: {}})

    def sweep(self, serial: str, topics: Collection[str]) -> None:
        """Empty what the broker holds for a device that has left, where of its `topics` those of discovery are not
        known."""
        if not self._alone or not topics or any(topic.endswith("/config") for topic in topics):
            return
        levels = {topic.removeprefix(f"{self._topics.base}/").partition("/")[0] for topic in topics}
        for level in levels:
            self._broker.subscribe(self._topics.state(f"{level}/+"), partial(self._on_remains, level, None), qos=0)
        for topic in self._discovery.filters(serial) if self._discovery else ():
            self._broker.subscribe(topic, partial(self._on_remains, serial, set(topics)), qos=0)

    def _on_remains(self, device: str, named: set[str] | None, message: Message) -> None:
        """`named`: the topics of which a discovery message must name one to be this device's."""
        message.ack()
        ours = named is None or _named(message.payload) & named
        if message.retain and message.payload and ours and self._registry.by_segment(device) is None:
            self._broker.clear(message.topic)


def _named(discovery: bytes) -> set[str]:
    """The topics by which a discovery message tells whether its device is available."""
    try:
        listed = decode_object(discovery, limit=len(discovery)).get("availability")
    except PayloadError:
        return set()
    rows = listed if isinstance(listed, list) else []
    return {str(row.get("topic")) for row in rows if isinstance(row, dict)}
