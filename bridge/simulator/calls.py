"""One request on its way through the cloud, and what all handlers need from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from bridge.simulator.device import Device, Family
from bridge.simulator.weather import days
from bridge.simulator.wire import SETTING_DONE, V4_TEXTS, Json, Refusal
from bridge.simulator.world import FAMILIES, Datalogger, Plant, World

Row = TypeVar("Row")


@dataclass(frozen=True)
class Call:
    """What was asked, by whom, and how long a write takes to show (seconds)."""

    world: World
    token: str
    params: Mapping[str, str]
    latency: Callable[[], float]

    def get(self, name: str) -> str:
        return self.params.get(name, "").strip()

    def need(self, **codes: int) -> None:
        """Refuse with the code of the first parameter that is missing."""
        for name, code in codes.items():
            if not self.get(name):
                raise Refusal(code)

    def plant(self, missing: int, unknown: int) -> Plant:
        self.need(plant_id=missing)
        number = self.get("plant_id")
        plant = self.world.plants.get(int(number)) if number.isdigit() else None
        if plant is None or plant.token != self.token:
            raise Refusal(unknown)
        return plant

    def serials(self, name: str) -> list[str]:
        return [sn.strip() for sn in self.get(name).split(",") if sn.strip()]

    def mine(self, serials: list[str]) -> list[Device]:
        """Those devices that exist in the caller's account."""
        found = [self.world.devices[sn] for sn in serials if sn in self.world.devices]
        return [device for device in found if device.plant.token == self.token]

    def device_v1(self, key: str, missing: int, unknown: int, family: Family | None = None) -> Device:
        sn = self.get(key)
        if not sn:
            raise Refusal(missing)
        device = self.world.devices.get(sn)
        if device is None or (family and device.family is not family):
            raise Refusal(unknown)
        if device.plant.token != self.token:
            raise Refusal(10011)
        return device

    def devices_v4(self, most: int = 1) -> list[Device]:
        """The devices that `deviceSn` names; serials nobody knows are left out while any is known."""
        serials = self.serials("deviceSn")
        if not serials:
            raise Refusal(8)
        if len(serials) > most:
            raise Refusal(11)
        family = FAMILIES.get(self.get("deviceType"))
        if family is None or not family.v4:
            raise Refusal(7)
        known = [self.world.devices[sn] for sn in serials if sn in self.world.devices]
        if not known:
            raise Refusal(4)
        if any(device.plant.token != self.token for device in known):
            raise Refusal(12)
        if any(device.family is not family for device in known):
            raise Refusal(7)
        return known

    def logger(self, missing: int, unknown: int) -> Datalogger:
        self.need(datalog_sn=missing)
        found = self.world.dataloggers.get(self.get("datalog_sn"))
        if found is None or found.plant.token != self.token:
            raise Refusal(unknown)
        return found

    def device_v4(self) -> Device:
        return self.devices_v4()[0]

    def day(self, name: str, code: int) -> date:
        try:
            return date.fromisoformat(self.get(name))
        except ValueError:
            raise Refusal(code) from None

    def span(self, wrong: int, too_long: int, most: int = 7) -> list[date]:
        first, last = self.day("start_date", wrong), self.day("end_date", wrong)
        if last < first:
            raise Refusal(wrong)
        if (last - first).days >= most:
            raise Refusal(too_long)
        return [*days(first, last), last]

    def page(self) -> slice:
        """The rows that `page` and `perpage` ask for."""
        page, size = self._number("page", 1, 10014, 250), self._number("perpage", 20, 10013, 100)
        return slice((page - 1) * size, page * size)

    def _number(self, name: str, default: int, code: int, most: int) -> int:
        value = self.get(name)
        if not value:
            return default
        if not value.isdigit() or not 1 <= int(value) <= most:
            raise Refusal(code)
        return int(value)

    def listed(self, rows: Sequence[Row], key: str, show: Callable[[Row], Json]) -> Json:
        """One page of a v1 history."""
        part = self.page()
        following = min(part.stop, len(rows)) + 1
        return {"count": len(rows), key: [show(row) for row in rows[part]], "next_page_start_id": following}

    def write(self, device: Device, settings: Json, *, delay: float = 0.0, refused: int = 6) -> None:
        """Settings reach the device a little later, and `delay` seconds after that. One that takes none: `refused`."""
        if device.refused:
            raise Refusal(refused)
        device.write(settings, self.world.clock.time() + self.latency() + delay)


Handler = Callable[[Call], Json]


@dataclass(frozen=True)
class Endpoint:
    """A row of the table: one call of the API.

    The reply of `answer` goes into the envelope: beside `code` and `message` (v4), beside `error_code` (v1), into `obj`
    (app), or stands alone (bare). `seconds` must pass between two calls, `per_day` counts them; 0 is no limit.
    """

    path: str
    answer: Handler
    envelope: str = "v1"
    verb: str = "POST"
    seconds: int = 0
    per_day: int = 0
    by_type: Mapping[str, int] = field(default_factory=dict)  # other seconds for some device types

    def interval(self, device_type: str) -> int:
        return self.by_type.get(device_type, self.seconds)


def v4(data: object, message: str = V4_TEXTS[0]) -> Json:
    return {"data": data, "message": message}


def done() -> Json:
    return v4(None, SETTING_DONE)
