"""Fields that several families share, grouped by what they are about."""

from typing import Any, Generic, TypeVar

from bridge.growatt import fields as f
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import codes

T = TypeVar("T")


class Alarm(f.Reading):
    """One alarm of a device."""

    alarm_code: f.Integer = f.label("Alarm code")
    alarm_message: f.Text = f.label("Alarm text")
    start_time: f.Moment = f.label("Start")
    end_time: f.Moment = f.label("End, empty while active")
    status: f.Integer = f.label("Status")


class BitAlarm(f.Reading):
    """One alarm of a PBD or HPS, whose code is a text such as 3-107-5."""

    alarm_code: f.Text = f.label("Alarm code")
    alarm_message: f.Text = f.label("Alarm text")
    start_time: f.Moment = f.label("Start")
    end_time: f.Moment = f.label("End, empty while active")
    status: f.Integer = f.label("Status")


class AlarmPage(f.Reading, Generic[T]):
    """A page of alarms."""

    device_sn: f.Text = f.label("Serial number", wire="device_sn", alt=f.SERIAL_KEYS)
    count: f.Integer = f.label("Number of records")
    alarms: list[T] | None = f.label("Alarms")


class HistoryPage(f.Reading, Generic[T]):
    """A page of v1 history."""

    device_sn: f.Text = f.label("Serial number", wire="device_sn", alt=f.SERIAL_KEYS)
    datalogger_sn: f.Text = f.label("Datalogger serial number")
    count: f.Integer = f.label("Number of records")
    next_page_start_id: f.Integer = f.label("Row offset of the next page")
    datas: list[T] | None = f.label("Rows")


class DayHistory(f.Reading, Generic[T]):
    """A day of v4 history. No parameter is documented that fetches what `have_next` announces."""

    start: f.Integer = f.label("Row offset of this page")
    have_next: f.Flag = f.label("More rows exist")
    end_date: f.Text = f.label("End date")
    datas: list[T] | None = f.label("Rows")


class Devices(f.Reading, Generic[T]):
    """v4 data of several devices; the wire key is the device type."""

    devices: list[T] | None = f.label("Devices", wire=DeviceType.INVERTER.value, alt=tuple(t.value for t in DeviceType))


class BatchItem(f.Reading, Generic[T]):
    """One device of a v1 batch."""

    device_sn: f.Text = f.label("Serial number")
    datalogger_sn: f.Text = f.label("Datalogger serial number")
    data: T | None = f.label("Reading")


class BatchReply(f.DataReply[list[T]], Generic[T]):
    """A v1 batch."""

    page_num: f.Integer = f.label("Page number")


class AccountPlace(f.Reading):
    """Where a device stands in the account."""

    address: f.Integer = f.label("Bus address", wire="addr")
    children: list[Any] | None = f.label("Children")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="dataLogSn")
    img_path: f.Text = f.label("Image path")
    level: f.Integer = f.label("Level")
    location: f.Text = f.label("Place text entered by the user")
    parent_id: f.Text = f.label("Parent ID", wire="parentID")
    plant_id: f.Integer = f.label("Plant id")
    tree_id: f.Text = f.label("Tree ID", wire="treeID")
    tree_name: f.Text = f.label("Tree name")
    last_update_time_text: f.Moment = f.label("Last update time text")
    lost: f.Flag = f.label("Connection lost")
    tcp_server_ip: f.Text = f.label("TCP server IP")


class DeviceIdentity(AccountPlace):
    """What the cloud stores about nearly every device."""

    alias: f.Text = f.label("Name")
    group_id: f.Integer = f.label("Group id", wire="groupID", alt="groupId")
    model: f.Integer = f.label("Model")
    model_text: f.Text = f.label("Model text")
    plant_name: f.Text = f.label("Display name", wire="plantname", alt="plantName")
    serial_num: f.Text = f.label("Serial number")
    user_name: f.Text = f.label("Account name")
    status_text: f.Text = f.label("Status text")
    fw_version: f.Text = f.label("Firmware version")
    updating: f.Flag = f.label("Updating")


class ThreeInputs(f.Reading):
    """Currents of three PV inputs, and the third."""

    ipv1: f.Amperes = f.label("PV input 1 current")
    ipv2: f.Amperes = f.label("PV input 2 current")
    ipv3: f.Amperes = f.label("PV input 3 current")
    ppv3: f.Watts = f.label("PV input 3 power")
    vpv3: f.Volts = f.label("PV input 3 voltage")


class LowerStrings(ThreeInputs):
    """Strings up to 8."""

    time: f.Moment = f.label("Time")
    current_string1: f.Amperes = f.label("String 1 current")
    current_string2: f.Amperes = f.label("String 2 current")
    current_string3: f.Amperes = f.label("String 3 current")
    current_string4: f.Amperes = f.label("String 4 current")
    current_string5: f.Amperes = f.label("String 5 current")
    current_string6: f.Amperes = f.label("String 6 current")
    current_string7: f.Amperes = f.label("String 7 current")
    current_string8: f.Amperes = f.label("String 8 current")
    v_string1: f.Volts = f.label("String 1 voltage")
    v_string2: f.Volts = f.label("String 2 voltage")
    v_string3: f.Volts = f.label("String 3 voltage")
    v_string4: f.Volts = f.label("String 4 voltage")
    v_string5: f.Volts = f.label("String 5 voltage")
    v_string6: f.Volts = f.label("String 6 voltage")
    v_string7: f.Volts = f.label("String 7 voltage")
    v_string8: f.Volts = f.label("String 8 voltage")
    fac: f.Hertz = f.label("Grid frequency")


class UpperStrings(LowerStrings):
    """PV inputs from 4 and strings from 9."""

    ipv4: f.Amperes = f.label("PV input 4 current")
    ipv5: f.Amperes = f.label("PV input 5 current")
    ipv6: f.Amperes = f.label("PV input 6 current")
    ipv7: f.Amperes = f.label("PV input 7 current")
    ipv8: f.Amperes = f.label("PV input 8 current")
    ipv9: f.Amperes = f.label("PV input 9 current")
    ipv10: f.Amperes = f.label("PV input 10 current")
    ppv: f.Watts = f.label("PV power")
    ppv1: f.Watts = f.label("PV input 1 power")
    ppv2: f.Watts = f.label("PV input 2 power")
    ppv4: f.Watts = f.label("PV input 4 power")
    ppv5: f.Watts = f.label("PV input 5 power")
    ppv6: f.Watts = f.label("PV input 6 power")
    ppv7: f.Watts = f.label("PV input 7 power")
    ppv8: f.Watts = f.label("PV input 8 power")
    ppv9: f.Watts = f.label("PV input 9 power")
    ppv10: f.Watts = f.label("PV input 10 power")
    vpv1: f.Volts = f.label("PV input 1 voltage")
    vpv2: f.Volts = f.label("PV input 2 voltage")
    vpv4: f.Volts = f.label("PV input 4 voltage")
    vpv5: f.Volts = f.label("PV input 5 voltage")
    vpv6: f.Volts = f.label("PV input 6 voltage")
    vpv7: f.Volts = f.label("PV input 7 voltage")
    vpv8: f.Volts = f.label("PV input 8 voltage")
    vpv9: f.Volts = f.label("PV input 9 voltage")
    vpv10: f.Volts = f.label("PV input 10 voltage")
    current_string9: f.Amperes = f.label("String 9 current")
    current_string10: f.Amperes = f.label("String 10 current")
    current_string11: f.Amperes = f.label("String 11 current")
    current_string12: f.Amperes = f.label("String 12 current")
    current_string13: f.Amperes = f.label("String 13 current")
    current_string14: f.Amperes = f.label("String 14 current")
    current_string15: f.Amperes = f.label("String 15 current")
    current_string16: f.Amperes = f.label("String 16 current")
    v_string9: f.Volts = f.label("String 9 voltage")
    v_string10: f.Volts = f.label("String 10 voltage")
    v_string11: f.Volts = f.label("String 11 voltage")
    v_string12: f.Volts = f.label("String 12 voltage")
    v_string13: f.Volts = f.label("String 13 voltage")
    v_string14: f.Volts = f.label("String 14 voltage")
    v_string15: f.Volts = f.label("String 15 voltage")
    v_string16: f.Volts = f.label("String 16 voltage")


class OutputReading(f.Reading):
    """Output and time that string inverters share."""

    again: f.Flag = f.label("Sent again (late)")
    time_total: f.Real = f.label("Time total")
    pid_status: f.Integer = f.label("PID module state")
    status_text: f.Text = f.label("Status text")
    warn_code: f.Integer = f.label("Warning code")
    warning_value1: f.Integer = f.label("Warning value 1")
    warning_value2: f.Integer = f.label("Warning value 2")
    pac: f.Watts = f.label("AC power")
    pf: f.Real = f.label("Power factor")
    vacs: f.Volts = f.label("Grid voltage of phase S/L2")
    vact: f.Volts = f.label("Grid voltage of phase T/L3")
    op_fullwatt: f.Watts = f.label("Output power limit")
    real_op_percent: f.Percent = f.label("Output in percent of rated power", wire="realOPPercent")


class StringInverterReading(UpperStrings, OutputReading):
    """Energy of up to 16 inputs, as string inverters and WIT have it."""

    derating_mode: f.Integer = f.label("Code for the reason output is reduced")
    fault_value: f.Integer = f.label("Fault value")
    pid_fault_code: f.Integer = f.label("PID fault code")
    warning_value3: f.Integer = f.label("Warning value 3")
    epv1_today: f.KilowattHours = f.label("Energy from PV input 1, today")
    epv2_today: f.KilowattHours = f.label("Energy from PV input 2, today")
    epv3_today: f.KilowattHours = f.label("Energy from PV input 3, today")
    epv4_today: f.KilowattHours = f.label("Energy from PV input 4, today")
    epv5_today: f.KilowattHours = f.label("Energy from PV input 5, today")
    epv6_today: f.KilowattHours = f.label("Energy from PV input 6, today")
    epv7_today: f.KilowattHours = f.label("Energy from PV input 7, today")
    epv8_today: f.KilowattHours = f.label("Energy from PV input 8, today")
    epv9_today: f.KilowattHours = f.label("Energy from PV input 9, today")
    epv10_today: f.KilowattHours = f.label("Energy from PV input 10, today")
    epv1_total: f.KilowattHours = f.label("Energy from PV input 1, lifetime")
    epv2_total: f.KilowattHours = f.label("Energy from PV input 2, lifetime")
    epv3_total: f.KilowattHours = f.label("Energy from PV input 3, lifetime")
    epv4_total: f.KilowattHours = f.label("Energy from PV input 4, lifetime")
    epv5_total: f.KilowattHours = f.label("Energy from PV input 5, lifetime")
    epv6_total: f.KilowattHours = f.label("Energy from PV input 6, lifetime")
    epv7_total: f.KilowattHours = f.label("Energy from PV input 7, lifetime")
    epv8_total: f.KilowattHours = f.label("Energy from PV input 8, lifetime")
    epv9_total: f.KilowattHours = f.label("Energy from PV input 9, lifetime")
    epv10_total: f.KilowattHours = f.label("Energy from PV input 10, lifetime")
    epv_total: f.KilowattHours = f.label("PV energy total")
    pv_iso: f.Kiloohms = f.label("Insulation resistance of the PV side")
    str_break: f.Real = f.label("String break")
    str_unmatch: f.Real = f.label("String unmatch")
    vac_rs: f.Volts = f.label("AC voltage rs")
    vac_st: f.Volts = f.label("AC voltage st")
    vac_tr: f.Volts = f.label("AC voltage tr")
    gfci: f.Milliamperes = f.label("Residual (leakage) current")
    pid_bus: f.Volts = f.label("PID bus voltage")
    r_dci: f.Milliamperes = f.label("DC part of the AC current, phase R")
    s_dci: f.Milliamperes = f.label("DC part of the AC current, phase S")
    t_dci: f.Milliamperes = f.label("DC part of the AC current, phase T")


class GridFlows(f.Reading):
    """Energy between grid, load and inverter."""

    device_sn: f.Text = f.label("Serial number", wire="serialNum")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="dataLogSn")
    e_to_user_today: f.KilowattHours = f.label("Energy from grid, today", wire="etoUserToday", alt="eToUserToday")
    e_to_user_total: f.KilowattHours = f.label("Energy from grid, lifetime", wire="etoUserTotal", alt="eToUserTotal")
    pac_to_user_total: f.Watts = f.label("Power from grid")
    with_time: f.Flag = f.label("Record carries its own timestamp")
    error_text: f.Text = f.label("Error text")
    warn_text: f.Text = f.label("Warning text")
    e_to_grid_today: f.KilowattHours = f.label("Energy to grid, today", wire="etoGridToday", alt="eToGridToday")
    e_to_grid_total: f.KilowattHours = f.label(
        "Energy to grid, lifetime", wire="etoGridTotal", alt=("etogridTotal", "eToGridTotal")
    )
    eac_today: f.KilowattHours = f.label("AC output energy, today")
    eac_total: f.KilowattHours = f.label("AC output energy, lifetime")
    pac1: f.Watts = f.label("AC power of phase 1")
    pac_to_grid_total: f.Watts = f.label("Power to grid")
    vac1: f.Volts = f.label("AC voltage, phase 1")
    e_local_load_today: f.KilowattHours = f.label("Energy used by local loads, today", wire="elocalLoadToday")
    e_local_load_total: f.KilowattHours = f.label("Energy used by local loads, lifetime", wire="elocalLoadTotal")
    temp1: f.Celsius = f.label("Inverter temperature")
    temp2: f.Celsius = f.label("Temperature sensor 2")


class BatteryReading(GridFlows):
    """State of inverter and battery management that MIN, SPA, SPH and SPH-S share."""

    again: f.Flag = f.label("Sent again (late)")
    time: f.Moment = f.label("Time")
    time_total: f.Real = f.label("Time total")
    bms_status: f.Integer = f.label("BMS status", wire="bmsstatus", alt="bmsStatus")
    lost: f.Flag = f.label("Connection lost")
    status_text: f.Text = f.label("Status text")
    sys_fault_word: f.Integer = f.label("System fault word")
    sys_fault_word1: f.Integer = f.label("System fault word 1")
    sys_fault_word2: f.Integer = f.label("System fault word 2")
    sys_fault_word3: f.Integer = f.label("System fault word 3")
    sys_fault_word4: f.Integer = f.label("System fault word 4")
    sys_fault_word5: f.Integer = f.label("System fault word 5")
    sys_fault_word6: f.Integer = f.label("System fault word 6")
    sys_fault_word7: f.Integer = f.label("System fault word 7")
    warn_code: f.Integer = f.label("Warning code")
    bms_pack_info: f.Real = f.label("BMS pack info", wire="bmspackInfo", alt="bmsPackInfo")
    fac: f.Hertz = f.label("Grid frequency")
    pac: f.Watts = f.label("AC power")
    bms_info: f.Real = f.label("BMS info", wire="bmsinfo", alt="bmsInfo")
    bms_soc: f.Percent = f.label("BMS state of charge", wire="bmsSOC", alt="bmsSoc")
    bms_soh: f.Percent = f.label("BMS state of health", wire="bmsSOH", alt="bmsSoh")
    bms_using_cap: f.Real = f.label("BMS using cap")
    uw_sys_work_mode: f.Integer = f.label("System work mode")


class ChargeReading(f.Reading):
    """Charged and discharged energy of SPA, SPH, SPH-S and WIT."""

    day_map: Any = f.label("Day map")
    fault_bit_code: f.Integer = f.label("Fault bit code")
    fault_code: f.Integer = f.label("Fault code")
    plocal_load_total: f.Watts = f.label("Power used by local loads")
    bms_battery_volt: f.Volts = f.label("BMS battery voltage")
    e_charge1_today: f.KilowattHours = f.label("Charge 1 energy today", wire="echarge1Today")
    e_charge1_total: f.KilowattHours = f.label("Charge 1 energy total", wire="echarge1Total")
    e_discharge1_today: f.KilowattHours = f.label(
        "Discharge 1 energy today", wire="edischarge1Today", alt="edischargeToday"
    )
    e_discharge1_total: f.KilowattHours = f.label(
        "Discharge 1 energy total", wire="edischarge1Total", alt="edischargeTotal"
    )
    soc: f.Percent = f.label("State of charge")
    vbat: f.Volts = f.label("Battery voltage")
    priority_choose: f.Integer = f.label("Operating priority", codes=codes.PRIORITY)


class HybridFlows(ChargeReading):
    """Battery readings that SPA, SPH and SPH-S share."""

    pac_to_user_r: f.Watts = f.label("Power from grid, phase R/L1")
    pac_to_grid_r: f.Watts = f.label("Power to grid, phase R/L1")
    ups_fac: f.Hertz = f.label("Off-grid output frequency")
    ups_pac1: f.Watts = f.label("Off-grid output power of phase 1")
    ups_vac1: f.Volts = f.label("Off-grid output voltage of phase 1")
    plocal_load_r: f.Watts = f.label("Plocal load R")
    bms_battery_curr: f.Amperes = f.label("BMS battery current")
    bms_battery_temp: f.Celsius = f.label("BMS battery temperature")
    bms_constant_volt: f.Volts = f.label("BMS constant voltage")
    bms_cycle_cnt: f.Integer = f.label("Charge cycles counted", wire="bmscycleCnt", alt="bmsCycleCnt")
    bms_delta_volt: f.Millivolts = f.label("BMS delta voltage", wire="bmsdeltaVolt", alt="bmsDeltaVolt")
    bms_gauge_fcc: f.Real = f.label("BMS gauge full charge capacity", wire="bmsGaugeFCC", alt="bmsgaugeFCC")
    bms_gauge_rm: f.Real = f.label("BMS gauge remaining capacity", wire="bmsGaugeRM", alt="bmsgaugeRM")
    pcharge1: f.Watts = f.label("Pcharge 1")
    pdischarge1: f.Watts = f.label("Pdischarge 1")
    soc_text: f.Text = f.label("State of charge text")


class HybridReading(BatteryReading, HybridFlows):
    """Readings that SPH and SPA share."""

    address: f.Integer = f.label("Bus address", wire="addr")
    alias: f.Text = f.label("Name")
    battery_type: f.Integer = f.label("Battery type")
    bms_error: f.Integer = f.label("BMS error")
    bms_error_old: f.Integer = f.label("BMS error old")
    bms_status_old: f.Integer = f.label("BMS status old")
    bms_warn_info: f.Integer = f.label("BMS warning info")
    bms_warn_info_old: f.Integer = f.label("BMS warning info old")
    error_code: f.Integer = f.label("Error code", wire="code", alt="errorCode")
    status: f.Integer = f.label("Status", codes=codes.MIN_STATUS)
    bms_fw: f.Integer = f.label("BMS firmware", wire="bmsFW")
    bms_mcu_version: f.Integer = f.label("BMS MCU version", wire="bmsMCUVersion", alt="bmsMcuVersion")
    ac_charge_energy_today: f.KilowattHours = f.label("Energy charged from AC, today")
    ac_charge_energy_total: f.KilowattHours = f.label("Energy charged from AC, lifetime")
    ac_charge_power: f.Watts = f.label("AC charge power")
    ups_pf: f.Real = f.label("Off-grid power factor", wire="upsPF")
    ups_load_percent: f.Percent = f.label("Load in percent of rated power", wire="upsLoadpercent")
    battery_temperature: f.Celsius = f.label("Battery temperature")
    bms_cell1_volt: f.Volts = f.label("Voltage of cell 1")
    bms_cell2_volt: f.Volts = f.label("Voltage of cell 2")
    bms_cell3_volt: f.Volts = f.label("Voltage of cell 3")
    bms_cell4_volt: f.Volts = f.label("Voltage of cell 4")
    bms_cell5_volt: f.Volts = f.label("Voltage of cell 5")
    bms_cell6_volt: f.Volts = f.label("Voltage of cell 6")
    bms_cell7_volt: f.Volts = f.label("Voltage of cell 7")
    bms_cell8_volt: f.Volts = f.label("Voltage of cell 8")
    bms_cell9_volt: f.Volts = f.label("Voltage of cell 9")
    bms_cell10_volt: f.Volts = f.label("Voltage of cell 10")
    bms_cell11_volt: f.Volts = f.label("Voltage of cell 11")
    bms_cell12_volt: f.Volts = f.label("Voltage of cell 12")
    bms_cell13_volt: f.Volts = f.label("Voltage of cell 13")
    bms_cell14_volt: f.Volts = f.label("Voltage of cell 14")
    bms_cell15_volt: f.Volts = f.label("Voltage of cell 15")
    bms_cell16_volt: f.Volts = f.label("Voltage of cell 16")
    bms_max_curr: f.Amperes = f.label("BMS highest current")
    bms_max_discharge_curr: f.Amperes = f.label("BMS highest discharge current", wire="bmsMaxDischgCurr")
    v_bat_dsp: f.Volts = f.label("Battery voltage measured by the DSP")
    day: f.Text = f.label("Day part of the sample time")
    sys_en: f.Integer = f.label("System enabled")
    v_bus1: f.Volts = f.label("DC bus 1 voltage")
    v_bus2: f.Volts = f.label("DC bus 2 voltage")


class CommunicationRecord(f.Reading):
    """Communication and country settings of battery inverters."""

    com_address: f.Integer = f.label("Bus address used for communication")
    dtc: f.Integer = f.label("Numeric device type code of the firmware")
    manufacturer: f.Text = f.label("Manufacturer text")
    port_name: f.Text = f.label("Text naming the communication port")
    record: Any = f.label("Record")
    sys_time: f.DeviceClock = f.label("Device clock")
    baudrate: f.Real = f.label("Bus speed selector", wire="wselectBaudrate")
    communication_version: f.Text = f.label("Communication version", wire="comVersion", alt="communicationVersion")
    modbus_version: f.Integer = f.label("Modbus version")
    p_charge: f.Watts = f.label("Charge power")
    p_discharge: f.Watts = f.label("Discharge power")
    country_selected: f.Integer = f.label("Country selected")
    pmax: f.Integer = f.label("Rated power of the inverter")


class BatteryRecord(CommunicationRecord):
    """Battery and meter settings that MIN, SPA and SPH share."""

    id: f.Integer = f.label("Numeric record id")
    power_max_time: f.Text = f.label("Power highest time")
    status: f.Integer = f.label("Status", codes=codes.HYBRID_STATUS)
    vbat_warn_clr: f.Real = f.label("Battery voltage warning clr")
    vbat_warning: f.Real = f.label("Battery voltage warning")
    inner_version: f.Text = f.label("Inner version")
    bat_aging_test_step: f.Integer = f.label(
        "Battery self-test step", wire="bagingTestStep", codes=codes.AGING_TEST_STEP
    )
    bat_temp_lower_limit_c: f.Real = f.label("Battery temperature lower limit c")
    bat_temp_lower_limit_d: f.Real = f.label("Battery temperature lower limit d")
    bat_temp_upper_limit_c: f.Celsius = f.label("Battery temperature upper limit c")
    bat_temp_upper_limit_d: f.Celsius = f.label("Battery temperature upper limit d")
    vbat_start_for_discharge: f.Volts = f.label("Battery voltage start for discharge")
    vbat_stop_for_charge: f.Real = f.label("Battery voltage stop for charge")
    vbat_stop_for_discharge: f.Real = f.label("Battery voltage stop for discharge")
    energy_month: f.KilowattHours = f.label("Energy month")
    energy_month_text: f.Text = f.label("Energy month text")
    power_max: f.Watts = f.label("Highest power seen")
    power_max_text: f.Text = f.label("Power highest text")
    bct_adjust: f.Integer = f.label("Sensor adjustment active")
    bct_mode: f.Integer = f.label("Sensor kind", codes=codes.METER_KIND)
    priority_choose: f.Integer = f.label("Operating priority", codes=codes.PRIORITY)


class HybridRecord(BatteryRecord):
    """Data and settings that SPH and SPA share."""

    battery_type: f.Integer = f.label("Battery type")
    charge_time1: f.Text = f.label("Charge slot 1")
    charge_time2: f.Text = f.label("Charge slot 2")
    charge_time3: f.Text = f.label("Charge slot 3")
    discharge_time1: f.Text = f.label("Discharge slot 1")
    discharge_time2: f.Text = f.label("Discharge slot 2")
    discharge_time3: f.Text = f.label("Discharge slot 3")
    energy_day_map: Any = f.label("Energy day map")
    forced_charge_time_start1: f.TimeOfDay = f.label("Start of forced charge slot 1")
    forced_charge_time_start2: f.TimeOfDay = f.label("Start of forced charge slot 2")
    forced_charge_time_start3: f.TimeOfDay = f.label("Start of forced charge slot 3")
    forced_charge_time_stop1: f.TimeOfDay = f.label("End of forced charge slot 1")
    forced_charge_time_stop2: f.TimeOfDay = f.label("End of forced charge slot 2")
    forced_charge_time_stop3: f.TimeOfDay = f.label("End of forced charge slot 3")
    forced_discharge_time_start1: f.TimeOfDay = f.label("Start of forced discharge slot 1")
    forced_discharge_time_start2: f.TimeOfDay = f.label("Start of forced discharge slot 2")
    forced_discharge_time_start3: f.TimeOfDay = f.label("Start of forced discharge slot 3")
    forced_discharge_time_stop1: f.TimeOfDay = f.label("End of forced discharge slot 1")
    forced_discharge_time_stop2: f.TimeOfDay = f.label("End of forced discharge slot 2")
    forced_discharge_time_stop3: f.TimeOfDay = f.label("End of forced discharge slot 3")
    pv_active_p_rate: f.Percent = f.label("PV active power rate")
    pv_grid_voltage_high: f.Volts = f.label("PV grid voltage high")
    pv_grid_voltage_low: f.Volts = f.label("PV grid voltage low")
    pv_on_off: f.Flag = f.label("PV on off")
    pv_power_factor: f.Real = f.label("Power factor setting")
    pv_reactive_p_rate: f.Percent = f.label("PV reactive power rate")
    pv_reactive_p_rate_two: f.Percent = f.label("PV reactive power rate two")
    eps_freq_set: f.Integer = f.label("EPS frequency set", codes=codes.EPS_FREQUENCY)
    grid_first_switch1: f.Flag = f.label("Grid-first slot 1 active")
    grid_first_switch2: f.Flag = f.label("Grid-first slot 2 active")
    grid_first_switch3: f.Flag = f.label("Grid-first slot 3 active")
    pf_sys_year: f.Text = f.label("Device clock setting")
    buck_ups_fun_en: f.Flag = f.label("Buck UPS fun enabled")
    buck_ups_volt_set: f.Real = f.label("Buck UPS voltage set", wire="buckUPSVoltSet")
    eps_fun_en: f.Flag = f.label("EPS fun enabled")
    eps_volt_set: f.Integer = f.label("EPS voltage set", codes=codes.EPS_VOLTAGE)
    bat_first_switch1: f.Integer = f.label("Bat-first slot 1 active")
    bat_first_switch2: f.Integer = f.label("Bat-first slot 2 active")
    bat_first_switch3: f.Integer = f.label("Bat-first slot 3 active")
    charge_power_command: f.Percent = f.label("Charge power setting")
    discharge_power_command: f.Percent = f.label("Discharge power setting", wire="disChargePowerCommand")
    float_charge_current_limit: f.Real = f.label("Float charge current limit")
    vbat_start_for_charge: f.Volts = f.label("Battery voltage start for charge", wire="vbatStartforCharge")
    w_charge_soc_low_limit1: f.Percent = f.label("W charge SOC low limit 1", wire="wchargeSOCLowLimit1")
    w_charge_soc_low_limit2: f.Percent = f.label("W charge SOC low limit 2", wire="wchargeSOCLowLimit2")
    w_discharge_soc_low_limit1: f.Percent = f.label("W discharge SOC low limit 1", wire="wdisChargeSOCLowLimit1")
    w_discharge_soc_low_limit2: f.Percent = f.label("W discharge SOC low limit 2", wire="wdisChargeSOCLowLimit2")
    energy_day: f.KilowattHours = f.label("Energy day")
    power_factor: f.Real = f.label("Power factor")
    backflow_setting: f.Text = f.label("Feed-in limiter setting")
    lcd_language: f.Integer = f.label("LCD language")
    on_off: f.Flag = f.label("On off")


class StorageState(f.Reading):
    """State that SPF and the commercial families share."""

    address: f.Integer = f.label("Bus address", wire="addr")
    alias: f.Text = f.label("Name")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="dataLogSn")
    again: f.Flag = f.label("Sent again (late)")
    time: f.Moment = f.label("Time")
    with_time: f.Flag = f.label("Record carries its own timestamp")
    bms_status: f.Integer = f.label("BMS status", wire="bmsstatus", alt="bmsStatus")
    lost: f.Flag = f.label("Connection lost")
    status_text: f.Text = f.label("Status text")
    ppv: f.Watts = f.label("PV power")
    e_charge_today: f.KilowattHours = f.label("Charge energy today", wire="echargeToday", alt="eChargeToday")
    e_discharge_today: f.KilowattHours = f.label(
        "Discharge energy today", wire="edischargeToday", alt="eDischargeToday"
    )
    capacity: f.Percent = f.label("Capacity")


class CommercialReading(StorageState):
    """Readings that PCS, HPS and PBD share."""

    serial_num: f.Text = f.label("Serial number")
    type_flag: f.Integer = f.label("Type flag")
    calendar: f.JavaCalendar | None = f.label("Calendar")
    e_charge_time_today: f.Real = f.label("Charge time today")
    e_discharge_time_today: f.Real = f.label("Discharge time today")
    self_time: f.Real = f.label("Self time")
    alarm_code1: f.Integer = f.label("Alarm code 1")
    alarm_code2: f.Integer = f.label("Alarm code 2")
    bms_protection: f.Integer = f.label("BMS protection")
    bms_volt_status: f.Integer = f.label("BMS voltage state")
    status: f.Integer = f.label("Status")
    status_lang: f.Text = f.label("Status lang")
    sys_fault_word1: f.Integer = f.label("System fault word 1")
    sys_fault_word2: f.Integer = f.label("System fault word 2")
    sys_fault_word3: f.Integer = f.label("System fault word 3")
    sys_fault_word4: f.Integer = f.label("System fault word 4")
    sys_fault_word5: f.Integer = f.label("System fault word 5")
    sys_fault_word6: f.Integer = f.label("System fault word 6")
    max_charge_curr: f.Amperes = f.label("Highest charge current")
    max_discharge_curr: f.Amperes = f.label("Highest discharge current")
    max_min_temp_cell: f.Real = f.label("Highest lowest temperature cell")
    max_volt_cell: f.Real = f.label("Highest voltage cell")
    maxmin_volt_cell: f.Real = f.label("Maxmin voltage cell")
    min_volt_cell: f.Real = f.label("Lowest voltage cell")
    max_temp: f.Real = f.label("Highest temperature")
    max_temp_num: f.Real = f.label("Highest temperature number")
    min_temp: f.Real = f.label("Lowest temperature")
    min_temp_group: f.Real = f.label("Lowest temperature group")
    min_temp_num: f.Real = f.label("Lowest temperature number")
    bvbus: f.Real = f.label("Bvbus")
    day: f.Text = f.label("Day part of the sample time")
    max_volt: f.Real = f.label("Highest voltage")
    max_volt_num: f.Real = f.label("Highest voltage number")
    min_volt: f.Real = f.label("Lowest voltage")
    min_volt_group: f.Real = f.label("Lowest voltage group")
    min_volt_num: f.Real = f.label("Lowest voltage number")
    mvpv: f.Real = f.label("Mvpv")


class PeakRecord(f.Reading):
    """Energy of the month and highest power."""

    device_type: f.Integer = f.label("Device type")
    power_max_time: f.Text = f.label("Power highest time")
    timezone: f.Real = f.label("UTC offset in hours")
    energy_month: f.KilowattHours = f.label("Energy month")
    energy_month_text: f.Text = f.label("Energy month text")
    power_max: f.Watts = f.label("Highest power seen")
    power_max_text: f.Text = f.label("Power highest text")


class PowerFactorSettings(f.Reading):
    """Output limits and power factor curve of MAX, MIN and WIT."""

    pf_model: f.Real = f.label("Power factor mode")
    sys_time: f.DeviceClock = f.label("Device clock")
    pv_pf_cmd_memory_state: f.Flag = f.label("PV power factor cmd memory state")
    pflinep1_pf: f.Real = f.label("Power factor at point 1 of the curve")
    pflinep2_pf: f.Real = f.label("Power factor at point 2 of the curve")
    pflinep3_pf: f.Real = f.label("Power factor at point 3 of the curve")
    pflinep4_pf: f.Real = f.label("Power factor at point 4 of the curve")
    active_rate: f.Percent = f.label("Active rate")
    lcd_language: f.Integer = f.label("LCD language")
    on_off: f.Flag = f.label("On off")
    pflinep1_lp: f.Percent = f.label("Pflinep 1 lp")
    pflinep2_lp: f.Percent = f.label("Pflinep 2 lp")
    pflinep3_lp: f.Percent = f.label("Pflinep 3 lp")
    pflinep4_lp: f.Percent = f.label("Pflinep 4 lp")
    reactive_rate: f.Percent = f.label("Reactive rate")
    voltage_high_limit: f.Volts = f.label("Voltage high limit")
    voltage_low_limit: f.Volts = f.label("Voltage low limit")


class ThreePhaseRecord(PeakRecord, PowerFactorSettings):
    """Data and limits that MAX and WIT share."""

    dtc: f.Integer = f.label("Numeric device type code of the firmware")
    id: f.Integer = f.label("Numeric record id")
    port_name: f.Text = f.label("Text naming the communication port")
    record: Any = f.label("Record")
    status: f.Integer = f.label("Status", codes=codes.HYBRID_STATUS)
    communication_version: f.Text = f.label("Communication version", wire="comVersion", alt="communicationVersion")
    str_num: f.Integer = f.label("String number")
    fac_high: f.Real = f.label("Grid frequency high")
    fac_low: f.Real = f.label("Grid frequency low")
    vac_high: f.Volts = f.label("AC voltage high")
    vac_low: f.Volts = f.label("AC voltage low")
    energy_day: f.KilowattHours = f.label("Energy day")


class SelfUseReading(f.Reading):
    """Self-consumption and system output."""

    iac1: f.Amperes = f.label("Grid current of phase 1")
    iac2: f.Amperes = f.label("Grid current of phase 2")
    vac2: f.Volts = f.label("AC voltage, phase 2")
    e_self_today: f.KilowattHours = f.label("Self-consumed energy, today", wire="eselfToday", alt="eselftoday")
    e_self_total: f.KilowattHours = f.label("Self-consumed energy, lifetime", wire="eselfTotal", alt="eselftotal")
    p_self: f.Watts = f.label("Self-consumed power", wire="pself")
    e_system_today: f.KilowattHours = f.label("System energy, today", wire="esystemToday", alt="esystemtoday")
    e_system_total: f.KilowattHours = f.label("System energy, lifetime", wire="esystemTotal", alt="esystemtotal")
    temp3: f.Celsius = f.label("Temperature sensor 3")
    p_system: f.Watts = f.label("Power delivered by the system", wire="psystem")


class HybridPacks(SelfUseReading):
    """Battery packs of SPH and SPA (v4)."""

    acc_charge_pack_sn: f.Integer = f.label("Acc charge pack serial number")
    acc_discharge_pack_sn: f.Integer = f.label("Acc discharge pack serial number")
    bms_request_type: f.Integer = f.label("BMS request type", wire="bmsrequestType", alt="bmsRequestType")
    first_batt_fault_sn: f.Integer = f.label("First battery fault serial number")
    fourth_batt_fault_sn: f.Integer = f.label("Fourth battery fault serial number")
    protect_pack_id: f.Integer = f.label("Protect pack ID", wire="protectPackID", alt="protectPackId")
    second_batt_fault_sn: f.Integer = f.label("Second battery fault serial number")
    third_batt_fault_sn: f.Integer = f.label("Third battery fault serial number")
    calendar: f.Moment = f.label("Calendar")
    batt_history_fault_code1: f.Integer = f.label("Battery history fault code 1")
    batt_history_fault_code2: f.Integer = f.label("Battery history fault code 2")
    batt_history_fault_code3: f.Integer = f.label("Battery history fault code 3")
    batt_history_fault_code4: f.Integer = f.label("Battery history fault code 4")
    batt_history_fault_code5: f.Integer = f.label("Battery history fault code 5")
    batt_history_fault_code6: f.Integer = f.label("Battery history fault code 6")
    batt_history_fault_code7: f.Integer = f.label("Battery history fault code 7")
    batt_history_fault_code8: f.Integer = f.label("Battery history fault code 8")
    bms_error2: f.Integer = f.label("BMS error 2")
    bms_error3: f.Integer = f.label("BMS error 3")
    uw_dsp_dc_dc_debug_data: f.Integer = f.label("DSP DC-DC debug data")
    uw_dsp_dc_dc_debug_data1: f.Integer = f.label("DSP DC-DC debug data 1")
    uw_dsp_dc_dc_debug_data2: f.Integer = f.label("DSP DC-DC debug data 2")
    uw_dsp_dc_dc_debug_data3: f.Integer = f.label("DSP DC-DC debug data 3")
    uw_dsp_dc_dc_debug_data4: f.Integer = f.label("DSP DC-DC debug data 4")
    uw_dsp_inv_debug_data: f.Integer = f.label("DSP inverter debug data")
    uw_dsp_inv_debug_data1: f.Integer = f.label("DSP inverter debug data 1")
    uw_dsp_inv_debug_data2: f.Integer = f.label("DSP inverter debug data 2")
    uw_dsp_inv_debug_data3: f.Integer = f.label("DSP inverter debug data 3")
    uw_dsp_inv_debug_data4: f.Integer = f.label("DSP inverter debug data 4")
    bms_hardware_version: f.Integer = f.label("BMS hardware version")
    bms_hardware_version2: f.Integer = f.label("BMS hardware version 2")
    bms_highest_soft_version: f.Integer = f.label("BMS highest soft version")
    acc_charge_power: f.Watts = f.label("Acc charge power")
    acc_discharge_power: f.Watts = f.label("Acc discharge power", wire="accdischargePower")
    iac3: f.Amperes = f.label("Grid current of phase 3")
    pac_r: f.Watts = f.label("AC power of phase R/L1")
    pac_s: f.Watts = f.label("AC power of phase S/L2")
    pac_t: f.Watts = f.label("AC power of phase T/L3")
    ups_pac2: f.Watts = f.label("Off-grid output power of phase 2")
    ups_pac3: f.Watts = f.label("Off-grid output power of phase 3")
    vac3: f.Volts = f.label("AC voltage, phase 3")
    plocal_load_r2: f.Watts = f.label("Plocal load r2")
    plocal_load_s: f.Watts = f.label("Power used by local loads, phase S/L2")
    plocal_load_t: f.Watts = f.label("Power used by local loads, phase T/L3")
    b_module_num: f.Integer = f.label("B module number")
    b_total_cell_num: f.Integer = f.label("B total cell number")
    max_soc: f.Real = f.label("Highest state of charge", wire="maxSOC")
    min_soc: f.Real = f.label("Lowest state of charge", wire="minSOC")
    module_series_qty: f.Integer = f.label("Module series qty")
    number_of_batt_codes: f.Integer = f.label("Number of battery codes")
    uw_max_cell_vol: f.Real = f.label("Highest cell voltage")
    uw_max_tempr_cell: f.Real = f.label("Highest tempr cell")
    uw_max_tempr_cell_no: f.Integer = f.label("Highest tempr cell no")
    uw_max_volt_cell_no: f.Integer = f.label("Highest voltage cell no")
    uw_min_cell_vol: f.Real = f.label("Lowest cell voltage")
    uw_min_tempr_cell: f.Real = f.label("Lowest tempr cell")
    uw_min_tempr_cell_no: f.Integer = f.label("Lowest tempr cell no")
    uw_min_volt_cell_no: f.Integer = f.label("Lowest voltage cell no")
    pm_r: f.Real = f.label("Pm R")
    pm_s: f.Real = f.label("Pm S")
    pm_t: f.Real = f.label("Pm T")


class InverterReading(f.Reading):
    """Readings that MAX and string inverters share."""

    fault_type: f.Integer = f.label("Fault type")
    id: f.Integer = f.label("Numeric record id")
    dw_string_warning_value1: f.Integer = f.label("Dw string warning value 1")
    str_fault: f.Real = f.label("String fault")
    w_pid_fault_value: f.Integer = f.label("W PID fault value", wire="wPIDFaultValue")
    w_string_status_value: f.Integer = f.label("W string status value")
    i_pid_pvape: f.Amperes = f.label("PID current of input a")
    i_pid_pvbpe: f.Amperes = f.label("PID current of input b")
    v_pid_pvape: f.Volts = f.label("PID voltage of input a")
    v_pid_pvbpe: f.Volts = f.label("PID voltage of input b")
    e_rac_today: f.KilovarHours = f.label("Reactive energy, today")
    e_rac_total: f.KilovarHours = f.label("Reactive energy, lifetime")
    iacr: f.Amperes = f.label("Grid current of phase R/L1")
    iacs: f.Amperes = f.label("Grid current of phase S/L2")
    iact: f.Amperes = f.label("Grid current of phase T/L3")
    pacr: f.Watts = f.label("AC power of phase R/L1")
    pacs: f.Watts = f.label("AC power of phase S/L2")
    pact: f.Watts = f.label("AC power of phase T/L3")
    rac: f.Real = f.label("Reactive / apparent power")
    vacr: f.Volts = f.label("Grid voltage of phase R/L1")
    power_today: f.KilowattHours = f.label("Energy today")
    power_total: f.KilowattHours = f.label("Lifetime energy")
    ipm_temperature: f.Celsius = f.label("Power module temperature")
    temperature: f.Celsius = f.label("Temperature")
    n_bus_voltage: f.Volts = f.label("Negative DC bus voltage")
    p_bus_voltage: f.Volts = f.label("Positive DC bus voltage")


class HybridRecordV4(f.Reading):
    """Settings of SPH and SPA that v4 adds."""

    bat_serial_num: f.Text = f.label("Battery serial number")
    forced_charge_time_start4: f.TimeOfDay = f.label("Start of forced charge slot 4")
    forced_charge_time_start5: f.TimeOfDay = f.label("Start of forced charge slot 5")
    forced_charge_time_start6: f.TimeOfDay = f.label("Start of forced charge slot 6")
    forced_charge_time_stop4: f.TimeOfDay = f.label("End of forced charge slot 4")
    forced_charge_time_stop5: f.TimeOfDay = f.label("End of forced charge slot 5")
    forced_charge_time_stop6: f.TimeOfDay = f.label("End of forced charge slot 6")
    forced_discharge_time_start4: f.TimeOfDay = f.label("Start of forced discharge slot 4")
    forced_discharge_time_start5: f.TimeOfDay = f.label("Start of forced discharge slot 5")
    forced_discharge_time_start6: f.TimeOfDay = f.label("Start of forced discharge slot 6")
    forced_discharge_time_stop4: f.TimeOfDay = f.label("End of forced discharge slot 4")
    forced_discharge_time_stop5: f.TimeOfDay = f.label("End of forced discharge slot 5")
    forced_discharge_time_stop6: f.TimeOfDay = f.label("End of forced discharge slot 6")
    last_update_time: f.Moment = f.label("Last update time")
    sys_time_text: f.Moment = f.label("System time text")
    timezone: f.Real = f.label("UTC offset in hours")
    old_error_flag: f.Integer = f.label("Old error flag")
    inv_version: f.Integer = f.label("Inverter version")
    mc_version: f.Text = f.label("Mc version")
    monitor_version: f.Text = f.label("Monitor version")
    new_sw_version_flag: f.Integer = f.label("New sw version flag")
    safety_version: f.Integer = f.label("Safety version")
    vpp_version: f.Integer = f.label("VPP version")
    ac_charge_enable: f.Flag = f.label("AC charge enable")
    bat_pack_num: f.Integer = f.label("Battery pack number")
    off_grid_discharge_soc: f.Percent = f.label("Off grid discharge SOC", wire="offGridDischargeSOC")
    bat_sys_rate_energy: f.Real = f.label("Battery system rate energy")
    forced_charge_stop_switch4: f.Flag = f.label("Forced charge slot 4 active")
    forced_charge_stop_switch5: f.Flag = f.label("Forced charge slot 5 active")
    forced_charge_stop_switch6: f.Flag = f.label("Forced charge slot 6 active")
    forced_discharge_stop_switch4: f.Flag = f.label("Forced discharge slot 4 active")
    forced_discharge_stop_switch5: f.Flag = f.label("Forced discharge slot 5 active")
    forced_discharge_stop_switch6: f.Flag = f.label("Forced discharge slot 6 active")
    export_limit_power_rate: f.Percent = f.label("Feed-in limit")
    export_limit: f.Integer = f.label("Feed-in limit active")
    failsafe: f.Integer = f.label("Failsafe")
    pro_pto: f.Real = f.label("Pro pto")
    region: f.Integer = f.label("Region")
    safety_correspond_num: f.Real = f.label("Safety correspond number")
    under_excited: f.Integer = f.label("Under excited")
    vpp_open: f.Real = f.label("VPP open")


class TwoInputReading(f.Reading):
    """Two PV inputs and their energy."""

    epv1_today: f.KilowattHours = f.label("Energy from PV input 1, today")
    epv2_today: f.KilowattHours = f.label("Energy from PV input 2, today")
    epv1_total: f.KilowattHours = f.label("Energy from PV input 1, lifetime")
    epv2_total: f.KilowattHours = f.label("Energy from PV input 2, lifetime")
    epv_total: f.KilowattHours = f.label("PV energy total")
    ppv: f.Watts = f.label("PV power")
    ppv1: f.Watts = f.label("PV input 1 power")
    ppv2: f.Watts = f.label("PV input 2 power")
    vpv1: f.Volts = f.label("PV input 1 voltage")
    vpv2: f.Volts = f.label("PV input 2 voltage")


class CommercialGridReading(f.Reading):
    """Grid and load readings that PCS and HPS share."""

    sys_fault_word7: f.Integer = f.label("System fault word 7")
    sys_fault_word8: f.Integer = f.label("System fault word 8")
    vpvuv: f.Real = f.label("Vpvuv")
    vpvvw: f.Real = f.label("Vpvvw")
    vpvwu: f.Real = f.label("Vpvwu")
    bypass_freq: f.Real = f.label("Bypass frequency")
    dg_grid_power: f.Real = f.label("Dg grid power")
    dg_grid_select: f.Integer = f.label("Dg grid select")
    grid_freq: f.Hertz = f.label("Grid freq")
    load_pf: f.Real = f.label("Load power factor")
    pf: f.Real = f.label("Power factor")
    pf_symbol: f.Integer = f.label("Power factor symbol")
    ats_bypass: f.Integer = f.label("ATS bypass")
    load_active_power: f.Real = f.label("Load active power")
    load_ia: f.Real = f.label("Load ia")
    load_ib: f.Real = f.label("Load ib")
    load_ic: f.Real = f.label("Load ic")
    load_reactive_power: f.Real = f.label("Load reactive power")
    b_active_power: f.Watts = f.label("Active power b")
    temp1: f.Celsius = f.label("Inverter temperature")
    temp2: f.Celsius = f.label("Temperature sensor 2")
    temp3: f.Celsius = f.label("Temperature sensor 3")
    temp4: f.Celsius = f.label("Temperature sensor 4")
    temp5: f.Celsius = f.label("Temperature sensor 5")
    temp6: f.Celsius = f.label("Temperature sensor 6")
    bvbus_nega: f.Real = f.label("Bvbus nega")
    bvbus_posi: f.Real = f.label("Bvbus posi")


class CommercialRecord(f.Reading):
    """Data that PCS, HPS and PBD share."""

    port_name: f.Text = f.label("Text naming the communication port")
    record: Any = f.label("Record")
    charge_day_map: Any = f.label("Charge day map")
    discharge_day_map: Any = f.label("Discharge day map", wire="disChargeDayMap")
    status: f.Integer = f.label("Status", codes=codes.LINK_STATUS)
    inner_version: f.Text = f.label("Inner version")
    charge_month: f.Real = f.label("Charge month")
    discharge_month: f.Real = f.label("Discharge charge month", wire="disChargeMonth")
    e_charge_today: f.KilowattHours = f.label("Charge energy today", wire="echargeToday", alt="eChargeToday")
    e_discharge_today: f.KilowattHours = f.label(
        "Discharge energy today", wire="edischargeToday", alt="eDischargeToday"
    )
    e_discharge_total: f.KilowattHours = f.label(
        "Discharge energy total", wire="edischargeTotal", alt="eDischargeTotal"
    )
    normalPower: f.Watts = f.label("Rated power")  # noqa: N815


class ForcedTimes(f.Reading):
    """Time slots and grid controls that MIN and WIT share."""

    forced_time_start1: f.TimeOfDay = f.label("Start of time slot 1")
    forced_time_start2: f.TimeOfDay = f.label("Start of time slot 2")
    forced_time_start3: f.TimeOfDay = f.label("Start of time slot 3")
    forced_time_start4: f.TimeOfDay = f.label("Start of time slot 4")
    forced_time_start5: f.TimeOfDay = f.label("Start of time slot 5")
    forced_time_start6: f.TimeOfDay = f.label("Start of time slot 6")
    forced_time_stop1: f.TimeOfDay = f.label("End of time slot 1")
    forced_time_stop2: f.TimeOfDay = f.label("End of time slot 2")
    forced_time_stop3: f.TimeOfDay = f.label("End of time slot 3")
    forced_time_stop4: f.TimeOfDay = f.label("End of time slot 4")
    forced_time_stop5: f.TimeOfDay = f.label("End of time slot 5")
    forced_time_stop6: f.TimeOfDay = f.label("End of time slot 6")
    sys_time_text: f.Moment = f.label("System time text")
    time1_mode: f.Integer = f.label("Mode of time slot 1")
    time2_mode: f.Integer = f.label("Mode of time slot 2")
    time3_mode: f.Integer = f.label("Mode of time slot 3")
    time4_mode: f.Integer = f.label("Mode of time slot 4")
    time5_mode: f.Integer = f.label("Mode of time slot 5")
    time6_mode: f.Integer = f.label("Mode of time slot 6")
    pu_enable: f.Integer = f.label("P(U) enable")
    rrcr_enable: f.Real = f.label("Rrcr enable")
    safety_correspond_num: f.Real = f.label("Safety correspond number")


class InverterFaults(f.Reading):
    """Faults and insulation of MAX and string inverters."""

    apf_status: f.Real = f.label("State of active filter / SVG module")
    debug1: f.Text = f.label("Debug 1")
    debug2: f.Text = f.label("Debug 2")
    fault_code1: f.Integer = f.label("Fault code 1")
    fault_code2: f.Integer = f.label("Fault code 2")
    warn_bit: f.Integer = f.label("Warning bit")
    i_pid_pvcpe: f.Amperes = f.label("PID current of input c")
    i_pid_pvdpe: f.Amperes = f.label("PID current of input d")
    i_pid_pvepe: f.Amperes = f.label("PID current of input e")
    i_pid_pvfpe: f.Amperes = f.label("PID current of input f")
    i_pid_pvgpe: f.Amperes = f.label("PID current of input g")
    i_pid_pvhpe: f.Amperes = f.label("PID current of input h")
    v_pid_pvcpe: f.Volts = f.label("PID voltage of input c")
    v_pid_pvdpe: f.Volts = f.label("PID voltage of input d")
    v_pid_pvepe: f.Volts = f.label("PID voltage of input e")
    v_pid_pvfpe: f.Volts = f.label("PID voltage of input f")
    v_pid_pvgpe: f.Volts = f.label("PID voltage of input g")
    v_pid_pvhpe: f.Volts = f.label("PID voltage of input h")
    temperature2: f.Celsius = f.label("Temperature sensor 2")
    temperature3: f.Celsius = f.label("Temperature sensor 3")
    temperature4: f.Celsius = f.label("Temperature sensor 4")
    temperature5: f.Celsius = f.label("Temperature sensor 5")


class MeterReading(f.Reading):
    """Readings that all energy meters share."""

    address: f.Integer = f.label("Bus address", wire="addr")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="dataLogSn")
    user_energy: f.Real = f.label("User energy")
    calendar: f.JavaCalendar | None = f.label("Calendar")
    lost: f.Flag = f.label("Connection lost")
    grid_energy: f.Real = f.label("Grid energy")
    active_energy: f.KilowattHours = f.label("Active energy")
    active_power: f.Watts = f.label("Active power")
    apparent_power: f.VoltAmperes = f.label("Apparent power")
    fei_lv_bo_z_energy: f.Real = f.label("Fei lv bo z energy")
    fei_lv_feng_z_energy: f.Real = f.label("Fei lv feng z energy")
    fei_lv_gu_z_energy: f.Real = f.label("Fei lv gu z energy")
    fei_lv_ping_z_energy: f.Real = f.label("Fei lv ping z energy")
    power_factor: f.Real = f.label("Power factor")
    reactive_energy: f.KilovarHours = f.label("Reactive energy")
    reactive_power: f.Vars = f.label("Reactive power")
    total_energy: f.KilowattHours = f.label("Lifetime energy", wire="totalEneny", alt="totalEnergy")


class ReactiveReading(f.Reading):
    """Reactive power and upper strings of MAX and WIT."""

    current_string17: f.Amperes = f.label("String 17 current")
    current_string18: f.Amperes = f.label("String 18 current")
    current_string19: f.Amperes = f.label("String 19 current")
    current_string20: f.Amperes = f.label("String 20 current")
    str_unbalance: f.Integer = f.label("String unbalance", wire="strUnblance")
    v_string17: f.Volts = f.label("String 17 voltage")
    v_string18: f.Volts = f.label("String 18 voltage")
    v_string19: f.Volts = f.label("String 19 voltage")
    v_string20: f.Volts = f.label("String 20 voltage")
    react_power: f.Vars = f.label("Reactive power")
    react_power_max: f.Real = f.label("React power highest")
    react_power_total: f.Real = f.label("React power total")


class CommercialInputs(f.Reading):
    """PV inputs of SPF, HPS and PBD."""

    epv_today: f.KilowattHours = f.label("PV energy today", wire="epvtoday", alt="epvToday")
    epv_total: f.KilowattHours = f.label("PV energy total")
    ipv: f.Amperes = f.label("PV input current")
    ppv2: f.Watts = f.label("PV input 2 power")
    vpv: f.Volts = f.label("PV input voltage")
    vpv2: f.Volts = f.label("PV input 2 voltage")
