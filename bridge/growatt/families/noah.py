"""NOAH and NEXA balcony batteries (device type noah): v4 calls and those of the phone app."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from bridge.growatt.account.device import ask_type
from bridge.growatt.arguments import clock_time, day, filled, flag, number, single_serial, whole
from bridge.growatt.calls import Call, M, Plan, S, endpoint
from bridge.growatt.enums import DeviceType, WorkMode
from bridge.growatt.errors import ArgumentError, RateLimited, WrongDeviceType
from bridge.growatt.families.codes import (
    CHARGING_BITS,
    MPPT_PROTECTION,
    NOAH_STATUS,
    PACK_BITS,
    PACK_PROTECTION,
    PACK_WARNING,
    PD_WARNING,
    TEMPERATURE_UNIT,
    WORK_MODE,
)
from bridge.growatt.families.parts import DayHistory
from bridge.growatt.families.shared import (
    PowerLimitRead,
    SettingWriteV4,
    V4Family,
    day_history,
    day_history_multiple,
    details_v4,
    last_data,
    v4_write,
)
from bridge.growatt.families.vpp import VppParameters
from bridge.growatt.fields import (
    Amperes,
    Celsius,
    Day,
    Fahrenheit,
    Flag,
    Integer,
    KilowattHours,
    Millivolts,
    Moment,
    Percent,
    Reading,
    Real,
    Reply,
    Text,
    TimeOfDay,
    Volts,
    Watts,
    label,
    parse_time_of_day,
)


class NoahPacks(Reading):
    """The first four battery packs."""

    battery1_serial_num: Text = label("Serial number of battery pack 1")
    battery2_serial_num: Text = label("Serial number of battery pack 2")
    battery3_serial_num: Text = label("Serial number of battery pack 3")
    battery4_serial_num: Text = label("Serial number of battery pack 4")
    time: Moment = label("Time")
    battery1_soc: Percent = label("State of charge of battery pack 1")
    battery2_soc: Percent = label("State of charge of battery pack 2")
    battery3_soc: Percent = label("State of charge of battery pack 3")
    battery4_soc: Percent = label("State of charge of battery pack 4")
    battery1_temp: Celsius = label("Temperature of battery pack 1")
    battery2_temp: Celsius = label("Temperature of battery pack 2")
    battery3_temp: Celsius = label("Temperature of battery pack 3")
    battery4_temp: Celsius = label("Temperature of battery pack 4")
    battery1_temp_f: Fahrenheit = label("Battery 1 temperature f")
    battery2_temp_f: Fahrenheit = label("Battery 2 temperature f")
    battery3_temp_f: Fahrenheit = label("Battery 3 temperature f")
    battery4_temp_f: Fahrenheit = label("Battery 4 temperature f")
    battery_package_quantity: Integer = label("Number of battery packs")


class NoahBattery(Reading):
    """One battery pack."""

    serial_num: Text = label("Serial number")
    soc: Percent = label("State of charge")
    temp: Celsius = label("Temperature")
    temp_f: Fahrenheit = label("Temperature in Fahrenheit")


class NoahBatteryData(NoahPacks):
    """As its base."""

    batteries: list[NoahBattery] | None = label("All battery packs")


class NoahDetailDataV4(Reading):
    """Device data and settings (v4)."""

    device_sn: Text = label("Serial number")
    address: Integer = label("Device address on the datalogger bus", wire="addr")
    alias: Text = label("Name")
    associated_inv_man_and_model: Integer = label("Associated inverter man and model")
    associated_inv_sn: Text = label("Associated inverter serial number")
    datalogger_sn: Text = label("Datalogger serial number", wire="datalogSn")
    device_to_grid_power: Watts = label("Device to grid power")
    grid_to_device_power: Watts = label("Grid to device power")
    location: Text = label("Place text entered by the user")
    man_name: Text = label("Manufacturer text")
    model: Text = label("Model")
    model_name: Text = label("Model code or name")
    ota_device_type_code_high: Text = label("OTA device type code high")
    ota_device_type_code_low: Text = label("OTA device type code low")
    port_name: Text = label("Text naming the communication port")
    temp_type: Integer = label("Temperature unit: 0 Celsius", codes=TEMPERATURE_UNIT)
    last_update_time: Moment = label("Last update time")
    last_update_time_text: Moment = label("Last update time text")
    sys_time: Moment = label("Device clock")
    time1_enable: Flag = label("Time slot 1 active")
    time2_enable: Flag = label("Time slot 2 active")
    time3_enable: Flag = label("Time slot 3 active")
    time4_enable: Flag = label("Time slot 4 active")
    time5_enable: Flag = label("Time slot 5 active")
    time6_enable: Flag = label("Time slot 6 active")
    time7_enable: Flag = label("Time slot 7 active")
    time8_enable: Flag = label("Time slot 8 active")
    time9_enable: Flag = label("Time slot 9 active")
    time1_end: TimeOfDay = label("End of time slot 1")
    time2_end: TimeOfDay = label("End of time slot 2")
    time3_end: TimeOfDay = label("End of time slot 3")
    time4_end: TimeOfDay = label("End of time slot 4")
    time5_end: TimeOfDay = label("End of time slot 5")
    time6_end: TimeOfDay = label("End of time slot 6")
    time7_end: TimeOfDay = label("End of time slot 7")
    time8_end: TimeOfDay = label("End of time slot 8")
    time9_end: TimeOfDay = label("End of time slot 9")
    time1_mode: Integer = label("Mode of time slot 1", codes=WORK_MODE)
    time2_mode: Integer = label("Mode of time slot 2", codes=WORK_MODE)
    time3_mode: Integer = label("Mode of time slot 3", codes=WORK_MODE)
    time4_mode: Integer = label("Mode of time slot 4", codes=WORK_MODE)
    time5_mode: Integer = label("Mode of time slot 5", codes=WORK_MODE)
    time6_mode: Integer = label("Mode of time slot 6", codes=WORK_MODE)
    time7_mode: Integer = label("Mode of time slot 7", codes=WORK_MODE)
    time8_mode: Integer = label("Mode of time slot 8", codes=WORK_MODE)
    time9_mode: Integer = label("Mode of time slot 9", codes=WORK_MODE)
    time1_power: Watts = label("Output power of time slot 1")
    time2_power: Watts = label("Output power of time slot 2")
    time3_power: Watts = label("Output power of time slot 3")
    time4_power: Watts = label("Output power of time slot 4")
    time5_power: Watts = label("Output power of time slot 5")
    time6_power: Watts = label("Output power of time slot 6")
    time7_power: Watts = label("Output power of time slot 7")
    time8_power: Watts = label("Output power of time slot 8")
    time9_power: Watts = label("Output power of time slot 9")
    time1_start: TimeOfDay = label("Start of time slot 1")
    time2_start: TimeOfDay = label("Start of time slot 2")
    time3_start: TimeOfDay = label("Start of time slot 3")
    time4_start: TimeOfDay = label("Start of time slot 4")
    time5_start: TimeOfDay = label("Start of time slot 5")
    time6_start: TimeOfDay = label("Start of time slot 6")
    time7_start: TimeOfDay = label("Start of time slot 7")
    time8_start: TimeOfDay = label("Start of time slot 8")
    time9_start: TimeOfDay = label("Start of time slot 9")
    timezone: Real = label("UTC offset in hours")
    default_ac_couple_power: Watts = label("Default AC couple power", wire="defaultACCouplePower")
    default_mode: Integer = label("Default mode")
    default_power: Watts = label("Default power")
    lost: Flag = label("Connection lost")
    status: Integer = label("Status", codes=NOAH_STATUS)
    bms_version: Text = label("BMS version")
    fw_version: Text = label("Firmware version")
    mppt_version: Text = label("MPPT version")
    pd_version: Text = label("Pd version")
    ac_couple_power_control: Integer = label("AC coupling power control")
    allow_grid_charging: Integer = label("Charging from the grid allowed (0/1)")
    grid_connection_control: Integer = label("Off-grid switch setting (0/1)")
    charging_soc_high_limit: Percent = label("Charge limit")
    charging_soc_low_limit: Percent = label("Discharge limit")
    smart_socket_power: Watts = label("Power of smart plugs")
    anti_backflow_power_percentage: Percent = label("Feed-in limit")
    component_power: Watts = label("Component power")
    ammeter_unbind: Integer = label("Meter unbind")
    anti_backflow_enable: Integer = label("Zero feed-in active (0/1)")
    eastron_ammeter_control_pair: Integer = label("Eastron meter control pair")
    ebm_order_num: Integer = label("Ebm order number")
    shelly_flag: Flag = label("Shelly flag")


class NoahDetailsDataV4(Reading):
    devices: list[NoahDetailDataV4] | None = label("Devices", wire="noah")


class NoahEnergyChartData(Reading):
    time: Day = label("Time")
    epv: KilowattHours = label("PV energy of the interval")


class NoahEnergyDataV4(NoahPacks):
    """Reading of a NOAH or NEXA (v4)."""

    device_sn: Text = label("Serial number")
    datalogger_sn: Text = label("Datalogger serial number", wire="datalogSn")
    is_again: Integer = label("Is again")
    settable_time_period: Integer = label("Number of time slots that can be set")
    time_str: Moment = label("Timestamp as text")
    ac_couple_protect_status: Integer = label("AC couple protect status")
    ac_couple_warn_status: Integer = label("AC couple warn status")
    battery1_protect_status: Integer = label("Protection bits of battery pack 1", bits=PACK_PROTECTION)
    battery2_protect_status: Integer = label("Protection bits of battery pack 2", bits=PACK_PROTECTION)
    battery3_protect_status: Integer = label("Protection bits of battery pack 3", bits=PACK_PROTECTION)
    battery4_protect_status: Integer = label("Protection bits of battery pack 4", bits=PACK_PROTECTION)
    battery1_warn_status: Integer = label("Warning bits of battery pack 1", bits=PACK_WARNING)
    battery2_warn_status: Integer = label("Warning bits of battery pack 2", bits=PACK_WARNING)
    battery3_warn_status: Integer = label("Warning bits of battery pack 3", bits=PACK_WARNING)
    battery4_warn_status: Integer = label("Warning bits of battery pack 4", bits=PACK_WARNING)
    fault_status: Integer = label("One bit per battery pack with a fault", bits=PACK_BITS)
    heating_status: Integer = label("One bit per battery pack that is heating", bits=PACK_BITS)
    mppt_protect_status: Integer = label("MPPT protect status", bits=MPPT_PROTECTION)
    pd_warn_status: Integer = label("Pd warn status", bits=PD_WARNING)
    status: Integer = label("Status", codes=NOAH_STATUS)
    total_battery_pack_charging_status: Integer = label("Bit 0 charging", bits=CHARGING_BITS)
    ppv: Watts = label("PV power")
    pv1_current: Amperes = label("PV input 1 current")
    pv2_current: Amperes = label("PV input 2 current")
    pv3_current: Amperes = label("PV input 3 current")
    pv4_current: Amperes = label("PV input 4 current")
    pv1_temp: Celsius = label("Temperature at PV input 1")
    pv2_temp: Celsius = label("Temperature at PV input 2")
    pv3_temp: Celsius = label("Temperature at PV input 3")
    pv4_temp: Celsius = label("Temperature at PV input 4")
    pv1_voltage: Volts = label("PV input 1 voltage")
    pv2_voltage: Volts = label("PV input 2 voltage")
    pv3_voltage: Volts = label("PV input 3 voltage")
    pv4_voltage: Volts = label("PV input 4 voltage")
    eac_month: KilowattHours = label("AC output energy, this month")
    eac_today: KilowattHours = label("AC output energy, today")
    eac_total: KilowattHours = label("AC output energy, lifetime")
    eac_year: KilowattHours = label("AC output energy, this year")
    off_grid_current: Amperes = label("Off-grid port current")
    off_grid_power: Watts = label("Off-grid port Power")
    off_grid_voltage: Volts = label("Off-grid port Voltage")
    on_grid_current: Amperes = label("On-grid port current")
    on_grid_power: Watts = label("On-grid port Power")
    on_grid_voltage: Volts = label("On-grid port Voltage")
    on_off_grid: Integer = label("1 while running off grid")
    pac: Watts = label("AC power")
    total_battery_pack_charging_power: Watts = label("Battery power")
    total_battery_pack_soc: Percent = label("State of charge over all packs")
    ct_self_power: Watts = label("Power at the grid meter")
    household_load_apart_from_groplug: Watts = label("Household load apart from groplug")
    total_household_load: Watts = label("Total household load")
    battery_cycles: Integer = label("Charge cycles counted")
    battery_soh: Percent = label("Battery state of health")
    charge_soc_limit: Percent = label("Upper state-of-charge limit")
    discharge_soc_limit: Percent = label("Lower state-of-charge limit")
    max_cell_voltage: Millivolts = label("Highest cell voltage")
    min_cell_voltage: Millivolts = label("Lowest cell voltage")
    system_temp: Celsius = label("System temperature")
    ct_flag: Integer = label("Grid meter present")
    work_mode: Integer = label("Working mode code", codes=WORK_MODE)


class NoahEnergyHistoryDataV4(DayHistory):
    datas: list[NoahEnergyDataV4] | None = label("Rows")


class NoahEnergyOverviewDataV4(Reading):
    devices: list[NoahEnergyDataV4] | None = label("Devices", wire="noah")


class NoahFirmwareInfoData(Reading):
    update_available: Flag = label("True if a newer firmware exists", wire="checkUpgradeNoah")
    status: Integer = label("Status", codes=NOAH_STATUS)
    current_version: Text = label("Current version", wire="currVersion")
    latest_version: Text = label("Latest version", wire="newVersion")


class NoahPlantListItem(Reading):
    plant_id: Integer = label("Plant id")
    plant_img_name: Text = label("Plant image name")
    plant_name: Text = label("Display name")


class NoahPowerChartData(Reading):
    time: Moment = label("Time")
    ppv: Watts = label("PV power")
    pac: Watts = label("AC power")
    total_household_load: Watts = label("Total household load")


class NoahSafetyListItem(Reading):
    country_and_area: Text = label("Country and area")
    safety_correspond_num: Real = label("Safety correspond number")


class NoahTimeSegment(Reading):
    end_time: TimeOfDay = label("When the alarm ended")
    start_time: TimeOfDay = label("When the alarm began")
    power: Watts = label("Power right now")
    days: list[int] | None = label("Weekdays")
    work_mode: Integer = label("Working mode code", codes=WORK_MODE)


class NoahTimeSegments(Reading):
    time_segment1: NoahTimeSegment | None = label("Packed slot 1: mode_start_end_power_days")
    time_segment2: NoahTimeSegment | None = label("Packed slot 2: mode_start_end_power_days")
    time_segment3: NoahTimeSegment | None = label("Packed slot 3: mode_start_end_power_days")
    time_segment4: NoahTimeSegment | None = label("Packed slot 4: mode_start_end_power_days")
    time_segment5: NoahTimeSegment | None = label("Packed slot 5: mode_start_end_power_days")
    time_segment6: NoahTimeSegment | None = label("Packed slot 6: mode_start_end_power_days")
    time_segment7: NoahTimeSegment | None = label("Packed slot 7: mode_start_end_power_days")
    time_segment8: NoahTimeSegment | None = label("Packed slot 8: mode_start_end_power_days")
    time_segment9: NoahTimeSegment | None = label("Packed slot 9: mode_start_end_power_days")


class NoahSettingsData(Reading):
    device_sn: Text = label("Serial number")
    alias: Text = label("Name")
    ammeter_model: Text = label("Meter model")
    ammeter_sn: Text = label("Meter serial number")
    ct_type: Integer = label("CT type")
    model: Text = label("Model")
    plant_id: Integer = label("Plant id")
    plant_list: list[NoahPlantListItem] | None = label("Plants of the account")
    plant_name: Text = label("Display name")
    temp_type: Integer = label("Temperature unit: 0 Celsius", codes=TEMPERATURE_UNIT)
    time_segments: NoahTimeSegments | None = label("Time segments", wire="time_segment")
    default_ac_couple_power: Watts = label("Default AC couple power", wire="defaultACCouplePower")
    default_mode: Integer = label("Default mode")
    version: Text = label("Version")
    ac_couple: Flag = label("AC couple")
    ac_couple_enable: Integer = label("AC coupling enabled")
    ac_couple_power_control: Integer = label("AC coupling power control")
    allow_grid_charging: Integer = label("Charging from the grid allowed (0/1)")
    grid_connection_control: Integer = label("Off-grid switch setting (0/1)")
    grid_set: Integer = label("Grid setting")
    bat_sns: list[str] | None = label("Serial numbers of the packs")
    charging_soc_high_limit: Percent = label("Charge limit")
    charging_soc_low_limit: Percent = label("Discharge limit")
    anti_backflow_power_percentage: Percent = label("Feed-in limit")
    anti_backflow_enable: Integer = label("Zero feed-in active (0/1)")
    currency: Text = label("Currency", wire="moneyUnitText")
    currency_list: list[str] | None = label("Currency codes that can be chosen")
    formula_money: Real = label("Formula money")
    safety: Real = label("Safety")
    safety_enable: Flag = label("Safety enabled")
    safety_list: list[NoahSafetyListItem] | None = label("Grid codes that can be chosen")
    shelly_list: list[Any] | None = label("Paired Shelly meters")
    smart_plan: Flag = label("Smart schedule on")
    work_mode: Integer = label("Working mode code", codes=WORK_MODE)
    man_name: Text = label("Manufacturer")
    model_name: Text = label("Model name")
    associated_inv_sn: Text = label("Serial number of the tied inverter")
    associated_inv_man_and_model: Text = label("Maker and model of the tied inverter")
    default_power: Watts = label("Default output power")


class NoahStatusData(Reading):
    alias: Text = label("Name")
    associated_inv_sn: Text = label("Associated inverter serial number")
    plant_id: Integer = label("Plant id")
    eastron_status: Integer = label("Eastron status")
    status: Integer = label("Status", codes=NOAH_STATUS)
    ppv: Watts = label("PV power")
    ac_couple_power_control: Integer = label(
        "AC coupling power control", wire="acCouplePowerControl", alt="acCoupleEnable"
    )
    eac_today: KilowattHours = label("AC output energy, today")
    eac_total: KilowattHours = label("AC output energy, lifetime")
    on_off_grid: Integer = label("1 while running off grid")
    pac: Watts = label("AC power")
    total_battery_pack_charging_power: Watts = label("Battery power")
    total_battery_pack_soc: Percent = label("State of charge over all packs", wire="soc")
    ct_self_power: Watts = label("Power at the grid meter", wire="gridPower")
    total_household_load: Watts = label("Total household load", wire="loadPower")
    battery_package_quantity: Integer = label("Number of battery packs", wire="batteryNum")
    groplug_power: Watts = label("Power of smart plugs")
    other_power: Watts = label("Power of other sources")
    ct_flag: Flag = label("Grid meter present", wire="isHaveCt")
    currency: Text = label("Currency", wire="moneyUnit")
    groplug_num: Integer = label("Number of smart plugs")
    money_today: Real = label("Money today", wire="profitToday")
    money_total: Real = label("Money total", wire="profitTotal")
    work_mode: Integer = label("Working mode code", codes=WORK_MODE)
    ac_couple_enable: Integer = label("AC coupling enabled")


class NoahBatteryStatus(Reply):
    data: NoahBatteryData | None = None


class NoahDetailsV4(Reply):
    data: NoahDetailsDataV4 | None = None


class NoahEnergyChart(Reply):
    data: list[NoahEnergyChartData] | None = None


class NoahEnergyHistoryMultipleV4(Reply):
    data: dict[str, list[NoahEnergyDataV4]] | None = None


class NoahEnergyHistoryV4(Reply):
    data: NoahEnergyHistoryDataV4 | None = None


class NoahEnergyV4(Reply):
    data: NoahEnergyOverviewDataV4 | None = None


class NoahFirmwareInfo(Reply):
    data: NoahFirmwareInfoData | None = None


class NoahPowerChart(Reply):
    data: list[NoahPowerChartData] | None = None


class NoahSettings(Reply):
    data: NoahSettingsData | None = None


class NoahStatus(Reply):
    data: NoahStatusData | None = None


MOST_POWER = 800
"""Highest output in W that the documentation allows."""
CHART_DAY_OFFSET = timedelta(days=1)
"""The power chart shows the day before the one that is asked for."""
DEVICE_POWER = 2500
"""More than any NOAH or NEXA can put out, in W: bounds what a wrapped household load can be."""
HOUSEHOLD_POWER = 20_000
"""Highest household load in W that is believed as it stands."""
_CHART_PERIODS = {"day": 1, "month": 2, "year": 3}

Packed = Mapping[str, Any]


class Noah(V4Family[S], PowerLimitRead[S], VppParameters[S]):
    """NOAH and NEXA batteries.

    The calls of the phone app (`status`, `settings`, charts) have other paths for NEXA. Which one a device is, is asked
    once with `device/check/sn` and remembered by the session.
    """

    device_type = DeviceType.NOAH

    def remember_model(self, device_sn: str, model: str) -> None:
        """Spare the app calls the look-up of the model (NOAH or NEXA) where it is known already."""
        self.session.memory["model", device_sn] = model

    details_v4 = details_v4(NoahDetailsV4)
    energy_v4 = last_data(NoahEnergyV4, every=60)
    energy_history_v4 = day_history(NoahEnergyHistoryV4)
    energy_history_multiple_v4 = day_history_multiple(NoahEnergyHistoryMultipleV4)

    @endpoint
    def status(self, device_sn: str | None = None) -> Plan[NoahStatus]:
        """Powers, state of charge and state right now."""
        return _app(self, device_sn, "getSystemStatus", NoahStatus, status_data)

    @endpoint
    def battery_status(self, device_sn: str | None = None) -> Plan[NoahBatteryStatus]:
        """State of charge and temperature of each battery pack."""
        return _app(self, device_sn, "getBatteryData", NoahBatteryStatus, battery_data)

    @endpoint
    def settings(self, device_sn: str | None = None) -> Plan[NoahSettings]:
        """All settings of the device."""
        return _app(self, device_sn, "get{Model}InfoBySn", NoahSettings, settings_data)

    @endpoint
    def firmware_info(self, device_sn: str | None = None) -> Plan[NoahFirmwareInfo]:
        """Firmware version, and whether there is a newer one."""
        return _app(self, device_sn, "checkUpgrade{Model}", NoahFirmwareInfo)

    @endpoint
    def power_chart(self, device_sn: str | None = None, date_: date | None = None) -> Plan[NoahPowerChart]:
        """Powers of a day in steps of 5 minutes; default today. Rows of the future are 0; `pac` is always 0 on NEXA."""
        wanted = day("date_", date_)

        def rows(data: Any) -> list[Packed]:
            return power_rows(data, wanted)

        asked = (wanted + CHART_DAY_OFFSET).isoformat()
        return _app(self, device_sn, "get{Model}ChartData", NoahPowerChart, rows, date=asked)

    @endpoint
    def energy_chart(
        self,
        device_sn: str | None = None,
        date_: date | None = None,
        period: Literal["day", "month", "year"] | None = None,
    ) -> Plan[NoahEnergyChart]:
        """PV energy of the days of a month ("day", the default), of the months of a year, or of all years."""
        kind = period or "day"
        if kind not in _CHART_PERIODS:
            raise ArgumentError("period", period, "day, month or year")
        first = day("date_", date_).replace(day=1)

        def rows(data: Any) -> list[Packed]:
            return energy_rows(data, first, kind)

        form = {"dateTime": first.isoformat(), "dateType": str(_CHART_PERIODS[kind])}
        return _app(self, device_sn, "getDataChart", NoahEnergyChart, rows, **form)

    @endpoint
    def setting_write_active_power(self, active_power_watt: int, device_sn: str | None = None) -> Plan[SettingWriteV4]:
        """Set the default output power, 0 to 800 W."""
        power = whole("active_power_watt", active_power_watt, 0, MOST_POWER)
        return v4_write(self, "setPower", self.serial(device_sn), value=power)

    @endpoint
    def setting_write_soc_upper_limit(self, soc_limit: int, device_sn: str | None = None) -> Plan[SettingWriteV4]:
        """Set the state of charge at which charging stops, 0 to 100 %; above the lower limit."""
        limit = whole("soc_limit", soc_limit, 0, 100)
        return v4_write(self, "setHighLimitSoc", self.serial(device_sn), value=limit)

    @endpoint
    def setting_write_soc_lower_limit(self, soc_limit: int, device_sn: str | None = None) -> Plan[SettingWriteV4]:
        """Set the state of charge at which discharging stops, 0 to 100 %; below the upper limit."""
        limit = whole("soc_limit", soc_limit, 0, 100)
        return v4_write(self, "setLowLimitSoc", self.serial(device_sn), value=limit)

    @endpoint
    def setting_write_time_period(
        self,
        time_period_nr: int,
        start_time: time,
        end_time: time,
        work_mode: int | WorkMode,
        power_watt: int,
        enabled: bool,
        device_sn: str | None = None,
    ) -> Plan[SettingWriteV4]:
        """Set a time period, 1 to 9. Modes: 0 load first, 1 battery first, 2 smart. Power: 0 to 800 W.

        The period starts before it ends; one that passes midnight needs two.
        """
        start, end = clock_time("start_time", start_time), clock_time("end_time", end_time)
        if start >= end:
            raise ArgumentError("end_time", str(end), f"later than start_time {start}")
        return v4_write(
            self,
            "setTimeSegment",
            self.serial(device_sn),
            type=whole("time_period_nr", time_period_nr, 1, 9),
            startTime=start,
            endTime=end,
            mode=whole("work_mode", work_mode, 0, 2),
            power=whole("power_watt", power_watt, 0, MOST_POWER),
            enable=flag("enabled", enabled),
        )

    @endpoint
    def setting_write_grid_charging(
        self, device_sn: str | bool | None = None, grid_charging: bool | None = None
    ) -> Plan[SettingWriteV4]:
        """Allow charging from the grid. On a bound object the serial number may be left out."""
        serial, value = self.serial_and(device_sn, grid_charging)
        return v4_write(self, "setGridCharge", self.serial(serial), value=flag("grid_charging", value))

    @endpoint
    def setting_write_off_grid(
        self, device_sn: str | bool | None = None, off_grid: bool | None = None
    ) -> Plan[SettingWriteV4]:
        """Switch off-grid operation. On a bound object the serial number may be left out."""
        serial, value = self.serial_and(device_sn, off_grid)
        return v4_write(self, "setOffGrid", self.serial(serial), value=flag("off_grid", value))

    @endpoint
    def setting_write_assign_inverter(
        self,
        device_sn: str | None = None,
        inverter_sn: str | None = None,
        inverter_model_id: str | None = None,
        inverter_brand_name: str | None = None,
        inverter_model_name: str | None = None,
        inverter_type: int = 0,
    ) -> Plan[SettingWriteV4]:
        """Tie an inverter to the battery. On a bound object `device_sn` may be None."""
        inverter = {
            "deviceId": single_serial(inverter_sn, "inverter_sn"),
            "deviceModel": filled("inverter_model_name", inverter_model_name),
            "brandsName": filled("inverter_brand_name", inverter_brand_name),
            "modelId": filled("inverter_model_id", inverter_model_id),
            "type": whole("inverter_type", inverter_type, 0, 99),
        }
        return v4_write(self, "setDevice", self.serial(device_sn), value=json.dumps(inverter))


def _app(
    module: Noah[Any],
    device_sn: str | None,
    path: str,
    model: type[M],
    reshape: Callable[[Any], Any] | None = None,
    **form: str,
) -> Plan[M]:
    serial = module.serial(device_sn)
    kind = yield from _model(module, serial)
    full = f"noahDeviceApi/{kind.lower()}/{path.format(Model=kind)}"
    envelope = yield Call(path=full, form={"deviceSn": serial, **form})
    return envelope.into(model, reshape)


def _model(module: Noah[Any], serial: str) -> Plan[str]:
    """ "Noah" or "Nexa", from memory or asked once."""
    if ("model", serial) not in module.session.memory:
        try:
            yield from ask_type(module, serial)
        except RateLimited as error:
            raise RateLimited(
                f"cannot ask yet whether {serial} is a NOAH or a NEXA: {error.message}",
                retry_after=error.retry_after,
                code=error.code,
                endpoint=error.endpoint,
            ) from None
    text = str(module.session.memory.get(("model", serial), ""))
    for kind in ("Noah", "Nexa"):
        if text.upper().startswith(kind.upper()):
            return kind
    raise WrongDeviceType(f"{serial} is neither NOAH nor NEXA: the cloud calls its model {text!r}")


def status_data(data: Any) -> Any:
    """Adds the signed battery power that v4 has."""
    if not isinstance(data, dict):
        return data
    charge, discharge = _amount(data.get("chargePower")), _amount(data.get("disChargePower"))
    if charge is None and discharge is None:
        return data
    return {**data, "totalBatteryPackChargingPower": (charge or 0) - (discharge or 0)}


def battery_data(data: Any) -> Any:
    """Numbers the packs as v4 does, with temperatures in both units; `batteries` has all of them."""
    if not isinstance(data, dict):
        return data
    rows = [row for row in data.get("batter") or [] if isinstance(row, dict)]
    fahrenheit = "F" in str(data.get("tempType") or "").upper()
    packs = [{**row, **_temperatures(_amount(row.get("temp")), fahrenheit=fahrenheit)} for row in rows]
    keys = {"serialNum": "SerialNum", "soc": "Soc", "temp": "Temp", "tempF": "TempF"}
    numbered = {f"battery{n}{keys[k]}": v for n, p in enumerate(packs, 1) for k, v in p.items() if k in keys and n <= 4}
    others = {key: value for key, value in data.items() if key != "batter"}
    return {**others, **numbered, "batteryPackageQuantity": len(rows), "batteries": packs}


def _temperatures(value: float | None, *, fahrenheit: bool) -> dict[str, float | None]:
    if value is None:
        return {"temp": None, "tempF": None}
    if fahrenheit:
        return {"temp": round((value - 32) / 1.8, 2), "tempF": value}
    return {"temp": value, "tempF": round(value * 1.8 + 32, 2)}


def settings_data(data: Any) -> Any:
    """Lifts `noah` up beside the lists and unpacks the time segments."""
    if not isinstance(data, dict) or not isinstance(data.get("noah"), dict):
        return data
    lists = {"currencyList": data.get("unitKeyList"), "plantList": data.get("plantList")}
    return {**data["noah"], **lists, "time_segment": time_segments(data["noah"].get("time_segment"))}


def time_segments(packed: Any) -> Any:
    """A list of one-key objects, in any order, as one object of unpacked segments."""
    if not isinstance(packed, list):
        return packed
    return {key: _segment(text) for item in packed if isinstance(item, dict) for key, text in item.items()}


def _segment(text: Any) -> Any:
    """mode_start_end_power_days, such as 0_0:2_0:3_200_1,2."""
    parts = text.split("_") if isinstance(text, str) else []
    if len(parts) != 5:
        return text
    names = ("workMode", "startTime", "endTime", "power")
    days = [part for part in parts[4].split(",") if part.strip()]
    return {**dict(zip(names, parts, strict=False)), "days": days}


def power_rows(data: Any, wanted: date) -> list[Packed]:
    """The chart as rows of the wanted day, in order of time; keys that are no time are skipped."""
    if not isinstance(data, dict):
        return []
    rows = [_power_row(key, row, wanted) for key, row in data.items() if isinstance(row, dict)]
    return sorted((row for row in rows if row is not None), key=lambda row: str(row["time"]))


def _power_row(key: str, row: Packed, wanted: date) -> Packed | None:
    try:
        moment = datetime.combine(wanted, parse_time_of_day(key))
    except ValueError:
        return None
    load = _amount(row.get("totalHouseholdLoad"))
    repaired = row.get("totalHouseholdLoad") if load is None else unwrapped(load)
    return {**row, "time": moment.isoformat(" "), "totalHouseholdLoad": repaired}


def unwrapped(load: float) -> float | None:
    """Undo the 16-bit wrap of a negative household load; None where nothing explains the value.

    A row is the mean of a few samples, of which some may have wrapped: each wrapped one of `n` adds 65536 / n.
    """
    if -DEVICE_POWER <= load <= HOUSEHOLD_POWER:
        return load
    shares = [(wrapped, samples) for samples in range(1, 6) for wrapped in range(1, samples + 1)]
    candidates = (load - 65536 * wrapped / samples for wrapped, samples in shares)
    return next((round(value, 1) for value in candidates if -DEVICE_POWER <= value <= DEVICE_POWER), None)


def energy_rows(data: Any, first: date, period: str) -> list[Packed]:
    """The chart as rows; keys that are no day, month or year are skipped."""
    if not isinstance(data, dict):
        return []
    days = {key: _chart_day(key, first, period) for key in data}
    rows = [{"time": found.isoformat(), "epv": data[key]} for key, found in days.items() if found]
    return sorted(rows, key=lambda row: str(row["time"]))


def _chart_day(key: str, first: date, period: str) -> date | None:
    try:
        match period:
            case "day":
                return first.replace(day=int(key))
            case "month":
                return first.replace(month=int(key))
            case _:
                return date(int(key), 1, 1)
    except ValueError:
        return None


def _amount(value: Any) -> float | None:
    try:
        return number("value", value, "")
    except ArgumentError:
        return None
