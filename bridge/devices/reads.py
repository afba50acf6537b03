"""Where a value comes from: a field of a source, or a computation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from sys import intern
from typing import Any


@dataclass(frozen=True, slots=True)
class Computed:
    """A value made from several fields of one source. `compute` gets them in order, and is asked only where at least
    one of them is known. `by`: counters to choose by, in groups: a field and its period, such as `eac_today`. Of these
    the guard tells what is known, and the fields themselves are freed of glitches. Then `compute` gets groups, the
    fields as the first."""

    source: str
    fields: tuple[str, ...]
    compute: Callable[..., Any]
    by: tuple[tuple[str, ...], ...] = ()


Read = str | Computed
"""Where a value comes from: "source.field", or a computation."""

Get = Callable[[Mapping[str, Any]], Any]
"""Finds what the client read among the fields of a source's record; None where it is unknown."""


def source_of(read: Read) -> str:
    return read.split(".", 1)[0] if isinstance(read, str) else read.source


def fields_of(read: Read) -> tuple[str, ...]:
    """Names of the fields that a read needs."""
    return (intern(read.split(".", 1)[1]),) if isinstance(read, str) else read.fields


def sources_of(reads: Sequence[Read]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source_of(read) for read in reads))


def getter(reads: Sequence[Read], source: str) -> Get:
    """Finds the first of a source's reads that is known."""
    gets = [_get(read) for read in reads if source_of(read) == source]
    return gets[0] if len(gets) == 1 else partial(_first, gets)


def _first(gets: Sequence[Get], record: Mapping[str, Any]) -> Any:
    return next((raw for get in gets if (raw := get(record)) is not None), None)


def _get(read: Read) -> Get:
    fields = fields_of(read)
    if isinstance(read, str):
        return itemgetter(fields[0])
    compute, groups = read.compute, (fields, *read.by)

    def computed(record: Mapping[str, Any]) -> Any:
        values = [record[name] for name in fields]
        return compute(*values) if any(value is not None for value in values) else None

    def chosen(record: Mapping[str, Any]) -> Any:
        return compute(*(tuple(record[name] for name in group) for group in groups))

    return chosen if read.by else computed
