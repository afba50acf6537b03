"""What the configuration lets through to the simulated devices, and what the audit log tells of it."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.house import HYBRID, MIN, NOAH, House

Houses = Callable[..., Awaitable[House]]
WRITES = ("new-api/set", "tlxSet")


def written(h: House) -> list[str]:
    """The writes that the cloud received."""
    return [request.path for request in h.cloud.requests if request.path.startswith(WRITES)]


def audited(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "state" / "audit.jsonl").read_text().splitlines()]


async def refusal(h: House, serial: str, **settings: Any) -> str:
    """Send one setting that shall be rejected; the reason."""
    number = await h.order(serial, **settings)
    result = await h.outcome(serial, number)
    assert h.outcomes(serial, number) == ["rejected"]
    return str(result["error"])


async def components(h: House, serial: str) -> dict[str, Any]:
    """What Home Assistant is told of a device, once its settings are known."""
    return dict((await h.eventually(lambda: h.last(h.config_topic(serial))))["components"])


@pytest.mark.parametrize("option", ["read_only", "enabled"])
async def test_nothing_is_written_and_settings_are_shown_alone(house: Houses, option: str) -> None:
    h = await house(commands={option: option != "enabled"})
    await h.ready(NOAH)
    assert f"commands.{option}" in await refusal(h, NOAH, charge_limit=80)
    assert f"commands.{option}" in await refusal(h, NOAH, time_period_1={"power": 100})
    assert f"commands.{option}" in await refusal(h, NOAH, nonsense=1)
    answer = await h.ask("noah/setting_write_soc_upper_limit", soc_limit=80, device_sn=NOAH)
    assert (answer["status"], f"commands.{option}" in answer["error"]) == ("error", True)
    assert written(h) == []
    shown = await components(h, NOAH)
    assert [name for name, c in shown.items() if "command_topic" in c] == ["refresh"]
    assert shown["charge_limit_value"]["platform"] == "sensor"
    assert "charge_limit" not in shown
    assert h.state(NOAH)["charge_limit"] == 100


async def test_lists_allow_and_deny(house: Houses, caplog: pytest.LogCaptureFixture) -> None:
    lists = {"allow": ["schedule", "time_period_1_power", "power_*"], "deny": ["power_limit"]}
    own = [{"serial": HYBRID, "allow": ["charge_*"], "deny": ["charge_power", "chrage_limit"]}]
    h = await house(speed=200, commands=lists, devices=own)
    await h.ready(NOAH, MIN, HYBRID)
    assert "commands.allow does not name it" in await refusal(h, NOAH, charge_limit=80)
    assert "time_period_1_end may not be written" in await refusal(h, NOAH, time_period_1={"power": 9, "end": "10:00"})
    assert "power_limit stands in commands.deny" in await refusal(h, MIN, power_limit=300)
    assert "charge_power stands in devices[" + HYBRID in await refusal(h, HYBRID, charge_power=50)
    assert f"devices[{HYBRID}].allow does not name it" in await refusal(h, HYBRID, power_on=False)
    answer = await h.ask("min/setting_write_on_off", power_on=False, device_sn=MIN)
    assert (answer["status"], "commands.allow" in answer["error"]) == ("error", True)
    assert written(h) == []

    day = [{"start": "06:00", "end": "09:00", "mode": "load_first", "power": 250}]
    assert await h.do(NOAH, schedule=day) == ["accepted", "verified"]
    assert await h.do(NOAH, time_period_1={"power": 300}) == ["accepted", "verified"]
    assert await h.do(MIN, power_on=False) == ["accepted", "verified"]
    assert await h.do(HYBRID, charge_limit=90) == ["accepted", "verified"]
    settings = dict(h.device(NOAH).settings)
    assert (settings["time1Start"], settings["time1End"], settings["time1Power"]) == ("6:0", "9:0", 300)
    assert {"charge_limit_value", "time_period_1_power", "time_period_1_end_value"} <= (
        await components(h, NOAH)
    ).keys()
    warned = [r.getMessage() for r in caplog.records if "fits no setting" in r.getMessage()]
    assert warned == [f"devices[{HYBRID}].deny: chrage_limit fits no setting of {HYBRID}; docs/devices.md lists them"]


async def test_a_dry_run_changes_nothing_and_tells_what_it_would(house: Houses) -> None:
    h = await house(commands={"dry_run": True, "allow_raw": True})
    await h.ready(NOAH, HYBRID)
    before = {sn: dict(h.device(sn).settings) for sn in (NOAH, HYBRID)}
    error = await refusal(h, NOAH, default_power="400")
    assert error == "dry run (commands.dry_run): would write default_power = 400"
    assert h.results(NOAH)[-1]["dry_run"] == {"default_power": 400}
    await refusal(h, NOAH, time_period_1={"start": "01:00", "end": "02:00"})
    slot = h.results(NOAH)[-1]["dry_run"]["time_period_1"]
    assert slot == {**h.state(NOAH)["time_period_1"], "start": "01:00", "end": "02:00"}
    day = [{"start": "06:00", "end": "09:00", "mode": "load_first", "power": 250}]
    assert "time_period_" in await refusal(h, NOAH, schedule=day)
    assert "out of range" in await refusal(h, NOAH, default_power=801)
    raw = {"parameter_id": "charge_power", "values": ["60"]}
    await refusal(h, HYBRID, parameter=raw)
    assert h.results(HYBRID)[-1]["dry_run"] == {"parameter": raw}
    answer = await h.ask("noah/setting_write_soc_upper_limit", soc_limit=80, device_sn=NOAH)
    assert (answer["status"], "commands.dry_run" in answer["error"]) == ("error", True)
    assert written(h) == []
    assert {sn: dict(h.device(sn).settings) for sn in (NOAH, HYBRID)} == before
    assert [state["target"] for state in h.all(h.topic(NOAH)) if state["target"]] == []
    assert "command_topic" in (await components(h, NOAH))["charge_limit"]


async def test_raw_parameters_are_read_back(house: Houses) -> None:
    h = await house(speed=200, commands={"allow_raw": True})
    await h.ready(NOAH, HYBRID)
    h.clock.shift(0.5)
    names = {
        "charge_power": (["60"], "verified"),
        "set_any_reg": (["3", "70"], "verified"),
        "time_segment2": (["1", "6", "30", "9", "0", "1"], "applied"),
        "discharge_power": (["101"], "rejected"),
        "not_a_parameter": (["1"], "failed"),
    }
    sent = {
        name: await h.order(HYBRID, parameter={"parameter_id": name, "values": v}) for name, (v, _) in names.items()
    }
    superseded = await h.order(HYBRID, parameter={"parameter_id": "charge_power", "values": ["61"]})
    h.clock.shift(200)
    for name, (_, outcome) in names.items():
        result = await h.outcome(HYBRID, sent[name])
        expected = "superseded" if name == "charge_power" else outcome
        assert (name, result["setting"], result["status"]) == (name, "parameter", expected)
    assert (await h.outcome(HYBRID, superseded))["status"] == "verified"
    settings = dict(h.device(HYBRID).settings)
    expected = {"chargePowerCommand": 61, "activeRate": 70, "forcedTimeStart2": "6:30", "time2Mode": 1}
    assert expected.items() <= settings.items()
    await h.publish(h.topic(HYBRID, "set", "parameter"), '{"parameter_id": "ac_charge", "values": [1]}')
    await h.eventually(
        lambda: h.results(HYBRID)[-1]["status"] == "verified" and h.device(HYBRID).settings["acChargeEnable"]
    )
    assert "unknown setting 'parameter'" in await refusal(h, NOAH, parameter={"parameter_id": "x", "values": ["1"]})
    assert "parameter" not in await components(h, HYBRID)
    assert "parameter" not in h.state(HYBRID)
    answer = await h.ask(
        "min/setting_write", parameter_id="set_any_reg", parameter_value_1=3, parameter_value_2=50, device_sn=HYBRID
    )
    assert answer["status"] == "ok"
    await h.eventually(lambda: h.device(HYBRID).settings["activeRate"] == 50)


async def test_raw_parameters_need_to_be_allowed(house: Houses) -> None:
    h = await house()
    await h.ready(HYBRID)
    raw = {"parameter_id": "charge_power", "values": ["60"]}
    assert "commands.allow_raw" in await refusal(h, HYBRID, parameter=raw)
    answer = await h.ask("min/setting_write", parameter_id="charge_power", parameter_value_1=60, device_sn=HYBRID)
    assert (answer["status"], "commands.allow_raw" in answer["error"]) == ("error", True)
    assert written(h) == []


async def test_the_audit_log_tells_every_result_and_every_write_by_request(house: Houses, tmp_path: Path) -> None:
    h = await house(speed=200)
    await h.ready(NOAH)
    assert await h.do(NOAH, charge_limit=85) == ["accepted", "verified"]
    assert await h.do(NOAH, charge_limit=5) == ["rejected"]
    await h.publish(h.topic(NOAH, "set"), "not json")
    await h.eventually(lambda: len(h.results(NOAH)) == 4)
    lines = audited(tmp_path)
    own = ("serial", "device", "topic")
    assert [{key: item for key, item in line.items() if key not in own} for line in lines] == [
        {**result, "at": line["at"]} for result, line in zip(h.results(NOAH), lines, strict=True)
    ]
    assert {tuple(line[key] for key in own) for line in lines} == {(NOAH, NOAH, h.topic(NOAH, "set"))}
    assert (tmp_path / "state" / "audit.jsonl").stat().st_mode & 0o777 == 0o600

    await h.publish(h.topic("nobody", "set", "charge_limit"), "85")
    await h.eventually(lambda: h.events("unknown_device"))
    await h.ask("noah/setting_write_grid_charging", grid_charging=True, device_sn=NOAH)
    h.cloud.faults.add("offline", sn=NOAH)
    await h.ask("noah/setting_write_soc_lower_limit", soc_limit=10, device_sn=NOAH)
    await h.ask("noah/setting_write_soc_lower_limit", soc_limit=101, device_sn=NOAH)
    await h.ask("noah/status", device_sn=NOAH)
    told = [(line["serial"], line["setting"], line["status"]) for line in audited(tmp_path)[len(lines) :]]
    charging, lower = "noah.setting_write_grid_charging", "noah.setting_write_soc_lower_limit"
    assert told == [
        (None, "charge_limit", "rejected"),
        (NOAH, charging, "accepted"),
        (NOAH, charging, "applied"),
        (NOAH, lower, "accepted"),
        (NOAH, lower, "failed"),
        (NOAH, lower, "accepted"),
        (NOAH, lower, "rejected"),
    ]
    assert audited(tmp_path)[-1]["value"] == {"soc_limit": 101, "device_sn": NOAH}
    assert (tmp_path / "state" / "audit.jsonl").read_text().count("token-0123") == 0


async def test_a_disk_that_takes_no_audit_log_costs_no_command(house: Houses, caplog: pytest.LogCaptureFixture) -> None:
    h = await house(speed=200, commands={"audit_log": "/dev/full"})
    await h.ready(NOAH)
    assert await h.do(NOAH, charge_limit=85) == ["accepted", "verified"]
    assert sum("audit log" in record.getMessage() for record in caplog.records) == 1
