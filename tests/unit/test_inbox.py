"""What comes in over MQTT and is refused: it waited for too long, or with too many others."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bridge.config import Config
from bridge.devices import families
from bridge.growatt import AsyncGrowattApi
from bridge.mqtt import Message, Topics
from bridge.service.audit import AuditLog
from bridge.service.commands import Commands
from bridge.service.inbox import Inbox
from bridge.service.policy import Policy
from bridge.service.registry import Registry
from bridge.service.requests import Requests
from tests.clocks import ManualClock, settle


class Broker:
    """Hands messages to the handlers and keeps the answers, each with its topic."""

    def __init__(self) -> None:
        self.handlers: dict[str, Callable[[Message], None]] = {}
        self.answers: list[tuple[str, dict[str, Any]]] = []

    def subscribe(self, topic_filter: str, handler: Callable[[Message], None]) -> None:
        self.handlers[topic_filter] = handler

    def send(self, topic: str, payload: bytes, **_: Any) -> None:
        self.answers.append((topic, json.loads(payload)))

    def room(self, *_: Any) -> int | None:
        return None

    def after(self, callback: Callable[[], None]) -> None:
        callback()


class House:
    """An inbox after a start: the account is not known yet."""

    def __init__(self, **commands: Any) -> None:
        self.clock = ManualClock()
        self.broker: Any = Broker()
        self.topics = Topics()
        self.asked: list[str] = []
        self.known = False
        self.wrote: list[Any] = []
        self.events: list[tuple[str, str]] = []
        self.api = AsyncGrowattApi("t", "http://localhost", transport=httpx.MockTransport(self._answer))
        policy, audit = Policy(Config(commands=commands), self.topics), AuditLog(None, self.clock)
        services: Any = self
        lanes = Commands(services, self.clock, policy, max_age=300, confirm_timeout=330)
        self.registry = Registry({})
        requests = Requests(
            self.broker, self.topics, lambda _: self.api, policy, audit, self.clock, 300, self.wrote.append
        )
        told = requests.handle, audit, self.clock
        self.inbox = Inbox(self.broker, self.topics, self.registry, lanes, services, *told)
        self.inbox.start(None)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        return httpx.Response(200, json={"code": 0, "message": "", "data": None})

    def surveyed(self) -> bool:
        return self.known

    def event(self, kind: str, message: str, **_: Any) -> None:
        self.events.append((kind, message))

    def is_ours(self, _segment: str) -> bool:
        return True

    def come(self, topic_filter: str, topic: str, age: float = 0, **values: Any) -> Message:
        """A message that was sent `age` seconds ago."""
        message = Message(topic, json.dumps(values).encode(), received_at=self.clock.time() - age)
        self.broker.handlers[topic_filter](message)
        return message


@pytest.fixture
async def house() -> Any:
    made = House()
    yield made
    await made.inbox.stop()
    await made.api.close()


async def test_of_too_many_commands_before_the_account_is_known_the_oldest_are_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.service.inbox.MOST_EARLY", 3)
    for number in range(5):
        house.come(house.topics.set_filter, house.topics.set("SN1"), limit=80, transaction=number)
    reason = "too many commands wait until the account is known"
    told = [(topic, answer["transaction"], answer["error"]) for topic, answer in house.broker.answers]
    assert told == [(house.topics.result("SN1"), number, reason) for number in (0, 1)]


async def test_commands_for_a_device_that_is_not_there_have_their_results(house: House) -> None:
    house.known = True
    house.come(house.topics.set_filter, house.topics.set("GONE"), limit=80, charge=5, transaction=7)
    told = [
        (topic, answer["setting"], answer["status"], answer["transaction"]) for topic, answer in house.broker.answers
    ]
    result = house.topics.result("GONE")
    assert told == [(result, "limit", "rejected", 7), (result, "charge", "rejected", 7)]
    assert house.events == [("unknown_device", "growatt/GONE/set: no such device")]


@pytest.mark.parametrize("payload", [b"", b" ", b"press"])
async def test_what_needs_no_value_is_done_without_one(payload: bytes) -> None:
    house = House(dry_run=True)
    house.registry.add("SN1", next(family for family in families() if family.name == "min"), house.api)
    message = Message(house.topics.set_one("SN1", "vpp_clear"), payload, received_at=house.clock.time())
    house.broker.handlers[house.topics.set_one_filter](message)
    assert [answer["dry_run"] for _, answer in house.broker.answers] == [{"vpp_clear": "press"}]
    await house.api.close()


async def test_a_clock_that_is_set_back_makes_no_early_command_younger(house: House) -> None:
    house.come(house.topics.set_filter, house.topics.set("SN1"), limit=80)
    house.clock.set_date(-3600)
    await house.clock.advance(299)
    assert house.broker.answers == []
    await house.clock.advance(2)
    [(_, answer)] = house.broker.answers
    assert answer["error"] == "too old: the account could not be read in time"


async def test_what_has_ended_of_a_message_is_left_out_when_it_comes_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.service.inbox.MOST_EARLY", 1)
    message = house.come(house.topics.set_filter, house.topics.set("SN1"), a=1, b=2, c=3, transaction=4)
    ended: list[str] = []
    message.on_end, message.on_ack, message.ended = ended.append, lambda: ended.append("all"), ("a",)
    house.come(house.topics.set_filter, house.topics.set("SN1"), d=4)
    assert [answer["setting"] for _, answer in house.broker.answers] == ["b", "c"]
    assert ended == ["b", "all"]


async def test_a_write_by_request_that_waited_for_too_long_is_not_made(house: House) -> None:
    write = house.topics.request("min", "setting_write_on_off")
    for age in (301, 299):
        house.come(house.topics.request_filter, write, age, device_sn="ABC1234567", power_on=False)
        await settle()
    kinds = [answer.get("kind", answer["status"]) for _, answer in house.broker.answers]
    assert (kinds, house.asked) == (["TooOld", "ok"], ["/v4/new-api/setOnOrOff"])
    assert house.wrote == ["ABC1234567"]
