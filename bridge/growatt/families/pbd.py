"""PBD commercial DC converters (v1 only)."""

from typing import Any

from bridge.growatt.calls import Module, S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families.parts import (
    Alarm,
    AlarmPage,
    CommercialReading,
    CommercialRecord,
    DeviceRecord,
    HistoryPage,
)
from bridge.growatt.families.shared import BAD_DATE, NO_DEVICE, about_device, alarms, history
from bridge.growatt.fields import (
    Amperes,
    Flag,
    Integer,
    JavaDate,
    KilowattHours,
    Real,
    Reply,
    Text,
    Volts,
    Watts,
    label,
)
from bridge.growatt.paging import every_page


class PbdAlarm(Alarm):
    alarm_code: Text = label("Alarm code")


class PbdAlarmsData(AlarmPage):
    device_sn: Text = label("Serial number", wire="pbd_sn")
    alarms: list[PbdAlarm] | None = label("Alarms")


class PbdDetailData(DeviceRecord, CommercialRecord):
    """Device data and settings (v1)."""

    rs_addr: Real = label("Rs address")
    type: Integer = label("Type")
    grid_detection_time: Real = label("Grid detection time")
    last_update_time: JavaDate | None = label("Last update time")
    timezone: Real = label("UTC offset in hours")
    status_lang: Text = label("Status lang")
    i_pv_l_max: Real = label("PV l highest current")
    i_pv_max: Real = label("PV highest current")
    ipv: Amperes = label("PV input current")
    ipv1: Amperes = label("PV input 1 current")
    ipv2: Amperes = label("PV input 2 current")
    v_pv_max: Real = label("PV highest voltage")
    vpv: Volts = label("PV input voltage")
    vpv1: Volts = label("PV input 1 voltage")
    vpv2: Volts = label("PV input 2 voltage")
    bms_enable: Flag = label("BMS enabled")
    discharge_month_2: Real = label("Discharge month", wire="dischargeMonth")
    discharge_month_text: Text = label("Discharge month text")
    icharge: Watts = label("Battery charging power")
    soc_max: Real = label("State of charge highest")
    soc_min: Real = label("State of charge lowest")
    out_power_max: Real = label("Output power highest")
    power_start: Real = label("Power start")
    biout: Real = label("Biout")
    bvout: Real = label("Bvout")
    i_out_max: Real = label("Out highest current")
    i_out_min: Real = label("Out lowest current")
    on_off: Flag = label("On off")
    peak_clipping: Real = label("Peak clipping")
    peak_clipping_total: Real = label("Peak clipping total")
    restore: Real = label("Restore")
    riso_enable: Real = label("Riso enable")
    riso_min: Real = label("Riso lowest", wire="risomin")
    safety: Real = label("Safety")
    v_mppt_max: Real = label("MPPT highest voltage")
    v_mppt_min: Real = label("MPPT lowest voltage")
    v_out_max: Real = label("Out highest voltage")
    v_out_min: Real = label("Out lowest voltage")
    v_start: Real = label("Start voltage")


class PbdEnergyOverviewData(CommercialReading):
    """Reading of one PBD device (v1)."""

    id: Integer = label("Numeric record id")
    e_charge_time_total: Real = label("Charge time total")
    e_discharge_time_total: Real = label("Discharge time total")
    epv_time_today: Real = label("PV energy time today")
    epv_time_total: Real = label("PV energy time total")
    epv_today: KilowattHours = label("PV energy today")
    epv_total: KilowattHours = label("PV energy total")
    ipv: Amperes = label("PV input current")
    ipv1: Amperes = label("PV input 1 current")
    ipv2: Amperes = label("PV input 2 current")
    ipv3: Amperes = label("PV input 3 current")
    ipv4: Amperes = label("PV input 4 current")
    ipv5: Amperes = label("PV input 5 current")
    ppv1: Watts = label("PV input 1 power")
    ppv2: Watts = label("PV input 2 power")
    ppv3: Watts = label("PV input 3 power")
    ppv4: Watts = label("PV input 4 power")
    ppv5: Watts = label("PV input 5 power")
    riso_pv_n: Real = label("Riso PV N", wire="risoPVn")
    riso_pv_p: Real = label("Riso PV power", wire="risoPVp")
    vpv: Volts = label("PV input voltage")
    vpv1: Volts = label("PV input 1 voltage")
    vpv2: Volts = label("PV input 2 voltage")
    vpv3: Volts = label("PV input 3 voltage")
    vpv4: Volts = label("PV input 4 voltage")
    vpv5: Volts = label("PV input 5 voltage")
    e_charge_total: KilowattHours = label("Charge energy total")
    e_discharge_total: KilowattHours = label("Discharge energy total")
    pbd_bat_power: Watts = label("Battery power")
    riso_bat_n: Real = label("Riso battery N", wire="risoBatn")
    riso_bat_p: Real = label("Riso battery power", wire="risoBatp")
    tempout_buck_module: Real = label("Tempout buck module")
    temppv_buck_module: Real = label("Temppv buck module")
    vbat: Volts = label("Battery voltage")
    e_out_today: Real = label("Out energy today")
    e_out_total: Real = label("Out energy total")
    pbd_out_power: Real = label("PBD out power", wire="pbdOutPowe")
    temp: Real = label("Temp")
    tempout_buck_l: Real = label("Tempout buck l")
    temppv_buck_l: Real = label("Temppv buck l")
    biout: Real = label("Biout")
    biout_buck1: Real = label("Biout buck 1", wire="biOutBuck1")
    biout_buck2: Real = label("Biout buck 2", wire="biOutBuck2")
    bipv_buck1: Real = label("Bipv buck 1")
    bipv_buck2: Real = label("Bipv buck 2")
    bipv_buck3: Real = label("Bipv buck 3")
    bipv_buck4: Real = label("Bipv buck 4")
    bipv_buck5: Real = label("Bipv buck 5")
    bvout: Real = label("Bvout")
    electric_state: Integer = label("Electric state")
    pbd_bean: Any = label("PBD bean")
    riso_bus_n: Real = label("Riso bus N", wire="risoBusn")
    riso_bus_p: Real = label("Riso bus power", wire="risoBusp")


class PbdEnergyHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="pbd_sn")
    datas: list[PbdEnergyOverviewData] | None = label("Rows")


class PbdAlarms(Reply):
    data: PbdAlarmsData | None = None


class PbdDetails(Reply):
    data: PbdDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class PbdEnergyHistory(Reply):
    data: PbdEnergyHistoryData | None = None


class PbdEnergyOverview(Reply):
    data: PbdEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number", wire="pbd_sn")


class Pbd(Module[S]):
    """PBD commercial DC converters."""

    device_type = DeviceType.PBD

    details = about_device(PbdDetails, "device/pbd/pbd_data_info", every=10, errors={10001: "system error"})
    energy = about_device(PbdEnergyOverview, "device/pbd/pbd_last_data", sn="pbd_sn", every=300, errors=NO_DEVICE)
    energy_history = history(PbdEnergyHistory, "device/pbd/pbd_data", sn="pbd_sn", every=300, errors=NO_DEVICE)
    energy_history_all = every_page(energy_history)
    alarms = alarms(PbdAlarms, "device/pbd/alarm_data", sn="pbd_sn", every=300, errors=BAD_DATE)
