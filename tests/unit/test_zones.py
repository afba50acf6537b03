"""Where a device's day begins: what is configured, what this machine knows, what the plant says."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bridge.clock import Clock
from bridge.config import Config, DeviceOptions, Growatt
from bridge.devices import PLANT, offset_of
from bridge.devices.bus import SMART_METER
from bridge.growatt import AsyncGrowattApi
from bridge.service.registry import Device, Registry
from bridge.service.zones import Zones

WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


def pair(offset: str | None) -> tuple[Device, Device]:
    """A meter and its plant, which tells this offset."""
    registry, api = Registry({}), AsyncGrowattApi("token")
    plant = registry.add("plant_1", PLANT, api)
    plant.state.values["timezone"] = offset
    return registry.add("METER", SMART_METER, api), plant


def ahead(zone: tzinfo) -> list[float]:
    """Hours ahead of UTC in winter and summer."""
    return [(moment.astimezone(zone).utcoffset() or timedelta()) / timedelta(hours=1) for moment in (WINTER, SUMMER)]


@pytest.mark.parametrize(
    ("here", "account", "chosen", "offset", "expected"),
    [
        ("Europe/Berlin", None, {}, None, [1, 2]),
        ("Europe/Berlin", None, {}, "GMT+1", [1, 2]),
        ("Europe/Berlin", None, {}, "GMT+2", [1, 2]),
        ("UTC", None, {}, "GMT+8", [8, 8]),
        ("Europe/Berlin", None, {}, "GMT-3.5", [-3.5, -3.5]),
        ("UTC", None, {}, "somewhere", [0, 0]),
        ("UTC", "Europe/Berlin", {}, "GMT+8", [1, 2]),
        ("UTC", "Europe/Berlin", {"plant_1": "Asia/Tokyo"}, "GMT+8", [9, 9]),
        ("UTC", None, {"METER": "Europe/Lisbon", "plant_1": "Asia/Tokyo"}, "GMT+8", [0, 1]),
    ],
)
def test_the_zone_of_a_device(
    monkeypatch: pytest.MonkeyPatch,
    here: str,
    account: str | None,
    chosen: dict[str, str],
    offset: str | None,
    expected: list[float],
) -> None:
    monkeypatch.setenv("TZ", here)
    options = tuple(DeviceOptions(serial=serial, timezone=zone) for serial, zone in chosen.items())
    zones = Zones(Growatt(timezone=account), Config(devices=options), Clock())
    assert ahead(zones.of(*pair(offset))) == expected


def test_before_its_plant_is_known_a_device_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    meter, _ = pair("GMT+1")
    assert Zones(Growatt(), Config(), Clock()).of(meter, None) == ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        *[("GMT+8", 8), ("UTC-11", -11), ("5.5", 5.5), ("GMT+5:45", 5.75), ("+14", 14), (8.0, 8)],
        *[("GMT", None), ("GMT+15", None), (None, None), ("", None), ("8 o'clock", None)],
    ],
)
def test_what_plants_say_of_their_distance_from_utc(text: str | float | None, hours: float | None) -> None:
    assert offset_of({"timezone": text}) == (None if hours is None else timedelta(hours=hours))
