"""What comes from the broker: each message once, as old as it may be, and kept by the broker until it is done with."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from functools import partial

from paho.mqtt.client import MQTTMessage, topic_matches_sub
from paho.mqtt.reasoncodes import ReasonCode

from bridge.clock import Clock
from bridge.mqtt.freshness import CROWDED, Freshness, believed
from bridge.mqtt.inbox import Delivery, Inbox
from bridge.mqtt.link import Link
from bridge.mqtt.memory import Memory
from bridge.mqtt.message import Handler, Message, can_publish

SAVE_AFTER = 0.2  # seconds after which what changed is saved
SAVE_AT_LEAST = 10.0  # seconds between two savings while the broker is heard
TICK = 1.0  # real seconds between two looks at the clock

log = logging.getLogger("bridge.mqtt")


class Receiver:
    """The receiving half of a `BrokerConnection`, which calls it whenever the connection has news.

    `echo`: as there. `send_first` publishes (topic, payload) before all that waits; `warn` says a thing once.
    """

    def __init__(
        self,
        clock: Clock,
        memory: Memory,
        *,
        echo: str | None,
        send_first: Callable[[str, bytes], None],
        warn: Callable[[str], None],
    ) -> None:
        self.freshness = Freshness(clock, memory.clear)
        self._clock = clock
        self._memory = memory
        self._echo = echo
        self._send_first = send_first
        self._warn = warn
        self._inbox = Inbox(memory.seen)
        self._handlers: dict[str, tuple[Handler, int]] = {}
        self._pending: dict[int, list[str]] = {}  # filters that the broker has not confirmed yet, by packet id
        self._link: Link | None = None  # while connected
        self._saving: asyncio.TimerHandle | None = None
        self._saved_at = -SAVE_AT_LEAST  # on the clock's `monotonic`
        self._ticking: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._home = 0  # the event loop's thread

    @property
    def settled(self) -> bool:
        """Whether the broker has confirmed every subscription."""
        return not self._pending

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._home = threading.get_ident()
        self._tick()

    def stop(self) -> None:
        if self._loop is not None:
            self._save()
        if self._ticking:
            self._ticking.cancel()

    def opened(self, link: Link, session_present: bool) -> None:
        self._link = link
        if not session_present:
            self._inbox.session_lost()
            self.freshness.nothing_waits()
        self._subscribe(list(self._handlers))  # whatever the session is said to have: it may be an older one
        if session_present:
            self.ask_echo()

    def lost(self) -> None:
        self._link = None
        self._pending.clear()
        self.freshness.lost()
        self._inbox.connection_lost()

    def subscribe(self, topic_filter: str, handler: Handler, qos: int) -> None:
        if qos not in (0, 1):
            raise ValueError(f"qos must be 0 or 1, got {qos}")
        self._handlers[topic_filter] = (handler, qos)
        self._subscribe([topic_filter])

    def _subscribe(self, filters: list[str]) -> None:
        if self._link and filters:
            wanted = [(each, self._handlers[each][1]) for each in filters]
            self._pending[self._link.subscribe(wanted)] = filters

    def subscribed(self, packet_id: int, reasons: list[ReasonCode]) -> None:
        self.heard()
        for topic_filter, reason in zip(self._pending.pop(packet_id, ()), reasons, strict=False):
            if reason.is_failure:
                self._warn(f"the broker refuses the subscription to {topic_filter}: {reason.getName().lower()}")
        self.ask_echo()  # one that comes proves that a late one is no forbidden one

    def arrived(self, message: MQTTMessage) -> None:
        topic = message.topic
        if topic == self._echo:
            self._echoed(message)
            return
        self.heard()
        incoming = self._message(topic, message)
        if message.qos:
            delivery, new = self._inbox.arrived(message.mid, message.dup, incoming.content, incoming.received_at)
            if not new:
                self._repeated(delivery)
                return
            self._save_soon()
            incoming.received_at = believed(delivery.since, self._clock.time())
            incoming.resumed, incoming.ended = delivery.resumed, delivery.ended
            incoming.on_end = partial(self._part_ended, delivery)
            incoming.on_ack = lambda: self._in_loop(self._acknowledge, delivery)
        self._dispatch(incoming)

    def _message(self, topic: str, message: MQTTMessage) -> Message:
        response_topic: str | None = getattr(message.properties, "ResponseTopic", None)
        return Message(
            topic=topic,
            payload=bytes(message.payload),
            qos=message.qos,
            retain=message.retain,
            response_topic=response_topic if response_topic and can_publish(response_topic) else None,
            correlation_data=getattr(message.properties, "CorrelationData", None),
            received_at=self.freshness.since,
        )

    def _dispatch(self, message: Message) -> None:
        matching = (h for f, (h, _) in self._handlers.items() if topic_matches_sub(f, message.topic))
        handler = next(matching, None)
        if handler is None:  # a subscription that an earlier run left in the session
            message.ack()
            return
        try:
            handler(message)
        except Exception:  # one bad message must not cost the connection
            log.exception("A message on %s could not be handled", message.topic)
            message.ack()

    def _repeated(self, delivery: Delivery) -> None:
        """Still being worked on: the acknowledgement will come. Done already: only that was lost."""
        if delivery.done:
            self._acknowledge(delivery)

    def _acknowledge(self, delivery: Delivery) -> None:
        awaited = self._inbox.finished(delivery, self._clock.time())
        self._save_soon()
        if self._link and awaited:
            self._link.acknowledge(delivery.packet_id)

    def _part_ended(self, delivery: Delivery, part: str) -> None:
        delivery.ended = (*delivery.ended, part)
        self._save_soon()

    def _in_loop(self, function: Callable[[Delivery], None], delivery: Delivery) -> None:
        if threading.get_ident() == self._home or self._loop is None:
            function(delivery)
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed; the broker will deliver again
            self._loop.call_soon_threadsafe(function, delivery)

    def heard(self) -> None:
        """The broker has said something."""
        if self.freshness.hear(self._inbox.in_work):
            self.ask_echo()
        if self._clock.monotonic() - self._saved_at >= SAVE_AT_LEAST:
            self._save_soon()

    def ask_echo(self) -> None:
        """Find out whether messages wait at the broker."""
        if self._echo is None:
            self.freshness.nothing_waits()
        else:
            self._send_first(self._echo, self.freshness.ask())

    def _echoed(self, message: MQTTMessage) -> None:
        if self._link and message.qos:
            self._link.acknowledge(message.mid)
            self._inbox.used(message.mid)
        if self.freshness.returned(bytes(message.payload)):
            self._inbox.all_came_again()
            self._save_soon()
            if self._inbox.in_work < CROWDED:  # else one echo would follow the other
                self.heard()

    def _tick(self) -> None:
        if self._link and self.freshness.tick():
            self.ask_echo()
        if self.freshness.deaf:
            self._warn(
                f"messages to ourselves on {self._echo} do not come back; access rules must let us read and write"
            )
        self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick)

    def _save_soon(self) -> None:
        if self._saving is None and self._loop is not None:
            self._saving = self._loop.call_later(self._clock.real(SAVE_AFTER), self._save)

    def _save(self) -> None:
        if self._saving:
            self._saving.cancel()
        self._saving, self._saved_at = None, self._clock.monotonic()
        self._memory.save(self.freshness.clear, self._inbox.left(self._clock.time()))
