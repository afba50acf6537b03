"""The demo: an embedded broker, the simulated cloud and the real bridge, in one process."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bridge.clock import Clock, FastClock
from bridge.config import Config, Growatt, Mqtt
from bridge.demo.broker import EmbeddedBroker, EmbeddedBrokerError, embedded_broker
from bridge.service.bridge import Bridge
from bridge.service.registry import Device
from bridge.simulator import SimulatedCloud, World, serve

DEFAULT_PORT = 1883
SETTLED = 1.0
"""Seconds without a new device after which all are taken to be found."""


async def run(port: int | None, speed: float, say: Callable[[str], object]) -> None:
    """Run until cancelled. Raises `EmbeddedBrokerError`."""
    clock = Clock() if speed == 1 else FastClock(speed)
    with tempfile.TemporaryDirectory(prefix="growatt-bridge-demo-") as state:
        async with _broker(port) as broker, _cloud(clock) as url:
            say(f"broker       {broker.kind} {broker.version} on 127.0.0.1:{broker.port} (no password)")
            say(f"cloud        simulated Growatt cloud on {url}, token demo")
            if "5" not in broker.protocols:
                say("             speaks MQTT 3.1.1 only: choose protocol 3.1.1 in Home Assistant's MQTT options")
            config = Config(
                growatt=Growatt(token=SecretStr("demo"), server=url),
                mqtt=Mqtt(port=broker.port, host="127.0.0.1"),
                state_dir=Path(state),
            )
            bridge = Bridge(config, clock=clock)
            await _together(bridge, broker.port, say)


async def _together(bridge: Bridge, port: int, say: Callable[[str], object]) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bridge.run())
        tasks.create_task(_tell(bridge, port, say))


async def _tell(bridge: Bridge, port: int, say: Callable[[str], object]) -> None:
    found: list[Device] = []
    while not found or found != list(bridge.registry) or not all(device.state.last_update for device in found):
        found = list(bridge.registry)
        await asyncio.sleep(SETTLED)
    for device in found:
        say(f"device       {device.name}  {device.family.title}  -> growatt/{device.segment}")
    battery = next((d for d in bridge.registry if d.family.setting("charge_limit")), None)
    say("")
    say("watch it     " + f"mosquitto_sub -p {port} -t 'growatt/#' -v")
    if battery is not None:
        say("change it    " + f"mosquitto_pub -p {port} -q 1 -t growatt/{battery.segment}/set/charge_limit -m 90")
    say(f"or connect   Home Assistant, Node-RED or openHAB to 127.0.0.1:{port}; Ctrl-C stops everything")


@asynccontextmanager
async def _broker(port: int | None) -> AsyncIterator[EmbeddedBroker]:
    try:
        async with embedded_broker(port=port or DEFAULT_PORT) as broker:
            yield broker
            return
    except EmbeddedBrokerError:
        if port is not None:
            raise
    async with embedded_broker(port=None) as broker:
        yield broker


@asynccontextmanager
async def _cloud(clock: Clock) -> AsyncIterator[str]:
    async with serve(SimulatedCloud(World.demo(clock=clock))) as url:
        yield url
