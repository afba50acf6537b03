"""The broker as the rest of the bridge sees it: always there to be told things, connected or not.

Everything here runs in the event loop, and its state belongs to it; only `Message.ack` may be called from any thread.
"""

import asyncio
import contextlib
import logging
import random
import secrets
import time
from collections.abc import Callable, Iterator

from paho.mqtt.reasoncodes import ReasonCode

from bridge.clock import Clock
from bridge.mqtt.link import Events, Limits, Link
from bridge.mqtt.memory import Memory
from bridge.mqtt.message import Handler, check_topic
from bridge.mqtt.outbox import Outbox, Outgoing, Payload
from bridge.mqtt.receiver import Receiver
from bridge.mqtt.settings import (
    BrokerError,
    BrokerRefused,
    BrokerSettings,
    BrokerUnreachable,
    Protocol,
    ProtocolRefused,
)

QUEUE_LIMIT = 1000  # passing messages kept while the broker is away
SLOWEST = 60.0  # seconds between two attempts, at most; also after a refusal
STEADY = 10.0  # seconds after which a connection counts as good; two clients with one id throw each other out sooner
ABORT_TIME = 0.25  # seconds of `stop` kept for breaking a connection that does not end by itself
RETRY = 300.0  # seconds after which the broker is offered again what it refused to keep: quotas and rules change
PACKET_OVERHEAD = 64  # bytes of a packet beside topic, payload and properties, generously

log = logging.getLogger("bridge.mqtt")


def _tell(event: asyncio.Event, holds: bool) -> None:
    if holds:
        event.set()
    else:
        event.clear()


def backoff() -> Iterator[float]:
    """Seconds to wait before each further attempt: 1 at least, doubling up to `SLOWEST`, with jitter."""
    ceiling = 2.0
    while True:
        yield random.uniform(max(1.0, ceiling / 2), ceiling)
        ceiling = min(SLOWEST, ceiling * 2)


class BrokerConnection:
    """A connection that comes back by itself.

    `will` (topic, payload) is published retained by the broker when we vanish. `on_state` hears of every change of
    `connected`. `memory`: what an earlier process left. `echo`: a topic among those subscribed, for messages to
    ourselves that tell how long others have waited; without one all count as fresh.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        will: tuple[str, bytes],
        clock: Clock,
        on_state: Callable[[bool], None] | None = None,
        memory: Memory | None = None,
        echo: str | None = None,
    ) -> None:
        if settings.tls:
            settings.tls.check()
        self.connected = False
        self.protocol: Protocol | None = None  # in use, or else the last one that worked
        self._settings = settings
        self._will = will
        self._clock = clock
        self._was_up = False  # in the attempt under way
        self._since = 0.0  # when that attempt succeeded
        self._on_state = on_state
        self._receiver = Receiver(
            clock,
            memory or Memory(),
            echo=echo,
            send_first=self._send_first,
            warn=self._warn,
        )
        self._outbox = Outbox(QUEUE_LIMIT)
        self._link: Link | None = None
        self._limits = Limits(1, None)
        self._unconfirmed: Outgoing | None = None  # the largest message when the connection was lost
        self._error: BrokerError | None = None
        self._warned: set[str] = set()
        self._idle = asyncio.Event()
        self._drained = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._retrying: asyncio.TimerHandle | None = None

    def subscribe(self, topic_filter: str, handler: Handler, *, qos: int = 1) -> None:
        """Have `handler` called, in the event loop, for messages that match. It must be quick and acknowledge.

        Where several filters match a topic, the one subscribed first gets the message.
        """
        self._receiver.subscribe(topic_filter, handler, qos)
        self._pump()

    def _subscribed(self, packet_id: int, reasons: list[ReasonCode]) -> None:
        self._receiver.subscribed(packet_id, reasons)
        self._pump()

    def _send_first(self, topic: str, payload: bytes) -> None:
        self._outbox.send(Outgoing(topic, payload), first=True)
        self._pump()

    # Sending

    def retain(self, topic: str, payload: Payload) -> None:
        """What the broker shall hold on this topic, from now on and after every reconnect."""
        check_topic(topic)
        self._outbox.retain(topic, payload)
        self._pump()

    def clear(self, topic: str) -> None:
        """The broker shall hold nothing on this topic any more."""
        self.retain(topic, b"")

    def send(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        correlation_data: bytes | None = None,
        keep: bool = False,
    ) -> None:
        """Publish once, now or when the broker is back; of too many that wait, those to `keep` stay. Raises like
        `check_topic`."""
        check_topic(topic)
        message = Outgoing(topic, payload, qos=qos, retain=retain, correlation_data=correlation_data, keep=keep)
        self._outbox.send(message)
        self._pump()

    def after(self, callback: Callable[[], None]) -> None:
        """Call back once the broker has confirmed everything that was sent so far."""
        self._outbox.after(callback)

    async def republish(self) -> None:
        """Publish everything retained again, for a client that cannot see what the broker holds."""
        self._outbox.republish()
        self._pump()

    async def flush(self, timeout: float) -> bool:  # noqa: ASYNC109 - the answer is whether it was enough
        """Wait until the broker has confirmed everything, subscriptions too; True if within `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._idle.wait()
        return self._idle.is_set()

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - as `flush`
        """Wait until everything is on its way to the broker, at most `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._drained.wait()

    def _pump(self) -> None:
        """Hand over what waits, as much as the broker takes at a time."""
        while self.connected and self._link and self._outbox.ready(self._limits.in_flight):
            try:
                message = self._outbox.next()
            except Exception:  # one payload that cannot be made must not stop the others
                log.exception("A message could not be made")
                continue
            if message is None:
                break
            if self._fits(message):
                packet_id = self._link.publish(message)
                self._outbox.sent(packet_id, message, time.monotonic())
            else:
                self._outbox.over(message)
        _tell(self._drained, not self._outbox.waiting)
        _tell(self._idle, self.connected and self._outbox.idle and self._receiver.settled)

    def room(self, topic: str, correlation_data: bytes | None = None) -> int | None:
        """Bytes of payload that the broker takes in a message on this topic; None where it has named no limit."""
        most = self._limits.max_packet
        return None if most is None else most - PACKET_OVERHEAD - len(topic.encode()) - len(correlation_data or b"")

    def _fits(self, message: Outgoing) -> bool:
        room = self.room(message.topic, message.correlation_data)
        if room is None or len(message.payload) <= room:
            return True
        self._warn(f"not published, the broker takes at most {self._limits.max_packet} bytes: {message.topic}")
        return False

    def _published(self, packet_id: int, reason: ReasonCode) -> None:
        self._receiver.heard()
        message = self._outbox.confirmed(packet_id, refused=reason.is_failure)
        if message and reason.is_failure:
            self._retry_later()
            level = message.topic.partition("/")[0]
            refused = f"the broker refuses what is published on {message.topic}: {reason.getName().lower()}"
            self._warn(f"{refused}; others of {level} are not told", about=f"{level}: {reason.getName()}")
        self._pump()

    def _retry_later(self) -> None:
        if self._retrying is None:
            loop = asyncio.get_running_loop()
            self._retrying = loop.call_later(self._clock.real(RETRY), self._retry)

    def _retry(self) -> None:
        self._retrying = None
        self._outbox.retry()
        self._pump()

    def _warn(self, text: str, about: str | None = None) -> None:
        """Once, or once of what it is about."""
        level = logging.DEBUG if (about or text) in self._warned else logging.WARNING
        self._warned.add(about or text)
        log.log(level, "MQTT: %s", text)

    # Connecting

    async def start(self) -> None:
        """Begin to connect, in the background."""
        self._task = asyncio.create_task(self._stay_connected(), name="mqtt")
        self._receiver.start()

    async def check(self) -> None:
        """Connect once under another name, publish nothing, and leave. Raises `BrokerError`."""
        name = f"{self._settings.client_id}-check-{secrets.token_hex(3)}"
        error: BrokerError | None = None
        for protocol in self._candidates():
            error = await self._visit(protocol, name).run()
            if not isinstance(error, ProtocolRefused):
                break
        if error:
            raise error

    async def stop(self, last: tuple[str, bytes] | None = None, timeout: float = 1.5) -> None:  # noqa: ASYNC109
        """Publish `last` (topic, payload) retained, say goodbye and end, within `timeout` seconds."""
        gentle = time.monotonic() + timeout - ABORT_TIME
        if self.connected:
            if last:
                self.retain(*last)
            await self.flush(gentle - time.monotonic())
        if self._task:
            await self._end(self._task, gentle)
        self._receiver.stop()
        if self._retrying:
            self._retrying.cancel()
        self._tell_dropped()

    async def _end(self, task: asyncio.Task[None], gentle: float) -> None:
        if self._link:
            self._link.close()
            await asyncio.wait([task], timeout=max(0.0, gentle - time.monotonic()))
        if self._link:
            self._link.abort()
            await asyncio.wait([task], timeout=ABORT_TIME)
        task.cancel()
        await asyncio.wait([task])

    async def _stay_connected(self) -> None:
        waits = backoff()
        while True:
            self._was_up = False
            error = await self._attempt()
            if error is None:
                return
            self._note(self._suspect(error))
            if self._was_up and self._clock.monotonic() - self._since > STEADY:
                waits = backoff()
            await self._clock.sleep(SLOWEST if isinstance(error, BrokerRefused) else next(waits))

    async def _attempt(self) -> BrokerError | None:
        """Connect, and stay as long as it lasts. None: `stop` wants us to end."""
        error: BrokerError | None = None
        for protocol in self._candidates():
            error = await self._session(protocol)
            if self._was_up or not isinstance(error, ProtocolRefused):
                break
            if self.protocol and error.hung_up:  # it spoke this version before: it is only restarting
                break
        return error

    def _candidates(self) -> tuple[Protocol, ...]:
        """The versions of MQTT to try in turn."""
        if self._settings.protocol != "auto":
            return (self._settings.protocol,)
        return ("3.1.1", "5") if self.protocol == "3.1.1" else ("5", "3.1.1")

    async def _session(self, protocol: Protocol) -> BrokerError | None:
        events = Events(self._opened, self._receiver.arrived, self._published, self._subscribed)
        return await self._run(Link(self._settings, protocol, events, will=self._will))

    def _visit(self, protocol: Protocol, client_id: str) -> Link:
        """A link that closes as soon as it is open, and leaves no session."""
        link: Link
        events = Events(opened=lambda _present, _limits: link.close())
        link = Link(self._settings, protocol, events, client_id=client_id, clean=True)
        return link

    async def _run(self, link: Link) -> BrokerError | None:
        self._link = link
        try:
            return await link.run()
        finally:
            self._link = None
            self._lost()

    def _opened(self, session_present: bool, limits: Limits) -> None:
        if self._link is None:
            return
        self.connected = self._was_up = True
        self._since = self._clock.monotonic()
        self.protocol = self._link.protocol
        self._limits = limits
        self._error = None
        log.info("Connected to the broker at %s with MQTT %s", self._settings.address, self.protocol)
        self._tell_dropped()
        self._outbox.connection_made()
        self._receiver.opened(self._link, session_present)
        if self._on_state:
            self._on_state(True)
        self._pump()

    def _lost(self) -> None:
        if not self.connected:
            return
        self.connected = False
        self._idle.clear()
        self._receiver.lost()
        self._unconfirmed = self._outbox.largest_in_flight
        for message in self._outbox.connection_lost(time.monotonic()):
            until = " until it changes" if message.retain else ""
            text = f"the broker hangs up at {len(message.payload)} bytes on {message.topic}: left out{until}"
            self._warn(text, about=f"hangs up at {message.topic}")
        if self._on_state:
            self._on_state(False)

    def _suspect(self, error: BrokerError) -> BrokerError:
        """Not every broker says that another client took our place, or that a message is too large for it."""
        if not self._was_up or isinstance(error, BrokerRefused) or self._clock.monotonic() - self._since > STEADY:
            return error
        doubts = f"does another client use the client id {self._settings.client_id!r}?"
        if large := self._unconfirmed:
            doubts += f" Or are {len(large.payload)} bytes on {large.topic} more than the broker takes?"
        return BrokerUnreachable(f"{error} soon after it came about ({doubts})")

    def _note(self, error: BrokerError) -> None:
        """Log what is new: a lost connection, or another kind of failure than at the attempt before."""
        if self._was_up or type(error) is not type(self._error):
            level = logging.ERROR if isinstance(error, BrokerRefused) else logging.WARNING
            log.log(level, "MQTT: %s. Trying again until it works", error)
        self._error = error

    def _tell_dropped(self) -> None:
        if self._outbox.dropped:
            log.warning(
                "MQTT: %d messages were dropped: at most %d wait for the broker",
                self._outbox.dropped,
                QUEUE_LIMIT,
            )
            self._outbox.dropped = 0
