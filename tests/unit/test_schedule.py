"""A day brought to NOAH's nine slots."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.devices.noah import NEXA, NOAH
from bridge.devices.schedule import changes, periods_of

MODES = {"load_first": 0, "battery_first": 1}


def period(start: str, end: str, power: int = 100, mode: str = "load_first") -> dict[str, Any]:
    return {"start": start, "end": end, "mode": mode, "power": power}


def slot(start: str, end: str, power: int = 100, mode: str = "load_first", *, on: bool = True) -> dict[str, Any]:
    return {**period(start, end, power, mode), "enabled": on}


EMPTY = slot("00:00", "00:00", 0, on=False)


def slots(*given: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return dict(enumerate([*given, *[EMPTY] * (9 - len(given))], 1))


@pytest.mark.parametrize(
    ("present", "wanted", "writes"),
    [
        ([], [], []),
        ([], [period("08:00", "09:00")], [(1, slot("08:00", "09:00"))]),
        ([slot("08:00", "09:00")], [period("08:00", "09:00")], []),
        ([slot("08:00", "09:00")], [], [(1, slot("08:00", "09:00", on=False))]),
        ([slot("08:00", "09:00", on=False)], [period("08:00", "09:00")], [(1, slot("08:00", "09:00"))]),
        (
            [slot("20:00", "21:00"), slot("08:00", "09:00")],
            [period("08:30", "09:30")],
            [(1, slot("20:00", "21:00", on=False)), (2, slot("08:30", "09:30"))],
        ),
        (
            [slot("01:00", "02:00"), slot("02:00", "03:00")],
            [period("01:00", "02:30"), period("02:30", "03:00")],
            [(2, slot("02:30", "03:00")), (1, slot("01:00", "02:30"))],
        ),
        (
            [slot("01:00", "02:00"), slot("02:00", "03:00")],
            [period("01:00", "01:30"), period("01:30", "03:00")],
            [(1, slot("01:00", "01:30")), (2, slot("01:30", "03:00"))],
        ),
        ([slot("09:00", "09:00")], [], []),
        (
            [slot("08:00", "09:00"), slot("08:00", "09:00")],
            [period("08:00", "09:00")],
            [(2, slot("08:00", "09:00", on=False))],
        ),
        ([slot("08:00", "09:00", mode="unknown_7")], [], [(1, slot("08:00", "09:00", on=False))]),
    ],
    ids=[
        "nothing",
        "first",
        "there already",
        "off",
        "on again",
        "the one of the same time is replaced",
        "longer: its place is made free last",
        "shorter: its place is made free first",
        "an active slot without a duration does nothing",
        "a second of the same is switched off",
        "an unknown mode is not sent back",
    ],
)
def test_changes(present: list[Any], wanted: list[Any], writes: list[Any]) -> None:
    assert changes(slots(*present), wanted, MODES) == writes


quarters = st.lists(st.integers(0, 96), min_size=0, max_size=18, unique=True).map(sorted)


def text(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def days(draw: st.DrawFn) -> list[dict[str, Any]]:
    edges = draw(quarters)
    spans = zip(edges[::2], edges[1::2], strict=False)
    return [period(text(a), text(b), draw(st.sampled_from([100, 200]))) for a, b in spans]


@given(days(), days(), st.permutations(range(9)))
def test_every_day_is_reached_with_the_fewest_writes(before: Any, wanted: Any, order: list[int]) -> None:
    filled = [*({**p, "enabled": True} for p in before), *[EMPTY] * (9 - len(before))]
    present = {n + 1: filled[place] for n, place in enumerate(order)}
    writes = changes(present, wanted, MODES)
    after = present | dict(writes)
    assert periods_of(list(after.values())) == wanted
    new = [p for p in wanted if p not in before]
    old = [p for p in before if p not in wanted]
    assert len(writes) == max(len(new), len(old))


def test_a_day_is_reached_from_slots_that_are_all_the_same() -> None:
    present = slots(*[slot("01:00", "02:00")] * 9)
    wanted = [period(f"{hour:02}:00", f"{hour:02}:30") for hour in range(3, 11)]
    after = present | dict(changes(present, [period("01:00", "02:00"), *wanted], MODES))
    assert periods_of(list(after.values())) == [period("01:00", "02:00"), *wanted]


def known(*given: dict[str, Any]) -> dict[str, Any]:
    return {f"time_period_{n}": found for n, found in slots(*given).items()}


def test_the_setting_is_written_through_the_slots() -> None:
    schedule = NOAH.setting("schedule")
    assert schedule is not None
    assert schedule.steps is not None
    assert schedule.check is not None
    day = schedule.kind.parse([{"start": "22:00", "end": "06:00", "power": 300}])
    assert {name for name, _ in schedule.steps(day, known())} <= schedule.through
    assert schedule.check(day, known()) is None
    assert schedule.steps(day, known(slot("00:00", "06:00", 300))) == [("time_period_2", slot("22:00", "23:59", 300))]


def test_a_period_of_impossible_power_can_be_switched_off() -> None:
    for family, power, written in ((NOAH, 2000, 800), (NEXA, 2000, 1000), (NOAH, 99.9, 100), (NOAH, -5, 0)):
        schedule = family.setting("schedule")
        assert schedule is not None
        assert schedule.steps is not None
        present = known({**slot("08:00", "09:00"), "power": power})
        assert schedule.steps([], present) == [("time_period_1", slot("08:00", "09:00", written, on=False))]


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ([("22:00", "24:00")], [("22:00", "23:59")]),
        ([("22:00", "23:59")], [("22:00", "23:59")]),
        ([("22:00", "00:00")], [("22:00", "23:59")]),
        ([("20:00", "24:00"), ("00:00", "06:00")], [("00:00", "06:00"), ("20:00", "23:59")]),
        ([("23:59", "06:00")], [("00:00", "06:00")]),
    ],
    ids=["until midnight", "until the last minute", "until 0:00", "unsorted", "from the last minute"],
)
def test_the_day_of_the_device_ends_with_its_last_minute(sent: list[Any], day: list[Any]) -> None:
    schedule = NOAH.setting("schedule")
    assert schedule is not None
    assert schedule.kind.parse([period(*span) for span in sent]) == [period(*span) for span in day]


def test_other_active_slots_of_the_same_time_are_told() -> None:
    setting = NOAH.setting("time_period_1")
    assert setting is not None
    assert setting.note is not None
    others = known(EMPTY, slot("05:00", "07:00"), slot("06:00", "08:00", on=False), slot("11:00", "23:59"))
    told = "overlaps the active time periods 2 (05:00-07:00), 4 (11:00-23:59)"
    assert setting.note(slot("06:00", "12:00"), others) == told
    assert setting.note(slot("06:00", "12:00", on=False), others) is None
    assert setting.note(slot("07:00", "11:00"), others | {"time_period_9": None}) is None


def test_unknown_slots_are_not_written_over() -> None:
    schedule = NOAH.setting("schedule")
    assert schedule is not None
    assert schedule.check is not None
    values = known() | {"time_period_3": None, "time_period_7": {**EMPTY, "start": None}}
    assert schedule.check([], values) == "the device has not told its time periods 3, 7 yet; try again later"


def test_the_power_of_a_period_is_limited_by_the_model() -> None:
    for family, most in ((NOAH, 800), (NEXA, 1000)):
        schedule = family.setting("schedule")
        assert schedule is not None
        with pytest.raises(ValueError, match=f"period 1: power: 1001 is out of range: 0 to {most} W"):
            schedule.kind.parse([{"start": "01:00", "end": "02:00", "power": 1001}])


def test_active_periods_are_said_to_override_the_default_power() -> None:
    power = NOAH.setting("default_power")
    assert power is not None
    assert power.note is not None
    assert power.note(200, known()) is None
    assert power.note(200, {"time_period_1": None}) is None
    told = power.note(200, known(slot("08:00", "09:00"), slot("01:00", "02:00"), slot("03:00", "04:00", on=False)))
    assert told == "active time periods override it: 01:00-02:00, 08:00-09:00"
