"""PBD commercial DC converters (v1 only)."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.calls import Module, S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import parts, shared
from bridge.growatt.paging import every_page


class PbdAlarm(parts.BitAlarm): ...


PbdAlarmsData = parts.AlarmPage[PbdAlarm]


class PbdDetailData(parts.AccountPlace, parts.CommercialRecord):
    alias: f.Text = f.label("Name")
    group_id: f.Integer = f.label("Group id", wire="groupID", alt="groupId")
    model: f.Integer = f.label("Model")
    model_text: f.Text = f.label("Model text")
    rs_addr: f.Real = f.label("Rs address")
    serial_num: f.Text = f.label("Serial number")
    type: f.Integer = f.label("Type")
    grid_detection_time: f.Real = f.label("Grid detection time")
    last_update_time: f.JavaDate | None = f.label("Last update time")
    timezone: f.Real = f.label("UTC offset in hours")
    status_lang: f.Text = f.label("Status lang")
    status_text: f.Text = f.label("Status text")
    fw_version: f.Text = f.label("Firmware version")
    i_pv_l_max: f.Real = f.label("PV l highest current")
    i_pv_max: f.Real = f.label("PV highest current")
    ipv: f.Amperes = f.label("PV input current")
    ipv1: f.Amperes = f.label("PV input 1 current")
    ipv2: f.Amperes = f.label("PV input 2 current")
    v_pv_max: f.Real = f.label("PV highest voltage")
    vpv: f.Volts = f.label("PV input voltage")
    vpv1: f.Volts = f.label("PV input 1 voltage")
    vpv2: f.Volts = f.label("PV input 2 voltage")
    bms_enable: f.Flag = f.label("BMS enabled")
    discharge_month_2: f.Real = f.label("Discharge month", wire="dischargeMonth")
    discharge_month_text: f.Text = f.label("Discharge month text")
    icharge: f.Real = f.label("Battery charging power")
    soc_max: f.Real = f.label("State of charge highest")
    soc_min: f.Real = f.label("State of charge lowest")
    out_power_max: f.Real = f.label("Output power highest")
    power_start: f.Real = f.label("Power start")
    biout: f.Real = f.label("Biout")
    bvout: f.Real = f.label("Bvout")
    i_out_max: f.Real = f.label("Out highest current")
    i_out_min: f.Real = f.label("Out lowest current")
    on_off: f.Flag = f.label("On off")
    peak_clipping: f.Real = f.label("Peak clipping")
    peak_clipping_total: f.Real = f.label("Peak clipping total")
    restore: f.Real = f.label("Restore")
    riso_enable: f.Real = f.label("Riso enable")
    riso_min: f.Real = f.label("Riso lowest", wire="risomin")
    safety: f.Real = f.label("Safety")
    updating: f.Flag = f.label("Updating")
    v_mppt_max: f.Real = f.label("MPPT highest voltage")
    v_mppt_min: f.Real = f.label("MPPT lowest voltage")
    v_out_max: f.Real = f.label("Out highest voltage")
    v_out_min: f.Real = f.label("Out lowest voltage")
    v_start: f.Real = f.label("Start voltage")


class PbdEnergyOverviewData(parts.CommercialReading, parts.ThreeInputs, parts.CommercialInputs):
    id: f.Integer = f.label("Numeric record id")
    e_charge_time_total: f.Real = f.label("Charge time total")
    e_discharge_time_total: f.Real = f.label("Discharge time total")
    epv_time_today: f.Real = f.label("PV energy time today")
    epv_time_total: f.Real = f.label("PV energy time total")
    ipv4: f.Amperes = f.label("PV input 4 current")
    ipv5: f.Amperes = f.label("PV input 5 current")
    ppv1: f.Watts = f.label("PV input 1 power")
    ppv4: f.Watts = f.label("PV input 4 power")
    ppv5: f.Watts = f.label("PV input 5 power")
    riso_pv_n: f.Real = f.label("Insulation resistance of PV -", wire="risoPVn")
    riso_pv_p: f.Real = f.label("Insulation resistance of PV +", wire="risoPVp")
    vpv1: f.Volts = f.label("PV input 1 voltage")
    vpv4: f.Volts = f.label("PV input 4 voltage")
    vpv5: f.Volts = f.label("PV input 5 voltage")
    e_charge_total: f.KilowattHours = f.label("Charge energy total", wire="echargeTotal", alt="eChargeTotal")
    e_discharge_total: f.KilowattHours = f.label(
        "Discharge energy total", wire="edischargeTotal", alt="eDischargeTotal"
    )
    pbd_bat_power: f.Watts = f.label("Battery power")
    riso_bat_n: f.Real = f.label("Insulation resistance of battery -", wire="risoBatn")
    riso_bat_p: f.Real = f.label("Insulation resistance of battery +", wire="risoBatp")
    tempout_buck_module: f.Real = f.label("Tempout buck module")
    temppv_buck_module: f.Real = f.label("Temppv buck module")
    vbat: f.Volts = f.label("Battery voltage")
    e_out_today: f.Real = f.label("Out energy today")
    e_out_total: f.Real = f.label("Out energy total")
    pbd_out_power: f.Real = f.label("PBD out power", wire="pbdOutPowe")
    temp: f.Real = f.label("Temp")
    tempout_buck_l: f.Real = f.label("Tempout buck l")
    temppv_buck_l: f.Real = f.label("Temppv buck l")
    biout: f.Real = f.label("Biout")
    biout_buck1: f.Real = f.label("Biout buck 1", wire="biOutBuck1")
    biout_buck2: f.Real = f.label("Biout buck 2", wire="biOutBuck2")
    bipv_buck1: f.Real = f.label("Bipv buck 1")
    bipv_buck2: f.Real = f.label("Bipv buck 2")
    bipv_buck3: f.Real = f.label("Bipv buck 3")
    bipv_buck4: f.Real = f.label("Bipv buck 4")
    bipv_buck5: f.Real = f.label("Bipv buck 5")
    bvout: f.Real = f.label("Bvout")
    electric_state: f.Integer = f.label("Electric state")
    pbd_bean: Any = f.label("PBD bean")
    riso_bus_n: f.Real = f.label("Insulation resistance of bus -", wire="risoBusn")
    riso_bus_p: f.Real = f.label("Insulation resistance of bus +", wire="risoBusp")


PbdEnergyHistoryData = parts.HistoryPage[PbdEnergyOverviewData]
PbdAlarms = f.DataReply[PbdAlarmsData]
PbdDetails = f.DeviceReply[PbdDetailData]
PbdEnergyHistory = f.DataReply[PbdEnergyHistoryData]
PbdEnergyOverview = f.DeviceReply[PbdEnergyOverviewData]


class Pbd(Module[S]):
    """PBD commercial DC converters."""

    device_type = DeviceType.PBD
    wire = "pbd"

    details = shared.details(PbdDetails, every=10)
    energy = shared.latest(PbdEnergyOverview, every=300)
    energy_history = shared.history(PbdEnergyHistory, every=300, errors=shared.NO_DEVICE)
    energy_history_all = every_page(energy_history)
    alarms = shared.alarms(PbdAlarms, every=300)
