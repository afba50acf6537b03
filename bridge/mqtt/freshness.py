"""How long a message may have waited that arrives now. MQTT does not say when it was published."""

import secrets

from bridge.clock import Clock

CROWDED = 8
"""Messages in work from which on others may wait at the broker: some hand out only ten at a time."""

ECHO_LIMIT = 60.0
"""Seconds after which an echo is given up and counts as come, since access rules may forbid it; where one has come on
the same connection, they do not, and another is sent."""

STALL = 5.0
"""Real seconds without a sign of life after which this process, or its machine, must have stood still."""

SILENCE = 30.0
"""Seconds after which a silent broker is asked: the less there is to doubt after a crash."""

AHEAD = 2.0
"""Seconds that the clock may have gone back without being wrong."""


class Freshness:
    """Mostly a message arrives as soon as it is published. It waits at the broker while we are away or have many others
    in work. An echo, a message that we send to ourselves through the same queue, tells when all of them have arrived.

    `clear`: what arrives was published after this moment (epoch seconds); 0 where nobody knows. `deaf`: an echo was
    given up for good, so that on this connection there is no other sign than that few messages are in work.
    """

    def __init__(self, clock: Clock, clear: float = 0.0) -> None:
        self._clock = clock
        self.clear = clear
        self.deaf = False
        self._echoes: dict[bytes, tuple[float, float]] = {}  # on their way, and since when by either clock
        self._hears = False  # an echo has come on this connection
        self._alive: float | None = None
        self._crowded = False  # since the last echo was asked for

    @property
    def since(self) -> float:
        """The earliest moment at which a message that arrives now can have been published."""
        return believed(self.clear, self._clock.time())

    def ask(self) -> bytes:
        """Begin to doubt; the payload of the echo to send."""
        payload = secrets.token_hex(8).encode()
        self._echoes[payload] = self._clock.time(), self._clock.monotonic()
        return payload

    def hear(self, in_work: int) -> bool:
        """The broker has said something, with so many messages in work; whether to `ask` now."""
        crowded = in_work >= CROWDED
        self._crowded = crowded or (self._crowded and not self.deaf)
        if self._awaits_echo():
            return False
        if self._stood_still() or (self._crowded and not self.deaf):
            self._crowded = crowded
            return True
        if not crowded:
            self.clear = self._clock.time()
        return False

    def tick(self) -> bool:
        """To be called once in a second while connected; whether to `ask` now."""
        waiting = self._awaits_echo()
        if self._stood_still() or self._overdue():
            return True
        if self.deaf and not (waiting or self._crowded):
            self.clear = self._clock.time()
        return not waiting and not self.deaf and self._clock.time() - self.clear > SILENCE

    def _awaits_echo(self) -> bool:
        if self._hears or not self._overdue():
            return bool(self._echoes)
        self._answered(self._newest())
        self.deaf = not self._crowded  # else it may wait behind others
        return False

    def _overdue(self) -> bool:
        return bool(self._echoes) and self._clock.monotonic() - self._newest()[1] > ECHO_LIMIT

    def _newest(self) -> tuple[float, float]:
        return next(reversed(self._echoes.values()))

    def _stood_still(self) -> bool:
        """Whether what comes now may have waited on the way, since it was us who did not look."""
        now, before = self._clock.time(), self._alive
        self._alive = now
        return before is not None and self._clock.real(now - before) > STALL

    def returned(self, payload: bytes) -> bool:
        """An echo has come; whether it is one that we wait for."""
        if payload not in self._echoes:
            return False
        self._answered(self._echoes[payload])
        self.deaf, self._hears = False, True
        return True

    def _answered(self, asked: tuple[float, float]) -> None:
        """All that was sent until then has come; what was sent after may wait behind others yet."""
        self.clear, when = asked
        self._echoes = {payload: later for payload, later in self._echoes.items() if later[1] > when}

    def nothing_waits(self) -> None:
        """The broker has just begun to keep messages for us."""
        self._answered((self._clock.time(), self._clock.monotonic()))

    def lost(self) -> None:
        """The connection is gone, and the echo with it."""
        self._echoes.clear()
        self._alive = None
        self.deaf = self._hears = False


def believed(moment: float, now: float) -> float:
    """A moment noted earlier; 0 where the clock has been set back since, so that it tells nothing."""
    return moment if moment <= now + AHEAD else 0.0
