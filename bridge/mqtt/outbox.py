"""What is to be sent: the retained state, remembered for good, and messages that pass once."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Outgoing:
    """A message on its way to the broker."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    response_topic: str | None = None
    correlation_data: bytes | None = None


class Outbox:
    """One queue in the order of the calls. Of a retained topic only the newest payload waits in it.

    At most `limit` passing messages wait; the oldest give way, and `dropped` counts them.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._retained: dict[str, bytes] = {}
        self._queue: OrderedDict[str | int, Outgoing] = OrderedDict()  # by topic if retained, else numbered
        self._passing: OrderedDict[int, Outgoing] = OrderedDict()  # the numbered part of the queue
        self._in_flight: dict[int, Outgoing] = {}
        self._number = 0
        self.dropped = 0

    @property
    def idle(self) -> bool:
        """Nothing waits and the broker has confirmed everything."""
        return not self._queue and not self._in_flight

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    def retain(self, topic: str, payload: bytes) -> None:
        """Remember what the broker shall hold; an empty payload until it is delivered, then nothing."""
        if self._retained.get(topic) != payload:
            self._retained[topic] = payload
            self._queue_retained(topic)

    def send(self, message: Outgoing) -> None:
        self._number += 1
        self._queue[self._number] = self._passing[self._number] = message
        if len(self._passing) > self._limit:
            oldest, _ = self._passing.popitem(last=False)
            del self._queue[oldest]
            self.dropped += 1

    def next(self) -> Outgoing | None:
        """Take the first message out of the queue."""
        if not self._queue:
            return None
        key, message = self._queue.popitem(last=False)
        if isinstance(key, int):
            del self._passing[key]
        return message

    def sent(self, packet_id: int, message: Outgoing) -> None:
        self._in_flight[packet_id] = message

    def confirmed(self, packet_id: int) -> Outgoing | None:
        """The broker has this one."""
        message = self._in_flight.pop(packet_id, None)
        if message and not message.payload and self._retained.get(message.topic) == b"":
            del self._retained[message.topic]
        return message

    def republish(self) -> None:
        """Everything that the broker shall hold goes out again."""
        for topic in self._retained:
            self._queue_retained(topic)

    def connection_made(self) -> None:
        """The broker may have lost everything: first all that it shall hold, then what waited."""
        self._queue.clear()
        self.republish()
        for number, message in self._passing.items():
            self._queue[number] = message

    def connection_lost(self) -> None:
        """What was not confirmed waits again, at its old place; the retained part comes with `connection_made`."""
        waiting = [*self._in_flight.values(), *self._passing.values()]
        self._in_flight.clear()
        self._passing.clear()
        self._queue.clear()
        for message in waiting:
            if not (message.retain and message.topic in self._retained):
                self.send(message)

    def _queue_retained(self, topic: str) -> None:
        self._queue[topic] = Outgoing(topic, self._retained[topic], retain=True)
