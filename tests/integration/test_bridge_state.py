"""What the bridge tells the broker: states, discovery, availability, and who comes and goes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from bridge import __version__
from bridge.config import DeviceOptions
from bridge.service.poller import RECENT
from bridge.service.presence import OFFLINE
from tests.conftest import OwnBroker, Tap
from tests.house import HYBRID, MIN, NEXA, NOAH, PACKS, PLANT, House, decoded

Houses = Callable[..., Awaitable[House]]
Taps = Callable[..., Tap]
ALL = (NOAH, NEXA, MIN, HYBRID, PLANT, *PACKS)


async def retained(h: House, tap: Taps, broker: Any) -> dict[str, Any]:
    """What a newcomer finds at the broker, by topic below the house's base."""
    marker = f"{h.base}/marker"
    late = await asyncio.to_thread(tap, broker, f"{h.base}/#")
    await asyncio.to_thread(late.publish, marker, "1")
    await asyncio.to_thread(late.wait_for, marker)
    found = {m.topic.removeprefix(f"{h.base}/"): decoded(m.payload) for m in late.messages if m.retain}
    return {topic: payload for topic, payload in found.items() if topic != "marker"}


async def test_a_newcomer_finds_everything(house: Houses, broker: Any, tap: Taps) -> None:
    h = await house()
    await h.ready()
    h.clock.shift(300)
    await h.eventually(lambda: "account" in h.last(h.topic("bridge", "info"))["next_polls"])
    await h.eventually(lambda: all(h.last(h.config_topic(sn)) for sn in ALL))
    found = await retained(h, tap, broker)
    devices = {f"growatt/{sn}" for sn in ALL} | {f"growatt/{sn}/availability" for sn in ALL}
    configs = {f"homeassistant/device/growatt_{sn}/config" for sn in ALL}
    own = {"growatt/bridge/state", "growatt/bridge/info", "growatt/bridge/devices"}
    bridge_config = f"homeassistant/device/growatt_bridge_{h.base}-2f-growatt/config"
    times = {topic for topic in found if topic.startswith("homeassistant/time/")}
    assert set(found) - times == {*devices, *configs, *own, bridge_config}
    assert [sum(sn in topic for topic in times) for sn in (NOAH, NEXA)] == [18, 18]
    assert found["growatt/bridge/state"] == {"state": "online"}

    info = found["growatt/bridge/info"]
    assert (info["version"], info["devices"], info["config"]["growatt"]["token"]) == (__version__, 8, "set")
    assert {"noah.reading", "min.settings", "plant.overview", "account"} <= info["next_polls"].keys()
    assert any(row["call"] == "new-api/queryLastData noah" for row in info["api_budget"])

    about = {row["serial"]: row for row in found["growatt/bridge/devices"]}
    assert {sn: row["family"] for sn, row in about.items()} == {
        NOAH: "noah",
        NEXA: "nexa",
        MIN: "min",
        HYBRID: "min",
        PLANT: "plant",
        **dict.fromkeys(PACKS, "battery"),
    }
    assert (about[NOAH]["model"], about[NEXA]["model"], about[MIN]["plant"]) == ("NOAH 2000", "NEXA 2000", PLANT)
    assert about[NOAH]["properties"]["pv_power"] == {"label": "PV power", "unit": "W", "main": True}
    limit = {"label": "Charge limit", "type": "number", "min": 70, "max": 100, "step": 1, "unit": "%"}
    assert about[NOAH]["settings"]["charge_limit"] == limit


async def test_states_are_what_the_devices_uploaded(house: Houses) -> None:
    h = await house(speed=0.001, started=False)
    for sn, soc in ((NOAH, 55), (NEXA, 42), (HYBRID, 66)):
        h.device(sn).soc = soc
    h.clock.jump(1000)
    await h.start()
    await h.ready()
    await h.eventually(lambda: [len(h.calls(path)) for path in ("SystemStatus", "queryLastData")] == [2, 2])
    await asyncio.sleep(0.1)
    for sn in (NOAH, NEXA, MIN, HYBRID):
        device, state = h.device(sn), h.state(sn)
        seen, step = (device.status(), 1) if sn in (NOAH, NEXA) else (device.upload(), 0.1)
        assert state["pv_power"] == pytest.approx(seen.flow.pv, abs=step), sn
        assert state["ac_power"] == pytest.approx(seen.flow.out, abs=step), sn
        assert state["energy_today"] == pytest.approx(seen.today["out"], abs=0.1), sn
        assert state["battery_soc"] == (None if sn == MIN else pytest.approx(seen.soc, abs=1)), sn
        assert datetime.fromisoformat(state["last_update"]).timestamp() == device.upload().t, sn
        assert state["age"] == round(h.clock.time() - device.upload().t), sn
    hybrid, flow = h.state(HYBRID), h.device(HYBRID).upload().flow
    assert hybrid["battery_power"] == pytest.approx(flow.charge - flow.discharge, abs=0.1)
    assert hybrid["grid_power"] == pytest.approx(flow.imported - flow.exported, abs=0.1)
    assert hybrid["load_power"] == pytest.approx(flow.load, abs=0.1)
    assert h.state(MIN)["battery_soc"] is None
    assert h.state(NOAH)["charge_limit"] == 100
    assert h.state(NOAH)["time_period_1"] == {
        "start": "00:00",
        "end": "00:00",
        "mode": "load_first",
        "power": 200,
        "enabled": False,
    }
    assert h.state(HYBRID)["active_power"] == 100
    assert h.state(PLANT)["peak_power_actual"] == 10_000
    assert (h.state(PLANT)["city"], h.state(PLANT)["status_code"]) == ("Berlin", 1)


async def test_what_home_assistant_is_told_can_be_used(house: Houses) -> None:
    h = await house(devices=(DeviceOptions(serial=NOAH, name="Balcony/1"),))
    await h.eventually(lambda: h.available("Balcony_1") == "online")
    config = await h.eventually(lambda: (c := h.last(h.config_topic(NOAH))) and "charge_limit" in c["components"] and c)
    assert config["origin"] == {"name": "growatt-bridge", "sw_version": __version__}
    assert (config["device"]["name"], config["device"]["serial_number"]) == ("Balcony/1", NOAH)
    assert (config["availability_mode"], config["state_topic"]) == ("all", h.topic("Balcony_1"))
    assert [each["topic"] for each in config["availability"]] == [
        h.topic("bridge", "state"),
        h.topic("Balcony_1", "availability"),
    ]
    await h.publish(config["components"]["charge_limit"]["command_topic"], "85")
    await h.eventually(lambda: h.outcomes("Balcony_1") == ["accepted", "verified"])
    assert h.device(NOAH).settings["chargingSocHighLimit"] == 85
    await h.publish(h.topic(NOAH, "set", "charge_limit"), "86")
    await h.eventually(lambda: h.outcomes("Balcony_1")[2:] == ["accepted", "verified"])


async def test_announced_again_when_home_assistant_comes_up(house: Houses) -> None:
    h = await house()
    await h.ready()
    topics = [h.config_topic(sn) for sn in ALL]
    await h.eventually(lambda: all(h.all(topic) for topic in topics))
    before = {topic: len(h.all(topic)) for topic in (*topics, h.topic("bridge", "state"))}
    await h.publish(f"{h.base}/homeassistant/status", "offline")
    await h.publish(f"{h.base}/homeassistant/status", "online")
    await h.eventually(lambda: all(len(h.all(topic)) > count for topic, count in before.items()))


async def test_devices_that_join_and_leave(house: Houses, broker: Any, tap: Taps) -> None:
    h = await house(speed=300, polling={"account": 60})
    await h.ready(NOAH, MIN)
    await h.eventually(lambda: h.last(h.config_topic(NOAH)))
    async with httpx.AsyncClient(base_url=h.config.growatt.server) as door:
        assert (await door.delete(f"/_sim/devices/{NOAH}")).status_code == 200
        await door.post("/_sim/devices", json={"family": "noah", "sn": "0HVRNEWONE000001", "model": "NEXA 2000"})
        await h.eventually(lambda: h.events("device_left"))
        await h.ready(MIN)
        await h.eventually(lambda: h.available("0HVRNEWONE000001") == "online")
        config = await h.eventually(lambda: h.last(h.config_topic("0HVRNEWONE000001")))
        assert config["device"]["model"] == "NEXA 2000"
        await h.publish(h.topic(NOAH, "set", "charge_limit"), "85")
        await h.eventually(lambda: h.events("unknown_device"))
        assert [topic for topic in await retained(h, tap, broker) if NOAH in topic] == []
        assert NOAH not in {row["serial"] for row in h.last(h.topic("bridge", "devices"))}
        await door.post("/_sim/devices", json={"sn": NOAH})
        await h.ready(NOAH)
        await h.eventually(lambda: h.last(h.config_topic(NOAH)))
    assert [event["serial"] for event in h.events("device_left")] == [*PACKS[:2], NOAH]


async def test_flat_topics_come_and_go_with_their_device(house: Houses) -> None:
    h = await house(speed=300, polling={"account": 60}, mqtt={"flat_topics": True}, exclude=[NEXA, MIN, HYBRID])
    await h.ready(NOAH)
    state = await h.eventually(lambda: (s := h.state(NOAH))["status"] and s)
    names = ("battery_soc", "status", "charge_limit", "work_mode", "lost")
    await h.eventually(
        lambda: [h.last(h.topic(NOAH, name)) for name in names] == [h.state(NOAH)[name] for name in names]
    )
    assert h.tap.on(h.topic(NOAH, "lost"))[-1] == b"false"
    await h.eventually(lambda: h.last(h.config_topic(NOAH)))
    h.cloud.world.remove(NOAH)
    topics = {m.topic for m in h.tap.messages if m.topic.startswith(h.topic(NOAH, "")) and m.retain is False}
    assert len(topics) > 50
    await h.eventually(lambda: h.events("device_left"))
    lasting = {h.topic(NOAH, name) for name in state if name not in ("last_update", "age", "target")}
    await h.eventually(lambda: {h.tap.on(topic)[-1] for topic in lasting} == {b""})


async def test_what_a_former_run_announced_is_taken_back(house: Houses, broker: Any, tap: Taps) -> None:
    h = await house(speed=300)
    await h.ready()
    await h.eventually(lambda: all(h.last(h.config_topic(sn)) for sn in ALL))
    await h.stop()
    h.cloud.world.remove(HYBRID)
    names = (DeviceOptions(serial=NOAH, name="Balcony"),)
    h.config = h.config.model_copy(update={"exclude": (MIN,), "devices": names})
    await h.start()
    await h.eventually(lambda: h.last(h.topic(MIN)) is None and h.last(h.topic(HYBRID)) is None)
    await h.eventually(lambda: h.last(h.topic(NOAH)) is None and h.available("Balcony") == "online")
    here = {NOAH, NEXA, PLANT, *PACKS}
    await h.eventually(lambda: {row["serial"] for row in h.last(h.topic("bridge", "devices"))} == here)
    found = await retained(h, tap, broker)
    assert [topic for topic in found if HYBRID in topic or MIN in topic or topic.startswith(f"growatt/{NOAH}/")] == []
    assert {f"homeassistant/device/growatt_{sn}/config" for sn in (NOAH, NEXA, PLANT)} <= found.keys()
    assert {row["serial"] for row in found["growatt/bridge/devices"]} == here


async def test_a_new_base_topic_leaves_nothing_at_the_old_one(house: Houses, broker: Any, tap: Taps) -> None:
    h = await house(speed=300)
    await h.ready()
    await h.stop()
    h.config = h.config.model_copy(update={"mqtt": h.config.mqtt.model_copy(update={"base_topic": f"{h.base}/home"})})
    await h.start()
    await h.eventually(lambda: h.last(f"{h.base}/home/{NOAH}") is not None)
    old = [h.topic("bridge", name) for name in ("state", "info", "devices")]
    old += [h.topic(sn, *below) for sn in ALL for below in ((), ("availability",))]
    await h.eventually(lambda: [topic for topic in old if h.last(topic) is not None] == [])
    assert [topic for topic in await retained(h, tap, broker) if topic.startswith("growatt/")] == []


async def test_a_will_that_comes_late_does_not_leave_the_bridge_offline(house: Houses) -> None:
    """Nor does another bridge with this base topic, when it ends."""
    h = await house()
    await h.ready()
    before = len(h.bridge_states())
    await h.publish(h.topic("bridge", "state"), OFFLINE, retain=True)
    await h.eventually(lambda: h.bridge_states()[before:] == ["offline", "online"])
    await h.stop()
    assert h.bridge_states()[before:] == ["offline", "online", "offline"]


async def test_a_clock_that_is_set_is_told(house: Houses) -> None:
    h = await house()
    await h.ready()
    h.clock.set_date(-7200)
    event = (await h.eventually(lambda: h.events("clock_jumped")))[0]
    assert event["message"].startswith("this machine's clock went back by 7200 s")
    assert event["seconds"] == -7200


@pytest.mark.parametrize("shard", [None, "1/2"])
async def test_another_bridge_with_this_base_topic_is_told(house: Houses, shard: str | None) -> None:
    h = await house(started=False, fleet={"shard": shard})
    ours = "bridge-1" if shard else "bridge"
    earlier, other, large = (
        json.dumps({"config": {"mqtt": {"client_id": name}}, "more": "." * more})
        for name, more in (("earlier", 0), ("other", 0), ("large", 100_000))
    )
    for level in {"bridge", ours}:
        await h.publish(h.topic(level, "info"), earlier, retain=True)
    await h.start()
    await h.eventually(lambda: (h.last(h.topic(ours, "info")) or {}).get("devices"))
    for odd in ("", "[]", "{}", '{"config":1}', '{"config":{"mqtt":{"client_id":1}}}'):
        await h.publish(h.topic(ours, "info"), odd)
    for _ in range(3):
        await h.publish(h.topic("bridge", "info"), other, retain=True)
        await h.publish(h.topic(ours, "info"), large, retain=True)
    told = lambda: [event for event in h.all(h.topic(ours, "event")) if event["type"] == "another_bridge"]  # noqa: E731
    await h.eventually(lambda: len(told()) > 1)
    assert [event["client_id"] for event in told()] == ["other", "large"]
    assert "each command reaches both" in told()[0]["message"]


async def test_a_restart_makes_nothing_unknown(house: Houses) -> None:
    h = await house()
    await h.ready()
    before = {sn: h.state(sn) for sn in (MIN, PLANT)}
    told = {sn: len(h.all(h.topic(sn))) for sn in before}
    await h.stop()
    await h.start()
    for serial, state in before.items():
        after = await h.eventually(lambda sn=serial: h.all(h.topic(sn))[told[sn] :])
        known = {name for name, value in state.items() if value is not None}
        assert [name for name in known if any(payload[name] is None for payload in after)] == []
        assert {payload["state"] for payload in h.all(h.topic(serial, "availability"))[1:]} <= {"online"}


async def test_a_new_name_in_the_growatt_app_changes_that_at_home_and_no_id(house: Houses) -> None:
    def told() -> list[str]:
        noah, pack = (h.last(h.config_topic(sn)) for sn in (NOAH, PACKS[1]))
        ids = (noah["state_topic"], noah["components"]["pv_power"]["default_entity_id"]) if noah and pack else ()
        return [noah["device"]["name"], pack["device"]["name"], *ids] if ids else []

    h = await house(speed=300, started=False)
    h.device(NOAH).alias = "Balcony"
    await h.start()
    ids = h.topic(NOAH), f"sensor.growatt_{NOAH.lower()}_pv_power"
    await h.eventually(lambda: told() == ["Balcony", "Balcony battery pack 2", *ids])
    h.device(NOAH).alias = "Terrace"
    await h.eventually(lambda: told() == ["Terrace", "Terrace battery pack 2", *ids])


async def test_names_that_are_swapped(house: Houses) -> None:
    def named(*names: str) -> tuple[DeviceOptions, ...]:
        return tuple(DeviceOptions(serial=sn, name=name) for sn, name in zip((NOAH, NEXA), names, strict=True))

    h = await house(speed=300, devices=named("roof", "shed"))
    await h.eventually(lambda: all(h.last(h.config_topic(sn)) for sn in (NOAH, NEXA)))
    await h.stop()
    h.config = h.config.model_copy(update={"devices": named("shed", "roof")})
    told = [len(h.all(h.config_topic(sn))) for sn in (NOAH, NEXA)]
    await h.start()
    await h.eventually(
        lambda: all(len(h.all(h.config_topic(sn))) > n for sn, n in zip((NOAH, NEXA), told, strict=True))
    )
    await asyncio.sleep(0.2)
    assert [h.available(name) for name in ("roof", "shed")] == ["online", "online"]
    assert all(h.state(name) for name in ("roof", "shed"))


async def test_a_device_that_falls_silent_becomes_unavailable_and_keeps_its_values(house: Houses) -> None:
    h = await house()
    await h.ready(NOAH, NEXA)
    h.device(NOAH).offline = True
    h.clock.jump(1200)
    await h.eventually(lambda: h.available(NOAH) == "offline")
    await h.eventually(lambda: h.state(NOAH)["age"] > 1200)
    assert h.state(NOAH)["battery_soc"] is not None
    await h.eventually(lambda: h.available(NEXA) == "online" and h.state(NEXA)["age"] < 400)
    h.device(NOAH).offline = False
    h.clock.jump(300)
    await h.eventually(lambda: h.available(NOAH) == "online")


async def test_a_device_that_uploads_seldom_stays_available(house: Houses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.simulator.course.UPLOAD", 1800.0)
    h = await house(speed=1000)
    inverter = await h.eventually(lambda: h.bridge is not None and h.bridge.registry.by_serial(MIN))
    await h.eventually(lambda: inverter.period == pytest.approx(1800, abs=30) and h.available(MIN) == "online")
    since, said = h.clock.time(), len(h.all(h.topic(MIN, "availability")))
    await h.eventually(lambda: h.clock.time() > since + 3 * 1800)
    assert h.all(h.topic(MIN, "availability"))[said:] == []


async def test_get_polls_now_as_far_as_the_budget_allows(house: Houses) -> None:
    h = await house(speed=20)
    await h.ready(NOAH)
    h.clock.jump(RECENT)
    before = len(h.calls("getSystemStatus"))
    await h.publish(h.topic(NOAH, "get"), "")
    await h.eventually(lambda: len(h.calls("getSystemStatus")) > before)
    [event] = await h.eventually(lambda: h.events("poll_deferred"))
    assert (event["serial"], 0 < event["retry_after"] <= 300) == (NOAH, True)
    assert h.refused() == []


async def test_a_broker_that_is_away_at_the_start_and_later(own_broker: OwnBroker, house: Houses, tap: Taps) -> None:
    h = await house(on=own_broker, started=False, polling={"settings": 60})
    own_broker.kill()
    await h.start()
    await h.eventually(lambda: len(h.calls("queryLastData")) >= 2)
    own_broker.start()
    h.tap = await asyncio.to_thread(tap, own_broker, f"{h.base}/#")
    await h.ready()
    await h.eventually(lambda: all(h.last(h.config_topic(sn)) for sn in ALL))
    own_broker.kill()
    h.device(NOAH).write({"chargingSocHighLimit": 83.0})
    polled = len(h.calls("getNoahInfoBySn"))
    await h.eventually(lambda: len(h.calls("getNoahInfoBySn")) > polled)
    own_broker.start()
    h.tap = await asyncio.to_thread(tap, own_broker, f"{h.base}/#")
    await h.ready()
    assert h.state(NOAH)["charge_limit"] == 83
    assert h.bridge_states()[-1] == "online"
    await h.eventually(lambda: all(h.last(h.config_topic(sn)) for sn in ALL))
