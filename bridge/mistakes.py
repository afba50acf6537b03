"""Mistakes in the configuration, in words for people: where they stand, and what to do."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bridge import environment
from bridge.config import Config
from bridge.environment import PREFIX, Loc


def explained(path: Path | None, error: ValidationError | None) -> Iterator[str]:
    """One line for each."""
    for name in environment.strays(Config):
        yield f"environment variable {name}: unknown; {_meant(name.upper())}"
    for detail in error.errors(include_url=False) if error else ():
        loc = detail["loc"]
        if detail["type"] == "of_key":
            loc = (*loc, detail["ctx"]["key"])
        key = ".".join(str(part) for part in loc)
        yield ": ".join(filter(None, (_origin(path, loc), key, _message(detail))))


def _meant(variable: str) -> str:
    known = (name.removeprefix(PREFIX) for name in environment.names(Config))
    close = difflib.get_close_matches(variable.removeprefix(PREFIX), list(known), n=1)
    hint = "did you mean {}?" if close else "sections and keys are joined by two underscores, such as {}"
    return hint.format(PREFIX + (close or ["MQTT__HOST"])[0])


def _origin(path: Path | None, loc: Loc) -> str:
    variable = environment.origin(loc)
    return f"environment variable {variable}" if variable else str(path or "environment")


def _message(detail: ErrorDetails) -> str:
    """In words for people. Never with the value: it may be a secret in the wrong place."""
    kind, loc = detail["type"], detail["loc"]
    if detail["input"] is None and kind != "extra_forbidden":
        kind = "string_too_short"
    if kind not in _WORDS:
        return detail["msg"].removeprefix("Value error, ")
    hint = _HINTS[kind](loc) if kind in _HINTS else ""
    return _WORDS[kind].format(hint=hint, **detail.get("ctx", {}))


def _keys(loc: Loc) -> list[str]:
    """What may stand below a place of the configuration."""
    return list(environment.keys_of(environment.annotation_at(Config, loc)))


def _suggest(loc: Loc) -> str:
    known = _keys(loc[:-1])
    close = difflib.get_close_matches(str(loc[-1]), known, n=1)
    return f"did you mean {close[0]}?" if close else f"known here are {', '.join(known)}"


_WORDS: Mapping[str, str] = {
    "extra_forbidden": "unknown key; {hint}",
    "missing": "is missing; add it",
    "string_too_short": "is empty; fill it in or leave the line out",
    "string_type": "expected text; put the value in quotes",
    "path_type": "expected a path; put it in quotes",
    "model_type": "expected keys below it, such as {hint}",
    "tuple_type": "expected a list, such as {hint}",
    "literal_error": "expected {expected}",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a finite number",
    "greater_than": "expected more than {gt:g}",
    "greater_than_equal": "expected {ge:g} or more",
    "less_than_equal": "expected {le:g} or less",
}
"""What is wrong, by kind of mistake; a kind that is not here has words of its own."""

_HINTS: Mapping[str, Callable[[Loc], str]] = {
    "extra_forbidden": _suggest,
    "model_type": lambda loc: _EXAMPLES.get(loc[-1], f"{_keys(loc)[0]}: ..."),
    "tuple_type": lambda loc: _EXAMPLES.get(loc[-1], '["charge_*"]'),
}

_EXAMPLES: Mapping[int | str, str] = {
    "tls": "ca_file: ..., or {} to trust the system's authorities",
    "accounts": '[{"name": "parents", "token_file": "/run/secrets/parents"}]',
    "devices": '[{"serial": "BZP1000001", "name": "Shed"}]',
    "include": '["BZP*"]',
    "exclude": '["BZP*"]',
    "enabled": '["battery_cycles"]',
    "disabled": '["pv1_voltage"]',
}
"""Examples that are right in YAML and as the JSON of a variable."""
