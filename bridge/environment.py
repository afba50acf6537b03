"""The configuration in environment variables: GROWATT_BRIDGE_ and the key in capitals, sections joined by two
underscores, for example GROWATT_BRIDGE_MQTT__HOST. What is more than one value, such as a list, is JSON.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

PREFIX = "GROWATT_BRIDGE_"
FILE_VARIABLE = f"{PREFIX}CONFIG"

_KUBERNETES = re.compile(r"(\w+_)?(SERVICE_(HOST|PORT)\w*=.*|PORT=\w+://.*|PORT_\d+_\w+=.*)")
"""What every pod is told of services whose names begin with growatt-bridge."""

Loc = tuple[int | str, ...]
"""Where a value stands."""

Model = type[BaseModel]


def told(model: Model) -> dict[str, Any]:
    """What the variables say, in the shape of the file. A section may come as JSON, and single keys of it besides."""
    found: dict[str, Any] = {}
    for name, text in sorted(_variables().items()):  # a section before its keys
        path = _path(name)
        if path[0] in model.model_fields:
            _put(found, path, _value(text, annotation_at(model, path)))
    return found


def strays(model: Model) -> Iterator[str]:
    """Variables that belong to no key, which nobody else would look at."""
    for name, value in sorted(os.environ.items()):
        upper = name.upper()
        rest = upper.removeprefix(PREFIX)
        foreign = upper in (rest, FILE_VARIABLE) or _KUBERNETES.fullmatch(f"{rest}={value}")
        if not foreign and _path(upper)[0] not in model.model_fields:
            yield name


def origin(loc: Loc) -> str | None:
    """The variable that a value comes from: one of its own, one that holds what is around it, or one of what is below;
    None where it comes from none."""
    variables = _variables()
    for end in range(len(loc), 0, -1):
        variable = _variable(loc[:end])
        if variable in variables and _holds(variables[variable], loc[end:]):
            return variable
    return next((name for name in sorted(variables) if name.startswith(f"{_variable(loc)}__")), None)


def names(model: Model, above: Loc = ()) -> Iterator[str]:
    """What a variable may be called."""
    for name, info in model.model_fields.items():
        below = section(info.annotation)
        yield from names(below, (*above, name)) if below else (_variable((*above, name)),)


def section(annotation: Any) -> Model | None:
    """The section that a key stands for, None where it has a value or a list."""
    kinds = get_args(annotation) or (annotation,)
    return kinds[0] if hasattr(kinds[0], "model_fields") and ... not in kinds else None


def annotation_at(model: Model, loc: Loc) -> Any:
    """The type of what stands somewhere in the configuration, None where nothing does."""
    annotation: Any = model
    for part in loc:
        annotation = annotation if isinstance(part, int) else getattr(keys_of(annotation).get(part), "annotation", None)
    return annotation


def keys_of(annotation: Any) -> Mapping[str, FieldInfo]:
    """What may stand below something of this type, or in each of its list."""
    fields: Mapping[str, FieldInfo] = getattr(next(iter(get_args(annotation)), annotation), "model_fields", {})
    return fields


def _variables() -> dict[str, str]:
    """Those that say something; an empty one does not."""
    return {name.upper(): text for name, text in os.environ.items() if text and name.upper().startswith(PREFIX)}


def _variable(loc: Loc) -> str:
    return PREFIX + "__".join(map(str, loc)).upper()


def _path(variable: str) -> tuple[str, ...]:
    return tuple(variable.removeprefix(PREFIX).lower().split("__"))


def _put(found: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *above, last = path
    for part in above:
        below = found.setdefault(part, {})
        if not isinstance(below, dict):  # a mistake, which the check of the key finds
            return
        found = below
    found[last] = value


def _value(text: str, annotation: Any) -> Any:
    """What is no JSON stays as it is: the check of the key then says what is expected there."""
    if any(hasattr(kind, "model_fields") or get_origin(kind) is tuple for kind in (annotation, *get_args(annotation))):
        with suppress(ValueError):
            return json.loads(text)
    return text


def _holds(text: str, rest: Loc) -> bool:
    """Whether a variable says something of what is below it. A list takes the place of the file's; a section may leave
    keys to the file."""
    with suppress(ValueError):
        value = json.loads(text)
        return not rest or not isinstance(value, dict) or rest[0] in value
    return not rest
