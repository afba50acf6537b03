"""Virtual power plant: power set from outside, at once or by plan, and the 34 parameters that v4 knows by number."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any

from bridge.devices.catalogue import Setting
from bridge.devices.kinds import (
    Number,
    Object,
    Part,
    Periods,
    Press,
    TimeOfDay,
)
from bridge.devices.parameters import Parameter, Wire, Writable, joined, power_factor_in, source_by, written_by
from bridge.devices.reads import Computed
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.families.vpp import END, MOST_PERIODS, SettingReadVppV4
from bridge.growatt.fields import parse_time_of_day, time_from_minutes
from bridge.growatt.settings import POWER_PLAN, VPP

SIGNED_PERCENT = Number(low=-100, high=100, unit="%")
NAMES: tuple[tuple[int, str, str], ...] = (
    (1, "remote_control", "remote control allowed"),
    (2, "power_on", "power on"),
    (3, "clock", "device clock"),
    (4, "off_grid_box", "off-grid box"),
    (5, "active_power", "active power limit"),
    (6, "active_power_2", "second active power limit"),
    (7, "backup_output", "backup output"),
    (8, "backup_frequency", "backup frequency"),
    (9, "backup_voltage", "backup voltage"),
    (10, "reactive_power", "fixed reactive power"),
    (11, "reactive_mode", "reactive power mode"),
    (12, "power_factor", "power factor"),
    (13, "export_limiter", "export limiter"),
    (14, "export_limit", "export limit"),
    (15, "power_without_meter", "power limit without meter"),
    (16, "meter_timeout", "time until meter counts as lost"),
    (17, "ems_watch", "EMS link watched"),
    (18, "super_export_limiter", "super export limiter"),
    (19, "export_ramp", "export limiter ramp"),
    (20, "phase_export_limiter", "export limiter per phase"),
    (21, "export_protection", "export limiter protection"),
    (22, "charge_limit", "charge limit"),
    (23, "discharge_limit", "discharge limit on grid"),
    (24, "discharge_limit_load_first", "discharge limit load first"),
    (25, "remote_power_control", "remote power control"),
    (26, "remote_duration", "remote power duration"),
    (27, "remote_power", "remote power"),
    (28, "grid_charging", "grid charging"),
    (29, "discharge_limit_off_grid", "discharge limit off grid"),
    (30, "lead_acid_charge_voltage", "lead acid charge voltage"),
    (31, "lead_acid_discharge_voltage", "lead acid discharge voltage"),
    (32, "lead_acid_charge_current", "lead acid charge current"),
    (33, "lead_acid_discharge_current", "lead acid discharge current"),
)
"""Number, name, meaning. 26: 0 is without end. 27: + charges. 14: + exports, - imports."""

FACTOR = "set_param_12"
_PLAIN = {f"set_param_{n}": Parameter(name=f"vpp_{name}", label=f"VPP {label}") for n, name, label in NAMES}
PARAMETERS: Mapping[str, Parameter] = {
    **_PLAIN,
    FACTOR: replace(
        _PLAIN[FACTOR],
        kind=Number(low=-1, high=1, step=0.0001),
        convert=power_factor_in,
        wire=lambda factor: [round((1 - factor) * 10000)],
    ),
}


NOW = Object(
    parts=(
        Part(key="duration", label="duration", kind=Number(low=0, high=1440, unit="min")),
        Part(key="power", label="power", kind=SIGNED_PERCENT),
    )
)
PERIOD = Object(
    parts=(
        Part(key="start", label="start", kind=TimeOfDay()),
        Part(key="end", label="end", kind=TimeOfDay(end_of_day=True)),
        Part(key="power", label="power", kind=SIGNED_PERCENT),
    )
)
SCHEDULE = Periods(item=PERIOD, most=MOST_PERIODS, defaults={})


def vpp(module: str, *, v1: bool, clear: bool = True) -> Writable:
    """All of it for a module of the client. `v1`: the family has the v1 calls for power now and by plan; without them
    the plan is a parameter like others. `clear`: it can remove the plan."""
    plan = _schedule(module, v1=v1, clear=clear)
    more = ((_now(module),) if v1 else ()) + ((_clear(module, plan.settings[0].name),) if clear else ())
    return joined(written_by(_wire(module), PARAMETERS), plan, Writable((), more))


def _wire(module: str) -> Wire:
    return Wire(
        VPP,
        SettingReadVppV4,
        lambda api, serial, id_: getattr(api, module).setting_read_vpp_param(id_, serial),
        lambda api, serial, id_, values: getattr(api, module).setting_write_vpp_param(id_, values[0], serial),
    )


def _schedule(module: str, *, v1: bool, clear: bool) -> Writable:
    """An empty plan is no plan: the cloud clears it, where it can."""

    def at_home(data: Any) -> list[Mapping[str, Any]]:
        return [
            {
                "start": time_from_minutes(int(period.start_time)),
                "end": time_from_minutes(int(period.end_time)),
                "power": period.percentage,
            }
            for period in (data if isinstance(data, list) else [])
            if _within_a_day(period.start_time) and _within_a_day(period.end_time)
        ]

    def write(api: AsyncGrowattApi, serial: str, periods: Any) -> Awaitable[Any]:
        plan = [(p["power"], parse_time_of_day(p["start"]), parse_time_of_day(p["end"])) for p in periods]
        family = getattr(api, module)
        sent: Awaitable[Any]
        if not plan:
            sent = family.setting_clear_vpp_time_period(serial, POWER_PLAN)
        elif v1:
            sent = family.setting_write_vpp_schedule(plan, serial)
        else:
            sent = family.setting_write_vpp_param(POWER_PLAN, plan, serial)
        return sent

    source = source_by(_wire(module), POWER_PLAN, "vpp_schedule")
    setting = Setting(
        name="vpp_schedule",
        label="VPP schedule",
        kind=SCHEDULE,
        reads=(Computed(source.name, ("data",), at_home),),
        confirm=source.name,
        write=write,
        main=False,
        check=None if clear else lambda periods, _: None if periods else "an empty plan cannot be sent to this device",
    )
    return Writable((source,), (setting,))


def _within_a_day(minutes: float | None) -> bool:
    return minutes is not None and 0 <= minutes <= END


def _now(module: str) -> Setting:
    """Cannot be read back."""
    return Setting(
        name="vpp_now",
        label="VPP charge or discharge now",
        kind=NOW,
        write=lambda api, serial, now: getattr(api, module).setting_write_vpp_now(
            now["duration"], now["power"], serial
        ),
        main=False,
    )


def _clear(module: str, plan: str) -> Setting:
    """Changes the plan, so that it keeps its place among plans."""
    return Setting(
        name="vpp_clear",
        label="VPP clear schedule",
        kind=Press(),
        write=lambda api, serial, _: getattr(api, module).setting_clear_vpp_time_period(serial, POWER_PLAN),
        through=frozenset({plan}),
        main=False,
    )
