"""What each family looks like to a home: one catalogue per family. Knows the client, knows no MQTT."""

from bridge.devices.catalogue import Family, Json, Property, Setting, Source, word
from bridge.devices.families import FAMILIES, GENERIC, PLANT, family_of

__all__ = ["FAMILIES", "GENERIC", "PLANT", "Family", "Json", "Property", "Setting", "Source", "family_of", "word"]
