"""What MQTT may send, and what becomes of it."""

import re
from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.devices.kinds import Choice, Kind, Number, Object, Part, Switch, TimeOfDay
from bridge.growatt import END_OF_DAY, WorkMode

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
        (SWITCH, 2, "expected on or off, got 2"),
        (MODE, 3, "expected one of load_first, battery_first, smart, got 3"),
        (START, "24:00", "24:00 is not possible here; the last minute is 23:59"),
        (START, "8:00:30", "expected a time of day as HH:MM, got '8:00:30'"),
        (SLOT, {}, "an empty object; give at least one of start, mode, power, enabled"),
        (SLOT, {"watt": 1}, "unknown key 'watt'; known are start, mode, power, enabled"),
        (SLOT, {"power": 900}, "power: 900 is out of range: 0 to 800 W"),
        (SLOT, [], "expected a JSON object with start, mode, power, enabled, got []"),
    ],
)
def test_refused(kind: Kind, sent: Any, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        kind.parse(sent)


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
    ],
)
def test_read_from_the_device(kind: Kind, read: Any, value: Any) -> None:
    assert kind.from_device(read) == value
