"""What comes in over MQTT, taken apart and handed to whom it is for. Every message is answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from bridge.clock import Clock
from bridge.devices import Json
from bridge.devices.kinds import Object
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
from bridge.service.commands import Commands, Order, Result, Status
from bridge.service.registry import Device, Registry

_log = logging.getLogger("bridge.service")

BIRTH_PAUSE = 10.0
"""Seconds within which a second birth message changes nothing: Home Assistant and openHAB both send one."""

PATIENCE = 300.0
"""Seconds that commands wait for their device to be found after a start."""


class Services(Protocol):
    """Who does the work."""

    def surveyed(self) -> bool: ...
    async def refresh(self, device: Device) -> float: ...
    def event(self, kind: str, message: str, **details: Json) -> None: ...


class Inbox:
    """Subscribes and dispatches."""

    def __init__(
        self,
        broker: BrokerConnection,
        topics: Topics,
        registry: Registry,
        commands: Commands | None,
        services: Services,
        request: Callable[[str, str, Message], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._registry = registry
        self._commands = commands
        self._services = services
        self._request = request
        self._clock = clock
        self._born = float("-inf")
        self._early: dict[str, list[tuple[SetTopic, Message]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, status_topic: str | None) -> None:
        for topic_filter in (self._topics.set_filter, self._topics.set_one_filter):
            self._broker.subscribe(topic_filter, self._on_set)
        self._broker.subscribe(self._topics.get_filter, self._on_get)
        self._broker.subscribe(self._topics.request_filter, self._on_request)
        if status_topic:
            self._broker.subscribe(status_topic, self._on_status)

    async def stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _on_set(self, message: Message) -> None:
        parsed = self._topics.parse(message.topic)
        clears = message.retain and not message.payload
        if clears or not isinstance(parsed, SetTopic):
            message.ack()
            return
        if parsed.device in self._early:
            self._early[parsed.device].append((parsed, message))
        elif self._registry.by_segment(parsed.device) is None and not self._services.surveyed():
            self._early[parsed.device] = [(parsed, message)]
            self._spawn(self._wait_for(parsed.device))
        else:
            self._set(parsed, message)

    async def _wait_for(self, name: str) -> None:
        """What waited at the broker for this start comes before the account is known."""
        end = self._clock.monotonic() + PATIENCE
        while self._registry.by_segment(name) is None and not self._services.surveyed():
            if self._clock.monotonic() > end:
                break
            await self._clock.sleep(0.5)
        for parsed, message in self._early.pop(name):
            self._set(parsed, message)

    def _set(self, parsed: SetTopic, message: Message) -> None:
        device = self._registry.by_segment(parsed.device)
        if device is None:
            self._services.event("unknown_device", f"{message.topic}: no such device", topic=message.topic)
            message.ack()
            return
        order = Order(message.received_at, message.ack, lambda result: self._answer(device, message, result))
        try:
            values = self._values(device, parsed.setting, message, order)
        except ValueError as error:
            order.close(Result(parsed.setting or "", None, Status.REJECTED, str(error)))
            return
        if self._commands is not None:
            self._commands.take(device, values, order)

    def _values(self, device: Device, name: str | None, message: Message, order: Order) -> dict[str, Json]:
        """Names and raw values of a command; ValueError says why there are none."""
        if message.retain:
            raise ValueError("a retained message is never executed; publish it without the retain flag")
        if self._commands is None:
            raise ValueError("commands are switched off in the configuration (commands.enabled)")
        if name is None:
            values = decode_object(message.payload)
            order.transaction = values.pop("transaction", None)
            return values
        value = decode_value(message.payload)
        setting = device.family.setting(name)
        whole = setting is not None and isinstance(setting.kind, Object)
        if isinstance(value, dict) and not whole and "value" in value:
            order.transaction = value.get("transaction")
            value = value["value"]
        return {name: value}

    def _answer(self, device: Device, message: Message, result: Result) -> None:
        shown = {key: value for key, value in vars(result).items() if key != "note" or value is not None}
        payload = encode({**shown, "at": self._clock.now()})
        if result.status not in (Status.ACCEPTED, Status.SUPERSEDED):
            _log.info("%s: %s = %s: %s", device.name, result.setting, result.value, _outcome(result))
        self._broker.send(self._topics.result(device.segment), payload)
        self._reply(message, payload)

    def _reply(self, message: Message, payload: bytes) -> None:
        """MQTT 5: answer where the sender wants to hear it."""
        if message.response_topic:
            try:
                self._broker.send(message.response_topic, payload, correlation_data=message.correlation_data)
            except ValueError as error:
                _log.warning("%s: the response topic cannot be used: %s", message.topic, error)

    def _on_get(self, message: Message) -> None:
        parsed = self._topics.parse(message.topic)
        device = self._registry.by_segment(parsed.device) if isinstance(parsed, GetTopic) else None
        if message.retain or device is None:
            if not message.retain and self._services.surveyed():
                self._services.event("unknown_device", f"{message.topic}: no such device", topic=message.topic)
            message.ack()
            return
        self._spawn(self._get(device, message))

    async def _get(self, device: Device, message: Message) -> None:
        wait = await self._services.refresh(device)
        if wait:
            text = f"{device.name}: Growatt allows the next call in {wait:.0f} s; the regular poll will bring the rest"
            self._services.event("poll_deferred", text, serial=device.serial, retry_after=round(wait))
        message.ack()

    def _on_request(self, message: Message) -> None:
        parsed = self._topics.parse(message.topic)
        if message.retain or not isinstance(parsed, RequestTopic):
            message.ack()
            return
        self._spawn(self._ask(parsed, message))

    async def _ask(self, topic: RequestTopic, message: Message) -> None:
        await self._request(topic.module, topic.method, message)
        message.ack()

    def _on_status(self, message: Message) -> None:
        """Home Assistant came up: it may have lost what it knew."""
        message.ack()
        now = self._clock.monotonic()
        if message.payload.strip() != b"online" or now - self._born < BIRTH_PAUSE:
            return
        self._born = now
        _log.info("Home Assistant came up: announcing everything again")
        self._spawn(self._broker.republish())

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._reap)

    def _reap(self, task: "asyncio.Future[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a message could not be handled: %s", error, exc_info=error)


def _outcome(result: Result) -> str:
    return f"{result.status.value} ({result.error})" if result.error else result.status.value
