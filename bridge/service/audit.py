"""The audit log: every command and what became of it, one line of JSON each."""

import logging
from functools import cached_property
from pathlib import Path

from bridge.clock import Clock
from bridge.mqtt import encode
from bridge.service.orders import Result

MOST_BYTES = 2_000_000
OLDER_FILES = 4
"""Together 10 MB, some 30,000 results."""


class AuditLog:
    """Appends to a file that only its owner can read, and keeps a few older ones beside it. Without a path it does
    nothing. A file that cannot be written costs one warning, never a command.
    """

    def __init__(self, path: Path | None, clock: Clock, *, most_bytes: int = MOST_BYTES) -> None:
        self._clock = clock
        self._path = path
        self._most_bytes = most_bytes

    @cached_property
    def _file(self) -> logging.Handler | None:
        if self._path is None:
            return None
        from bridge.service.audit_file import AuditFile  # noqa: PLC0415 - half a megabyte, for who sends commands

        return AuditFile(self._path, maxBytes=self._most_bytes, backupCount=OLDER_FILES, delay=True)

    def write(self, topic: str, serial: str | None, device: str | None, result: Result) -> None:
        """`topic`: where the command came from; `device`: its name."""
        if self._file is not None:
            entry = {"at": self._clock.now(), "serial": serial, "device": device, **result.told(), "topic": topic}
            self._file.handle(logging.makeLogRecord({"msg": encode(entry).decode()}))

    def close(self) -> None:
        if (file := vars(self).get("_file")) is not None:
            file.close()
