"""Smart meters behind a datalogger (v1 only)."""

from datetime import date

from bridge.growatt.arguments import paging
from bridge.growatt.calls import Module, Plan, S, Spec, endpoint, fetch
from bridge.growatt.families.parts import MeterReading
from bridge.growatt.families.shared import behind_datalogger, in_parts, windows
from bridge.growatt.fields import (
    Amperes,
    Flag,
    Hertz,
    Integer,
    KilovarHours,
    KilovoltAmpereHours,
    KilowattHours,
    Moment,
    Percent,
    Reading,
    Real,
    Reply,
    Text,
    Vars,
    VoltAmperes,
    Volts,
    Watts,
    label,
)
from bridge.growatt.paging import every_page


class SmartMeterData(Reading):
    address: Integer = label("Device address on the datalogger bus")
    datalogger_sn: Text = label("Datalogger serial number", wire="datalog_sn")
    device_name: Text = label("Device name")
    device_type: Text = label("Device type")
    last_update_time: Moment = label("Last update time")
    lost: Flag = label("Connection lost")


class SmartMeterEnergyOverviewData(MeterReading):
    """Reading of one device (v1)."""

    device_sn: Text = label("Serial number")
    alias: Text = label("Name")
    com_address: Integer = label("Bus address used for communication")
    again: Flag = label("Again")
    status_last_update_time: Text = label("Status last update time")
    time_text: Moment = label("Timestamp as text")
    with_time: Flag = label("Record carries its own timestamp")
    alarm_Code: Integer = label("Alarm code")  # noqa: N815
    comm_status: Integer = label("Communication status")
    mode_status: Integer = label("Mode status")
    run_status: Integer = label("Run status")
    soft_version: Integer = label("Soft version")
    grid_frequency: Hertz = label("Grid frequency")
    a_active_power: Watts = label("Active power a")
    a_power_factor: Real = label("Power factor a")
    a_reactive_power: Vars = label("Reactive power a")
    active_net_total_energy: KilowattHours = label("Active net total energy")
    active_power_l1: Watts = label("Active power L1")
    active_power_l2: Watts = label("Active power L2")
    active_power_l3: Watts = label("Active power L3")
    active_power_max_need: Real = label("Active power highest need")
    active_power_max_need_one: Real = label("Active power highest need one")
    active_power_need: Real = label("Active power need")
    active_power_need_one: Real = label("Active power need one")
    apparent_energy: KilovoltAmpereHours = label("Apparent energy")
    apparent_energy_max_need: Real = label("Apparent energy highest need")
    apparent_energy_need: Real = label("Apparent energy need")
    apparent_power_l1: VoltAmperes = label("Apparent power L1")
    apparent_power_l2: VoltAmperes = label("Apparent power L2")
    apparent_power_l3: VoltAmperes = label("Apparent power L3")
    b_active_power: Watts = label("Active power b")
    b_power_factor: Real = label("Power factor b")
    b_reactive_power: Vars = label("Reactive power b")
    c_active_power: Watts = label("Active power c")
    c_power_factor: Real = label("Power factor c")
    c_reactive_power: Vars = label("Reactive power c")
    combined_reactive_power1: Real = label("Combined reactive power 1")
    combined_reactive_power2: Real = label("Combined reactive power 2")
    ex_power_factor: Real = label("Ex power factor")
    instant_total_active_power: Watts = label("Instant total active power", wire="instantlyTotalActivePower")
    instant_total_apparent_power: VoltAmperes = label(
        "Instant total apparent power", wire="instantaneousTotalApparentPower"
    )
    instant_total_reactive_power: Vars = label("Instant total reactive power", wire="instantlyTotalReactivePower")
    month_energy: KilowattHours = label("Month energy")
    net_total_energy: Real = label("Net total energy")
    posi_active_net_total_energy: KilowattHours = label("Posi active net total energy")
    posi_active_power: KilowattHours = label("Posi active power")
    posi_reactive_net_total_energy: Real = label("Posi reactive net total energy")
    posi_reactive_power: Real = label("Posi reactive power")
    positive_active_today_energy: KilowattHours = label("Positive active today energy")
    positive_active_total_energy: KilowattHours = label("Positive active total energy")
    power_factor_l1: Real = label("Power factor 1")
    power_factor_l2: Real = label("Power factor 2")
    power_factor_l3: Real = label("Power factor 3")
    reactive_net_total_energy: Real = label("Reactive net total energy")
    reactive_power_l1: Vars = label("Reactive power 1")
    reactive_power_l2: Vars = label("Reactive power 2")
    reactive_power_l3: Vars = label("Reactive power 3")
    reverse_active_energy: Real = label("Reverse active energy")
    reverse_active_net_total_energy: Real = label("Reverse active net total energy", wire="reverActiveNetTotalEnergy")
    reverse_active_power: Real = label("Reverse active power", wire="reverActivePower")
    reverse_active_today_energy: Real = label("Reverse active today energy")
    reverse_active_total_energy: Real = label("Reverse active total energy")
    reverse_apparent_energy: Real = label("Reverse apparent energy", wire="reverApparentEnergy")
    reverse_instant_total_active_power: Real = label(
        "Reverse instant total active power", wire="reverseInstantlyTotalActivePower"
    )
    reverse_reactive_net_total_energy: Real = label(
        "Reverse reactive net total energy", wire="reverReactiveNetTotalEnergy"
    )
    reverse_reactive_power: Real = label("Reverse reactive power", wire="reverReactivePower")
    today_energy: KilowattHours = label("Energy today")
    total_active_energy_l1: KilowattHours = label("Total active energy L1")
    total_active_energy_l2: KilowattHours = label("Total active energy L2")
    total_active_energy_l3: KilowattHours = label("Total active energy L3")
    total_reactive_energy_l1: KilovarHours = label("Total reactive energy L1")
    total_reactive_energy_l2: KilovarHours = label("Total reactive energy L2")
    total_reactive_energy_l3: KilovarHours = label("Total reactive energy L3")
    a_current: Real = label("A current")
    a_voltage: Real = label("A voltage")
    current: Real = label("Current")
    current_active_demand: Real = label("Current active demand")
    current_harmonic_avg: Percent = label("Current harmonic average")
    current_ia: Amperes = label("Current of phase a")
    current_ib: Amperes = label("Current of phase b")
    current_ic: Amperes = label("Current of phase c")
    current_l1: Amperes = label("Current of L1")
    current_l2: Amperes = label("Current of L2")
    current_l3: Amperes = label("Current of L3")
    current_l1_max_need: Real = label("Current L1 highest need")
    current_l2_max_need: Real = label("Current L2 highest need")
    current_l3_max_need: Real = label("Current L3 highest need")
    current_l1_need: Real = label("Current L1 need")
    current_l2_need: Real = label("Current L2 need")
    current_l3_need: Real = label("Current L3 need")
    current_max_need: Real = label("Current highest need")
    current_need: Real = label("Current need")
    current_reactive_demand: Real = label("Current reactive demand")
    forward_active_max_need: Real = label("Forward active highest need")
    forward_active_need: Real = label("Forward active need")
    frequency: Hertz = label("Frequency")
    generic_meter: Integer = label("Generic meter")
    history_number: Integer = label("History number")
    l1_current_harmonic: Percent = label("L1 current harmonic")
    l2_current_harmonic: Percent = label("L2 current harmonic")
    l3_current_harmonic: Percent = label("L3 current harmonic")
    l1_voltage2: Real = label("L1 voltage 2")
    l2_voltage3: Real = label("L2 voltage 3")
    l3_voltage1: Real = label("L3 voltage 1")
    l1_voltage_harmonic: Percent = label("L1 voltage harmonic")
    l2_voltage_harmonic: Percent = label("L2 voltage harmonic")
    l3_voltage_harmonic: Percent = label("L3 voltage harmonic")
    l1_voltage_harmonic2: Percent = label("L1 voltage harmonic 2")
    l2_voltage_harmonic3: Percent = label("L2 voltage harmonic 3")
    l3_voltage_harmonic1: Percent = label("L3 voltage harmonic 1")
    line_voltage_harmonic_avg: Percent = label("Line voltage harmonic average")
    meter_dh: Real = label("Meter dh")
    meter_ms: Real = label("Meter ms")
    meter_ym: Real = label("Meter ym")
    reverse_active_max_need: Real = label("Reverse active highest need")
    reverse_active_need: Real = label("Reverse active need")
    soft_code: Integer = label("Soft code")
    thdi1: Percent = label("Thdi 1")
    thdi2: Percent = label("Thdi 2")
    thdi3: Percent = label("Thdi 3")
    thdv1: Percent = label("Thdv 1")
    thdv2: Percent = label("Thdv 2")
    thdv3: Percent = label("Thdv 3")
    voltage: Volts = label("Voltage")
    voltage_harmonic_avg: Percent = label("Voltage harmonic average")
    voltage_l1: Volts = label("Voltage L1")
    voltage_l2: Volts = label("Voltage L2")
    voltage_l3: Volts = label("Voltage L3")
    voltage_ua: Volts = label("Voltage Ua")
    voltage_uab: Volts = label("Voltage Uab")
    voltage_ub: Volts = label("Voltage Ub")
    voltage_ubc: Volts = label("Voltage Ubc")
    voltage_uc: Volts = label("Voltage Uc")
    voltage_uca: Volts = label("Voltage Uca")
    zero_line_max_need: Real = label("Zero line highest need")
    zero_line_need: Real = label("Zero line need")


class SmartMeterEnergyHistoryData(Reading):
    datalogger_sn: Text = label("Datalogger serial number")
    count: Integer = label("Number of records")
    meter_data: list[SmartMeterEnergyOverviewData] | None = label("Meter data")


class SmartMeterListData(Reading):
    datalogger_sn: Text = label("Datalogger serial number")
    count: Integer = label("Number of records")
    meters: list[SmartMeterData] | None = label("Meters")


class SmartMeterEnergyHistory(Reply):
    data: SmartMeterEnergyHistoryData | None = None


class SmartMeterEnergyOverview(Reply):
    data: SmartMeterEnergyOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")


class SmartMeterList(Reply):
    data: SmartMeterListData | None = None


_LATEST = {
    10001: "system error",
    10002: "datalogger serial wrong",
    10003: "bus address missing",
    10004: "datalogger unknown",
}
_HISTORY = {
    10001: "system error",
    10002: "datalogger serial wrong",
    10003: "start date wrong",
    10004: "more than 7 days requested",
    10005: "bus address missing",
    10006: "datalogger unknown",
}


class SmartMeter(Module[S]):
    """Smart meters, found by datalogger and bus address."""

    @endpoint
    def energy(self, datalogger_sn: str, meter_address: int) -> Plan[SmartMeterEnergyOverview]:
        """The latest reading of a meter."""
        return fetch(
            behind_datalogger("device/ammeter/meter_last_data", _LATEST, datalogger_sn, "meter_address", meter_address),
            SmartMeterEnergyOverview,
        )

    @endpoint
    def energy_history(
        self,
        datalogger_sn: str,
        meter_address: int,
        start_date: date | None = None,
        end_date: date | None = None,
        page: int | None = None,
        limit: int | None = None,
    ) -> Plan[SmartMeterEnergyHistory]:
        """Readings of a span of days; default today. At most 95 days; more than 7 are asked for in several calls."""
        pages = paging(page, limit)
        calls = [
            behind_datalogger(
                "device/ammeter/meter_data",
                _HISTORY,
                datalogger_sn,
                "meter_address",
                meter_address,
                start_date=a,
                end_date=b,
                **pages,
            )
            for a, b in windows(start_date, end_date, page)
        ]
        return in_parts(calls, Spec(model=SmartMeterEnergyHistory))

    energy_history_all = every_page(energy_history)
