"""PCS commercial storage inverters (v1 only)."""

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
from bridge.growatt.fields import Integer, JavaDate, KilowattHours, Real, Reply, Text, Vars, Volts, Watts, label
from bridge.growatt.paging import every_page


class PcsAlarm(Alarm):
    alarm_code: Integer = label("Alarm code")


class PcsAlarmsData(AlarmPage):
    device_sn: Text = label("Serial number", wire="pcs_sn")
    alarms: list[PcsAlarm] | None = label("Alarms")


class PcsDetailData(DeviceRecord, CommercialRecord):
    """Device data and settings (v1)."""

    plant_name: Text = label("Display name", wire="plantname")
    user_name: Text = label("Account name")
    energy_day_map: Any = label("Energy day map")
    last_update_time: JavaDate | None = label("Last update time")
    charge_month_text: Text = label("Charge month text")
    discharge_month_2: Real = label("Discharge month", wire="dischargeMonth")
    discharge_month_text: Text = label("Discharge month text")
    energy_day: KilowattHours = label("Energy day")
    energy_month: KilowattHours = label("Energy month")
    energy_month_text: Text = label("Energy month text")
    peak_clipping: Real = label("Peak clipping")
    peak_clipping_total: Real = label("Peak clipping total")


class PcsEnergyOverviewData(CommercialReading, CommercialGridReading):
    """Reading of one PCS device (v1)."""

    e_charge_time_total: Real = label("Charge time total")
    e_discharge_time_total: Real = label("Discharge time total")
    grid_time_today: Real = label("Grid time today")
    grid_time_total: Real = label("Grid time total")
    load_time_today: Real = label("Load time today")
    load_time_total: Real = label("Load time total")
    to_grid_time_today: Real = label("To grid time today")
    to_grid_time_total: Real = label("To grid time total")
    pv_energy: Real = label("PV energy")
    grid_today: Real = label("Grid today")
    grid_total: Real = label("Grid total")
    pac_to_battery: Watts = label("Power from AC into the battery")
    pac_to_grid: Watts = label("Power fed into the grid")
    power_grid: Real = label("Power grid", wire="powerGird")
    to_grid_today: Real = label("To grid today")
    to_grid_total: Real = label("To grid total")
    to_power_grid: Real = label("To power grid", wire="toPowerGird")
    vac_frequency: Real = label("AC voltage frequency")
    vacu: Volts = label("Grid voltage of phase u")
    vacv: Volts = label("Grid voltage of phase v")
    vacw: Volts = label("Grid voltage of phase w")
    load_apparent_power: Real = label("Load apparent power")
    load_today: Real = label("Load today")
    load_total: Real = label("Load total")
    e_charge_total: KilowattHours = label("Charge energy total")
    e_discharge_total: KilowattHours = label("Discharge energy total")
    riso_batn: Real = label("Riso batn")
    riso_batp: Real = label("Riso batp")
    b_apparent_power: Real = label("B apparent power")
    b_reactive_power: Vars = label("Reactive power b")
    out_apparent_power: Real = label("Out apparent power")
    out_reactive_power: Real = label("Output reactive power")
    pcs_active_power: Real = label("PCS active power")
    bipv: Real = label("Bipv")
    bipvu: Real = label("Bipvu")
    bipvv: Real = label("Bipvv")
    bipvw: Real = label("Bipvw")
    bvpv: Real = label("Bvpv")
    bvpvuv: Real = label("Bvpvuv")
    bvpvvw: Real = label("Bvpvvw")
    bvpvwu: Real = label("Bvpvwu")
    electric_state: Integer = label("Electric state")
    gfdi1: Real = label("Gfdi 1")
    gfdi2: Real = label("Gfdi 2")
    i1a: Real = label("Current 1 a", wire="i1A")
    i1b: Real = label("Current 1 b", wire="i1B")
    i1c: Real = label("Current 1 c", wire="i1C")
    pcs_bean: Any = label("PCS bean")
    vacuv: Volts = label("Line-to-line grid voltage uv")
    vacvw: Volts = label("Line-to-line grid voltage vw")
    vacwu: Volts = label("Line-to-line grid voltage wu")


class PcsEnergyHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="pcs_sn")
    datas: list[PcsEnergyOverviewData] | None = label("Rows")


class PcsAlarms(Reply):
    data: PcsAlarmsData | None = None


class PcsDetails(Reply):
    data: PcsDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class PcsEnergyHistory(Reply):
    data: PcsEnergyHistoryData | None = None


class PcsEnergyOverview(Reply):
    data: PcsEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number", wire="pcs_sn")


class Pcs(Module[S]):
    """PCS commercial storage inverters."""

    device_type = DeviceType.PCS

    details = about_device(PcsDetails, "device/pcs/pcs_data_info")
    energy = about_device(PcsEnergyOverview, "device/pcs/pcs_last_data", sn="pcs_sn", every=300, errors=NO_DEVICE)
    energy_history = history(PcsEnergyHistory, "device/pcs/pcs_data", sn="pcs_sn", every=300, errors=NO_DEVICE)
    energy_history_all = every_page(energy_history)
    alarms = alarms(PcsAlarms, "device/pcs/alarm_data", sn="pcs_sn", every=300, errors=BAD_DATE)
