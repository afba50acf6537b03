"""What outlives a restart beside the call budget, each in a file of its own: what is known of devices and was announced
to the broker, the plants of a token, energy counters, last values; and a sign of life."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, TypeAdapter

from bridge.files import write_private
from bridge.growatt.account.plant import PlantData

_log = logging.getLogger("bridge.service")
T = TypeVar("T")

STORE_FILE = "bridge.json"
HEARTBEAT_FILE = "heartbeat"
GUARDS_FILE = "energy.json"
STATES_FILE = "states.json"
PLANTS_FILE = "plants-{}.json"
"""One for each token: replicas may write theirs at the same time."""

AT_ONCE = 50
REST_EVERY = 300.0
"""How many devices are saved at every change; more of them after so many seconds. All that a crash may cost is to ask
and to announce once more."""

OWN = "bridge"
"""Stands for the bridge itself among the serial numbers of what was announced."""

Components = Mapping[str, str]
"""The components of a discovery message and their platforms; empty for other topics."""

Records = dict[str, dict[str, Any]]
"""By serial number."""


class Description(NamedTuple):
    """What discovery told of a device last."""

    model: str | None = None
    firmware: str | None = None
    datalogger: str | None = None
    plant: str | None = None


class Plants(BaseModel):
    """The plants of a token, as the cloud listed and counted them at `made` (epoch seconds)."""

    made: float = 0.0
    count: int | None = None
    plants: list[PlantData]


class Facts(BaseModel):
    """What is known of devices by serial number, beside what was announced. `aliases`: their names in the Growatt app;
    `attached`: what shows in their records; `zones`: what a time zone goes by that is not the usual one.
    """

    models: dict[str, str] = {}
    aliases: dict[str, str] = {}
    attached: dict[str, list[str]] = {}
    zones: dict[str, str] = {}
    descriptions: dict[str, Description] = {}


class Known(Facts):
    """What the file holds. `announced`: by device and topic, the components announced there, or the key under which
    `components` has them, since devices of one family share them."""

    components: dict[str, dict[str, str]] = {}
    announced: dict[str, dict[str, str | dict[str, str]]] = {}


class Store:
    """A small JSON file. A file that cannot be read or written costs a warning, never the service. Of one that cannot
    be written the first attempt is told, not each."""

    def __init__(self, path: Path, shared: Path | None = None) -> None:
        """`shared`: the folder of the call budget, for what all who share that may know; default that of `path`."""
        self._path = path
        self._shared_folder = shared or path.parent
        self._plants: dict[str, Plants] = {}
        self._unsaved = False
        self._unwritable: set[Path] = set()
        self._rest_saved = 0.0
        self._kinds: dict[tuple[str, ...], Components] = {}
        known = _load(path, Known) or Known()
        self.facts = Facts(**vars(known))
        self.announced: dict[str, dict[str, Components]] = {
            serial: {
                topic: self._shared(known.components.get(has, {}) if isinstance(has, str) else has)
                for topic, has in topics.items()
            }
            for serial, topics in known.announced.items()
        }
        self._heartbeat = path.with_name(HEARTBEAT_FILE)
        self._guards_file = path.with_name(GUARDS_FILE)
        self.guards = _load(self._guards_file, Records) or {}
        self._states_file = path.with_name(STATES_FILE)
        self.states = _load(self._states_file, Records) or {}

    def beat(self, now: float) -> None:
        """Note that the service is alive; `growatt-bridge health` looks at the file's age, which a full disk allows to
        set."""
        if not self._write(self._heartbeat, [f"{now:.0f}"]):
            with suppress(OSError):
                self._heartbeat.touch(mode=0o600)
        if now - self._rest_saved >= REST_EVERY:
            self._rest_saved = now
            self._save_rest()

    def end(self) -> None:
        """No sign of life any more, so that `growatt-bridge health` knows at once."""
        with suppress(OSError):
            self._heartbeat.unlink()

    def save_devices(self, guards: Iterable[tuple[str, Any]], states: Iterable[tuple[str, Any]]) -> None:
        """What is known, by serial number: of the energy counters, so that a restart cannot let a glitch pass, and of
        the values, so that it makes none unknown."""
        self._write(self._guards_file, _members(guards))
        self._write(self._states_file, _members(states))
        self._save_rest()

    def plants(self, owner: str) -> Plants | None:
        """The newest list of a token's plants, whoever of those that share the folder made it."""
        found = self._plants.get(owner), _load(self._file_of(owner), Plants)
        return max(filter(None, found), key=lambda plants: plants.made, default=None)

    def remember_plants(self, owner: str, plants: Plants) -> None:
        """`owner`: what stands for the token."""
        self._plants[owner] = plants
        self._write(self._file_of(owner), [plants.model_dump_json(exclude_none=True)])

    def _file_of(self, owner: str) -> Path:
        return self._shared_folder / PLANTS_FILE.format(owner)

    def note(self, known: dict[str, T], serial: str, value: T | None) -> None:
        """Remember a fact, among what is `known` of its sort in `facts`; None forgets it."""
        if known.get(serial) == value:
            return
        if value is None:
            del known[serial]
        else:
            known[serial] = value
        self._save()

    def remember(self, serial: str, topics: Mapping[str, Components]) -> None:
        """The retained topics of a device, discovery first, and what each announced."""
        if self.announced.get(serial) != topics:
            self.announced[serial] = {intern(topic): self._shared(has) for topic, has in topics.items()}
            self._save()

    def forget(self, serial: str) -> list[str]:
        """The topics to empty for a device that has left."""
        topics = self.announced.pop(serial, {})
        for _, known in self.facts:
            known.pop(serial, None)
        self._save()
        return list(topics)

    def _shared(self, components: Components) -> Components:
        """Most devices of a family have the same: one object serves them all."""
        return self._kinds.setdefault((*components, *components.values()), components)

    def _save(self) -> None:
        self._unsaved = True
        if max(len(self.announced), *(len(known) for _, known in self.facts)) <= AT_ONCE:
            self._save_rest()

    def _save_rest(self) -> None:
        if self._unsaved:
            self._unsaved = False
            self._write(self._path, self._text())

    def _text(self) -> Iterator[str]:
        used = {id(components) for topics in self.announced.values() for components in topics.values()}
        self._kinds = {key: components for key, components in self._kinds.items() if id(components) in used}
        numbers = {id(components): str(number) for number, components in enumerate(self._kinds.values())}
        yield "{"
        for name, known in self.facts:
            yield f'"{name}": '
            yield from _members(known.items())
            yield ", "
        yield '"components": '
        yield from _members((numbers[id(components)], components) for components in self._kinds.values())
        yield ', "announced": '
        yield from _members(
            (serial, {topic: numbers[id(components)] for topic, components in topics.items()})
            for serial, topics in self.announced.items()
        )
        yield "}"

    def _write(self, path: Path, text: Iterable[str]) -> bool:
        """Whether that could be done."""
        try:
            write_private(path, text)
        except OSError as error:
            if path not in self._unwritable:
                _log.warning("cannot write %s: %s; check state_dir", path, error.strerror)
            self._unwritable.add(path)
            return False
        self._unwritable.discard(path)
        return True


def _members(items: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """A JSON object in pieces: of thousands of devices, its whole text would need much memory."""
    yield "{"
    for number, (key, value) in enumerate(items):
        yield f"{', ' * (number > 0)}{json.dumps(key)}: {json.dumps(value)}"
    yield "}"


def _load(path: Path, kind: type[T]) -> T | None:
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        _log.warning("%s cannot be read; starting without it", path)
        return None
