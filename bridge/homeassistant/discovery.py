"""Device-based discovery: one retained message for each device, and one for the bridge itself."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bridge.devices import Family, Json
from bridge.homeassistant.components import Component, control, sensor, timestamp, value
from bridge.mqtt import Topics

_BRIDGE = "growatt_bridge"
_LAST_UPDATE = "last_update"
_ONLINE = value("state")
_LATE_PLATFORMS = frozenset({"time"})
"""Platforms younger than device-based discovery itself (`time`: Home Assistant 2026.5). One unknown platform makes Home
Assistant refuse the whole message, so each of these travels in a message of its own."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What discovery must know of a device. `segment`: its topic level; `parent`: the serial number of the device that
    it hangs below, None for the bridge; `shown`: the properties that this device has, None for all of the family.
    """

    serial: str
    name: str
    segment: str
    family: Family
    model: str | None
    firmware: str | None
    parent: str | None
    shown: Collection[str] | None = None


class Discovery:
    """Makes the messages. Ids come from serial numbers and catalogue names alone: a friendly name is only a label."""

    def __init__(self, topics: Topics, *, prefix: str = "homeassistant", version: str) -> None:
        self._topics = topics
        self._prefix = prefix
        self._version = version
        self._bridge = _BRIDGE if topics.base == Topics().base else f"{_BRIDGE}_{_safe(topics.base)}"

    def messages(self, about: About) -> dict[str, dict[str, Json]]:
        """Everything that announces a device, by topic; the main message comes first."""
        groups: dict[str, dict[str, Component]] = {self.config_topic(about.serial): {}}
        for name, component in self._components(about):
            groups.setdefault(self._topic_of(about.serial, component["platform"]), {})[name] = component
        return {topic: self._payload(about, components) for topic, components in groups.items()}

    def config_topic(self, serial: str) -> str:
        """Where the main message of a device goes."""
        return self._config_topic(_device_id(serial))

    def device(self, about: About) -> dict[str, Json]:
        """The main message of a device."""
        return self.messages(about)[self.config_topic(about.serial)]

    def bridge(self) -> tuple[str, dict[str, Json]]:
        """Topic and message of the bridge itself."""
        device = {
            "identifiers": [self._bridge],
            "name": "Growatt bridge" if self._bridge == _BRIDGE else f"Growatt bridge ({self._topics.base})",
            "manufacturer": "growatt-bridge",
            "model": "Growatt bridge",
            "sw_version": self._version,
        }
        counted = {"state_topic": self._topics.bridge_devices, "value_template": "{{ value_json | count }}"}
        info = {"state_topic": self._topics.bridge_info, "availability": self._availability(self._topics.bridge_state)}
        components = {
            "connection": ("Connection", self._connection()),
            "version": ("Version", {"platform": "sensor", "value_template": value("version"), **info}),
            "devices": ("Devices", {"platform": "sensor", **info, **counted}),
        }
        payload = {
            "device": device,
            "origin": self._origin(),
            "qos": 1,
            "components": {
                name: _entity(self._bridge, name, label, {**component, "entity_category": "diagnostic"})
                for name, (label, component) in components.items()
            },
        }
        return self._config_topic(self._bridge), payload

    def retired(self, before: Mapping[str, Json], now: Mapping[str, Json]) -> dict[str, Json]:
        """The message `now`, with what only `before` has marked for removal: Home Assistant keeps what is left out."""
        gone = {
            key: {"platform": component["platform"]}
            for key, component in before["components"].items()
            if key not in now["components"]
        }
        return {**now, "components": {**now["components"], **gone}}

    def _config_topic(self, object_id: str) -> str:
        return f"{self._prefix}/device/{object_id}/config"

    def _topic_of(self, serial: str, platform: str) -> str:
        suffix = f"_{platform}" if platform in _LATE_PLATFORMS else ""
        return self._config_topic(_device_id(serial) + suffix)

    def _payload(self, about: About, components: dict[str, Component]) -> dict[str, Json]:
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
            "components": components,
        }

    def _components(self, about: About) -> Iterator[tuple[str, Component]]:
        device_id = _device_id(about.serial)
        for prop in about.family.properties:
            if about.shown is not None and prop.name not in about.shown:
                continue
            if shown := sensor(prop):
                tail = {} if prop.main else {"entity_category": "diagnostic", "enabled_by_default": False}
                yield prop.name, _entity(device_id, prop.name, prop.label, {**shown, **tail})
        for setting in about.family.settings:
            if shown := control(setting):
                topic = self._topics.set_one(about.segment, setting.name)
                tail = {} if setting.main else {"enabled_by_default": False}
                config = {**shown, "command_topic": topic, "entity_category": "config", **tail}
                yield setting.name, _entity(device_id, setting.name, setting.label, config)
        moment = {**timestamp(_LAST_UPDATE), "entity_category": "diagnostic"}
        yield _LAST_UPDATE, _entity(device_id, _LAST_UPDATE, "Last update", moment)

    def _connection(self) -> Component:
        """Has no availability: with the bridge gone it says so."""
        return {
            "platform": "binary_sensor",
            "device_class": "connectivity",
            "state_topic": self._topics.bridge_state,
            "value_template": "{{ 'ON' if value_json.get('state') == 'online' else 'OFF' }}",
        }

    def _availability(self, *topics: str) -> list[dict[str, Json]]:
        return [{"topic": topic, "value_template": _ONLINE} for topic in topics]

    def _origin(self) -> dict[str, Json]:
        return {"name": "growatt-bridge", "sw_version": self._version}


def _entity(device_id: str, name: str, label: str, component: Component) -> Component:
    """A component with its ids. Home Assistant before 2025.10 reads `object_id`, later ones `default_entity_id`."""
    unique_id = f"{device_id}_{name}"
    return {
        **component,
        "name": label,
        "unique_id": unique_id,
        "object_id": unique_id,
        "default_entity_id": f"{component['platform']}.{unique_id}",
    }


def _device_id(serial: str) -> str:
    """Keeps clear of the bridge's own id, whatever the serial number."""
    return f"growatt_-{_safe(serial)}" if serial.startswith("bridge") else f"growatt_{_safe(serial)}"


def _safe(text: str) -> str:
    """Letters, digits, and underscores before a digit stay; everything else becomes -code-. So no two texts get equal,
    and a name put behind an underscore, which never starts with a digit, can be told from the text.
    """
    return re.sub(r"[^a-zA-Z0-9_]|_(?![0-9])", lambda match: f"-{ord(match[0]):x}-", text)
