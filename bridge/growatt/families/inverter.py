"""String inverters (device type inv)."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.calls import Module, Plan, S, Spec, template
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import codes, parts, shared
from bridge.growatt.families.shared import Slot
from bridge.growatt.paging import every_page


class InverterRecord(parts.PeakRecord):
    """Data of a string inverter."""

    big_device: f.Flag = f.label("Big device")
    id: f.Integer = f.label("Numeric record id")
    record: f.Text = f.label("Record")
    user_id: f.Integer = f.label("Account id", wire="userID", alt="userId")
    create_date: f.Moment = f.label("Create date")
    energy_day_map: dict[str, Any] | None = f.label("Energy day map")
    update_exist: f.Flag = f.label("Update exist")
    inverter_info_status_css: f.Text = f.label("Inverter info status CSS")
    status: f.Integer = f.label("Status", codes=codes.INVERTER_STATUS)
    communication_version: f.Text = f.label("Communication version", wire="comVersion", alt="communicationVersion")
    inner_version: f.Text = f.label("Inner version")
    load_text: f.Text = f.label("Load text")
    e_today: f.KilowattHours = f.label("Energy today", wire="etoday", alt="eToday")
    e_total: f.KilowattHours = f.label("Lifetime energy", wire="etotal", alt="eTotal")
    energy_day: f.KilowattHours = f.label("Energy day")
    nominal_power: f.Watts = f.label("Nominal power", wire="norminalPower", alt="nominalPower")
    power: f.Watts = f.label("Power right now")
    ipm_temperature: f.Celsius = f.label("Power module temperature")
    temperature: f.Celsius = f.label("Temperature")
    inv_set_bean: Any = f.label("Inverter set bean")
    optimizer_list: Any = f.label("Optimizer list", wire="optimezerList")
    rf_stick: f.Text = f.label("RF stick")


class InverterAlarm(parts.Alarm):
    status: f.Integer = f.label("Status", codes=codes.INVERTER_STATUS)


InverterAlarmsData = parts.AlarmPage[InverterAlarm]


class InverterDetailData(parts.DeviceIdentity, InverterRecord):
    last_update_time: f.JavaDate | None = f.label("Last update time")


class InverterDetailDataV4(parts.DeviceIdentity, InverterRecord):
    last_update_time: f.Moment = f.label("Last update time")


InverterDetailsDataV4 = parts.Devices[InverterDetailDataV4]


class InverterEnergyDataV4(parts.InverterReading, parts.TwoInputReading, parts.LowerStrings, parts.OutputReading):
    device_sn: f.Text = f.label("Serial number", wire="inverterId")
    big_device: f.Flag = f.label("Big device")
    time_calendar: f.Moment = f.label("Time calendar")
    time_total_text: f.Text = f.label("Time total text")
    status: f.Integer = f.label("Status", codes=codes.INVERTER_STATUS)
    inverter_bean: Any = f.label("Inverter bean")


class InverterEnergyHistoryDataItem(parts.UpperStrings):
    status: f.Integer = f.label("Status", codes=codes.INVERTER_STATUS)
    iac1: f.Amperes = f.label("Grid current of phase 1")
    iac2: f.Amperes = f.label("Grid current of phase 2")
    iac3: f.Amperes = f.label("Grid current of phase 3")
    vac1: f.Volts = f.label("AC voltage, phase 1")
    vac2: f.Volts = f.label("AC voltage, phase 2")
    vac3: f.Volts = f.label("AC voltage, phase 3")
    power: f.Watts = f.label("Power right now")
    power_factor: f.Real = f.label("Power factor")
    today_energy: f.KilowattHours = f.label("Energy today")
    total_energy: f.KilowattHours = f.label("Lifetime energy", wire="totalEneny", alt="totalEnergy")
    temperature: f.Celsius = f.label("Temperature")


InverterEnergyHistoryData = parts.HistoryPage[InverterEnergyHistoryDataItem]
InverterEnergyHistoryDataV4 = parts.DayHistory[InverterEnergyDataV4]


class InverterEnergyOverviewData(parts.StringInverterReading, parts.InverterReading, parts.InverterFaults):
    device_sn: f.Text = f.label("Serial number", wire="inverterId")
    big_device: f.Flag = f.label("Big device")
    time_calendar: f.JavaCalendar | None = f.label("Time calendar")
    time_total_text: f.Text = f.label("Time total text")
    status: f.Integer = f.label("Status", codes=codes.INVERTER_STATUS)
    str_unblance: f.Real = f.label("String unblance")
    compharir: f.Real = f.label("Compharir")
    compharis: f.Real = f.label("Compharis")
    compharit: f.Real = f.label("Compharit")
    compqr: f.Vars = f.label("Compensated reactive power, phase R/L1")
    compqs: f.Vars = f.label("Compensated reactive power, phase S/L2")
    compqt: f.Vars = f.label("Compensated reactive power, phase T/L3")
    ctharir: f.Real = f.label("Ctharir")
    ctharis: f.Real = f.label("Ctharis")
    ctharit: f.Real = f.label("Ctharit")
    ctir: f.Amperes = f.label("CT side current of phase R/L1")
    ctis: f.Amperes = f.label("CT side current of phase S/L2")
    ctit: f.Amperes = f.label("CT side current of phase T/L3")
    ctqr: f.Vars = f.label("CT side reactive power of phase R/L1")
    ctqs: f.Vars = f.label("CT side reactive power of phase S/L2")
    ctqt: f.Vars = f.label("CT side reactive power of phase T/L3")


InverterEnergyOverviewDataV4 = parts.Devices[InverterEnergyDataV4]
InverterEnergyOverviewMultipleItem = parts.BatchItem[InverterEnergyOverviewData]
InverterAlarms = f.DataReply[InverterAlarmsData]
InverterDetails = f.DeviceReply[InverterDetailData]
InverterDetailsV4 = f.DataReply[InverterDetailsDataV4]
InverterEnergyHistory = f.DataReply[InverterEnergyHistoryData]
InverterEnergyHistoryMultipleV4 = f.DataReply[dict[str, list[InverterEnergyDataV4]]]
InverterEnergyHistoryV4 = f.DataReply[InverterEnergyHistoryDataV4]
InverterEnergyOverview = f.DeviceReply[InverterEnergyOverviewData]
InverterEnergyOverviewMultiple = parts.BatchReply[InverterEnergyOverviewMultipleItem]
InverterEnergyV4 = f.DataReply[InverterEnergyOverviewDataV4]
InverterSettingRead = f.DataReply[str]
InverterSettingWrite = f.Reply


# fmt: off
@template
def _setting_write(
    module: Module[Any], spec: Spec, parameter_id: str, parameter_value_1: Slot,
    parameter_value_2: Slot = None,
    device_sn: str | None = None,
) -> Plan[Any]:
    # fmt: on
    """Write a setting (v1), a value a slot; known ids and ranges: `bridge.growatt.settings`."""
    return shared.write_setting(module, spec, device_sn, parameter_id, shared.slots(locals()))


class Inverter(shared.V4Family[S], shared.PowerLimitRead[S], shared.PercentLimit[S]):
    """String inverters."""

    device_type = DeviceType.INVERTER
    wire = "inverter"

    details_v4 = shared.details_v4(InverterDetailsV4)
    energy_v4 = shared.last_data(InverterEnergyV4)
    energy_history_v4 = shared.day_history(InverterEnergyHistoryV4)
    energy_history_multiple_v4 = shared.day_history_multiple(InverterEnergyHistoryMultipleV4)

    details = shared.details(InverterDetails, "device/inverter/inv_data_info", every=300)
    energy = shared.latest(InverterEnergyOverview, "device/inverter/last_new_data", sn="device_sn", every=300)
    energy_multiple = shared.latest_multiple(InverterEnergyOverviewMultiple, "device/inverter/invs_data", every=300)
    energy_history = shared.history(InverterEnergyHistory, "device/inverter/data", sn="device_sn", every=300)
    energy_history_all = every_page(energy_history)
    alarms = shared.alarms(InverterAlarms, "device/inverter/alarm", sn="device_sn", every=300)
    setting_read = shared.setting_read(InverterSettingRead, "readInverterParam")
    setting_write = _setting_write(InverterSettingWrite, "inverterSet", sn="device_sn")
