"""More commands than a device could ever carry out, as fast as a Mosquitto with its own defaults takes them."""

import asyncio
import json
import subprocess
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from itertools import accumulate, count, islice
from pathlib import Path
from typing import Any

from tests.house import HYBRID, NEXA, NOAH, Outside

Outsides = Callable[..., Awaitable[Outside]]

MOST_MEMORY = 80
"""Megabytes that ten thousand commands may cost the bridge at their height; about 30 do."""

# device, setting, what the simulated device calls it, how many values it has, commands
FLOODS = (
    (NOAH, "default_power", "defaultPower", 800, 10_000),
    (NEXA, "discharge_limit", "chargingSocLowLimit", 31, 1000),
    (HYBRID, "active_power", "activeRate", 101, 1000),
)
WRITES = ("setPower", "setLowLimitSoc", "tlxSet")


def megabytes(h: Outside) -> float:
    """The most memory that the bridge ever had."""
    status = Path(f"/proc/{h.process._running.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@contextmanager
def results_of(h: Outside, broker: Any) -> Any:
    """A file that a client quicker than the watcher writes all results to."""
    file = h.process.folder / "results"
    connect = ["-V", "mqttv5", "-D", "connect", "receive-maximum", "65535", "-h", broker.host, "-p", str(broker.port)]
    with file.open("wb") as output:
        client = subprocess.Popen(["mosquitto_sub", *connect, "-q", "1", "-t", h.topic("+", "result")], stdout=output)
        try:
            yield file
        finally:
            client.kill()
            client.wait()


async def pour(h: Outside, broker: Any) -> list[int]:
    """All commands to all devices at the same time; the last one of each device."""
    clients, numbers = [], count()
    for serial, setting, _, values, many in FLOODS:
        lines = [json.dumps({setting: n % values, "transaction": n}) for n in islice(numbers, many)]
        to = ["-h", broker.host, "-p", str(broker.port), "-q", "1", "-l", "-t", h.topic(serial, "set")]
        client = subprocess.Popen(["mosquitto_pub", *to], stdin=subprocess.PIPE)  # noqa: ASYNC220 - it starts at once
        clients.append(asyncio.to_thread(client.communicate, "\n".join(lines).encode()))
    await asyncio.gather(*clients)
    return [last - 1 for last in accumulate(many for *_, many in FLOODS)]


async def test_ten_thousand_commands_at_once(outside: Outsides, own_broker: Any) -> None:
    h = await outside(on=own_broker)
    h.start()
    await h.up()
    await h.eventually(lambda: all(h.available(sn) == "online" for sn in (NEXA, HYBRID)))
    h.tap.client.unsubscribe(f"{h.base}/#")
    h.tap.client.subscribe(h.topic("bridge", "response", "#"), 1)
    before, ends = megabytes(h), defaultdict[int, list[str]](list)

    with results_of(h, own_broker) as file:
        lasts = await pour(h, own_broker)
        end = time.monotonic() + 60
        assert "status" in await h.ask("plant/list")
        seen = [f'"verified","error":null,"transaction":{last},' for last in lasts]
        while not all(each in file.read_text() for each in seen) and time.monotonic() < end:  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.3)
        for result in map(json.loads, file.read_text().splitlines()):
            ends[result["transaction"]].append(result["status"])

    assert ends.keys() == set(range(lasts[-1] + 1))
    assert {tuple(each) for each in ends.values()} == {("accepted", "superseded"), ("accepted", "verified")}
    for last, (serial, _, wire, values, _) in zip(lasts, FLOODS, strict=True):
        assert ends[last][-1] == "verified"
        assert h.cloud.world.device(serial).settings[wire] == last % values
    assert len([call for call in h.cloud.requests if call.path.endswith(WRITES)]) <= 4 * len(FLOODS)
    assert megabytes(h) - before < MOST_MEMORY
