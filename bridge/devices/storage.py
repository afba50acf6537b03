"""Storage: SPF off-grid inverters and the older SP storage units."""

from collections.abc import Mapping
from typing import Any

from bridge.devices.define import v4_family
from bridge.devices.home import (
    ENERGY,
    FIRMWARE_VERSION,
    POWER,
    SIGNAL_STRENGTH,
    add,
    daily,
    difference,
    either,
    first_set,
    home,
    measured,
    nonzero,
    of,
    phases,
    signed_battery,
    status,
    summed,
    total,
)
from bridge.devices.kinds import Moment, Number, Object, Part, TimeOfDay
from bridge.devices.parameters import Parameter, active_power, joined, parameters, power_on
from bridge.devices.sources import without
from bridge.devices.values import Json
from bridge.growatt import DeviceType
from bridge.growatt.families.codes import STORAGE_STATE
from bridge.growatt.families.storage import StorageDetailDataV4, StorageEnergyDataV4

CHARGED = tuple(f"e_{way}_{span}" for way in ("charge", "discharge") for span in ("today", "total"))
LOAD = ("output_power", "eop_discharge_today", "eop_discharge_total")


def _reading(record: StorageEnergyDataV4) -> StorageEnergyDataV4:
    """SP units have two chargers, the second with fields of its own, name the grid's voltage in their own way, and do
    not measure the load, which stays 0."""
    powers = {name: add(getattr(record, name), getattr(record, f"{name}2")) for name in ("p_charge", "p_discharge")}
    energies = {name: _both(getattr(record, name), getattr(record, f"{name}2")) for name in CHARGED}
    whole = record.model_copy(update={**powers, **energies, "v_grid": record.v_grid or record.vac})
    return without(whole, [name for name in LOAD if record.vac and not record.output_volt and not getattr(whole, name)])


def _both(first: float | None, second: float | None) -> float | None:
    """Of counters; the second may be missing with the charger."""
    return None if first is None else first + (second or 0.0)


def _charging(both: float | None, charge: float | None, discharge: float | None) -> float | None:
    """SPF tell one power, + when discharging; SP units tell two that are positive."""
    return nonzero(None if both is None else -both, difference(charge, discharge))


def _importing(user: float | None, mains: float | None, exported: float | None) -> float | None:
    return difference(_drawn(user, mains), exported)


def _drawn(user: float | None, mains: float | None) -> float | None:
    """SP units tell what comes from the grid, SPF what goes in at their mains input; the other field stays 0."""
    return (user or mains) if (user or mains) or None not in (user, mains) else None


MAIN = (
    *home(
        pv_power=total("ppv", "ppv2"),
        pv1_power="ppv",
        pv1_voltage="vpv",
        pv1_current="ipv",
        pv2_power="ppv2",
        pv2_voltage="vpv2",
        **summed(pv_energy=("epv_{}", "epv_{}2")),
        **daily(energy="e"),
        **phases("v_grid", "v_grid2", "v_grid3"),
        grid_frequency="freq_grid",
        grid_power=of(_importing, "pac_to_user", "p_ac_input", "pac_to_grid"),
        grid_import_power=of(_drawn, "pac_to_user", "p_ac_input"),
        grid_export_power="pac_to_grid",
        **daily(grid_import_energy="e_to_user", grid_export_energy="e_to_grid"),
        battery_soc="capacity",
        battery_voltage="v_bat",
        **signed_battery(_charging, "p_bat", "p_charge", "p_discharge"),
        **either(
            battery_charge_energy=(("e_bat_charge_today", "e_bat_charge_total"), ("e_charge_today", "e_charge_total")),
            battery_discharge_energy=(
                ("e_bat_discharge_today", "e_bat_discharge_total"),
                ("e_discharge_today", "e_discharge_total"),
            ),
        ),
        battery_temperature=first_set("bat_temp", "bms_temperature"),
        temperature=first_set("temperature", "inv_temperature"),
        fault_code="fault_code",
        warning_code="warn_code",
    ),
    *measured(POWER, load_power="output_power"),
    *measured(ENERGY, **daily(load_energy="eop_discharge")),
    status({-1: "offline", **STORAGE_STATE}),
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
)

PERIOD = Object(
    parts=(
        Part(key="start", label="start", kind=TimeOfDay()),
        Part(key="end", label="end", kind=TimeOfDay(end_of_day=True)),
    )
)


def _period_check(value: Mapping[str, Any], _: Mapping[str, Json]) -> str | None:
    start, end = value["start"], value["end"]
    return f"a period cannot cross midnight: start {start} is after end {end}" if start > end else None


STRINGS = Object(
    parts=(
        Part(key="open_circuit", label="open circuit", kind=Number(low=300, high=500, unit="V")),
        Part(key="mpp_share", label="MPP share", kind=Number(low=0.55, high=0.9, step=0.01)),
    )
)

WRITABLE = joined(
    power_on("storage", "storage_cmd_on_off"),
    parameters(
        "storage",
        {
            "storage_cmd_mode": Parameter(name="system_mode", label="System mode"),
            "storage_ac_charge_enable_disenable": Parameter(name="grid_charging", label="Grid charging", main=True),
            "storage_ac_charge_hour_start": Parameter(
                name="grid_charge_period",
                label="Grid charge period",
                kind=PERIOD,
                main=True,
                check=_period_check,
            ),
            "storage_ac_charge_soc_limit": Parameter(
                name="grid_charge_stop_soc", label="Grid charge stop at", main=True
            ),
            "storage_cmd_forced_discharge_enable": Parameter(name="forced_discharge", label="Forced discharge"),
            "storage_cmd_forced_discharge_time1": Parameter(
                name="forced_discharge_period",
                label="Forced discharge period",
                kind=PERIOD,
                check=_period_check,
            ),
            "storage_lithium_battery": Parameter(
                name="lithium_discharge_limit", label="Lowest lithium state of charge"
            ),
            "storage_fdt_open_voltage": Parameter(name="pv_strings", label="PV string voltages", kind=STRINGS),
            "storage_cmd_sys_year": Parameter(name="device_clock", label="Device clock", kind=Moment(seconds=False)),
        },
    ),
)
"""The documentation prints the id of the PV string voltages wrong; this one is what the vendor's app sends. It also
says that 0 turns forced discharge on."""

STORAGE = v4_family(
    DeviceType.STORAGE,
    "Storage",
    StorageEnergyDataV4,
    StorageDetailDataV4,
    repair=_reading,
    power=False,
    sources=WRITABLE.sources,
    main=MAIN,
    settings=(*WRITABLE.settings, active_power("storage")),
    omit={
        "reading": (
            "device_type",
            "uw_bat_type2",
            "b_light_en",
            "manual_start_en",
            "pow_saving_en",
            "rate_va",
            "rate_watt",
            "sci_loss_chk_en",
            "float_charge_volt",
        ),
    },
)
"""What readings and details both have as a setting stays 0 in the readings."""
