"""Requests: the client's methods over MQTT."""

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bridge.devices.values import at_home
from bridge.growatt import AsyncGrowattApi
from tests.conftest import OwnBroker
from tests.house import HYBRID, NOAH, TOKEN, House

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
        kind = "NotAllowed" if "reachable" in reason else "ArgumentError"
        assert (answer["code"], answer["kind"]) == (None, kind), (method, answer)
    topic = h.topic("bridge", "request", "noah", "status")
    answers = topic.replace("request", "response")
    for payload, reason in (("[1]", "expected a JSON object"), ("{", "not valid JSON"), (b"\xff", "not UTF-8")):
        await h.publish(topic, payload)
        await h.eventually(lambda r=reason: any(r in str(answer.get("error")) for answer in h.all(answers)))
        assert (h.last(answers)["code"], h.last(answers)["kind"]) == (None, "PayloadError")
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
    assert (answer["code"], answer["kind"]) == (None, "Defect")


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


@pytest.mark.parametrize(("protocol", "largest"), [("5", 262_144), ("5", 20_000), ("3.1.1", 262_144)])
async def test_history_comes_in_pages_that_fit_a_message(
    house: Houses, own_broker: OwnBroker, protocol: str, largest: int
) -> None:
    if largest < 262_144:
        limit(own_broker, largest)
    h = await house(on=own_broker, limits="off", mqtt={"protocol": protocol})
    await h.ready(HYBRID)
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic, properties.CorrelationData = f"{h.base}/answers", b"\x00\x07"
    topic = h.topic("bridge", "request", "min", "energy_history_v4")
    asked = {"device_sn": HYBRID, "date_": "2026-06-19", "transaction": "history"}
    await h.publish(topic, json.dumps(asked), properties=properties)
    payloads = lambda: h.tap.on(topic.replace("request", "response"))  # noqa: E731
    await h.eventually(lambda: (p := payloads()) and len(p) == json.loads(p[0])["pages"])
    assert max(map(len, payloads())) <= largest
    pages = [json.loads(payload) for payload in payloads()]
    assert [page["page"] for page in pages] == [*range(1, len(pages) + 1)]
    assert {(page["pages"], page["status"], page["transaction"]) for page in pages} == {(len(pages), "ok", "history")}
    async with AsyncGrowattApi(TOKEN, h.config.growatt.server) as api:
        direct = at_home((await api.min.energy_history_v4(HYBRID, date(2026, 6, 19))).data)
    assert [row for page in pages for row in page["data"].pop("datas")] == direct.pop("datas")
    assert [page["data"] for page in pages] == [direct] * len(pages)
    if protocol == "5":
        await h.eventually(lambda: h.tap.on(f"{h.base}/answers") == payloads())
        answers = [message for message in h.tap.messages if message.topic == f"{h.base}/answers"]
        assert {message.properties.CorrelationData for message in answers} == {b"\x00\x07"}


def limit(broker: OwnBroker, largest: int) -> None:
    """Have the broker take no packets of more bytes."""
    broker.stop()
    broker.lines.append(f"max_packet_size {largest}")
    broker.start()


async def test_an_entry_that_no_message_can_hold_is_an_error(house: Houses, own_broker: OwnBroker) -> None:
    limit(own_broker, 2000)
    h = await house(on=own_broker, limits="off")
    await h.eventually(lambda: h.bridge_states() == ["online"])
    answer = await h.ask("min/energy_history_v4", device_sn=HYBRID, date_="2026-06-19")
    told = "and a single entry of it does not fit into one message"
    assert (answer["status"], answer["kind"], told in answer["error"]) == ("error", "TooLarge", True)


async def rr(h: House, method: str, **arguments: Any) -> dict[str, Any]:
    """What mosquitto_rr prints, which takes the first message that comes."""
    port, topic = str(h.config.mqtt.port), h.topic("bridge", "request", method)
    command = ["mosquitto_rr", "-V", "5", "-p", port, "-t", topic, "-e", f"{h.base}/rr", "-W", "10"]
    done = await asyncio.to_thread(
        subprocess.run, [*command, "-m", json.dumps(arguments)], capture_output=True, check=True
    )
    return dict(json.loads(done.stdout))


async def test_mosquitto_rr_gets_its_answer(house: Houses, own_broker: OwnBroker) -> None:
    h = await house(on=own_broker, limits="off")
    await h.ready(NOAH, HYBRID)
    assert await rr(h, "noah/power", device_sn=NOAH) == {"status": "ok", "data": 200, "transaction": None}
    first = await rr(h, "min/energy_history_v4", device_sn=HYBRID, date_="2026-06-19", transaction=5)
    assert (first["page"], first["transaction"], len(first["data"]["datas"]) > 10) == (1, 5, True)
    assert first["pages"] > 1
    error = await rr(h, "noah/power", device_sn=HYBRID)
    assert (error["status"], error["kind"], error["code"]) == ("error", "WrongDeviceType", 7)
