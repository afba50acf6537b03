"""How old a message may be, over doubts, restarts and set clocks."""

from pathlib import Path

import pytest

from bridge.mqtt.freshness import Freshness, believed
from bridge.mqtt.inbox import Inbox, Seen
from bridge.mqtt.memory import Memory
from tests.clocks import ManualClock

START = 1_760_000_000.0


def test_what_arrives_while_nothing_waits_is_fresh() -> None:
    clock = ManualClock(START)
    fresh = Freshness(clock)
    assert fresh.since == 0
    fresh.nothing_waits()
    clock.now_is(3)
    assert not fresh.hear(in_work=7)
    assert fresh.since == START + 3


def test_what_waited_while_we_were_away_is_as_old_as_our_absence_until_the_echo_returns() -> None:
    clock = ManualClock(START + 100)
    fresh = Freshness(clock, clear=START)
    echo = fresh.ask()
    clock.now_is(2)
    assert not fresh.returned(b"of an earlier process")
    assert not fresh.hear(in_work=0)
    assert fresh.since == START
    assert fresh.returned(echo)
    assert fresh.since == START + 100
    assert not fresh.hear(in_work=0)
    assert fresh.since == START + 102


def test_with_many_in_work_others_may_wait() -> None:
    clock = ManualClock(START)
    fresh = Freshness(clock)
    fresh.hear(in_work=0)
    clock.now_is(1)
    assert fresh.hear(in_work=10)
    echo = fresh.ask()
    clock.now_is(4)
    assert fresh.since == START
    fresh.returned(echo)
    assert fresh.since == START + 1
    assert fresh.hear(in_work=10)
    fresh.returned(fresh.ask())
    clock.now_is(6)
    assert fresh.hear(in_work=0)  # what came while they were in work may come only now
    assert fresh.since == START + 4
    fresh.returned(fresh.ask())
    assert not fresh.hear(in_work=0)


def test_an_echo_that_never_returns_is_given_up() -> None:
    """Access rules may forbid it: then nobody is too old for that alone, by day or in a quiet night."""
    clock = ManualClock(START)
    fresh = Freshness(clock, clear=START - 500)
    fresh.ask()
    for second in range(1, 61):
        clock.now_is(second)
        assert not fresh.tick()
        fresh.hear(in_work=0)
    assert (fresh.since, fresh.deaf) == (START - 500, False)
    for second in range(61, 600):
        clock.now_is(second)
        assert not fresh.tick()
        assert (fresh.since, fresh.deaf) == (START + second, True)
    assert not fresh.hear(in_work=10)
    clock.now_is(600)
    assert not fresh.tick()
    assert fresh.since == START + 599
    fresh.lost()
    assert not fresh.deaf


def test_an_echo_behind_many_others_is_not_forbidden() -> None:
    clock = ManualClock(START)
    fresh = Freshness(clock, clear=START - 500)
    fresh.ask()
    fresh.hear(in_work=10)
    for second in range(1, 62):
        clock.now_is(second)
        fresh.tick()
    assert (fresh.since, fresh.deaf) == (START, False)


def test_where_an_echo_has_returned_a_late_one_is_asked_for_again_and_nothing_counts_as_new() -> None:
    """The connection stalls, or the broker has dropped the echo."""
    clock = ManualClock(START)
    fresh = Freshness(clock)
    fresh.returned(fresh.ask())
    asked, echoes = [], [fresh.ask()]
    for second in range(1, 200):
        clock.now_is(second)
        fresh.hear(in_work=0)
        if fresh.tick():
            echoes.append(fresh.ask())
            asked.append(second)
    assert (fresh.since, fresh.deaf, asked) == (START, False, [61, 122, 183])
    for number, since in ((1, 61), (0, 61), (3, 183)):
        fresh.returned(echoes[number])
        fresh.hear(in_work=10)
        assert fresh.since == START + since


def test_an_echo_dies_with_its_connection() -> None:
    fresh = Freshness(ManualClock(START), clear=START - 500)
    echo = fresh.ask()
    fresh.lost()
    assert not fresh.returned(echo)
    assert fresh.since == START - 500


def test_standing_still_and_silence_raise_doubts() -> None:
    clock = ManualClock(START)
    fresh = Freshness(clock)
    fresh.hear(in_work=0)
    assert not fresh.tick()
    clock.now_is(20)  # the machine slept
    assert fresh.hear(in_work=0)
    assert fresh.since == START
    fresh.returned(fresh.ask())
    ticks = []
    for second in range(21, 55):
        clock.now_is(second)
        ticks.append(fresh.tick())
    assert ticks.index(True) == 30


@pytest.mark.parametrize(("moment", "found"), [(99, 99), (101, 101), (103, 0)])
def test_a_clock_that_was_set_back_is_not_believed(moment: float, found: float) -> None:
    assert believed(moment, 100) == found


def test_the_next_process_knows_since_when(tmp_path: Path) -> None:
    file = tmp_path / "state" / "messages.json"
    inbox = Inbox()
    done, _ = inbox.arrived(1, False, (b"a", b"on"), 10.0)
    inbox.arrived(2, False, (b"a", b"on"), 20.0)
    inbox.arrived(3, False, (b"a", b"off"), 30.0)
    inbox.finished(done, now=40)
    Memory(file).save(40.0, inbox.left(now=50))
    assert file.stat().st_mode & 0o777 == 0o600

    memory = Memory(file)
    assert memory.clear == 40.0
    inbox = Inbox(memory.seen)
    again = [(3, b"off", 30.0), (7, b"on", 20.0), (1, b"on", 10.0), (9, b"on", 99.0)]
    for number, value, since in again:
        delivery, _ = inbox.arrived(number, True, (b"a", value), 99.0)
        assert (delivery.since, delivery.done) == (since, number == 1)


def test_the_next_process_knows_what_of_a_message_has_ended(tmp_path: Path) -> None:
    inbox = Inbox()
    delivery, _ = inbox.arrived(1, False, (b"a",), 10.0)
    delivery.ended = ("limit", "slot")
    Memory(tmp_path / "messages.json").save(40.0, inbox.left(now=50))
    inbox = Inbox(Memory(tmp_path / "messages.json").seen)
    assert inbox.arrived(1, True, (b"a",))[0].ended == ("limit", "slot")
    assert inbox.left(now=60) == [Seen(1, delivery.fingerprint.hex(), 10.0, ended=("limit", "slot"))]


def test_the_same_sent_again_on_purpose_is_another_message() -> None:
    inbox = Inbox([Seen(1, Inbox().arrived(1, False, (b"a",))[0].fingerprint.hex(), 10.0)])
    fresh, new = inbox.arrived(1, False, (b"a",), 99.0)
    assert (fresh.since, new) == (99.0, True)
    inbox.all_came_again()
    assert inbox.arrived(2, True, (b"a",), 99.0)[0].since == 99.0


def test_what_is_done_is_kept_for_a_day_and_not_without_end() -> None:
    inbox = Inbox()
    for number in range(1, 1501):
        delivery, _ = inbox.arrived(number, False, (b"%d" % number,), float(number))
        inbox.finished(delivery, now=float(number))
    assert inbox.in_work == 0
    assert [each.packet_id for each in inbox.left(now=1500.5)] == list(range(501, 1501))
    assert len(inbox.left(now=87_400.5)) == 500
    inbox.session_lost()
    assert inbox.left(now=1500.5) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"clear": "x", "seen": []}', '{"clear": 1.0, "seen": [[1]]}'])
def test_a_file_that_cannot_be_read_costs_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    file = tmp_path / "messages.json"
    file.write_text(text)
    memory = Memory(file)
    assert (memory.clear, memory.seen, len(caplog.records)) == (0.0, [], 1)


def test_a_folder_that_cannot_be_written_costs_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    memory = Memory(tmp_path / "file" / "messages.json")
    (tmp_path / "file").write_text("")
    memory.save(1.0, [])
    memory.save(2.0, [])
    assert caplog.text.count("messages.json") == 1
