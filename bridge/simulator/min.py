"""MIN (`tlx` on the wire): grid-tied inverters; the XH models take a battery, NEO is a micro inverter."""

from bridge.simulator.device import V1, Family, Kind
from bridge.simulator.inverters import PARAMETERS, REGISTERS, SETTINGS, WRITES, backup, planner, times
from bridge.simulator.parameters import PERCENT, ActivePower, Number, Time, choice, on_off, percent, switch
from bridge.simulator.physics import hybrid_flow
from bridge.simulator.wire import Json

TIMES = times(9, "forcedTimeStart{}", "forcedTimeStop{}", "forcedStopSwitch{}", "time{}Mode")


def settings(battery: bool) -> Json:
    """The settings of a new device, by the names of the settings call."""
    found = SETTINGS | {str(each.mode): 0 for each in TIMES}
    for each in TIMES:
        found |= each.settings()
    stops = ("wchargeSOCLowLimit", "wdisChargeSOCLowLimit", "onGridDischargeStopSOC")
    return found if battery else found | dict.fromkeys(stops, "")


FAMILY = Family(
    type="min",
    number=22,
    kind=(1, "inverter"),
    plant_type=7,
    table="CLOVE",
    flow=hybrid_flow,
    plan=planner(*TIMES),
    kinds={
        "min": Kind("NEO 800M-X", 800.0, 5203),
        "min-xh": Kind("MIN 5000TL-XH", 5000.0, 5300, battery_kwh=7.5, meter=True),
    },
    settings=settings,
    states=(("pv", 1, "Normal"), ("out", 1, "Normal"), ("", 0, "Waiting")),
    battery_volts=200.0,
    writes=WRITES,
    power="activeRate",
    vpp=True,
    v1=V1(
        prefix="tlx",
        serial="tlx_sn",
        many="tlxs",
        intervals={"alarms": 300, "details": 300, "last": 300, "history": 10, "many": 300},
        read="readMinParam",
        write="tlxSet",
        slots=19,
        parameters={
            name: PARAMETERS[name]
            for name in ("pv_reactive_p_rate", "pv_power_factor", "pv_grid_voltage_high", "pv_grid_voltage_low")
        }
        | backup("tlx")
        | {
            "tlx_on_off": (on_off(),),
            "pv_active_p_rate": (ActivePower(),),
            "pf_sys_year": (Time(),),
            "backflow_setting": (choice("exportLimit", 2), Number(("exportLimitPowerRate",), PERCENT, default="0")),
            "charge_power": (percent("chargePowerCommand"),),
            "charge_stop_soc": (percent("wchargeSOCLowLimit"),),
            "discharge_power": (percent("disChargePowerCommand"),),
            "discharge_stop_soc": (percent("wdisChargeSOCLowLimit"),),
            "on_grid_discharge_stop_soc": (percent("onGridDischargeStopSOC"),),
            "ac_charge": (switch("acChargeEnable"),),
            **{f"time_segment{n}": (choice(f"time{n}Mode", 2), *each.parts()) for n, each in enumerate(TIMES, 1)},
        },
        registers=REGISTERS,
    ),
)
