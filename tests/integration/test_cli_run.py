"""The command line as a process: started, stopped, killed."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from bridge.cli import _cancellable, main
from bridge.demo.broker import free_port
from bridge.fleet import Turns
from tests.conftest import OwnBroker, Tap, until
from tests.house import NOAH, Outside, Process

Outsides = Callable[..., Awaitable[Outside]]


async def test_killed_while_a_command_is_under_way(outside: Outsides) -> None:
    """The last will speaks, and the next start carries the command to its end."""
    h = await outside()
    h.start()
    await h.up()
    h.cloud.faults.add("timeout", path="setHighLimitSoc", seconds=5)
    number = await h.order(NOAH, charge_limit=82)
    await h.eventually(lambda: h.outcomes(NOAH, number) == ["accepted"] and not h.cloud.faults.waiting)
    h.process.end(signal.SIGKILL)
    await h.eventually(lambda: h.bridge_states()[-1] == "offline")
    assert h.cloud.world.device(NOAH).settings["chargingSocHighLimit"] == 100
    h.start()
    await h.eventually(lambda: h.bridge_states()[-1] == "online")
    await h.eventually(lambda: h.outcomes(NOAH, number) == ["accepted", "accepted", "verified"])
    assert h.cloud.world.device(NOAH).settings["chargingSocHighLimit"] == 82
    assert h.state(NOAH)["charge_limit"] == 82
    assert h.process.end(signal.SIGTERM) == 0


async def test_two_bridges_never_share_a_state_folder(outside: Outsides) -> None:
    """Each would take the other's devices for some that have left."""
    h = await outside()
    h.start()
    await h.up()
    other = h.file.with_name("other.yaml")
    other.write_text(f"state_dir: {h.file.with_name('state')}\ngrowatt: {{token: demo}}\n")
    said = await asyncio.to_thread(_finished, "run", "--config", str(other))
    assert (said.returncode, said.stderr.startswith("error: state_dir: ")) == (2, True), said.stderr
    assert "is used by another bridge" in said.stderr
    assert h.process.end(signal.SIGKILL) != 0
    await h.eventually(lambda: h.bridge_states()[-1] == "offline")
    h.start()
    await h.eventually(lambda: h.bridge_states()[-1] == "online")
    assert h.process.end(signal.SIGTERM) == 0


def _finished(*arguments: str, folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bridge", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, cwd=folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_stops_cleanly_within_two_seconds(
    outside: Outsides, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even while the cloud lets a call hang."""
    h = await outside()
    h.start()
    await h.up()
    h.cloud.faults.add("timeout", path="setHighLimitSoc", seconds=30)
    await h.order(NOAH, charge_limit=81)
    await h.eventually(lambda: not h.cloud.faults.waiting)
    began = time.monotonic()
    assert h.process.end(number) == 0
    assert time.monotonic() - began < 10
    await h.eventually(lambda: h.bridge_states()[-1] == "offline")
    assert "Traceback" not in h.process.text
    monkeypatch.chdir(h.file.parent)  # where the process had its state
    assert CliRunner().invoke(main, ["health", "--config", str(h.file)]).exit_code == 1


async def test_stops_while_the_broker_is_away(own_broker: OwnBroker, outside: Outsides) -> None:
    h = await outside(on=own_broker)
    h.start()
    await h.up()
    own_broker.kill()
    await asyncio.sleep(0.2)
    began = time.monotonic()
    assert h.process.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 10
    assert "Trying again until it works" in h.process.text


async def test_a_second_signal_does_not_cut_the_end_short(own_broker: OwnBroker, outside: Outsides) -> None:
    """The broker stands still, and somebody presses Ctrl-C again: what is known is saved nevertheless."""
    h = await outside(on=own_broker)
    h.start()
    await h.up()
    with own_broker.frozen():
        h.process.send(signal.SIGINT)
        await asyncio.sleep(0.5)
        assert h.process.end(signal.SIGINT) == 0
    assert NOAH in json.loads(h.file.with_name("state").joinpath("states.json").read_text())


@pytest.mark.parametrize(("before", "reached"), [(signal.SIG_IGN, True), (signal.SIG_DFL, False)])
def test_a_closed_terminal_ends_only_what_does_not_ignore_it(before: signal.Handlers, reached: bool) -> None:
    done = []

    async def work() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0.2)
        done.append(True)

    kept = signal.signal(signal.SIGHUP, before)
    try:
        asyncio.run(_cancellable(work()))
    finally:
        signal.signal(signal.SIGHUP, kept)
    assert bool(done) is reached


def test_demo(process: Process, tap: Callable[..., Tap]) -> None:
    port = free_port()
    process.start("demo", "--port", str(port), "--speed", "60")
    assert until(lambda: "Ctrl-C stops everything" in process.text, 20), process.text
    for text in (f"127.0.0.1:{port} (no password)", "token demo", f"mosquitto_sub -p {port} -t 'growatt/#' -v"):
        assert text in process.text
    assert process.text.count("\ndevice ") == 11
    command = next(line for line in process.text.splitlines() if "mosquitto_pub" in line).split()
    topic, value = command[command.index("-t") + 1], command[command.index("-m") + 1]
    watcher = tap(OwnBroker("", process.folder, port=port), "growatt/#")
    watcher.publish(topic, value)
    result = topic.replace("/set/charge_limit", "/result")
    watcher.wait_for(result, lambda payload: json.loads(payload)["status"] == "verified", 20)
    began = time.monotonic()
    assert process.end(signal.SIGINT) == 0
    assert time.monotonic() - began < 10
    assert "Traceback" not in process.text
    assert json.loads(watcher.on("growatt/bridge/state")[-1]) == {"state": "offline"}


def test_simulate_on_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, ["simulate", "--port", str(port)])
    assert done.exit_code == 1
    assert done.stderr.startswith(
        f"error: the simulated cloud cannot listen on 127.0.0.1:{port}: Address already in use"
    )
    assert done.stderr.count("cannot listen") == 1


@pytest.mark.parametrize("switch", ["enabled: false", "read_only: true", "dry_run: true"])
@pytest.mark.parametrize(
    "write",
    [
        ["noah.setting_write_active_power", "--active-power-watt", "333", "--device-sn", NOAH],
        ["min.setting_clear_vpp_time_period", "--device-sn", NOAH, "--parameter-id", "set_param_34"],
        ["plant.delete", "--plant-id", "1001", "--yes"],
        ["plant.delete", "--plant-id", "1001"],
        ["user.modify", "--yes", "--user-id", "5", "--phone-number", "123"],
    ],
)
def test_call_writes_nothing_where_nothing_may_be_written(tmp_path: Path, switch: str, write: list[str]) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"growatt: {{token: demo, server: 'http://127.0.0.1:{free_port()}'}}\ncommands: {{{switch}}}\n")
    result = CliRunner().invoke(main, ["call", "--config", str(file), *write])
    assert (result.exit_code, f"{write[0]} writes, and" in result.stderr) == (2, True), result.output


@pytest.mark.parametrize(("option", "value"), [("--table", []), ("-c", ["x.yaml"]), ("--account", ["home"])])
def test_options_of_call_in_the_wrong_place_are_told_the_right_one(option: str, value: list[str]) -> None:
    result = CliRunner().invoke(main, ["call", "plant.list", option, *value])
    assert (result.exit_code, f"put {option} before plant.list" in result.stderr) == (2, True), result.output


async def test_call_knows_the_models_that_the_bridge_knows(outside: Outsides) -> None:
    """Growatt tells what a serial number is every five minutes only."""
    h = await outside()
    h.start()
    await h.up()
    command = "call", "--config", str(h.file), "noah.status", "--device-sn", NOAH
    for _ in range(2):
        said = await asyncio.to_thread(partial(_finished, *command, folder=h.file.parent))
        assert said.returncode == 0, said.stderr
    assert [request for request in h.cloud.requests if request.path == "device/check/sn"] == []
    assert h.process.end(signal.SIGTERM) == 0


def test_call_waits_for_the_turn_of_its_replica(tmp_path: Path) -> None:
    number = next(n for n in (1, 2, 3) if Turns(n, 3).wait(time.time(), 300) > 60)
    file = tmp_path / "config.yaml"
    account = f"growatt: {{token: demo, server: 'http://127.0.0.1:{free_port()}'}}"
    file.write_text(f"{account}\nfleet: {{shard: {number}/3}}\nstate_dir: {tmp_path}\n")
    result = CliRunner().invoke(main, ["call", "--config", str(file), "plant.list"])
    assert (result.exit_code, "not sent: Growatt allows this call again in" in result.stderr) == (1, True), (
        result.output
    )


def test_without_docstrings() -> None:
    command = [sys.executable, "-OO", "-m", "bridge", "call", "user.list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "growatt.token" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


@pytest.mark.parametrize("command", ["demo", "simulate"])
def test_without_the_extra_of_the_simulated_cloud(command: str) -> None:
    plain = f"import sys; sys.modules['uvicorn'] = None; from bridge.cli import main; main(['{command}'])"
    done = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "error: the simulated cloud needs the package uvicorn; in a clone run: pip install '.[demo]'\n",
    )
