"""Commands over MQTT, to the simulated device and back."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.house import HYBRID, MIN, NEXA, NOAH, House

Houses = Callable[..., Awaitable[House]]

STORAGE = "SPF0000001"

SLOT = {"start": "01:30", "end": "05:45", "mode": "battery_first", "power": 345, "enabled": True}
# by device: setting, value as sent, value as shown, settings that the simulated device then has, by wire name
WRITES: dict[str, list[tuple[str, Any, Any, dict[str, Any]]]] = {
    NOAH: [
        ("default_power", 345, 345, {"defaultPower": 345}),
        ("charge_limit", 92, 92, {"chargingSocHighLimit": 92}),
        ("discharge_limit", "15", 15, {"chargingSocLowLimit": 15}),
        ("grid_charging", "ON", True, {"allowGridCharging": 1}),
        ("off_grid", True, True, {"gridConnectionControl": 1}),
        *(
            (
                f"time_period_{n}",
                {"start": f"0{n}:30", "end": f"1{n}:5", "mode": "Battery first", "power": 100 + n, "enabled": "on"},
                {"start": f"0{n}:30", "end": f"1{n}:05", "mode": "battery_first", "power": 100 + n, "enabled": True},
                {
                    f"time{n}Start": f"{n}:30",
                    f"time{n}End": f"1{n}:5",
                    f"time{n}Mode": 1,
                    f"time{n}Power": 100 + n,
                    f"time{n}Enable": 1,
                },
            )
            for n in range(1, 10)
        ),
    ],
    NEXA: [
        ("default_power", 1000, 1000, {"defaultPower": 1000}),
        ("charge_limit", 70, 70, {"chargingSocHighLimit": 70}),
        ("discharge_limit", 0, 0, {"chargingSocLowLimit": 0}),
        ("grid_charging", 1, True, {"allowGridCharging": 1}),
        ("off_grid", "true", True, {"gridConnectionControl": 1}),
        ("time_period_9", SLOT, SLOT, {"time9Start": "1:30", "time9Mode": 1, "time9Power": 345, "time9Enable": 1}),
    ],
    MIN: [("power_on", False, False, {"onOff": 0}), ("active_power", 60, 60, {"activeRate": 60})],
    HYBRID: [("power_on", "off", False, {"onOff": 0}), ("active_power", 0, 0, {"activeRate": 0})],
}


async def test_every_setting_reaches_its_device_and_is_verified(house: Houses) -> None:
    h = await house(speed=200)
    await h.ready()
    sent = {(sn, row[0]): await h.order(sn, **{row[0]: row[1]}) for sn, rows in WRITES.items() for row in rows}
    for (sn, name), number in sent.items():
        await h.outcome(sn, number)
        assert h.outcomes(sn, number) == ["accepted", "verified"], (sn, name)
    for sn, rows in WRITES.items():
        await h.eventually(lambda sn=sn: h.state(sn)["target"] == {})
        for name, _, shown, settings in rows:
            assert settings.items() <= dict(h.device(sn).settings).items(), (sn, name)
            await h.eventually(lambda sn=sn, n=name, s=shown: h.state(sn)[n] == s)
    assert h.refused() == []


async def test_while_under_way_the_state_shows_what_the_device_has_and_the_target_beside_it(house: Houses) -> None:
    h = await house(speed=20)
    h.cloud.write_latency = (5.0, 5.0)
    await h.ready(NOAH)
    number = await h.order(NOAH, charge_limit=85)
    state = await h.eventually(lambda: (s := h.state(NOAH))["target"] and s)
    assert (state["charge_limit"], state["target"]) == (100, {"charge_limit": 85})
    assert (await h.outcome(NOAH, number))["status"] == "verified"
    state = await h.eventually(lambda: not (s := h.state(NOAH))["target"] and s)
    assert state["charge_limit"] == 85


async def test_parts_of_a_slot_become_one_write_that_keeps_the_rest(house: Houses) -> None:
    h = await house(speed=200)
    h.device(NOAH).write({"time3Start": "6:5", "time3End": "9:30", "time3Power": 250.0, "time3Mode": 1})
    await h.ready(NOAH)
    h.clock.shift(0.3)
    bare = {"time_period_3_end": "10:15", "time_period_3_enabled": "ON", "time_period_3_mode": "smart"}
    for name, value in bare.items():
        await h.publish(h.topic(NOAH, "set", name), value)
    await h.eventually(lambda: h.calls("setTimeSegment"))
    h.clock.shift(200)
    await h.eventually(lambda: h.outcomes(NOAH).count("verified") == 3)
    written = {"time3Start": "6:5", "time3End": "10:15", "time3Power": 250, "time3Mode": 2, "time3Enable": 1}
    assert written.items() <= dict(h.device(NOAH).settings).items()
    assert len(h.calls("setTimeSegment")) == 1
    state = await h.eventually(lambda: not (s := h.state(NOAH))["target"] and s)
    whole = {"start": "06:05", "end": "10:15", "mode": "smart", "power": 250, "enabled": True}
    assert state["time_period_3"] == whole
    assert {key: state[f"time_period_3_{key}"] for key in whole} == whole


# topic below the device, payload, what the error says
BAD: list[tuple[str, str | bytes, str]] = [
    ("set", '{"charge_limit": 101}', "101 is out of range: 70 to 100 %"),
    ("set/charge_limit", "69", "69 is out of range: 70 to 100 %"),
    ("set/default_power", "801", "801 is out of range: 0 to 800 W"),
    ("set/default_power", "20.5", "20.5 does not fit the steps of 1 W"),
    ("set/default_power", "true", "expected a number from 0 to 800 W, got True"),
    ("set/default_power", "", "the payload is empty"),
    ("set", '{"charge_limit": NaN}', "NaN is not a number"),
    ("set/charge_limit", "NaN", "NaN is not a number"),
    ("set/charge_limit", "1e999", "the number 1e999 is too large"),
    ("set", '{"charge_limit": 8', "the payload is not valid JSON"),
    ("set", "[90]", "expected a JSON object"),
    ("set", b"\xff\xfe", "the payload is not UTF-8"),
    ("set", json.dumps({"charge_limit": "9" * 1_000_000}), "1000020 bytes, at most 65536 are taken"),
    ("set/charge_limit", "9" * 1_000_000, "at most 65536 are taken"),
    ("set/charge_limit", "9" * 40, "has 40 digits, at most 30 are taken"),
    ("set/charge_limit", "-1e308", "-1e+308 is out of range"),
    ("set/charge_limit", '"Infinity"', "'Infinity' is not a number"),
    ("set/charge_limit", "[90]", "expected a number from 70 to 100 %, got [90]"),
    ("set/charge_limit", "null", "expected a number from 70 to 100 %, got None"),
    ("set/charge_limit", "neunzig", "'neunzig' is not a number"),
    ("set/charge_limit", "90,5", "'90,5' is not a number"),
    ("set", json.dumps({f"setting{n}": n for n in range(201)}), "201 settings, at most 200"),
    *(("set/grid_charging", word, "expected on or off") for word in ("ja", "nein", "yes", "oui", "2", "1.0", '"ein"')),
    ("set/time_period_1_enabled", "wahr", "expected on or off, got 'wahr'"),
    (
        "set/schedule",
        '[{"start":"10:00","end":"12:00","power":1},{"start":"11:00","end":"13:00","power":1}]',
        "overlap",
    ),
    ("set", "[" * 5000 + "]" * 5000, "nested deeper"),
    ("set", '{"charge_limit": 80, "charge_limit": 90}', "'charge_limit' appears twice"),
    ("set", "{}", "nothing to set"),
    ("set/colour", "red", "unknown setting 'colour'; this device has: default_power, charge_limit"),
    ("set/battery_soc", "50", "battery_soc is read-only"),
    ("set/time_period_1", '{"start": "25:00"}', "start: expected a time of day as HH:MM"),
    ("set/time_period_1", '{"power": 801}', "power: 801 is out of range"),
    ("set/time_period_1", '{"begin": "06:00"}', "unknown key 'begin'; known are start, end, mode, power, enabled"),
    ("set/time_period_1", "06:00-08:00", "expected a JSON object with start"),
    ("set/time_period_1_mode", "turbo", "expected one of load_first, battery_first, smart"),
    ("set/time_period_1/power", "801", "801 is out of range"),
    ("set/time_period_10", '{"start": "06:00"}', "unknown setting 'time_period_10'"),
]


async def test_what_cannot_be_is_rejected_with_the_reason_and_never_sent(house: Houses) -> None:
    h = await house()
    await h.ready(NOAH)
    for below, payload, reason in BAD:
        before = len(h.results(NOAH))
        await h.publish(h.topic(NOAH, below), payload)
        await h.eventually(lambda n=before: len(h.results(NOAH)) > n)
        [result] = h.results(NOAH)[before:]
        assert result["status"] == "rejected", (below, payload[:40])
        assert reason in result["error"], (below, payload[:40])
    before = len(h.results(NOAH))
    await h.publish(h.topic(NOAH, "set"), '{"charge_limit": 85, "power_on": false, "transaction": "r"}', retain=True)
    await h.eventually(lambda: len(h.results(NOAH)) == before + 2)
    told = [(r["setting"], r["value"], r["status"], r["transaction"]) for r in h.results(NOAH)[before:]]
    assert told == [("charge_limit", 85, "rejected", "r"), ("power_on", False, "rejected", "r")]
    assert "a retained message is never executed" in h.results(NOAH)[-1]["error"]
    await h.publish(h.topic(NOAH, "set"), "", retain=True)
    await h.publish(h.topic("nobody", "set"), '{"charge_limit": 85}')
    [event] = await h.eventually(lambda: h.events("unknown_device"))
    assert h.topic("nobody", "set") in event["message"]
    assert [r.path for r in h.cloud.requests if r.path.startswith("new-api/set")] == []
    assert h.state(NOAH)["target"] == {}
    assert await h.do(NOAH, charge_limit=85) == ["accepted", "verified"]


SPELLINGS = {
    True: ("on", "ON", "On", "true", "TRUE", '"true"', "1", '"1"'),
    False: ("off", "OFF", '"Off"', "false", "False", "0", '"0"'),
}


async def test_switches_understand_every_usual_spelling(house: Houses) -> None:
    h = await house(speed=300)
    await h.ready(NOAH)
    for meaning, spellings in SPELLINGS.items():
        before = len(h.results(NOAH))
        after = before + 2 * len(spellings)
        for spelling in spellings:
            await h.publish(h.topic(NOAH, "set", "grid_charging"), spelling)
        await h.eventually(lambda n=after: len(h.results(NOAH)) == n)
        ends = h.results(NOAH)[before:]
        assert {result["status"] for result in ends} <= {"accepted", "superseded", "verified"}
        assert {result["value"] for result in ends} == {meaning}
        assert h.device(NOAH).settings["allowGridCharging"] == meaning


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_the_sender_is_answered_where_it_wants(house: Houses, protocol: str) -> None:
    h = await house(mqtt={"protocol": protocol})
    await h.ready(NOAH)
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic, properties.CorrelationData = f"{h.base}/answers", b"\x00\x07"
    await h.publish(h.topic(NOAH, "set", "charge_limit"), "91", properties=properties)
    await h.eventually(lambda: h.outcomes(NOAH) == ["accepted", "verified"])
    answers = lambda: [m for m in h.tap.messages if m.topic == f"{h.base}/answers"]  # noqa: E731
    told = lambda: [json.loads(m.payload)["status"] for m in answers()]  # noqa: E731
    await h.eventually(lambda: told() == (["accepted", "verified"] if protocol == "5" else []))
    assert {message.properties.CorrelationData for message in answers()} <= {b"\x00\x07"}


async def test_system_error_is_read_back_before_anyone_is_told(house: Houses) -> None:
    h = await house(speed=200)
    await h.ready(NOAH, NEXA)
    h.cloud.faults.add("system_error_applied", path="setHighLimitSoc")
    assert await h.do(NOAH, charge_limit=88) == ["accepted", "verified"]
    h.cloud.faults.add("system_error", path="setHighLimitSoc")
    number = await h.order(NEXA, charge_limit=77)
    result = await h.outcome(NEXA, number)
    assert (result["status"], "SYSTEM_ERROR" in result["error"]) == ("failed", True)
    assert h.state(NEXA)["charge_limit"] == h.device(NEXA).settings["chargingSocHighLimit"] == 100
    await h.eventually(lambda: h.state(NEXA)["target"] == {})


async def test_what_reading_back_does_not_settle_is_unconfirmed(house: Houses) -> None:
    h = await house(speed=300, commands={"confirm_timeout": 330})
    await h.ready(NOAH, NEXA)
    h.cloud.write_latency = (1e6, 1e6)
    h.cloud.faults.add("system_error_applied", path="setHighLimitSoc", sn=NEXA)
    h.cloud.faults.add("server_error", sn=NEXA, times=1000)
    orders = {sn: await h.order(sn, charge_limit=80) for sn in (NOAH, NEXA)}
    ends = {sn: await h.outcome(sn, number) for sn, number in orders.items()}
    assert [ends[sn]["status"] for sn in (NOAH, NEXA)] == ["unconfirmed"] * 2
    assert ends[NOAH]["error"] == "the device still shows 100"
    assert "SYSTEM_ERROR" in ends[NEXA]["error"]
    assert h.state(NOAH)["charge_limit"] == 100
    await h.eventually(lambda: h.state(NOAH)["target"] == h.state(NEXA)["target"] == {})


async def test_a_part_that_is_never_read_back_needs_the_whole(house: Houses) -> None:
    h = await house(started=False)
    h.cloud.world.add("storage", STORAGE, plant=h.cloud.world.plants[1001])
    await h.start()
    await h.eventually(lambda: h.available(STORAGE) == "online")
    result = await h.outcome(STORAGE, await h.order(STORAGE, grid_charge_period_start="01:30"))
    assert (result["status"], "give the whole" in result["error"]) == ("rejected", True)
    whole = {"start": "01:30", "end": "05:00"}
    assert await h.do(STORAGE, grid_charge_period=whole) == ["accepted", "applied"]


async def test_commands_wait_for_the_account_to_be_known_no_longer_than_they_may_live(house: Houses) -> None:
    h = await house(started=False, commands={"max_age": 30})
    h.cloud.faults.add("server_error", times=1_000_000)
    await h.start()
    await h.eventually(h.bridge_states)
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic = f"{h.base}/answers"
    await h.publish(h.topic(NOAH, "set", "charge_limit"), "85", properties=properties)
    number = await h.order(NOAH, charge_limit=80)
    result = await h.outcome(NOAH, number)
    too_old = ("rejected", "too old: the account could not be read in time")
    assert (result["status"], result["error"]) == too_old
    [answer] = [json.loads(payload) for payload in h.tap.on(f"{h.base}/answers")]
    assert (answer["status"], answer["error"], answer["setting"]) == (*too_old, "charge_limit")


async def test_a_request_that_the_budget_refuses_is_audited_as_rejected(house: Houses, tmp_path: Path) -> None:
    h = await house()
    await h.ready(NOAH)
    h.clock.shift(1)
    write = "noah/setting_write_soc_upper_limit"
    answers = [await h.ask(write, soc_limit=limit, device_sn=NOAH) for limit in (80, 81)]
    assert [(answer["status"], answer.get("kind")) for answer in answers] == [("ok", None), ("error", "RateLimited")]
    lines = map(json.loads, (tmp_path / "state" / "audit.jsonl").read_text().splitlines())
    told = [(line["value"]["soc_limit"], line["status"]) for line in lines]
    assert told == [(80, "accepted"), (80, "applied"), (81, "accepted"), (81, "rejected")]


async def test_a_refusal_is_a_failure_with_its_reason(house: Houses) -> None:
    h = await house()
    await h.ready(NOAH, MIN)
    h.cloud.faults.add("offline", sn=NOAH)
    h.cloud.faults.add("bad_token", path="setOnOrOff")
    reasons = {}
    for sn, order in ((NOAH, {"charge_limit": 80}), (MIN, {"power_on": False})):
        result = await h.outcome(sn, await h.order(sn, **order))
        reasons[sn] = (result["status"], result["error"])
    assert reasons[NOAH][0] == reasons[MIN][0] == "failed"
    assert "the device is offline" in reasons[NOAH][1]
    assert "token is wrong or has expired" in reasons[MIN][1]


async def test_a_burst_becomes_one_write_of_the_last_value(house: Houses) -> None:
    h = await house()
    await h.ready(NOAH)
    h.clock.shift(0.5)
    for watts in range(100, 150):
        payload = json.dumps({"default_power": watts, "transaction": watts})
        h.tap.client.publish(h.topic(NOAH, "set"), payload, qos=1)
    await h.eventually(lambda: h.calls("setPower"))
    h.clock.shift(100)
    assert (await h.outcome(NOAH, 149))["status"] == "verified"
    assert [call.params["value"] for call in h.calls("setPower")] == ["149"]
    assert {tuple(h.outcomes(NOAH, number)) for number in range(100, 149)} == {("accepted", "superseded")}


async def test_a_write_waits_for_its_turn_without_holding_up_other_settings(house: Houses) -> None:
    h = await house(speed=100)
    await h.ready(NOAH)
    h.cloud.faults.add("rate_limited", path="setHighLimitSoc")
    slow, quick = await h.order(NOAH, charge_limit=80), await h.order(NOAH, grid_charging=True)
    await asyncio.gather(h.outcome(NOAH, slow), h.outcome(NOAH, quick))
    assert h.outcomes(NOAH, slow) == h.outcomes(NOAH, quick) == ["accepted", "verified"]
    limited, done = h.calls("setHighLimitSoc")
    assert (limited.code, done.code) == (102, 0)
    assert h.calls("setGridCharge")[0].time < done.time


async def test_commands_can_be_switched_off(house: Houses) -> None:
    h = await house(commands={"enabled": False})
    await h.ready(NOAH)
    await h.publish(h.topic(NOAH, "set", "charge_limit"), "80")
    [result] = await h.eventually(lambda: h.results(NOAH))
    assert (result["status"], "commands.enabled" in result["error"]) == ("rejected", True)
    answer = await h.ask("noah/setting_write_soc_upper_limit", soc_limit=80, device_sn=NOAH)
    assert (answer["status"], "commands.enabled" in answer["error"]) == ("error", True)
    assert h.calls("setHighLimitSoc") == []
