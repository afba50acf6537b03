"""The words of the home: the properties that mean the same in every family, and how to make them from fields.

    home(pv_power="ppv", grid_power=less("pac_to_user_total", "pac_to_grid_total"), **daily(pv_energy="epv"))

Signs: battery power is + when charging, grid power is + when importing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bridge.devices.catalogue import Property
from bridge.devices.define import quantity_of
from bridge.devices.reads import Computed, Read
from bridge.devices.sources import negative, positive
from bridge.devices.values import word
from bridge.growatt.fields import Celsius, DecibelMilliwatts, KilowattHours, Quantity, Watts, humanise

LABELS: Mapping[str, str] = {
    "battery_soc": "Battery state of charge",
    "battery_soh": "Battery state of health",
    "grid_voltage_l2": "Grid voltage L2",
    "grid_voltage_l3": "Grid voltage L3",
    "energy_month": "Energy this month",
    "energy_year": "Energy this year",
}
DIAGNOSTIC = frozenset({"firmware_version", "signal_strength", "grid_voltage_l2", "grid_voltage_l3"})
SHOWN_INPUTS = 2
"""PV inputs shown by default; further ones are diagnostic."""

SIGNAL, POWER, ENERGY = quantity_of(DecibelMilliwatts), quantity_of(Watts), quantity_of(KilowattHours)
TEMPERATURE = quantity_of(Celsius)


def home(**reads: Read | tuple[Read, ...]) -> tuple[Property, ...]:
    """Properties by their name at home. A read without a source is a field of the reading."""
    return tuple(
        Property(
            name=name,
            label=LABELS.get(name, humanise(name)),
            reads=tuple(map(_placed, read if isinstance(read, tuple) else (read,))),
            main=name not in DIAGNOSTIC,
        )
        for name, read in reads.items()
    )


def _placed(read: Read) -> Read:
    return f"reading.{read}" if isinstance(read, str) and "." not in read else read


def measured(quantity: Quantity, **reads: Read) -> tuple[Property, ...]:
    """As `home`, for fields whose quantity the client does not know."""
    return tuple(replace(prop, quantity=quantity) for prop in home(**reads))


def daily(**fields: str) -> dict[str, Read]:
    """Counters of today and of the whole life: `daily(energy="eac")` reads eac_today and eac_total."""
    return {f"{name}_{span}": f"{field}_{span}" for name, field in fields.items() for span in ("today", "total")}


def summed(**fields: tuple[str, ...]) -> dict[str, Read]:
    """As `daily`, for counters that several fields add up to; {} stands for today or total. Without the first field
    there is no sum: a counter must not step back."""

    def whole(first: float | None, *others: float | None) -> float | None:
        return None if first is None else add(first, *others)

    return {
        f"{name}_{span}": of(whole, *(field.format(span) for field in several))
        for name, several in fields.items()
        for span in ("today", "total")
    }


def either(**pairs: tuple[tuple[str, str], ...]) -> dict[str, Read]:
    """As `daily`, for counters of which a device fills one of several pairs of fields: today's, and the lifetime, by
    which the pair is known. Today's own would not tell after midnight."""
    reads: dict[str, Read] = {}
    for name, several in pairs.items():
        todays, lifetimes = zip(*several, strict=True)
        reads[f"{name}_today"] = _by_lifetime(todays, "today", lifetimes)
        reads[f"{name}_total"] = living(*lifetimes)
    return reads


def living(*lifetimes: str) -> Computed:
    """The one of several lifetime counters that a device fills."""
    return _by_lifetime(lifetimes, "total", lifetimes)


def _by_lifetime(fields: tuple[str, ...], span: str, lifetimes: tuple[str, ...]) -> Computed:
    counters = tuple(f"{field}_{span}" for field in fields), tuple(f"{field}_total" for field in lifetimes)
    return Computed("reading", fields, _of_the_living, by=counters)


Counts = tuple[float | None, ...]


def _of_the_living(shown: Counts, known: Counts, lifetimes: Counts) -> float | None:
    """Of several counters the one that the device fills: it was known before, and its lifetime is not 0. While that one
    is missing, the value is unknown: the others count something else. Before any lifetime has moved, the first that is
    not 0."""
    several = zip(shown, known, lifetimes, strict=True)
    chosen = (value for value, last, lifetime in several if lifetime and last is not None)
    return next(chosen, nonzero(*shown))


def pv_inputs(numbers: Iterable[int], *, current: bool = True) -> tuple[Property, ...]:
    """Power, voltage and, where it is told, current of each PV input."""
    fields = {"power": "ppv", "voltage": "vpv"} | ({"current": "ipv"} if current else {})
    return tuple(
        Property(
            name=f"pv{n}_{name}",
            label=f"PV{n} {name}",
            reads=(f"reading.{field}{n}",),
            main=n <= SHOWN_INPUTS,
        )
        for n in numbers
        for name, field in fields.items()
    )


def status(words: Mapping[int, str]) -> Property:
    """The state as a word: by its code, else by the cloud's own text for it, where that is no key with dots."""

    def told(number: int | None, says: str | None) -> str | None:
        if number is None:
            return None
        own = "" if says is None or "." in says else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", says)
        return word(words.get(number) or own or f"unknown {number}")

    reads = (of(told, "status", "status_text"),)
    return Property(name="status", label="Status", reads=reads, type=str, main=True)


def of(compute: Callable[..., Any], *fields: str) -> Computed:
    return Computed("reading", fields, compute)


def total(*fields: str) -> Computed:
    """The sum of what is known, see `add`."""
    return of(add, *fields)


def first_set(*fields: str) -> Computed:
    """The first that is not 0: unused ones of several fields for one thing stay 0."""
    return of(nonzero, *fields)


def difference(plus: float | None, minus: float | None) -> float | None:
    """Of two powers of which one is 0; unknown where the missing one may be the other."""
    return (plus or 0.0) - (minus or 0.0) if (plus or minus) or None not in (plus, minus) else None


def filled(*fields: str) -> Computed:
    """As `first_set`, for what is never 0 where it is measured."""
    return of(lambda *values: nonzero(*values) or None, *fields)


def less(plus: str, minus: str) -> Computed:
    return of(difference, plus, minus)


def battery(charge: str, discharge: str) -> dict[str, Read]:
    """Battery powers from fields that are positive both."""
    return {
        "battery_power": less(charge, discharge),
        "battery_charge_power": charge,
        "battery_discharge_power": discharge,
    }


def signed_battery(compute: Callable[..., float | None], *fields: str) -> dict[str, Read]:
    """Battery powers from what is + when charging."""
    return _signed("battery_power", "battery_charge_power", "battery_discharge_power", compute, fields)


def signed_grid(*fields: str) -> dict[str, Read]:
    """Grid powers from the first set of fields that are + when importing."""
    return _signed("grid_power", "grid_import_power", "grid_export_power", nonzero, fields)


def _signed(
    both: str, plus: str, minus: str, compute: Callable[..., float | None], fields: tuple[str, ...]
) -> dict[str, Read]:
    return {
        both: of(compute, *fields),
        plus: of(lambda *values: _part(positive, compute(*values)), *fields),
        minus: of(lambda *values: _part(negative, compute(*values)), *fields),
    }


def _part(side: Callable[[float], float], signed: float | None) -> float | None:
    return None if signed is None else side(signed)


def grid(imported: str, exported: str) -> dict[str, Read]:
    """Grid powers from fields that are positive both."""
    return {"grid_power": less(imported, exported), "grid_import_power": imported, "grid_export_power": exported}


def phases(first: str, second: str, third: str) -> dict[str, Read]:
    return {"grid_voltage": first, "grid_voltage_l2": second, "grid_voltage_l3": third}


SIGNAL_STRENGTH = Property(
    name="signal_strength", label="Signal strength", reads=("signal.data",), quantity=SIGNAL, main=False
)
FIRMWARE_VERSION = Property(name="firmware_version", label="Firmware version", reads=("details.fw_version",))


def add(first: float | None, *others: float | None) -> float | None:
    """The sum of what is known. Unused fields stay 0: beside such, a first one that is missing is unknown, not 0."""
    if first is None and not any(others):
        return None
    return (first or 0.0) + sum(value or 0.0 for value in others)


def nonzero(first: float | None, *others: float | None) -> float | None:
    """The first that is not 0; unknown, as in `add`, where it may be the one that is missing."""
    return next((value for value in (first, *others) if value), first)
