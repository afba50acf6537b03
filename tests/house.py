"""A home to test the whole bridge in: a simulated cloud over HTTP, a real broker, a watcher, and the bridge between.

Everything that one house says lies below a base of its own, so that houses share a broker.
"""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.clock import Clock, FastClock
from bridge.config import Config
from bridge.service.bridge import Bridge
from bridge.simulator import SimulatedCloud, World, serve

TOKEN = "token-0123456789abcdef-of-the-house"
NOAH, NEXA, MIN, HYBRID = "0PVPNOAH12345678", "0HVRNEXA12345678", "BZP1000001", "TLX2000001"
PLANT = "plant_1001"
PACKS = (f"{NOAH}_1", "0PVPNOAH123456P2", f"{NEXA}_1")
NOON = 1_781_949_600.0  # 2026-06-20 12:00 in Berlin
PATIENCE = 60.0  # real seconds until a test gives up
BUSY = 30.0  # real seconds that the bridge may take for a command on a busy machine

_numbers = itertools.count(1)


def home(clock: Clock) -> World:
    """A plant with a NOAH, a NEXA, a micro inverter and a hybrid inverter, in an account with the token above."""
    world = World(clock)
    plant = world.add_plant("Home", token=TOKEN)
    world.add_noah(NOAH, model="NOAH 2000 ", packs=2, plant=plant)
    world.add_noah(NEXA, model="NEXA 2000", plant=plant)
    world.add_min(MIN, plant=plant)
    world.add_min(HYBRID, battery_kwh=7.5, plant=plant)
    return world


class Gears(FastClock):
    """A fast clock whose speed can be changed; what sleeps already sleeps on at the old speed."""

    _passed = 0.0

    def monotonic(self) -> float:
        return self._passed + super().monotonic()

    def shift(self, speed: float) -> None:
        self._passed, self._real, self.speed = self.monotonic(), time.monotonic(), speed

    def jump(self, seconds: float) -> None:
        self._passed += seconds

    def set_date(self, seconds: float) -> None:
        """Set the date alone."""
        self._start += seconds


def decoded(payload: bytes) -> Any:
    """A payload as JSON, else as text; None for an empty one."""
    try:
        return json.loads(payload) if payload else None
    except ValueError:
        return payload.decode("utf-8", "replace")


@dataclass
class Watch:
    """What the broker was told, as a watcher sees it."""

    tap: Any
    base: str

    def topic(self, *levels: str) -> str:
        return "/".join((self.base, "growatt", *levels))

    def config_topic(self, serial: str) -> str:
        return f"{self.base}/homeassistant/device/growatt_{serial}/config"

    def all(self, topic: str) -> list[Any]:
        """Every payload on a topic, oldest first."""
        return [decoded(payload) for payload in self.tap.on(topic)]

    def last(self, topic: str) -> Any:
        return next(reversed(self.all(topic)), None)

    def state(self, serial: str) -> dict[str, Any]:
        return self.last(self.topic(serial)) or {}

    def available(self, serial: str) -> str | None:
        return (self.last(self.topic(serial, "availability")) or {}).get("state")

    def bridge_states(self) -> list[str]:
        return [payload["state"] for payload in self.all(self.topic("bridge", "state"))]

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.all(self.topic("bridge", "event")) if event["type"] == kind]

    def results(self, serial: str, transaction: object = ...) -> list[dict[str, Any]]:
        found = self.all(self.topic(serial, "result"))
        return [each for each in found if transaction in (..., each["transaction"])]

    def outcomes(self, serial: str, transaction: object = ...) -> list[str]:
        return [each["status"] for each in self.results(serial, transaction)]

    async def eventually(self, condition: Callable[[], Any], timeout: float = PATIENCE) -> Any:  # noqa: ASYNC109
        """Wait until the condition holds; its value."""
        end = time.monotonic() + timeout
        while not (value := condition()):
            if time.monotonic() > end:
                pytest.fail(f"not within {timeout} s")
            await asyncio.sleep(0.01)
        return value

    async def publish(self, topic: str, payload: str | bytes, **options: Any) -> None:
        await asyncio.to_thread(self.tap.publish, topic, payload, **options)

    async def order(self, serial: str, **settings: Any) -> int:
        """Send settings; the transaction number that their results carry."""
        transaction = next(_numbers)
        await self.publish(self.topic(serial, "set"), json.dumps({**settings, "transaction": transaction}))
        return transaction

    async def outcome(self, serial: str, transaction: int, timeout: float = PATIENCE) -> dict[str, Any]:  # noqa: ASYNC109
        """The last result of a command with one setting."""
        done = lambda: [r for r in self.results(serial, transaction) if r["status"] != "accepted"]  # noqa: E731
        return dict((await self.eventually(done, timeout))[-1])

    async def do(self, serial: str, **settings: Any) -> list[str]:
        """Send one setting and wait for its end: the statuses it went through."""
        transaction = await self.order(serial, **settings)
        await self.outcome(serial, transaction)
        return self.outcomes(serial, transaction)

    async def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Make a request such as `noah/status` and wait for its response."""
        transaction = next(_numbers)
        await self.publish(
            self.topic("bridge", "request", method), json.dumps({**arguments, "transaction": transaction})
        )
        mine = lambda: [  # noqa: E731
            each for each in self.all(self.topic("bridge", "response", method)) if each["transaction"] == transaction
        ]
        return dict((await self.eventually(mine))[0])

    def assert_no_secrets(self, *texts: str) -> None:
        told = [message.topic + message.payload.decode("utf-8", "replace") for message in self.tap.messages]
        for text in (*told, *texts):
            assert TOKEN not in text, f"the token was told: {text[:300]}"


@dataclass
class House(Watch):
    """The bridge in this process, on the same fast clock as the cloud."""

    clock: Gears
    cloud: SimulatedCloud
    config: Config
    bridge: Bridge | None = None
    _task: "asyncio.Task[None] | None" = None

    async def start(self) -> None:
        self.bridge = Bridge(self.config, clock=self.clock)
        self._task = asyncio.create_task(self.bridge.run())

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    async def ready(self, *serials: str) -> None:
        """Wait until these devices (else all four and the plant) have data and are known completely."""
        for serial in serials or (NOAH, NEXA, MIN, HYBRID, PLANT):
            await self.eventually(lambda sn=serial: self.available(sn) == "online")
            known = {"charge_limit", "time_period_1"} if serial in (NOAH, NEXA) else {"power_on"}
            if serial != PLANT:
                await self.eventually(lambda sn=serial, k=known: all(self.state(sn).get(n) is not None for n in k))

    def device(self, serial: str) -> Any:
        return self.cloud.world.device(serial)

    def calls(self, path: str) -> list[Any]:
        return [request for request in self.cloud.requests if request.path.endswith(path)]

    def refused(self) -> list[Any]:
        """Calls that the cloud found too frequent."""
        return [request for request in self.cloud.requests if request.code in (102, 10012)]


@asynccontextmanager
async def house_in(
    folder: Path, broker: Any, tap: Any, *, speed: float, limits: str, started: bool, **options: Any
) -> AsyncIterator[House]:
    base = f"house{next(_numbers)}"
    clock = Gears(speed, start=NOON)
    cloud = SimulatedCloud(home(clock), limits=limits)
    options["commands"] = dict.fromkeys(("max_age", "confirm_timeout"), BUSY * speed) | options.get("commands", {})
    watcher = await asyncio.to_thread(tap, broker, f"{base}/#")
    async with serve(cloud) as url:
        config = Config(**sections(base, broker, url, **options), state_dir=folder / "state")
        house = House(watcher, base, clock, cloud, config)
        if started:
            await house.start()
        try:
            yield house
        finally:
            await house.stop()


def sections(base: str, broker: Any, url: str, **options: Any) -> dict[str, Any]:
    """A configuration as it stands in a file; `options` are keys of a section, or a whole such as `exclude=[...]`."""
    given = {
        "growatt": {"token": TOKEN, "server": url},
        "mqtt": {"host": broker.host, "port": broker.port, "client_id": base, "base_topic": f"{base}/growatt"},
        "homeassistant": {
            "discovery_prefix": f"{base}/homeassistant",
            "status_topic": f"{base}/homeassistant/status",
        },
    }
    for name, value in options.items():
        given[name] = {**given.get(name, {}), **value} if isinstance(value, dict) else value
    return given


def _heeds_hangups() -> None:
    """Whoever runs the tests may ignore SIGHUP, which children inherit."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@dataclass
class Process:
    """The command line as a process of its own. What it says stands in `text`."""

    folder: Path
    _running: "subprocess.Popen[bytes] | None" = None

    def start(self, *arguments: str, **environment: str) -> None:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GROWATT_BRIDGE_")}
        with (self.folder / "output").open("ab") as output:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "bridge", *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**clean, **environment},
                cwd=self.folder,
                preexec_fn=_heeds_hangups,  # noqa: PLW1509 - takes no lock
            )

    def send(self, number: int) -> None:
        assert self._running is not None
        self._running.send_signal(number)

    def end(self, number: int, within: float = 5) -> int:
        """Send a signal; the exit code."""
        self.send(number)
        assert self._running is not None
        return self._running.wait(within)

    @property
    def running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    @property
    def text(self) -> str:
        file = self.folder / "output"
        return file.read_text() if file.exists() else ""

    def close(self) -> None:
        if self.running:
            self.end(signal.SIGKILL)


@dataclass
class Outside(Watch):
    """The bridge as a process, in real time, with a cloud in this one."""

    cloud: SimulatedCloud
    process: Process
    file: Path

    def start(self) -> None:
        self.process.start("run", "--config", str(self.file))

    async def up(self) -> None:
        await self.eventually(lambda: self.available(NOAH) == "online" and self.state(NOAH).get("charge_limit"))


@asynccontextmanager
async def outside_in(folder: Path, broker: Any, tap: Any, **options: Any) -> AsyncIterator[Outside]:
    base = f"house{next(_numbers)}"
    cloud = SimulatedCloud(home(Clock()))
    watcher = await asyncio.to_thread(tap, broker, f"{base}/#")
    process = Process(folder)
    file = folder / "config.yaml"
    async with serve(cloud) as url:
        file.write_text(yaml.safe_dump(sections(base, broker, url, **options)))
        try:
            yield Outside(watcher, base, cloud, process, file)
        finally:
            process.close()
