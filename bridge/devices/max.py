"""MAX: commercial three-phase string inverters with up to 16 PV inputs."""

from bridge.devices.define import v4_family
from bridge.devices.home import FIRMWARE_VERSION, SIGNAL_STRENGTH, daily, home, phases, pv_inputs, status, total
from bridge.devices.kinds import Object, Part, Switch
from bridge.devices.parameters import (
    COMMON,
    PERCENT,
    Parameter,
    active_power,
    joined,
    parameters,
    power_on,
)
from bridge.devices.sources import RARELY, power_limit
from bridge.growatt import DeviceType
from bridge.growatt.families.codes import MAX_STATE
from bridge.growatt.families.max import MaxDetailDataV4, MaxEnergyDataV4

INPUTS = range(1, 17)

MAIN = (
    *home(
        pv_power="ppv",
        pv_energy_today=total(*(f"epv{n}_today" for n in INPUTS)),
        pv_energy_total="epv_total",
    ),
    *pv_inputs(INPUTS),
    *home(
        ac_power="pac",
        **daily(energy="eac"),
        **phases("vacr", "vacs", "vact"),
        grid_frequency="fac",
        temperature="temperature",
        fault_code="fault_type",
        warning_code="warn_code",
    ),
    status({-1: "offline", **MAX_STATE}),
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
)

LIMIT = Object(
    parts=(
        Part(key="power", label="power", kind=PERCENT),
        Part(key="keep", label="kept after restart", kind=Switch()),
    )
)

WRITABLE = joined(
    power_on("max", "max_cmd_on_off"),
    parameters(
        "max",
        {
            "pv_active_p_rate": Parameter(name="power_limit", label="Power limit", kind=LIMIT),
            "pv_power_factor": COMMON["pv_power_factor"],
        },
    ),
)

MAX = v4_family(
    DeviceType.MAX,
    "MAX",
    MaxEnergyDataV4,
    MaxDetailDataV4,
    power=False,
    sources=(power_limit("max", RARELY), *WRITABLE.sources),
    main=MAIN,
    settings=(*WRITABLE.settings, active_power("max", "power.data", confirm="power")),
    omit={"reading": ("power_today", "power_total"), "details": ("pf",)},
)
"""`power_today` and `power_total` are names of string inverters for the energies, which MAX has under others."""
