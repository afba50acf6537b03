"""Serving the simulated cloud: inside a running loop, beside synchronous code, or as a process."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from bridge.clock import Clock, FastClock
from bridge.simulator.cloud import SimulatedCloud
from bridge.simulator.world import World

LOOPBACK = "127.0.0.1"


class _Server(uvicorn.Server):
    """Leaves signals to the program around it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def serve(cloud: SimulatedCloud, host: str = LOOPBACK, port: int = 0) -> AsyncIterator[str]:
    """Serve while the context lasts; gives the base URL. Port 0 takes a free one. OSError if the port is taken."""
    config = uvicorn.Config(
        cloud.app,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    with _listen(host, port) as listener:
        cloud.stopped = asyncio.Event()
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await server.ready.wait()
            name = f"[{host}]" if ":" in host else host
            yield f"http://{name}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            cloud.stopped.set()
            await task


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise OSError(error.errno, f"the simulated cloud cannot listen on {host}:{port}: {error.strerror}") from None
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it; else replies wait 40 ms
    return listener


@contextmanager
def serve_in_thread(cloud: SimulatedCloud, host: str = LOOPBACK, port: int = 0) -> Iterator[str]:
    """Like `serve`, for synchronous code: the server runs in a thread of its own."""
    started = threading.Event()
    url: list[str] = []
    trouble: list[BaseException] = []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        async with serve(cloud, host, port) as address:
            url.append(address)
            started.set()
            await stop.wait()

    def run_loop() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(main())
        except OSError as error:
            trouble.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run_loop, name="simulated-cloud", daemon=True)
    thread.start()
    started.wait()
    if trouble:
        raise trouble[0]
    try:
        yield url[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def run(
    host: str = LOOPBACK,
    port: int = 0,
    *,
    speed: float = 1.0,
    limits: str = "endpoint",
    seed: int = 1,
    write_latency: tuple[float, float] = (0.0, 2.0),
    devices: Mapping[str, int] | None = None,
    on_ready: Callable[[str, World], None] | None = None,
) -> None:
    """Serve until cancelled.

    `speed` runs the cloud's clock that many times as fast. `devices` counts what the account holds, by the world's
    kinds ("noah", "nexa", "min", "min-xh", "sph" and so on); without it there is the demo's home. `on_ready` gets the
    base URL and the world.
    """
    clock = FastClock(speed) if speed != 1 else Clock()
    world = World.demo(clock, seed) if devices is None else World(clock, seed).populate(devices)
    cloud = SimulatedCloud(world, limits=limits, write_latency=write_latency)
    async with serve(cloud, host, port) as url:
        if on_ready:
            on_ready(url, world)
        await asyncio.Event().wait()
