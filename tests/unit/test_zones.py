"""Where a device's day begins: what is configured, what this machine knows, what the plant says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from bridge.clock import Clock
from bridge.config import Config, DeviceOptions, Growatt
from bridge.devices import PLANT, offset_of
from bridge.devices.metering import SMART_METER
from bridge.growatt import AsyncGrowattApi
from bridge.service.registry import Registry
from bridge.service.store import Store
from bridge.service.zones import Zones

WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


class Home:
    """A meter and its plant, which may tell an offset, and what outlives a restart."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "bridge.json")
        registry, api = Registry({}), AsyncGrowattApi("token")
        self.plant = registry.add("plant_1", PLANT, api)
        self.meter = registry.add("METER", SMART_METER, api)

    def zone(self, account: str | None = None, chosen: Mapping[str, str] = {}, *, seen: bool = True) -> tzinfo:
        """That of the meter, whose plant was `seen` since the start."""
        self.meter.plant = "plant_1" if seen else None
        options = tuple(DeviceOptions(serial=serial, timezone=zone) for serial, zone in chosen.items())
        zones = Zones(Growatt(timezone=account), Config(devices=options), Clock(), self.store)
        return zones.of(self.meter, self.plant if seen else self.meter)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


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
    home: Home,
    here: str,
    account: str | None,
    chosen: dict[str, str],
    offset: str | None,
    expected: list[float],
) -> None:
    monkeypatch.setenv("TZ", here)
    home.plant.state.values["timezone"] = offset
    assert ahead(home.zone(account, chosen)) == expected


def test_until_its_plant_is_known_a_device_stays_where_it_was(
    monkeypatch: pytest.MonkeyPatch, home: Home, tmp_path: Path
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    assert ahead(home.zone(seen=False)) == [1, 2]
    for offset, chosen, expected in (("GMT+8", {}, [8, 8]), (None, {"plant_1": "Asia/Tokyo"}, [9, 9])):
        home.plant.state.values["timezone"] = offset
        assert ahead(home.zone(chosen=chosen)) == expected
        again = Home(tmp_path)
        assert ahead(again.zone(chosen=chosen, seen=False)) == expected
        assert ahead(again.zone(chosen=chosen)) == expected
    home.plant.state.values["timezone"] = "GMT+1"
    assert ahead(home.zone()) == ahead(Home(tmp_path).zone(seen=False)) == [1, 2]


def test_what_is_configured_now_comes_before_what_was_learned(
    monkeypatch: pytest.MonkeyPatch, home: Home, tmp_path: Path
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    assert ahead(home.zone(chosen={"plant_1": "Asia/Tokyo"})) == [9, 9]
    assert [ahead(Home(tmp_path).zone(seen=seen)) for seen in (False, True)] == [[0, 0], [0, 0]]
    home.plant.state.values["timezone"] = "GMT+8"
    assert ahead(home.zone()) == ahead(Home(tmp_path).zone(seen=False)) == [8, 8]
    assert ahead(Home(tmp_path).zone("Europe/Berlin", seen=False)) == [1, 2]


def test_a_plants_zone_counts_where_the_plant_itself_is_left_out(home: Home) -> None:
    home.meter.plant = "plant_1"
    options = (DeviceOptions(serial="plant_1", timezone="Asia/Tokyo"),)
    zones = Zones(Growatt(timezone="Europe/Berlin"), Config(devices=options), Clock(), home.store)
    assert ahead(zones.of(home.meter, None)) == [9, 9]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        *[("GMT+8", 8), ("UTC-11", -11), ("5.50", 5.5), ("GMT+5:45", 5.75), ("+14", 14), (8.0, 8), ("GMT+0930", 9.5)],
        *[("GMT+12.75", 12.75), ("UTC+08:00", 8), ("GMT-3.5", -3.5), ("GMT+0", 0)],
        *[("GMT", None), ("GMT+15", None), (None, None), ("", None), ("8 o'clock", None)],
    ],
)
def test_what_plants_say_of_their_distance_from_utc(text: str | float | None, hours: float | None) -> None:
    assert offset_of({"timezone": text}) == (None if hours is None else timedelta(hours=hours))
