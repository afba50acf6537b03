"""What is announced to Home Assistant, moved to other topics and taken back, on a clock that a test moves by hand."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bridge.config import Config
from bridge.devices.min import MIN
from bridge.mqtt import Topics
from bridge.service.announcer import EVERY, MIGRATION_PAUSE, Announcer
from bridge.service.policy import Policy
from bridge.service.registry import Registry
from bridge.service.store import Store
from tests.clocks import ManualClock

WHOLE = "homeassistant/device/growatt_SN1/config"
ALONE = "homeassistant/sensor/growatt_SN1/last_update/config"
BRIDGE_WHOLE = "homeassistant/device/growatt_bridge/config"
BRIDGE_ALONE = "homeassistant/sensor/growatt_bridge/version/config"
NOBODY: Any = None


class Broker:
    """Keeps what it is told, and when."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.connected = True
        self.told: list[tuple[float, str, bytes]] = []
        self.retained: dict[str, Any] = {}

    def retain(self, topic: str, payload: Any) -> None:
        self.retained[topic] = payload
        self.send(topic, payload(topic) if callable(payload) else payload)

    def send(self, topic: str, payload: bytes) -> None:
        self.told.append((self.clock.monotonic(), topic, payload))

    def clear(self, topic: str) -> None:
        self.send(topic, b"")

    async def drain(self, _seconds: float) -> None: ...

    async def republish(self) -> None: ...

    def on(self, topic: str) -> list[bytes]:
        return [payload for _, found, payload in self.told if found == topic]

    def cleared(self) -> set[str]:
        return {topic for _, topic, payload in self.told if not payload}


class House:
    """One run of the bridge after the other with the same memory."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "bridge.json")
        self.clock = ManualClock()
        self.broker = Broker(self.clock)
        self.tasks: list[asyncio.Task[None]] = []

    def announcer(self, registry: Registry | None = None, **options: Any) -> Announcer:
        broker: Any = self.broker
        topics, config, registry = Topics(), Config(**options), Registry({}) if registry is None else registry
        return Announcer(broker, topics, registry, config, self.clock, self.store, Policy(config, topics))

    async def start(self, mode: str) -> None:
        """With the bridge itself and one device, which has told something already."""
        for task in self.tasks:
            task.cancel()
        announcer, device = self.announcer(homeassistant={"discovery": mode}), Registry({}).add("SN1", MIN, NOBODY)
        device.state.last_update = self.clock.now()
        announcer.soon(None)
        announcer.joined(device)
        self.tasks.append(asyncio.create_task(announcer.run()))
        await self.clock.advance(1)


@pytest.fixture
async def house(tmp_path: Path) -> Any:
    made = House(tmp_path)
    yield made
    for task in made.tasks:
        task.cancel()


@pytest.mark.parametrize(("whole", "alone"), [(WHOLE, ALONE), (BRIDGE_WHOLE, BRIDGE_ALONE)], ids=["device", "bridge"])
async def test_entities_move_to_other_topics_without_losing_what_the_user_made_of_them(
    house: House, whole: str, alone: str
) -> None:
    await house.start("device")
    house.broker.told.clear()
    await house.start("component")
    assert house.broker.on(whole) == [b'{"migrate_discovery":true}', b""]
    assert house.broker.on(alone) == []
    await house.clock.advance(10)
    moved, announced = (next(at for at, told, _ in house.broker.told if told == topic) for topic in (whole, alone))
    assert MIGRATION_PAUSE <= announced - moved <= MIGRATION_PAUSE + EVERY
    assert len(house.broker.on(whole)) == 2


async def test_entities_move_only_while_the_broker_hears_it(house: House) -> None:
    """What is retained waits for the broker in its newest state alone: the clearing would come before the word."""
    await house.start("device")
    house.broker.told.clear()
    house.broker.connected = False
    await house.start("component")
    await house.clock.advance(60)
    assert house.broker.told == []
    house.broker.connected = True
    await house.clock.advance(10)
    assert house.broker.on(WHOLE) == [b'{"migrate_discovery":true}', b""]
    assert len(house.broker.on(ALONE)) == 1


async def test_what_an_earlier_run_announced_and_is_no_more_is_taken_back(house: House) -> None:
    house.store.remember("SN1", {WHOLE: {"status": "sensor", "long_gone": "switch"}})
    await house.start("device")
    message = json.loads(house.broker.on(WHOLE)[-1])
    assert message["components"]["long_gone"] == {"platform": "switch"}
    assert message["components"]["status"]["unique_id"] == "growatt_SN1_status"
    await house.clock.advance(EVERY)
    assert json.loads(house.broker.retained[WHOLE](WHOLE)) == message, "so it is again after a reconnect"
    await house.start("device")
    assert "long_gone" not in json.loads(house.broker.on(WHOLE)[-1])["components"]


def remembered(house: House, *serials: str) -> None:
    for serial in serials:
        house.store.remember(serial, {f"growatt/{serial}": {}})


async def test_nothing_is_retired_before_all_accounts_were_seen(house: House) -> None:
    remembered(house, "MINE", "THEIRS", "GONE")
    announcer = house.announcer(growatt={"token": "t"}, accounts=[{"name": "parents"}])
    announcer.surveyed("growatt", {"MINE"}, set())
    assert (house.broker.told, house.store.announced.keys()) == ([], {"MINE", "THEIRS", "GONE"})
    announcer.surveyed("parents", {"THEIRS"}, set())
    assert (house.broker.cleared(), house.store.announced.keys()) == ({"growatt/GONE"}, {"MINE", "THEIRS"})


def test_a_device_that_another_account_has_just_found_is_not_retired(house: House) -> None:
    remembered(house, "MINE", "METER")
    registry = Registry({})
    announcer = house.announcer(registry, growatt={"token": "t"}, accounts=[{"name": "parents"}])
    announcer.surveyed("parents", set(), set())
    registry.add("METER", MIN, NOBODY)
    announcer.surveyed("growatt", {"MINE"}, set())
    assert (house.broker.cleared(), house.store.announced.keys()) == (set(), {"MINE", "METER"})


async def test_a_device_of_another_replica_is_forgotten_but_its_topics_stay(house: House) -> None:
    remembered(house, "MINE", "MOVED")
    house.announcer().surveyed("growatt", {"MINE"}, {"MOVED"})
    assert (house.broker.told, house.store.announced.keys()) == ([], {"MINE"})
