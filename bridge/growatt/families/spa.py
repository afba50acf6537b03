"""SPA AC-coupled battery inverters (device type spa)."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.calls import S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import parts, shared
from bridge.growatt.families.vpp import VppFamily, VppParametersNew
from bridge.growatt.paging import every_page


class SpaRecord(f.Reading):
    """Data and settings of an SPA inverter."""

    equipment_type: f.Text = f.label("Equipment type")
    load_first_start_time1: f.TimeOfDay = f.label("Start of load-first slot 1")
    load_first_start_time2: f.TimeOfDay = f.label("Start of load-first slot 2")
    load_first_start_time3: f.TimeOfDay = f.label("Start of load-first slot 3")
    load_first_stop_time1: f.TimeOfDay = f.label("End of load-first slot 1")
    load_first_stop_time2: f.TimeOfDay = f.label("End of load-first slot 2")
    load_first_stop_time3: f.TimeOfDay = f.label("End of load-first slot 3")
    pv_pf_cmd_memory_state: f.Flag = f.label("PV power factor cmd memory state")
    pf_cmd_memory_state: f.Integer = f.label(
        "Power factor cmd memory state", wire="pfCMDmemoryState", alt="pfCmdMemoryState"
    )
    spa_ac_discharge_frequency: f.Real = f.label("Spa AC discharge frequency")
    spa_ac_discharge_voltage: f.Real = f.label("Spa AC discharge voltage")
    spa_off_grid_enable: f.Flag = f.label("Spa off grid enable")
    vac_high: f.Volts = f.label("AC voltage high")
    vac_low: f.Volts = f.label("AC voltage low")
    load_first_switch1: f.Flag = f.label("Load-first slot 1 active")
    load_first_switch2: f.Flag = f.label("Load-first slot 2 active")
    load_first_switch3: f.Flag = f.label("Load-first slot 3 active")
    active_p_rate: f.Percent = f.label("Active power rate")
    reactive_p_rate: f.Percent = f.label("Reactive power rate")


class SpaAlarm(parts.Alarm): ...


SpaAlarmsData = parts.AlarmPage[SpaAlarm]


class SpaDetailData(parts.DeviceIdentity, parts.HybridRecord, SpaRecord):
    last_update_time: f.JavaDate | None = f.label("Last update time")
    usp_freq_set: f.Integer = f.label("Usp frequency set")


class SpaDetailDataV4(parts.DeviceIdentity, parts.HybridRecord, parts.HybridRecordV4, SpaRecord):
    device_type: f.Integer = f.label("Device type")
    ups_freq_set: f.Real = f.label("UPS frequency set")
    w_load_soc_low_limit1: f.Integer = f.label("W load SOC low limit 1", wire="wloadSOCLowLimit1")
    w_load_soc_low_limit2: f.Integer = f.label("W load SOC low limit 2", wire="wloadSOCLowLimit2")


SpaDetailsDataV4 = parts.Devices[SpaDetailDataV4]


class SpaEnergyDataV4(parts.HybridReading, parts.HybridPacks):
    epv_inverter_today: f.KilowattHours = f.label("Energy from external PV inverter, today")
    epv_inverter_total: f.KilowattHours = f.label("PV energy inverter total")
    ppv_inverter: f.Watts = f.label("Power of an external PV inverter")
    ups_iac1: f.Amperes = f.label("Off-grid output current of phase 1")
    ups_iac2: f.Amperes = f.label("Off-grid output current of phase 2")
    ups_iac3: f.Amperes = f.label("Off-grid output current of phase 3")
    ups_vac2: f.Volts = f.label("Off-grid output voltage of phase 2")
    ups_vac3: f.Volts = f.label("Off-grid output voltage of phase 3")
    monitor: f.Integer = f.label("Monitor")
    spa_bean: Any = f.label("Spa bean")


class SpaEnergyOverviewData(parts.HybridReading):
    calendar: f.JavaCalendar | None = f.label("Calendar")
    epv_inverter_today: f.KilowattHours = f.label("Energy from external PV inverter, today")
    epv_inverter_total: f.KilowattHours = f.label("PV energy inverter total")
    ppv_inverter: f.Watts = f.label("Power of an external PV inverter")
    spa_bean: Any = f.label("Spa bean")


SpaEnergyHistoryData = parts.HistoryPage[SpaEnergyOverviewData]
SpaEnergyHistoryDataV4 = parts.DayHistory[SpaEnergyDataV4]
SpaEnergyOverviewDataV4 = parts.Devices[SpaEnergyDataV4]
SpaEnergyOverviewMultipleItem = parts.BatchItem[SpaEnergyOverviewData]
SpaAlarms = f.DataReply[SpaAlarmsData]
SpaDetails = f.DeviceReply[SpaDetailData]
SpaDetailsV4 = f.DataReply[SpaDetailsDataV4]
SpaEnergyHistory = f.DataReply[SpaEnergyHistoryData]
SpaEnergyHistoryMultipleV4 = f.DataReply[dict[str, list[SpaEnergyDataV4]]]
SpaEnergyHistoryV4 = f.DataReply[SpaEnergyHistoryDataV4]
SpaEnergyOverview = f.DeviceReply[SpaEnergyOverviewData]
SpaEnergyOverviewMultiple = parts.BatchReply[SpaEnergyOverviewMultipleItem]
SpaEnergyV4 = f.DataReply[SpaEnergyOverviewDataV4]
SpaSettingRead = f.DataReply[str]
SpaSettingWrite = f.Reply


class Spa(shared.V4Family[S], shared.PowerLimitRead[S], shared.PercentLimit[S], VppFamily[S], VppParametersNew[S]):
    """SPA AC-coupled battery inverters."""

    device_type = DeviceType.SPA
    wire = "spa"

    details_v4 = shared.details_v4(SpaDetailsV4)
    energy_v4 = shared.last_data(SpaEnergyV4)
    energy_history_v4 = shared.day_history(SpaEnergyHistoryV4)
    energy_history_multiple_v4 = shared.day_history_multiple(SpaEnergyHistoryMultipleV4)

    details = shared.details(SpaDetails)
    energy = shared.latest(SpaEnergyOverview, every=10)
    energy_multiple = shared.latest_multiple(SpaEnergyOverviewMultiple, every=10, errors=shared.BAD_RANGE)
    energy_history = shared.history(SpaEnergyHistory, every=10)
    energy_history_all = every_page(energy_history)
    alarms = shared.alarms(SpaAlarms, every=10)
    setting_read = shared.setting_read(SpaSettingRead, "readSpaParam")
    setting_write = shared.write_18_slots(SpaSettingWrite, "spaSet")
