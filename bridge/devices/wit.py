"""WIT: commercial hybrid inverters with ten PV inputs and up to three batteries."""

from bridge.devices.define import v4_family
from bridge.devices.home import (
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
    add,
    first_set,
    home,
    phases,
    pv_inputs,
    signed_battery,
    status,
    summed,
)
from bridge.devices.hybrid import METERED, STATUS, repaired
from bridge.devices.parameters import active_power, switched_on
from bridge.devices.sources import without
from bridge.devices.vpp import vpp
from bridge.growatt import DeviceType
from bridge.growatt.families.wit import WitDetailDataV4, WitEnergyDataV4

NOTHING = (-1, -0.1, -0.01)
OPTIONAL = ("b_", "u_", "ud_", "uw_", "hcpc_", "inv_", "bat_curr_", "bat_volt_")


def _reading(record: WitEnergyDataV4) -> WitEnergyDataV4:
    """Registers that the device does not have come as -1, scaled like the value; here they are unknown."""
    names = [name for name in type(record).model_fields if name.startswith(OPTIONAL)]
    return repaired(without(record, [name for name in names if getattr(record, name) in NOTHING]))


MAIN = (
    *home(pv_power="ppv", pv_energy_today="epv_today", pv_energy_total="epv_total"),
    *pv_inputs(range(1, 11)),
    *METERED,
    *home(
        **phases("vac1", "vac2", "vac3"),
        temperature="temp1",
        battery_soc=first_set("soc", "soc2", "soc3"),
        battery_voltage=first_set("vbat", "vbat2", "vbat3"),
        **signed_battery(add, "bat_power", "bat_power2", "bat_power3"),
        **summed(
            battery_charge_energy=("e_charge1_{}", "e_charge2_{}", "e_charge3_{}"),
            battery_discharge_energy=("e_discharge1_{}", "e_discharge2_{}", "e_discharge3_{}"),
        ),
    ),
    status(STATUS),
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
)
"""The sign of `bat_power` is not documented; it is taken to be that of the cloud's live reading, + when charging."""

VPP = vpp("wit", v1=False)

WIT = v4_family(
    DeviceType.WIT,
    "WIT",
    WitEnergyDataV4,
    WitDetailDataV4,
    repair=_reading,
    sources=VPP.sources,
    main=MAIN,
    settings=(
        switched_on("wit", ("details.on_off",), "details"),
        active_power("wit", "power.data", "details.active_rate", confirm="power"),
        *VPP.settings,
    ),
)
