"""Recorded replies of Growatt's cloud through the real client and the catalogues: the values that must come out."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from bridge.devices import GENERIC, PLANT, Family
from bridge.devices.catalogue import Fact
from bridge.devices.min import MIN
from bridge.devices.noah import NEXA, NOAH
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.families.noah import NoahEnergyChartData
from bridge.mqtt import dump, encode
from bridge.service.state import DeviceState

SAMPLES = Path(__file__).parent.parent / "data" / "client" / "samples"
NOW = 1_755_333_200.0


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def rows(reply: Any, key: str = "ppv") -> Iterator[dict[str, Any]]:
    """Every record in a reply, wherever it is: the objects that have `key`."""
    if isinstance(reply, dict):
        if key in reply:
            yield reply
        else:
            yield from (row for part in reply.values() for row in rows(part, key))
    if isinstance(reply, list):
        yield from (row for part in reply for row in rows(part, key))


def listed(kind: str, *records: dict[str, Any]) -> dict[str, Any]:
    """Records as the reply of a v4 call about several devices."""
    return {"code": 0, "data": {kind: list(records)}, "message": "SUCCESSFUL_OPERATION"}


def cloud(reply: Any, model: str) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("device/check/sn"):
            return httpx.Response(200, json={"result": 1, "msg": "other", "obj": 4, "deviceType": 1000, "model": model})
        return httpx.Response(200, json=reply)

    return answer


async def replay(family: Family, serial: str, **replies: Any) -> DeviceState:
    """The state of a device after one reply from each of the named sources."""
    state = DeviceState(family)
    for name, reply in replies.items():
        source = family.source(name)
        transport = httpx.MockTransport(cloud(reply, f"{family.title} 2000"))
        async with AsyncGrowattApi("token", transport=transport) as api:
            records = source.records(await source.fetch(api, [serial]), [serial])
        assert list(records) == [serial]
        assert records[serial].problems == {}
        state.apply(source, records[serial], NOW)
    payload = state.payload(NOW)
    assert dump(payload) == encode(payload)  # what a device holds is in JSON's own types
    return state


def shown(state: DeviceState, names: dict[str, Any]) -> dict[str, Any]:
    """The values of the named properties, with units where the expectation has one."""
    units = {p.name: p.quantity.unit if p.quantity else None for p in state.family.properties}
    return {
        name: (state.values[name], units[name]) if isinstance(expected, tuple) else state.values[name]
        for name, expected in names.items()
    }


NOAH_READING: dict[str, Any] = {
    "pv_power": (0.0, "W"),
    "ac_power": (0.0, "W"),
    "battery_soc": (10.0, "%"),
    "battery_power": (0.0, "W"),
    "battery_charge_power": (0.0, "W"),
    "battery_discharge_power": (0.0, "W"),
    "grid_power": (270.0, "W"),
    "grid_import_power": (270.0, "W"),
    "grid_export_power": (0.0, "W"),
    "load_power": (270.0, "W"),
    "energy_today": (1.1, "kWh"),
    "energy_month": (2.0, "kWh"),
    "energy_year": (2.0, "kWh"),
    "energy_total": (2.0, "kWh"),
    "temperature": (33.4, "°C"),
    "status": "normal",
    "work_mode": "smart",
    "ct_flag": True,
    "on_off_grid": False,
    "total_battery_pack_charging_status": "idle",
    "pv1_voltage": (7.29, "V"),
    "pv1_current": (0.0, "A"),
    "pv1_power": (0.0, "W"),
    "pv3_current": (0.17, "A"),
    "pv3_power": (1.239, "W"),
    "pv4_voltage": (16.73, "V"),
    "pv4_power": (3.848, "W"),
    "pv4_temp": (33.7, "°C"),
    "battery_package_quantity": 1,
    "battery_soh": (100.0, "%"),
    "battery_cycles": 1,
    "max_cell_voltage": (3.256, "V"),
    "min_cell_voltage": (3.253, "V"),
    "on_grid_voltage": (1.1, "V"),
    "fault_status": "none",
    "charge_limit": 100,
    "discharge_limit": 10,
}


async def test_noah_pv_energy_is_that_of_all_years() -> None:
    state = await replay(NOAH, "0HVR", chart=sample("noah.energy_chart.year"))
    assert shown(state, {"pv_energy_total": ()}) == {"pv_energy_total": (123.4, "kWh")}
    assert NOAH.source("chart").records(SimpleNamespace(data=[NoahEnergyChartData(epv=0)]), ["0HVR"]) == {}


@pytest.mark.parametrize("name", ["noah.energy_v4", "noah.energy_history_v4", "noah.energy_history_multiple_v4"])
async def test_noah_reading(name: str) -> None:
    state = await replay(NOAH, "0HVR", reading=listed("noah", *rows(sample(name))))
    assert shown(state, NOAH_READING) == NOAH_READING
    assert state.payload(NOW)["last_update"] == "2025-08-16T08:31:54.234000+00:00"
    assert state.payload(NOW)["age"] == 86
    assert state.online(NOW)


async def test_nexa_reading_at_noon() -> None:
    """A NEXA that feeds in: `pac` is negative, and a load just below zero has wrapped at 16 bits."""
    record = next(rows(sample("noah.energy_v4"))) | {
        "ctSelfPower": -85.0,
        "totalHouseholdLoad": 65451.0,
        "pac": -161.4,
        "ppv": 246.0,
        "totalBatteryPackChargingPower": -12,
        "totalBatteryPackChargingStatus": 2,
        "workMode": 0,
        "status": 5,
    }
    expected = {
        "pv_power": (246.0, "W"),
        "ac_power": (161.4, "W"),
        "grid_power": (-85.0, "W"),
        "grid_import_power": (0.0, "W"),
        "grid_export_power": (85.0, "W"),
        "load_power": (-85.0, "W"),
        "battery_power": (-12.0, "W"),
        "battery_charge_power": (0.0, "W"),
        "battery_discharge_power": (12.0, "W"),
        "total_battery_pack_charging_status": "discharging",
        "work_mode": "load_first",
        "status": "heating",
    }
    assert shown(await replay(NEXA, "0HVR", reading=listed("noah", record)), expected) == expected


async def packs(**changes: Any) -> dict[str, dict[str, Any]]:
    """The battery packs of a device 0HVR, by serial number."""
    record = next(rows(sample("noah.energy_v4"))) | changes
    source = NOAH.source("reading")
    transport = httpx.MockTransport(cloud(listed("noah", record), "NOAH 2000"))
    async with AsyncGrowattApi("token", transport=transport) as api:
        reading = source.records(await source.fetch(api, ["0HVR"]), ["0HVR"])["0HVR"]
    (attached,) = NOAH.attached
    found = {}
    for serial, told in attached.records("0HVR", reading).items():
        state = DeviceState(attached.family)
        state.apply(attached.family.sources[0], told, NOW)
        assert state.payload(NOW)["last_update"] == "2025-08-16T08:31:54.234000+00:00"
        found[serial] = state.values
    return found


async def test_battery_packs_are_known_by_their_serial_number() -> None:
    """The first of the sample has the device's own."""
    first = {"battery_soc": 10.0, "temperature": 41.0, "protect_status": "none", "warn_status": "none"}
    assert await packs() == {"0HVR_1": first}
    protected = {"battery1ProtectStatus": 0b10000000011}
    second = {"battery2SerialNum": "0HYR", "battery2Soc": 0, "battery2Temp": 0, "batteryPackageQuantity": 2}
    two = await packs(**protected, **second)
    assert two["0HVR_1"]["protect_status"] == "voltage_low,voltage_high,voltage_sense_wire_broken"
    assert (two["0HYR"]["battery_soc"], two["0HYR"]["temperature"]) == (0.0, 0.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"battery1SerialNum": ""},
        {"battery1SerialNum": None, "battery2SerialNum": None},
        {"batteryPackageQuantity": 0},
        {"batteryPackageQuantity": 0, "battery2SerialNum": "GONE"},
    ],
)
async def test_there_are_no_phantom_packs(changes: dict[str, Any]) -> None:
    assert await packs(**changes) == {}


async def test_noah_delivers_with_a_positive_sign() -> None:
    record = next(rows(sample("noah.energy_v4"))) | {"pac": 161.4}
    assert (await replay(NOAH, "0HVR", reading=listed("noah", record))).values["ac_power"] == 161.4


async def test_noah_without_a_meter_has_no_grid_power() -> None:
    record = next(rows(sample("noah.energy_v4"))) | {"ctFlag": 0, "ctSelfPower": 0.0}
    expected = {
        "grid_power": (None, "W"),
        "grid_import_power": (None, "W"),
        "grid_export_power": (None, "W"),
        "ct_flag": False,
    }
    assert shown(await replay(NOAH, "0HVR", reading=listed("noah", record)), expected) == expected


async def test_impossible_loads_and_unknown_codes_are_not_shown_as_they_are() -> None:
    record = next(rows(sample("noah.energy_v4"))) | {"totalHouseholdLoad": 40000.0, "status": 9}
    state = await replay(NEXA, "0HVR", reading=listed("noah", record))
    assert state.values["load_power"] is None
    assert state.values["status"] == "unknown_9"


NEXA_STATUS: dict[str, Any] = {
    "pv_power": (123.0, "W"),
    "ac_power": (0.0, "W"),
    "battery_soc": (50.0, "%"),
    "battery_power": (123.0, "W"),
    "battery_charge_power": (123.0, "W"),
    "battery_discharge_power": (0.0, "W"),
    "grid_power": (123.0, "W"),
    "grid_import_power": (123.0, "W"),
    "load_power": (123.0, "W"),
    "energy_today": (0.0, "kWh"),
    "energy_total": (12.3, "kWh"),
    "status": "normal",
    "work_mode": "smart",
    "ct_flag": True,
    "alias": "NEXA",
    "money_total": (12.34, None),
    "currency": "€",
    "battery_package_quantity": 1,
    "groplug_power": (0.0, "W"),
}


async def test_a_nexa_status_alone() -> None:
    state = await replay(NEXA, "0HVR", status=sample("noah.status"))
    assert shown(state, NEXA_STATUS) == NEXA_STATUS


@pytest.mark.parametrize(("sent", "load"), [("65451", -85), ("40000", None), ("403", 403)])
async def test_the_load_of_a_status_may_have_wrapped_too(sent: str, load: float | None) -> None:
    status = sample("noah.status")
    status["obj"]["loadPower"] = sent
    assert (await replay(NEXA, "0HVR", status=status)).values["load_power"] == load


async def test_nexa_status_comes_before_the_reading() -> None:
    """But a counter that the reading has at 1.1 kWh does not fall to zero within its day."""
    state = await replay(NEXA, "0HVR", reading=sample("noah.energy_v4"), status=sample("noah.status"))
    expected = {**NEXA_STATUS, "energy_today": (1.1, "kWh")}
    assert shown(state, expected) == expected
    assert state.values["temperature"] == 33.4
    assert state.lost is False


async def test_two_positive_battery_powers_become_one_signed() -> None:
    reply = sample("noah.status")
    reply["obj"] |= {"chargePower": "0", "disChargePower": "310", "pac": "-305", "isHaveCt": "false", "status": "-1"}
    expected = {
        "battery_power": (-310.0, "W"),
        "battery_charge_power": (0.0, "W"),
        "battery_discharge_power": (310.0, "W"),
        "ac_power": (305.0, "W"),
        "grid_power": (None, "W"),
        "status": "offline",
    }
    state = await replay(NEXA, "0HVR", status=reply)
    assert shown(state, expected) == expected
    assert state.lost is True


async def test_noah_details_and_time_periods() -> None:
    state = await replay(NOAH, "0HVR", details=sample("noah.details_v4"))
    expected = {
        "default_power": 100,
        "charge_limit": 100,
        "discharge_limit": 10,
        "grid_charging": False,
        "off_grid": False,
        "time_period_1": {"start": "00:00", "end": "23:59", "mode": "smart", "power": 0, "enabled": True},
        "time_period_1_end": "23:59",
        "time_period_1_enabled": True,
        "time_period_9": {"start": "00:00", "end": "00:00", "mode": "load_first", "power": 200, "enabled": False},
        "time_period_9_mode": "load_first",
        "time_period_9_power": 200,
        "status": "offline",
        "lost": True,
        "temp_type": "celsius",
        "bms_version": "213007",
        "grid_to_device_power": (826.0, "W"),
        "default_ac_couple_power": (100.0, "W"),
        "last_update_time": "2025-08-16T08:29:44+00:00",
        "sys_time": "2025-08-16 08:33:39",
        "alias": None,
    }
    assert shown(state, expected) == expected


async def test_nexa_settings_firmware_power_and_signal() -> None:
    state = await replay(
        NEXA,
        "0HVR",
        settings=sample("noah.settings"),
        firmware=sample("noah.firmware_info"),
        power=sample("noah.power"),
        signal=sample("noah.wifi_strength"),
    )
    expected = {
        "charge_limit": 100,
        "discharge_limit": 10,
        "grid_charging": True,
        "off_grid": False,
        "default_power": 40,
        "work_mode": "smart",
        "ammeter_model": "Shelly Pro 3EM",
        "anti_backflow_enable": 1,
        "anti_backflow_power_percentage": (0.0, "%"),
        "smart_plan": True,
        "currency": "EUR",
        "model": "NEXA 2000",
        "firmware_version": "11.10.09.07.9000.4017",
        "latest_version": "11.10.09.07.9000.4017",
        "update_available": False,
        "signal_strength": (-46.0, "dBm"),
    }
    assert shown(state, expected) == expected


ABSENT = (
    "battery_soc",
    "battery_power",
    "battery_charge_power",
    "battery_charge_energy_total",
    "grid_power",
    "grid_import_power",
    "grid_export_energy_today",
    "load_power",
    "load_energy_total",
    "bdc1_temp1",
    "bms_soc",
    "battery_no",
    "pex1",
    "eex2_total",
)
MIN_READING: dict[str, Any] = {
    "pv_power": (21.6, "W"),
    "pv1_power": (21.6, "W"),
    "pv1_voltage": (28.8, "V"),
    "pv1_current": (0.7, "A"),
    "pv2_voltage": (10.1, "V"),
    "pv_energy_today": (0.3, "kWh"),
    "pv_energy_total": (83.5, "kWh"),
    "epv1_today": (0.3, "kWh"),
    "ac_power": (10.6, "W"),
    "pac1": (17.2, "W"),
    "grid_voltage": (233.4, "V"),
    "grid_voltage_l2": (0.0, "V"),
    "grid_frequency": (50.0, "Hz"),
    "iac1": (0.1, "A"),
    "energy_today": (0.2, "kWh"),
    "energy_total": (76.8, "kWh"),
    "temperature": (21.2, "°C"),
    "status": "normal",
    "fault_code": 0,
    "warning_code": 220,
    "iso": (2648.0, "kΩ"),
    "p_bus_voltage": (447.8, "V"),
    "real_op_percent": (1.0, "%"),
    "gfci": (0.0, "A"),
    "is_again": False,
}


@pytest.mark.parametrize("name", ["min.energy_v4", "min.energy_history_v4", "min.energy_history_multiple_v4"])
async def test_min_reading(name: str) -> None:
    state = await replay(MIN, "BZP0000000", reading=listed("min", *rows(sample(name))))
    assert shown(state, MIN_READING) == MIN_READING
    assert [state.values[absent] for absent in ABSENT] == [None] * len(ABSENT)
    assert state.payload(NOW)["last_update"] == "2025-03-26T07:36:55.711000+00:00"


@pytest.mark.parametrize(
    ("name", "serial", "last_update", "expected"),
    [
        (
            "min.energy",
            "BNE9A5100D",
            "2022-04-09T06:52:39+00:00",
            {"ac_power": 2503.8, "pv_power": 2558.7, "pv2_power": 1058.0, "pv1_voltage": 258.6, "pv1_current": 5.8}
            | {"grid_voltage": 239.5, "grid_frequency": 50.01, "energy_today": 21.6, "energy_total": 1859.5}
            | {"pv_energy_today": 21.4, "pv_energy_total": 1833.0, "temperature": 47.8, "gfci": 0.078, "dci_r": 0.012},
        ),
        (
            "min.energy_history",
            "BZP0000000",
            "2025-02-21T08:04:37+00:00",
            {"ac_power": 163.8, "pv_power": 170.6, "grid_voltage": 235.1, "grid_frequency": 50.03, "temperature": 33.0}
            | {"energy_today": 1.8, "energy_total": 43.5, "pv_energy_today": 1.9, "warning_code": 220},
        ),
        (
            "min.energy_multiple",
            "HMG2A3807H",
            "2021-01-07T11:29:10+00:00",
            {"ac_power": 1.2, "pv_power": 1.4, "grid_voltage": 231.0, "temperature": 33.6, "energy_today": 41.9}
            | {"energy_total": 668.4, "pv_energy_today": 43.0, "pv_energy_total": 686.4, "battery_soc": None},
        ),
    ],
)
async def test_min_readings_of_v1(name: str, serial: str, last_update: str, expected: dict[str, Any]) -> None:
    """The records of v1 calls have the same fields, with single precision noise and Java dates."""
    state = await replay(MIN, serial, reading=listed("min", *rows(sample(name))))
    assert shown(state, expected) == expected
    assert state.payload(NOW)["last_update"] == last_update


async def test_min_with_battery_and_meter() -> None:
    record = next(rows(sample("min.energy_v4"))) | {
        "batteryNo": 1,
        "bdc1Vbat": 402.5,
        "bdc1DischargePower": 640.5,
        "bmsSoc": 57.0,
        "bmsTemp1Bat": 24.0,
        "echargeTotal": 11.5,
        "edischargeToday": 1.2,
        "bMerterConnectFlag": 1,
        "pacToUserTotal": 120.0,
        "pacToGridTotal": 20.0,
        "pacToLocalLoad": 771.1,
        "etoUserTotal": 3.4,
        "etoGridToday": 0.5,
        "elocalLoadToday": 6.7,
        "status": 3,
    }
    expected = {
        "battery_soc": (57.0, "%"),
        "battery_power": (-640.5, "W"),
        "battery_charge_power": (0.0, "W"),
        "battery_discharge_power": (640.5, "W"),
        "battery_charge_energy_total": (11.5, "kWh"),
        "battery_discharge_energy_today": (1.2, "kWh"),
        "bms_temp1_bat": (24.0, "°C"),
        "bdc2_vbat": (None, "V"),
        "grid_power": (100.0, "W"),
        "grid_import_power": (120.0, "W"),
        "grid_export_power": (20.0, "W"),
        "load_power": (771.1, "W"),
        "grid_import_energy_total": (3.4, "kWh"),
        "grid_export_energy_today": (0.5, "kWh"),
        "load_energy_today": (6.7, "kWh"),
        "status": "fault",
    }
    assert shown(await replay(MIN, "BZP0000000", reading=listed("min", record)), expected) == expected


async def test_min_details() -> None:
    state = await replay(MIN, "BZP0000000", details=sample("min.details_v4"))
    expected = {
        "firmware_version": "GJ1.0",
        "inner_version": "GJAA04xx",
        "communication_version": "GJAA-0004",
        "model_text": "S07B00D00T00P0FU01M000A",
        "manufacturer": "PV Inverter",
        "device_type": 5,
        "pmax": 1000,
        "last_update_time": "2025-03-25T04:21:33+00:00",
        "restart_time": (65.0, "s"),
        "vnormal": (280.0, "V"),
        "priority_choose": "load",
        "lost": False,
        "energy_today": (None, "kWh"),
        "status": None,
    }
    assert shown(state, expected) == expected
    assert state.lost is False


async def test_min_settings_power_and_signal() -> None:
    state = await replay(MIN, "FDCJQ00003", settings=sample("min.settings"))
    assert (state.values["power_on"], state.values["active_power"]) == (True, 100)
    state = await replay(MIN, "FDCJQ00003", power=sample("min.power"), signal=sample("min.wifi_strength"))
    assert (state.values["active_power"], state.values["signal_strength"]) == (40, -46.0)


async def test_plant() -> None:
    reply = sample("plant.energy_overview")
    reply["data"]["current_power"] = 2.5
    expected = {
        "ac_power": (2500.0, "W"),
        "energy_today": (0.0, "kWh"),
        "energy_month": (15.7, "kWh"),
        "energy_year": (15.7, "kWh"),
        "energy_total": (15.7, "kWh"),
        "peak_power_actual": (20000.0, "W"),
        "carbon_offset": (9.4, None),
        "last_update_time": "2018-12-13T11:06:34+08:00",
        "timezone": "GMT+8",
        "efficiency": (None, None),
    }
    assert shown(await replay(PLANT, "plant_24765", overview=reply), expected) == expected


async def test_what_a_plants_details_and_the_list_tell_is_shown_and_dates_nothing() -> None:
    expected = {
        "peak_power": (20000.0, "W"),
        "city": "Shenzhen",
        "country": "China",
        "create_date": "2018-12-12",
        "currency": "rmb",
        "timezone": "GMT+8",
        "latitude": 22.6,
        "status_code": 1,
        "operator": "0",
    }
    state = await replay(PLANT, "plant_1185", details=sample("plant.details"))
    async with AsyncGrowattApi("token", transport=httpx.MockTransport(cloud(sample("plant.list"), ""))) as api:
        rows = (await api.plant.list()).data.plants
    row = next(row for row in rows if row.plant_id == 1185)
    state.apply(PLANT.source("listing"), row, NOW)
    assert shown(state, expected) == expected
    assert (state.last_update, state.online(NOW)) == (None, False)


async def test_plant_serial_becomes_its_id() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url.params} {request.content.decode()}")
        return httpx.Response(200, json=sample("plant.energy_overview"))

    async with AsyncGrowattApi("token", transport=httpx.MockTransport(answer)) as api:
        await PLANT.source("overview").fetch(api, ["plant_24765"])
    assert "plant_id=24765" in asked[0]


async def test_generic_device() -> None:
    source = GENERIC.source("listing")

    def answer(request: httpx.Request) -> httpx.Response:
        name = "plant.list_devices" if request.url.path.endswith("device/list") else "device.get_plant"
        return httpx.Response(200, json=sample(name))

    async with AsyncGrowattApi("token", transport=httpx.MockTransport(answer)) as api:
        reply = await source.fetch(api, ["ZT00100001"])
    state = DeviceState(GENERIC)
    record = source.records(reply, ["ZT00100001"])["ZT00100001"]
    state.apply(source, record, NOW)
    assert state.values == {
        "status": "disconnected",
        "type": "inverter_max_too",
        "lost": True,
        "device_id": 116,
        "manufacturer": "Growatt",
        "model": "A0B0D0T0PFU1M3S4",
        "last_update_time": "2018-12-13T11:03:52+08:00",
    }
    assert GENERIC.told_facts("listing", record)["datalogger"] == "CRAZT00001"
    assert state.values["lost"] is True


async def test_facts() -> None:
    def facts(family: Family, source: str, reply: Any, serial: str) -> dict[Fact, str]:
        return family.told_facts(source, family.source(source).records(reply, [serial])[serial])

    async with AsyncGrowattApi("token", transport=httpx.MockTransport(cloud(sample("min.details_v4"), "MIN"))) as api:
        reply = await MIN.source("details").fetch(api, ["BZP0000000"])
    assert facts(MIN, "details", reply, "BZP0000000") == {
        "model": "S07B00D00T00P0FU01M000A",
        "firmware": "GJ1.0",
        "datalogger": "QMN000BZP0000000",
        "alias": "BZP0000000",
    }
    async with AsyncGrowattApi(
        "token", transport=httpx.MockTransport(cloud(sample("noah.settings"), "NEXA 2000"))
    ) as api:
        reply = await NEXA.source("settings").fetch(api, ["0HVR"])
    assert facts(NEXA, "settings", reply, "0HVR")["model"] == "NEXA 2000"


async def test_only_asked_devices_are_taken_and_missing_ones_are_missing() -> None:
    reply = listed("min", *rows(sample("min.energy_v4")), {"ppv": 1.0})
    source = MIN.source("reading")
    async with AsyncGrowattApi("token", transport=httpx.MockTransport(cloud(reply, "MIN"))) as api:
        answer = await source.fetch(api, ["BZP0000000", "OTHER"])
    assert set(source.records(answer, ["BZP0000000", "OTHER"])) == {"BZP0000000"}
    assert source.records(answer, ["OTHER"]) == {}
