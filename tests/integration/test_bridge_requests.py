"""Requests: the client's methods over MQTT."""

import json
from collections.abc import Awaitable, Callable

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.house import HYBRID, NOAH, House

Houses = Callable[..., Awaitable[House]]


async def test_reading_methods_answer_with_their_data(house: Houses) -> None:
    h = await house()
    await h.ready(NOAH)
    status = await h.ask("noah/status", device_sn=NOAH)
    assert (status["status"], status["data"]["total_battery_pack_soc"] > 0) == ("ok", True)
    power = await h.ask("min/power_realtime", device_sn=HYBRID)
    assert power["status"] == "ok"
    kind = await h.ask("device/get_device_type", device_sn=NOAH)
    assert (kind["status"], "noah" in json.dumps(kind["data"]).lower()) == ("ok", True)
    day = await h.ask("device/energy_day", device_sn=HYBRID, date_="2026-06-19")
    assert (day["status"], day["data"] is not None) == ("ok", True)


async def test_a_writing_method_writes(house: Houses) -> None:
    h = await house()
    await h.ready(NOAH)
    answer = await h.ask("noah/setting_write_soc_upper_limit", soc_limit=84, device_sn=NOAH)
    assert answer["status"] == "ok"
    await h.eventually(lambda: h.device(NOAH).settings["chargingSocHighLimit"] == 84)


async def test_what_changes_the_account_and_what_makes_no_sense_is_refused_unsent(house: Houses) -> None:
    h = await house()
    await h.ready(NOAH)
    bad = [
        ("plant/add", {"name": "Barn", "peak_power": 5, "user_id": 1}, "not reachable from MQTT"),
        ("plant/delete", {"plant_id": 1001}, "not reachable from MQTT"),
        ("user/register", {}, "not reachable from MQTT"),
        ("user/modify", {}, "not reachable from MQTT"),
        ("plant/remove_datalogger", {}, "not reachable from MQTT"),
        ("noah/explode", {}, "method='explode' is not allowed: one of"),
        ("toaster/status", {}, "module='toaster' is not allowed: one of"),
        ("noah/__init__", {}, "is not allowed: one of"),
        ("noah/status", {"serial": NOAH}, "serial='0PVPNOAH12345678' is not allowed: no such argument"),
        ("noah/setting_write_active_power", {"device_sn": NOAH}, "active_power_watt=None is not allowed"),
        ("noah/setting_write_active_power", {"device_sn": NOAH, "active_power_watt": "x"}, "active_power_watt='x'"),
        ("noah/setting_write_soc_upper_limit", {"device_sn": NOAH, "soc_limit": 101}, "soc_limit=101 is not allowed"),
        ("plant/details", {"plant_id": -1}, "plant_id=-1 is not allowed"),
    ]
    for method, arguments, reason in bad:
        answer = await h.ask(method, **arguments)
        assert (answer["status"], reason in answer["error"]) == ("error", True), (method, answer)
    topic = h.topic("bridge", "request", "noah", "status")
    answers = topic.replace("request", "response")
    for payload, reason in (("[1]", "expected a JSON object"), ("{", "not valid JSON"), (b"\xff", "not UTF-8")):
        await h.publish(topic, payload)
        await h.eventually(lambda r=reason: any(r in str(answer.get("error")) for answer in h.all(answers)))
    paths = {request.path for request in h.cloud.requests}
    assert [p for p in paths if p.startswith("new-api/set") or "add" in p or "delete" in p or "modify" in p] == []
    assert h.cloud.world.plants[1001].name == "Home"


async def test_the_clouds_errors_and_the_budget_are_told(house: Houses) -> None:
    h = await house()
    await h.ready()
    answer = await h.ask("plant/energy_overview", plant_id=1001)
    assert (answer["kind"], 0 < answer["retry_after"] <= 300) == ("RateLimited", True)
    answer = await h.ask("min/power", device_sn="NOBODY0001")
    assert (answer["status"], answer["kind"], answer["code"]) == ("error", "DeviceNotFound", 4)
    assert h.refused() == []


async def test_a_defect_is_answered_too(house: Houses, monkeypatch: pytest.MonkeyPatch) -> None:
    h = await house()
    await h.ready(NOAH)
    monkeypatch.setattr("bridge.service.requests.at_home", lambda value: object())
    answer = await h.ask("noah/status", device_sn=NOAH)
    assert (answer["status"], "its log tells why" in answer["error"]) == ("error", True)


async def test_the_sender_is_answered_where_it_wants(house: Houses) -> None:
    h = await house()
    await h.ready(NOAH)
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic, properties.CorrelationData = f"{h.base}/answers", b"42"
    transaction = {"id": [1, "two"]}
    payload = json.dumps({"device_sn": NOAH, "transaction": transaction})
    await h.publish(h.topic("bridge", "request", "noah", "status"), payload, properties=properties)
    await h.eventually(lambda: h.all(f"{h.base}/answers"))
    [answer] = [m for m in h.tap.messages if m.topic == f"{h.base}/answers"]
    assert (answer.properties.CorrelationData, json.loads(answer.payload)["transaction"]) == (b"42", transaction)
    assert h.last(h.topic("bridge", "response", "noah", "status"))["transaction"] == transaction
