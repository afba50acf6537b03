"""Which devices to ask about together, and when: one timetable for each source. All times are epoch seconds."""

import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from bridge.service.rhythm import Rhythm

CALLS = 8
"""Calls a beat that a source may take where each call is counted by itself, before devices share calls."""

REARRANGE = 3600.0
"""Seconds after which devices whose calls count apart are grouped anew by the phase of their uploads."""

REFUSED_EVERY = 3600.0
"""Seconds between two calls about a device that the cloud does not tell about."""

SEARCH_AGAIN = 6 * 3600.0
"""Seconds until a source of which all devices are refused is looked through again for some that are not."""

SET_BACK = 5.0
"""Seconds by which our own clock must go back to make void what was planned."""

MANY = 24
"""How many moments are weighed for one batch."""

Group = tuple[str, ...]
Cost = Callable[[float], float]


class Timetable:
    """`every`: seconds between two calls about a device, by serial number; `most`: devices in one call; `apart`: the
    cloud counts each call by itself, so that a few devices are asked one by one, each just after its upload."""

    def __init__(self, every: Callable[[str], float], most: int, *, apart: bool) -> None:
        self._every = every
        self._most = most
        self._apart = apart
        self._rhythms: defaultdict[str, Rhythm] = defaultdict(Rhythm)
        self._asked: dict[str, float] = {}
        self._free: dict[str, float] = {}
        self._groups: dict[Group, float | None] = {}
        self._turns: list[tuple[float, int, Group]] = []  # a heap; what it says of a group may be out of date
        self._number = itertools.count()
        self._of: dict[str, Group] = {}
        self._hastened: dict[Group, float] = {}
        self._refused: set[str] = set()
        self._halves: set[Group] = set()  # of groups that were refused, not asked about yet
        self._regrouped = False  # whether somebody has been refused, or heard again, since the groups were made
        self._whole_until = -math.inf
        self._known: Collection[str] = ()
        self._arranged = -math.inf
        self._now = -math.inf

    def next(self, serials: Collection[str], now: float) -> tuple[float, Group]:
        """The next moment to ask (`now` if it has passed) and whom to ask about; `serials` must not be empty. The same
        object is not looked through again."""
        if now < self._now - SET_BACK:
            self._rhythms.clear()
            self._free.clear()
            self._hastened.clear()
            self._arrange(serials, now)
        self._now = now
        same = serials is self._known and len(serials) == len(self._of)
        lasting = REARRANGE if self._apart else math.inf  # who takes turns keeps them
        if (not same and self._of.keys() != set(serials)) or now - self._arranged >= lasting:
            self._arrange(serials, now)
        self._known = serials
        if self._apart:
            return min(((max(now, self._due(group, now)), group) for group in self._groups), key=self._urgency)
        group = self._first_in_turn()
        return max(now, self._due(group, now)), group

    def _first_in_turn(self) -> Group:
        while True:
            turn, _, group = self._turns[0]
            if group in self._groups and turn == self._turn(group):
                return group
            heapq.heappop(self._turns)

    def observe(self, serial: str, stamp: float, now: float) -> float:
        """The answer of `now` holds a device's data of `stamp`. Returns the seconds from one upload to the next."""
        rhythm = self._rhythms[serial]
        rhythm.observe(stamp, now)
        return rhythm.period

    def asked(self, serials: Collection[str], now: float) -> None:
        """An answer about these devices came, good or bad. Call it after `observe`."""
        self._asked |= dict.fromkeys(serials, now)
        for serial in serials:
            self._free[serial] = now + self._pause(serial)
        self._plan_anew(serials)
        self._queue({self._of[serial] for serial in serials if serial in self._of})

    def refused(self, group: Group) -> None:
        """The cloud may not tell about one of these, and told about none: it is looked for by halves, and from then on
        asked about alone and rarely, so that the others are heard. Where all are refused, they are asked about as
        before, and not looked through again soon. Call it after `asked`."""
        self._halves.discard(group)
        if len(group) == 1:
            self._isolate(*group)
        elif self._now >= self._whole_until:
            self._halve(group)

    def _isolate(self, serial: str) -> None:
        if serial in self._refused:
            return
        self._refused.add(serial)
        self._regrouped = True
        if self._refused >= self._of.keys():
            self._refused.clear()
            self._halves.clear()
            self._free.clear()
            self._whole_until = self._now + SEARCH_AGAIN
        self._free[serial] = self._asked[serial] + self._pause(serial)
        self._plan_anew([serial])
        self._queue([self._of[serial]])
        self._regroup()

    def _halve(self, group: Group) -> None:
        parts = group[: len(group) // 2], group[len(group) // 2 :]
        del self._groups[group]
        self._groups |= dict.fromkeys(parts)
        self._of |= {serial: part for part in parts for serial in part}
        self._halves |= set(parts)
        for serial in group:
            del self._free[serial]
        self._queue(parts)

    def answered(self, group: Group) -> None:
        """The cloud told about these."""
        self._halves.discard(group)
        if not self._refused.isdisjoint(group):
            self._refused.difference_update(group)
            self._regrouped = True
        self._regroup()

    def _regroup(self) -> None:
        """Once nobody is looked for any more."""
        if self._regrouped and not self._halves:
            self._arranged = -math.inf

    def beside(self, serial: str) -> Group:
        """Who is asked about together with this device."""
        return self._of.get(serial, (serial,))

    def hasten(self, serial: str, moment: float) -> None:
        """Somebody waits for this device: ask about it then, before all others. Where devices share one limit, at most
        once a round, or one impatient client would leave the others without a turn."""
        group = self._of.get(serial)
        if group is None or moment - self._hastened.get(group, -math.inf) < self.round(serial):
            return
        if not self._apart:
            self._hastened[group] = moment
        self._asked.pop(serial, None)
        self._groups[group] = moment
        self._queue([group])

    def round(self, serial: str) -> float:
        """Seconds in which each has its turn where all share one limit; else what lies between two calls about this
        device."""
        turns = sum(self._refused.isdisjoint(group) for group in self._groups)
        return self._every(serial) * (1 if self._apart else max(1, turns))

    def _queue(self, groups: Iterable[Group]) -> None:
        for group in () if self._apart else groups:
            heapq.heappush(self._turns, (self._turn(group), next(self._number), group))

    def forget(self, serial: str) -> None:
        """The device has left; when it comes back, it is new."""
        for known in (self._rhythms, self._asked, self._free):
            known.pop(serial, None)
        self._refused.discard(serial)
        self._arranged = -math.inf

    def postpone(self, serials: Collection[str], until: float) -> None:
        """These devices must not be asked about earlier."""
        self._free |= dict.fromkeys(serials, until)
        self._plan_anew(serials)

    def _plan_anew(self, serials: Collection[str]) -> None:
        self._groups |= dict.fromkeys({self._of[serial] for serial in serials if serial in self._of})

    def _due(self, group: Group, now: float) -> float:
        due = self._groups[group]
        if due is None:
            new = [serial for serial in group if serial not in self._asked]
            earliest = max(now, *(self._free.get(serial, now) for serial in new or group))
            rhythms = [self._rhythms[serial] for serial in group if serial in self._rhythms]
            best = best_moment(rhythms, earliest)
            due = self._groups[group] = best if self._may_wait(group, best) else earliest
        return due

    def _may_wait(self, group: Group, until: float) -> bool:
        """Where all share one limit, whoever waits for its own uploads makes wait whose turn comes meanwhile."""
        return self._apart or all(until <= self._turn(other) for other in self._groups if other != group)

    def _turn(self, group: Group) -> float:
        """Since when it could have been asked again."""
        return min(self._asked.get(serial, -math.inf) for serial in group) + self._pause(group[0])

    def _pause(self, serial: str) -> float:
        return self._every(serial) if serial not in self._refused else max(REFUSED_EVERY, self._every(serial))

    def _urgency(self, item: tuple[float, Group]) -> tuple[float, float]:
        return item[0], self._turn(item[1])

    def _arrange(self, serials: Collection[str], now: float) -> None:
        for known in (self._rhythms, self._asked, self._free):
            for gone in known.keys() - set(serials):
                del known[gone]
        self._refused &= set(serials)
        self._halves.clear()
        self._regrouped = False
        size = min(self._most, math.ceil(len(serials) / CALLS)) if self._apart else self._most
        alike: defaultdict[float, list[str]] = defaultdict(list)
        for serial in serials:
            if serial not in self._refused:
                alike[self._every(serial)].append(serial)
        orders = [self._by_phase(some, now) for some in alike.values()]
        groups = [tuple(sorted(order[i : i + size])) for order in orders for i in range(0, len(order), size)]
        groups += [(serial,) for serial in serials if serial in self._refused]
        self._groups = dict.fromkeys(groups)
        self._hastened = {group: moment for group, moment in self._hastened.items() if group in self._groups}
        self._turns.clear()
        self._queue(groups)
        self._of = {serial: group for group in groups for serial in group}
        self._arranged = now

    def _by_phase(self, serials: Collection[str], now: float) -> list[str]:
        """Devices that upload at about the same time stand together; those without a rhythm come last."""
        known, rest = [], []
        for serial in serials:
            rhythm = self._rhythms.get(serial)
            due = None if rhythm is None else rhythm.upcoming(max(now, self._free.get(serial, now)))
            if rhythm is None or due is None:
                rest.append(serial)
            else:
                known.append(((due - now) % rhythm.period / rhythm.period, serial))
        return [serial for _, serial in _from_widest_gap(sorted(known))] + rest


def _from_widest_gap(circle: Sequence[tuple[float, str]]) -> Sequence[tuple[float, str]]:
    """The same order, beginning after the longest time without uploads."""
    if not circle:
        return circle
    gaps = [(here[0] - circle[i - 1][0]) % 1 for i, here in enumerate(circle)]
    start = gaps.index(max(gaps))
    return [*circle[start:], *circle[:start]]


def best_moment(rhythms: Sequence[Rhythm], earliest: float) -> float:
    """The moment, at or after `earliest`, to ask about several devices in one call: when the answers are youngest."""
    known = [(due, r.period) for r in rhythms if (due := r.upcoming(earliest)) is not None]
    if not known:
        return earliest
    interval = max(1.0, earliest - max(r.seen for r in rhythms))
    period = sorted(p for _, p in known)[len(known) // 2]
    moments = sorted(due + max(0, math.ceil((earliest - due) / p)) * p for due, p in known)
    moments = moments[:: -(-len(moments) // MANY)]
    if any(due <= earliest for due, _ in known):
        moments.append(earliest)
    cost = _waste(known, interval) if interval < 0.75 * period else _lag(known, interval, period, earliest)
    return min(moments, key=cost)


def _waste(known: Sequence[tuple[float, float]], interval: float) -> Cost:
    """Polls are cheaper than uploads: how long fresh data lies there before this poll or the next."""

    def cost(moment: float) -> float:
        waits = (moment - due if due <= moment else max(0.0, moment + interval - due) for due, _ in known)
        return sum(waits)

    return cost


def _lag(known: Sequence[tuple[float, float]], interval: float, period: float, earliest: float) -> Cost:
    """Polls are as dear as uploads: waiting costs freshness once; a better phase lasts until the limit, a little
    longer than a whole number of periods, has worn it off."""
    wear = max(0.1, interval - period * round(interval / period))
    lasting = math.sqrt(period / (2 * wear))

    def cost(moment: float) -> float:
        wait = moment - earliest
        lag = sum((moment - due) % p for due, p in known) / len(known)
        return lasting * lag + wait * (interval + wait) / (2 * interval)

    return cost
