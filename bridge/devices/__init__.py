"""What each family looks like to a home: one catalogue per family. Knows the client, knows no MQTT."""

from bridge.devices.bus import ENV_SENSOR, SMART_METER, on_bus
from bridge.devices.catalogue import Family, Json, Property, Setting, Source, word
from bridge.devices.datalogger import DATALOGGER
from bridge.devices.families import families, family_of, family_of_plant_type
from bridge.devices.generic import GENERIC
from bridge.devices.plant import PLANT

__all__ = [
    "DATALOGGER",
    "ENV_SENSOR",
    "GENERIC",
    "PLANT",
    "SMART_METER",
    "Family",
    "Json",
    "Property",
    "Setting",
    "Source",
    "families",
    "family_of",
    "family_of_plant_type",
    "on_bus",
    "word",
]
