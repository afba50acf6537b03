"""HPS commercial hybrid inverters (v1 only)."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.calls import Module, S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import parts, shared
from bridge.growatt.paging import every_page


class HpsAlarm(parts.BitAlarm): ...


HpsAlarmsData = parts.AlarmPage[HpsAlarm]


class HpsDetailData(parts.DeviceIdentity, parts.CommercialRecord, parts.PeakRecord):
    id: f.Integer = f.label("Numeric record id")
    energy_day_map: Any = f.label("Energy day map")
    last_update_time: f.JavaCalendar | None = f.label("Last update time")
    pv_today: f.Real = f.label("PV today")
    hps_set_bean: Any = f.label("HPS set bean")


class HpsEnergyOverviewData(parts.CommercialReading, parts.CommercialGridReading, parts.CommercialInputs):
    id: f.Integer = f.label("Numeric record id")
    run_model: f.Integer = f.label("Run model")
    e_bat_charge_time_total: f.Real = f.label("Battery charge time energy total")
    e_bat_discharge_time_total: f.Real = f.label("Battery discharge time energy total")
    e_grid_time_today: f.Real = f.label("Grid time energy today")
    e_grid_time_total: f.Real = f.label("Grid time energy total")
    e_load_time_today: f.Real = f.label("Load time energy today")
    e_load_time_total: f.Real = f.label("Load time energy total")
    e_to_grid_time_today: f.Real = f.label("To grid time energy today")
    e_to_grid_time_total: f.Real = f.label("To grid time energy total")
    epv_time_today: f.Real = f.label("PV energy time today")
    epv_time_total: f.Real = f.label("PV energy time total")
    bms_show_status: f.Integer = f.label("BMS show status")
    run_status: f.Integer = f.label("Run status")
    sys_fault_word9: f.Integer = f.label("System fault word 9")
    ipv2: f.Amperes = f.label("PV input 2 current")
    ipva: f.Real = f.label("Ipva")
    ipvb: f.Real = f.label("Ipvb")
    ipvc: f.Real = f.label("Ipvc")
    ipvu: f.Real = f.label("Ipvu")
    ipvv: f.Real = f.label("Ipvv")
    ipvw: f.Real = f.label("Ipvw")
    ppv1: f.Watts = f.label("PV input 1 power")
    pvnir1: f.Real = f.label("Pvnir 1")
    pvpir1: f.Real = f.label("Pvpir 1")
    vpvun: f.Real = f.label("Vpvun")
    vpvvn: f.Real = f.label("Vpvvn")
    vpvwn: f.Real = f.label("Vpvwn")
    e_grid_today: f.Real = f.label("Grid energy today")
    e_grid_total: f.Real = f.label("Grid energy total")
    e_to_grid_today: f.KilowattHours = f.label("Energy to grid, today", wire="etoGridToday", alt="eToGridToday")
    e_to_grid_total: f.KilowattHours = f.label(
        "Energy to grid, lifetime", wire="etoGridTotal", alt=("etogridTotal", "eToGridTotal")
    )
    fac: f.Hertz = f.label("Grid frequency")
    pac: f.Watts = f.label("AC power")
    pac1: f.Watts = f.label("AC power of phase 1")
    pac2: f.Watts = f.label("AC power of phase 2")
    rac: f.Real = f.label("Reactive / apparent power")
    e_load_today: f.Real = f.label("Load energy today")
    e_load_total: f.Real = f.label("Load energy total")
    batcdct: f.Real = f.label("Batcdct")
    batldt: f.Real = f.label("Batldt")
    batnir: f.Real = f.label("Batnir")
    batpir: f.Real = f.label("Batpir")
    bmstc: f.Real = f.label("Bmstc")
    bmstv: f.Real = f.label("Bmstv")
    e_bat_charge_total: f.KilowattHours = f.label(
        "Battery charge energy total", wire="eBatChgTotal", alt="eBatChargeTotal"
    )
    e_bat_discharge_total: f.KilowattHours = f.label(
        "Battery discharge energy total", wire="eBatDisChargeTotal", alt="eBatDischargeTotal"
    )
    ibat: f.Amperes = f.label("Battery current")
    vbat: f.Volts = f.label("Battery voltage")
    scrtemp: f.Real = f.label("Scrtemp")
    cfdllc1: f.Real = f.label("Cfdllc 1")
    cfdllc2: f.Real = f.label("Cfdllc 2")
    effectiveness: f.Real = f.label("Effectiveness")
    gvpvuv: f.Real = f.label("Gvpvuv")
    gvpvvw: f.Real = f.label("Gvpvvw")
    gvpvwu: f.Real = f.label("Gvpvwu")
    hps_bean: Any = f.label("HPS bean")
    i_buck1: f.Real = f.label("Buck 1 current")
    i_buck2: f.Real = f.label("Buck 2 current")
    i_buck3: f.Real = f.label("Buck 3 current")
    i_buck4: f.Real = f.label("Buck 4 current")
    i_buck5: f.Real = f.label("Buck 5 current")
    iboard: f.Real = f.label("Iboard")
    inductor_curr: f.Real = f.label("Inductor current")
    insul_detec_nega: f.Real = f.label("Insul detec nega")
    insul_detec_posi: f.Real = f.label("Insul detec posi")
    invuv: f.Real = f.label("Invuv")
    invvw: f.Real = f.label("Invvw")
    invwu: f.Real = f.label("Invwu")


HpsEnergyHistoryData = parts.HistoryPage[HpsEnergyOverviewData]
HpsAlarms = f.DataReply[HpsAlarmsData]
HpsDetails = f.DeviceReply[HpsDetailData]
HpsEnergyHistory = f.DataReply[HpsEnergyHistoryData]
HpsEnergyOverview = f.DeviceReply[HpsEnergyOverviewData]


class Hps(Module[S]):
    """HPS commercial hybrid inverters."""

    device_type = DeviceType.HPS
    wire = "hps"

    details = shared.details(HpsDetails, every=10)
    energy = shared.latest(HpsEnergyOverview, every=10)
    energy_history = shared.history(HpsEnergyHistory, every=10, errors=shared.NO_DEVICE)
    energy_history_all = every_page(energy_history)
    alarms = shared.alarms(HpsAlarms, every=10)
