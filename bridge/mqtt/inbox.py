"""Which messages from the broker are under way, so that one sent again is not worked on again."""

import hashlib
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Delivery:
    """A QoS 1 message and how far its acknowledgement has come."""

    packet_id: int
    fingerprint: bytes
    done: bool = False  # the application is through with it
    sent_at: float | None = None  # when the acknowledgement was handed to a connection; None: never


class Inbox:
    """What the broker has delivered in this session.

    After a reconnect the broker sends again what it holds for unacknowledged, normally with the same packet id. An
    acknowledgement given shortly before the connection broke may have been lost with it, so those are remembered for
    `doubt` seconds: as long as a dead connection can go unnoticed.
    """

    def __init__(self, doubt: float) -> None:
        self._doubt = doubt
        self._current: dict[int, Delivery] = {}  # of this connection, by packet id
        self._earlier: list[Delivery] = []  # of connections before, still to come again

    def arrived(self, packet_id: int, dup: bool, topic: str, payload: bytes) -> tuple[Delivery, bool]:
        """The delivery that this message is, and whether it is new."""
        fingerprint = hashlib.blake2b(topic.encode() + b"\0" + payload, digest_size=16).digest()
        known = self._known(packet_id, dup, fingerprint)
        delivery = known or Delivery(packet_id, fingerprint)
        if known in self._earlier:
            self._earlier.remove(delivery)
            delivery.packet_id = packet_id
        self._current[packet_id] = delivery
        return delivery, known is None

    def _known(self, packet_id: int, dup: bool, fingerprint: bytes) -> Delivery | None:
        """Exactly this packet again; else, since some brokers number anew, one with the same content that still waits.

        A packet id is free for another message once it was acknowledged, so then only `dup` tells a repetition.
        """
        current = self._current.get(packet_id)
        same = [d for d in (current, *self._earlier) if d and d.fingerprint == fingerprint]
        exact = (d for d in same if d.packet_id == packet_id and (dup or not d.done))
        renumbered = (d for d in same if d is not current and dup and not d.done)
        return next(exact, None) or next(renumbered, None)

    def holds(self, delivery: Delivery) -> bool:
        """Whether the broker waits for this acknowledgement on the present connection."""
        return self._current.get(delivery.packet_id) is delivery

    def connection_lost(self, now: float) -> None:
        """`now` in seconds on the clock that `Delivery.sent_at` is taken from."""
        self._earlier = [d for d in (*self._earlier, *self._current.values()) if self._may_come_again(d, now)]
        self._current = {}

    def _may_come_again(self, delivery: Delivery, now: float) -> bool:
        return not delivery.done or delivery.sent_at is None or now - delivery.sent_at < self._doubt

    def session_lost(self) -> None:
        """The broker has forgotten us: nothing comes again, and packet ids start anew."""
        self._current = {}
        self._earlier = []
