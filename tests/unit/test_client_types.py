"""A strictly typed program against the client, checked by mypy: one method of each module, sync and async."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
import asyncio
from datetime import date, time

from bridge.growatt import AsyncGrowattApi, DeviceType, GrowattApi, Min, Noah, WorkMode
from bridge.growatt.account.plant import PlantList
from bridge.growatt.account.user import UserList
from bridge.growatt.families.min import MinEnergyV4
from bridge.growatt.families.noah import NoahStatus
from bridge.growatt.session import GrowattApiSession


def sync(api: GrowattApi) -> None:
    users: UserList = api.user.list(limit=50)
    plants: PlantList = api.plant.list_all()
    reply: MinEnergyV4 = api.min.energy_v4(["A", "B"])
    power: float | None = reply.data.devices[0].pac if reply.data and reply.data.devices else None
    history = api.min.energy_history("A", date(2025, 1, 1))
    rows: int | None = history.data.count if history.data else None
    kind: DeviceType | None = api.device.get_device_type("A")
    meters = api.datalogger.list_smart_meters("A").data
    count: int | None = meters.count if meters else None
    limit: float | None = api.inverter.power("A").data
    text: str | None = api.max.setting_read("A", "max_cmd_on_off").data
    bound: Noah[GrowattApiSession] = Noah(api.session, "A")
    code: int | None = bound.setting_write_time_period(1, time(1), time(2), WorkMode.LOAD_FIRST, 100, True).error_code
    error: int | None = api.sph.setting_write("pv_on_off", "0001", device_sn="A").error_code
    others = (api.storage.details("A"), api.spa.soc("A"), api.pcs.energy("A"), api.hps.alarms("A"))
    more = (api.pbd.details("A"), api.wit.energy_v4("A"), api.sphs.details_v4("A"), api.groboost.metrics("A"))
    sensors = (api.smart_meter.energy("A", 1), api.env_sensor.metrics("A", 1))
    print(users, plants, power, rows, kind, count, limit, text, code, error, others, more, sensors)


async def concurrent(api: AsyncGrowattApi) -> None:
    status: NoahStatus = await api.noah.status("A")
    load: float | None = status.data.total_household_load if status.data else None
    reply: MinEnergyV4 = await api.min.energy_v4("A")
    strings = (await api.max.energy("A")).data
    first: float | None = strings.current_string1 if strings else None
    async with asyncio.TaskGroup() as group:
        started = group.create_task(api.noah.status("A"))
    later: NoahStatus = await asyncio.create_task(api.noah.status("B"))
    print(started.result(), later)
    print(load, reply, first, await api.wit.power("A"), await api.plant.details(1), await api.user.list())
"""
MISTAKES = """
from bridge.growatt import AsyncGrowattApi, GrowattApi


def wrong(api: GrowattApi, later: AsyncGrowattApi) -> None:
    api.min.energy_v4(serial="A")
    api.noah.setting_write_soc_upper_limit("high", "A")
    api.plant.details(1).data.nothing
    later.min.energy_v4("A").data
    api.min.no_such_method()
    api.mim.energy_v4("A")


async def forgotten(api: AsyncGrowattApi) -> None:
    api.noah.setting_write_off_grid(False, "A")
"""


def test_mypy_knows_every_reply(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "mistakes.py").write_text(MISTAKES)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    files = [str(tmp_path / "program.py"), str(tmp_path / "mistakes.py")]
    run = subprocess.run([*command, *files], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "program.py" not in run.stdout
    complaints = {int(line.split(":")[1]) for line in run.stdout.splitlines() if "mistakes.py" in line}
    assert complaints == {6, 7, 8, 9, 10, 11, 15}
