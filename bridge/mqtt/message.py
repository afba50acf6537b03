"""A message from the broker, and what MQTT allows as a topic."""

from collections.abc import Callable
from dataclasses import dataclass, field

MAX_LEVELS = 128  # of a topic; Mosquitto hangs up at more than 200, other brokers allow fewer


@dataclass
class Message:
    """A message from the broker. With QoS 1 the broker keeps it until `ack`, also while we are away. `resumed`: an
    earlier process had it in work; `ended`: parts of it that this one was through with.
    """

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    response_topic: str | None = None
    correlation_data: bytes | None = None
    received_at: float = 0.0  # seconds since the epoch: first received, or the earliest moment it can have been sent
    on_ack: Callable[[], None] | None = field(default=None, repr=False, compare=False)
    on_end: Callable[[str], None] | None = field(default=None, repr=False, compare=False)
    resumed: bool = False
    ended: tuple[str, ...] = ()

    def ack(self) -> None:
        """Tell the broker that it may forget the message. Once is enough; any thread may call it."""
        done, self.on_ack = self.on_ack, None
        if done:
            done()

    def end(self, part: str) -> None:
        """Have it remembered, in the event loop, that this part is through while others are open."""
        if self.on_end:
            self.on_end(part)

    @property
    def content(self) -> tuple[bytes, ...]:
        """What tells it from others, as far as MQTT lets it."""
        answer = (self.response_topic or "").encode(), self.correlation_data or b""
        return self.topic.encode(), *answer, self.payload


Handler = Callable[[Message], None]


def can_publish(topic: str) -> bool:
    """Whether MQTT allows a message on this topic, and brokers take it."""
    return topic != "" and topic.count("/") < MAX_LEVELS and not any(char in topic for char in "+#\0")


def check_topic(topic: str) -> None:
    """Raises `ValueError` for a topic that nobody can publish to."""
    if not can_publish(topic):
        raise ValueError(f"not a topic to publish to: {topic!r}")
