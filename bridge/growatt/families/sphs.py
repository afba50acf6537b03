"""SPH-S hybrid inverters (device type sph-s, v4 only)."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.calls import S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import codes, parts, shared
from bridge.growatt.families.vpp import VppParameters


class SphsDetailDataV4(parts.DeviceIdentity, parts.PeakRecord, parts.CommunicationRecord):
    energy_day_map: Any = f.label("Energy day map")
    last_update_time: f.Moment = f.label("Last update time")
    sys_time_text: f.Moment = f.label("System time text")
    status: f.Integer = f.label("Status", codes=codes.SPHS_STATUS)
    version: f.Text = f.label("Version")
    pv_pf_cmd_memory_state: f.Flag = f.label("PV power factor cmd memory state")
    freq_high_limit: f.Hertz = f.label("Frequency high limit")
    freq_low_limit: f.Hertz = f.label("Frequency low limit")
    uw_grid_watt_delay: f.Real = f.label("Grid watt delay")
    uw_nominal_grid_volt: f.Real = f.label("Nominal grid voltage")
    e_today: f.KilowattHours = f.label("Energy today", wire="etoday", alt="eToday")
    e_total: f.KilowattHours = f.label("Lifetime energy", wire="etotal", alt="eTotal")
    energy_day: f.KilowattHours = f.label("Energy day")
    export_limit_power_rate: f.Percent = f.label("Feed-in limit")
    power: f.Watts = f.label("Power right now")
    active_rate: f.Percent = f.label("Active rate")
    export_limit: f.Integer = f.label("Feed-in limit active")
    failsafe: f.Integer = f.label("Failsafe")
    lcd_language: f.Integer = f.label("LCD language")
    reactive_output_priority: f.Integer = f.label("Reactive output priority")
    reactive_rate: f.Percent = f.label("Reactive rate")
    reactive_value: f.Real = f.label("Reactive value")
    sph_set_bean: Any = f.label("Sph set bean")
    uw_reconnect_start_slope: f.Real = f.label("Reconnect start slope")
    vnormal: f.Volts = f.label("Rated PV voltage")
    voltage_high_limit: f.Volts = f.label("Voltage high limit")
    voltage_low_limit: f.Volts = f.label("Voltage low limit")


SphsDetailsDataV4 = parts.Devices[SphsDetailDataV4]


class SphsEnergyDataV4(
    parts.BatteryReading, parts.TwoInputReading, parts.SelfUseReading, parts.HybridFlows, parts.ThreeInputs
):
    # a tenth of what `vbat` says at the same moment, so no unit
    bms_battery_volt: f.Real = f.label("BMS battery voltage")
    bms_constant_volt: f.Real = f.label("BMS constant voltage")
    bms_request_type: f.Integer = f.label("BMS request type", wire="bmsrequestType", alt="bmsRequestType")
    bms_sn: f.Text = f.label("BMS serial number", wire="bmssn")
    chip_type: f.Integer = f.label("Chip type")
    device_type: f.Integer = f.label("Device type")
    e_to_user_hour: f.KilowattHours = f.label("Energy from grid, this hour")
    e_to_user_month: f.KilowattHours = f.label("Energy from grid, this month")
    e_to_user_year: f.KilowattHours = f.label("Energy from grid, this year")
    protect_pack_id: f.Integer = f.label("Protect pack ID", wire="protectPackID", alt="protectPackId")
    calendar: f.Moment = f.label("Calendar")
    bat_protect5: f.Integer = f.label("Battery protection 5")
    bat_protect1to2: f.Integer = f.label("Battery protect 1 to 2", wire="batProtect1To2")
    bat_protect3to4: f.Integer = f.label("Battery protect 3 to 4", wire="batProtect3To4")
    bat_warn_info3: f.Integer = f.label("Battery warning info 3")
    bat_warn_info1to2: f.Integer = f.label("Battery warning info 1 to 2", wire="batWarnInfo1To2")
    do_status: f.Integer = f.label("Do status")
    grid_status: f.Integer = f.label("Grid state")
    lcd_fault_num: f.Integer = f.label("LCD fault number", wire="lcdfaultNum")
    lcd_warning_num: f.Integer = f.label("LCD warning number", wire="lcdwarnNum")
    sp_status: f.Integer = f.label("Sp status")
    status: f.Integer = f.label("Status")
    sys_status: f.Integer = f.label("System status")
    system_fault: f.Integer = f.label("System fault")
    system_warn: f.Integer = f.label("System warn")
    warn_code1: f.Integer = f.label("Warning code 1")
    bms_version: f.Text = f.label("BMS version", wire="bmsversion", alt="bmsVersion")
    hmi_version: Any = f.label("Hmi version")
    lcd_version: f.Text = f.label("LCD version", wire="lcdversion")
    m1_version: Any = f.label("M 1 version")
    m2_version: Any = f.label("M 2 version")
    epv3_today: f.KilowattHours = f.label("Energy from PV input 3, today")
    epv3_total: f.KilowattHours = f.label("Energy from PV input 3, lifetime")
    epv_hour: f.KilowattHours = f.label("PV energy, this hour")
    epv_month: f.KilowattHours = f.label("PV energy, this month")
    epv_today: f.KilowattHours = f.label("PV energy today", wire="epvtoday", alt="epvToday")
    epv_year: f.KilowattHours = f.label("PV energy, this year")
    ppv_text: f.Text = f.label("PV power text")
    e_to_grid_hour: f.KilowattHours = f.label("Energy to grid, this hour")
    e_to_grid_month: f.KilowattHours = f.label("Energy to grid, this month")
    e_to_grid_year: f.KilowattHours = f.label("Energy to grid, this year")
    eps_iac1: f.Amperes = f.label("Off-grid output current of phase 1")
    eps_iac2: f.Amperes = f.label("Off-grid output current of phase 2")
    eps_vac2: f.Volts = f.label("Off-grid output voltage of phase 2")
    gen_freq: f.Real = f.label("Generator frequency")
    pac2: f.Watts = f.label("AC power of phase 2")
    pac_to_grid_s: f.Watts = f.label("Power to grid, phase S/L2")
    pf: f.Real = f.label("Power factor")
    ups_pac2: f.Watts = f.label("Off-grid output power of phase 2")
    e_local_load_hour: f.KilowattHours = f.label("Energy used by local loads, this hour", wire="elocalLoadHour")
    e_local_load_month: f.KilowattHours = f.label("Energy used by local loads, this month", wire="elocalLoadMonth")
    e_local_load_year: f.KilowattHours = f.label("Energy used by local loads, this year", wire="elocalLoadYear")
    e_self_hour: f.KilowattHours = f.label("Self-consumed energy, this hour", wire="eselfHour")
    e_self_month: f.KilowattHours = f.label("Self-consumed energy, this month", wire="eselfMonth")
    e_self_year: f.KilowattHours = f.label("Self-consumed energy, this year", wire="eselfYear")
    load_power1: f.Real = f.label("Load power 1")
    load_power2: f.Real = f.label("Load power 2")
    plocal_load_s: f.Watts = f.label("Power used by local loads, phase S/L2")
    r_load_vol: f.Real = f.label("R load voltage")
    s_load_vol: f.Real = f.label("S load voltage")
    bat_depower_reason: f.Integer = f.label("Battery depower reason", wire="batDePowerReason", alt="batDepowerReason")
    bat_power: f.Watts = f.label("Battery power")
    bms_charge_energy: f.Real = f.label("BMS charge energy", wire="bmschgEnergy")
    bms_dsg_energy: f.Real = f.label("BMS dsg energy", wire="bmsdsgEnergy")
    bms_max_charge_current: f.Real = f.label("BMS highest charge current", wire="bmsmaxChargeCurr")
    bms_max_discharge_current: f.Real = f.label("BMS highest discharge current", wire="bmsmaxDischargeCurr")
    charge_bat_number: f.Integer = f.label("Charge battery number", wire="chgBatNumber")
    discharge_bat_number: f.Integer = f.label("Discharge battery number", wire="dsgBatNumber")
    ibat: f.Amperes = f.label("Battery current")
    max_cell_volt: f.Real = f.label("Highest cell voltage", wire="maxCellVol", alt="maxCellVolt")
    max_soc: f.Real = f.label("Highest state of charge", wire="maxSOC")
    max_temp_cell: f.Real = f.label("Highest temperature cell")
    max_temp_cell_no: f.Integer = f.label("Highest temperature cell no")
    max_volt_cell_no: f.Integer = f.label("Highest voltage cell no")
    min_cell_volt: f.Real = f.label("Lowest cell voltage", wire="minCellVol", alt="minCellVolt")
    min_soc: f.Real = f.label("Lowest state of charge", wire="minSOC")
    min_temp_cell: f.Real = f.label("Lowest temperature cell")
    min_temp_cell_no: f.Integer = f.label("Lowest temperature cell no")
    min_volt_cell_no: f.Integer = f.label("Lowest voltage cell no")
    module_num: f.Integer = f.label("Module number")
    total_cell_number: f.Integer = f.label("Total cell number")
    vbat1: f.Volts = f.label("Battery voltage 1")
    e_system_hour: f.KilowattHours = f.label("System hour energy", wire="esystemHour")
    e_system_month: f.KilowattHours = f.label("System month energy", wire="esystemMonth")
    e_system_year: f.KilowattHours = f.label("System year energy", wire="esystemYear")
    gen_energy: f.Real = f.label("Generator energy")
    gen_energy_today: f.Real = f.label("Generator energy today")
    gen_power: f.Real = f.label("Generator power")
    r_local_energy: f.Real = f.label("R local energy")
    s_local_energy: f.Real = f.label("S local energy")
    dc_temp: f.Celsius = f.label("DC/DC stage temperature")
    gen_curr: f.Real = f.label("Generator current")
    gen_vol: f.Real = f.label("Generator voltage")
    inv_Temp: f.Celsius = f.label("Inverter stage temperature")  # noqa: N815
    nbus_voltage: f.Volts = f.label("Negative DC bus voltage")
    pbus_voltage: f.Volts = f.label("Positive DC bus voltage")
    pex: f.Watts = f.label("Power of attached PV inverter")
    sph_bean: Any = f.label("Sph bean")


SphsEnergyHistoryDataV4 = parts.DayHistory[SphsEnergyDataV4]
SphsEnergyOverviewDataV4 = parts.Devices[SphsEnergyDataV4]
SphsDetailsV4 = f.DataReply[SphsDetailsDataV4]
SphsEnergyHistoryMultipleV4 = f.DataReply[dict[str, list[SphsEnergyDataV4]]]
SphsEnergyHistoryV4 = f.DataReply[SphsEnergyHistoryDataV4]
SphsEnergyV4 = f.DataReply[SphsEnergyOverviewDataV4]


class Sphs(shared.V4Family[S], shared.PercentLimit[S], VppParameters[S]):
    """SPH-S hybrid inverters."""

    device_type = DeviceType.SPHS

    details_v4 = shared.details_v4(SphsDetailsV4)
    energy_v4 = shared.last_data(SphsEnergyV4)
    energy_history_v4 = shared.day_history(SphsEnergyHistoryV4)
    energy_history_multiple_v4 = shared.day_history_multiple(SphsEnergyHistoryMultipleV4)
