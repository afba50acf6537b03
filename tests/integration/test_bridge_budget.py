"""A restart loop must not get an account locked: the cloud never sees a call too early."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable

import pytest

from tests.house import MIN, NEXA, NOAH, House, Outside

Houses = Callable[..., Awaitable[House]]


@pytest.mark.parametrize("scope", ["endpoint", "request"])
async def test_a_restart_loop_with_commands_never_calls_too_early(house: Houses, scope: str) -> None:
    chance = random.Random(7)
    slot = {"start": "01:00", "end": "02:00", "mode": "load_first", "enabled": True}
    h = await house(speed=30, limits=scope, growatt={"limits": scope}, polling={"account": 60, "details": 60})
    await h.ready()
    for n in range(10):
        await h.order(NOAH, charge_limit=80 + n)
        await h.order(NEXA, time_period_2={**slot, "power": n})
        await h.order(MIN, active_power=n)
        await h.publish(h.topic(NOAH, "get"), "")
        await asyncio.sleep(chance.uniform(0, 0.4))
        await h.stop()
        h.clock.jump(chance.uniform(0, 250))
        await h.start()
    h.clock.shift(60)
    await h.ready()
    assert (await h.do(NEXA, time_period_2={**slot, "power": 50}))[-1] in ("verified", "unconfirmed")
    assert h.refused() == []
    made = {request.path.rsplit("/")[-1] for request in h.cloud.requests}
    assert {"setHighLimitSoc", "setTimeSegment", "queryDeviceInfo", "tlx_set_info", "data", "list"} <= made
    assert len(h.calls("queryLastData")) >= 6


async def test_killed_again_and_again(outside: Callable[..., Awaitable[Outside]]) -> None:
    h = await outside()
    for n in range(3):
        h.start()
        await h.eventually(lambda k=n: h.bridge_states().count("online") > k)
        await h.order(NOAH, default_power=100 + n)
        await h.eventually(lambda: len(h.cloud.requests) > 12)
        await asyncio.sleep(0.2 - 0.1 * n)
        h.process.end(signal.SIGKILL)
        await h.eventually(lambda k=n: h.bridge_states().count("offline") > k)
    assert [r for r in h.cloud.requests if r.code in (102, 10012)] == []
