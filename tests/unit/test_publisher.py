"""What the broker is told of many devices."""

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.clock import Clock
from bridge.config import Config
from bridge.devices.min import MIN
from bridge.devices.sph import SPH
from bridge.mqtt import Topics
from bridge.service.announcer import Announcer
from bridge.service.publisher import LISTED_WHOLE, Publisher
from bridge.service.registry import Registry
from bridge.service.store import Store


class Broker:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}
        self.told: list[str] = []

    def retain(self, topic: str, payload: Any) -> None:
        self.told.append(topic)
        self.held[topic] = payload(topic) if callable(payload) else payload

    def send(self, topic: str, payload: bytes) -> None:
        self.told.append(topic)


@pytest.mark.parametrize(("count", "described"), [(LISTED_WHOLE, LISTED_WHOLE), (LISTED_WHOLE + 1, 2)])
def test_a_large_fleet_is_listed_without_saying_everything_of_everyone(
    tmp_path: Path, count: int, described: int
) -> None:
    broker, topics, registry, config = Broker(), Topics("growatt"), Registry({}), Config(state_dir=tmp_path)
    shared: Any = broker, topics, registry, config, Clock()
    publisher = Publisher(*shared, Announcer(*shared, Store(tmp_path / "bridge.json")))
    nobody: Any = None
    devices = [registry.add(f"SN{number:03}", (MIN, SPH)[number % 2], nobody) for number in range(count)]
    for device in devices:
        publisher.joined(device)
    rows = json.loads(publisher._devices("growatt/bridge/devices"))
    assert [row["serial"] for row in rows] == [f"SN{number:03}" for number in range(count)]
    whole = [row["family"] for row in rows if "properties" in row and "settings" in row]
    assert (len(whole), whole[:2]) == (described, ["min", "sph"])
    assert rows[0]["properties"]["pv_power"] == {"label": "PV power", "unit": "W", "main": True}
    publisher.availability(devices[0])
    assert broker.told.count("growatt/SN000/availability") == 1
