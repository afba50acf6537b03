"""The command line. Exit codes: 0 done, 1 something is wrong with the cloud or the broker, 2 wrong usage or config."""

import asyncio
import contextlib
import logging
import signal
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn

import click

from bridge import __version__
from bridge.call import Methods
from bridge.config import Config, ConfigError
from bridge.environment import FILE_VARIABLE
from bridge.files import FolderInUse, held
from bridge.growatt import ArgumentError
from bridge.loading import load
from bridge.mqtt import BrokerError
from bridge.service.store import HEARTBEAT_FILE

HEARTBEAT_TOO_OLD = 120.0
"""Seconds; the bridge gives a sign of life every 30."""

CONFIG = click.option(
    "--config",
    "-c",
    "path",
    type=click.Path(path_type=Path),
    envvar=FILE_VARIABLE,
    help="The configuration file. Without one, environment variables alone count.",
)


def _load(path: Path | None) -> Config:
    try:
        return load(path)
    except ConfigError as error:
        _fail(str(error), 2)


def _config(path: Path | None) -> Config:
    """The configuration, with what is needed to ask the cloud."""
    config = _load(path)
    for key, account in config.all_accounts.items():
        if not account.has_token:
            variable = ", or set GROWATT_BRIDGE_GROWATT__TOKEN" if key == "growatt" else ""
            _fail(
                f"{path or 'the environment'}: {key}.token is missing; put the API token of your Growatt account "
                f"there, name a file in {key}.token_file{variable}",
                2,
            )
    return config


def _fail(message: str, code: int) -> NoReturn:
    for line in message.splitlines():
        click.echo(f"error: {line}", err=True)
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="growatt-bridge")
def main() -> None:
    """Growatt inverters and batteries on MQTT, through Growatt's official cloud API."""


@main.command()
@CONFIG
def run(path: Path | None) -> None:
    """Run the bridge until it is stopped."""
    from bridge.service.bridge import Bridge

    config = _config(path)
    _log_to_terminal(config.log_level)
    try:
        with held(config.state):
            _until_stopped(Bridge(config).run())
    except (ArgumentError, BrokerError) as error:
        _fail(str(error), 2)
    except FolderInUse:
        _fail(f"state_dir: {config.state} is used by another bridge; give each a folder of its own", 2)


@main.command()
@CONFIG
def check(path: Path | None) -> None:
    """Check the configuration, the cloud and the broker; list the devices; publish nothing."""
    from bridge.service.check import check as look

    config = _config(path)
    _log_to_terminal("error")
    found = asyncio.run(look(config, click.echo))
    for problem in (*found.wrong, *found.troubles):
        click.echo(f"error: {problem}", err=True)
    sys.exit(2 if found.wrong else 1 if found.troubles else 0)


@main.group(cls=Methods, read_config=_config, subcommand_metavar="METHOD [ARGUMENTS]")
@CONFIG
@click.option("--table", is_flag=True, help="A table with units instead of JSON.")
@click.option("--account", help="The name of one of several accounts; else the first.")
def call(path: Path | None, table: bool, account: str | None) -> None:
    """Call any method of Growatt's API, within the call budget of the configuration's state directory.

    For example: growatt-bridge call -c config.yaml noah.status --device-sn 0PVP50ZR16ST00CB
    """


@main.command()
@CONFIG
def health(path: Path | None) -> None:
    """Tell whether a bridge with this configuration is running (for containers)."""
    file = _load(path).state / HEARTBEAT_FILE
    age = time.time() - file.stat().st_mtime if file.exists() else None
    if age is None:
        _fail(f"no sign of life in {file}: the bridge is not running, or cannot write there", 1)
    if age > HEARTBEAT_TOO_OLD:
        _fail(f"the bridge gave no sign of life for {age:.0f} s", 1)
    click.echo("ok")


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the broker; default 1883, or a free one if taken.")
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True, help="Time factor."
)
def demo(port: int | None, speed: float) -> None:
    """Try everything here and now: a broker, a simulated Growatt cloud and the bridge between them."""
    from bridge.demo.broker import EmbeddedBrokerError
    from bridge.simulator import NotInstalled

    try:
        from bridge.demo.run import run as run_demo
    except NotInstalled as error:
        _fail(str(error), 2)
    try:
        _until_stopped(run_demo(port, speed, click.echo))
    except EmbeddedBrokerError as error:
        _fail(str(error), 1)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free port.")
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True, help="Time factor."
)
@click.option(
    "--limits",
    type=click.Choice(["endpoint", "request", "off"]),
    default="endpoint",
    show_default=True,
    help="What Growatt's minimum intervals count by.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="For weather and household.")
def simulate(host: str, port: int, speed: float, limits: str, seed: int) -> None:
    """Serve the simulated Growatt cloud alone, for any client. The token is `demo`."""
    from bridge.simulator import NotInstalled

    try:
        from bridge.simulator import run as run_cloud
    except NotInstalled as error:
        _fail(str(error), 2)

    def ready(url: str, _world: object) -> None:
        click.echo(f"simulated Growatt cloud on {url}, token: demo; stop with Ctrl-C")

    try:
        _until_stopped(run_cloud(host, port, speed=speed, limits=limits, seed=seed, on_ready=ready))
    except OSError as error:
        _fail(error.strerror or str(error), 1)


def _log_to_terminal(level: str) -> None:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%Y-%m-%d %H:%M:%S"
    )
    logging.getLogger("bridge").setLevel(level.upper())


def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until done, Ctrl-C or SIGTERM; a stop on demand is a success."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_cancellable(work))


async def _cancellable(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)

    def stop() -> None:
        """Once: a second cancellation would cut short what is saved and said at the end."""
        if not task.cancelling():
            task.cancel()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # not every system has all of them
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as below nohup
            with contextlib.suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await task
