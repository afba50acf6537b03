"""Periods in numbered slots: which meet, and a day of NOAH's nine as one list, brought there with the fewest writes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bridge.devices.values import Json

Slot = Mapping[str, Any]

PERIOD = ("start", "end", "mode", "power")


def periods_of(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """The periods that are active, in the order of the day."""
    active = [{key: slot[key] for key in PERIOD} for slot in slots if _is_active(slot)]
    return sorted(active, key=lambda period: str(period["start"]))


def changes(slots: Mapping[int, Slot], wanted: Sequence[Slot], modes: Mapping[str, Any]) -> list[tuple[int, Json]]:
    """Which slots to write, in order, so that exactly the wanted periods are active.

    A slot that has a wanted period already stays, one for each. Every other active one is taken for a new period, one
    of the same time first, or switched off; so no write is wasted. Switching off comes first, and a new period comes
    when nothing active is in its way, as far as that is possible.
    """
    missing, stale = list(wanted), []
    for n, slot in slots.items():
        if found := [period for period in missing if _has(slot, period)]:
            missing.remove(found[0])
        elif _is_active(slot):
            stale.append(n)
    free = [n for n, slot in slots.items() if not _is_active(slot)]
    placed: dict[int, Slot] = {}
    for period in missing:
        pool = stale or free
        n = next((n for n in pool if _overlap(slots[n], period)), pool[0]) if stale else pool[0]
        pool.remove(n)
        placed[n] = period
    off = [(n, _off(slots[n], modes)) for n in stale]
    return [*off, *_without_collisions(slots, placed)]


def overlap_note(name: str, n: int, numbers: Sequence[int]) -> Callable[[Any, Mapping[str, Json]], str | None]:
    """A setting's note for slot `n` of those called `name` and a number: the device decides which of two periods
    counts; whoever sets one should know of the other."""

    def note(slot: Any, values: Mapping[str, Json]) -> str | None:
        others = {k: values.get(f"{name}_{k}") for k in numbers if k != n}
        known = {k: other for k, other in others.items() if other is not None and is_known(other)}
        met = [f"{k} ({known[k]['start']}-{known[k]['end']})" for k in overlapped(slot, known)]
        return f"overlaps the active {name.replace('_', ' ')}s {', '.join(met)}" if met else None

    return note


def is_known(slot: Slot | None) -> bool:
    return slot is not None and all(value is not None for value in slot.values())


def overlapped(slot: Slot, others: Mapping[int, Slot]) -> list[int]:
    """Numbers of the active slots that an active one shares time with."""
    return [n for n, other in others.items() if _is_active(slot) and _is_active(other) and _overlap(slot, other)]


def _without_collisions(slots: Mapping[int, Slot], placed: Mapping[int, Slot]) -> list[tuple[int, Json]]:
    """The writes in an order in which a new period meets no old one that is still to be replaced."""
    todo, done = dict(placed), []
    while todo:
        old = {n: slots[n] for n in todo if _is_active(slots[n])}
        n = next((n for n in todo if not any(_overlap(s, todo[n]) for m, s in old.items() if m != n)), next(iter(todo)))
        done.append((n, {**todo.pop(n), "enabled": True}))
    return done


def _off(slot: Slot, modes: Mapping[str, Any]) -> dict[str, Any]:
    mode = slot["mode"] if slot["mode"] in modes else next(iter(modes))
    return {**slot, "mode": mode, "enabled": False}


def _is_active(slot: Slot) -> bool:
    """One that ends when it starts, or before, does nothing."""
    return bool(slot["enabled"] and slot["start"] < slot["end"])


def _has(slot: Slot, period: Slot) -> bool:
    return _is_active(slot) and all(slot[key] == period[key] for key in PERIOD)


def _overlap(one: Slot, other: Slot) -> bool:
    return bool(one["start"] < other["end"] and other["start"] < one["end"])
