"""All families, and which one a device belongs to."""

from bridge.devices.catalogue import Family
from bridge.devices.generic import GENERIC
from bridge.devices.min import MIN
from bridge.devices.noah import NEXA, NOAH
from bridge.devices.plant import PLANT

FAMILIES: tuple[Family, ...] = (NOAH, NEXA, MIN, PLANT)
"""Those with something to poll."""


def family_of(v4_type: str, model: str | None) -> Family:
    """The family for a type of the account's device list, and a model name where that decides; else `GENERIC`."""
    if v4_type == NOAH.device_type:
        return NEXA if (model or "").strip().upper().startswith("NEXA") else NOAH
    return next((f for f in FAMILIES if f.device_type is not None and f.device_type == v4_type), GENERIC)


__all__ = ["FAMILIES", "GENERIC", "MIN", "NEXA", "NOAH", "PLANT", "family_of"]
