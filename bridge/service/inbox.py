"""What comes in over MQTT, taken apart and handed to whom it is for. Every message is answered."""

import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import NamedTuple, Protocol

from bridge.clock import Clock, whole_seconds
from bridge.devices import Json
from bridge.devices.kinds import Object, Press
from bridge.mqtt import (
    BrokerConnection,
    GetTopic,
    Message,
    RequestTopic,
    SetTopic,
    Topics,
    decode_object,
    decode_value,
    encode,
)
from bridge.service.audit import AuditLog
from bridge.service.commands import Commands
from bridge.service.events import EventKind
from bridge.service.orders import RETAINED, Order, Result, Status
from bridge.service.registry import Device, Registry
from bridge.service.tasks import Tasks

_log = logging.getLogger("bridge.service")

BIRTH_PAUSE = 10.0
"""Seconds within which a second birth message changes nothing: Home Assistant and openHAB both send one."""

MOST_EARLY = 1000
"""Commands for one device that wait after a start until the account is known."""


class Services(Protocol):
    """Who does the work."""

    def surveyed(self) -> bool: ...
    def is_ours(self, segment: str) -> bool:
        """Whether the device of a topic level, known or not, is this replica's of the fleet."""
        ...

    async def refresh(self, device: Device, names: Collection[str]) -> float: ...
    def event(self, kind: EventKind, message: str, **details: Json) -> None: ...


class _Whose(NamedTuple):
    """The device that a result is about; the serial number where it is known."""

    segment: str
    serial: str | None
    name: str


class _Early(NamedTuple):
    """A command that comes before the account is known."""

    parsed: SetTopic
    message: Message
    order: Order


class Inbox:
    """Subscribes and dispatches."""

    def __init__(
        self,
        broker: BrokerConnection,
        topics: Topics,
        registry: Registry,
        commands: Commands,
        services: Services,
        request: Callable[[str, str, Message], Awaitable[None]],
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._registry = registry
        self._commands = commands
        self._services = services
        self._request = request
        self._audit = audit
        self._clock = clock
        self._born = float("-inf")
        self._early: dict[str, deque[_Early]] = {}
        self._tasks = Tasks("a message could not be handled")

    def start(self, status_topic: str | None) -> None:
        topics = self._topics
        for topic_filter in (topics.set_filter, topics.set_one_filter, topics.set_part_filter):
            self._broker.subscribe(topic_filter, self._on_set)
        self._broker.subscribe(topics.get_filter, self._on_get)
        self._broker.subscribe(topics.request_filter, self._on_request)
        if status_topic:
            self._broker.subscribe(status_topic, self._on_status)

    async def stop(self) -> None:
        await self._tasks.stop()

    def _on_set(self, message: Message) -> None:
        parsed = self._topics.parse(message.topic)
        clears = message.retain and not message.payload
        if clears or not isinstance(parsed, SetTopic) or not self._services.is_ours(parsed.device):
            message.ack()
            return
        report = partial(self._answer, _Whose(parsed.device, None, parsed.device), message)
        order = Order(message.received_at, self._clock.monotonic(), report, resumed=message.resumed)
        unknown = self._registry.by_segment(parsed.device) is None and not self._services.surveyed()
        if unknown and (reason := self._commands.stale(order)):
            self._refuse(parsed, message, order, reason)
        elif parsed.device in self._early:
            early = self._early[parsed.device]
            early.append(_Early(parsed, message, order))
            if len(early) > MOST_EARLY:
                self._refuse(*early.popleft(), "too many commands wait until the account is known")
        elif unknown:
            self._early[parsed.device] = deque([_Early(parsed, message, order)])
            self._tasks.spawn(self._wait_for(parsed.device))
        else:
            self._set(parsed, message, order)

    async def _wait_for(self, name: str) -> None:
        """What waited at the broker for this start comes before the account is known."""
        early = self._early[name]
        while early and self._registry.by_segment(name) is None and not self._services.surveyed():
            if self._commands.stale(early[0].order):
                self._refuse(*early.popleft(), "too old: the account could not be read in time")
            else:
                await self._clock.sleep(0.5)
        del self._early[name]
        for each in early:
            self._set(*each)

    def _set(self, parsed: SetTopic, message: Message, order: Order) -> None:
        device = self._registry.by_segment(parsed.device)
        if device is None:
            self._services.event("unknown_device", f"{message.topic}: no such device", topic=message.topic)
            self._refuse(parsed, message, order, "no such device")
            return
        order.report = partial(self._answer, _Whose(device.segment, device.serial, device.name), message)
        if message.retain:
            self._refuse(parsed, message, order, RETAINED)
            return
        try:
            values = self._values(device, parsed.setting, message, order)
        except ValueError as error:
            order.close(Result(parsed.setting or "", None, Status.REJECTED, str(error)))
        else:
            self._commands.take(device, values, order)

    def _refuse(self, parsed: SetTopic, message: Message, order: Order, reason: str) -> None:
        """Answer what is not looked at any closer, such as what is retained, or for a device that is not here."""
        try:
            values = self._values(None, parsed.setting, message, order)
        except ValueError as error:
            values, reason = {parsed.setting or "": None}, str(error)
        self._commands.refuse(values, order, reason)

    def _values(self, device: Device | None, name: str | None, message: Message, order: Order) -> dict[str, Json]:
        """Names and raw values of a command; ValueError says why there are none."""
        payload, message.payload = message.payload, b""  # it may be large, and the answer may take a while
        if name is None:
            values = decode_object(payload)
            order.transaction = values.pop("transaction", None)
            return {setting: raw for setting, raw in values.items() if setting not in message.ended}
        setting = device.family.setting(name) if device else None
        if setting is not None and isinstance(setting.kind, Press) and not payload.strip():
            return {name: None}
        value = decode_value(payload)
        whole = setting is not None and isinstance(setting.kind, Object)
        if isinstance(value, dict) and not whole and "value" in value:
            order.transaction = value.get("transaction")
            value = value["value"]
        return {name: value}

    def _answer(self, whose: "_Whose", message: Message, result: Result, last: bool) -> None:
        """Publish a result; after the last one the message is acknowledged, but not before the broker has that. What
        ends before is left out when the message comes again: something newer may have been written since."""
        self._audit.write(message.topic, whose.serial, whose.name, result)
        payload = encode({**result.told(), "at": self._clock.now()})
        if result.status not in (Status.ACCEPTED, Status.SUPERSEDED):
            _log.info("%s: %s = %s: %s", whose.name, result.setting, result.value, _outcome(result))
        self._broker.send(self._topics.result(whose.segment), payload, keep=message.qos > 0)
        self._reply(message, payload)
        if last:
            self._broker.after(message.ack)
        elif result.status is not Status.ACCEPTED:
            self._broker.after(partial(message.end, result.setting))

    def _reply(self, message: Message, payload: bytes) -> None:
        """MQTT 5: answer where the sender wants to hear it."""
        if topic := message.response_topic:
            self._broker.send(topic, payload, correlation_data=message.correlation_data, keep=message.qos > 0)

    def _on_get(self, message: Message) -> None:
        parsed = self._topics.parse(message.topic)
        device = self._registry.by_segment(parsed.device) if isinstance(parsed, GetTopic) else None
        if message.retain or not isinstance(parsed, GetTopic) or device is None:
            lost = isinstance(parsed, GetTopic) and self._services.is_ours(parsed.device)
            if lost and not message.retain and self._services.surveyed():
                self._services.event("unknown_device", f"{message.topic}: no such device", topic=message.topic)
            message.ack()
            return
        self._tasks.spawn(self._get(device, message))

    async def _get(self, device: Device, message: Message) -> None:
        try:
            names = _names(device, message.payload)
        except ValueError as error:
            self._services.event("bad_request", f"{message.topic}: {error}", topic=message.topic)
            message.ack()
            return
        wait = await self._services.refresh(device, names)
        if wait:
            seconds = whole_seconds(wait)
            text = f"{device.name} cannot be asked about now: news of it comes in {seconds} s at the earliest"
            self._services.event("poll_deferred", text, serial=device.serial, retry_after=seconds)
        message.ack()

    def _on_request(self, message: Message) -> None:
        parsed = self._topics.parse(message.topic)
        if message.retain or not isinstance(parsed, RequestTopic):
            message.ack()
            return
        self._tasks.spawn(self._ask(parsed, message))

    async def _ask(self, topic: RequestTopic, message: Message) -> None:
        await self._request(topic.module, topic.method, message)
        self._broker.after(message.ack)

    def _on_status(self, message: Message) -> None:
        """Home Assistant came up: it may have lost what it knew."""
        message.ack()
        now = self._clock.monotonic()
        if message.payload.strip() != b"online" or now - self._born < BIRTH_PAUSE:
            return
        self._born = now
        _log.info("Home Assistant came up: announcing everything again")
        self._tasks.spawn(self._broker.republish())


def _names(device: Device, payload: bytes) -> list[str]:
    """What a `get` asks for: nothing for everything, a name, a list of names, or an object with names as keys."""
    value = decode_value(payload) if payload.strip() else []
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | dict) or not all(isinstance(name, str) for name in names):
        raise ValueError("expected nothing, a name, or a list of names")
    known = {item.name for item in device.family.items}
    if unknown := [str(name) for name in names if name not in known]:
        raise ValueError(f"this device has no {', '.join(unknown)}")
    return [str(name) for name in names]


def _outcome(result: Result) -> str:
    return f"{result.status.value} ({result.error})" if result.error else result.status.value
