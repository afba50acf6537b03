"""What the bridge tells on its event topic: each type of event with its level in the log and what it means."""

import logging
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Protocol

EventKind = Literal[
    "device_joined",
    "device_left",
    "device_moved",
    "cloud_unreachable",
    "token_refused",
    "cloud_back",
    "rate_limited",
    "poll_deferred",
    "bad_request",
    "unknown_device",
    "unknown_type",
    "name_taken",
    "in_two_plants",
    "in_two_accounts",
    "another_bridge",
    "clock_jumped",
]


class Event(NamedTuple):
    """A type of event. `state`: the one that it says its account is in."""

    level: int
    meaning: str
    state: str | None = None


class Tell(Protocol):
    """Has an event told."""

    def __call__(self, kind: EventKind, message: str, **details: Any) -> None: ...


EVENTS: Mapping[EventKind, Event] = {
    "device_joined": Event(logging.INFO, "a device is new"),
    "device_left": Event(logging.INFO, "a device has left its account"),
    "device_moved": Event(logging.INFO, "a device is asked about by another account, its own being refused"),
    "cloud_unreachable": Event(logging.WARNING, "the Growatt cloud does not answer", "unreachable"),
    "token_refused": Event(logging.WARNING, "the cloud refuses an account", "token_refused"),
    "cloud_back": Event(logging.INFO, "it answers again", "ok"),
    "rate_limited": Event(logging.WARNING, "the cloud found a call too frequent"),
    "poll_deferred": Event(logging.WARNING, "what a message to `get` asked for comes later"),
    "bad_request": Event(logging.WARNING, "a message to `get` could not be understood"),
    "unknown_device": Event(logging.WARNING, "a command or `get` for a device that is not there"),
    "unknown_type": Event(logging.WARNING, "a device of a type that the bridge does not know"),
    "name_taken": Event(logging.WARNING, "a device cannot have the name that the configuration gives it"),
    "in_two_plants": Event(logging.WARNING, "a device stands in two plants; the first counts"),
    "in_two_accounts": Event(logging.WARNING, "a device belongs to two accounts; the first has it"),
    "another_bridge": Event(logging.WARNING, "another bridge works on the same base topic"),
    "clock_jumped": Event(logging.WARNING, "this machine's clock was set, or the machine slept"),
}
