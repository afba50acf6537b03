"""Every setting of every family, written through the real client: the requests that must come out."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from bridge.devices import Family, families
from bridge.devices.inverter import INVERTER
from bridge.devices.max import MAX
from bridge.devices.min import MIN
from bridge.devices.noah import NEXA, NOAH
from bridge.devices.sources import RARELY
from bridge.devices.spa import SPA
from bridge.devices.sph import SPH
from bridge.devices.sphs import SPHS
from bridge.devices.storage import STORAGE
from bridge.devices.wit import WIT
from bridge.growatt import ArgumentError, AsyncGrowattApi, GrowattError

Write = tuple[Family, str, Any, str, dict[str, str]]
"""Family, setting, value from MQTT, path, and all parameters but the device."""

SLOT = {"start": "06:30", "end": "24:00", "mode": "battery_first", "power": 250, "enabled": True}


def plan(**heads: Any) -> dict[str, Any]:
    """A plan with one active period and two empty ones."""
    times = {"period1_start": "01:30", "period1_end": "05:00", "period2_start": "13:00", "period2_end": "24:00"}
    none = {"period3_start": "00:00", "period3_end": "00:00"}
    return {**heads, **times, **none, "period1_enabled": True, "period2_enabled": "off", "period3_enabled": 0}


PERIODS = ("1", "30", "5", "0", "1", "13", "0", "23", "59", "0", "0", "0", "0", "0", "0")


def numbered(name: str, *values: str) -> dict[str, str]:
    return {f"{name}{n}": value for n, value in enumerate(values, 1)}


def v1(family: Family, path: str, *writes: tuple[str, Any, str, tuple[str, ...]]) -> Iterator[Write]:
    """Setting, value, parameter id and slots."""
    for name, value, parameter, slots in writes:
        key, slot = ("paramId", "command_") if family is INVERTER else ("type", "param")
        yield family, name, value, f"/v1/{path}", {key: parameter, **numbered(slot, *slots)}


def v4(family: Family, *writes: tuple[str, Any, str, dict[str, str]]) -> Iterator[Write]:
    for name, value, path, sent in writes:
        yield family, name, value, f"/v4/new-api/{path}", {"deviceType": TYPES[family.name], **sent}


TYPES = {"noah": "noah", "nexa": "noah", "min": "min", "sph": "sph", "spa": "spa", "sphs": "sph-s", "wit": "wit"}
TYPES |= {"inverter": "inv", "max": "max", "storage": "storage"}

NOAH_WRITES = (
    ("charge_limit", 95, "setHighLimitSoc", {"value": "95"}),
    ("discharge_limit", 10, "setLowLimitSoc", {"value": "10"}),
    ("grid_charging", True, "setGridCharge", {"value": "1"}),
    ("off_grid", False, "setOffGrid", {"value": "0"}),
    *(
        (
            f"time_period_{n}",
            SLOT,
            "setTimeSegment",
            {"type": str(n), "startTime": "06:30", "endTime": "23:59", "mode": "1", "power": "250", "enable": "1"},
        )
        for n in range(1, 10)
    ),
    (
        "assigned_inverter",
        {"serial": "INV1", "model_id": "7", "brand": "Acme", "model": "A 800", "type": 2},
        "setDevice",
        {"value": '{"deviceId": "INV1", "deviceModel": "A 800", "brandsName": "Acme", "modelId": "7", "type": 2}'},
    ),
    ("power_on", False, "setOnOrOff", {"value": "0"}),
)
SWITCH_WRITES = (
    ("power_on", False, "setOnOrOff", {"value": "0"}),
    ("active_power", 60, "setPower", {"value": "60"}),
)
VPP_WRITES = (
    ("vpp_remote_control", True, 1, "1"),
    ("vpp_power_on", False, 2, "0"),
    ("vpp_clock", "2025-01-31T12:30", 3, "2025-01-31 12:30:00"),
    ("vpp_off_grid_box", True, 4, "1"),
    ("vpp_active_power", 80, 5, "80"),
    ("vpp_active_power_2", 70, 6, "70"),
    ("vpp_backup_output", True, 7, "1"),
    ("vpp_backup_frequency", "60_hz", 8, "1"),
    ("vpp_backup_voltage", "254_v", 9, "6"),
    ("vpp_reactive_power", 60, 10, "60"),
    ("vpp_reactive_mode", "leading", 11, "5"),
    ("vpp_power_factor", 0.95, 12, "500"),
    ("vpp_export_limiter", "single_machine", 13, "1"),
    ("vpp_export_limit", -20, 14, "-20"),
    ("vpp_power_without_meter", 10, 15, "10"),
    ("vpp_meter_timeout", 300, 16, "300"),
    ("vpp_ems_watch", True, 17, "1"),
    ("vpp_super_export_limiter", True, 18, "1"),
    ("vpp_export_ramp", 27, 19, "27"),
    ("vpp_phase_export_limiter", True, 20, "1"),
    ("vpp_export_protection", "hardware", 21, "3"),
    ("vpp_charge_limit", 90, 22, "90"),
    ("vpp_discharge_limit", 15, 23, "15"),
    ("vpp_discharge_limit_load_first", 20, 24, "20"),
    ("vpp_remote_power_control", True, 25, "1"),
    ("vpp_remote_duration", 90, 26, "90"),
    ("vpp_remote_power", -50, 27, "-50"),
    ("vpp_grid_charging", True, 28, "1"),
    ("vpp_discharge_limit_off_grid", 30, 29, "30"),
    ("vpp_lead_acid_charge_voltage", 10000, 30, "10000"),
    ("vpp_lead_acid_discharge_voltage", 7500, 31, "7500"),
    ("vpp_lead_acid_charge_current", 1500, 32, "1500"),
    ("vpp_lead_acid_discharge_current", 1400, 33, "1400"),
)
NIGHT = [{"start": "22:00", "end": "05:00", "power": 95}, {"start": "12:00", "end": "13:30", "power": -60}]
NIGHT_SENT = (
    '[{"percentage": 95, "startTime": 0, "endTime": 300}, {"percentage": -60, "startTime": 720, "endTime": 810}, '
    '{"percentage": 95, "startTime": 1320, "endTime": 1440}]'
)
COMMON = (
    ("device_clock", "2025-01-31 12:30", "pf_sys_year", ("2025-01-31 12:30:00",)),
    ("grid_voltage_high", 270.5, "pv_grid_voltage_high", ("270.5",)),
    ("power_factor", -0.95, "pv_power_factor", ("-0.95",)),
)
HYBRID = (
    *COMMON,
    ("keep_power_commands", True, "pv_pf_cmd_memory_state", ("1",)),
    ("grid_voltage_low", 180, "pv_grid_voltage_low", ("180",)),
    ("reactive_power", 30, "pv_reactive_p_rate", ("30",)),
)


def backup(prefix: str) -> tuple[tuple[str, Any, str, tuple[str, ...]], ...]:
    return (
        ("backup_output", "on", f"{prefix}_off_grid_enable", ("1",)),
        ("backup_frequency", "60_hz", f"{prefix}_ac_discharge_frequency", ("1",)),
        ("backup_voltage", "240_v", f"{prefix}_ac_discharge_voltage", ("2",)),
    )


MIN_V1 = (
    *COMMON,
    *backup("tlx"),
    ("grid_voltage_low", 180, "pv_grid_voltage_low", ("180",)),
    ("reactive_power", 30, "pv_reactive_p_rate", ("30",)),
    ("export_limit", {"mode": "ct", "power": 40}, "backflow_setting", ("2", "40", "0")),
    ("power_limit", {"power": 4000, "keep": True, "unit": "watt"}, "pv_active_p_rate", ("4000", "1", "1")),
    ("charge_power", 80, "charge_power", ("80",)),
    ("charge_limit", 95, "charge_stop_soc", ("95",)),
    ("discharge_power", 70, "discharge_power", ("70",)),
    ("discharge_limit", 12, "discharge_stop_soc", ("12",)),
    ("discharge_limit_on_grid", 30, "on_grid_discharge_stop_soc", ("30",)),
    ("grid_charging", True, "ac_charge", ("1",)),
    *(
        (
            f"time_segment_{n}",
            {"mode": "grid_first", "start": "17:05", "end": "24:00" if n == 9 else "21:30", "enabled": True},
            f"time_segment{n}",
            ("2", "17", "5", "23" if n == 9 else "21", "59" if n == 9 else "30", "1"),
        )
        for n in range(1, 10)
    ),
)
SPH_V1 = (
    *HYBRID,
    *backup("mix"),
    (
        "battery_first",
        plan(power=90, stop_soc=95, grid_charging=True),
        "mix_ac_charge_time_period",
        ("90", "95", "1", *PERIODS),
    ),
    ("grid_first", plan(power=80, stop_soc=20), "mix_ac_discharge_time_period", ("80", "20", *PERIODS)),
    ("export_limit", {"enabled": True, "power": 50}, "backflow_setting", ("1", "50")),
    ("load_first_stop_soc", 15, "mix_load_flast_value_multi", ("15",)),
    ("load_first_phases", "each_phase", "mix_load_first_control", ("1",)),
    ("phase_export_limit", True, "mix_single_export", ("1",)),
)
SPA_V1 = (
    *HYBRID,
    *backup("spa"),
    ("battery_first", plan(power=90, stop_soc=95), "spa_ac_charge_time_period", ("90", "95", *PERIODS)),
    ("grid_first", plan(power=80, stop_soc=20), "spa_ac_discharge_time_period", ("80", "20", *PERIODS)),
    ("load_first", plan(), "spa_load_flast", PERIODS),
)
INVERTER_V1 = (
    *COMMON,
    ("keep_power_commands", False, "pv_pf_cmd_memory_state", ("0",)),
    ("reactive_power", {"share": 20, "direction": "inductive"}, "pv_reactive_p_rate", ("20", "under")),
    ("grid_voltage_low", 187.5, "set_any_reg", ("19", "1875")),
    ("grid_frequency_low", 47.55, "set_any_reg", ("21", "4755")),
    ("grid_frequency_high", 50.15, "set_any_reg", ("22", "5015")),
    ("bus_address", 3, "set_any_reg", ("30", "3")),
)
MAX_V1 = (
    ("power_factor", 0.9, "pv_power_factor", ("0.9",)),
    ("power_limit", {"power": 80, "keep": False}, "pv_active_p_rate", ("80", "0")),
)
STORAGE_V1 = (
    ("system_mode", "free", "storage_cmd_mode", ("1",)),
    ("grid_charging", True, "storage_ac_charge_enable_disenable", ("1",)),
    ("grid_charge_period", {"start": "22:00", "end": "24:00"}, "storage_ac_charge_hour_start", ("22", "0", "24", "0")),
    ("grid_charge_stop_soc", 80, "storage_ac_charge_soc_limit", ("80",)),
    ("forced_discharge", True, "storage_cmd_forced_discharge_enable", ("0",)),
    (
        "forced_discharge_period",
        {"start": "17:30", "end": "20:00"},
        "storage_cmd_forced_discharge_time1",
        ("17", "30", "20", "0"),
    ),
    ("lithium_discharge_limit", 5, "storage_lithium_battery", ("5",)),
    ("pv_strings", {"open_circuit": 400, "mpp_share": 0.75}, "storage_fdt_open_voltage", ("400", "0.75")),
    ("device_clock", "2025-01-31 12:30:45", "storage_cmd_sys_year", ("2025-01-31 12:30",)),
)
NOW = {"duration": 90, "power": -40}


def _vpp() -> Iterator[Write]:
    for family in (MIN, SPH, SPA, WIT, SPHS, NOAH, NEXA):
        for name, value, number, sent in VPP_WRITES:
            yield from v4(family, (name, value, "setVppParameter", {"setType": f"set_param_{number}", "value": sent}))
    for family in (MIN, SPH, SPA):
        yield family, "vpp_now", NOW, "/v1/vppRemoteSetNew", {"time": "90", "percentage": "-40"}
        yield family, "vpp_schedule", NIGHT, "/v1/vppSetNew", {"timePeriods": NIGHT_SENT}
    for family in (WIT, SPHS, NOAH, NEXA):
        plan = {"setType": "set_param_34", "value": NIGHT_SENT.replace(": ", ":").replace(", ", ",")}
        yield from v4(family, ("vpp_schedule", NIGHT, "setVppParameter", plan))
    for family in (MIN, SPH, SPA, WIT):
        yield from v4(family, ("vpp_clear", "", "removeVppTimePeriod", {"setType": "set_param_34"}))


WRITES: list[Write] = [
    *v4(NOAH, ("default_power", 800, "setPower", {"value": "800"}), *NOAH_WRITES),
    *v4(NEXA, ("default_power", 1000, "setPower", {"value": "1000"}), *NOAH_WRITES),
    *(write for f in (MIN, SPH, SPA, SPHS, WIT, INVERTER, MAX, STORAGE) for write in v4(f, *SWITCH_WRITES)),
    *v1(MIN, "tlxSet", *MIN_V1),
    *v1(SPH, "mixSet", *SPH_V1),
    *v1(SPA, "spaSet", *SPA_V1),
    *v1(INVERTER, "inverterSet", *INVERTER_V1),
    *v1(MAX, "maxSet", *MAX_V1),
    *v1(STORAGE, "storageSet", *STORAGE_V1),
    *_vpp(),
]
SERIALS = {"deviceSn", "device_sn", "tlx_sn", "mix_sn", "spa_sn", "max_sn", "storage_sn", "vppSn"}


async def requests_of(family: Family, name: str, value: Any, *, register: str = "5000") -> list[httpx.Request]:
    """What writing a value from MQTT sends. `register`: what reading one answers."""
    requests: list[httpx.Request] = []

    def cloud(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        data = register if "/read" in request.url.path else None
        return httpx.Response(200, json={"code": 0, "error_code": 0, "data": data, "message": "", "error_msg": ""})

    setting = family.setting(name)
    assert setting is not None
    assert setting.write is not None
    async with AsyncGrowattApi("token", transport=httpx.MockTransport(cloud)) as api:
        api.session.remember_model("SN1", family.title)
        await setting.write(api, "SN1", setting.kind.parse(value))
    return requests


def sent(request: httpx.Request) -> dict[str, str]:
    """All that is not empty in query and form."""
    return {**dict(request.url.params), **dict(parse_qsl(request.content.decode()))}


@pytest.mark.parametrize("write", WRITES, ids=[f"{family.name}-{name}" for family, name, *_ in WRITES])
async def test_writes_on_the_wire(write: Write) -> None:
    family, name, value, path, expected = write
    *_, request = await requests_of(family, name, value)
    assert request.url.path == path
    told = sent(request)
    serials = SERIALS & told.keys()
    assert {told.pop(key) for key in serials} == {"SN1"}
    assert told == expected


def test_no_setting_is_forgotten() -> None:
    writable = {(f.name, s.name) for f in families() for s in f.settings if s.write is not None}
    assert writable == {(family.name, name) for family, name, *_ in WRITES}


async def test_registers_keep_the_scale_that_the_device_has() -> None:
    read, written = await requests_of(INVERTER, "grid_frequency_high", 50.1, register="502")
    assert (read.url.path, sent(read)["startAddr"]) == ("/v1/readInverterParam", "22")
    assert sent(written)["command_2"] == "501"


@pytest.mark.parametrize(
    ("name", "value", "shows"),
    [
        ("grid_frequency_low", 47.5, "None"),
        ("grid_frequency_low", 47.5, "0"),
        ("grid_frequency_high", 50.1, "65535"),
        ("grid_frequency_high", 50.1, "50"),
        ("grid_voltage_low", 187.5, "230"),
    ],
)
async def test_a_register_whose_scale_is_unknown_is_not_written(name: str, value: float, shows: str) -> None:
    with pytest.raises(GrowattError, match=r"register \d+ shows '?\w+'?, which does not tell its scale"):
        await requests_of(INVERTER, name, value, register=shows)


async def test_a_value_finer_than_its_register_is_not_rounded() -> None:
    with pytest.raises(ArgumentError, match=r"grid_frequency_high=50\.15 is not allowed: steps of 0\.1"):
        await requests_of(INVERTER, "grid_frequency_high", 50.15, register="502")


async def test_a_register_without_a_scale_may_hold_anything() -> None:
    *_, written = await requests_of(INVERTER, "bus_address", 3, register="0")
    assert sent(written)["command_2"] == "3"


def refusal(family: Family, name: str, value: Any, **present: Any) -> str | None:
    setting = family.setting(name)
    assert setting is not None
    assert setting.check is not None
    return setting.check(value, present)


def test_periods_run_forward_or_have_no_length() -> None:
    assert refusal(SPH, "grid_first", plan()) is None
    assert refusal(SPH, "grid_first", {**plan(), "period1_end": "01:30"}) is None
    assert refusal(SPH, "grid_first", {**plan(), "period1_end": "01:00", "period1_enabled": False}) is None
    told = "period 1: a period cannot cross midnight: use two, 01:30-24:00 and 00:00-01:00"
    assert refusal(SPH, "grid_first", {**plan(), "period1_end": "01:00"}) == told
    met = {**plan(), "period2_start": "04:00", "period2_enabled": True}
    assert refusal(SPH, "grid_first", met) == "the periods 01:30-05:00 and 04:00-24:00 overlap"
    assert refusal(SPH, "grid_first", {**met, "period1_enabled": False}) is None
    segment = {"mode": "grid_first", "start": "22:00", "end": "05:00", "enabled": True}
    told = "a period cannot cross midnight: use two, 22:00-24:00 and 00:00-05:00"
    assert refusal(MIN, "time_segment_1", segment) == told
    assert refusal(MIN, "time_segment_1", {**segment, "enabled": False}) is None
    told = "a period cannot cross midnight: start 22:00 is after end 05:00"
    assert refusal(STORAGE, "grid_charge_period", {"start": "22:00", "end": "05:00"}) == told
    assert refusal(STORAGE, "grid_charge_period", {"start": "22:00", "end": "24:00"}) is None


def test_limits_that_no_device_can_have_are_refused() -> None:
    assert refusal(MIN, "power_limit", {"power": 101, "keep": True, "unit": "percent"}) == "at most 100 %"
    assert refusal(MIN, "power_limit", {"power": 101, "keep": True, "unit": "watt"}) is None
    assert refusal(SPHS, "vpp_schedule", []) == "an empty plan cannot be sent to this device"


async def test_an_empty_plan_is_cleared() -> None:
    for family in (MIN, WIT):
        [request] = await requests_of(family, "vpp_schedule", [])
        assert (request.url.path, sent(request)["setType"]) == ("/v4/new-api/removeVppTimePeriod", "set_param_34")


@pytest.mark.parametrize(
    ("family", "name", "path", "asked", "answer", "value"),
    [
        (SPH, "power_on", "/v1/readMixParam", {"paramId": "pv_on_off"}, "0001", True),
        (SPH, "load_first_phases", "/v1/readMixParam", {"paramId": "mix_load_first_control"}, "1", "each_phase"),
        (SPA, "reactive_power", "/v1/readSpaParam", {"paramId": "pv_reactive_p_rate"}, "12", 12),
        (MAX, "power_factor", "/v1/readMaxParam", {"paramId": "pv_power_factor"}, "-0.95", -0.95),
        (SPH, "power_factor", "/v1/readMixParam", {"paramId": "pv_power_factor"}, "500", 0.95),
        (STORAGE, "forced_discharge", "/v1/readStorageParam", {"startAddr": "0"}, "0", True),
        (INVERTER, "grid_voltage_low", "/v1/readInverterParam", {"startAddr": "19", "endAddr": "19"}, "1875", 187.5),
        (INVERTER, "power_on", "/v1/readInverterParam", {"paramId": "pv_on_off"}, "257", True),
        (WIT, "vpp_power_factor", "/v4/new-api/readVppParameter", {"setType": "set_param_12"}, 500, 0.95),
        (MIN, "vpp_backup_voltage", "/v4/new-api/readVppParameter", {"setType": "set_param_9"}, 6, "254_v"),
        (SPH, "reactive_power", "/v1/readMixParam", {"paramId": "pv_reactive_p_rate"}, "not a number", None),
        (
            MIN,
            "vpp_schedule",
            "/v4/new-api/readVppParameter",
            {"setType": "set_param_34"},
            [
                {"percentage": -60, "startTime": 720, "endTime": 1440},
                {"percentage": 95, "startTime": 0, "endTime": 300},
            ],
            [{"start": "00:00", "end": "05:00", "power": 95}, {"start": "12:00", "end": "24:00", "power": -60}],
        ),
        (MIN, "vpp_schedule", "/v4/new-api/readVppParameter", {"setType": "set_param_34"}, 0, []),
    ],
)  # fmt: skip
async def test_single_values_are_read_back(
    family: Family, name: str, path: str, asked: dict[str, str], answer: Any, value: Any
) -> None:
    requests: list[httpx.Request] = []

    def cloud(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"code": 0, "error_code": 0, "data": answer, "message": "", "error_msg": ""})

    setting = family.setting(name)
    assert setting is not None
    assert setting.confirm is not None
    source = family.source(setting.confirm)
    assert source.every in (None, RARELY)
    async with AsyncGrowattApi("token", transport=httpx.MockTransport(cloud)) as api:
        record = source.records(await source.fetch(api, ["SN1"]), ["SN1"])["SN1"]
    assert setting.value(source.name, record) == value
    assert [r.url.path for r in requests] == [path]
    assert asked.items() <= sent(requests[0]).items()
