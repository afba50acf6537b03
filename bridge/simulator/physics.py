"""Power flows of a device and their integral over time. Pure: no clock, no input or output.

Powers are watts and never negative, energies watt hours; the sign of a flow is in its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LOAD_FIRST, BATTERY_FIRST, SMART_OR_GRID_FIRST = 0, 1, 2
BATTERY_EFFICIENCY = 0.96  # each way
INVERTER_EFFICIENCY = 0.97
VALLEY = (60, 300)  # minutes of the day in which a smart plan buys cheap power


class Flow(NamedTuple):
    """Powers at one moment. The names are those of the energy counters too."""

    pv: float = 0.0
    out: float = 0.0  # delivered on the AC side
    charge: float = 0.0
    discharge: float = 0.0
    imported: float = 0.0
    exported: float = 0.0
    load: float = 0.0
    grid_charge: float = 0.0  # taken from AC into the battery
    self_use: float = 0.0  # delivered and used in the house


COUNTERS = Flow._fields
NOTHING = (0.0,) * len(COUNTERS)


@dataclass(frozen=True, slots=True)
class Spec:
    """What the hardware can do."""

    peak: float  # W of panels
    rated: float  # W on the AC side
    capacity: float = 0.0  # Wh
    battery_power: float = 0.0  # W
    load_scale: float = 1.0  # the house behind this device, against the profile of the site
    meter: bool = True


class Slot(NamedTuple):
    """A period of the day, in minutes; the end is part of it. Its own battery limits go before those of the plan."""

    start: int
    end: int
    mode: int
    power: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings as the power electronics see them."""

    on: bool = True
    limit: float = 0.0  # W that may leave on the AC side
    target: float = 0.0  # W to deliver outside all slots
    mode: int = LOAD_FIRST
    slots: tuple[Slot, ...] = ()
    high: float = 100.0  # % at which charging stops
    low: float = 0.0  # % at which discharging stops
    charge_power: float = 0.0
    discharge_power: float = 0.0
    grid_charge: bool = False
    off_grid: bool = False
    export_limit: float | None = None


class Moment(NamedTuple):
    """What surrounds a device."""

    sun: float
    load: float
    minute: float
    slot: Slot | None
    can_charge: float  # W that the battery takes until it is full or the step ends
    can_discharge: float


@dataclass(slots=True)
class State:
    """Where a device stands at epoch second `t`."""

    t: float
    stored: float
    totals: list[float] = field(default_factory=lambda: list(NOTHING))
    midnight: list[float] = field(default_factory=lambda: list(NOTHING))

    def copy(self) -> "State":
        return State(self.t, self.stored, self.totals.copy(), self.midnight.copy())


def surroundings(spec: Spec, plan: Plan, stored: float, point: Sequence[float], seconds: float) -> Moment:
    sun, load, minute = point
    now = int(minute)
    slot = next((each for each in plan.slots if each.start <= now <= each.end), None) if plan.slots else None
    if not spec.capacity:
        return Moment(sun, load * spec.load_scale, minute, slot, 0.0, 0.0)
    high = plan.high if slot is None or slot.high is None else slot.high
    low = plan.low if slot is None or slot.low is None else slot.low
    hours = seconds / 3600
    room = max(0.0, spec.capacity * high / 100 - stored) / BATTERY_EFFICIENCY / hours
    supply = max(0.0, stored - spec.capacity * low / 100) * BATTERY_EFFICIENCY / hours
    return Moment(
        sun,
        load * spec.load_scale,
        minute,
        slot,
        min(room, spec.battery_power, plan.charge_power),
        min(supply, spec.battery_power, plan.discharge_power),
    )


def storage_flow(spec: Spec, plan: Plan, now: Moment) -> Flow:
    """A balcony battery: panels and packs on the DC side, a small inverter behind them."""
    slot = now.slot
    mode, target = (slot.mode, slot.power) if slot else (plan.mode, plan.target)
    if mode == SMART_OR_GRID_FIRST or plan.off_grid:
        target = now.load
    target = min(target, plan.limit) if plan.on else 0.0
    sun = now.sun * spec.peak if plan.on else 0.0
    charge = min(sun, now.can_charge) if mode == BATTERY_FIRST else 0.0
    direct = min(sun - charge, target)
    charge = charge or min(sun - direct, now.can_charge)
    buys = plan.grid_charge and not plan.off_grid and _buys(mode, now.minute)
    bought = min(now.can_charge - charge, plan.limit) if buys else 0.0
    discharge = 0.0 if buys or mode == BATTERY_FIRST else min(target - direct, now.can_discharge)
    return _meter(
        spec,
        plan,
        now,
        Flow(direct + charge, direct + discharge, charge + bought, discharge, grid_charge=bought),
    )


def _buys(mode: int, minute: float) -> bool:
    return mode == BATTERY_FIRST or (mode == SMART_OR_GRID_FIRST and VALLEY[0] <= minute < VALLEY[1])


def hybrid_flow(spec: Spec, plan: Plan, now: Moment) -> Flow:
    """A grid-tied inverter, with a battery or without: what nobody needs is fed in."""
    if not plan.on:
        return _meter(spec, plan, now, Flow())
    sun = now.sun * spec.peak * INVERTER_EFFICIENCY
    charge, discharge, bought = _battery(spec, plan, now, sun)
    ceiling = plan.limit if plan.export_limit is None else max(0.0, min(plan.limit, now.load + plan.export_limit))
    out = min(sun - charge + discharge, ceiling)
    discharge = min(discharge, out)
    pv = (out - discharge + charge) / INVERTER_EFFICIENCY
    return _meter(spec, plan, now, Flow(pv, out, charge + bought, discharge, grid_charge=bought))


def coupled_flow(spec: Spec, plan: Plan, now: Moment) -> Flow:
    """A battery on the AC side of the house, beside panels that have an inverter of their own."""
    sun = now.sun * spec.peak
    if not plan.on:
        return _meter(spec, plan, now, Flow(sun, sun))
    charge, discharge, bought = _battery(spec, plan, now, sun)
    charge += bought
    return _meter(spec, plan, now, Flow(sun, sun + discharge, charge, discharge, grid_charge=charge))


def heater_flow(spec: Spec, plan: Plan, now: Moment) -> Flow:
    """A water heater that takes what the sun leaves over; the warmth in its tank counts as charge."""
    heating = min(now.can_charge, spec.rated, max(0.0, now.sun * spec.peak - now.load)) if plan.on else 0.0
    return Flow(charge=heating, discharge=min(now.can_discharge, now.load))


def _battery(spec: Spec, plan: Plan, now: Moment, sun: float) -> tuple[float, float, float]:
    """What goes into the battery, comes out of it, and is bought for it."""
    mode, power = (now.slot.mode, now.slot.power or spec.rated) if now.slot else (plan.mode, spec.rated)
    wanted = min(now.load, plan.limit)
    if mode == BATTERY_FIRST:
        room = min(now.can_charge, power)
        charge = min(sun, room)
        return charge, 0.0, room - charge if plan.grid_charge else 0.0
    if mode == SMART_OR_GRID_FIRST:
        return 0.0, min(now.can_discharge, power, max(0.0, plan.limit - sun)), 0.0
    return min(max(0.0, sun - wanted), now.can_charge), min(max(0.0, wanted - sun), now.can_discharge), 0.0


def _meter(spec: Spec, plan: Plan, now: Moment, flow: Flow) -> Flow:
    """What the house and the grid make of it, where there is a meter to see it."""
    if not spec.meter:
        return flow
    pv, out, charge, discharge, *_, bought, _ = flow
    balance = 0.0 if plan.off_grid else now.load + bought - out
    seen = max(0.0, balance), max(0.0, -balance), now.load
    return Flow(pv, out, charge, discharge, *seen, bought, min(out, now.load))


def integrate(state: State, spec: Spec, flow: Flow, seconds: float) -> None:
    """Add what `flow` moves in `seconds`."""
    hours = seconds / 3600
    state.totals = [total + power * hours for total, power in zip(state.totals, flow, strict=True)]
    gained = flow.charge * BATTERY_EFFICIENCY - flow.discharge / BATTERY_EFFICIENCY
    state.stored = min(spec.capacity, max(0.0, state.stored + gained * hours))
