"""What the hybrid inverters SPH, SPA, SPH-S and WIT have in common: a battery behind an inverter, and a grid meter."""

from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from bridge.devices.home import battery, daily, grid, home, nonzero
from bridge.devices.sources import without
from bridge.growatt.families.codes import HYBRID_STATUS, MIN_STATUS
from bridge.growatt.fields import Reading

R = TypeVar("R", bound=Reading)

STATUS: Mapping[int, str] = {-1: "offline", **HYBRID_STATUS, **MIN_STATUS, 9: "bypass"}
"""1 is documented as self check, too; working devices show it. 9 is undocumented; its text is in captured replies."""

BATTERY_SIGNS = (
    *(f"{field}{n}" for field in ("vbat", "soc") for n in ("", 2, 3)),
    *(f"{field}{n}_total" for field in ("e_charge", "e_discharge") for n in (1, 2, 3)),
    "bms_soc",
    "bms_battery_volt",
)
TOTALS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {"plocal_load_total": ("plocal_load_r", "plocal_load_s", "plocal_load_t")},
    {"pac_to_user_total": ("pac_to_user_r",), "pac_to_grid_total": ("pac_to_grid_r", "pac_to_grid_s")},
)
"""Powers by their phases, which some devices fill alone (SPA samples: load 0 W in all, 2946.4 W on phase R; SPH-S
sample: 0 W from the grid in all, 138 W on phase R). Beside a total that is told another is 0, whatever a phase says."""

HOTTEST = 80
"""At which no battery works any more, °C."""

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


def repaired(record: R) -> R:
    """Totals where only phases are told; without a battery its values come as 0, and are unknown."""
    return _with_battery(_with_totals(record))


def _with_totals(record: R) -> R:
    untold = [each for each in TOTALS if not any(getattr(record, name) for name in each)]
    phases = {name: [getattr(record, phase, None) for phase in each[name]] for each in untold for name in each}
    totals = {name: sum(value or 0.0 for value in values) for name, values in phases.items() if any(values)}
    return record.model_copy(update=totals) if totals else record


def _with_battery(record: R) -> R:
    if any((getattr(record, sign, None) or 0) > 0 for sign in BATTERY_SIGNS):
        return record
    return without(record, _of_battery(type(record)))


@cache
def _of_battery(model: type[Reading]) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if name.startswith(BATTERY))


def battery_celsius(bms: float | None, own: float | None) -> float | None:
    """The BMS's, else the inverter's own; some tell that in tenths (SPH sample: 329 beside the BMS's 32)."""
    return nonzero(bms, own / 10 if own is not None and own > HOTTEST else own)


METERED = home(
    ac_power="pac",
    **daily(energy="eac"),
    grid_frequency="fac",
    **grid("pac_to_user_total", "pac_to_grid_total"),
    **daily(grid_import_energy="e_to_user", grid_export_energy="e_to_grid", load_energy="e_local_load"),
    load_power="plocal_load_total",
    fault_code="fault_code",
    warning_code="warn_code",
)


BATTERY_MAIN = home(
    battery_soc="soc",
    battery_voltage="vbat",
    **battery("pcharge1", "pdischarge1"),
    **daily(battery_charge_energy="e_charge1", battery_discharge_energy="e_discharge1"),
)
