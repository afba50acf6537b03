"""PCS commercial storage inverters (v1 only)."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.calls import Module, S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import parts, shared
from bridge.growatt.paging import every_page


class PcsAlarm(parts.Alarm): ...


PcsAlarmsData = parts.AlarmPage[PcsAlarm]


class PcsDetailData(parts.DeviceIdentity, parts.CommercialRecord):
    energy_day_map: Any = f.label("Energy day map")
    last_update_time: f.JavaDate | None = f.label("Last update time")
    charge_month_text: f.Text = f.label("Charge month text")
    discharge_month_2: f.Real = f.label("Discharge month", wire="dischargeMonth")
    discharge_month_text: f.Text = f.label("Discharge month text")
    energy_day: f.KilowattHours = f.label("Energy day")
    energy_month: f.KilowattHours = f.label("Energy month")
    energy_month_text: f.Text = f.label("Energy month text")
    peak_clipping: f.Real = f.label("Peak clipping")
    peak_clipping_total: f.Real = f.label("Peak clipping total")


class PcsEnergyOverviewData(parts.CommercialReading, parts.CommercialGridReading):
    e_charge_time_total: f.Real = f.label("Charge time total")
    e_discharge_time_total: f.Real = f.label("Discharge time total")
    grid_time_today: f.Real = f.label("Grid time today")
    grid_time_total: f.Real = f.label("Grid time total")
    load_time_today: f.Real = f.label("Load time today")
    load_time_total: f.Real = f.label("Load time total")
    to_grid_time_today: f.Real = f.label("To grid time today")
    to_grid_time_total: f.Real = f.label("To grid time total")
    pv_energy: f.Real = f.label("PV energy")
    grid_today: f.Real = f.label("Grid today")
    grid_total: f.Real = f.label("Grid total")
    pac_to_battery: f.Watts = f.label("Power from AC into the battery")
    pac_to_grid: f.Watts = f.label("Power to grid")
    power_grid: f.Real = f.label("Power grid", wire="powerGird")
    to_grid_today: f.Real = f.label("To grid today")
    to_grid_total: f.Real = f.label("To grid total")
    to_power_grid: f.Real = f.label("To power grid", wire="toPowerGird")
    vac_frequency: f.Real = f.label("AC voltage frequency")
    vacu: f.Volts = f.label("Grid voltage of phase u")
    vacv: f.Volts = f.label("Grid voltage of phase v")
    vacw: f.Volts = f.label("Grid voltage of phase w")
    load_apparent_power: f.Real = f.label("Load apparent power")
    load_today: f.Real = f.label("Load today")
    load_total: f.Real = f.label("Load total")
    e_charge_total: f.KilowattHours = f.label("Charge energy total", wire="echargeTotal", alt="eChargeTotal")
    e_discharge_total: f.KilowattHours = f.label(
        "Discharge energy total", wire="edischargeTotal", alt="eDischargeTotal"
    )
    riso_batn: f.Real = f.label("Riso batn")
    riso_batp: f.Real = f.label("Riso batp")
    b_apparent_power: f.Real = f.label("B apparent power")
    b_reactive_power: f.Vars = f.label("Reactive power b")
    out_apparent_power: f.Real = f.label("Out apparent power")
    out_reactive_power: f.Real = f.label("Output reactive power")
    pcs_active_power: f.Real = f.label("PCS active power")
    bipv: f.Real = f.label("Bipv")
    bipvu: f.Real = f.label("Bipvu")
    bipvv: f.Real = f.label("Bipvv")
    bipvw: f.Real = f.label("Bipvw")
    bvpv: f.Real = f.label("Bvpv")
    bvpvuv: f.Real = f.label("Bvpvuv")
    bvpvvw: f.Real = f.label("Bvpvvw")
    bvpvwu: f.Real = f.label("Bvpvwu")
    electric_state: f.Integer = f.label("Electric state")
    gfdi1: f.Real = f.label("Gfdi 1")
    gfdi2: f.Real = f.label("Gfdi 2")
    i1a: f.Real = f.label("Current 1 a", wire="i1A")
    i1b: f.Real = f.label("Current 1 b", wire="i1B")
    i1c: f.Real = f.label("Current 1 c", wire="i1C")
    pcs_bean: Any = f.label("PCS bean")
    vacuv: f.Volts = f.label("Line-to-line grid voltage uv")
    vacvw: f.Volts = f.label("Line-to-line grid voltage vw")
    vacwu: f.Volts = f.label("Line-to-line grid voltage wu")


PcsEnergyHistoryData = parts.HistoryPage[PcsEnergyOverviewData]
PcsAlarms = f.DataReply[PcsAlarmsData]
PcsDetails = f.DeviceReply[PcsDetailData]
PcsEnergyHistory = f.DataReply[PcsEnergyHistoryData]
PcsEnergyOverview = f.DeviceReply[PcsEnergyOverviewData]


class Pcs(Module[S]):
    """PCS commercial storage inverters."""

    device_type = DeviceType.PCS
    wire = "pcs"

    details = shared.details(PcsDetails)
    energy = shared.latest(PcsEnergyOverview, every=300)
    energy_history = shared.history(PcsEnergyHistory, every=300, errors=shared.NO_DEVICE)
    energy_history_all = every_page(energy_history)
    alarms = shared.alarms(PcsAlarms, every=300)
