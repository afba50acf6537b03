"""Where a reply holds the record of each device: the shapes that the families share."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bridge.growatt.fields import Reading

R = TypeVar("R", bound=Reading)
Records = Callable[[Any, list[str]], Mapping[str, Reading]]


def listed(serial: str, repair: Callable[[Any], Reading] | None = None) -> Records:
    """v4 replies: one record per device in `data.devices`, told apart by the field `serial`."""

    def records(reply: Any, serials: list[str]) -> dict[str, Reading]:
        rows = (reply.data and reply.data.devices) or []
        found = {getattr(row, serial): row for row in rows if getattr(row, serial) in serials}
        return {sn: repair(row) for sn, row in found.items()} if repair else found

    return records


def data_of(repair: Callable[[Any], Reading] | None = None) -> Records:
    """Replies about one device whose data is the record."""

    def records(reply: Any, serials: list[str]) -> dict[str, Reading]:
        if reply.data is None:
            return {}
        return {serials[0]: repair(reply.data) if repair else reply.data}

    return records


def itself(reply: Any, serials: list[str]) -> dict[str, Reading]:
    """Replies whose data is one number: the reply is the record."""
    return {} if reply.data is None else {serials[0]: reply}


def without(record: R, names: list[str]) -> R:
    """The record with these fields unknown."""
    return record.model_copy(update=dict.fromkeys(names)) if names else record


def positive(value: float) -> float:
    """The part of a signed value above zero."""
    return max(0.0, value)


def negative(value: float) -> float:
    """The part of a signed value below zero, as a positive number."""
    return max(0.0, -value)


def negated(value: float) -> float:
    """The value with the other sign; zero stays plain zero."""
    return 0.0 - value


def product(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a * b
