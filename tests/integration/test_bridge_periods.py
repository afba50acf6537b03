"""Periods of the day over MQTT: midnight, gaps, overlaps and lists out of order, for every family that has periods."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.house import HYBRID, NOAH, House

Houses = Callable[..., Awaitable[House]]

SPH, SPA, WIT, STORAGE = "SPH0000001", "SPA0000001", "WIT0000001", "SPF0000001"


async def settle(h: House, orders: dict[str, dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Send everything at once; the status and the error or note that each setting of each device ends with."""
    numbers = {
        (sn, name): await h.order(sn, **{name: value}) for sn, of in orders.items() for name, value in of.items()
    }
    found: dict[str, list[tuple[str, str]]] = {sn: [] for sn in orders}
    for (sn, _), number in numbers.items():
        result = await h.outcome(sn, number)
        found[sn].append((result["status"], result["error"] or result.get("note") or ""))
    return found


def slots_of(h: House, serial: str) -> list[tuple[Any, ...]]:
    """The active time periods that the simulated NOAH has, in the order of the day."""
    settings, keys = h.device(serial).settings, ("Start", "End", "Mode", "Power", "Enable")
    slots = [tuple(settings[f"time{n}{key}"] for key in keys) for n in range(1, 10)]
    return sorted(slot[:-1] for slot in slots if slot[-1])


def period(start: str, end: str, power: int = 300, mode: str = "load_first") -> dict[str, Any]:
    return {"start": start, "end": end, "mode": mode, "power": power}


async def test_a_day_of_noah_is_taken_as_people_think_of_it(house: Houses) -> None:
    h = await house(speed=400)
    await h.ready(NOAH)
    wanted = [period("22:00", "06:00"), period("18:00", "22:00", 500), period("8:05", "10:00", 0, "battery_first")]
    await h.publish(h.topic(NOAH, "set", "schedule"), json.dumps(wanted))
    await h.eventually(lambda: h.outcomes(NOAH) == ["accepted", "verified"])
    day = [("0:0", "6:0", 0, 300), ("18:0", "22:0", 0, 500), ("22:0", "23:59", 0, 300), ("8:5", "10:0", 1, 0)]
    assert slots_of(h, NOAH) == day
    shown = [
        period("00:00", "06:00"),
        period("08:05", "10:00", 0, "battery_first"),
        period("18:00", "22:00", 500),
        period("22:00", "23:59"),
    ]
    assert (await h.eventually(lambda: not (s := h.state(NOAH))["target"] and s))["schedule"] == shown
    same = [period("22:00", "24:00"), period("00:00", "06:00"), *wanted[1:]]
    assert await h.do(NOAH, schedule=same) == ["accepted", "verified"]
    assert len(h.calls("setTimeSegment")) == 4
    assert await h.do(NOAH, schedule=[period("00:00", "24:00", 150)]) == ["accepted", "verified"]
    assert slots_of(h, NOAH) == [("0:0", "23:59", 0, 150)]
    assert await h.do(NOAH, schedule=[]) == ["accepted", "verified"]
    assert slots_of(h, NOAH) == []


HOURS = [period(f"{n:02}:00", f"{n:02}:30") for n in range(1, 9)]
# what cannot be a day, and what is said of it
BAD_DAYS: list[tuple[Any, str]] = [
    ([period("10:00", "12:00"), period("11:59", "13:00")], "the periods 10:00-12:00 and 11:59-13:00 overlap"),
    ([period("22:00", "06:00"), period("05:00", "07:00")], "the periods 00:00-06:00 and 05:00-07:00 overlap"),
    ([period("22:00", "25:00")], "period 1: end: expected a time of day as HH:MM, got '25:00'"),
    ([period("24:00", "06:00")], "period 1: start: 24:00 is not possible here"),
    ([period("10:00", "10:00")], "period 1 ends when it starts, at 10:00"),
    ([*HOURS, period("22:00", "00:30")], "10 periods, counted after splits at midnight; at most 9 are possible"),
    ([{"start": "10:00", "end": "11:00"}], "period 1 lacks power"),
    ([{}], "period 1: an empty object"),
    ({"start": "10:00"}, "expected a JSON list of periods"),
    ("22:00-06:00", "expected a JSON list of periods"),
]
SLOT = {"mode": "load_first", "power": 300, "enabled": True}


async def test_what_is_no_day_and_no_period_of_noah_is_refused_with_the_remedy(house: Houses) -> None:
    h = await house()
    await h.ready(NOAH)
    for day, reason in BAD_DAYS:
        [(status, error)] = (await settle(h, {NOAH: {"schedule": day}}))[NOAH]
        assert (status, reason in error) == ("rejected", True), (day, error)
    crossing = "a period cannot cross midnight: use two, 22:00-24:00 and 00:00-06:00"
    for start, end, reason in (
        ("22:00", "06:00", crossing),
        ("10:00", "10:00", "start and end are both 10:00; set the other one first (the whole day is 00:00 to 24:00)"),
        ("10:00", "25:00", "end: expected a time of day as HH:MM, got '25:00'"),
        ("24:00", "24:00", "start: 24:00 is not possible here"),
    ):
        slot = {"start": start, "end": end, **SLOT}
        [(status, error)] = (await settle(h, {NOAH: {"time_period_2": slot}}))[NOAH]
        assert (status, reason in error) == ("rejected", True), (slot, error)
    assert h.calls("setTimeSegment") == []


async def test_single_periods_of_noah_end_at_midnight_and_tell_what_they_overlap(house: Houses) -> None:
    h = await house(speed=400)
    await h.ready(NOAH)
    first, second = {"start": "18:00", "end": "24:00", **SLOT}, {"start": "00:00", "end": "06:00", **SLOT}
    assert await settle(h, {NOAH: {"time_period_1": first, "time_period_2": second}}) == {NOAH: [("verified", "")] * 2}
    assert slots_of(h, NOAH) == [("0:0", "6:0", 0, 300), ("18:0", "23:59", 0, 300)]
    ends = await settle(h, {NOAH: {"time_period_2_end": "24:00"}})
    assert ends == {NOAH: [("verified", "overlaps the active time periods 1 (18:00-23:59)")]}
    state = await h.eventually(lambda: not (s := h.state(NOAH))["target"] and s)
    assert (state["time_period_2_end"], h.device(NOAH).settings["time2End"]) == ("23:59", "23:59")
    assert await settle(h, {NOAH: {"time_period_3_start": "23:00"}}) == {NOAH: [("verified", "")]}
    assert (h.device(NOAH).settings["time3Start"], h.device(NOAH).settings["time3End"]) == ("23:0", "23:59")


def plan(**periods: Any) -> dict[str, Any]:
    """Three periods of a plan; those not given are none."""
    none = {f"period{n}_{key}": "00:00" for n in (1, 2, 3) for key in ("start", "end")}
    return {**none, **{f"period{n}_enabled": False for n in (1, 2, 3)}, **periods}


NIGHT = plan(
    period1_start="21:30", period1_end="24:00", period1_enabled=True, period2_end="05:00", period2_enabled=True
)
SEGMENT = {"mode": "battery_first", "start": "21:30", "end": "24:00", "enabled": True}
VPP_DAY = [{"start": "22:00", "end": "05:00", "power": 95}, {"start": "12:00", "end": "13:30", "power": -60}]
VPP_SHOWN = [
    {"start": "00:00", "end": "05:00", "power": 95},
    {"start": "12:00", "end": "13:30", "power": -60},
    {"start": "22:00", "end": "24:00", "power": 95},
]
TWENTY = [{"start": f"{n:02}:00", "end": f"{n:02}:30", "power": 10} for n in range(20)]
# by device: setting, value, how it ends
GOOD: dict[str, list[tuple[str, Any, str]]] = {
    HYBRID: [
        *((f"time_segment_{n}", {**SEGMENT, "enabled": n == 1}, "verified") for n in range(1, 10)),
        ("vpp_schedule", VPP_DAY, "verified"),
    ],
    SPH: [
        ("battery_first", {"power": 90, "stop_soc": 95, "grid_charging": True, **NIGHT}, "verified"),
        ("grid_first", {"power": 80, "stop_soc": 20, **plan()}, "verified"),
        ("vpp_schedule", TWENTY, "verified"),
    ],
    SPA: [
        ("battery_first", {"power": 90, "stop_soc": 95, **NIGHT}, "verified"),
        ("grid_first", {"power": 80, "stop_soc": 20, **NIGHT}, "verified"),
        ("load_first", NIGHT, "verified"),
    ],
    WIT: [("vpp_schedule", [{"start": "00:00", "end": "24:00", "power": -5}], "verified")],
    STORAGE: [("grid_charge_period", {"start": "21:30", "end": "24:00"}, "applied")],
}
CROSSING = "a period cannot cross midnight"
BAD: dict[str, list[tuple[str, Any, str]]] = {
    HYBRID: [
        ("time_segment_1", {**SEGMENT, "end": "06:00"}, f"{CROSSING}: use two, 21:30-24:00 and 00:00-06:00"),
        ("time_segment_2", {**SEGMENT, "end": "25:00"}, "end: expected a time of day as HH:MM, got '25:00'"),
        ("vpp_schedule", [*VPP_DAY, VPP_DAY[1]], "the periods 12:00-13:30 and 12:00-13:30 overlap"),
    ],
    SPH: [
        (
            "battery_first",
            {"power": 90, "stop_soc": 95, "grid_charging": True, **NIGHT, "period2_start": "22:00"},
            f"period 2: {CROSSING}: use two, 22:00-24:00 and 00:00-05:00",
        ),
        (
            "grid_first",
            {"power": 80, "stop_soc": 20, **NIGHT, "period2_end": "22:00"},
            "the periods 00:00-22:00 and 21:30-23:59 overlap",
        ),
        (
            "vpp_schedule",
            [
                *TWENTY[:19],
                {"start": "22:00", "end": "00:00", "power": 1},
                {"start": "21:00", "end": "21:30", "power": 1},
            ],
            "21 periods, counted after splits at midnight; at most 20 are possible",
        ),
    ],
    SPA: [("load_first", {**NIGHT, "period1_start": "25:00"}, "period1_start: expected a time of day as HH:MM")],
    WIT: [("vpp_schedule", [{"start": "01:00", "end": "01:00", "power": 5}], "period 1 ends when it starts, at 01:00")],
    STORAGE: [("forced_discharge_period", {"start": "22:00", "end": "06:00"}, f"{CROSSING}: start 22:00 is after end")],
}


@pytest.fixture
async def families(house: Houses) -> House:
    """A house that also has a SPH, a SPA, a WIT and a storage."""
    h = await house(speed=400, started=False)
    plant = h.cloud.world.plants[1001]
    for kind, serial in (("sph", SPH), ("spa", SPA), ("wit", WIT), ("storage", STORAGE)):
        h.cloud.world.add(kind, serial, plant=plant)
    await h.start()
    for serial in (HYBRID, SPH, SPA, WIT, STORAGE):
        await h.eventually(lambda sn=serial: h.available(sn) == "online")
    return h


async def test_periods_of_the_other_families_end_at_midnight(families: House) -> None:
    h = families
    ends = await settle(h, {sn: {name: value for name, value, _ in rows} for sn, rows in GOOD.items()})
    assert ends == {sn: [(status, "") for *_, status in rows] for sn, rows in GOOD.items()}
    settings = {sn: dict(h.device(sn).settings) for sn in GOOD}
    assert (settings[HYBRID]["forcedTimeStop1"], settings[HYBRID]["forcedTimeStop9"]) == ("23:59", "23:59")
    assert settings[SPH]["forcedChargeTimeStop1"] == settings[SPA]["forcedDischargeTimeStop1"] == "23:59"
    assert settings[STORAGE]["chargeStop"] == "24:0"
    assert settings[WIT]["set_param_34"] == [{"percentage": -5, "startTime": 0, "endTime": 1440}]
    assert h.state(HYBRID)["vpp_schedule"] == VPP_SHOWN
    assert await h.do(HYBRID, vpp_schedule=[]) == ["accepted", "verified"]
    assert h.device(HYBRID).settings["set_param_34"] == []


async def test_what_is_no_period_of_the_other_families_is_refused_with_the_remedy(families: House) -> None:
    h = families
    ends = await settle(h, {sn: {name: value for name, value, _ in rows} for sn, rows in BAD.items()})
    for sn, rows in BAD.items():
        for (name, _, reason), (status, error) in zip(rows, ends[sn], strict=True):
            assert (status, reason in error) == ("rejected", True), (sn, name, error)
    assert [r.path for r in h.cloud.requests if r.path.endswith("Set") or "/set" in r.path] == []
