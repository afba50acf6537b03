"""What the hybrid inverters SPH, SPA, SPH-S and WIT have in common: a battery behind an inverter, and a grid meter."""

from collections.abc import Mapping
from typing import TypeVar

from bridge.devices.catalogue import Computed
from bridge.devices.home import add, battery, daily, grid, home, nonzero, of
from bridge.devices.sources import without
from bridge.growatt.fields import Reading

R = TypeVar("R", bound=Reading)

STATUS: Mapping[int, str] = {
    -1: "offline",
    0: "waiting",
    1: "normal",
    2: "fault",
    3: "fault",
    4: "upgrading",
    5: "normal",
    6: "normal",
    7: "normal",
    8: "normal",
    9: "bypass",
}
"""1 is documented as self check, too; working devices show it. 9 is undocumented; its text is in captured replies."""

BATTERY_SIGNS = (
    *(f"{field}{n}" for field in ("vbat", "soc") for n in ("", 2, 3)),
    *(f"{field}{n}_total" for field in ("e_charge", "e_discharge") for n in (1, 2, 3)),
    "bms_soc",
    "bms_battery_volt",
)
HOTTEST = 150
"""More than any battery, °C."""

BATTERY = (
    "bms_",
    "soc",
    "vbat",
    "e_charge",
    "e_discharge",
    "pcharge",
    "pdischarge",
    "bat_power",
    "battery_temp",
    "ibat",
)


def with_battery(record: R) -> R:
    """Without a battery its values come as 0; here they are unknown."""
    if any((getattr(record, sign, None) or 0) > 0 for sign in BATTERY_SIGNS):
        return record
    return without(record, [name for name in type(record).model_fields if name.startswith(BATTERY)])


def load(*phases: str) -> Computed:
    """The load by its total; some fill that of each phase alone (SPA samples: 0 W in all, 2946.4 W on phase R)."""
    return of(lambda whole, *each: whole or add(*each), "plocal_load_total", *(f"plocal_load_{p}" for p in phases))


def battery_celsius(bms: float | None, own: float | None) -> float | None:
    """The BMS's, else the inverter's own; some tell that in tenths (SPH sample: 329 beside the BMS's 32)."""
    return nonzero(bms, own / 10 if own is not None and own > HOTTEST else own)


METERED = home(
    ac_power="pac",
    **daily(energy="eac"),
    grid_frequency="fac",
    **grid("pac_to_user_total", "pac_to_grid_total"),
    **daily(grid_import_energy="e_to_user", grid_export_energy="e_to_grid", load_energy="e_local_load"),
    fault_code="fault_code",
    warning_code="warn_code",
)


BATTERY_MAIN = home(
    battery_soc="soc",
    battery_voltage="vbat",
    **battery("pcharge1", "pdischarge1"),
    **daily(battery_charge_energy="e_charge1", battery_discharge_energy="e_discharge1"),
)
