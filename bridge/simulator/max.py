"""MAX: three-phase inverters for roofs of businesses."""

from bridge.simulator.device import V1, Family, Kind
from bridge.simulator.inverters import PARAMETERS, REGISTERS, SETTINGS, WRITES, planner
from bridge.simulator.parameters import SWITCH, Number, on_off, percent
from bridge.simulator.physics import hybrid_flow

FAMILY = Family(
    type="max",
    number=18,
    kind=(1, "inverter"),
    plant_type=4,
    table="MAX",
    flow=hybrid_flow,
    plan=planner(),
    kinds={"max": Kind("MAX 80KTL3 LV", 80_000.0, 5001)},
    settings=lambda _: dict(SETTINGS),
    states=(("pv", 1, "Normal"), ("", 0, "Waiting")),
    strings=6,
    phases=3,
    writes=WRITES,
    power="activeRate",
    v1=V1(
        prefix="max",
        serial="max_sn",
        many="maxs",
        intervals={"last": 300, "history": 300, "many": 300},
        read="readMaxParam",
        write="maxSet",
        slots=19,
        parameters={
            "max_cmd_on_off": (on_off(),),
            "pv_active_p_rate": (
                percent("activeRate"),
                Number(("pvPfCmdMemoryState",), SWITCH, int, default="0"),
            ),
            "pv_power_factor": PARAMETERS["pv_power_factor"],
        },
        registers=REGISTERS,
    ),
)
