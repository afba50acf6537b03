"""A device's state: several sources, one truth, and its age."""

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.devices import DATALOGGER, GENERIC, Family, Property, Setting, Source
from bridge.devices.define import quantity_of
from bridge.devices.kinds import Number
from bridge.devices.metering import SMART_METER
from bridge.growatt.families.smart_meter import SmartMeterEnergyOverviewData
from bridge.growatt.fields import KilowattHours, Reading
from bridge.service.state import OFFLINE_AFTER, DeviceState, differs

START = 1_760_000_000.0


class Live(Reading):
    power: float | None = None
    lost: int | None = None


class Upload(Reading):
    power: float | None = None
    energy: float | None = None
    limit: int | None = None
    time: datetime | None = None


async def _never(*_: object) -> None:
    raise AssertionError("not polled here")


LIVE = Source(name="live", model=Live, fetch=_never, records=lambda *_: {}, every=60)
UPLOAD = Source(name="upload", model=Upload, fetch=_never, records=lambda *_: {}, every=300, stamp="time")
FAMILY = Family(
    name="test",
    title="Test",
    device_type=None,
    sources=(LIVE, UPLOAD),
    properties=(
        Property(name="power", reads=("live.power", "upload.power")),
        Property(name="energy", reads=("upload.energy",)),
    ),
    settings=(Setting(name="limit", label="Limit", kind=Number(low=0, high=100), write=None, reads=("upload.limit",)),),
    offline=("live.lost",),
)


@pytest.fixture
def state() -> DeviceState:
    return DeviceState(FAMILY)


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def test_everything_is_there_from_the_start_and_unknown(state: DeviceState) -> None:
    assert state.payload(START) == {
        "power": None,
        "energy": None,
        "limit": None,
        "last_update": None,
        "age": None,
        "target": {},
    }
    assert not state.online(START)


def told(state: DeviceState, source: Source, record: Reading, now: float) -> set[str]:
    """What changes with this record."""
    before = dict(state.values)
    state.apply(source, record, now)
    return {name for name, value in state.values.items() if value != before[name]}


def test_the_preferred_source_speaks_while_it_is_fresh(state: DeviceState) -> None:
    assert told(state, UPLOAD, Upload(power=1.0, energy=5.0), START) == {"power", "energy"}
    assert told(state, LIVE, Live(power=2.0), START + 1) == {"power"}
    assert told(state, UPLOAD, Upload(power=3.0, energy=6.0), START + 180) == {"energy"}
    assert (state.values["power"], state.values["energy"]) == (2.0, 6.0)
    assert told(state, UPLOAD, Upload(power=4.0, energy=6.0), START + 182) == {"power"}
    assert told(state, LIVE, Live(power=5.0), START + 183) == {"power"}
    assert state.values["power"] == 5.0


def test_a_number_that_comes_again_may_say_something_new() -> None:
    scaled = Property(name="feed", reads=("upload.power",), scale=1000)
    counter = Property(name="energy_total", reads=("upload.energy",), quantity=quantity_of(KilowattHours))
    state = DeviceState(replace(FAMILY, properties=(FAMILY.properties[0], scaled, counter), settings=()))
    state.apply(UPLOAD, Upload(power=0.005, energy=500.0, time=at(0)), START)
    assert state.values == {"power": 0.005, "feed": 5, "energy_total": 500}
    assert told(state, UPLOAD, Upload(power=5.0, energy=500.0, time=at(300)), START + 300) == {"power", "feed"}
    assert state.values["feed"] == 5000
    for n in range(2, 30, 2):  # a counter that jumps to and fro has not begun anew
        now = START + n * 300
        state.apply(UPLOAD, Upload(power=5.0, energy=100.0, time=at(n * 300)), now)
        assert state.values["energy_total"] == 500
        state.apply(UPLOAD, Upload(power=5.0, energy=500.0, time=at(n * 300 + 300)), now + 300)


def test_the_preferred_source_takes_over_again_with_the_same_value(state: DeviceState) -> None:
    state.apply(LIVE, Live(power=2.0), START)
    state.apply(UPLOAD, Upload(power=3.0), START + 182)
    state.apply(LIVE, Live(power=3.0), START + 183)
    state.apply(UPLOAD, Upload(power=4.0), START + 184)
    assert state.values["power"] == 3.0


def test_what_the_family_does_not_have_is_shown_while_it_is_told(state: DeviceState) -> None:
    shown = []
    for seconds, told in enumerate(({"newPower": 500}, {"newPower": None}, {"newPower": 7}, {})):
        state.apply(UPLOAD, Upload(time=at(seconds), **told), START + seconds)
        state.apply(LIVE, Live(), START + seconds)
        shown.append(state.payload(START + seconds)["new_power"])
    assert shown == [500, None, 7, None]


def test_what_the_database_tells_of_a_dead_device_is_no_sign_of_life(state: DeviceState) -> None:
    details = Source(name="details", model=Live, fetch=_never, records=lambda *_: {}, every=1800)
    family = replace(FAMILY, sources=(LIVE, UPLOAD, details))
    for source, alive in ((details, False), (LIVE, True)):
        state = DeviceState(family)
        for now in range(0, 7200, 300):
            state.apply(source, Live(power=1.0), START + now)
        assert state.online(START + 7200) is alive


def test_unknown_from_one_source_does_not_erase_what_another_knows(state: DeviceState) -> None:
    state.apply(UPLOAD, Upload(power=1.0, energy=5.0), START)
    assert told(state, LIVE, Live(power=None), START + 1) == set()
    assert state.values["power"] == 1.0
    state.apply(LIVE, Live(power=2.0), START + 2)
    assert told(state, LIVE, Live(power=None), START + 62) == {"power"}
    assert told(state, UPLOAD, Upload(power=3.0, energy=None), START + 63) == {"power", "energy"}
    assert state.values == {"power": 3.0, "energy": None, "limit": None}
    assert {name for name, place in FAMILY.places.items() if state.told >> place & 1} == {"power", "energy"}


def test_the_devices_own_clock_dates_the_state(state: DeviceState) -> None:
    state.apply(LIVE, Live(power=1.0), START)
    assert (state.last_update, state.online(START)) == (None, False)  # the device may be dead for days
    state.apply(UPLOAD, Upload(power=1.0, time=at(-200)), START + 1)
    assert state.last_update == at(-200)
    state.apply(LIVE, Live(power=2.0), START + 60)
    assert state.last_update == at(-200)
    state.apply(UPLOAD, Upload(power=1.0, time=at(-500)), START + 61)
    state.apply(UPLOAD, Upload(power=1.0, time=None), START + 62)
    assert (state.last_update, state.age(START + 100)) == (at(-200), 300)
    assert state.payload(START + 100)["last_update"] == "2025-10-09T08:50:00+00:00"
    state.apply(UPLOAD, Upload(time=at(500)), START + 100)
    assert state.age(START + 100) == 0


def test_available_by_the_age_of_the_data(state: DeviceState) -> None:
    state.apply(UPLOAD, Upload(power=1.0, time=at(0)), START)
    assert state.online(START + 1200)
    assert not state.online(START + 1201)
    state.apply(UPLOAD, Upload(power=1.0, time=at(1100)), START + 1300)
    assert state.online(START + 1300)


def upload(state: DeviceState, power: float, made: float, came: float) -> tuple[Any, ...]:
    """What a record shows that was made then by the device's clock; with the power and whether it counts as online."""
    state.apply(UPLOAD, Upload(power=power, time=at(made)), START + came)
    return state.values["power"], state.online(START + came)


def test_what_comes_late_is_no_news(state: DeviceState) -> None:
    shown = [upload(state, n, made, 300 * n) for n, made in enumerate((0, 300, -7200, -7200, 600, -6900, 900))]
    assert [power for power, _ in shown] == [0, 1, 1, 1, 4, 4, 6]
    assert state.last_update == at(900)


def test_a_clock_that_was_set_back_is_believed_when_it_goes_on(state: DeviceState) -> None:
    before = [upload(state, n, 300 * n, 300 * n) for n in range(3)]
    after = [upload(state, n, 300 * n - 7200, 300 * n) for n in range(3, 8)]
    assert [power for power, _ in before + after] == [0, 1, 2, 2, 2, 5, 6, 7]
    assert all(online for _, online in before + after)
    assert state.last_update == at(7 * 300 - 7200)


@pytest.mark.parametrize("hours", [-26, -2, 2, 26])
def test_a_clock_that_is_wrong_makes_no_device_dead_or_alive(state: DeviceState, hours: float) -> None:
    shown = [upload(state, n, 300 * n + hours * 3600, 300 * n + 10) for n in range(1, 5)]
    assert all(online for _, online in shown[1:])
    for minutes, online in ((20, True), (26, False), (60 * abs(hours) + 30, False)):
        assert upload(state, 4, 1200 + hours * 3600, 1200 + minutes * 60) == (4, online), (
            f"silent for {minutes} minutes"
        )


def test_whom_the_cloud_has_lost_is_offline_sooner(state: DeviceState) -> None:
    state.apply(UPLOAD, Upload(power=1.0, time=at(0)), START)
    state.apply(LIVE, Live(power=1.0, lost=1), START + 300)
    assert state.online(START + 900)
    assert not state.online(START + 901)
    state.apply(UPLOAD, Upload(power=1.0, time=at(1000)), START + 1020)
    assert state.online(START + 1020)


def test_of_a_device_that_does_not_tell_its_time_the_arrival_counts(state: DeviceState) -> None:
    for seconds, expected in ((0, None), (OFFLINE_AFTER - 1, None), (OFFLINE_AFTER, at(OFFLINE_AFTER))):
        state.apply(LIVE, Live(power=1.0), START + seconds)
        assert state.last_update == expected


def test_without_a_clock_of_its_own_the_clouds_word_counts() -> None:
    state = DeviceState(replace(FAMILY, sources=(LIVE,), properties=FAMILY.properties[:1], settings=()))
    state.apply(LIVE, Live(power=1.0, lost=0), START)
    assert state.online(START)
    state.apply(LIVE, Live(power=1.0, lost=1), START + 60)
    assert not state.online(START + 60)
    state.apply(LIVE, Live(power=1.0, lost=None), START + 120)
    assert not state.online(START + 120)
    state.apply(LIVE, Live(power=1.0, lost=0), START + 180)
    assert state.online(START + 180)


@pytest.mark.parametrize("family", [DATALOGGER, GENERIC], ids=lambda family: family.name)
def test_what_is_only_listed_can_say_that_its_connection_is_lost(family: Family) -> None:
    state, [source] = DeviceState(family), family.sources
    state.apply(source, source.model(lost=True), START)
    assert state.values["lost"] is True
    assert state.online(START)


@pytest.mark.parametrize(
    ("wanted", "found", "different"),
    [
        (80, 80.0, False),
        (80, 81, True),
        (80, None, True),
        (True, 1, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, "b": 3}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {}, True),
        ({"a": 1}, None, True),
    ],
)
def test_read_back_values_compare_by_what_was_asked_for(wanted: object, found: object, different: bool) -> None:
    assert differs(wanted, found) is different


@pytest.mark.parametrize("year", [1, 1999, 2080, 9999])
def test_a_clock_that_cannot_be_right_does_not_pin_the_device(year: int) -> None:
    state = DeviceState(FAMILY)
    state.apply(UPLOAD, Upload(time=datetime(year, 12, 31, 23, 59, tzinfo=UTC), energy=1.0), START)
    assert state.age(START) == 0
    assert not state.online(START + 10 * 3600)


def test_a_restart_goes_on_with_what_was_known(state: DeviceState) -> None:
    state.apply(UPLOAD, Upload(power=100, energy=1.5, limit=80, time=at(0)), START + 10)
    again = DeviceState(FAMILY)
    again.restore(json.loads(json.dumps(state.snapshot(last=True))), START + 200)
    assert again.renewed
    assert again.payload(START + 200) == state.payload(START + 200)
    assert again.told == state.told
    again.apply(LIVE, Live(power=70), START + 201)
    assert again.values["power"] == 70
    assert again.heard == {"live"}


@pytest.mark.parametrize("later", [OFFLINE_AFTER + 11, -3600])
def test_what_is_old_is_not_shown_as_the_present(state: DeviceState, later: float) -> None:
    state.apply(UPLOAD, Upload(power=100, time=at(0)), START + 10)
    again = DeviceState(FAMILY)
    again.restore(state.snapshot(last=False), START + later)
    assert not again.renewed
    assert (again.values["power"], again.last_update) == (None, None)


@pytest.mark.parametrize(("hours", "limit"), [(1, 80), (23, 80), (25, None), (-1, None)])
def test_settings_outlive_a_restart_longer_than_readings(state: DeviceState, hours: float, limit: int | None) -> None:
    state.apply(UPLOAD, Upload(power=100, limit=80, time=at(0)), START + 10)
    again, before = DeviceState(FAMILY), state
    for later in (DeviceState(FAMILY), again):
        later.restore(json.loads(json.dumps(before.snapshot(last=True))), START + hours * 3600)
        before = later
    assert (again.values["limit"], again.values["power"], again.last_update, again.renewed) == (
        limit,
        None,
        None,
        False,
    )
    assert not again.online(START + hours * 3600)


def test_whose_value_it_is_outlives_a_restart(state: DeviceState) -> None:
    state.apply(UPLOAD, Upload(power=100, time=at(0)), START + 10)
    again = DeviceState(FAMILY)
    again.restore(json.loads(json.dumps(state.snapshot(last=True))), START + 20)
    again.apply(LIVE, Live(lost=0), START + 30)
    assert again.values["power"] == 100, "a preferred source that does not know makes nothing unknown"
    again.apply(LIVE, Live(power=70), START + 40)
    assert again.values["power"] == 70


@pytest.mark.parametrize("origin", [{"energy": "live"}, {"power": "gone"}, {"power": []}, {"none": "live"}, "?", None])
def test_a_remembered_source_that_tells_nothing_of_it_is_forgotten(state: DeviceState, origin: Any) -> None:
    state.apply(UPLOAD, Upload(power=100, energy=1.0, time=at(0)), START + 10)
    again = DeviceState(FAMILY)
    again.restore({**state.snapshot(last=True), "origin": origin}, START + 20)
    again.apply(UPLOAD, Upload(power=90, energy=2.0, time=at(300)), START + 310)
    assert (again.values["power"], again.values["energy"]) == (90, 2)


@pytest.mark.parametrize("slow", [0, 3 * 3600])
def test_what_fell_asleep_in_an_outage_does_not_come_back_with_its_end(state: DeviceState, slow: float) -> None:
    for minute in range(0, 30, 5):
        state.apply(UPLOAD, Upload(power=100, time=at(minute * 60 - slow)), START + minute * 60 + 60)
    assert state.online(START + 1600)
    state.apply(UPLOAD, Upload(power=90, time=at(2000 - slow)), START + 4 * 3600)
    assert not state.online(START + 4 * 3600)
    for minute in range(300, 310, 5):
        state.apply(UPLOAD, Upload(power=100, time=at(minute * 60 - slow)), START + minute * 60 + 60)
        assert state.online(START + minute * 60 + 60)


@given(
    st.dictionaries(
        st.sampled_from(["values", "last_update", "stamped", "lost", "last"]),
        st.none() | st.text() | st.integers() | st.dictionaries(st.sampled_from(["power", "x"]), st.integers()),
    )
)
def test_a_damaged_memory_is_no_memory(snapshot: dict[str, Any]) -> None:
    state = DeviceState(FAMILY)
    state.restore(snapshot, START)
    assert state.payload(START)["power"] is None


@pytest.mark.parametrize("hours", [26, -26])
@pytest.mark.parametrize("stamped", [False, True])
def test_a_clock_that_jumps_and_comes_back_freezes_no_counter(hours: float, stamped: bool) -> None:
    counter = Property(name="energy_today", reads=("upload.energy",), quantity=quantity_of(KilowattHours))
    state = DeviceState(replace(FAMILY, properties=(counter,), settings=()))
    off = [0.0, hours * 3600, hours * 3600, 0.0, 0.0]
    for n, jump in enumerate(off):
        stamp = at(n * 300) if stamped else None
        state.apply(UPLOAD, Upload(energy=4 + n / 10, time=stamp), START + n * 300 + jump)
        assert state.values["energy_today"] == 4 + n / 10


def meter(state: DeviceState, minutes: float, **energies: float) -> Mapping[str, Any]:
    """What a meter shows after one more record."""
    state.apply(SMART_METER.source("reading"), SmartMeterEnergyOverviewData(**energies), START + minutes * 60)
    return state.values


def test_a_counter_read_from_several_fields_stays_with_its_own_through_a_zero() -> None:
    state = DeviceState(SMART_METER)
    for n, (own, shown) in enumerate([(10.0, 10), (10.1, 10.1), (0.0, 10.1), (10.2, 10.2)]):
        own_today = max(0.0, own - 9)
        values = meter(
            state,
            n * 5,
            positive_active_today_energy=own_today,
            positive_active_total_energy=own,
            today_energy=20 + n / 10,
            total_energy=90 + n / 10,
        )
        assert values["grid_import_energy_total"] == shown
        assert values["grid_import_energy_today"] == pytest.approx(shown - 9)


def test_of_several_fields_for_one_counter_the_one_that_counts_is_shown_after_midnight_too() -> None:
    state, midnight = DeviceState(SMART_METER), (86400 - START % 86400) / 60
    own = {"positive_active_today_energy": 5.0, "positive_active_total_energy": 70.0}
    before = meter(state, midnight - 5, **own, today_energy=9.0, total_energy=90.0)
    assert before["grid_import_energy_today"] == 5
    own["positive_active_today_energy"] = 0.0
    assert meter(state, midnight + 5, **own, today_energy=0.2, total_energy=90.2)["grid_import_energy_today"] == 0


def test_of_several_fields_for_one_counter_the_filled_one_is_shown() -> None:
    values = meter(DeviceState(SMART_METER), 0, positive_active_total_energy=0.0, today_energy=0.4, total_energy=3.5)
    assert (values["grid_import_energy_today"], values["grid_import_energy_total"]) == (0.4, 3.5)


OWN = {"positive_active_today_energy": 1.0, "positive_active_total_energy": 10.0, "reverse_active_total_energy": 5.0}
OTHERS = {"today_energy": 20.0, "total_energy": 90.0, "reverse_active_energy": 70.0}


@pytest.mark.parametrize("missing", [*itertools.combinations(OWN, 1), *itertools.combinations(OWN, 2), (*OWN,)])
def test_a_counter_that_is_missing_for_once_leaves_its_place_to_no_other(missing: Sequence[str]) -> None:
    state = DeviceState(SMART_METER)
    names = ("grid_import_energy_today", "grid_import_energy_total", "grid_export_energy_total")
    for n in range(4):
        own = {name: value + n for name, value in OWN.items()}
        told = own if n != 2 else {name: value for name, value in own.items() if name not in missing}
        shown = meter(state, n * 5, **told, **OTHERS)
        assert [shown[name] for name in names] == [told.get(name) for name in OWN]


def test_a_counter_that_is_missing_for_good_leaves_its_place_to_another() -> None:
    state = DeviceState(SMART_METER)
    meter(state, 0, **OWN, **OTHERS)
    assert meter(state, 25 * 60, **OTHERS)["grid_export_energy_total"] == 70


def test_another_meter_in_place_of_one_is_believed_as_soon_as_any_counter() -> None:
    state = DeviceState(SMART_METER)
    meter(state, 0, **OWN, **OTHERS)
    new = [meter(state, 5 + n * 10, positive_active_total_energy=0.1 + n / 10) for n in range(4)]
    assert new[-1]["grid_import_energy_total"] == 0.4


def test_numbers_that_no_catalogue_knows_are_shown_by_their_api_name(state: DeviceState) -> None:
    more = {"pSolarExtra": 12.3400001, "isNew": True, "levels": [1], "newToken": "secret", "age": 7, "Power": 8}
    more |= {"userId": 40417, "bluetoothPassword": 123456, "pin": 1}
    state.apply(
        UPLOAD,
        Upload.model_validate({"power": 1.0, **more, "huge": 10**400, "endless": math.inf, "none": math.nan}),
        START,
    )
    state.apply(LIVE, Live.model_validate({"pSolarExtra": 13}), START)
    shown = state.payload(START)
    assert (shown["p_solar_extra"], shown["is_new"], shown["huge"]) == (13, True, 10**400)
    assert (shown["power"], shown["age"]) == (1, 0)
    assert shown.keys() - DeviceState(FAMILY).payload(START).keys() == {"p_solar_extra", "is_new", "huge"}


@pytest.mark.parametrize("last", [True, False])
def test_what_was_heard_before_an_orderly_restart_is_recent(state: DeviceState, last: bool) -> None:
    state.apply(UPLOAD, Upload(power=5.0, time=at(0)), START)
    state.renewed = True
    again = DeviceState(FAMILY)
    again.restore(json.loads(json.dumps(state.snapshot(last=last))), START + 60)
    assert again.heard_within("upload", 330, START + 300) is last
    assert not again.heard_within("upload", 330, START + 400)
    assert again.heard == set()
