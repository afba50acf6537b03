"""growatt-bridge: Growatt inverters and batteries on MQTT, through Growatt's official cloud API."""

__version__ = "0.1.0"
