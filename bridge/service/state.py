"""What is known about a device: values from several sources, merged, with their age."""

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from sys import intern
from typing import Any

from bridge.devices import Family, Json, Source
from bridge.devices.values import at_home, lower
from bridge.growatt.fields import Reading, aware
from bridge.service.guard import EnergyGuard

FRESH_PERIODS = 3
"""A source is trusted over a less preferred one for this many of its own polling periods."""

FIRST_YEAR = 2000
"""No device uploaded anything before."""

OFFLINE_AFTER = 20 * 60
"""Seconds after which a device that uploads every five minutes counts as offline."""

SETTINGS_LAST = 24 * 3600
"""Seconds for which a setting outlives a restart, where nothing is heard of it."""

RESENT = 3
"""Records older than one before, each newer than the last, after which they are no late re-sends: the clock was set."""

LOST_PATIENCE = 0.75
"""Share of that time for a device that the cloud calls lost: enough for one that uploads all the same."""

NOTHING: Mapping[str, Json] = {}
BESIDE = frozenset({"last_update", "age", "target"})
"""What the state object holds beside values."""

SECRET = re.compile(r"user|account|passw|pwd|token|secret|valid|check_?code|(^|_)pin(_|$)|(^|_)key(_|$)")
"""Names of what should not be told."""


class Values(Mapping[str, Json]):
    """The values of one device by name. Devices of one family share the names, so that each needs little memory."""

    __slots__ = ("_places", "held")

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places
        self.held: list[Json] = [None] * len(places)

    def __getitem__(self, name: str) -> Json:
        return self.held[self._places[name]]

    def __setitem__(self, name: str, value: Json) -> None:
        self.held[self._places[name]] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self.held)


class DeviceState:
    """The merged values of one device. `values` holds every property and setting, None where unknown; `told` has a bit
    for the place of each item that was ever known. `unknown`: numbers and switches that the API tells and the family
    does not have, by source and API name; not what texts and `SECRET` ones may be. `renewed`: no newer values than
    these can have been published.
    """

    def __init__(self, family: Family, guard: EnergyGuard | None = None) -> None:
        self.family = family
        self.guard = guard or EnergyGuard()
        self.values = Values(family.places)
        self.told = 0
        self.last_update: datetime | None = None
        self._settled: datetime | None = None  # when the settings are from that alone are known of an earlier run
        self.lost: bool | None = None
        self.targets: Mapping[str, Json] = NOTHING
        self.unknown: Mapping[str, Mapping[str, Json]] = NOTHING
        self._origin: dict[int, str] = {}  # of items told by another source than the preferred one, by place
        self._received: dict[str, float] = {}
        self._before: Mapping[str, float] = NOTHING  # the same of an earlier run
        self._stamped = False
        self._newest = self._resent = -math.inf  # by the device's clock (epoch seconds)
        self._resends = 0
        self._behind = math.inf  # seconds from its making to its arrival, by either clock
        self._advanced = -math.inf  # when it was made, if the device's clock is as slow as it was for the one before
        self._first = 0.0
        self.renewed = False

    @property
    def heard(self) -> Collection[str]:
        """Names of the sources that have told something."""
        return self._received.keys()

    def heard_within(self, source: str, seconds: float, now: float) -> bool:
        """Whether a source has told something in the last so many seconds, be it to an earlier run that ended in
        order."""
        return now - self._received.get(source, self._before.get(source, -math.inf)) <= seconds

    def apply(self, source: Source, record: Reading, now: float, zone: tzinfo = UTC) -> None:
        """Merge one record. `zone`: where the device's day begins and ends, for its energy counters."""
        arrived = datetime.fromtimestamp(now, UTC)
        stamp = believable(getattr(record, source.stamp), arrived) if source.stamp else None
        moment = min(stamp, arrived) if stamp else arrived
        self._received[source.name] = now
        if stamp is not None and self._is_resent(stamp.timestamp()):
            return
        guarded = partial(self._guarded, at=moment, zone=zone, arrived=moment is arrived)
        fields, tellers = vars(record), self.family.tellers(source.name)
        for place, value in tellers.plain.news(fields, self.values.held):
            self._hold(place, value)
        for place, name, value in tellers.counters.values(fields):
            self._hold(place, guarded(name, value))
        for place, name, get, shown, ranks, counts, by in tellers.others:
            raw = get({**fields, **self._known(by, fields, moment, guarded)} if by else fields)
            value = None if raw is None else shown(raw)
            if ranks is None or self._may_speak(place, ranks, source.name, value, now):
                self._hold(place, guarded(name, value) if counts else value)
        if record.model_extra or source.name in self.unknown:
            self._hold_unknown(source.name, record.model_extra or {})
        if source.dates and (source.stamp or self._by_arrival(source, now)):
            self._date(arrived, stamp)
        lost = self.family.says_offline(source.name, record)
        self.lost = self.lost if lost is None else lost

    def _known(
        self, by: Mapping[str, str], fields: Mapping[str, Json], at: datetime, guarded: Callable[[str, Json], Json]
    ) -> dict[str, Json]:
        """Fields that count energy, freed of glitches, and each counter as it was last where its field is missing."""
        freed = {field: guarded(counter, fields[field]) for counter, field in by.items()}
        return {**freed, **{counter: self.guard.last(counter, at) for counter in by}}

    def _hold_unknown(self, source: str, fields: Mapping[str, Any]) -> None:
        """What was told before and is not now is null, as everywhere."""
        taken = BESIDE | self.family.places.keys()
        numbers = {lower(key): at_home(value) for key, value in fields.items() if _is_number(value)}
        told = {name: value for name, value in numbers.items() if name not in taken and not SECRET.search(name)}
        if before := self.unknown.get(source):
            told = {**dict.fromkeys(before), **told}
        if told:
            self.unknown = {**self.unknown, source: told}

    def _guarded(self, name: str, value: Json, *, at: datetime, zone: tzinfo, arrived: bool) -> Json:
        return self.guard.check(name, value, at, zone, arrived=arrived) if isinstance(value, int | float) else value

    def _hold(self, place: int, value: Json) -> None:
        held = self.values.held
        if held[place] is None and value is not None:
            self.told |= 1 << place
        held[place] = intern(value) if value.__class__ is str else value

    def _may_speak(self, place: int, ranks: Mapping[str, int], source: str, value: Json, now: float) -> bool:
        """A less preferred source is heard only when the preferred one has not been for a while, and none makes unknown
        what another knows."""
        preferred = next(iter(ranks))
        if self.values.held[place] is not None and (origin := self._origin.get(place, preferred)) != source:
            patience = FRESH_PERIODS * (self.family.source(origin).every or 0)
            silent = now - self._received.get(origin, -math.inf)
            if value is None or (ranks[source] > ranks[origin] and silent <= patience):
                return False
        self._origin[place] = source
        if source == preferred:
            del self._origin[place]
        return True

    def _by_arrival(self, source: Source, now: float) -> bool:
        """Whether a record without a time of its own proves that the device is alive. Not for a while after the first
        one, since one with a time may yet show that the data is old; and not where it comes from a source that is asked
        more rarely than such records, for that the cloud answers out of its database, be the device dead."""
        self._first = self._first or now
        regular = self.family.dated_by
        if regular is None or not self.family.stamped:
            return True
        often = 0 < (source.every or 0) <= (regular.every or 0)
        return often and now - self._first >= OFFLINE_AFTER

    def _is_resent(self, stamp: float) -> bool:
        """Whether what was made then comes late, after something newer; what goes on in the past comes of a clock that
        was set back."""
        if stamp >= self._newest:
            self._resends = 0
            return False
        if stamp > self._resent or not self._resends:
            self._resends += 1
            self._resent = stamp
        if self._resends < RESENT:
            return True
        self._newest, self._behind, self._stamped = stamp - 1, math.inf, False
        return False

    def _date(self, arrived: datetime, stamp: datetime | None) -> None:
        """The device's own clock says when its data is from; without one, the time of arrival must do. The same data
        gets no newer by coming again."""
        self.renewed = True
        if stamp is None:
            self.last_update = self.last_update if self._stamped else arrived
        elif (at := stamp.timestamp()) > self._newest:
            behind = arrived.timestamp() - at
            self._advanced = -math.inf if self._newest == -math.inf else at + min(behind, self._behind)
            self._newest, self._behind = at, behind
            moment = min(stamp, arrived)
            self.last_update = max(moment, self.last_update) if self._stamped and self.last_update else moment
            self._stamped = True

    def age(self, now: float) -> float | None:
        """Seconds since the device made its newest data."""
        return None if self.last_update is None else max(0.0, now - self.last_update.timestamp())

    def online(self, now: float, patience: float = OFFLINE_AFTER) -> bool:
        """By the age of the data, which may be `patience` seconds, and by the cloud's word: at once where the device
        does not tell the time, a while sooner where it does, for some are called lost and upload. A clock that is slow
        makes no device dead that uploads."""
        age = self.age(now)
        if age is None or (self.lost and not self._stamped):
            return False
        return min(age, abs(now - self._advanced)) <= patience * (LOST_PATIENCE if self.lost else 1)

    def snapshot(self, *, last: bool) -> dict[str, Json]:
        """What is known, to begin with after a restart. `last`: nothing will be published after it."""
        last = last and self.renewed
        everything = zip(self.family.places, self.values.held, strict=True)
        known = {name: value for name, value in everything if value is not None}
        newest = self.last_update or self._settled
        moment = newest.isoformat() if newest else None
        told = {"values": known, "last_update": moment, "stamped": self._stamped, "lost": self.lost, "last": last}
        if self._origin:
            names = tuple(self.family.places)
            told["origin"] = {names[place]: source for place, source in self._origin.items()}
        return {**told, "received": self._received} if last else told

    def restore(self, snapshot: Mapping[str, Any], now: float, patience: float = OFFLINE_AFTER) -> None:
        """Begin with what an earlier run knew. Of what is too old to stand for the present the settings stay for a
        while: they change rarely, and many of them are asked for rarely."""
        try:
            moment = datetime.fromisoformat(snapshot["last_update"])
            known = {name: value for name, value in snapshot["values"].items() if name in self.family.places}
            age = now - moment.timestamp()
        except (AttributeError, KeyError, TypeError, ValueError):
            return
        fresh = 0 <= age <= patience
        lasting = known.keys() if fresh else {s.name for s in self.family.settings if 0 <= age <= SETTINGS_LAST}
        for name in known.keys() & lasting:
            self.values[name] = known[name]
            self.told |= 1 << self.family.places[name]
        if not fresh:
            self._settled = moment if lasting else None
            return
        origin, items = snapshot.get("origin"), {item.name: item for item in self.family.items}
        for name, source in origin.items() if isinstance(origin, Mapping) else ():
            if name in known and source in items[name].sources:
                self._origin[self.family.places[name]] = source
        self.last_update, self._stamped, self.lost = moment, snapshot.get("stamped") is True, snapshot.get("lost")
        self.renewed = snapshot.get("last") is True
        times = snapshot.get("received") if self.renewed else None
        received = times.items() if isinstance(times, Mapping) else ()
        self._before = {source: at for source, at in received if isinstance(at, int | float)}

    def payload(self, now: float) -> dict[str, Json]:
        """The state object of the device's topic."""
        age = self.age(now)
        payload = dict(zip(self.family.places, self.values.held, strict=True))
        for told in self.unknown.values():
            payload.update(told)
        payload["last_update"] = self.last_update.isoformat() if self.last_update else None
        payload["age"] = None if age is None else round(age)
        payload["target"] = dict(self.targets)
        return payload


def believable(stamp: datetime | None, arrived: datetime) -> datetime | None:
    """The data's own time, aware; None where the device's clock cannot be right."""
    if stamp is None or stamp.year < FIRST_YEAR or stamp.year > arrived.year + 1:
        return None
    return aware(stamp)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def differs(wanted: Json, found: Json) -> bool:
    """Whether a value read back is another than the one written; keys nobody asked for do not count."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return any(differs(value, found.get(key)) for key, value in wanted.items())
    return bool(wanted != found)
