"""Several accounts in one bridge, replicas of a fleet, battery packs, and accounts with oddities."""

import asyncio
import itertools
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bridge.config import Config, DeviceOptions, Fleet, FurtherAccount, Intervals
from bridge.fleet import Shard
from bridge.growatt import Budget
from bridge.growatt.calls import Call
from bridge.service.bridge import Bridge
from bridge.simulator import account_calls
from tests.house import HYBRID, MIN, NEXA, NOAH, PACKS, PLANT, TOKEN, House, Outside, Process

DEVICES = (NOAH, NEXA, MIN, HYBRID, PLANT)
Houses = Callable[..., Awaitable[House]]
PARENTS = "token-fedcba9876543210-of-the-parents"
NEW = "token-0123456789abcdef-of-the-parents"
THEIRS, THEIR_NOAH = "BZP9000001", "0PVPNOAH99999999"


def with_parents(h: House, **options: Any) -> None:
    """A second account at the same cloud, with a plant and a micro inverter of its own."""
    plant = h.cloud.world.add_plant("Farm", token=PARENTS)
    h.cloud.world.add_min(THEIRS, plant=plant)
    account = FurtherAccount(
        **{
            "name": "parents",
            "name_prefix": "parents ",
            "token": SecretStr(PARENTS),
            "server": h.config.growatt.server,
            **options,
        }
    )
    h.config = h.config.model_copy(update={"accounts": (account,)})


async def test_two_accounts_in_one_bridge(house: Houses) -> None:
    h = await house(started=False)
    with_parents(h, timezone="Australia/Sydney")
    await h.start()
    await h.ready()
    await h.eventually(lambda: h.available(f"parents {THEIRS}") == "online")
    placed = lambda: {sn: (row["topic"], row["plant"]) for sn, row in listed(h).items() if sn in (MIN, THEIRS)}  # noqa: E731
    await h.eventually(lambda: placed() == {MIN: (MIN, PLANT), THEIRS: (f"parents {THEIRS}", "plant_1002")})
    devices = listed(h)
    assert {devices["plant_1002"]["name"], devices[PLANT]["name"]} == {"parents Farm", "Home"}
    config = await h.eventually(lambda: h.last(h.config_topic(THEIRS)))
    assert config["components"]["energy_today"]["unique_id"] == f"growatt_{THEIRS}_energy_today"
    assert await h.do(f"parents {THEIRS}", active_power=40) == ["accepted", "verified"]
    assert h.device(THEIRS).settings["activeRate"] == 40
    told = await h.ask("min/energy", device_sn=THEIRS)
    assert (told["status"], "pac" in told["data"]) == ("ok", True)
    plants = await h.ask("plant/list", account="parents")
    assert plants["status"] == "ok" or plants["kind"] == "RateLimited"
    nobody = await h.ask("plant/list", account="nobody")
    assert nobody["error"] == "there is no account 'nobody'; there are: growatt, parents"
    for wrong in (["parents"], {"name": "parents"}):
        assert (await h.ask("plant/list", account=wrong))["kind"] == "GrowattError"
    h.clock.shift(300)
    await h.eventually(lambda: "parents.account" in h.last(h.topic("bridge", "info"))["next_polls"])
    info = h.last(h.topic("bridge", "info"))
    assert {row["account"] for row in info["api_budget"]} == {"growatt", "parents"}
    assert info["config"]["accounts"][0]["token"] == "set"
    h.assert_no_secrets()
    for text in (message.payload.decode() for message in h.tap.messages):
        assert PARENTS not in text


async def test_a_token_that_loses_its_permission_disturbs_nobody_else(house: Houses) -> None:
    h = await house(started=False, speed=300)
    with_parents(h)
    await h.start()
    await h.ready(NOAH)
    await h.eventually(lambda: h.available(f"parents {THEIRS}") == "online")
    h.cloud.world.tokens.discard(PARENTS)
    refused = (await h.eventually(lambda: h.events("token_refused")))[0]
    assert (refused["account"], refused["message"].startswith("account parents: ")) == ("parents", True)
    await h.eventually(lambda: h.available(f"parents {THEIRS}") == "offline")
    assert (h.available(NOAH), h.available(MIN)) == ("online", "online")
    assert h.events("device_left") == []
    before = len(h.all(h.topic(NOAH)))
    await h.eventually(lambda: len(h.all(h.topic(NOAH))) > before)
    assert await h.do(NOAH, charge_limit=87) == ["accepted", "verified"]
    h.cloud.world.tokens.add(PARENTS)
    await h.eventually(lambda: [e["account"] for e in h.events("cloud_back")] == ["parents"])
    await h.eventually(lambda: h.available(f"parents {THEIRS}") == "online")
    assert h.events("token_refused") == [refused]


async def test_a_device_of_two_accounts_belongs_to_the_first_and_both_are_told(house: Houses) -> None:
    h = await house(started=False)
    with_parents(h)
    again = FurtherAccount(name="again", token=SecretStr(PARENTS), server=h.config.growatt.server)
    h.config = h.config.model_copy(update={"accounts": (*h.config.accounts, again)})
    await h.start()
    await h.ready()
    twice = await h.eventually(lambda: {e["serial"]: e["message"] for e in h.events("in_two_accounts")})
    await h.eventually(lambda: len(h.events("in_two_accounts")) == 2)
    assert {e["serial"] for e in h.events("in_two_accounts")} == {THEIRS, "plant_1002"}
    assert all("belongs to another account, too" in message for message in twice.values())
    serials = [row["serial"] for row in h.last(h.topic("bridge", "devices"))]
    assert sorted(serials) == sorted({*serials})
    assert THEIRS in serials


async def test_a_device_goes_to_another_account_when_its_own_token_is_refused(house: Houses) -> None:
    h = await house(started=False, speed=300)
    with_parents(h)
    h.cloud.world.tokens.add(NEW)
    h.cloud.world.add_noah(THEIR_NOAH, plant=h.cloud.world.plants[1002])
    again = FurtherAccount(name="again", token=SecretStr(NEW), server=h.config.growatt.server)
    polling = h.config.polling.model_copy(update={"account": 900})
    h.config = h.config.model_copy(update={"accounts": (*h.config.accounts, again), "polling": polling})
    await h.start()
    await h.ready(NOAH)
    theirs = f"parents {THEIRS}"
    await h.eventually(lambda: h.available(theirs) == "online")
    await h.eventually(lambda: h.available(f"parents {THEIR_NOAH}_1") == "online")
    h.cloud.world.tokens.discard(PARENTS)
    h.cloud.world.plants[1002].token = NEW
    of = lambda serial: h.bridge and getattr(h.bridge.registry.by_serial(serial), "api", None)  # noqa: E731
    before = await h.eventually(lambda: of(f"{THEIR_NOAH}_1"))
    await h.eventually(lambda: of(THEIR_NOAH) is not before)
    assert of(f"{THEIR_NOAH}_1") is of(THEIR_NOAH)
    moved = {THEIRS, THEIR_NOAH, "plant_1002"}
    await h.eventually(lambda: {e["serial"] for e in h.events("device_moved")} == moved)
    await h.eventually(lambda: h.available(theirs) == "online")
    assert await h.do(theirs, active_power=40) == ["accepted", "verified"]
    assert h.device(THEIRS).settings["activeRate"] == 40
    assert h.events("device_left") == []
    h.cloud.world.tokens.add(PARENTS)
    await h.eventually(lambda: [e["account"] for e in h.events("cloud_back")] == ["parents"])


async def test_a_plant_elsewhere_has_a_midnight_of_its_own(house: Houses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    h = await house(started=False, speed=600)
    farm = h.cloud.world.add_plant("Farm", token=TOKEN, zone="Pacific/Auckland")
    h.cloud.world.add_min(THEIRS, plant=farm)
    h.cloud.world.add_datalogger("FARM000001", farm, meters=["64"])
    await h.start()
    await h.ready(MIN)
    await h.eventually(lambda: h.state("plant_1002").get("timezone"))

    def reset(serial: str, counter: str) -> dict[str, Any] | None:
        states = [state for state in h.all(h.topic(serial)) if state[counter] is not None]
        return next((new for old, new in itertools.pairwise(states) if old[counter] > 0.2 >= new[counter]), None)

    for serial, counter in ((THEIRS, "energy_today"), ("FARM000001_AMMETER_64", "grid_import_energy_today")):
        await h.eventually(lambda: listed(h).get(serial, {}).get("plant") == "plant_1002")  # noqa: B023
        first = await h.eventually(lambda: reset(serial, counter))  # noqa: B023
        assert datetime.fromisoformat(first["last_update"]).astimezone(UTC).hour == 12
    assert listed(h)["FARM000001_AMMETER_64"]["name"] == "FARM000001 smart meter 64"


async def test_a_plant_without_devices(house: Houses) -> None:
    h = await house(started=False)
    h.cloud.world.add_plant("Empty", token=TOKEN)
    await h.start()
    await h.ready()
    devices = listed(h)
    assert (devices["plant_1002"]["name"], devices["plant_1002"]["family"]) == ("Empty", "plant")


async def test_a_device_of_an_unknown_type_that_no_plant_lists(house: Houses, monkeypatch: pytest.MonkeyPatch) -> None:
    h = await house(speed=60, started=False)
    h.cloud.world.add_datalogger("LOGGER0001")
    unknown = h.cloud.world.add_min("ZZZ0000001", datalogger="LOGGER0001")
    unknown.family = replace(unknown.family, type="zzz")
    listed_by_plant = account_calls._devices
    monkeypatch.setattr(account_calls, "_devices", lambda *about: [d for d in listed_by_plant(*about) if d != unknown])
    await h.start()
    state = await h.eventually(lambda: h.state(unknown.sn))
    assert {name for name, value in state.items() if value is not None} == {"target"}
    await h.eventually(lambda: h.available(unknown.sn) == "offline")
    told = await h.eventually(lambda: h.events("unknown_type"))
    assert [(event["serial"], event["device_type"]) for event in told] == [(unknown.sn, "zzz")]
    parent = lambda: (h.last(h.config_topic(unknown.sn)) or {"device": {}})["device"].get("via_device")  # noqa: E731
    await h.eventually(lambda: parent() == "growatt_LOGGER0001")


async def test_what_the_configuration_names_and_nobody_has_is_told(
    house: Houses, caplog: pytest.LogCaptureFixture
) -> None:
    h = await house(speed=300, devices=[{"serial": "NOBODY"}, {"serial": NOAH}], include=["*", "bzp*"])
    await h.eventually(lambda: "include: bzp* fits no device; a serial number" in caplog.text)
    assert (caplog.text.count("no account has NOBODY"), f"no account has {NOAH}" in caplog.text) == (1, False)


async def test_battery_packs_are_devices_below_their_own(house: Houses) -> None:
    h = await house()
    await h.ready()
    await h.eventually(lambda: all(h.available(pack) == "online" for pack in PACKS))
    await h.eventually(lambda: {*PACKS} <= listed(h).keys())
    devices = listed(h)
    assert (devices[PACKS[0]]["family"], devices[PACKS[1]]["name"]) == ("battery", f"{NOAH} battery pack 2")
    config = await h.eventually(lambda: h.last(h.config_topic(PACKS[1])))
    assert config["device"]["via_device"] == f"growatt_{NOAH}"
    assert {"battery_soc", "temperature"} <= config["components"].keys()
    assert "refresh" not in config["components"]
    soc = h.state(PACKS[1])["battery_soc"]
    assert (0 <= soc <= 100, h.state(PACKS[1])["last_update"]) == (True, h.state(PACKS[0])["last_update"])
    h.device(NOAH).packs = 1
    h.clock.shift(300)
    await h.eventually(lambda: h.state(PACKS[1])["last_update"] < h.state(NOAH)["last_update"])
    h.device(NOAH).packs = 2
    await h.eventually(lambda: h.state(PACKS[1])["last_update"] == h.state(PACKS[0])["last_update"])
    assert h.events("device_left") == [], "a pack that drops out for minutes is still there"
    h.device(NOAH).packs = 1
    await h.eventually(lambda: h.state(PACKS[1])["last_update"] < h.state(PACKS[0])["last_update"])
    h.clock.jump(3600)
    await h.eventually(lambda: h.last(h.config_topic(PACKS[1])) is None and h.last(h.topic(PACKS[1])) is None)
    await h.eventually(lambda: [e["serial"] for e in h.events("device_left")] == [PACKS[1]])
    await h.stop()
    h.device(NOAH).packs = 2
    cleared = len(h.all(h.config_topic(PACKS[0])))
    await h.start()
    await h.eventually(lambda: h.available(PACKS[1]) == "online")
    assert None not in h.all(h.config_topic(PACKS[0]))[cleared:], "a restart must not take back what is still there"


async def test_lists_with_wildcards_choose_devices(house: Houses) -> None:
    h = await house(started=False)
    h.config = h.config.model_copy(update={"include": ("*NOAH*", "plant_*"), "exclude": (PACKS[0],)})
    await h.start()
    await h.ready(NOAH)
    await h.eventually(lambda: h.available(PACKS[1]) == "online")
    await h.eventually(lambda: listed(h).keys() == {NOAH, PACKS[1], PLANT})


async def test_a_device_has_its_own_rhythm(house: Houses) -> None:
    own = DeviceOptions(serial=NEXA, polling=Intervals(status=600))
    h = await house(speed=300, devices=(own,))
    await h.ready(NOAH, NEXA)
    asked = lambda sn: [r for r in h.calls("getSystemStatus") if sn in str(r)]  # noqa: E731
    await h.eventually(lambda: len(asked(NOAH)) >= 12)
    assert 1 <= len(asked(NEXA)) <= 2


SHARDS = 3


async def test_replicas_of_a_fleet_share_the_devices(house: Houses) -> None:
    """Without a common folder: by turns. No device is missing or twice, and each answers its own commands alone."""
    h = await house(started=False, speed=60)
    shards = [Shard(number, SHARDS) for number in range(1, SHARDS + 1)]
    more = next(sn for n in itertools.count() if Shard(1, SHARDS).owns(sn := f"BZP2{n:06}"))
    h.cloud.world.add_min(more)
    owners = {sn: next(shard for shard in shards if shard.owns(sn)) for sn in (*DEVICES, more)}
    assert len(set(owners.values())) == SHARDS, "a replica without devices tests nothing"
    bridges = [Bridge(replica(h, f"{shard.number}/{SHARDS}"), clock=h.clock) for shard in shards]
    running = [asyncio.create_task(bridge.run()) for bridge in bridges]
    try:
        await h.eventually(lambda: all(h.available(sn) == "online" for sn in owners), 40)
        await h.eventually(lambda: all(bridge.surveyed() for bridge in bridges), 40)
        held = [[device.serial for device in bridge.registry] for bridge in bridges]
        assert sorted(itertools.chain(*held)) == sorted((*owners, *PACKS))
        for shard in shards:
            rows = h.last(h.topic(f"bridge-{shard.number}", "devices"))
            own = {row["serial"] for row in rows if row["family"] != "battery"}
            assert own == {sn for sn, owner in owners.items() if owner == shard}
            assert h.last(h.topic(f"bridge-{shard.number}", "state")) == {"state": "online"}
        assert await h.do(NOAH, charge_limit=85) == ["accepted", "verified"]
        await h.publish(h.topic("NOBODY", "set", "charge_limit"), "85")
        of_all = lambda: [e for n in (1, 2, 3) for e in h.all(h.topic(f"bridge-{n}", "event"))]  # noqa: E731
        await h.eventually(lambda: [e for e in of_all() if e["type"] == "unknown_device"])
        await asyncio.sleep(0.2)
        assert len([e for e in of_all() if e["type"] == "unknown_device"]) == 1
        config = h.last(h.config_topic(NOAH))
        assert config["availability"][0]["topic"] == h.topic(f"bridge-{owners[NOAH].number}", "state")
        # turns of five seconds are shorter than a busy machine's answers on this clock; test_fleet.py has them
        assert [call for call in h.refused() if not call.path.endswith("queryDeviceList")] == []
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert [h.last(h.topic(f"bridge-{n}", "state"))["state"] for n in (1, 2, 3)] == ["offline"] * 3


async def test_a_replica_more_takes_over_without_a_gap(house: Houses) -> None:
    """The former owner lets go silently: what the new one publishes must not be taken back."""
    h = await house(started=False, speed=300)
    h.config = replica(h, "1/1")
    await h.start()
    await h.ready()
    await h.eventually(lambda: all(h.last(h.config_topic(sn)) for sn in DEVICES))
    await h.stop()
    moved = [sn for sn in DEVICES if Shard(2, 2).owns(sn)]
    before = {sn: len(h.all(h.config_topic(sn))) for sn in moved}
    configs = [replica(h, f"{number}/2").model_copy(update={"state_dir": h.config.state_dir}) for number in (1, 2)]
    bridges = [Bridge(config, clock=h.clock) for config in configs]
    running = [asyncio.create_task(bridge.run()) for bridge in bridges]
    try:
        await h.eventually(lambda: all(bridge.surveyed() for bridge in bridges), 40)
        await h.eventually(lambda: all(len(h.all(h.config_topic(sn))) > before[sn] for sn in moved))
        await asyncio.sleep(0.2)
        assert [sn for sn in moved if None in h.all(h.config_topic(sn))] == []
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def test_a_replica_more_needs_no_list_of_plants_of_its_own(house: Houses) -> None:
    """The day's lists are spent, and it knows nothing."""
    h = await house(started=False, speed=300)
    logger = next(sn for n in itertools.count() if Shard(2, 2).owns(sn := f"FARM{n:06}"))
    h.cloud.world.add_datalogger(logger, h.cloud.world.plants[1001], meters=["64"])
    configs = [h.config.model_copy(update={"fleet": Fleet(shard=f"{n}/2", shared_state=True)}) for n in (1, 2)]
    bridges = [Bridge(config, clock=h.clock) for config in configs]
    running = [asyncio.create_task(bridges[0].run())]
    try:
        await h.eventually(bridges[0].surveyed)
        budget = Budget(h.config.budget_file, clock=h.clock)
        call = Call(path="plant/list", verb="GET", prefix="v1", every=300, per_day=10)
        while (wait := budget.delay(TOKEN, call)) <= call.every:
            h.clock.jump(wait)
            budget.claim(TOKEN, call)
        lists = len(h.calls("plant/list"))
        running.append(asyncio.create_task(bridges[1].run()))
        await h.eventually(lambda: h.available(f"{logger}_AMMETER_64") == "online", 20)
        await h.eventually(bridges[1].surveyed, 20)
        assert len(h.calls("plant/list")) == lists
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def test_three_processes_on_one_broker(outside: Callable[..., Awaitable[Outside]], tmp_path: Path) -> None:
    o = await outside()
    processes = [Process(folder(tmp_path / str(number))) for number in range(1, SHARDS + 1)]
    config = yaml.safe_load(o.file.read_text()) | {"state_dir": str(tmp_path / "state")}
    try:
        for number, process in enumerate(processes, 1):
            file = process.folder / "config.yaml"
            file.write_text(yaml.safe_dump(config | {"fleet": {"shared_state": True}}))
            process.start("run", "--config", str(file), GROWATT_BRIDGE_FLEET__SHARD=f"{number}/{SHARDS}")
        await o.eventually(lambda: all(o.available(sn) == "online" for sn in (NOAH, NEXA, MIN, HYBRID)), 40)
        rows = lambda: [row for n in (1, 2, 3) for row in o.last(o.topic(f"bridge-{n}", "devices"))]  # noqa: E731
        await o.eventually(lambda: {NOAH, NEXA, MIN, HYBRID} <= {row["serial"] for row in rows()})
        serials = [row["serial"] for row in rows()]
        assert sorted(serials) == sorted({*serials})
        owner = next(n for n in (1, 2, 3) if Shard(n, SHARDS).owns(NOAH))
        processes[owner - 1].end(signal.SIGKILL)
        await o.eventually(lambda: o.last(o.topic(f"bridge-{owner}", "state")) == {"state": "offline"})
        states = [o.last(o.topic(f"bridge-{n}", "state"))["state"] for n in (1, 2, 3) if n != owner]
        assert states == ["online"] * 2
        assert [process.end(signal.SIGTERM) for process in processes if process.running] == [0, 0]
    finally:
        for process in processes:
            process.close()
    o.assert_no_secrets(*(process.text for process in processes))


def listed(h: House) -> dict[str, dict[str, Any]]:
    return {row["serial"]: row for row in h.last(h.topic("bridge", "devices"))}


def replica(h: House, shard: str) -> Config:
    """A replica with a folder of its own."""
    own = h.config.state_dir.with_name(f"state-{shard[0]}")
    return h.config.model_copy(update={"fleet": Fleet(shard=shard), "state_dir": own})


def folder(path: Path) -> Path:
    path.mkdir()
    return path
