"""A cloud that breaks: said clearly, nothing lost, and over by itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bridge.clock import Clock
from bridge.service.bridge import Bridge
from tests.house import HYBRID, MIN, NEXA, NOAH, PLANT, House

Houses = Callable[..., Awaitable[House]]
ALL = (NOAH, NEXA, MIN, HYBRID, PLANT)
FOR_EVER = 1_000_000

# what goes wrong, what is said about it, the kind of event that says so (else the log alone)
TROUBLES: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("bad_token", {}, "the API token is wrong or has expired", "token_refused"),
    ("login_page", {}, "a web page instead of data: the API token or the server is wrong", "token_refused"),
    ("timeout", {}, "did not answer in time", "cloud_unreachable"),
    ("server_error", {"status": 502}, "HTTP status 502", "cloud_unreachable"),
    ("rate_limited", {}, "called too often", "rate_limited"),
    ("system_error", {}, "SYSTEM_ERROR", None),
    ("broken_json", {}, "is not complete JSON", None),
    ("missing_fields", {"fields": ["data", "min", "devices", "plants"]}, "list is not complete", None),
    ("bad_fields", {"fields": ["data", "min", "devices", "plants"]}, "list is not complete", None),
]


@pytest.mark.parametrize(("kind", "options", "text", "event"), TROUBLES, ids=[row[0] for row in TROUBLES])
async def test_trouble_is_told_and_passes(
    house: Houses, caplog: pytest.LogCaptureFixture, kind: str, options: dict[str, Any], text: str, event: str | None
) -> None:
    h = await house(speed=500, growatt={"timeout": 0.3 if kind == "timeout" else 10}, polling={"account": 300})
    await h.ready()
    before = {sn: h.state(sn) for sn in ALL}
    h.cloud.faults.add(kind, times=FOR_EVER, **options)
    h.clock.jump(900)
    await h.eventually(lambda: any(text in record.message for record in caplog.records))
    if event:
        found = await h.eventually(lambda: h.events(event))
        assert text in found[0]["message"]
    for sn in ALL:
        lost = {name for name, value in before[sn].items() if value is not None and h.state(sn)[name] is None}
        assert lost == set(), (sn, lost)
    assert h.events("device_left") == []

    h.cloud.faults.clear()
    h.clock.jump(3600)
    stamps = {sn: before[sn]["last_update"] for sn in ALL}
    await h.eventually(lambda: all(h.state(sn)["last_update"] > stamps[sn] for sn in ALL))
    await h.eventually(lambda: all(h.available(sn) == "online" for sn in ALL))
    if event in ("token_refused", "cloud_unreachable"):
        await h.eventually(lambda: h.events("cloud_back"))
    assert h.running
    assert h.events("device_left") == []
    assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) < 60


async def test_a_token_that_becomes_valid_later(house: Houses) -> None:
    h = await house(speed=200, started=False)
    valid = h.cloud.world.tokens.copy()
    h.cloud.world.tokens.clear()
    await h.start()
    [event] = await h.eventually(lambda: h.events("token_refused"))
    assert "the API token is wrong or has expired" in event["message"]
    assert h.bridge_states() == ["online"]
    accounts = lambda: h.last(h.topic("bridge", "info"))["accounts"]  # noqa: E731
    await h.eventually(lambda: accounts() == {"growatt": {"state": "token_refused", "message": event["message"]}})
    h.cloud.world.tokens |= valid
    await h.ready()
    assert len(h.events("cloud_back")) == 1
    await h.eventually(lambda: accounts() == {"growatt": {"state": "ok", "message": None}})


async def test_fields_that_are_missing_or_broken_cost_nothing_else(house: Houses) -> None:
    h = await house(speed=500)
    h.cloud.faults.add("missing_fields", path="queryLastData", fields=["ppv", "vac1"], times=FOR_EVER)
    state = await h.eventually(lambda: (s := h.state(MIN)).get("ac_power") and s)
    assert (state["pv_power"], state["grid_voltage"], state["ac_power"] > 0) == (None, None, True)
    h.cloud.faults.clear()
    h.cloud.faults.add("bad_fields", path="queryLastData", fields=["pac", "status", "calendar"], times=FOR_EVER)
    h.clock.jump(300)
    state = await h.eventually(lambda: (s := h.state(MIN))["ac_power"] is None and s)
    assert (state["status"], state["pv_power"] > 0, state["grid_voltage"] > 200) == (None, True, True)
    h.cloud.faults.clear()
    h.clock.jump(300)
    await h.eventually(lambda: h.state(MIN)["ac_power"])


async def test_an_unknown_model_is_asked_for_again(house: Houses) -> None:
    h = await house(speed=300, started=False)
    h.cloud.faults.add("server_error", path="queryDeviceInfoParam", times=6)
    await h.start()
    await h.eventually(lambda: h.last(h.topic("bridge", "devices")))
    listed = lambda: {row["serial"]: (row["family"], row["model"]) for row in h.last(h.topic("bridge", "devices"))}  # noqa: E731
    await h.eventually(lambda: listed().get(NEXA) == ("nexa", "NEXA 2000"))
    await h.eventually(lambda: listed().get(NOAH) == ("noah", "NOAH 2000"))
    await h.ready(NOAH, NEXA)


class WrongClock(Clock):
    """The bridge's machine has another date than the cloud."""

    def __init__(self, right: Clock) -> None:
        self._right = right
        self.off_by = 0.0

    def time(self) -> float:
        return self._right.time() + self.off_by

    def monotonic(self) -> float:
        return self._right.monotonic()

    def real(self, seconds: float) -> float:
        return self._right.real(seconds)


async def test_the_machines_date_jumps_back_and_forth(house: Houses) -> None:
    h = await house(started=False, speed=300)
    clock = WrongClock(h.clock)
    running = asyncio.create_task(Bridge(h.config, clock=clock).run())
    try:
        await h.ready()
        for hours in (-2, 26, -1, 0):
            clock.off_by = hours * 3600
            told = {sn: len(h.all(h.topic(sn))) for sn in ALL}
            calls = len(h.calls("queryLastData"))
            await h.eventually(lambda n=calls: len(h.calls("queryLastData")) >= n + 3)
            await h.eventually(lambda t=told: all(len(h.all(h.topic(sn))) > t[sn] for sn in (NOAH, HYBRID)))
            limit = 80 + (h.state(NOAH)["charge_limit"] + 1) % 20
            assert (await h.do(NOAH, charge_limit=limit))[-1] == "verified"
        await h.eventually(lambda: h.state(NOAH)["age"] < 600)
        assert h.refused() == []
        assert h.events("device_left") == []
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
