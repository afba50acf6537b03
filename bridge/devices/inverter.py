"""String inverters without a battery (`inv` on the wire)."""

from dataclasses import replace

from bridge.devices.define import v4_family
from bridge.devices.home import FIRMWARE_VERSION, SIGNAL_STRENGTH, add, daily, home, of, phases, pv_inputs, status
from bridge.devices.kinds import Choice, Number, Object, Part
from bridge.devices.parameters import (
    COMMON,
    PERCENT,
    VOLTAGE_HIGH,
    Parameter,
    active_power,
    joined,
    parameters,
    power_on,
    register,
)
from bridge.devices.sources import RARELY, power_limit
from bridge.growatt import DeviceType
from bridge.growatt.families.codes import INVERTER_STATUS
from bridge.growatt.families.inverter import InverterDetailDataV4, InverterEnergyDataV4

UNCOUNTED = 0.02
"""Share of the lifetime energy by which its inputs may miss it for want of decimals."""


def _pv_today(first: float | None, second: float | None, *lifetimes: float | None) -> float | None:
    """Of the two inputs that readings tell; unknown where the lifetime energy is that of more."""
    *inputs, whole = lifetimes
    more = (whole or 0.0) * (1 - UNCOUNTED) - 1 > (add(*inputs) or 0.0)
    return None if more else add(first, second)


PV_TODAY = of(_pv_today, "epv1_today", "epv2_today", "epv1_total", "epv2_total", "epv_total")

MAIN = (
    *home(pv_power="ppv", pv_energy_today=PV_TODAY, pv_energy_total="epv_total"),
    *pv_inputs((1, 2, 3)),
    *home(
        ac_power="pac",
        **daily(energy="power"),
        **phases("vacr", "vacs", "vact"),
        grid_frequency="fac",
        temperature="temperature",
        fault_code="fault_type",
        warning_code="warn_code",
    ),
    status({-1: "offline", **INVERTER_STATUS}),
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
)

REACTIVE = Object(
    parts=(
        Part(key="share", label="share", kind=PERCENT),
        Part(key="direction", label="direction", kind=Choice(options={"capacitive": 0, "inductive": 1})),
    )
)
DIRECTIONS = {"capacitive": "over", "inductive": "under"}

VOLTS = Number(low=185, high=285, step=0.1, unit="V")
HERTZ = Number(low=40, high=65, step=0.01, unit="Hz")
VOLTS_SCALES = (10,)
HERTZ_SCALES = (10, 100)
"""50.15 Hz is 501 or 5015: the documentation says one and shows the other, so the present value decides."""


WRITABLE = joined(
    power_on("inverter", "pv_on_off"),
    parameters(
        "inverter",
        {
            "pv_reactive_p_rate": Parameter(
                name="reactive_power",
                label="Reactive power",
                kind=REACTIVE,
                wire=lambda value: [value["share"], DIRECTIONS[value["direction"]]],
            )
        },
        {**COMMON, "pv_grid_voltage_high": replace(VOLTAGE_HIGH, kind=VOLTS)},
    ),
    register("inverter", 19, "grid_voltage_low", "Lower grid voltage limit", VOLTS, VOLTS_SCALES),
    register("inverter", 21, "grid_frequency_low", "Lower grid frequency limit", HERTZ, HERTZ_SCALES),
    register("inverter", 22, "grid_frequency_high", "Upper grid frequency limit", HERTZ, HERTZ_SCALES),
    register("inverter", 30, "bus_address", "Bus address", Number(low=1, high=250)),
)

INVERTER = v4_family(
    DeviceType.INVERTER,
    "Inverter",
    InverterEnergyDataV4,
    InverterDetailDataV4,
    stamp="time_calendar",
    power=False,
    sources=(power_limit("inverter", RARELY), *WRITABLE.sources),
    main=MAIN,
    settings=(*WRITABLE.settings, active_power("inverter", "power.data", confirm="power")),
    omit={"details": ("temperature", "ipm_temperature")},
)
