"""Recorded and documented replies of the families beside NOAH and MIN: the values that must come out at home."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from bridge.devices import DATALOGGER, Family, on_bus
from bridge.devices.commercial import HPS, PBD, PCS
from bridge.devices.groboost import GROBOOST
from bridge.devices.inverter import INVERTER
from bridge.devices.max import MAX
from bridge.devices.metering import ENV_SENSOR, SMART_METER
from bridge.devices.spa import SPA
from bridge.devices.sph import SPH
from bridge.devices.sphs import SPHS
from bridge.devices.storage import STORAGE
from bridge.devices.wit import WIT
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.account.plant import DataloggerListData
from bridge.service.state import DeviceState
from tests.unit.test_samples import NOW, listed, replay, rows, sample, shown

SPH_NOON: dict[str, Any] = {
    "pv_power": (245.4, "W"),
    "pv1_power": (113.7, "W"),
    "pv2_voltage": (328.9, "V"),
    "pv_energy_total": (6936.4, "kWh"),
    "ac_power": (780.9, "W"),
    "grid_voltage": (231.1, "V"),
    "grid_frequency": (50.03, "Hz"),
    "grid_power": (67.3, "W"),
    "grid_import_power": (67.3, "W"),
    "grid_export_power": (0.0, "W"),
    "grid_import_energy_today": (1.2, "kWh"),
    "grid_import_energy_total": (3077.6, "kWh"),
    "grid_export_energy_today": (19.2, "kWh"),
    "grid_export_energy_total": (1539.7, "kWh"),
    "load_power": (949.8, "W"),
    "load_energy_today": (18.9, "kWh"),
    "load_energy_total": (30892.6, "kWh"),
    "battery_soc": (84.0, "%"),
    "battery_voltage": (53.0, "V"),
    "battery_power": (-605.1, "W"),
    "battery_charge_power": (0.0, "W"),
    "battery_discharge_power": (605.1, "W"),
    "battery_charge_energy_today": (6.6, "kWh"),
    "battery_charge_energy_total": (2230.6, "kWh"),
    "battery_discharge_energy_today": (4.4, "kWh"),
    "battery_discharge_energy_total": (2280.8, "kWh"),
    "battery_temperature": (32.0, "°C"),
    "energy_today": (37.6, "kWh"),
    "energy_total": (6595.9, "kWh"),
    "temperature": (48.0, "°C"),
    "status": "normal",
    "fault_code": 0,
    "warning_code": 0,
}
SPA_NOON: dict[str, Any] = {
    "pv_power": (478.4, "W"),
    "pv_energy_today": (13.2, "kWh"),
    "ac_power": (430.4, "W"),
    "grid_power": (-21.5, "W"),
    "grid_export_power": (21.5, "W"),
    "grid_export_energy_total": (1493.6, "kWh"),
    "load_power": (913.1, "W"),
    "load_energy_today": (4.1, "kWh"),
    "battery_soc": (98.0, "%"),
    "battery_power": (-521.2, "W"),
    "battery_discharge_energy_today": (1.8, "kWh"),
    "battery_temperature": (36.0, "°C"),
    "status": "normal",
}
SPA_BYPASS: dict[str, Any] = {
    "ac_power": (0.3, "W"),
    "energy_total": (6.5, "kWh"),
    "grid_voltage": (227.3, "V"),
    "grid_frequency": (49.99, "Hz"),
    "battery_charge_energy_total": (7.6, "kWh"),
    "battery_discharge_energy_total": (6.8, "kWh"),
    "temperature": (28.3, "°C"),
    "priority_choose": "grid",
    "status": "bypass",
}
SPHS_NOON: dict[str, Any] = {
    "pv_power": (1920.0, "W"),
    "pv3_power": (1920.0, "W"),
    "pv3_voltage": (342.2, "V"),
    "pv3_current": (5.5, "A"),
    "pv_energy_today": (0.8, "kWh"),
    "pv_energy_total": (1132.5, "kWh"),
    "ac_power": (1871.0, "W"),
    "grid_voltage": (230.5, "V"),
    "grid_power": (138.0, "W"),
    "grid_import_power": (138.0, "W"),
    "grid_export_power": (0.0, "W"),
    "grid_import_energy_today": (0.2, "kWh"),
    "load_power": (1871.0, "W"),
    "load_energy_total": (2024.8, "kWh"),
    "battery_soc": (96.0, "%"),
    "battery_voltage": (53.1, "V"),
    "battery_power": (0.0, "W"),
    "battery_discharge_energy_total": (460.8, "kWh"),
    "battery_temperature": (31.7, "°C"),
    "temperature": (48.0, "°C"),
    "status": "bat_online",
}
WIT_NIGHT: dict[str, Any] = {
    "pv1_voltage": (88.7, "V"),
    "pv10_voltage": (2.5, "V"),
    "pv_energy_today": (4.8, "kWh"),
    "pv_energy_total": (85.1, "kWh"),
    "energy_today": (2.2, "kWh"),
    "energy_total": (6209.6, "kWh"),
    "grid_import_energy_total": (8813.6, "kWh"),
    "grid_export_energy_total": (None, "kWh"),
    "load_energy_today": (2.5, "kWh"),
    "battery_soc": (13.0, "%"),
    "battery_voltage": (48.0, "V"),
    "battery_charge_energy_today": (2.6, "kWh"),
    "battery_charge_energy_total": (8131.7, "kWh"),
    "battery_discharge_energy_total": (None, "kWh"),
    "temperature": (34.6, "°C"),
    "fault_code": 501,
    "warning_code": 400,
    "status": "normal",
    "b_soc": (None, "%"),
    "uw_cell_umax_value": None,
    "pf": 1.0,
}
INVERTER_FAULT: dict[str, Any] = {
    "pv1_voltage": (299.5, "V"),
    "pv2_voltage": (21.6, "V"),
    "pv_energy_today": (0.0, "kWh"),
    "pv_energy_total": (120.8, "kWh"),
    "ac_power": (0.0, "W"),
    "energy_today": (0.0, "kWh"),
    "energy_total": (115.7, "kWh"),
    "grid_voltage": (2.0, "V"),
    "grid_voltage_l2": (3.5, "V"),
    "temperature": (27.9, "°C"),
    "fault_code": 30,
    "warning_code": 0,
    "status": "fault",
    "e_rac_total": (308.0, "kvarh"),
    "time_total": 244.667,
}
MAX_FAULT: dict[str, Any] = {
    "pv1_voltage": (599.8, "V"),
    "pv2_voltage": (292.7, "V"),
    "pv_energy_total": (223.9, "kWh"),
    "energy_total": (225.9, "kWh"),
    "grid_voltage": (0.7, "V"),
    "grid_frequency": (46.0, "Hz"),
    "temperature": (55.1, "°C"),
    "gfci": (0.002, "A"),
    "fault_code": 302,
    "status": "fault",
    "pid_status_text": "Lost",
}
STORAGE_NIGHT: dict[str, Any] = {
    "pv_power": (0.0, "W"),
    "pv_energy_today": (6.0, "kWh"),
    "pv_energy_total": (5.4, "kWh"),
    "grid_export_energy_today": (5.4, "kWh"),
    "battery_soc": (100.0, "%"),
    "battery_voltage": (53.14, "V"),
    "battery_discharge_energy_today": (0.7, "kWh"),
    "load_power": (0.0, "W"),
    "temperature": (31.8, "°C"),
    "status": "discharging",
    "output_volt": 229.9,
    "charge_to_standby_reason_text": "Unknown",
}
PCS_DOCS: dict[str, Any] = {
    "pv_power": (108000.0, "W"),
    "battery_soc": (None, "%"),
    "pac_to_battery": (17.0, "W"),
    "battery_charge_energy_today": (26.0, "kWh"),
    "battery_discharge_energy_today": (24.0, "kWh"),
    "grid_voltage": (135.0, "V"),
    "grid_voltage_l3": (137.0, "V"),
    "grid_import_energy_today": (94.0, "kWh"),
    "grid_export_energy_today": (88.0, "kWh"),
    "load_energy_today": (82.0, "kWh"),
    "temperature": (30.0, "°C"),
    "status": "on_grid_state",
    "load_active_power": (49.0, None),
}
HPS_WAIT: dict[str, Any] = {
    "pv_energy_total": (21.8, "kWh"),
    "pv1_voltage": (1.7, "V"),
    "pv2_current": (0.8, "A"),
    "grid_frequency": (49.98, "Hz"),
    "battery_charge_energy_total": (12.0, "kWh"),
    "battery_discharge_energy_total": (0.3, "kWh"),
    "grid_import_energy_today": (1.9, "kWh"),
    "grid_export_energy_today": (5.0, "kWh"),
    "load_energy_total": (4.8, "kWh"),
    "temperature": (35.0, "°C"),
    "status": "wait_state",
}
PBD_DOCS: dict[str, Any] = {
    "pv_power": (189000.0, "W"),
    "pv5_power": (216.0, "W"),
    "pv_energy_today": (143.0, "kWh"),
    "battery_power": (98.0, "W"),
    "battery_charge_energy_today": (107.0, "kWh"),
    "battery_discharge_energy_total": (150.0, "kWh"),
    "temperature": (117.0, "°C"),
    "status": "offline",
}


@pytest.mark.parametrize(
    ("family", "serial", "reply", "last_update", "expected"),
    [
        (SPH, "NTCF946079", listed("sph", *rows(sample("sph.energy_multiple"))), "2021-01-08T10:10:31", SPH_NOON),
        (
            SPA,
            "BKE4A02004",
            listed("spa", *rows(sample("spa.energy_multiple"), "acChargePower")),
            "2021-01-11T07:43:42",
            SPA_NOON,
        ),
        (SPA, "MTN0H6800E", sample("spa.energy_v4"), "2024-05-23T03:37:53.718000", SPA_BYPASS),
        (SPHS, "EFP0N1J023", sample("sphs.energy_v4"), "2024-07-13T02:47:25.025000", SPHS_NOON),
        (WIT, "QWL0DC3002", sample("wit.energy_v4"), "2024-10-06T09:02:01.768000", WIT_NIGHT),
        (INVERTER, "NHB691514F", sample("inverter.energy_v4"), "2024-11-13T03:04:59.997000", INVERTER_FAULT),
        (MAX, "QXHLD7F0C9", sample("max.energy_v4"), "2024-04-26T06:44:45.020000", MAX_FAULT),
        (STORAGE, "KHMOCM5688", sample("storage.energy_v4"), "2024-06-17T08:29:46.554000", STORAGE_NIGHT),
        (PCS, "TND093000E", sample("pcs.energy"), "2020-06-11T09:06:09", PCS_DOCS),
        (HPS, "UHD0918003", sample("hps.energy"), "2020-07-27T05:40:04", HPS_WAIT),
        (PBD, "HPS0000001", sample("pbd.energy"), "2020-07-29T10:49:01", PBD_DOCS),
        (
            GROBOOST,
            "GVH0A47005",
            sample("groboost.metrics_multiple"),
            "2021-05-11T06:32:06",
            {"load_power": (0.0, "W"), "load_energy_total": (2.4, "kWh"), "temperature": (0.0, "°C"), "status": 0},
        ),
        (
            SMART_METER,
            "CRAZT00001_AMMETER_1",
            sample("smart_meter.energy"),
            "2019-01-09T07:00:34",
            {
                "grid_power": (5589.6, "W"),
                "grid_import_power": (5589.6, "W"),
                "grid_export_power": (0.0, "W"),
                "grid_import_energy_total": (48.9, "kWh"),
                "grid_export_energy_total": (0.0, "kWh"),
                "apparent_power": (6025.5, "VA"),
                "reactive_energy": (0.1, "kvarh"),
                "power_factor": 0.999,
            },
        ),
        (
            ENV_SENSOR,
            "CRAZT00001_ENV_DEVICE_2",
            sample("env_sensor.metrics"),
            "2019-01-09T05:37:33",
            {
                "temperature": (32.4, "°C"),
                "panel_temperature": (31.9, "°C"),
                "irradiance": (170.0, "W/m²"),
                "wind_speed": (0.1, "m/s"),
                "wind_direction": (1.0, "°"),
            },
        ),
    ],
)  # fmt: skip
async def test_readings(family: Family, serial: str, reply: Any, last_update: str, expected: dict[str, Any]) -> None:
    state = await replay(family, serial, reading=reply)
    assert shown(state, expected) == expected
    assert state.last_update == datetime.fromisoformat(f"{last_update}+00:00")


async def test_energy_of_pv_inputs_that_readings_do_not_tell_is_not_left_out() -> None:
    counted = {"epv1Today": 10.0, "epv2Today": 9.5, "epv1Total": 1000.0, "epv2Total": 990.0}
    for whole, expected in ((1990.1, 19.5), (2990.0, None)):
        record = next(rows(sample("inverter.energy_v4"))) | counted | {"epvTotal": whole}
        state = await replay(INVERTER, "NHB691514F", reading=listed("inv", record))
        assert (state.values["pv_energy_today"], state.values["pv_energy_total"]) == (expected, whole)


async def test_a_meter_that_fills_no_voltage_has_none() -> None:
    reply = sample("smart_meter.energy")
    state = await replay(SMART_METER, "CRAZT00001_AMMETER_1", reading=reply)
    assert (state.values["grid_voltage"], state.values["grid_frequency"]) == (None, None)
    reply["data"]["aVoltage"] = 229.8
    state = await replay(SMART_METER, "CRAZT00001_AMMETER_1", reading=reply)
    assert shown(state, {"grid_voltage": ()}) == {"grid_voltage": (229.8, "V")}


async def test_a_sensor_may_tell_fahrenheit_alone() -> None:
    reply = sample("env_sensor.metrics")
    reply["data"] |= {"internalTempC": None, "internalTempF": 86.0}
    state = await replay(ENV_SENSOR, "CRAZT00001_ENV_DEVICE_2", reading=reply)
    assert shown(state, {"internal_temp_c": ()}) == {"internal_temp_c": (30, "°C")}


async def test_hybrids_without_a_battery_have_no_battery_values() -> None:
    record = next(rows(sample("sph.energy_v4"))) | {"echarge1Total": 0.0, "edischarge1Total": 0.0}
    state = await replay(SPH, "AQM1234567", reading=listed("sph", record))
    battery = {name: value for name, value in state.values.items() if name.startswith(("battery_", "bms_"))}
    assert {name for name, value in battery.items() if value is not None} <= {"battery_type"}
    assert (state.values["status"], state.values["grid_export_power"]) == ("bypass", 50.0)


@pytest.mark.parametrize(
    ("powers", "expected"),
    [
        ({"pBat": 534.0, "pCharge": 0.0, "pDischarge": 0.0}, (-534.0, 0.0, 534.0)),
        ({"pBat": -300.0, "pCharge": 0.0, "pDischarge": 0.0}, (300.0, 300.0, 0.0)),
        ({"pBat": 0.0, "pCharge": 120.0, "pDischarge": 0.0}, (120.0, 120.0, 0.0)),
    ],
    ids=["discharging", "charging", "two positive powers"],
)
async def test_battery_power_of_storage_is_positive_when_charging(
    powers: dict[str, float], expected: tuple[float, ...]
) -> None:
    record = next(rows(sample("storage.energy_v4"))) | powers
    state = await replay(STORAGE, "KHMOCM5688", reading=listed("storage", record))
    names = ("battery_power", "battery_charge_power", "battery_discharge_power")
    assert tuple(state.values[name] for name in names) == expected


async def test_batteries_of_wit_are_one_battery() -> None:
    record = next(rows(sample("wit.energy_v4"))) | {
        "batPower": 1000.0,
        "batPower2": -250.0,
        "edischarge1Today": 4.0,
        "edischarge2Today": 0.5,
    }
    state = await replay(WIT, "QWL0DC3002", reading=listed("wit", record))
    assert state.values["battery_power"] == 750.0
    assert state.values["battery_discharge_energy_today"] == 4.5


async def test_a_battery_of_wit_may_hang_on_its_second_port() -> None:
    absent = ("soc", "vbat", "bmsSoc", "bmsBatteryVolt", "batPower", "echarge1Total", "edischarge1Total")
    told = {"soc2": 60, "vbat2": 700.0, "batPower2": 5000.0, "echarge2Total": 900.0}
    record = next(rows(sample("wit.energy_v4"))) | dict.fromkeys(absent, 0) | told
    state = await replay(WIT, "QWL0DC3002", reading=listed("wit", record))
    names = ("battery_soc", "battery_voltage", "battery_power", "battery_charge_energy_total")
    assert [state.values[name] for name in names] == [60, 700, 5000, 900]


@pytest.mark.parametrize(
    ("bms", "own", "expected"), [(32.0, 329.0, 32), (0.0, 329.0, 32.9), (0.0, 36.9, 36.9), (None, 120.0, 12)]
)
async def test_a_battery_temperature_may_come_in_tenths(bms: float | None, own: float, expected: float) -> None:
    record = next(rows(sample("sph.energy_v4"))) | {"bmsBatteryTemp": bms, "batteryTemperature": own, "soc": 50}
    state = await replay(SPH, "AQM1234567", reading=listed("sph", record))
    assert state.values["battery_temperature"] == expected


async def test_voltages_between_cells_of_hybrids_come_in_millivolts() -> None:
    record = next(rows(sample("sph.energy_v4"))) | {"bmsdeltaVolt": 38.0, "soc": 50}
    state = await replay(SPH, "AQM1234567", reading=listed("sph", record))
    assert shown(state, {"bms_delta_volt": ()}) == {"bms_delta_volt": (0.038, "V")}


async def test_storage_on_mains_imports_and_counts_its_load() -> None:
    told = {"pAcInPut": 899.0, "outPutPower": 883.0, "pacToUser": 0.0, "eopDischrToday": 7.2, "eopDischrTotal": 582.6}
    state = await replay(
        STORAGE, "KHMOCM5688", reading=listed("storage", next(rows(sample("storage.energy_v4"))) | told)
    )
    expected = {
        "grid_power": (899, "W"),
        "grid_import_power": (899, "W"),
        "load_power": (883, "W"),
        "load_energy_today": (7.2, "kWh"),
        "load_energy_total": (582.6, "kWh"),
    }
    assert shown(state, expected) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [((None, 0.0), None), ((None, 9.4), -9.4), ((5.0, None), 5), ((0.0, 0.0), 0), ((0.0, None), None)],
)
async def test_a_power_that_nobody_tells_is_unknown(told: tuple[float | None, ...], expected: float | None) -> None:
    powers = dict(zip(("pacToUserTotal", "pacToGridTotal"), told, strict=True), pacToUserR=0.0, pacToGridR=0.0)
    state = await replay(SPH, "AQM1234567", reading=listed("sph", next(rows(sample("sph.energy_v4"))) | powers))
    assert state.values["grid_power"] == expected


@pytest.mark.parametrize("missing", [None, "", "left out"])
@pytest.mark.parametrize(
    ("family", "kind", "fields", "names"),
    [
        (WIT, "wit", "soc vbat batPower", "battery_soc battery_voltage battery_power"),
        (STORAGE, "storage", "ppv pBat pAcInPut", "pv_power battery_power grid_power"),
        (SPH, "sph", "plocalLoadTotal", "load_power"),
    ],
)
async def test_unused_fields_make_no_0_of_a_value_that_is_missing(
    family: Family, kind: str, fields: str, names: str, missing: str | None
) -> None:
    record = next(rows(sample(f"{kind}.energy_v4"))) | dict.fromkeys(fields.split(), missing)
    if missing == "left out":
        record = {key: value for key, value in record.items() if key not in fields.split()}
    state = await replay(family, record["serialNum"], reading=listed(kind, record))
    assert {state.values[name] for name in names.split()} == {None}


async def test_what_sp_storage_does_not_measure_is_unknown_and_its_two_chargers_are_one_battery() -> None:
    record = sample("storage.energy")["data"] | {"pCharge": 600.0, "pCharge2": 550.0}
    state = await replay(STORAGE, "JZB674901B", reading=listed("storage", record))
    expected = {
        "grid_voltage": (226.5, "V"),
        "load_power": (None, "W"),
        "load_energy_total": (None, "kWh"),
        "battery_power": (1150, "W"),
        "battery_charge_energy_total": (4.9, "kWh"),
        "battery_discharge_energy_total": (3.4, "kWh"),
    }
    assert shown(state, expected) == expected


async def test_storage_with_one_charger_has_its_energies() -> None:
    told = {"eChargeToday": 3.2, "eChargeTotal": 100.0, "eBatChargeTotal": 0.0, "eBatChgToday": 0.0}
    record = {key: value for key, value in next(rows(sample("storage.energy_v4"))).items() if not key.endswith("2")}
    state = await replay(STORAGE, "KHMOCM5688", reading=listed("storage", record | told))
    names = ("battery_charge_energy_today", "battery_charge_energy_total")
    assert [state.values[name] for name in names] == [3.2, 100]


async def test_a_phase_is_not_the_grid_where_another_total_is_told() -> None:
    told = {"pacToUserTotal": 0.0, "pacToGridTotal": 500.0, "pacToUserR": 138.0, "pacToGridR": 0.0}
    state = await replay(SPH, "AQM1234567", reading=listed("sph", next(rows(sample("sph.energy_v4"))) | told))
    names = ("grid_power", "grid_import_power", "grid_export_power")
    assert [state.values[name] for name in names] == [-500, 0, 500]


async def test_a_temperature_below_zero_may_come_without_its_sign() -> None:
    reply = sample("pcs.energy")
    reply["data"]["temp1"] = 6523.6
    state = await replay(PCS, "TND093000E", reading=reply)
    assert state.values["temperature"] == -30


async def test_states_without_a_word_are_told_by_the_cloud_or_by_number() -> None:
    for told, expected in (("Bat Online", "bat_online"), ("wit.status.lost", "unknown_42"), (None, "unknown_42")):
        record = next(rows(sample("sph.energy_v4"))) | {"status": 42, "statusText": told}
        state = await replay(SPH, "AQM1234567", reading=listed("sph", record))
        assert state.values["status"] == expected


PLAN = {f"period{n}_{what}": "00:00" for n in (1, 2, 3) for what in ("start", "end")}
OFF = {f"period{n}_enabled": False for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("family", "serial", "name", "expected"),
    [
        (
            SPH,
            "OZD0849010",
            "sph.details_v4",
            {
                "battery_first": {
                    **PLAN,
                    **OFF,
                    "power": 100,
                    "stop_soc": 100,
                    "grid_charging": False,
                    "period1_enabled": True,
                },
                "battery_first_period1_enabled": True,
                "grid_first": {**PLAN, **OFF, "power": 100, "stop_soc": 5},
                "grid_first_stop_soc": 5,
                "export_limit": {"enabled": False, "power": 0},
                "active_power": 100,
                "backup_output": True,
                "backup_frequency": "50_hz",
                "backup_voltage": "230_v",
                "power_factor": 1,
                "firmware_version": "RA1.0",
                "voltage_high_limit": 263.0,
            },
        ),
        (
            SPA,
            "MYSTORAGE",
            "spa.details_v4",
            {
                "battery_first_period1_end": "23:59",
                "battery_first_period1_enabled": False,
                "grid_first_stop_soc": 10,
                "grid_first_period1_enabled": True,
                "load_first_period1_start": "00:40",
                "load_first_period3_end": "00:39",
                "power_factor": -1,
                "firmware_version": "RH1.0",
            },
        ),
        (WIT, "QWL0DC3002", "wit.details_v4", {"power_on": True, "active_power": 100, "firmware_version": "TO1.0"}),
        (SPHS, "EFP0N1J023", "sphs.details_v4", {"active_power": 100, "export_limit": 1, "pmax": 15000}),
        (INVERTER, "HPB3744071", "inverter.details_v4", {"firmware_version": "AH1.0", "nominal_power": 6000.0}),
        (MAX, "HPJ0BF20FU", "max.details_v4", {"firmware_version": "TJ1.0", "normal_power": 25000.0}),
        (
            STORAGE,
            "KHMOCM5688",
            "storage.details_v4",
            {"firmware_version": "141.00/142.00", "rate_watt": 12000.0, "float_charge_volt": 54.0},
        ),
        (PCS, "PCS000001", "pcs.details", {"firmware_version": "AB02", "normal_power": 500000.0}),
        (HPS, "HPS0000001", "hps.details", {"alias": "UHD0918003", "lost": True}),
        (PBD, "PBD0000001", "pbd.details", {"v_pv_max": 1000.0, "on_off": True}),
        (GROBOOST, "GRO2020102", "groboost.details", {"device_name": "GRO_BOOST", "irradiantion": 0.0}),
    ],
)
async def test_details(family: Family, serial: str, name: str, expected: dict[str, Any]) -> None:
    state = await replay(family, serial, details=sample(name))
    assert {key: state.values[key] for key in expected} == expected


async def test_dataloggers() -> None:
    source = DATALOGGER.source("listing")
    reply = DataloggerListData.model_validate(sample("plant.list_dataloggers")["data"])
    record = source.records(type("Reply", (), {"data": reply})(), ["CRAZT00001"])["CRAZT00001"]
    state = DeviceState(DATALOGGER)
    state.apply(source, record, NOW)
    assert state.values == {
        "lost": True,
        "last_update_time": "2018-12-13T11:06:34+08:00",
        "netmode": None,
        "manufacturer": "Growatt",
        "model": "ShineWifiBox",
        "type": 0,
    }
    assert DATALOGGER.told_facts("listing", record)["model"] == "ShineWifiBox"
    assert state.values["lost"] is True


async def test_what_hangs_on_a_datalogger_is_found_and_asked_by_its_address() -> None:
    asked: list[httpx.Request] = []

    def cloud(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        names = {
            "/v1/device/ammeter/meter_list": "datalogger.list_smart_meters",
            "/v1/device/env/env_list": "datalogger.list_env_sensors",
            "/v1/device/ammeter/meter_last_data": "smart_meter.energy",
            "/v1/device/env/env_last_data": "env_sensor.metrics",
        }
        return httpx.Response(200, json=sample(names[request.url.path]))

    async with AsyncGrowattApi("token", transport=httpx.MockTransport(cloud)) as api:
        meters = await on_bus(api, "CRAZT00001", "AMMETER")
        sensors = await on_bus(api, "CRAZT00001", "ENV_DEVICE")
        assert (list(meters), list(sensors)) == (["CRAZT00001_AMMETER_1"], ["CRAZT00001_ENV_DEVICE_2"])
        for family, serial in ((SMART_METER, "CRAZT00001_AMMETER_1"), (ENV_SENSOR, "CRAZT00001_ENV_DEVICE_2")):
            source = family.source("reading")
            assert list(source.records(await source.fetch(api, [serial]), [serial])) == [serial]
    assert [dict(request.url.params) for request in asked[2:]] == [
        {"datalog_sn": "CRAZT00001", "address": "1"},
        {"datalog_sn": "CRAZT00001", "address": "2"},
    ]
