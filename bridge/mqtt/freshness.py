"""How long a message may have waited that arrives now. MQTT does not say when it was published."""

import secrets

from bridge.clock import Clock

CROWDED = 8
"""Messages in work from which on others may wait at the broker: some hand out only ten at a time."""

ECHO_LIMIT = 60.0
"""Seconds after which an echo is given up and counts as come: access rules may forbid it."""

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
        self._echo: tuple[bytes, float, float] | None = None
        self._alive: float | None = None
        self._crowded = False  # since the last echo was asked for

    @property
    def since(self) -> float:
        """The earliest moment at which a message that arrives now can have been published."""
        return believed(self.clear, self._clock.time())

    def ask(self) -> bytes:
        """Begin to doubt; the payload of the echo to send."""
        self._echo = (secrets.token_hex(8).encode(), self._clock.time(), self._clock.monotonic())
        return self._echo[0]

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
        if self._stood_still():
            return True
        if self.deaf and not (waiting or self._crowded):
            self.clear = self._clock.time()
        return not waiting and not self.deaf and self._clock.time() - self.clear > SILENCE

    def _awaits_echo(self) -> bool:
        if self._echo is None:
            return False
        _, asked, when = self._echo
        if self._clock.monotonic() - when <= ECHO_LIMIT:
            return True
        self._answered(asked)
        self.deaf = not self._crowded  # else it may wait behind others
        return False

    def _stood_still(self) -> bool:
        """Whether what comes now may have waited on the way, since it was us who did not look."""
        now, before = self._clock.time(), self._alive
        self._alive = now
        return before is not None and self._clock.real(now - before) > STALL

    def returned(self, payload: bytes) -> bool:
        """An echo has come; whether it is the one that we wait for."""
        if self._echo is None or payload != self._echo[0]:
            return False
        self._answered(self._echo[1])
        self.deaf = False
        return True

    def _answered(self, asked: float) -> None:
        self.clear, self._echo = asked, None

    def nothing_waits(self) -> None:
        """The broker has just begun to keep messages for us."""
        self._answered(self._clock.time())

    def lost(self) -> None:
        """The connection is gone, and the echo with it."""
        self._echo = self._alive = None
        self.deaf = False


def believed(moment: float, now: float) -> float:
    """A moment noted earlier; 0 where the clock has been set back since, so that it tells nothing."""
    return moment if moment <= now + AHEAD else 0.0
