"""Which messages from the broker are under way, so that one sent again is not worked on again, and keeps its age."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, TypeVar

K = TypeVar("K")
T = TypeVar("T")

DONE_KEPT, DONE_FOR = 1000, 86_400.0
"""Deliveries remembered though they are done, and seconds: a broker that comes back with an older saved state delivers
them again, however long they have been acknowledged."""


class Seen(NamedTuple):
    """A delivery as the next process knows it; `since` and `ended` as in `Delivery`. `done`: when the application was
    through with it, 0 while it is not."""

    packet_id: int
    fingerprint: str
    since: float
    done: float = 0.0
    ended: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class Delivery:
    """A QoS 1 message and how far its acknowledgement has come."""

    packet_id: int
    fingerprint: bytes
    since: float  # seconds since the epoch: when it was first received, or the earliest moment it can have been sent
    ended: tuple[str, ...] = ()  # names of the parts that the application is through with, while others are open
    resumed: bool = False  # an earlier process had it in work
    done: bool = False  # the application is through with it


class Inbox:
    """What the broker has delivered in this session.

    After a reconnect the broker sends again what it holds for unacknowledged, normally with the same packet id. What is
    done is then only acknowledged again. `before`: what an earlier process left; where it is not done, it has to be
    worked on again.
    """

    def __init__(self, before: Iterable[Seen] = ()) -> None:
        self._current: dict[int, Delivery] = {}  # of this connection, by packet id
        self._earlier: defaultdict[bytes, list[Delivery]] = defaultdict(list)  # of connections before, by fingerprint
        self._before: defaultdict[str, list[Seen]] = defaultdict(list)
        self._done: dict[int, Seen] = {}  # by packet id, the latest last
        self._open: dict[Delivery, None] = {}
        for each in before:
            if each.done:
                self._done[each.packet_id] = each
            else:
                self._before[each.fingerprint].append(each)

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
            self._open[delivery] = None
            self.used(packet_id)
        return delivery, known is None

    def used(self, packet_id: int) -> None:
        """The broker gave this packet id to another message, so that what had it before does not come again."""
        self._done.pop(packet_id, None)

    def _known(self, packet_id: int, dup: bool, fingerprint: bytes) -> Delivery | None:
        """Exactly this packet again; else, since some brokers number anew, one with the same content that still waits.

        A packet id is free for another message once it was acknowledged, so then only `dup` tells a repetition.
        """
        current = self._current.get(packet_id)
        same = [d for d in (current, *self._earlier.get(fingerprint, ())) if d and d.fingerprint == fingerprint]
        exact = (d for d in same if d.packet_id == packet_id)
        renumbered = (d for d in same if d is not current and dup)
        return next(exact, None) or self._done_before(packet_id, dup, fingerprint) or next(renumbered, None)

    def _done_before(self, packet_id: int, dup: bool, fingerprint: bytes) -> Delivery | None:
        seen = self._done.get(packet_id)
        if not dup or seen is None or seen.fingerprint != fingerprint.hex():
            return None
        return Delivery(packet_id, fingerprint, seen.since, done=True)

    def _unknown(self, packet_id: int, dup: bool, fingerprint: bytes, since: float) -> Delivery:
        """As an earlier process knew this message, else since `since`. The same content may have come more than once on
        purpose: each counts once, and one that was never handed out before (no `dup`) is another.
        """
        same = self._before.get(fingerprint.hex())
        if not dup or not same:
            return Delivery(packet_id, fingerprint, since)
        found = min(same, key=lambda each: (each.packet_id != packet_id, each.since))
        _take(self._before, found.fingerprint, found)
        return Delivery(packet_id, fingerprint, found.since, found.ended, resumed=True)

    def finished(self, delivery: Delivery, now: float) -> bool:
        """The application is through with it, at `now` (epoch seconds), and the broker has whatever answers it. Whether
        the broker waits for the acknowledgement on the present connection.
        """
        delivery.done = True
        if delivery in self._open:
            del self._open[delivery]
            self._done.setdefault(delivery.packet_id, _seen(delivery, now))
        if delivery in self._earlier.get(delivery.fingerprint, ()):
            _take(self._earlier, delivery.fingerprint, delivery)
        held = self.holds(delivery)
        if held:
            del self._current[delivery.packet_id]
        return held

    def holds(self, delivery: Delivery) -> bool:
        """Whether it came, or came again, on the present connection."""
        return self._current.get(delivery.packet_id) is delivery

    def connection_lost(self) -> None:
        self._current.clear()
        self._earlier.clear()
        for delivery in self._open:
            self._earlier[delivery.fingerprint].append(delivery)

    def all_came_again(self) -> None:
        """Everything that an earlier process left unacknowledged has been delivered."""
        self._before.clear()

    def session_lost(self) -> None:
        """The broker has forgotten us: nothing comes again, and packet ids start anew."""
        self._current.clear()
        self._earlier.clear()
        self._before.clear()
        self._done.clear()
        self._open.clear()

    def left(self, now: float) -> list[Seen]:
        """What the next process should know, at `now` (epoch seconds). What is long done is forgotten."""
        recent = [each for each in self._done.values() if now - each.done < DONE_FOR][-DONE_KEPT:]
        self._done = {each.packet_id: each for each in recent}
        return [*chain.from_iterable(self._before.values()), *map(_seen, self._open), *recent]


def _seen(delivery: Delivery, done: float = 0.0) -> Seen:
    return Seen(delivery.packet_id, delivery.fingerprint.hex(), delivery.since, done, delivery.ended)


def _take(piles: dict[K, list[T]], key: K, item: T) -> None:
    """Off its pile; what is empty does not stay, since all piles are looked through at each saving."""
    piles[key].remove(item)
    if not piles[key]:
        del piles[key]
