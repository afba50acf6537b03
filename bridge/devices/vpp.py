"""Virtual power plant: power set from outside, at once or by plan, and the 34 parameters that v4 knows by number."""

from collections.abc import Awaitable, Mapping
from typing import Any

from bridge.devices.catalogue import Computed, Setting, Source
from bridge.devices.kinds import (
    Choice,
    Kind,
    Moment,
    Number,
    Object,
    Part,
    Periods,
    Press,
    Switch,
    TimeOfDay,
    clock_time,
)
from bridge.devices.parameters import FREQUENCY, PERCENT, Writable, number_in, power_factor_in, read_source, slots
from bridge.devices.sources import itself
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.families.vpp import END, MOST_PERIODS, SettingReadVppV4
from bridge.growatt.fields import time_from_minutes
from bridge.growatt.settings import POWER_PLAN

Parameter = tuple[int, str, str, Kind]

SIGNED_PERCENT = Number(low=-100, high=100, unit="%")
LEAD_ACID_VOLTAGE = Number(low=0, high=15000)
LEAD_ACID_CURRENT = Number(low=0, high=2000)
"""Scales that the documentation does not tell: values as the device has them."""

PARAMETERS: tuple[Parameter, ...] = (
    (1, "remote_control", "remote control allowed", Switch()),
    (2, "power_on", "power on", Switch()),
    (3, "clock", "device clock", Moment()),
    (4, "off_grid_box", "off-grid box", Switch()),
    (5, "active_power", "active power limit", PERCENT),
    (6, "active_power_2", "second active power limit", PERCENT),
    (7, "backup_output", "backup output", Switch()),
    (8, "backup_frequency", "backup frequency", FREQUENCY),
    (
        9,
        "backup_voltage",
        "backup voltage",
        Choice(options={"230_v": 0, "208_v": 1, "240_v": 2, "220_v": 3, "127_v": 4, "277_v": 5, "254_v": 6}),
    ),
    (10, "reactive_power", "fixed reactive power", Number(low=0, high=60, unit="%")),
    (
        11,
        "reactive_mode",
        "reactive power mode",
        Choice(
            options={
                "power_factor_1": 0,
                "power_factor": 1,
                "default_curve": 2,
                "user_curve": 3,
                "lagging": 4,
                "leading": 5,
            }
        ),
    ),
    (12, "power_factor", "power factor", Number(low=-1, high=1, step=0.0001)),
    (13, "export_limiter", "export limiter", Choice(options={"off": 0, "single_machine": 1})),
    (14, "export_limit", "export limit", SIGNED_PERCENT),
    (15, "power_without_meter", "power limit without meter", PERCENT),
    (16, "meter_timeout", "time until meter counts as lost", Number(low=0, high=300, unit="s")),
    (17, "ems_watch", "EMS link watched", Switch()),
    (18, "super_export_limiter", "super export limiter", Switch()),
    (19, "export_ramp", "export limiter ramp", Number(low=0, high=20000)),
    (20, "phase_export_limiter", "export limiter per phase", Switch()),
    (
        21,
        "export_protection",
        "export limiter protection",
        Choice(options={"default": 0, "software_and_hardware": 1, "software": 2, "hardware": 3}),
    ),
    (22, "charge_limit", "charge limit", Number(low=70, high=100, unit="%")),
    (23, "discharge_limit", "discharge limit on grid", Number(low=10, high=30, unit="%")),
    (24, "discharge_limit_load_first", "discharge limit load first", Number(low=10, high=20, unit="%")),
    (25, "remote_power_control", "remote power control", Switch()),
    (26, "remote_duration", "remote power duration", Number(low=0, high=1440, unit="min")),
    (27, "remote_power", "remote power", SIGNED_PERCENT),
    (28, "grid_charging", "grid charging", Switch()),
    (29, "discharge_limit_off_grid", "discharge limit off grid", Number(low=10, high=30, unit="%")),
    (30, "lead_acid_charge_voltage", "lead acid charge voltage", LEAD_ACID_VOLTAGE),
    (31, "lead_acid_discharge_voltage", "lead acid discharge voltage", LEAD_ACID_VOLTAGE),
    (32, "lead_acid_charge_current", "lead acid charge current", LEAD_ACID_CURRENT),
    (33, "lead_acid_discharge_current", "lead acid discharge current", LEAD_ACID_CURRENT),
)
"""Number, name, meaning, kind. 26: 0 is without end. 27: + charges. 14: + exports, - imports."""

FACTOR = 12
"""The parameter with the power factor, sent as (1 - factor) * 10000."""

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
    single = [_parameter(module, *parameter) for parameter in PARAMETERS]
    plan = _schedule(module, v1=v1, clear=clear)
    more = ((_now(module),) if v1 else ()) + ((_clear(module),) if clear else ())
    return Writable(
        (*(source for source, _ in single), plan.sources[0]),
        (*(setting for _, setting in single), *plan.settings, *more),
    )


def _read(module: str, name: str, id_: str) -> Source:
    return Source(
        name=read_source(name),
        model=SettingReadVppV4,
        fetch=lambda api, serials: getattr(api, module).setting_read_vpp_param(id_, serials[0]),
        records=itself,
        every=None,
    )


def _parameter(module: str, number: int, name: str, label: str, kind: Kind) -> tuple[Source, Setting]:
    full, id_ = f"vpp_{name}", f"set_param_{number}"

    def at_home(data: Any) -> Any:
        value = number_in(data)
        return power_factor_in(value) if number == FACTOR and value is not None else value

    def write(api: AsyncGrowattApi, serial: str, value: Any) -> Awaitable[Any]:
        sent = round((1 - value) * 10000) if number == FACTOR else next(iter(slots(kind, value)))
        done: Awaitable[Any] = getattr(api, module).setting_write_vpp_param(id_, sent, serial)
        return done

    source = _read(module, full, id_)
    readable = not isinstance(kind, Moment)
    return source, Setting(
        name=full,
        label=f"VPP {label}",
        kind=kind,
        reads=(Computed(source.name, ("data",), at_home),) if readable else (),
        confirm=source.name if readable else None,
        write=write,
        main=False,
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
        plan = [(p["power"], clock_time(p["start"]), clock_time(p["end"])) for p in periods]
        family = getattr(api, module)
        sent: Awaitable[Any]
        if not plan:
            sent = family.setting_clear_vpp_time_period(serial, POWER_PLAN)
        elif v1:
            sent = family.setting_write_vpp_schedule(plan, serial)
        else:
            sent = family.setting_write_vpp_param(POWER_PLAN, plan, serial)
        return sent

    source = _read(module, "vpp_schedule", POWER_PLAN)
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


def _clear(module: str) -> Setting:
    return Setting(
        name="vpp_clear",
        label="VPP clear schedule",
        kind=Press(),
        write=lambda api, serial, _: getattr(api, module).setting_clear_vpp_time_period(serial, POWER_PLAN),
        main=False,
    )
