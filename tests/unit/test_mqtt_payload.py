import contextlib
import dataclasses
import enum
import math
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.mqtt.payload import PayloadError, bare, decode_object, decode_value, encode


class Mode(enum.IntEnum):
    LOAD_FIRST = 0


class Status(enum.StrEnum):
    OK = "normal"


@dataclasses.dataclass
class Point:
    at: datetime
    tags: set[str]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 5.0, "a": 5.5, "n": None}, b'{"b":5,"a":5.5,"n":null}'),
        ([math.nan, math.inf, -math.inf, -0.0, 12345678.5], b"[null,null,null,0,12345678.5]"),
        ((Mode.LOAD_FIRST, Status.OK, True), b'["load_first","normal",true]'),
        ({Mode.LOAD_FIRST: 1, 2: 3}, b'{"load_first":1,"2":3}'),
        (
            Point(datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2))), {"b", "a", "c"}),
            b'{"at":"2026-07-01T12:00:00+02:00","tags":["a","b","c"]}',
        ),
        (
            [datetime(2026, 7, 1, tzinfo=UTC), date(2026, 7, 1), time(8, 30), timedelta(minutes=5)],
            b'["2026-07-01T00:00:00+00:00","2026-07-01","08:30:00",300]',
        ),
        ("Dach Süd", '"Dach Süd"'.encode()),
        ("half \ud83d", b'"half ?"'),
    ],
)
def test_encode(value, expected):
    assert encode(value) == expected


@pytest.mark.parametrize("value", [datetime(2026, 7, 1), b"raw", object()])  # noqa: DTZ001 - what is refused
def test_encode_refuses_what_has_no_clear_form(value):
    with pytest.raises(TypeError, match="cannot be published"):
        encode({"value": value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, b"true"), (None, b"null"), (5.0, b"5"), ("load first", b"load first"), ("", b'""'), ([1, "a"], b'[1,"a"]')],
)
def test_bare(value, expected):
    assert bare(value) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"5", 5),
        (b" 5.5\n", 5.5),
        (b'"ON"', "ON"),
        (b"ON", "ON"),
        (b"08:30", "08:30"),
        (b"true", True),
        (b"null", None),
        (b'{"start":"08:30"}', {"start": "08:30"}),
        (b"\xef\xbb\xbf7", 7),
    ],
)
def test_decode_value(payload, expected):
    value = decode_value(payload)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff5", "byte 0 is 0xff"),
        (b"NaN", "NaN is not a number"),
        (b"-Infinity", "-Infinity is not a number"),
        (b"1e999", "1e999 is too large"),
        (b"9" * 5000, "has 5000 digits"),
        (b'{"a":1,"b":{"c":1,"c":2}}', "'c' appears twice"),
        (b'{"a":1,\n"b":}', "line 2, column 5"),
        (b'"open', "line 1, column 1"),
        (b"[" * 17 + b"]" * 17, "deeper than 16"),
        (b"[" * 30_000, "deeper than 16"),
        (b'{"a":"\\ud83d"}', "surrogate"),
        (b"x" * 101, "has 101 bytes, at most 100"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_decode_says_what_is_wrong(payload, says):
    with pytest.raises(PayloadError, match=says):
        decode_value(payload, limit=100 if b"x" in payload else 65_536)


@pytest.mark.parametrize(
    ("payload", "kind"), [(b"5", "a number"), (b"[]", "an array"), (b"null", "null"), (b'""', "text")]
)
def test_decode_object_takes_objects_only(payload, kind):
    assert decode_object(b'{"charge_limit": 90}') == {"charge_limit": 90}
    with pytest.raises(PayloadError, match=f"got {kind}"):
        decode_object(payload)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
def test_decode_raises_nothing_else(payload):
    for decode in (decode_value, decode_object):
        with contextlib.suppress(PayloadError):
            decode(payload)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**29), 10**29)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_round_trip(value):
    assert decode_object(encode(value)) == value
