"""How a source's record is told, prepared once for each family: most fields are shown as they are read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress
from operator import itemgetter, ne
from typing import Any, NamedTuple, Protocol

from bridge.devices.reads import Computed, Get, Read, fields_of, getter
from bridge.devices.values import Json, plain


class Item(Protocol):
    """What has a value: a property or a setting."""

    @property
    def name(self) -> str: ...
    @property
    def reads(self) -> tuple[Read, ...]: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def counts(self) -> bool: ...
    @property
    def shower(self) -> Callable[[Any], Json]: ...


class Teller(NamedTuple):
    """How one source tells the value of one item. `place`: of the item among `Family.items`; `shown` makes what `get`
    finds the value for home; `ranks`: the names of all sources that tell it, the preferred one has the lowest number,
    None where there is no other; `counts`: the item counts energy, and its value needs the guard; `by`: counters by
    which it chooses, with their fields.
    """

    place: int
    name: str
    get: Get
    shown: Callable[[Any], Json]
    ranks: Mapping[str, int] | None
    counts: bool
    by: Mapping[str, str]


class AsRead:
    """How one source tells items that are no more than one field each, and that no other source tells."""

    def __init__(self, items: Sequence[tuple[int, str, str]]) -> None:
        """Place, name and field of each."""
        self._places = tuple(place for place, _, _ in items)
        self._names = tuple(name for _, name, _ in items)
        self._raw = _picker(tuple(field for _, _, field in items))
        self._known = _picker(self._places)

    def values(self, fields: Mapping[str, Any]) -> Iterator[tuple[int, str, Json]]:
        """Place, name and value of each."""
        return zip(self._places, self._names, map(plain, self._raw(fields)), strict=True)

    def news(self, fields: Mapping[str, Any], held: Sequence[Json]) -> Iterator[tuple[int, Json]]:
        """Place and value of those whose value is not the one `held` there."""
        raw = self._raw(fields)
        new = tuple(map(ne, raw, self._known(held)))
        return zip(compress(self._places, new), map(plain, compress(raw, new)), strict=True)


class Tellers(NamedTuple):
    """All that one source tells. `counters` count energy; `others` are more than a field, or told by others, too;
    `plain` is the rest."""

    plain: AsRead
    counters: AsRead
    others: Sequence[Teller]


def _picker(keys: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Finds what stands under several keys, much faster than one by one."""
    return itemgetter(*keys) if len(keys) > 1 else lambda found: tuple(found[key] for key in keys)


_NOTHING = AsRead(())
"""Of the hundreds of sources that tell one setting, which is more than a field."""


def told_by(source: str, items: Sequence[Item]) -> Tellers:
    """All that a source tells of these."""
    told = [(place, item, _field_of(item)) for place, item in enumerate(items) if source in item.sources]
    fields = [(place, item, field) for place, item, field in told if field]
    return Tellers(
        _as_read([(place, item.name, field) for place, item, field in fields if not item.counts]),
        _as_read([(place, item.name, field) for place, item, field in fields if item.counts]),
        [_teller(place, item, source) for place, item, field in told if not field],
    )


def _as_read(items: Sequence[tuple[int, str, str]]) -> AsRead:
    return AsRead(items) if items else _NOTHING


def _field_of(item: Item) -> str | None:
    """The one field that the item shows as it is read, None where there is more to it."""
    read = item.reads[0]
    return fields_of(read)[0] if item.shower is plain and len(item.reads) == 1 and isinstance(read, str) else None


def _teller(place: int, item: Item, source: str) -> Teller:
    ranks = {name: rank for rank, name in enumerate(item.sources)} if len(item.sources) > 1 else None
    computed = (read for read in item.reads if isinstance(read, Computed) and read.source == source)
    by = {name: name.rpartition("_")[0] for read in computed for group in read.by for name in group}
    return Teller(place, item.name, getter(item.reads, source), item.shower, ranks, item.counts and not by, by)
