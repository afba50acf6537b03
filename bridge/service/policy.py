"""What may be written, as the configuration says: the switches of `commands`, its lists of settings and of devices."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from bridge.config import Commands, Config, DeviceOptions
from bridge.devices import Family, Json, Setting, families
from bridge.devices.kinds import Object
from bridge.devices.raw import RAW, RawParameter, raw_parameter
from bridge.homeassistant import extras
from bridge.mqtt import Topics

_log = logging.getLogger("bridge.commands")

ANY_PARAMETER = "setting_write"
"""The method of the client that writes any parameter or register."""


class Rule(NamedTuple):
    """A list of the configuration: its key there, and names of settings with shell wildcards."""

    key: str
    patterns: Sequence[str]

    def match(self, names: Sequence[str]) -> str | None:
        """The first pattern that fits one of these names."""
        return next((p for p in self.patterns if any(fnmatchcase(name, p) for name in names)), None)


class Lists(NamedTuple):
    """The lists of one place of the configuration; None where it has none."""

    allow: Rule | None = None
    deny: Rule | None = None


def _lists(place: str, options: Commands | DeviceOptions) -> Lists:
    return Lists(
        None if options.allow is None else Rule(f"{place}.allow", options.allow),
        Rule(f"{place}.deny", options.deny) if options.deny else None,
    )


def _of_entities(device: DeviceOptions) -> list[Rule]:
    """The lists of what Home Assistant shows by default; they know no wildcards."""
    lists = {"enabled": device.enabled, "disabled": device.disabled}
    return [Rule(f"devices[{device.serial}].{key}", names) for key, names in lists.items() if names]


class Policy:
    """Tells why something may not be written, in words that name the key of the configuration; None where it may."""

    def __init__(self, config: Config, topics: Topics) -> None:
        self._topics = topics
        self._commands = config.commands
        self._common = _lists("commands", config.commands)
        self._own = {device.serial: _lists(f"devices[{device.serial}]", device) for device in config.devices}
        self._entities = {device.serial: _of_entities(device) for device in config.devices}
        self._told: set[str] = set()
        self._locked: dict[tuple[str, Family], frozenset[str]] = {}

    @property
    def dry_run(self) -> bool:
        return self._commands.dry_run

    def closed(self) -> str | None:
        """Whether anything may be written at all."""
        return self._commands.closed

    def refusal(self, serial: str, setting: Setting, value: Json = None) -> str | None:
        """For a setting of a device; of one that is written whole, for the parts in the value."""
        raw = self._raw(serial) if isinstance(setting, RawParameter) else None
        return self.closed() or raw or self.denied(serial, setting, value) or self._left_out(serial, setting, value)

    def denied(self, serial: str, setting: Setting, value: Json = None) -> str | None:
        """As `refusal`, by the deny lists alone."""
        for names in _names(setting, value):
            for rule in self._deny(serial):
                if pattern := rule.match(names):
                    return f"{names[0]} may not be written: {pattern} stands in {rule.key}"
        return None

    def steps(
        self, serial: str, family: Family, whole: Setting, named: Iterable[tuple[str, Json]]
    ) -> list[tuple[Setting, Json]]:
        """The settings that `whole` is written through; ValueError where one of them may not be written."""
        found: list[tuple[Setting, Json]] = []
        for name, value in named:
            step = family.setting(name)
            reason = self.denied(serial, step, value) if step is not None else f"{name} is no setting"
            if step is None or reason:
                raise ValueError(f"{whole.name}: {reason}")
            found.append((step, value))
        return found

    def _left_out(self, serial: str, setting: Setting, value: Json) -> str | None:
        rule = self._of(serial).allow or self._common.allow
        missing = [names[0] for names in _names(setting, value) if not rule.match(names)] if rule else []
        return f"{missing[0]} may not be written: {rule.key} does not name it" if rule and missing else None

    def _raw(self, serial: str) -> str | None:
        if not self._commands.allow_raw:
            return "any parameter may be written only with commands.allow_raw: true"
        if denying := self._deny(serial):
            return f"a parameter could be what {denying[0].key} forbids; use lists `allow` beside commands.allow_raw"
        return None

    def request(self, method: str) -> str | None:
        """For a writing method of the client. Its device and setting are not looked at, so that every list counts."""
        if reason := self._commands.mute:
            return reason
        rules = [rule for lists in (self._common, *self._own.values()) for rule in lists if rule]
        if rules:
            return f"beside {rules[0].key} settings are written on {self._topics.set('<device>')} alone"
        return self._raw("") if method == ANY_PARAMETER else None

    def locked(self, serial: str, family: Family) -> frozenset[str]:
        """The settings of a device that may not be written."""
        key = (serial if serial in self._own else "", family)
        if key not in self._locked:
            self._locked[key] = frozenset(setting.name for setting in family.settings if self.refusal(serial, setting))
        return self._locked[key]

    def review(self, serial: str, family: Family) -> None:
        """Warn, once each, of what the lists name in vain."""
        for text in self.vain(serial, family):
            _log.warning("%s", text)

    def vain(self, serial: str, family: Family) -> Iterator[str]:
        """What the lists name in vain and was not told yet: patterns that fit no setting of this device, or of any
        where the list is for all, and entities that this device cannot have."""
        every = families() if any(self._common) else ()
        useless = (*_useless(self._common, every, "any device"), *_useless(self._of(serial), [family], serial))
        for text in (*useless, *_unknown(self._entities.get(serial, ()), family, serial)):
            if text not in self._told:
                self._told.add(text)
                yield text

    def _of(self, serial: str) -> Lists:
        return self._own.get(serial, Lists())

    def _deny(self, serial: str) -> list[Rule]:
        return [rule for rule in (self._common.deny, self._of(serial).deny) if rule]


def _names(setting: Setting, value: Json) -> list[tuple[str, ...]]:
    """What a list may call each thing that is written: its name, and that of the whole it is a part of."""
    if isinstance(setting, RawParameter):
        return [(RAW,)]
    if setting.whole is not None:
        return [(setting.name, setting.whole)]
    if isinstance(setting.kind, Object) and isinstance(value, dict):
        return [(f"{setting.name}_{key}", setting.name) for key in value]
    return [(setting.name,)]


def _useless(lists: Lists, among: Sequence[Family], whose: str) -> Iterator[str]:
    names = [setting.name for family in among for setting in family.settings]
    names += [RAW for family in among if raw_parameter(family)]
    for rule in filter(None, lists):
        for pattern in rule.patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                yield f"{rule.key}: {pattern} fits no setting of {whose}; docs/devices.md lists them"


def _unknown(lists: Sequence[Rule], family: Family, serial: str) -> Iterator[str]:
    if not lists:
        return
    entities = {*family.places, *extras.names(family, family.properties)}
    for rule in lists:
        for name in rule.patterns:
            if name not in entities:
                yield f"{rule.key}: {name} is no property or setting of {serial}; docs/devices.md lists them"
