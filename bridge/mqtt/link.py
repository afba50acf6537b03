"""One connection to the broker: a paho client, the thread that does its network work, and its events in the event loop.

A link is used once. Whoever wants to reconnect makes a new one.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from bridge.mqtt.outbox import Outgoing
from bridge.mqtt.settings import (
    BrokerError,
    BrokerRefused,
    BrokerSettings,
    BrokerUnreachable,
    Protocol,
    ProtocolRefused,
    TlsSettings,
)

CONNECT_LIMIT = 5.0  # seconds for the TCP connection, and again for the TLS handshake
ANSWER_LIMIT = 10.0  # seconds for the answer to CONNECT
TICK = 1.0  # seconds between two looks at the clock while nothing happens
RECEIVE_MAXIMUM = 20_000  # messages that the broker may have under way to us (MQTT 5; 3.1.1 brokers decide themselves)
LARGEST_PACKET = 2_000_000  # bytes; brokers keep larger messages to themselves (MQTT 5)
UNHANDLED = 50  # messages read from the network before the event loop has handled them; more stay in the network
SEND_MAXIMUM = 20  # ours under way to the broker, unless it asks for fewer

_VERSIONS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}

_properties: Callable[[int], Properties] = Properties  # its own signature has no types

_OTHER_NAME = {62, 64}  # OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH

# MQTT 5 reason codes; paho translates those of 3.1.1.
_BAD_VERSION = 0x84
_REFUSALS = {
    0x85: "does not accept the client id {client_id!r}: set another mqtt.client_id",
    0x86: "refuses the user name or password: check mqtt.username and mqtt.password",
    0x87: "does not let this user in (not authorised): check mqtt.username and mqtt.password, and its access rules",
    0x8A: "has banned this client",
    0x9A: "keeps no retained messages (Mosquitto: retain_available), which the bridge needs",
    0x9B: "takes no messages with QoS 1 (Mosquitto: max_qos), which the bridge needs",
    0x8E: "gave our session to another client with the client id {client_id!r}: is the bridge running twice? "
    "Else set another mqtt.client_id",
}


@dataclass(frozen=True)
class Limits:
    """What the broker allows, from its greeting."""

    in_flight: int
    max_packet: int | None


@dataclass(frozen=True)
class Events:
    """What a link tells; all called in the event loop, in the order of the network."""

    opened: Callable[[bool, Limits], None] = lambda session_present, limits: None
    arrived: Callable[[paho.MQTTMessage], None] = lambda message: None
    published: Callable[[int, ReasonCode], None] = lambda packet_id, reason: None
    subscribed: Callable[[int, list[ReasonCode]], None] = lambda packet_id, reasons: None


class Link:
    """`run` connects and lasts as long as the connection does; the other methods may be called meanwhile."""

    def __init__(
        self,
        settings: BrokerSettings,
        protocol: Protocol,
        events: Events,
        *,
        client_id: str | None = None,
        clean: bool = False,
        will: tuple[str, bytes] | None = None,
    ) -> None:
        self.protocol = protocol
        self._settings = settings
        self._client_id = client_id or settings.client_id
        self._clean = clean
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        self._closing = threading.Event()
        self._room = threading.Semaphore(UNHANDLED)
        self._opened = False
        self._reason: BrokerError | None = None
        self._client: paho.Client | None = self._make_client(will)

    async def run(self) -> BrokerError | None:
        """Why the connection ended or did not come about; None after `close`."""
        thread = threading.Thread(target=self._work, args=(self._client,), name="mqtt", daemon=True)
        thread.start()
        try:
            return await asyncio.shield(self._ended)
        finally:
            if self._ended.done():
                self._client = None  # the last reference: paho closes its sockets now
                thread.join()
            else:  # cancelled; a thread that hangs in name resolution ends by itself later
                self._closing.set()
                self.abort()

    def publish(self, message: Outgoing) -> int:
        """Hand over; the packet id that `published` will tell. 0 when the connection is gone."""
        properties = self._properties(message) if self.protocol == "5" else None
        if self._client is None:
            return 0
        return self._client.publish(message.topic, message.payload, message.qos, message.retain, properties).mid

    def subscribe(self, filters: Iterable[tuple[str, int]]) -> int:
        """MQTT 5 is asked to keep the retain flag of live messages, so that a retained command can be told."""
        if self._client is None:
            return 0
        wanted: list[tuple[str, Any]] = list(filters)
        if self.protocol == "5":
            wanted = [(each, SubscribeOptions(qos=qos, retainAsPublished=True)) for each, qos in wanted]
        _, packet_id = self._client.subscribe(wanted)
        return packet_id or 0

    def acknowledge(self, packet_id: int) -> None:
        if self._client is not None:
            self._client.ack(packet_id, 1)

    def close(self) -> None:
        """Say goodbye, as soon as everything handed over is written."""
        self._closing.set()
        if self._client is not None:
            self._client.disconnect()

    def abort(self) -> None:
        """Break the connection without a goodbye; the broker publishes our last will."""
        sock = self._client.socket() if self._client else None
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _make_client(self, will: tuple[str, bytes] | None) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            clean_session=None if self.protocol == "5" else self._clean,
            protocol=_VERSIONS[self.protocol],
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.username = self._settings.username
        client.password = self._settings.password
        client.connect_timeout = CONNECT_LIMIT
        client.max_inflight_messages = 0  # the outbox counts
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = lambda _client, _data, mid, reason, _properties: self._post(
            self._events.published, mid, reason
        )
        client.on_subscribe = lambda _client, _data, mid, reasons, _properties: self._post(
            self._events.subscribed, mid, reasons
        )
        client.on_socket_open = _send_at_once
        # Keeps paho from writing to the socket in our thread: the network thread alone does.
        client.on_socket_register_write = lambda _client, _data, _sock: None
        if will:
            client.will_set(*will, qos=1, retain=True)
        return client

    def _properties(self, message: Outgoing) -> Properties | None:
        if message.correlation_data is None:
            return None
        properties = _properties(PacketTypes.PUBLISH)
        properties.CorrelationData = message.correlation_data
        return properties

    # From here on in the network thread.

    def _work(self, client: paho.Client) -> None:
        try:
            self._connect(client)
            deadline = time.monotonic() + ANSWER_LIMIT
            while client.loop(TICK) is MQTTErrorCode.MQTT_ERR_SUCCESS:
                if not self._opened and time.monotonic() > deadline:
                    self._reason = ProtocolRefused(f"{self._greeted} does not answer", hung_up=True)
                    break
        except BrokerError as error:
            self._reason = error
        except (OSError, ValueError) as error:
            self._reason = self._reason or explain(error, self._settings)
        finally:
            self._post(self._end)

    def _connect(self, client: paho.Client) -> None:
        if self._settings.tls:
            client.tls_set_context(tls_context(self._settings.tls))
        properties = None
        if self.protocol == "5":
            properties = _properties(PacketTypes.CONNECT)
            properties.ReceiveMaximum = RECEIVE_MAXIMUM
            properties.MaximumPacketSize = LARGEST_PACKET
            properties.SessionExpiryInterval = 0 if self._clean else self._settings.session_expiry
        client.connect(
            self._settings.host,
            self._settings.port,
            self._settings.keepalive,
            clean_start=self._clean if self.protocol == "5" else paho.MQTT_CLEAN_START_FIRST_ONLY,
            properties=properties,
        )
        if self._closing.is_set():
            client.disconnect()

    def _on_connect(
        self,
        _client: paho.Client,
        _data: Any,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._reason = refusal(reason, self._settings, self.protocol)
            return
        self._opened = True
        limits = Limits(
            in_flight=min(SEND_MAXIMUM, getattr(properties, "ReceiveMaximum", SEND_MAXIMUM)),
            max_packet=getattr(properties, "MaximumPacketSize", None),
        )
        self._post(self._events.opened, flags.session_present, limits)

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        while not self._room.acquire(timeout=TICK):
            if self._closing.is_set():  # the broker will deliver it again
                return
        self._post(self._arrived, message)

    def _arrived(self, message: paho.MQTTMessage) -> None:
        self._room.release()
        self._events.arrived(message)

    def _on_disconnect(
        self, _client: paho.Client, _data: Any, flags: paho.DisconnectFlags, reason: ReasonCode, _properties: Any
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._reason = refusal(reason, self._settings, self.protocol)

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None if self._closing.is_set() else self._reason or self._silence())

    def _silence(self) -> BrokerError:
        if self._opened:
            return BrokerUnreachable(f"the connection to the broker at {self._settings.address} was lost")
        return ProtocolRefused(f"{self._greeted} hangs up{_missing(self._settings)}", hung_up=True)

    @property
    def _greeted(self) -> str:
        return f"the broker at {self._settings.address}, greeted with MQTT {self.protocol},"

    def _post(self, callback: Callable[..., None], *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop is closed: nobody wants to know
            self._loop.call_soon_threadsafe(callback, *arguments)


def _send_at_once(_client: paho.Client, _data: Any, sock: Any) -> None:
    """Else the network holds back small packets for up to 40 ms, and with a few under way at a time all that follow."""
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _missing(settings: BrokerSettings) -> str:
    """What a broker may miss that hangs up, or not want: with MQTT 5 that has a reason code."""
    doubts = []
    if settings.tls is None:
        doubts.append("expects TLS (mqtt.tls)")
    elif not settings.tls.cert_file:
        doubts.append("expects a client certificate (mqtt.tls.cert_file)")
    if settings.protocol == "3.1.1":
        doubts.append("forbids QoS 1 or retained messages")
    return f"; perhaps it {' or '.join(doubts)}" if doubts else ""


def tls_context(tls: TlsSettings) -> ssl.SSLContext:
    """Reads the files, so it belongs in a thread. Raises `BrokerError`."""
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
        if tls.cert_file:
            context.load_cert_chain(tls.cert_file, tls.key_file, _no_passphrase)
    except ssl.SSLError as error:
        files = ", ".join(str(file) for file in (tls.ca_file, tls.cert_file, tls.key_file) if file)
        raise BrokerError(f"the TLS files are not usable ({error.reason or error}): {files}") from error
    if tls.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _no_passphrase() -> str:
    """Else OpenSSL would ask for it on the terminal, and wait."""
    raise BrokerError("the key of mqtt.tls.cert_file is encrypted: give mqtt.tls.key_file a key without a passphrase")


def refusal(reason: ReasonCode, settings: BrokerSettings, protocol: Protocol) -> BrokerError:
    """The broker's own words (CONNACK or DISCONNECT) as an error."""
    broker = f"the broker at {settings.address}"
    if reason.value == _BAD_VERSION:
        return ProtocolRefused(f"{broker} does not speak MQTT {protocol}")
    if reason.value in _REFUSALS:
        return BrokerRefused(f"{broker} {_REFUSALS[reason.value].format(client_id=settings.client_id)}")
    return BrokerUnreachable(f"{broker} ended the connection: {reason.getName().lower()}")


def explain(error: OSError | ValueError, settings: BrokerSettings) -> BrokerError:
    """What a failed connection means."""
    address = settings.address
    match error:
        case socket.gaierror() | UnicodeError():
            text = f"the broker's host name {settings.host!r} cannot be resolved: check mqtt.host"
        case ConnectionRefusedError():
            text = f"nothing listens at {address}: is the broker running? Check mqtt.host and mqtt.port"
        case ConnectionResetError() if settings.tls:
            text = f"{address} breaks off the TLS handshake: is mqtt.port the broker's TLS port?"
        case TimeoutError():
            text = f"the broker at {address} does not answer: check mqtt.host, mqtt.port and the firewall"
        case ssl.SSLCertVerificationError() if error.verify_code in _OTHER_NAME:
            text = f"the certificate of {address} has another name ({error.verify_message}): check mqtt.host"
        case ssl.SSLCertVerificationError():
            text = f"the certificate of {address} is not trusted ({error.verify_message}): set mqtt.tls.ca_file"
        case ssl.SSLError():
            text = f"no TLS connection to {address}: {error.reason or error}. Is mqtt.port the broker's TLS port?"
        case OSError():
            text = f"the broker at {address} cannot be reached: {error.strerror or error}"
        case _:
            text = f"the broker at {address} sent something that is not MQTT: {error}"
    return BrokerUnreachable(text)
