"""Home Assistant: discovery messages, derived from the catalogue. Knows no connection and no client call."""

from bridge.homeassistant.discovery import About, Discovery

__all__ = ["About", "Discovery"]
