"""Home Assistant: discovery messages, derived from the catalogue. Knows no connection and no client call."""

from bridge.homeassistant.alarms import AlarmWatch
from bridge.homeassistant.discovery import MIGRATE, NOTHING, About, Announced, Discovery, Message, Mode

__all__ = ["MIGRATE", "NOTHING", "About", "AlarmWatch", "Announced", "Discovery", "Message", "Mode"]
