"""SPH (`mix` on the wire): hybrid inverters with two PV inputs."""

from collections.abc import Mapping

from bridge.devices.define import v4_family
from bridge.devices.home import FIRMWARE_VERSION, SIGNAL_STRENGTH, daily, home, of, phases, pv_inputs, status
from bridge.devices.hybrid import BATTERY_MAIN, METERED, STATUS, battery_celsius, repaired
from bridge.devices.kinds import Choice
from bridge.devices.parameters import (
    EXPORT_LIMIT,
    GRID_CHARGING,
    HYBRID,
    Parameter,
    active_power,
    backup,
    battery_first,
    changing,
    grid_first,
    joined,
    parameters,
    power_on,
)
from bridge.devices.vpp import vpp
from bridge.growatt import DeviceType
from bridge.growatt.families.sph import SphDetailDataV4, SphEnergyDataV4

MAIN = (
    *home(pv_power="ppv", **daily(pv_energy="epv")),
    *pv_inputs((1, 2), current=False),
    *METERED,
    *home(**phases("vac1", "vac2", "vac3")),
    *BATTERY_MAIN,
    *home(temperature="temp1", battery_temperature=of(battery_celsius, "bms_battery_temp", "battery_temperature")),
    status(STATUS),
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
)

WRITABLE = joined(
    power_on("sph", "pv_on_off"),
    parameters(
        "sph",
        {
            "mix_ac_charge_time_period": battery_first(GRID_CHARGING, switch="forced_charge_stop_switch{}"),
            "mix_ac_discharge_time_period": grid_first("forced_discharge_stop_switch{}"),
            "backflow_setting": EXPORT_LIMIT,
            "mix_load_flast_value_multi": Parameter(
                name="load_first_stop_soc", label="Load first stop discharging at", main=True
            ),
            "mix_load_first_control": Parameter(
                name="load_first_phases",
                label="Load first by phase",
                kind=Choice(options={"sum_of_phases": 0, "each_phase": 1}),
            ),
            "mix_single_export": Parameter(name="phase_export_limit", label="Export limit per phase"),
            **backup("mix", "details"),
        },
        HYBRID,
    ),
    vpp("sph", v1=True),
)

CHANGED: Mapping[str, str] = {
    "vpp_grid_charging": "battery_first",
    "vpp_export_limiter": "export_limit",
    "vpp_export_limit": "export_limit",
}
"""VPP parameters that are a part of another setting under another name."""

SPH = v4_family(
    DeviceType.SPH,
    "SPH",
    SphEnergyDataV4,
    SphDetailDataV4,
    repair=repaired,
    sources=WRITABLE.sources,
    main=MAIN,
    settings=(
        *changing(WRITABLE.settings, CHANGED),
        active_power("sph", "power.data", "details.active_rate", confirm="power"),
    ),
)
