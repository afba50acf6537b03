"""SPH (`mix` on the wire): hybrid inverters with plans for charging and discharging, and SPA, their AC-coupled kin."""

from bridge.simulator.device import SHARES, V1, Family, Kind
from bridge.simulator.inverters import PARAMETERS, REGISTERS, SETTINGS, WRITES, Times, backup, planner, times
from bridge.simulator.parameters import PERCENT, Number, Parameter, choice, percent, switch
from bridge.simulator.physics import BATTERY_FIRST, LOAD_FIRST, SMART_OR_GRID_FIRST, coupled_flow, hybrid_flow
from bridge.simulator.wire import Json

CHARGE = times(
    3,
    "forcedChargeTimeStart{}",
    "forcedChargeTimeStop{}",
    "forcedChargeStopSwitch{}",
    BATTERY_FIRST,
    high="wchargeSOCLowLimit2",
)
DISCHARGE = times(
    3,
    "forcedDischargeTimeStart{}",
    "forcedDischargeTimeStop{}",
    "forcedDischargeStopSwitch{}",
    SMART_OR_GRID_FIRST,
    low="wdisChargeSOCLowLimit2",
)
KEEP = times(3, "loadFirstStartTime{}", "loadFirstStopTime{}", "loadFirstSwitch{}", LOAD_FIRST, low=100.0)
STATES = (("pv", 5, "PV Bat Online"), ("discharge", 6, "Bat Online"), ("charge", 6, "Bat Online"))


def settings(_: bool) -> Json:
    """The settings of a new device."""
    found = SETTINGS | {"wchargeSOCLowLimit2": 100.0, "wdisChargeSOCLowLimit2": 10.0}
    for each in (*CHARGE, *DISCHARGE, *KEEP):
        found |= each.settings()
    return found | {"loadFirstControl": 0, "singleExport": 0}


def _plan(head: Parameter, *several: Times) -> Parameter:
    return (*head, *(part for each in several for part in each.parts()))


CHARGING = (percent("chargePowerCommand"), percent("wchargeSOCLowLimit2"))
DISCHARGING = (percent("disChargePowerCommand"), percent("wdisChargeSOCLowLimit2"))

SPH = Family(
    type="sph",
    number=17,
    kind=(2, "storage"),
    plant_type=5,
    table="MIX",
    flow=hybrid_flow,
    plan=planner(*CHARGE, *DISCHARGE),
    kinds={"sph": Kind("SPH 5000TL BL-UP", 5000.0, 3501, battery_kwh=10.0, meter=True)},
    settings=settings,
    states=(*STATES, ("", 0, "Waiting")),
    normal=5,
    writes=WRITES,
    power="activeRate",
    vpp=True,
    v1=V1(
        prefix="mix",
        serial="mix_sn",
        many="mixs",
        intervals={"alarms": 10, "last": 10, "history": 300, "many": 10},
        read="readMixParam",
        write="mixSet",
        slots=18,
        parameters={
            **PARAMETERS,
            **backup("mix"),
            "mix_ac_discharge_time_period": _plan(DISCHARGING, *DISCHARGE),
            "mix_ac_charge_time_period": _plan((*CHARGING, switch("acChargeEnable")), *CHARGE),
            "backflow_setting": (switch("exportLimit"), Number(("exportLimitPowerRate",), PERCENT, default="0")),
            "mix_load_flast_value_multi": (percent("wdisChargeSOCLowLimit", "onGridDischargeStopSOC"),),
            "mix_load_first_control": (choice("loadFirstControl", 1),),
            "mix_single_export": (switch("singleExport"),),
        },
        registers=REGISTERS,
    ),
)
SPA = Family(
    type="spa",
    number=19,
    kind=(2, "storage"),
    plant_type=6,
    table="SPA",
    flow=coupled_flow,
    plan=planner(*CHARGE, *DISCHARGE, *KEEP),
    kinds={"spa": Kind("SPA 3000TL BL", 3000.0, 3701, battery_kwh=7.5, meter=True)},
    settings=settings,
    states=(*STATES[1:], ("", 9, "Bypass")),
    normal=5,
    writes=WRITES,
    power="activeRate",
    vpp=True,
    shares={**SHARES, "grid_charge": SHARES["charge"]},
    v1=V1(
        prefix="spa",
        serial="spa_sn",
        many="spas",
        intervals={"alarms": 10, "last": 10, "history": 10, "many": 10},
        read="readSpaParam",
        write="spaSet",
        slots=18,
        parameters={
            **PARAMETERS,
            **backup("spa"),
            "spa_load_flast": _plan((), *KEEP),
            "spa_ac_charge_time_period": _plan(CHARGING, *CHARGE),
            "spa_ac_discharge_time_period": _plan(DISCHARGING, *DISCHARGE),
        },
        registers=REGISTERS,
    ),
)
