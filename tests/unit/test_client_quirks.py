"""One test for each surprise of Growatt's API, and for each mistake that the reference library makes with it."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bridge.clock import Clock
from bridge.growatt import (
    END_OF_DAY,
    ApiError,
    ArgumentError,
    BadReply,
    Budget,
    DeviceNotFound,
    DeviceType,
    GrowattApi,
    GrowattApiSession,
    GrowattError,
    LoginPage,
    Noah,
    PermissionDenied,
    RateLimited,
    ServerFailure,
    SystemFailure,
    TimedOut,
    TokenError,
    Unreachable,
    Vpp,
    WrongDeviceType,
    fields,
)
from bridge.growatt.account.device import BY_PLANT_LIST
from bridge.growatt.account.plant import DeviceData, PlantInfo
from bridge.growatt.calls import Call
from bridge.growatt.families.min import MinDetailData, MinEnergyDataV4, MinTlxSettingsData
from bridge.growatt.families.noah import (
    NoahDetailDataV4,
    NoahEnergyDataV4,
    battery_data,
    energy_rows,
    power_rows,
    settings_data,
    status_data,
    unwrapped,
)
from bridge.growatt.families.sph import SphEnergyOverviewData
from bridge.growatt.families.storage import StorageEnergyOverview
from bridge.growatt.families.vpp import power_plan
from bridge.growatt.fields import JavaCalendar, JavaDate, Reading, TimeOfDay, aware, label
from bridge.growatt.settings import SETTINGS, VPP

SAMPLES = Path(__file__).parent.parent / "data" / "client" / "samples"
SN = "ABC1234567"
V1_OK = {"error_code": 0, "error_msg": "", "data": None}
V4_OK = {"code": 0, "message": "SUCCESSFUL_OPERATION", "data": None}


class Noon(Clock):
    """Noon of 2025-06-15, UTC; waiting is only counted."""

    def __init__(self) -> None:
        self.waited = 0.0

    def time(self) -> float:
        return datetime(2025, 6, 15, 12, tzinfo=UTC).timestamp() + self.waited

    def wait(self, seconds: float) -> None:
        self.waited += seconds


class Cloud:
    """Gives the answers in order (the last one for ever) and keeps what was asked."""

    def __init__(self, *answers: Any, status: int = 200, **options: Any) -> None:
        self.answers = list(answers)
        self.status = status
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.clock = Noon()
        transport = httpx.MockTransport(self.reply)
        self.api = GrowattApi("s3cret", "http://localhost", clock=self.clock, transport=transport, **options)

    def reply(self, request: httpx.Request) -> httpx.Response:
        form = dict(httpx.QueryParams(request.content.decode())) if request.content else {}
        self.asked.append((request.url.path.split("/", 2)[2], {**dict(request.url.params), **form}))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            return httpx.Response(self.status, text=answer)
        return httpx.Response(self.status, json=answer)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_bytes())


# Errors


def test_v4_system_error_after_a_write_says_read_it_back() -> None:
    with pytest.raises(SystemFailure, match="may have taken effect"):
        Cloud(sample("common.v4_error_system")).api.noah.setting_write_soc_upper_limit(90, SN)


@pytest.mark.parametrize("name", ["common.v1_error_rate_limit", "common.v4_error_rate_limit"])
def test_too_frequent_has_two_codes_and_maybe_no_data(name: str) -> None:
    answer = {key: value for key, value in sample(name).items() if key != "data"}
    with pytest.raises(RateLimited) as caught:
        Cloud(answer).api.min.energy_v4(SN)
    assert caught.value.retry_after == 300


def test_10012_is_an_unknown_device_on_settings_and_vpp_calls() -> None:
    api = Cloud(sample("common.v1_error_setting_device_not_found")).api
    calls = (
        lambda: api.min.setting_write("ac_charge", 1, SN),
        lambda: api.min.setting_write_vpp_now(30, 50, SN),
        lambda: api.spa.setting_write_vpp_schedule([(50, 0, 60)], SN),
    )
    for call in calls:
        with pytest.raises(DeviceNotFound):
            call()


def test_10012_with_the_text_of_a_rate_limit_is_one_even_on_settings() -> None:
    with pytest.raises(RateLimited):
        Cloud({"error_code": 10012, "error_msg": "error_frequently_access"}).api.min.setting_write("ac_charge", 1, SN)


def test_10014_is_the_installer_code_on_user_calls_and_a_page_elsewhere() -> None:
    answer = {"error_code": 10014, "error_msg": "", "data": ""}
    with pytest.raises(ApiError, match="installer code wrong"):
        Cloud(answer).api.user.modify(1, "0123", "X")
    with pytest.raises(ApiError, match="page above 250"):
        Cloud(answer).api.plant.list()


def test_codes_mean_something_else_on_each_call() -> None:
    answer = {"error_code": 10003, "error_msg": "", "data": ""}
    meanings = {
        "plant id missing": lambda api: api.plant.details(1),
        "date malformed": lambda api: api.max.alarms(SN),
        "device already registered": lambda api: api.plant.add_device(1, SN, 2),
        "device offline": lambda api: api.min.setting_write("ac_charge", 1, SN),
    }
    for meaning, call in meanings.items():
        with pytest.raises(ApiError, match=meaning):
            call(Cloud(answer).api)


@pytest.mark.parametrize("status", [200, 302])
def test_login_page_instead_of_data(status: int) -> None:
    with pytest.raises(LoginPage, match="token or server_url is wrong"):
        Cloud("<html>login</html>", status=status).api.plant.list()


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        ('{"error_code": 0, "da', 200, BadReply),
        ("[]", 200, BadReply),
        ("gateway", 502, ServerFailure),
        (httpx.ConnectError("refused"), 200, Unreachable),
        (httpx.ReadTimeout("slow"), 200, TimedOut),
    ],
)
def test_every_failure_of_transport_is_ours_and_shows_no_token(
    answer: Any, status: int, error: type[GrowattError]
) -> None:
    with pytest.raises(error) as caught:
        Cloud(answer, status=status).api.plant.list()
    assert "s3cret" not in str(caught.value)
    assert caught.value.endpoint == "plant/list"


def test_hosts_without_https_are_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    GrowattApi("t", "australia").close()
    assert "openapi-au.growatt.com has no https" in caplog.text


def test_wrong_tokens_and_foreign_devices() -> None:
    with pytest.raises(TokenError):
        Cloud(sample("common.v4_error_token")).api.min.energy_v4(SN)
    with pytest.raises(PermissionDenied):
        Cloud(sample("common.v4_error_permission")).api.min.energy_v4(SN)
    with pytest.raises(WrongDeviceType):
        Cloud(sample("common.v4_error_device_type")).api.min.power(SN)


def test_app_failure_has_no_obj_and_keeps_its_number() -> None:
    check = sample("device.type_info.nexa")
    reply = Cloud(check, sample("common.app_error"), raise_on_error=False).api.noah.status(SN)
    assert (reply.error_code, reply.error_msg, reply.data) == (505, "505", None)
    with pytest.raises(ApiError) as caught:
        Cloud(check, sample("common.app_error")).api.noah.battery_status(SN)
    assert caught.value.code == 505
    assert Cloud(check, sample("common.app_empty"), raise_on_error=False).api.noah.settings(SN).error_code == 1


def test_errors_stay_errors_when_not_raised() -> None:
    reply = Cloud({"error_code": 10005, "error_msg": None}, raise_on_error=False).api.storage.energy(SN)
    assert (reply.error_code, reply.error_msg, reply.data) == (10005, "", None)


def test_taken_username_is_an_answer() -> None:
    reply = Cloud(sample("user.check_username.taken")).api.user.check_username("jane")
    assert (reply.username_available, reply.error_code) == (False, 10003)


# Values


def test_fields_of_another_family_are_kept() -> None:
    reading = NoahDetailDataV4.model_validate({"deviceSn": SN, "tlxSetbean": {"a": 1}})
    assert reading.device_sn == SN
    assert reading.model_extra == {"tlxSetbean": {"a": 1}}


class Times(Reading):
    start: TimeOfDay = label("Start")
    end: TimeOfDay = label("End")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0:0", time(0)), ("23:59", time(23, 59)), ("24:00", END_OF_DAY), ("null", None), ("11:187", None), (7, None)],
)
def test_times_of_day_may_be_nonsense(text: Any, value: time | None) -> None:
    reading = Times.model_validate({"start": text, "end": "5:30"})
    assert (reading.start, reading.end) == (value, time(5, 30))
    assert ("start" in reading.problems) == (value is None and text != "null")


def test_empty_has_many_spellings() -> None:
    for empty in ("", " ", "null", "None", "--", None):
        reading = MinEnergyDataV4.model_validate({"pac": empty, "ppv": "12.5"})
        assert (reading.pac, reading.ppv, reading.problems) == (None, 12.5, {})


def test_java_months_start_at_0_and_years_at_1900() -> None:
    moment = JavaDate.model_validate(sample("plant.list_dataloggers")["data"]["dataloggers"][0]["last_update_time"])
    assert (moment.year, moment.month) == (118, 11)
    assert moment.moment is not None
    assert moment.moment.isoformat() == "2018-12-13T11:06:34+08:00"
    calendar = JavaCalendar.model_validate(sample("env_sensor.metrics")["data"]["calendar"])
    assert calendar.moment is not None
    assert calendar.moment.isoformat() == "2019-01-09T13:37:33+08:00"


def test_text_times_are_naive_and_epochs_exact() -> None:
    reading = NoahEnergyDataV4.model_validate({"time": 1720667148000, "timeStr": "2024-07-11 11:05:48"})
    text = reading.time_str if isinstance(reading.time_str, datetime) else datetime.fromisoformat(str(reading.time_str))
    assert text.tzinfo is None
    assert reading.time == aware(text)


def test_offline_and_undocumented_states_have_words() -> None:
    codes = NoahEnergyDataV4.vocabulary()["status"].codes
    assert codes is not None
    assert codes[-1] == "offline"
    assert 6 in codes


def test_device_type_numbers_are_separate_worlds() -> None:
    codes = MinDetailData.vocabulary()["device_type"].codes
    assert codes == {0: "inverter", 1: "hybrid (mix)"}
    assert MinDetailData.model_validate({"deviceType": 5}).device_type == 5
    assert BY_PLANT_LIST[7] is DeviceType.MIN
    assert BY_PLANT_LIST[3] is DeviceType.OTHER


def test_status_in_a_plant_list_depends_on_the_type() -> None:
    texts = [DeviceData(type=kind, status=1).status_text for kind in (7, 2, 5)]
    assert texts == ["online", "charging", "self check"]
    assert DeviceData(type=7, status=9).status_text == "offline"


def test_meters_and_sensors_have_texts_for_serials() -> None:
    row = {"device_sn": "AMMETER", "type": 3, "lost": "false"}
    reply = Cloud({**V1_OK, "data": {"count": 1, "devices": [row]}}).api.plant.list_devices(1)
    assert reply.data is not None
    assert reply.data.devices is not None
    assert (reply.data.devices[0].device_sn, reply.data.devices[0].lost) == ("AMMETER", False)


def test_create_date_has_table_names_as_device_type() -> None:
    reply = Cloud(sample("device.create_date")).api.device.create_date("BZP0000000")
    assert reply.data is not None
    assert reply.data["BZP0000000"].device_type == "CLOVE"


def test_discharge_counters_of_sph_come_from_their_real_keys() -> None:
    reading = SphEnergyOverviewData.model_validate({"edischarge1Today": 1.5, "edischarge1Total": "20.25"})
    assert (reading.e_discharge1_today, reading.e_discharge1_total) == (1.5, 20.25)


def test_storage_power_with_unit_as_text_does_not_lose_the_reply() -> None:
    reply = StorageEnergyOverview.model_validate({"data": {"pacToUserText": "1922.9 W", "vpv": 310.5}})
    assert reply.data is not None
    assert reply.data.vpv == 310.5
    assert "1922.9" in str(reply.data.pac_to_user_text)


def test_broken_and_missing_fields_lose_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    fields._warn_once.cache_clear()
    plant = {"plant_id": 7, "peak_power": "lots", "name": "Roof"}
    for _ in range(2):
        reply = PlantInfo.model_validate({"data": {"plant": plant}})
    assert reply.data is not None
    assert reply.data.plant is not None
    assert (reply.data.plant.plant_id, reply.data.plant.name, reply.data.plant.peak_power) == (7, "Roof", None)
    assert reply.data.plant.problems == {"peak_power": "lots"}
    assert caplog.text.count("PlantData.peak_power") == 1


def test_snake_case_twins_do_not_hide_the_value() -> None:
    settings = MinTlxSettingsData.model_validate({"charge_power": "", "chargePowerCommand": "80"})
    assert settings.charge_power_command == 80


def test_history_paging_data_is_kept() -> None:
    v4 = Cloud(sample("min.energy_history_v4")).api.min.energy_history_v4(SN)
    v1 = Cloud(sample("min.energy_history")).api.min.energy_history(SN)
    assert v4.data is not None
    assert v1.data is not None
    assert (v4.data.have_next, v4.data.start) == (False, 0)
    assert (v1.data.next_page_start_id, v1.data.count) == (21, 125)


def test_live_reading_without_data() -> None:
    assert Cloud(sample("common.v4_realtime_empty")).api.min.power_realtime(SN).data is None


@pytest.mark.parametrize("answer", [{}, {"data": ""}, {"data": {}}, {"data": None}])
def test_batch_without_data_but_with_serials(answer: dict[str, Any]) -> None:
    reply = Cloud({"error_code": 0, "error_msg": "", "tlxs": [SN], "pageNum": 1, **answer}).api.min.energy_multiple(SN)
    assert (reply.data or [], reply.page_num) == ([], 1)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"code": 0, "data": "success", "message": "-46"}, -46),
        ({"code": 0, "data": "-46", "message": "success"}, -46),
        ({"code": 0, "message": "-46"}, -46),
        ({"code": 5, "data": "-46", "message": "DEVICE_OFFLINE"}, -46),
    ],
)
def test_wifi_signal_is_whichever_is_a_number(answer: dict[str, Any], value: int) -> None:
    assert Cloud(answer, raise_on_error=False).api.min.wifi_strength(SN).data == value


# NOAH and NEXA


@pytest.mark.parametrize(("model", "path"), [("NOAH 2000 ", "noah"), ("NEXA 2000", "nexa")])
def test_noah_or_nexa_is_asked_once_for_all_objects(model: str, path: str) -> None:
    cloud = Cloud({"result": 1, "msg": "", "obj": 1, "model": model}, {"result": 1, "msg": "", "obj": {}})
    cloud.api.noah.status(SN)
    Noah(cloud.api.session, SN).status()
    status = f"noahDeviceApi/{path}/getSystemStatus"
    assert cloud.paths == ["device/check/sn", status, status]


def test_a_limited_model_lookup_says_so() -> None:
    with pytest.raises(RateLimited, match="NOAH or a NEXA"):
        Cloud({"error_code": 10012, "error_msg": "error_frequently_access"}).api.noah.status(SN)


def test_another_model_is_named() -> None:
    with pytest.raises(WrongDeviceType, match="'NEO 800M-X'"):
        Cloud(sample("device.type_info")).api.noah.status(SN)


def test_power_chart_asks_for_the_next_day_and_stamps_the_wanted_one() -> None:
    cloud = Cloud(sample("device.type_info.noah"), sample("noah.power_chart"))
    reply = cloud.api.noah.power_chart(SN, date(2025, 2, 28))
    assert cloud.asked[-1][1]["date"] == "2025-03-01"
    assert reply.data is not None
    moments = [row.time for row in reply.data]
    assert moments == sorted(moments, key=str)
    assert str(moments[0]) == "2025-02-28 00:45:00"


def test_power_chart_skips_keys_that_are_no_time() -> None:
    rows = power_rows({"18:50": {"ppv": "1"}, "total": {"ppv": "2"}, "10:05": "x"}, date(2025, 6, 15))
    assert [row["time"] for row in rows] == ["2025-06-15 18:50:00"]


@pytest.mark.parametrize(
    ("sent", "load"),
    [
        (403.0, 403.0),
        (12000.0, 12000.0),
        (65488.0, -48.0),
        (65458.5, -77.5),
        (32755.5, -12.5),
        (21840.0, -5.3),
        (43685.0, -5.7),
        (29000.0, None),
        (70000.0, None),
    ],
)
def test_wrapped_household_load(sent: float, load: float | None) -> None:
    assert unwrapped(sent) == load


def test_battery_power_has_one_sign_everywhere() -> None:
    assert status_data({"chargePower": "0", "disChargePower": "120"})["totalBatteryPackChargingPower"] == -120
    assert "totalBatteryPackChargingPower" not in status_data({"soc": "5"})


def test_ac_couple_switches_are_kept_apart() -> None:
    check, ok = sample("device.type_info.nexa"), {"result": 1, "msg": ""}
    both = Cloud(check, {**ok, "obj": {"acCoupleEnable": "1", "acCouplePowerControl": "0"}}).api.noah.status(SN).data
    one = Cloud(check, {**ok, "obj": {"acCoupleEnable": "1"}}).api.noah.status(SN).data
    assert both is not None
    assert one is not None
    assert (both.ac_couple_enable, both.ac_couple_power_control) == (1, 0)
    assert (one.ac_couple_enable, one.ac_couple_power_control) == (1, 1)


def test_battery_temperatures_in_either_unit_and_zero_is_a_temperature() -> None:
    celsius = battery_data({"batter": [{"temp": 0}, {"temp": "15.0"}], "tempType": "°C"})
    fahrenheit = battery_data({"batter": [{"temp": 32}, {"temp": "96.8"}], "tempType": "°F"})
    unknown = battery_data({"batter": [{"temp": "20"}]})
    assert [celsius[key] for key in ("battery1Temp", "battery1TempF", "battery2TempF")] == [0, 32, 59]
    assert [fahrenheit[key] for key in ("battery1Temp", "battery1TempF", "battery2Temp")] == [0, 32, 36]
    assert unknown["battery1Temp"] == 20


def test_battery_packs_may_be_none_or_many() -> None:
    assert battery_data({"batter": []})["batteryPackageQuantity"] == 0
    data = {"batter": [{"serialNum": str(n), "soc": str(n)} for n in range(1, 7)], "tempType": "°C"}
    cloud = Cloud(sample("device.type_info.nexa"), {"result": 1, "msg": "", "obj": data})
    found = cloud.api.noah.battery_status(SN).data
    assert found is not None
    assert found.battery_package_quantity == 6
    assert [pack.soc for pack in found.batteries or []] == [1, 2, 3, 4, 5, 6]


def test_absent_packs_are_told_by_the_quantity() -> None:
    reading = NoahEnergyDataV4.model_validate({"battery2SerialNum": "", "battery2Soc": 0, "batteryPackageQuantity": 1})
    assert (reading.battery2_serial_num, reading.battery2_soc, reading.battery_package_quantity) == (None, 0, 1)


def test_settings_are_lifted_and_segments_unpacked() -> None:
    segments = [{"time_segment3": "2_0:0_0:1_0_0"}, {"time_segment1": "1_5:0_24:00_250_1,2"}, {"time_segment2": "?"}]
    data = settings_data({"noah": {"alias": "x", "time_segment": segments}, "unitKeyList": ["EUR"]})
    assert data["alias"] == "x"
    assert data["currencyList"] == ["EUR"]
    first = {"workMode": "1", "startTime": "5:0", "endTime": "24:00", "power": "250", "days": ["1", "2"]}
    assert data["time_segment"]["time_segment1"] == first
    assert data["time_segment"]["time_segment2"] == "?"


def test_energy_chart_skips_days_that_do_not_exist() -> None:
    rows = energy_rows({"31": "9", "02": "1.5", "30": "2", "x": "3"}, date(2025, 6, 1), "day")
    assert [(row["time"], row["epv"]) for row in rows] == [("2025-06-02", "1.5"), ("2025-06-30", "2")]


def test_work_mode_0_is_load_first() -> None:
    assert NoahDetailDataV4.vocabulary()["time1_mode"].codes == {
        0: "load first",
        1: "battery first",
        2: "smart self consumption",
    }


@pytest.mark.parametrize("limit", [150, -1, 99.9, "x", True, None, float("nan")])
def test_state_of_charge_limits_are_percent(limit: Any) -> None:
    cloud = Cloud(V4_OK)
    for write in (cloud.api.noah.setting_write_soc_upper_limit, cloud.api.noah.setting_write_soc_lower_limit):
        with pytest.raises(ArgumentError, match="soc_limit"):
            write(limit, SN)
    assert cloud.asked == []


@pytest.mark.parametrize("end", [time(5), time(4, 59), time(5, 0, 30)])
def test_noah_period_starts_before_it_ends(end: time) -> None:
    with pytest.raises(ArgumentError, match="end_time"):
        Cloud(V4_OK).api.noah.setting_write_time_period(1, time(5), end, 0, 100, True, SN)


@pytest.mark.parametrize("power", [99.9, "99.9", 801, -1])
def test_power_is_never_cut(power: Any) -> None:
    cloud = Cloud(V4_OK)
    with pytest.raises(ArgumentError, match="active_power_watt"):
        cloud.api.noah.setting_write_active_power(power, SN)
    with pytest.raises(ArgumentError, match="power_watt"):
        cloud.api.noah.setting_write_time_period(1, time(5), time(6), 0, power, True, SN)
    assert cloud.asked == []


def test_active_power_is_watts_on_noah_and_percent_elsewhere() -> None:
    Cloud(V4_OK).api.noah.setting_write_active_power(800, SN)
    with pytest.raises(ArgumentError, match="active_power_percent"):
        Cloud(V4_OK).api.min.setting_write_active_power(101, SN)


def test_noah_on_off_can_be_tried() -> None:
    cloud = Cloud(V4_OK)
    cloud.api.noah.setting_write_on_off(False, SN)
    assert cloud.asked == [("new-api/setOnOrOff", {"deviceSn": SN, "deviceType": "noah", "value": "0"})]


def test_storage_and_sphs_have_no_limit_to_read() -> None:
    api = Cloud(V4_OK).api
    assert not hasattr(api.storage, "power")
    assert not hasattr(api.sphs, "power")


# Settings and VPP


def test_any_register_takes_two_values_and_no_more() -> None:
    cloud = Cloud(V1_OK)
    cloud.api.min.setting_write("set_any_reg", 3, parameter_value_2=100, device_sn=SN)
    assert cloud.asked[0][1]["param3"] == ""
    for values in ({"parameter_value_2": 65536}, {"parameter_value_2": 1, "parameter_value_3": 5}, {}):
        with pytest.raises(ArgumentError):
            cloud.api.min.setting_write("set_any_reg", 3, device_sn=SN, **values)


@pytest.mark.parametrize(
    ("family", "parameter", "values"),
    [
        ("min", "charge_power", (101,)),
        ("min", "ac_charge", (2,)),
        ("min", "tlx_on_off", ("1",)),
        ("min", "time_segment1", (1, 24, 0, 5, 0, 1)),
        ("sph", "pv_power_factor", (0.5,)),
        ("inverter", "pv_reactive_p_rate", (50, "up")),
        ("storage", "storage_ac_charge_soc_limit", (90,)),
        ("spa", "spa_ac_charge_time_period", (50, 90, 99)),
    ],
)
def test_settings_are_checked_against_their_catalogue(family: str, parameter: str, values: tuple[Any, ...]) -> None:
    cloud = Cloud(V1_OK)
    slots = {f"parameter_value_{n}": value for n, value in enumerate(values, 1)}
    with pytest.raises(ArgumentError, match="parameter_value_"):
        getattr(cloud.api, family).setting_write(parameter_id=parameter, device_sn=SN, **slots)
    assert cloud.asked == []


def test_settings_that_the_catalogue_lists_or_not_are_sent() -> None:
    cloud = Cloud(V1_OK)
    cloud.api.min.setting_write("new_in_next_firmware", "what", SN)
    cloud.api.min.setting_write("pv_active_p_rate", 4200, SN, 1, 1)
    plan = {f"parameter_value_{n}": value for n, value in enumerate((80, 90, 1, 0, 30, 5, 0, 1), 1)}
    cloud.api.spa.setting_write("spa_ac_charge_time_period", device_sn=SN, **plan)
    cloud.api.storage.setting_write("pv_power_factor", 0.95, device_sn=SN)
    assert len(cloud.asked) == 4
    assert SETTINGS[DeviceType.MIN]["charge_power"].slots[0].high == 100
    assert SETTINGS[DeviceType.MIN]["time_segment9"].read_back[0] == "time9_mode"


def test_every_read_back_of_a_min_setting_is_a_field() -> None:
    fields = MinTlxSettingsData.vocabulary()
    for parameter in SETTINGS[DeviceType.MIN].values():
        assert set(parameter.read_back) <= set(fields), parameter.what


def test_setting_read_takes_a_parameter_or_registers() -> None:
    cloud = Cloud(V1_OK)
    cloud.api.sph.setting_read(SN, end_address=30)
    assert cloud.asked[0][1] == {"device_sn": SN, "paramId": "set_any_reg", "startAddr": "30", "endAddr": "30"}
    wrong: list[dict[str, Any]] = [
        {},
        {"start_address": 5, "end_address": 3},
        {"parameter_id": "ac_charge", "start_address": 1},
    ]
    for arguments in wrong:
        with pytest.raises(ArgumentError):
            cloud.api.sph.setting_read(SN, **arguments)


@pytest.mark.parametrize(
    ("moment", "minutes"), [(time(5, 30), "330"), (END_OF_DAY, "1440"), (1440, "1440"), (90, "90"), (time(0), "0")]
)
def test_vpp_time_is_minutes(moment: Any, minutes: str) -> None:
    cloud = Cloud(V1_OK)
    Vpp(cloud.api.session).write(SN, moment, -60)
    assert cloud.asked == [("vppRemoteSetNew", {"vppSn": SN, "time": minutes, "percentage": "-60"})]


@pytest.mark.parametrize(("moment", "percentage"), [(1441, 0), (-1, 0), (0, 101), (0, -101), ("05:30", 0), (0, 1.5)])
def test_vpp_ranges(moment: Any, percentage: Any) -> None:
    with pytest.raises(ArgumentError):
        Cloud(V1_OK).api.min.setting_write_vpp_now(moment, percentage, SN)


def test_vpp_period_over_midnight_becomes_two() -> None:
    assert power_plan([(95, time(22), time(5))]) == [
        {"percentage": 95, "startTime": 1320, "endTime": 1440},
        {"percentage": 95, "startTime": 0, "endTime": 300},
    ]
    assert power_plan([(95, time(22), time(0))]) == [{"percentage": 95, "startTime": 1320, "endTime": 1440}]


@pytest.mark.parametrize(
    "schedules",
    [
        [(50, time(5), time(5))],
        [(50, 0, 100), (60, 99, 200)],
        [(50, 1380, 60), (10, 30, 90)],
        [(50, n * 10, n * 10 + 5) for n in range(21)],
        [],
        [(50, 0)],
        "0-5",
    ],
)
def test_vpp_plans_that_make_no_sense(schedules: Any) -> None:
    with pytest.raises(ArgumentError, match="schedules"):
        Cloud(V1_OK).api.min.setting_write_vpp_schedule(schedules, SN)


def test_vpp_parameters_are_checked_and_periods_written_as_text() -> None:
    cloud = Cloud(V4_OK)
    for parameter, value in (("set_param_22", 60), ("set_param_1", 2), ("set_param_27", -101), ("set_param_5", None)):
        with pytest.raises(ArgumentError, match="value"):
            cloud.api.min.setting_write_vpp_param(parameter, value, SN)
    cloud.api.wit.setting_write_vpp_param_new("set_param_34", [(95, 0, 300)], SN)
    assert cloud.asked[0][1]["value"] == '[{"percentage":95,"startTime":0,"endTime":300}]'
    assert len(VPP) == 34
    assert VPP["set_param_12"].default == 10000


# Requests


def test_agent_code_has_its_documented_key_and_the_password_stays_secret() -> None:
    cloud = Cloud(V1_OK)
    cloud.api.user.register("jane", "pass", "j@example.com", "Germany", installer_code="AFLF6")
    assert cloud.asked[0][1]["agentCode"] == "AFLF6"
    with pytest.raises(ArgumentError) as caught:
        cloud.api.user.register("jane", 12345, "j@example.com", "Germany")
    assert "12345" not in str(caught.value)


HISTORIES = ["inverter", "storage", "max", "sph", "spa", "min", "pcs", "hps", "pbd"]


@pytest.mark.parametrize("family", HISTORIES)
def test_history_windows_follow_one_rule(family: str) -> None:
    def spans(days: int, **more: Any) -> list[tuple[str, str]]:
        cloud = Cloud(V1_OK)
        start = date(2025, 5, 1)
        getattr(cloud.api, family).energy_history(SN, start, start + timedelta(days=days - 1), **more)
        return [(asked["start_date"], asked["end_date"]) for _, asked in cloud.asked]

    assert spans(7) == [("2025-05-01", "2025-05-07")]
    assert spans(8) == [("2025-05-01", "2025-05-07"), ("2025-05-08", "2025-05-08")]
    assert len(spans(95)) == 14
    for days, more in ((96, {}), (8, {"page": 1}), (0, {})):
        with pytest.raises(ArgumentError, match="end_date"):
            spans(days, **more)


def test_split_history_is_one_reply() -> None:
    def page(pac: int) -> dict[str, Any]:
        return {**V1_OK, "data": {"count": 1, "tlx_sn": SN, "datas": [{"pac": pac}], "next_page_start_id": 21}}

    reply = Cloud(page(1), page(2)).api.min.energy_history(SN, date(2025, 5, 1), date(2025, 5, 10))
    assert reply.data is not None
    assert [row.pac for row in reply.data.datas or []] == [1, 2]
    assert (reply.data.count, reply.data.device_sn) == (2, SN)


@pytest.mark.parametrize(
    ("method", "size"),
    [
        ("energy_v4", 100),
        ("details_v4", 100),
        ("energy_multiple", 100),
        ("energy_history_multiple_v4", 50),
    ],
)
def test_more_serials_than_a_call_takes_are_split(method: str, size: int) -> None:
    cloud = Cloud(V1_OK if method == "energy_multiple" else V4_OK)
    getattr(cloud.api.min, method)([f"SN{n}" for n in range(size + 1)])
    key = "tlxs" if method == "energy_multiple" else "deviceSn"
    assert [len(asked[key].split(",")) for _, asked in cloud.asked] == [size, 1]


def test_split_batches_are_merged() -> None:
    def answer(serial: str) -> dict[str, Any]:
        return {**V4_OK, "data": {"min": [{"serialNum": serial, "pac": 5}]}}

    reply = Cloud(answer("A"), answer("B")).api.min.energy_v4([f"SN{n}" for n in range(150)])
    assert reply.data is not None
    assert [row.device_sn for row in reply.data.devices or []] == ["A", "B"]


def test_a_list_for_one_device_is_refused() -> None:
    cloud = Cloud(V4_OK)
    for call in (cloud.api.min.power, cloud.api.min.energy, cloud.api.noah.status, cloud.api.min.details):
        for serial in ([SN, "X"], f"{SN},X", "", " ", 7, None):
            with pytest.raises(ArgumentError, match="device_sn"):
                call(serial)
    assert cloud.asked == []


def test_pages_and_limits_are_checked() -> None:
    api = Cloud(V1_OK).api
    with pytest.raises(ArgumentError, match="limit=101"):
        api.inverter.energy_history(SN, limit=101)
    for page in (0, 251, 1.5):
        with pytest.raises(ArgumentError, match="page"):
            api.plant.list(page=page)
    with pytest.raises(ArgumentError, match="from 1 to 2"):
        api.min.energy_multiple(SN, page=3)


def test_plant_energy_history_windows_and_missing_data() -> None:
    api = Cloud({"error_code": 0, "error_msg": "", "data": None}).api
    assert api.plant.energy_history(1).data is None
    with pytest.raises(ArgumentError, match="months"):
        api.plant.energy_history(1, date(2023, 12, 1), date(2025, 6, 1), "month")
    with pytest.raises(ArgumentError, match="20 years"):
        api.plant.energy_history(1, date(2005, 1, 1), date(2025, 6, 1), "year")
    with pytest.raises(ArgumentError, match="date_interval"):
        api.plant.energy_history(1, date_interval="week")


def test_arguments_of_a_wrong_type_are_named() -> None:
    api = Cloud(V1_OK).api
    with pytest.raises(ArgumentError, match="date_='2025-01-01'"):
        api.min.alarms(SN, "2025-01-01")
    with pytest.raises(ValueError, match="power_on"):
        api.min.setting_write_on_off("on", SN)


# Lists and the type of a device


def page_of(serials: list[str], count: int) -> dict[str, Any]:
    return {**V1_OK, "data": {"count": count, "devices": [{"device_sn": serial} for serial in serials]}}


def test_all_pages_of_a_list_in_one_reply() -> None:
    cloud = Cloud(page_of(["A", "B"], 3), page_of(["C"], 3))
    reply = cloud.api.plant.list_devices_all(7)
    assert reply.data is not None
    assert [row.device_sn for row in reply.data.devices or []] == ["A", "B", "C"]
    assert [asked["page"] for _, asked in cloud.asked] == ["1", "2"]
    assert cloud.asked[0][1]["perpage"] == "100"


def v4_page(serial: str, kind: str, *, last: bool) -> dict[str, Any]:
    rows = [{"deviceSn": serial, "deviceType": kind}]
    return {**V4_OK, "data": {"count": 2, "data": rows, "lastPager": last}}


def test_device_type_pages_with_the_documented_pause() -> None:
    cloud = Cloud(
        {"result": 0, "msg": "", "obj": None}, v4_page("X", "min", last=False), v4_page(SN, "sph-s", last=True)
    )
    assert cloud.api.device.get_device_type(SN) is DeviceType.SPHS
    assert cloud.paths[1:] == ["new-api/queryDeviceList"] * 2
    assert cloud.clock.waited == 5


@pytest.mark.parametrize(("maxima", "kind"), [([{"serialNum": SN}], DeviceType.MAX), ([], DeviceType.INVERTER)])
def test_type_1_in_a_plant_may_be_max(maxima: list[Any], kind: DeviceType) -> None:
    cloud = Cloud(
        {"result": 0, "msg": "", "obj": None},
        V4_OK,
        {**V1_OK, "data": {"plant": {"plant_id": 7}}},
        {**V1_OK, "data": {"count": 1, "devices": [{"device_sn": SN, "type": 1}]}},
        {**V4_OK, "data": {"max": maxima}},
    )
    assert cloud.api.device.get_device_type(SN) is kind
    assert cloud.paths == [
        "device/check/sn",
        "new-api/queryDeviceList",
        "plant/sn_plant",
        "device/list",
        "new-api/queryDeviceInfo",
    ]
    assert cloud.asked[3][1] == {"plant_id": "7", "perpage": "100"}


def test_api_for_device_gives_the_family_or_says_why_not() -> None:
    module = Cloud(sample("device.type_info")).api.api_for_device(SN)
    assert (type(module).__name__, module.device_sn) == ("Min", SN)
    assert type(Cloud(V4_OK).api.api_for_device(SN, DeviceType.GROBOOST)).__name__ == "Groboost"
    with pytest.raises(WrongDeviceType, match="other"):
        Cloud(V4_OK).api.api_for_device(SN, DeviceType.OTHER)
    nothing = {"result": 0, "msg": "", "obj": None}
    with pytest.raises(WrongDeviceType, match="unknown to the cloud"):
        Cloud(nothing, V4_OK, V1_OK).api.api_for_device(SN)


def test_serial_first_or_bound() -> None:
    cloud = Cloud(V4_OK)
    module = Noah(cloud.api.session, SN)
    module.setting_write_grid_charging(True)
    module.setting_write_grid_charging(grid_charging=True)
    module.setting_write_grid_charging("OTHER", True)
    module.setting_write_off_grid(False)
    module.setting_write_assign_inverter(None, "INV", "0x1", "Brand", "Model")
    module.wifi_strength()
    serials = [asked["deviceSn"] for _, asked in cloud.asked]
    assert serials == [SN, SN, "OTHER", SN, SN, SN]
    minis = type(cloud.api.min)(cloud.api.session, SN)
    minis.setting_clear_vpp_time_period("set_param_34")
    assert cloud.asked[-1][1] == {"deviceSn": SN, "deviceType": "min", "setType": "set_param_34"}


# Budget instead of a cache


def test_no_reply_is_ever_taken_for_another(tmp_path: Path) -> None:
    cloud = Cloud({**V4_OK, "data": 1}, {**V4_OK, "data": 2})
    assert [cloud.api.min.power(SN).data for _ in range(2)] == [1, 2]
    assert list(tmp_path.iterdir()) == []


def test_budget_is_private_json_without_the_token(tmp_path: Path) -> None:
    file = tmp_path / "state" / "budget.json"
    cloud = Cloud(V4_OK, budget=Budget(file))
    cloud.api.min.power(SN)
    assert "s3cret" not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    json.loads(file.read_text())
    with pytest.raises(RateLimited, match="not sent"):
        cloud.api.min.power(SN)
    assert len(cloud.asked) == 1


def calls() -> Iterator[Call]:
    module = Noah(GrowattApi("t", "http://localhost").session, SN)
    for name, endpoint in Noah.endpoints().items():
        if name.startswith("setting_write_soc"):
            yield next(endpoint.plan(module, 50))


def test_writes_are_marked_so_that_nothing_repeats_them() -> None:
    assert [call.write for call in calls()] == [True, True]


def test_the_objects_are_made_as_in_the_reference_library() -> None:
    session = GrowattApiSession(server_url="http://localhost", token="t", use_cache=False)
    assert Noah(session=session, device_sn=SN).device_sn == SN
    assert GrowattApi.using_test_server_v1().session.server_url == "https://test.growatt.com"
    assert GrowattApiSession.using_test_server_v4("own").server_url == "http://183.62.216.35:8081"
