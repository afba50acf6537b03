"""`bridge/request/<module>/<method>`: any reading method of the client; setting writes where commands are allowed."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bridge.clock import Clock, whole_seconds
from bridge.devices.values import at_home
from bridge.growatt import ArgumentError, AsyncGrowattApi, GrowattError, RateLimited
from bridge.growatt.fields import Reply
from bridge.growatt.invoke import arguments, find
from bridge.mqtt import BrokerConnection, Message, PayloadError, Topics, decode_object, encode
from bridge.service.audit import AuditLog
from bridge.service.lane import may_have_arrived
from bridge.service.orders import Result, Status, too_old
from bridge.service.pages import LARGEST, pages
from bridge.service.policy import Policy

_log = logging.getLogger("bridge.service")


class NotAllowed(GrowattError):
    """What the bridge does for nobody, or not with this configuration."""


class TooOld(GrowattError):
    """What waited at the broker for longer than a command may."""


class Defect(GrowattError):
    """The bridge itself is at fault."""


class Requests:
    """Runs one request and publishes its response."""

    def __init__(
        self,
        broker: BrokerConnection,
        topics: Topics,
        api_for: Callable[[dict[str, Any]], AsyncGrowattApi],
        policy: Policy,
        audit: AuditLog,
        clock: Clock,
        max_age: float,
        wrote: Callable[[Any], None],
    ) -> None:
        """`api_for` finds the client for a request's values, taking out of them what was meant for itself. `max_age`:
        seconds after which nothing is written any more. `wrote` hears of the serial number that a method may have
        written to.
        """
        self._broker = broker
        self._topics = topics
        self._api_for = api_for
        self._policy = policy
        self._audit = audit
        self._clock = clock
        self._max_age = max_age
        self._wrote = wrote

    async def handle(self, module: str, method: str, message: Message) -> None:
        transaction: Any = None
        try:
            payload, message.payload = message.payload, b""  # it may be large, and the answer may take a while
            values = decode_object(payload) if payload.strip() else {}
            transaction = values.pop("transaction", None)
            data = await self._call(module, method, values, message, transaction)
            answer = {"status": "ok", "data": data, "transaction": transaction}
            payloads = pages(answer, self._largest(self._topics.response(module, method), message))
        except (PayloadError, GrowattError) as error:
            payloads = [encode({**_error(error), "transaction": transaction})]
        except Exception:  # noqa: BLE001 - a defect in one method must not leave the sender without an answer
            _log.exception("%s could not be answered", message.topic)
            defect = Defect("the bridge could not answer this request; its log tells why")
            payloads = [encode({**_error(defect), "transaction": transaction})]
        for payload in payloads:
            self._broker.send(self._topics.response(module, method), payload)
            if message.response_topic:
                self._broker.send(message.response_topic, payload, correlation_data=message.correlation_data)

    def _largest(self, topic: str, message: Message) -> int:
        """Bytes that an answer's payload may have, wherever it goes."""
        rooms = [self._broker.room(topic)]
        if message.response_topic:
            rooms.append(self._broker.room(message.response_topic, message.correlation_data))
        return min([LARGEST, *(room for room in rooms if room is not None)])

    async def _call(self, module: str, method: str, values: dict[str, Any], message: Message, transaction: Any) -> Any:
        owner, endpoint = find(self._api_for(values), module, method)
        if endpoint.account_changing:
            raise NotAllowed("methods that change the account are not reachable from MQTT")

        async def run() -> Any:
            try:
                return await owner.session.run(endpoint.plan(owner, **arguments(endpoint, values)))
            finally:
                if endpoint.writes:
                    self._wrote(values.get("device_sn"))

        def note(status: Status, error: str | None = None) -> None:
            result = Result(f"{module}.{method}", values, status, error, transaction)
            self._audit.write(message.topic, values.get("device_sn"), None, result)

        return at_home(_told(await (self._write(run, note, method, message) if endpoint.writes else run())))

    async def _write(
        self, run: Callable[[], Awaitable[Any]], note: Callable[..., None], method: str, message: Message
    ) -> Any:
        """As a command, but without reading back."""
        if refusal := self._refusal(method, message):
            note(Status.REJECTED, refusal.message)
            raise refusal
        note(Status.ACCEPTED)
        try:
            reply = await run()
        except Exception as error:
            note(_outcome(error), str(error))
            raise
        note(Status.APPLIED)
        return reply

    def _refusal(self, method: str, message: Message) -> GrowattError | None:
        """Why a setting is not written."""
        if self._clock.time() - message.received_at > self._max_age:
            return TooOld(too_old(self._max_age, resumed=message.resumed))
        reason = self._policy.request(method)
        return NotAllowed(reason) if reason else None


def _outcome(error: Exception) -> Status:
    """Whose budget refused, that was never sent; the cloud's own refusal has a code."""
    if isinstance(error, ArgumentError) or (isinstance(error, RateLimited) and error.code is None):
        return Status.REJECTED
    certain = isinstance(error, GrowattError) and not may_have_arrived(error)
    return Status.FAILED if certain else Status.UNCONFIRMED


def _told(reply: Any) -> Any:
    """The data of a reply; of the few that have none, what stands beside it."""
    if not isinstance(reply, Reply) or reply.data is not None:
        return getattr(reply, "data", reply)
    return {name: value for name, value in reply if name not in Reply.model_fields} or None


def _error(error: PayloadError | GrowattError) -> dict[str, Any]:
    """`code`: the cloud's, or that of HTTP; `kind` tells what is wrong where there is none."""
    if isinstance(error, PayloadError):
        return {"status": "error", "error": str(error), "code": None, "kind": PayloadError.__name__}
    kind = type(error).__name__
    answer: dict[str, Any] = {"status": "error", "error": error.message, "code": error.code, "kind": kind}
    if isinstance(error, RateLimited):
        answer["retry_after"] = whole_seconds(error.retry_after)
    return answer
