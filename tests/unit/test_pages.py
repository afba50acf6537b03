"""Long answers, divided into messages and put together again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.service.pages import TooLarge, pages


def answer(data: Any) -> dict[str, Any]:
    return {"status": "ok", "data": data, "transaction": {"id": [1, "two"]}}


def told(data: Any, largest: int) -> list[dict[str, Any]]:
    payloads = pages(answer(data), largest)
    assert [len(payload) for payload in payloads if len(payload) > largest] == []
    return [json.loads(payload) for payload in payloads]


def joined(one: Any, other: Any) -> Any:
    """As a user of MQTT would do it: lists are continued, all else is the same on every page."""
    match one:
        case list():
            return one + other
        case dict():
            assert one.keys() == other.keys()
            return {key: joined(item, other[key]) for key, item in one.items()}
    assert one == other
    return one


def test_what_fits_is_one_message_without_pages() -> None:
    assert told({"soc": 5, "rows": []}, 10_000) == [answer({"soc": 5, "rows": []})]
    exact = len(json.dumps(answer([1, 2, 3]), separators=(",", ":")))
    assert told([1, 2, 3], exact) == [answer([1, 2, 3])]


def test_every_page_has_the_shape_of_the_whole() -> None:
    rows = [{"time": f"12:{n:02}", "pac": n} for n in range(5)]
    page = told({"count": 5, "datas": rows, "last": {"page": True}}, 180)
    assert page == [
        {**answer({"count": 5, "datas": rows[first:last], "last": {"page": True}}), "page": n, "pages": 3}
        for n, (first, last) in enumerate([(0, 2), (2, 4), (4, 5)], 1)
    ]


scalars = st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=8)
rows = st.lists(st.dictionaries(st.text(max_size=3), scalars | st.lists(scalars, max_size=2), max_size=2), max_size=20)
replies = rows | st.dictionaries(st.text(max_size=4), scalars | rows | st.dictionaries(st.text(max_size=4), rows))


@given(replies, st.integers(500, 3000))
def test_the_pages_of_any_reply_are_the_reply(data: Any, largest: int) -> None:
    try:
        found = told(data, largest)
    except TooLarge:
        assert len(json.dumps(answer(data))) > largest
        return
    whole = found[0]["data"]
    for page in found[1:]:
        whole = joined(whole, page["data"])
    assert whole == data
    numbers = [(page.get("page"), page.get("pages")) for page in found]
    assert numbers == ([(None, None)] if len(found) == 1 else [(n, len(found)) for n in range(1, len(found) + 1)])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (["x" * 300], "a single entry of it does not fit into one message"),
        ([*["x"] * 300, "y" * 150], "a single entry of it does not fit into one message"),
        ({"text": "x" * 300, "rows": []}, "cannot be divided into messages"),
        ("x" * 300, "cannot be divided into messages"),
        (["x" * 20] * 2000, "would need 667 messages; ask for less at a time"),
    ],
    ids=["one large entry", "a large entry among others", "a large text", "nothing but text", "too many"],
)
def test_what_cannot_be_divided_says_so(data: Any, reason: str) -> None:
    with pytest.raises(TooLarge, match=reason):
        pages(answer(data), 150)
