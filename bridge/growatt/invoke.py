"""Calling a method of the client by name with JSON arguments, for the command line and for requests over MQTT."""

import inspect
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from bridge.growatt.calls import Endpoint, Module
from bridge.growatt.client import AsyncGrowattApi, GrowattApi, public_modules
from bridge.growatt.errors import ArgumentError


def methods(api: GrowattApi | AsyncGrowattApi) -> dict[str, dict[str, Endpoint[Any, Any]]]:
    """Every method of every module, by module and name."""
    return {name: getattr(api, name).endpoints() for name in public_modules()}


def find(api: GrowattApi | AsyncGrowattApi, module: str, method: str) -> tuple[Module[Any], Endpoint[Any, Any]]:
    """A method by its names; ArgumentError names what exists."""
    if module not in public_modules():
        raise ArgumentError("module", module, f"one of {', '.join(public_modules())}")
    owner: Module[Any] = getattr(api, module)
    endpoints = owner.endpoints()
    if method not in endpoints:
        raise ArgumentError("method", method, f"one of {', '.join(sorted(endpoints))}")
    return owner, endpoints[method]


def arguments(endpoint: Endpoint[Any, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values as the method's own types: dates and times from ISO texts, numbers from texts."""
    parameters = endpoint.signature.parameters
    for name in values:
        if name not in parameters:
            raise ArgumentError(name, values[name], f"no such argument; there are {', '.join(parameters) or 'none'}")
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty and name not in values:
            raise ArgumentError(name, None, "this argument is needed")
    return {name: _convert(name, parameters[name].annotation, value) for name, value in values.items()}


def _convert(name: str, annotation: Any, value: Any) -> Any:
    """A boolean stays one: whether it may stand for a number is the method's to say."""
    if isinstance(value, bool):
        return value
    try:
        return TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True)).validate_python(value)
    except ValidationError as error:
        raise ArgumentError(name, value, error.errors(include_url=False)[0]["msg"].lower()) from None
