"""Whether the broker's clients see the bridge as it is: online, and the only one on its base topic."""

from collections.abc import Callable

from bridge.mqtt import BrokerConnection, Message, PayloadError, Topics, decode_object, encode

ONLINE = encode({"state": "online"})
OFFLINE = encode({"state": "offline"})


class Presence:
    """Listens to what is said under the bridge's own name, and under that of one without replicas."""

    def __init__(
        self, broker: BrokerConnection, topics: Topics, client_id: str, on_other: Callable[[str], None]
    ) -> None:
        """`client_id`: as `bridge/info` shows it. `on_other` is called once with that of each bridge that is met."""
        self._broker = broker
        self._topics = topics
        self._client_id = client_id
        self._on_other = on_other
        self._called_offline = False
        self._once: set[tuple[str, str]] = set()  # heard in this connection: may be what the broker kept
        self._told: set[tuple[str, str]] = set()

    def start(self) -> None:
        self._broker.retain(self._topics.bridge_state, ONLINE)
        self._broker.subscribe(self._topics.bridge_state, self._on_state, qos=0)
        for topic in {self._topics.bridge_info, Topics(self._topics.base).bridge_info}:
            self._broker.subscribe(topic, self._on_info, qos=0)

    def connected(self) -> None:
        """From now on the broker tells again what it kept."""
        self._once.clear()

    def renew(self) -> None:
        """A will that came late, or another bridge with this base topic that ended, must not leave us offline."""
        if self._called_offline:
            self._broker.send(self._topics.bridge_state, ONLINE, retain=True, keep=True)

    def _on_state(self, message: Message) -> None:
        message.ack()
        self._called_offline = message.payload == OFFLINE

    def _on_info(self, message: Message) -> None:
        """The second time it is no longer what one that has ended left behind."""
        message.ack()
        who = _client_id(message.payload)
        if who is None or (message.topic, who) == (self._topics.bridge_info, self._client_id):
            return
        if (message.topic, who) in self._once - self._told:
            self._told.add((message.topic, who))
            self._on_other(who)
        self._once.add((message.topic, who))


def _client_id(info: bytes) -> str | None:
    """Whose `bridge/info` it is; None where it is nobody's."""
    try:
        config = decode_object(info, limit=len(info))["config"]
    except (PayloadError, KeyError):
        return None
    mqtt = config.get("mqtt") if isinstance(config, dict) else None
    found = mqtt.get("client_id") if isinstance(mqtt, dict) else None
    return found if isinstance(found, str) else None
