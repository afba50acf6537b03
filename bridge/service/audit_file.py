"""The file of the audit log."""

import io
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

_log = logging.getLogger("bridge.commands")


class AuditFile(RotatingFileHandler):
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
