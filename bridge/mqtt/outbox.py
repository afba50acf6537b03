"""What is to be sent: the retained state, remembered for good, and messages that pass once."""

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from sys import intern

Payload = bytes | Callable[[str], bytes]
"""A payload, or what makes it for a topic when it is sent: until then it needs no memory, and it tells the newest."""

HANG_UPS, SOON = 3, 10.0
"""Connections in a row that broke within so many seconds after a message was sent: then it is left out, since the
broker hangs up at it. Some do so at what is too large for them, or at topics of too many levels."""


@dataclass(eq=False, slots=True)
class Outgoing:
    """A message on its way to the broker."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    correlation_data: bytes | None = None
    keep: bool = False
    then: tuple[Callable[[], None], ...] = ()
    sent_at: float = 0.0


class Outbox:
    """One queue in the order of the calls. A retained topic stands in it once, with its newest payload.

    At most `limit` passing messages wait beside those to `keep`; the oldest give way, and `dropped` counts them.
    What was on its way when a connection broke goes out alone, so that it is known which the broker hangs up at.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._retained: dict[str, Payload] = {}
        self._queue: OrderedDict[str | int, Outgoing | None] = OrderedDict()  # by topic if retained, else numbered
        self._passing: OrderedDict[int, Outgoing] = OrderedDict()  # the numbered part of the queue
        self._expendable: OrderedDict[int, None] = OrderedDict()  # of that, what may give way
        self._newest: Outgoing | None = None  # of what was sent to pass
        self._in_flight: dict[int, Outgoing] = {}
        self._breaks: Counter[str] = Counter()  # in a row, by the topics that were on their way
        self._refused: dict[str, None] = {}  # retained topics
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
    def largest_in_flight(self) -> Outgoing | None:
        return max(self._in_flight.values(), key=lambda message: len(message.payload), default=None)

    def retain(self, topic: str, payload: Payload) -> None:
        """Remember what the broker shall hold; an empty payload until it is delivered, then nothing. The same bytes are
        not sent again. What was left out has another chance."""
        if callable(payload) or self._retained.get(topic) != payload:
            if self._left_out(topic):
                self._breaks[topic] = HANG_UPS - 1
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

    def ready(self, limit: int) -> bool:
        """Whether the next may go out, of `limit` at a time."""
        return len(self._in_flight) < (1 if self._breaks and self._doubtful() else limit)

    def _doubtful(self) -> bool:
        """Whether the next goes alone, or one before it does."""
        key = next(iter(self._queue), "")
        coming = self._passing[key].topic if isinstance(key, int) else key
        return any(topic in self._breaks for topic in (coming, *(each.topic for each in self._in_flight.values())))

    def _left_out(self, topic: str) -> bool:
        return self._breaks[topic] >= HANG_UPS

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

    def sent(self, packet_id: int, message: Outgoing, now: float) -> None:
        message.sent_at = now
        self._in_flight[packet_id] = message

    def confirmed(self, packet_id: int, *, refused: bool = False) -> Outgoing | None:
        """The broker has this one, or does not want it."""
        message = self._in_flight.pop(packet_id, None)
        if message is None:
            return None
        if refused and message.topic in self._retained:
            self._refused[message.topic] = None
        elif not message.payload and self._retained.get(message.topic) == b"":
            del self._retained[message.topic]
        self._breaks.pop(message.topic, None)
        self.over(message)
        return message

    def retry(self) -> None:
        """What the broker shall hold and refused goes out again."""
        self._queue |= dict.fromkeys(topic for topic in self._refused if topic in self._retained)
        self._refused.clear()

    def republish(self) -> None:
        """Everything that the broker shall hold goes out again."""
        self._queue |= dict.fromkeys(self._retained)

    def connection_made(self) -> None:
        """The broker may have lost everything: first all that it shall hold, then what waited."""
        self._queue.clear()
        self._queue |= dict.fromkeys(topic for topic in self._retained if not self._left_out(topic))
        for number, message in self._passing.items():
            self._queue[number] = message

    def connection_lost(self, now: float) -> list[Outgoing]:
        """What was not confirmed waits again, at its old place; the retained part comes with `connection_made`. Returns
        what is left out, of an answer in pages all of them.
        """
        soon = [message for message in self._in_flight.values() if now - message.sent_at < SOON]
        self._breaks.update({message.topic for message in soon})
        culprits = [message for message in soon if self._left_out(message.topic)]
        given_up = {message.topic for message in culprits}
        waiting = [*self._in_flight.values(), *self._passing.values()]
        self._in_flight.clear()
        self._passing.clear()
        self._expendable.clear()
        self._queue.clear()
        over = [m for m in waiting if m in culprits or (m.topic in given_up and not m.keep)]
        for message in waiting:
            if message not in over and not (message.retain and message.topic in self._retained):
                self.send(message)
        for message in over:
            self.over(message)
        return culprits
