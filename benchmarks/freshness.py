"""How old values are when they are published: a fixed beat, the bridge's timetable, and the best the limits allow.

    python benchmarks/freshness.py [--hours 24] [--homes 40] [--seed 1]

Devices upload every five minutes at random phases with jitter; the time is virtual. What decides when to ask is the
bridge's own `Timetable`, what may be asked its own `Budget`, counted as each scope says. Measured from the second hour
on: the age of a value when an answer brings it for the first time (median and p90), and the mean age of what is shown
over all the time, which also tells of polls that came too early and uploads that nobody saw.

fixed: as many calls, evenly spread. best: every phase known beforehand, the best moments at the limit's
distance, no time lost to it where it is as long as the beat of the uploads, and as many calls as it allows.
"""

import argparse
import itertools
import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles

from bridge.clock import Clock
from bridge.growatt import Budget
from bridge.growatt.budget import Scope
from bridge.growatt.calls import Call
from bridge.service.timetable import Timetable

UPLOAD = 300.0
BATCH = 100
LEARNING = 3600.0
LATENCY = (0.2, 1.0)
JITTER = 5.0
"""Seconds by which an upload comes sooner or later than its beat."""

VISIBLE = (0.5, 3.0)
"""Seconds from an upload's stamp until the cloud shows it."""


class VirtualClock(Clock):
    """Stands where it is put."""

    def __init__(self, start: float) -> None:
        self.at = start

    def time(self) -> float:
        return self.at

    monotonic = time


class Device:
    """Its uploads of the whole run: when each can be seen, and its stamp."""

    def __init__(self, serial: str, rng: random.Random, start: float, end: float) -> None:
        self.serial = serial
        self.phase = start - UPLOAD * 2 + rng.uniform(0, UPLOAD)
        beats = [self.phase + n * UPLOAD for n in range(math.ceil((end - self.phase) / UPLOAD))]
        stamps = [float(round(beat + rng.uniform(-JITTER, JITTER))) for beat in beats]
        self.uploads = [(stamp + rng.uniform(*VISIBLE), stamp) for stamp in stamps]

    def stamp(self, now: float) -> float:
        return self.uploads[bisect_right(self.uploads, (now, math.inf)) - 1][1]


@dataclass
class Run:
    """One home, watched for a while."""

    devices: list[Device]
    start: float
    end: float
    limit: float
    rng: random.Random

    def measure(self, polls: "Polls") -> tuple[list[float], float]:
        """Ages of the values that were new in an answer, and the mean age over time, once the first hour is over."""
        ages: list[float] = []
        shown = 0.0
        for device in self.devices:
            seen, since = -math.inf, self.start + LEARNING
            for t in sorted(t for t, group in polls if device.serial in group):
                stamp = device.stamp(t)
                if t >= self.start + LEARNING:
                    shown += (t - since) * ((t + since) / 2 - seen) if seen > -math.inf else 0.0
                    since = t
                    ages += [t - stamp] if stamp > seen else []
                seen = stamp
        return ages, shown / len(self.devices) / (self.end - self.start - LEARNING)


Polls = list[tuple[float, Sequence[str]]]


def locked(run: Run, scope: Scope) -> Polls:
    """The bridge's timetable under its budget."""
    clock = VirtualClock(run.start)
    budget = Budget(scope=scope, clock=clock)
    timetable = Timetable(lambda _: run.limit, BATCH, apart=scope == "request")
    devices = {device.serial: device for device in run.devices}
    polls: Polls = []
    while True:
        moment, group = timetable.next(devices, clock.at)
        if moment >= run.end:
            return polls
        clock.at = moment
        call = Call(path="new-api/queryLastData", form={"deviceSn": ",".join(group)}, every=run.limit)
        if delay := budget.claim("token", call):
            timetable.postpone(group, clock.at + delay)
            continue
        clock.at += run.rng.uniform(*LATENCY)
        budget.settle("token", call, limited=False)
        for serial in group:
            timetable.observe(serial, devices[serial].stamp(clock.at), clock.at)
        timetable.asked(group, clock.at)
        polls.append((clock.at, group))


def fixed(run: Run, polls: Polls) -> Polls:
    """As many calls about as many devices each, at an even beat; every group begins at a random moment."""
    serials = [device.serial for device in run.devices]
    size = math.ceil(fmean(len(group) for _, group in polls))
    groups = [serials[i : i + size] for i in range(0, len(serials), size)]
    every = (run.end - run.start) * len(groups) / len(polls)
    firsts = [run.start + run.rng.uniform(0, every) for _ in groups]
    beats = range(len(polls) // len(groups))
    return [(first + n * every, group) for first, group in zip(firsts, groups, strict=True) for n in beats]


def best(run: Run, scope: Scope) -> Polls:
    """The same moments of every period, safely after the uploads: each device's own where limits let it."""
    groups = [[d] for d in run.devices] if scope == "request" else [run.devices]
    periods = range(math.ceil((run.end - run.start) / UPLOAD))
    return [
        (run.start + n * UPLOAD + moment, [d.serial for d in group])
        for group in groups
        for moment in _moments([(d.phase + JITTER + VISIBLE[1] - run.start) % UPLOAD for d in group], run.limit)
        for n in periods
    ]


def _moments(dues: Sequence[float], limit: float) -> Sequence[float]:
    """Moments of a period, at least `limit` apart, with the least time from each due to the next moment."""
    steps = range(round(UPLOAD / limit)) if len(dues) <= 10 else range(1)
    places = sorted({(due + n * limit) % UPLOAD for due in dues for n in steps})
    plans = (_plan(dues, [*(p for p in places if p >= first), first + UPLOAD], limit) for first in places)
    return min(plans)[1]


Plan = tuple[float, tuple[float, ...]]


def _plan(dues: Sequence[float], places: Sequence[float], limit: float) -> Plan:
    """The least waiting for a round from the first place to the last, one period later; and its moments."""
    first = places[0]
    later = sorted(first + (due - first) % UPLOAD or UPLOAD for due in dues)
    sums = [0.0, *itertools.accumulate(later)]
    plans: dict[float, Plan] = {first: (0.0, (first,))}
    for place in places[1:]:
        options = [
            (cost + _waiting(later, sums, before, place), (*moments, place))
            for before, (cost, moments) in plans.items()
            if before + limit <= place + 1e-6
        ]
        plans |= {place: min(options)} if options else {}
    cost, moments = plans[places[-1]]
    return cost, moments[:-1]


def _waiting(dues: Sequence[float], sums: Sequence[float], before: float, moment: float) -> float:
    a, b = bisect_right(dues, before), bisect_right(dues, moment)
    return (b - a) * moment - (sums[b] - sums[a])


def row(name: str, scope: Scope, count: int, limit: float, options: argparse.Namespace) -> str:
    rng = random.Random(f"{options.seed} {name} {scope} {count}")
    ages: dict[str, list[float]] = {"fixed": [], "locked": [], "best": []}
    shown: dict[str, list[float]] = {beat: [] for beat in ages}
    calls = 0
    homes = math.ceil(options.homes / count)
    for _ in range(homes):
        start = 1_760_000_000.0 + rng.uniform(0, UPLOAD)
        end = start + options.hours * 3600
        run = Run([Device(f"D{n:03}", rng, start, end) for n in range(count)], start, end, limit, rng)
        polls = locked(run, scope)
        calls += len(polls)
        for beat, its in (("locked", polls), ("fixed", fixed(run, polls)), ("best", best(run, scope))):
            found, mean = run.measure(its)
            ages[beat] += found
            shown[beat].append(mean)
    middle = {beat: median(found) for beat, found in ages.items()}
    cells = "".join(
        f"{middle[beat]:9.0f}{quantiles(found, n=10)[-1]:6.0f}{fmean(shown[beat]):7.0f}" for beat, found in ages.items()
    )
    hourly = calls / options.hours / homes
    return f"{name:<14}{scope:<9}{count:>7}{hourly:>9.1f}{cells}{middle['locked'] / middle['fixed']:>9.2f}"


SOURCES = (("5 minutes", 300.0), ("1 minute", 60.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=24, help="of virtual time for each home (default %(default)s)")
    parser.add_argument("--homes", type=int, default=40, help="how many devices to try in all (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"Age in seconds: of new values at publication, and of what is shown; {options.hours:g} h each.\n")
    print(f"{'':39}{'fixed beat':>22}{'phase-locked':>22}{'best':>22}{'locked/':>9}")
    heads = "".join(f"{'median':>9}{'p90':>6}{'shown':>7}" for _ in range(3))
    print(f"{'limit':<14}{'scope':<9}{'devices':>7}{'calls/h':>9}{heads}{'fixed':>9}")
    scopes: tuple[Scope, ...] = ("request", "endpoint")
    for (name, limit), scope, count in itertools.product(SOURCES, scopes, (1, 3, 100)):
        print(row(name, scope, count, limit, options))


if __name__ == "__main__":
    main()
