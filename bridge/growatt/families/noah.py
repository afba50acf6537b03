"""NOAH and NEXA balcony batteries (device type noah): v4 calls and those of the phone app."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

from bridge.growatt import fields as f
from bridge.growatt.account.device import ask_type
from bridge.growatt.arguments import ClockTime, clock_time, day, filled, flag, number, single_serial, whole
from bridge.growatt.calls import Call, M, Plan, S, endpoint
from bridge.growatt.enums import DeviceType, WorkMode
from bridge.growatt.errors import ApiError, ArgumentError, RateLimited, WrongDeviceType
from bridge.growatt.families import codes, parts, shared
from bridge.growatt.families.vpp import VppParameters


class NoahPacks(f.Reading):
    """The first four battery packs."""

    battery1_serial_num: f.Text = f.label("Serial number of battery pack 1")
    battery2_serial_num: f.Text = f.label("Serial number of battery pack 2")
    battery3_serial_num: f.Text = f.label("Serial number of battery pack 3")
    battery4_serial_num: f.Text = f.label("Serial number of battery pack 4")
    time: f.Moment = f.label("Time")
    battery1_soc: f.Percent = f.label("SOC of battery pack 1")
    battery2_soc: f.Percent = f.label("SOC of battery pack 2")
    battery3_soc: f.Percent = f.label("SOC of battery pack 3")
    battery4_soc: f.Percent = f.label("SOC of battery pack 4")
    battery1_temp: f.Celsius = f.label("Temperature of battery pack 1")
    battery2_temp: f.Celsius = f.label("Temperature of battery pack 2")
    battery3_temp: f.Celsius = f.label("Temperature of battery pack 3")
    battery4_temp: f.Celsius = f.label("Temperature of battery pack 4")
    battery1_temp_f: f.Fahrenheit = f.label("Pack 1 temperature in Fahrenheit")
    battery2_temp_f: f.Fahrenheit = f.label("Pack 2 temperature in Fahrenheit")
    battery3_temp_f: f.Fahrenheit = f.label("Pack 3 temperature in Fahrenheit")
    battery4_temp_f: f.Fahrenheit = f.label("Pack 4 temperature in Fahrenheit")
    battery_package_quantity: f.Integer = f.label(
        "Number of battery packs", wire="batteryNum", alt="batteryPackageQuantity"
    )


class NoahLimits(f.Reading):
    """Limits and switches of a NOAH or NEXA."""

    device_sn: f.Text = f.label("Serial number")
    alias: f.Text = f.label("Name")
    model: f.Text = f.label("Model")
    temp_type: f.Integer = f.label("Temperature unit", codes=codes.TEMPERATURE_UNIT)
    default_ac_couple_power: f.Watts = f.label("Default AC couple power", wire="defaultACCouplePower")
    default_mode: f.Integer = f.label("Default mode")
    ac_couple_power_control: f.Integer = f.label("AC coupling power control")
    allow_grid_charging: f.Integer = f.label("Grid charging")
    grid_connection_control: f.Integer = f.label("Off-grid switch")
    charging_soc_high_limit: f.Percent = f.label("Charge limit")
    charging_soc_low_limit: f.Percent = f.label("Discharge limit")
    anti_backflow_power_percentage: f.Percent = f.label("Feed-in limit")
    anti_backflow_enable: f.Integer = f.label("Zero feed-in")


class NoahFlows(f.Reading):
    """Powers and energy of a NOAH or NEXA."""

    status: f.Integer = f.label("Status", codes=codes.NOAH_STATUS)
    ppv: f.Watts = f.label("PV power")
    eac_today: f.KilowattHours = f.label("AC output energy, today")
    eac_total: f.KilowattHours = f.label("AC output energy, lifetime")
    on_off_grid: f.Integer = f.label("Running off grid")
    pac: f.Watts = f.label("AC power")
    total_battery_pack_charging_power: f.Watts = f.label("Battery power")
    total_battery_pack_soc: f.Percent = f.label("SOC over all packs", wire="soc", alt="totalBatteryPackSoc")
    ct_self_power: f.Watts = f.label("Power at the grid meter", wire="gridPower", alt="ctSelfPower")
    total_household_load: f.Watts = f.label("Household load", wire="loadPower", alt="totalHouseholdLoad")
    work_mode: f.Integer = f.label("Working mode", codes=codes.WORK_MODE)


class NoahBattery(f.Reading):
    """One battery pack."""

    serial_num: f.Text = f.label("Serial number")
    soc: f.Percent = f.label("State of charge")
    temp: f.Celsius = f.label("Temperature")
    temp_f: f.Fahrenheit = f.label("Temperature in Fahrenheit")


class NoahBatteryData(NoahPacks):
    """As its base."""

    batteries: list[NoahBattery] | None = f.label("All battery packs")


class NoahDetailDataV4(NoahLimits):
    address: f.Integer = f.label("Bus address", wire="addr")
    associated_inv_man_and_model: f.Integer = f.label("Associated inverter man and model")
    associated_inv_sn: f.Text = f.label("Associated inverter serial number")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="datalogSn")
    device_to_grid_power: f.Watts = f.label("Device to grid power")
    grid_to_device_power: f.Watts = f.label("Grid to device power")
    location: f.Text = f.label("Place text entered by the user")
    man_name: f.Text = f.label("Manufacturer text")
    model_name: f.Text = f.label("Model code or name")
    ota_device_type_code_high: f.Text = f.label("OTA device type code high")
    ota_device_type_code_low: f.Text = f.label("OTA device type code low")
    port_name: f.Text = f.label("Text naming the communication port")
    last_update_time: f.Moment = f.label("Last update time")
    last_update_time_text: f.Moment = f.label("Last update time text")
    sys_time: f.DeviceClock = f.label("Device clock")
    time1_enable: f.Flag = f.label("Time slot 1 active")
    time2_enable: f.Flag = f.label("Time slot 2 active")
    time3_enable: f.Flag = f.label("Time slot 3 active")
    time4_enable: f.Flag = f.label("Time slot 4 active")
    time5_enable: f.Flag = f.label("Time slot 5 active")
    time6_enable: f.Flag = f.label("Time slot 6 active")
    time7_enable: f.Flag = f.label("Time slot 7 active")
    time8_enable: f.Flag = f.label("Time slot 8 active")
    time9_enable: f.Flag = f.label("Time slot 9 active")
    time1_end: f.TimeOfDay = f.label("End of time slot 1")
    time2_end: f.TimeOfDay = f.label("End of time slot 2")
    time3_end: f.TimeOfDay = f.label("End of time slot 3")
    time4_end: f.TimeOfDay = f.label("End of time slot 4")
    time5_end: f.TimeOfDay = f.label("End of time slot 5")
    time6_end: f.TimeOfDay = f.label("End of time slot 6")
    time7_end: f.TimeOfDay = f.label("End of time slot 7")
    time8_end: f.TimeOfDay = f.label("End of time slot 8")
    time9_end: f.TimeOfDay = f.label("End of time slot 9")
    time1_mode: f.Integer = f.label("Mode of time slot 1", codes=codes.WORK_MODE)
    time2_mode: f.Integer = f.label("Mode of time slot 2", codes=codes.WORK_MODE)
    time3_mode: f.Integer = f.label("Mode of time slot 3", codes=codes.WORK_MODE)
    time4_mode: f.Integer = f.label("Mode of time slot 4", codes=codes.WORK_MODE)
    time5_mode: f.Integer = f.label("Mode of time slot 5", codes=codes.WORK_MODE)
    time6_mode: f.Integer = f.label("Mode of time slot 6", codes=codes.WORK_MODE)
    time7_mode: f.Integer = f.label("Mode of time slot 7", codes=codes.WORK_MODE)
    time8_mode: f.Integer = f.label("Mode of time slot 8", codes=codes.WORK_MODE)
    time9_mode: f.Integer = f.label("Mode of time slot 9", codes=codes.WORK_MODE)
    time1_power: f.Watts = f.label("Output power of time slot 1")
    time2_power: f.Watts = f.label("Output power of time slot 2")
    time3_power: f.Watts = f.label("Output power of time slot 3")
    time4_power: f.Watts = f.label("Output power of time slot 4")
    time5_power: f.Watts = f.label("Output power of time slot 5")
    time6_power: f.Watts = f.label("Output power of time slot 6")
    time7_power: f.Watts = f.label("Output power of time slot 7")
    time8_power: f.Watts = f.label("Output power of time slot 8")
    time9_power: f.Watts = f.label("Output power of time slot 9")
    time1_start: f.TimeOfDay = f.label("Start of time slot 1")
    time2_start: f.TimeOfDay = f.label("Start of time slot 2")
    time3_start: f.TimeOfDay = f.label("Start of time slot 3")
    time4_start: f.TimeOfDay = f.label("Start of time slot 4")
    time5_start: f.TimeOfDay = f.label("Start of time slot 5")
    time6_start: f.TimeOfDay = f.label("Start of time slot 6")
    time7_start: f.TimeOfDay = f.label("Start of time slot 7")
    time8_start: f.TimeOfDay = f.label("Start of time slot 8")
    time9_start: f.TimeOfDay = f.label("Start of time slot 9")
    timezone: f.Real = f.label("UTC offset in hours")
    default_power: f.Watts = f.label("Default power")
    lost: f.Flag = f.label("Connection lost")
    status: f.Integer = f.label("Status", codes=codes.NOAH_STATUS)
    bms_version: f.Text = f.label("BMS version", wire="bmsversion", alt="bmsVersion")
    fw_version: f.Text = f.label("Firmware version")
    mppt_version: f.Text = f.label("MPPT version")
    pd_version: f.Text = f.label("Pd version")
    smart_socket_power: f.Watts = f.label("Power of smart plugs")
    component_power: f.Watts = f.label("Component power")
    ammeter_unbind: f.Integer = f.label("Meter unbind")
    eastron_ammeter_control_pair: f.Integer = f.label("Eastron meter control pair")
    ebm_order_num: f.Integer = f.label("Ebm order number")
    shelly_flag: f.Flag = f.label("Shelly flag")


NoahDetailsDataV4 = parts.Devices[NoahDetailDataV4]


class NoahEnergyChartData(f.Reading):
    time: f.Day = f.label("Time")
    epv: f.KilowattHours = f.label("PV energy of the interval")


class NoahEnergyDataV4(NoahPacks, NoahFlows):
    device_sn: f.Text = f.label("Serial number")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="datalogSn")
    is_again: f.Integer = f.label("Sent again")
    settable_time_period: f.Integer = f.label("Number of time slots that can be set")
    time_str: f.Moment = f.label("Timestamp as text")
    ac_couple_protect_status: f.Integer = f.label("AC couple protect status")
    ac_couple_warn_status: f.Integer = f.label("AC couple warning status")
    battery1_protect_status: f.Integer = f.label("Protection bits of battery pack 1", bits=codes.PACK_PROTECTION)
    battery2_protect_status: f.Integer = f.label("Protection bits of battery pack 2", bits=codes.PACK_PROTECTION)
    battery3_protect_status: f.Integer = f.label("Protection bits of battery pack 3", bits=codes.PACK_PROTECTION)
    battery4_protect_status: f.Integer = f.label("Protection bits of battery pack 4", bits=codes.PACK_PROTECTION)
    battery1_warn_status: f.Integer = f.label("Warning bits of battery pack 1", bits=codes.PACK_WARNING)
    battery2_warn_status: f.Integer = f.label("Warning bits of battery pack 2", bits=codes.PACK_WARNING)
    battery3_warn_status: f.Integer = f.label("Warning bits of battery pack 3", bits=codes.PACK_WARNING)
    battery4_warn_status: f.Integer = f.label("Warning bits of battery pack 4", bits=codes.PACK_WARNING)
    fault_status: f.Integer = f.label("Packs with a fault", bits=codes.PACK_BITS)
    heating_status: f.Integer = f.label("Packs that are heating", bits=codes.PACK_BITS)
    mppt_protect_status: f.Integer = f.label("MPPT protection bits", bits=codes.MPPT_PROTECTION)
    pd_warn_status: f.Integer = f.label("PD warning bits", bits=codes.PD_WARNING)
    total_battery_pack_charging_status: f.Integer = f.label("Battery charging state", bits=codes.CHARGING_BITS)
    pv1_current: f.Amperes = f.label("PV input 1 current")
    pv2_current: f.Amperes = f.label("PV input 2 current")
    pv3_current: f.Amperes = f.label("PV input 3 current")
    pv4_current: f.Amperes = f.label("PV input 4 current")
    pv1_temp: f.Celsius = f.label("Temperature at PV input 1")
    pv2_temp: f.Celsius = f.label("Temperature at PV input 2")
    pv3_temp: f.Celsius = f.label("Temperature at PV input 3")
    pv4_temp: f.Celsius = f.label("Temperature at PV input 4")
    pv1_voltage: f.Volts = f.label("PV input 1 voltage")
    pv2_voltage: f.Volts = f.label("PV input 2 voltage")
    pv3_voltage: f.Volts = f.label("PV input 3 voltage")
    pv4_voltage: f.Volts = f.label("PV input 4 voltage")
    eac_month: f.KilowattHours = f.label("AC output energy, this month")
    eac_year: f.KilowattHours = f.label("AC output energy, this year")
    off_grid_current: f.Amperes = f.label("Off-grid port current")
    off_grid_power: f.Watts = f.label("Off-grid port power")
    off_grid_voltage: f.Volts = f.label("Off-grid port voltage")
    on_grid_current: f.Amperes = f.label("On-grid port current")
    on_grid_power: f.Watts = f.label("On-grid port power")
    on_grid_voltage: f.Volts = f.label("On-grid port voltage")
    household_load_apart_from_groplug: f.Watts = f.label("Household load without smart plugs")
    battery_cycles: f.Integer = f.label("Charge cycles counted")
    battery_soh: f.Percent = f.label("Battery state of health")
    charge_soc_limit: f.Percent = f.label("Charge limit")
    discharge_soc_limit: f.Percent = f.label("Discharge limit")
    max_cell_voltage: f.Millivolts = f.label("Highest cell voltage")
    min_cell_voltage: f.Millivolts = f.label("Lowest cell voltage")
    system_temp: f.Celsius = f.label("System temperature")
    ct_flag: f.Integer = f.label("Grid meter present", wire="isHaveCt", alt="ctFlag")


NoahEnergyHistoryDataV4 = parts.DayHistory[NoahEnergyDataV4]
NoahEnergyOverviewDataV4 = parts.Devices[NoahEnergyDataV4]


class NoahFirmwareInfoData(f.Reading):
    update_available: f.Flag = f.label("True if a newer firmware exists", wire="checkUpgradeNoah")
    status: f.Integer = f.label("Status", codes=codes.NOAH_STATUS)
    current_version: f.Text = f.label("Current version", wire="currVersion")
    latest_version: f.Text = f.label("Latest version", wire="newVersion")


class NoahPlantListItem(f.Reading):
    plant_id: f.Integer = f.label("Plant id")
    plant_img_name: f.Text = f.label("Plant image name")
    plant_name: f.Text = f.label("Display name", wire="plantname", alt="plantName")


class NoahPowerChartData(f.Reading):
    time: f.Moment = f.label("Time")
    ppv: f.Watts = f.label("PV power")
    pac: f.Watts = f.label("AC power")
    total_household_load: f.Watts = f.label("Household load", wire="loadPower", alt="totalHouseholdLoad")


class NoahSafetyListItem(f.Reading):
    country_and_area: f.Text = f.label("Country and area")
    safety_correspond_num: f.Real = f.label("Safety correspond number")


class NoahTimeSegment(f.Reading):
    end_time: f.TimeOfDay = f.label("End")
    start_time: f.TimeOfDay = f.label("Start")
    power: f.Watts = f.label("Output power")
    days: list[int] | None = f.label("Weekdays")
    work_mode: f.Integer = f.label("Working mode", codes=codes.WORK_MODE)


class NoahTimeSegments(f.Reading):
    time_segment1: NoahTimeSegment | None = f.label("Packed slot 1: mode_start_end_power_days")
    time_segment2: NoahTimeSegment | None = f.label("Packed slot 2: mode_start_end_power_days")
    time_segment3: NoahTimeSegment | None = f.label("Packed slot 3: mode_start_end_power_days")
    time_segment4: NoahTimeSegment | None = f.label("Packed slot 4: mode_start_end_power_days")
    time_segment5: NoahTimeSegment | None = f.label("Packed slot 5: mode_start_end_power_days")
    time_segment6: NoahTimeSegment | None = f.label("Packed slot 6: mode_start_end_power_days")
    time_segment7: NoahTimeSegment | None = f.label("Packed slot 7: mode_start_end_power_days")
    time_segment8: NoahTimeSegment | None = f.label("Packed slot 8: mode_start_end_power_days")
    time_segment9: NoahTimeSegment | None = f.label("Packed slot 9: mode_start_end_power_days")


class NoahSettingsData(NoahLimits):
    ammeter_model: f.Text = f.label("Meter model")
    ammeter_sn: f.Text = f.label("Meter serial number")
    ct_type: f.Integer = f.label("CT type")
    plant_id: f.Integer = f.label("Plant id")
    plant_list: list[NoahPlantListItem] | None = f.label("Plants of the account")
    plant_name: f.Text = f.label("Display name", wire="plantname", alt="plantName")
    time_segments: NoahTimeSegments | None = f.label("Time segments", wire="time_segment")
    version: f.Text = f.label("Version")
    ac_couple: f.Flag = f.label("AC couple")
    ac_couple_enable: f.Integer = f.label("AC coupling enabled")
    grid_set: f.Integer = f.label("Grid setting")
    bat_sns: list[str] | None = f.label("Serial numbers of the packs")
    currency: f.Text = f.label("Currency", wire="moneyUnitText")
    currency_list: list[str] | None = f.label("Currency codes that can be chosen")
    formula_money: f.Real = f.label("Formula money")
    safety: f.Real = f.label("Safety")
    safety_enable: f.Flag = f.label("Safety enabled")
    safety_list: list[NoahSafetyListItem] | None = f.label("Grid codes that can be chosen")
    shelly_list: list[Any] | None = f.label("Paired Shelly meters")
    smart_plan: f.Flag = f.label("Smart schedule on")
    work_mode: f.Integer = f.label("Working mode", codes=codes.WORK_MODE)
    man_name: f.Text = f.label("Manufacturer")
    model_name: f.Text = f.label("Model name")
    associated_inv_sn: f.Text = f.label("Serial number of the tied inverter")
    associated_inv_man_and_model: f.Text = f.label("Maker and model of the tied inverter")
    default_power: f.Watts = f.label("Default output power")


class NoahStatusData(NoahFlows):
    alias: f.Text = f.label("Name")
    associated_inv_sn: f.Text = f.label("Associated inverter serial number")
    plant_id: f.Integer = f.label("Plant id")
    eastron_status: f.Integer = f.label("Eastron status")
    ac_couple_power_control: f.Integer = f.label(
        "AC coupling power control", wire="acCouplePowerControl", alt="acCoupleEnable"
    )
    battery_package_quantity: f.Integer = f.label(
        "Number of battery packs", wire="batteryNum", alt="batteryPackageQuantity"
    )
    groplug_power: f.Watts = f.label("Smart plug power")
    other_power: f.Watts = f.label("Power of other sources")
    ct_flag: f.Flag = f.label("Grid meter present", wire="isHaveCt", alt="ctFlag")
    currency: f.Text = f.label("Currency", wire="moneyUnit")
    groplug_num: f.Integer = f.label("Number of smart plugs")
    money_today: f.Real = f.label("Money today", wire="profitToday")
    money_total: f.Real = f.label("Money total", wire="profitTotal")
    ac_couple_enable: f.Integer = f.label("AC coupling enabled")
    charge_power: f.Watts = f.label("Charging power")
    discharge_power: f.Watts = f.label("Discharging power", wire="disChargePower")


NoahBatteryStatus = f.DataReply[NoahBatteryData]
NoahDetailsV4 = f.DataReply[NoahDetailsDataV4]
NoahEnergyChart = f.DataReply[list[NoahEnergyChartData]]
NoahEnergyHistoryMultipleV4 = f.DataReply[dict[str, list[NoahEnergyDataV4]]]
NoahEnergyHistoryV4 = f.DataReply[NoahEnergyHistoryDataV4]
NoahEnergyV4 = f.DataReply[NoahEnergyOverviewDataV4]
NoahFirmwareInfo = f.DataReply[NoahFirmwareInfoData]
NoahPowerChart = f.DataReply[list[NoahPowerChartData]]
NoahSettings = f.DataReply[NoahSettingsData]
NoahStatus = f.DataReply[NoahStatusData]


MOST_POWER = 800
"""Highest output in W that the documentation allows."""
MOST_POWER_NEXA = 1000
"""The same for a NEXA, where the model is known (the app's own range)."""
CHART_DAY_OFFSET = timedelta(days=1)
"""The power chart shows the day before the one that is asked for."""
DEVICE_POWER = 2500
"""More than any NOAH or NEXA can put out, in W: bounds what a wrapped household load can be."""
HOUSEHOLD_POWER = 20_000
"""Highest household load in W that is believed as it stands."""
_CHART_PERIODS = {"day": 1, "month": 2, "year": 3}

Packed = Mapping[str, Any]


class Noah(shared.V4Family[S], shared.PowerLimitRead[S], VppParameters[S]):
    """NOAH and NEXA batteries.

    The calls of the phone app (`status`, `settings`, charts) have other paths for NEXA. Which one a device is, is asked
    once with `device/check/sn` and remembered by the session.
    """

    device_type = DeviceType.NOAH

    def _most_power(self, device_sn: str | None) -> int:
        return MOST_POWER_NEXA if _known_model(self, self.serial(device_sn)).startswith("NEXA") else MOST_POWER

    details_v4 = shared.details_v4(NoahDetailsV4)
    energy_v4 = shared.last_data(NoahEnergyV4, every=60)
    energy_history_v4 = shared.day_history(NoahEnergyHistoryV4)
    energy_history_multiple_v4 = shared.day_history_multiple(NoahEnergyHistoryMultipleV4)

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
        wanted = day("date_", date_, self.today())

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
        if not isinstance(kind, str) or kind not in _CHART_PERIODS:
            raise ArgumentError("period", period, "day, month or year")
        wanted = day("date_", date_, self.today())
        first = wanted.replace(day=1) if kind == "day" else wanted.replace(month=1, day=1)

        def rows(data: Any) -> list[Packed]:
            return energy_rows(data, first, kind)

        form = {"dateTime": first.isoformat(), "dateType": str(_CHART_PERIODS[kind])}
        return _app(self, device_sn, "getDataChart", NoahEnergyChart, rows, **form)

    @endpoint
    def setting_write_active_power(
        self, active_power_watt: int, device_sn: str | None = None
    ) -> Plan[shared.SettingWriteV4]:
        """Set the default output power, 0 to 800 W (NEXA, once its model is known: 1,000 W)."""
        power = whole("active_power_watt", active_power_watt, 0, self._most_power(device_sn))
        return shared.v4_write(self, "setPower", self.serial(device_sn), value=power)

    @endpoint
    def setting_write_soc_upper_limit(
        self, soc_limit: int, device_sn: str | None = None
    ) -> Plan[shared.SettingWriteV4]:
        """Set the state of charge at which charging stops, 0 to 100 %; above the lower limit."""
        limit = whole("soc_limit", soc_limit, 0, 100)
        return shared.v4_write(self, "setHighLimitSoc", self.serial(device_sn), value=limit)

    @endpoint
    def setting_write_soc_lower_limit(
        self, soc_limit: int, device_sn: str | None = None
    ) -> Plan[shared.SettingWriteV4]:
        """Set the state of charge at which discharging stops, 0 to 100 %; below the upper limit."""
        limit = whole("soc_limit", soc_limit, 0, 100)
        return shared.v4_write(self, "setLowLimitSoc", self.serial(device_sn), value=limit)

    @endpoint
    def setting_write_time_period(
        self,
        time_period_nr: int,
        start_time: ClockTime,
        end_time: ClockTime,
        work_mode: int | WorkMode,
        power_watt: int,
        enabled: bool,
        device_sn: str | None = None,
    ) -> Plan[shared.SettingWriteV4]:
        """Set a time period, 1 to 9. Modes: 0 load first, 1 battery first, 2 smart. Power as for the default output.

        The period starts before it ends; one that passes midnight needs two.
        """
        start, end = clock_time("start_time", start_time), clock_time("end_time", end_time)
        if start >= end:
            raise ArgumentError("end_time", str(end), f"later than start_time {start}")
        return shared.v4_write(
            self,
            "setTimeSegment",
            self.serial(device_sn),
            type=whole("time_period_nr", time_period_nr, 1, 9),
            startTime=start,
            endTime=end,
            mode=whole("work_mode", work_mode, 0, 2),
            power=whole("power_watt", power_watt, 0, self._most_power(device_sn)),
            enable=flag("enabled", enabled),
        )

    @endpoint
    def setting_write_grid_charging(
        self, device_sn: str | bool | None = None, grid_charging: bool | None = None
    ) -> Plan[shared.SettingWriteV4]:
        """Allow charging from the grid. On a bound object the serial number may be left out."""
        serial, value = self.serial_and(device_sn, grid_charging)
        return shared.v4_write(self, "setGridCharge", self.serial(serial), value=flag("grid_charging", value))

    @endpoint
    def setting_write_off_grid(
        self, device_sn: str | bool | None = None, off_grid: bool | None = None
    ) -> Plan[shared.SettingWriteV4]:
        """Switch off-grid operation. On a bound object the serial number may be left out."""
        serial, value = self.serial_and(device_sn, off_grid)
        return shared.v4_write(self, "setOffGrid", self.serial(serial), value=flag("off_grid", value))

    @endpoint
    def setting_write_assign_inverter(
        self,
        device_sn: str | None = None,
        inverter_sn: str | None = None,
        inverter_model_id: str | None = None,
        inverter_brand_name: str | None = None,
        inverter_model_name: str | None = None,
        inverter_type: int = 0,
    ) -> Plan[shared.SettingWriteV4]:
        """Tie an inverter to the battery. On a bound object `device_sn` may be None."""
        inverter = {
            "deviceId": single_serial(inverter_sn, "inverter_sn"),
            "deviceModel": filled("inverter_model_name", inverter_model_name),
            "brandsName": filled("inverter_brand_name", inverter_brand_name),
            "modelId": filled("inverter_model_id", inverter_model_id),
            "type": whole("inverter_type", inverter_type, 0, 99),
        }
        return shared.v4_write(self, "setDevice", self.serial(device_sn), value=json.dumps(inverter))


def _app(
    module: Noah[Any],
    device_sn: str | None,
    path: str,
    model: type[M],
    reshape: Callable[[Any], Any] | None = None,
    **form: str,
) -> Plan[M]:
    serial = module.serial(device_sn)
    try:
        kind = yield from _model(module, serial)
    except ApiError as error:
        if module.session.raise_on_error or error.code is None:
            raise
        return model.model_validate({"error_code": error.code, "error_msg": error.message})
    full = f"noahDeviceApi/{kind.lower()}/{path.format(Model=kind)}"
    envelope = yield Call(path=full, form={"deviceSn": serial, **form})
    return envelope.into(model, reshape)


def _known_model(module: Noah[Any], serial: str) -> str:
    return str(module.session.models.get(serial, "")).upper()


def _kind(module: Noah[Any], serial: str) -> str | None:
    """ "Noah" or "Nexa" by what is remembered."""
    known = _known_model(module, serial)
    return next((kind for kind in ("Noah", "Nexa") if known.startswith(kind.upper())), None)


def _model(module: Noah[Any], serial: str) -> Plan[str]:
    """ "Noah" or "Nexa", from memory or asked once."""
    kind = _kind(module, serial)
    if kind is None:
        try:
            _, failure = yield from ask_type(module, serial)
            if failure is not None:
                raise failure
        except RateLimited as error:
            message = f"cannot ask yet whether {serial} is a NOAH or a NEXA: {error.message}"
            raise RateLimited(
                message, retry_after=error.retry_after, code=error.code, endpoint=error.endpoint
            ) from error
        kind = _kind(module, serial)
    if kind is None:
        told = _known_model(module, serial)
        raise WrongDeviceType(f"{serial} is neither NOAH nor NEXA: the cloud calls its model {told!r}")
    return kind


def status_data(data: Any) -> Any:
    """Adds the signed battery power that v4 has."""
    if not isinstance(data, dict):
        return data
    charge, discharge = _amount(data.get("chargePower")), _amount(data.get("disChargePower"))
    if not (charge or discharge) and None in (charge, discharge):  # one is 0, the other may be anything
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
        moment = datetime.combine(wanted, f.parse_time_of_day(key))
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
