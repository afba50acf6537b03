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


def extras(family: Family, properties: Sequence[Property], topics: Topics, segment: str) -> Iterator[Extra]:
    """What a device gets beside its properties and settings. `properties`: those of the family that it has."""
    yield "last_update", "Last update", timestamp("last_update")
    if any(source.every is not None for source in family.sources):
        yield "refresh", "Refresh", {"platform": "button", "command_topic": topics.get(segment), "payload_press": ""}
    if {INSTALLED, LATEST} <= {prop.name for prop in properties}:
        yield "firmware", "Firmware", _firmware(family.title)
    if told := alarms(properties):
        for kind in get_args(Alarm):
            if names := [name for name, tells in told.items() if tells == kind]:
                problem = {"platform": "binary_sensor", "device_class": "problem", "value_template": template(names)}
                yield kind, kind.capitalize(), problem
        moments = {"state_topic": topics.event(segment), "event_types": list(EVENT_TYPES)}
        yield "alarm", "Alarm", {"platform": "event", **moments}


def _firmware(title: str) -> Component:
    """Without a command, since the cloud offers none. An empty text changes nothing."""
    versions = f"{{'installed_version': v | string, 'latest_version': w | string, 'title': '{title} firmware'}}"
    both = f"value_json.get('{INSTALLED}'), value_json.get('{LATEST}')"
    return {
        "platform": "update",
        "device_class": "firmware",
        "value_template": f"{{% set v, w = {both} %}}{{% if v and w %}}{{{{ {versions} | tojson }}}}{{% endif %}}",
    }
