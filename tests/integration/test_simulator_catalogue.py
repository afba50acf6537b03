"""Every call of the API once to the simulated cloud, over HTTP: it answers, with the fields of a real reply; and what
the catalogues make of its readings."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bridge.clock import Clock
from bridge.devices import family_of
from bridge.growatt import AsyncGrowattApi
from bridge.service.state import DeviceState
from bridge.simulator import SimulatedCloud, World, serve_in_thread

NOON = 1781863200.0  # 2026-06-19 12:00 in Berlin
CATALOGUE = json.loads((Path(__file__).parent.parent / "data" / "cloud_calls.json").read_text())
KINDS = ("noah", "nexa", "min", "min-xh", "inv", "storage", "max", "sph", "spa", "wit", "sph-s")
V1_ONLY = ("pcs", "hps", "pbd", "groboost")


class StoppedClock(Clock):
    def __init__(self, later: float = 0.0) -> None:
        self._later = later

    def time(self) -> float:
        return NOON + self._later


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    world = World(StoppedClock()).populate(dict.fromkeys((*KINDS, *V1_ONLY), 1))
    home = world.plants[1001]
    world.add_plant("Spare")
    world.add_datalogger("DLG1000001", home, meters=("1",), sensors=("2",))
    world.add_datalogger("SPARELOG01", home)
    world.add_min("SHELF00001", plant=home)
    world.remove("SHELF00001")
    for device in world.devices.values():
        time = "2026-06-18 10:00:00"
        device.alarms.append(
            {"alarm_code": 25, "alarm_message": "No utility.", "start_time": time, "end_time": time, "status": 1}
        )
    with (
        serve_in_thread(SimulatedCloud(world, limits="off", write_latency=(0, 0))) as url,
        httpx.Client(base_url=url, headers={"token": "demo"}) as client,
    ):
        yield client


def dig(body: Any, path: list[str | int]) -> Any:
    for step in path:
        body = body[step]
    return body


@pytest.mark.parametrize("call", CATALOGUE["calls"], ids=lambda call: call["method"])
def test_every_call_answers_in_its_shape(http: httpx.Client, call: dict[str, Any]) -> None:
    prefix = "v1" if call["envelope"] == "v1" else "v4"
    where = {"params": call["params"]} if call["verb"] == "GET" else {"data": call["params"]}
    body = http.request(call["verb"], f"/{prefix}/{call['path']}", **where).json()
    code = {"v1": "error_code", "v4": "code", "app": "result"}[call["envelope"]]
    if call["path"] == "device/check/sn":
        code = "result"
    assert body[code] == call.get("code", 1 if code == "result" else 0), body
    if "fields" not in call:
        return
    row = dig(body, call["at"])
    if row is None and call["path"] == "new-api/queryDfcData":
        assert call["params"]["deviceType"] in {"inv", "max", "noah"}  # it is for devices with a battery
        return
    assert set(CATALOGUE["fields"][call["fields"]].split()) <= row.keys()


@pytest.mark.parametrize("kind", ["min-xh", "storage", "sph", "spa", "wit", "sph-s"])
@pytest.mark.parametrize("hour", [0, 7, 20])
async def test_powers_at_home_are_those_of_the_device_and_add_up(kind: str, hour: int) -> None:
    world = World(StoppedClock(hour * 3600)).populate({kind: 1})
    (device,) = world.devices.values()
    family = family_of(device.family.type, None)
    source = family.source("reading")
    with serve_in_thread(SimulatedCloud(world, limits="off")) as url:
        async with AsyncGrowattApi("demo", url) as api:
            (record,) = source.records(await source.fetch(api, [device.sn]), [device.sn]).values()
    state = DeviceState(family)
    state.apply(source, record, world.clock.time())
    pv, battery, grid, load = (state.values[f"{name}_power"] for name in ("pv", "battery", "grid", "load"))
    flow = device.reading().flow
    assert battery == pytest.approx(flow.charge - flow.discharge, rel=0.3, abs=100)  # of the last upload, a while ago
    assert pv + grid - battery == pytest.approx(load, abs=1 + 0.08 * (pv + abs(battery)))
    assert state.values["load_energy_today"] > 0
