"""Payloads: values to bytes and back. What comes in is checked; what goes out is always valid JSON in UTF-8."""

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"

LIMIT = 65_536  # bytes of a payload that is looked at
MAX_DEPTH = 16
MAX_DIGITS = 30  # of a whole number; no setting has more, and long ones cost time to read
EXACT = 2**53  # up to here a float holds every whole number


class PayloadError(ValueError):
    """A payload that cannot be understood; the text says what is wrong and where."""


def encode(value: object) -> bytes:
    """Compact JSON; keys in the order given, sets sorted.

    NaN and infinities become null, whole floats lose their `.0`, datetimes (aware ones only) are ISO 8601 with offset,
    durations are seconds, enums are words (the value where it is text, else the member's name in small letters).
    """
    return dump(_plain(value))


def dump(plain: JsonValue) -> bytes:
    """The same of what is in JSON's own types already, whole numbers among them as int."""
    try:
        return to_json(plain, inf_nan_mode="null")
    except PydanticSerializationError:  # half of a surrogate pair has no UTF-8
        text = json.dumps(_plain(plain), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode("utf-8", errors="replace")


_JSONS_OWN = frozenset({str, int, bool, type(None)})
"""Types, subclasses apart, that are JSON already."""


def bare(value: object) -> bytes:
    """A value alone on its topic: text without quotes, everything else as JSON (`true`, `5`, `null`).

    Never empty, since an empty payload would delete the retained message: the empty string is `""`.
    """
    plain = _plain(value)
    if isinstance(plain, str) and plain:
        return plain.encode("utf-8", errors="replace")
    return encode(plain)


def _plain(value: Any) -> JsonValue:
    """The value in JSON's own types."""
    if value.__class__ in _JSONS_OWN:
        return value  # type: ignore[no-any-return]
    if value.__class__ is float:
        return _number(value)
    if value.__class__ is dict:
        own = _JSONS_OWN
        return {
            key if key.__class__ is str else _key(key): item
            if item.__class__ in own or (item.__class__ is float and item % 1 > 0)  # finite and not whole
            else _plain(item)
            for key, item in value.items()
        }
    match value:
        case Enum():
            return value.value if isinstance(value.value, str) else value.name.lower()
        case None | bool() | str():
            return value
        case int() | float() | Decimal():
            return _number(value)
        case datetime() | date() | time() | timedelta():
            return _moment(value)
        case BaseModel():
            return _plain(value.model_dump())
        case _:
            return _container(value)


def _number(value: float | Decimal) -> int | float | None:
    if isinstance(value, int):
        return value
    if not math.isfinite(value):
        return None
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < EXACT else number


def _moment(value: date | time | timedelta) -> JsonValue:
    if isinstance(value, timedelta):
        return _number(value.total_seconds())
    if isinstance(value, datetime) and value.tzinfo is None:
        raise TypeError(f"a datetime without time zone cannot be published: {value}")
    return value.isoformat()


def _container(value: Any) -> JsonValue:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item) for item in value]
    raise TypeError(f"a {type(value).__name__} cannot be published")


def _key(key: object) -> str:
    plain = _plain(key)
    return plain if isinstance(plain, str) else json.dumps(plain)


def decode_object(payload: bytes, limit: int = LIMIT) -> dict[str, JsonValue]:
    """A JSON object. Raises `PayloadError` for everything else."""
    value = _parse(_text(payload, limit))
    if not isinstance(value, dict):
        raise PayloadError(f'expected a JSON object such as {{"name": 5}}, got {_kind(value)}')
    return value


def decode_value(payload: bytes, limit: int = LIMIT) -> JsonValue:
    """One value, as JSON or as bare text: `5`, `5.5`, `true`, `"ON"` and `ON` alike. Raises `PayloadError`."""
    text = _text(payload, limit)
    if text[0] in '{["':
        return _parse(text)
    try:
        return _parse(text)
    except _NotJsonError:
        return text


class _NotJsonError(PayloadError):
    """The syntax is not JSON's, which bare text need not have."""


def _text(payload: bytes, limit: int) -> str:
    if len(payload) > limit:
        raise PayloadError(f"the payload has {len(payload)} bytes, at most {limit} are taken")
    try:
        text = payload.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise PayloadError(f"the payload is not UTF-8: byte {error.start} is 0x{payload[error.start]:02x}") from None
    if not text:
        raise PayloadError("the payload is empty")
    return text


def _parse(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _NotJsonError(f"the payload is not valid JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise PayloadError(f"the payload is nested deeper than {MAX_DEPTH} levels") from None
    _inspect(value, 1)
    return value


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PayloadError(f"the key {twice!r} appears twice")
    return result


def _refuse_constant(name: str) -> JsonValue:
    raise PayloadError(f"{name} is not a number that can be used")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise PayloadError(f"the number {digits[:MAX_DIGITS]} is too large")
    return value


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise PayloadError(
            f"the number {digits[:MAX_DIGITS]}... has {len(digits)} digits, at most {MAX_DIGITS} are taken"
        )
    return int(digits)


def _inspect(value: JsonValue, depth: int) -> None:
    """Bound the depth, and find text that no UTF-8 message could carry back."""
    if depth > MAX_DEPTH and isinstance(value, dict | list):
        raise PayloadError(f"the payload is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
        raise PayloadError(f"half of a surrogate pair in the text {value[:40]!a}")
    children: Iterable[JsonValue] = ()
    if isinstance(value, dict):
        children = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        children = value
    for child in children:
        _inspect(child, depth + 1)


def _kind(value: JsonValue) -> str:
    names = {dict: "an object", list: "an array", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
