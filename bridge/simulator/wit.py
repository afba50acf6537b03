"""WIT and SPH-S: hybrid inverters that only the v4 calls know."""

from bridge.simulator.device import Family, Kind
from bridge.simulator.inverters import SETTINGS, WRITES, planner, times
from bridge.simulator.physics import hybrid_flow
from bridge.simulator.wire import Json

TIMES = times(6, "forcedTimeStart{}", "forcedTimeStop{}", "forcedStopSwitch{}", "time{}Mode")


def settings(_: bool) -> Json:
    """The settings of a new device."""
    found = SETTINGS | {str(each.mode): 0 for each in TIMES}
    for each in TIMES:
        found |= each.settings()
    return found


WIT = Family(
    type="wit",
    number=218,
    kind=(2, "storage"),
    plant_type=3,
    table="WIT",
    flow=hybrid_flow,
    plan=planner(*TIMES),
    kinds={"wit": Kind("WIT 100KTL3-H", 100_000.0, 5600, battery_kwh=200.0, meter=True, load_scale=100.0)},
    settings=settings,
    states=(("pv", 1, "Operating"), ("out", 1, "Operating"), ("charge", 1, "Operating"), ("", 0, "Waiting")),
    normal=5,
    strings=10,
    phases=3,
    battery_volts=660.0,
    writes=WRITES,
    power="activeRate",
    vpp=True,
)
SPHS = Family(
    type="sph-s",
    number=260,
    kind=(2, "storage"),
    plant_type=3,
    table="SPH-S",
    flow=hybrid_flow,
    plan=planner(),
    kinds={"sph-s": Kind("SPH-S 10000TL", 10_000.0, 21200, battery_kwh=15.0, meter=True)},
    settings=lambda _: dict(SETTINGS),
    states=(
        ("pv", 1, "PV Bat Online"),
        ("discharge", 3, "Bat Online"),
        ("charge", 3, "Bat Online"),
        ("", 0, "Waiting"),
    ),
    normal=5,
    strings=3,
    writes=WRITES,
)
