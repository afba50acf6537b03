"""What each family looks like to a home: one catalogue per family. Knows the client, knows no MQTT."""

from bridge.devices.bus import on_bus
from bridge.devices.catalogue import Family, Json, Property, Setting, Source, word
from bridge.devices.families import (
    DATALOGGER,
    ENV_SENSOR,
    FAMILIES,
    GENERIC,
    PLANT,
    SMART_METER,
    family_of,
    family_of_plant_type,
)

__all__ = [
    "DATALOGGER",
    "ENV_SENSOR",
    "FAMILIES",
    "GENERIC",
    "PLANT",
    "SMART_METER",
    "Family",
    "Json",
    "Property",
    "Setting",
    "Source",
    "family_of",
    "family_of_plant_type",
    "on_bus",
    "word",
]
