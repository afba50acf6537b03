"""What the next process has to know of messages in work, in a small file: a command's age goes on over a restart."""

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from bridge.files import write_private
from bridge.mqtt.inbox import Seen

log = logging.getLogger("bridge.mqtt")


class Memory:
    """`clear`: everything sent before had arrived (epoch seconds; 0 where nobody knows); `seen`: what may come again.

    Without a path, nothing is kept. A file that cannot be read or written costs a warning, never a message.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._warned = False
        self.clear, self.seen = _load(path) if path else (0.0, [])

    def save(self, clear: float, seen: Iterable[Seen]) -> None:
        if self._path is None:
            return
        try:
            write_private(self._path, [json.dumps({"clear": clear, "seen": list(seen)})])
        except OSError as error:
            if not self._warned:
                log.warning("cannot write %s: %s", self._path, error.strerror)
            self._warned = True


def _load(path: Path) -> tuple[float, list[Seen]]:
    try:
        stored = json.loads(path.read_text())
        return float(stored["clear"]), [_seen(*each) for each in stored["seen"]]
    except FileNotFoundError:
        return 0.0, []
    except (OSError, ValueError, TypeError, KeyError):
        log.warning("%s cannot be read; commands that wait at the broker are too old to be trusted", path)
        return 0.0, []


def _seen(packet_id: int, fingerprint: str, since: float, done: float = 0.0, ended: Iterable[str] = ()) -> Seen:
    return Seen(int(packet_id), str(fingerprint), float(since), float(done), tuple(map(str, ended)))
