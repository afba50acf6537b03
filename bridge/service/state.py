"""What is known about a device: values from several sources, merged, with their age."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from bridge.devices import Family, Json, Property, Setting, Source
from bridge.growatt.fields import Reading, aware
from bridge.service.guard import EnergyGuard

FRESH_PERIODS = 3
"""A source is trusted over a less preferred one for this many of its own polling periods."""

FIRST_YEAR = 2000
"""No device uploaded anything before."""

OFFLINE_AFTER = 20 * 60
"""Seconds after which a device that uploads every five minutes counts as offline."""


class DeviceState:
    """The merged values of one device. `values` holds every property and setting, None where unknown. `zone`: where the
    device's day begins and ends, for its energy counters.
    """

    def __init__(self, family: Family, guard: EnergyGuard | None = None, zone: tzinfo = UTC) -> None:
        self.family = family
        self.guard = guard or EnergyGuard()
        self._zone = zone
        self.values: dict[str, Json] = dict.fromkeys(item.name for item in family.items)
        self.last_update: datetime | None = None
        self.lost: bool | None = None
        self.targets: dict[str, Json] = {}
        self._origin: dict[str, str] = {}
        self._received: dict[str, float] = {}
        self._stamped = False

    def apply(self, source: Source, record: Reading, now: float) -> set[str]:
        """Merge one record; returns the names whose value changed."""
        stamp = getattr(record, source.stamp) if source.stamp else None
        moment = believable(stamp, datetime.fromtimestamp(now, UTC))
        changed = {
            item.name
            for item in self.family.items
            if source.name in item.sources and self._take(item, source, record, now, moment)
        }
        self._received[source.name] = now
        self._stamp(source, record, now)
        lost = self.family.says_offline(source.name, record)
        self.lost = self.lost if lost is None else lost
        return changed

    def _take(self, item: Property | Setting, source: Source, record: Reading, now: float, moment: datetime) -> bool:
        if not self._may_speak(item, source, now):
            return False
        value = item.value(source.name, record)
        if value is None and self._origin.get(item.name) not in (None, source.name):
            return False
        if isinstance(item, Property) and item.is_energy and isinstance(value, int | float):
            value = self.guard.check(item.name, value, moment, self._zone)
        self._origin[item.name] = source.name
        before, self.values[item.name] = self.values[item.name], value
        return bool(before != value)

    def _may_speak(self, item: Property | Setting, source: Source, now: float) -> bool:
        """A less preferred source is heard only when the preferred one has not been for a while."""
        origin = self._origin.get(item.name)
        if origin is None or self.values[item.name] is None:
            return True
        order = item.sources
        if origin not in order or order.index(source.name) <= order.index(origin):
            return True
        patience = FRESH_PERIODS * (self.family.source(origin).every or 0)
        return now - self._received[origin] > patience

    def _stamp(self, source: Source, record: Reading, now: float) -> None:
        """The device's own clock says when its data is from; without one, the time of arrival must do."""
        moment = getattr(record, source.stamp) if source.stamp else None
        if moment is not None:
            stamp = believable(moment, datetime.fromtimestamp(now, UTC))
            self.last_update = max(stamp, self.last_update) if self._stamped and self.last_update else stamp
            self._stamped = True
        elif not self._stamped:
            self.last_update = datetime.fromtimestamp(now, UTC)

    def age(self, now: float) -> float | None:
        """Seconds since the device made its newest data."""
        return None if self.last_update is None else max(0.0, now - self.last_update.timestamp())

    def online(self, now: float) -> bool:
        """By the age of the data where the device tells the time, else by the cloud's word."""
        age = self.age(now)
        if age is None:
            return False
        return age <= OFFLINE_AFTER and not (self.lost and not self._stamped)

    def payload(self, now: float) -> dict[str, Json]:
        """The state object of the device's topic."""
        age = self.age(now)
        return {
            **self.values,
            "last_update": self.last_update.isoformat() if self.last_update else None,
            "age": None if age is None else round(age),
            "target": dict(self.targets),
        }


def believable(stamp: datetime | None, arrived: datetime) -> datetime:
    """The data's own time; that of its arrival where the device's clock cannot be right: none, future, long past."""
    if stamp is None or stamp.year < FIRST_YEAR or stamp.year > arrived.year + 1:
        return arrived
    return min(aware(stamp), arrived)


def differs(wanted: Json, found: Json) -> bool:
    """Whether a value read back is another than the one written; keys nobody asked for do not count."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return any(differs(value, found.get(key)) for key, value in wanted.items())
    return bool(wanted != found)
