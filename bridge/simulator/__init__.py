"""A Growatt cloud to run against: the demo and the tests speak real HTTP with it.

    world = World.demo(clock=clock)
    with serve_in_thread(SimulatedCloud(world)) as url:
        ...

It shares no code with `bridge.growatt`, so that a mistake in one is caught by the other.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.simulator.cloud import SimulatedCloud
    from bridge.simulator.server import run, serve, serve_in_thread
    from bridge.simulator.world import World

__all__ = ["NotInstalled", "SimulatedCloud", "World", "run", "serve", "serve_in_thread"]

_HOMES = {"World": "world", "SimulatedCloud": "cloud", "run": "server", "serve": "server", "serve_in_thread": "server"}


class NotInstalled(ImportError):
    """A package is missing that comes with the extra `demo`."""


def __getattr__(name: str) -> object:
    """Load on first use: the web server takes its time and is an optional extra."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name not in {"starlette", "uvicorn"}:
            raise
        hint = f"the simulated cloud needs the package {error.name}; in a clone run: pip install '.[demo]'"
        raise NotInstalled(hint) from error
