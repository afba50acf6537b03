"""SPH-S: hybrid inverters with three PV inputs and a generator port."""

from collections.abc import Mapping

from bridge.devices.define import v4_family
from bridge.devices.home import FIRMWARE_VERSION, SIGNAL_STRENGTH, daily, first_set, home, pv_inputs, status
from bridge.devices.hybrid import BATTERY_MAIN, METERED, repaired
from bridge.devices.parameters import active_power, switched_on
from bridge.devices.vpp import vpp
from bridge.growatt import DeviceType
from bridge.growatt.families.sphs import SphsDetailDataV4, SphsEnergyDataV4

STATUS: Mapping[int, str] = {}
"""The codes of readings are not documented, and those of the details do not fit: a device that works shows 3, which is
a fault there. The cloud's text beside the code is right."""

MAIN = (
    *home(pv_power="ppv", **daily(pv_energy="epv")),
    *pv_inputs((1, 2, 3)),
    *METERED,
    *home(grid_voltage="vac1", grid_voltage_l2="vac2"),
    *BATTERY_MAIN,
    *home(temperature=first_set("temp1", "inv_Temp"), battery_temperature="bms_battery_temp"),
    status(STATUS),
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
)

VPP = vpp("sphs", v1=False, clear=False)
"""Documented for the other hybrids; the cloud may answer that this is the wrong device type."""

SPHS = v4_family(
    DeviceType.SPHS,
    "SPH-S",
    SphsEnergyDataV4,
    SphsDetailDataV4,
    repair=repaired,
    power=False,
    sources=VPP.sources,
    main=MAIN,
    settings=(
        switched_on("sphs"),
        active_power("sphs", "details.active_rate", confirm="details"),
        *VPP.settings,
    ),
)
