"""Smart meters behind a datalogger (v1 only)."""

from datetime import date

from bridge.growatt import fields as f
from bridge.growatt.arguments import paging
from bridge.growatt.calls import Module, Plan, S, Spec, endpoint, fetch, meanings
from bridge.growatt.families import parts, shared
from bridge.growatt.paging import every_page, in_parts


class SmartMeterEnergyOverviewData(parts.MeterReading):
    device_sn: f.Text = f.label("Serial number")
    alias: f.Text = f.label("Name")
    com_address: f.Integer = f.label("Bus address used for communication")
    again: f.Flag = f.label("Sent again (late)")
    status_last_update_time: f.Text = f.label("Status last update time")
    time_text: f.Moment = f.label("Timestamp as text")
    with_time: f.Flag = f.label("Record carries its own timestamp")
    alarm_Code: f.Integer = f.label("Alarm code")  # noqa: N815
    comm_status: f.Integer = f.label("Communication status")
    mode_status: f.Integer = f.label("Mode status")
    run_status: f.Integer = f.label("Run status")
    soft_version: f.Integer = f.label("Soft version")
    grid_frequency: f.Hertz = f.label("Grid frequency")
    a_active_power: f.Watts = f.label("Active power a")
    a_power_factor: f.Real = f.label("Power factor a")
    a_reactive_power: f.Vars = f.label("Reactive power a")
    active_net_total_energy: f.KilowattHours = f.label("Active net total energy")
    active_power_l1: f.Watts = f.label("Active power L1")
    active_power_l2: f.Watts = f.label("Active power L2")
    active_power_l3: f.Watts = f.label("Active power L3")
    active_power_max_need: f.Real = f.label("Active power highest need")
    active_power_max_need_one: f.Real = f.label("Active power highest need one")
    active_power_need: f.Real = f.label("Active power need")
    active_power_need_one: f.Real = f.label("Active power need one")
    apparent_energy: f.KilovoltAmpereHours = f.label("Apparent energy")
    apparent_energy_max_need: f.Real = f.label("Apparent energy highest need")
    apparent_energy_need: f.Real = f.label("Apparent energy need")
    apparent_power_l1: f.VoltAmperes = f.label("Apparent power L1")
    apparent_power_l2: f.VoltAmperes = f.label("Apparent power L2")
    apparent_power_l3: f.VoltAmperes = f.label("Apparent power L3")
    b_active_power: f.Watts = f.label("Active power b")
    b_power_factor: f.Real = f.label("Power factor b")
    b_reactive_power: f.Vars = f.label("Reactive power b")
    c_active_power: f.Watts = f.label("Active power c")
    c_power_factor: f.Real = f.label("Power factor c")
    c_reactive_power: f.Vars = f.label("Reactive power c")
    combined_reactive_power1: f.Real = f.label("Combined reactive power 1")
    combined_reactive_power2: f.Real = f.label("Combined reactive power 2")
    ex_power_factor: f.Real = f.label("Ex power factor")
    instant_total_active_power: f.Watts = f.label("Instant total active power", wire="instantlyTotalActivePower")
    instant_total_apparent_power: f.VoltAmperes = f.label(
        "Instant total apparent power", wire="instantaneousTotalApparentPower"
    )
    instant_total_reactive_power: f.Vars = f.label("Instant total reactive power", wire="instantlyTotalReactivePower")
    month_energy: f.KilowattHours = f.label("Month energy")
    net_total_energy: f.Real = f.label("Net total energy")
    posi_active_net_total_energy: f.KilowattHours = f.label("Posi active net total energy")
    posi_active_power: f.KilowattHours = f.label("Posi active power")
    posi_reactive_net_total_energy: f.Real = f.label("Posi reactive net total energy")
    posi_reactive_power: f.Real = f.label("Posi reactive power")
    positive_active_today_energy: f.KilowattHours = f.label("Positive active today energy")
    positive_active_total_energy: f.KilowattHours = f.label("Positive active total energy")
    power_factor_l1: f.Real = f.label("Power factor 1")
    power_factor_l2: f.Real = f.label("Power factor 2")
    power_factor_l3: f.Real = f.label("Power factor 3")
    reactive_net_total_energy: f.Real = f.label("Reactive net total energy")
    reactive_power_l1: f.Vars = f.label("Reactive power 1")
    reactive_power_l2: f.Vars = f.label("Reactive power 2")
    reactive_power_l3: f.Vars = f.label("Reactive power 3")
    reverse_active_energy: f.Real = f.label("Reverse active energy")
    reverse_active_net_total_energy: f.Real = f.label(
        "Reverse active net total energy", wire="reverActiveNetTotalEnergy"
    )
    reverse_active_power: f.Real = f.label("Reverse active power", wire="reverActivePower")
    reverse_active_today_energy: f.Real = f.label("Reverse active today energy")
    reverse_active_total_energy: f.Real = f.label("Reverse active total energy")
    reverse_apparent_energy: f.Real = f.label("Reverse apparent energy", wire="reverApparentEnergy")
    reverse_instant_total_active_power: f.Real = f.label(
        "Reverse instant total active power", wire="reverseInstantlyTotalActivePower"
    )
    reverse_reactive_net_total_energy: f.Real = f.label(
        "Reverse reactive net total energy", wire="reverReactiveNetTotalEnergy"
    )
    reverse_reactive_power: f.Real = f.label("Reverse reactive power", wire="reverReactivePower")
    today_energy: f.KilowattHours = f.label("Energy today")
    total_active_energy_l1: f.KilowattHours = f.label("Total active energy L1")
    total_active_energy_l2: f.KilowattHours = f.label("Total active energy L2")
    total_active_energy_l3: f.KilowattHours = f.label("Total active energy L3")
    total_reactive_energy_l1: f.KilovarHours = f.label("Total reactive energy L1")
    total_reactive_energy_l2: f.KilovarHours = f.label("Total reactive energy L2")
    total_reactive_energy_l3: f.KilovarHours = f.label("Total reactive energy L3")
    a_current: f.Real = f.label("A current")
    a_voltage: f.Real = f.label("A voltage")
    current: f.Real = f.label("Current")
    current_active_demand: f.Real = f.label("Current active demand")
    current_harmonic_avg: f.Percent = f.label("Current harmonic average")
    current_ia: f.Amperes = f.label("Current of phase a")
    current_ib: f.Amperes = f.label("Current of phase b")
    current_ic: f.Amperes = f.label("Current of phase c")
    current_l1: f.Amperes = f.label("Current of L1")
    current_l2: f.Amperes = f.label("Current of L2")
    current_l3: f.Amperes = f.label("Current of L3")
    current_l1_max_need: f.Real = f.label("Current L1 highest need")
    current_l2_max_need: f.Real = f.label("Current L2 highest need")
    current_l3_max_need: f.Real = f.label("Current L3 highest need")
    current_l1_need: f.Real = f.label("Current L1 need")
    current_l2_need: f.Real = f.label("Current L2 need")
    current_l3_need: f.Real = f.label("Current L3 need")
    current_max_need: f.Real = f.label("Current highest need")
    current_need: f.Real = f.label("Current need")
    current_reactive_demand: f.Real = f.label("Current reactive demand")
    forward_active_max_need: f.Real = f.label("Forward active highest need")
    forward_active_need: f.Real = f.label("Forward active need")
    frequency: f.Hertz = f.label("Frequency")
    generic_meter: f.Integer = f.label("Generic meter")
    history_number: f.Integer = f.label("History number")
    l1_current_harmonic: f.Percent = f.label("L1 current harmonic")
    l2_current_harmonic: f.Percent = f.label("L2 current harmonic")
    l3_current_harmonic: f.Percent = f.label("L3 current harmonic")
    l1_voltage2: f.Real = f.label("L1 voltage 2")
    l2_voltage3: f.Real = f.label("L2 voltage 3")
    l3_voltage1: f.Real = f.label("L3 voltage 1")
    l1_voltage_harmonic: f.Percent = f.label("L1 voltage harmonic")
    l2_voltage_harmonic: f.Percent = f.label("L2 voltage harmonic")
    l3_voltage_harmonic: f.Percent = f.label("L3 voltage harmonic")
    l1_voltage_harmonic2: f.Percent = f.label("L1 voltage harmonic 2")
    l2_voltage_harmonic3: f.Percent = f.label("L2 voltage harmonic 3")
    l3_voltage_harmonic1: f.Percent = f.label("L3 voltage harmonic 1")
    line_voltage_harmonic_avg: f.Percent = f.label("Line voltage harmonic average")
    meter_dh: f.Real = f.label("Meter dh")
    meter_ms: f.Real = f.label("Meter ms")
    meter_ym: f.Real = f.label("Meter ym")
    reverse_active_max_need: f.Real = f.label("Reverse active highest need")
    reverse_active_need: f.Real = f.label("Reverse active need")
    soft_code: f.Integer = f.label("Soft code")
    thdi1: f.Percent = f.label("Thdi 1")
    thdi2: f.Percent = f.label("Thdi 2")
    thdi3: f.Percent = f.label("Thdi 3")
    thdv1: f.Percent = f.label("Thdv 1")
    thdv2: f.Percent = f.label("Thdv 2")
    thdv3: f.Percent = f.label("Thdv 3")
    voltage: f.Volts = f.label("Voltage")
    voltage_harmonic_avg: f.Percent = f.label("Voltage harmonic average")
    voltage_l1: f.Volts = f.label("Voltage L1")
    voltage_l2: f.Volts = f.label("Voltage L2")
    voltage_l3: f.Volts = f.label("Voltage L3")
    voltage_ua: f.Volts = f.label("Voltage Ua")
    voltage_uab: f.Volts = f.label("Voltage uab")
    voltage_ub: f.Volts = f.label("Voltage Ub")
    voltage_ubc: f.Volts = f.label("Voltage ubc")
    voltage_uc: f.Volts = f.label("Voltage Uc")
    voltage_uca: f.Volts = f.label("Voltage uca")
    zero_line_max_need: f.Real = f.label("Zero line highest need")
    zero_line_need: f.Real = f.label("Zero line need")


class SmartMeterEnergyHistoryData(f.Reading):
    datalogger_sn: f.Text = f.label("Datalogger serial number")
    count: f.Integer = f.label("Number of records")
    meter_data: list[SmartMeterEnergyOverviewData] | None = f.label("Meter data")


SmartMeterEnergyHistory = f.DataReply[SmartMeterEnergyHistoryData]
SmartMeterEnergyOverview = f.DeviceReply[SmartMeterEnergyOverviewData]


_WRONG = "datalogger serial wrong"
_LATEST = meanings("system error", _WRONG, "bus address missing", "datalogger unknown")
_HISTORY = {
    **meanings("system error", _WRONG, "start date wrong", "more than 7 days requested", "bus address missing"),
    10006: "datalogger unknown",
}


class SmartMeter(Module[S]):
    """Smart meters, found by datalogger and bus address."""

    @endpoint
    def energy(self, datalogger_sn: str, meter_address: int) -> Plan[SmartMeterEnergyOverview]:
        """The latest reading of a meter."""
        return fetch(
            shared.behind_datalogger(
                "device/ammeter/meter_last_data", _LATEST, datalogger_sn, "meter_address", meter_address
            ),
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
            shared.behind_datalogger(
                "device/ammeter/meter_data",
                _HISTORY,
                datalogger_sn,
                "meter_address",
                meter_address,
                start_date=a,
                end_date=b,
                **pages,
            )
            for a, b in shared.windows(start_date, end_date, self.today(), page)
        ]
        return in_parts(calls, Spec(model=SmartMeterEnergyHistory))

    energy_history_all = every_page(energy_history)
