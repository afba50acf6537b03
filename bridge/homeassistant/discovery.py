"""Discovery messages: one for each device, or one for each of its entities; and for the bridge itself."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bridge.devices import Family, Json
from bridge.homeassistant.components import Component, control, display, sensor, value
from bridge.homeassistant.extras import extras
from bridge.mqtt import Topics, encode
from bridge.mqtt.topics import BRIDGE

Mode = Literal["device", "component", "both"]
"""How entities are announced. `device`: all of a device in one message, but those of late platforms each in its own.
`component`: each in its own, without late platforms. `both`: each in its own, but those of late platforms together.
Never one entity in two messages: Home Assistant warns of each at every start.
"""

Announced = Mapping[str, Mapping[str, str]]
"""Discovery topics, the components that each announces, and their platforms."""

NOTHING: Announced = {}

MIGRATE: dict[str, Json] = {"migrate_discovery": True}
"""Makes Home Assistant let go of what a topic announced, without forgetting what the user made of it."""

_BRIDGE = "growatt_bridge"
_DIAGNOSTIC = {"entity_category": "diagnostic"}
_ONLINE = "{{ value_json.get('state') if value_json is defined else 'offline' }}"
"""A topic that is cleared says it with an empty payload."""

_LOCKED = "_value"
"""Ends the name of a locked setting's entity: Home Assistant knows no change of platform under one name."""

_TROUBLE = "(value_json.get('accounts') or {}).values() | map(attribute='message') | reject('none')"
"""Home Assistant's view of what the accounts complain about."""

_LATE_PLATFORMS = frozenset({"time"})
"""Platforms younger than device-based discovery (`time`: Home Assistant 2026.5), and unknown to openHAB. On a topic of
its own, a Home Assistant that does not know it never hears of it; in the message of a device, it refuses the whole."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What discovery must know of a device. `segment`: its topic level; `parent`: the serial number of the device that
    it hangs below, None for the bridge; `shown`: the properties that this device has, None for all of the family;
    `enabled` and `disabled`: names of entities that are, or are not, enabled by default whatever the catalogue says;
    `locked`: the settings that may not be changed, which are only shown.
    """

    serial: str
    name: str
    segment: str
    family: Family
    model: str | None
    firmware: str | None
    parent: str | None
    shown: Collection[str] | None = None
    enabled: Collection[str] = ()
    disabled: Collection[str] = ()
    locked: Collection[str] = ()


class Message(NamedTuple):
    """A discovery payload, and the components that it announces with their platforms. Of a device the payload is put
    together piece by piece: all its components at once would need megabytes."""

    payload: bytes
    announces: dict[str, str]


class Discovery:
    """Makes the messages. Ids come from serial numbers and catalogue names alone: a friendly name is only a label."""

    def __init__(self, topics: Topics, *, prefix: str = "homeassistant", version: str, mode: Mode = "device") -> None:
        self._topics = topics
        self._prefix = prefix
        self._version = version
        self._mode = mode
        own_base, replica = topics.base != Topics().base, topics.bridge.removeprefix(BRIDGE)
        self._bridge = _BRIDGE + (f"_{_safe(topics.base)}" if own_base else "") + replica
        self._bridge_object = _BRIDGE + (f"_{topics.base}" if own_base else "") + replica
        self._bridge_name = f"Growatt bridge{replica.replace('-', ' ')}" + (f" ({topics.base})" if own_base else "")

    def messages(self, about: About | None = None, gone: Announced = NOTHING) -> dict[str, Message]:
        """Everything that announces a device, or without one the bridge itself: by topic, in order. `gone`: components
        that were announced before and are no more. They are marked for removal: Home Assistant keeps what is left out.
        """
        if about is None:
            return self._messages(self._bridge, self._bridge_root(), self._bridge_components(), gone)
        return self._messages(_device_id(about.serial), self._root(about), self._components(about), gone)

    def left(self, before: Announced, now: Announced) -> list[str]:
        """The topics of `before` that give way to others of the same device, or to a mode that cannot show what they
        announce. Those of a bridge of another name are gone: its entities have other ids.

        Send MIGRATE there, not retained, and at once clear them; then give Home Assistant a few seconds before the new
        messages: of a device message that finds components still on their way out, it drops some.
        """
        held = {entity for entities in now.values() for entity in entities.items()}
        objects = set(map(_object_of, now))

        def lives_on(entity: tuple[str, str]) -> bool:
            return entity in held or (self._mode == "component" and entity[1] in _LATE_PLATFORMS)

        past = ((topic, entities) for topic, entities in before.items() if topic not in now)
        return [t for t, entities in past if any(map(lives_on, entities.items())) and _object_of(t) in objects]

    def _messages(
        self, object_id: str, root: dict[str, Json], components: Iterator[tuple[str, Component]], gone: Announced
    ) -> dict[str, Message]:
        messages: dict[str, Message] = {}
        members: dict[str, list[bytes]] = {}
        for name, component in components:
            platform = component["platform"]
            late = platform in _LATE_PLATFORMS
            node = f"{object_id}_{platform}" if late else object_id
            if late and self._mode == "component":
                continue
            if late == (self._mode == "device"):
                alone = {key: item for key, item in component.items() if key != "platform"}
                topic = f"{self._prefix}/{platform}/{node}/{name}/config"
                messages[topic] = Message(encode({**root, **alone}), {name: platform})
            else:
                topic = f"{self._prefix}/device/{node}/config"
                messages.setdefault(topic, Message(b"", {})).announces[name] = platform
                members.setdefault(topic, []).append(_member(name, component))
        for topic, those in members.items():
            announces = messages[topic].announces
            taken_back = (_member(n, {"platform": p}) for n, p in gone.get(topic, {}).items() if n not in announces)
            head = encode({**root, "components": {}}).removesuffix(b"}}")
            messages[topic] = Message(head + b",".join((*those, *taken_back)) + b"}}", announces)
        return messages

    def _root(self, about: About) -> dict[str, Json]:
        """What all components of a device share. openHAB needs the same availability in all of them."""
        device = {
            "identifiers": [_device_id(about.serial)],
            "name": about.name,
            "manufacturer": "Growatt",
            "model": about.model or about.family.title,
            "serial_number": about.serial,
            "via_device": self._bridge if about.parent is None else _device_id(about.parent),
        }
        if about.firmware:
            device["sw_version"] = about.firmware
        return {
            "device": device,
            "origin": self._origin(),
            "availability_mode": "all",
            "availability": self._availability(self._topics.bridge_state, self._topics.availability(about.segment)),
            "state_topic": self._topics.state(about.segment),
            "qos": 1,
        }

    def _components(self, about: About) -> Iterator[tuple[str, Component]]:
        device_id, object_id = _device_id(about.serial), f"growatt_{about.serial}"
        for name, label, component, main in self._entities(about):
            enabled = name in about.enabled or (main and name not in about.disabled)
            tail = {} if enabled else {"enabled_by_default": False}
            key = f"{name}{_LOCKED}" if name in about.locked else name
            yield key, _entity(device_id, object_id, key, label, {**component, **tail})

    def _entities(self, about: About) -> Iterator[tuple[str, str, Component, bool]]:
        """Name, label and component of all that this device has, and whether it is shown by default."""
        has = [prop for prop in about.family.properties if about.shown is None or prop.name in about.shown]
        for prop in has:
            if shown := sensor(prop):
                yield prop.name, prop.label, shown if prop.main else shown | _DIAGNOSTIC, prop.main
        for setting in about.family.settings:
            told = about.shown is None or setting.needs is None or setting.needs in about.shown
            locked = setting.name in about.locked
            if told and (shown := display(setting) if locked else control(setting)):
                topic = self._topics.set_one(about.segment, setting.name)
                more = _DIAGNOSTIC if locked else {"command_topic": topic, "entity_category": "config"}
                yield setting.name, setting.label, shown | more, setting.main
        for name, label, shown in extras(about.family, has, self._topics, about.segment):
            yield name, label, shown | _DIAGNOSTIC, True

    def _bridge_root(self) -> dict[str, Json]:
        device = {
            "identifiers": [self._bridge],
            "name": self._bridge_name,
            "manufacturer": "growatt-bridge",
            "model": "Growatt bridge",
            "sw_version": self._version,
        }
        return {"device": device, "origin": self._origin(), "qos": 1}

    def _bridge_components(self) -> Iterator[tuple[str, Component]]:
        """The connection has no availability: with the bridge gone it says so."""
        connection = {
            "platform": "binary_sensor",
            "device_class": "connectivity",
            "state_topic": self._topics.bridge_state,
            "value_template": "{{ 'ON' if value_json.get('state') == 'online' else 'OFF' }}",
        }
        info = {"state_topic": self._topics.bridge_info, "availability": self._availability(self._topics.bridge_state)}
        counted = {"state_topic": self._topics.bridge_devices, "value_template": "{{ value_json | count }}"}
        account = {
            "platform": "binary_sensor",
            "device_class": "problem",
            "value_template": f"{{{{ 'ON' if {_TROUBLE} | list else 'OFF' }}}}",
            "json_attributes_topic": self._topics.bridge_info,
            "json_attributes_template": f"{{{{ {{'message': {_TROUBLE} | join('; ') or None}} | tojson }}}}",
        }
        entities: tuple[tuple[str, str, Component], ...] = (
            ("connection", "Connection", connection),
            ("account", "Growatt account", account | info),
            ("version", "Version", {"platform": "sensor", "value_template": value("version"), **info}),
            ("devices", "Devices", {"platform": "sensor", **info, **counted}),
        )
        for name, label, shown in entities:
            yield name, _entity(self._bridge, self._bridge_object, name, label, shown | _DIAGNOSTIC)

    def _availability(self, *topics: str) -> list[dict[str, Json]]:
        return [{"topic": topic, "value_template": _ONLINE} for topic in topics]

    def _origin(self) -> dict[str, Json]:
        return {"name": "growatt-bridge", "sw_version": self._version}


def _member(name: str, component: Component) -> bytes:
    """As it stands among the `components` of a device."""
    return encode({name: component})[1:-1]


def _object_of(topic: str) -> str:
    """The object id in a discovery topic: which device, or which bridge, it is about."""
    *_, place, last = topic.removesuffix("/config").split("/")
    return re.sub(rf"_({'|'.join(_LATE_PLATFORMS)})$", "", last if place == "device" else place)


def _entity(device_id: str, object_id: str, name: str, label: str, component: Component) -> Component:
    """A component with its ids. `object_id`: the device in the id that people read; of two equal ids Home Assistant
    changes one. Before 2025.10 it reads `object_id`, later `default_entity_id`."""
    readable = re.sub("[^a-z0-9]+", "_", f"{object_id}_{name}".lower())
    return {
        **component,
        "name": label,
        "unique_id": f"{device_id}_{name}",
        "object_id": readable,
        "default_entity_id": f"{component['platform']}.{readable}",
    }


def _device_id(serial: str) -> str:
    """Keeps clear of the bridge's own id, whatever the serial number."""
    return f"growatt_-{_safe(serial)}" if serial.startswith("bridge") else f"growatt_{_safe(serial)}"


def _safe(text: str) -> str:
    """Letters, digits, and underscores before a digit stay; everything else becomes -code-. So no two texts get equal,
    and a name put behind an underscore, which never starts with a digit, can be told from the text.
    """
    return re.sub(r"[^a-zA-Z0-9_]|_(?![0-9])", lambda match: f"-{ord(match[0]):x}-", text)
