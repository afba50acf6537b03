"""How often a token may call."""

from collections.abc import Mapping

from bridge.clock import Clock
from bridge.simulator.calls import Endpoint
from bridge.simulator.wire import FREQUENT, Refusal

DAY = 86400
SCOPES = ("endpoint", "request", "off")
REMEMBERED = 100_000


class Limits:
    """Counts calls per token, path and device type ("endpoint"), per identical request ("request"), or not ("off")."""

    def __init__(self, clock: Clock, scope: str) -> None:
        if scope not in SCOPES:
            raise ValueError(f"limits must be one of {', '.join(SCOPES)}, not {scope!r}")
        self.scope = scope
        self._clock = clock
        self._last: dict[tuple[str, ...], float] = {}
        self._counts: dict[tuple[str, ...], tuple[int, int]] = {}

    def check(self, endpoint: Endpoint, token: str, params: Mapping[str, str]) -> None:
        """Count the call, or refuse it; a refused call does not count."""
        device_type = params.get("deviceType", "")
        seconds, per_day = endpoint.interval(device_type), endpoint.per_day
        if self.scope == "off" or not (seconds or per_day):
            return
        more = (device_type,) if self.scope == "endpoint" else tuple(f"{k}={v}" for k, v in sorted(params.items()))
        key = (token, endpoint.path, *more)
        now = self._clock.time()
        day, count = self._counts.get(key, (0, 0))
        count = count if day == now // DAY else 0
        if now - self._last.get(key, -DAY) < seconds or (per_day and count >= per_day):
            raise too_frequent(endpoint)
        if len(self._last) > REMEMBERED:
            self._last = {each: t for each, t in self._last.items() if now - t < DAY}
        self._last[key] = now
        if per_day:
            self._counts[key] = (int(now // DAY), count + 1)


def too_frequent(endpoint: Endpoint) -> Refusal:
    """10012 says something else on the calls that set something (`...Set`, `vpp...SetNew`)."""
    if endpoint.envelope == "v4":
        return Refusal(102)
    if endpoint.envelope == "app":
        return Refusal(0, "505")
    return Refusal(10001 if "Set" in endpoint.path else 10012, FREQUENT)
