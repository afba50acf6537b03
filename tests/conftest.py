"""Fixtures: real brokers, and a client that watches them. The tests fail, never skip, where no broker can be run."""

import gc
import logging
import os
import signal
import socket
import subprocess
import threading
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import paho.mqtt.client as paho
import pytest
from hypothesis import HealthCheck, settings
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bridge.demo.broker import find_mosquitto, free_port, mosquitto_config, tied
from tests.house import House, Outside, Process, house_in, outside_in

# a busy machine is no defect
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

REMEDY = "the tests need a broker: apt-get install mosquitto, or a running Docker engine"


class Broker(Protocol):
    """Where a broker listens."""

    host: str
    port: int


@dataclass
class Address:
    host: str
    port: int


@dataclass
class OwnBroker:
    """A private Mosquitto that a test may stop, start again on the same port, and configure between the two."""

    binary: str
    folder: Path
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    lines: list[str] = field(default_factory=lambda: ["allow_anonymous true"])
    _process: "subprocess.Popen[bytes] | None" = None

    def persist(self) -> None:
        """Keep sessions and retained messages over a restart."""
        self.lines += ["persistence true", f"persistence_location {self.folder}/"]

    def require_password(self, username: str, password: str) -> None:
        file = self.folder / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", str(file), username, password], check=True, capture_output=True)
        self.lines = [line for line in self.lines if not line.startswith(("allow_anonymous", "password_file"))]
        self.lines += ["allow_anonymous false", f"password_file {file}"]

    def start(self) -> None:
        log = self.folder / "mosquitto.log"
        config = self.folder / "mosquitto.conf"
        config.write_text(mosquitto_config(self.host, self.port, *self.lines, f"log_dest file {log}"))
        self._process = subprocess.Popen(
            tied([self.binary, "-c", str(config)]),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not until(lambda: self._process.poll() is not None or _answers(self.host, self.port), 10):
            pytest.fail(f"mosquitto does not listen on port {self.port}")
        if self._process.poll() is not None:
            pytest.fail(f"mosquitto ended at once: {log.read_text() if log.exists() else 'it said nothing'}")

    def stop(self) -> None:
        """End it as a service manager would: state is saved, clients are told."""
        self._end(subprocess.Popen.terminate)

    def save(self) -> None:
        """Have it save its state, as it does by itself every half an hour."""
        file = self.folder / "mosquitto.db"
        file.unlink(missing_ok=True)
        assert self._process is not None
        self._process.send_signal(signal.SIGUSR1)
        assert until(file.exists, 5)

    def read_rules(self) -> None:
        """Have it read its access rules again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """End it without a goodbye."""
        self._end(subprocess.Popen.kill)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It holds its connections and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _end(self, how: "Callable[[subprocess.Popen[bytes]], None]") -> None:
        process, self._process = self._process, None
        if process is None:
            return
        how(process)
        process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the watcher that `tied` put beside it
        process.stdin.close()


def until(condition: Callable[[], object], timeout: float) -> bool:
    """Wait for a condition in a test without an event loop."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _answers(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), 1):
        return True
    return False


def _engine_answers() -> bool:
    import docker  # noqa: PLC0415 - costs half a second
    from docker.errors import DockerException  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the client drops its socket unclosed where nobody answers
        try:
            with closing(docker.from_env(timeout=3)) as engine:
                engine.ping()
        except DockerException:
            return False
        finally:
            gc.collect()
    return True


@contextmanager
def _container() -> Iterator[Address | None]:
    """Mosquitto in a container, or None where no engine answers."""
    if not _engine_answers():
        yield None
        return
    from testcontainers.community.mqtt import MosquittoContainer  # noqa: PLC0415 - only with an engine

    with MosquittoContainer() as container:
        yield Address(container.get_container_host_ip(), int(container.get_exposed_port(1883)))


@contextmanager
def _local(folder: Path) -> Iterator[OwnBroker]:
    binary = find_mosquitto()
    if binary is None:
        pytest.fail(REMEDY)
    broker = OwnBroker(binary, folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Mosquitto that the whole run shares, open to everyone: in a container if possible, else the local binary."""
    with _container() as address:
        if address:
            yield address
            return
    with _local(tmp_path_factory.mktemp("mosquitto")) as local:
        yield local


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[OwnBroker]:
    """A running Mosquitto of the test's own (the local binary: a container would change its port)."""
    with _local(tmp_path) as local:
        yield local


@dataclass
class Tap:
    """A client that keeps every message it sees, in order."""

    client: paho.Client
    messages: list[paho.MQTTMessage] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def publish(self, topic: str, payload: str | bytes, *, qos: int = 1, retain: bool = False, properties=None) -> None:
        """Publish, and wait until the broker has it; after a restart of the broker also for the connection."""
        if not until(self.client.is_connected, 5):
            pytest.fail("the tap has lost its broker")
        self.client.publish(topic, payload, qos, retain, properties).wait_for_publish(5)

    def on(self, topic: str) -> list[bytes]:
        """The payloads seen on a topic so far."""
        with self._news:
            return [message.payload for message in self.messages if message.topic == topic]

    def wait_for(
        self, topic: str, predicate: Callable[[bytes], bool] = lambda payload: True, timeout: float = 5
    ) -> paho.MQTTMessage:
        """The first message on a topic whose payload fits; waits for it. Fails the test when none comes.

        Blocks: in an asynchronous test use `await asyncio.to_thread(tap.wait_for, ...)`.
        """

        def found() -> paho.MQTTMessage | None:
            return next((m for m in self.messages if m.topic == topic and predicate(m.payload)), None)

        with self._news:
            message = self._news.wait_for(found, timeout)
        if message is None:
            pytest.fail(f"no such message on {topic} within {timeout} s; seen: {self.on(topic)}")
        return message

    def _received(self, _client: paho.Client, _userdata: object, message: paho.MQTTMessage) -> None:
        with self._news:
            self.messages.append(message)
            self._news.notify_all()


@pytest.fixture
def tap() -> Iterator[Callable[..., Tap]]:
    """Makes taps: `tap(broker)`, `tap(broker, "home/#", protocol="3.1.1", username=..., password=...)`."""
    taps: list[Tap] = []

    def make(broker: Broker, topic_filter: str = "#", *, protocol: str = "5", username=None, password=None) -> Tap:
        version = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}[protocol]
        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=version)
        new = Tap(client)
        subscribed = threading.Event()
        client.on_connect = lambda c, *_: c.subscribe(topic_filter, 1)
        client.on_subscribe = lambda *_: subscribed.set()
        client.on_message = new._received
        client.username_pw_set(username, password)
        properties = None
        if protocol == "5":  # else Mosquitto drops what a tap in a busy test does not take at once
            properties = Properties(PacketTypes.CONNECT)
            properties.ReceiveMaximum = 65535
        client.connect(broker.host, broker.port, properties=properties)
        client.loop_start()
        taps.append(new)
        if not subscribed.wait(5):
            pytest.fail(f"the tap could not subscribe at {broker.host}:{broker.port}")
        return new

    yield make
    for each in taps:
        each.client.disconnect()
        each.client.loop_stop()
        each.client._reset_sockets()  # else whenever the client is collected, with a warning


@pytest.fixture
async def house(
    broker: Broker, tap: Callable[..., Tap], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Callable[..., Awaitable[House]]]:
    """Makes houses: `await house(speed=100, limits="endpoint", started=True, polling={...})`; see `tests.house`.

    At the end nothing that was told or logged may hold the token.
    """
    caplog.set_level(logging.DEBUG, "bridge")
    async with AsyncExitStack() as stack:
        made: list[House] = []

        async def make(
            *, on: Broker = broker, speed: float = 100, limits: str = "endpoint", started: bool = True, **options: Any
        ) -> House:
            entered = house_in(tmp_path, on, tap, speed=speed, limits=limits, started=started, **options)
            made.append(await stack.enter_async_context(entered))
            return made[-1]

        yield make
    for each in made:
        each.assert_no_secrets(caplog.text)


@pytest.fixture
async def outside(
    broker: Broker, tap: Callable[..., Tap], tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[Outside]]]:
    """Makes houses whose bridge is a process: `await outside(polling={...})`; the token is never told there either."""
    async with AsyncExitStack() as stack:
        made: list[Outside] = []

        async def make(*, on: Broker = broker, **options: Any) -> Outside:
            made.append(await stack.enter_async_context(outside_in(tmp_path, on, tap, **options)))
            return made[-1]

        yield make
    for each in made:
        each.assert_no_secrets(each.process.text)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """The command line as a process; ended with the test."""
    made = Process(tmp_path)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _own_log_level() -> Iterator[None]:
    """The command line sets the log level of its process; in a test it lasts as long as the test."""
    logger = logging.getLogger("bridge")
    before = logger.level
    yield
    logger.setLevel(before)
