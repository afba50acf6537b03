#!/usr/bin/env python3
"""Check these files in a running Home Assistant, and with --drive what they do to the devices of the demo.

    .venv/bin/python examples/home-assistant/check.py http://127.0.0.1:8123 TOKEN
    .venv/bin/python examples/home-assistant/check.py http://127.0.0.1:8123 TOKEN --drive 1883

`.venv`, which has the packages needed, is made by `python3 scripts/dev.py demo`.
TOKEN is a long-lived access token of that Home Assistant. Without --drive it only reads: the configuration is valid and
every entity that the files name exists and is available. --drive takes the port of the demo's broker and sets devices:
never use it with your own. Exit code 1 when something is wrong.
"""

import argparse
import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

HERE = Path(__file__).resolve().parent
NOAH = "0PVPNOAH12345678"
MINE = NOAH.lower()
ENTITY = re.compile(
    r"\b(?:sensor|binary_sensor|number|switch|select|time|button|automation|script|input_[a-z]+)\.[a-z0-9_]+\b"
)
PATIENCE = 120.0
RUN = {"zero_export": "zero_export", "charge_at_night": "charge_at_night_start"}
SOON = 20.0  # a Home Assistant that has just started needs some seconds for MQTT

Json = Any


class Failed(Exception):
    """Something is not as it should be."""


def eventually(what: str, happened: Callable[[], Json], seconds: float = PATIENCE) -> Json:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := happened():
            return found
        time.sleep(0.2)
    raise Failed(f"{what}: not within {seconds:.0f} s")


def named(node: Json) -> Iterator[str]:
    """Every entity in a YAML tree; the name of an action looks like one and is none."""
    if isinstance(node, dict):
        for key, item in node.items():
            yield from () if key == "action" else named(item)
    elif isinstance(node, list):
        for item in node:
            yield from named(item)
    elif isinstance(node, str):
        yield from ENTITY.findall(node)


class HomeAssistant:
    """The REST API."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    def call(self, method: str, path: str, body: Json = None) -> Json:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise Failed(f"{method} {path}: {error.code} {error.read().decode()[:300]}") from None
        except OSError as error:
            raise Failed(f"{self.url}: {error}") from None

    def action(self, name: str, **data: Json) -> None:
        self.call("POST", f"services/{name.replace('.', '/')}", data)

    def states(self) -> dict[str, Json]:
        return {state["entity_id"]: state for state in self.call("GET", "states")}


class Demo:
    """The devices as MQTT tells of them."""

    def __init__(self, port: int) -> None:
        self.device: Json = {}
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda _client, _userdata, message: self._keep(message.payload)
        self.client.on_connect = lambda client, *_: client.subscribe(f"growatt/{NOAH}", 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        eventually(f"{NOAH} on the demo's broker", lambda: self.device)

    def _keep(self, payload: bytes | bytearray) -> None:
        self.device = json.loads(payload)

    def has(self, **wanted: Json) -> bool:
        return all(self.device[name] == value for name, value in wanted.items())

    def publish(self, setting: str, payload: str) -> None:
        self.client.publish(f"growatt/{NOAH}/set/{setting}", payload, 1).wait_for_publish(10)


def configuration(home: HomeAssistant) -> str:
    answer = home.call("POST", "config/core/check_config")
    if answer["result"] != "valid":
        raise Failed(f"configuration: {answer['errors']}")
    return f"valid in Home Assistant {home.call('GET', 'config')['version']}"


def entities(home: HomeAssistant) -> str:
    found: dict[str, set[str]] = {}
    for file in sorted(HERE.rglob("*.yaml")):
        found[file.name] = set(named(yaml.safe_load(file.read_text())))
    gone: list[str] = []

    def there() -> bool:
        states = home.states()
        gone[:] = [
            f"{entity} ({file}) is {states[entity]['state'] if entity in states else 'not there'}"
            for file, entities in found.items()
            for entity in sorted(entities)
            if states.get(entity, {"state": "unavailable"})["state"] == "unavailable"
        ]
        return not gone

    try:
        eventually("entities", there, SOON)
    except Failed:
        raise Failed("\n  ".join(["entities", *gone])) from None
    return ", ".join(f"{len(entities)} in {file}" for file, entities in found.items())


def triggered(home: HomeAssistant, automation: str) -> Json:
    """When an automation last ran its actions."""
    return home.states()[f"automation.growatt_{automation}"]["attributes"]["last_triggered"]


def changed(home: HomeAssistant, automation: str, before: Json) -> bool:
    return bool(triggered(home, automation) != before)


def level(home: HomeAssistant, helper: str, value: float) -> None:
    home.action("input_number.set_value", entity_id=f"input_number.growatt_{helper}", value=value)


def time_of_day(home: HomeAssistant, helper: str, value: str) -> None:
    home.action("input_datetime.set_datetime", entity_id=f"input_datetime.growatt_{helper}", time=value)


def not_set_up(home: HomeAssistant, demo: Demo) -> str:
    """With the helpers as they are in a new Home Assistant nothing is written, and the user is told."""
    home.action("number.set_value", entity_id=f"number.growatt_{MINE}_default_power", value=0)
    eventually("no output", lambda: demo.has(default_power=0) and demo.device["ac_power"] == 0)
    for helper in ("zero_export_import", "night_level"):
        level(home, helper, 0)
    for helper in ("night_start", "night_end"):
        time_of_day(home, helper, "00:00:00")
    before = demo.device
    for name in ("zero_export", "charge_at_night"):
        switch = f"input_boolean.growatt_{name}"
        home.action("input_boolean.turn_off", entity_id=switch)
        told, ran = triggered(home, f"{name}_not_set_up"), triggered(home, RUN[name])
        home.action("input_boolean.turn_on", entity_id=switch)
        eventually(f"{name} tells", partial(changed, home, f"{name}_not_set_up", told))
        home.action("automation.trigger", entity_id=f"automation.growatt_{RUN[name]}", skip_condition=False)
        if changed(home, RUN[name], ran):
            raise Failed(f"{RUN[name]} ran without being set up")
        home.action("input_boolean.turn_off", entity_id=switch)
    if not demo.has(default_power=0, grid_charging=before["grid_charging"], time_period_9=before["time_period_9"]):
        raise Failed("the device was set")
    return "nothing written, and told"


def zero_export(home: HomeAssistant, demo: Demo) -> str:
    """From 0 W the output rises to what the house takes, until the meter shows little more than the import to keep."""
    home.action("input_boolean.turn_off", entity_id="input_boolean.growatt_zero_export")
    home.action("number.set_value", entity_id=f"number.growatt_{MINE}_default_power", value=0)
    eventually("no output", lambda: demo.has(default_power=0) and demo.device["ac_power"] == 0)
    before = demo.device["grid_power"]
    level(home, "zero_export_import", 20)
    home.action("input_boolean.turn_on", entity_id="input_boolean.growatt_zero_export")
    eventually("the output follows the meter", lambda: demo.device["default_power"] > 0)
    after = eventually("the meter near zero", lambda: -20 <= (power := demo.device["grid_power"]) <= 60 and str(power))
    home.action("input_boolean.turn_off", entity_id="input_boolean.growatt_zero_export")
    return f"default_power {demo.device['default_power']} W, grid from {before} W to {after} W"


def charge_at_night(home: HomeAssistant, demo: Demo) -> str:
    level(home, "night_level", 100)
    time_of_day(home, "night_start", "01:00:00")
    time_of_day(home, "night_end", "05:00:00")
    home.action("input_boolean.turn_on", entity_id="input_boolean.growatt_charge_at_night")
    run = {"skip_condition": False}
    home.action("automation.trigger", entity_id="automation.growatt_charge_at_night_start", **run)
    period = {"start": "01:00", "end": "05:00", "mode": "battery_first", "power": 0, "enabled": True}
    eventually("charging", lambda: demo.has(grid_charging=True, time_period_9=period))
    on = f"switch.growatt_{MINE}_grid_charging"
    eventually("Home Assistant sees it", lambda: home.states()[on]["state"] == "on")
    home.action("automation.trigger", entity_id="automation.growatt_charge_at_night_end", **run)
    eventually("charging ends", lambda: demo.has(grid_charging=False, time_period_9_enabled=False))
    home.action("input_boolean.turn_off", entity_id="input_boolean.growatt_charge_at_night")
    return f"period 9 was {period['start']}-{period['end']} {period['mode']}; both off again"


def failed_command(home: HomeAssistant, demo: Demo) -> str:
    def told() -> Json:
        return triggered(home, "a_command_did_not_work")

    before = told()
    demo.publish("charge_limit", "20")
    return f"notified at {eventually('a notification', lambda: (now := told()) != before and now)}"


def energy(home: HomeAssistant, _demo: Demo) -> str:
    """The counters are such that the Energy dashboard takes them, and they count."""
    package = yaml.safe_load((HERE / "packages" / "growatt_noah_energy.yaml").read_text())
    names = [f"sensor.{sensor['name'].lower().replace(' ', '_')}" for sensor in package["sensor"]]
    wanted = {"unit_of_measurement": "kWh", "device_class": "energy", "state_class": "total"}

    def counting() -> Json:
        states = home.states()
        counters = [states[name] for name in names]
        ready = all(wanted.items() <= counter["attributes"].items() for counter in counters)
        numbers = [counter["state"] for counter in counters]
        return ready and "unknown" not in numbers and any(float(number) > 0 for number in numbers) and numbers

    return f"kWh {', '.join(eventually('energy counters', counting))}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--drive", type=int, metavar="PORT", help="port of the demo's broker; sets its devices")
    options = parser.parse_args()
    home = HomeAssistant(options.url, options.token)
    try:
        for look in (configuration, entities):
            print(f"ok  {look.__name__}: {look(home)}", flush=True)
        if options.drive:
            demo = Demo(options.drive)
            for act in (not_set_up, zero_export, charge_at_night, failed_command, energy):
                print(f"ok  {act.__name__.replace('_', ' ')}: {act(home, demo)}", flush=True)
    except Failed as problem:
        print(f"FAILED  {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
