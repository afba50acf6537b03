"""The processes that `scale.py` starts: the simulated cloud, and the bridge, alone in its process with what it needs.

Each is told what to do in JSON, and tells what it found in lines of JSON.
"""

import asyncio
import json
import math
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bridge.clock import Clock

CYCLE = 300.0
MIX = {
    "min": 30,
    "min-xh": 14,
    "sph": 14,
    "max": 9,
    "noah": 10,
    "nexa": 5,
    "inv": 6,
    "spa": 3,
    "storage": 3,
    "wit": 2,
    "sph-s": 1,
    "pcs": 1,
    "hps": 1,
    "pbd": 0.5,
    "groboost": 0.5,
}
"""Shares of the kinds of devices."""

READINGS = "new-api/queryLastData"
FOREIGN = ("rich", "pygments")
"""What httpx loads where it is there. The embedded broker brings it along; an installation of the bridge has none."""

SETTLING = 3
"""Cycles in which the poller learns when the devices upload, and waits for their moment."""

STEADY = 60.0
"""Seconds without a source that is heard for the first time, after which the fleet is known."""


class Gears(Clock):
    """Runs as planned: in each gear for some real seconds at some speed, in the last for ever; alike in all processes
    that share `origin`, a moment of the machine's monotonic clock."""

    def __init__(self, origin: float, start: float, gears: Sequence[tuple[float, float]]) -> None:
        self._origin, self._start, self._gears = origin, start, gears

    def monotonic(self) -> float:
        left, clock = time.monotonic() - self._origin, 0.0
        for length, speed in self._gears[:-1]:
            clock += min(left, length) * speed
            left = max(0.0, left - length)
        return clock + left * self._gears[-1][1]

    def time(self) -> float:
        return self._start + self.monotonic()

    def real(self, seconds: float) -> float:
        left, moment = self.monotonic() + seconds, self._origin
        for length, speed in self._gears[:-1]:
            moment += min(left / speed, length)
            left = max(0.0, left - length * speed)
        return max(0.0, moment + left / self._gears[-1][1] - time.monotonic())


class Tally(deque[Any]):
    """Counts requests by path instead of keeping them, and refusals."""

    def __init__(self) -> None:
        super().__init__(maxlen=0)
        self.counts: Counter[str] = Counter()
        self.refused = 0

    def append(self, request: Any) -> None:
        self.counts[request.path] += 1
        self.refused += request.code in (102, 10012)


def cloud(options: dict[str, Any]) -> None:
    """Serve the fleet; every line of input asks for the counts."""
    from bridge.simulator import SimulatedCloud, World, serve_in_thread  # noqa: PLC0415 - nobody else here needs it

    world = World.fleet(options["devices"], MIX, Gears(**options["clock"]))
    simulated = SimulatedCloud(world, limits="request")
    tally = simulated.requests = Tally()
    with serve_in_thread(simulated) as url:
        families = len({device.family.type for device in world.devices.values()})
        say({"url": url, "plants": len(world.plants), "families": families})
        for _ in sys.stdin:
            say({"calls": tally.counts, "refused": tally.refused})


class Way:
    """Processor time of the event loop from the bytes of a batch of readings to the states of its devices, each taken
    out of the outbox as a message, and how many devices that were. Up to the outbox it is one step of the loop; the
    message itself is made when the broker takes it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.devices = 0
        self._began: float | None = None
        self._last = 0.0
        self._waiting: set[str] = set()

    def watch(self) -> None:
        from bridge.growatt import session  # noqa: PLC0415 - what the bridge needs counts in its own process alone
        from bridge.mqtt.outbox import Outbox  # noqa: PLC0415

        decode, retain, take = vars(session)["decode"], Outbox.retain, Outbox.next

        def decoding(call: Any, *arguments: Any) -> Any:
            if call.path == READINGS:
                self._end()
                self._began = self._last = time.thread_time()
                asyncio.get_running_loop().call_soon(self._end)
            return decode(call, *arguments)

        def retaining(outbox: Any, topic: str, payload: Any) -> None:
            retain(outbox, topic, payload)
            if self._began is not None:
                self._last = time.thread_time()
                self._waiting.add(topic)

        def taking(outbox: Any) -> Any:
            began = time.thread_time()
            message = take(outbox)
            if message is not None and message.topic in self._waiting:
                self._waiting.discard(message.topic)
                self.devices += not message.topic.endswith("/availability")
                self._last = now = time.thread_time()
                self.seconds += now - began if self._began is None else 0.0
            return message

        vars(session)["decode"] = decoding
        for name, watched in (("retain", retaining), ("next", taking)):
            setattr(Outbox, name, watched)

    def _end(self) -> None:
        if self._began is not None:
            self.seconds += self._last - self._began
            self._began = None


def peak() -> float:
    """The most memory that this process ever had, in MB (10^6 bytes)."""
    if (told := memory("VmHWM")) is not None:
        return told
    import resource  # noqa: PLC0415 - not on every system

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


def memory(name: str) -> float | None:
    """What Linux calls so, in MB; None elsewhere."""
    with suppress(OSError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(name))
    return None


async def bridge(options: dict[str, Any]) -> None:
    """Tell what was used when the fleet is known, a cycle later, and after the end."""
    for name in FOREIGN:
        sys.modules[name] = None  # type: ignore[assignment]
    from bridge.config import Config  # noqa: PLC0415 - what the bridge needs counts in its own process alone
    from bridge.service.bridge import Bridge  # noqa: PLC0415

    way = Way()
    way.watch()
    clock = Gears(**options["clock"])
    config = Config(**options["config"])
    service = Bridge(config, clock=clock)
    task = asyncio.create_task(service.run())
    await known(service, clock, task)
    await clock.sleep(CYCLE * SETTLING)
    say(used(way))
    await clock.sleep(CYCLE * options["cycles"])
    devices = list(service.registry)
    alone = [config.polling.every(s.name, s.every) for d in devices for s in d.family.sources if s.every and s.most < 2]
    online = sum(device.state.online(clock.time()) for device in devices)
    say({**used(way), "found": len(devices), "online": online, "alone": sum(CYCLE / every for every in alone)})
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    say(used(way))


def used(way: Way) -> dict[str, float]:
    own = memory("RssAnon") or math.nan
    return {"cpu": time.process_time(), "peak": peak(), "own": own, "way": way.seconds, "told": way.devices}


async def known(service: Any, clock: Clock, task: "asyncio.Task[None]") -> None:
    """Wait until no source is heard for the first time any more."""
    before, since = -1, clock.monotonic()
    while clock.monotonic() - since < STEADY or not service.surveyed():
        if task.done():
            task.result()
        heard = sum(len(device.state.heard) for device in service.registry)
        if heard != before:
            before, since = heard, clock.monotonic()
        await asyncio.sleep(0.5)


def say(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    role, told = sys.argv[1], json.loads(sys.argv[2])
    if role == "cloud":
        cloud(told)
    else:
        asyncio.run(bridge(told))
