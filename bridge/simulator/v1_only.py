"""Families that only v1 calls know and that take no settings: PCS, HPS and PBD of battery plants, and GroBoost."""

from collections.abc import Callable, Mapping

from bridge.simulator.device import V1, Family, Kind
from bridge.simulator.inverters import SETTINGS, planner
from bridge.simulator.physics import Flow, Moment, Plan, Spec, heater_flow, hybrid_flow

STATES = (("pv", 1, "OnGridState"), ("discharge", 1, "OnGridState"), ("charge", 1, "OnGridState"), ("", 2, "WaitState"))
Flows = Callable[[Spec, Plan, Moment], Flow]


def _family(
    name: str,
    number: int,
    plant_type: int,
    kind: Kind,
    intervals: Mapping[str, int],
    *,
    prefix: str = "",
    many: str = "",
    alarms: bool = True,
    strings: int = 2,
    phases: int = 3,
    flow: Flows = hybrid_flow,
) -> Family:
    prefix = prefix or name
    return Family(
        type=name,
        number=number,
        kind=(4, "other"),
        plant_type=plant_type,
        table=name.upper(),
        flow=flow,
        plan=planner(),
        kinds={name: kind},
        settings=lambda _: dict(SETTINGS),
        states=STATES,
        strings=strings,
        phases=phases,
        battery_volts=600.0,
        v4=False,
        v1=V1(prefix, f"{prefix}_sn", intervals, many, alarms=alarms, codes=(10003, 10002)),
    )


FAMILIES = (
    _family(
        "pcs",
        81,
        8,
        Kind("PCS 500", 500_000.0, 0, battery_kwh=1000.0, meter=True, load_scale=500.0),
        {"alarms": 300, "last": 300, "history": 300},
    ),
    _family(
        "hps",
        82,
        9,
        Kind("HPS 30", 30_000.0, 0, battery_kwh=60.0, meter=True, load_scale=30.0),
        {"alarms": 10, "details": 10, "last": 10, "history": 10},
    ),
    _family(
        "pbd",
        83,
        10,
        Kind("PBD 250", 250_000.0, 0, battery_kwh=500.0, meter=True, load_scale=250.0),
        {"alarms": 300, "details": 10, "last": 300, "history": 300},
        strings=5,
    ),
    _family(
        "groboost",
        0,
        11,
        Kind("GroBoost", 3600.0, 0, battery_kwh=12.0, charging=1.0),
        {"details": 10, "last": 10, "history": 10, "many": 10},
        prefix="boost",
        many="boosts",
        alarms=False,
        phases=1,
        flow=heater_flow,
    ),
)
