"""The physical model and the timeline of the simulated cloud's devices, without HTTP."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from bridge.clock import Clock
from bridge.simulator.device import Device
from bridge.simulator.world import World

NOON = 1781863200.0  # 2026-06-19 12:00 in Berlin
HOUR = 3600.0


class HandClock(Clock):
    """Stands still until somebody turns it."""

    def __init__(self, start: float = NOON) -> None:
        self.now_is = start

    def time(self) -> float:
        return self.now_is


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def world(clock: HandClock) -> World:
    return World.demo(clock, seed=1)


def hours(clock: HandClock, count: float) -> None:
    clock.now_is += count * HOUR


def a_day(device: Device, clock: HandClock) -> list[tuple[float, float]]:
    """(state of charge, AC watts) at every half hour of a day."""
    found = []
    for _ in range(48):
        hours(clock, 0.5)
        found.append((device.soc, device.power))
    return found


def test_energy_is_the_integral_of_power(world: World, clock: HandClock) -> None:
    device = world.device("TLX2000001")
    hours(clock, 9)
    rows = device.uploads
    first, last = rows[0], rows[-1]
    for name in ("pv", "load", "exported", "charge"):
        areas = [(getattr(a.flow, name) + getattr(b.flow, name)) / 2 * (b.t - a.t) for a, b in pairwise(rows)]
        assert last.total[name] - first.total[name] == pytest.approx(sum(areas) / 3.6e6, rel=0.03, abs=0.15), name
    assert last.today["pv"] > 15


def test_energy_is_conserved(world: World, clock: HandClock) -> None:
    hours(clock, 8)
    for sn in ("0PVPNOAH12345678", "TLX2000001"):
        flow = world.device(sn).upload().flow
        assert flow.imported + flow.out == pytest.approx(flow.load + flow.exported + flow.grid_charge)
        assert flow.self_use <= flow.load


@pytest.mark.parametrize("sn", ["0PVPNOAH12345678", "TLX2000001"])
def test_battery_keeps_its_limits_and_moves(world: World, clock: HandClock, sn: str) -> None:
    device = world.device(sn)
    limits = {"chargingSocHighLimit": 80.0, "chargingSocLowLimit": 50.0, "defaultPower": 600.0}
    if device.family.type == "min":
        limits = {"wchargeSOCLowLimit": 80.0, "wdisChargeSOCLowLimit": 50.0}
    device.soc = 55
    device.write(limits)
    day = [soc for soc, _ in a_day(device, clock)]
    assert 49.9 <= min(day) < 51
    assert 79 < max(day) <= 80.1


def test_the_sun_sets_and_counters_begin_again_at_local_midnight(world: World, clock: HandClock) -> None:
    device = world.device("BZP1000001")
    assert device.power > 200
    hours(clock, 11.5)
    evening = device.upload()
    assert evening.flow.pv == 0
    assert evening.today["pv"] > 4
    hours(clock, 1)
    night = device.upload()
    assert night.today["pv"] == 0
    assert night.total["pv"] == evening.total["pv"]


def test_totals_never_go_back_from_the_past_into_the_present(world: World, clock: HandClock) -> None:
    device = world.device("0PVPNOAH12345678")
    today = device.plant.today()
    rows = [row for n in (3, 2, 1, 0) for row in device.history(today - timedelta(days=n))]
    assert len(rows) == 3 * 288 + 12 * 12
    assert all(a.total["out"] <= b.total["out"] and a.t < b.t for a, b in pairwise(rows))
    assert device.history(today - timedelta(days=96)) == device.history(today + timedelta(days=1)) == []


def test_history_repeats_what_was_uploaded(world: World, clock: HandClock) -> None:
    device = world.device("TLX2000001")
    seen = []
    for n in range(30):
        hours(clock, 0.5)
        if n == 3:
            device.write({"activeRate": 20.0})
        if n == 8:
            device.soc = 40
        if n == 20:
            device.write({"onOff": 0}, clock.time() + 700)
        seen.append(device.upload())
    history = {row.t: row for day in (19, 20) for row in device.history(date(2026, 6, day))}
    assert [history[row.t] for row in seen] == seen


def test_output_follows_default_power_and_time_slots(world: World, clock: HandClock) -> None:
    device = world.device("0HVRNEXA12345678")
    device.soc = 60
    device.write({"defaultPower": 320.0})
    assert device.power == 320
    slot = {"time1Enable": 1, "time1Start": "13:0", "time1End": "13:59", "time1Mode": 0, "time1Power": 150.0}
    device.write(slot)
    assert device.power == 320
    hours(clock, 1)
    assert device.power == 150
    hours(clock, 1)
    assert device.power == 320


def test_battery_first_buys_only_when_the_grid_may_charge(world: World, clock: HandClock) -> None:
    device = world.device("0PVPNOAH12345678")
    hours(clock, 12)
    device.soc = 40
    device.write({"time1Enable": 1, "time1Start": "0:0", "time1End": "23:59", "time1Mode": 1})
    assert device.reading().flow.grid_charge == device.power == 0
    device.write({"allowGridCharging": 1})
    assert device.reading().flow.grid_charge == 800
    hours(clock, 1)
    assert device.soc == pytest.approx(40 + 100 * 800 * 0.96 / 4096, abs=0.1)


def test_smart_mode_follows_the_load_and_buys_at_night(world: World, clock: HandClock) -> None:
    device = world.device("0HVRNEXA12345678")
    device.write({"time1Enable": 1, "time1Start": "0:0", "time1End": "23:59", "time1Mode": 2})
    hours(clock, 10.5)
    device.soc = 60
    flow = device.reading().flow
    assert flow.out == flow.load > 100
    assert flow.imported == flow.exported == 0
    device.write({"allowGridCharging": 1})
    hours(clock, 3)
    assert device.reading().flow.grid_charge == 1000


def test_inverter_off_and_limited(world: World) -> None:
    device = world.device("TLX2000001")
    device.soc = 100
    assert device.power > 1500
    device.write({"activeRate": 10.0})
    assert device.power == 500
    device.write({"onOff": 0})
    assert device.power == device.reading().flow.pv == 0


def test_an_offline_device_sends_nothing_more(world: World, clock: HandClock) -> None:
    device = world.device("BZP1000001")
    before = device.upload()
    device.offline = True
    hours(clock, 2)
    assert device.upload() == before
    assert device.uploads[-1] == before
    device.offline = False
    hours(clock, 0.1)
    assert device.upload().t > before.t + 2 * HOUR
    assert clock.time() - device.upload().t < 300


def test_a_later_write_replaces_one_that_is_under_way(world: World, clock: HandClock) -> None:
    device = world.device("TLX2000001")
    device.write({"activeRate": 40.0}, clock.time() + 100)
    device.write({"activeRate": 70.0}, clock.time() + 50)
    clock.now_is += 60
    assert device.settings["activeRate"] == 70
    clock.now_is += 60
    assert device.settings["activeRate"] == 70


def test_the_same_seed_gives_the_same_world() -> None:
    readings = [World.demo(HandClock(), seed).device("TLX2000001").upload() for seed in (5, 5, 6)]
    assert readings[0] == readings[1] != readings[2]
