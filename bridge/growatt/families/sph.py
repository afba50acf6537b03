"""SPH hybrid inverters, on the wire also "mix" (device type sph)."""

from typing import Any

from bridge.growatt.calls import S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families.codes import SPH_MODEL
from bridge.growatt.families.parts import (
    Alarm,
    AlarmPage,
    BatchItem,
    DayHistory,
    HistoryPage,
    HybridPacks,
    HybridReading,
    HybridRecord,
    HybridRecordV4,
    TwoInputReading,
)
from bridge.growatt.families.shared import (
    BAD_DATE,
    BAD_RANGE,
    NO_DEVICE,
    PercentLimit,
    PowerLimitRead,
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
    write_18_slots,
)
from bridge.growatt.families.vpp import VppFamily, VppParametersNew
from bridge.growatt.fields import (
    Celsius,
    Flag,
    Hertz,
    Integer,
    JavaCalendar,
    JavaDate,
    KilowattHours,
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


class SphRecord(Reading):
    """Data and settings of an SPH inverter."""

    device_type: Integer = label("Device type", codes=SPH_MODEL)
    mix_ac_discharge_frequency: Real = label("Mix AC discharge frequency")
    mix_ac_discharge_voltage: Real = label("Mix AC discharge voltage")
    mix_off_grid_enable: Flag = label("Mix off grid enable")
    usp_freq_set: Integer = label("Usp frequency set")
    bat_parallel_num: Integer = label("Battery parallel number")
    bat_series_num: Integer = label("Battery series number")
    forced_charge_stop_switch1: Flag = label("Forced charge slot 1 active")
    forced_charge_stop_switch2: Flag = label("Forced charge slot 2 active")
    forced_charge_stop_switch3: Flag = label("Forced charge slot 3 active")
    forced_discharge_stop_switch1: Flag = label("Forced discharge slot 1 active")
    forced_discharge_stop_switch2: Flag = label("Forced discharge slot 2 active")
    forced_discharge_stop_switch3: Flag = label("Forced discharge slot 3 active")
    active_rate: Percent = label("Active rate")
    cc_current: Real = label("Constant current current")
    cv_voltage: Real = label("Constant voltage voltage")
    lv_voltage: Real = label("Low voltage voltage")
    reactive_rate: Percent = label("Reactive rate")
    vnormal: Volts = label("Rated PV voltage")
    voltage_high_limit: Volts = label("Voltage high limit")
    voltage_low_limit: Volts = label("Voltage low limit")


class SphAlarm(Alarm):
    alarm_code: Integer = label("Alarm code")


class SphAlarmsData(AlarmPage):
    device_sn: Text = label("Serial number", wire="mix_sn")
    alarms: list[SphAlarm] | None = label("Alarms")


class SphDetailData(HybridRecord, SphRecord):
    """Device data and settings (v1)."""

    last_update_time: JavaDate | None = label("Last update time")
    pv_pf_cmd_memory_state_mix: Flag = label("PV power factor cmd memory state mix")
    ac_charge_enable: Flag = label("AC charge enable")
    export_limit_power_rate: Percent = label("Feed-in limit")
    export_limit: Integer = label("Feed-in limit active")
    failsafe: Integer = label("Failsafe")
    under_excited: Integer = label("Under excited")


class SphDetailDataV4(HybridRecord, HybridRecordV4, SphRecord):
    """Device data and settings (v4)."""

    device_model: Any = label("Device model")
    uw_hf_rt_time2_ee: Real = label("High frequency rt time 2 ee", wire="uwHFRTTime2EE")
    uw_hf_rt_time_ee: Real = label("High frequency rt time ee", wire="uwHFRTTimeEE")
    uw_hv_rt_time2_ee: Real = label("High voltage rt time 2 ee", wire="uwHVRTTime2EE")
    uw_hv_rt_time_ee: Real = label("High voltage rt time ee", wire="uwHVRTTimeEE")
    uw_lf_rt_time2_ee: Real = label("Low frequency rt time 2 ee", wire="uwLFRTTime2EE")
    uw_lf_rt_time_ee: Real = label("Low frequency rt time ee", wire="uwLFRTTimeEE")
    uw_lv_rt_time2_ee: Real = label("Low voltage rt time 2 ee", wire="uwLVRTTime2EE")
    uw_lv_rt_time3_ee: Real = label("Low voltage rt time 3 ee", wire="uwLVRTTime3EE")
    uw_lv_rt_time_ee: Real = label("Low voltage rt time ee", wire="uwLVRTTimeEE")
    pv_pf_cmd_memory_state_mix: Flag = label("PV power factor cmd memory state mix", wire="pvPfCmdMemoryState")
    grid_hv_reduce_load_high: Real = label("Grid high voltage reduce load high", wire="gridHVReduceLoadHigh")
    grid_hv_reduce_load_low: Real = label("Grid high voltage reduce load low", wire="gridHVReduceLoadLow")
    uw_grid_watt_delay: Real = label("Grid watt delay")
    uw_nominal_grid_volt: Real = label("Nominal grid voltage")
    load_first_control: Integer = label("Load first control")
    load_first_stop_soc_set: Integer = label("Load first stop state of charge setting")
    in_power: Real = label("In power")
    out_power: Real = label("Output power")
    qv_in_lv_power_per: Real = label("Q(V) in low voltage power per", wire="qvInLVPowerPer")
    qv_out_hv_power_per: Real = label("Q(V) out high voltage power per", wire="qvOutHVPowerPer")
    reactive_power_limit: Real = label("Reactive power limit")
    anti_island_enable: Flag = label("Anti island enable")
    back_up_en: Integer = label("Back up enabled")
    pu_enable: Integer = label("P(U) enable")
    reactive_delay: Real = label("Reactive delay")
    rrcr_enable: Real = label("Rrcr enable")
    safety: Text = label("Safety")
    safety_num: Text = label("Safety number")
    sgip_en: Flag = label("Sgip enabled")
    single_export: Integer = label("Single export")
    uw_hf_rt2_ee: Hertz = label("High frequency rt 2 ee", wire="uwHFRT2EE")
    uw_hf_rt_ee: Hertz = label("High frequency rt ee", wire="uwHFRTEE")
    uw_hv_rt2_ee: Volts = label("High voltage rt 2 ee", wire="uwHVRT2EE")
    uw_hv_rt_ee: Volts = label("High voltage rt ee", wire="uwHVRTEE")
    uw_lf_rt2_ee: Hertz = label("Low frequency rt 2 ee", wire="uwLFRT2EE")
    uw_lf_rt_ee: Hertz = label("Low frequency rt ee", wire="uwLFRTEE")
    uw_lv_rt2_ee: Volts = label("Low voltage rt 2 ee", wire="uwLVRT2EE")
    uw_lv_rt3_ee: Real = label("Low voltage rt 3 ee", wire="uwLVRT3EE")
    uw_lv_rt_ee: Volts = label("Low voltage rt ee", wire="uwLVRTEE")
    uw_reconnect_start_slope: Real = label("Reconnect start slope")
    v1: Real = label("Voltage 1")
    v2: Real = label("Voltage 2")
    v3: Real = label("Voltage 3")
    v4: Real = label("Voltage 4")


class SphDetailsDataV4(Reading):
    devices: list[SphDetailDataV4] | None = label("Devices", wire="sph")


class SphEnergyDataV4(HybridReading, HybridPacks, TwoInputReading):
    """Reading of one SPH device (v4)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    dsgip_start_date_time: Integer = label("Dsgip start date time")
    backup_warning: Integer = label("Backup warning")
    bat_error_union: Integer = label("Battery error union")
    bms_error_expansion: Integer = label("BMS error expansion")
    bms_protection: Integer = label("BMS protection")
    bms_warn_info2: Integer = label("BMS warn info 2")
    software_develop_major_version: Integer = label("Software develop major version")
    software_develop_minor_version: Integer = label("Software develop minor version")
    software_major_version: Integer = label("Software major version")
    software_minor_version: Integer = label("Software minor version")
    epv_today: KilowattHours = label("PV energy today", wire="epvtoday")
    eps_vac3: Volts = label("Off-grid output voltage of phase 3")
    pac2: Watts = label("AC power of phase 2")
    pac3: Watts = label("AC power of phase 3")
    charge_cutoff_volt: Real = label("Charge cutoff voltage")
    charge_forbidden_mark: Any = label("Charge forbidden mark")
    discharge_cutoff_volt: Real = label("Discharge cutoff voltage")
    discharge_forbidden_mark: Integer = label("Discharge forbidden mark")
    max_single_cell_tem: Real = label("Highest single cell tem")
    max_single_cell_tem_no: Integer = label("Highest single cell tem no")
    max_single_cell_volt: Real = label("Highest single cell voltage")
    max_single_cell_volt_no: Integer = label("Highest single cell voltage no")
    min_single_cell_tem: Real = label("Lowest single cell tem")
    min_single_cell_tem_no: Integer = label("Lowest single cell tem no")
    min_single_cell_volt: Real = label("Lowest single cell voltage")
    min_single_cell_volt_no: Integer = label("Lowest single cell voltage no")
    module_qty: Integer = label("Module qty")
    uw_bat_cycle_cnt_pre: Integer = label("Battery cycle count pre")
    capacity_add: Real = label("Capacity add", wire="capacityADD")
    eex_today: KilowattHours = label("Energy of attached PV inverter, today")
    eex_total: KilowattHours = label("Energy of attached PV inverter, lifetime")
    mix_bean: Any = label("Mix bean")
    pex: Watts = label("Power of attached PV inverter")
    sgip_cycl_cnt: Integer = label("Sgip cycl count")
    sgip_start_cycl_cnt: Integer = label("Sgip start cycl count")


class SphEnergyOverviewData(HybridReading, TwoInputReading):
    """Reading of one SPH device (v1)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    calendar: JavaCalendar | None = label("Calendar")
    eps_vac3: Volts = label("Off-grid output voltage of phase 3")
    pac2: Watts = label("AC power of phase 2")
    pac3: Watts = label("AC power of phase 3")
    ups_pac2: Watts = label("Off-grid output power of phase 2")
    ups_pac3: Watts = label("Off-grid output power of phase 3")
    vac2: Volts = label("AC voltage, phase 2")
    vac3: Volts = label("AC voltage, phase 3")
    temp3: Celsius = label("Temperature sensor 3")
    mix_bean: Any = label("Mix bean")


class SphEnergyHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="mix_sn")
    datas: list[SphEnergyOverviewData] | None = label("Rows")


class SphEnergyHistoryDataV4(DayHistory):
    datas: list[SphEnergyDataV4] | None = label("Rows")


class SphEnergyOverviewDataV4(Reading):
    devices: list[SphEnergyDataV4] | None = label("Devices", wire="sph")


class SphEnergyOverviewMultipleItem(BatchItem):
    data: SphEnergyOverviewData | None = label("Active power limit in percent")


class SphAlarms(Reply):
    data: SphAlarmsData | None = None


class SphDetails(Reply):
    data: SphDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class SphDetailsV4(Reply):
    data: SphDetailsDataV4 | None = None


class SphEnergyHistory(Reply):
    data: SphEnergyHistoryData | None = None


class SphEnergyHistoryMultipleV4(Reply):
    data: dict[str, list[SphEnergyDataV4]] | None = None


class SphEnergyHistoryV4(Reply):
    data: SphEnergyHistoryDataV4 | None = None


class SphEnergyOverview(Reply):
    data: SphEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number", wire="mix_sn")


class SphEnergyOverviewMultiple(Reply):
    data: list[SphEnergyOverviewMultipleItem] | None = None
    page_num: Integer = label("Page number")


class SphEnergyV4(Reply):
    data: SphEnergyOverviewDataV4 | None = None


class SphSettingRead(Reply):
    data: Text = None


class SphSettingWrite(Reply):
    """Reply without documented data."""


class Sph(V4Family[S], PowerLimitRead[S], PercentLimit[S], VppFamily[S], VppParametersNew[S]):
    """SPH hybrid inverters."""

    device_type = DeviceType.SPH

    details_v4 = details_v4(SphDetailsV4)
    energy_v4 = last_data(SphEnergyV4)
    energy_history_v4 = day_history(SphEnergyHistoryV4)
    energy_history_multiple_v4 = day_history_multiple(SphEnergyHistoryMultipleV4)

    details = about_device(SphDetails, "device/mix/mix_data_info")
    energy = about_device(SphEnergyOverview, "device/mix/mix_last_data", sn="mix_sn", every=10, errors=NO_DEVICE)
    energy_multiple = about_devices(
        SphEnergyOverviewMultiple, "device/mix/mixs_data", sn="mixs", every=10, errors=BAD_RANGE
    )
    energy_history = history(SphEnergyHistory, "device/mix/mix_data", sn="mix_sn", every=300, errors=BAD_RANGE)
    energy_history_all = every_page(energy_history)
    alarms = alarms(SphAlarms, "device/mix/alarm_data", sn="mix_sn", every=10, errors=BAD_DATE)
    setting_read = setting_read(SphSettingRead, "readMixParam")
    setting_write = write_18_slots(SphSettingWrite, "mixSet", sn="mix_sn")
