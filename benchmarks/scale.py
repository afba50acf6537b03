"""What the bridge needs for a fleet: calls, processor time and memory, for one device up to ten thousand.

    python benchmarks/scale.py [--devices 1 10 100 1000 10000]

Three processes for each size: the simulated cloud (real HTTP, its limits on, counted by identical request), a broker
(Mosquitto where the machine has it, else amqtt), and the bridge as it is, alone in its process, so that its processor
time and its highest memory are its own. The fleet is mixed as an installer's might be. Time runs fast in cloud and
bridge alike, the slower the larger the fleet, so that a cycle of five minutes leaves enough real time for its work.

First the bridge finds the devices, asks every source about each of them once, announces them all, and learns when they
upload; then one cycle is measured, or the mean of several where they are short: readings, NOAH's status and the plants'
overview every five minutes, everything else at its own rhythm. Calls that Growatt answers for one device alone cannot
be batched by anybody; they are counted by themselves.
"""

import argparse
import asyncio
import compileall
import json
import math
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from scale_processes import CYCLE, READINGS

import bridge
from bridge.demo.broker import embedded_broker

SIZES = (1, 10, 100, 1000, 10_000)
BATCHED = frozenset({READINGS, "new-api/queryDeviceInfo", "device/boost/boosts_data"})
"""Calls that take up to a hundred serial numbers."""

POLLING = {"reading": CYCLE, "status": CYCLE, "overview": CYCLE}
NOON = 1_781_949_600.0
"""A summer day in Berlin, when every device has something to tell."""

FASTEST = 100.0
"""How fast time runs at most, and while devices are listed: Growatt wants five seconds between two pages of a list."""

START, PAGE, FIRST = 3.0, 0.12, 0.016
"""Real seconds until the processes are there; for each page of the list; and for each device those in which the clock
runs no faster than in reality, so that the first round is the only one."""

REAL = 0.006
MEASURED = 45.0
"""Seconds of real time that a cycle takes for each device, and that are measured, as far as one cycle is shorter."""

PROCESSES = Path(__file__).with_name("scale_processes.py")

LONGEST = 1500.0
"""Real seconds until a run is given up."""

A_FAMILY = 9
"""Batched calls a cycle that a family may cost whatever its size: a few devices are asked in up to eight calls, each
just after its upload; and their details."""

WAY_GOAL = 1.0
MEMORY_GOALS = {10: 60.0, 10_000: 300.0}
"""Milliseconds for each device from response bytes to published message; MB by devices."""


@dataclass
class Run:
    """One size. Calls, seconds and devices told are those of one cycle; memory in MB."""

    devices: int
    families: int
    found: int
    online: int
    batched: float
    alone: float
    alone_on_average: float
    refused: int
    told: float
    first: float
    cpu: float
    way: float
    peak: float
    own: float

    @property
    def allowed(self) -> int:
        """Calls in batches that the goal allows."""
        return math.ceil(self.devices / 100) + A_FAMILY * self.families

    @property
    def usual(self) -> float:
        """Seconds of a cycle with as many calls about one device as come on average. What is left of the measured one
        without the readings stands for those that came."""
        rest = self.cpu - self.told * self.way / 1000
        return self.cpu + rest / max(1.0, self.alone) * max(0.0, self.alone_on_average - self.alone)


class Helper:
    """One of the processes, spoken to in lines."""

    def __init__(self, role: str, options: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, PROCESSES, role, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    async def line(self, question: str | None = None) -> dict[str, Any]:
        """The next line that it says, or its answer."""
        return await asyncio.to_thread(self._line, question)

    def _line(self, question: str | None) -> dict[str, Any]:
        read, write = self._process.stdout, self._process.stdin
        assert read is not None
        assert write is not None
        if question is not None:
            write.write(question + "\n")
            write.flush()
        text = read.readline()
        if not text:
            raise SystemExit("one of the processes ended early; its own words stand above")
        return dict(json.loads(text))

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


async def run(devices: int, broker: Any, folder: Path) -> Run:
    gears = [(START + PAGE * devices / 100, FASTEST), (FIRST * devices, 1.0), (math.inf, speed(devices))]
    clock = {"origin": time.monotonic(), "start": NOON, "gears": gears}
    helpers = [Helper("cloud", {"devices": devices, "clock": clock})]
    try:
        served = await helpers[0].line()
        config = {
            "growatt": {"token": "demo", "server": served["url"], "limits": "request"},
            "mqtt": {"host": broker.host, "port": broker.port},
            "polling": POLLING,
            "state_dir": str(folder),
            "log_level": "warning",
        }
        helpers.append(Helper("bridge", {"config": config, "clock": clock, "cycles": cycles(devices)}))
        began, before = await helpers[1].line(), await helpers[0].line("?")
        ended, after = await helpers[1].line(), await helpers[0].line("?")
        stopped = await helpers[1].line()
    finally:
        for helper in helpers:
            helper.end()
    several = cycles(devices)
    calls = {path: (count - before["calls"].get(path, 0)) / several for path, count in after["calls"].items()}
    batched = sum(count for path, count in calls.items() if path in BATCHED)
    told = ended["told"] - began["told"]
    return Run(
        devices=devices,
        families=served["families"],
        found=ended["found"] - served["plants"],
        online=ended["online"] - served["plants"],
        batched=batched,
        alone=sum(calls.values()) - batched,
        alone_on_average=ended["alone"],
        refused=after["refused"],
        told=told / several,
        first=began["cpu"],
        cpu=(ended["cpu"] - began["cpu"]) / several,
        way=(ended["way"] - began["way"]) / max(1, told) * 1000,
        peak=stopped["peak"],
        own=ended["own"],
    )


def speed(devices: int) -> float:
    """How fast time runs once the devices are listed."""
    return min(FASTEST, CYCLE / (REAL * devices))


def cycles(devices: int) -> int:
    """How many cycles are measured."""
    return max(1, round(MEASURED * speed(devices) / CYCLE))


HEAD = """
              calls a cycle                       CPU of the bridge                             memory
devices    batched   (goal)     alone   (avg)   first s   cycle s   (avg)   ms/device   way ms   peak MB    own"""


def row(run: Run) -> str:
    return (
        f"{run.devices:>7}{run.batched:>11.1f}{run.allowed:>9}{run.alone:>10.1f}{run.alone_on_average:>8.1f}{run.first:>10.1f}"
        f"{run.cpu:>10.2f}{run.usual:>8.2f}{run.usual / run.devices * 1000:>12.2f}{run.way:>9.2f}"
        f"{run.peak:>10.0f}{run.own:>7.0f}"
    )


def growth(one: Run, other: Run) -> str:
    """What each further device costs, between two sizes."""
    more = other.devices - one.devices
    parts = (
        f"{(other.batched - one.batched) / more * 100:6.2f} batched calls a hundred devices",
        f"{(other.usual - one.usual) / more * 1000:6.2f} ms CPU a cycle",
        f"{(other.peak - one.peak) / more * 1000:6.0f} kB memory",
    )
    return f"{one.devices:>6} to {other.devices:>6}: each further device costs" + ",".join(parts)


def verdicts(runs: Sequence[Run]) -> Iterator[str]:
    for name, unit, value, goal in _measured(runs):
        yield f"{'met   ' if value <= goal else 'MISSED'}  {name}: {value:.4g}{unit}, goal {goal:.4g}{unit}"


def _measured(runs: Sequence[Run]) -> Iterator[tuple[str, str, float, float]]:
    for each in runs:
        yield f"batched calls a cycle, {each.devices} devices", "", each.batched, each.allowed
    for each in runs:
        yield f"from response bytes to message, {each.devices} devices", " ms a device", each.way, WAY_GOAL
    for each in runs:
        if each.devices in MEMORY_GOALS:
            yield f"peak memory, {each.devices} devices", " MB", each.peak, MEMORY_GOALS[each.devices]


async def main(sizes: Sequence[int]) -> None:
    compileall.compile_dir(Path(bridge.__file__).parent, quiet=1)  # as an installation is
    runs: list[Run] = []
    for number, devices in enumerate(sizes):
        with tempfile.TemporaryDirectory() as folder:
            async with embedded_broker() as broker, asyncio.timeout(LONGEST):
                if not number:
                    print(f"broker: {broker.kind} {broker.version}; Python {platform.python_version()}", HEAD, sep="\n")
                runs.append(await run(devices, broker, Path(folder)))
        print(row(runs[-1]), *doubts(runs[-1]), sep="\n", flush=True)
    print("", *(growth(one, other) for one, other in pairwise(runs)), "", *verdicts(runs), "", EXPLAINED, sep="\n")


def doubts(run: Run) -> Iterator[str]:
    """What makes a row worth less."""
    if run.found < run.devices or run.online < run.devices:
        yield f"        only {run.found} of {run.devices} devices were found, {run.online} are online"
    if run.told < run.devices * 0.9 and run.devices > 1:
        yield f"        only {run.told:.0f} of {run.devices} devices had a reading in this cycle"
    if run.refused:
        yield f"        the cloud refused {run.refused} calls as too frequent"


EXPLAINED = f"""\
batched: calls that take up to 100 devices; goal: a hundredth of the devices and {A_FAMILY} for each family
alone:   calls that Growatt answers for one device only; (avg): as many come in a cycle on average, for some are hourly
first:   finding the devices, asking every source about each, announcing all of them, learning their rhythms
cycle:   all that the bridge does, as measured; (avg) and ms/device: with as many calls about one device as on average
way:     for each device, from the bytes of a batch of readings to the message that the broker is given
memory:  the highest of the whole run, MB of 10^6 bytes
own:     after the cycle, without the pages of libraries and programs, which processes on one machine share"""


def sizes() -> Sequence[int]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, nargs="+", default=SIZES, metavar="N", help="sizes of the fleets")
    chosen: Sequence[int] = parser.parse_args().devices
    return chosen


if __name__ == "__main__":
    asyncio.run(main(sizes()))
