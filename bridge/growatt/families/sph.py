"""SPH hybrid inverters, on the wire also "mix" (device type sph)."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.calls import S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import codes, parts, shared
from bridge.growatt.families.vpp import VppFamily, VppParametersNew
from bridge.growatt.paging import every_page


class SphRecord(f.Reading):
    """Data and settings of an SPH inverter."""

    device_type: f.Integer = f.label("Device type", codes=codes.SPH_MODEL)
    pv_pf_cmd_memory_state: f.Flag = f.label(
        "PV power factor cmd memory state", wire="pv_pf_cmd_memory_state", alt="pvPfCmdMemoryState"
    )
    mix_ac_discharge_frequency: f.Real = f.label("Mix AC discharge frequency")
    mix_ac_discharge_voltage: f.Real = f.label("Mix AC discharge voltage")
    mix_off_grid_enable: f.Flag = f.label("Mix off grid enable")
    usp_freq_set: f.Integer = f.label("Usp frequency set")
    bat_parallel_num: f.Integer = f.label("Battery parallel number")
    bat_series_num: f.Integer = f.label("Battery series number")
    forced_charge_stop_switch1: f.Flag = f.label("Forced charge slot 1 active")
    forced_charge_stop_switch2: f.Flag = f.label("Forced charge slot 2 active")
    forced_charge_stop_switch3: f.Flag = f.label("Forced charge slot 3 active")
    forced_discharge_stop_switch1: f.Flag = f.label("Forced discharge slot 1 active")
    forced_discharge_stop_switch2: f.Flag = f.label("Forced discharge slot 2 active")
    forced_discharge_stop_switch3: f.Flag = f.label("Forced discharge slot 3 active")
    active_rate: f.Percent = f.label("Active rate")
    cc_current: f.Real = f.label("Constant current")
    cv_voltage: f.Real = f.label("Constant voltage")
    lv_voltage: f.Real = f.label("Low voltage")
    reactive_rate: f.Percent = f.label("Reactive rate")
    vnormal: f.Volts = f.label("Rated PV voltage")
    voltage_high_limit: f.Volts = f.label("Voltage high limit")
    voltage_low_limit: f.Volts = f.label("Voltage low limit")


class SphAlarm(parts.Alarm): ...


SphAlarmsData = parts.AlarmPage[SphAlarm]


class SphDetailData(parts.DeviceIdentity, parts.HybridRecord, SphRecord):
    last_update_time: f.JavaDate | None = f.label("Last update time")
    pv_pf_cmd_memory_state_mix: f.Flag = f.label("PV power factor cmd memory state mix")
    ac_charge_enable: f.Flag = f.label("AC charge enable")
    export_limit_power_rate: f.Percent = f.label("Feed-in limit")
    export_limit: f.Integer = f.label("Feed-in limit active")
    failsafe: f.Integer = f.label("Failsafe")
    under_excited: f.Integer = f.label("Under excited")


class SphDetailDataV4(parts.DeviceIdentity, parts.HybridRecord, parts.HybridRecordV4, SphRecord):
    device_model: Any = f.label("Device model")
    uw_hf_rt_time2_ee: f.Real = f.label("High frequency rt time 2 ee", wire="uwHFRTTime2EE")
    uw_hf_rt_time_ee: f.Real = f.label("High frequency rt time ee", wire="uwHFRTTimeEE")
    uw_hv_rt_time2_ee: f.Real = f.label("High voltage rt time 2 ee", wire="uwHVRTTime2EE")
    uw_hv_rt_time_ee: f.Real = f.label("High voltage rt time ee", wire="uwHVRTTimeEE")
    uw_lf_rt_time2_ee: f.Real = f.label("Low frequency rt time 2 ee", wire="uwLFRTTime2EE")
    uw_lf_rt_time_ee: f.Real = f.label("Low frequency rt time ee", wire="uwLFRTTimeEE")
    uw_lv_rt_time2_ee: f.Real = f.label("Low voltage rt time 2 ee", wire="uwLVRTTime2EE")
    uw_lv_rt_time3_ee: f.Real = f.label("Low voltage rt time 3 ee", wire="uwLVRTTime3EE")
    uw_lv_rt_time_ee: f.Real = f.label("Low voltage rt time ee", wire="uwLVRTTimeEE")
    pv_pf_cmd_memory_state_mix: f.Flag = f.label("PV power factor cmd memory state mix", wire="pvPfCmdMemoryState")
    grid_hv_reduce_load_high: f.Real = f.label("Grid high voltage reduce load high", wire="gridHVReduceLoadHigh")
    grid_hv_reduce_load_low: f.Real = f.label("Grid high voltage reduce load low", wire="gridHVReduceLoadLow")
    uw_grid_watt_delay: f.Real = f.label("Grid watt delay")
    uw_nominal_grid_volt: f.Real = f.label("Nominal grid voltage")
    load_first_control: f.Integer = f.label("Load first control")
    load_first_stop_soc_set: f.Integer = f.label("Load first stop SOC setting")
    in_power: f.Real = f.label("In power")
    out_power: f.Real = f.label("Output power")
    qv_in_lv_power_per: f.Real = f.label("Q(V) in low voltage power per", wire="qvInLVPowerPer")
    qv_out_hv_power_per: f.Real = f.label("Q(V) out high voltage power per", wire="qvOutHVPowerPer")
    reactive_power_limit: f.Real = f.label("Reactive power limit")
    anti_island_enable: f.Flag = f.label("Anti island enable")
    back_up_en: f.Integer = f.label("Back up enabled")
    pu_enable: f.Integer = f.label("P(U) enable")
    reactive_delay: f.Real = f.label("Reactive delay")
    rrcr_enable: f.Real = f.label("Rrcr enable")
    safety: f.Text = f.label("Safety")
    safety_num: f.Text = f.label("Safety number")
    sgip_en: f.Flag = f.label("Sgip enabled")
    single_export: f.Integer = f.label("Single export")
    uw_hf_rt2_ee: f.Hertz = f.label("High frequency rt 2 ee", wire="uwHFRT2EE")
    uw_hf_rt_ee: f.Hertz = f.label("High frequency rt ee", wire="uwHFRTEE")
    uw_hv_rt2_ee: f.Volts = f.label("High voltage rt 2 ee", wire="uwHVRT2EE")
    uw_hv_rt_ee: f.Volts = f.label("High voltage rt ee", wire="uwHVRTEE")
    uw_lf_rt2_ee: f.Hertz = f.label("Low frequency rt 2 ee", wire="uwLFRT2EE")
    uw_lf_rt_ee: f.Hertz = f.label("Low frequency rt ee", wire="uwLFRTEE")
    uw_lv_rt2_ee: f.Volts = f.label("Low voltage rt 2 ee", wire="uwLVRT2EE")
    uw_lv_rt3_ee: f.Real = f.label("Low voltage rt 3 ee", wire="uwLVRT3EE")
    uw_lv_rt_ee: f.Volts = f.label("Low voltage rt ee", wire="uwLVRTEE")
    uw_reconnect_start_slope: f.Real = f.label("Reconnect start slope")
    v1: f.Real = f.label("Voltage 1")
    v2: f.Real = f.label("Voltage 2")
    v3: f.Real = f.label("Voltage 3")
    v4: f.Real = f.label("Voltage 4")


SphDetailsDataV4 = parts.Devices[SphDetailDataV4]


class SphEnergyDataV4(parts.HybridReading, parts.HybridPacks, parts.TwoInputReading):
    dsgip_start_date_time: f.Integer = f.label("Dsgip start date time")
    backup_warning: f.Integer = f.label("Backup warning")
    bat_error_union: f.Integer = f.label("Battery error union")
    bms_error_expansion: f.Integer = f.label("BMS error expansion")
    bms_protection: f.Integer = f.label("BMS protection")
    bms_warn_info2: f.Integer = f.label("BMS warning info 2")
    software_develop_major_version: f.Integer = f.label("Software develop major version")
    software_develop_minor_version: f.Integer = f.label("Software develop minor version")
    software_major_version: f.Integer = f.label("Software major version")
    software_minor_version: f.Integer = f.label("Software minor version")
    epv_today: f.KilowattHours = f.label("PV energy today", wire="epvtoday", alt="epvToday")
    ppv_text: f.Text = f.label("PV power text")
    eps_vac2: f.Volts = f.label("Off-grid output voltage of phase 2")
    eps_vac3: f.Volts = f.label("Off-grid output voltage of phase 3")
    pac2: f.Watts = f.label("AC power of phase 2")
    pac3: f.Watts = f.label("AC power of phase 3")
    charge_cutoff_volt: f.Real = f.label("Charge cutoff voltage")
    charge_forbidden_mark: Any = f.label("Charge forbidden mark")
    discharge_cutoff_volt: f.Real = f.label("Discharge cutoff voltage")
    discharge_forbidden_mark: f.Integer = f.label("Discharge forbidden mark")
    max_single_cell_tem: f.Real = f.label("Highest single cell tem")
    max_single_cell_tem_no: f.Integer = f.label("Highest single cell tem no")
    max_single_cell_volt: f.Real = f.label("Highest single cell voltage")
    max_single_cell_volt_no: f.Integer = f.label("Highest single cell voltage no")
    min_single_cell_tem: f.Real = f.label("Lowest single cell tem")
    min_single_cell_tem_no: f.Integer = f.label("Lowest single cell tem no")
    min_single_cell_volt: f.Real = f.label("Lowest single cell voltage")
    min_single_cell_volt_no: f.Integer = f.label("Lowest single cell voltage no")
    module_qty: f.Integer = f.label("Module qty")
    uw_bat_cycle_cnt_pre: f.Integer = f.label("Battery cycle count pre")
    capacity_add: f.Real = f.label("Capacity add", wire="capacityADD")
    eex_today: f.KilowattHours = f.label("Energy of attached PV inverter, today")
    eex_total: f.KilowattHours = f.label("Energy of attached PV inverter, lifetime")
    mix_bean: Any = f.label("Mix bean")
    pex: f.Watts = f.label("Power of attached PV inverter")
    sgip_cycl_cnt: f.Integer = f.label("Sgip cycl count")
    sgip_start_cycl_cnt: f.Integer = f.label("Sgip start cycl count")


class SphEnergyOverviewData(parts.HybridReading, parts.TwoInputReading):
    calendar: f.JavaCalendar | None = f.label("Calendar")
    ppv_text: f.Text = f.label("PV power text")
    eps_vac2: f.Volts = f.label("Off-grid output voltage of phase 2")
    eps_vac3: f.Volts = f.label("Off-grid output voltage of phase 3")
    pac2: f.Watts = f.label("AC power of phase 2")
    pac3: f.Watts = f.label("AC power of phase 3")
    ups_pac2: f.Watts = f.label("Off-grid output power of phase 2")
    ups_pac3: f.Watts = f.label("Off-grid output power of phase 3")
    vac2: f.Volts = f.label("AC voltage, phase 2")
    vac3: f.Volts = f.label("AC voltage, phase 3")
    temp3: f.Celsius = f.label("Temperature sensor 3")
    mix_bean: Any = f.label("Mix bean")


SphEnergyHistoryData = parts.HistoryPage[SphEnergyOverviewData]
SphEnergyHistoryDataV4 = parts.DayHistory[SphEnergyDataV4]
SphEnergyOverviewDataV4 = parts.Devices[SphEnergyDataV4]
SphEnergyOverviewMultipleItem = parts.BatchItem[SphEnergyOverviewData]
SphAlarms = f.DataReply[SphAlarmsData]
SphDetails = f.DeviceReply[SphDetailData]
SphDetailsV4 = f.DataReply[SphDetailsDataV4]
SphEnergyHistory = f.DataReply[SphEnergyHistoryData]
SphEnergyHistoryMultipleV4 = f.DataReply[dict[str, list[SphEnergyDataV4]]]
SphEnergyHistoryV4 = f.DataReply[SphEnergyHistoryDataV4]
SphEnergyOverview = f.DeviceReply[SphEnergyOverviewData]
SphEnergyOverviewMultiple = parts.BatchReply[SphEnergyOverviewMultipleItem]
SphEnergyV4 = f.DataReply[SphEnergyOverviewDataV4]
SphSettingRead = f.DataReply[str]
SphSettingWrite = f.Reply


class Sph(shared.V4Family[S], shared.PowerLimitRead[S], shared.PercentLimit[S], VppFamily[S], VppParametersNew[S]):
    """SPH hybrid inverters."""

    device_type = DeviceType.SPH
    wire = "mix"

    details_v4 = shared.details_v4(SphDetailsV4)
    energy_v4 = shared.last_data(SphEnergyV4)
    energy_history_v4 = shared.day_history(SphEnergyHistoryV4)
    energy_history_multiple_v4 = shared.day_history_multiple(SphEnergyHistoryMultipleV4)

    details = shared.details(SphDetails)
    energy = shared.latest(SphEnergyOverview, every=10)
    energy_multiple = shared.latest_multiple(SphEnergyOverviewMultiple, every=10, errors=shared.BAD_RANGE)
    energy_history = shared.history(SphEnergyHistory, every=300)
    energy_history_all = every_page(energy_history)
    alarms = shared.alarms(SphAlarms, every=10)
    setting_read = shared.setting_read(SphSettingRead, "readMixParam")
    setting_write = shared.write_18_slots(SphSettingWrite, "mixSet")
