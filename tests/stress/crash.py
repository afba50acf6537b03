"""The bridge killed a thousand times: no command may be lost, none may run when it is too old.

    python -m tests.stress.crash [--runs 1000] [--houses 6] [--speed 60] [--seed 1]

Every run sends a few commands, some with several settings, to a real Mosquitto, kills the bridge, a process of its own,
with SIGKILL at some stage of one of them, leaves it dead for a while (sometimes longer than a command may live;
sometimes further commands come meanwhile), starts it again (sometimes to kill it at once), and waits until every
command has its final result. What was carried out is what the simulated devices were told. Half of the houses speak
MQTT 5, half 3.1.1. Time runs fast, by a clock that all processes share. The exit code is 1 where a command was lost,
ran too late, was told to have run and had not, was retained and ran all the same, or ran again long after its end.
"""

import asyncio
import json
import logging
import math
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import click
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bridge.clock import Clock
from bridge.config import Config
from bridge.demo.broker import embedded_broker
from bridge.service.bridge import Bridge
from bridge.simulator import SimulatedCloud, World, serve
from tests.house import HYBRID, NOAH, NOON, TOKEN, sections

MAX_AGE = 300.0  # seconds of the fast clock, as everything without "real"
REAL_PATIENCE = 45.0
REAL_LATENCY = 1.5  # real seconds that a command may take to the bridge and a write to the cloud, on a busy machine
WORKERS = 2
SEVERAL = 0.3  # the share of messages with more than one setting, where the device has more
# device, setting, what the simulated device calls it, least and greatest value
SETTINGS = (
    (NOAH, "default_power", "defaultPower", 0, 800),
    (NOAH, "charge_limit", "chargingSocHighLimit", 70, 100),
    (NOAH, "discharge_limit", "chargingSocLowLimit", 0, 30),
    (NOAH, "time_period_3_power", "time3Power", 0, 800),
    (HYBRID, "active_power", "activeRate", 0, 100),
)
STAGES = {
    "at any time": 4,
    "after a while": 2,
    "before it is sent": 3,
    "sent, not carried out": 3,
    "carried out, not answered": 3,
    "accepted": 2,
    "told its result": 3,
}
FAULTY = "sent, not carried out"


class SharedClock(Clock):
    """Fast, and the same in every process."""

    def __init__(self, origin: float, speed: float) -> None:
        self.origin, self.speed = origin, speed

    def time(self) -> float:
        return NOON + self.monotonic()

    def monotonic(self) -> float:
        return (time.time() - self.origin) * self.speed

    def real(self, seconds: float) -> float:
        return super().real(seconds / self.speed)


def live(options: dict[str, Any], clock: SharedClock, log: Path) -> None:
    """The bridge, in its process."""
    logging.basicConfig(filename=log, level=logging.INFO, format="%(asctime)s %(message)s")
    asyncio.run(Bridge(Config(**options), clock=clock).run())


@dataclass
class Command:
    """One setting of a message. `copies`: how often the very same was sent."""

    number: int
    serial: str
    setting: str
    wire: str
    value: int
    sent: float
    retained: bool = False
    copies: int = 1
    finals: list[dict[str, Any]] = field(default_factory=list)
    written: list[float] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return len(self.finals) >= self.copies

    @property
    def ended(self) -> float:
        """When it was over."""
        told = [datetime.fromisoformat(final["at"]).timestamp() for final in self.finals]
        return told[self.copies - 1] if self.over else math.inf


@dataclass
class House:
    """A home, its cloud, its part of a broker, and its bridge, which dies again and again."""

    base: str
    clock: SharedClock
    chance: random.Random
    cloud: SimulatedCloud
    options: dict[str, Any]
    client: paho.Client
    folder: Path
    tally: Counter[str] = field(default_factory=Counter)
    oldest: float = 0.0
    commands: dict[tuple[int, str], Command] = field(default_factory=dict)
    writes: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    process: Any = None
    stage: str = ""
    killed: float = 0.0
    up: asyncio.Event = field(default_factory=asyncio.Event)
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    _used: dict[str, set[int]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        for device in (self.cloud.world.device(NOAH), self.cloud.world.device(HYBRID)):
            device.write = partial(self._written, device.sn, device.write)  # type: ignore[method-assign]
        self.client.on_message = self._heard

    def start(self) -> None:
        self.dead.clear()
        context = multiprocessing.get_context("forkserver")
        self.process = context.Process(target=live, args=(self.options, self.clock, self.folder / "log"), daemon=True)
        self.process.start()

    def kill(self) -> None:
        if not self.dead.is_set():
            self._kill()
            self.dead.set()

    def _kill(self) -> None:
        self.process.kill()
        self.killed = min(self.killed, self.clock.time())

    def _written(self, serial: str, write: Callable[..., None], settings: dict[str, Any], *when: float) -> None:
        write(settings, *when)
        self.writes.append((self.clock.time(), serial, dict(settings)))
        if self.stage == "carried out, not answered":
            self.kill()

    def _heard(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        """In paho's thread, so that the kill comes before the bridge's next step."""
        result = json.loads(message.payload)
        if message.topic.endswith("/state"):
            self._loop.call_soon_threadsafe(self.up.set)
            return
        final = result["status"] != "accepted"
        if self.stage == ("told its result" if final else "accepted"):
            self._kill()
            self._loop.call_soon_threadsafe(self.dead.set)
        if final:
            self._loop.call_soon_threadsafe(self._told, result)

    def _told(self, result: dict[str, Any]) -> None:
        if command := self.commands.get((result["transaction"], result["setting"])):
            command.finals.append(result)

    def send(self, *, retained: bool = False) -> None:
        first = self.chance.choice(SETTINGS)
        others = [each for each in SETTINGS if each[0] == first[0] and each is not first]
        more = self.chance.sample(others, self.chance.randint(1, len(others)) if others else 0)
        copies = 2 if self.chance.random() < 0.05 and not retained else 1
        number, values = next(self._numbers), {}
        for serial, setting, wire, low, high in (first, *(more if self.chance.random() < SEVERAL else ())):
            values[setting] = value = self._unused(setting, low, high)
            command = Command(number, serial, setting, wire, value, self.clock.time(), retained, copies)
            self.commands[number, setting] = command
        payload = json.dumps({**values, "transaction": number})
        for _ in range(copies):
            self.client.publish(f"{self.base}/growatt/{first[0]}/set", payload, qos=1, retain=retained)

    def _unused(self, setting: str, low: int, high: int) -> int:
        used = self._used.setdefault(setting, set())
        value = self.chance.choice([v for v in range(low, high + 1) if v not in used])
        used.add(value)
        return value

    async def run(self) -> None:
        """One life and one death."""
        self.commands, self.writes, self.killed = {}, [], math.inf
        self._used = {name: set(list(used)[-8:]) for name, used in self._used.items()}
        stage = self.chance.choices(list(STAGES), STAGES.values())[0]
        if stage == FAULTY:
            path = self.chance.choice(("setPower", "setHighLimitSoc", "setLowLimitSoc", "setTimeSegment", "tlxSet", ""))
            self.cloud.faults.add("timeout", path=path, seconds=REAL_PATIENCE)
        self.stage = stage
        sender = asyncio.create_task(self._send_some())
        await self._until_killed(stage)
        self.stage = ""
        await sender
        self.cloud.faults.clear()
        self.tally[f"killed {stage}"] += 1
        await self._stay_dead()
        self.start()
        while self.chance.random() < 0.15:
            await asyncio.sleep(self.chance.uniform(0, 1.0))
            self.kill()
            self.tally["killed again while starting"] += 1
            self.start()
        await self._settle()
        self._judge()

    async def _send_some(self) -> None:
        for _ in range(self.chance.randint(1, 6)):
            self.send(retained=self.chance.random() < 0.05 and self.options["mqtt"]["protocol"] == "5")
            await self.clock.sleep(self.chance.choice((0, 0, 0.2, 1, 5)) * self.chance.random())

    async def _until_killed(self, stage: str) -> None:
        limit = {"at any time": 30.0, "after a while": MAX_AGE, "before it is sent": 2.0}.get(stage)
        if limit is not None:
            await self.clock.sleep(self.chance.uniform(0, limit))
            self.kill()
            return
        end = time.monotonic() + self.clock.real(60)
        while not self.dead.is_set() and time.monotonic() < end:
            if stage == FAULTY and not self.cloud.faults.waiting:
                break
            await asyncio.sleep(0.002)
        self.kill()

    async def _stay_dead(self) -> None:
        pause = self.chance.choices(
            (0.0, self.chance.uniform(1, 60), self.chance.uniform(1.0, 1.5) * MAX_AGE), (5, 3, 2)
        )[0]
        if self.chance.random() < 0.4:
            part = self.chance.uniform(0, pause)
            await self.clock.sleep(part)
            for _ in range(self.chance.randint(1, 3)):
                self.send()
            await self.clock.sleep(pause - part)
        else:
            await self.clock.sleep(pause)

    async def _settle(self) -> None:
        end = time.monotonic() + REAL_PATIENCE
        while time.monotonic() < end and self._open():  # noqa: ASYNC110 - what is waited for happens elsewhere
            await asyncio.sleep(0.01)
        for command in self.commands.values():
            if command.retained:
                self.client.publish(f"{self.base}/growatt/{command.serial}/set", b"", qos=1, retain=True)

    def _open(self) -> list[Command]:
        return [command for command in self.commands.values() if not (command.over or command.retained)]

    def _judge(self) -> None:
        mine = {(c.serial, c.wire, c.value): c for c in self.commands.values()}
        orders: dict[str, list[int]] = {}
        for moment, serial, settings in self.writes:
            for wire, value in settings.items():
                if command := mine.get((serial, wire, value)):
                    command.written.append(moment)
                    orders.setdefault(wire, []).append(command.number)
        for command in self.commands.values():
            self._judge_one(command)
        self.tally["executed out of order"] += sum(b < a for order in orders.values() for a, b in pairwise(order))
        self.tally["runs"] += 1

    def _judge_one(self, command: Command) -> None:
        say, ends = self.tally, [final["status"] for final in command.finals]
        say["commands sent"] += command.copies
        say["executed"] += bool(command.written)
        say["executed more than once"] += len(command.written) > 1
        if command.retained:
            say["retained"] += 1
            self._fail("retained, and executed", command, bool(command.written))
            return
        say["superseded"] += "superseded" in ends and not command.written
        too_old = any("too old" in (final["error"] or "") for final in command.finals)
        say["rejected as too old"] += too_old and not command.written
        say["other ends"] += bool({"failed", "unconfirmed"} & set(ends) or ("rejected" in ends and not too_old))
        last, latency = max(command.written, default=command.sent), REAL_LATENCY * self.clock.speed
        age = last - command.sent
        self.oldest = max(self.oldest, age)
        self._fail("stale", command, age > MAX_AGE + latency)
        self._fail("run again long after its end", command, command.ended + latency < self.killed < last)
        self._fail("lost", command, not command.over)
        self._fail("told verified, never executed", command, "verified" in ends and not command.written)

    def _fail(self, what: str, command: Command, failed: bool) -> None:
        self.tally[what] += failed
        if failed:
            click.echo(f"{self.base}: {what}: {command}; log in {self.folder}", err=True)


TOLD = (
    "runs",
    *(f"killed {stage}" for stage in STAGES),
    "killed again while starting",
    "commands sent",
    "executed",
    "executed more than once",
    "superseded",
    "rejected as too old",
    "retained",
    "other ends",
    "executed out of order",
)
BAD = (
    "lost",
    "stale",
    "retained, and executed",
    "told verified, never executed",
    "run again long after its end",
)


def home(clock: Clock) -> World:
    world = World(clock)
    plant = world.add_plant("Home", token=TOKEN)
    noah = world.add_noah(NOAH, model="NOAH 2000 ", plant=plant)
    noah.write({"time3Start": "6:5", "time3End": "9:30"})
    world.add_min(HYBRID, battery_kwh=7.5, plant=plant)
    return world


@asynccontextmanager
async def a_house(number: int, seed: int, speed: float, folder: Path) -> Any:
    base, clock = f"house{number}", SharedClock(time.time(), speed)
    cloud = SimulatedCloud(home(clock))
    async with embedded_broker() as broker, serve(cloud) as url:
        options = sections(base, broker, url, homeassistant={"discovery": "off"}, commands={"max_age": MAX_AGE})
        options["mqtt"]["protocol"] = ("5", "3.1.1")[number % 2]
        options["state_dir"] = folder / "state"
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.connect(broker.host, broker.port)
        client.loop_start()
        house = House(base, clock, random.Random(seed * 1000 + number), cloud, options, client, folder)
        client.subscribe([(f"{base}/growatt/+/result", 1), (f"{base}/growatt/bridge/state", 1)])
        house.start()
        await house.up.wait()
        try:
            yield house
        finally:
            house.kill()
            client.disconnect()
            client.loop_stop()


async def die_often(numbers: list[int], runs: int, seed: int, speed: float, folder: Path) -> tuple[Counter[str], float]:
    """Several houses side by side, until they have had so many runs together."""
    left, tally = iter(range(runs)), Counter[str]()
    ages = []

    async def one(number: int) -> None:
        async with a_house(number, seed, speed, folder / str(number)) as house:
            for _ in left:
                await house.run()
            tally.update(house.tally)
            ages.append(house.oldest)

    async with asyncio.TaskGroup() as tasks:
        for number in numbers:
            tasks.create_task(one(number))
    return tally, max(ages)


def work(numbers: list[int], runs: int, seed: int, speed: float, folder: Path) -> tuple[Counter[str], float]:
    for number in numbers:
        (folder / str(number)).mkdir()
    multiprocessing.get_context("forkserver").set_forkserver_preload(["bridge.service.bridge", "tests.house"])
    return asyncio.run(die_often(numbers, runs, seed, speed, folder))


@click.command()
@click.option("--runs", default=1000)
@click.option("--houses", default=6)
@click.option("--speed", default=60.0)
@click.option("--seed", default=1)
def main(runs: int, houses: int, speed: float, seed: int) -> None:
    began, tally, oldest = time.monotonic(), Counter[str](), 0.0
    name = tempfile.mkdtemp(prefix="crash-")
    with ProcessPoolExecutor(WORKERS) as pool:
        shares = [(list(range(w, houses, WORKERS)), runs // WORKERS + (w < runs % WORKERS)) for w in range(WORKERS)]
        futures = [pool.submit(work, numbers, share, seed, speed, Path(name)) for numbers, share in shares if share]
        for future in futures:
            found, age = future.result()
            tally, oldest = tally + found, max(oldest, age)
    for what in (*TOLD, *BAD):
        click.echo(f"{tally[what]:6} {what}")
    took = time.monotonic() - began
    click.echo(f"the oldest ran at the age of {oldest:.0f} s, max_age is {MAX_AGE:.0f} s; all of it took {took:.0f} s")
    if not any(tally[what] for what in BAD):
        shutil.rmtree(name)
    sys.exit(any(tally[what] for what in BAD))


if __name__ == "__main__":
    main()
