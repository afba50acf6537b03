"""Home Assistant: discovery messages, derived from the catalogue. Knows no connection and no client call."""

from bridge.homeassistant.alarms import AlarmWatch
from bridge.homeassistant.discovery import MIGRATE, About, Discovery, Mode

__all__ = ["MIGRATE", "About", "AlarmWatch", "Discovery", "Mode"]
