"""The broker: connection, topics and payloads. Knows nothing of Growatt."""

from bridge.mqtt.connection import BrokerConnection
from bridge.mqtt.memory import Memory
from bridge.mqtt.message import Handler, Message
from bridge.mqtt.payload import JsonValue, PayloadError, bare, decode_object, decode_value, dump, encode
from bridge.mqtt.settings import BrokerError, BrokerRefused, BrokerSettings, BrokerUnreachable, TlsSettings
from bridge.mqtt.topics import GetTopic, RequestTopic, SetTopic, Topics, device_segment

__all__ = [
    "BrokerConnection",
    "BrokerError",
    "BrokerRefused",
    "BrokerSettings",
    "BrokerUnreachable",
    "GetTopic",
    "Handler",
    "JsonValue",
    "Memory",
    "Message",
    "PayloadError",
    "RequestTopic",
    "SetTopic",
    "TlsSettings",
    "Topics",
    "bare",
    "decode_object",
    "decode_value",
    "device_segment",
    "dump",
    "encode",
]
