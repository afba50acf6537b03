"""The devices at hand, by serial number and by topic level."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from bridge.devices import Family, Source
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.fields import Reading
from bridge.mqtt import device_segment
from bridge.service.guard import EnergyGuard
from bridge.service.state import DeviceState


@dataclass(eq=False)
class Device:
    """One device (or plant) of an account. `segment` is its topic level, `plant` the serial of what it hangs below,
    `heard` holds each source's last record and when it was asked for (seconds of the clock's `monotonic`).
    """

    serial: str
    family: Family
    api: AsyncGrowattApi
    name: str
    segment: str
    state: DeviceState
    model: str | None = None
    firmware: str | None = None
    datalogger: str | None = None
    plant: str | None = None
    heard: dict[str, tuple[float, Reading]] = field(default_factory=dict)


class Registry:
    """Knows every device; gives each a topic level of its own."""

    def __init__(self, names: Mapping[str, str], guards: Mapping[str, Any] | None = None, zone: tzinfo = UTC) -> None:
        """`names`: friendly names by serial number; `guards`: what an earlier run remembered of energy counters."""
        self._names = names
        self._guards = dict(guards or {})
        self._zone = zone
        self._by_serial: dict[str, Device] = {}
        self._by_segment: dict[str, Device] = {}

    def __iter__(self) -> Iterator[Device]:
        return iter(tuple(self._by_serial.values()))

    def __len__(self) -> int:
        return len(self._by_serial)

    def by_serial(self, serial: str) -> Device | None:
        return self._by_serial.get(serial)

    def by_segment(self, segment: str) -> Device | None:
        """The device of a topic level; its serial number is always good, too."""
        return self._by_segment.get(segment) or self._by_serial.get(segment)

    def having(self, source: Source, api: AsyncGrowattApi) -> list[Device]:
        """The devices of this client's account that the source tells about and can be asked about."""
        mine = (d for d in self if d.api is api and source in d.family.sources)
        return [d for d in mine if d.model or not source.needs_model]

    def add(self, serial: str, family: Family, api: AsyncGrowattApi, *, title: str | None = None) -> Device:
        """A new device. Its name: from the configuration, else `title`, else the serial number."""
        chosen = self._names.get(serial)
        segment = device_segment(chosen or serial)
        if segment in self._by_segment or (segment != serial and segment in self._by_serial):
            segment = device_segment(serial)
        state = DeviceState(family, EnergyGuard.from_dict(self._guards.pop(serial, {})), self._zone)
        device = Device(serial, family, api, chosen or title or serial, segment, state)
        self._by_serial[serial] = device
        self._by_segment[segment] = device
        return device

    def guards(self) -> dict[str, Any]:
        """What to remember of the energy counters, also of devices that were not seen yet."""
        return self._guards | {device.serial: device.state.guard.to_dict() for device in self}

    def remove(self, device: Device) -> None:
        del self._by_serial[device.serial]
        del self._by_segment[device.segment]
