"""What each family looks like to a home: one catalogue per family. Knows the client, knows no MQTT."""

from bridge.devices.bus import address_of, bus_prefix, datalogger_of, on_bus
from bridge.devices.catalogue import Family, Property, Setting, Source
from bridge.devices.datalogger import DATALOGGER
from bridge.devices.families import ON_BUS, families, family_of, family_of_plant_type, family_on_bus, tells_kind
from bridge.devices.generic import GENERIC
from bridge.devices.plant import PLANT, offset_of, plant_serial
from bridge.devices.values import Json, word

__all__ = [
    "DATALOGGER",
    "GENERIC",
    "ON_BUS",
    "PLANT",
    "Family",
    "Json",
    "Property",
    "Setting",
    "Source",
    "address_of",
    "bus_prefix",
    "datalogger_of",
    "families",
    "family_of",
    "family_of_plant_type",
    "family_on_bus",
    "offset_of",
    "on_bus",
    "plant_serial",
    "tells_kind",
    "word",
]
