"""What outlives a restart."""

import errno
import json
import logging
import os
from pathlib import Path

import pytest

from bridge.growatt.account.plant import PlantData
from bridge.service.store import AT_ONCE, HEARTBEAT_FILE, REST_EVERY, Description, Facts, Plants, Store

SENSORS = {"power": "sensor", "limit": "number"}
PLANTS = Plants(made=1e9, count=1, plants=[PlantData(plant_id=7, name="Home", create_date="2026-06-20", newField="5")])


def file(folder: Path) -> Path:
    return folder / "bridge.json"


def test_what_is_remembered_is_there_after_a_restart(tmp_path: Path) -> None:
    store = Store(file(tmp_path))
    store.remember_plants("me", PLANTS)
    store.note(store.facts.models, "A1", "NEXA 2000")
    store.note(store.facts.attached, "A1", ["PACK1"])
    store.note(store.facts.aliases, "A1", "Balcony")
    store.note(store.facts.zones, "A1", "plant_7")
    store.note(store.facts.descriptions, "A1", Description("NEXA 2000", None, "LOGGER", "plant_7"))
    store.remember("A1", {"homeassistant/device/a1/config": SENSORS, "growatt/A1": {}})
    store.remember("B2", {"homeassistant/device/b2/config": dict(SENSORS)})
    again = Store(file(tmp_path))
    assert (again.plants("me"), again.facts) == (PLANTS, store.facts)
    assert (again.facts.models, again.facts.attached) == ({"A1": "NEXA 2000"}, {"A1": ["PACK1"]})
    assert (again.facts.aliases, again.facts.zones) == ({"A1": "Balcony"}, {"A1": "plant_7"})
    assert again.announced == {
        "A1": {"homeassistant/device/a1/config": SENSORS, "growatt/A1": {}},
        "B2": {"homeassistant/device/b2/config": SENSORS},
    }
    assert again.forget("A1") == ["homeassistant/device/a1/config", "growatt/A1"]
    last = Store(file(tmp_path))
    assert last.announced.keys() == {"B2"}
    assert last.facts == Facts()


@pytest.mark.parametrize(
    "text",
    [
        '{"announced": {"A": 5}}',
        '{"descriptions": {"A": 5}}',
        '{"models": {"A": 5}}',
        '{"attached": {"A": 5}}',
        "[" * 100_000,
        "[]",
        "null",
        "",
        "{",
    ],
)
def test_a_file_that_is_none_of_ours_is_left_aside(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    for name in (file(tmp_path), tmp_path / "energy.json", tmp_path / "states.json"):
        name.write_text(text)
    store = Store(file(tmp_path))
    assert (store.announced, store.facts) == ({}, Facts())
    assert f"{file(tmp_path)} cannot be read; starting without it" in caplog.text
    store.note(store.facts.models, "A1", "NEXA 2000")
    assert Store(file(tmp_path)).facts.models == {"A1": "NEXA 2000"}


def test_a_fact_is_forgotten_for_good(tmp_path: Path) -> None:
    store = Store(file(tmp_path))
    for zone in ("UTC+08:00", None, None):
        store.note(store.facts.zones, "A1", zone)
    assert Store(file(tmp_path)).facts.zones == store.facts.zones == {}


def test_the_file_is_what_other_versions_read(tmp_path: Path) -> None:
    """Those before and after this one, whichever of the two ran last."""
    text = {
        "models": {"A1": "NEXA 2000"},
        "aliases": {"A1": "Balcony"},
        "attached": {"A1": ["PACK1"]},
        "zones": {"A1": "plant_7"},
        "descriptions": {"A1": ["NEXA 2000", None, "LOGGER", "plant_7"]},
        "components": {"0": SENSORS},
        "announced": {"A1": {"homeassistant/device/a1/config": "0"}},
    }
    file(tmp_path).write_text(json.dumps({"of a later version": {}, **text}))
    store = Store(file(tmp_path))
    store.note(store.facts.models, "A1", "NEXA 3000")
    assert json.loads(file(tmp_path).read_text()) == {**text, "models": {"A1": "NEXA 3000"}}


def test_components_may_stand_with_their_topic(tmp_path: Path) -> None:
    announced = {"A1": {"homeassistant/device/a1/config": SENSORS, "growatt/A1": {}}}
    file(tmp_path).write_text(json.dumps({"models": {}, "announced": announced}))
    assert Store(file(tmp_path)).announced == announced


def test_who_shares_a_folder_knows_the_newest_list_of_plants(tmp_path: Path) -> None:
    one, two = (Store(file(tmp_path / name), tmp_path) for name in ("one", "two"))
    one.remember_plants("me", PLANTS)
    two.remember_plants("other", Plants(made=1e9, plants=[]))
    assert two.plants("me") == PLANTS
    newer = PLANTS.model_copy(update={"made": 2e9})
    two.remember_plants("me", newer)
    assert one.plants("me") == newer
    for earlier in tmp_path.glob("plants-*"):
        earlier.write_text("[]")
    assert (one.plants("me"), one.plants("other")) == (PLANTS, None)


def test_a_fleet_is_saved_from_time_to_time_and_at_the_end(tmp_path: Path) -> None:
    def saved() -> int:
        return len(Store(file(tmp_path)).announced)

    store = Store(file(tmp_path))
    for number in range(AT_ONCE):
        store.remember(f"D{number}", {f"growatt/D{number}": {}})
    assert saved() == AT_ONCE
    store.beat(1e9)
    for number in range(1000):
        store.remember(f"D{number}", {f"growatt/D{number}": {}})
    store.beat(1e9 + REST_EVERY - 1)
    assert saved() == AT_ONCE
    store.beat(1e9 + REST_EVERY)
    assert saved() == 1000
    store.forget("D7")
    store.save_devices([("D1", {"energy_today": [1.5, 2.0, 3.0]}), ("D2", {})], [("D1", {"values": {"power": 5}})])
    again = Store(file(tmp_path))
    assert (len(again.announced), again.guards) == (999, {"D1": {"energy_today": [1.5, 2.0, 3.0]}, "D2": {}})
    assert again.states == {"D1": {"values": {"power": 5}}}


def test_what_nobody_is_announced_with_any_more_is_forgotten(tmp_path: Path) -> None:
    store = Store(file(tmp_path))
    for names in (("a",), ("a", "b"), ("a", "b", "c")):
        store.remember("SN1", {"topic": dict.fromkeys(names, "sensor")})
    store.remember("SN2", {"other": {"a": "sensor", "b": "sensor", "c": "sensor"}})
    assert list(json.loads(file(tmp_path).read_text())["components"].values()) == [
        {"a": "sensor", "b": "sensor", "c": "sensor"}
    ]
    again = Store(file(tmp_path))
    assert again.announced == store.announced
    assert again.announced["SN1"]["topic"] is again.announced["SN2"]["other"]


def test_on_a_full_disk_there_is_a_sign_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(file(tmp_path))
    store.beat(1.0)
    beat = tmp_path / HEARTBEAT_FILE
    os.utime(beat, (0, 0))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bridge.service.store.write_private", full)
    store.beat(2.0)
    assert beat.stat().st_mtime > 0


def test_a_file_that_cannot_be_written_is_told_once_until_it_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "state"
    store = Store(file(folder))

    def told() -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.WARNING, "bridge.service"):
            for model in "ABC":
                store.note(store.facts.models, "A1", model)
        return [record.getMessage() for record in caplog.records]

    folder.write_text("no folder")
    assert told() == [f"cannot write {file(folder)}: File exists; check state_dir"]
    assert told() == []
    folder.unlink()
    assert told() == []
    file(folder).unlink()
    folder.rmdir()
    folder.write_text("no folder")
    assert len(told()) == 1
