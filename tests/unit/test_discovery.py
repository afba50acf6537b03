import json
import re
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bridge.devices import GENERIC, Family, Property, Setting, Source, families
from bridge.devices.define import parts_read, quantity_of, with_parts
from bridge.devices.kinds import Choice, Moment, Number, Object, Part, Press, Switch, Text, TimeOfDay
from bridge.growatt import fields
from bridge.growatt.fields import Quantity, Reading
from bridge.homeassistant import About, AlarmWatch, Discovery, Message
from bridge.mqtt import Topics
from bridge.service.state import DeviceState

UNITS_OF_CLASS = {
    "apparent_power": {"mVA", "VA", "kVA"},
    "battery": {"%"},
    "current": {"mA", "A"},
    "duration": {"d", "h", "min", "s", "ms"},
    "energy": {"Wh", "kWh", "MWh"},
    "humidity": {"%"},
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

PLATFORMS = {"sensor", "binary_sensor", "number", "switch", "select", "text", "button", "update", "event"}
"""What every Home Assistant with device-based discovery knows, and openHAB too."""

MODES = ("device", "component", "both")


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
        prop("humidity", quantity=Quantity("percent", "%", 0)),
        prop("status", type=str, main=True),
        prop("items", type=list[int]),
        prop("heating", type=bool),
        prop("lost", type=bool),
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
        setting("remark", Text(most=20)),
        setting("clock", Moment()),
        setting("minute", Moment(seconds=False)),
        setting("restart", Press()),
    ),
)

ALARMING = replace(
    SMALL,
    sources=(Source(name="reading", model=Reading, fetch=None, records=None, every=300),),
    properties=(
        prop("status", words={1: "normal", 3: "fault"}, type=str, main=True),
        prop("fault_code", type=int),
        prop("warning_code", type=int),
        prop("pack_warn_status", bits={0: "too hot"}, type=str),
        prop("grid_word", type=int, alarm="fault"),
        prop("fault_count", type=int),
        prop("firmware_version", type=str),
        prop("latest_version", type=str),
    ),
)


def about(**more) -> About:
    given = {"serial": "0PVP1", "name": "Balkon Süd", "segment": "Balkon Süd", "family": SMALL, "parent": None}
    return About(**{**given, "model": None, "firmware": None, **more})


def discovery(base: str = "growatt", mode: str = "device") -> Discovery:
    return Discovery(Topics(base), version="1.2.3", mode=mode)


def payloads(messages: dict[str, Message]) -> dict[str, dict]:
    return {topic: json.loads(message.payload) for topic, message in messages.items()}


def main_message(given: About | None = None, base: str = "growatt", gone: dict[str, str] | None = None) -> dict:
    made = discovery(base)
    topic = next(iter(made.messages(given)))
    return payloads(made.messages(given, {topic: gone or {}}))[topic]


def entities(messages: dict[str, dict]) -> dict[str, dict]:
    """Every component of the messages with its platform, by name; fails where one comes twice."""
    found: dict[str, dict] = {}
    for topic, message in messages.items():
        _, platform, *_, name, _ = topic.split("/")
        parts = message["components"] if platform == "device" else {name: {**message, "platform": platform}}
        assert found.keys().isdisjoint(parts)
        found |= parts
    return found


def components(family: Family, **more) -> dict[str, dict]:
    return entities(payloads(discovery().messages(about(family=family, **more))))


def render(template: str, state: object) -> str:
    """As Home Assistant does, with its `None` for null; an undefined value fails instead of warning."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    return environment.from_string(template).render(value_json=state)


ONLINE = "{{ value_json.get('state') if value_json is defined else 'offline' }}"


def test_main_message():
    message = main_message(about(model="NOAH 2000", firmware="11.10", parent="plant_7"))
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
            {"topic": "growatt/bridge/state", "value_template": ONLINE},
            {"topic": "growatt/Balkon Süd/availability", "value_template": ONLINE},
        ],
        "state_topic": "growatt/Balkon Süd",
        "qos": 1,
    }


def test_who_says_nothing_any_more_is_offline():
    """Of an empty payload Home Assistant makes no `value_json`."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    assert environment.from_string(ONLINE).render(value="") == "offline"
    assert [render(ONLINE, {"state": state}) for state in ("online", "offline")] == ["online", "offline"]


def test_unknown_facts_are_left_out():
    device = main_message(about())["device"]
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
                "object_id": "growatt_0pvp1_pv_power",
                "default_entity_id": "sensor.growatt_0pvp1_pv_power",
                "device_class": "power",
                "state_class": "measurement",
                "unit_of_measurement": "W",
                "suggested_display_precision": 1,
            },
        ),
        ("energy_today", {"device_class": "energy", "state_class": "total_increasing"}),
        ("lost", {"platform": "binary_sensor", "device_class": "problem"}),
        ("battery_capacity", {"device_class": "energy", "state_class": None, **DIAGNOSTIC}),
        ("battery_soc", {"device_class": "battery", "unit_of_measurement": "%"}),
        ("humidity", {"device_class": "humidity", "state_class": "measurement", "unit_of_measurement": "%"}),
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
        ("remark", {"platform": "text", "max": 20, "entity_category": "config"}),
        ("clock", {"platform": "text", "max": 19}),
        ("minute", {"platform": "text", "max": 16}),
        (
            "restart",
            {"platform": "button", "payload_press": "press", "command_topic": "growatt/Balkon Süd/set/restart"},
        ),
    ],
)
def test_component(name, expected):
    component = components(SMALL)[name]
    assert {key: component.get(key) for key in expected} == expected


def test_objects_have_no_entity():
    assert {"parameters", "packs", "slot"} & components(SMALL).keys() == set()


def test_a_part_has_an_entity_where_the_whole_can_be_read():
    """Else there is nothing to merge it with, and every such command would fail."""
    kind = Object(parts=(Part(key="start", label="start", kind=TimeOfDay()),))
    blind = setting("slot", kind)
    seen = replace(blind, reads=(parts_read(kind, "details", ("time1_start",)),))
    platforms = [
        components(replace(SMALL, settings=with_parts(whole))).get("slot_start", {}).get("platform")
        for whole in (blind, seen)
    ]
    assert platforms == [None, "time"]


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
        ("remark", "x" * 30, "x" * 20),
        ("remark", None, ""),
        ("clock", "2026-11-22 06:30:00", "2026-11-22 06:30:00"),
    ],
)
def test_what_home_assistant_sees(name, value, shown):
    assert render(components(SMALL)[name]["value_template"], {name: value}) == shown


WITHOUT_UNKNOWN = {"text", "update", "event", "button"}
"""These have no such value: a text is empty then, an update keeps what it has, the others have no state."""


@pytest.mark.parametrize("family", [SMALL, ALARMING], ids=["small", "alarming"])
@pytest.mark.parametrize("known", [True, False], ids=["null", "missing"])
def test_unknown_values(family, known):
    shown = {n: c for n, c in components(family).items() if c["platform"] not in WITHOUT_UNKNOWN}
    state = dict.fromkeys(shown) if known else {}
    assert {name: render(c["value_template"], state) for name, c in shown.items()} == dict.fromkeys(shown, "None")


def settings_of(family: Family) -> list[str]:
    return [setting.name for setting in family.settings]


@pytest.mark.parametrize(("mode", "locked"), [*((mode, False) for mode in MODES), ("device", True)])
@pytest.mark.parametrize("family", [*families(), GENERIC, SMALL, ALARMING], ids=lambda family: family.name)
def test_home_assistant_accepts(family, mode, locked):
    made = discovery(mode=mode).messages(about(family=family, locked=settings_of(family) if locked else ()))
    messages = payloads(made)
    state = DeviceState(family).payload(0)
    told = {name: component["platform"] for name, component in entities(messages).items()}
    assert {name: platform for message in made.values() for name, platform in message.announces.items()} == told
    seen = set()
    for component in entities(messages).values():
        assert component["platform"] in PLATFORMS | (set() if mode == "component" else {"time"})
        assert component["name"][:1] == component["name"][:1].upper() != ""
        assert unit_fits(component)
        assert render(component.get("value_template", "None"), state) in ("None", "")
        assert component["unique_id"] not in seen
        seen.add(component["unique_id"])


@pytest.mark.parametrize("family", [*families(), GENERIC], ids=lambda family: family.name)
def test_no_property_has_the_name_of_a_derived_entity(family):
    taken = {"last_update", "refresh", "firmware", "fault", "warning", "alarm"}
    assert taken & {item.name for item in family.items} == set()


def unit_fits(component: dict) -> bool:
    if component["platform"] not in ("sensor", "number"):
        return "unit_of_measurement" not in component
    if component.get("step", 1) < 0.001:
        return False
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


@pytest.mark.parametrize("field", [fields.Watts, fields.Percent])
def test_watts_and_percents_are_shown_whole(field):
    family = replace(SMALL, properties=(prop("shown", quantity=quantity_of(field)),))
    assert components(family)["shown"]["suggested_display_precision"] == 0


def test_a_friendly_name_changes_no_id():
    ids = [
        {
            (c["unique_id"], c["default_entity_id"])
            for c in entities(payloads(discovery(mode=mode).messages(a))).values()
        }
        for mode in ("device", "both")
        for a in (about(), about(name="Garage", segment="Garage"))
    ]
    assert all(others == ids[0] for others in ids)


@pytest.mark.parametrize(
    ("serial", "unique", "entity"),
    [
        ("DLG1_AMMETER_1", "growatt_DLG1-5f-AMMETER_1_pv_power", "sensor.growatt_dlg1_ammeter_1_pv_power"),
        ("A--Ä_", "growatt_A-2d--2d--c4--5f-_pv_power", "sensor.growatt_a_pv_power"),
        ("bridge", "growatt_-bridge_pv_power", "sensor.growatt_bridge_pv_power"),
    ],
)
def test_an_entity_id_is_easy_to_read_and_a_unique_id_is_unique(serial, unique, entity):
    component = components(SMALL, serial=serial)["pv_power"]
    ids = component["unique_id"], component["default_entity_id"], f"sensor.{component['object_id']}"
    assert ids == (unique, entity, entity)


serials = st.one_of(st.text(), st.text("ab_-1/"), st.sampled_from(["bridge", "bridge_1", "plant_7", "-2d-"]))


@given(serials, serials, st.sampled_from(["growatt", "home/growatt", "1", "time"]), st.sampled_from(MODES))
@example("a", "a_time", "growatt", "both")
@example(" ", "-20-", "growatt", "device")
@example("bridge", "bridge_1", "1", "component")
def test_ids_are_safe_and_never_collide(one, other, base, mode):
    made = discovery(base, mode)
    topics, uniques = [], []
    for given_about in (None, *(about(serial=serial) for serial in {one, other})):
        messages = payloads(made.messages(given_about))
        topics += messages
        uniques += [component["unique_id"] for component in entities(messages).values()]
    assert len(set(topics)) == len(topics)
    assert len(set(uniques)) == len(uniques)
    assert all(re.fullmatch(r"homeassistant/\w+(/[a-zA-Z0-9_-]+){1,2}/config", topic) for topic in topics)


def test_retired_components_are_marked():
    fewer = about(family=replace(SMALL, properties=SMALL.properties[1:], settings=SMALL.settings[:2]))
    gone = {"pv_power": "sensor", "grid_charging": "switch", "output_power": "number"}
    now, marked = main_message(fewer), main_message(fewer, gone=gone)
    components = marked.pop("components")
    assert "output_power" in now["components"]
    assert components == {
        **now.pop("components"),
        "pv_power": {"platform": "sensor"},
        "grid_charging": {"platform": "switch"},
    }
    assert marked == now


DEVICE = "homeassistant/device/growatt_0PVP1/config"
LATE = "homeassistant/device/growatt_0PVP1_time/config"
START = "homeassistant/time/growatt_0PVP1_time/slot_start/config"
END = "homeassistant/time/growatt_0PVP1_time/slot_end/config"
PV_POWER = "homeassistant/sensor/growatt_0PVP1/pv_power/config"


def test_where_entities_are_announced():
    topics = {mode: list(discovery(mode=mode).messages(about())) for mode in MODES}
    ordinary = components(SMALL).keys() - {"slot_start", "slot_end"}
    assert topics["device"] == [DEVICE, START, END]
    assert topics["component"][0] == PV_POWER
    assert sorted(topic.split("/")[3] for topic in topics["component"]) == sorted(ordinary)
    assert set(topics["both"]) == {*topics["component"], LATE}


def test_a_message_of_one_entity_says_what_that_of_the_device_says():
    whole = main_message(about())
    alone = payloads(discovery(mode="component").messages(about()))[PV_POWER]
    component = whole.pop("components")["pv_power"]
    del component["platform"]
    assert alone == {**whole, **component}


def announced(mode: str, given: About | None = None) -> dict[str, dict[str, str]]:
    return all_announced(discovery(mode=mode), given or about())


def all_announced(made: Discovery, given: About | None = None) -> dict[str, dict[str, str]]:
    return {topic: message.announces for topic, message in made.messages(given).items()}


def test_what_was_announced():
    assert announced("device")[DEVICE]["grid_charging"] == "switch"
    assert announced("device")[START] == {"slot_start": "time"}
    assert announced("both")[PV_POWER] == {"pv_power": "sensor"}
    assert announced("both")[LATE] == {"slot_start": "time", "slot_end": "time"}


@pytest.mark.parametrize(
    ("before", "now", "left"),
    [
        ("device", "component", {DEVICE, START, END}),
        ("device", "both", {DEVICE, START, END}),
        ("both", "component", {LATE}),
        ("component", "both", set()),
        ("device", "device", set()),
    ],
)
def test_topics_that_give_way(before, now, left):
    assert set(discovery(mode=now).left(announced(before), announced(now))) == left


def test_every_topic_of_one_entity_gives_way_to_the_device():
    before = announced("component")
    assert discovery().left({**before, "growatt/Balkon Süd": {}}, announced("device")) == list(before)


def test_what_is_gone_does_not_give_way():
    """Home Assistant shall forget it, so its topic is only cleared."""
    fewer = about(family=replace(SMALL, properties=SMALL.properties[1:]))
    assert discovery(mode="both").left(announced("both"), announced("both", fewer)) == []


@pytest.mark.parametrize(("before", "now"), [("device", "device"), ("device", "component"), ("component", "device")])
def test_a_bridge_of_another_name_gives_way_to_none(before, now):
    """Home Assistant shall forget the entities of the former, which have other ids."""
    former, present = discovery("growatt", before), discovery("home/growatt", now)
    told = all_announced(former)
    assert present.left(told, all_announced(present)) == []
    again = discovery("growatt", now)
    assert again.left(told, all_announced(again)) == ([] if before == now else list(told))


def test_enabled_and_disabled_by_configuration():
    def hidden(**more) -> set[str]:
        return {name for name, c in components(SMALL, **more).items() if c.get("enabled_by_default") is False}

    assert {"heating", "slot_start"} <= hidden()
    changed = hidden(enabled=["heating", "slot_start"], disabled=["pv_power", "mode", "last_update"])
    assert changed == hidden() - {"heating", "slot_start"} | {"pv_power", "mode", "last_update"}


READABLE = replace(
    SMALL, properties=(), settings=tuple(replace(each, reads=("reading.alias",)) for each in SMALL.settings)
)


@pytest.mark.parametrize(
    ("name", "value", "platform", "shown"),
    [
        ("output_power", 850, "sensor", "850"),
        ("charge_limit", None, "sensor", "None"),
        ("grid_charging", True, "binary_sensor", "ON"),
        ("mode", "unknown_7", "sensor", "unknown_7"),
        ("slot_end", "24:00", "sensor", "24:00"),
        ("remark", "hello", "sensor", "hello"),
        ("clock", None, "sensor", "None"),
    ],
)
def test_a_locked_setting_is_a_value_to_look_at(name, value, platform, shown):
    found = components(READABLE, locked=settings_of(READABLE))
    component = found[f"{name}_value"]
    assert (component["platform"], component["entity_category"]) == (platform, "diagnostic")
    assert render(component["value_template"], {name: value}) == shown
    assert name not in found


def test_nothing_locked_can_be_changed():
    found = components(READABLE, locked=settings_of(READABLE))
    assert [name for name, c in found.items() if "command_topic" in c and name != "refresh"] == []
    assert {"slot_value", "restart_value"}.isdisjoint(found)
    unreadable = components(SMALL, locked=settings_of(SMALL))
    assert [name for name in unreadable if name.endswith("_value")] == []
    some = components(READABLE, locked=["charge_limit"], disabled=["charge_limit"], enabled=["slot_start"])
    assert some["charge_limit_value"]["enabled_by_default"] is False
    assert some["output_power"]["command_topic"] == "growatt/Balkon Süd/set/output_power"


def test_a_setting_waits_for_what_it_needs():
    family = replace(SMALL, settings=(setting("limit", Switch(), needs="battery_soc"),))
    assert "limit" in components(family)
    assert "limit" in components(family, shown=["battery_soc"])
    assert "limit" not in components(family, shown=["pv_power"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("refresh", {"platform": "button", "command_topic": "growatt/Balkon Süd/get", "payload_press": ""}),
        ("firmware", {"platform": "update", "device_class": "firmware", "command_topic": None}),
        ("fault", {"platform": "binary_sensor", "device_class": "problem", "name": "Fault"}),
        ("warning", {"platform": "binary_sensor", "device_class": "problem", "name": "Warning"}),
        (
            "alarm",
            {
                "platform": "event",
                "state_topic": "growatt/Balkon Süd/event",
                "event_types": ["fault", "warning", "cleared"],
            },
        ),
    ],
)
def test_derived_entity(name, expected):
    component = components(ALARMING)[name]
    assert {key: component.get(key) for key in expected} == expected


def test_derived_entities_need_what_they_are_derived_from():
    derived = {"refresh", "firmware", "fault", "warning", "alarm"}
    assert derived & components(replace(SMALL, properties=SMALL.properties[:2])).keys() == set()
    assert derived & components(ALARMING, shown=["firmware_version", "fault_count"]).keys() == {"refresh"}
    assert derived & components(ALARMING, shown=["warning_code"]).keys() == {"refresh", "warning", "alarm"}
    assert derived & components(ALARMING, shown=["fault_code"]).keys() == {"refresh", "fault", "alarm"}


@pytest.mark.parametrize(
    ("installed", "latest", "shown"),
    [
        ("11.10", "11.12", {"installed_version": "11.10", "latest_version": "11.12", "title": "Small device firmware"}),
        ("11.10", None, None),
        (None, "11.12", None),
    ],
)
def test_firmware(installed, latest, shown):
    """Home Assistant keeps what it has when the text is empty, and logs a warning when a version is null."""
    state = {"firmware_version": installed, "latest_version": latest}
    text = render(components(ALARMING)["firmware"]["value_template"], state)
    assert (json.loads(text) if text else None) == shown


CALM = {
    "status": "normal",
    "fault_code": 0,
    "warning_code": -1,
    "pack_warn_status": "none",
    "grid_word": 0,
    "fault_count": 5,
}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, None),
        ({"status": "fault"}, "fault"),
        ({"status": "heating"}, None),
        ({"fault_code": 203}, "fault"),
        ({"fault_code": "203"}, "fault"),
        ({"fault_code": "Normal "}, None),
        ({"warning_code": 220}, "warning"),
        ({"pack_warn_status": "too_hot"}, "warning"),
        ({"grid_word": 0.0}, None),
        ({"grid_word": 4}, "fault"),
        ({"fault_count": 6}, None),
        ({"warning_code": 220, "status": "fault"}, "fault"),
    ],
)
def test_the_sensors_and_the_event_agree(change, kind):
    state, told = {**CALM, **change}, set(change) & {"warning_code", "pack_warn_status"}
    shown = [render(components(ALARMING)[name]["value_template"], state) for name in ("fault", "warning")]
    assert shown == ["ON" if kind == "fault" else "OFF", "ON" if told else "OFF"]
    watch = AlarmWatch(ALARMING)
    assert watch.update(CALM) is None
    assert watch.update(state) == ({"event_type": kind, "alarms": change} if kind else None)


@pytest.mark.parametrize("status", [prop("status", type=int), prop("status", words={0: "lost"}, type=str)])
def test_a_status_that_has_no_word_for_faults_tells_of_none(status):
    assert "fault" not in components(replace(SMALL, properties=(status,)))


def test_one_known_alarm_is_enough():
    template = components(ALARMING)["fault"]["value_template"]
    assert render(template, {"fault_code": 0}) == "OFF"
    assert render(template, {"fault_code": 7}) == "ON"


def test_alarms_over_time():
    watch = AlarmWatch(ALARMING)
    steps = [
        ({"fault_code": 203}, None),  # was there before the bridge
        ({"fault_code": 203, "warning_code": 0}, None),
        ({"warning_code": 220}, ("warning", {"fault_code": 203, "warning_code": 220})),
        ({"fault_code": None, "warning_code": None}, None),  # nothing heard is no end
        ({"fault_code": 0}, None),  # the warning is still there
        ({"warning_code": 221}, ("warning", {"warning_code": 221})),
        ({"warning_code": 0}, ("cleared", {})),
        ({"warning_code": 0}, None),
        ({"warning_code": None}, None),
        ({"warning_code": 220, "fault_code": 1}, ("fault", {"fault_code": 1, "warning_code": 220})),
    ]
    for values, expected in steps:
        news = watch.update(values)
        assert (news and (news["event_type"], news["alarms"])) == expected, values


def test_bridge():
    ((topic, message),) = payloads(discovery().messages()).items()
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


GOOD, BAD = {"state": "ok", "message": None}, {"state": "token_refused", "message": "wrong token"}


@pytest.mark.parametrize(
    ("accounts", "state", "message"),
    [
        ({"growatt": GOOD}, "OFF", None),
        ({"growatt": GOOD, "values": BAD}, "ON", "wrong token"),
        ({"growatt": BAD, "parents": BAD}, "ON", "wrong token; wrong token"),
        (None, "OFF", None),
    ],
)
def test_trouble_with_an_account(accounts, state, message):
    account = main_message()["components"]["account"]
    info = {"accounts": accounts} if accounts else {}
    assert account["device_class"] == "problem"
    assert account["default_entity_id"] == "binary_sensor.growatt_bridge_account"
    assert account["state_topic"] == account["json_attributes_topic"] == "growatt/bridge/info"
    assert render(account["value_template"], info) == state
    assert json.loads(render(account["json_attributes_template"], info)) == {"message": message}


def test_two_bridges_do_not_collide():
    ((one,), (other,)) = (payloads(discovery(base).messages()).items() for base in ("growatt", "home/growatt"))
    assert other[0] == "homeassistant/device/growatt_bridge_home-2f-growatt/config"
    assert other[1]["device"]["identifiers"] == ["growatt_bridge_home-2f-growatt"]
    assert main_message(about(), "home/growatt")["device"]["via_device"] == "growatt_bridge_home-2f-growatt"
    entity = other[1]["components"]["connection"]["default_entity_id"]
    assert entity == "binary_sensor.growatt_bridge_home_growatt_connection"
    ids = [{c["unique_id"] for c in message["components"].values()} for _, message in (one, other)]
    assert ids[0] & ids[1] == set()
