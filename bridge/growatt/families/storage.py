"""SPF off-grid storage inverters (device type storage)."""

from typing import Any

from bridge.growatt.calls import Module, Plan, S, Spec, template
from bridge.growatt.enums import DeviceType
from bridge.growatt.families.codes import STORAGE_MODEL, STORAGE_STATE, STORAGE_STATUS
from bridge.growatt.families.parts import Alarm, AlarmPage, DayHistory, DeviceRecord, HistoryPage
from bridge.growatt.families.shared import (
    BAD_DATE,
    BAD_RANGE,
    PercentLimit,
    Slot,
    V4Family,
    about_device,
    alarms_of_day,
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
    KilowattHours,
    Moment,
    Percent,
    Reading,
    Real,
    Reply,
    Text,
    Volts,
    Watts,
    label,
)
from bridge.growatt.paging import every_page


class StorageReading(Reading):
    """Readings of an SPF storage inverter."""

    address: Integer = label("Device address on the datalogger bus")
    alias: Text = label("Name")
    datalogger_sn: Text = label("Datalogger serial number", wire="dataLogSn")
    device_type: Integer = label("Device type", codes=STORAGE_MODEL)
    e_to_user_today: KilowattHours = label("Energy drawn from the grid, today")
    e_to_user_total: KilowattHours = label("Energy drawn from the grid, lifetime")
    iac_to_user: Amperes = label("Current drawn from the grid")
    iac_to_user_text: Text = label("AC current to user text")
    pac_to_user: Watts = label("Power drawn from the grid")
    uw_bat_type2: Real = label("Battery type 2")
    again: Flag = label("Again")
    day_map: Any = label("Day map")
    time: Moment = label("Time")
    with_time: Flag = label("Record carries its own timestamp")
    bms_error: Integer = label("BMS error")
    bms_error2: Integer = label("BMS error 2")
    bms_status: Integer = label("BMS status")
    bms_status2: Integer = label("BMS status 2")
    bms_warn_info: Integer = label("BMS warn info")
    error_code: Integer = label("0 = success")
    error_text: Text = label("Error text")
    fault_code: Integer = label("Fault code")
    gauge_battery_status: Integer = label("Gauge battery status", wire="gaugeBattteryStatus")
    gauge_operation_status: Integer = label("Gauge operation status")
    gauge_pack_status: Integer = label("Gauge pack status")
    lost: Flag = label("Connection lost")
    status: Integer = label("Status", codes=STORAGE_STATE)
    status_text: Text = label("Status text")
    warn_code: Integer = label("Warn code")
    warn_info: Integer = label("Warn info")
    warn_info2: Integer = label("Warn info 2")
    warn_text: Text = label("Warn text")
    epv_today: KilowattHours = label("PV energy today")
    epv_today2: KilowattHours = label("PV energy today 2")
    epv_total: KilowattHours = label("PV energy total")
    epv_total2: KilowattHours = label("PV energy total 2")
    i_charge_pv1: Real = label("Charge PV1 current", wire="iChargePV1")
    i_charge_pv2: Real = label("Charge PV2 current", wire="iChargePV2")
    ipv: Amperes = label("PV input current")
    ipv_text: Text = label("PV current text")
    ppv: Watts = label("PV power")
    ppv2: Watts = label("PV input 2 power")
    ppv_text: Text = label("PV power text")
    vpv: Volts = label("PV input voltage")
    vpv2: Volts = label("PV input 2 voltage")
    vpv_text: Text = label("PV voltage text")
    e_to_grid_today: KilowattHours = label("Energy fed into the grid, today")
    e_to_grid_total: KilowattHours = label(
        "Energy fed into the grid, lifetime", wire="etoGridTotal", alt="etogridTotal"
    )
    eac_charge_today: KilowattHours = label("Energy charged from AC, today")
    eac_charge_total: KilowattHours = label("Energy charged from AC, lifetime")
    eac_discharge_today: KilowattHours = label("AC bypass energy to the load, today", wire="eacDisChargeToday")
    eac_discharge_total: KilowattHours = label("AC bypass energy to the load, lifetime", wire="eacDisChargeTotal")
    freq_grid: Hertz = label("Grid frequency")
    freq_output: Real = label("Frequency output", wire="freqOutPut")
    i_ac_charge: Real = label("AC charge current")
    iac_to_grid: Amperes = label("Current fed into the grid")
    iac_to_grid_text: Text = label("AC current to grid text")
    p_ac_charge: Watts = label("AC charge power")
    p_ac_input: Real = label("AC input power", wire="pAcInPut")
    pac_to_grid: Watts = label("Power fed into the grid")
    pac_to_grid_text: Text = label("AC power to grid text")
    v_grid: Volts = label("Grid voltage")
    vac: Volts = label("AC voltage")
    vac_Text: Text = label("AC voltage text")
    load_percent: Percent = label("Load percent")
    bat_temp: Celsius = label("Battery temperature")
    bms_cell_voltage1: Volts = label("BMS cell voltage 1")
    bms_cell_voltage2: Volts = label("BMS cell voltage 2")
    bms_cell_voltage3: Volts = label("BMS cell voltage 3")
    bms_cell_voltage4: Volts = label("BMS cell voltage 4")
    bms_cell_voltage5: Volts = label("BMS cell voltage 5")
    bms_cell_voltage6: Volts = label("BMS cell voltage 6")
    bms_cell_voltage7: Volts = label("BMS cell voltage 7")
    bms_cell_voltage8: Volts = label("BMS cell voltage 8")
    bms_cell_voltage9: Volts = label("BMS cell voltage 9")
    bms_cell_voltage10: Volts = label("BMS cell voltage 10")
    bms_cell_voltage11: Volts = label("BMS cell voltage 11")
    bms_cell_voltage12: Volts = label("BMS cell voltage 12")
    bms_cell_voltage13: Volts = label("BMS cell voltage 13")
    bms_cell_voltage14: Volts = label("BMS cell voltage 14")
    bms_cell_voltage15: Volts = label("BMS cell voltage 15")
    bms_cell_voltage16: Volts = label("BMS cell voltage 16")
    bms_constant_volt: Volts = label("BMS constant voltage")
    bms_current: Amperes = label("BMS current")
    bms_current2: Amperes = label("BMS current 2")
    bms_delta_volt: Volts = label("BMS delta voltage")
    bms_soh: Percent = label("BMS state of health")
    bms_temperature: Celsius = label("BMS temperature")
    bms_temperature2: Celsius = label("BMS temperature 2")
    cell2_voltage1: Volts = label("Cell 2 voltage 1")
    cell2_voltage2: Volts = label("Cell 2 voltage 2")
    cell2_voltage3: Volts = label("Cell 2 voltage 3")
    cell2_voltage4: Volts = label("Cell 2 voltage 4")
    cell2_voltage5: Volts = label("Cell 2 voltage 5")
    cell2_voltage6: Volts = label("Cell 2 voltage 6")
    cell2_voltage7: Volts = label("Cell 2 voltage 7")
    cell2_voltage8: Volts = label("Cell 2 voltage 8")
    cell2_voltage9: Volts = label("Cell 2 voltage 9")
    cell2_voltage10: Volts = label("Cell 2 voltage 10")
    cell2_voltage11: Volts = label("Cell 2 voltage 11")
    cell2_voltage12: Volts = label("Cell 2 voltage 12")
    cell2_voltage13: Volts = label("Cell 2 voltage 13")
    cell2_voltage14: Volts = label("Cell 2 voltage 14")
    cell2_voltage15: Volts = label("Cell 2 voltage 15")
    cell2_voltage16: Volts = label("Cell 2 voltage 16")
    cell_voltage1: Volts = label("Cell voltage 1")
    cell_voltage2: Volts = label("Cell voltage 2")
    cell_voltage3: Volts = label("Cell voltage 3")
    cell_voltage4: Volts = label("Cell voltage 4")
    cell_voltage5: Volts = label("Cell voltage 5")
    cell_voltage6: Volts = label("Cell voltage 6")
    cell_voltage7: Volts = label("Cell voltage 7")
    cell_voltage8: Volts = label("Cell voltage 8")
    cell_voltage9: Volts = label("Cell voltage 9")
    cell_voltage10: Volts = label("Cell voltage 10")
    cell_voltage11: Volts = label("Cell voltage 11")
    cell_voltage12: Volts = label("Cell voltage 12")
    cell_voltage13: Volts = label("Cell voltage 13")
    cell_voltage14: Volts = label("Cell voltage 14")
    cell_voltage15: Volts = label("Cell voltage 15")
    cell_voltage16: Volts = label("Cell voltage 16")
    charge_current: Real = label("Charge current", wire="chgCurr")
    charge_month: Real = label("Charge month")
    charge_to_standby_reason: Integer = label("Charge to standby reason")
    charge_to_standby_reason_text: Text = label("Charge to standby reason text")
    charge_way: Integer = label("Charge way")
    discharge_current: Real = label("Discharge current", wire="dischgCurr")
    discharge_to_standby_reason: Integer = label("Discharge to standby reason")
    discharge_to_standby_reason_text: Text = label("Discharge to standby reason text")
    e_bat_discharge_today: KilowattHours = label("Battery discharge energy today", wire="eBatDisChargeToday")
    e_bat_discharge_total: KilowattHours = label("Battery discharge energy total", wire="eBatDisChargeTotal")
    e_charge_today: KilowattHours = label("Charge energy today")
    e_charge_today2: KilowattHours = label("Charge today 2 energy")
    e_charge_today_text: Text = label("Charge today text energy")
    e_charge_total: KilowattHours = label("Charge energy total")
    e_charge_total2: KilowattHours = label("Charge total 2 energy")
    e_charge_total_text: Text = label("Charge total text energy")
    e_discharge_today: KilowattHours = label("Discharge energy today")
    e_discharge_today2: KilowattHours = label("Discharge today 2 energy")
    e_discharge_today_text: Text = label("Discharge today text energy")
    e_discharge_total: KilowattHours = label("Discharge energy total")
    e_discharge_total2: KilowattHours = label("Discharge total 2 energy")
    e_discharge_total_text: Text = label("Discharge total text energy")
    eop_discharge_today: Real = label("Eop discharge today", wire="eopDischrToday")
    eop_discharge_total: Real = label("Eop discharge total", wire="eopDischrTotal")
    i_charge: Amperes = label("I charge")
    i_charge_text: Text = label("Charge text current")
    i_discharge: Amperes = label("I discharge")
    i_discharge_text: Text = label("Discharge text current")
    max_charge_or_discharge_current: Amperes = label("Highest charge or discharge current")
    max_charge_or_discharge_current2: Amperes = label("Highest charge or discharge current 2")
    p_bat: Watts = label("Battery power")
    p_charge: Watts = label("Charge power")
    p_charge2: Watts = label("Charge 2 power")
    p_charge_text: Text = label("Charge text power")
    p_discharge: Watts = label("Discharge power")
    p_discharge2: Watts = label("Discharge 2 power")
    p_discharge_text: Text = label("Discharge text power")
    soh: Percent = label("State of health")
    soh2: Percent = label("State of health 2")
    v_bat: Volts = label("Battery voltage")
    v_bat_text: Text = label("Battery text voltage")
    e_today: KilowattHours = label("Energy today", wire="etoday")
    e_total: KilowattHours = label("Lifetime energy", wire="etotal")
    normal_power: Watts = label("Rated power")
    output_power: Real = label("Output power", wire="outPutPower")
    ipm_temperature: Celsius = label("Power module temperature")
    temperature: Celsius = label("Temperature")
    b_light_en: Real = label("B light enabled")
    capacity: Percent = label("Capacity")
    capacity_text: Text = label("Capacity text")
    constant_volt: Volts = label("Constant voltage")
    constant_volt2: Volts = label("Constant voltage 2")
    cycle_count: Integer = label("Cycle count")
    cycle_count2: Integer = label("Cycle count 2")
    day: Integer = label("Day part of the sample time")
    delta_volt: Volts = label("Delta voltage")
    delta_volt2: Volts = label("Delta voltage 2")
    gauge2_rm1: Real = label("Gauge 2 remaining capacity 1", wire="gauge2RM1")
    gauge2_rm2: Real = label("Gauge 2 remaining capacity 2", wire="gauge2RM2")
    gauge_ic_current: Real = label("Gauge ic current", wire="gaugeICCurrent")
    gauge_rm1: Real = label("Gauge remaining capacity 1", wire="gaugeRM1")
    gauge_rm2: Real = label("Gauge remaining capacity 2", wire="gaugeRM2")
    inner_cw_code: Text = label("Inner cw code", wire="innerCWCode")
    manual_start_en: Real = label("Manual start enabled")
    output_current: Real = label("Output current", wire="outPutCurrent")
    output_volt: Real = label("Output voltage", wire="outPutVolt")
    pow_saving_en: Real = label("Pow saving enabled")
    rate_va: Real = label("Rate va", wire="rateVA")
    rate_watt: Real = label("Rate watt")
    remote_cntl_en: Real = label("Remote cntl enabled")
    remote_cntl_fail_reason: Integer = label("Remote cntl fail reason")
    sci_loss_chk_en: Real = label("Sci loss chk enabled")
    storage_bean: Any = label("Storage bean")
    sys_out: Real = label("System output")
    v_buck: Amperes = label("Buck voltage")
    v_buck2: Amperes = label("Buck 2 voltage")
    v_buck_text: Text = label("Buck text voltage")
    v_bus: Volts = label("DC bus voltage")


class StorageRecord(Reading):
    """Data and settings of an SPF storage inverter."""

    ac_in_model: Real = label("AC in model")
    address: Integer = label("Device address on the datalogger bus", wire="addr")
    battery_type: Integer = label("Battery type")
    device_type: Integer = label("Device type")
    group_id: Integer = label("Group id (-1 = none)")
    output_freq_type: Integer = label("Output frequency type")
    output_volt_type: Integer = label("Output voltage type")
    plant_name: Text = label("Display name", wire="plantname")
    port_name: Text = label("Text naming the communication port")
    pv_model: Integer = label("PV model")
    record: Text = label("Record")
    user_name: Text = label("Account name")
    uw_bat_type2: Real = label("Battery type 2")
    sys_time: Moment = label("Device clock")
    status: Integer = label("Status", codes=STORAGE_STATUS)
    status_led1: Flag = label("State LED 1")
    status_led2: Flag = label("State LED 2")
    status_led3: Flag = label("State LED 3")
    status_led4: Flag = label("State LED 4")
    status_led5: Flag = label("State LED 5")
    status_led6: Flag = label("State LED 6")
    communication_version: Text = label("Communication version")
    inner_version: Text = label("Inner version")
    over_load_restart: Real = label("Over load restart")
    bat_low_to_uti_volt: Real = label("Battery low to uti voltage")
    bulk_charge_volt: Real = label("Bulk charge voltage")
    charge_config: Integer = label("Charge config")
    float_charge_volt: Real = label("Float charge voltage")
    max_charge_curr: Amperes = label("Highest charge current")
    p_charge: Watts = label("Charge power")
    p_discharge: Watts = label("Discharge power")
    uti_charge_end: Real = label("Uti charge end")
    uti_charge_start: Real = label("Uti charge start")
    over_temp_restart: Real = label("Over temperature restart")
    b_light_en: Real = label("B light enabled")
    buzzer_en: Integer = label("Buzzer enabled", wire="buzzerEN")
    manual_start_en: Real = label("Manual start enabled")
    output_config: Real = label("Output config")
    pow_saving_en: Real = label("Pow saving enabled")
    rate_va: Real = label("Rate va", wire="rateVA")
    rate_watt: Real = label("Rate watt")
    sci_loss_chk_en: Real = label("Sci loss chk enabled")
    uti_out_end: Real = label("Uti out end")
    uti_out_start: Real = label("Uti out start")


class StorageAlarm(Alarm):
    alarm_code: Integer = label("Alarm code")


class StorageAlarmsData(AlarmPage):
    device_sn: Text = label("Serial number", wire="sn")
    alarms: list[StorageAlarm] | None = label("Alarms")


class StorageDetailData(DeviceRecord, StorageRecord):
    """Device data and settings (v1)."""

    last_update_time: JavaDate | None = label("Last update time")


class StorageDetailDataV4(DeviceRecord, StorageRecord):
    """Device data and settings (v4)."""

    dtc: Integer = label("Numeric device type code of the firmware")
    li_battery_protocol_type: Integer = label("Lithium battery protocol type")
    regulation_type: Integer = label("Regulation type")
    var1_address: Integer = label("Var 1 address")
    var2_address: Integer = label("Var 2 address")
    last_update_time: Moment = label("Last update time")
    max_gen_run_time: Real = label("Highest generator run time")
    timezone: Real = label("UTC offset in hours")
    uti_output2_time_end1: Text = label("Uti output 2 time end 1")
    uti_output2_time_end2: Text = label("Uti output 2 time end 2")
    uti_output2_time_end3: Text = label("Uti output 2 time end 3")
    uti_output2_time_start1: Text = label("Uti output 2 time start 1")
    uti_output2_time_start2: Text = label("Uti output 2 time start 2")
    uti_output2_time_start3: Text = label("Uti output 2 time start 3")
    uw_bat_feed_time_end1: Integer = label("Battery feed time end 1")
    uw_bat_feed_time_end2: Integer = label("Battery feed time end 2")
    uw_bat_feed_time_end3: Integer = label("Battery feed time end 3")
    uw_bat_feed_time_end1_new: Text = label("Battery feed time end 1 new")
    uw_bat_feed_time_end2_new: Text = label("Battery feed time end 2 new")
    uw_bat_feed_time_end3_new: Text = label("Battery feed time end 3 new")
    uw_bat_feed_time_start1: Integer = label("Battery feed time start 1")
    uw_bat_feed_time_start2: Integer = label("Battery feed time start 2")
    uw_bat_feed_time_start3: Integer = label("Battery feed time start 3")
    uw_bat_feed_time_start1_new: Text = label("Battery feed time start 1 new")
    uw_bat_feed_time_start2_new: Text = label("Battery feed time start 2 new")
    uw_bat_feed_time_start3_new: Text = label("Battery feed time start 3 new")
    uw_grid_chg_time_end1: Integer = label("Grid chg time end 1")
    uw_grid_chg_time_end2: Integer = label("Grid chg time end 2")
    uw_grid_chg_time_end3: Integer = label("Grid chg time end 3")
    uw_grid_chg_time_end1_new: Text = label("Grid chg time end 1 new")
    uw_grid_chg_time_end2_new: Text = label("Grid chg time end 2 new")
    uw_grid_chg_time_end3_new: Text = label("Grid chg time end 3 new")
    uw_grid_chg_time_start1: Integer = label("Grid chg time start 1")
    uw_grid_chg_time_start2: Integer = label("Grid chg time start 2")
    uw_grid_chg_time_start3: Integer = label("Grid chg time start 3")
    uw_grid_chg_time_start1_new: Text = label("Grid chg time start 1 new")
    uw_grid_chg_time_start2_new: Text = label("Grid chg time start 2 new")
    uw_grid_chg_time_start3_new: Text = label("Grid chg time start 3 new")
    debug_enable: Flag = label("Debug enable")
    gfci_protect_set: Integer = label("GFCI protect set", wire="gfciprotectSet")
    uw_fault_restart_en: Flag = label("Fault restart enabled", wire="uwFaultResartEn")
    bms_version: Text = label("BMS version")
    comboard_version: Integer = label("Comboard version")
    dsp_version: Text = label("DSP version")
    m3_version: Text = label("M 3 version")
    pvios_detection: Integer = label("Pvios detection")
    uti_output2_on_pv: Real = label("Uti output 2 on PV")
    ac_max_charge_curr: Real = label("AC highest charge current", wire="acmaxChargeCurr")
    uw_load_first: Real = label("Load first")
    battery_undervoltage_cutoff_point: Real = label("Battery undervoltage cutoff point")
    mains_to_battery_operat_point: Real = label("Mains to battery operat point")
    uti_charge_end_new: Text = label("Uti charge end new")
    uti_charge_start_new: Text = label("Uti charge start new")
    uti_output2_off_soc: Real = label("Uti output 2 off state of charge", wire="utiOutput2OffSOC")
    uti_output2_on_soc: Real = label("Uti output 2 on state of charge", wire="utiOutput2OnSOC")
    uw_bat_community_fail_en: Flag = label("Battery community fail enabled")
    uw_bat_feed_curr: Real = label("Battery feed current")
    uw_bat_feed_en: Flag = label("Battery feed enabled")
    uw_bat_feed_soc_back: Real = label("Battery feed state of charge back")
    uw_bat_feed_soc_loss: Real = label("Battery feed state of charge loss")
    uw_bat_feed_v_back: Real = label("Battery feed voltage back")
    uw_bat_feed_v_loss: Real = label("Battery feed voltage loss")
    anti_reverse_flow_power: Real = label("Anti reverse flow power")
    uti_peak_shaving_power: Real = label("Uti peak shaving power")
    chip_select: Integer = label("Chip select")
    feed_uti_high_frequency_loss: Real = label("Feed uti high frequency loss", wire="feedUtiHihFrequencyLoss")
    feed_uti_high_voltage_loss: Real = label("Feed uti high voltage loss")
    feed_uti_low_frequency_loss: Real = label("Feed uti low frequency loss")
    feed_uti_low_voltage_loss: Real = label("Feed uti low voltage loss")
    gen_dry_contact_en: Flag = label("Generator dry contact enabled")
    ground_line_detection: Integer = label("Ground line detection")
    max_gen_chg_curr: Real = label("Highest generator charge current")
    menu_return: Integer = label("Menu return")
    no_afci: Integer = label("No AFCI", wire="noAFCI")
    out_ct_sample_rate_set: Integer = label("Out CT sample rate set", wire="outCTSampleRateSet")
    out_ct_set: Integer = label("Out CT set", wire="outCTSet")
    redundant_relay_detection: Integer = label("Redundant relay detection")
    relay_ng: Integer = label("Relay ng", wire="relayNG")
    reset_to_factory: Integer = label("Reset to factory")
    smart_port: Integer = label("Smart port")
    typical_set: Integer = label("Typical set")
    uti_en_output2_always_on: Integer = label("Uti enabled output 2 always on")
    uti_out_end_new: Text = label("Uti out end new")
    uti_out_start_new: Text = label("Uti out start new")
    uti_output2_off_voltage: Real = label("Uti output 2 off voltage")
    uti_output2_on_voltage: Real = label("Uti output 2 on voltage")
    uti_peak_shaving_set: Integer = label("Uti peak shaving set")
    utility_priority: Integer = label("Utility priority")
    uw_feed_en: Integer = label("Feed enabled")
    uw_feed_pow: Real = label("Feed pow")
    uw_feed_range: Real = label("Feed range")
    var1_setting: Integer = label("Var 1 setting")
    var1_value: Integer = label("Var 1 value")
    var2_value: Integer = label("Var 2 value")


class StorageDetailsDataV4(Reading):
    devices: list[StorageDetailDataV4] | None = label("Devices", wire="storage")


class StorageEnergyDataV4(StorageReading):
    """Reading of one STORAGE device (v4)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    bat_serial_num_id: Integer = label("Battery serial number ID")
    bat_serial_number: Text = label("Battery serial number")
    max_min_cell_temp_serial_num: Integer = label(
        "Highest lowest cell temp. serial no.", wire="maxminCellTempSerialNum"
    )
    module_id: Integer = label("Module ID")
    module_id2: Integer = label("Module ID 2")
    pac_to_user_text: Text = label("AC power to user text")
    protect_pack_id: Integer = label("Protect pack ID", wire="protectPackID")
    request_battery_type: Integer = label("Request battery type")
    calendar: Moment = label("Calendar")
    charge_day_map: dict[str, Any] | None = label("Charge day map")
    update_status: Integer = label("Update status")
    bat_protect1: Integer = label("Battery protection 1")
    bat_protect2: Integer = label("Battery protection 2")
    bat_protect3: Integer = label("Battery protection 3")
    bat_warn_info1: Integer = label("Battery warn info 1")
    bat_warn_info2: Integer = label("Battery warn info 2")
    do_status: Integer = label("Do status")
    module_status: Integer = label("Module state")
    spf5000_status_text: Text = label("Status as text or i18n key")
    warn_code2: Integer = label("Warn code 2")
    warn_code3: Integer = label("Warn code 3")
    hardware_version: Integer = label("Hardware version")
    software_version1: Text = label("Software version 1")
    software_version2: Text = label("Software version 2")
    software_version3: Text = label("Software version 3")
    bms_pack_info: Real = label("BMS pack info")
    i_ac_charge1: Real = label("AC charge 1 current")
    i_ac_charge2: Real = label("AC charge 2 current")
    i_ac_charge3: Real = label("AC charge 3 current")
    p_ac_input1: Real = label("AC input 1 power", wire="pAcInPut1")
    p_ac_input2: Real = label("AC input 2 power", wire="pAcInPut2")
    p_ac_input3: Real = label("AC input 3 power", wire="pAcInPut3")
    p_ac_output: Real = label("AC output power", wire="pAcOutPut")
    pack_num: Integer = label("Pack number")
    v_grid2: Volts = label("Grid 2 voltage")
    v_grid3: Volts = label("Grid 3 voltage")
    load_percent1: Percent = label("Load percent 1")
    load_percent2: Percent = label("Load percent 2")
    load_percent3: Percent = label("Load percent 3")
    bat_depower_reason: Integer = label("Battery depower reason")
    bms_battery_curr: Amperes = label("BMS battery current")
    bms_battery_temp: Celsius = label("BMS battery temperature")
    bms_battery_volt: Volts = label("BMS battery voltage")
    bms_c_volt: Real = label("BMS c voltage", wire="bmsCvolt")
    bms_cell_volt1: Volts = label("Bms cell volt 1")
    bms_cell_volt2: Volts = label("Bms cell volt 2")
    bms_cell_volt3: Volts = label("Bms cell volt 3")
    bms_cell_volt4: Volts = label("Bms cell volt 4")
    bms_cell_volt5: Volts = label("Bms cell volt 5")
    bms_cell_volt6: Volts = label("Bms cell volt 6")
    bms_cell_volt7: Volts = label("Bms cell volt 7")
    bms_cell_volt8: Volts = label("Bms cell volt 8")
    bms_cell_volt9: Volts = label("Bms cell volt 9")
    bms_cell_volt10: Volts = label("Bms cell volt 10")
    bms_cell_volt11: Volts = label("Bms cell volt 11")
    bms_cell_volt12: Volts = label("Bms cell volt 12")
    bms_cell_volt13: Volts = label("Bms cell volt 13")
    bms_cell_volt14: Volts = label("Bms cell volt 14")
    bms_cell_volt15: Volts = label("Bms cell volt 15")
    bms_cell_volt16: Volts = label("Bms cell volt 16")
    bms_info: Real = label("BMS info")
    bms_max_current_charge: Amperes = label("BMS highest current charge", wire="bmsMaxCurrChg")
    bms_soc: Percent = label("BMS state of charge")
    bms_using_cap: Real = label("BMS using cap")
    charge_bat_num: Integer = label("Charge battery number", wire="chgBatNum")
    charge_energy: Real = label("Charge energy", wire="chgEnergy")
    charge_map: dict[str, Any] | None = label("Charge map")
    charge_month_text: Text = label("Charge month text")
    discharge_map: dict[str, Any] | None = label("Discharge map")
    discharge_map_map: dict[str, Any] | None = label("Discharge map map")
    discharge_month: Real = label("Discharge charge month")
    discharge_month_2: Real = label("Discharge month", wire="disChargeMonth")
    discharge_month_text: Text = label("Discharge month text")
    dsg_bat_num: Integer = label("Dsg battery number")
    e_bat_charge_today: KilowattHours = label("Battery charge energy today", wire="eBatChgToday")
    e_bat_charge_total: KilowattHours = label("Battery charge energy total", wire="eBatChgTotal")
    e_gen_discharge_power: Real = label("Generator discharge power energy", wire="eGenDischrPower")
    e_gen_discharge_power1: Real = label("Generator discharge power 1 energy", wire="eGenDischrPower1")
    e_gen_discharge_power2: Real = label("Generator discharge power 2 energy", wire="eGenDischrPower2")
    e_gen_discharge_power3: Real = label("Generator discharge power 3 energy", wire="eGenDischrPower3")
    e_gen_discharge_today: Real = label("Generator discharge energy today", wire="eGenDischrToday")
    e_gen_discharge_total: Real = label("Generator discharge energy total", wire="eGenDischrTotal")
    float_charge_volt: Real = label("Float charge voltage")
    max_cell_temp: Real = label("Highest cell temperature")
    max_cell_volt: Real = label("Highest cell voltage")
    max_min_cell_volt_num: Integer = label("Highest lowest cell voltage number", wire="maxminCellVoltNum")
    max_min_soc: Real = label("Highest lowest state of charge", wire="maxminSoc")
    min_cell_temp: Real = label("Lowest cell temperature")
    min_cell_volt: Real = label("Lowest cell voltage")
    module2_max_temp: Real = label("Module 2 highest temperature")
    module2_max_volt: Real = label("Module 2 highest voltage")
    module2_min_temp: Real = label("Module 2 lowest temperature")
    module2_min_volt: Real = label("Module 2 lowest voltage")
    module_soc: Real = label("Module state of charge")
    module_total_curr: Real = label("Module total current")
    module_total_volt: Real = label("Module total voltage")
    q_bat: Real = label("Q battery")
    total_cell_num: Integer = label("Total cell number")
    dsg_energy: Real = label("Dsg energy")
    output_power1: Real = label("Output power 1", wire="outPutPower1")
    output_power2: Real = label("Output power 2", wire="outPutPower2")
    output_power3: Real = label("Output power 3", wire="outPutPower3")
    buck1_ntc_temperature: Celsius = label("Buck stage 1 temperature", wire="buck1_NTCTemperature")
    buck2_ntc_temperature: Celsius = label("Buck stage 2 temperature", wire="buck2_NTCTemperature")
    dc_dc_temperature: Celsius = label("DC/DC stage temperature")
    env_temperature: Celsius = label("Ambient temperature")
    inv_temperature: Celsius = label("Inverter stage temperature")
    llc_temperature: Real = label("Llc temperature", wire="llctemperature")
    gauge_fcc: Real = label("Gauge full charge capacity", wire="gaugeFCC")
    gauge_rm: Real = label("Gauge remaining capacity", wire="gaugeRM")
    gen_current: Real = label("Generator current")
    gen_current1: Real = label("Generator current 1")
    gen_current2: Real = label("Generator current 2")
    gen_current3: Real = label("Generator current 3")
    gen_volt: Real = label("Generator voltage")
    gen_volt2: Real = label("Generator voltage 2")
    gen_volt3: Real = label("Generator voltage 3")
    manufacture: Integer = label("Manufacturer text")
    output_current2: Real = label("Output current 2", wire="outPutCurrent2")
    output_current3: Real = label("Output current 3", wire="outPutCurrent3")
    output_volt2: Real = label("Output voltage 2", wire="outPutVolt2")
    output_volt3: Real = label("Output voltage 3", wire="outPutVolt3")
    parallel_hight_softwar_ver: Integer = label("Parallel hight softwar version")


class StorageEnergyOverviewData(StorageReading):
    """Reading of one STORAGE device (v1)."""

    pac_to_user_text: Real = label("AC power to user text")
    serial_num: Text = label("Serial number")
    calendar: JavaCalendar | None = label("Calendar")
    discharge_month: Real = label("Discharge charge month", wire="disChargeMonth")


class StorageEnergyHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="storage_sn")
    datas: list[StorageEnergyOverviewData] | None = label("Rows")


class StorageEnergyHistoryDataV4(DayHistory):
    datas: list[StorageEnergyDataV4] | None = label("Rows")


class StorageEnergyOverviewDataV4(Reading):
    devices: list[StorageEnergyDataV4] | None = label("Devices", wire="storage")


class StorageAlarms(Reply):
    data: StorageAlarmsData | None = None


class StorageDetails(Reply):
    data: StorageDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class StorageDetailsV4(Reply):
    data: StorageDetailsDataV4 | None = None


class StorageEnergyHistory(Reply):
    data: StorageEnergyHistoryData | None = None


class StorageEnergyHistoryMultipleV4(Reply):
    data: dict[str, list[StorageEnergyDataV4]] | None = None


class StorageEnergyHistoryV4(Reply):
    data: StorageEnergyHistoryDataV4 | None = None


class StorageEnergyOverview(Reply):
    data: StorageEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number", wire="storage_sn")


class StorageEnergyV4(Reply):
    data: StorageEnergyOverviewDataV4 | None = None


class StorageSettingRead(Reply):
    data: Text = None


class StorageSettingWrite(Reply):
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
    device_sn: str | None = None,
) -> Plan[Any]:
    """Write a setting (v1), a value a slot; known ids and ranges: `bridge.growatt.settings`."""
    return write_setting(module, spec, device_sn, parameter_id, slots(locals()))


class Storage(V4Family[S], PercentLimit[S]):
    """SPF off-grid storage inverters."""

    device_type = DeviceType.STORAGE

    details_v4 = details_v4(StorageDetailsV4)
    energy_v4 = last_data(StorageEnergyV4)
    energy_history_v4 = day_history(StorageEnergyHistoryV4)
    energy_history_multiple_v4 = day_history_multiple(StorageEnergyHistoryMultipleV4)

    details = about_device(StorageDetails, "device/storage/storage_data_info", every=10)
    energy = about_device(StorageEnergyOverview, "device/storage/storage_last_data", sn="storage_sn", every=10)
    energy_history = history(
        StorageEnergyHistory, "device/storage/storage_data", sn="storage_sn", every=10, errors=BAD_RANGE
    )
    energy_history_all = every_page(energy_history)
    alarms = alarms_of_day(StorageAlarms, "device/storage/alarm_data", sn="storage_sn", every=10, errors=BAD_DATE)
    setting_read = setting_read(StorageSettingRead, "readStorageParam")
    setting_write = _setting_write(StorageSettingWrite, "storageSet", sn="storage_sn")
