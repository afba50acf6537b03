"""What the client costs, measured in one run: import, parsing, calls at once. Prints; asserts nothing."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from copy import deepcopy
from pathlib import Path

import httpx

from bridge.growatt import AsyncGrowattApi

SAMPLE = Path(__file__).parent.parent / "tests" / "data" / "client" / "samples" / "min.energy_v4.json"
LATENCY = 0.02
CALLS = 100


def best(run: Callable[[], object], times: int = 7) -> float:
    """The shortest of a few runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def import_time(module: str) -> float:
    code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True) for _ in range(5)]
    return min(float(run.stdout) for run in runs)


def hundred_devices() -> bytes:
    reply = json.loads(SAMPLE.read_bytes())
    row = reply["data"]["min"][0]
    reply["data"]["min"] = [{**deepcopy(row), "serialNum": f"SN{n:08}"} for n in range(100)]
    return json.dumps(reply).encode()


def parsing() -> None:
    from bridge.growatt.families.min import MinEnergyV4  # noqa: PLC0415 - not part of the import that is measured

    body = hundred_devices()

    def parse() -> None:
        answer = json.loads(body)
        MinEnergyV4.model_validate({"data": answer["data"], "error_code": 0, "error_msg": answer["message"]})

    parse()
    plain, typed = best(lambda: json.loads(body)), best(parse)
    print(f"parse 100 MIN   {typed * 1000:6.1f} ms, json.loads {plain * 1000:.1f} ms: {typed / plain:.1f} times")


async def calls() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(LATENCY)
        return httpx.Response(200, json={"code": 0, "message": "", "data": None})

    async with AsyncGrowattApi("token", "http://localhost", transport=httpx.MockTransport(answer)) as api:
        serials = [f"SN{n:08}" for n in range(CALLS)]
        await api.min.power(serials[0])

        async def one_by_one() -> None:
            for serial in serials:
                await api.min.power(serial)

        async def at_once() -> None:
            await asyncio.gather(*(api.min.power(serial) for serial in serials))

        sequential, concurrent = await clocked(one_by_one), await clocked(at_once)
    ratio = sequential / concurrent
    print(f"{CALLS} calls       {concurrent:6.2f} s at once, {sequential:.2f} s one by one: {ratio:.0f} times faster")


async def clocked(run: Callable[[], Awaitable[None]]) -> float:
    start = time.perf_counter()
    await run()
    return time.perf_counter() - start


if __name__ == "__main__":
    client, pydantic = import_time("bridge.growatt"), import_time("pydantic")
    print(f"import          {client:6.2f} s, pydantic alone {pydantic:.2f} s: {client - pydantic:.2f} s more")
    parsing()
    asyncio.run(calls())
