"""The call budget, on a clock that a test moves by hand."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bridge.clock import Clock
from bridge.growatt import AsyncGrowattApi, Budget
from bridge.growatt.calls import Call
from bridge.growatt.errors import RateLimited, TimedOut, Unreachable
from bridge.growatt.session import AsyncGrowattApiSession, GrowattApiSession
from bridge.service import requests
from tests.clocks import ManualClock

READING = Call(path="new-api/queryLastData", query={"deviceType": "noah", "deviceSn": "A"}, every=60)
OTHER = Call(path="new-api/queryLastData", query={"deviceType": "noah", "deviceSn": "B"}, every=60)
MIN = Call(path="new-api/queryLastData", query={"deviceType": "min", "deviceSn": "A"}, every=300)
LIST = Call(path="plant/list", verb="GET", prefix="v1", every=300, per_day=3)
FREE = Call(path="noahDeviceApi/noah/getSystemStatus", form={"deviceSn": "A"})


class Impatient(Clock):
    def wait(self, seconds: float) -> None:
        """Nobody waits."""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def done(budget: Budget, call: Call, *, limited: bool = False) -> float:
    """Make the call if it may go; the seconds to wait otherwise."""
    wait = budget.claim("token", call)
    if not wait:
        budget.settle("token", call, limited=limited)
    return wait


def test_a_call_waits_for_its_interval(clock: ManualClock) -> None:
    budget = Budget(clock=clock)
    assert done(budget, READING) == 0
    assert done(budget, READING) == 60
    clock.now_is(59)
    assert done(budget, READING) == 1
    assert budget.delay("token", READING) == 1
    clock.now_is(60)
    assert done(budget, READING) == 0
    assert [done(budget, FREE) for _ in range(3)] == [0, 0, 0]


def test_a_clock_that_is_set_back_costs_one_interval(clock: ManualClock) -> None:
    budget = Budget(clock=clock)
    done(budget, READING)
    done(budget, MIN, limited=True)
    clock.now_is(-7200)
    assert (done(budget, READING), done(budget, MIN)) == (60, 3600)
    clock.now_is(-7140)
    assert done(budget, READING) == 0
    clock.now_is(-3600)
    assert done(budget, MIN) == 0


def test_a_clock_that_is_set_ahead_makes_no_call_older(clock: ManualClock) -> None:
    budget = Budget(clock=clock)
    assert [done(budget, call) for call in (READING, LIST)] == [0, 0]
    clock.set_date(3 * 3600)
    assert [done(budget, call) for call in (READING, LIST)] == [60, 300]
    clock.now_is(60)
    assert [done(budget, call) for call in (READING, LIST)] == [0, 240]


def test_the_interval_runs_from_the_answer(clock: ManualClock) -> None:
    budget = Budget(clock=clock)
    budget.claim("token", READING)
    clock.now_is(20)
    budget.settle("token", READING, limited=False)
    clock.now_is(60)
    assert budget.claim("token", READING) == 20


def test_what_is_counted_together(clock: ManualClock) -> None:
    careful = Budget(clock=clock)
    assert [done(careful, call) for call in (READING, OTHER, MIN)] == [0, 60, 0]
    assert careful.claim("other token", READING) == 0
    eager = Budget(clock=clock, scope="request")
    assert [done(eager, call) for call in (READING, OTHER, MIN, READING)] == [0, 0, 0, 60]


def test_calls_a_day(clock: ManualClock) -> None:
    budget = Budget(clock=clock)
    for hour in range(3):
        clock.now_is(hour * 3600)
        assert done(budget, LIST) == 0
    clock.now_is(3 * 3600)
    assert done(budget, LIST) == 21 * 3600
    clock.now_is(24 * 3600)
    assert done(budget, LIST) == 0
    assert done(budget, LIST) == 3600


def test_a_refusal_teaches_the_budget_and_a_success_clears_it(clock: ManualClock) -> None:
    budget = Budget(clock=clock)
    waits, now = [], 0.0
    for _ in range(8):
        assert done(budget, READING, limited=True) == 0
        waits.append(budget.delay("token", READING))
        now += waits[-1]
        clock.now_is(now)
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert done(budget, READING) == 0
    assert budget.delay("token", READING) == 60
    clock.now_is(now + 60)
    assert done(budget, READING, limited=True) == 0
    assert budget.delay("token", READING) == 60
    budget.settle("token", FREE, limited=True)
    assert budget.delay("token", FREE) == 300


def test_a_call_without_a_documented_limit_waits_once_it_was_refused(clock: ManualClock, tmp_path: Path) -> None:
    budget = Budget(tmp_path / "budget.db", clock=clock)
    assert (done(budget, FREE), budget.report("token")) == (0, [])
    assert [done(budget, FREE, limited=True), done(budget, FREE)] == [0, 300]
    again = Budget(tmp_path / "budget.db", clock=clock)
    clock.now_is(100)
    assert done(again, FREE) == 200
    clock.now_is(300)
    assert [done(again, FREE) for _ in range(3)] == [0, 0, 0]


def test_it_outlives_the_process_and_tells_no_token(clock: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "budget.db"
    first = Budget(path, clock=clock)
    done(first, READING)
    done(first, LIST)
    done(first, MIN, limited=True)
    clock.now_is(10)
    again = Budget(path, clock=clock)
    assert [again.delay("token", call) for call in (READING, LIST, MIN)] == [50, 290, 290]
    assert b"token" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert {row["call"] for row in again.report("token")} == {
        "new-api/queryLastData noah",
        "new-api/queryLastData min",
        "plant/list",
    }
    assert again.report("another") == []


def test_a_call_that_was_under_way_at_the_end_may_have_arrived_later(clock: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "budget.db"
    Budget(path, clock=clock).claim("token", MIN)
    clock.now_is(10)
    assert Budget(path, clock=clock).delay("token", MIN) == 300
    clock.now_is(100)
    assert Budget(path, clock=clock).delay("token", MIN) == 230


def test_nobody_follows_a_call_that_may_yet_be_answered(clock: ManualClock) -> None:
    budget = Budget(clock=clock)
    budget.claim("token", LIST, longest=80)
    clock.now_is(70)
    assert budget.claim("token", LIST, longest=80) == LIST.every
    clock.now_is(80 + LIST.every)
    assert budget.claim("token", LIST, longest=80) == 0


def test_a_clock_that_is_set_never_locks_a_call_out(clock: ManualClock, tmp_path: Path) -> None:
    budget = Budget(tmp_path / "budget.db", clock=clock)
    done(budget, READING)
    done(budget, MIN, limited=True)
    for _ in range(3):
        done(budget, LIST)
        clock.now_is(clock.time() - 1_760_000_000 + 300)
    clock.now_is(-400 * 86400)
    assert budget.delay("token", READING) == 60
    assert budget.delay("token", MIN) <= 3600
    assert budget.delay("token", LIST) <= 86400
    clock.now_is(400 * 86400)
    assert [budget.delay("token", call) for call in (READING, MIN, LIST)] == [0, 0, 0]


@pytest.mark.parametrize("text", ["[]", '{"a": 1}', "\xff\xff", "SQLite format 3\0" + "x" * 5000])
def test_a_damaged_file_is_told_and_replaced(
    clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    path = tmp_path / "budget.db"
    path.write_bytes(text.encode("latin-1"))
    budget = Budget(path, clock=clock)
    assert "cannot be read; starting a new one" in caplog.text
    assert done(budget, READING) == 60, "nobody knows what was asked before"
    clock.now_is(60)
    assert done(budget, READING) == 0
    assert Budget(path, clock=clock).delay("token", READING) == 60


def test_a_restart_loop_does_not_ask_at_each_start_what_has_no_limit(clock: ManualClock, tmp_path: Path) -> None:
    free, write = Call(path="noahDeviceApi/noah/getSystemStatus"), Call(path="new-api/setPower", write=True)

    def start(*calls: Call) -> list[float]:
        budget = Budget(tmp_path / "budget.db", clock=clock, between_starts=60)
        return [done(budget, call) for call in calls]

    asked = []
    for n in range(12):
        clock.now_is(21 * n)
        first, second, written = start(free, free, write)
        assert (first == second, written) == (True, 0)
        asked += [21 * n] if not first else []
    assert asked == [0, 63, 126, 189]
    assert Budget(tmp_path / "budget.db", clock=clock).report("token") == []
    assert done(Budget(tmp_path / "budget.db", clock=clock), free) == 0, "other programs are not bound by it"


@pytest.mark.parametrize(
    ("entry", "wait"), [('{"last": 0.0, "rank": 1}', 60), ("[1]", 60), ('{"last": "x"}', 60), ("{", 60), ("{}", 0)]
)
def test_an_entry_of_another_version_stops_no_call_for_long(
    clock: ManualClock, tmp_path: Path, entry: str, wait: float
) -> None:
    path = tmp_path / "budget.db"
    done(Budget(path, clock=clock), READING)
    with contextlib.closing(sqlite3.connect(path)) as calls, calls:
        calls.execute("UPDATE calls SET entry = ?", (entry.replace("0.0", str(clock.time())),))
    budget = Budget(path, clock=clock)
    assert done(budget, READING) == wait
    assert budget.report("token")
    clock.now_is(61)
    assert done(budget, READING) == 0


def test_a_folder_that_cannot_be_written_costs_a_warning(
    clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    caplog.set_level(logging.WARNING)
    budget = Budget(tmp_path / "file" / "budget.db", clock=clock)
    assert "cannot save the call budget" in caplog.text
    clock.now_is(60)
    assert [done(budget, READING), done(budget, READING)] == [0, 60]


@pytest.mark.parametrize("obstacle", ["budget.db", "budget.db-journal"])
def test_a_restart_loop_that_cannot_save_its_calls_makes_none_too_early(
    clock: ManualClock, tmp_path: Path, obstacle: str
) -> None:
    path = tmp_path / "budget.db"
    (tmp_path / obstacle).mkdir()
    for start in (0, 7, 14):
        clock.now_is(start)
        budget = Budget(path, clock=clock)
        assert [done(budget, call) for call in (READING, MIN, LIST, FREE)] == [60, 300, 8 * 3600, 0]
    clock.now_is(314)
    assert [done(budget, READING), done(budget, MIN), done(budget, MIN)] == [0, 0, 300]


def test_a_file_that_fails_in_between_costs_a_warning(
    clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    budget = Budget(tmp_path / "budget.db", clock=clock)
    done(budget, MIN)
    budget._calls.execute("DROP TABLE calls")
    assert done(budget, READING) == 60
    clock.now_is(60)
    assert [done(budget, READING), done(budget, READING)] == [0, 60]
    assert caplog.text.count("cannot save the call budget") == 1


@pytest.fixture
def held(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The file of a budget, as another program has it."""
    with contextlib.closing(sqlite3.connect(tmp_path / "budget.db", isolation_level=None)) as other:
        yield other


def test_a_file_that_another_program_holds_refuses_calls_and_stays_in_use(
    clock: ManualClock, tmp_path: Path, held: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    budget = Budget(tmp_path / "budget.db", clock=clock)
    budget.claim("token", MIN)
    held.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    budget.settle("token", MIN, limited=True)
    assert [budget.claim("token", READING) for _ in range(20)] == [3] * 20
    assert time.monotonic() - began < 2
    held.execute("ROLLBACK")
    clock.now_is(3)
    assert done(budget, READING) == 0
    again = Budget(tmp_path / "budget.db", clock=clock)
    assert (again.delay("token", READING), again.delay("token", MIN)) == (60, 297)
    assert caplog.text.count("another program holds the call budget") == 1


def test_a_file_that_is_held_at_the_start_is_used_later(
    clock: ManualClock, tmp_path: Path, held: sqlite3.Connection
) -> None:
    done(Budget(tmp_path / "budget.db", clock=clock), MIN)
    held.execute("BEGIN EXCLUSIVE")
    budget = Budget(tmp_path / "budget.db", clock=clock)
    assert (done(budget, READING), budget.report("token")) == (3, [])
    held.execute("ROLLBACK")
    clock.now_is(3)
    assert (done(budget, READING), budget.delay("token", MIN)) == (0, 297)


def test_what_a_file_knew_that_cannot_be_written_any_more_still_counts(clock: ManualClock, tmp_path: Path) -> None:
    budget = Budget(tmp_path / "budget.db", clock=clock)
    done(budget, MIN)
    clock.now_is(60)
    budget._calls.execute("PRAGMA query_only = ON")
    assert [done(budget, READING), done(budget, READING), done(budget, MIN)] == [0, 60, 240]


def test_of_many_calls_the_newest_are_told_and_the_oldest_forgotten(clock: ManualClock, tmp_path: Path) -> None:
    budget = Budget(tmp_path / "budget.db", scope="request", clock=clock)
    for number in range(250):
        clock.now_is(number)
        done(budget, Call(path="x", form={"deviceSn": f"{number:03}"}, every=300))
    told = [row["call"] for row in budget.report("token")]
    assert (len(told), told[0], told[-1]) == (200, "x deviceSn=050", "x deviceSn=249")
    clock.now_is(86400 + 240)
    assert len(budget.report("token")) == 10


def test_two_programs_with_one_file_count_together(tmp_path: Path) -> None:
    clock = ManualClock()
    bridge, command_line = (Budget(tmp_path / "budget.db", clock=clock) for _ in range(2))
    call = Call(path="new-api/queryLastData", every=300)
    assert bridge.claim("token", call) == 0
    bridge.settle("token", call, limited=False)
    assert command_line.claim("token", call) == 300
    clock.now_is(clock.time() + 300)
    assert command_line.claim("token", call) == 0
    assert bridge.claim("token", call) == 300


def test_a_thousand_failures_wait_no_longer_than_the_longest_block() -> None:
    clock = ManualClock()
    budget, call = Budget(clock=clock), Call(path="x", every=5)
    for _ in range(1100):
        budget.settle("token", call, limited=True)
    assert budget.delay("token", call) == 3600


async def test_the_next_call_knows_of_an_answer_however_long_that_took(clock: ManualClock) -> None:
    def slowly(_: httpx.Request) -> httpx.Response:
        clock.now_is(40)
        return httpx.Response(200, json={"code": 0, "data": None, "message": ""})

    cloud = httpx.MockTransport(slowly)
    session = AsyncGrowattApiSession(
        "token", "http://localhost", budget=Budget(clock=clock), clock=clock, transport=cloud
    )
    await session.send(READING)
    with pytest.raises(RateLimited) as refused:
        await session.send(READING)
    await session.close()
    assert refused.value.retry_after == 60


def _page(request: httpx.Request) -> httpx.Response:
    number = request.url.params.get("page", "1")
    return httpx.Response(200, json={"error_code": 0, "data": {"count": 3, "devices": [{"device_sn": number}]}})


async def test_the_next_page_waits_for_the_budget(clock: ManualClock) -> None:
    cloud = httpx.MockTransport(_page)
    budget = Budget(clock=clock)
    async with AsyncGrowattApi("token", "http://localhost", budget=budget, clock=clock, transport=cloud) as api:
        asking = asyncio.create_task(api.plant.list_devices_all(7))
        await clock.advance(299)
        assert not asking.done()
        await clock.advance(302)
        reply = await asking
        assert [row.device_sn for row in reply.data.devices] == ["1", "2", "3"]
        with pytest.raises(RateLimited):
            await api.plant.list_devices_all(7)


async def test_the_next_page_does_not_wait_for_the_next_day(clock: ManualClock) -> None:
    answer = {"error_code": 0, "data": {"count": 9, "plants": [{}]}}
    cloud = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    budget = Budget(clock=clock)
    async with AsyncGrowattApi("token", "http://localhost", budget=budget, clock=clock, transport=cloud) as api:
        for _ in range(9):
            await api.plant.list()
            await clock.advance(300)
        with pytest.raises(RateLimited) as refused:
            await api.plant.list_all()
    assert refused.value.retry_after > 3600


async def test_what_takes_several_calls_waits_for_the_budget_between_them(clock: ManualClock) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        serials = request.url.params["deviceSn"].split(",")
        return httpx.Response(200, json={"code": 0, "data": {"min": [{"serialNum": sn} for sn in serials]}})

    cloud, budget = httpx.MockTransport(answer), Budget(clock=clock)
    async with AsyncGrowattApi("token", "http://localhost", budget=budget, clock=clock, transport=cloud) as api:
        asking = asyncio.create_task(api.min.energy_v4([f"SN{n}" for n in range(150)]))
        await clock.advance(299)
        assert not asking.done()
        await clock.advance(2)
        assert len((await asking).data.devices) == 150


@pytest.mark.parametrize("call", [MIN, LIST])
def test_a_call_that_never_left_does_not_count(clock: ManualClock, call: Call) -> None:
    def unreachable(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    def lost(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late")

    budget = Budget(clock=clock)
    for number in range(10):
        transport = httpx.MockTransport(unreachable)
        session = GrowattApiSession("token", "http://localhost", budget=budget, clock=Impatient(), transport=transport)
        with pytest.raises(Unreachable):
            session.send(call)
        clock.now_is(number * 5.0)
    assert budget.delay("token", call) == 0
    session = GrowattApiSession("token", "http://localhost", budget=budget, transport=httpx.MockTransport(lost))
    with pytest.raises(TimedOut):
        session.send(call)
    assert budget.delay("token", call) == 300


def test_a_password_gets_neither_into_the_file_nor_into_the_report(clock: ManualClock, tmp_path: Path) -> None:
    budget = Budget(str(tmp_path / "budget"), scope="request", clock=clock)
    form = {"user_name": "jane", "user_password": "HUNTER2"}
    done(budget, Call(path="user/user_register", form=form, prefix="v1", every=5), limited=True)
    assert "HUNTER2" not in str(budget.report("token"))
    assert b"HUNTER2" not in (tmp_path / "budget").read_bytes()


@pytest.mark.parametrize(("left", "told"), [(0.2, 1), (1.0, 1), (59.1, 60)])
async def test_a_wait_is_told_in_whole_seconds_that_suffice(clock: ManualClock, left: float, told: int) -> None:
    budget = Budget(clock=clock)
    done(budget, READING)
    clock.now_is(60 - left)
    session = AsyncGrowattApiSession("token", "http://localhost", budget=budget, clock=clock)
    with pytest.raises(RateLimited, match=f" again in {told} s") as refused:
        await session.send(READING)
    await session.close()
    assert requests._error(refused.value)["retry_after"] == told


async def test_a_call_that_is_broken_off_is_over(clock: ManualClock) -> None:
    asked = asyncio.Event()

    async def never(_: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    budget = Budget(clock=clock)
    cloud = httpx.MockTransport(never)
    session = AsyncGrowattApiSession("token", "http://localhost", budget=budget, clock=clock, transport=cloud)
    call = asyncio.create_task(session.send(READING))
    await asked.wait()
    call.cancel()
    await asyncio.wait([call])
    await session.close()
    clock.now_is(50)
    assert budget.delay("token", READING) == 10
