"""Answers in messages that fit: a long one comes in pages, each of them with the shape of the whole."""

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.devices import Json
from bridge.growatt import GrowattError
from bridge.mqtt import encode

LARGEST = 256 * 1024
"""Bytes of a payload, where the broker takes no less: more than most brokers and clients like."""

MOST = 400
"""Pages of an answer; they wait in the broker connection's queue, twice where the sender named a topic of its own."""

Row = tuple[tuple[str, ...], Json]
"""An entry of a list, and the keys that lead to the list."""


class TooLarge(GrowattError):
    """An answer that no number of messages can carry."""


def pages(answer: Mapping[str, Json], largest: int) -> list[bytes]:
    """The payloads of an answer, each of at most `largest` bytes.

    What fits is one message, as it is. Else every page has `page`, `pages` and all of the answer, but of the lists in
    `data` the next entries only: joined in order, they are the lists. Entries are never divided.
    """
    whole = encode(answer)
    if len(whole) <= largest:
        return [whole]
    data = {"data": answer["data"]}
    frame = {**answer, **_emptied(data), "page": MOST, "pages": MOST}
    parts = _parts(_rows(data), largest - len(encode(frame)), len(whole))
    count = {"pages": len(parts)}
    return [encode({**answer, **_filled(data, part), "page": n, **count}) for n, part in enumerate(parts, 1)]


def _parts(rows: Iterator[Row], room: int, size: int) -> list[list[Row]]:
    parts: list[list[Row]] = [[]]
    left = room
    for path, row in rows:
        needed = len(encode(row)) + 1  # the comma
        if needed > left:
            parts.append([])
            left = room
        parts[-1].append((path, row))
        left -= needed
        if left < 0:
            raise TooLarge(f"the answer has {size} bytes, and a single entry of it does not fit into one message")
    if room < 0:
        raise TooLarge(f"the answer has {size} bytes and cannot be divided into messages")
    if len(parts) > MOST:
        raise TooLarge(f"the answer has {size} bytes and would need {len(parts)} messages; ask for less at a time")
    return parts


def _rows(value: Json, path: tuple[str, ...] = ()) -> Iterator[Row]:
    """The entries of all lists that are in no other list."""
    match value:
        case dict():
            for key, item in value.items():
                yield from _rows(item, (*path, key))
        case list():
            yield from ((path, row) for row in value)


def _emptied(value: Any) -> Any:
    """The same without the entries."""
    match value:
        case dict():
            return {key: _emptied(item) for key, item in value.items()}
        case list():
            return []
    return value


def _filled(value: dict[str, Json], rows: list[Row]) -> dict[str, Json]:
    """The same with these entries only."""
    page: dict[str, Json] = _emptied(value)
    for path, row in rows:
        place: Any = page
        for key in path:
            place = place[key]
        place.append(row)
    return page
