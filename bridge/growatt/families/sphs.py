"""SPH-S hybrid inverters (device type sph-s, v4 only)."""

from typing import Any

from bridge.growatt.calls import S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families.codes import SPHS_STATUS
from bridge.growatt.families.parts import DayHistory, DeviceRecord, StorageFlows, TwoInputReading
from bridge.growatt.families.shared import (
    PercentLimit,
    V4Family,
    day_history,
    day_history_multiple,
    details_v4,
    last_data,
)
from bridge.growatt.families.vpp import VppParameters
from bridge.growatt.fields import (
    Amperes,
    Celsius,
    Flag,
    Hertz,
    Integer,
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


class SphsDetailDataV4(DeviceRecord):
    """Device data and settings (v4)."""

    address: Integer = label("Device address on the datalogger bus", wire="addr")
    com_address: Integer = label("Bus address used for communication")
    device_type: Integer = label("Device type")
    dtc: Integer = label("Numeric device type code of the firmware")
    group_id: Integer = label("Group id (-1 = none)")
    manufacturer: Text = label("Manufacturer text")
    plant_name: Text = label("Display name")
    port_name: Text = label("Text naming the communication port")
    record: Any = label("Record")
    user_name: Text = label("Account name")
    energy_day_map: Any = label("Energy day map")
    last_update_time: Moment = label("Last update time")
    power_max_time: Text = label("Power highest time")
    sys_time: Moment = label("Device clock")
    sys_time_text: Moment = label("System time text")
    timezone: Real = label("UTC offset in hours")
    status: Integer = label("Status", codes=SPHS_STATUS)
    baudrate: Real = label("Bus speed selector", wire="wselectBaudrate")
    communication_version: Text = label("Communication version")
    modbus_version: Integer = label("Modbus version")
    version: Text = label("Version")
    pv_pf_cmd_memory_state: Flag = label("PV power factor cmd memory state")
    freq_high_limit: Hertz = label("Frequency high limit")
    freq_low_limit: Hertz = label("Frequency low limit")
    uw_grid_watt_delay: Real = label("Grid watt delay")
    uw_nominal_grid_volt: Real = label("Nominal grid voltage")
    p_charge: Watts = label("Charge power")
    p_discharge: Watts = label("Discharge power")
    e_today: KilowattHours = label("Energy today")
    e_total: KilowattHours = label("Lifetime energy")
    energy_day: KilowattHours = label("Energy day")
    energy_month: KilowattHours = label("Energy month")
    energy_month_text: Text = label("Energy month text")
    export_limit_power_rate: Percent = label("Feed-in limit")
    power: Watts = label("Power right now")
    power_max: Watts = label("Highest power seen")
    power_max_text: Text = label("Power highest text")
    active_rate: Percent = label("Active rate")
    country_selected: Integer = label("Country selected")
    export_limit: Integer = label("Feed-in limit active")
    failsafe: Integer = label("Failsafe")
    lcd_language: Integer = label("LCD language")
    pmax: Integer = label("Rated power of the inverter")
    reactive_output_priority: Integer = label("Reactive output priority")
    reactive_rate: Percent = label("Reactive rate")
    reactive_value: Real = label("Reactive value")
    sph_set_bean: Any = label("Sph set bean")
    uw_reconnect_start_slope: Real = label("Reconnect start slope")
    vnormal: Volts = label("Rated PV voltage")
    voltage_high_limit: Volts = label("Voltage high limit")
    voltage_low_limit: Volts = label("Voltage low limit")


class SphsDetailsDataV4(Reading):
    devices: list[SphsDetailDataV4] | None = label("Devices", wire="sph-s")


class SphsEnergyDataV4(StorageFlows, TwoInputReading):
    """Reading of one SPHS device (v4)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    bms_request_type: Integer = label("BMS request type", wire="bmsrequestType")
    bms_sn: Text = label("BMS serial number", wire="bmssn")
    chip_type: Integer = label("Chip type")
    device_type: Integer = label("Device type")
    e_to_user_hour: KilowattHours = label("Energy drawn from the grid, this hour")
    e_to_user_month: KilowattHours = label("Energy drawn from the grid, this month")
    e_to_user_year: KilowattHours = label("Energy drawn from the grid, this year")
    pac_to_user_r: Watts = label("Power drawn from the grid, phase R/L1")
    protect_pack_id: Integer = label("Protect pack ID", wire="protectPackID")
    again: Flag = label("Again")
    time: Moment = label("Time")
    time_total: Real = label("Time total")
    bat_protect5: Integer = label("Battery protection 5")
    bat_protect1to2: Integer = label("Battery protect 1 to 2", wire="batProtect1To2")
    bat_protect3to4: Integer = label("Battery protect 3 to 4", wire="batProtect3To4")
    bat_warn_info3: Integer = label("Battery warn info 3")
    bat_warn_info1to2: Integer = label("Battery warn info 1 to 2", wire="batWarnInfo1To2")
    bms_status: Integer = label("BMS status", wire="bmsstatus")
    do_status: Integer = label("Do status")
    grid_status: Integer = label("Grid state")
    lcd_fault_num: Integer = label("LCD fault number", wire="lcdfaultNum")
    lcd_warning_num: Integer = label("LCD warning number", wire="lcdwarnNum")
    lost: Flag = label("Connection lost")
    sp_status: Integer = label("Sp status")
    status: Integer = label("Status")
    status_text: Text = label("Status text")
    sys_fault_word: Integer = label("System fault word")
    sys_fault_word1: Integer = label("System fault word 1")
    sys_fault_word2: Integer = label("System fault word 2")
    sys_fault_word3: Integer = label("System fault word 3")
    sys_fault_word4: Integer = label("System fault word 4")
    sys_fault_word5: Integer = label("System fault word 5")
    sys_fault_word6: Integer = label("System fault word 6")
    sys_fault_word7: Integer = label("System fault word 7")
    sys_status: Integer = label("System status")
    system_fault: Integer = label("System fault")
    system_warn: Integer = label("System warn")
    warn_code: Integer = label("Warn code")
    bms_version: Text = label("BMS version", wire="bmsversion")
    hmi_version: Any = label("Hmi version")
    lcd_version: Text = label("LCD version", wire="lcdversion")
    m1_version: Any = label("M 1 version")
    m2_version: Any = label("M 2 version")
    epv3_today: KilowattHours = label("Energy from PV input 3, today")
    epv3_total: KilowattHours = label("Energy from PV input 3, lifetime")
    epv_hour: KilowattHours = label("PV energy, this hour")
    epv_month: KilowattHours = label("PV energy, this month")
    epv_year: KilowattHours = label("PV energy, this year")
    ipv1: Amperes = label("PV input 1 current")
    ipv2: Amperes = label("PV input 2 current")
    ipv3: Amperes = label("PV input 3 current")
    ppv3: Watts = label("PV input 3 power")
    vpv3: Volts = label("PV input 3 voltage")
    bms_pack_info: Real = label("BMS pack info", wire="bmspackInfo")
    e_to_grid_hour: KilowattHours = label("Energy fed into the grid, this hour")
    e_to_grid_month: KilowattHours = label("Energy fed into the grid, this month")
    e_to_grid_year: KilowattHours = label("Energy fed into the grid, this year")
    eps_iac1: Amperes = label("Off-grid output current of phase 1")
    eps_iac2: Amperes = label("Off-grid output current of phase 2")
    fac: Hertz = label("Grid frequency")
    gen_freq: Real = label("Generator frequency")
    pac: Watts = label("AC power")
    pac_to_grid_r: Watts = label("Power fed into the grid, phase R/L1")
    pac_to_grid_s: Watts = label("Power fed into the grid, phase S/L2")
    pf: Real = label("Power factor")
    ups_fac: Hertz = label("Off-grid output frequency")
    ups_pac1: Watts = label("Off-grid output power of phase 1")
    ups_pac2: Watts = label("Off-grid output power of phase 2")
    ups_vac1: Volts = label("Off-grid output voltage of phase 1")
    e_local_load_hour: KilowattHours = label("Energy used by local loads, this hour", wire="elocalLoadHour")
    e_local_load_month: KilowattHours = label("Energy used by local loads, this month", wire="elocalLoadMonth")
    e_local_load_year: KilowattHours = label("Energy used by local loads, this year", wire="elocalLoadYear")
    e_self_hour: KilowattHours = label("Self-consumed energy, this hour", wire="eselfHour")
    e_self_month: KilowattHours = label("Self-consumed energy, this month", wire="eselfMonth")
    e_self_year: KilowattHours = label("Self-consumed energy, this year", wire="eselfYear")
    load_power1: Real = label("Load power 1")
    load_power2: Real = label("Load power 2")
    plocal_load_r: Watts = label("Plocal load R")
    plocal_load_s: Watts = label("Power used by local loads, phase S/L2")
    r_load_vol: Real = label("R load voltage")
    s_load_vol: Real = label("S load voltage")
    bat_depower_reason: Integer = label("Battery depower reason", wire="batDePowerReason")
    bms_battery_curr: Amperes = label("BMS battery current")
    bms_battery_temp: Celsius = label("BMS battery temperature")
    bms_charge_energy: Real = label("BMS charge energy", wire="bmschgEnergy")
    bms_constant_volt: Volts = label("BMS constant voltage")
    bms_cycle_cnt: Integer = label("Charge cycles counted", wire="bmscycleCnt")
    bms_delta_volt: Volts = label("BMS delta voltage", wire="bmsdeltaVolt")
    bms_dsg_energy: Real = label("BMS dsg energy", wire="bmsdsgEnergy")
    bms_gauge_fcc: Real = label("BMS gauge full charge capacity", wire="bmsGaugeFCC", alt="bmsgaugeFCC")
    bms_gauge_rm: Real = label("BMS gauge remaining capacity", wire="bmsGaugeRM", alt="bmsgaugeRM")
    bms_info: Real = label("BMS info", wire="bmsinfo")
    bms_max_charge_current: Real = label("BMS highest charge current", wire="bmsmaxChargeCurr")
    bms_max_discharge_current: Real = label("BMS highest discharge current", wire="bmsmaxDischargeCurr")
    bms_soc: Percent = label("BMS state of charge", wire="bmsSOC")
    bms_soh: Percent = label("BMS state of health", wire="bmsSOH")
    bms_using_cap: Real = label("BMS using cap")
    charge_bat_number: Integer = label("Charge battery number", wire="chgBatNumber")
    discharge_bat_number: Integer = label("Discharge battery number", wire="dsgBatNumber")
    ibat: Amperes = label("Battery current")
    max_cell_volt: Real = label("Highest cell voltage", wire="maxCellVol")
    max_soc: Real = label("Highest state of charge", wire="maxSOC")
    max_temp_cell: Real = label("Highest temperature cell")
    max_temp_cell_no: Integer = label("Highest temperature cell no")
    max_volt_cell_no: Integer = label("Highest voltage cell no")
    min_cell_volt: Real = label("Lowest cell voltage", wire="minCellVol")
    min_soc: Real = label("Lowest state of charge", wire="minSOC")
    min_temp_cell: Real = label("Lowest temperature cell")
    min_temp_cell_no: Integer = label("Lowest temperature cell no")
    min_volt_cell_no: Integer = label("Lowest voltage cell no")
    module_num: Integer = label("Module number")
    pcharge1: Watts = label("Pcharge 1")
    pdischarge1: Watts = label("Pdischarge 1")
    soc_text: Text = label("State of charge text")
    total_cell_number: Integer = label("Total cell number")
    vbat1: Volts = label("Battery voltage 1")
    e_system_hour: KilowattHours = label("System hour energy", wire="esystemHour")
    e_system_month: KilowattHours = label("System month energy", wire="esystemMonth")
    e_system_year: KilowattHours = label("System year energy", wire="esystemYear")
    gen_energy: Real = label("Generator energy")
    gen_energy_today: Real = label("Generator energy today")
    r_local_energy: Real = label("R local energy")
    s_local_energy: Real = label("S local energy")
    dc_temp: Celsius = label("DC/DC stage temperature")
    gen_curr: Real = label("Generator current")
    gen_vol: Real = label("Generator voltage")
    inv_Temp: Celsius = label("Inverter stage temperature")
    nbus_voltage: Volts = label("Negative DC bus voltage")
    pbus_voltage: Volts = label("Positive DC bus voltage")
    sph_bean: Any = label("Sph bean")
    uw_sys_work_mode: Integer = label("System work mode")


class SphsEnergyHistoryDataV4(DayHistory):
    datas: list[SphsEnergyDataV4] | None = label("Rows")


class SphsEnergyOverviewDataV4(Reading):
    devices: list[SphsEnergyDataV4] | None = label("Devices", wire="sph-s")


class SphsDetailsV4(Reply):
    data: SphsDetailsDataV4 | None = None


class SphsEnergyHistoryMultipleV4(Reply):
    data: dict[str, list[SphsEnergyDataV4]] | None = None


class SphsEnergyHistoryV4(Reply):
    data: SphsEnergyHistoryDataV4 | None = None


class SphsEnergyV4(Reply):
    data: SphsEnergyOverviewDataV4 | None = None


class Sphs(V4Family[S], PercentLimit[S], VppParameters[S]):
    """SPH-S hybrid inverters."""

    device_type = DeviceType.SPHS

    details_v4 = details_v4(SphsDetailsV4)
    energy_v4 = last_data(SphsEnergyV4)
    energy_history_v4 = day_history(SphsEnergyHistoryV4)
    energy_history_multiple_v4 = day_history_multiple(SphsEnergyHistoryMultipleV4)
