"""What MQTT may send, and what becomes of it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.devices.kinds import Choice, Kind, Moment, Number, Object, Part, Periods, Press, Switch, Text, TimeOfDay
from bridge.devices.parameters import kind_of, slots, three_periods
from bridge.growatt import END_OF_DAY, WorkMode
from bridge.growatt.settings import Slot

WATTS = Number(low=0, high=800, unit="W")
TENTHS = Number(low=-1, high=1, step=0.1)
SWITCH = Switch()
MODE = Choice(options={"load_first": 0, "battery_first": 1, "smart": 2})
START, END = TimeOfDay(), TimeOfDay(end_of_day=True)
SLOT = Object(
    parts=(
        Part(key="start", label="start", kind=START),
        Part(key="mode", label="mode", kind=MODE),
        Part(key="power", label="power", kind=WATTS),
        Part(key="enabled", label="enabled", kind=SWITCH),
    )
)

FACTOR = Number(low=-1, high=1, step=0.01, gap=(-0.8, 0.8))
PERIOD = Object(
    parts=(
        Part(key="start", label="start", kind=START),
        Part(key="end", label="end", kind=END),
        Part(key="mode", label="mode", kind=MODE),
    )
)
DAY = Periods(item=PERIOD, most=3, defaults={"mode": "load_first"})


def period(start: str, end: str, mode: str = "load_first") -> dict[str, str]:
    return {"start": start, "end": end, "mode": mode}


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=8)
    | st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,2})?", fullmatch=True)
    | st.from_regex(r"[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?", fullmatch=True)
    | st.sampled_from(["on", "OFF", "true", "smart", "Load first", "24:00", "", "nan", "inf", "1e3"])
)
keys = st.sampled_from(["start", "mode", "power", "enabled"]) | st.text(max_size=5)
anything = scalars | st.lists(scalars, max_size=3) | st.dictionaries(keys, scalars, max_size=4)


def parsed(kind: Kind, value: Any) -> Any:
    """What `parse` gives, None where it refuses; anything but ValueError escapes."""
    try:
        return kind.parse(value)
    except ValueError:
        return None


@given(anything)
def test_numbers_are_in_range_and_on_a_step(value: Any) -> None:
    watts, tenth = parsed(WATTS, value), parsed(TENTHS, value)
    assert watts is None or (isinstance(watts, int) and 0 <= watts <= 800)
    assert tenth is None or (-1 <= tenth <= 1 and round(tenth, 1) == tenth)


@given(anything)
def test_switches_and_choices_are_one_of_their_words(value: Any) -> None:
    assert parsed(SWITCH, value) in (None, True, False)
    assert parsed(MODE, value) in (None, "load_first", "battery_first", "smart")


@given(anything)
def test_times_are_hours_and_minutes(value: Any) -> None:
    start, end = parsed(START, value), parsed(END, value)
    assert start is None or re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", start)
    assert end in (None, "24:00", start)


@given(st.lists(st.dictionaries(st.sampled_from(["start", "end", "mode"]), scalars, max_size=3), max_size=4))
def test_days_are_in_order_and_without_overlaps(value: Any) -> None:
    day = parsed(DAY, value) or []
    assert all(one["start"] < one["end"] for one in day)
    assert all(one["end"] <= other["start"] for one, other in pairwise(day))


@given(anything)
def test_other_kinds_refuse_politely(value: Any) -> None:
    for kind in (DAY, Moment(), Text(), Press(), FACTOR):
        found = parsed(kind, value)
        assert found is None or kind.parse(found) == found


@given(anything)
def test_objects_hold_checked_parts(value: Any) -> None:
    slot = parsed(SLOT, value)
    assert slot is None or (slot and all(SLOT.parse({key: item}) == {key: item} for key, item in slot.items()))


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        (WATTS, "400", 400),
        (WATTS, 400.0, 400),
        (TENTHS, "0.3", 0.3),
        (SWITCH, "ON", True),
        (SWITCH, 0, False),
        (MODE, "Battery-first", "battery_first"),
        (MODE, 2, "smart"),
        (START, "6:5", "06:05"),
        (END, "24:00", "24:00"),
        (SLOT, {"power": "200", "enabled": "off"}, {"power": 200, "enabled": False}),
        (FACTOR, -0.8, -0.8),
        (Moment(), "2025-01-31T12:30", "2025-01-31 12:30:00"),
        (Moment(), " 2025-01-31 12:30:59.123456", "2025-01-31 12:30:59"),
        (Moment(seconds=False), "2025-01-31 12:30:59", "2025-01-31 12:30"),
        (Text(), " A 800 ", "A 800"),
        (Press(), "PRESS", "press"),
        (Press(), "", "press"),
        (Press(), None, "press"),
        (DAY, [], []),
        (
            DAY,
            [{"start": "22:00", "end": "5:00"}, {"start": "5:00", "end": "06:30", "mode": "smart"}],
            [period("00:00", "05:00"), period("05:00", "06:30", "smart"), period("22:00", "24:00")],
        ),
        (DAY, [{"start": "20:00", "end": "00:00"}], [period("20:00", "24:00")]),
        (DAY, [{"start": "00:00", "end": "24:00"}], [period("00:00", "24:00")]),
    ],
)
def test_accepted(kind: Kind, sent: Any, value: Any) -> None:
    assert kind.parse(sent) == value


@pytest.mark.parametrize(
    ("kind", "sent", "says"),
    [
        (WATTS, 801, "801 is out of range: 0 to 800 W"),
        (WATTS, 0.5, "0.5 does not fit the steps of 1 W"),
        (WATTS, True, "expected a number from 0 to 800 W, got True"),
        (WATTS, "much", "'much' is not a number"),
        (WATTS, "1_0", "'1_0' is not a number"),
        (SWITCH, 2, "expected on or off, got 2"),
        (MODE, 3, "expected one of load_first, battery_first, smart, got 3"),
        (START, "24:00", "24:00 is not possible here; the last minute is 23:59"),
        (START, "8:00:30", "expected a time of day as HH:MM, got '8:00:30'"),
        (SLOT, {}, "an empty object; give at least one of start, mode, power, enabled"),
        (SLOT, {"watt": 1}, "unknown key 'watt'; known are start, mode, power, enabled"),
        (SLOT, {"power": 900}, "power: 900 is out of range: 0 to 800 W"),
        (SLOT, [], "expected a JSON object with start, mode, power, enabled, got []"),
        (FACTOR, 0.5, "0.5 is not possible: nothing between -0.8 and 0.8 is"),
        (Moment(), "yesterday", "expected date and time as YYYY-MM-DD HH:MM, without a zone, got 'yesterday'"),
        (Moment(), "2025-01-31T12:30Z", "without a zone"),
        (Moment(), 5, "got 5"),
        (Moment(), "2025-01-31", "got '2025-01-31'"),
        (Moment(), "20250131", "got '20250131'"),
        (Moment(), "2025-02-30 12:30", "got '2025-02-30 12:30'"),
        (Moment(), "0001-01-01 12:30", "got '0001-01-01 12:30'"),
        (Text(), "", "expected a text of 1 to 64 characters, got ''"),
        (Text(most=3), "four", "expected a text of 1 to 3 characters, got 'four'"),
        (Press(), "off", "expected press, got 'off'"),
        (DAY, {}, "expected a JSON list of periods, got {}"),
        (DAY, [{"end": "05:00"}], "period 1 lacks start"),
        (DAY, [7], "period 1: expected a JSON object with start, end, mode, got 7"),
        (DAY, [period("01:00", "02:00"), {"start": "25:00"}], "period 2: start: expected a time of day as HH:MM"),
        (DAY, [period("01:00", "01:00")], "period 1 ends when it starts, at 01:00"),
        (
            DAY,
            [period("01:00", "03:00"), period("02:59", "04:00")],
            "the periods 01:00-03:00 and 02:59-04:00 overlap",
        ),
        (
            DAY,
            [period("22:00", "01:00"), period("02:00", "03:00"), period("04:00", "05:00")],
            "4 periods, counted after splits at midnight; at most 3 are possible",
        ),
    ],
)
def test_refused(kind: Kind, sent: Any, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        kind.parse(sent)


@pytest.mark.parametrize(
    ("present", "told"),
    [
        ({"mode": "unknown_7"}, "mode cannot be written back (expected one of load_first, battery_first, smart, got"),
        ({"power": -1}, "power cannot be written back (-1 is out of range: 0 to 800 W); give power, too"),
        ({"start": "24:00"}, "start cannot be written back (24:00 is not possible here"),
    ],
)
def test_what_the_device_has_is_written_back_only_where_it_can_be(present: dict[str, Any], told: str) -> None:
    whole = {"start": "06:30", "mode": "smart", "power": 12.6, "enabled": True} | present
    assert f"the device's present {told}" in str(SLOT.left_over(whole, {"enabled"}))
    assert SLOT.left_over(whole, {"enabled", *present}) is None


@pytest.mark.parametrize(
    ("whole", "end"),
    [
        ({"start": "18:00", "end": "00:00"}, "24:00"),
        ({"start": "00:00", "end": "00:00"}, "00:00"),
        ({"start": "18:00", "end": "06:00"}, "06:00"),
        ({"start": None, "end": "00:00"}, "00:00"),
        ({"start": "18:00", "end": None}, None),
    ],
)
def test_an_end_at_zero_after_a_later_start_is_that_of_the_day(whole: dict[str, Any], end: str | None) -> None:
    assert PERIOD.until_midnight(whole) == {**whole, "end": end}
    assert PERIOD.until_midnight({"start": "18:00"}) == {"start": "18:00"}


def test_each_period_of_a_plan_may_end_with_the_day() -> None:
    plan = {f"period{n}_{key}": "00:00" for n in (1, 2, 3) for key in ("start", "end")} | {"period2_start": "22:00"}
    assert Object(parts=three_periods()).until_midnight(plan) == plan | {"period2_end": "23:59"}


@pytest.mark.parametrize(
    ("kind", "read", "value"),
    [
        (WATTS, 200.0, 200),
        (TENTHS, 0.10000000149011612, 0.1),
        (SWITCH, 1.0, True),
        (SWITCH, False, False),
        (MODE, WorkMode.BATTERY_FIRST, "battery_first"),
        (MODE, 7, "unknown_7"),
        (START, time(6, 5), "06:05"),
        (END, END_OF_DAY, "24:00"),
        (WATTS, None, None),
        (
            SLOT,
            {"start": time(1, 0), "mode": None, "power": 5.0, "enabled": 1},
            {"start": "01:00", "mode": None, "power": 5, "enabled": True},
        ),
        (Moment(), datetime.fromisoformat("2025-01-31T12:30"), "2025-01-31 12:30:00"),
        (Moment(), datetime(2025, 1, 31, 12, 30, tzinfo=UTC), "2025-01-31 20:30:00"),
        (
            DAY,
            [{"start": time(9, 0), "end": END_OF_DAY, "mode": 2}, {"start": time(1, 0), "end": time(2, 0), "mode": 1}],
            [period("01:00", "02:00", "battery_first"), period("09:00", "24:00", "smart")],
        ),
    ],
)
def test_read_from_the_device(kind: Kind, read: Any, value: Any) -> None:
    assert kind.from_device(read) == value


@pytest.mark.parametrize(
    ("slot", "kind"),
    [
        (Slot("power factor", -1, 1, gap=(-0.8, 0.8)), FACTOR),
        (Slot("limit", 0, 800, "W"), replace(WATTS, step=0.01)),
        (Slot("state", values={"0000": "off", "0001": "on"}), SWITCH),
        (Slot("state", values={"0": "on", "1": "off"}), Switch(on=0)),
        (
            Slot("mode", values={"0": "load first", "1": "user curve (reserved)"}),
            Choice(options={"load_first": 0, "user_curve": 1}),
        ),
        (Slot("time", clock="%Y-%m-%d %H:%M:%S"), Moment()),
        (Slot("time", clock="%Y-%m-%d %H:%M"), Moment(seconds=False)),
    ],
)
def test_a_documented_slot_tells_its_kind(slot: Slot, kind: Kind) -> None:
    assert kind_of(slot, step=0.01) == kind


def test_a_slot_without_a_range_tells_no_kind() -> None:
    with pytest.raises(ValueError, match="no range"):
        kind_of(Slot("limit", unit="V"))


@pytest.mark.parametrize("on", [True, False])
def test_a_switch_that_is_on_at_0_reads_what_it_writes(on: bool) -> None:
    kind = Switch(on=0)
    (code,) = slots(kind, on)
    assert code == int(not on)
    assert kind.from_device(code) is on
