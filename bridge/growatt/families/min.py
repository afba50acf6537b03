"""MIN, MOD and NEO inverters, on the wire also "tlx" (device type min)."""

from typing import Any

from bridge.growatt.calls import Module, Plan, S, Spec, template
from bridge.growatt.enums import DeviceType
from bridge.growatt.families.codes import (
    AGING_TEST_STEP,
    BATTERY_TYPE,
    BDC_MODE,
    BMS_LINK,
    EPS_FREQUENCY,
    EPS_VOLTAGE,
    HYBRID_STATUS,
    METER_KIND,
    MIN_KIND,
    MIN_STATUS,
    PRIORITY,
)
from bridge.growatt.families.parts import (
    Alarm,
    AlarmPage,
    BatchItem,
    DayHistory,
    DeviceRecord,
    ForcedTimes,
    HistoryPage,
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
from bridge.growatt.families.vpp import VppFamily, VppParametersNew
from bridge.growatt.fields import (
    Amperes,
    Celsius,
    Flag,
    Hertz,
    Integer,
    JavaCalendar,
    JavaDate,
    Kiloohms,
    KilowattHours,
    Milliamperes,
    Moment,
    Percent,
    Reading,
    Real,
    Reply,
    Seconds,
    Text,
    TimeOfDay,
    Volts,
    Watts,
    label,
)
from bridge.growatt.paging import every_page


class MinReading(Reading):
    """Readings of a MIN or MOD inverter."""

    address: Integer = label("Device address on the datalogger bus")
    alias: Text = label("Name")
    bat_sn: Text = label("Bat sn")
    battery_sn: Text = label("Battery serial number", wire="batterySN")
    bdc1_fault_type: Integer = label("FaultType of battery converter 1")
    bdc2_fault_type: Integer = label("FaultType of battery converter 2")
    bgrid_type: Integer = label("Bgrid type")
    bms_communication_type: Integer = label("BMS link: 0 RS485, 1 CAN", codes=BMS_LINK)
    bms_fault_type: Integer = label("BMS fault type")
    datalogger_sn: Text = label("Datalogger serial number", wire="dataLogSn")
    e_to_user_today: KilowattHours = label("Energy drawn from the grid, today", wire="etoUserToday")
    e_to_user_total: KilowattHours = label("Energy drawn from the grid, lifetime", wire="etoUserTotal")
    fault_type: Integer = label("Fault type")
    fault_type1: Integer = label("Fault type 1")
    pac_to_user_total: Watts = label("Power drawn from the grid")
    again: Flag = label("Again")
    inv_delay_time: Real = label("Inverter delay time")
    is_again: Flag = label("Is again")
    time: Moment = label("Time")
    time_total: Real = label("Time total")
    total_working_time: Real = label("Total working time")
    with_time: Flag = label("Record carries its own timestamp")
    bdc1_status: Integer = label("Status of battery converter 1")
    bdc2_status: Integer = label("Status of battery converter 2")
    bdc1_warn_code: Integer = label("BDC1 warn code")
    bdc2_warn_code: Integer = label("BDC2 warn code")
    bdc_derate_reason: Integer = label("BDC derate reason")
    bdc_fault_sub_code: Integer = label("BDC fault sub code")
    bdc_status: Integer = label("Battery converter state")
    bdc_warn_sub_code: Integer = label("BDC warn sub code")
    bms_error2: Integer = label("BMS error 2")
    bms_error3: Integer = label("BMS error 3")
    bms_error4: Integer = label("BMS error 4")
    bms_ios_status: Integer = label("BMS ios status")
    bms_status: Integer = label("BMS status")
    bms_warn2: Integer = label("BMS warn 2")
    bms_warn_code: Real = label("BMS warn code")
    debug1: Text = label("Debug 1")
    debug2: Text = label("Debug 2")
    derating_mode: Integer = label("Code for the reason output is reduced")
    dry_contact_status: Integer = label("Dry contact status")
    error_text: Text = label("Error text")
    lost: Flag = label("Connection lost")
    new_warn_code: Integer = label("New warn code")
    new_warn_sub_code: Integer = label("New warn sub code")
    status: Integer = label("Status", codes=MIN_STATUS)
    status_text: Text = label("Status text")
    sys_fault_word: Integer = label("System fault word")
    sys_fault_word1: Integer = label("System fault word 1")
    sys_fault_word2: Integer = label("System fault word 2")
    sys_fault_word3: Integer = label("System fault word 3")
    sys_fault_word4: Integer = label("System fault word 4")
    sys_fault_word5: Integer = label("System fault word 5")
    sys_fault_word6: Integer = label("System fault word 6")
    sys_fault_word7: Integer = label("System fault word 7")
    warn_code: Integer = label("Warn code")
    warn_code1: Integer = label("Warn code 1")
    warn_text: Text = label("Warn text")
    bms_fw_version: Text = label("BMS firmware version")
    bms_mcu_version: Text = label("BMS MCU version")
    epv1_today: KilowattHours = label("Energy from PV input 1, today")
    epv2_today: KilowattHours = label("Energy from PV input 2, today")
    epv3_today: KilowattHours = label("Energy from PV input 3, today")
    epv4_today: KilowattHours = label("Energy from PV input 4, today")
    epv1_total: KilowattHours = label("Energy from PV input 1, lifetime")
    epv2_total: KilowattHours = label("Energy from PV input 2, lifetime")
    epv3_total: KilowattHours = label("Energy from PV input 3, lifetime")
    epv4_total: KilowattHours = label("Energy from PV input 4, lifetime")
    epv_total: KilowattHours = label("PV energy total")
    ipv1: Amperes = label("PV input 1 current")
    ipv2: Amperes = label("PV input 2 current")
    ipv3: Amperes = label("PV input 3 current")
    ipv4: Amperes = label("PV input 4 current")
    ppv: Watts = label("PV power")
    ppv1: Watts = label("PV input 1 power")
    ppv2: Watts = label("PV input 2 power")
    ppv3: Watts = label("PV input 3 power")
    ppv4: Watts = label("PV input 4 power")
    vpv1: Volts = label("PV input 1 voltage")
    vpv2: Volts = label("PV input 2 voltage")
    vpv3: Volts = label("PV input 3 voltage")
    vpv4: Volts = label("PV input 4 voltage")
    bms_pack_info: Real = label("BMS pack info")
    e_to_grid_today: KilowattHours = label("Energy fed into the grid, today", wire="etoGridToday")
    e_to_grid_total: KilowattHours = label(
        "Energy fed into the grid, lifetime", wire="etoGridTotal", alt="etogridTotal"
    )
    eac_charge_today: KilowattHours = label("Energy charged from AC, today")
    eac_charge_total: KilowattHours = label("Energy charged from AC, lifetime")
    eac_today: KilowattHours = label("AC output energy, today")
    eac_total: KilowattHours = label("AC output energy, lifetime")
    eps_fac: Hertz = label("Off-grid output frequency")
    eps_iac1: Amperes = label("Off-grid output current of phase 1")
    eps_iac2: Amperes = label("Off-grid output current of phase 2")
    eps_iac3: Amperes = label("Off-grid output current of phase 3")
    eps_pac: Watts = label("Off-grid output power")
    eps_pac1: Watts = label("Off-grid output power of phase 1")
    eps_pac2: Watts = label("Off-grid output power of phase 2")
    eps_pac3: Watts = label("Off-grid output power of phase 3")
    eps_pf: Real = label("Off-grid power factor")
    eps_vac1: Volts = label("Off-grid output voltage of phase 1")
    eps_vac2: Volts = label("Off-grid output voltage of phase 2")
    eps_vac3: Volts = label("Off-grid output voltage of phase 3")
    fac: Hertz = label("Grid frequency")
    iac1: Amperes = label("Grid current of phase 1")
    iac2: Amperes = label("Grid current of phase 2")
    iac3: Amperes = label("Grid current of phase 3")
    iacr: Amperes = label("Grid current of phase R/L1")
    pac: Watts = label("AC power")
    pac1: Watts = label("AC power of phase 1")
    pac2: Watts = label("AC power of phase 2")
    pac3: Watts = label("AC power of phase 3")
    pac_to_grid_total: Watts = label("Power fed into the grid")
    pac_to_local_load: Watts = label("Power used by local loads")
    pacr: Watts = label("AC power of phase R/L1")
    pf: Real = label("Power factor")
    vac1: Volts = label("AC voltage, phase 1")
    vac2: Volts = label("AC voltage, phase 2")
    vac3: Volts = label("AC voltage, phase 3")
    vac_rs: Volts = label("AC voltage rs")
    vac_st: Volts = label("AC voltage st")
    vac_tr: Volts = label("AC voltage tr")
    vacr: Volts = label("Grid voltage of phase R/L1")
    vacrs: Volts = label("Vacrs")
    win_off_grid_soc: Percent = label("Win off grid state of charge", wire="winOffGridSOC")
    win_on_grid_soc: Percent = label("Win on grid state of charge", wire="winOnGridSOC")
    e_local_load_today: KilowattHours = label("Energy used by local loads, today", wire="elocalLoadToday")
    e_local_load_total: KilowattHours = label("Energy used by local loads, lifetime", wire="elocalLoadTotal")
    e_self_today: KilowattHours = label("Self-consumed energy, today", wire="eselfToday", alt="eselftoday")
    e_self_total: KilowattHours = label("Self-consumed energy, lifetime", wire="eselfTotal", alt="eselftotal")
    load_percent: Percent = label("Load percent")
    p_self: Watts = label("Self-consumed power", wire="pself")
    battery_no: Integer = label("Number of battery packs")
    bdc1_charge_power: Watts = label("BDC1 charge power")
    bdc2_charge_power: Watts = label("BDC2 charge power")
    bdc1_charge_total: KilowattHours = label("BDC1 charge total")
    bdc2_charge_total: KilowattHours = label("BDC2 charge total")
    bdc1_discharge_power: Watts = label("BDC1 discharge power")
    bdc2_discharge_power: Watts = label("BDC2 discharge power")
    bdc1_discharge_total: KilowattHours = label("BDC1 discharge total")
    bdc2_discharge_total: KilowattHours = label("BDC2 discharge total")
    bdc1_ibat: Amperes = label("BDC1 battery current")
    bdc2_ibat: Amperes = label("BDC2 battery current")
    bdc1_ibb: Amperes = label("BDC1 ibb")
    bdc2_ibb: Amperes = label("BDC2 ibb")
    bdc1_illc: Amperes = label("BDC1 illc")
    bdc2_illc: Amperes = label("BDC2 illc")
    bdc1_mode: Integer = label("Mode of battery converter 1")
    bdc2_mode: Integer = label("Mode of battery converter 2")
    bdc1_soc: Percent = label("State of charge at battery converter 1")
    bdc2_soc: Percent = label("State of charge at battery converter 2")
    bdc1_temp1: Celsius = label("Temperature 1 of battery converter 1")
    bdc1_temp2: Celsius = label("Temperature 2 of battery converter 1")
    bdc2_temp1: Celsius = label("Temperature 1 of battery converter 2")
    bdc2_temp2: Celsius = label("Temperature 2 of battery converter 2")
    bdc1_vbat: Volts = label("BDC1 battery voltage")
    bdc2_vbat: Volts = label("BDC2 battery voltage")
    bdc1_vbus1: Volts = label("Bus 1 voltage of battery converter 1")
    bdc1_vbus2: Volts = label("Bus 2 voltage of battery converter 1")
    bdc2_vbus1: Volts = label("Bus 1 voltage of battery converter 2")
    bdc2_vbus2: Volts = label("Bus 2 voltage of battery converter 2")
    bdc_bus_ref: Integer = label("BDC bus ref")
    bdc_vbus2_neg: Real = label("BDC bus voltage 2 neg")
    bms_cv_volt: Volts = label("Constant-voltage charge set point")
    bms_ibat: Amperes = label("BMS battery current")
    bms_icycle: Real = label("Charge cycles counted")
    bms_info: Real = label("BMS info")
    bms_max_curr: Amperes = label("BMS highest current")
    bms_soc: Percent = label("BMS state of charge")
    bms_soh: Percent = label("BMS state of health")
    bms_temp1_bat: Celsius = label("Battery temperature")
    bms_using_cap: Real = label("BMS using cap")
    bms_vbat: Volts = label("BMS battery voltage")
    bms_vdelta: Volts = label("BMS vdelta")
    e_charge_today: KilowattHours = label("Charge energy today", wire="echargeToday")
    e_charge_total: KilowattHours = label("Charge energy total", wire="echargeTotal")
    e_discharge_today: KilowattHours = label("Discharge energy today", wire="edischargeToday")
    e_discharge_total: KilowattHours = label("Discharge energy total", wire="edischargeTotal")
    soc1: Percent = label("State of charge of battery 1")
    soc2: Percent = label("State of charge of battery 2")
    e_system_today: KilowattHours = label(
        "Energy delivered by the system, today", wire="esystemToday", alt="esystemtoday"
    )
    e_system_total: KilowattHours = label(
        "Energy delivered by the system, lifetime", wire="esystemTotal", alt="esystemtotal"
    )
    temp1: Celsius = label("Inverter temperature")
    temp2: Celsius = label("Temperature sensor 2")
    temp3: Celsius = label("Temperature sensor 3")
    temp4: Celsius = label("Temperature sensor 4")
    temp5: Celsius = label("Temperature sensor 5")
    b_merter_connect_flag: Flag = label("B merter connect flag")
    bsystem_work_mode: Real = label("Bsystem work mode")
    day: Text = label("Day part of the sample time")
    dc_voltage: Volts = label("DC voltage")
    dci_r: Milliamperes = label("DC part of the AC current, phase R")
    dci_s: Milliamperes = label("DC part of the AC current, phase S")
    dci_t: Milliamperes = label("DC part of the AC current, phase T")
    eex1_today: KilowattHours = label("Energy of attached PV inverter 1, today")
    eex2_today: KilowattHours = label("Energy of attached PV inverter 2, today")
    eex1_total: KilowattHours = label("Eex 1 total")
    eex2_total: KilowattHours = label("Eex 2 total")
    gfci: Milliamperes = label("Residual (leakage) current")
    iso: Kiloohms = label("Insulation resistance of the PV side")
    mtnc_mode: Integer = label("Mtnc mode")
    mtnc_rqst: Real = label("Mtnc rqst")
    n_bus_voltage: Volts = label("Negative DC bus voltage")
    op_fullwatt: Watts = label("Output power limit")
    operating_mode: Integer = label("Operating mode")
    p_bus_voltage: Volts = label("Positive DC bus voltage")
    p_system: Watts = label("Power delivered by the system", wire="psystem")
    pex1: Watts = label("Power of attached PV inverter 1")
    pex2: Watts = label("Power of attached PV inverter 2")
    real_op_percent: Percent = label("Output in percent of rated power", wire="realOPPercent")
    t_mtnc_strt: Text = label("T mtnc strt")
    t_win_end: Text = label("T win end")
    t_win_start: Text = label("T win start")
    tlx_bean: Any = label("Tlx bean")
    uw_sys_work_mode: Integer = label("System work mode")
    win_mode: Integer = label("Win mode")
    win_request: Integer = label("Win request")


class MinRecord(Reading):
    """Data and settings of a MIN or MOD inverter."""

    address: Integer = label("Device address on the datalogger bus", wire="addr")
    battery_type: Integer = label("Battery type", codes=BATTERY_TYPE)
    bdc1_model: Text = label("Model of battery converter 1")
    bdc1_sn: Text = label("Sn of battery converter 1")
    bms_communication_type: Integer = label("BMS link: 0 RS485, 1 CAN", codes=BMS_LINK)
    com_address: Integer = label("Bus address used for communication")
    device_type: Integer = label("Device type", codes=MIN_KIND)
    dtc: Integer = label("Numeric device type code of the firmware")
    group_id: Integer = label("Group id (-1 = none)")
    id: Integer = label("Numeric record id")
    manufacturer: Text = label("Manufacturer text")
    plant_name: Text = label("Display name", wire="plantname")
    port_name: Text = label("Text naming the communication port")
    record: Any = label("Record")
    tracker_model: Integer = label("Tracker model", wire="trakerModel")
    user_name: Text = label("Account name")
    energy_day_map: dict[str, Any] | None = label("Energy day map")
    power_max_time: Text = label("Power highest time")
    restart_time: Seconds = label("Delay before (re)connecting to the grid")
    start_time: Seconds = label("When the alarm began")
    sys_time: Moment = label("Device clock")
    timezone: Real = label("UTC offset in hours")
    status: Integer = label("Status", codes=HYBRID_STATUS)
    vbat_warn_clr: Volts = label("Battery voltage warn clr")
    vbat_warning: Volts = label("Battery voltage warning")
    afci_version: Text = label("AFCI version")
    baudrate: Real = label("Bus speed selector", wire="wselectBaudrate")
    bcu_version: Text = label("BCU version")
    bdc1_version: Text = label("BDC1 version")
    bdc_auth_version: Integer = label("BDC auth version", wire="bdcAuthversion")
    bms_software_version: Text = label("BMS software version")
    communication_version: Text = label("Communication version")
    hw_version: Text = label("Hardware version")
    inner_version: Text = label("Inner version")
    li_battery_fw_version: Integer = label("Lithium battery firmware version")
    modbus_version: Integer = label("Modbus version")
    monitor_version: Text = label("Monitor version")
    safety_version: Integer = label("Safety version")
    str_num: Integer = label("String number")
    bat_aging_test_step: Integer = label("Battery self test step: 0 none", wire="bagingTestStep", codes=AGING_TEST_STEP)
    bat_parallel_num: Integer = label("Battery parallel number")
    bat_series_num: Integer = label("Battery series number")
    bat_sys_energy: Real = label("Battery system energy")
    bat_temp_lower_limit_c: Celsius = label("Battery temperature lower limit c")
    bat_temp_lower_limit_d: Celsius = label("Battery temperature lower limit d")
    bat_temp_upper_limit_c: Celsius = label("Battery temperature upper limit c")
    bat_temp_upper_limit_d: Celsius = label("Battery temperature upper limit d")
    bdc_mode: Integer = label("Battery converter mode", codes=BDC_MODE)
    li_battery_manufacturers: Integer = label("Lithium battery manufacturers")
    p_charge: Watts = label("Charge power")
    p_discharge: Watts = label("Discharge power")
    vbat_start_for_discharge: Volts = label("Battery voltage start for discharge")
    vbat_stop_for_charge: Volts = label("Battery voltage stop for charge")
    vbat_stop_for_discharge: Volts = label("Battery voltage stop for discharge")
    e_today: KilowattHours = label("Energy today")
    e_total: KilowattHours = label("Lifetime energy")
    energy_month: KilowattHours = label("Energy month")
    energy_month_text: Text = label("Energy month text")
    power: Watts = label("Power right now")
    power_max: Watts = label("Highest power seen")
    power_max_text: Text = label("Power highest text")
    bct_adjust: Integer = label("Sensor adjustment active")
    bct_mode: Integer = label("Sensor kind: 0 wired CT", codes=METER_KIND)
    country_selected: Integer = label("Country selected")
    mppt: Real = label("MPPT")
    optimizer_list: list[Any] | None = label("Optimizer list", wire="optimezerList")
    pmax: Integer = label("Rated power of the inverter")
    priority_choose: Integer = label("Operating priority", codes=PRIORITY)
    vnormal: Volts = label("Rated PV voltage")
    vpp_open: Real = label("VPP open")


class MinAlarm(Alarm):
    alarm_code: Integer = label("Alarm code")


class MinAlarmsData(AlarmPage):
    device_sn: Text = label("Serial number", wire="tlx_sn")
    alarms: list[MinAlarm] | None = label("Alarms")


class MinTlxSettingsData(ForcedTimes):
    bgrid_type: Integer = label("Bgrid type")
    limit_device: Real = label("Limit device")
    pf_model: Real = label("Power factor mode")
    serial_num: Text = label("Serial number")
    tlx_limit_device: Real = label("Tlx limit device")
    us_battery_type: Integer = label("Battery chemistry selector")
    delay_time: Volts = label("Delay time")
    forced_time_start7: TimeOfDay = label("Start of time slot 7")
    forced_time_start8: TimeOfDay = label("Start of time slot 8")
    forced_time_start9: TimeOfDay = label("Start of time slot 9")
    forced_time_stop7: TimeOfDay = label("End of time slot 7")
    forced_time_stop8: TimeOfDay = label("End of time slot 8")
    forced_time_stop9: TimeOfDay = label("End of time slot 9")
    last_update_time: JavaDate | None = label("Last update time")
    last_update_time_text: Moment = label("Last update time text")
    maintain_mode_start_time: Text = label("Maintain mode start time")
    over_fre_lo_red_delay_time: Real = label("Over fre lo red delay time")
    season1_month_time: Text = label("Season 1 month time")
    season2_month_time: Text = label("Season 2 month time")
    season3_month_time: Text = label("Season 3 month time")
    season4_month_time: Text = label("Season 4 month time")
    season1_time1: Text = label("Season 1 slot 1: mode")
    season1_time2: Text = label("Season 1 slot 2: mode")
    season1_time3: Text = label("Season 1 slot 3: mode")
    season1_time4: Text = label("Season 1 slot 4: mode")
    season1_time5: Text = label("Season 1 slot 5: mode")
    season1_time6: Text = label("Season 1 slot 6: mode")
    season1_time7: Text = label("Season 1 slot 7: mode")
    season1_time8: Text = label("Season 1 slot 8: mode")
    season1_time9: Text = label("Season 1 slot 9: mode")
    season2_time1: Text = label("Season 2 slot 1: mode")
    season2_time2: Text = label("Season 2 slot 2: mode")
    season2_time3: Text = label("Season 2 slot 3: mode")
    season2_time4: Text = label("Season 2 slot 4: mode")
    season2_time5: Text = label("Season 2 slot 5: mode")
    season2_time6: Text = label("Season 2 slot 6: mode")
    season2_time7: Text = label("Season 2 slot 7: mode")
    season2_time8: Text = label("Season 2 slot 8: mode")
    season2_time9: Text = label("Season 2 slot 9: mode")
    season3_time1: Text = label("Season 3 slot 1: mode")
    season3_time2: Text = label("Season 3 slot 2: mode")
    season3_time3: Text = label("Season 3 slot 3: mode")
    season3_time4: Text = label("Season 3 slot 4: mode")
    season3_time5: Text = label("Season 3 slot 5: mode")
    season3_time6: Text = label("Season 3 slot 6: mode")
    season3_time7: Text = label("Season 3 slot 7: mode")
    season3_time8: Text = label("Season 3 slot 8: mode")
    season3_time9: Text = label("Season 3 slot 9: mode")
    season4_time1: Text = label("Season 4 slot 1: mode")
    season4_time2: Text = label("Season 4 slot 2: mode")
    season4_time3: Text = label("Season 4 slot 3: mode")
    season4_time4: Text = label("Season 4 slot 4: mode")
    season4_time5: Text = label("Season 4 slot 5: mode")
    season4_time6: Text = label("Season 4 slot 6: mode")
    season4_time7: Text = label("Season 4 slot 7: mode")
    season4_time8: Text = label("Season 4 slot 8: mode")
    season4_time9: Text = label("Season 4 slot 9: mode")
    special1_month_time: Text = label("Special 1 month time")
    special2_month_time: Text = label("Special 2 month time")
    special1_time1: Text = label("Special day 1 slot 1: mode")
    special1_time2: Text = label("Special day 1 slot 2: mode")
    special1_time3: Text = label("Special day 1 slot 3: mode")
    special1_time4: Text = label("Special day 1 slot 4: mode")
    special1_time5: Text = label("Special day 1 slot 5: mode")
    special1_time6: Text = label("Special day 1 slot 6: mode")
    special1_time7: Text = label("Special day 1 slot 7: mode")
    special1_time8: Text = label("Special day 1 slot 8: mode")
    special1_time9: Text = label("Special day 1 slot 9: mode")
    special2_time1: Text = label("Special day 2 slot 1: mode")
    special2_time2: Text = label("Special day 2 slot 2: mode")
    special2_time3: Text = label("Special day 2 slot 3: mode")
    special2_time4: Text = label("Special day 2 slot 4: mode")
    special2_time5: Text = label("Special day 2 slot 5: mode")
    special2_time6: Text = label("Special day 2 slot 6: mode")
    special2_time7: Text = label("Special day 2 slot 7: mode")
    special2_time8: Text = label("Special day 2 slot 8: mode")
    special2_time9: Text = label("Special day 2 slot 9: mode")
    sys_time: Moment = label("Device clock")
    time7_mode: Integer = label("Mode of time slot 7")
    time8_mode: Integer = label("Mode of time slot 8")
    time9_mode: Integer = label("Mode of time slot 9")
    win_mode_end_time: Text = label("Win mode end time")
    win_mode_start_time: Text = label("Win mode start time")
    year_month_time: Text = label("All-year plan header")
    year_time1: Text = label("All-year slot 1, parts joined by _")
    year_time2: Text = label("All-year slot 2, parts joined by _")
    year_time3: Text = label("All-year slot 3, parts joined by _")
    year_time4: Text = label("All-year slot 4, parts joined by _")
    year_time5: Text = label("All-year slot 5, parts joined by _")
    year_time6: Text = label("All-year slot 6, parts joined by _")
    year_time7: Text = label("All-year slot 7, parts joined by _")
    year_time8: Text = label("All-year slot 8, parts joined by _")
    year_time9: Text = label("All-year slot 9, parts joined by _")
    backflow_default_power: Real = label("Backflow default power")
    on_grid_status: Integer = label("On grid state")
    tlx_backflow_default_power: Real = label("Tlx backflow default power")
    vbat_warn_clr: Volts = label("Battery voltage warn clr")
    vbat_warning: Volts = label("Battery voltage warning")
    pv_grid_frequency_high: Hertz = label("PV grid frequency high")
    pv_grid_frequency_low: Hertz = label("PV grid frequency low")
    pv_grid_voltage_high: Volts = label("PV grid voltage high")
    pv_grid_voltage_low: Volts = label("PV grid voltage low")
    pv_pf_cmd_memory_state: Flag = label("PV power factor cmd memory state")
    ac_charge: Text = label("AC charge")
    ac_charge_enable: Flag = label("AC charge enable")
    eps_freq_set: Integer = label("EPS frequency set", codes=EPS_FREQUENCY)
    exter_comm_off_grid_en: Flag = label("Exter communication off grid enabled")
    on_grid_discharge_stop_soc: Percent = label("On grid discharge stop state of charge", wire="onGridDischargeStopSOC")
    on_grid_mode: Integer = label("On grid mode")
    pf: Real = label("Power factor")
    pf_sys_year: Text = label("Device clock setting")
    pflinep1_pf: Real = label("Power factor at point 1 of the curve")
    pflinep2_pf: Real = label("Power factor at point 2 of the curve")
    pflinep3_pf: Real = label("Power factor at point 3 of the curve")
    pflinep4_pf: Real = label("Power factor at point 4 of the curve")
    tlx_ac_discharge_frequency: Real = label("Tlx AC discharge frequency")
    tlx_ac_discharge_voltage: Real = label("Tlx AC discharge voltage")
    tlx_exter_comm_off_grid_en: Text = label(
        "Tlx exter communication off grid enabled", wire="tlx_exter_comm_Off_GridEn"
    )
    tlx_off_grid_enable: Integer = label("Tlx off grid enable")
    tlx_pf: Real = label("Tlx power factor")
    tlx_pflinep1_pf: Real = label("Tlx pflinep 1 power factor")
    tlx_pflinep2_pf: Real = label("Tlx pflinep 2 power factor")
    tlx_pflinep3_pf: Real = label("Tlx pflinep 3 power factor")
    tlx_pflinep4_pf: Real = label("Tlx pflinep 4 power factor")
    ub_ac_charging_stop_soc: Percent = label("Ub AC charging stop state of charge", wire="ubAcChargingStopSOC")
    uw_ac_charging_max_power_limit: Real = label("AC charging highest power limit")
    win_mode_off_grid_discharge_stop_soc: Percent = label(
        "Window mode: off-grid discharge stop SOC", wire="winModeOffGridDischargeStopSOC"
    )
    win_mode_on_grid_discharge_stop_soc: Percent = label(
        "Window mode: on-grid discharge stop SOC", wire="winModeOnGridDischargeStopSOC"
    )
    eps_fun_en: Flag = label("EPS fun enabled")
    eps_volt_set: Integer = label("EPS voltage set", codes=EPS_VOLTAGE)
    afci_self_check: Integer = label("AFCI self check")
    loading_rate: Percent = label("Loading rate")
    restart_loading_rate: Percent = label("Restart loading rate")
    bdc_mode: Integer = label("Battery converter mode", codes=BDC_MODE)
    charge_power: Percent = label("Battery charging power")
    charge_power_command: Percent = label("Charge power setting")
    charge_stop_soc: Percent = label("Charge stop state of charge")
    discharge_power: Text = label("Battery discharging power")
    discharge_power_command: Percent = label("Discharge power setting", wire="disChargePowerCommand")
    discharge_stop_soc: Percent = label("Discharge stop state of charge")
    float_charge_current_limit: Amperes = label("Float charge current limit")
    gen_charge_enable: Integer = label("Generator charge enabled")
    ub_peak_shaving_backup_soc: Real = label("Ub peak shaving backup state of charge", wire="ubPeakShavingBackupSOC")
    vbat_start_for_charge: Volts = label("Battery voltage start for charge", wire="vbatStartforCharge")
    vbat_start_for_discharge: Volts = label("Battery voltage start for discharge")
    vbat_stop_for_charge: Volts = label("Battery voltage stop for charge")
    vbat_stop_for_discharge: Volts = label("Battery voltage stop for discharge")
    w_charge_soc_low_limit: Percent = label("W charge state of charge low limit", wire="wchargeSOCLowLimit")
    w_discharge_soc_low_limit: Percent = label("W discharge state of charge low limit", wire="wdisChargeSOCLowLimit")
    active_power_enable: Flag = label("Active power enabled")
    dry_contact_power: Real = label("Dry contact power")
    export_limit_power_rate: Percent = label("Feed-in limit")
    export_limit_power_rate_str: Text = label("Export limit power rate string")
    gen_rated_power: Real = label("Generator rated power")
    power_down_enable: Integer = label("Power down enable")
    tlx_dry_contact_off_power: Real = label("Tlx dry contact off power")
    tlx_dry_contact_power: Real = label("Tlx dry contact power")
    uw_demand_mgt_down_strm_power_limit: Real = label("Demand mgt down strm power limit")
    uw_demand_mgt_revse_power_limit: Real = label("Demand mgt revse power limit")
    active_rate: Percent = label("Active rate")
    afci_enabled: Integer = label("AFCI enabled")
    afci_reset: Integer = label("AFCI reset")
    afci_threshold_d: Integer = label("AFCI threshold d")
    afci_threshold_h: Integer = label("AFCI threshold h")
    afci_threshold_l: Integer = label("AFCI threshold l")
    backflow_single_ctrl: Integer = label("Backflow single ctrl", wire="backFlowSingleCtrl")
    bsystem_work_mode: Real = label("Bsystem work mode")
    compatible_flag: Integer = label("Compatible flag")
    demand_manage_enable: Integer = label("Demand management enabled")
    dry_contact_func_en: Flag = label("Dry contact func enabled")
    dry_contact_off_rate: Real = label("Dry contact off rate")
    dry_contact_on_rate: Real = label("Dry contact on rate")
    enable_n_line: Integer = label("Enable N line")
    export_limit: Integer = label("Feed-in limit active")
    fail_safe_curr: Real = label("Fail safe current")
    fft_threshold_count: Integer = label("Fft threshold count")
    forced_stop_switch1: Integer = label("Time slot 1 active")
    forced_stop_switch2: Integer = label("Time slot 2 active")
    forced_stop_switch3: Integer = label("Time slot 3 active")
    forced_stop_switch4: Integer = label("Time slot 4 active")
    forced_stop_switch5: Integer = label("Time slot 5 active")
    forced_stop_switch6: Integer = label("Time slot 6 active")
    forced_stop_switch7: Integer = label("Time slot 7 active")
    forced_stop_switch8: Integer = label("Time slot 8 active")
    forced_stop_switch9: Integer = label("Time slot 9 active")
    frequency_high_limit: Hertz = label("Frequency high limit")
    frequency_low_limit: Hertz = label("Frequency low limit")
    gen_ctrl: Integer = label("Generator ctrl")
    lcd_language: Integer = label("LCD language")
    maintain_mode_request: Integer = label("Maintain mode request")
    max_allow_curr: Real = label("Highest allow current")
    on_off: Flag = label("On off")
    over_fre_drop_point: Real = label("Over fre drop point")
    over_fre_lo_red_slope: Real = label("Over fre lo red slope")
    peak_shaving_enable: Real = label("Peak shaving enabled")
    pflinep1_lp: Percent = label("Pflinep 1 lp")
    pflinep2_lp: Percent = label("Pflinep 2 lp")
    pflinep3_lp: Percent = label("Pflinep 3 lp")
    pflinep4_lp: Percent = label("Pflinep 4 lp")
    pre_pto: Real = label("Pre pto")
    prot_enable: Integer = label("Prot enable")
    q_percent_max: Percent = label("Largest reactive power of the Q(V) curve")
    qv_h1: Volts = label("Q(V) curve threshold H1")
    qv_h2: Volts = label("Q(V) curve threshold H2")
    qv_l1: Volts = label("Q(V) curve threshold L1")
    qv_l2: Volts = label("Q(V) curve threshold L2")
    reactive_rate: Percent = label("Reactive rate")
    region: Integer = label("Region")
    safety_num: Real = label("Safety number")
    show_peak_shaving: Integer = label("Show peak shaving")
    syn_enable: Integer = label("Syn enable")
    tlx_cc_current: Real = label("Tlx constant current current")
    tlx_cv_voltage: Real = label("Tlx constant voltage voltage")
    tlx_dry_contact_enable: Integer = label("Tlx dry contact enable")
    tlx_lcd_language: Integer = label("Tlx LCD language", wire="tlx_lcd_Language")
    tlx_on_off: Integer = label("Tlx on off")
    tlx_pflinep1_lp: Real = label("Tlx pflinep 1 lp")
    tlx_pflinep2_lp: Real = label("Tlx pflinep 2 lp")
    tlx_pflinep3_lp: Real = label("Tlx pflinep 3 lp")
    tlx_pflinep4_lp: Real = label("Tlx pflinep 4 lp")
    uw_hf_rt2_ee: Hertz = label("High frequency rt 2 ee", wire="uwHFRT2EE")
    uw_hf_rt_ee: Hertz = label("High frequency rt ee", wire="uwHFRTEE")
    uw_hv_rt2_ee: Volts = label("High voltage rt 2 ee", wire="uwHVRT2EE")
    uw_hv_rt_ee: Volts = label("High voltage rt ee", wire="uwHVRTEE")
    uw_lf_rt2_ee: Hertz = label("Low frequency rt 2 ee", wire="uwLFRT2EE")
    uw_lf_rt_ee: Hertz = label("Low frequency rt ee", wire="uwLFRTEE")
    uw_lv_rt2_ee: Volts = label("Low voltage rt 2 ee", wire="uwLVRT2EE")
    uw_lv_rt_ee: Volts = label("Low voltage rt ee", wire="uwLVRTEE")
    voltage_high_limit: Volts = label("Voltage high limit")
    voltage_low_limit: Volts = label("Voltage low limit")
    win_mode_flag: Integer = label("Win mode flag")


class MinDetailData(DeviceRecord, MinRecord):
    """Device data and settings (v1)."""

    last_update_time: JavaDate | None = label("Last update time")
    tlx_set_bean: MinTlxSettingsData | None = label("Tlx set bean", wire="tlxSetbean")


class MinDetailDataV4(DeviceRecord, MinRecord):
    """Device data and settings (v4)."""

    last_update_time: Moment = label("Last update time")
    pv_num: Integer = label("Number of PV inputs")
    tlx_set_bean: Any = label("Tlx set bean", wire="tlxSetbean")


class MinDetailsDataV4(Reading):
    devices: list[MinDetailDataV4] | None = label("Devices", wire="min")


class MinEnergyDataV4(MinReading):
    """Reading of a MIN (v4)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    calendar: Moment = label("Calendar")


class MinEnergyOverviewData(MinReading):
    """Reading of a MIN (v1)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    calendar: JavaCalendar | None = label("Calendar")
    eps_pac_split_phase1: Real = label("EPS AC power split phase 1")
    eps_pac_split_phase2: Real = label("EPS AC power split phase 2")
    eps_vac_split_phase1: Real = label("EPS AC voltage split phase 1")
    eps_vac_split_phase2: Real = label("EPS AC voltage split phase 2")
    iac_split_phase1: Real = label("AC current split phase 1")
    iac_split_phase2: Real = label("AC current split phase 2")


class MinEnergyHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="tlx_sn")
    datas: list[MinEnergyOverviewData] | None = label("Rows")


class MinEnergyHistoryDataV4(DayHistory):
    datas: list[MinEnergyDataV4] | None = label("Rows")


class MinEnergyOverviewDataV4(Reading):
    devices: list[MinEnergyDataV4] | None = label("Devices", wire="min")


class MinEnergyOverviewMultipleItem(BatchItem):
    data: MinEnergyOverviewData | None = label("Active power limit in percent")


class MinAlarms(Reply):
    data: MinAlarmsData | None = None


class MinDetails(Reply):
    data: MinDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class MinDetailsV4(Reply):
    data: MinDetailsDataV4 | None = None


class MinEnergyHistory(Reply):
    data: MinEnergyHistoryData | None = None


class MinEnergyHistoryMultipleV4(Reply):
    data: dict[str, list[MinEnergyDataV4]] | None = None


class MinEnergyHistoryV4(Reply):
    data: MinEnergyHistoryDataV4 | None = None


class MinEnergyOverview(Reply):
    data: MinEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number", wire="tlx_sn")


class MinEnergyOverviewMultiple(Reply):
    data: list[MinEnergyOverviewMultipleItem] | None = None
    page_num: Integer = label("Page number")


class MinEnergyV4(Reply):
    data: MinEnergyOverviewDataV4 | None = None


class MinSettingRead(Reply):
    """Reply without documented data."""


class MinSettingWrite(Reply):
    """Reply without documented data."""


class MinSettings(Reply):
    data: MinTlxSettingsData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


@template
def _setting_write(
    module: Module[Any],
    spec: Spec,
    parameter_id: str,
    parameter_value_1: Slot,
    device_sn: str | None = None,
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
) -> Plan[Any]:
    """Write a setting (v1), a value a slot; known ids and ranges: `bridge.growatt.settings`.

    The serial number stands third here, last in the other families.
    """
    return write_setting(module, spec, device_sn, parameter_id, slots(locals()))


class Min(V4Family[S], PowerLimitRead[S], PercentLimit[S], VppFamily[S], VppParametersNew[S]):
    """MIN, MOD and NEO inverters."""

    device_type = DeviceType.MIN

    details_v4 = details_v4(MinDetailsV4)
    energy_v4 = last_data(MinEnergyV4)
    energy_history_v4 = day_history(MinEnergyHistoryV4)
    energy_history_multiple_v4 = day_history_multiple(MinEnergyHistoryMultipleV4)

    details = about_device(MinDetails, "device/tlx/tlx_data_info", every=300)
    settings = about_device(MinSettings, "device/tlx/tlx_set_info")
    energy = about_device(MinEnergyOverview, "device/tlx/tlx_last_data", sn="tlx_sn", every=300, errors=NO_DEVICE)
    energy_multiple = about_devices(
        MinEnergyOverviewMultiple, "device/tlx/tlxs_data", sn="tlxs", every=300, errors=NO_DEVICE
    )
    energy_history = history(
        MinEnergyHistory,
        "device/tlx/tlx_data",
        sn="tlx_sn",
        every=10,
        errors={**BAD_RANGE, 10002: "serial number missing", 10003: "start date wrong", 10011: "no permission"},
    )
    energy_history_all = every_page(energy_history)
    alarms = alarms(MinAlarms, "device/tlx/alarm_data", sn="tlx_sn", every=300, errors=BAD_DATE)
    setting_read = setting_read(MinSettingRead, "readMinParam")
    setting_write = _setting_write(MinSettingWrite, "tlxSet", sn="tlx_sn")
