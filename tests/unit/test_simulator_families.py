"""The physics of every family of the simulated cloud, without HTTP."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bridge.clock import Clock
from bridge.simulator.device import Device
from bridge.simulator.fields import fill
from bridge.simulator.world import KINDS, World

NOON = 1781863200.0  # 2026-06-19 12:00 in Berlin
HOUR = 3600.0
STORING = ("min-xh", "storage", "sph", "spa", "wit", "sph-s", "pcs", "hps", "pbd", "groboost")
METERED = ("noah", "nexa", "min-xh", "storage", "sph", "spa", "wit", "sph-s", "pcs", "hps", "pbd")
LIMITED = ("min", "inv", "max", "storage", "sph", "wit", "sph-s")


class HandClock(Clock):
    now_is = NOON

    def time(self) -> float:
        return self.now_is

    def pass_hours(self, count: float) -> None:
        self.now_is += count * HOUR


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def make(kind: str, clock: HandClock, **options: float) -> Device:
    device = World(clock).add(kind, "DEVICE0001", **options)
    assert isinstance(device, Device)
    return device


@pytest.mark.parametrize("kind", KINDS)
def test_energy_is_the_integral_of_power(kind: str, clock: HandClock) -> None:
    device = make(kind, clock)
    clock.pass_hours(9)
    rows = device.uploads
    moved = 0
    for name in ("pv", "out", "charge", "discharge", "imported", "exported", "load"):
        areas = [(getattr(a.flow, name) + getattr(b.flow, name)) / 2 * (b.t - a.t) / 3.6e6 for a, b in pairwise(rows)]
        gained = rows[-1].total[name] - rows[0].total[name]
        assert gained == pytest.approx(sum(areas), rel=0.04, abs=0.05 * device.spec.rated / 1000), name
        assert rows[-1].today[name] >= gained - 1e-6
        moved += gained > 1
    assert moved >= 2


@pytest.mark.parametrize("kind", METERED)
def test_what_goes_in_comes_out(kind: str, clock: HandClock) -> None:
    device = make(kind, clock)
    for _ in range(24):
        clock.pass_hours(1)
        flow = device.reading().flow
        assert flow.imported + flow.out == pytest.approx(flow.load + flow.exported + flow.grid_charge)
        assert min(flow.imported, flow.exported) == 0


@pytest.mark.parametrize("kind", STORING)
def test_a_battery_fills_and_empties_inside_its_limits(kind: str, clock: HandClock) -> None:
    device = make(kind, clock)
    low, high = 30.0, 80.0
    device.soc = 50
    device.write({"wchargeSOCLowLimit": high, "wdisChargeSOCLowLimit": low})
    states = []
    for _ in range(48):
        before = device.reading()
        clock.pass_hours(0.5)
        states.append(device.soc)
        assert before.flow.charge == 0 or before.flow.discharge == 0 or kind == "groboost"
    assert low - 0.1 <= min(states)
    assert max(states) <= high + 0.1
    assert max(states) - min(states) > 15


@pytest.mark.parametrize("kind", LIMITED)
def test_off_is_off_and_a_limit_limits(kind: str, clock: HandClock) -> None:
    device = make(kind, clock)
    device.soc = 100
    assert device.power > 0.3 * device.spec.rated
    device.write({"activeRate": 10.0})
    assert device.power == pytest.approx(device.spec.rated / 10)
    device.write({"onOff": 0})
    assert device.power == device.reading().flow.pv == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_past_is_what_was(kind: str, clock: HandClock) -> None:
    device = make(kind, clock)
    seen = []
    for n in range(16):
        clock.pass_hours(1.5)
        if n == 6:
            device.write({"onOff": 0, "defaultPower": 50.0})
        seen.append(device.upload())
    today = device.plant.today()
    past = {row.t: row for n in (1, 0) for row in device.history(today - timedelta(days=n))}
    assert [past[row.t] for row in seen] == seen


@pytest.mark.parametrize("kind", ["noah", "wit", "spa", "groboost"])  # one for each way power flows
def test_counters_were_never_negative(kind: str, clock: HandClock) -> None:
    device = make(kind, clock)
    long_ago = device.history(device.plant.today() - timedelta(days=95))[0]
    assert min(long_ago.total.values()) >= 0


def test_an_ac_coupled_battery_takes_what_panels_beside_it_leave_over(clock: HandClock) -> None:
    device = make("spa", clock)
    device.soc = 40
    flow = device.reading().flow
    assert flow.charge == flow.grid_charge == 1500
    assert flow.exported == pytest.approx(flow.pv - flow.load - 1500)
    device.write({"onOff": 0})
    still = device.reading().flow
    assert (still.charge, still.pv) == (0, flow.pv)


def test_plans_of_sph_and_spa(clock: HandClock) -> None:
    clock.pass_hours(12)  # midnight
    sph, spa = make("sph", clock), make("spa", clock)
    sph.soc = spa.soc = 50
    assert sph.reading().flow.discharge == sph.reading().flow.load
    plan = {"forcedDischargeTimeStart1": "0:0", "forcedDischargeTimeStop1": "0:30", "forcedDischargeStopSwitch1": 1}
    sph.write(plan | {"disChargePowerCommand": 60.0, "wdisChargeSOCLowLimit2": 45.0})
    assert sph.reading().flow.discharge == 1500
    clock.pass_hours(0.45)
    assert sph.soc == pytest.approx(45, abs=0.1)
    clock.pass_hours(0.6)
    assert sph.soc < 45  # the period is over, and the house has what is left
    sph.write({"forcedChargeTimeStart2": "1:0", "forcedChargeTimeStop2": "6:0", "forcedChargeStopSwitch2": 1})
    assert sph.reading().flow.charge == 0  # the sun is down, and the grid may not charge
    sph.write({"acChargeEnable": 1, "wchargeSOCLowLimit2": 60.0})
    assert sph.reading().flow.grid_charge == 2500
    clock.pass_hours(2)
    assert sph.soc == pytest.approx(60, abs=0.1)
    spa.write({"loadFirstStartTime1": "0:0", "loadFirstStopTime1": "23:59", "loadFirstSwitch1": 1})
    assert spa.reading().flow.discharge == 0


def test_storage_turns_its_inverted_switch_round(clock: HandClock) -> None:
    device = make("storage", clock)
    clock.pass_hours(10)
    device.soc = 90
    device.write({"dischargeStart": "0:0", "dischargeStop": "24:0"})
    assert device.reading().flow.discharge == device.reading().flow.load
    device.write({"forcedDischargeOff": 0})
    assert device.reading().flow.discharge == 2500


def test_storage_tells_its_battery_power_as_it_leaves_the_battery(clock: HandClock) -> None:
    device = make("storage", clock)
    device.soc = 20
    flow = device.reading().flow
    assert flow.charge > 100
    assert fill("storage.last", device, device.reading())["pBat"] == pytest.approx(-flow.charge, abs=0.1)


def test_a_heater_follows_the_surplus_and_warms_its_water(clock: HandClock) -> None:
    device = make("groboost", clock)
    device.soc = 20
    cold = fill("groboost.last", device, device.reading())
    assert cold["waterHeaterPower"] > 1000
    clock.pass_hours(3)
    assert fill("groboost.last", device, device.reading())["atemp"] > cold["atemp"] + 10
    clock.pass_hours(9)
    assert fill("groboost.last", device, device.reading())["waterHeaterPower"] == 0


def test_a_fleet_is_mixed(clock: HandClock) -> None:
    world = World.fleet(10_000, {"sph": 3, "min": 1, "env_sensor": 1}, clock)
    families = [device.family.type for device in world.devices.values()]
    assert (families.count("sph"), families.count("min"), len(world.dataloggers)) == (6000, 2000, 2000)
    assert len(world.plants) == 100
    with pytest.raises(ValueError, match="no kind of device 'sphinx'; there are: noah"):
        world.add("sphinx", "X")
