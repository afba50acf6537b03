"""The audit log: every command and what became of it, one line of JSON each."""

import io
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from bridge.clock import Clock
from bridge.mqtt import encode
from bridge.service.orders import Result

_log = logging.getLogger("bridge.commands")

MOST_BYTES = 2_000_000
OLDER_FILES = 4
"""Together 10 MB, some 30,000 results."""


class AuditLog:
    """Appends to a file that only its owner can read, and keeps a few older ones beside it. Without a path it does
    nothing. A file that cannot be written costs one warning, never a command.
    """

    def __init__(self, path: Path | None, clock: Clock, *, most_bytes: int = MOST_BYTES) -> None:
        self._clock = clock
        self._file = _File(path, maxBytes=most_bytes, backupCount=OLDER_FILES, delay=True) if path else None

    def write(self, topic: str, serial: str | None, device: str | None, result: Result) -> None:
        """`topic`: where the command came from; `device`: its name."""
        if self._file is not None:
            entry = {"at": self._clock.now(), "serial": serial, "device": device, **result.told(), "topic": topic}
            self._file.handle(logging.makeLogRecord({"msg": encode(entry).decode()}))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class _File(RotatingFileHandler):
    """Unbuffered, so that a failed line is gone and the next one is tried anew."""

    _warned = False

    def _open(self) -> io.TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = io.FileIO(self.baseFilename, "ab", opener=lambda name, flags: os.open(name, flags, 0o600))
        return io.TextIOWrapper(file, encoding="utf-8", write_through=True)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        if not self._warned:
            self._warned = True
            _log.warning("the audit log %s cannot be written: %s", self.baseFilename, sys.exc_info()[1])
