"""The devices at hand, by serial number and by topic level."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.devices import Family, Source
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.fields import Reading
from bridge.mqtt import device_segment
from bridge.service.guard import EnergyGuard
from bridge.service.state import FRESH_PERIODS, OFFLINE_AFTER, DeviceState

MOST_RESTORED = 1000
"""Devices whose values outlive a restart."""


LONGEST_PERIOD = 3600.0
"""Seconds between uploads beyond which a device counts as gone in the meantime."""


@dataclass(eq=False, slots=True)
class Device:
    """One device (or plant) of an account. `segment` is its topic level, `title` what it is called where nobody has
    named it, `alias` its name in the Growatt app, `plant` the serial of what it hangs below, `carrier` the device that
    it is attached to and in whose records it shows, `patience` how many seconds old its data may be, `period` how many
    it takes to the next upload or, if that is longer, to its next turn to be asked about.
    `heard` holds each source's last record and when it was asked for (seconds of the clock's `monotonic`), once the
    device was `commanded`: before, nobody needs them.
    """

    serial: str
    family: Family
    api: AsyncGrowattApi
    name: str
    segment: str
    state: DeviceState
    title: str
    model: str | None = None
    firmware: str | None = None
    alias: str | None = None
    datalogger: str | None = None
    plant: str | None = None
    carrier: "Device | None" = None
    patience: float = OFFLINE_AFTER
    period: float = 0.0
    commanded: bool = False
    heard: dict[str, tuple[float, Reading]] = field(default_factory=dict)

    @property
    def lasting(self) -> float:
        """Seconds that its data may be old: a few of its own periods at least."""
        period = min((self.carrier or self).period, LONGEST_PERIOD)
        return max(self.patience, FRESH_PERIODS * period)


class Registry:
    """Knows every device; gives each a topic level of its own."""

    def __init__(
        self,
        names: Mapping[str, str],
        guards: Mapping[str, Any] | None = None,
        prefixes: Iterable[str] = (),
        states: dict[str, Any] | None = None,
    ) -> None:
        """`names`: friendly names by serial number; `guards`, `states`: what an earlier run remembered of energy
        counters and values; `prefixes`: what stands before names."""
        self._names = names
        self._serials = {device_segment(name): serial for serial, name in names.items()}
        self._prefixes = sorted(prefixes, key=len, reverse=True)
        self._guards = dict(guards or {})
        self._states = states or {}
        self._by_serial: dict[str, Device] = {}
        self._by_segment: dict[str, Device] = {}
        self._reserved: set[str] = set()
        self._having: dict[tuple[Source, AsyncGrowattApi], Mapping[str, Device]] = {}

    def __iter__(self) -> Iterator[Device]:
        return iter(tuple(self._by_serial.values()))

    def __len__(self) -> int:
        return len(self._by_serial)

    def by_serial(self, serial: str) -> Device | None:
        return self._by_serial.get(serial)

    def by_segment(self, segment: str) -> Device | None:
        """The device of a topic level; its serial number is always good, too."""
        return self._by_segment.get(segment) or self._by_serial.get(segment)

    def serial_of(self, segment: str) -> str:
        """The serial number behind a topic level, as far as it can be told of a device that is not here."""
        if (device := self.by_segment(segment)) is not None:
            return device.serial
        if segment in self._reserved:
            return segment
        name = segment.removeprefix(next((p for p in self._prefixes if segment.startswith(p)), ""))
        return self._serials.get(name, name)

    def having(self, source: Source, api: AsyncGrowattApi) -> Mapping[str, Device]:
        """The devices of this client's account that the source tells about and can be asked about, by serial number:
        the same object as long as they are the same devices."""
        if (source, api) not in self._having:
            families = {family for family in {d.family for d in self} if source in family.sources}
            mine = (d for d in self if d.api is api and d.family in families)
            self._having[source, api] = {d.serial: d for d in mine if d.model or not d.family.by_model}
        return self._having[source, api]

    def changed(self) -> None:
        """Devices have come or gone, or can be asked more than before."""
        self._having.clear()

    def add(
        self,
        serial: str,
        family: Family,
        api: AsyncGrowattApi,
        *,
        title: str | None = None,
        prefix: str = "",
        carrier: Device | None = None,
        patience: float = OFFLINE_AFTER,
        now: float = 0.0,
    ) -> Device:
        """A new device. Its name: from the configuration, else `title`, else the serial number, with `prefix`."""
        chosen = self._names.get(serial)
        self.reserve([serial])
        segment = self._segment(serial, self.wanted(serial, prefix))
        state = DeviceState(family, EnergyGuard.from_dict(self._guards.pop(serial, {})))
        title = title or serial
        device = Device(
            serial, family, api, prefix + (chosen or title), segment, state, title, carrier=carrier, patience=patience
        )
        self._remind(device, self._states.pop(serial, {}), now)
        self._by_serial[serial] = device
        self._by_segment[segment] = device
        self.changed()
        return device

    def _remind(self, device: Device, known: Any, now: float) -> None:
        """What an earlier run knew. Whoever waits long for each turn may have old values, and still be alive."""
        period = known.get("period") if isinstance(known, Mapping) else None
        device.period = float(period) if isinstance(period, int | float) and 0 <= period < math.inf else 0.0
        device.state.restore(known, now, device.lasting)

    def reserve(self, serials: Iterable[str]) -> None:
        """Devices that are there or were: nobody else gets their serial number as a topic level, whatever its name."""
        self._reserved |= set(map(device_segment, serials))

    def wanted(self, serial: str, prefix: str) -> str:
        """The topic level that a device should have by its name."""
        return device_segment(prefix + self._names.get(serial, serial))

    def _segment(self, serial: str, wanted: str) -> str:
        """A level that no other device has."""
        own = device_segment(serial)
        levels = itertools.chain((wanted, own), (f"{own}_{number}" for number in itertools.count(2)))
        free = (level for level in levels if level == own or level not in self._reserved)
        return next(level for level in free if level not in self._by_segment)

    def guards(self) -> Iterator[tuple[str, Any]]:
        """What to remember of the energy counters, by serial number, also of devices that were not seen yet."""
        yield from self._guards.items()
        yield from ((device.serial, device.state.guard.to_dict()) for device in self)

    def begun(self) -> bool:
        """Whether an energy counter has begun anew since this was asked last."""
        begun = [device for device in self if device.state.guard.begun]
        for device in begun:
            device.state.guard.begun = False
        return bool(begun)

    def states(self, *, last: bool) -> Iterator[tuple[str, Any]]:
        """What to remember of the values, by serial number; of a large fleet nothing, for it would be too much. `last`:
        nothing will be published after them."""
        if len(self) <= MOST_RESTORED:
            yield from (
                (serial, {**state, "last": last and state.get("last")}) for serial, state in self._states.items()
            )
            for device in self:
                yield device.serial, {**device.state.snapshot(last=last), "period": device.period}

    def remove(self, device: Device) -> None:
        """It may come back, and its energy counters go on."""
        self._guards[device.serial] = device.state.guard.to_dict()
        del self._by_serial[device.serial]
        del self._by_segment[device.segment]
        self.changed()
