"""How a value of a reply is read: by the type of its field, item by item where it is a list or an object."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from types import NoneType
from typing import Annotated, Any, Protocol, Self, get_args, get_origin, runtime_checkable

from pydantic import ConfigDict, TypeAdapter

Parse = Callable[[Any], Any]
"""Reads a value, never None; ValueError where it cannot be understood."""

_SCALARS = ConfigDict(coerce_numbers_to_str=True, allow_inf_nan=False)


@runtime_checkable
class Part(Protocol):
    """A model that reads itself as a part of another one."""

    @classmethod
    def within(cls, value: Any) -> Self: ...


class Partly(ValueError):
    """Of a list or an object, some was read, some is broken."""

    def __init__(self, read: Any, broken: Any) -> None:
        super().__init__(broken)
        self.read = read
        self.broken = broken


@cache
def parser(annotation: Any, validators: tuple[Any, ...] = ()) -> Parse:
    """For a type with pydantic's validators; one for all fields that share them."""
    kind = _only_kind(annotation)
    if isinstance(kind, type) and issubclass(kind, Part):
        return kind.within
    if get_origin(kind) is list:
        return partial(_list, parser(*get_args(kind)))
    if get_origin(kind) is dict:
        return partial(_dict, parser(get_args(kind)[1]))
    whole: Any = Annotated[(annotation, *validators)] if validators else annotation
    return TypeAdapter(whole, config=_SCALARS).validator.validate_python


def _only_kind(annotation: Any) -> Any:
    """T of `T | None`."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kinds[0] if NoneType in get_args(annotation) and len(kinds) == 1 else annotation


def _list(parse: Parse, raw: Any) -> list[Any]:
    if not isinstance(raw, list | tuple):
        raise ValueError(f"not a list: {raw!r}")
    read, broken = _each(parse, enumerate(raw))
    if broken:
        raise Partly(list(read.values()), list(broken.values()))
    return list(read.values())


def _dict(parse: Parse, raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError(f"not an object: {raw!r}")
    read, broken = _each(parse, raw.items())
    if broken:
        raise Partly(read, broken)
    return read


def _each(parse: Parse, items: Iterable[tuple[Any, Any]]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    read, broken = {}, {}
    for key, item in items:
        try:
            read[key] = parse(item)
        except Partly as partly:
            read[key], broken[key] = partly.read, partly.broken
        except ValueError:
            broken[key] = item
    return read, broken
