#!/usr/bin/env python3
"""Change every setting of the demo's devices through its entity in a running Home Assistant.

    .venv/bin/growatt-bridge demo --port 1883 --speed 30
    .venv/bin/python examples/home-assistant/check_entities.py http://127.0.0.1:8123 TOKEN 1883 [--all]

TOKEN is a long-lived access token of a Home Assistant that uses the broker of that demo, here on port 1883. Each entity
that the bridge announces gets its action with a value other than the present one; then the simulated device must have
the value, and the entity must show it. In the end the cloud refuses, and the entities must show what the devices have.

It takes a minute or two on the demo's fast clock. With --all also the entities that are disabled by default, and one
device of each further family, which joins the demo: some minutes more. Exit code 1 when something is wrong.

`.venv`, which has the packages needed (the bridge with its demo extra), is made by `python3 scripts/dev.py demo`.
"""

import argparse
import contextlib
import itertools
import json
import math
import re
import sys
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from check import Failed, HomeAssistant, Json, eventually
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from websockets.sync.client import connect
from wire import POWER_FACTOR, WIRE, Wholes

AT_ONCE = 10  # settings of one device; more would wait too long for their turn at the cloud
QUIET = 5.0  # seconds without an announcement after which everything was announced
LONG = 300.0
TIME_ENTITIES = (2026, 5)  # the Home Assistant that learned them
DONE = {"verified", "applied"}
UNKNOWN = {"unknown", ""}  # a text field knows no unknown
FURTHER = {
    "sph": "SPH0000001",
    "spa": "SPA0000001",
    "storage": "STO0000001",
    "inv": "INV0000001",
    "max": "MAX0000001",
    "wit": "WIT0000001",
    "sph-s": "SPHS000001",
}
NOTHING = {"status": "missing", "error": "nothing was heard of the command"}


@dataclass(frozen=True)
class Control:
    """An entity with an action, as it was announced. `setting` is empty for Refresh; `wire`: its name on the device."""

    platform: str
    unique_id: str
    device: str
    setting: str
    entity: str = ""
    wire: str = ""


@dataclass(frozen=True)
class Move:
    """One action, what Home Assistant must show after it, and what the device must have."""

    control: Control
    action: str
    data: Mapping[str, Json]
    shown: str | float
    stored: Json


class Demo:
    """The demo: what is said on its broker, and its cloud's back door."""

    def __init__(self, port: int) -> None:
        self.messages: list[tuple[str, Json]] = []
        self.latest: dict[str, Json] = {}
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda _client, _userdata, message: self._keep(message)
        self.client.on_connect = lambda client, *_: client.subscribe([("growatt/#", 1), ("homeassistant/#", 1)])
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        info = eventually("the demo's bridge", lambda: self.latest.get("growatt/bridge/info"))
        self.cloud = info["config"]["growatt"]["server"]

    def _keep(self, message: mqtt.MQTTMessage) -> None:
        text = message.payload.decode()
        payload = json.loads(text) if text.startswith(("{", "[")) else text
        self.messages.append((message.topic, payload))
        self.latest[message.topic] = payload

    def state(self, device: str) -> Json:
        return self.latest[f"growatt/{device}"]

    def wire(self) -> dict[str, Wholes]:
        """The names on the wire, by device."""
        devices = self.latest["growatt/bridge/devices"]
        return {device["topic"]: WIRE[device["family"]] for device in devices if device["family"] in WIRE}

    def controls(self) -> Iterator[Control]:
        """Everything that is announced with a command topic."""
        for topic, config in tuple(self.latest.items()):
            if topic.startswith("homeassistant/") and topic.endswith("/config") and config:
                alone = {"": {**config, "platform": topic.split("/")[1]}}
                for component in config.get("components", alone).values():
                    if "command_topic" in component:
                        _, device, _, *setting = component["command_topic"].split("/")
                        yield Control(component["platform"], component["unique_id"], device, *setting or [""])

    def outcome(self, device: str, setting: str, since: int) -> Json:
        """What became of a command."""
        results = [payload for topic, payload in self.messages[since:] if topic == f"growatt/{device}/result"]
        return next((r for r in results if r["setting"] == setting and r["status"] != "accepted"), None)

    def back_door(self, method: str, path: str, body: Json = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.cloud}/_sim/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def settings(self, device: str) -> Json:
        """What a simulated device has."""
        return self.back_door("GET", f"devices/{device}")["settings"]


class Socket:
    """What Home Assistant tells through its websocket alone."""

    def __init__(self, home: HomeAssistant) -> None:
        self._socket = connect(f"{home.url.replace('http', 'ws', 1)}/api/websocket", max_size=None)
        self._numbers = itertools.count(1)
        self._receive("auth_required")
        self._socket.send(json.dumps({"type": "auth", "access_token": home.token}))
        self._receive("auth_ok")

    def _receive(self, kind: str) -> Json:
        while (message := json.loads(self._socket.recv(60)))["type"] != kind:
            if message["type"] == "auth_invalid":
                raise Failed("Home Assistant does not take the token")
        return message

    def call(self, kind: str, **more: Json) -> Json:
        self._socket.send(json.dumps({"id": next(self._numbers), "type": kind, **more}))
        answer = self._receive("result")
        if not answer["success"]:
            raise Failed(f"{kind}: {answer['error']}")
        return answer["result"]

    def entities(self) -> dict[str, Json]:
        """The registry's entries of MQTT, by unique id."""
        entries = self.call("config/entity_registry/list")
        return {entry["unique_id"]: entry for entry in entries if entry["platform"] == "mqtt"}

    def enable(self, entities: Iterable[str]) -> None:
        for entity in entities:
            self.call("config/entity_registry/update", entity_id=entity, disabled_by=None)

    def logged(self, since: float) -> list[str]:
        """Warnings and errors about MQTT."""
        entries = [each for each in self.call("system_log/list") if each["timestamp"] >= since]
        return [
            f"{each['name']}: {each['message'][0]}" for each in entries if "mqtt" in f"{each['name']}{each['source']}"
        ]


class Check:
    """All of it, in the order of its methods. What is found wrong is collected in `problems`."""

    def __init__(self, home: HomeAssistant, demo: Demo, *, everything: bool) -> None:
        self.home, self.demo, self.socket, self.everything = home, demo, Socket(home), everything
        version = home.call("GET", "config")["version"].split(".")
        self.has_time = (int(version[0]), int(version[1])) >= TIME_ENTITIES
        self.begun = 0.0
        self.problems: list[str] = []
        self.controls: list[Control] = []
        self.strange: list[Control] = []
        self.before: dict[str, Json] = {}
        self.done: list[Move] = []

    def found(self) -> str:
        """Every control that is announced is an entity of Home Assistant, and available."""
        if self.everything:
            self._join()
        known = eventually("an entity for every control", self._registered)
        if self.everything:
            self.socket.enable(each["entity_id"] for each in known.values() if each["disabled_by"] == "integration")
            known = self.socket.entities()
        enabled = [control for control in self._announced() if not known[control.unique_id]["disabled_by"]]
        self.controls = [replace(each, entity=known[each.unique_id]["entity_id"]) for each in enabled]
        eventually("every control is available", self._available)
        self.begun = time.time()
        return ", ".join(
            f"{n} {platform}" for platform, n in sorted(Counter(c.platform for c in self.controls).items())
        )

    def _join(self) -> None:
        for kind, serial in FURTHER.items():
            self.demo.back_door("POST", "devices", {"family": kind, "sn": serial})
        joined = set(FURTHER.values())
        eventually("the further devices join", lambda: joined <= {c.device for c in self.demo.controls()}, LONG)

    def _registered(self) -> Json:
        before = {control.unique_id for control in self._announced()}
        time.sleep(QUIET)
        known = self.socket.entities()
        return known if before == {control.unique_id for control in self._announced()} <= known.keys() else None

    def _announced(self) -> list[Control]:
        return [control for control in self.demo.controls() if self.has_time or control.platform != "time"]

    def _available(self) -> bool:
        states = self.home.states()
        return all(states.get(c.entity, {"state": "unavailable"})["state"] != "unavailable" for c in self.controls)

    def driven(self) -> str:
        """Every setting gets another value, in rounds: in each, some of every device."""
        self.before = {device: self.demo.settings(device) for device in self.demo.wire()}
        if not self.has_time:
            self._lengthen()
        devices = {device: self._lanes(device, wholes) for device, wholes in self.demo.wire().items()}
        while any(devices.values()):
            self._round([move for device, lanes in devices.items() for move in self._next(device, lanes)])
        self._refuse_what_is_strange()
        verified = Counter(move.control.platform for move in self.done)
        return f"{len(self.done)} settings of {len(devices)} devices: {dict(verified)}"

    def _lanes(self, device: str, wholes: Wholes) -> list[list[Control]]:
        """The settings of a device; what belongs together or has one name on the wire shares a lane."""
        mine = {control.setting: control for control in self.controls if control.device == device and control.setting}
        lanes: dict[str, list[Control]] = defaultdict(list)
        for whole, parts in wholes.items():
            for part, wire in parts.items():
                if control := mine.pop(f"{whole}_{part}" if whole else part, None):
                    lanes[wire if whole in ("", "vpp") else whole].append(replace(control, wire=wire))
        self.strange += mine.values()
        return list(lanes.values())

    def _next(self, device: str, lanes: list[list[Control]]) -> list[Move]:
        moves = self._moves(device, [lane.pop(0) for lane in lanes[:AT_ONCE]])
        lanes[:] = [lane for lane in (*lanes[AT_ONCE:], *lanes[:AT_ONCE]) if lane]
        return moves

    def _moves(self, device: str, controls: Iterable[Control]) -> list[Move]:
        states, settings = self.home.states(), self.demo.settings(device)
        return [move(c, settings.get(c.wire.lstrip("!")), states[c.entity]["attributes"]) for c in controls]

    def _round(self, moves: list[Move]) -> None:
        """The device gets the value, and Home Assistant shows it; what cannot be read back may stay unknown."""
        for each in moves:
            if each.control.setting == "vpp_clear":
                self._plan(each.control.device)
        results = self._act(moves)
        settings = {device: self.demo.settings(device) for device in {each.control.device for each in moves}}
        for each in moves:
            result = results.get(each.control, NOTHING)
            has = settings[each.control.device].get(each.control.wire.lstrip("!"))
            if result["status"] not in DONE:
                self._wrong(each.control, f"{result['status']} ({result['error']})")
            elif not same(has, each.stored):
                self._wrong(each.control, f"the device has {each.control.wire} {has!r}, not {each.stored!r}")
            elif self._shows(each, unknown=result["status"] == "applied"):
                self.done.append(each)

    def _plan(self, device: str) -> None:
        """Something to clear."""
        self._order({(device, "vpp_schedule"): [{"start": "01:00", "end": "02:00", "power": 50}]})

    def _lengthen(self) -> None:
        """Periods of no length cannot be used, and this Home Assistant cannot set their times."""
        switches = [c for c in self.controls if re.fullmatch(r"time_period_\d_enabled", c.setting)]
        times = {"start": "01:00", "end": "02:00"}
        self._order({(control.device, control.setting.removesuffix("_enabled")): times for control in switches})

    def _order(self, orders: Mapping[tuple[str, str], Json]) -> None:
        """Settings by MQTT."""
        since = len(self.demo.messages)
        for (device, setting), value in orders.items():
            self.demo.client.publish(f"growatt/{device}/set/{setting}", json.dumps(value), 1)
        eventually("what was ordered", lambda: all(self.demo.outcome(*order, since) for order in orders), LONG)

    def _act(self, moves: list[Move]) -> dict[Control, Json]:
        """Call the actions; what became of them."""
        since = len(self.demo.messages)
        results: dict[Control, Json] = {}
        for each in moves:
            try:
                self.home.action(each.action, entity_id=each.control.entity, **each.data)
                results[each.control] = None
            except Failed as problem:
                self._wrong(each.control, str(problem))

        def known() -> bool:
            for control in results:
                results[control] = self.demo.outcome(control.device, control.setting, since)
            return all(results.values())

        with contextlib.suppress(Failed):
            eventually("outcomes", known, LONG)
        return {control: result for control, result in results.items() if result}

    def _shows(self, each: Move, *, unknown: bool) -> bool:
        def right() -> bool:
            state = self.home.states()[each.control.entity]["state"]
            return each.control.platform == "button" or same(state, each.shown) or (unknown and state in UNKNOWN)

        try:
            return bool(eventually("", right))
        except Failed:
            self._wrong(each.control, f"shows {self.home.states()[each.control.entity]['state']!r}, not {each.shown!r}")
            return False

    def _refuse_what_is_strange(self) -> None:
        """Settings that a device may have in truth, and the simulated one has not."""
        for first in range(0, len(self.strange), AT_ONCE):
            group = self.strange[first : first + AT_ONCE]
            results = self._act([each for control in group for each in self._moves(control.device, [control])])
            states = self.home.states()
            for control in group:
                self._failed(control, results.get(control, NOTHING))
                if states[control.entity]["state"] not in UNKNOWN:
                    self._wrong(control, "shows a value that the device does not have")

    def _failed(self, control: Control, result: Json) -> None:
        if result["status"] != "failed" or not result["error"]:
            self._wrong(control, f"refused by the cloud, but {result['status']} ({result['error']})")

    def refreshed(self) -> str:
        """Refresh asks the cloud: of most devices for the signal too, which is asked once an hour otherwise."""
        buttons = [control for control in self.controls if not control.setting]
        before = {control: self._asked(control) for control in buttons}
        for control in buttons:
            self.home.action("button.press", entity_id=control.entity)

        def waiting() -> list[str]:
            return [control.entity for control in buttons if self._asked(control) == before[control]]

        eventually("every Refresh asks the cloud", lambda: not waiting(), LONG)
        return f"{len(buttons)} devices"

    def _asked(self, control: Control) -> Json:
        signals = [
            request["time"]
            for request in self.demo.back_door("GET", "requests")
            if request["path"].endswith("getWiFiSignalByDevice") and request["params"]["deviceSn"] == control.device
        ]
        return signals[-1:] or self.demo.state(control.device)["last_update"]

    def refused(self) -> str:
        """The cloud refuses one setting of each platform and device, and everything stays as it is."""
        steady = [each for each in self.done if same(self._has(each.control), each.stored)]
        chosen = list({(each.control.device, each.control.platform): each for each in steady}.values())
        devices = {each.control.device for each in chosen}
        settings, states = {device: self.demo.settings(device) for device in devices}, self.home.states()
        for device in devices:
            self.demo.back_door("POST", "faults", {"kind": "refused", "sn": device})
        results = self._act([again for each in chosen for again in self._moves(each.control.device, [each.control])])
        for each in chosen:
            self._failed(each.control, results.get(each.control, NOTHING))
            eventually("no more targets", lambda: not any(self.demo.state(device)["target"] for device in devices))
            self._shows(each, unknown=states[each.control.entity]["state"] in UNKNOWN)
        self.problems += [f"{d} has changed in spite of it" for d in devices if self.demo.settings(d) != settings[d]]
        self.demo.back_door("DELETE", "faults")
        return f"{len(chosen)} settings of {len(devices)} devices"

    def _has(self, control: Control) -> Json:
        return self.demo.settings(control.device).get(control.wire.lstrip("!"))

    def restored(self) -> str:
        """The devices get back what they had, so that the demo is as it was."""
        for device, settings in self.before.items():
            self.demo.back_door("PATCH", f"devices/{device}", {"settings": settings})
        return f"{len(self.before)} devices"

    def quiet(self) -> str:
        """Home Assistant has nothing to complain about."""
        self.problems += [f"Home Assistant logged {line}" for line in self.socket.logged(self.begun)]
        return "nothing logged about MQTT"

    def _wrong(self, control: Control, what: str) -> None:
        self.problems.append(f"{control.entity}: {what}")


def same(found: Json, wanted: Json) -> bool:
    try:
        return math.isclose(float(found), float(wanted), abs_tol=1e-6)
    except (TypeError, ValueError):
        return bool(found == wanted)


def move(control: Control, present: Json, attributes: Json) -> Move:
    """An action with a value that the device does not have."""
    match control.platform:
        case "number":
            return _number(control, present, attributes)
        case "switch":
            inverted = control.wire.startswith("!")
            on = bool(present) == inverted
            word = "on" if on else "off"
            return Move(control, f"switch.turn_{word}", {}, word, int(on != inverted))
        case "select":
            options = attributes["options"]
            code = (int(present or 0) + 1) % len(options)
            return Move(control, "select.select_option", {"option": options[code]}, options[code], code)
        case "time":
            return _time(control, present)
        case "text":
            text, other = ("2031-02-03 04:05:06"[: attributes["max"]], "2032-03-04 05:06:07"[: attributes["max"]])
            value = other if present == text else text
            return Move(control, "text.set_value", {"value": value}, value, value)
    return Move(control, "button.press", {}, "", [])


def _time(control: Control, present: Json) -> Move:
    """Periods by number, one after the other: some devices take none that overlap."""
    number = int((re.findall(r"\d+", control.setting) or "1")[0])
    hour, minute = 2 * number + control.setting.endswith("_end"), 20
    minute += present == f"{hour}:{minute}"
    shown = f"{hour:02}:{minute:02}:00"
    return Move(control, "time.set_value", {"time": shown}, shown, f"{hour}:{minute}")


def _number(control: Control, present: Json, attributes: Json) -> Move:
    """An end of the range for percent and watts, where a wrong range would show; else one step more or less."""
    low, high, step = attributes["min"], attributes["max"], attributes["step"]
    factor = control.wire == POWER_FACTOR
    known = isinstance(present, int | float)
    present = 1 - present / 10000 if factor and known else present
    if not known or not low <= present <= high or attributes.get("unit_of_measurement") in ("%", "W"):
        value = low if present == high else high
    else:
        value = round(present - step if present - step >= low else present + step, 4)
    return Move(control, "number.set_value", {"value": value}, value, round((1 - value) * 10000) if factor else value)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("port", type=int, help="port of the demo's broker; sets its devices")
    parser.add_argument("--all", action="store_true", help="also what is disabled by default, and further families")
    options = parser.parse_args()
    problems: list[str] = []
    try:
        check = Check(HomeAssistant(options.url, options.token), Demo(options.port), everything=options.all)
        problems = check.problems
        for step in (check.found, check.driven, check.refreshed, check.refused, check.restored, check.quiet):
            begun, wrong = time.monotonic(), len(problems)
            told = step()
            word = "ok" if len(problems) == wrong else "FAILED"
            print(f"{word}  {step.__name__}: {told} ({time.monotonic() - begun:.0f} s)", flush=True)
            print(*(f"    {problem}\n" for problem in problems[wrong:]), sep="", end="", flush=True)
    except Failed as problem:
        print(f"FAILED  {problem}")
        return 1
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
