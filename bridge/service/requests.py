"""`bridge/request/<module>/<method>`: any reading method of the client; setting writes where commands are allowed."""

import logging
from typing import Any

from bridge.devices.catalogue import at_home
from bridge.growatt import AsyncGrowattApi, GrowattError, RateLimited
from bridge.growatt.fields import Reply
from bridge.growatt.invoke import arguments, find
from bridge.mqtt import BrokerConnection, Message, PayloadError, Topics, decode_object, encode

_log = logging.getLogger("bridge.service")


class Requests:
    """Runs one request and publishes its response."""

    def __init__(self, broker: BrokerConnection, topics: Topics, api: AsyncGrowattApi, *, writes: bool) -> None:
        self._broker = broker
        self._topics = topics
        self._api = api
        self._writes = writes

    async def handle(self, module: str, method: str, message: Message) -> None:
        transaction: Any = None
        try:
            values = decode_object(message.payload) if message.payload.strip() else {}
            transaction = values.pop("transaction", None)
            data = await self._call(module, method, values)
            payload = encode({"status": "ok", "data": data, "transaction": transaction})
        except PayloadError as error:
            payload = encode({**_error(str(error)), "transaction": transaction})
        except GrowattError as error:
            payload = encode({**_error(error.message, error), "transaction": transaction})
        except Exception:  # noqa: BLE001 - a defect in one method must not leave the sender without an answer
            _log.exception("%s could not be answered", message.topic)
            text = "the bridge could not answer this request; its log tells why"
            payload = encode({**_error(text), "transaction": transaction})
        self._broker.send(self._topics.response(module, method), payload)
        if message.response_topic:
            try:
                self._broker.send(message.response_topic, payload, correlation_data=message.correlation_data)
            except ValueError as error:
                _log.warning("%s: the response topic cannot be used: %s", message.topic, error)

    async def _call(self, module: str, method: str, values: dict[str, Any]) -> Any:
        owner, endpoint = find(self._api, module, method)
        if endpoint.account_changing:
            raise GrowattError("methods that change the account are not reachable from MQTT")
        if endpoint.writes and not self._writes:
            raise GrowattError("commands are switched off in the configuration (commands.enabled)")
        reply = await owner.session.run(endpoint.plan(owner, **arguments(endpoint, values)))
        return at_home(_told(reply))


def _told(reply: Any) -> Any:
    """The data of a reply; of the few that have none, what stands beside it."""
    if not isinstance(reply, Reply) or reply.data is not None:
        return getattr(reply, "data", reply)
    return {name: value for name, value in reply if name not in Reply.model_fields} or None


def _error(text: str, error: GrowattError | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {"status": "error", "error": text}
    if error is not None:
        answer |= {"code": error.code, "kind": type(error).__name__}
    if isinstance(error, RateLimited):
        answer["retry_after"] = round(error.retry_after)
    return answer
