"""Walks every declaration of every family."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from datetime import time as clock
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.config import Intervals
from bridge.devices import (
    GENERIC,
    Family,
    Property,
    Setting,
    Source,
    families,
    family_of,
    family_of_plant_type,
    family_on_bus,
)
from bridge.devices.commercial import HPS, PBD, PCS
from bridge.devices.counters import counts_over
from bridge.devices.datalogger import DATALOGGER
from bridge.devices.define import define
from bridge.devices.groboost import GROBOOST
from bridge.devices.inverter import INVERTER
from bridge.devices.kinds import Choice, Moment, Number, Object, Periods, Press, Switch, Text, TimeOfDay
from bridge.devices.max import MAX
from bridge.devices.metering import ENV_SENSOR, SMART_METER
from bridge.devices.min import MIN
from bridge.devices.noah import NEXA, NOAH
from bridge.devices.parameters import SettingValue
from bridge.devices.reads import Computed, fields_of, source_of
from bridge.devices.spa import SPA
from bridge.devices.sph import SPH
from bridge.devices.sphs import SPHS
from bridge.devices.storage import STORAGE
from bridge.devices.values import EXACT, at_home
from bridge.devices.wit import WIT
from bridge.growatt import fields as wire
from bridge.growatt.families.shared import PowerV4, WifiStrengthV4
from bridge.growatt.fields import Integer, Millivolts, Reading, Watts, label
from bridge.homeassistant.components import sensor
from bridge.mqtt.topics import DEVICE_LEVELS
from bridge.service.state import DeviceState

FAMILIES = families()
ALL = (*FAMILIES, GENERIC)
RESERVED = {*DEVICE_LEVELS, "last_update", "age", "target"}
UNITS = {"W", "V", "A", "Hz", "kWh", "%", "°C", "dBm", "kΩ", "s", "min"}
UNITS |= {"var", "VA", "kvarh", "kVAh", "W/m²", "m/s", "°"}
SHARED = {
    "W": (
        "pv_power",
        "pv1_power",
        "pv2_power",
        "ac_power",
        "battery_power",
        "battery_charge_power",
        "battery_discharge_power",
        "grid_power",
        "grid_import_power",
        "grid_export_power",
        "load_power",
    ),
    "V": ("pv1_voltage", "pv2_voltage", "grid_voltage", "battery_voltage"),
    "A": ("pv1_current", "pv2_current"),
    "Hz": ("grid_frequency",),
    "%": ("battery_soc",),
    "°C": ("temperature", "battery_temperature"),
    "kWh": (
        "energy_today",
        "energy_total",
        "energy_month",
        "energy_year",
        "pv_energy_today",
        "pv_energy_total",
        "battery_charge_energy_today",
        "battery_charge_energy_total",
        "battery_discharge_energy_today",
        "battery_discharge_energy_total",
        "grid_import_energy_today",
        "grid_import_energy_total",
        "grid_export_energy_today",
        "grid_export_energy_total",
        "load_energy_today",
        "load_energy_total",
    ),
    "dBm": ("signal_strength",),
}
ONE_VALUE = (WifiStrengthV4, PowerV4, SettingValue)
"""Replies whose data is all there is."""

each = pytest.mark.parametrize("family", ALL, ids=lambda family: family.name)


def items(family: Family) -> tuple[Property | Setting, ...]:
    return (*family.properties, *family.settings)


def reads(family: Family) -> Iterator[tuple[str, str]]:
    """Source and field of all that a family reads, whatever for."""
    other = (*(read for found in family.facts.values() for read in found), *family.offline)
    for read in (*(read for item in items(family) for read in item.reads), *other):
        yield from ((source_of(read), name) for name in fields_of(read))


@each
def test_names_are_unique_words(family: Family) -> None:
    names = [item.name for item in items(family)]
    assert len(names) == len(set(names))
    assert not set(names) & RESERVED
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []


@each
def test_labels_are_short_and_tell_apart(family: Family) -> None:
    labels = [item.label for item in items(family)]
    assert len({text.lower() for text in labels}) == len(labels)
    assert [text for text in labels if not 0 < len(text) <= 60 or text[0].islower() or text != text.strip()] == []
    assert [text for text in labels if "=" in text or re.search(r"\b([a-z]+) \1\b", text.lower())] == []


@each
def test_labels_of_main_properties_and_settings_are_in_sentence_case(family: Family) -> None:
    shown = [p.label for p in family.properties if p.main] + [s.label for s in family.settings]
    title_case = [text for text in shown if any(word[0].isupper() and not word.isupper() for word in text.split()[1:])]
    assert title_case == []


@each
def test_reads_name_existing_fields(family: Family) -> None:
    models = {source.name: source.model.vocabulary() for source in family.sources}
    assert [(source, name) for source, name in reads(family) if name not in models[source]] == []
    assert [s.name for s in family.sources if s.stamp is not None and s.stamp not in models[s.name]] == []
    assert [prop.name for prop in family.properties if not prop.reads] == []


@each
def test_quantities_are_those_of_the_home(family: Family) -> None:
    units = {p.name: p.quantity.unit for p in family.properties if p.quantity}
    assert {name: unit for name, unit in units.items() if unit not in UNITS} == {}
    expected = {name: unit for unit, names in SHARED.items() for name in names}
    found = {p.name: p.quantity.unit if p.quantity else None for p in family.properties if p.name in expected}
    assert found == {name: expected[name] for name in found}


@each
def test_every_field_is_brought_to_the_unit_at_home(family: Family) -> None:
    converted = {"kW": ("W", 1000), "kWp": ("W", 1000), "mV": ("V", 0.001), "mA": ("A", 0.001)}
    models = {source.name: source.model.vocabulary() for source in family.sources}
    for prop in family.properties:
        fields = [models[source_of(read)][fields_of(read)[0]] for read in prop.reads if isinstance(read, str)]
        for unit in {field.quantity.unit for field in fields if field.quantity}:
            shown = prop.quantity.unit if prop.quantity else None
            assert (shown, prop.scale) == converted.get(unit, (unit, 1)), prop.name


@each
def test_values_are_scalars(family: Family) -> None:
    assert [p.name for p in family.properties if p.type not in (int, float, str, bool, datetime)] == []


@each
def test_every_field_is_shown_or_left_out_on_purpose(family: Family) -> None:
    plain = {(source_of(r), fields_of(r)[0]) for p in family.properties for r in p.reads if isinstance(r, str)}
    named = {(source_of(r), p.name) for p in family.properties for r in p.reads if p.name in fields_of(r)}
    status = {(source_of(r), "status") for p in family.properties if p.name == "status" for r in p.reads}
    written = {(source_of(r), f) for s in family.settings for r in s.reads for f in fields_of(r)}
    for source in family.sources:
        if source.every is None and source.name != "listing":
            continue
        fields = {"data"} if source.model in ONE_VALUE else set(source.model.vocabulary())
        shown = {name for place, name in plain | named | status | written if place == source.name}
        assert fields - shown <= family.omit.get(source.name, set()), source.name
        assert not family.omit.get(source.name, set()) & {n for p, n in plain if p == source.name}, source.name


MEASURED_TWICE = {
    *(("details", f"e{span}") for span in ("_today", "_total", "nergy_day", "nergy_month")),
    *(("details", name) for name in ("power", "p_charge", "p_discharge", "temperature", "ipm_temperature")),
    *(("details", f"e_{name}") for name in ("charge_today", "discharge_today", "discharge_total")),
    *(("details", f"{what}pv{n}") for what in "iv" for n in ("", 1, 2)),
    *(("reading", f"battery{n}_{what}") for n in (1, 2, 3, 4) for what in ("soc", "temp", "temp_f")),
    *(("reading", name) for name in ("internal_temp_f", "power_today", "power_total")),
    *(("settings", name) for name in ("charge_power", "charge_stop_soc", "discharge_stop_soc")),
    *(("settings", f"pv_grid_voltage_{which}") for which in ("low", "high")),
    *(("listing", name) for name in ("current_power", "total_energy")),
}
"""Measured values that may be left out, since the same comes from another field."""


@each
def test_numbers_with_a_unit_are_never_left_out_unless_others_tell_them(family: Family) -> None:
    kept = {
        (source.name, name)
        for source in family.sources
        for name, spec in source.model.vocabulary().items()
        if name in family.omit.get(source.name, ()) and spec.quantity
    }
    assert kept <= MEASURED_TWICE, family.name


@each
def test_main_properties_of_energy_have_both_directions(family: Family) -> None:
    """What the Energy dashboard needs: a battery and a grid connection are only of use with both."""
    names = {p.name for p in family.properties}
    for one, other in (("battery_charge", "battery_discharge"), ("grid_import", "grid_export")):
        for span in ("today", "total"):
            assert (f"{one}_energy_{span}" in names) == (f"{other}_energy_{span}" in names), span


@each
def test_what_home_assistant_adds_up_is_guarded(family: Family) -> None:
    energies = [prop for prop in family.properties if prop.quantity and prop.quantity.unit in ("kWh", "kvarh", "kVAh")]
    summed = {prop.name for prop in energies if (sensor(prop) or {}).get("state_class") == "total_increasing"}
    assert summed <= {prop.name for prop in energies if prop.counts and counts_over(prop.name)}


@each
def test_settings_are_read_back_where_they_say(family: Family) -> None:
    for setting in family.settings:
        assert setting.confirm is None or setting.confirm in setting.sources, setting.name
        whole = family.setting(setting.whole) if setting.whole else None
        assert (setting.write is None) == (whole is not None or setting.steps is not None), setting.name
        assert setting.steps is None or setting.through, setting.name
        assert all(family.setting(name) for name in setting.through), setting.name
        assert setting.needs is None or setting.needs in {p.name for p in family.properties}, setting.name
        assert whole is None or (isinstance(whole.kind, Object) and whole.confirm == setting.confirm), setting.name


@each
def test_a_plan_is_cleared_in_its_turn_among_plans(family: Family) -> None:
    clear = family.setting("vpp_clear")
    assert clear is None or clear.through == {"vpp_schedule"}


@each
def test_kinds_read_what_they_parse(family: Family) -> None:
    forms: dict[type, list[Any]] = {
        Switch: [True, False, 0, 1, 0.0, 1.0],
        TimeOfDay: [clock(0, 0), clock(23, 59)],
        Moment: [datetime(2025, 1, 31, 12, 30, tzinfo=UTC)],
        Text: ["some text"],
        Press: [1],
        Periods: [[]],
    }
    for setting in family.settings:
        kind = setting.kind
        assert kind.from_device(None) is None or isinstance(kind, Object)
        if isinstance(kind, Number):
            assert kind.low < kind.high
            assert kind.step > 0
            forms[Number] = [kind.low, kind.high, round(kind.low + kind.step, 4), float(kind.high)]
        if isinstance(kind, Choice):
            forms[Choice] = list(kind.options.values())
        for form in forms.get(type(kind), []):
            read = kind.from_device(form)
            assert kind.parse(read) == read, setting.name


def test_the_model_name_tells_nexa_from_noah() -> None:
    assert family_of("noah", "NEXA 2000") is NEXA
    assert family_of("noah", "NOAH 2000 ") is NOAH
    assert family_of("noah", None) is NOAH
    assert [f.name for f in ALL if f.by_model] == ["noah", "nexa"]


def test_other_types_have_their_family_or_none() -> None:
    types = ("min", "sph", "spa", "sph-s", "wit", "inv", "max", "storage")
    assert [family_of(kind, None) for kind in types] == [MIN, SPH, SPA, SPHS, WIT, INVERTER, MAX, STORAGE]
    assert family_of("pcs", "PCS 500") is GENERIC
    assert family_of("", None) is GENERIC


def test_the_plant_knows_types_of_its_own() -> None:
    told = [family_of_plant_type(kind) for kind in (8, 9, 10, 11, 3)]
    assert told == [PCS, HPS, PBD, GROBOOST, DATALOGGER]
    assert [family_on_bus(name) for name in ("AMMETER", "ENV_DEVICE")] == [SMART_METER, ENV_SENSOR]
    assert [family_of_plant_type(kind) for kind in (None, 1, 5, 99)] == [GENERIC] * 4


def test_what_people_use_daily_is_known_before_they_set_it() -> None:
    for family in FAMILIES:
        polled = {source.name for source in family.sources if source.every is not None}
        unknown = [s.name for s in family.settings if s.main and s.sources and not polled & set(s.sources)]
        assert unknown == [], family.name


@pytest.mark.parametrize(("family", "period"), [(NOAH, "time_period"), (NEXA, "time_period"), (MIN, "time_segment")])
def test_three_of_nine_periods_are_shown(family: Family, period: str) -> None:
    names = {s.name.removesuffix(f"_{s.key}") for s in family.settings if s.main and s.name.startswith(period)}
    assert names == {f"{period}_{n}" for n in (1, 2, 3)}


def test_families_are_kind_to_the_cloud() -> None:
    """Batches where the cloud has them; nothing regular faster than it says."""
    batched = {f.name for f in FAMILIES for s in f.sources if s.name == "reading" and s.most == 100}
    assert batched == {"noah", "nexa", "min", "sph", "spa", "sphs", "wit", "inverter", "max", "storage", "groboost"}
    for family in FAMILIES:
        every = {s.name: s.every for s in family.sources if s.every is not None}
        assert every.get("reading", 300) >= (60 if family in (NOAH, NEXA) else 300)
        assert every.get("details", 1800) >= 1800


class Small(Reading):
    cell: Millivolts = label("Cell voltage")
    flow: Watts = label("Flow")
    again: Watts = label("Flow")
    long: Watts = label("A meaning of so many words that nobody could read it on a small dashboard")


async def _never(*_: Any) -> None:
    raise AssertionError("not asked here")


SMALL = Source(name="reading", model=Small, fetch=_never, records=lambda *_: {}, every=60)


def test_the_long_tail_is_labelled_apart_and_in_home_units() -> None:
    family = define("small", "Small", None, sources=[SMALL], main=[], tail=["reading"])
    found = {p.name: p for p in family.properties}
    labels = {name: p.label for name, p in found.items()}
    assert labels == {"cell": "Cell voltage", "flow": "Flow", "again": "Again", "long": "Long"}
    state = DeviceState(family)
    state.apply(SMALL, Small(cell=3256.0), 0)
    assert state.values["cell"] == 3.256
    assert found["cell"].quantity is not None
    assert found["cell"].quantity.unit == "V"


class Spoken(Reading):
    reason: Integer = label("Reason")
    reason_text: wire.Text = label("Reason in words")
    mode: Integer = label("Mode", codes={0: "load first"})
    mode_text: wire.Text = label("Mode in words")
    flow: Watts = label("Flow")
    flow_text: wire.Text = label("Flow with its unit")
    since: wire.Moment = label("Since")
    since_text: wire.Text = label("Since, in words")


def test_a_display_text_is_left_out_only_where_the_value_says_the_same() -> None:
    source = Source(name="reading", model=Spoken, fetch=_never, records=lambda *_: {}, every=60)
    found = define("small", "Small", None, sources=[source], main=[], tail=["reading"]).properties
    assert [p.name for p in found] == ["reason", "reason_text", "mode", "flow", "since"]


@pytest.mark.parametrize(
    ("main", "settings"),
    [
        ([Property(name="flow", reads=("reading.again",))], []),
        ([], [Setting(name="flow", label="Flow", kind=Switch(), write=_never)]),
    ],
    ids=["property", "setting"],
)
def test_a_tail_field_never_takes_the_name_of_another_value(main: list[Property], settings: list[Setting]) -> None:
    with pytest.raises(ValueError, match="flow"):
        define("small", "Small", None, sources=[SMALL], main=main, settings=settings, tail=["reading"])


def test_a_computation_under_the_name_of_its_field_shows_it() -> None:
    flow = Property(name="flow", reads=(Computed("reading", ("flow", "again"), lambda a, b: (a or 0) + (b or 0)),))
    family = define("small", "Small", None, sources=[SMALL], main=[flow], tail=["reading"])
    assert [p.name for p in family.properties] == ["flow", "cell", "again", "long"]


def refusal(family: Family, name: str, value: Any, **present: Any) -> str | None:
    setting = family.setting(name)
    assert setting is not None
    assert setting.check is not None
    return setting.check(value, present)


def test_the_discharge_limit_stays_below_the_charge_limit() -> None:
    assert refusal(NOAH, "discharge_limit", 30, charge_limit=20) == "30 % must be below charge_limit, which is 20 %"
    assert refusal(NOAH, "charge_limit", 70, discharge_limit=70) == "70 % must be above discharge_limit, which is 70 %"
    assert refusal(NOAH, "charge_limit", 70, discharge_limit=30) is None
    assert refusal(NOAH, "charge_limit", 70) is None


@pytest.mark.parametrize(
    ("family", "name", "given", "told"),
    [
        (MIN, "time_segment_1", {"start": "00:00", "end": "00:00", "enabled": True}, "start and end are both 00:00"),
        (SPH, "battery_first", {"period1_enabled": True}, "period1_start and end are both 01:00"),
        (SPH, "battery_first", {"power": 50}, None),
        (MIN, "time_segment_1", {"start": "00:00", "end": "00:00", "enabled": False}, None),
    ],
)
def test_nobody_asks_for_an_active_period_of_no_time(
    family: Family, name: str, given: dict[str, Any], told: str | None
) -> None:
    setting = family.setting(name)
    assert setting is not None
    assert isinstance(setting.kind, Object)
    whole = {"period1_start": "01:00", "period1_end": "01:00", "period1_enabled": True, **given}
    reason = setting.kind.timeless(whole, given)
    assert (reason or "").startswith(told or "")
    assert bool(reason) == bool(told)


def test_overlapping_segments_are_told() -> None:
    setting = MIN.setting("time_segment_2")
    assert setting is not None
    assert setting.note is not None
    segment = {"mode": "battery_first", "start": "08:00", "end": "09:00", "enabled": True}
    later = {**segment, "start": "08:30", "end": "09:30"}
    assert setting.note(later, {"time_segment_1": segment}) == "overlaps the active time segments 1 (08:00-09:00)"
    assert setting.note({**later, "start": "09:00"}, {"time_segment_1": segment}) is None


def test_a_time_period_runs_forward() -> None:
    slot = {"start": "08:00", "end": "09:00", "mode": "smart", "power": 0, "enabled": True}
    assert refusal(NOAH, "time_period_1", slot) is None
    assert refusal(NOAH, "time_period_1", {**slot, "end": "24:00"}) is None
    assert (
        refusal(NOAH, "time_period_1", {**slot, "end": "08:00"})
        == "start 08:00 must be before end 08:00; set start or end first"
    )
    told = "a period cannot cross midnight: use two, 22:00-24:00 and 00:00-09:00"
    assert refusal(NOAH, "time_period_1", {**slot, "start": "22:00"}) == told


def test_output_power_differs_between_noah_and_nexa() -> None:
    kinds = {f.name: s.kind for f in (NOAH, NEXA) for s in f.settings if s.name == "default_power"}
    assert {name: kind.high for name, kind in kinds.items() if isinstance(kind, Number)} == {"noah": 800, "nexa": 1000}


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9).map(lambda n: n / 1000))
@example(-0.0)
@example(EXACT / 1000)
@example(float(EXACT))
def test_numbers_have_three_decimals_and_whole_ones_none(value: float) -> None:
    shown = at_home(value)
    assert shown == round(value, 3)
    assert isinstance(shown, int) is (shown == int(shown) and abs(shown) < EXACT)


FIXED = {"signal", "power", "chart"}
"""Kinds of data whose rhythm is none of the user's business: Growatt's limits decide, or they hardly change."""


@pytest.mark.parametrize("family", ALL, ids=lambda family: family.name)
def test_every_source_tells_something(family: Family) -> None:
    reads = [read for item in family.items for read in item.reads]
    reads += [read for fact in family.facts.values() for read in fact]
    used = {source_of(read) for read in (*reads, *family.offline)}
    used |= {setting.confirm for setting in family.settings} | {attached.source for attached in family.attached}
    assert [source.name for source in family.sources if source.name not in used] == []


def test_the_rhythm_of_every_kind_of_data_can_be_set() -> None:
    sources = [source for family in FAMILIES for source in family.sources if source.every]
    polled = {source.name for source in sources if not source.name.startswith("read_")}
    assert polled - FIXED == Intervals.model_fields.keys()
    assert {Intervals(reading=60).every(name, 7.0) for name in (*FIXED, "every", "account", "json")} == {7.0}
