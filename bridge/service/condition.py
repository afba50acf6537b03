"""How an account is: whether the cloud answers it or refuses it, and what is told of that."""

import logging
import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from bridge.clock import Clock, whole_seconds
from bridge.config import Config, Growatt
from bridge.growatt import GrowattError, LoginPage, RateLimited, TokenError, TransportError, WrongHost
from bridge.service.events import EventKind, Tell

_log = logging.getLogger("bridge.poller")

LISTS = "account"
"""What fails when the lists of an account do."""

REFUSED = (TokenError, LoginPage, WrongHost)
"""Answers that mean the whole account."""

TROUBLES: Mapping[EventKind, tuple[type[GrowattError], ...]] = {
    "cloud_unreachable": (TransportError,),
    "token_refused": REFUSED,
}
"""What concerns the whole account, and the failures that show it."""

REFUSED_FOR = 900.0
"""Seconds without an answer after which an account whose lists are refused counts as one with a bad token. The last
refusal must be from a time when another account was answered: when all are refused, the cloud is at fault."""


class Condition:
    """The condition of one account. `answers_since`: when the cloud answered again after the last trouble (seconds of
    the clock's `monotonic`)."""

    def __init__(self, account: Growatt, config: Config, clock: Clock, tell: Tell) -> None:
        self._account = account
        self._config = config
        self._clock = clock
        self._tell = tell
        self._told: defaultdict[str, set[str]] = defaultdict(set)
        self._troubles: set[EventKind] = set()
        self._lists_refused: tuple[float, float] | None = None  # first and last; an answer of any kind ends that
        self.answers_since = -math.inf

    def failed(self, what: str, error: GrowattError) -> None:
        """Tell of a failure: to people once, to the event topic when it concerns everything."""
        said = str(error) in self._told[what]
        self._told[what].add(str(error))
        trouble = next((kind for kind, errors in TROUBLES.items() if isinstance(error, errors)), None)
        if trouble and trouble not in self._troubles:
            self._troubles.add(trouble)
            self._event(trouble, str(error))
            said = True
        if trouble == "token_refused" and what == LISTS:
            now = self._clock.monotonic()
            self._lists_refused = (self._lists_refused or (now, now))[0], now
        _log.log(logging.DEBUG if said else logging.WARNING, "%s: %s", what, error)

    def recovered(self, what: str) -> None:
        """Nothing is wrong with it any more; what goes wrong next is told again."""
        self._told.pop(what, None)

    def answered(self) -> None:
        """The cloud has told what was asked."""
        self._lists_refused = None
        if self._troubles:
            self._troubles.clear()
            self.answers_since = self._clock.monotonic()
            self._event("cloud_back", "the Growatt cloud answers again")

    def limited(self, limited: RateLimited) -> None:
        """Tell of a limit where it is the cloud's word; the own budget's is no news."""
        if limited.code is not None:
            hint = "; if this goes on, set growatt.limits to endpoint" if self._account.limits == "request" else ""
            self._event("rate_limited", f"{limited}{hint}", retry_after=whole_seconds(limited.retry_after))

    def refused_for_good(self, answers_since: float) -> bool:
        """Whether its lists have been refused for long, and still were when another account was answered again."""
        if self._lists_refused is None:
            return False
        first, last = self._lists_refused
        return self._clock.monotonic() - first >= REFUSED_FOR and last > answers_since

    def _event(self, kind: EventKind, message: str, **details: Any) -> None:
        self._tell(kind, self._config.of(self._account) + message, account=self._account.name, **details)
