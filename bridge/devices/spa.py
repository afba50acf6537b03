"""SPA: AC-coupled battery inverters, without PV inputs of their own."""

from bridge.devices.define import v4_family
from bridge.devices.home import FIRMWARE_VERSION, SIGNAL_STRENGTH, home, of, phases, status
from bridge.devices.hybrid import BATTERY_MAIN, METERED, STATUS, battery_celsius, repaired
from bridge.devices.parameters import (
    HYBRID,
    active_power,
    backup,
    battery_first,
    grid_first,
    joined,
    parameters,
    plan,
    power_on,
)
from bridge.devices.vpp import vpp
from bridge.growatt import DeviceType
from bridge.growatt.families.spa import SpaDetailDataV4, SpaEnergyDataV4

MAIN = (
    *home(
        pv_power="ppv_inverter",
        pv_energy_today="epv_inverter_today",
        pv_energy_total="epv_inverter_total",
    ),
    *METERED,
    *home(**phases("vac1", "vac2", "vac3")),
    *BATTERY_MAIN,
    *home(temperature="temp1", battery_temperature=of(battery_celsius, "bms_battery_temp", "battery_temperature")),
    status(STATUS),
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
)
"""PV is that of another inverter, as far as SPA measures it."""

LOAD_FIRST = plan(
    "load_first",
    "Load first",
    (),
    ("load_first_start_time{}", "load_first_stop_time{}", "load_first_switch{}"),
)
"""Periods in which the battery does not discharge."""

WRITABLE = joined(
    power_on("spa", "pv_on_off"),
    parameters(
        "spa",
        {
            "spa_ac_charge_time_period": battery_first(switch="bat_first_switch{}"),
            "spa_ac_discharge_time_period": grid_first("grid_first_switch{}"),
            "spa_load_flast": LOAD_FIRST,
            **backup("spa", "details"),
        },
        HYBRID,
    ),
    vpp("spa", v1=True),
)
"""The documentation prints the id of the battery first plan for the grid first plan, too, and with another layout. The
layout here is the one that works; the id of the grid first plan is concluded from SPH, and reading back tells."""

SPA = v4_family(
    DeviceType.SPA,
    "SPA",
    SpaEnergyDataV4,
    SpaDetailDataV4,
    repair=repaired,
    sources=WRITABLE.sources,
    main=MAIN,
    settings=(*WRITABLE.settings, active_power("spa", "power.data", "details.active_p_rate", confirm="power")),
)
