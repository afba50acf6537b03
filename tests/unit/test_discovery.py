import json
import re
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bridge.devices import FAMILIES, GENERIC, Family, Property, Setting
from bridge.devices.kinds import Choice, Number, Object, Part, Switch, TimeOfDay
from bridge.growatt import fields
from bridge.growatt.fields import Quantity, Reading
from bridge.homeassistant import About, Discovery
from bridge.mqtt import Topics, encode
from bridge.service.state import DeviceState

UNITS_OF_CLASS = {
    "apparent_power": {"mVA", "VA", "kVA"},
    "battery": {"%"},
    "current": {"mA", "A"},
    "duration": {"d", "h", "min", "s", "ms"},
    "energy": {"Wh", "kWh", "MWh"},
    "frequency": {"Hz", "kHz", "MHz", "GHz"},
    "irradiance": {"W/m²", "BTU/(h⋅ft²)"},
    "power": {"W", "kW", "MW"},
    "reactive_power": {"var", "kvar"},
    "signal_strength": {"dB", "dBm"},
    "temperature": {"°C", "°F", "K"},
    "voltage": {"V", "mV", "kV"},
    "wind_speed": {"m/s", "km/h", "mph", "kn", "ft/s"},
}
"""What Home Assistant allows; it drops an entity with another unit."""

STATE_CLASSES_OF_CLASS = {
    "energy": {None, "total", "total_increasing"},
    "duration": {"measurement", "total_increasing"},
    "timestamp": {None},
    "date": {None},
}
"""Where more than `measurement` is allowed, or less."""

PLATFORMS = {"sensor", "binary_sensor", "number", "switch", "select"}
"""What every Home Assistant with device-based discovery knows."""


def prop(name: str, **more) -> Property:
    return Property(name=name, reads=(), label=name.replace("_", " ").capitalize(), **more)


def setting(name: str, kind, **more) -> Setting:
    return Setting(name=name, label=name.replace("_", " ").capitalize(), kind=kind, write=None, **more)


SMALL = Family(
    name="small",
    title="Small device",
    device_type=None,
    sources=(),
    properties=(
        prop("pv_power", quantity=Quantity("power", "W", 1), main=True),
        prop("energy_today", quantity=Quantity("energy", "kWh", 2), main=True),
        prop("battery_capacity", quantity=Quantity("energy", "kWh", 2)),
        prop("battery_soc", quantity=Quantity("percent", "%", 0), main=True),
        prop("charge_soc_limit", quantity=Quantity("percent", "%", 0)),
        prop("status", type=str, main=True),
        prop("items", type=list[int]),
        prop("heating", type=bool),
        prop("installed", type=date),
        prop("seen", type=datetime),
        prop("wakes", type=time),
        prop("power_factor", type=float),
        prop("error_code", type=int),
        prop("parameters", type=Reading),
        prop("packs", type=list[Reading]),
    ),
    settings=(
        setting("output_power", Number(low=0, high=800, unit="W")),
        setting("charge_limit", Number(low=70, high=100, unit="%")),
        setting("grid_charging", Switch()),
        setting("mode", Choice(options={"load_first": 0, "battery_first": 1})),
        setting("slot", Object(parts=(Part(key="start", label="start", kind=TimeOfDay()),))),
        setting("slot_start", TimeOfDay(), main=False),
        setting("slot_end", TimeOfDay(end_of_day=True), main=False),
    ),
)


def about(**more) -> About:
    given = {"serial": "0PVP1", "name": "Balkon Süd", "segment": "Balkon Süd", "family": SMALL, "parent": None}
    return About(**{**given, "model": None, "firmware": None, **more})


def discovery(base: str = "growatt") -> Discovery:
    return Discovery(Topics(base), version="1.2.3")


def components(family: Family) -> dict[str, dict]:
    messages = discovery().messages(about(family=family)).values()
    return {name: component for message in messages for name, component in message["components"].items()}


def render(template: str, state: object) -> str:
    """As Home Assistant does, with its `None` for null; an undefined value fails instead of warning."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    return environment.from_string(template).render(value_json=state)


def test_main_message():
    message = discovery().device(about(model="NOAH 2000", firmware="11.10", parent="plant_7"))
    del message["components"]
    assert message == {
        "device": {
            "identifiers": ["growatt_0PVP1"],
            "name": "Balkon Süd",
            "manufacturer": "Growatt",
            "model": "NOAH 2000",
            "serial_number": "0PVP1",
            "sw_version": "11.10",
            "via_device": "growatt_plant_7",
        },
        "origin": {"name": "growatt-bridge", "sw_version": "1.2.3"},
        "availability_mode": "all",
        "availability": [
            {"topic": "growatt/bridge/state", "value_template": "{{ value_json.get('state') }}"},
            {"topic": "growatt/Balkon Süd/availability", "value_template": "{{ value_json.get('state') }}"},
        ],
        "state_topic": "growatt/Balkon Süd",
        "qos": 1,
    }


def test_unknown_facts_are_left_out():
    device = discovery().device(about())["device"]
    assert device["model"] == "Small device"
    assert device["via_device"] == "growatt_bridge"
    assert "sw_version" not in device


DIAGNOSTIC = {"entity_category": "diagnostic", "enabled_by_default": False}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "pv_power",
            {
                "platform": "sensor",
                "name": "Pv power",
                "unique_id": "growatt_0PVP1_pv_power",
                "object_id": "growatt_0PVP1_pv_power",
                "default_entity_id": "sensor.growatt_0PVP1_pv_power",
                "device_class": "power",
                "state_class": "measurement",
                "unit_of_measurement": "W",
                "suggested_display_precision": 1,
            },
        ),
        ("energy_today", {"device_class": "energy", "state_class": "total_increasing"}),
        ("battery_capacity", {"device_class": "energy", "state_class": None, **DIAGNOSTIC}),
        ("battery_soc", {"device_class": "battery", "unit_of_measurement": "%"}),
        ("charge_soc_limit", {"device_class": None, "unit_of_measurement": "%", **DIAGNOSTIC}),
        ("status", {"platform": "sensor", "device_class": None, "state_class": None, "enabled_by_default": None}),
        ("heating", {"platform": "binary_sensor", "device_class": None, **DIAGNOSTIC}),
        ("installed", {"platform": "sensor", "device_class": "date"}),
        ("seen", {"platform": "sensor", "device_class": "timestamp", **DIAGNOSTIC}),
        ("last_update", {"device_class": "timestamp", "entity_category": "diagnostic", "enabled_by_default": None}),
        ("power_factor", {"platform": "sensor", "state_class": "measurement"}),
        ("error_code", {"platform": "sensor", "state_class": None}),
        (
            "output_power",
            {
                "platform": "number",
                "command_topic": "growatt/Balkon Süd/set/output_power",
                "device_class": "power",
                "unit_of_measurement": "W",
                "min": 0,
                "max": 800,
                "step": 1,
                "mode": "box",
                "entity_category": "config",
                "enabled_by_default": None,
            },
        ),
        ("charge_limit", {"platform": "number", "device_class": None, "min": 70, "mode": "slider"}),
        ("grid_charging", {"platform": "switch", "entity_category": "config"}),
        ("mode", {"platform": "select", "options": ["load_first", "battery_first"]}),
        ("slot_start", {"platform": "time", "entity_category": "config", "enabled_by_default": False}),
    ],
)
def test_component(name, expected):
    component = components(SMALL)[name]
    assert {key: component.get(key) for key in expected} == expected


def test_objects_have_no_entity():
    assert {"parameters", "packs", "slot"} & components(SMALL).keys() == set()


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("pv_power", 5.5, "5.5"),
        ("pv_power", 0, "0"),
        ("status", "normal", "normal"),
        ("status", "x" * 300, "x" * 255),
        ("items", [1, 2], "1, 2"),
        ("items", [], "none"),
        ("heating", True, "ON"),
        ("heating", False, "OFF"),
        ("output_power", 0, "0"),
        ("output_power", 800, "800"),
        ("output_power", 801, "None"),
        ("charge_limit", 69, "None"),
        ("grid_charging", True, "ON"),
        ("grid_charging", False, "OFF"),
        ("mode", "battery_first", "battery_first"),
        ("mode", "7", "None"),
        ("slot_start", "06:30", "06:30"),
        ("slot_end", "06:30", "06:30"),
        ("slot_end", "24:00", "23:59"),
    ],
)
def test_what_home_assistant_sees(name, value, shown):
    assert render(components(SMALL)[name]["value_template"], {name: value}) == shown


@pytest.mark.parametrize("state", [dict.fromkeys(components(SMALL)), {}], ids=["null", "missing"])
def test_unknown_values(state):
    seen = {name: render(component["value_template"], state) for name, component in components(SMALL).items()}
    assert seen == dict.fromkeys(components(SMALL), "None")


def test_late_platforms_travel_apart():
    messages = discovery().messages(about())
    assert {topic: set(message["components"]) for topic, message in messages.items()} == {
        "homeassistant/device/growatt_0PVP1/config": components(SMALL).keys() - {"slot_start", "slot_end"},
        "homeassistant/device/growatt_0PVP1_time/config": {"slot_start", "slot_end"},
    }
    main, late = messages.values()
    assert late["device"] == main["device"]
    assert list(discovery().messages(about(family=replace(SMALL, settings=())))) == [discovery().config_topic("0PVP1")]


@pytest.mark.parametrize("family", [*FAMILIES, GENERIC, SMALL], ids=lambda family: family.name)
def test_home_assistant_accepts(family):
    messages = discovery().messages(about(family=family))
    state = DeviceState(family).payload(0)
    seen = set()
    for topic, message in messages.items():
        assert json.loads(encode(message)) == message
        for component in message["components"].values():
            assert component["platform"] in (PLATFORMS if topic == discovery().config_topic("0PVP1") else {"time"})
            assert component["name"][:1] == component["name"][:1].upper() != ""
            assert unit_fits(component)
            assert render(component["value_template"], state) == "None"
            assert component["unique_id"] not in seen
            seen.add(component["unique_id"])


def unit_fits(component: dict) -> bool:
    device_class, unit = component.get("device_class"), component.get("unit_of_measurement")
    if component["platform"] == "sensor" and device_class:
        classes = STATE_CLASSES_OF_CLASS.get(device_class, {"measurement"})
        return component.get("state_class") in classes and unit in UNITS_OF_CLASS.get(device_class, {None})
    return device_class is None or unit in UNITS_OF_CLASS[device_class]


def test_every_quantity_of_the_vocabulary():
    found = [part for alias in vars(fields).values() for part in getattr(alias, "__metadata__", ())]
    quantities = [part for part in found if isinstance(part, Quantity)]
    assert len(quantities) > 20
    family = replace(SMALL, properties=tuple(prop(f"q{n}", quantity=q) for n, q in enumerate(quantities)))
    assert [name for name, component in components(family).items() if not unit_fits(component)] == []


def test_a_friendly_name_changes_no_id():
    ids = [
        [
            (c["unique_id"], c["default_entity_id"])
            for m in discovery().messages(a).values()
            for c in m["components"].values()
        ]
        for a in (about(), about(name="Garage", segment="Garage"))
    ]
    assert ids[0] == ids[1]


serials = st.one_of(st.text(), st.text("ab_-1/"), st.sampled_from(["bridge", "bridge_1", "plant_7", "-2d-"]))


@given(serials, serials, st.sampled_from(["growatt", "home/growatt", "1", "time"]))
@example("a", "a_time", "growatt")
@example(" ", "-20-", "growatt")
@example("bridge", "bridge_1", "1")
def test_ids_are_safe_and_never_collide(one, other, base):
    made = discovery(base)
    bridge_topic, bridge = made.bridge()
    topics, uniques = [bridge_topic], [c["unique_id"] for c in bridge["components"].values()]
    for serial in {one, other}:
        messages = made.messages(about(serial=serial))
        topics += messages
        uniques += [c["unique_id"] for message in messages.values() for c in message["components"].values()]
    assert len(set(topics)) == len(topics)
    assert len(set(uniques)) == len(uniques)
    assert all(re.fullmatch(r"homeassistant/device/[a-zA-Z0-9_-]+/config", topic) for topic in topics)


def test_retired_components_are_marked():
    made = discovery()
    before = made.device(about())
    now = made.device(about(family=replace(SMALL, properties=SMALL.properties[1:], settings=SMALL.settings[:2])))
    marked = made.retired(before, now)
    assert {key: c for key, c in marked["components"].items() if key not in now["components"]} == {
        "pv_power": {"platform": "sensor"},
        "grid_charging": {"platform": "switch"},
        "mode": {"platform": "select"},
    }
    assert {**marked, "components": now["components"]} == now
    assert made.retired(now, now) == now


def test_bridge():
    topic, message = discovery().bridge()
    connection = message["components"]["connection"]
    assert topic == "homeassistant/device/growatt_bridge/config"
    assert message["device"]["identifiers"] == ["growatt_bridge"]
    assert connection["state_topic"] == "growatt/bridge/state"
    assert not {"availability", "availability_topic"} & (connection.keys() | message.keys())
    assert [render(connection["value_template"], {"state": state}) for state in ("online", "offline")] == ["ON", "OFF"]
    version = message["components"]["version"]
    assert version["state_topic"] == "growatt/bridge/info"
    assert [item["topic"] for item in version["availability"]] == ["growatt/bridge/state"]
    assert render(version["value_template"], {"version": "1.2.3"}) == "1.2.3"


def test_two_bridges_do_not_collide():
    one, other = discovery().bridge(), discovery("home/growatt").bridge()
    assert other[0] == "homeassistant/device/growatt_bridge_home-2f-growatt/config"
    assert other[1]["device"]["identifiers"] == ["growatt_bridge_home-2f-growatt"]
    assert discovery("home/growatt").device(about())["device"]["via_device"] == "growatt_bridge_home-2f-growatt"
    ids = [{c["unique_id"] for c in message["components"].values()} for _, message in (one, other)]
    assert ids[0] & ids[1] == set()
