"""The connection against a real Mosquitto: what is lost on the way must come again, and nothing twice."""

import asyncio
import contextlib
import gc
import logging
import socket
import ssl
import threading

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bridge.clock import Clock, FastClock
from bridge.config import Commands, Config
from bridge.demo.broker import embedded_broker, free_port
from bridge.mqtt import (
    BrokerConnection,
    BrokerError,
    BrokerRefused,
    BrokerSettings,
    BrokerUnreachable,
    Memory,
    TlsSettings,
)
from bridge.service.bridge import broker_settings

WILL = ("growatt/bridge/state", b'{"state":"offline"}')
ONLINE = b'{"state":"online"}'
SET = "growatt/+/set"


@contextlib.asynccontextmanager
async def connected(
    broker, client_id, *, handlers=None, wait=True, clock=None, on_state=None, memory=None, echo=None, **settings
):
    """A started connection. Its waits between attempts run ten times as fast."""
    connection = BrokerConnection(
        BrokerSettings(host=broker.host, port=broker.port, client_id=client_id, **settings),
        will=WILL,
        clock=clock or FastClock(10),
        on_state=on_state,
        memory=memory,
        echo=echo,
    )
    for topic_filter, handler in (handlers or {}).items():
        connection.subscribe(topic_filter, handler)
    await connection.start()
    try:
        if wait:
            await eventually(lambda: connection.connected)
            assert await connection.flush(5)
        yield connection
    finally:
        await connection.stop()


async def eventually(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in a broker
            await asyncio.sleep(0.01)


def vanish(connection):
    """Cut the line without a goodbye, as when the process is killed."""
    connection._link.abort()


def payloads(messages):
    return [message.payload for message in messages]


async def test_publishes_and_receives(broker, tap):
    seen = []
    watcher = await asyncio.to_thread(tap, broker, "t1/#")
    async with connected(broker, "t1", handlers={"t1/request": seen.append}) as connection:
        assert connection.protocol == "5"
        connection.retain("t1/state", b"1")
        connection.retain("t1/state", b"1")
        connection.retain("t1/gone", b"1")
        connection.clear("t1/gone")
        connection.retain("t1/bad", int)  # fails on a text that is no number
        connection.retain("t1/made", str.encode)
        assert await connection.flush(5)
        properties = Properties(PacketTypes.PUBLISH)
        properties.ResponseTopic, properties.CorrelationData = "t1/answer", b"42"
        await asyncio.to_thread(watcher.publish, "t1/request", "hello", properties=properties)
        await eventually(lambda: seen)
        [request] = seen
        assert (request.payload, request.qos, request.retain) == (b"hello", 1, False)
        connection.send(request.response_topic, b"done", correlation_data=request.correlation_data)
        request.ack()
        answer = await asyncio.to_thread(watcher.wait_for, "t1/answer")
        assert answer.properties.CorrelationData == b"42"
        await connection.republish()
        assert await connection.flush(5)
        with pytest.raises(ValueError, match="not a topic"):
            connection.send("t1/#", b"")
    late = await asyncio.to_thread(tap, broker, "t1/#")
    assert (await asyncio.to_thread(late.wait_for, "t1/state")).retain
    assert watcher.on("t1/state") == [b"1", b"1"]
    assert late.on("t1/gone") == []
    assert late.on("t1/bad") == []
    assert (await asyncio.to_thread(late.wait_for, "t1/made")).payload == b"t1/made"


async def test_last_will_on_vanishing_and_last_word_on_stopping(broker, tap):
    watcher = await asyncio.to_thread(tap, broker, "growatt/bridge/state")
    async with connected(broker, "t2") as connection:
        connection.retain(WILL[0], ONLINE)
        await connection.flush(5)
        vanish(connection)
        await asyncio.to_thread(watcher.wait_for, WILL[0], lambda payload: payload == WILL[1])
    async with connected(broker, "t2") as connection:
        connection.retain(WILL[0], ONLINE)
        await connection.flush(5)
        await connection.stop(last=(WILL[0], b"bye"))
    await asyncio.to_thread(watcher.wait_for, WILL[0], lambda payload: payload == b"bye")
    assert watcher.on(WILL[0]) == [ONLINE, WILL[1], ONLINE, b"bye"]


async def test_message_in_work_reaches_the_handler_once(own_broker, tap):
    own_broker.persist()
    own_broker.stop()
    own_broker.start()
    seen, states = [], []
    async with connected(own_broker, "bridge", handlers={SET: seen.append}, on_state=states.append) as connection:
        connection.retain("growatt/NOAH", b"state")
        sender = await asyncio.to_thread(tap, own_broker, "none")
        await asyncio.to_thread(sender.publish, "growatt/a/set", "still in work")
        await asyncio.to_thread(sender.publish, "growatt/b/set", "done while away")
        await asyncio.to_thread(sender.publish, "growatt/a/set", "still in work")
        await eventually(lambda: len(seen) == 3)

        own_broker.stop()
        await eventually(lambda: not connection.connected)
        seen[1].ack()
        connection.send("growatt/event", b"queued")
        own_broker.start()
        await eventually(lambda: connection.connected)
        watcher = await asyncio.to_thread(tap, own_broker, "growatt/#")
        await asyncio.to_thread(sender.publish, "growatt/c/set", "after")
        await asyncio.to_thread(watcher.wait_for, "growatt/c/set")
        assert {*watcher.on("growatt/NOAH")} == {b"state"}
        await eventually(lambda: len(seen) == 4)
        seen[0].ack()
        seen[2].ack()
        vanish(connection)
        await eventually(lambda: not connection.connected)
        connection.subscribe("growatt/+/get", seen.append)
        await eventually(lambda: connection.connected)
        assert await connection.flush(5)
        await asyncio.to_thread(sender.publish, "growatt/c/get", "after all")
        await eventually(lambda: len(seen) == 5)
    assert payloads(seen) == [b"still in work", b"done while away", b"still in work", b"after", b"after all"]
    assert states == [True, False, True, False, True, False]


async def test_what_the_broker_lost_is_sent_and_subscribed_again(own_broker, tap):
    seen = []
    async with connected(own_broker, "bridge", handlers={SET: seen.append}) as connection:
        connection.retain("growatt/NOAH", b"state")
        await connection.flush(5)
        own_broker.kill()
        await eventually(lambda: not connection.connected)
        connection.clear("growatt/old")
        own_broker.start()
        await eventually(lambda: connection.connected)
        watcher = await asyncio.to_thread(tap, own_broker, "growatt/#")
        await asyncio.to_thread(watcher.wait_for, "growatt/NOAH")
        await asyncio.to_thread(watcher.publish, "growatt/NOAH/set", "on", retain=True)
        await eventually(lambda: seen)
        await asyncio.to_thread(watcher.publish, "growatt/NOAH/set", "off")
        await eventually(lambda: len(seen) == 2)
        assert [message.retain for message in seen] == [True, False]


async def test_every_connection_subscribes_whatever_the_session_has(own_broker, tap):
    """The broker comes back with a saved state in which this client id had other filters."""
    own_broker.stop()
    own_broker.persist()
    own_broker.start()
    seen = []
    async with connected(own_broker, "bridge", handlers={"old/+/set": seen.append}):
        pass
    await asyncio.to_thread(own_broker.save)
    async with connected(own_broker, "bridge", handlers={SET: seen.append}) as connection:
        own_broker.kill()
        await eventually(lambda: not connection.connected)
        own_broker.start()
        await eventually(lambda: connection.connected)
        assert await connection.flush(5)
        sender = await asyncio.to_thread(tap, own_broker, "none")
        await asyncio.to_thread(sender.publish, "growatt/a/set", "heard")
        await eventually(lambda: seen)


async def test_session_outlives_the_process(broker, tap):
    sender = await asyncio.to_thread(tap, broker, "none")
    first, second = [], []
    async with connected(broker, "t5", handlers={"t5/+/set": first.append}):
        await asyncio.to_thread(sender.publish, "t5/a/set", "not acknowledged")
        await asyncio.to_thread(sender.publish, "t5/b/set", "acknowledged")
        await eventually(lambda: len(first) == 2)
        first[1].ack()
        first[1].ack()
    await asyncio.to_thread(sender.publish, "t5/c/set", "sent while away")
    async with connected(broker, "t5", handlers={"t5/+/set": second.append}):
        await eventually(lambda: len(second) == 2)
    assert payloads(second) == [b"not acknowledged", b"sent while away"]


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_what_is_done_stays_done_when_the_broker_comes_back_with_an_older_state(
    own_broker, tap, tmp_path, protocol
):
    own_broker.stop()
    own_broker.persist()
    own_broker.start()
    seen, again, file, clock = [], [], tmp_path / "messages.json", FastClock(1000)
    settings = {"clock": clock, "protocol": protocol, "session_expiry": 99}
    async with connected(own_broker, "bridge", handlers={SET: seen.append}, memory=Memory(file), **settings) as first:
        sender = await asyncio.to_thread(tap, own_broker, "none")
        for payload in ("done", "not done"):
            await asyncio.to_thread(sender.publish, "growatt/a/set", payload)
        await eventually(lambda: len(seen) == 2)
        await asyncio.to_thread(own_broker.save)
        seen[0].ack()
        await asyncio.sleep(0.5)  # many minutes of the clock
        own_broker.kill()
        await eventually(lambda: not first.connected)
        own_broker.start()
        await eventually(lambda: first.connected)
        sender = await asyncio.to_thread(tap, own_broker, "none")
        await asyncio.to_thread(sender.publish, "growatt/a/set", "done")
        await eventually(lambda: len(seen) == 3)
    assert payloads(seen) == [b"done", b"not done", b"done"]
    own_broker.kill()
    own_broker.start()
    async with connected(own_broker, "bridge", handlers={SET: again.append}, memory=Memory(file), **settings):
        await eventually(lambda: again)
        sender = await asyncio.to_thread(tap, own_broker, "none")
        await asyncio.to_thread(sender.publish, "growatt/a/set", "done")
        await eventually(lambda: len(again) == 2)
    assert payloads(again) == [b"not done", b"done"]


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_a_message_keeps_its_age_over_restarts_and_while_it_waits(broker, tap, tmp_path, protocol):
    base, clock = f"age{protocol[0]}", FastClock(10)
    sender = await asyncio.to_thread(tap, broker, "none")
    first, second, third = [], [], []

    def connection(seen, file="messages.json"):
        memory, echo = Memory(tmp_path / file), f"{base}/bridge/echo/set"
        handlers = {f"{base}/+/set": seen.append, f"{base}/bridge/+/set": seen.append}
        return connected(
            broker, base, handlers=handlers, clock=clock, memory=memory, echo=echo, protocol=protocol, session_expiry=99
        )

    async with connection(first):
        for payload in ("twice", "twice", "done"):
            await asyncio.to_thread(sender.publish, f"{base}/a/set", payload)
        await eventually(lambda: len(first) == 3)
        first[1].end("part")
        first[2].ack()
        left = clock.time()
    await asyncio.to_thread(sender.publish, f"{base}/a/set", "sent while away")
    await asyncio.to_thread(sender.publish, f"{base}/a/set", "twice")
    await asyncio.sleep(0.2)
    back = clock.time()
    async with connection(second) as two:
        await eventually(lambda: len(second) == 4)
        await eventually(lambda: two._receiver.freshness.since > back)
        await asyncio.to_thread(sender.publish, f"{base}/a/set", "fresh")
        await eventually(lambda: len(second) == 5)
        assert payloads(second) == [b"twice", b"twice", b"sent while away", b"twice", b"fresh"]
        ages = [message.received_at for message in second]
        assert ages[:2] == [message.received_at for message in first[:2]]
        assert max(ages[2:4]) <= left < back < ages[4]
        assert [message.ended for message in second] == [(), ("part",), (), (), ()]
    async with connection(third, "lost.json"):
        await eventually(lambda: len(third) == 5)
        assert [message.received_at for message in third] == [0.0] * 5


async def test_a_session_for_commands_that_may_be_of_any_age(broker):
    """More seconds than MQTT can say."""
    settings = broker_settings(Config(commands=Commands(max_age=1e12)))
    async with connected(broker, "t5b", session_expiry=settings.session_expiry) as connection:
        assert connection.protocol == "5"


async def test_what_waits_behind_many_others_is_as_old_as_they(broker, tap):
    seen, clock, echo = [], FastClock(10), "crowd/bridge/echo"
    sender = await asyncio.to_thread(tap, broker, "none")
    handlers = {"crowd/+/set": seen.append, "crowd/+/echo": seen.append}
    async with connected(broker, "crowd", handlers=handlers, clock=clock, echo=echo, protocol="3.1.1") as connection:
        for number in range(20):  # as many as Mosquitto hands out at a time
            await asyncio.to_thread(sender.publish, "crowd/a/set", str(number))
        await eventually(lambda: len(seen) == 20)
        await asyncio.to_thread(sender.publish, "crowd/a/set", "20")
        published = clock.time()
        await asyncio.sleep(0.2)
        for message in seen[:]:
            message.ack()
        await eventually(lambda: len(seen) == 21)
        assert seen[20].received_at < published
        await eventually(lambda: connection._receiver.freshness.since > published)
        await asyncio.to_thread(sender.publish, "crowd/a/set", "fresh")
        await eventually(lambda: len(seen) == 22)
        assert seen[21].received_at > published


async def test_a_new_connection_learns_at_once_that_it_hears_itself(broker):
    handlers = {"hears/#": [].append}
    async with connected(broker, "hears", handlers=handlers, clock=Clock(), echo="hears/echo") as connection:
        await eventually(lambda: connection._receiver.freshness._hears)


async def test_where_access_rules_forbid_the_echo_commands_stay_fresh(own_broker, tap, caplog):
    own_broker.stop()
    (own_broker.folder / "rules").write_text("topic deny quiet/bridge/echo\ntopic readwrite #\n")
    own_broker.lines.append(f"acl_file {own_broker.folder / 'rules'}")
    own_broker.start()
    seen, clock = [], FastClock(100)
    sender = await asyncio.to_thread(tap, own_broker, "none")
    handlers = {"quiet/+/set": seen.append, "quiet/+/echo": seen.append}
    async with connected(own_broker, "quiet", handlers=handlers, clock=clock, echo="quiet/bridge/echo") as connection:
        connection._receiver.ask_echo()
        await eventually(lambda: connection._receiver.freshness.deaf)
        await asyncio.sleep(2)
        published = clock.time()
        await asyncio.to_thread(sender.publish, "quiet/a/set", "on")
        await eventually(lambda: seen)
        assert published - seen[0].received_at < 200
    assert caplog.text.count("messages to ourselves on quiet/bridge/echo do not come back") == 1


async def test_topics_that_access_rules_forbid_are_told_once_and_tried_again(own_broker, tap, caplog):
    own_broker.stop()
    rules = own_broker.folder / "rules"
    rules.write_text("topic deny home/#\ntopic readwrite #\n")
    own_broker.lines.append(f"acl_file {rules}")
    own_broker.start()
    async with connected(own_broker, "rules", clock=FastClock(1000)) as connection:
        for number in range(5):
            connection.retain(f"home/{number}", b"1")
        assert await connection.flush(5)
        await asyncio.sleep(0.5)
        rules.write_text("topic readwrite #\n")
        own_broker.read_rules()
        watcher = await asyncio.to_thread(tap, own_broker, "home/#")
        for number in range(5):
            await asyncio.to_thread(watcher.wait_for, f"home/{number}")
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "MQTT: the broker refuses what is published on home/0: not authorized; others of home are not told"
    ]


async def test_fifty_in_work_acknowledged_in_any_order_from_any_thread(broker, tap):
    seen, again = [], []
    sender = await asyncio.to_thread(tap, broker, "none")
    async with connected(broker, "t6", handlers={"t6/+/set": seen.append}) as connection:
        for number in range(50):
            await asyncio.to_thread(sender.publish, "t6/a/set", str(number))
        await eventually(lambda: len(seen) == 50)
        for message in seen[:0:-2]:
            message.ack()
        await asyncio.to_thread(lambda: [message.ack() for message in seen[2::4]])
        await connection.flush(1)
    await asyncio.sleep(0.2)  # else Mosquitto hands the session over before it has read the last acknowledgements
    async with connected(broker, "t6", handlers={"t6/+/set": again.append}):
        await eventually(lambda: len(again) == 13)
        await asyncio.to_thread(sender.publish, "t6/a/set", "50")
        await eventually(lambda: len(again) > 13)
    assert [int(payload) for payload in payloads(again)] == [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 50]


async def test_broker_comes_up_later_and_the_newest_messages_have_waited(own_broker, tap, caplog):
    own_broker.stop()
    caplog.set_level(logging.INFO, "bridge.mqtt")
    async with connected(own_broker, "bridge", wait=False, clock=FastClock(100)) as connection:
        for number in range(1_003):
            connection.send("growatt/event", b"%d" % number)
        await eventually(lambda: "nothing listens at 127" in caplog.text)
        assert not await connection.flush(0.01)
        own_broker.start()
        watcher = tap(own_broker, "growatt/#")  # holds up the loop, so that nothing is published before
        await eventually(lambda: connection.connected)
        await asyncio.to_thread(watcher.wait_for, "growatt/event", lambda payload: payload == b"1002")
    assert [int(payload) for payload in watcher.on("growatt/event")] == list(range(3, 1_003))
    texts = [record.getMessage() for record in caplog.records]
    assert [text.split(":")[1].split()[0] for text in texts if text.startswith("MQTT")] == ["nothing", "3"]
    assert "3 messages were dropped" in texts[-1]


async def test_wrong_password_is_said_once_with_the_remedy(own_broker, caplog):
    own_broker.require_password("bridge", "right")
    own_broker.stop()
    own_broker.start()
    async with connected(
        own_broker, "bridge", wait=False, clock=FastClock(1000), username="bridge", password="wrong-Secret"
    ) as connection:
        await asyncio.sleep(0.4)
        assert "not authorised" in caplog.text
        with pytest.raises(BrokerRefused, match=r"check mqtt\.username and mqtt\.password"):
            await connection.check()
    assert len(caplog.records) == 1
    assert "wrong-Secret" not in caplog.text + repr(connection._settings)
    async with connected(own_broker, "bridge", username="bridge", password="right") as connection:
        await connection.check()
        assert connection.connected


@pytest.mark.parametrize(
    ("line", "protocol", "said"),
    [
        ("max_qos 0", "auto", "takes no messages with QoS 1"),
        ("retain_available false", "auto", "keeps no retained messages"),
        ("max_qos 0", "3.1.1", "or forbids QoS 1 or retained messages"),
    ],
)
async def test_a_broker_without_what_the_bridge_needs(own_broker, caplog, line, protocol, said):
    own_broker.stop()
    own_broker.lines.append(line)
    own_broker.start()
    async with connected(own_broker, "bridge", wait=False, protocol=protocol):
        await eventually(lambda: said in caplog.text)


async def test_older_protocol(tap, monkeypatch):
    monkeypatch.setattr("bridge.demo.broker.find_mosquitto", lambda: None)
    seen = []
    async with embedded_broker() as old:
        assert (old.kind, old.protocols) == ("amqtt", ("3.1.1",))
        async with connected(old, "bridge", handlers={SET: seen.append}) as connection:
            assert connection.protocol == "3.1.1"
            connection.retain("growatt/NOAH", b"state")
            connection.send("growatt/answer", b"x", correlation_data=b"dropped: 3.1.1 has none")
            assert await connection.flush(5)
            stranger = await asyncio.to_thread(tap, old, "other/#", protocol="3.1.1")
            await asyncio.to_thread(stranger.publish, "growatt/NOAH/set", "on")
            await eventually(lambda: seen)
            seen[0].ack()
            await connection.check()
            await asyncio.to_thread(stranger.publish, "other/thing", "mine")
            await asyncio.to_thread(stranger.wait_for, "other/thing")
            assert stranger.on("growatt/NOAH") == []
        with pytest.raises(BrokerError, match="does not speak MQTT 5"):
            await BrokerConnection(
                BrokerSettings(host=old.host, port=old.port, protocol="5"), will=WILL, clock=Clock()
            ).check()


async def test_silent_broker(monkeypatch):
    """Some old brokers do not even refuse MQTT 5."""
    monkeypatch.setattr("bridge.mqtt.link.ANSWER_LIMIT", 0.1)
    monkeypatch.setattr("bridge.mqtt.link.TICK", 0.1)
    greetings, gone = [], asyncio.Semaphore(0)

    async def answer_only_3(reader, writer):
        greetings.append(await reader.read(9))
        if greetings[-1][-1] == 4:
            writer.write(b"\x20\x02\x00\x00")
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.release()

    server = await asyncio.start_server(answer_only_3, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    await BrokerConnection(BrokerSettings(host=host, port=port), will=WILL, clock=Clock()).check()
    assert [greeting[-1] for greeting in greetings] == [5, 4]
    await gone.acquire()
    await gone.acquire()
    server.close()
    await server.wait_closed()


async def test_another_client_with_our_name(broker, caplog):
    async with connected(broker, "t10", clock=Clock()) as first, connected(broker, "t10", clock=Clock()):
        await eventually(lambda: caplog.text)
        assert not first.connected
        assert "another client" in caplog.text
        assert "the client id 't10'" in caplog.text
    assert len(caplog.records) == 1


@pytest.mark.parametrize(("protocol", "limit"), [("5", "message_size_limit 3000"), ("3.1.1", "max_packet_size 3000")])
async def test_a_broker_that_hangs_up_at_a_large_message(own_broker, tap, caplog, protocol, limit):
    own_broker.stop()
    own_broker.lines.append(limit)
    own_broker.start()
    watcher = await asyncio.to_thread(tap, own_broker, "t11/#")
    async with connected(own_broker, "t11", protocol=protocol) as connection:
        connection.retain("t11/large", b"x" * 4000)
        connection.send("t11/event", b"1")
        await asyncio.to_thread(watcher.wait_for, "t11/event")
        await eventually(lambda: connection.connected and connection._outbox.idle)
    assert "4000 bytes on t11/large more than the broker takes?" in caplog.text
    assert "hangs up at 4000 bytes on t11/large: left out until it changes" in caplog.text


async def test_stopping_is_quick_and_leaves_nothing_behind(broker):
    """Also where the other side accepts the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        for host, port_, patience in ((broker.host, broker.port, 1.0), ("127.0.0.1", port, 1.6)):
            connection = BrokerConnection(BrokerSettings(host=host, port=port_), will=WILL, clock=Clock())
            await connection.start()
            await asyncio.sleep(0.05)
            async with asyncio.timeout(patience):
                await connection.stop()
            assert [thread.name for thread in threading.enumerate() if thread.name == "mqtt"] == []
    connection = BrokerConnection(BrokerSettings(port=free_port()), will=WILL, clock=Clock())
    await connection.start()
    await asyncio.sleep(0.1)
    await connection.stop()
    await connection.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    del connection
    gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # paho drops its socket after a failed TLS handshake
async def test_bad_addresses_and_files_have_clear_errors(tmp_path, broker):
    def check(**settings):
        return BrokerConnection(BrokerSettings(**settings), will=WILL, clock=Clock()).check()

    with pytest.raises(BrokerUnreachable, match=r"'broker\.invalid' cannot be resolved: check mqtt\.host"):
        await check(host="broker.invalid")
    with pytest.raises(BrokerUnreachable, match=r"[Ii]s mqtt\.port the broker's TLS port"):
        await check(host=broker.host, port=broker.port, tls=TlsSettings())
    with pytest.raises(BrokerError, match=r"missing\.pem \(ca_file\) does not exist"):
        await check(tls=TlsSettings(ca_file=tmp_path / "missing.pem"))
    (tmp_path / "empty.pem").write_text("not a certificate")
    with pytest.raises(BrokerError, match=r"TLS files are not usable .*empty\.pem"):
        await check(tls=TlsSettings(ca_file=tmp_path / "empty.pem"))


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # as above
async def test_each_trouble_with_certificates_has_its_own_remedy(tmp_path):
    async def hang_up(_reader, writer):
        writer.close()

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("broker.test").configure_cert(context)
    remedies = {
        r"hangs up; perhaps it expects TLS \(mqtt\.tls\)": None,
        r"hangs up; perhaps it expects a client certificate \(mqtt\.tls\.cert_file\)": TlsSettings(insecure=True),
        r"is not trusted \(.*\): set mqtt\.tls\.ca_file": TlsSettings(),
        r"has another name \(.*\): check mqtt\.host": TlsSettings(ca_file=tmp_path / "ca.pem"),
    }
    async with await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context) as server:
        for said, tls in remedies.items():
            settings = BrokerSettings(host="127.0.0.1", port=server.sockets[0].getsockname()[1], tls=tls)
            with pytest.raises(BrokerError, match=said):
                await BrokerConnection(settings, will=WILL, clock=Clock()).check()


async def test_a_key_with_a_passphrase_is_refused(tmp_path):
    issued = trustme.CA().issue_cert("client.test")
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    issued.cert_chain_pems[0].write_to_path(files[0])
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame")))
    settings = BrokerSettings(tls=TlsSettings(cert_file=files[0], key_file=files[1]))
    with pytest.raises(BrokerError, match=r"mqtt\.tls\.cert_file is encrypted: give mqtt\.tls\.key_file a key without"):
        await BrokerConnection(settings, will=WILL, clock=Clock()).check()
