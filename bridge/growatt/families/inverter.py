"""String inverters (device type inv)."""

from typing import Any

from bridge.growatt.calls import Module, Plan, S, Spec, template
from bridge.growatt.enums import DeviceType
from bridge.growatt.families.codes import INVERTER_STATUS
from bridge.growatt.families.parts import (
    Alarm,
    AlarmPage,
    BatchItem,
    DayHistory,
    DeviceRecord,
    HistoryPage,
    StringInverterReading,
)
from bridge.growatt.families.shared import (
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


class InverterRecord(Reading):
    """Data of a string inverter."""

    address: Integer = label("Device address on the datalogger bus")
    big_device: Flag = label("Big device")
    device_type: Integer = label("Device type")
    group_id: Integer = label("Group id (-1 = none)", wire="groupID")
    id: Integer = label("Numeric record id")
    plant_name: Text = label("Display name", wire="plantname")
    record: Text = label("Record")
    user_id: Integer = label("Account id", wire="userID")
    user_name: Text = label("Account name")
    create_date: Moment = label("Create date")
    energy_day_map: dict[str, Any] | None = label("Energy day map")
    power_max_time: Text = label("Power highest time")
    timezone: Real = label("UTC offset in hours")
    update_exist: Flag = label("Update exist")
    inverter_info_status_css: Text = label("Inverter info status CSS")
    status: Integer = label("Status", codes=INVERTER_STATUS)
    communication_version: Text = label("Communication version")
    inner_version: Text = label("Inner version")
    load_text: Text = label("Load text")
    e_today: KilowattHours = label("Energy today")
    e_total: KilowattHours = label("Lifetime energy")
    energy_day: KilowattHours = label("Energy day")
    energy_month: KilowattHours = label("Energy month")
    energy_month_text: Text = label("Energy month text")
    nominal_power: Watts = label("Nominal power")
    power: Watts = label("Power right now")
    power_max: Watts = label("Highest power seen")
    power_max_text: Text = label("Power highest text")
    ipm_temperature: Celsius = label("Power module temperature")
    temperature: Celsius = label("Temperature")
    inv_set_bean: Any = label("Inverter set bean")
    optimizer_list: Any = label("Optimizer list", wire="optimezerList")
    rf_stick: Text = label("RF stick")


class InverterInputs(Reading):
    """PV inputs and strings of a string inverter."""

    time: Moment = label("Time")
    status: Integer = label("Status", codes=INVERTER_STATUS)
    ipv1: Amperes = label("PV input 1 current")
    ipv2: Amperes = label("PV input 2 current")
    ipv3: Amperes = label("PV input 3 current")
    ppv: Watts = label("PV power")
    ppv1: Watts = label("PV input 1 power")
    ppv2: Watts = label("PV input 2 power")
    ppv3: Watts = label("PV input 3 power")
    vpv1: Volts = label("PV input 1 voltage")
    vpv2: Volts = label("PV input 2 voltage")
    vpv3: Volts = label("PV input 3 voltage")
    current_string1: Amperes = label("String 1 current")
    current_string2: Amperes = label("String 2 current")
    current_string3: Amperes = label("String 3 current")
    current_string4: Amperes = label("String 4 current")
    current_string5: Amperes = label("String 5 current")
    current_string6: Amperes = label("String 6 current")
    current_string7: Amperes = label("String 7 current")
    current_string8: Amperes = label("String 8 current")
    v_string1: Volts = label("String 1 voltage")
    v_string2: Volts = label("String 2 voltage")
    v_string3: Volts = label("String 3 voltage")
    v_string4: Volts = label("String 4 voltage")
    v_string5: Volts = label("String 5 voltage")
    v_string6: Volts = label("String 6 voltage")
    v_string7: Volts = label("String 7 voltage")
    v_string8: Volts = label("String 8 voltage")
    fac: Hertz = label("Grid frequency")
    temperature: Celsius = label("Temperature")


class InverterReading(Reading):
    """Readings of a string inverter."""

    big_device: Flag = label("Big device")
    fault_type: Integer = label("Fault type")
    id: Integer = label("Numeric record id")
    time_total_text: Text = label("Time total text")
    dw_string_warning_value1: Integer = label("Dw string warning value 1")
    str_fault: Real = label("String fault")
    w_pid_fault_value: Integer = label("W PID fault value", wire="wPIDFaultValue")
    w_string_status_value: Integer = label("W string status value")
    i_pid_pvape: Amperes = label("PID current of input a")
    i_pid_pvbpe: Amperes = label("PID current of input b")
    v_pid_pvape: Volts = label("PID voltage of input a")
    v_pid_pvbpe: Volts = label("PID voltage of input b")
    e_rac_today: KilovarHours = label("Reactive energy, today")
    e_rac_total: KilovarHours = label("Reactive energy, lifetime")
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
    ipm_temperature: Celsius = label("Power module temperature")
    n_bus_voltage: Volts = label("Negative DC bus voltage")
    p_bus_voltage: Volts = label("Positive DC bus voltage")


class InverterAlarm(Alarm):
    alarm_code: Integer = label("Alarm code")
    status: Integer = label("Status", codes=INVERTER_STATUS)


class InverterAlarmsData(AlarmPage):
    device_sn: Text = label("Serial number", wire="sn")
    alarms: list[InverterAlarm] | None = label("Alarms")


class InverterDetailData(DeviceRecord, InverterRecord):
    """Device data and settings (v1)."""

    last_update_time: JavaDate | None = label("Last update time")


class InverterDetailDataV4(DeviceRecord, InverterRecord):
    """Device data and settings (v4)."""

    last_update_time: Moment = label("Last update time")


class InverterDetailsDataV4(Reading):
    devices: list[InverterDetailDataV4] | None = label("Devices", wire="inv")


class InverterEnergyDataV4(InverterInputs, InverterReading):
    """Reading of one INVERTER device (v4)."""

    device_sn: Text = label("Serial number", wire="inverterId")
    again: Flag = label("Again")
    time_calendar: Moment = label("Time calendar")
    time_total: Real = label("Time total")
    pid_status: Integer = label("PID module state")
    status_text: Text = label("Status text")
    warn_code: Integer = label("Warn code")
    warning_value1: Integer = label("Warning value 1")
    warning_value2: Integer = label("Warning value 2")
    epv1_today: KilowattHours = label("Energy from PV input 1, today")
    epv2_today: KilowattHours = label("Energy from PV input 2, today")
    epv1_total: KilowattHours = label("Energy from PV input 1, lifetime")
    epv2_total: KilowattHours = label("Energy from PV input 2, lifetime")
    epv_total: KilowattHours = label("PV energy total")
    pac: Watts = label("AC power")
    pf: Real = label("Power factor")
    vacs: Volts = label("Grid voltage of phase S/L2")
    vact: Volts = label("Grid voltage of phase T/L3")
    inverter_bean: Any = label("Inverter bean")
    op_fullwatt: Watts = label("Output power limit")
    real_op_percent: Percent = label("Output in percent of rated power", wire="realOPPercent")


class InverterEnergyHistoryDataItem(InverterInputs):
    ipv4: Amperes = label("PV input 4 current")
    ipv5: Amperes = label("PV input 5 current")
    ipv6: Amperes = label("PV input 6 current")
    ipv7: Amperes = label("PV input 7 current")
    ipv8: Amperes = label("PV input 8 current")
    ipv9: Amperes = label("PV input 9 current")
    ipv10: Amperes = label("PV input 10 current")
    ppv4: Watts = label("PV input 4 power")
    ppv5: Watts = label("PV input 5 power")
    ppv6: Watts = label("PV input 6 power")
    ppv7: Watts = label("PV input 7 power")
    ppv8: Watts = label("PV input 8 power")
    ppv9: Watts = label("PV input 9 power")
    ppv10: Watts = label("PV input 10 power")
    vpv4: Volts = label("PV input 4 voltage")
    vpv5: Volts = label("PV input 5 voltage")
    vpv6: Volts = label("PV input 6 voltage")
    vpv7: Volts = label("PV input 7 voltage")
    vpv8: Volts = label("PV input 8 voltage")
    vpv9: Volts = label("PV input 9 voltage")
    vpv10: Volts = label("PV input 10 voltage")
    current_string9: Amperes = label("String 9 current")
    current_string10: Amperes = label("String 10 current")
    current_string11: Amperes = label("String 11 current")
    current_string12: Amperes = label("String 12 current")
    current_string13: Amperes = label("String 13 current")
    current_string14: Amperes = label("String 14 current")
    current_string15: Amperes = label("String 15 current")
    current_string16: Amperes = label("String 16 current")
    v_string9: Volts = label("String 9 voltage")
    v_string10: Volts = label("String 10 voltage")
    v_string11: Volts = label("String 11 voltage")
    v_string12: Volts = label("String 12 voltage")
    v_string13: Volts = label("String 13 voltage")
    v_string14: Volts = label("String 14 voltage")
    v_string15: Volts = label("String 15 voltage")
    v_string16: Volts = label("String 16 voltage")
    iac1: Amperes = label("Grid current of phase 1")
    iac2: Amperes = label("Grid current of phase 2")
    iac3: Amperes = label("Grid current of phase 3")
    vac1: Volts = label("AC voltage, phase 1")
    vac2: Volts = label("AC voltage, phase 2")
    vac3: Volts = label("AC voltage, phase 3")
    power: Watts = label("Power right now")
    power_factor: Real = label("Power factor")
    today_energy: KilowattHours = label("Energy today")
    total_energy: KilowattHours = label("Lifetime energy")


class InverterEnergyHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="sn")
    datas: list[InverterEnergyHistoryDataItem] | None = label("Rows")


class InverterEnergyHistoryDataV4(DayHistory):
    datas: list[InverterEnergyDataV4] | None = label("Rows")


class InverterEnergyOverviewData(StringInverterReading, InverterReading):
    """Reading of one INVERTER device (v1)."""

    device_sn: Text = label("Serial number", wire="inverterId")
    time_calendar: JavaCalendar | None = label("Time calendar")
    apf_status: Real = label("State of active filter / SVG module")
    debug1: Text = label("Debug 1")
    debug2: Text = label("Debug 2")
    fault_code1: Integer = label("Fault code 1")
    fault_code2: Integer = label("Fault code 2")
    status: Integer = label("Status", codes=INVERTER_STATUS)
    warn_bit: Integer = label("Warn bit")
    i_pid_pvcpe: Amperes = label("PID current of input c")
    i_pid_pvdpe: Amperes = label("PID current of input d")
    i_pid_pvepe: Amperes = label("PID current of input e")
    i_pid_pvfpe: Amperes = label("PID current of input f")
    i_pid_pvgpe: Amperes = label("PID current of input g")
    i_pid_pvhpe: Amperes = label("PID current of input h")
    v_pid_pvcpe: Volts = label("PID voltage of input c")
    v_pid_pvdpe: Volts = label("PID voltage of input d")
    v_pid_pvepe: Volts = label("PID voltage of input e")
    v_pid_pvfpe: Volts = label("PID voltage of input f")
    v_pid_pvgpe: Volts = label("PID voltage of input g")
    v_pid_pvhpe: Volts = label("PID voltage of input h")
    str_unblance: Real = label("String unblance")
    temperature: Celsius = label("Temperature")
    temperature2: Celsius = label("Temperature sensor 2")
    temperature3: Celsius = label("Temperature sensor 3")
    temperature4: Celsius = label("Temperature sensor 4")
    temperature5: Celsius = label("Temperature sensor 5")
    compharir: Real = label("Compharir")
    compharis: Real = label("Compharis")
    compharit: Real = label("Compharit")
    compqr: Vars = label("Compensated reactive power, phase R/L1")
    compqs: Vars = label("Compensated reactive power, phase S/L2")
    compqt: Vars = label("Compensated reactive power, phase T/L3")
    ctharir: Real = label("Ctharir")
    ctharis: Real = label("Ctharis")
    ctharit: Real = label("Ctharit")
    ctir: Amperes = label("CT side current of phase R/L1")
    ctis: Amperes = label("CT side current of phase S/L2")
    ctit: Amperes = label("CT side current of phase T/L3")
    ctqr: Vars = label("CT side reactive power of phase R/L1")
    ctqs: Vars = label("CT side reactive power of phase S/L2")
    ctqt: Vars = label("CT side reactive power of phase T/L3")


class InverterEnergyOverviewDataV4(Reading):
    devices: list[InverterEnergyDataV4] | None = label("Devices", wire="inv")


class InverterEnergyOverviewMultipleItem(BatchItem):
    data: InverterEnergyOverviewData | None = label("Active power limit in percent")


class InverterAlarms(Reply):
    data: InverterAlarmsData | None = None


class InverterDetails(Reply):
    data: InverterDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class InverterDetailsV4(Reply):
    data: InverterDetailsDataV4 | None = None


class InverterEnergyHistory(Reply):
    data: InverterEnergyHistoryData | None = None


class InverterEnergyHistoryMultipleV4(Reply):
    data: dict[str, list[InverterEnergyDataV4]] | None = None


class InverterEnergyHistoryV4(Reply):
    data: InverterEnergyHistoryDataV4 | None = None


class InverterEnergyOverview(Reply):
    data: InverterEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class InverterEnergyOverviewMultiple(Reply):
    data: list[InverterEnergyOverviewMultipleItem] | None = None
    page_num: Integer = label("Page number")


class InverterEnergyV4(Reply):
    data: InverterEnergyOverviewDataV4 | None = None


class InverterSettingRead(Reply):
    data: Text = None


class InverterSettingWrite(Reply):
    """Reply without documented data."""


@template
def _setting_write(
    module: Module[Any],
    spec: Spec,
    parameter_id: str,
    parameter_value_1: Slot,
    parameter_value_2: Slot = None,
    device_sn: str | None = None,
) -> Plan[Any]:
    """Write a setting (v1), a value a slot; known ids and ranges: `bridge.growatt.settings`."""
    return write_setting(module, spec, device_sn, parameter_id, slots(locals()))


class Inverter(V4Family[S], PowerLimitRead[S], PercentLimit[S]):
    """String inverters."""

    device_type = DeviceType.INVERTER

    details_v4 = details_v4(InverterDetailsV4)
    energy_v4 = last_data(InverterEnergyV4)
    energy_history_v4 = day_history(InverterEnergyHistoryV4)
    energy_history_multiple_v4 = day_history_multiple(InverterEnergyHistoryMultipleV4)

    details = about_device(InverterDetails, "device/inverter/inv_data_info", every=300)
    energy = about_device(InverterEnergyOverview, "device/inverter/last_new_data", every=300)
    energy_multiple = about_devices(
        InverterEnergyOverviewMultiple,
        "device/inverter/invs_data",
        sn="inverters",
        every=300,
        errors={10001: "system error"},
    )
    energy_history = history(
        InverterEnergyHistory,
        "device/inverter/data",
        every=300,
        errors={
            10001: "system error",
            10002: "serial number wrong",
            10003: "date malformed",
            10004: "more than 7 days requested",
        },
    )
    energy_history_all = every_page(energy_history)
    alarms = alarms(
        InverterAlarms, "device/inverter/alarm", every=300, errors={10001: "system error", 10002: "serial number wrong"}
    )
    setting_read = setting_read(InverterSettingRead, "readInverterParam")
    setting_write = _setting_write(InverterSettingWrite, "inverterSet")
