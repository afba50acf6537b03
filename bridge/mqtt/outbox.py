"""What is to be sent: the retained state, remembered for good, and messages that pass once."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from sys import intern

Payload = bytes | Callable[[str], bytes]
"""A payload, or what makes it for a topic when it is sent: until then it needs no memory, and it tells the newest."""


@dataclass(eq=False, slots=True)
class Outgoing:
    """A message on its way to the broker."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    response_topic: str | None = None
    correlation_data: bytes | None = None
    keep: bool = False
    then: tuple[Callable[[], None], ...] = ()


class Outbox:
    """One queue in the order of the calls. A retained topic stands in it once, with its newest payload.

    At most `limit` passing messages wait beside those to `keep`; the oldest give way, and `dropped` counts them.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._retained: dict[str, Payload] = {}
        self._queue: OrderedDict[str | int, Outgoing | None] = OrderedDict()  # by topic if retained, else numbered
        self._passing: OrderedDict[int, Outgoing] = OrderedDict()  # the numbered part of the queue
        self._expendable: OrderedDict[int, None] = OrderedDict()  # of that, what may give way
        self._newest: Outgoing | None = None  # of what was sent to pass
        self._in_flight: dict[int, Outgoing] = {}
        self._number = 0
        self.dropped = 0

    @property
    def idle(self) -> bool:
        """Nothing waits and the broker has confirmed everything."""
        return not self._queue and not self._in_flight

    @property
    def waiting(self) -> bool:
        """Something is not on its way yet."""
        return bool(self._queue)

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    @property
    def largest_in_flight(self) -> Outgoing | None:
        return max(self._in_flight.values(), key=lambda message: len(message.payload), default=None)

    def retain(self, topic: str, payload: Payload) -> None:
        """Remember what the broker shall hold; an empty payload until it is delivered, then nothing. The same bytes are
        not sent again."""
        if callable(payload) or self._retained.get(topic) != payload:
            self._retained[intern(topic)] = payload
            self._queue[topic] = None

    def send(self, message: Outgoing, *, first: bool = False) -> None:
        """`first`: before everything that waits."""
        self._number += 1
        self._queue[self._number] = self._passing[self._number] = message
        if first:
            self._queue.move_to_end(self._number, last=False)
        else:
            self._newest = message
        if not message.keep:
            self._expendable[self._number] = None
        if len(self._expendable) > self._limit:
            oldest, _ = self._expendable.popitem(last=False)
            del self._queue[oldest]
            self.dropped += 1
            self.over(self._passing.pop(oldest))

    def after(self, callback: Callable[[], None]) -> None:
        """Call back when everything sent so far is over: the broker confirms in the order of sending."""
        if self._newest is None:
            callback()
        else:
            self._newest.then += (callback,)

    def over(self, message: Outgoing) -> None:
        """The broker has it, or never will."""
        if message is self._newest:
            self._newest = None
        for callback in message.then:
            callback()

    def next(self) -> Outgoing | None:
        """Take the first message out of the queue."""
        if not self._queue:
            return None
        key, message = self._queue.popitem(last=False)
        if isinstance(key, int):
            del self._passing[key]
            self._expendable.pop(key, None)
            return message
        payload = self._retained[key]
        return Outgoing(key, payload(key) if callable(payload) else payload, retain=True)

    def sent(self, packet_id: int, message: Outgoing) -> None:
        self._in_flight[packet_id] = message

    def confirmed(self, packet_id: int) -> Outgoing | None:
        """The broker has this one."""
        message = self._in_flight.pop(packet_id, None)
        if message and not message.payload and self._retained.get(message.topic) == b"":
            del self._retained[message.topic]
        if message:
            self.over(message)
        return message

    def republish(self) -> None:
        """Everything that the broker shall hold goes out again."""
        self._queue |= dict.fromkeys(self._retained)

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
        self._expendable.clear()
        self._queue.clear()
        for message in waiting:
            if not (message.retain and message.topic in self._retained):
                self.send(message)
