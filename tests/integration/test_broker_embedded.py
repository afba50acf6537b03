"""The demo's broker: starts on loopback, speaks MQTT, and is gone afterwards however its owner ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from bridge.demo.broker import EmbeddedBrokerError, embedded_broker, free_port


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_mosquitto_where_there_is_one(tap, broker):
    async with embedded_broker() as demo:
        assert (demo.kind, demo.protocols) == ("mosquitto", ("5", "3.1.1"))
        assert demo.version[0].isdigit()
        watcher = await asyncio.to_thread(tap, demo)
        await asyncio.to_thread(watcher.publish, "a", "1")
        await asyncio.to_thread(watcher.wait_for, "a")
        with pytest.raises(EmbeddedBrokerError, match=rf"127\.0\.0\.1:{demo.port}: .* choose another one"):
            await embedded_broker(port=demo.port).__aenter__()
    assert not listens(demo.port)


@pytest.mark.parametrize("kind", ["mosquitto", "amqtt"])
async def test_stops_within_a_second_when_cancelled(kind, monkeypatch, broker):
    if kind == "amqtt":
        monkeypatch.setattr("bridge.demo.broker.find_mosquitto", lambda: None)
    port, running = free_port(), asyncio.Event()

    async def demo():
        async with embedded_broker(port=port) as started:
            assert started.kind == kind
            running.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(demo())
    await asyncio.wait_for(running.wait(), 5)
    assert listens(port)
    began = time.monotonic()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert time.monotonic() - began < 10
    assert not listens(port)


async def test_without_any_broker_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr("bridge.demo.broker.find_mosquitto", lambda: None)
    monkeypatch.setitem(sys.modules, "amqtt", None)
    with pytest.raises(EmbeddedBrokerError, match=r"pip install '\.\[demo\]'"):
        await embedded_broker().__aenter__()


def test_mosquitto_dies_with_its_parent(broker, tmp_path):
    port = free_port()
    program = f"""
import asyncio
from bridge.demo.broker import embedded_broker
async def main():
    async with embedded_broker(port={port}):
        print("up", flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout.readline() == b"up\n"
        assert listens(port)
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 2
    while listens(port) and time.monotonic() < end:
        time.sleep(0.02)
    assert not listens(port)
