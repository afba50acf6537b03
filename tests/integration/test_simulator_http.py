"""The simulated cloud over real HTTP: envelopes, codes, limits, faults, and that writes change what is read."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from bridge.clock import Clock
from bridge.simulator import SimulatedCloud, World, run, serve, serve_in_thread

NOON = 1781863200.0  # 2026-06-19 12:00 in Berlin
NOAH, NEXA, NEO, XH = "0PVPNOAH12345678", "0HVRNEXA12345678", "BZP1000001", "TLX2000001"
Json = dict[str, Any]


class HandClock(Clock):
    def __init__(self) -> None:
        self.now_is = NOON

    def time(self) -> float:
        return self.now_is


class Caller:
    """Speaks with the cloud as a client would."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def v4(self, path: str, sn: str = "", kind: str = "", **params: Any) -> Json:
        body = {"deviceSn": sn, "deviceType": kind or ("noah" if sn in {NOAH, NEXA} else "min"), **params}
        return dict(self.http.post(f"/v4/new-api/{path}", data=body).json())

    def app(self, path: str, sn: str = NOAH, **params: Any) -> Json:
        return dict(self.http.post(f"/v4/noahDeviceApi/{path}", data={"deviceSn": sn, **params}).json())

    def get(self, path: str, **params: Any) -> Json:
        return dict(self.http.get(f"/v1/{path}", params=params).json())

    def post(self, path: str, **params: Any) -> Json:
        return dict(self.http.post(f"/v1/{path}", data=params).json())

    def details(self, sn: str) -> Json:
        return dict(self.v4("queryDeviceInfo", sn)["data"]["noah"][0])

    def settings(self, sn: str = XH) -> Json:
        return dict(self.get("device/tlx/tlx_set_info", device_sn=sn)["data"])

    def write(self, kind: str, *slots: Any, sn: str = XH) -> int:
        params = {f"param{n}": "" for n in range(1, 20)} | {f"param{n}": slot for n, slot in enumerate(slots, 1)}
        return int(self.post("tlxSet", tlx_sn=sn, type=kind, **params)["error_code"])


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def cloud(clock: HandClock) -> SimulatedCloud:
    world = World.demo(clock)
    world.add_min("FOREIGN001", plant=world.add_plant("Next door", token="other"))
    return SimulatedCloud(world, limits="off", write_latency=(0, 0))


@pytest.fixture
def http(cloud: SimulatedCloud) -> Iterator[httpx.Client]:
    with serve_in_thread(cloud) as url, httpx.Client(base_url=url, headers={"token": "demo"}) as client:
        yield client


@pytest.fixture
def api(http: httpx.Client) -> Caller:
    return Caller(http)


def test_a_wrong_token_is_refused_in_each_familys_own_words(http: httpx.Client, cloud: SimulatedCloud) -> None:
    http.headers["token"] = "wrong"
    api = Caller(http)
    assert api.get("plant/list") == {"error_code": 10011, "error_msg": "error_permission_denied"}
    assert api.v4("queryLastData", NOAH) == {"code": 2, "message": "TOKEN_IS_INVALID"}
    assert api.app("noah/getSystemStatus") == {"msg": "", "result": 0, "obj": None}
    cloud.login_page = True
    answer = http.get("/v1/plant/list")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "wrong" not in str(list(cloud.requests))


def test_devices_that_do_not_fit_get_the_documented_codes(api: Caller, cloud: SimulatedCloud) -> None:
    assert api.v4("queryLastData", "NOBODY")["code"] == 4
    assert api.v4("queryLastData", "FOREIGN001")["code"] == 12
    assert api.v4("queryLastData", NOAH, "min")["code"] == 7
    assert api.v4("queryLastData", "")["code"] == 8
    assert api.v4("queryHistoricalData", NOAH)["code"] == 9
    assert api.v4("queryLastData", ",".join(f"N{n}" for n in range(101)))["code"] == 11
    assert api.v4("queryDevicesHistoricalData", ",".join(f"N{n}" for n in range(51)), date="2026-06-18")["code"] == 11
    assert (
        api.v4("setOnOrOff", NOAH, value=1)["code"]
        == api.v4("readVppParameter", NEXA, setType="set_param_1")["code"]
        == 7
    )
    assert api.post("device/tlx/tlx_last_data", tlx_sn="NOBODY")["error_code"] == 10002
    assert api.post("device/tlx/tlx_last_data", tlx_sn="FOREIGN001")["error_code"] == 10011
    assert api.write("tlx_on_off", "0001", sn="NOBODY") == 10012
    assert api.app("noah/getSystemStatus", NEXA)["result"] == api.app("nexa/getSystemStatus", NOAH)["result"] == 0
    cloud.world.device(XH).offline = cloud.world.device(NOAH).offline = True
    assert api.v4("setPower", NOAH, value=100)["code"] == 5
    assert api.write("tlx_on_off", "0001") == 10003
    assert api.details(NOAH)["lost"] is True
    assert api.details(NOAH)["status"] == -1


def test_requests_out_of_bounds(api: Caller, http: httpx.Client) -> None:
    assert api.get("plant/list", perpage=101)["error_code"] == 10013
    assert api.get("plant/list", page=251)["error_code"] == 10014
    week = {"tlx_sn": XH, "start_date": "2026-06-10"}
    assert api.post("device/tlx/tlx_data", **week, end_date="2026-06-17")["error_code"] == 10004
    assert api.post("device/tlx/tlx_data", **week, end_date="2026-06-16")["data"]["count"] == 7 * 288
    assert api.v4("setPower", NOAH, value=801)["code"] == api.v4("setPower", XH, value=101)["code"] == 6
    assert api.write("pv_active_p_rate", 101) == api.write("pv_power_factor", 0.5) == 10008
    assert api.write("charge_power", "") == 10007
    assert api.write("pf_sys_year", "tomorrow") == 10009
    assert api.write("time_segment1", 0, 9, 0, 8, 0, 1) == 10013
    assert api.write("no_such_parameter", 1) == 10006
    assert http.get("/v1/device/tlx/tlx_last_data").status_code == 405
    assert http.get("/v1/new-api/queryDeviceList").status_code == http.get("/v1/no/such").status_code == 404


def test_limits_per_endpoint(clock: HandClock) -> None:
    cloud = SimulatedCloud(World.demo(clock))
    with serve_in_thread(cloud) as url, httpx.Client(base_url=url, headers={"token": "demo"}) as http:
        api = Caller(http)
        assert api.v4("queryLastData", NOAH)["code"] == api.v4("queryLastData", XH)["code"] == 0
        assert api.v4("queryLastData", NEXA) == {"code": 102, "data": None, "message": "FREQUENTLY_ACCESS"}
        clock.now_is += 60
        assert (api.v4("queryLastData", NEXA)["code"], api.v4("queryLastData", XH)["code"]) == (0, 102)
        assert api.get("plant/list")["error_code"] == 0
        assert api.get("plant/list") == {"error_code": 10012, "error_msg": "error_frequently_access"}
        codes = []
        for _ in range(10):
            clock.now_is += 300
            codes.append(api.get("plant/list")["error_code"])
        assert codes == [0] * 9 + [10012]
        assert [api.app("noah/getSystemStatus")["result"] for _ in range(3)] == [1, 1, 1]
        now = {"vppSn": XH, "time": 10, "percentage": 5}
        assert [api.post("vppRemoteSetNew", **now)["error_code"] for _ in range(2)] == [0, 10001]


def test_limits_per_request(clock: HandClock) -> None:
    cloud = SimulatedCloud(World.demo(clock), limits="request")
    with serve_in_thread(cloud) as url, httpx.Client(base_url=url, headers={"token": "demo"}) as http:
        api = Caller(http)
        assert [api.v4("queryLastData", sn)["code"] for sn in (NOAH, NEXA, NOAH)] == [0, 0, 102]


def test_v4_reads_query_and_form_and_keeps_types(api: Caller, http: httpx.Client, clock: HandClock) -> None:
    query = http.post("/v4/new-api/queryLastData", params={"deviceSn": f"{NOAH},{NEXA}", "deviceType": "noah"}).json()
    assert query["code"] == 0
    row = query["data"]["noah"][0]
    assert len(row) == 78
    assert row["deviceSn"] == NOAH
    assert (row["battery2Soc"], row["battery3SerialNum"], row["battery3Soc"], row["battery3Temp"]) == (55, None, 0, 0.0)
    assert 0 <= clock.time() * 1000 - row["time"] < 300_000
    assert row["timeStr"] == "2026-06-19 17:56:54"
    assert row["time"] == 1781863014000
    assert row["totalBatteryPackChargingPower"] > 0
    batch = api.v4("queryLastData", f"{XH},NOBODY,{NEO}", "min")["data"]["min"]
    assert [each["serialNum"] for each in batch] == [XH, NEO]
    assert isinstance(batch[0]["calendar"], int)
    many = api.post("device/tlx/tlxs_data", tlxs=f"{XH},{NEO}", pageNum=1)
    assert many["data"][NEO]["dataloggerSn"] == "DLG1000001"
    assert many["data"][NEO][NEO]["calendar"]["time"]["year"] == 126
    assert many["tlxs"] == [XH, NEO]
    assert api.v4("getWiFiSignalByDevice", XH)["data"] == "success"
    assert api.get("device/check/sn", dataloggerSn=NOAH)["model"] == "NOAH 2000 "
    assert api.post("device/vpp/getSocData", vppSn=XH)["sn"] == XH
    history = api.v4("queryDevicesHistoricalData", XH, date="2026-06-18")["data"]
    assert len(history[XH]) == 288


def test_app_answers_texts_and_the_day_before(api: Caller, cloud: SimulatedCloud) -> None:
    status = api.app("noah/getSystemStatus")["obj"]
    assert all(isinstance(value, str) for value in status.values())
    assert (float(status["chargePower"]) > 0, status["disChargePower"]) == (True, "0")
    assert float(api.app("nexa/getSystemStatus", NEXA)["obj"]["pac"]) < 0 < float(status["pac"])
    yesterday = api.app("noah/getNoahChartData", date="2026-06-19")["obj"]
    assert len(yesterday) == 288
    assert list(yesterday) != sorted(yesterday)
    row = next(
        each
        for each in cloud.world.device(NOAH).history(cloud.world.device(NOAH).plant.day("2026-06-18"))
        if each.t >= NOON - 86400
    )
    assert float(yesterday["12:00"]["ppv"]) == pytest.approx(row.flow.pv, abs=0.1)
    today = api.app("noah/getNoahChartData", date="2026-06-20")["obj"]
    assert float(today["11:55"]["ppv"]) > 0
    assert today["23:55"] == {"totalHouseholdLoad": "0", "pac": "0", "ppv": "0"}
    assert set(api.app("noah/getDataChart", dateTime="2026-06-01", dateType=1)["obj"]) == {
        f"{n:02}" for n in range(1, 32)
    }
    loads = [
        float(row["totalHouseholdLoad"])
        for n in range(10, 20)
        for row in api.app("nexa/getNexaChartData", NEXA, date=f"2026-06-{n}")["obj"].values()
    ]
    assert {65488.0, 32755.5} == {load for load in loads if load > 32000}


NOAH_WRITES = [
    ("setPower", {"value": 345}, {"defaultPower": 345.0}, {"defaultPower": "345"}),
    ("setHighLimitSoc", {"value": 92}, {"chargingSocHighLimit": 92.0}, {"chargingSocHighLimit": "92"}),
    ("setLowLimitSoc", {"value": 15}, {"chargingSocLowLimit": 15.0}, {"chargingSocLowLimit": "15"}),
    ("setGridCharge", {"value": 1}, {"allowGridCharging": 1}, {"allowGridCharging": "1"}),
    ("setOffGrid", {"value": 1}, {"gridConnectionControl": 1}, {"gridConnectionControl": "1"}),
    (
        "setTimeSegment",
        {"type": 4, "startTime": "07:05", "endTime": "09:30", "mode": 0, "power": 250, "enable": 1},
        {"time4Start": "7:5", "time4End": "9:30", "time4Mode": 0, "time4Power": 250.0, "time4Enable": 1},
        {"time_segment": [{"time_segment4": "0_7:5_9:30_250_0"}]},
    ),
    (
        "setDevice",
        {"value": '{"deviceId":"INV1","deviceModel":"a","brandsName":"b","modelId":"c","type":0}'},
        {"associatedInvSn": "INV1"},
        {"associatedInvSn": "INV1"},
    ),
]


@pytest.mark.parametrize(("call", "params", "details", "settings"), NOAH_WRITES, ids=[row[0] for row in NOAH_WRITES])
def test_noah_shows_what_was_written(api: Caller, call: str, params: Json, details: Json, settings: Json) -> None:
    assert api.v4(call, NOAH, **params) == {"code": 0, "data": None, "message": "PARAMETER_SETTING_SUCCESSFUL"}
    assert details.items() <= api.details(NOAH).items()
    shown = api.app("noah/getNoahInfoBySn")["obj"]["noah"]
    assert settings.items() <= shown.items()


def test_noah_writes_reach_the_readings(api: Caller, clock: HandClock) -> None:
    api.v4("setPower", NOAH, value=345)
    api.v4("setHighLimitSoc", NOAH, value=92)
    assert api.v4("setLowLimitSoc", NOAH, value=93)["code"] == 6
    clock.now_is += 300
    row = api.v4("queryLastData", NOAH)["data"]["noah"][0]
    assert (row["pac"], row["chargeSocLimit"], api.v4("readPower", NOAH)["data"]) == (345.0, 92, 345)
    assert api.app("noah/getSystemStatus")["obj"]["pac"] == "345"


MIN_WRITES: list[tuple[str, list[Any], Json, str]] = [
    ("tlx_on_off", ["0000"], {"onOff": 0}, "0"),
    ("pv_active_p_rate", [60, 1, 0], {"activeRate": 60.0, "pvPfCmdMemoryState": 1}, "60"),
    ("pv_active_p_rate", [1000, 0, 1], {"activeRate": 20.0}, "20"),
    ("pv_reactive_p_rate", [12], {"reactiveRate": 12.0}, "12"),
    ("pv_power_factor", ["-0.95"], {"pf": -0.95}, "-0.95"),
    ("pv_grid_voltage_high", [270], {"voltageHighLimit": 270.0}, "270"),
    ("pv_grid_voltage_low", [180], {"voltageLowLimit": 180.0}, "180"),
    ("pf_sys_year", ["2026-06-19 13:14:15"], {"sysTime": "2026-06-19 13:14:15"}, "2026-06-19 13:14:15"),
    ("backflow_setting", [1, 30, 0], {"exportLimit": 1.0, "exportLimitPowerRate": 30.0}, "1"),
    ("tlx_off_grid_enable", [1], {"epsFunEn": 1.0}, "1"),
    ("tlx_ac_discharge_frequency", [1], {"epsFreqSet": 1.0}, "1"),
    ("tlx_ac_discharge_voltage", [2], {"epsVoltSet": 2.0}, "2"),
    ("charge_power", [70], {"chargePowerCommand": 70.0}, "70"),
    ("charge_stop_soc", [95], {"wchargeSOCLowLimit": 95.0}, "95"),
    ("discharge_power", [40], {"disChargePowerCommand": 40.0}, "40"),
    ("discharge_stop_soc", [20], {"wdisChargeSOCLowLimit": 20.0}, "20"),
    ("on_grid_discharge_stop_soc", [25], {"onGridDischargeStopSOC": 25.0}, "25"),
    ("ac_charge", [1], {"acChargeEnable": 1}, "1"),
    (
        "time_segment9",
        [2, 18, 5, 21, 0, 1],
        {"time9Mode": 2, "forcedTimeStart9": "18:5", "forcedTimeStop9": "21:0", "forcedStopSwitch9": 1},
        "2_18:5_21:0_1",
    ),
]


def test_min_shows_what_was_written(api: Caller) -> None:
    for name, slots, settings, text in MIN_WRITES:
        assert api.write(name, *slots) == 0, name
        assert settings.items() <= api.settings().items(), name
        set_bean = api.get("device/tlx/tlx_data_info", device_sn=XH)["data"]["tlxSetbean"]
        assert settings.items() <= set_bean.items(), name
        assert api.post("readMinParam", device_sn=XH, paramId=name, startAddr=0, endAddr=0)["data"] == text, name


def test_min_registers_and_v4_writes(api: Caller, clock: HandClock) -> None:
    assert api.write("set_any_reg", 77, 1234) == 0
    registers = {"device_sn": XH, "paramId": "set_any_reg"}
    assert api.post("readMinParam", **registers, startAddr=77, endAddr=77)["data"] == "1234"
    assert api.v4("setPower", XH, value=30)["code"] == 0
    assert (api.v4("readPower", XH)["data"], api.settings()["activeRate"]) == (30, 30.0)
    assert api.v4("setOnOrOff", XH, value=0)["code"] == 0
    assert api.settings()["onOff"] == 0
    clock.now_is += 300
    assert api.v4("queryLastData", XH)["data"]["min"][0]["pac"] == 0.0


def test_vpp_parameters(api: Caller, cloud: SimulatedCloud, clock: HandClock) -> None:
    def read(name: str) -> Any:
        return api.v4("readVppParameter", XH, setType=name)["data"]

    assert (read("set_param_12"), read("set_param_34")) == (10000, [])
    assert api.v4("setVppParameter", XH, setType="set_param_12", value="9000")["code"] == 0
    assert api.v4("setVppParameter", XH, setType="set_param_5", value="55")["code"] == 0
    assert (read("set_param_12"), read("set_param_5"), api.settings()["activeRate"]) == (9000, 55, 55.0)
    assert api.v4("setVppParameter", XH, setType="set_param_22", value="60")["code"] == 6
    plan = [{"percentage": -10, "startTime": 0, "endTime": 1440}]
    send = {"setType": "set_param_34", "value": json.dumps(plan)}
    assert [api.v4("setNewVppParameter", XH, **send)["code"] for _ in range(2)] == [0, 6]
    assert read("set_param_34") == plan
    assert api.v4("removeVppTimePeriod", XH, setType="set_param_34")["code"] == 0
    assert read("set_param_34") == []
    device = cloud.world.device(XH)
    device.soc = 50
    assert api.post("vppRemoteSetNew", vppSn=XH, time=10, percentage=100)["data"] == "0"
    clock.now_is += 300
    assert device.reading().flow.charge == 2500
    device.write({"activeRate": 100.0})
    assert api.post("vppSetNew", vppSn=XH, timePeriods=json.dumps(plan))["error_code"] == 0
    clock.now_is += 600
    assert device.reading().flow.discharge == 250
    assert api.post("vppRemoteSetNew", vppSn=XH, time=10, percentage=101)["error_code"] == 10008


def test_a_write_takes_a_moment(cloud: SimulatedCloud, api: Caller, clock: HandClock) -> None:
    cloud.write_latency = (1.5, 1.5)
    api.v4("setPower", NOAH, value=111)
    assert api.v4("readPower", NOAH)["data"] == 200
    clock.now_is += 1.5
    assert api.v4("readPower", NOAH)["data"] == 111


def test_account_calls_change_the_account(api: Caller) -> None:
    person = {"user_name": "eva", "user_password": "hush", "user_email": "eva@example.com", "user_type": 1}
    number = api.post("user/user_register", **person)["data"]["c_user_id"]
    assert api.post("user/user_register", **person)["error_code"] == 10003
    assert api.post("user/check_user", user_name="eva")["error_msg"] == "error_username_exist"
    assert api.post("user/modify", c_user_id=number, mobile="123", agent_code="?")["error_code"] == 10014
    plant = api.post("plant/add", c_user_id=number, name="Barn", peak_power=5.5)["data"]["plant_id"]
    assert api.post("plant/add", c_user_id=number, name="Barn", peak_power=5.5)["error_code"] == 10006
    assert api.post("plant/modify", c_user_id=number, plant_id=plant, name="Old barn")["error_code"] == 0
    assert api.get("plant/details", plant_id=plant)["data"]["name"] == "Old barn"
    logger = {"plant_id": plant, "sn": "NEWLOGGER1", "c_user_id": number}
    assert [api.post("device/datalogger/add", **logger)["error_code"] for _ in range(2)] == [0, 10003]
    assert api.get("device/datalogger/list", plant_id=plant)["data"]["dataloggers"][0]["sn"] == "NEWLOGGER1"
    assert api.post("device/datalogger/delete", plant_id=plant, sn="NEWLOGGER1")["error_code"] == 0
    assert api.post("plant/delete", plant_id=plant)["error_code"] == 0
    assert api.get("plant/details", plant_id=plant)["error_code"] == 10002
    devices = api.get("device/list", plant_id=1001)["data"]["devices"]
    assert [device["type"] for device in devices] == [3, 3, 7, 7, 3, 3]
    assert api.v4("queryDeviceList")["data"]["count"] == 4


def test_plant_energy_agrees_with_its_devices(api: Caller) -> None:
    day = api.get("plant/energy", plant_id=1001, start_date="2026-06-18", end_date="2026-06-18", time_unit="day")
    each = [
        api.get("device/inverter/day_energy", device_sn=sn, date="2026-06-18")["data"] for sn in (NOAH, NEXA, NEO, XH)
    ]
    assert day["data"]["energys"] == [{"date": "2026-06-18", "energy": pytest.approx(sum(each), abs=0.1)}]
    months = api.get("plant/energy", plant_id=1001, start_date="2026-05-01", end_date="2026-06-19", time_unit="month")
    assert [row["date"] for row in months["data"]["energys"]] == ["2026-05", "2026-06"]
    power = api.get("plant/power", plant_id=1001, date="2026-06-18")["data"]
    assert power["count"] == 288
    assert sum(row["power"] for row in power["powers"]) / 12000 == pytest.approx(sum(each), rel=0.02)


def test_faults(api: Caller, http: httpx.Client, cloud: SimulatedCloud) -> None:
    def strike(kind: str, **options: Any) -> httpx.Response:
        answer = http.post("/_sim/faults", json={"kind": kind, "path": "new-api/queryLastData", **options})
        assert answer.status_code == 200, answer.text
        return http.post("/v4/new-api/queryLastData", data={"deviceSn": NOAH, "deviceType": "noah"})

    good = strike("rate_limited", times=0).json()["data"]["noah"][0]
    assert strike("rate_limited").json()["code"] == 102
    assert strike("bad_token").json()["code"] == 2
    assert strike("server_error", status=502).status_code == 502
    assert "<html>" in strike("login_page").text
    with pytest.raises(json.JSONDecodeError):
        strike("broken_json").json()
    row = strike("missing_fields", fields=["pac", "ppv"]).json()["data"]["noah"][0]
    assert good.keys() - row.keys() == {"pac", "ppv"}
    assert strike("bad_fields", fields=["pac"]).json()["data"]["noah"][0]["pac"] == "--"
    row = strike("zero_counters").json()["data"]["noah"][0]
    assert (row["eacToday"], row["eacTotal"], row["ppv"]) == (0.0, 0.0, good["ppv"])
    row = strike("counters_back").json()["data"]["noah"][0]
    assert good["eacTotal"] - row["eacTotal"] == pytest.approx(0.1)
    cloud.faults.add("timeout", path="readPower", sn=NOAH)
    with pytest.raises(httpx.ReadTimeout):
        http.post("/v4/new-api/readPower", data={"deviceSn": NOAH, "deviceType": "noah"}, timeout=0.2)
    cloud.faults.add("system_error_applied", path="new-api/setPower")
    cloud.faults.add("system_error", path="new-api/setPower")
    codes = [api.v4("setPower", NOAH, value=value) for value in (111, 222)]
    assert [code["message"] for code in codes] == ["SYSTEM_ERROR", "SYSTEM_ERROR"]
    assert api.v4("readPower", NOAH)["data"] == 111
    cloud.faults.add("offline", sn=NOAH)
    assert api.app("noah/getSystemStatus")["obj"]["status"] == "-1"
    http.delete("/_sim/faults")
    assert api.app("noah/getSystemStatus")["obj"]["status"] == "1"
    assert http.post("/_sim/faults", json={"kind": "earthquake"}).status_code == 400


def test_a_device_that_takes_no_settings(http: httpx.Client, api: Caller) -> None:
    http.post("/_sim/faults", json={"kind": "refused", "sn": XH})
    assert api.v4("setPower", XH, value=30)["message"] == "PARAMETER_SETTING_FAILED"
    assert api.v4("setVppParameter", XH, setType="set_param_5", value=30)["code"] == 6
    assert api.write("charge_power", 30) == api.write("set_any_reg", 3, 30) == 10002
    assert api.post("vppRemoteSetNew", vppSn=XH, time=10, percentage=50)["error_code"] == 10001
    assert http.get(f"/_sim/devices/{XH}").json()["settings"]["activeRate"] == 100.0
    assert api.v4("readPower", XH)["data"] == 100
    http.delete("/_sim/faults")
    assert api.v4("setPower", XH, value=30)["code"] == 0


def test_back_door(http: httpx.Client, api: Caller) -> None:
    one = f"/_sim/devices/{NOAH}"
    assert http.patch(one, json={"soc": 55, "settings": {"defaultPower": 70.0}}).json()["soc"] == 55
    assert http.get(one).json()["settings"]["defaultPower"] == 70.0
    assert http.patch(one, json={"colour": "red"}).status_code == 400
    assert http.patch(one, json={"offline": True}).json()["offline"] is True
    http.delete(one)
    assert api.v4("queryDeviceInfo", NOAH)["code"] == 4
    assert http.get(one).status_code == 404
    http.post("/_sim/devices", json={"sn": NOAH})
    assert api.details(NOAH)["deviceSn"] == NOAH
    http.post("/_sim/devices", json={"sn": "NEWONE0001", "family": "min", "battery_kwh": 5})
    assert len(http.get("/_sim/devices").json()) == 6
    api.get("plant/list", page=1)
    last = http.get("/_sim/requests").json()[-1]
    assert (last["path"], last["params"], last["code"]) == ("plant/list", {"page": "1"}, 0)


@pytest.fixture
async def running() -> AsyncIterator[tuple[str, asyncio.Task[None]]]:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        run(port=0, speed=60, devices={"noah": 1}, on_ready=lambda url, _: ready.set_result(url))
    )
    yield await ready, task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_run_stops_at_once_even_while_a_request_hangs(running: tuple[str, asyncio.Task[None]]) -> None:
    url, task = running
    async with httpx.AsyncClient(base_url=url, headers={"token": "demo"}) as client:
        assert (await client.get("/v1/plant/list")).json()["data"]["count"] == 1
        await client.post("/_sim/faults", json={"kind": "timeout"})
        hanging = asyncio.create_task(client.get("/v1/plant/details"))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert time.monotonic() - began < 10
        await asyncio.gather(hanging, return_exceptions=True)


async def test_a_taken_port_is_named(cloud: SimulatedCloud) -> None:
    async with serve(cloud) as url:
        port = int(url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{port}"):
            async with serve(cloud, port=port):
                pass
