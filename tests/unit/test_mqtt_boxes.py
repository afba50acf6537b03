"""The bookkeeping of what comes from and goes to the broker, without a broker."""

import pytest

from bridge.mqtt.connection import backoff
from bridge.mqtt.inbox import Inbox, Seen
from bridge.mqtt.outbox import Outbox, Outgoing

ON, OFF = (b"growatt/NOAH/set/off_grid", b"ON"), (b"growatt/NOAH/set/off_grid", b"OFF")


def test_repeated_while_in_work_is_not_new():
    inbox = Inbox()
    first, new = inbox.arrived(1, False, ON)
    assert new
    inbox.connection_lost()
    assert not inbox.holds(first)
    again, new = inbox.arrived(1, True, ON)
    assert (again, new) == (first, False)
    assert inbox.holds(first)


def test_repeated_under_another_packet_id_is_acknowledged_under_that():
    inbox = Inbox()
    first, _ = inbox.arrived(7, False, ON)
    other, _ = inbox.arrived(8, False, OFF)
    inbox.connection_lost()
    assert inbox.arrived(1, True, ON) == (first, False)
    assert inbox.arrived(2, True, OFF) == (other, False)
    assert (first.packet_id, other.packet_id) == (1, 2)
    assert inbox.holds(first)


def test_packet_id_used_again_is_new():
    inbox = Inbox()
    first, _ = inbox.arrived(1, False, ON)
    inbox.finished(first, now=1)
    assert inbox.arrived(1, False, ON)[1]
    assert inbox.arrived(2, True, OFF)[1]
    inbox.connection_lost()
    assert inbox.arrived(1, True, OFF) != (first, False)


@pytest.mark.parametrize("connected", [True, False])
def test_acknowledgement_that_may_be_lost_is_given_again(connected):
    """And so is one of long ago, to a broker that comes back with an older saved state, also after a restart."""
    inbox = Inbox()
    delivery, _ = inbox.arrived(1, False, ON, 5.0)
    if not connected:
        inbox.connection_lost()
    assert inbox.finished(delivery, now=10) is connected
    for each in (inbox, Inbox(inbox.left(now=86_000))):
        each.all_came_again()
        for _ in range(2):
            each.connection_lost()
            again, new = each.arrived(1, True, ON)
            assert (again.done, again.since, new) == (True, 5.0, False)
            assert each.finished(again, now=20)
        assert each.in_work == 0
        assert each.arrived(2, True, ON)[1]
    assert Inbox(inbox.left(now=86_411)).arrived(1, True, ON)[1]


def test_what_is_not_done_is_worked_on_again_by_the_next_process():
    """Its result may not have reached the broker."""
    inbox = Inbox()
    done, _ = inbox.arrived(1, False, ON)
    inbox.finished(done, now=10)
    inbox.arrived(1, False, ON)
    again, new = Inbox(inbox.left(now=20)).arrived(1, True, ON)
    assert (again.done, new) == (False, True)


def test_a_packet_id_that_others_had_since_tells_nothing():
    """Some brokers give them out again at once."""
    for other in (lambda inbox: inbox.arrived(1, False, OFF), lambda inbox: inbox.used(1)):
        inbox = Inbox()
        inbox.finished(inbox.arrived(1, False, ON)[0], now=10)
        other(inbox)
        inbox.connection_lost()
        assert inbox.arrived(1, True, ON)[1]


def test_nothing_is_left_behind_of_a_message_that_is_through():
    inbox = Inbox([Seen(1, Inbox().arrived(1, True, ON)[0].fingerprint.hex(), 5.0)])
    assert inbox.arrived(1, True, ON)[0].since == 5
    inbox.connection_lost()
    inbox.arrived(1, True, ON)
    for number in range(1000):
        inbox.arrived(2, False, (b"%d" % number,))
    assert (len(inbox._before), len(inbox._earlier)) == (0, 0)


def test_after_a_lost_session_everything_is_new():
    inbox = Inbox()
    first, _ = inbox.arrived(1, False, ON)
    inbox.connection_lost()
    inbox.session_lost()
    second, new = inbox.arrived(1, False, ON)
    assert new
    assert not inbox.holds(first)
    assert inbox.holds(second)


def drain(outbox, start=1):
    sent = []
    while message := outbox.next():
        outbox.sent(start + len(sent), message, now=0)
        sent.append((message.topic, message.payload))
    return sent


def test_only_the_newest_retained_payload_goes_out_in_its_place():
    outbox = Outbox(10)
    outbox.retain("a", b"1")
    outbox.send(Outgoing("event", b"x"))
    outbox.retain("a", b"2")
    assert drain(outbox) == [("a", b"2"), ("event", b"x")]
    outbox.retain("a", b"2")
    assert drain(outbox) == []


def test_a_payload_that_is_made_tells_the_newest_whenever_it_is_sent():
    outbox, made = Outbox(10), []

    def make(topic):
        made.append(topic)
        return b"%d" % len(made)

    outbox.retain("a", make)
    outbox.retain("a", make)
    assert made == []
    assert drain(outbox) == [("a", b"1")]
    outbox.connection_lost(now=99)
    outbox.connection_made()
    assert drain(outbox) == [("a", b"2")]
    assert made == ["a", "a"]


def test_unconfirmed_goes_out_again_and_retained_first():
    outbox = Outbox(10)
    outbox.retain("a", b"1")
    outbox.send(Outgoing("event", b"x"))
    outbox.send(Outgoing("event", b"y"))
    drain(outbox)
    outbox.confirmed(2)
    outbox.connection_lost(now=99)
    outbox.send(Outgoing("event", b"z"))
    outbox.retain("b", b"1")
    outbox.connection_made()
    assert drain(outbox) == [("a", b"1"), ("b", b"1"), ("event", b"y"), ("event", b"z")]
    assert not outbox.idle
    for packet_id in (1, 2, 3, 4):
        outbox.confirmed(packet_id)
    assert outbox.idle


def test_cleared_topic_is_forgotten_once_confirmed():
    outbox = Outbox(10)
    outbox.retain("a", b"1")
    outbox.retain("a", b"")
    assert drain(outbox) == [("a", b"")]
    outbox.connection_lost(now=99)
    outbox.connection_made()
    assert drain(outbox) == [("a", b"")]
    outbox.confirmed(1)
    outbox.republish()
    assert drain(outbox) == []


def test_what_the_broker_refuses_to_keep_is_offered_again():
    outbox = Outbox(10)
    outbox.retain("a", b"1")
    outbox.retain("gone", b"1")
    outbox.retain("gone", b"")
    outbox.send(Outgoing("event", b"x"))
    drain(outbox)
    for packet_id in (1, 2, 3):
        outbox.confirmed(packet_id, refused=True)
    assert outbox.idle
    outbox.retry()
    assert drain(outbox) == [("a", b"1"), ("gone", b"")]
    outbox.confirmed(1)
    outbox.confirmed(2)
    outbox.retry()
    assert outbox.idle


def test_the_oldest_passing_messages_give_way():
    outbox = Outbox(2)
    outbox.retain("a", b"1")
    for number in range(5):
        outbox.send(Outgoing("event", b"%d" % number))
    assert outbox.dropped == 3
    assert drain(outbox) == [("a", b"1"), ("event", b"3"), ("event", b"4")]


def test_backoff_grows_to_a_minute():
    waits = backoff()
    taken = [next(waits) for _ in range(12)]
    assert all(1 <= wait <= 60 for wait in taken)
    assert taken[0] <= 2
    assert all(wait >= 30 for wait in taken[6:])
    assert len(set(taken)) == 12


def hang_up_at(outbox, *culprits):
    """A broker that confirms everything else: what it was sent, and what is left out from then on."""
    outbox.connection_made()
    sent, ids = [], iter(range(1, 1000))
    while True:
        while outbox.ready(20) and (message := outbox.next()):
            sent.append((message.topic, message.payload))
            outbox.sent(next(ids), message, now=5)
        for number, message in list(outbox._in_flight.items()):
            if message.topic in culprits:
                return sent, [each.topic for each in outbox.connection_lost(now=6)]
            outbox.confirmed(number)
        if outbox.idle:
            return sent, []


def test_what_the_broker_hangs_up_at_is_left_out_and_nothing_else():
    over, outbox = [], Outbox(10)
    outbox.send(Outgoing("result", b"1", keep=True))
    outbox.send(Outgoing("answer", b"page 1"))
    outbox.send(Outgoing("answer", b"page 2"))
    outbox.after(lambda: over.append("answer"))
    outbox.send(Outgoing("result", b"2", keep=True))
    outbox.after(lambda: over.append("result"))
    first, alone = ["result", "answer", "answer", "result"], ["answer"]
    for topics, left_out in ((first, []), (alone, []), (alone, ["answer"])):
        assert over == []
        sent, out = hang_up_at(outbox, "answer")
        assert ([topic for topic, _ in sent], out) == (topics, left_out)
    assert over == ["answer"]
    assert hang_up_at(outbox, "answer") == ([("result", b"2")], [])
    assert over == ["answer", "result"]


def test_a_retained_message_that_the_broker_hangs_up_at_is_left_out_until_it_changes():
    outbox = Outbox(10)
    outbox.retain("a", b"1")
    outbox.retain("large", b"large")
    outbox.retain("b", b"1")
    assert [hang_up_at(outbox, "large")[1] for _ in range(3)] == [[], [], ["large"]]
    outbox.retain("large", b"large")
    assert hang_up_at(outbox, "large") == ([("a", b"1"), ("b", b"1")], [])
    outbox.retain("large", b"larger")
    assert hang_up_at(outbox, "large") == ([("a", b"1"), ("large", b"larger")], ["large"])
    outbox.retain("large", b"small")
    assert hang_up_at(outbox)[0] == [("a", b"1"), ("large", b"small"), ("b", b"1")]
    assert [hang_up_at(outbox, "large")[1] for _ in range(3)] == [[], [], ["large"]]


def test_a_connection_that_broke_long_after_says_nothing_about_a_message():
    outbox = Outbox(10)
    outbox.send(Outgoing("event", b"x"))
    for _ in range(5):
        outbox.connection_made()
        assert drain(outbox) == [("event", b"x")]
        assert outbox.connection_lost(now=11) == []


def test_callbacks_come_when_all_before_is_over_and_what_is_kept_stays():
    over = []
    outbox = Outbox(1)
    outbox.after(lambda: over.append("nothing waits"))
    outbox.send(Outgoing("result", b"1", keep=True))
    outbox.send(Outgoing("result", b"2", keep=True))
    outbox.after(lambda: over.append("results"))
    outbox.send(Outgoing("event", b"3"))
    outbox.after(lambda: over.append("event"))
    outbox.send(Outgoing("event", b"4"))
    assert over == ["nothing waits", "event"]
    outbox.send(Outgoing("echo", b"5", keep=True), first=True)
    assert drain(outbox) == [("echo", b"5"), ("result", b"1"), ("result", b"2"), ("event", b"4")]
    outbox.confirmed(1)
    outbox.confirmed(2)
    outbox.connection_lost(now=99)
    outbox.connection_made()
    assert drain(outbox) == [("result", b"2"), ("event", b"4")]
    assert over == ["nothing waits", "event"]
    outbox.confirmed(1)
    outbox.confirmed(2)
    outbox.after(lambda: over.append("nothing waits"))
    assert over == ["nothing waits", "event", "results", "nothing waits"]
