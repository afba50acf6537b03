"""The energy guard on what Growatt's cloud has been seen to tell: (local time, kWh told, kWh published)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.devices.counters import counts_over
from bridge.service.guard import EnergyGuard

BERLIN = ZoneInfo("Europe/Berlin")
Readings = Sequence[tuple[str, float, float]]

ZERO_GLITCH: Readings = [("03-10 12:00", 5.0, 5.0), ("03-10 12:05", 0.0, 5.0), ("03-10 12:10", 5.2, 5.2)]
ZERO_EVENING: Readings = [("03-10 19:00", 9.0, 9.0), *[(f"03-10 {h}:00", 0.0, 9.0) for h in (20, 21, 22, 23)]]
STEP_BACK: Readings = [("03-10 12:00", 5.0, 5.0), ("03-10 12:05", 4.9, 5.0), ("03-10 12:10", 5.1, 5.1)]
MIDNIGHT: Readings = [("03-10 23:58", 12.3, 12.3), ("03-11 00:03", 0.0, 0.0), ("03-11 00:08", 0.1, 0.1)]
BOUNCE: Readings = [
    ("03-10 23:58", 12.3, 12.3),
    ("03-11 00:03", 0.0, 0.0),
    ("03-11 00:08", 12.4, 0.0),
    ("03-11 00:13", 12.4, 0.0),
    ("03-11 00:18", 0.1, 0.1),
    ("03-11 00:23", 12.4, 0.1),
    ("03-11 00:28", 0.2, 0.2),
]
LATE_RESET: Readings = [
    ("03-10 23:58", 12.3, 12.3),
    ("03-11 00:03", 12.3, 12.3),
    ("03-11 00:08", 12.4, 12.4),
    ("03-11 00:13", 12.3, 12.4),
    ("03-11 00:18", 0.0, 0.0),
]
FAST_CLOCK: Readings = [("03-10 23:50", 12.3, 12.3), ("03-10 23:55", 0.0, 12.3), ("03-11 00:05", 0.1, 0.1)]
ZERO_BEFORE_MIDNIGHT: Readings = [
    ("03-10 23:45", 12.3, 12.3),
    ("03-10 23:50", 0.0, 12.3),
    ("03-10 23:55", 12.5, 12.5),
    ("03-11 00:05", 0.0, 0.0),
]
PART_OF_A_SUM: Readings = [  # of two inverters one begins the day earlier
    ("03-10 23:58", 12.3, 12.3),
    ("03-11 00:01", 4.1, 12.3),
    ("03-11 00:06", 0.0, 0.0),
    ("03-11 00:11", 0.1, 0.1),
]
PART_OF_A_SUM_FOR_LONG: Readings = [
    ("03-10 23:58", 12.3, 12.3),
    ("03-11 00:03", 4.1, 12.3),
    ("03-11 00:08", 4.1, 4.1),
    *[(f"03-11 00:{minute}", 0.0, 4.1) for minute in (13, 23, 33, 42)],
    ("03-11 00:45", 0.0, 0.0),
    ("03-11 00:50", 12.3, 0.0),
    ("03-11 00:55", 0.1, 0.1),
]
MUCH_AT_ONCE: Readings = [("03-10 23:58", 12.3, 12.3), ("03-11 00:08", 1.1, 12.3), ("03-11 00:13", 1.4, 1.4)]
ZERO_AFTER_MIDNIGHT: Readings = [  # of a device whose day ends an hour later
    ("03-10 23:55", 23.9, 23.9),
    ("03-11 00:10", 24.1, 24.1),
    ("03-11 00:15", 0.0, 0.0),
    ("03-11 00:20", 24.3, 0.0),
    ("03-11 00:25", 24.4, 0.0),
    ("03-11 00:55", 24.9, 0.0),
    ("03-11 01:00", 0.0, 0.0),
    ("03-11 01:05", 0.1, 0.1),
]
DAY_WITHOUT_DATA: Readings = [("03-10 18:00", 12.3, 12.3), ("03-12 11:00", 4.0, 4.0), ("03-12 11:05", 4.1, 4.1)]
DAYLIGHT: Readings = [
    ("03-10 18:00", 12.3, 12.3),
    ("03-11 06:50", 12.3, 12.3),
    ("03-11 06:55", 0.0, 0.0),
    ("03-11 07:00", 0.1, 0.1),
]
DAYLIGHT_AFTER_LITTLE: Readings = [("03-10 15:00", 0.1, 0.1), ("03-11 07:00", 0.0, 0.0), ("03-11 07:05", 0.1, 0.1)]
TWO_DAYS_ALIKE: Readings = [("03-10 15:00", 0.5, 0.5), ("03-11 09:00", 0.4, 0.4), ("03-11 09:05", 0.5, 0.5)]
SUMMER_TIME: Readings = [
    ("03-28 23:58", 8.0, 8.0),
    ("03-29 00:03", 0.0, 0.0),
    ("03-29 01:58", 0.3, 0.3),
    ("03-29 03:03", 0.2, 0.3),
    ("03-29 03:08", 0.4, 0.4),
    ("03-29 23:58", 9.0, 9.0),
    ("03-30 00:03", 0.0, 0.0),
]
WINTER_TIME: Readings = [
    ("10-24 23:58", 8.0, 8.0),
    ("10-25 00:03", 0.0, 0.0),
    ("10-25 02:58", 0.4, 0.4),
    ("10-25 03:03", 0.3, 0.4),
    ("10-25 23:58", 6.0, 6.0),
    ("10-26 00:03", 0.0, 0.0),
]
LATE_RESEND: Readings = [
    ("03-10 23:58", 12.3, 12.3),
    ("03-11 00:03", 0.0, 0.0),
    ("03-11 09:00", 1.0, 1.0),
    ("03-10 22:00", 12.1, 1.0),
    ("03-11 09:05", 1.1, 1.1),
]
FAST_START: Readings = [  # more in the first hours than all day before
    ("03-10 23:58", 1.0, 1.0),
    ("03-11 00:03", 0.0, 0.0),
    ("03-11 00:33", 2.0, 0.0),
    ("03-11 00:38", 2.2, 2.2),
]
REPLACED_AT_NOON: Readings = [
    ("03-10 11:00", 5.0, 5.0),
    ("03-10 13:00", 0.0, 5.0),
    ("03-10 13:05", 0.1, 5.0),
    ("03-10 13:15", 0.2, 5.0),
    ("03-10 13:25", 0.3, 5.0),
    ("03-10 13:40", 0.4, 0.4),
    ("03-10 13:45", 0.5, 0.5),
]

WAKES_A_STEP_HIGHER: Readings = [
    ("03-10 21:30", 10.0, 10.0),
    ("03-11 07:30", 10.1, 10.1),
    ("03-11 07:35", 10.1, 10.1),
    ("03-11 07:40", 0.0, 0.0),
    ("03-11 07:45", 0.0, 0.0),
    ("03-11 08:00", 0.1, 0.1),
]
DAILY = {name.lower(): replay for name, replay in globals().items() if name.isupper() and isinstance(replay, list)}


def publish(guard: EnergyGuard, name: str, local: str, value: float) -> float:
    at = datetime.strptime(f"2026-{local}", "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)
    return guard.check(name, value, at.astimezone(UTC), BERLIN)


@pytest.mark.parametrize("replay", DAILY.values(), ids=DAILY)
@pytest.mark.parametrize("restarts", [False, True])
def test_daily_counters(replay: Readings, restarts: bool) -> None:
    guard = EnergyGuard()
    published = []
    for local, value, _ in replay:
        published.append(publish(guard, "energy_today", local, value))
        if restarts:
            guard = EnergyGuard.from_dict(json.loads(json.dumps(guard.to_dict())))
    assert published == [expected for *_, expected in replay]


@pytest.mark.parametrize(
    ("name", "replay"),
    [
        ("energy_month", [("03-31 23:58", 300.0, 300.0), ("04-01 00:03", 0.0, 0.0), ("04-01 00:08", 300.0, 0.0)]),
        ("energy_month", [("03-30 23:58", 300.0, 300.0), ("03-31 00:03", 0.0, 300.0), ("03-31 00:08", 300.1, 300.1)]),
        ("energy_year", [("03-31 23:58", 300.0, 300.0), ("04-01 00:03", 0.0, 300.0)]),
        ("energy_total", [("03-10 23:58", 900.0, 900.0), ("03-11 00:03", 0.0, 900.0), ("03-11 00:08", 899.9, 900.0)]),
        ("battery_soc", [("03-10 12:00", 50.0, 50.0), ("03-10 12:05", 40.0, 40.0)]),
    ],
)
def test_other_counters(name: str, replay: Readings) -> None:
    guard = EnergyGuard()
    assert [publish(guard, name, local, value) for local, value, _ in replay] == [expected for *_, expected in replay]


def test_a_replaced_device_is_believed_after_several_readings() -> None:
    guard = EnergyGuard()
    values = [900.0, 0.0, 0.0, 0.4, 0.4, 0.5, 0.6, 0.7]
    published = [publish(guard, "energy_total", f"03-10 12:{10 * i % 60:02}", v) for i, v in enumerate(values[:6])]
    published += [publish(guard, "energy_total", f"03-10 13:{10 * i:02}", v) for i, v in enumerate(values[6:])]
    assert published == [900.0, 900.0, 900.0, 900.0, 900.0, 900.0, 0.6, 0.7]


def test_the_same_low_reading_polled_again_proves_nothing() -> None:
    guard = EnergyGuard()
    publish(guard, "energy_total", "03-10 12:00", 900.0)
    assert {publish(guard, "energy_total", "03-10 14:00", 3.0) for _ in range(20)} == {900.0}


def test_a_device_clock_set_back_does_not_hold_the_counter() -> None:
    guard = EnergyGuard()
    publish(guard, "energy_today", "08-10 12:00", 5.0)
    assert publish(guard, "energy_today", "03-10 12:05", 5.1) == 5.1
    assert publish(guard, "energy_today", "03-11 07:00", 0.1) == 0.1


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        {"energy_today": None},
        {"energy_today": [1, 2]},
        {"x": ["a", 1, 2]},
        {"x": [1, -9e10, 9e10]},
        {"x": [1, 2, 3, None, "", None, 0, 0, 0, 0]},
    ],
)
def test_a_damaged_memory_is_left_out(stored: object) -> None:
    assert EnergyGuard.from_dict(stored).to_dict() == {}


START = datetime(2026, 3, 27, 0, 2, tzinfo=BERLIN).astimezone(UTC)
GAINS = st.lists(st.floats(0, 2), min_size=40, max_size=200)
GLITCHES = st.sets(st.integers(0, 199))


@given(gains=GAINS, minutes=st.integers(5, 120), glitches=GLITCHES, back=st.floats(0, 0.1))
def test_published_values_fall_only_at_midnight(
    gains: list[float], minutes: int, glitches: set[int], back: float
) -> None:
    guard, today, total = EnergyGuard(), 0.0, 1000.0
    found = []
    for i, gain in enumerate(gains):
        at = START + timedelta(minutes=minutes * i)
        before = at - timedelta(minutes=minutes)
        same_day = at.astimezone(BERLIN).date() == before.astimezone(BERLIN).date()
        today, total = (today if same_day else 0.0) + gain, total + gain
        told = (0.0, 0.0) if i in glitches else (max(0.0, today - back), total - back)
        name_values = zip(("energy_today", "energy_total"), told, strict=True)
        daily, lifetime = (guard.check(name, value, at, BERLIN) for name, value in name_values)
        found.append((at.astimezone(BERLIN), daily, lifetime))
    settled = START.astimezone(BERLIN).date()
    for (at, daily, lifetime), (later, next_daily, next_lifetime) in pairwise(found):
        assert next_daily >= daily or settled != later.date()  # with the first reading of a day, or the second
        assert next_lifetime >= lifetime or lifetime == 0
        settled = at.date()


@given(gains=st.lists(st.floats(0.01, 2), min_size=300, max_size=300), first=st.floats(0, 5000))
def test_a_genuine_course_is_told_as_it_is(gains: list[float], first: float) -> None:
    guard, today, total, late = EnergyGuard(), 0.0, first, 0
    for i, gain in enumerate(gains):
        at = START + timedelta(minutes=12 * i)
        before = at - timedelta(minutes=12)
        reset = at.astimezone(BERLIN).date() != before.astimezone(BERLIN).date()
        today, total = (0.0 if reset else today) + gain, total + gain
        assert guard.check("energy_total", total, at, BERLIN) == total
        late = 0 if guard.check("energy_today", today, at, BERLIN) == today else late + 1
        assert late <= 2


@given(old=st.floats(1, 1e6), new=st.floats(0.2, 1e6), gains=st.lists(st.floats(0, 1), min_size=12, max_size=12))
def test_no_replacement_is_held_for_ever(old: float, new: float, gains: list[float]) -> None:
    guard = EnergyGuard()
    guard.check("energy_total", old, START, BERLIN)
    for i, gain in enumerate(gains):
        new += gain
        published = guard.check("energy_total", new, START + timedelta(minutes=5 * (i + 1)), BERLIN)
    assert published == new or (published > new and published - new <= 0.15)


@pytest.mark.parametrize("hours", [26, -26])
def test_a_jump_of_our_own_clock_freezes_nothing(hours: float) -> None:
    guard = EnergyGuard()
    noon = datetime(2026, 3, 10, 12, tzinfo=BERLIN)
    jumped = noon + timedelta(hours=hours)
    times = [noon, jumped, jumped + timedelta(minutes=5), noon + timedelta(minutes=15), noon + timedelta(minutes=20)]
    told = [guard.check("energy_today", 4 + n / 10, at, BERLIN, arrived=True) for n, at in enumerate(times)]
    assert told == [4 + n / 10 for n in range(5)]
    midnight = datetime(2026, 3, 11, 0, 3, tzinfo=BERLIN)
    assert guard.check("energy_today", 0.0, midnight, BERLIN, arrived=True) == 0


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("pv_energy_today", "today"),
        ("epv_today2", "today"),
        ("today_energy", "today"),
        ("month_energy", "month"),
        ("energy_year", "year"),
        ("total_active_energy_l1", "total"),
        ("active_net_total_energy", None),
        ("e_self_hour", None),
        ("battery_power", None),
        ("daylight", None),
    ],
)
def test_the_name_tells_over_which_period_a_counter_counts(name: str, over: str | None) -> None:
    assert counts_over(name) == over


ZONES = ("Pacific/Kiritimati", "Asia/Shanghai", "Europe/Berlin", "UTC", "America/New_York", "Pacific/Pago_Pago")


@given(
    st.sampled_from(["energy_today", "energy_month", "energy_year"]),
    st.lists(st.sampled_from(ZONES), min_size=2, max_size=4),
    st.integers(0, 23),
)
def test_another_time_zone_freezes_no_counter(name: str, zones: list[str], hour: int) -> None:
    guard, at, value = EnergyGuard(), datetime(2026, 3, 1, hour, tzinfo=UTC), 5.0
    for zone in (each for each in zones for _ in range(2)):
        assert guard.check(name, value, at, ZoneInfo(zone)) == value
        at, value = at + timedelta(minutes=5), value + 0.1


@pytest.mark.parametrize("name", ["energy_today", "energy_month", "energy_year", "energy_total"])
@pytest.mark.parametrize(("before", "after"), [(11, 10), (10, 11), (0, 8), (0, -9)])
def test_a_zero_does_not_pass_because_the_zone_has_changed(name: str, before: int, after: int) -> None:
    guard = EnergyGuard()
    zones = [timezone(timedelta(hours=hours)) for hours in (before, after)]
    at = datetime(2026, 3, 10, 12, tzinfo=zones[1])
    assert guard.check(name, 669.6, at.astimezone(UTC), zones[0]) == 669.6
    for minutes, told, shown in ((5, 0.0, 669.6), (10, 669.6, 669.6), (15, 0.0, 669.6), (20, 669.7, 669.7)):
        assert guard.check(name, told, at.astimezone(UTC) + timedelta(minutes=minutes), zones[1]) == shown
