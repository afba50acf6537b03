"""`growatt-bridge check`: what would the bridge find, and what is in its way."""

from collections.abc import Callable

from bridge.clock import Clock
from bridge.config import Config, Growatt
from bridge.devices import family_of
from bridge.growatt import ArgumentError, AsyncGrowattApi, GrowattError
from bridge.mqtt import BrokerConnection, BrokerError
from bridge.service.account import clients
from bridge.service.bridge import broker_settings, topics_of
from bridge.service.publisher import OFFLINE
from bridge.service.survey import whole


async def check(config: Config, say: Callable[[str], object]) -> list[str]:
    """Look at the cloud and at the broker; returns what is wrong, and publishes nothing."""
    return [*await _cloud(config, say), *await _broker(config, say)]


async def _cloud(config: Config, say: Callable[[str], object]) -> list[str]:
    found: dict[str, str] = {}
    problems: list[str] = []
    for key, account in config.all_accounts.items():
        try:
            found |= await _account(config, account, say)
        except ArgumentError as error:
            problems.append(f"{key}.{error.argument}: {error.message}")
        except GrowattError as error:
            problems.append(f"Growatt cloud: {config.of(account)}{error}")
    if problems:
        return problems
    names = [d.serial for d in config.devices if d.name]
    return [f"devices: {serial} is not in this account" for serial in names if serial not in found]


async def _account(config: Config, account: Growatt, say: Callable[[str], object]) -> dict[str, str]:
    """The devices of one account: what they are, by serial number."""
    _, api = clients(account, config, Clock())
    async with api:
        reply = await api.device.list_all()
        rows = whole(reply.data and reply.data.data, "device_sn")
        devices = {row.device_sn: await _described(api, row.device_sn, row.device_type or "") for row in rows}
    say(f"Growatt cloud: {config.of(account)}{len(devices)} device{'s' * (len(devices) != 1)}")
    names = {d.serial: d.name for d in config.devices if d.name}
    for serial, text in devices.items():
        name = account.name_prefix + names.get(serial, serial)
        note = f", as {name}" if config.wants(serial) else ", excluded"
        say(f"  {serial}  {text}{note if note != f', as {serial}' else ''}")
    return devices


async def _described(api: AsyncGrowattApi, serial: str, kind: str) -> str:
    family = family_of(kind, None)
    if family.by_model:
        info = await api.noah.device_info(serial)
        family = family_of(kind, info.data.device_model if info.data else None)
    return f"{family.title} ({kind})"


async def _broker(config: Config, say: Callable[[str], object]) -> list[str]:
    settings = broker_settings(config)
    try:
        connection = BrokerConnection(settings, will=(topics_of(config).bridge_state, OFFLINE), clock=Clock())
        await connection.check()
    except BrokerError as error:
        return [f"MQTT broker: {error}"]
    say(f"MQTT broker: {settings.address} accepts the connection")
    return []
