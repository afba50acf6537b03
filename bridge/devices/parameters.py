"""Settings that the cloud knows by id: the v1 parameters of a family, those of VPP, and registers.

A family writes a table of `Parameter` by id; the client calls, the slots on the wire and the sources that read single
values back follow from the kinds.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, NamedTuple

from bridge.devices.catalogue import Setting, Source
from bridge.devices.define import parts_read, with_parts
from bridge.devices.kinds import (
    PERIOD_END,
    Choice,
    Kind,
    Moment,
    Number,
    Object,
    Part,
    Switch,
    TimeOfDay,
    crossing,
    overlapping,
)
from bridge.devices.reads import Computed, Read
from bridge.devices.sources import RARELY, itself
from bridge.devices.values import Json, word
from bridge.growatt import ArgumentError, AsyncGrowattApi, GrowattError
from bridge.growatt.client import module_class
from bridge.growatt.fields import DataReply, Reading
from bridge.growatt.settings import ANY_REGISTER, SETTINGS, Slot
from bridge.growatt.settings import Parameter as DocumentedParameter

SLOT = "parameter_value_"
"""What the client calls the slots, before their numbers."""

INEXACT = 1e-6
"""What binary fractions may be off a whole number."""


class SettingValue(DataReply[str]):
    """What a v1 read of one setting answers: its value as text."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One setting, known by an id. `reads`: where else it shows; `confirm`: which of these sources confirms it. Without
    `confirm` a read of the one parameter does, where it is one value, not several slots.

    `kind`: where the client does not document it as one slot; `step`: that of a documented range. `convert` makes the
    value of the number that a read of the one parameter tells.
    """

    name: str
    label: str
    kind: Kind | None = None
    step: float = 1
    reads: tuple[Read, ...] = ()
    confirm: str | None = None
    convert: Callable[[float], float] | None = None
    wire: Callable[[Any], list[Any]] | None = None
    main: bool = False
    needs: str | None = None
    check: Callable[[Any, Mapping[str, Json]], str | None] | None = None
    note: Callable[[Any, Mapping[str, Json]], str | None] | None = None


class Writable(NamedTuple):
    """Settings, and the sources that read them back."""

    sources: tuple[Source, ...]
    settings: tuple[Setting, ...]


class Wire(NamedTuple):
    """How settings travel that are known by id: what is documented of them, and the calls that read and write one."""

    documented: Mapping[str, DocumentedParameter]
    model: type[Reading]
    read: Callable[[AsyncGrowattApi, str, str], Awaitable[Any]]
    write: Callable[[AsyncGrowattApi, str, str, Sequence[Any]], Awaitable[Any]]


def parameters(module: str, *tables: Mapping[str, Parameter]) -> Writable:
    """The v1 settings of a module of the client, by parameter id; parts of whole ones included."""
    wire = Wire(
        SETTINGS[module_class(module).device_type],
        SettingValue,
        lambda api, serial, id_: getattr(api, module).setting_read(serial, id_),
        lambda api, serial, id_, values: send(api, module, serial, id_, values),
    )
    return written_by(wire, *tables)


def written_by(wire: Wire, *tables: Mapping[str, Parameter]) -> Writable:
    """The settings of these tables, by id, and what reads them back."""
    found = [
        (id_, p, p.kind or kind_of(*wire.documented[id_].slots, step=p.step))
        for table in tables
        for id_, p in table.items()
    ]
    sources = tuple(
        source_by(wire, id_, p.name, RARELY if p.main and not p.reads else None)
        for id_, p, kind in found
        if _read_alone(p, kind)
    )
    return Writable(sources, tuple(setting for each in found for setting in _settings(wire, *each)))


def kind_of(slot: Slot, *, step: float = 1) -> Kind:
    """What a slot takes, as far as that is documented; ValueError where it is not."""
    options = {word(meaning.partition("(")[0]): int(code) for code, meaning in slot.values.items()}
    if options.keys() == {"off", "on"}:
        return Switch(on=options["on"])
    if options:
        return Choice(options=options)
    if slot.clock:
        return Moment(seconds="%S" in slot.clock)
    if slot.low is None or slot.high is None:
        raise ValueError(f"{slot.what}: no range is documented")
    return Number(low=slot.low, high=slot.high, step=step, unit=slot.unit, gap=slot.gap)


def joined(*groups: Writable) -> Writable:
    """Several as one."""
    return Writable(tuple(s for g in groups for s in g.sources), tuple(s for g in groups for s in g.settings))


def changing(settings: Sequence[Setting], changed: Mapping[str, str]) -> tuple[Setting, ...]:
    """The same, where some change another one by themselves; both by name."""
    return tuple(
        replace(setting, through=frozenset({changed[setting.name]})) if setting.name in changed else setting
        for setting in settings
    )


def _read_alone(parameter: Parameter, kind: Kind) -> bool:
    return parameter.confirm is None and not isinstance(kind, Object | Moment)


def read_source(name: str) -> str:
    """The name of the source that reads one setting."""
    return f"read_{name}"


def source_by(wire: Wire, id_: str, name: str, every: float | None = None) -> Source:
    """What reads one setting, called `name`, by its id."""
    return Source(
        name=read_source(name),
        model=wire.model,
        fetch=lambda api, serials: wire.read(api, serials[0], id_),
        records=itself,
        every=every,
    )


def _settings(wire: Wire, id_: str, p: Parameter, kind: Kind) -> tuple[Setting, ...]:
    alone = _read_alone(p, kind)
    shown = Computed(read_source(p.name), ("data",), lambda text: _told(p, number_in(text)))
    setting = Setting(
        name=p.name,
        label=p.label,
        kind=kind,
        reads=(*((shown,) if alone else ()), *p.reads),
        confirm=read_source(p.name) if alone else p.confirm,
        check=p.check,
        note=p.note,
        write=_writer(wire, id_, p, kind),
        main=p.main,
        needs=p.needs,
    )
    return with_parts(setting) if isinstance(kind, Object) else (setting,)


def _told(parameter: Parameter, value: float | None) -> float | None:
    return parameter.convert(value) if parameter.convert and value is not None else value


def _writer(wire: Wire, id_: str, p: Parameter, kind: Kind) -> Callable[[AsyncGrowattApi, str, Any], Awaitable[Any]]:
    def write(api: AsyncGrowattApi, serial: str, value: Any) -> Awaitable[Any]:
        return wire.write(api, serial, id_, p.wire(value) if p.wire else list(slots(kind, value)))

    return write


def send(api: AsyncGrowattApi, module: str, serial: str, id_: str, values: Sequence[Any]) -> Any:
    """Write the slots of a v1 parameter."""
    named = {f"{SLOT}{n}": value for n, value in enumerate(values, 1)}
    return getattr(api, module).setting_write(id_, device_sn=serial, **named)


def slots(kind: Kind, value: Any) -> Iterator[Any]:
    """A value as the wire has it: a time of day is two slots, a whole setting has those of its parts."""
    match kind:
        case Object():
            for part in kind.parts:
                yield from slots(part.kind, value[part.key])
        case TimeOfDay():
            yield from (int(part) for part in value.split(":"))
        case Choice():
            yield kind.options[value]
        case Switch():
            yield kind.on if value else 1 - kind.on
        case _:
            yield value


def number_in(text: Any) -> float | int | None:
    """The number that a reply's text stands for; None where it is none."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def register(module: str, number: int, name: str, label: str, kind: Number, scales: tuple[int, ...] = ()) -> Writable:
    """A setting that is a register of the device. `scales`: by how much the value may be multiplied there. The present
    value tells which of them it is, or that it is none; so that is read before every write."""
    source = Source(
        name=read_source(name),
        model=SettingValue,
        fetch=lambda api, serials: getattr(api, module).setting_read(serials[0], start_address=number),
        records=itself,
        every=None,
    )

    def scale_of(text: Any) -> int | None:
        raw = number_in(text)
        fitting = (scale for scale in scales if raw is not None and kind.low / 2 <= raw / scale <= kind.high * 2)
        return next(fitting, None) if scales else 1

    def at_home(text: Any) -> float | None:
        raw, scale = number_in(text), scale_of(text)
        return None if raw is None or scale is None else raw / scale

    async def write(api: AsyncGrowattApi, serial: str, value: float) -> Any:
        present = (await source.fetch(api, [serial])).data
        scale = scale_of(present)
        if scale is None:
            raise GrowattError(
                f"register {number} shows {present!r}, which does not tell its scale; nothing is written"
            )
        sent = round(value * scale)
        if abs(sent - value * scale) > INEXACT:
            raise ArgumentError(name, value, f"steps of {1 / scale:g}; this device's register has no finer ones")
        return await getattr(api, module).setting_write(ANY_REGISTER, number, sent, device_sn=serial)

    setting = Setting(
        name=name,
        label=label,
        kind=kind,
        reads=(Computed(source.name, ("data",), at_home),),
        confirm=source.name,
        write=write,
        main=False,
    )
    return Writable((source,), (setting,))


def power_on(module: str, id_: str, *reads: Read, confirm: str | None = None) -> Writable:
    """On and off, written by v4; `id_` is the v1 parameter that reads it back."""
    parameter = Parameter(name="power_on", label="Power on", reads=reads, confirm=confirm, main=True)
    writable = parameters(module, {id_: parameter})
    return Writable(writable.sources, (switched_on(module, writable.settings[0].reads, writable.settings[0].confirm),))


def switched_on(module: str, reads: tuple[Read, ...] = (), confirm: str | None = None) -> Setting:
    return Setting(
        name="power_on",
        label="Power on",
        kind=Switch(),
        reads=reads,
        confirm=confirm,
        write=lambda api, serial, on: getattr(api, module).setting_write_on_off(on, serial),
    )


def active_power(module: str, *reads: Read, confirm: str | None = None) -> Setting:
    """The output limit in percent, written by v4."""
    return Setting(
        name="active_power",
        label="Active power limit",
        kind=PERCENT,
        reads=reads,
        confirm=confirm,
        write=lambda api, serial, percent: getattr(api, module).setting_write_active_power(percent, serial),
    )


PERCENT = Number(low=0, high=100, unit="%")
GRID_VOLTAGE = Number(low=100, high=300, step=0.1, unit="V")
"""The documentation gives examples (180 and 270 V) but no range; this one keeps typing errors out."""

DEVICE_CLOCK = Parameter(name="device_clock", label="Device clock", kind=Moment())
VOLTAGE_HIGH = Parameter(name="grid_voltage_high", label="Upper grid voltage limit", kind=GRID_VOLTAGE)
VOLTAGE_LOW = Parameter(name="grid_voltage_low", label="Lower grid voltage limit", kind=GRID_VOLTAGE)


def power_factor_in(raw: float) -> float:
    """Some registers hold a power factor of 1 to -1 as 0 to 20000; what is one already (0 never is) stays."""
    return raw if 0 < abs(raw) <= 1 else 1 - raw / 10000


COMMON: Mapping[str, Parameter] = {
    "pf_sys_year": DEVICE_CLOCK,
    "pv_grid_voltage_high": VOLTAGE_HIGH,
    "pv_pf_cmd_memory_state": Parameter(name="keep_power_commands", label="Keep power commands after restart"),
    "pv_power_factor": Parameter(name="power_factor", label="Power factor", step=0.01, convert=power_factor_in),
}
"""What several families write by the same ids."""


HYBRID: Mapping[str, Parameter] = {
    **COMMON,
    "pv_grid_voltage_low": VOLTAGE_LOW,
    "pv_power_factor": replace(
        COMMON["pv_power_factor"], reads=(Computed("details", ("power_factor",), power_factor_in),)
    ),
    "pv_reactive_p_rate": Parameter(name="reactive_power", label="Reactive power"),
}
"""What SPH and SPA write by the same ids."""


def export_limit(on_or_mode: Kind, key: str, source: str) -> Parameter:
    """The limit of what goes into the grid: on or off (or by which meter), and how much of the rated power may."""
    kind = Object(parts=(Part(key=key, label=key, kind=on_or_mode), Part(key="power", label="power", kind=PERCENT)))
    return Parameter(
        name="export_limit",
        label="Export limit",
        kind=kind,
        reads=(parts_read(kind, source, ("export_limit", "export_limit_power_rate")),),
        confirm=source,
        main=True,
    )


EXPORT_LIMIT = export_limit(Switch(), "enabled", "details")


def backup(prefix: str, source: str, confirm: str | None = None) -> dict[str, Parameter]:
    """Off-grid output: on or off, and what it is like; it shows in `source`."""
    table = {
        "off_grid_enable": ("backup_output", "Backup output", "eps_fun_en"),
        "ac_discharge_frequency": ("backup_frequency", "Backup frequency", "eps_freq_set"),
        "ac_discharge_voltage": ("backup_voltage", "Backup voltage", "eps_volt_set"),
    }
    return {
        f"{prefix}_{id_}": Parameter(name=name, label=label, reads=(f"{source}.{field}",), confirm=confirm)
        for id_, (name, label, field) in table.items()
    }


DAY_PERIODS = (1, 2, 3)


def three_periods() -> tuple[Part, ...]:
    """The periods of a plan; entities for the first one, the others on demand."""
    kinds: Mapping[str, Kind] = {"start": TimeOfDay(), "end": PERIOD_END, "enabled": Switch()}
    return tuple(
        Part(key=f"period{n}_{key}", label=f"period {n} {key}", kind=kind, main=n == 1)
        for n in DAY_PERIODS
        for key, kind in kinds.items()
    )


def periods_check(value: Mapping[str, Any], _: Mapping[str, Json]) -> str | None:
    """Active periods lie within one day and do not meet. Devices come with active ones of no length; those are fine."""
    active = {
        n: {"start": value[f"period{n}_start"], "end": value[f"period{n}_end"]}
        for n in DAY_PERIODS
        if value[f"period{n}_enabled"] and value[f"period{n}_start"] != value[f"period{n}_end"]
    }
    for n, period in active.items():
        if reason := crossing(**period):
            return f"period {n}: {reason}"
    return overlapping(active.values())


def plan(name: str, label: str, heads: Sequence[tuple[Part, str]], fields: Sequence[str]) -> Parameter:
    """A plan of three periods that is written whole and shows in the details. `heads`: what it begins with, and where
    that shows; `fields`: start, end and activity of a period, {} stands for its number."""
    kind = Object(parts=(*(part for part, _ in heads), *three_periods()))
    shown = [field.format(n) for n in DAY_PERIODS for field in fields]
    return Parameter(
        name=name,
        label=label,
        kind=kind,
        reads=(parts_read(kind, "details", (*(field for _, field in heads), *shown)),),
        confirm="details",
        check=periods_check,
        main=True,
    )


CHARGE_POWER = (Part(key="power", label="power", kind=PERCENT), "charge_power_command")
CHARGE_STOP = (Part(key="stop_soc", label="stop charging at", kind=PERCENT), "w_charge_soc_low_limit2")
GRID_CHARGING = (Part(key="grid_charging", label="grid charging", kind=Switch()), "ac_charge_enable")
DISCHARGE_POWER = (Part(key="power", label="power", kind=PERCENT), "discharge_power_command")
DISCHARGE_STOP = (Part(key="stop_soc", label="stop discharging at", kind=PERCENT), "w_discharge_soc_low_limit2")


def battery_first(*heads: tuple[Part, str], switch: str) -> Parameter:
    """`switch`: the field that tells whether a period is active; families differ."""
    fields = ("forced_charge_time_start{}", "forced_charge_time_stop{}", switch)
    return plan("battery_first", "Battery first", (CHARGE_POWER, CHARGE_STOP, *heads), fields)


def grid_first(switch: str) -> Parameter:
    fields = ("forced_discharge_time_start{}", "forced_discharge_time_stop{}", switch)
    return plan("grid_first", "Grid first", (DISCHARGE_POWER, DISCHARGE_STOP), fields)
