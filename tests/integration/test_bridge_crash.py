"""The bridge, a process in real time, killed with SIGKILL: commands run to their end or are rejected, none runs late.

Mostly this waits for the cloud's limits, so that everything happens side by side. `python -m tests.stress.crash` does
it a thousand times.
"""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Broker, Tap
from tests.house import HYBRID, MIN, NEXA, NOAH, Outside, outside_in

WHILE = 60.0
"""Seconds: after a crash a call that was under way counts as made until it would have timed out."""

Scenario = Callable[[Outside], Awaitable[None]]
SHORT = 4.0
"""Seconds that commands may live where they are to be too old."""


async def is_up(h: Outside) -> None:
    h.cloud.write_latency = (0.0, 0.0)
    h.start()
    await h.up()
    await h.eventually(lambda: all(h.available(sn) == "online" for sn in (NEXA, MIN, HYBRID)))


def has(h: Outside, serial: str, name: str) -> Any:
    return h.cloud.world.device(serial).settings[name]


async def at_every_stage(h: Outside) -> None:
    """One death finds a command before it is sent, one that waits for the cloud, one that the device has while its
    answer is on the way, and one whose result is still to come; another arrives while nobody is there. More deaths
    follow at any time."""
    await is_up(h)
    unseen = await h.order(HYBRID, active_power=60)
    await h.eventually(lambda: has(h, HYBRID, "activeRate") == 60)
    h.cloud.faults.add("timeout", path="setHighLimitSoc", seconds=WHILE)
    waiting = await h.order(NOAH, charge_limit=82)
    await h.eventually(lambda: not h.cloud.faults.waiting)

    nexa = h.cloud.world.device(NEXA)
    write = nexa.write

    def carried_out(settings: dict[str, Any], *when: float) -> None:
        write(settings, *when)
        h.process.end(signal.SIGKILL)

    await h.order(MIN, power_on=True)
    await h.eventually(lambda: [call for call in h.cloud.requests if call.path.endswith("setOnOrOff")])
    unsent = await h.order(MIN, power_on=False)  # five seconds later at the earliest
    await h.eventually(lambda: h.outcomes(MIN, unsent))
    nexa.write = carried_out
    unanswered = await h.order(NEXA, discharge_limit=7)
    await h.eventually(lambda: not h.process.running)
    nexa.write = write
    late = await h.order(NEXA, grid_charging=True)
    assert (has(h, NEXA, "chargingSocLowLimit"), has(h, NOAH, "chargingSocHighLimit")) == (7, 100)
    assert has(h, MIN, "onOff") == 1
    for serial, number in ((NOAH, waiting), (NEXA, unanswered)):
        assert h.outcomes(serial, number) == ["accepted"]

    h.start()
    chance, newer = random.Random(), []
    for power in (100, 200):
        newer.append(await h.order(NOAH, default_power=power + len(newer)))
        await asyncio.sleep(chance.uniform(0.0, 2.5))
        newer.append(await h.order(NOAH, default_power=power + len(newer)))
        h.process.end(signal.SIGKILL)
        h.start()
    for serial, number in ((HYBRID, unseen), (NOAH, waiting), (NEXA, unanswered), (MIN, unsent), (NEXA, late)):
        assert (await h.outcome(serial, number, WHILE))["status"] == "verified"
    ends = [(await h.outcome(NOAH, number, WHILE))["status"] for number in newer]
    assert (set(ends[:-1]) <= {"superseded", "verified"}, ends[-1]) == (True, "verified")
    assert (has(h, NOAH, "chargingSocHighLimit"), has(h, NEXA, "chargingSocLowLimit")) == (82, 7)
    assert (has(h, MIN, "onOff"), has(h, HYBRID, "activeRate"), has(h, NEXA, "allowGridCharging")) == (0, 60, 1)
    assert has(h, NOAH, "defaultPower") == 203


async def too_old(h: Outside) -> None:
    """A command's age goes on over restarts, and while it waits at the broker."""
    await is_up(h)
    h.cloud.faults.add("timeout", path="setHighLimitSoc", seconds=WHILE)
    waiting = await h.order(NOAH, charge_limit=82)
    await h.eventually(lambda: not h.cloud.faults.waiting)
    began = asyncio.get_running_loop().time()
    h.process.end(signal.SIGKILL)
    h.cloud.faults.add("timeout", path="queryDeviceList", seconds=WHILE)  # so that it is not written by this start
    h.start()
    await h.eventually(lambda: h.bridge_states().count("online") == 2)
    h.process.end(signal.SIGKILL)
    h.cloud.faults.clear()
    unseen = await h.order(NEXA, charge_limit=77)
    await h.publish(h.topic(MIN, "set", "active_power"), "55", retain=True)
    await asyncio.sleep(began + 2 * SHORT - asyncio.get_running_loop().time())
    said = len(h.process.text)
    h.start()
    for serial, number in ((NOAH, waiting), (NEXA, unseen)):
        result = await h.outcome(serial, number)
        assert (result["status"], "too old: it waited" in result["error"]) == ("rejected", True)
        assert ("may have written it" in result["error"]) == (number == waiting)
    await h.eventually(lambda: h.bridge_states().count("online") == 3)
    await h.eventually(lambda: f"{NOAH} (NOAH)" in h.process.text[said:])  # Growatt's limits may hold up the list
    assert (await h.outcome(NOAH, await h.order(NOAH, discharge_limit=11)))["status"] == "verified"
    await h.publish(h.topic(MIN, "set", "active_power"), "", retain=True)
    assert [call.params["deviceSn"] for call in h.cloud.requests if call.path.endswith("setHighLimitSoc")] == []
    assert {result["status"] for result in h.results(MIN)} == {"rejected"}
    assert has(h, MIN, "activeRate") == 100


@pytest.fixture
def side_by_side(broker: Broker, tap: Callable[..., Tap], tmp_path: Path) -> Any:
    """Lets scenarios run at the same time, each in a house of its own, with MQTT 5 and with 3.1.1."""

    async def one(run: Scenario, protocol: str, options: dict[str, Any]) -> None:
        folder = tmp_path / f"{run.__name__}-{protocol}"
        folder.mkdir()
        async with outside_in(folder, broker, tap, mqtt={"protocol": protocol}, commands=options) as h:
            await run(h)
        h.assert_no_secrets(h.process.text, (folder / "state" / "messages.json").read_text())

    async def all_of(scenarios: dict[Scenario, dict[str, Any]]) -> None:
        rows = [(run, protocol, options) for run, options in scenarios.items() for protocol in ("5", "3.1.1")]
        async with AsyncExitStack() as stack:
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            for row in rows:
                tasks.create_task(one(*row), name=f"{row[0].__name__} {row[1]}")

    return all_of


async def test_no_command_is_lost_or_late_when_the_bridge_is_killed(side_by_side: Any) -> None:
    await side_by_side({at_every_stage: {}, too_old: {"max_age": SHORT}})
