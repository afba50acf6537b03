"""MAX three-phase inverters (device type max)."""

from typing import Any

from bridge.growatt.calls import Module, Plan, S, Spec, template
from bridge.growatt.enums import DeviceType
from bridge.growatt.families.codes import MAX_STATE
from bridge.growatt.families.parts import (
    Alarm,
    AlarmPage,
    BatchItem,
    DayHistory,
    DeviceRecord,
    HistoryPage,
    StringInverterReading,
    ThreePhaseRecord,
)
from bridge.growatt.families.shared import (
    BAD_DATE,
    BAD_RANGE,
    NO_DEVICE,
    PercentLimit,
    PowerLimitRead,
    Slot,
    V4Family,
    about_device,
    about_devices,
    alarms,
    day_history,
    day_history_multiple,
    details_v4,
    history,
    last_data,
    setting_read,
    slots,
    write_setting,
)
from bridge.growatt.fields import (
    Amperes,
    Celsius,
    Flag,
    Hertz,
    Integer,
    JavaCalendar,
    JavaDate,
    KilovarHours,
    KilowattHours,
    Moment,
    Percent,
    Reading,
    Real,
    Reply,
    Text,
    Vars,
    Volts,
    Watts,
    label,
)
from bridge.growatt.paging import every_page


class MaxReading(Reading):
    """Readings of a MAX inverter."""

    address: Integer = label("Device address on the datalogger bus")
    alias: Text = label("Name")
    datalogger_sn: Text = label("Datalogger serial number", wire="dataLogSn")
    fault_type: Integer = label("Fault type")
    id: Integer = label("Numeric record id")
    with_time: Flag = label("Record carries its own timestamp")
    afci_status: Integer = label("AFCI status")
    apf_status: Real = label("State of active filter / SVG module")
    apf_status_text: Text = label("APF status text")
    debug1: Text = label("Debug 1")
    debug2: Text = label("Debug 2")
    debug3: Text = label("Debug 3")
    dw_string_warning_value1: Integer = label("Dw string warning value 1")
    fault_code1: Integer = label("Fault code 1")
    fault_code2: Integer = label("Fault code 2")
    lost: Flag = label("Connection lost")
    pid_status_text: Text = label("PID status text")
    status: Integer = label("Status", codes=MAX_STATE)
    str_fault: Real = label("String fault")
    w_pid_fault_value: Integer = label("W PID fault value", wire="wPIDFaultValue")
    w_string_status_value: Integer = label("W string status value")
    warn_bit: Integer = label("Warn bit")
    afci_pv1: Integer = label("AFCI PV1")
    afci_pv2: Integer = label("AFCI PV2")
    epv11_today: KilowattHours = label("Energy from PV input 11, today")
    epv12_today: KilowattHours = label("Energy from PV input 12, today")
    epv13_today: KilowattHours = label("Energy from PV input 13, today")
    epv14_today: KilowattHours = label("Energy from PV input 14, today")
    epv15_today: KilowattHours = label("Energy from PV input 15, today")
    epv16_today: KilowattHours = label("Energy from PV input 16, today")
    epv11_total: KilowattHours = label("Energy from PV input 11, lifetime")
    epv12_total: KilowattHours = label("Energy from PV input 12, lifetime")
    epv13_total: KilowattHours = label("Energy from PV input 13, lifetime")
    epv14_total: KilowattHours = label("Energy from PV input 14, lifetime")
    epv15_total: KilowattHours = label("Energy from PV input 15, lifetime")
    epv16_total: KilowattHours = label("Energy from PV input 16, lifetime")
    i_pid_pvape: Amperes = label("PID current of input a")
    i_pid_pvbpe: Amperes = label("PID current of input b")
    i_pid_pvcpe: Amperes = label("PID current of input c")
    i_pid_pvdpe: Amperes = label("PID current of input d")
    i_pid_pvepe: Amperes = label("PID current of input e")
    i_pid_pvfpe: Amperes = label("PID current of input f")
    i_pid_pvgpe: Amperes = label("PID current of input g")
    i_pid_pvhpe: Amperes = label("PID current of input h")
    i_pid_pvpe9: Amperes = label("PID current of input 9")
    i_pid_pvpe10: Amperes = label("PID current of input 10")
    i_pid_pvpe11: Amperes = label("PID current of input 11")
    i_pid_pvpe12: Amperes = label("PID current of input 12")
    i_pid_pvpe13: Amperes = label("PID current of input 13")
    i_pid_pvpe14: Amperes = label("PID current of input 14")
    i_pid_pvpe15: Amperes = label("PID current of input 15")
    i_pid_pvpe16: Amperes = label("PID current of input 16")
    ipv11: Amperes = label("PV input 11 current")
    ipv12: Amperes = label("PV input 12 current")
    ipv13: Amperes = label("PV input 13 current")
    ipv14: Amperes = label("PV input 14 current")
    ipv15: Amperes = label("PV input 15 current")
    ipv16: Amperes = label("PV input 16 current")
    ppv11: Watts = label("PV input 11 power")
    ppv12: Watts = label("PV input 12 power")
    ppv13: Watts = label("PV input 13 power")
    ppv14: Watts = label("PV input 14 power")
    ppv15: Watts = label("PV input 15 power")
    ppv16: Watts = label("PV input 16 power")
    v_pid_pvape: Volts = label("PID voltage of input a")
    v_pid_pvbpe: Volts = label("PID voltage of input b")
    v_pid_pvcpe: Volts = label("PID voltage of input c")
    v_pid_pvdpe: Volts = label("PID voltage of input d")
    v_pid_pvepe: Volts = label("PID voltage of input e")
    v_pid_pvfpe: Volts = label("PID voltage of input f")
    v_pid_pvgpe: Volts = label("PID voltage of input g")
    v_pid_pvhpe: Volts = label("PID voltage of input h")
    v_pid_pvpe9: Volts = label("PID voltage of input 9")
    v_pid_pvpe10: Volts = label("PID voltage of input 10")
    v_pid_pvpe11: Volts = label("PID voltage of input 11")
    v_pid_pvpe12: Volts = label("PID voltage of input 12")
    v_pid_pvpe13: Volts = label("PID voltage of input 13")
    v_pid_pvpe14: Volts = label("PID voltage of input 14")
    v_pid_pvpe15: Volts = label("PID voltage of input 15")
    v_pid_pvpe16: Volts = label("PID voltage of input 16")
    vpv11: Volts = label("PV input 11 voltage")
    vpv12: Volts = label("PV input 12 voltage")
    vpv13: Volts = label("PV input 13 voltage")
    vpv14: Volts = label("PV input 14 voltage")
    vpv15: Volts = label("PV input 15 voltage")
    vpv16: Volts = label("PV input 16 voltage")
    current_string17: Amperes = label("String 17 current")
    current_string18: Amperes = label("String 18 current")
    current_string19: Amperes = label("String 19 current")
    current_string20: Amperes = label("String 20 current")
    current_string21: Amperes = label("String 21 current")
    current_string22: Amperes = label("String 22 current")
    current_string23: Amperes = label("String 23 current")
    current_string24: Amperes = label("String 24 current")
    current_string25: Amperes = label("String 25 current")
    current_string26: Amperes = label("String 26 current")
    current_string27: Amperes = label("String 27 current")
    current_string28: Amperes = label("String 28 current")
    current_string29: Amperes = label("String 29 current")
    current_string30: Amperes = label("String 30 current")
    current_string31: Amperes = label("String 31 current")
    current_string32: Amperes = label("String 32 current")
    str_unbalance: Integer = label("String unbalance", wire="strUnblance")
    v_string17: Volts = label("String 17 voltage")
    v_string18: Volts = label("String 18 voltage")
    v_string19: Volts = label("String 19 voltage")
    v_string20: Volts = label("String 20 voltage")
    v_string21: Volts = label("String 21 voltage")
    v_string22: Volts = label("String 22 voltage")
    v_string23: Volts = label("String 23 voltage")
    v_string24: Volts = label("String 24 voltage")
    v_string25: Volts = label("String 25 voltage")
    v_string26: Volts = label("String 26 voltage")
    v_string27: Volts = label("String 27 voltage")
    v_string28: Volts = label("String 28 voltage")
    v_string29: Volts = label("String 29 voltage")
    v_string30: Volts = label("String 30 voltage")
    v_string31: Volts = label("String 31 voltage")
    v_string32: Volts = label("String 32 voltage")
    e_rac_today: KilovarHours = label("Reactive energy, today")
    e_rac_total: KilovarHours = label("Reactive energy, lifetime")
    eac_today: KilowattHours = label("AC output energy, today")
    eac_total: KilowattHours = label("AC output energy, lifetime")
    iacr: Amperes = label("Grid current of phase R/L1")
    iacs: Amperes = label("Grid current of phase S/L2")
    iact: Amperes = label("Grid current of phase T/L3")
    pacr: Watts = label("AC power of phase R/L1")
    pacs: Watts = label("AC power of phase S/L2")
    pact: Watts = label("AC power of phase T/L3")
    rac: Real = label("Reactive / apparent power")
    vacr: Volts = label("Grid voltage of phase R/L1")
    power_today: KilowattHours = label("Energy today")
    power_total: KilowattHours = label("Lifetime energy")
    react_power: Vars = label("Reactive power")
    react_power_max: Real = label("React power highest")
    react_power_total: Real = label("React power total")
    ipm_temperature: Celsius = label("Power module temperature")
    temperature: Celsius = label("Temperature")
    temperature2: Celsius = label("Temperature sensor 2")
    temperature3: Celsius = label("Temperature sensor 3")
    temperature4: Celsius = label("Temperature sensor 4")
    temperature5: Celsius = label("Temperature sensor 5")
    comp_har_ir: Real = label("Comp har ir", wire="compharir")
    comp_har_is: Real = label("Comp har is", wire="compharis")
    comp_har_it: Real = label("Comp har it", wire="compharit")
    comp_qr: Vars = label("Compensated reactive power, phase R/L1", wire="compqr")
    comp_qs: Vars = label("Compensated reactive power, phase S/L2", wire="compqs")
    comp_qt: Vars = label("Compensated reactive power, phase T/L3", wire="compqt")
    ct_har_ir: Real = label("CT har ir", wire="ctharir")
    ct_har_is: Real = label("CT har is", wire="ctharis")
    ct_har_it: Real = label("CT har it", wire="ctharit")
    ct_ir: Amperes = label("CT side current of phase R/L1", wire="ctir")
    ct_is: Amperes = label("CT side current of phase S/L2", wire="ctis")
    ct_it: Amperes = label("CT side current of phase T/L3", wire="ctit")
    ct_qr: Vars = label("CT side reactive power of phase R/L1", wire="ctqr")
    ct_qs: Vars = label("CT side reactive power of phase S/L2", wire="ctqs")
    ct_qt: Vars = label("CT side reactive power of phase T/L3", wire="ctqt")
    day: Text = label("Day part of the sample time")
    max_bean: Any = label("Highest bean")
    n_bus_voltage: Volts = label("Negative DC bus voltage")
    p_bus_voltage: Volts = label("Positive DC bus voltage")


class MaxRecord(Reading):
    """Data and settings of a MAX inverter."""

    big_device: Flag = label("Big device")
    plant_name: Text = label("Display name", wire="plantname")
    backflow_default_power: Real = label("Backflow default power")
    communication_version: Text = label("Communication version")
    inner_version: Text = label("Inner version")
    pf: Real = label("Power factor")
    e_today: KilowattHours = label("Energy today")
    e_total: KilowattHours = label("Lifetime energy")
    export_limit_power_rate: Percent = label("Feed-in limit")
    normal_power: Watts = label("Rated power")
    power: Watts = label("Power right now")
    export_limit: Integer = label("Feed-in limit active")
    frequency_high_limit: Hertz = label("Frequency high limit")
    frequency_low_limit: Hertz = label("Frequency low limit")
    is_authorize: Flag = label("Is authorize")
    is_timing_authorize: Flag = label("Is timing authorize")
    max_set_bean: Any = label("Highest set bean")
    remain_day: Real = label("Remain day")


class MaxAlarm(Alarm):
    alarm_code: Integer = label("Alarm code")


class MaxAlarmsData(AlarmPage):
    device_sn: Text = label("Serial number", wire="max_sn")
    alarms: list[MaxAlarm] | None = label("Alarms")


class MaxDetailData(DeviceRecord, ThreePhaseRecord, MaxRecord):
    """Device data and settings (v1)."""

    energy_day_map: dict[str, Any] | None = label("Energy day map")
    last_update_time: JavaDate | None = label("Last update time")


class MaxDetailDataV4(DeviceRecord, ThreePhaseRecord, MaxRecord):
    """Device data and settings (v4)."""

    energy_day_map: Any = label("Energy day map")
    last_update_time: Moment = label("Last update time")
    safety_version: Integer = label("Safety version")
    pv_num: Integer = label("Number of PV inputs")
    open_authorize: Flag = label("Open authorize")
    permission_switch: Flag = label("Permission switch")


class MaxDetailsDataV4(Reading):
    devices: list[MaxDetailDataV4] | None = label("Devices", wire="max")


class MaxEnergyDataV4(StringInverterReading, MaxReading):
    """Reading of one MAX device (v4)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    calendar: Moment = label("Calendar")
    time_calendar: Moment = label("Time calendar")


class MaxEnergyOverviewData(StringInverterReading, MaxReading):
    """Reading of one MAX device (v1)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    calendar: JavaCalendar | None = label("Calendar")
    time_calendar: JavaCalendar | None = label("Time calendar")


class MaxEnergyHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="max_sn")
    datas: list[MaxEnergyOverviewData] | None = label("Rows")


class MaxEnergyHistoryDataV4(DayHistory):
    datas: list[MaxEnergyDataV4] | None = label("Rows")


class MaxEnergyOverviewDataV4(Reading):
    devices: list[MaxEnergyDataV4] | None = label("Devices", wire="max")


class MaxEnergyOverviewMultipleItem(BatchItem):
    data: MaxEnergyOverviewData | None = label("Active power limit in percent")


class MaxAlarms(Reply):
    data: MaxAlarmsData | None = None


class MaxDetails(Reply):
    data: MaxDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class MaxDetailsV4(Reply):
    data: MaxDetailsDataV4 | None = None


class MaxEnergyHistory(Reply):
    data: MaxEnergyHistoryData | None = None


class MaxEnergyHistoryMultipleV4(Reply):
    data: dict[str, list[MaxEnergyDataV4]] | None = None


class MaxEnergyHistoryV4(Reply):
    data: MaxEnergyHistoryDataV4 | None = None


class MaxEnergyOverview(Reply):
    data: MaxEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number", wire="max_sn")


class MaxEnergyOverviewMultiple(Reply):
    data: list[MaxEnergyOverviewMultipleItem] | None = None
    page_num: Integer = label("Page number")


class MaxEnergyV4(Reply):
    data: MaxEnergyOverviewDataV4 | None = None


class MaxSettingRead(Reply):
    data: Text = None


class MaxSettingWrite(Reply):
    """Reply without documented data."""


@template
def _setting_write(
    module: Module[Any],
    spec: Spec,
    parameter_id: str,
    parameter_value_1: Slot,
    parameter_value_2: Slot = None,
    parameter_value_3: Slot = None,
    parameter_value_4: Slot = None,
    parameter_value_5: Slot = None,
    parameter_value_6: Slot = None,
    parameter_value_7: Slot = None,
    parameter_value_8: Slot = None,
    parameter_value_9: Slot = None,
    parameter_value_10: Slot = None,
    parameter_value_11: Slot = None,
    parameter_value_12: Slot = None,
    parameter_value_13: Slot = None,
    parameter_value_14: Slot = None,
    parameter_value_15: Slot = None,
    parameter_value_16: Slot = None,
    parameter_value_17: Slot = None,
    parameter_value_18: Slot = None,
    parameter_value_19: Slot = None,
    device_sn: str | None = None,
) -> Plan[Any]:
    """Write a setting (v1), a value a slot; known ids and ranges: `bridge.growatt.settings`."""
    return write_setting(module, spec, device_sn, parameter_id, slots(locals()))


class Max(V4Family[S], PowerLimitRead[S], PercentLimit[S]):
    """MAX three-phase inverters."""

    device_type = DeviceType.MAX

    details_v4 = details_v4(MaxDetailsV4)
    energy_v4 = last_data(MaxEnergyV4)
    energy_history_v4 = day_history(MaxEnergyHistoryV4)
    energy_history_multiple_v4 = day_history_multiple(MaxEnergyHistoryMultipleV4)

    details = about_device(MaxDetails, "device/max/max_data_info")
    energy = about_device(MaxEnergyOverview, "device/max/max_last_data", sn="max_sn", every=300, errors=NO_DEVICE)
    energy_multiple = about_devices(
        MaxEnergyOverviewMultiple, "device/max/maxs_data", sn="maxs", every=300, errors=BAD_RANGE
    )
    energy_history = history(MaxEnergyHistory, "device/max/max_data", sn="max_sn", every=300, errors=BAD_RANGE)
    energy_history_all = every_page(energy_history)
    alarms = alarms(MaxAlarms, "device/max/alarm_data", sn="max_sn", errors=BAD_DATE)
    setting_read = setting_read(MaxSettingRead, "readMaxParam")
    setting_write = _setting_write(MaxSettingWrite, "maxSet", sn="max_sn")
