"""The examples speak of things that exist. What they do is proved by their own checks, in real programs."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.devices import Family
from bridge.devices.min import MIN
from bridge.devices.noah import NEXA, NOAH
from bridge.devices.plant import PLANT
from bridge.homeassistant import About, Discovery
from bridge.mqtt import Topics

EXAMPLES = Path(__file__).parents[2] / "examples"
DEVICES = {
    "0PVPNOAH12345678": NOAH,
    "0HVRNEXA12345678": NEXA,
    "BZP1000001": MIN,
    "TLX2000001": MIN,
    "plant_1001": PLANT,
}
FLOWS = sorted((EXAMPLES / "node-red").glob("*.json"))
PACKAGES = sorted((EXAMPLES / "home-assistant" / "packages").glob("*.yaml"))
DASHBOARD = EXAMPLES / "home-assistant" / "dashboard.yaml"
OPENHAB = EXAMPLES / "openhab"
DOMAINS = "sensor|binary_sensor|number|switch|select|time|button"


def parse(family: Family, setting: str, value: Any) -> Any:
    found = family.setting(setting)
    assert found is not None, f"{family.title} has no setting {setting}"
    return found.kind.parse(value)


@cache
def entities() -> dict[str, bool]:
    """What the demo's devices can be in Home Assistant, and whether it is enabled by default."""
    discovery = Discovery(Topics(), version="1")
    abouts = [
        About(serial=serial, name=serial, segment=serial, family=family, model=None, firmware=None, parent=None)
        for serial, family in DEVICES.items()
    ]
    messages = [json.loads(m.payload) for about in (None, *abouts) for m in discovery.messages(about).values()]
    components = [c for message in messages for c in message.get("components", {"": message}).values()]
    return {c["default_entity_id"]: c.get("enabled_by_default", True) for c in components}


def nodes(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read_text())
    return found


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_flows_are_wired_to_nodes_that_they_bring(file: Path):
    known = {node["id"] for node in nodes(file)}
    assert len(known) == len(nodes(file))
    for node in nodes(file):
        references = {target for wire in node.get("wires", []) for target in wire}
        references |= {node[key] for key in ("z", "broker", "group", "page", "ui", "theme") if key in node}
        references.discard("localhost")
        assert references <= known, node["id"]


def test_flows_share_their_broker():
    brokers = [node for file in FLOWS for node in nodes(file) if node["type"] == "mqtt-broker"]
    assert len(brokers) == len(FLOWS) == 2
    assert brokers[0] == brokers[1]


def test_flows_send_schedules_that_the_bridge_takes():
    days = [
        json.loads(node["payload"])
        for file in FLOWS
        for node in nodes(file)
        if node["type"] == "inject" and node["wires"] == [["schedule_topic"]]
    ]
    assert [len(parse(NOAH, "schedule", day)) for day in days] == [3, 2, 0]


@pytest.mark.parametrize("file", [*PACKAGES, DASHBOARD], ids=lambda file: file.stem)
def test_entities_of_home_assistant_exist_and_are_enabled(file: Path):
    named = set(re.findall(rf"\b(?:{DOMAINS})\.growatt_\w+", file.read_text()))
    assert named
    assert {entity for entity in named if not entities().get(entity)} == set()


def test_home_assistant_charges_with_a_command_that_the_bridge_takes():
    package = yaml.safe_load((EXAMPLES / "home-assistant/packages/growatt_charge_at_night.yaml").read_text())
    sent = package["script"]["growatt_charge_from_grid"]["sequence"][0]["data"]
    assert sent["topic"] == "growatt/0PVPNOAH12345678/set"
    assert "'grid_charging': true" in sent["payload"]
    period = re.search(r"'time_period_9': (\{.*?\})", sent["payload"])
    assert period is not None
    keys = re.findall(r"'(\w+)':", period[1])
    assert keys == ["start", "end", "mode", "power", "enabled"]
    assert parse(NOAH, "time_period_9", {"mode": "battery_first", "power": 0})
    ended = package["script"]["growatt_stop_charging_from_grid"]["sequence"][0]["data"]
    assert ended["topic"] == sent["topic"]
    assert "{'grid_charging': false, 'time_period_9': {'enabled': false}," in ended["payload"]


def channels() -> dict[str, dict[str, str]]:
    """The things of openHAB: their channels, and the configuration of each."""
    text = (OPENHAB / "things/growatt.things").read_text()
    things = re.findall(r"(?ms)^Thing mqtt:topic:(\w+) .*?\{(.*?)^\}", text)
    return {thing: dict(re.findall(r"(?m)^\s+Type \w+ : (\w+) \"[^\"]*\" \[ (.*) \]$", body)) for thing, body in things}


def test_channels_of_openhab_read_and_set_what_there_is():
    found = channels()
    assert {thing: len(names) for thing, names in found.items()} == {
        "growatt_bridge": 1,
        "growatt_noah": 16,
        "growatt_nexa": 16,
        "growatt_house": 14,
        "growatt_plant": 3,
    }
    assert f'stateTopic="{Topics().bridge_state}"' in found.pop("growatt_bridge")["bridge_state"]
    for name, config in (channel for names in found.values() for channel in names.items()):
        family = DEVICES[re.findall(r"growatt/(\w+)", config)[0]]
        known = {item.name for item in family.items} | {"last_update"}
        assert set(re.findall(r"JSONPATH\(\$\.(\w+)\)", config)) <= known, name
        assert all(family.setting(setting) for setting in re.findall(r"/set/(\w+)", config)), name


def test_items_of_openhab_are_linked_to_channels_and_used_under_their_names():
    text = (OPENHAB / "items/growatt.items").read_text()
    found = channels()
    links = re.findall(r'channel="mqtt:topic:(\w+):(\w+)"', text)
    assert len(links) == sum(len(names) for names in found.values())
    assert all(channel in found[thing] for thing, channel in links)
    items = set(re.findall(r"(?m)^[\w:]+ (Growatt_\w+) ", text))
    used = [(OPENHAB / file).read_text() for file in ("sitemaps/growatt.sitemap", "rules/growatt.rules")]
    assert {item for file in used for item in re.findall(r"\bGrowatt_\w+", file)} <= items


def test_rules_of_openhab_send_what_the_bridge_takes():
    text = (OPENHAB / "rules/growatt.rules").read_text()
    schedules = [json.loads(found) for found in re.findall(r"Schedule\.sendCommand\('(.*)'\)", text)]
    assert [len(parse(NOAH, "schedule", day)) for day in schedules] == [3, 2, 0]
    orders = [json.loads(found) for found in re.findall(r'"/set", \'(.*)\'\)', text)]
    assert len(orders) == 2
    for order in orders:
        assert {name: parse(NOAH, name, value) for name, value in order.items()} == order
