"""Walks every declaration of every family."""

import re
from collections.abc import Iterator
from datetime import datetime
from datetime import time as clock
from types import ModuleType
from typing import Any

import httpx
import pytest

from bridge.devices import FAMILIES, GENERIC, PLANT, Family, Property, Setting, Source, family_of, generic, noah, plant
from bridge.devices import min as min_family
from bridge.devices.catalogue import fields_of, properties, source_of
from bridge.devices.families import MIN, NEXA, NOAH
from bridge.devices.kinds import Choice, Number, Object, Switch, TimeOfDay
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.fields import Millivolts, Reading, Watts, label
from bridge.mqtt.topics import DEVICE_LEVELS

ALL = (*FAMILIES, GENERIC)
RESERVED = {*DEVICE_LEVELS, "last_update", "age", "target"}
UNITS = {"W", "V", "A", "Hz", "kWh", "%", "°C", "dBm", "kΩ", "s", "min"}
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
    "V": ("pv1_voltage", "pv2_voltage", "grid_voltage"),
    "A": ("pv1_current", "pv2_current"),
    "Hz": ("grid_frequency",),
    "%": ("battery_soc",),
    "°C": ("temperature",),
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
POLLED_FOR_SETTINGS_ALONE = {("min", "settings")}

families = pytest.mark.parametrize("family", ALL, ids=lambda family: family.name)


def items(family: Family) -> tuple[Property | Setting, ...]:
    return (*family.properties, *family.settings)


def reads(family: Family) -> Iterator[tuple[str, str]]:
    """Source and field of all that a family reads, whatever for."""
    other = (*(read for found in family.facts.values() for read in found), *family.offline)
    for read in (*(read for item in items(family) for read in item.reads), *other):
        yield from ((source_of(read), name) for name in fields_of(read))


@families
def test_names_are_unique_words(family: Family) -> None:
    names = [item.name for item in items(family)]
    assert len(names) == len(set(names))
    assert not set(names) & RESERVED
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []


@families
def test_labels_are_short_and_tell_apart(family: Family) -> None:
    labels = [item.label for item in items(family)]
    assert len({text.lower() for text in labels}) == len(labels)
    assert [text for text in labels if not 0 < len(text) <= 60 or text[0].islower() or text != text.strip()] == []


@families
def test_labels_of_main_properties_and_settings_are_in_sentence_case(family: Family) -> None:
    shown = [p.label for p in family.properties if p.main] + [s.label for s in family.settings]
    title_case = [text for text in shown if any(word[0].isupper() and not word.isupper() for word in text.split()[1:])]
    assert title_case == []


@families
def test_reads_name_existing_fields(family: Family) -> None:
    models = {source.name: source.model.vocabulary() for source in family.sources}
    assert [(source, name) for source, name in reads(family) if name not in models[source]] == []
    assert [s.name for s in family.sources if s.stamp is not None and s.stamp not in models[s.name]] == []
    assert [item.name for item in items(family) if not item.reads] == []


@families
def test_quantities_are_those_of_the_home(family: Family) -> None:
    units = {p.name: p.quantity.unit for p in family.properties if p.quantity}
    assert {name: unit for name, unit in units.items() if unit not in UNITS} == {}
    expected = {name: unit for unit, names in SHARED.items() for name in names}
    found = {p.name: p.quantity.unit if p.quantity else None for p in family.properties if p.name in expected}
    assert found == {name: expected[name] for name in found}


@families
def test_values_are_scalars(family: Family) -> None:
    assert [p.name for p in family.properties if p.type not in (int, float, str, bool, datetime)] == []


@pytest.mark.parametrize(
    ("family", "module"), [(NOAH, noah), (NEXA, noah), (MIN, min_family)], ids=lambda part: getattr(part, "name", "")
)
def test_every_field_is_shown_or_left_out_on_purpose(family: Family, module: ModuleType) -> None:
    plain = {(source_of(r), fields_of(r)[0]) for p in family.properties for r in p.reads if isinstance(r, str)}
    shown = plain | {(source_of(r), f) for s in family.settings for r in s.reads for f in fields_of(r)}
    readings = [s for s in family.sources if s.every and (family.name, s.name) not in POLLED_FOR_SETTINGS_ALONE]
    for source in readings:
        if source.name == "signal":
            continue
        missing = {name for name in source.model.vocabulary() if (source.name, name) not in shown}
        assert missing == set(module.OMIT.get(source.name, ())), source.name


def test_plants_and_generic_devices_show_every_field() -> None:
    shown = {name for _, name in reads(PLANT)}
    assert set(plant.SOURCES[0].model.vocabulary()) == shown
    shown = {name for _, name in reads(GENERIC)}
    assert set(generic.SOURCES[0].model.vocabulary()) - shown == {"device_sn"}


@families
def test_settings_are_read_back_where_they_say(family: Family) -> None:
    for setting in family.settings:
        assert setting.confirm is None or setting.confirm in setting.sources, setting.name
        whole = family.setting(setting.whole) if setting.whole else None
        assert (setting.write is None) == (whole is not None), setting.name
        assert whole is None or (isinstance(whole.kind, Object) and whole.confirm == setting.confirm), setting.name


@families
def test_kinds_read_what_they_parse(family: Family) -> None:
    forms: dict[type, list[Any]] = {
        Switch: [True, False, 0, 1, 0.0, 1.0],
        TimeOfDay: [clock(0, 0), clock(23, 59)],
    }
    for setting in family.settings:
        kind = setting.kind
        assert kind.from_device(None) is None or isinstance(kind, Object)
        if isinstance(kind, Number):
            assert kind.low < kind.high
            assert kind.step > 0
            forms[Number] = [kind.low, kind.high, kind.low + kind.step, float(kind.high)]
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
    assert family_of("min", None) is MIN
    assert family_of("wit", "WIT 100K") is GENERIC
    assert family_of("", None) is GENERIC


class Small(Reading):
    cell: Millivolts = label("Cell voltage")
    flow: Watts = label("Flow")
    again: Watts = label("Flow")
    long: Watts = label("A meaning of so many words that nobody could read it on a small dashboard")


async def _never(*_: Any) -> None:
    raise AssertionError("not asked here")


SMALL = Source(name="reading", model=Small, fetch=_never, records=lambda *_: {}, every=60)


def test_the_long_tail_is_labelled_apart_and_in_home_units() -> None:
    found = {p.name: p for p in properties([SMALL], [], tail=("reading",))}
    labels = {name: p.label for name, p in found.items()}
    assert labels == {"cell": "Cell voltage", "flow": "Flow", "again": "Again", "long": "Long"}
    assert found["cell"].value("reading", Small(cell=3256.0)) == 3.256
    assert found["cell"].quantity is not None
    assert found["cell"].quantity.unit == "V"


def test_a_tail_field_never_takes_the_name_of_another_value() -> None:
    with pytest.raises(ValueError, match="flow"):
        properties([SMALL], [Property(name="flow", reads=("reading.again",))], tail=("reading",))


WRITES: list[tuple[Family, str, Any, str, dict[str, str]]] = [
    (NOAH, "default_power", 800, "setPower", {"value": "800"}),
    (NEXA, "default_power", 1000, "setPower", {"value": "1000"}),
    (NOAH, "charge_limit", 95, "setHighLimitSoc", {"value": "95"}),
    (NOAH, "discharge_limit", 10, "setLowLimitSoc", {"value": "10"}),
    (NOAH, "grid_charging", True, "setGridCharge", {"value": "1"}),
    (NEXA, "off_grid", False, "setOffGrid", {"value": "0"}),
    (
        NOAH,
        "time_period_3",
        {"start": "06:30", "end": "24:00", "mode": "battery_first", "power": 250, "enabled": True},
        "setTimeSegment",
        {"type": "3", "startTime": "06:30", "endTime": "24:00", "mode": "1", "power": "250", "enable": "1"},
    ),
    (MIN, "power_on", False, "setOnOrOff", {"value": "0"}),
    (MIN, "active_power", 60, "setPower", {"value": "60"}),
]


@pytest.mark.parametrize(
    ("family", "name", "value", "path", "sent"), WRITES, ids=[f"{family.name}-{name}" for family, name, *_ in WRITES]
)
async def test_writes_on_the_wire(family: Family, name: str, value: Any, path: str, sent: dict[str, str]) -> None:
    requests: list[httpx.Request] = []

    def cloud(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"code": 0, "data": None, "message": "PARAMETER_SETTING_SUCCESSFUL"})

    setting = family.setting(name)
    assert setting is not None
    assert setting.write is not None
    async with AsyncGrowattApi("token", transport=httpx.MockTransport(cloud)) as api:
        await setting.write(api, "SN1", setting.kind.parse(value))
    assert [r.url.path for r in requests] == [f"/v4/new-api/{path}"]
    type_on_wire = "min" if family is MIN else "noah"
    assert dict(requests[0].url.params) == {"deviceSn": "SN1", "deviceType": type_on_wire, **sent}


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


def test_a_time_period_runs_forward_and_in_a_known_mode() -> None:
    slot = {"start": "08:00", "end": "09:00", "mode": "smart", "power": 0, "enabled": True}
    assert refusal(NOAH, "time_period_1", slot) is None
    assert refusal(NOAH, "time_period_1", {**slot, "end": "24:00"}) is None
    assert refusal(NOAH, "time_period_1", {**slot, "end": "08:00"}) == "start 08:00 must be before end 08:00"
    assert refusal(NOAH, "time_period_1", {**slot, "start": "22:00"}) == "start 22:00 must be before end 09:00"
    assert "unknown_7" in str(refusal(NOAH, "time_period_1", {**slot, "mode": "unknown_7"}))


def test_output_power_differs_between_noah_and_nexa() -> None:
    kinds = {f.name: s.kind for f in (NOAH, NEXA) for s in f.settings if s.name == "default_power"}
    assert {name: kind.high for name, kind in kinds.items() if isinstance(kind, Number)} == {"noah": 800, "nexa": 1000}
