"""SPA AC-coupled battery inverters (device type spa)."""

from typing import Any

from bridge.growatt.calls import S
from bridge.growatt.enums import DeviceType
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
    Amperes,
    Flag,
    Integer,
    JavaCalendar,
    JavaDate,
    KilowattHours,
    Percent,
    Reading,
    Real,
    Reply,
    Text,
    TimeOfDay,
    Volts,
    Watts,
    label,
)
from bridge.growatt.paging import every_page


class SpaRecord(Reading):
    """Data and settings of an SPA inverter."""

    equipment_type: Text = label("Equipment type")
    load_first_start_time1: TimeOfDay = label("Start of load-first slot 1")
    load_first_start_time2: TimeOfDay = label("Start of load-first slot 2")
    load_first_start_time3: TimeOfDay = label("Start of load-first slot 3")
    load_first_stop_time1: TimeOfDay = label("End of load-first slot 1")
    load_first_stop_time2: TimeOfDay = label("End of load-first slot 2")
    load_first_stop_time3: TimeOfDay = label("End of load-first slot 3")
    spa_ac_discharge_frequency: Real = label("Spa AC discharge frequency")
    spa_ac_discharge_voltage: Real = label("Spa AC discharge voltage")
    spa_off_grid_enable: Flag = label("Spa off grid enable")
    vac_high: Volts = label("AC voltage high")
    vac_low: Volts = label("AC voltage low")
    load_first_switch1: Flag = label("Load-first slot 1 active")
    load_first_switch2: Flag = label("Load-first slot 2 active")
    load_first_switch3: Flag = label("Load-first slot 3 active")
    active_p_rate: Percent = label("Active power rate")
    reactive_p_rate: Percent = label("Reactive power rate")


class SpaAlarm(Alarm):
    alarm_code: Integer = label("Alarm code")


class SpaAlarmsData(AlarmPage):
    device_sn: Text = label("Serial number", wire="spa_sn")
    alarms: list[SpaAlarm] | None = label("Alarms")


class SpaDetailData(HybridRecord, SpaRecord):
    """Device data and settings (v1)."""

    last_update_time: JavaDate | None = label("Last update time")
    pf_cmd_memory_state: Integer = label("Power factor cmd memory state")
    usp_freq_set: Integer = label("Usp frequency set")


class SpaDetailDataV4(HybridRecord, HybridRecordV4, SpaRecord):
    """Device data and settings (v4)."""

    device_type: Integer = label("Device type")
    pf_cmd_memory_state: Integer = label("Power factor cmd memory state", wire="pfCMDmemoryState")
    ups_freq_set: Real = label("UPS frequency set")
    w_load_soc_low_limit1: Integer = label("W load state of charge low limit 1", wire="wloadSOCLowLimit1")
    w_load_soc_low_limit2: Integer = label("W load state of charge low limit 2", wire="wloadSOCLowLimit2")


class SpaDetailsDataV4(Reading):
    devices: list[SpaDetailDataV4] | None = label("Devices", wire="spa")


class SpaEnergyDataV4(HybridReading, HybridPacks):
    """Reading of one SPA device (v4)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    epv_inverter_today: KilowattHours = label("Energy from external PV inverter, today")
    epv_inverter_total: KilowattHours = label("PV energy inverter total")
    ppv_inverter: Watts = label("Power of an external PV inverter")
    ups_iac1: Amperes = label("Off-grid output current of phase 1")
    ups_iac2: Amperes = label("Off-grid output current of phase 2")
    ups_iac3: Amperes = label("Off-grid output current of phase 3")
    ups_vac2: Volts = label("Off-grid output voltage of phase 2")
    ups_vac3: Volts = label("Off-grid output voltage of phase 3")
    monitor: Integer = label("Monitor")
    spa_bean: Any = label("Spa bean")


class SpaEnergyOverviewData(HybridReading):
    """Reading of one SPA device (v1)."""

    device_sn: Text = label("Serial number", wire="serialNum")
    calendar: JavaCalendar | None = label("Calendar")
    epv_inverter_today: KilowattHours = label("Energy from external PV inverter, today")
    epv_inverter_total: KilowattHours = label("PV energy inverter total")
    ppv_inverter: Watts = label("Power of an external PV inverter")
    spa_bean: Any = label("Spa bean")


class SpaEnergyHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="spa_sn")
    datas: list[SpaEnergyOverviewData] | None = label("Rows")


class SpaEnergyHistoryDataV4(DayHistory):
    datas: list[SpaEnergyDataV4] | None = label("Rows")


class SpaEnergyOverviewDataV4(Reading):
    devices: list[SpaEnergyDataV4] | None = label("Devices", wire="spa")


class SpaEnergyOverviewMultipleItem(BatchItem):
    data: SpaEnergyOverviewData | None = label("Active power limit in percent")


class SpaAlarms(Reply):
    data: SpaAlarmsData | None = None


class SpaDetails(Reply):
    data: SpaDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class SpaDetailsV4(Reply):
    data: SpaDetailsDataV4 | None = None


class SpaEnergyHistory(Reply):
    data: SpaEnergyHistoryData | None = None


class SpaEnergyHistoryMultipleV4(Reply):
    data: dict[str, list[SpaEnergyDataV4]] | None = None


class SpaEnergyHistoryV4(Reply):
    data: SpaEnergyHistoryDataV4 | None = None


class SpaEnergyOverview(Reply):
    data: SpaEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number", wire="spa_sn")


class SpaEnergyOverviewMultiple(Reply):
    data: list[SpaEnergyOverviewMultipleItem] | None = None
    page_num: Integer = label("Page number")


class SpaEnergyV4(Reply):
    data: SpaEnergyOverviewDataV4 | None = None


class SpaSettingRead(Reply):
    data: Text = None


class SpaSettingWrite(Reply):
    """Reply without documented data."""


class Spa(V4Family[S], PowerLimitRead[S], PercentLimit[S], VppFamily[S], VppParametersNew[S]):
    """SPA AC-coupled battery inverters."""

    device_type = DeviceType.SPA

    details_v4 = details_v4(SpaDetailsV4)
    energy_v4 = last_data(SpaEnergyV4)
    energy_history_v4 = day_history(SpaEnergyHistoryV4)
    energy_history_multiple_v4 = day_history_multiple(SpaEnergyHistoryMultipleV4)

    details = about_device(SpaDetails, "device/spa/spa_data_info")
    energy = about_device(SpaEnergyOverview, "device/spa/spa_last_data", sn="spa_sn", every=10, errors=NO_DEVICE)
    energy_multiple = about_devices(
        SpaEnergyOverviewMultiple, "device/spa/spas_data", sn="spas", every=10, errors=BAD_RANGE
    )
    energy_history = history(SpaEnergyHistory, "device/spa/spa_data", sn="spa_sn", every=10, errors=BAD_RANGE)
    energy_history_all = every_page(energy_history)
    alarms = alarms(SpaAlarms, "device/spa/alarm_data", sn="spa_sn", every=10, errors=BAD_DATE)
    setting_read = setting_read(SpaSettingRead, "readSpaParam")
    setting_write = write_18_slots(SpaSettingWrite, "spaSet", sn="spa_sn")
