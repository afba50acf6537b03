"""MIN (`tlx` on the wire): grid-tied inverters; the XH models take a battery."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from bridge.devices.catalogue import Property, Source
from bridge.devices.define import parts_read, v4_family
from bridge.devices.home import (
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
    add,
    daily,
    difference,
    first_set,
    grid,
    home,
    phases,
    pv_inputs,
    signed_battery,
    total,
)
from bridge.devices.kinds import PERIOD_END, Choice, Number, Object, Part, Switch, TimeOfDay, crossing
from bridge.devices.parameters import (
    DEVICE_CLOCK,
    VOLTAGE_HIGH,
    VOLTAGE_LOW,
    Parameter,
    active_power,
    backup,
    export_limit,
    joined,
    parameters,
    power_on,
)
from bridge.devices.schedule import overlap_note
from bridge.devices.sources import data_of, without
from bridge.devices.values import Json
from bridge.devices.vpp import vpp
from bridge.growatt import DeviceType
from bridge.growatt.families.codes import HYBRID_STATUS, MIN_STATUS
from bridge.growatt.families.min import MinDetailDataV4, MinEnergyDataV4, MinTlxSettingsData

INPUTS = range(1, 5)
STATUS: Mapping[int, str] = {-1: "offline", **HYBRID_STATUS, **MIN_STATUS}
"""1 is documented as self check, too; working devices show it."""

CONVERTERS = ("bdc1", "bdc2")
BATTERY_SHARED = ("battery_no", "bdc_", "bms_", "e_charge_", "e_discharge_", "soc1", "soc2")
BATTERY_SIGNS = ("battery_no", "bdc1_vbat", "bdc2_vbat", "bms_vbat", "bdc1_soc", "bms_soc", "e_charge_total")
METER_SIGNS = ("b_merter_connect_flag", "e_to_user_total", "e_to_grid_total", "e_local_load_total")
METERED = ("pac_to_", "e_to_", "e_local_load_", "e_self_", "e_system_", "p_self", "p_system")
EXTRA = ("pex", "eex")


def _reading(record: MinEnergyDataV4) -> MinEnergyDataV4:
    """What is not attached comes as 0, and -0.1 for attached inverters; here it is unknown.

    A battery is there when the cloud names its serial number or packs, or has seen a voltage, charge or energy of it;
    its second converter, when that has a voltage. A meter is there when its flag is set or a lifetime counter behind
    it has moved.
    """
    absent: list[str] = []
    if not _battery(record):
        absent += [*CONVERTERS, *BATTERY_SHARED]
    elif not record.bdc2_vbat:
        absent.append("bdc2")
    if not any(getattr(record, sign) for sign in METER_SIGNS):
        absent += METERED
    names = [name for name in _fields(EXTRA) if getattr(record, name) == -0.1]
    return without(record, [*_fields(tuple(absent)), *names])


@cache
def _fields(beginnings: tuple[str, ...]) -> list[str]:
    return [name for name in MinEnergyDataV4.model_fields if name.startswith(beginnings)]


def _battery(record: MinEnergyDataV4) -> bool:
    seen = any((getattr(record, sign) or 0) > 0 for sign in BATTERY_SIGNS)
    return seen or bool(record.battery_sn or record.bat_sn)


SETTINGS_READ = Source(
    name="settings",
    model=MinTlxSettingsData,
    fetch=lambda api, serials: api.min.settings(serials[0]),
    records=data_of(),
    every=900,
)

CHARGE = tuple(f"{bdc}_charge_power" for bdc in CONVERTERS)
DISCHARGE = tuple(f"{bdc}_discharge_power" for bdc in CONVERTERS)


def _charging(*values: float | None) -> float | None:
    """Half of the values is charge, half is discharge."""
    half = len(values) // 2
    return difference(add(*values[:half]), add(*values[half:]))


MAIN = (
    *home(pv_power="ppv"),
    *pv_inputs(INPUTS),
    *home(
        pv_energy_today=total(*(f"epv{n}_today" for n in INPUTS)),
        pv_energy_total="epv_total",
        ac_power="pac",
        **daily(energy="eac"),
        **phases("vac1", "vac2", "vac3"),
        grid_frequency="fac",
        battery_soc=first_set("bms_soc", "bdc1_soc", "soc1"),
        **signed_battery(_charging, *CHARGE, *DISCHARGE),
        **daily(battery_charge_energy="e_charge", battery_discharge_energy="e_discharge"),
        **grid("pac_to_user_total", "pac_to_grid_total"),
        **daily(grid_import_energy="e_to_user", grid_export_energy="e_to_grid", load_energy="e_local_load"),
        load_power="pac_to_local_load",
        temperature="temp1",
        fault_code="fault_type",
        warning_code="warn_code",
    ),
    Property(name="status", label="Status", reads=("reading.status",), words=STATUS, main=True),
    Property(name="device_type", label="Device type code", reads=("details.device_type",), convert=int),
    FIRMWARE_VERSION,
    SIGNAL_STRENGTH,
)

SEGMENTS = range(1, 10)
SHOWN_SEGMENTS = (1, 2, 3)
EXPORT_MODES = {"off": 0, "meter": 1, "ct": 2}
SEGMENT = Object(
    parts=(
        Part(key="mode", label="mode", kind=Choice(options={"load_first": 0, "battery_first": 1, "grid_first": 2})),
        Part(key="start", label="start", kind=TimeOfDay()),
        Part(key="end", label="end", kind=PERIOD_END),
        Part(key="enabled", label="enabled", kind=Switch()),
    )
)
LIMIT = Object(
    parts=(
        Part(key="power", label="power", kind=Number(low=0, high=1_000_000)),
        Part(key="keep", label="kept after restart", kind=Switch()),
        Part(key="unit", label="unit", kind=Choice(options={"percent": 0, "watt": 1})),
    )
)


def _segment_check(value: Mapping[str, Any], _: Mapping[str, Json]) -> str | None:
    """Devices come with active segments of no length; those are fine."""
    return crossing(value["start"], value["end"]) if value["enabled"] else None


def _limit_check(value: Mapping[str, Any], _: Mapping[str, Json]) -> str | None:
    return "at most 100 %" if value.get("unit") == "percent" and value.get("power", 0) > 100 else None


def _shown(name: str, label: str, *fields: str, **more: Any) -> Parameter:
    """A parameter that the settings show."""
    return Parameter(name=name, label=label, reads=_settings(*fields), confirm="settings", **more)


def _settings(*fields: str) -> tuple[str, ...]:
    return tuple(f"settings.{field}" for field in fields)


def _of_battery(name: str, label: str, *fields: str) -> Parameter:
    return _shown(name, label, *fields, main=True, needs="battery_soc")


def _segment(n: int) -> Parameter:
    fields = (f"time{n}_mode", f"forced_time_start{n}", f"forced_time_stop{n}", f"forced_stop_switch{n}")
    return Parameter(
        name=f"time_segment_{n}",
        label=f"Time segment {n}",
        kind=SEGMENT,
        reads=(parts_read(SEGMENT, "settings", fields),),
        confirm="settings",
        check=_segment_check,
        note=overlap_note("time_segment", n, SEGMENTS),
        main=n in SHOWN_SEGMENTS,
        needs="battery_soc",
    )


WRITABLE = joined(
    power_on("min", "tlx_on_off", "settings.on_off", confirm="settings"),
    parameters(
        "min",
        {
            "backflow_setting": replace(
                export_limit(Choice(options=EXPORT_MODES), "mode", "settings"),
                wire=lambda value: [EXPORT_MODES[value["mode"]], value["power"], 0],
                main=False,
            ),
            "charge_power": _of_battery("charge_power", "Charge power limit", "charge_power_command"),
            "charge_stop_soc": _of_battery("charge_limit", "Charge limit", "w_charge_soc_low_limit"),
            "discharge_power": _of_battery("discharge_power", "Discharge power limit", "discharge_power_command"),
            "discharge_stop_soc": _of_battery("discharge_limit", "Discharge limit", "w_discharge_soc_low_limit"),
            "on_grid_discharge_stop_soc": _of_battery(
                "discharge_limit_on_grid", "Discharge limit on grid", "on_grid_discharge_stop_soc"
            ),
            "ac_charge": _of_battery("grid_charging", "Grid charging", "ac_charge_enable"),
            **{f"time_segment{n}": _segment(n) for n in SEGMENTS},
            **backup("tlx", "settings", confirm="settings"),
            "pf_sys_year": replace(DEVICE_CLOCK, reads=_settings("sys_time")),
            "pv_grid_voltage_high": replace(VOLTAGE_HIGH, reads=_settings("voltage_high_limit"), confirm="settings"),
            "pv_grid_voltage_low": replace(VOLTAGE_LOW, reads=_settings("voltage_low_limit"), confirm="settings"),
            "pv_active_p_rate": Parameter(name="power_limit", label="Power limit", kind=LIMIT, check=_limit_check),
            "pv_reactive_p_rate": _shown("reactive_power", "Reactive power", "reactive_rate"),
            "pv_power_factor": _shown("power_factor", "Power factor", "pf", step=0.01),
        },
    ),
    vpp("min", v1=True),
)
"""`on_grid_discharge_stop_soc` is not documented; Home Assistant's own integration writes it. Beside it
`discharge_stop_soc` is the limit off grid."""

TWINS = (
    "serial_num",
    "last_update_time",
    "last_update_time_text",
    "ac_charge",
    "charge_power",
    "charge_stop_soc",
    "discharge_power",
    "discharge_stop_soc",
    "pf_sys_year",
    "pv_grid_voltage_high",
    "pv_grid_voltage_low",
)
"""Left out of the settings: the serial number and times, and fields that stay empty because others tell the same."""

MIN = v4_family(
    DeviceType.MIN,
    "MIN",
    MinEnergyDataV4,
    MinDetailDataV4,
    repair=_reading,
    sources=(SETTINGS_READ, *WRITABLE.sources),
    main=MAIN,
    settings=(*WRITABLE.settings, active_power("min", "power.data", "settings.active_rate", confirm="power")),
    omit={"settings": TWINS},
    tail=("reading", "details", "settings"),
)
