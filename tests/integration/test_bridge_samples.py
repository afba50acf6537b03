"""Replies of Growatt's cloud, documented and recorded, through the whole bridge: what must come out on MQTT.

A cloud that replays them over HTTP, the bridge, and a real broker. Expected values are written down from the replies.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bridge.config import Config
from bridge.simulator import serve
from tests.house import Gears, House, sections
from tests.unit.test_samples import MIN_READING, NEXA_STATUS, NOAH_READING, NOW

SAMPLES = Path(__file__).parent.parent / "data" / "client" / "samples"
READ = ("noah", "min", "plant", "device", "user", "datalogger")
CHANGES = ("add", "delete", "modify", "register", "remove", "setting_clear", "setting_write")
DAY = 86_400.0
NOAH, MIN = "0HVR", "BZP0000000"  # the serials in the samples of readings


def stored(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def page(**rows: list[dict[str, Any]]) -> bytes:
    """A v1 list."""
    return json.dumps({"error_code": 0, "error_msg": "", "data": {"count": 0, **rows}}).encode()


def devices(*rows: dict[str, Any]) -> bytes:
    """The v4 list of all devices."""
    data = {"count": len(rows), "data": rows, "lastPager": True}
    return json.dumps({"code": 0, "message": "SUCCESSFUL_OPERATION", "data": data}).encode()


@dataclass
class Replay:
    """Answers by path alone; 404 for what it does not know, as for a wrong path."""

    answers: dict[str, bytes] = field(
        default_factory=lambda: {"new-api/queryDeviceList": devices(), "plant/list": page(plants=[])}
    )
    asked: list[str] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{version}/{path:path}", self._answer, methods=["GET", "POST"])])

    async def _answer(self, request: Request) -> Response:
        path = request.path_params["path"]
        self.asked.append(path)
        if path not in self.answers:
            return JSONResponse({}, 404)
        return Response(self.answers[path], media_type="application/json")


@pytest.fixture
async def replaying(broker: Any, tap: Any, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[House]]]:
    """Makes a house whose cloud replays: `await replaying({path: bytes})`."""
    async with AsyncExitStack() as stack:

        async def make(answers: dict[str, bytes]) -> House:
            base = tmp_path.name
            cloud = Replay()
            cloud.answers |= answers
            url = await stack.enter_async_context(serve(cloud))
            config = Config(**sections(base, broker, url), state_dir=tmp_path / "state")
            house = House(tap(broker, f"{base}/#"), base, Gears(1, start=NOW), cloud, config)
            await house.start()
            stack.push_async_callback(house.stop)
            return house

        yield make


def at(data: Any, path: str) -> Any:
    """A part of a response by its dotted path; None where it is not there."""
    for part in path.split(".") if path else ():
        if isinstance(data, list):
            data = data[int(part)] if int(part) < len(data) else None
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


ONE = {"device_sn": "ABC1234567"}
LOGGER = {"datalogger_sn": "CRAZT00001"}
PLANT = {"plant_id": 24765}
ON_15_JUNE = {**ONE, "date_": "2025-06-15"}

LIVE = {
    "serial_num": "DLP0DA7888",
    "utc_time": "2026-02-25T00:10:01+00:00",
    "pac": 4562.8,
    "ppv": 0,
    "pay_load_power": 365.9,
    "active_power": 0,
    "rever_active_power": 4450.1,
    "bat_power": -4816,
    "battery_status": 3,
    "soc": 100,
    "battery_list.0.discharge_power": 2511,
    "battery_list.1.discharge_power": 2305,
    "battery_list.1.ibat": -6.1,
    "battery_list.1.vbat": 375.8,
    "battery_list.2": None,
    "vac1": 234.64,
    "vac3": 234.17,
    "status": 6,
    "priority": 2,
}
RATED = {
    "device_sn": "SPA0B2300X",
    "datalogger_model": "ShineWiFi-X",
    "battery_model": "XXXX",
    "nominal_power": 6000,
    "battery_capacity": 6.5,
    "battery_nominal_power": 3000,
    "has_battery": True,
}
NOAH_ROW = {
    "time": "2025-08-16T08:31:54.234000+00:00",
    "time_str": "2025-08-16T16:31:54+08:00",
    "ppv": 0,
    "total_household_load": 270,
    "ct_self_power": 270,
    "total_battery_pack_soc": 10,
    "battery1_temp": 41,
    "battery1_temp_f": 105.8,
    "battery2_serial_num": None,
    "pv4_voltage": 16.73,
    "pv4_current": 0.23,
    "eac_today": 1.1,
    "eac_total": 2,
    "system_temp": 33.4,
    "max_cell_voltage": 3256,
}
MIN_ROW = {
    "calendar": "2025-03-26T07:36:55.711000+00:00",
    "time": "2025-03-26T15:36:55+08:00",
    "ppv": 21.6,
    "pac": 10.6,
    "vpv1": 28.8,
    "ipv1": 0.7,
    "vac1": 233.4,
    "fac": 50,
    "eac_today": 0.2,
    "eac_total": 76.8,
    "epv_total": 83.5,
    "temp1": 21.2,
    "warn_code": 220,
    "battery_no": -1,
}


def below(path: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{path}.{name}": value for name, value in values.items()}


PHONE = "noahDeviceApi/noah"
# Sample: method, arguments, path on which the cloud answers, what the response's data must be.
Case = tuple[str, dict[str, Any], str, dict[str, Any]]
REPLIES: dict[str, Case] = {
    "noah.battery_status": (
        "noah/battery_status",
        ONE,
        f"{PHONE}/getBatteryData",
        {
            "battery_package_quantity": 2,
            "battery1_serial_num": "0ABC00AB12CD0001",
            "battery1_soc": 9,
            "battery1_temp": 15,
            "battery1_temp_f": 59,
            "battery2_soc": 12,
            "battery2_temp": 11,
            "battery2_temp_f": 51.8,
            "battery3_soc": None,
            "batteries.1.temp": 11,
            "time": "2025-10-06T18:12:44+08:00",
        },
    ),
    "noah.battery_status.empty": (
        "noah/battery_status",
        ONE,
        f"{PHONE}/getBatteryData",
        {
            "battery_package_quantity": 0,
            "batteries": [],
            "battery1_serial_num": None,
            "battery1_soc": None,
            "battery1_temp": None,
            "time": "2025-10-06T18:12:44+08:00",
        },
    ),
    "noah.battery_status.fahrenheit": (
        "noah/battery_status",
        ONE,
        f"{PHONE}/getBatteryData",
        {
            "battery_package_quantity": 2,
            "battery1_soc": 47,
            "battery1_temp": 36,
            "battery1_temp_f": 96.8,
            "battery2_soc": 5,
            "battery2_temp": 0,
            "battery2_temp_f": 32,
        },
    ),
    "noah.details_v4": (
        "noah/details_v4",
        ONE,
        "new-api/queryDeviceInfo",
        below(
            "devices.0",
            {
                "device_sn": "0HVR",
                "last_update_time": "2025-08-16T08:29:44+00:00",
                "charging_soc_high_limit": 100,
                "charging_soc_low_limit": 10,
                "grid_to_device_power": 826,
                "time1_start": "00:00",
                "time1_end": "23:59",
                "time1_mode": 2,
                "time1_enable": True,
                "time9_enable": False,
                "time9_power": 200,
                "status": -1,
            },
        ),
    ),
    "noah.device_info": (
        "noah/device_info",
        ONE,
        "new-api/queryDeviceInfoParam",
        {**RATED, "device_type": "noah"},
    ),
    "noah.device_info.nexa": (
        "noah/device_info",
        ONE,
        "new-api/queryDeviceInfoParam",
        {"device_model": "NEXA 2000", "nominal_power": 800, "has_battery": False, "battery_model": None},
    ),
    "noah.energy_chart": (
        "noah/energy_chart",
        {**ONE, "date_": "2025-01-15"},
        f"{PHONE}/getDataChart",
        {
            "0": {"time": "2025-01-01", "epv": 0.2},
            "1": {"time": "2025-01-02", "epv": 0},
            "30": {"time": "2025-01-31", "epv": 0},
            "31": None,
        },
    ),
    "noah.energy_chart.month": (
        "noah/energy_chart",
        {**ON_15_JUNE, "period": "month"},
        f"{PHONE}/getDataChart",
        {
            "0": {"time": "2025-01-01", "epv": 3},
            "1": {"time": "2025-02-01", "epv": 12.4},
            "11": {"time": "2025-12-01", "epv": 0},
            "12": None,
        },
    ),
    "noah.energy_chart.year": (
        "noah/energy_chart",
        {**ON_15_JUNE, "period": "year"},
        f"{PHONE}/getDataChart",
        {"0": {"time": "2020-01-01", "epv": 0}, "5": {"time": "2025-01-01", "epv": 123.4}, "6": None},
    ),
    "noah.energy_v4": ("noah/energy_v4", ONE, "new-api/queryLastData", below("devices.0", NOAH_ROW)),
    "noah.energy_history_v4": (
        "noah/energy_history_v4",
        {**ONE, "date_": "2025-08-16"},
        "new-api/queryHistoricalData",
        {"have_next": False, "start": 0, "end_date": "2025-08-16", **below("datas.0", NOAH_ROW)},
    ),
    "noah.energy_history_multiple_v4": (
        "noah/energy_history_multiple_v4",
        {**ONE, "date_": "2025-08-16"},
        "new-api/queryDevicesHistoricalData",
        below("0HVR.0", NOAH_ROW),
    ),
    "noah.firmware_info": (
        "noah/firmware_info",
        ONE,
        f"{PHONE}/checkUpgradeNoah",
        {
            "current_version": "11.10.09.07.9000.4017",
            "latest_version": "11.10.09.07.9000.4017",
            "update_available": False,
            "status": 6,
        },
    ),
    "noah.power": ("noah/power", ONE, "new-api/readPower", {"": 40}),
    "noah.power_chart": (
        "noah/power_chart",
        ON_15_JUNE,
        f"{PHONE}/getNoahChartData",
        {
            "0": {"time": "2025-06-15T00:45:00+08:00", "ppv": 0, "pac": 0, "total_household_load": 0},
            "2.total_household_load": 557,
            "3.ppv": 257,
            "3.total_household_load": 873.5,
            "5": {"time": "2025-06-15T14:05:00+08:00", "ppv": 336, "pac": 0, "total_household_load": -14.5},
            "6.total_household_load": -48,
            "7.ppv": 333.5,
            "8.total_household_load": -77.5,
            "9.total_household_load": 4928,
            "11.time": "2025-06-15T23:55:00+08:00",
            "12": None,
        },
    ),
    "noah.power_realtime": ("noah/power_realtime", ONE, "new-api/queryDfcData", LIVE),
    "noah.settings": (
        "noah/settings",
        ONE,
        f"{PHONE}/getNoahInfoBySn",
        {
            "device_sn": "0ABC00AB12CD0001",
            "model": "NEXA 2000",
            "charging_soc_high_limit": 100,
            "charging_soc_low_limit": 10,
            "default_ac_couple_power": 100,
            "ac_couple": True,
            "smart_plan": True,
            "work_mode": 2,
            "formula_money": 0.4,
            "currency": "EUR",
            "temp_type": 0,
            "bat_sns": ["0ABC00AB12CD0001", "0ABC00AB12CD0002"],
            "safety_list.0": {"country_and_area": "German", "safety_correspond_num": 1},
            "plant_list.0": {"plant_id": 12345678, "plant_name": "My plant"},
            "time_segments.time_segment3": {
                "end_time": "23:59",
                "start_time": "00:00",
                "power": 0,
                "days": [0],
                "work_mode": 2,
            },
            "time_segments.time_segment1": None,
        },
    ),
    "noah.status": (
        "noah/status",
        ONE,
        f"{PHONE}/getSystemStatus",
        {
            "ppv": 123,
            "pac": 0,
            "total_battery_pack_soc": 50,
            "charge_power": 123,
            "discharge_power": 0,
            "total_battery_pack_charging_power": 123,
            "ct_self_power": 123,
            "total_household_load": 123,
            "eac_today": 0,
            "eac_total": 12.3,
            "money_total": 12.34,
            "currency": "€",
            "ct_flag": True,
            "associated_inv_sn": None,
            "status": 6,
        },
    ),
    "noah.wifi_strength": ("noah/wifi_strength", ONE, "new-api/getWiFiSignalByDevice", {"": -46}),
    "min.alarms": (
        "min/alarms",
        ONE,
        "device/tlx/alarm_data",
        {
            "count": 1,
            "device_sn": "TLMAX00B01",
            "alarms.0": {
                "alarm_code": 2,
                "alarm_message": "undown error",
                "start_time": "2018-12-17T14:05:54+08:00",
                "end_time": "2018-12-17T14:05:54+08:00",
                "status": 1,
            },
        },
    ),
    "min.details": (
        "min/details",
        ONE,
        "device/tlx/tlx_data_info",
        {
            "serial_num": "FDCJQ00003",
            "datalogger_sn": "VC51030322020001",
            "last_update_time": "2022-04-12T16:46:22+08:00",
            "pmax": 11400,
            "vnormal": 800,
            "model_text": "S25B00D00T00P0FU01M0072",
            "fw_version": "xx1.0",
            "bat_sys_energy": None,
            "power_max_time": None,
            "lost": False,
            "tlx_set_bean.pf": 0.89,
            "tlx_set_bean.frequency_high_limit": 50.1,
            "tlx_set_bean.forced_time_start1": "00:00",
            "tlx_set_bean.last_update_time": "2022-04-12T16:39:23+08:00",
        },
    ),
    "min.details_v4": (
        "min/details_v4",
        ONE,
        "new-api/queryDeviceInfo",
        below(
            "devices.0",
            {
                "serial_num": "BZP0000000",
                "datalogger_sn": "QMN000BZP0000000",
                "last_update_time": "2025-03-25T04:21:33+00:00",
                "pmax": 1000,
                "vnormal": 280,
                "model_text": "S07B00D00T00P0FU01M000A",
                "fw_version": "GJ1.0",
                "bdc1_sn": None,
                "lost": False,
            },
        ),
    ),
    "min.device_info": ("min/device_info", ONE, "new-api/queryDeviceInfoParam", {**RATED, "device_type": "min"}),
    "min.energy": (
        "min/energy",
        ONE,
        "device/tlx/tlx_last_data",
        {
            "time": "2022-04-09T14:52:39+08:00",
            "calendar": "2022-04-09T14:52:39+08:00",
            "ppv": 2558.7,
            "vpv1": 258.6,
            "ipv1": 5.8,
            "pac": 2503.8,
            "vac1": 239.5,
            "eac_today": 21.6,
            "eac_total": 1859.5,
            "temp1": 47.8,
        },
    ),
    "min.energy_history": (
        "min/energy_history",
        {**ONE, "start_date": "2025-02-21", "end_date": "2025-02-21"},
        "device/tlx/tlx_data",
        {
            "count": 125,
            "next_page_start_id": 21,
            "device_sn": "BZP0000000",
            **below(
                "datas.0",
                {
                    "time": "2025-02-21T16:04:37+08:00",
                    "calendar": "2025-02-21T16:04:37+08:00",
                    "pac": 163.8,
                    "ppv": 170.6,
                    "vpv1": 29.2,
                    "vac1": 235.1,
                    "fac": 50.03,
                    "pf": 0.997,
                    "eac_today": 1.8,
                    "eac_total": 43.5,
                    "warn_code": 220,
                },
            ),
        },
    ),
    "min.energy_v4": ("min/energy_v4", ONE, "new-api/queryLastData", below("devices.0", MIN_ROW)),
    "min.energy_history_v4": (
        "min/energy_history_v4",
        {**ONE, "date_": "2025-03-26"},
        "new-api/queryHistoricalData",
        {"have_next": False, "end_date": "2025-03-26", **below("datas.0", MIN_ROW)},
    ),
    "min.energy_history_multiple_v4": (
        "min/energy_history_multiple_v4",
        {"device_sn": ["BZP0000000"], "date_": "2025-03-26"},
        "new-api/queryDevicesHistoricalData",
        below("BZP0000000.0", MIN_ROW),
    ),
    "min.energy_multiple": (
        "min/energy_multiple",
        {"device_sn": ["HMG2A3807H"]},
        "device/tlx/tlxs_data",
        {
            "0.device_sn": "HMG2A3807H",
            "0.datalogger_sn": "XGD4A371YB",
            **below(
                "0.data",
                {
                    "time": "2021-01-07T19:29:10+08:00",
                    "pac": 1.2,
                    "ppv": 1.4,
                    "vpv1": 257,
                    "iac1": 0.3,
                    "fac": 50.01,
                    "eac_today": 41.9,
                    "eac_total": 668.4,
                    "temp1": 33.6,
                    "gfci": 68,
                    "battery_no": None,
                    "eex1_today": None,
                },
            ),
        },
    ),
    "min.power": ("min/power", ONE, "new-api/readPower", {"": 40}),
    "min.power_realtime": ("min/power_realtime", ONE, "new-api/queryDfcData", LIVE),
    "min.setting_read": (
        "min/setting_read",
        {**ONE, "parameter_id": "ac_charge"},
        "readMinParam",
        {"": "0"},
    ),
    "min.setting_read_vpp_param": (
        "min/setting_read_vpp_param",
        {**ONE, "parameter_id": "set_param_1"},
        "new-api/readVppParameter",
        {"": 0},
    ),
    "min.setting_read_vpp_param.time_periods": (
        "min/setting_read_vpp_param",
        {**ONE, "parameter_id": "set_param_34"},
        "new-api/readVppParameter",
        {
            "0": {"percentage": 95, "start_time": 0, "end_time": 300},
            "1": {"percentage": -60, "start_time": 301, "end_time": 720},
            "2": None,
        },
    ),
    "min.settings": (
        "min/settings",
        ONE,
        "device/tlx/tlx_set_info",
        {
            "serial_num": "FDCJQ00003",
            "sys_time": "2022-04-12T10:11:07+08:00",
            "last_update_time": "2022-04-12T10:11:09+08:00",
            "on_off": True,
            "ac_charge_enable": False,
            "active_rate": 100,
            "pf": 0.89,
            "voltage_high_limit": 252,
            "voltage_low_limit": 220,
            "frequency_high_limit": 50.1,
            "charge_power_command": 100,
            "w_discharge_soc_low_limit": 5,
            "w_charge_soc_low_limit": None,
            "on_grid_discharge_stop_soc": None,
            "forced_time_stop9": "00:00",
        },
    ),
    "min.soc": (
        "min/soc",
        ONE,
        "device/vpp/getSocData",
        {"soc": 65, "device_sn": "MIXECN6000", "datalogger_sn": "JPC5A11700"},
    ),
    "min.wifi_strength": ("min/wifi_strength", ONE, "new-api/getWiFiSignalByDevice", {"": -46}),
    "plant.details": (
        "plant/details",
        PLANT,
        "plant/details",
        {
            "name": "API interface test power station",
            "create_date": "2018-12-12",
            "peak_power": 20,
            "latitude": 22.6,
            "longitude": 113.9,
            "timezone": "GMT+8",
            "currency": "rmb",
            "user_id": 33,
            "inverters.0": {"inverter_man": "Growatt", "inverter_num": 1},
            "arrays.0.num_modules": 0,
            "maxs": [],
            "address1": None,
            "installed_ac_capacity": None,
            "plant_type": None,
            "status": None,
        },
    ),
    "plant.energy_history": (
        "plant/energy_history",
        {**PLANT, "start_date": "2018-12-12", "end_date": "2018-12-17"},
        "plant/energy",
        {
            "count": 6,
            "time_unit": "day",
            "energys.0": {"date": "2018-12-12", "energy": 0},
            "energys.1": {"date": "2018-12-13", "energy": 7.6},
            "energys.5.date": "2018-12-17",
        },
    ),
    "plant.energy_history.month": (
        "plant/energy_history",
        {**PLANT, "start_date": "2025-02-01", "end_date": "2025-03-31", "date_interval": "month"},
        "plant/energy",
        {
            "time_unit": "month",
            "energys": [{"date": "2025-02-01", "energy": 19.3}, {"date": "2025-03-01", "energy": 18.5}],
        },
    ),
    "plant.energy_history.year": (
        "plant/energy_history",
        {**PLANT, "start_date": "2024-01-01", "end_date": "2025-12-31", "date_interval": "year"},
        "plant/energy",
        {
            "time_unit": "year",
            "energys": [{"date": "2024-01-01", "energy": 9.1}, {"date": "2025-01-01", "energy": 56}],
        },
    ),
    "plant.energy_overview": (
        "plant/energy_overview",
        PLANT,
        "plant/data",
        {
            "last_update_time": "2018-12-13T11:06:34+08:00",
            "current_power": 0,
            "peak_power_actual": 20,
            "today_energy": 0,
            "monthly_energy": 15.7,
            "yearly_energy": 15.7,
            "total_energy": 15.7,
            "carbon_offset": 9.4,
            "efficiency": None,
        },
    ),
    "plant.list": (
        "plant/list",
        {},
        "plant/list",
        {
            "count": 1,
            "plants.0": {
                "name": "9",
                "plant_id": 1185,
                "user_id": 31,
                "create_date": "2016-09-15",
                "status": 1,
                "peak_power": 0,
                "total_energy": 0,
                "city": "0",
                "country": "China",
                "installer": "0",
                "locale": "en-US",
                "operator": "0",
            },
        },
    ),
    "plant.list_by_user": (
        "plant/list_by_user",
        {"username": "jane"},
        "plant/user_plant_list",
        {
            "count": 1,
            "plants.0.plant_id": 1185,
            "plants.0.create_date": "2016-09-15",
            "plants.0.current_power": None,
            "plants.0.total_energy": 0,
            "plants.0.longitude": None,
        },
    ),
    "plant.list_dataloggers": (
        "plant/list_dataloggers",
        PLANT,
        "device/datalogger/list",
        {
            "count": 1,
            "dataloggers.0": {
                "datalogger_sn": "CRAZT00001",
                "manufacturer": "Growatt",
                "model": "ShineWifiBox",
                "type": 0,
                "last_update_time": "2018-12-13T11:06:34+08:00",
                "lost": True,
            },
            "peak_power_actual.nominal_power": 20000,
            "peak_power_actual.create_date": "2018-12-12T00:00:00+08:00",
            "peak_power_actual.formula_money": 1.2,
            "peak_power_actual.plant_lat": 22.6,
            "peak_power_actual.alias": None,
        },
    ),
    "plant.list_devices": (
        "plant/list_devices",
        PLANT,
        "device/list",
        {
            "count": 3,
            "devices.0": {
                "device_sn": "ZT00100001",
                "datalogger_sn": "CRAZT00001",
                "device_id": 116,
                "manufacturer": "Growatt",
                "model": "A0B0D0T0PFU1M3S4",
                "type": 1,
                "last_update_time": "2018-12-13T11:03:52+08:00",
                "lost": True,
                "status": 0,
            },
            "devices.1.device_sn": "AMMETER",
            "devices.1.device_id": None,
            "devices.2.device_sn": "ENV_DEVICE",
            "devices.2.type": 3,
        },
    ),
    "plant.power": (
        "plant/power",
        {**PLANT, "date_": "2018-12-13"},
        "plant/power",
        {
            "count": 2,
            "powers": [
                {"time": "2018-12-13T10:45:00+08:00", "power": 7903.4},
                {"time": "2018-12-13T10:40:00+08:00", "power": 7689.7},
            ],
        },
    ),
    "device.create_date": (
        "device/create_date",
        {"device_sn": "BZP0000000"},
        "device/all/create_date",
        {
            "BZP0000000": {
                "device_sn": "BZP0000000",
                "datalogger_sn": "QMN000BZP0000000",
                "device_name": "MIN",
                "device_type": "CLOVE",
                "create_time": "2024-11-30T17:37:00+08:00",
                "last_update_time": "2025-02-24T23:03:00+08:00",
            }
        },
    ),
    "device.energy_day": (
        "device/energy_day",
        {**ONE, "date_": "2018-12-13"},
        "device/inverter/day_energy",
        {"": 168.9},
    ),
    "device.get_datalogger": ("device/get_datalogger", ONE, "device/sn_datalog", {"datalogger_sn": "AEA373906F"}),
    "device.get_plant": (
        "device/get_plant",
        ONE,
        "plant/sn_plant",
        below(
            "plant",
            {
                "plant_id": 24765,
                "create_date": "2018-12-12",
                "peak_power": 20,
                "total_energy": 15.7,
                "current_power": None,
                "latitude": 22.6,
                "longitude": 113.9,
                "status": 4,
                "locale": None,
            },
        ),
    ),
    "device.list": (
        "device/list",
        {},
        "new-api/queryDeviceList",
        {
            "count": 7,
            "pages": 1,
            "last_pager": True,
            "other": None,
            "data": [
                {"device_sn": "HPJ0BF20FU", "device_type": "max", "create_date": "2021-06-29T12:02:46+08:00"},
                {"device_sn": "AEC1733378", "device_type": "inv", "create_date": "2018-11-10T16:42:59+08:00"},
                {"device_sn": "PR34211399", "device_type": "inv", "create_date": "2017-01-18T14:09:53+08:00"},
            ],
        },
    ),
    "device.type_info": (
        "device/type_info",
        ONE,
        "device/check/sn",
        {"device_type": 22, "dtc": 5203, "model": "NEO 800M-X", "normal_power": 800, "have_meter": False, "obj": 1},
    ),
    "device.type_info.datalogger": (
        "device/type_info",
        ONE,
        "device/check/sn",
        {"device_type": 0, "model": "ShineWeFi", "msg": "datalog", "obj": 3, "normal_power": 0, "in_system": False},
    ),
    "device.type_info.nexa": (
        "device/type_info",
        ONE,
        "device/check/sn",
        {"device_type": 1000, "dtc": 5800, "model": "NEXA 2000", "normal_power": 800, "in_system": True},
    ),
    "device.type_info.noah": (
        "device/type_info",
        ONE,
        "device/check/sn",
        {"device_type": 1000, "model": "NOAH 2000 ", "normal_power": 800, "in_system": True, "result": 1},
    ),
    "user.list": (
        "user/list",
        {},
        "user/c_user_list",
        {
            "count": 2,
            "users": [
                {
                    "id": 1,
                    "name": "admin",
                    "registration_date": "2018-02-04T09:46:50+08:00",
                    "email": "admin@example.com",
                }
            ],
        },
    ),
    "user.check_username": (
        "user/check_username",
        {"username": "jane"},
        "user/check_user",
        {"username_available": True},
    ),
    "user.check_username.taken": (
        "user/check_username",
        {"username": "admin"},
        "user/check_user",
        {"username_available": False},
    ),
    "datalogger.list_smart_meters": (
        "datalogger/list_smart_meters",
        LOGGER,
        "device/ammeter/meter_list",
        {
            "count": 1,
            "meters": [
                {
                    "address": 1,
                    "datalogger_sn": "CRAZT00001",
                    "device_name": "AMMETER",
                    "device_type": "64",
                    "last_update_time": "2019-01-09T10:33:06+08:00",
                    "lost": False,
                }
            ],
        },
    ),
    "datalogger.list_env_sensors": (
        "datalogger/list_env_sensors",
        LOGGER,
        "device/env/env_list",
        {
            "count": 1,
            "envs": [
                {
                    "address": 2,
                    "datalogger_sn": "CRAZT00001",
                    "device_name": "ENV_DEVICE",
                    "device_type": "48",
                    "last_update_time": "2019-01-09T10:38:11+08:00",
                    "lost": False,
                }
            ],
        },
    ),
    "datalogger.validate": (
        "datalogger/validate",
        {**LOGGER, "validation_code": "ABCDE"},
        "device/datalogger/validate",
        {"": None},
    ),
}


def test_every_reply_of_a_reading_method_is_here() -> None:
    names = {file.stem for module in READ for file in SAMPLES.glob(f"{module}.*.json")}
    assert {name for name in names if not name.split(".")[1].startswith(CHANGES)} == set(REPLIES)


@pytest.mark.parametrize("module", READ)
async def test_requests_are_answered_with_the_values_of_the_reply(
    module: str, replaying: Callable[..., Awaitable[House]]
) -> None:
    house = await replaying({})
    await house.eventually(lambda: "plant/list" in house.cloud.asked)  # the look at the account is over
    await house.eventually(house.bridge_states)
    wrong: dict[str, Any] = {}
    for name in (name for name in REPLIES if name.startswith(f"{module}.")):
        method, arguments, path, expected = REPLIES[name]
        house.cloud.answers |= {"device/check/sn": stored("device.type_info.noah"), path: stored(name)}
        house.clock.jump(DAY)  # the call is within Growatt's limits again
        answer = await house.ask(method, **arguments)
        found = {part: at(answer.get("data"), part) for part in expected}
        if answer["status"] != "ok" or found != expected:
            wrong[name] = answer.get("error") or {k: found[k] for k in expected if found[k] != expected[k]}
    assert wrong == {}


NOAH_DETAILS = {
    "default_power": 100,
    "grid_charging": False,
    "off_grid": False,
    "time_period_1": {"start": "00:00", "end": "23:59", "mode": "smart", "power": 0, "enabled": True},
    "time_period_9_power": 200,
    "grid_to_device_power": (826, "W"),
}
NEXA_SETTINGS = {
    "charge_limit": 100,
    "discharge_limit": 10,
    "grid_charging": True,
    "smart_plan": True,
    "ammeter_model": "Shelly Pro 3EM",
    "firmware_version": "11.10.09.07.9000.4017",
    "update_available": False,
    "signal_strength": (-46, "dBm"),
    "temperature": (33.4, "°C"),
    "pv4_power": (3.848, "W"),
}
# The recorded status and reading are of two devices: their counters contradict each other.
NEXA_STATE = {name: value for name, value in NEXA_STATUS.items() if name != "energy_today"} | NEXA_SETTINGS
V4 = {"new-api/getWiFiSignalByDevice": "noah.wifi_strength"}
NOAH_CALLS = {**V4, "new-api/queryLastData": "noah.energy_v4", "new-api/queryDeviceInfo": "noah.details_v4"}
NEXA = "noahDeviceApi/nexa"


@pytest.mark.parametrize(
    ("serial", "kind", "model", "calls", "expected", "last_update"),
    [
        (NOAH, "noah", "NOAH 2000 ", NOAH_CALLS, NOAH_READING | NOAH_DETAILS, "2025-08-16T08:31:54.234000+00:00"),
        (
            NOAH,
            "noah",
            "NEXA 2000",
            {
                **NOAH_CALLS,
                f"{NEXA}/getSystemStatus": "noah.status",
                f"{NEXA}/getNexaInfoBySn": "noah.settings",
                f"{NEXA}/checkUpgradeNexa": "noah.firmware_info",
            },
            NEXA_STATE,
            "2025-08-16T08:31:54.234000+00:00",
        ),
        (
            MIN,
            "min",
            "",
            {
                **V4,
                "new-api/queryLastData": "min.energy_v4",
                "new-api/queryDeviceInfo": "min.details_v4",
                "device/tlx/tlx_set_info": "min.settings",
            },
            MIN_READING | {"signal_strength": (-46, "dBm"), "pmax": 1000, "model_text": "S07B00D00T00P0FU01M000A"},
            "2025-03-26T07:36:55.711000+00:00",
        ),
    ],
    ids=["NOAH", "NEXA", "MIN"],
)
async def test_readings_become_the_state_of_the_device(
    serial: str,
    kind: str,
    model: str,
    calls: dict[str, str],
    expected: dict[str, Any],
    last_update: str,
    replaying: Callable[..., Awaitable[House]],
) -> None:
    info = json.loads(stored("noah.device_info.nexa"))
    info["data"]["deviceModel"] = model
    house = await replaying(
        {
            "new-api/queryDeviceList": devices({"deviceSn": serial, "deviceType": kind}),
            "new-api/queryDeviceInfoParam": json.dumps(info).encode(),
            **{path: stored(name) for path, name in calls.items()},
        }
    )
    values = {name: value[0] if isinstance(value, tuple) else value for name, value in expected.items()}
    units = {name: value[1] for name, value in expected.items() if isinstance(value, tuple)}

    def told() -> dict[str, Any]:
        state = house.state(serial)
        return {name: state.get(name, "missing") for name in values}

    with suppress(pytest.fail.Exception):  # what differs says more
        await house.eventually(lambda: told() == values, 5)
    assert told() == values
    assert house.state(serial)["last_update"] == last_update
    rows = lambda: {row["serial"]: row for row in house.last(house.topic("bridge", "devices"))}  # noqa: E731
    await house.eventually(lambda: serial in rows())
    listed = rows()[serial]
    assert {name: listed["properties"][name]["unit"] for name in units} == units
