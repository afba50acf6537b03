"""A broker for the demo that needs no installation: Mosquitto where the machine has it, else amqtt in this process."""

import asyncio
import contextlib
import importlib
import logging
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

START_LIMIT = 5.0  # seconds a broker gets to listen
STOP_LIMIT = 0.8  # seconds it gets to end by itself
SHELL = shutil.which("sh")

# The shell becomes the command; a watcher beside it ends the command once nobody holds the other end of its input,
# which is so as soon as the parent is gone, however it went.
_TIED = 'exec 3<&0; ( read -r _ <&3; kill "$$" ) >/dev/null 2>&1 & exec 3<&-; exec "$@" </dev/null'


class EmbeddedBrokerError(Exception):
    """The broker could not be started; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class EmbeddedBroker:
    """A running broker. `protocols` are the MQTT versions that it speaks, best first."""

    kind: Literal["mosquitto", "amqtt"]
    version: str
    protocols: tuple[str, ...]
    host: str
    port: int


def tied(command: Sequence[str]) -> list[str]:
    """The command, arranged to end with its parent: start it with a pipe for input and keep that open (POSIX)."""
    return [SHELL or "/bin/sh", "-c", _TIED, "sh", *command]


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def find_mosquitto() -> str | None:
    """The Mosquitto broker of this machine; Debian keeps it where a user's PATH does not look."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def mosquitto_config(host: str, port: int, *lines: str) -> str:
    """A configuration open to everyone on `host`. Started as root, Mosquitto would change to a user of its own."""
    as_root = ["user root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return "\n".join([f"listener {port} {host}", *as_root, *(lines or ("allow_anonymous true",)), ""])


@contextlib.asynccontextmanager
async def embedded_broker(host: str = "127.0.0.1", port: int | None = None) -> AsyncIterator[EmbeddedBroker]:
    """Run a broker without passwords on `host`; `port` None takes a free one. Raises `EmbeddedBrokerError`."""
    wanted = _available(host, port)
    binary = find_mosquitto()
    start = _mosquitto(binary, host, wanted) if binary and SHELL else _amqtt(host, wanted)
    async with start as broker:
        yield broker


def _available(host: str, port: int | None) -> int:
    if port is None:
        return free_port(host)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EmbeddedBrokerError(
                f"no broker can be started on {host}:{port}: {error.strerror}. "
                "Another program, perhaps a broker, may be using the port; choose another one."
            ) from error
    return port


@contextlib.asynccontextmanager
async def _mosquitto(binary: str, host: str, port: int) -> AsyncIterator[EmbeddedBroker]:
    with tempfile.TemporaryDirectory(prefix="growatt-broker-") as folder:
        log, config = _mosquitto_files(Path(folder), host, port)
        version = await _mosquitto_version(binary)
        process = await asyncio.create_subprocess_exec(
            *tied([binary, "-c", str(config)]),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the bridge, which says goodbye to the broker first
        )
        try:
            await _listening(process, host, port, log)
            yield EmbeddedBroker(kind="mosquitto", version=version, protocols=("5", "3.1.1"), host=host, port=port)
        finally:
            await _end(process)


def _mosquitto_files(folder: Path, host: str, port: int) -> tuple[Path, Path]:
    log, config = folder / "mosquitto.log", folder / "mosquitto.conf"
    lines = ("allow_anonymous true", "persistence false", f"log_dest file {log}", "log_type error")
    config.write_text(mosquitto_config(host, port, *lines), encoding="utf-8")
    return log, config


async def _mosquitto_version(binary: str) -> str:
    process = await asyncio.create_subprocess_exec(
        binary, "-h", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    text, _ = await process.communicate()
    first = text.decode(errors="replace").partition("\n")[0].split()
    return first[2] if len(first) > 2 and first[0] == "mosquitto" else "unknown version"


async def _listening(process: asyncio.subprocess.Process, host: str, port: int, log: Path) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_LIMIT):
            while process.returncode is None:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection(host, port)
                    writer.close()
                    return
                await asyncio.sleep(0.02)
    raise EmbeddedBrokerError(f"mosquitto did not start on {host}:{port}: {_said(log)}")


def _said(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace").strip() if log.exists() else ""
    return text or "it said nothing"


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask, then insist. The group holds the watcher too, and lives as long as that."""
    if process.returncode is None:
        process.terminate()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), STOP_LIMIT)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    if process.stdin:
        process.stdin.close()


@contextlib.asynccontextmanager
async def _amqtt(host: str, port: int) -> AsyncIterator[EmbeddedBroker]:
    try:
        version = importlib.import_module("amqtt").__version__
        broker = _amqtt_broker(host, port)
    except ImportError as error:
        raise EmbeddedBrokerError(
            "the demo needs a broker; install Mosquitto, or in a clone run: pip install '.[demo]'"
        ) from error
    with _quiet("amqtt", "transitions"):
        await broker.start()
        try:
            yield EmbeddedBroker(kind="amqtt", version=version, protocols=("3.1.1",), host=host, port=port)
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(broker.shutdown(), STOP_LIMIT)
            await _cancel(broker.connections)


def _amqtt_broker(host: str, port: int) -> Any:
    base: Any = importlib.import_module("amqtt.broker").Broker
    adapters: Any = importlib.import_module("amqtt.adapters")

    class FixedBroker(base):  # type: ignore[misc] # amqtt has no types
        """amqtt 0.12 without three of its faults; the third is connections that outlive `shutdown`."""

        def __init__(self, config: dict[str, Any]) -> None:
            super().__init__(config)
            self.connections: set[asyncio.Task[Any]] = set()

        async def _publish_retained_messages_for_subscription(
            self, subscription: tuple[str, int], session: Any
        ) -> None:
            """Not to every new connection the retained messages of all other clients' subscriptions."""
            if any(subscriber is session for subscriber, _ in self._subscriptions.get(subscription[0], ())):
                await super()._publish_retained_messages_for_subscription(subscription, session)

        async def stream_connected(
            self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
        ) -> None:
            """Refuse MQTT 5; amqtt would read its greeting wrongly and wait for more of it for ever."""
            if task := asyncio.current_task():
                self.connections.add(task)
                task.add_done_callback(self.connections.discard)
            try:
                greeting = await _greeting(reader)
                if greeting.endswith(b"MQTT\x04"):
                    replayed, answers = _Replayed(greeting, reader), adapters.StreamWriterAdapter(writer)
                    await self.external_connected(replayed, answers, listener_name)
                elif greeting:
                    writer.write(b"\x20\x02\x00\x01")  # CONNACK: unacceptable protocol version
            finally:
                writer.close()

    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    listeners = {"default": {"type": "tcp", "bind": f"{host}:{port}"}}
    return FixedBroker({"listeners": listeners, "plugins": plugins})


async def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(set(tasks), timeout=0.1)
    await asyncio.sleep(0)  # the transports close their sockets


async def _greeting(reader: asyncio.StreamReader) -> bytes:
    """A connection's first bytes, up to the protocol's name and level; nothing if it ends before."""
    try:
        start = await reader.readexactly(2)
        while start[-1] & 0x80 and len(start) < 5:  # the packet's length, 1 to 4 bytes
            start += await reader.readexactly(1)
        return start + await reader.readexactly(7)
    except (asyncio.IncompleteReadError, OSError):
        return b""


class _Replayed:
    """A reader for amqtt that begins with what was already read."""

    def __init__(self, start: bytes, reader: asyncio.StreamReader) -> None:
        self._start = start
        self._reader = reader

    async def read(self, n: int) -> bytes:
        ready, self._start = self._start[:n], self._start[n:]
        return ready + await self._reader.readexactly(n - len(ready))

    def feed_eof(self) -> None:
        self._reader.feed_eof()


@contextlib.contextmanager
def _quiet(*names: str) -> Iterator[None]:
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
