"""String inverters (`inv`), single and three-phase."""

from bridge.simulator.device import V1, Family, Kind
from bridge.simulator.inverters import PARAMETERS, REGISTERS, SETTINGS, WRITES, planner
from bridge.simulator.parameters import Register, Time, Word, percent
from bridge.simulator.physics import hybrid_flow

VOLTS, HERTZ = ((185, 285),), ((40, 65),)

FAMILY = Family(
    type="inv",
    number=16,
    kind=(1, "inverter"),
    plant_type=1,
    table="INVERTER",
    flow=hybrid_flow,
    plan=planner(),
    kinds={"inv": Kind("TL3-S 10000", 10_000.0, 2600)},
    settings=lambda _: {**SETTINGS, "reactiveDirection": "over", "frequencyLowLimit": 47.5, "frequencyHighLimit": 51.5},
    states=(("pv", 1, "Normal"), ("", 0, "Waiting")),
    phases=3,
    writes=WRITES,
    power="activeRate",
    v1=V1(
        prefix="inverter",
        serial="device_sn",
        many="inverters",
        intervals={"alarms": 300, "details": 300, "last": 300, "history": 300, "many": 300},
        paths={
            "details": "inv_data_info",
            "last": "last_new_data",
            "many": "invs_data",
            "history": "data",
            "alarms": "alarm",
        },
        verb="GET",
        keys={"alarms": "sn", "history": "sn"},
        read="readInverterParam",
        write="inverterSet",
        parameter="paramId",
        slot="command_{}",
        slots=2,
        parameters={
            name: PARAMETERS[name]
            for name in (
                "pv_on_off",
                "pv_pf_cmd_memory_state",
                "pv_active_p_rate",
                "pv_power_factor",
                "pv_grid_voltage_high",
            )
        }
        | {
            "pv_reactive_p_rate": (
                percent("reactiveRate"),
                Word("reactiveDirection", {"over": "over", "under": "under"}, default="over"),
            ),
            "pf_sys_year": (Time(),),
        },
        registers={
            **REGISTERS,
            0: Register("onOff", REGISTERS[0].ranges, 257),
            19: Register("voltageLowLimit", VOLTS, 10),
            20: Register("voltageHighLimit", VOLTS, 10),
            21: Register("frequencyLowLimit", HERTZ, 100),
            22: Register("frequencyHighLimit", HERTZ, 100),
            30: Register("busAddress", ((1, 250),)),
        },
    ),
)
