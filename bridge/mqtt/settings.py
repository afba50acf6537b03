"""How to reach the broker, and what can go wrong on the way, in words for people."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Protocol = Literal["5", "3.1.1"]


class BrokerError(Exception):
    """Something between us and the broker; the text is for people and names a remedy where there is one."""


class BrokerUnreachable(BrokerError):
    """Nobody answers, or the connection broke. Trying again may help."""


class BrokerRefused(BrokerError):
    """The broker answers and says no. Somebody has to change something."""


class ProtocolRefused(BrokerError):
    """The broker does not speak this version of MQTT, or hung up at its greeting."""

    def __init__(self, text: str, *, hung_up: bool = False) -> None:
        super().__init__(text)
        self.hung_up = hung_up


@dataclass(frozen=True, kw_only=True)
class TlsSettings:
    """Encryption. Without `ca_file` the system's authorities are trusted; `insecure` trusts everybody."""

    ca_file: str | Path | None = None
    cert_file: str | Path | None = None
    key_file: str | Path | None = None
    insecure: bool = False

    def check(self) -> None:
        """Raises `BrokerError` naming a file that cannot be read."""
        for name in ("ca_file", "cert_file", "key_file"):
            file = getattr(self, name)
            if file is not None and not (Path(file).is_file() and os.access(file, os.R_OK)):
                raise BrokerError(f"the TLS file {file} ({name}) does not exist or cannot be read")
        if self.key_file and not self.cert_file:
            raise BrokerError(f"the TLS key {self.key_file} (key_file) needs its certificate (cert_file)")


@dataclass(frozen=True, kw_only=True)
class BrokerSettings:
    """Where the broker is and who we are. `keepalive` and `session_expiry` are seconds.

    `protocol` "auto" tries MQTT 5 and falls back to 3.1.1. The broker keeps our session, with the commands that came
    while we were away, for `session_expiry` seconds (MQTT 5; with 3.1.1 the broker decides).
    """

    host: str = "localhost"
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str = "growatt-bridge"
    protocol: Literal["auto", "5", "3.1.1"] = "auto"
    keepalive: int = 60
    tls: TlsSettings | None = None
    session_expiry: int = 300

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"
