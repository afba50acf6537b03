"""HPS commercial hybrid inverters (v1 only)."""

from typing import Any

from bridge.growatt.calls import Module, S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families.parts import (
    Alarm,
    AlarmPage,
    CommercialGridReading,
    CommercialReading,
    CommercialRecord,
    DeviceRecord,
    HistoryPage,
)
from bridge.growatt.families.shared import BAD_DATE, NO_DEVICE, about_device, alarms, history
from bridge.growatt.fields import (
    Amperes,
    Hertz,
    Integer,
    JavaCalendar,
    KilowattHours,
    Real,
    Reply,
    Text,
    Volts,
    Watts,
    label,
)
from bridge.growatt.paging import every_page


class HpsAlarm(Alarm):
    alarm_code: Text = label("Alarm code")


class HpsAlarmsData(AlarmPage):
    device_sn: Text = label("Serial number", wire="hps_sn")
    alarms: list[HpsAlarm] | None = label("Alarms")


class HpsDetailData(DeviceRecord, CommercialRecord):
    """Device data and settings (v1)."""

    device_type: Integer = label("Device type")
    id: Integer = label("Numeric record id")
    plant_name: Text = label("Display name", wire="plantname")
    user_name: Text = label("Account name")
    energy_day_map: Any = label("Energy day map")
    last_update_time: JavaCalendar | None = label("Last update time")
    power_max_time: Text = label("Power highest time")
    timezone: Real = label("UTC offset in hours")
    pv_today: Real = label("PV today")
    energy_month: KilowattHours = label("Energy month")
    energy_month_text: Text = label("Energy month text")
    power_max: Watts = label("Highest power seen")
    power_max_text: Text = label("Power highest text")
    hps_set_bean: Any = label("HPS set bean")


class HpsEnergyOverviewData(CommercialReading, CommercialGridReading):
    """Reading of one HPS device (v1)."""

    id: Integer = label("Numeric record id")
    run_model: Integer = label("Run model")
    e_bat_charge_time_total: Real = label("Battery charge time energy total")
    e_bat_discharge_time_total: Real = label("Battery discharge time energy total")
    e_grid_time_today: Real = label("Grid time energy today")
    e_grid_time_total: Real = label("Grid time energy total")
    e_load_time_today: Real = label("Load time energy today")
    e_load_time_total: Real = label("Load time energy total")
    e_to_grid_time_today: Real = label("To grid time energy today")
    e_to_grid_time_total: Real = label("To grid time energy total")
    epv_time_today: Real = label("PV energy time today")
    epv_time_total: Real = label("PV energy time total")
    bms_show_status: Integer = label("BMS show status")
    run_status: Integer = label("Run status")
    sys_fault_word9: Integer = label("System fault word 9")
    epv_today: KilowattHours = label("PV energy today")
    epv_total: KilowattHours = label("PV energy total")
    ipv: Amperes = label("PV input current")
    ipv2: Amperes = label("PV input 2 current")
    ipva: Real = label("Ipva")
    ipvb: Real = label("Ipvb")
    ipvc: Real = label("Ipvc")
    ipvu: Real = label("Ipvu")
    ipvv: Real = label("Ipvv")
    ipvw: Real = label("Ipvw")
    ppv1: Watts = label("PV input 1 power")
    ppv2: Watts = label("PV input 2 power")
    pvnir1: Real = label("Pvnir 1")
    pvpir1: Real = label("Pvpir 1")
    vpv: Volts = label("PV input voltage")
    vpv2: Volts = label("PV input 2 voltage")
    vpvun: Real = label("Vpvun")
    vpvvn: Real = label("Vpvvn")
    vpvwn: Real = label("Vpvwn")
    e_grid_today: Real = label("Grid energy today")
    e_grid_total: Real = label("Grid energy total")
    e_to_grid_today: KilowattHours = label("Energy fed into the grid, today")
    e_to_grid_total: KilowattHours = label(
        "Energy fed into the grid, lifetime", wire="etoGridTotal", alt="etogridTotal"
    )
    fac: Hertz = label("Grid frequency")
    pac: Watts = label("AC power")
    pac1: Watts = label("AC power of phase 1")
    pac2: Watts = label("AC power of phase 2")
    rac: Real = label("Reactive / apparent power")
    e_load_today: Real = label("Load energy today")
    e_load_total: Real = label("Load energy total")
    batcdct: Real = label("Batcdct")
    batldt: Real = label("Batldt")
    batnir: Real = label("Batnir")
    batpir: Real = label("Batpir")
    bmstc: Real = label("Bmstc")
    bmstv: Real = label("Bmstv")
    e_bat_charge_total: KilowattHours = label("Battery charge energy total")
    e_bat_discharge_total: KilowattHours = label("Battery discharge energy total")
    ibat: Amperes = label("Battery current")
    vbat: Volts = label("Battery voltage")
    scrtemp: Real = label("Scrtemp")
    cfdllc1: Real = label("Cfdllc 1")
    cfdllc2: Real = label("Cfdllc 2")
    effectiveness: Real = label("Effectiveness")
    gvpvuv: Real = label("Gvpvuv")
    gvpvvw: Real = label("Gvpvvw")
    gvpvwu: Real = label("Gvpvwu")
    hps_bean: Any = label("HPS bean")
    i_buck1: Real = label("Buck 1 current")
    i_buck2: Real = label("Buck 2 current")
    i_buck3: Real = label("Buck 3 current")
    i_buck4: Real = label("Buck 4 current")
    i_buck5: Real = label("Buck 5 current")
    iboard: Real = label("Iboard")
    inductor_curr: Real = label("Inductor current")
    insul_detec_nega: Real = label("Insul detec nega")
    insul_detec_posi: Real = label("Insul detec posi")
    invuv: Real = label("Invuv")
    invvw: Real = label("Invvw")
    invwu: Real = label("Invwu")


class HpsEnergyHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="hps_sn")
    datas: list[HpsEnergyOverviewData] | None = label("Rows")


class HpsAlarms(Reply):
    data: HpsAlarmsData | None = None


class HpsDetails(Reply):
    data: HpsDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class HpsEnergyHistory(Reply):
    data: HpsEnergyHistoryData | None = None


class HpsEnergyOverview(Reply):
    data: HpsEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number", wire="hps_sn")


class Hps(Module[S]):
    """HPS commercial hybrid inverters."""

    device_type = DeviceType.HPS

    details = about_device(HpsDetails, "device/hps/hps_data_info", every=10, errors={10001: "system error"})
    energy = about_device(HpsEnergyOverview, "device/hps/hps_last_data", sn="hps_sn", every=10, errors=NO_DEVICE)
    energy_history = history(HpsEnergyHistory, "device/hps/hps_data", sn="hps_sn", every=10, errors=NO_DEVICE)
    energy_history_all = every_page(energy_history)
    alarms = alarms(HpsAlarms, "device/hps/alarm_data", sn="hps_sn", every=10, errors=BAD_DATE)
