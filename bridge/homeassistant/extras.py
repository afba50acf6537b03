"""Entities that are no single value of the device: each is there by a rule about the family."""

from collections.abc import Iterator, Sequence
from typing import get_args

from bridge.devices import Family, Property
from bridge.devices.catalogue import Alarm
from bridge.homeassistant.alarms import EVENT_TYPES, alarms, template
from bridge.homeassistant.components import Component, timestamp
from bridge.mqtt import Topics

INSTALLED, LATEST = "firmware_version", "latest_version"

Extra = tuple[str, str, Component]
"""Name, label and component."""


def names(family: Family, properties: Sequence[Property]) -> Iterator[str]:
    """What a device gets beside its properties and settings. `properties`: those of the family that it has."""
    yield "last_update"
    if any(source.every is not None for source in family.sources):
        yield "refresh"
    if {INSTALLED, LATEST} <= {prop.name for prop in properties}:
        yield "firmware"
    if told := set(alarms(properties).values()):
        yield from (kind for kind in get_args(Alarm) if kind in told)
        yield "alarm"


def extras(family: Family, properties: Sequence[Property], topics: Topics, segment: str) -> Iterator[Extra]:
    """The entities of these `names`."""
    for name in names(family, properties):
        yield name, name.replace("_", " ").capitalize(), _component(name, family, properties, topics, segment)


def _component(name: str, family: Family, properties: Sequence[Property], topics: Topics, segment: str) -> Component:
    match name:
        case "last_update":
            return timestamp(name)
        case "refresh":
            return {"platform": "button", "command_topic": topics.get(segment), "payload_press": ""}
        case "firmware":
            return _firmware(family.title)
        case "alarm":
            return {"platform": "event", "state_topic": topics.event(segment), "event_types": list(EVENT_TYPES)}
        case kind:
            telling = [prop for prop, tells in alarms(properties).items() if tells == kind]
            return {"platform": "binary_sensor", "device_class": "problem", "value_template": template(telling)}


def _firmware(title: str) -> Component:
    """Without a command, since the cloud offers none. An empty text changes nothing."""
    versions = f"{{'installed_version': v | string, 'latest_version': w | string, 'title': '{title} firmware'}}"
    both = f"value_json.get('{INSTALLED}'), value_json.get('{LATEST}')"
    return {
        "platform": "update",
        "device_class": "firmware",
        "value_template": f"{{% set v, w = {both} %}}{{% if v and w %}}{{{{ {versions} | tojson }}}}{{% endif %}}",
    }
