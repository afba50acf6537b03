"""What outlives a restart beside the call budget: plants, models of devices, what was announced to the broker."""

import json
import logging
from pathlib import Path
from typing import Any

from bridge.files import write_private

_log = logging.getLogger("bridge.service")

HEARTBEAT_FILE = "heartbeat"
GUARDS_FILE = "energy.json"

Components = dict[str, str]
"""The components of a discovery message and their platforms; empty for other topics."""


class Store:
    """A small JSON file. A file that cannot be read or written costs a warning, never the service."""

    def __init__(self, path: Path) -> None:
        self._path = path
        stored = _load(path)
        self.plants: dict[str, str] = dict(stored.get("plants", {}))
        self.models: dict[str, str] = dict(stored.get("models", {}))
        self.announced: dict[str, dict[str, Components]] = dict(stored.get("announced", {}))
        self._heartbeat = path.with_name(HEARTBEAT_FILE)
        self._guards_file = path.with_name(GUARDS_FILE)
        self.guards = _load(self._guards_file)

    def was_alive(self, now: float, within: float) -> bool:
        """Whether an earlier run ended at most `within` seconds ago, as far as is known.

        MQTT 3.1.1 brokers keep a session for ever; commands that waited longer than they may live must not run.
        """
        try:
            return now - float(self._heartbeat.read_text()) <= within
        except (OSError, ValueError):
            return True

    def beat(self, now: float) -> None:
        """Note that the service is alive; `growatt-bridge health` looks at the file's age."""
        self._write(self._heartbeat, f"{now:.0f}")

    def save_guards(self, guards: dict[str, Any]) -> None:
        """What is known of the energy counters, so that a restart cannot let a glitch pass."""
        self._write(self._guards_file, json.dumps(guards))

    def remember_plants(self, names: dict[str, str]) -> None:
        """All plants of the account: id and name."""
        if self.plants != names:
            self.plants = names
            self._save()

    def remember_model(self, serial: str, model: str) -> None:
        if self.models.get(serial) != model:
            self.models[serial] = model
            self._save()

    def remember(self, serial: str, topics: dict[str, Components]) -> None:
        """The retained topics of a device, discovery first, and what each announced."""
        if self.announced.get(serial) != topics:
            self.announced[serial] = topics
            self._save()

    def forget(self, serial: str) -> list[str]:
        """The topics to empty for a device that has left."""
        topics = self.announced.pop(serial, {})
        self.models.pop(serial, "")
        self._save()
        return list(topics)

    def _save(self) -> None:
        stored = {"plants": self.plants, "models": self.models, "announced": self.announced}
        self._write(self._path, json.dumps(stored))

    def _write(self, path: Path, text: str) -> None:
        try:
            write_private(path, text)
        except OSError as error:
            _log.warning("cannot write %s: %s", path, error.strerror)


def _load(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        _log.warning("%s cannot be read; starting without it", path)
        return {}
    return stored if isinstance(stored, dict) and all(isinstance(v, dict) for v in stored.values()) else {}
