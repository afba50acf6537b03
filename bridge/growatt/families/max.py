"""MAX three-phase inverters (device type max)."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.calls import Module, Plan, S, Spec, template
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import codes, parts, shared
from bridge.growatt.families.shared import Slot
from bridge.growatt.paging import every_page


class MaxReading(parts.InverterReading, parts.InverterFaults, parts.ReactiveReading):
    """Readings of a MAX inverter."""

    device_sn: f.Text = f.label("Serial number", wire="serialNum")
    address: f.Integer = f.label("Bus address", wire="addr")
    alias: f.Text = f.label("Name")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="dataLogSn")
    with_time: f.Flag = f.label("Record carries its own timestamp")
    afci_status: f.Integer = f.label("AFCI status")
    apf_status_text: f.Text = f.label("APF status text")
    debug3: f.Text = f.label("Debug 3")
    lost: f.Flag = f.label("Connection lost")
    pid_status_text: f.Text = f.label("PID status text")
    status: f.Integer = f.label("Status", codes=codes.MAX_STATE)
    afci_pv1: f.Integer = f.label("AFCI PV1")
    afci_pv2: f.Integer = f.label("AFCI PV2")
    epv11_today: f.KilowattHours = f.label("Energy from PV input 11, today")
    epv12_today: f.KilowattHours = f.label("Energy from PV input 12, today")
    epv13_today: f.KilowattHours = f.label("Energy from PV input 13, today")
    epv14_today: f.KilowattHours = f.label("Energy from PV input 14, today")
    epv15_today: f.KilowattHours = f.label("Energy from PV input 15, today")
    epv16_today: f.KilowattHours = f.label("Energy from PV input 16, today")
    epv11_total: f.KilowattHours = f.label("Energy from PV input 11, lifetime")
    epv12_total: f.KilowattHours = f.label("Energy from PV input 12, lifetime")
    epv13_total: f.KilowattHours = f.label("Energy from PV input 13, lifetime")
    epv14_total: f.KilowattHours = f.label("Energy from PV input 14, lifetime")
    epv15_total: f.KilowattHours = f.label("Energy from PV input 15, lifetime")
    epv16_total: f.KilowattHours = f.label("Energy from PV input 16, lifetime")
    i_pid_pvpe9: f.Amperes = f.label("PID current of input 9")
    i_pid_pvpe10: f.Amperes = f.label("PID current of input 10")
    i_pid_pvpe11: f.Amperes = f.label("PID current of input 11")
    i_pid_pvpe12: f.Amperes = f.label("PID current of input 12")
    i_pid_pvpe13: f.Amperes = f.label("PID current of input 13")
    i_pid_pvpe14: f.Amperes = f.label("PID current of input 14")
    i_pid_pvpe15: f.Amperes = f.label("PID current of input 15")
    i_pid_pvpe16: f.Amperes = f.label("PID current of input 16")
    ipv11: f.Amperes = f.label("PV input 11 current")
    ipv12: f.Amperes = f.label("PV input 12 current")
    ipv13: f.Amperes = f.label("PV input 13 current")
    ipv14: f.Amperes = f.label("PV input 14 current")
    ipv15: f.Amperes = f.label("PV input 15 current")
    ipv16: f.Amperes = f.label("PV input 16 current")
    ppv11: f.Watts = f.label("PV input 11 power")
    ppv12: f.Watts = f.label("PV input 12 power")
    ppv13: f.Watts = f.label("PV input 13 power")
    ppv14: f.Watts = f.label("PV input 14 power")
    ppv15: f.Watts = f.label("PV input 15 power")
    ppv16: f.Watts = f.label("PV input 16 power")
    v_pid_pvpe9: f.Volts = f.label("PID voltage of input 9")
    v_pid_pvpe10: f.Volts = f.label("PID voltage of input 10")
    v_pid_pvpe11: f.Volts = f.label("PID voltage of input 11")
    v_pid_pvpe12: f.Volts = f.label("PID voltage of input 12")
    v_pid_pvpe13: f.Volts = f.label("PID voltage of input 13")
    v_pid_pvpe14: f.Volts = f.label("PID voltage of input 14")
    v_pid_pvpe15: f.Volts = f.label("PID voltage of input 15")
    v_pid_pvpe16: f.Volts = f.label("PID voltage of input 16")
    vpv11: f.Volts = f.label("PV input 11 voltage")
    vpv12: f.Volts = f.label("PV input 12 voltage")
    vpv13: f.Volts = f.label("PV input 13 voltage")
    vpv14: f.Volts = f.label("PV input 14 voltage")
    vpv15: f.Volts = f.label("PV input 15 voltage")
    vpv16: f.Volts = f.label("PV input 16 voltage")
    current_string21: f.Amperes = f.label("String 21 current")
    current_string22: f.Amperes = f.label("String 22 current")
    current_string23: f.Amperes = f.label("String 23 current")
    current_string24: f.Amperes = f.label("String 24 current")
    current_string25: f.Amperes = f.label("String 25 current")
    current_string26: f.Amperes = f.label("String 26 current")
    current_string27: f.Amperes = f.label("String 27 current")
    current_string28: f.Amperes = f.label("String 28 current")
    current_string29: f.Amperes = f.label("String 29 current")
    current_string30: f.Amperes = f.label("String 30 current")
    current_string31: f.Amperes = f.label("String 31 current")
    current_string32: f.Amperes = f.label("String 32 current")
    v_string21: f.Volts = f.label("String 21 voltage")
    v_string22: f.Volts = f.label("String 22 voltage")
    v_string23: f.Volts = f.label("String 23 voltage")
    v_string24: f.Volts = f.label("String 24 voltage")
    v_string25: f.Volts = f.label("String 25 voltage")
    v_string26: f.Volts = f.label("String 26 voltage")
    v_string27: f.Volts = f.label("String 27 voltage")
    v_string28: f.Volts = f.label("String 28 voltage")
    v_string29: f.Volts = f.label("String 29 voltage")
    v_string30: f.Volts = f.label("String 30 voltage")
    v_string31: f.Volts = f.label("String 31 voltage")
    v_string32: f.Volts = f.label("String 32 voltage")
    eac_today: f.KilowattHours = f.label("AC output energy, today")
    eac_total: f.KilowattHours = f.label("AC output energy, lifetime")
    comp_har_ir: f.Real = f.label("Comp har ir", wire="compharir")
    comp_har_is: f.Real = f.label("Comp har is", wire="compharis")
    comp_har_it: f.Real = f.label("Comp har it", wire="compharit")
    comp_qr: f.Vars = f.label("Compensated reactive power, phase R/L1", wire="compqr")
    comp_qs: f.Vars = f.label("Compensated reactive power, phase S/L2", wire="compqs")
    comp_qt: f.Vars = f.label("Compensated reactive power, phase T/L3", wire="compqt")
    ct_har_ir: f.Real = f.label("CT har ir", wire="ctharir")
    ct_har_is: f.Real = f.label("CT har is", wire="ctharis")
    ct_har_it: f.Real = f.label("CT har it", wire="ctharit")
    ct_ir: f.Amperes = f.label("CT side current of phase R/L1", wire="ctir")
    ct_is: f.Amperes = f.label("CT side current of phase S/L2", wire="ctis")
    ct_it: f.Amperes = f.label("CT side current of phase T/L3", wire="ctit")
    ct_qr: f.Vars = f.label("CT side reactive power of phase R/L1", wire="ctqr")
    ct_qs: f.Vars = f.label("CT side reactive power of phase S/L2", wire="ctqs")
    ct_qt: f.Vars = f.label("CT side reactive power of phase T/L3", wire="ctqt")
    day: f.Text = f.label("Day part of the sample time")
    max_bean: Any = f.label("MAX bean")


class MaxRecord(f.Reading):
    """Data and settings of a MAX inverter."""

    big_device: f.Flag = f.label("Big device")
    backflow_default_power: f.Real = f.label("Backflow default power")
    inner_version: f.Text = f.label("Inner version")
    pf: f.Real = f.label("Power factor")
    e_today: f.KilowattHours = f.label("Energy today", wire="etoday", alt="eToday")
    e_total: f.KilowattHours = f.label("Lifetime energy", wire="etotal", alt="eTotal")
    export_limit_power_rate: f.Percent = f.label("Feed-in limit")
    normal_power: f.Watts = f.label("Rated power")
    power: f.Watts = f.label("Power right now")
    export_limit: f.Integer = f.label("Feed-in limit active")
    frequency_high_limit: f.Hertz = f.label("Frequency high limit")
    frequency_low_limit: f.Hertz = f.label("Frequency low limit")
    is_authorize: f.Flag = f.label("Is authorize")
    is_timing_authorize: f.Flag = f.label("Is timing authorize")
    max_set_bean: Any = f.label("MAX set bean")
    remain_day: f.Real = f.label("Remain day")


class MaxAlarm(parts.Alarm): ...


MaxAlarmsData = parts.AlarmPage[MaxAlarm]


class MaxDetailData(parts.DeviceIdentity, parts.ThreePhaseRecord, MaxRecord):
    energy_day_map: dict[str, Any] | None = f.label("Energy day map")
    last_update_time: f.JavaDate | None = f.label("Last update time")


class MaxDetailDataV4(parts.DeviceIdentity, parts.ThreePhaseRecord, MaxRecord):
    energy_day_map: Any = f.label("Energy day map")
    last_update_time: f.Moment = f.label("Last update time")
    safety_version: f.Integer = f.label("Safety version")
    pv_num: f.Integer = f.label("Number of PV inputs")
    open_authorize: f.Flag = f.label("Open authorize")
    permission_switch: f.Flag = f.label("Permission switch")


MaxDetailsDataV4 = parts.Devices[MaxDetailDataV4]


class MaxEnergyDataV4(parts.StringInverterReading, MaxReading):
    calendar: f.Moment = f.label("Calendar")
    time_calendar: f.Moment = f.label("Time calendar")


class MaxEnergyOverviewData(parts.StringInverterReading, MaxReading):
    calendar: f.JavaCalendar | None = f.label("Calendar")
    time_calendar: f.JavaCalendar | None = f.label("Time calendar")


MaxEnergyHistoryData = parts.HistoryPage[MaxEnergyOverviewData]
MaxEnergyHistoryDataV4 = parts.DayHistory[MaxEnergyDataV4]
MaxEnergyOverviewDataV4 = parts.Devices[MaxEnergyDataV4]
MaxEnergyOverviewMultipleItem = parts.BatchItem[MaxEnergyOverviewData]
MaxAlarms = f.DataReply[MaxAlarmsData]
MaxDetails = f.DeviceReply[MaxDetailData]
MaxDetailsV4 = f.DataReply[MaxDetailsDataV4]
MaxEnergyHistory = f.DataReply[MaxEnergyHistoryData]
MaxEnergyHistoryMultipleV4 = f.DataReply[dict[str, list[MaxEnergyDataV4]]]
MaxEnergyHistoryV4 = f.DataReply[MaxEnergyHistoryDataV4]
MaxEnergyOverview = f.DeviceReply[MaxEnergyOverviewData]
MaxEnergyOverviewMultiple = parts.BatchReply[MaxEnergyOverviewMultipleItem]
MaxEnergyV4 = f.DataReply[MaxEnergyOverviewDataV4]
MaxSettingRead = f.DataReply[str]
MaxSettingWrite = f.Reply


# fmt: off
@template
def _setting_write(
    module: Module[Any], spec: Spec, parameter_id: str, parameter_value_1: Slot,
    parameter_value_2: Slot = None, parameter_value_3: Slot = None, parameter_value_4: Slot = None,
    parameter_value_5: Slot = None, parameter_value_6: Slot = None, parameter_value_7: Slot = None,
    parameter_value_8: Slot = None, parameter_value_9: Slot = None, parameter_value_10: Slot = None,
    parameter_value_11: Slot = None, parameter_value_12: Slot = None, parameter_value_13: Slot = None,
    parameter_value_14: Slot = None, parameter_value_15: Slot = None, parameter_value_16: Slot = None,
    parameter_value_17: Slot = None, parameter_value_18: Slot = None, parameter_value_19: Slot = None,
    device_sn: str | None = None,
) -> Plan[Any]:
    # fmt: on
    """Write a setting (v1), a value a slot; known ids and ranges: `bridge.growatt.settings`."""
    return shared.write_setting(module, spec, device_sn, parameter_id, shared.slots(locals()))


class Max(shared.V4Family[S], shared.PowerLimitRead[S], shared.PercentLimit[S]):
    """MAX three-phase inverters."""

    device_type = DeviceType.MAX
    wire = "max"

    details_v4 = shared.details_v4(MaxDetailsV4)
    energy_v4 = shared.last_data(MaxEnergyV4)
    energy_history_v4 = shared.day_history(MaxEnergyHistoryV4)
    energy_history_multiple_v4 = shared.day_history_multiple(MaxEnergyHistoryMultipleV4)

    details = shared.details(MaxDetails)
    energy = shared.latest(MaxEnergyOverview, every=300)
    energy_multiple = shared.latest_multiple(MaxEnergyOverviewMultiple, every=300, errors=shared.BAD_RANGE)
    energy_history = shared.history(MaxEnergyHistory, every=300)
    energy_history_all = every_page(energy_history)
    alarms = shared.alarms(MaxAlarms)
    setting_read = shared.setting_read(MaxSettingRead, "readMaxParam")
    setting_write = _setting_write(MaxSettingWrite, "maxSet")
