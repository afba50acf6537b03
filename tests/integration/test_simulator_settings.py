"""Parameters over HTTP: each is kept, read back and refused as documented; remote control acts; meters see it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bridge.clock import Clock
from bridge.simulator import SimulatedCloud, World, serve_in_thread

NOON = 1781863200.0  # 2026-06-19 12:00 in Berlin
Json = dict[str, Any]
SERIALS = {"inv": "INV000000", "max": "MAX000000", "storage": "STORAGE000000", "sph": "SPH000000", "spa": "SPA000000"}
SERIALS |= {"min": "MINXH000000", "wit": "WIT000000", "sph-s": "SPHS000000", "noah": "NOAH000000", "pcs": "PCS000000"}
# prefix of the paths, key of the serial, key of the parameter, key of the values
WRITES = {
    "inv": ("Inverter", "inverterSet", "device_sn", "paramId", "command_{}"),
    "storage": ("Storage", "storageSet", "storage_sn", "type", "param{}"),
    "max": ("Max", "maxSet", "max_sn", "type", "param{}"),
    "sph": ("Mix", "mixSet", "mix_sn", "type", "param{}"),
    "spa": ("Spa", "spaSet", "spa_sn", "type", "param{}"),
    "min": ("Min", "tlxSet", "tlx_sn", "type", "param{}"),
}


class HandClock(Clock):
    now_is = NOON

    def time(self) -> float:
        return self.now_is


class Api:
    def __init__(self, http: httpx.Client, clock: HandClock, world: World) -> None:
        self.http, self.clock, self.world = http, clock, world

    def post(self, path: str, **params: Any) -> Json:
        return dict(self.http.post(f"/v1/{path}", data=params).json())

    def get(self, path: str, **params: Any) -> Json:
        return dict(self.http.get(f"/v1/{path}", params=params).json())

    def v4(self, path: str, kind: str, **params: Any) -> Json:
        body = {"deviceSn": SERIALS[kind], "deviceType": kind, **params}
        return dict(self.http.post(f"/v4/new-api/{path}", data=body).json())

    def write(self, kind: str, name: str, *slots: object) -> int:
        _, path, serial, parameter, slot = WRITES[kind]
        values = {slot.format(n): str(value) for n, value in enumerate(slots, 1)}
        return int(self.post(path, **{serial: SERIALS[kind], parameter: name, **values})["error_code"])

    def read(self, kind: str, name: str, first: int = 0, last: int = 0) -> str:
        asked = {"device_sn": SERIALS[kind], "paramId": name, "startAddr": first, "endAddr": last}
        return str(self.post(f"read{WRITES[kind][0]}Param", **asked)["data"])

    def details(self, kind: str) -> Json:
        return dict(self.v4("queryDeviceInfo", kind)["data"][kind][0])

    def last(self, kind: str) -> Json:
        return dict(self.v4("queryLastData", kind)["data"][kind][0])


@pytest.fixture(scope="module")
def served() -> Iterator[Api]:
    clock = HandClock()
    kinds = ("noah", "min-xh", "inv", "max", "storage", "sph", "spa", "wit", "sph-s", "pcs")
    world = World(clock).populate(dict.fromkeys(kinds, 1))
    cloud = SimulatedCloud(world, limits="off", write_latency=(0, 0))
    with serve_in_thread(cloud) as url, httpx.Client(base_url=url, headers={"token": "demo"}) as client:
        yield Api(client, clock, world)


@pytest.fixture
def api(served: Api) -> Api:
    served.clock.now_is += 86400 - served.clock.now_is % 86400 + 10 * 3600  # noon of the next day
    return served


HYBRID: list[tuple[str, list[Any], str]] = [
    ("pv_on_off", ["0000"], "0"),
    ("pv_on_off", ["0001"], "1"),
    ("pv_pf_cmd_memory_state", [1], "1"),
    ("pv_active_p_rate", [60], "60"),
    ("pv_reactive_p_rate", [12], "12"),
    ("pv_power_factor", ["-0.95"], "-0.95"),
    ("pv_grid_voltage_high", [270], "270"),
    ("pv_grid_voltage_low", [180], "180"),
    ("pf_sys_year", ["2026-06-19 13:14:15"], "2026-06-19 13:14:15"),
    ("pf_sys_year", ["13:14"], "13:14"),
]
SLOTS = [1, 2, 3, 4, 1, 5, 6, 7, 8, 0, 9, 10, 11, 12, 1]
SHOWN = "1:2_3:4_1_5:6_7:8_0_9:10_11:12_1"
KEPT: dict[str, list[tuple[str, list[Any], str]]] = {
    "sph": [
        *HYBRID,
        ("mix_ac_discharge_time_period", [80, 15, *SLOTS], f"80_15_{SHOWN}"),
        ("mix_ac_charge_time_period", [70, 95, 1, *SLOTS], f"70_95_1_{SHOWN}"),
        ("backflow_setting", [1, 30], "1"),
        ("mix_off_grid_enable", [1], "1"),
        ("mix_ac_discharge_frequency", [1], "1"),
        ("mix_ac_discharge_voltage", [2], "2"),
        ("mix_load_flast_value_multi", [25], "25"),
        ("mix_load_first_control", [1], "1"),
        ("mix_single_export", [1], "1"),
    ],
    "spa": [
        *HYBRID,
        ("spa_load_flast", SLOTS, SHOWN),
        ("spa_ac_charge_time_period", [70, 95, *SLOTS], f"70_95_{SHOWN}"),
        ("spa_ac_discharge_time_period", [80, 15, *SLOTS], f"80_15_{SHOWN}"),
        ("spa_off_grid_enable", [1], "1"),
        ("spa_ac_discharge_frequency", [1], "1"),
        ("spa_ac_discharge_voltage", [2], "2"),
    ],
    "min": [
        (f"time_segment{n}", [n % 3, n, 30, 2 * n, 45, n % 2], f"{n % 3}_{n}:30_{2 * n}:45_{n % 2}")
        for n in range(1, 10)
    ],
    "max": [
        ("max_cmd_on_off", ["0000"], "0"),
        ("pv_active_p_rate", [60, 1], "60"),
        ("pv_power_factor", ["0.9"], "0.9"),
    ],
    "inv": [
        ("pv_on_off", ["0000"], "0"),
        ("pv_pf_cmd_memory_state", [1], "1"),
        ("pv_active_p_rate", [60], "60"),
        ("pv_reactive_p_rate", [12, "under"], "12"),
        ("pv_power_factor", ["-0.9"], "-0.9"),
        ("pf_sys_year", ["2026-06-19 13:14:15"], "2026-06-19 13:14:15"),
        ("pv_grid_voltage_high", ["240.7"], "240.7"),
    ],
    "storage": [
        ("storage_cmd_on_off", ["0000"], "0"),
        ("storage_cmd_mode", [1], "1"),
        ("storage_cmd_forced_discharge_enable", [0], "0"),
        ("storage_lithium_battery", [7], "7"),
        ("pv_power_factor", [450, "0.8"], "450_0.8"),
        ("storage_cmd_forced_discharge_time1", [18, 0, 24, 0], "18:0_24:0"),
        ("storage_cmd_sys_year", ["2026-06-19 13:14"], "2026-06-19 13:14"),
        ("storage_ac_charge_enable_disenable", [1], "1"),
        ("storage_ac_charge_hour_start", [1, 30, 5, 0], "1:30_5:0"),
        ("storage_ac_charge_soc_limit", [55], "55"),
    ],
}


@pytest.mark.parametrize("kind", KEPT)
def test_every_parameter_is_kept_and_read_back(api: Api, kind: str) -> None:
    for name, slots, shown in KEPT[kind]:
        assert api.write(kind, name, *slots) == 0, name
        assert api.read(kind, name) == shown, name


REFUSED: list[tuple[str, str, list[Any], int]] = [
    ("sph", "no_such_parameter", [1], 10006),
    ("sph", "pv_active_p_rate", [], 10007),
    ("sph", "pv_active_p_rate", [101], 10008),
    ("sph", "pv_on_off", ["1"], 10008),
    ("sph", "pf_sys_year", ["noon"], 10009),
    ("sph", "mix_ac_charge_time_period", [70, 95, 1, 4, 0, 3, 59, *SLOTS[4:]], 10013),
    ("spa", "spa_ac_charge_time_period", [70, 101, *SLOTS], 10008),
    ("spa", "spa_load_flast", [24, *SLOTS[1:]], 10008),
    ("max", "pv_active_p_rate", [50, 2], 10008),
    ("inv", "pv_reactive_p_rate", [10, "sideways"], 10008),
    ("inv", "set_any_reg", [0, 100], 10008),
    ("inv", "set_any_reg", [20, 3000], 10008),
    ("storage", "storage_ac_charge_soc_limit", [81], 10008),
    ("storage", "pv_power_factor", [450, 1], 10008),
    ("storage", "storage_cmd_sys_year", ["2026-06-19 13:14:15"], 10009),
]


def test_values_out_of_range_are_refused_as_documented(api: Api) -> None:
    assert [(*row[:3], api.write(*row[:2], *row[2])) for row in REFUSED] == REFUSED
    api.world.device(SERIALS["max"]).offline = True
    assert api.write("max", "pv_active_p_rate", 50) == 10003
    assert api.post("readMaxParam", device_sn=SERIALS["max"], paramId="pv_active_p_rate")["error_code"] == 10003
    api.world.device(SERIALS["max"]).offline = False
    assert api.post("readMixParam", device_sn=SERIALS["sph"], paramId="nonsense")["error_code"] == 10009
    assert api.post("mixSet", mix_sn="NOBODY", type="pv_on_off", param1="0001")["error_code"] == 10012


def test_registers_mirror_settings_in_their_scale(api: Api) -> None:
    assert api.write("inv", "set_any_reg", 0, 257) == api.write("inv", "set_any_reg", 20, 2510) == 0
    assert api.write("inv", "set_any_reg", 22, 5150) == api.write("inv", "set_any_reg", 99, 7) == 0
    assert (api.read("inv", "pv_on_off"), api.read("inv", "pv_grid_voltage_high")) == ("1", "251")
    assert api.read("inv", "set_any_reg", 19, 22) == "1840,2510,4750,5150"
    assert api.read("inv", "set_any_reg", 99, 99) == "7"


def test_details_show_what_was_written(api: Api) -> None:
    api.write("sph", "mix_ac_charge_time_period", 70, 95, 1, *SLOTS)
    shown = api.details("sph")
    wanted = {"acChargeEnable": 1, "chargePowerCommand": 70.0, "wchargeSOCLowLimit2": 95.0}
    wanted |= {"forcedChargeTimeStart2": "5:6", "forcedChargeTimeStop2": "7:8", "forcedChargeStopSwitch3": 1}
    assert wanted.items() <= shown.items()
    assert wanted.items() <= api.get("device/mix/mix_data_info", device_sn=SERIALS["sph"])["data"].items()
    api.write("spa", "pv_active_p_rate", 44)
    api.write("spa", "pv_grid_voltage_high", 260)
    assert {"activePRate": 44.0, "vacHigh": 260.0}.items() <= api.details("spa").items()
    api.write("spa", "pv_power_factor", -0.9)
    assert api.details("spa")["powerFactor"] == 19000.0


def test_v4_writes_by_family(api: Api) -> None:
    for kind in ("inv", "max", "min", "sph", "spa", "wit"):
        assert api.v4("setOnOrOff", kind, value=1)["code"] == api.v4("setPower", kind, value=30)["code"] == 0
        assert api.v4("readPower", kind)["data"] == 30, kind
    for kind in ("storage", "sph-s"):
        assert api.v4("setOnOrOff", kind, value=0)["code"] == api.v4("setPower", kind, value=30)["code"] == 0
        assert api.v4("readPower", kind) == {"code": 7, "data": None, "message": "WRONG_DEVICE_TYPE"}
        assert api.v4("setPower", kind, value=101)["code"] == 6
    api.clock.now_is += 300
    assert (api.last("sph-s")["pac"], api.last("storage")["sysOut"]) == (0, 0)
    assert 0 < api.last("inv")["pac"] <= 3000
    assert api.v4("setOnOrOff", "noah", value=1)["code"] == api.v4("queryLastData", "pcs")["code"] == 7
    listed = api.v4("queryDeviceList", "noah")["data"]["data"]
    assert {row["deviceType"] for row in listed} == SERIALS.keys() - {"pcs"}
    numbers = {kind: api.get("device/check/sn", dataloggerSn=sn)["deviceType"] for kind, sn in SERIALS.items()}
    assert numbers == dict(zip(SERIALS, (16, 18, 96, 17, 19, 22, 218, 260, 1000, 81), strict=True))


@pytest.mark.parametrize("kind", ["sph", "spa", "min", "wit"])
def test_remote_control_charges_and_discharges(api: Api, kind: str) -> None:
    device = api.world.device(SERIALS[kind])
    device.write({"onOff": 1, "activeRate": 100.0, "chargePowerCommand": 100.0, "disChargePowerCommand": 100.0})
    device.write({"loadFirstSwitch1": 0, "loadFirstSwitch3": 0})
    api.clock.now_is += 11 * 3600  # without the sun
    device.soc = 50
    power = device.spec.battery_power

    def vpp(name: str, value: object, call: str = "setVppParameter") -> None:
        assert api.v4(call, kind, setType=name, value=str(value))["code"] == 0

    vpp("set_param_26", 15)
    vpp("set_param_27", 80)
    vpp("set_param_25", 1)
    assert device.reading().flow.charge == pytest.approx(0.8 * power)
    api.clock.now_is += 600
    vpp("set_param_27", -30)  # begins the 15 minutes anew
    api.clock.now_is += 600
    assert device.reading().flow.discharge == pytest.approx(0.3 * power)
    assert api.v4("readVppParameter", kind, setType="set_param_25")["data"] == 1
    api.clock.now_is += 301
    assert api.v4("readVppParameter", kind, setType="set_param_25")["data"] == 0
    plan = [{"percentage": -40, "startTime": 0, "endTime": 1440}]
    vpp("set_param_34", json.dumps(plan), "setNewVppParameter")
    assert device.reading().flow.discharge == pytest.approx(0.4 * power)
    assert api.v4("removeVppTimePeriod", kind, setType="set_param_34")["code"] == 0
    now = api.post("vppRemoteSetNew", vppSn=SERIALS[kind], time=5, percentage=100)["error_code"]
    if kind == "wit":  # v1 does not know it
        assert now == 10012
        return
    assert device.reading().flow.charge == pytest.approx(power)
    api.clock.now_is += 301
    assert device.reading().flow.charge == 0
    assert api.post("vppSetNew", vppSn=SERIALS[kind], timePeriods=json.dumps(plan))["error_code"] == 0
    assert device.reading().flow.discharge == pytest.approx(0.4 * power)
    device.write({"set_param_34": []})


def test_history_is_what_the_last_data_was(api: Api) -> None:
    seen = []
    for _ in range(3):
        api.clock.now_is += 900
        seen.append(api.last("sph"))
    day = f"{api.world.device(SERIALS['sph']).plant.today()}"
    rows = {row["time"]: row for row in api.v4("queryHistoricalData", "sph", date=day)["data"]["datas"]}
    assert [rows[row["time"]] for row in seen] == seen
    span = {"mix_sn": SERIALS["sph"], "start_date": day, "end_date": day, "perpage": 100}
    v1 = {row["time"]: row for row in api.post("device/mix/mix_data", **span)["data"]["datas"]}
    assert [v1[row["time"]]["pac"] for row in seen] == [row["pac"] for row in seen]


def test_a_meter_sees_its_devices_and_a_sensor_the_sun(api: Api) -> None:
    world, home = api.world, api.world.plants[1001]
    world.add_datalogger("DLG1000001", home, meters=("1",), sensors=("2",))
    world.add_datalogger("DLG1000002", home, meters=("1",))
    one = world.add("sph", "METERED001", plant=home, datalogger="DLG1000001")
    two = world.add("spa", "METERED002", plant=home, datalogger="DLG1000001")

    def read(path: str, **params: Any) -> Json:
        return api.get(f"device/{path}", **{"datalog_sn": "DLG1000001", **params})

    flows = [device.upload().flow for device in (one, two)]
    meter = read("ammeter/meter_last_data", address=1)["data"]
    assert meter["activePower"] == pytest.approx(sum(flow.imported - flow.exported for flow in flows), abs=0.2)
    assert meter["reverseActiveTotalEnergy"] > 0
    day = f"{home.today()}"
    rows = read("ammeter/meter_data", address=1, start_date=day, end_date=day, perpage=100)["data"]["meter_data"]
    assert len(rows) == 100
    assert rows[0]["activeEnergy"] >= rows[-1]["activeEnergy"] > 0
    bare = read("ammeter/meter_last_data", address=1, datalog_sn="DLG1000002")["data"]
    assert 50 < bare["activePower"] == bare["posiActivePower"]
    assert 100 < read("env/env_last_data", address=2)["data"]["radiant"] <= 1000
    codes = [
        read("env/env_last_data", address=3),
        read("env/env_last_data", address=2, datalog_sn="NOBODY"),
        read("env/env_data", address=2, start_date=day, end_date="tomorrow"),
        read("env/env_data", address=3, start_date=day, end_date=day),
    ]
    assert [code["error_code"] for code in codes] == [10003, 10004, 10003, 10005]


def test_the_back_door_adds_every_kind(api: Api) -> None:
    for kind in ("pcs", "hps", "pbd", "groboost", "wit", "nexa", "env_sensor"):
        added = api.http.post("/_sim/devices", json={"family": kind, "sn": f"NEW{kind.upper()}"})
        assert added.json()["sn"] == f"NEW{kind.upper()}", added.text
    assert api.http.post("/_sim/devices", json={"family": "toaster", "sn": "T"}).status_code == 400
    devices = api.get("device/list", plant_id=1001, perpage=100)["data"]["devices"]
    types = {row["device_sn"]: row["type"] for row in devices}
    kinds = ("inv", "storage", "max", "sph", "spa", "min", "wit", "noah", "pcs")
    assert [types[SERIALS[kind]] for kind in kinds] == [1, 2, 4, 5, 6, 7, 3, 3, 8]
    assert [types[f"NEW{kind}"] for kind in ("HPS", "PBD", "GROBOOST")] == [9, 10, 11]
