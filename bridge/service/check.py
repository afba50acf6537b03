"""`growatt-bridge check`: what would the bridge find, and what is in its way."""

from collections.abc import Callable

from bridge.clock import Clock
from bridge.config import Config
from bridge.devices import family_of
from bridge.growatt import ArgumentError, AsyncGrowattApi, Budget, GrowattError
from bridge.mqtt import BrokerConnection, BrokerError, Topics
from bridge.service.account import whole
from bridge.service.bridge import broker_settings, client
from bridge.service.publisher import OFFLINE


async def check(config: Config, say: Callable[[str], object]) -> list[str]:
    """Look at the cloud and at the broker; returns what is wrong, and publishes nothing."""
    return [*await _cloud(config, say), *await _broker(config, say)]


async def _cloud(config: Config, say: Callable[[str], object]) -> list[str]:
    clock = Clock()
    budget = Budget(config.state_dir / "budget.json", scope=config.growatt.limits, clock=clock)
    try:
        async with client(config, budget, clock) as api:
            reply = await api.device.list_all()
            rows = whole(reply.data and reply.data.data, "device_sn")
            devices = {row.device_sn: await _described(api, row.device_sn, row.device_type or "") for row in rows}
    except ArgumentError as error:
        return [f"growatt.{error.argument}: {error.message}"]
    except GrowattError as error:
        return [f"Growatt cloud: {error}"]
    say(f"Growatt cloud: {len(devices)} device{'s' * (len(devices) != 1)}")
    names = {d.serial: d.name for d in config.devices if d.name}
    for serial, text in devices.items():
        note = ", excluded" if serial in config.exclude else f", as {names[serial]}" if serial in names else ""
        say(f"  {serial}  {text}{note}")
    return [f"devices: {serial} is not in this account" for serial in names if serial not in devices]


async def _described(api: AsyncGrowattApi, serial: str, kind: str) -> str:
    family = family_of(kind, None)
    if family.by_model:
        info = await api.noah.device_info(serial)
        family = family_of(kind, info.data.device_model if info.data else None)
    return f"{family.title} ({kind})"


async def _broker(config: Config, say: Callable[[str], object]) -> list[str]:
    settings = broker_settings(config.mqtt, session_expiry=config.commands.max_age)
    try:
        connection = BrokerConnection(
            settings, will=(Topics(config.mqtt.base_topic).bridge_state, OFFLINE), clock=Clock()
        )
        await connection.check()
    except BrokerError as error:
        return [f"MQTT broker: {error}"]
    say(f"MQTT broker: {settings.address} accepts the connection")
    return []
