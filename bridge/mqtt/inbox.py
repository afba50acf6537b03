"""Which messages from the broker are under way, so that one sent again is not worked on again, and keeps its age."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, TypeVar

K = TypeVar("K")
T = TypeVar("T")

DONE_KEPT = 1000
"""Deliveries kept for the next process though they are done, since the acknowledgement may not have arrived."""


class Seen(NamedTuple):
    """A delivery as the next process knows it; `since` and `ended` as in `Delivery`."""

    packet_id: int
    fingerprint: str
    since: float
    ended: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class Delivery:
    """A QoS 1 message and how far its acknowledgement has come."""

    packet_id: int
    fingerprint: bytes
    since: float  # seconds since the epoch: when it was first received, or the earliest moment it can have been sent
    ended: tuple[str, ...] = ()  # names of the parts that the application is through with, while others are open
    done: bool = False  # the application is through with it
    sent_at: float | None = None  # when the acknowledgement was handed to a connection; None: never


class Inbox:
    """What the broker has delivered in this session.

    After a reconnect the broker sends again what it holds for unacknowledged, normally with the same packet id. An
    acknowledgement given shortly before the connection broke may have been lost with it, so those are remembered for
    `doubt` seconds: as long as a dead connection can go unnoticed. `before`: what an earlier process left; that has to
    be worked on again.
    """

    def __init__(self, doubt: float, before: Iterable[Seen] = ()) -> None:
        self._doubt = doubt
        self._current: dict[int, Delivery] = {}  # of this connection, by packet id
        self._earlier: defaultdict[bytes, list[Delivery]] = defaultdict(list)  # of connections before, by fingerprint
        self._before: defaultdict[str, list[Seen]] = defaultdict(list)
        for each in before:
            self._before[each.fingerprint].append(each)
        self._open: set[Delivery] = set()

    @property
    def in_work(self) -> int:
        """How many messages are not acknowledged yet."""
        return len(self._open)

    def arrived(self, packet_id: int, dup: bool, content: Iterable[bytes], since: float = 0.0) -> tuple[Delivery, bool]:
        """The delivery that this message is, and whether it is new. `content`: what tells it from others; `since`: the
        earliest moment it can have been sent, as far as the connection knows.
        """
        fingerprint = hashlib.blake2b(b"\0".join(content), digest_size=16).digest()
        known = self._known(packet_id, dup, fingerprint)
        delivery = known or self._unknown(packet_id, dup, fingerprint, since)
        if known in self._earlier.get(fingerprint, ()):
            _take(self._earlier, fingerprint, delivery)
            delivery.packet_id = packet_id
        self._current[packet_id] = delivery
        if not delivery.done:
            self._open.add(delivery)
        return delivery, known is None

    def _known(self, packet_id: int, dup: bool, fingerprint: bytes) -> Delivery | None:
        """Exactly this packet again; else, since some brokers number anew, one with the same content that still waits.

        A packet id is free for another message once it was acknowledged, so then only `dup` tells a repetition.
        """
        current = self._current.get(packet_id)
        same = [d for d in (current, *self._earlier.get(fingerprint, ())) if d and d.fingerprint == fingerprint]
        exact = (d for d in same if d.packet_id == packet_id and (dup or not d.done))
        renumbered = (d for d in same if d is not current and dup and not d.done)
        return next(exact, None) or next(renumbered, None)

    def _unknown(self, packet_id: int, dup: bool, fingerprint: bytes, since: float) -> Delivery:
        """As an earlier process knew this message, else since `since`. The same content may have come more than once on
        purpose: each counts once, and one that was never handed out before (no `dup`) is another.
        """
        same = self._before.get(fingerprint.hex())
        if not dup or not same:
            return Delivery(packet_id, fingerprint, since)
        found = min(same, key=lambda each: (each.packet_id != packet_id, each.since))
        _take(self._before, found.fingerprint, found)
        return Delivery(packet_id, fingerprint, found.since, found.ended)

    def finished(self, delivery: Delivery) -> None:
        """The application is through with it."""
        delivery.done = True
        self._open.discard(delivery)

    def holds(self, delivery: Delivery) -> bool:
        """Whether the broker waits for this acknowledgement on the present connection."""
        return self._current.get(delivery.packet_id) is delivery

    def connection_lost(self, now: float) -> None:
        """`now` in seconds on the clock that `Delivery.sent_at` is taken from."""
        coming = self._to_come(now)
        self._earlier.clear()
        self._current = {}
        for delivery in coming:
            self._earlier[delivery.fingerprint].append(delivery)

    def _to_come(self, now: float) -> list[Delivery]:
        known = chain(chain.from_iterable(self._earlier.values()), self._current.values())
        return [delivery for delivery in known if self._may_come_again(delivery, now)]

    def _may_come_again(self, delivery: Delivery, now: float) -> bool:
        return not delivery.done or delivery.sent_at is None or now - delivery.sent_at < self._doubt

    def all_came_again(self) -> None:
        """Everything that an earlier process left unacknowledged has been delivered."""
        self._before.clear()

    def session_lost(self) -> None:
        """The broker has forgotten us: nothing comes again, and packet ids start anew."""
        self._current = {}
        self._earlier.clear()
        self._before.clear()
        self._open.clear()

    def left(self, now: float) -> list[Seen]:
        """What the next process should know; `now` as in `connection_lost`. What cannot come again is forgotten."""
        self._current = {d.packet_id: d for d in self._current.values() if self._may_come_again(d, now)}
        mine = self._to_come(now)
        done = sorted((d for d in mine if d.done), key=lambda d: d.sent_at or now)
        kept = [*(d for d in mine if not d.done), *done[-DONE_KEPT:]]
        before = chain.from_iterable(self._before.values())
        return [*before, *(Seen(d.packet_id, d.fingerprint.hex(), d.since, d.ended) for d in kept)]


def _take(piles: dict[K, list[T]], key: K, item: T) -> None:
    """Off its pile; what is empty does not stay, since all piles are looked through at each saving."""
    piles[key].remove(item)
    if not piles[key]:
        del piles[key]
