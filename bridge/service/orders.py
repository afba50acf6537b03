"""Orders, their commands and the writes that serve them: what was asked for, and what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.clock import Clock
from bridge.devices import Json, Setting
from bridge.devices.kinds import Object
from bridge.mqtt import encode
from bridge.service.wholes import parts_of

SETTLE = 0.4
"""Seconds without a newer value before one is written, so that a slider becomes one write."""

LONGEST_SETTLE = 2.0
NEWER = "a newer value took its place"
RETAINED = "a retained message is never executed; publish it without the retain flag"
BRIEF = 200
"""Characters of a name or value that are told of what is rejected, which may be as long as a payload."""


class Status(StrEnum):
    """What became of a command."""

    ACCEPTED = "accepted"
    VERIFIED = "verified"
    APPLIED = "applied"
    UNCONFIRMED = "unconfirmed"
    REJECTED = "rejected"
    FAILED = "failed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Result:
    """One line about one command. `note`: what people should know beside a success. `dry_run`: what would have been
    written, by setting.
    """

    setting: str
    value: Json
    status: Status
    error: str | None = None
    transaction: Json = None
    note: str | None = None
    dry_run: Mapping[str, Json] | None = None

    def told(self) -> dict[str, Json]:
        """What to say of it: the last two where there is something to say."""
        return {k: v for k, v in vars(self).items() if v is not None or k not in ("note", "dry_run")}


@dataclass(eq=False)
class Order:
    """What came in one message. `received`: when it was sent or first received (epoch seconds; 0 where nobody knows);
    `taken`: the clock's `monotonic` when it came to us; `report` is told each result, and which is the last. `resumed`:
    an earlier run had it in work.
    """

    received: float
    taken: float
    report: Callable[[Result, bool], None]
    transaction: Json = None
    resumed: bool = False
    open: int = 1

    def age(self, clock: Clock) -> float:
        """Seconds since it was sent; whichever clock says that more time has passed is believed."""
        return max(clock.time() - self.received, clock.monotonic() - self.taken)

    def close(self, result: Result) -> None:
        self.open -= 1
        self.report(result, self.open == 0)

    def reject(self, name: str, raw: Json, reason: str) -> None:
        self.close(Result(str(brief(name)), brief(raw), Status.REJECTED, reason, self.transaction))


@dataclass(eq=False)
class Command:
    """One setting of an order, valid so far. `name`: what the order calls it; `lost`: parts that a newer one took."""

    name: str
    setting: Setting
    value: Json
    order: Order
    done: bool = False
    lost: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """The parts it touches."""
        if self.setting.key is not None:
            return frozenset({self.setting.key})
        return frozenset(self.value) if isinstance(self.value, dict) else frozenset({""})

    @property
    def parts(self) -> dict[str, Json]:
        """What it asks for of a whole."""
        return {key: value for key, value in parts_of(self.setting, self.value).items() if key not in self.lost}

    def report(self, status: Status, error: str | None = None) -> None:
        self.order.report(self._result(status, error), False)

    def finish(self, status: Status, error: str | None = None, note: str | None = None) -> None:
        if not self.done:
            self.done = True
            self.order.close(self._result(status, error, note))

    def _result(self, status: Status, error: str | None, note: str | None = None) -> Result:
        lost = f"a newer value took the place of {', '.join(sorted(self.lost))}" if self.lost else None
        told = "; ".join(filter(None, (note, lost))) or None
        return Result(self.name, self.value, status, error, self.order.transaction, told)


@dataclass(eq=False)
class Job:
    """All commands that one write serves. `begun`: something of it is on its way to the cloud, or has been; `value`:
    what was written, once it was; `held_by`: what its last try was refused for, an endpoint's limit or the connection.
    Times are the clock's `monotonic`.
    """

    setting: Setting
    first: float
    latest: float
    commands: list[Command] = field(default_factory=list)
    waiting: bool = True
    not_before: float = 0.0
    begun: bool = False
    value: Json = None
    held_by: str | None = None

    @property
    def due(self) -> float:
        """When to write it; what is superseded need not wait, for others may wait for it."""
        return max(self.not_before, min(self.latest + SETTLE, self.first + LONGEST_SETTLE)) if self.live else self.first

    @property
    def live(self) -> list[Command]:
        return [c for c in self.commands if not c.done]

    @property
    def wanted(self) -> Json:
        """What was asked for; of a whole, the parts that were."""
        asked = self.live or self.commands
        if not isinstance(self.setting.kind, Object):
            return asked[-1].value
        parts: dict[str, Json] = {}
        for command in asked:
            parts |= command.parts
        return parts

    @property
    def shown(self) -> Json:
        """What the device should show of that: as it was written."""
        wanted = self.wanted
        return {key: self.value[key] for key in wanted} if isinstance(self.setting.kind, Object) else wanted

    def supersede(self, newer: Command) -> None:
        for command in self.live:
            command.lost |= command.keys & newer.keys
            if command.lost == command.keys:
                command.lost = frozenset()
                command.finish(Status.SUPERSEDED, NEWER)

    def finish(self, status: Status, error: str | None = None, note: str | None = None) -> None:
        for command in self.live:
            command.finish(status, error, note)


def too_old(max_age: float, *, resumed: bool) -> str:
    """Why what is older than `max_age` seconds is not done any more."""
    text = f"too old: it waited, or may have waited, longer than {max_age:.0f} s"
    return f"{text}; an earlier run had it in work and may have written it" if resumed else text


def brief(value: Json) -> Json:
    """The value; of a long one, how it begins."""
    text = value if isinstance(value, str) else encode(value).decode()
    return value if len(text) <= BRIEF else f"{text[:BRIEF]}..."
