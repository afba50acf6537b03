"""`growatt-bridge check`: what would the bridge find, and what is in its way."""

import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from bridge.clock import Clock, whole_seconds
from bridge.config import Config, Growatt
from bridge.devices import GENERIC, Family, family_of, plant_serial
from bridge.growatt import ArgumentError, AsyncGrowattApi, GrowattError, RateLimited
from bridge.growatt.account.device import DeviceListV4
from bridge.mqtt import BrokerConnection, BrokerError
from bridge.service.account import clients
from bridge.service.bridge import broker_settings, topics_of
from bridge.service.plants import whole
from bridge.service.policy import Policy
from bridge.service.presence import OFFLINE
from bridge.service.registry import Registry
from bridge.service.survey import NOTHING_THERE, model_of

Say = Callable[[str], object]

PATIENCE = 10.0
"""Seconds that the call budget may ask to wait, as it does just after another check."""

NOT_LISTED = (
    "if it is no plant, datalogger, battery pack, meter, sensor, PCS, HPS, PBD or GroBoost, which show when the bridge "
    "runs, correct its serial number"
)


@dataclass
class Findings:
    """`wrong`: with what is configured here; `troubles`: with what is out there."""

    wrong: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


async def check(config: Config, say: Say, clock: Clock | None = None) -> Findings:
    """Look at the cloud and at the broker; publishes nothing."""
    clock, findings = clock or Clock(), Findings()
    _state_dir(config, findings)
    await _cloud(config, say, clock, findings)
    await _broker(config, say, clock, findings)
    return findings


ROOM = 65_536
"""Bytes that a state folder must have room for."""


def _state_dir(config: Config, findings: Findings) -> None:
    folder = config.state.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(ROOM))
    except OSError as error:
        advice = "name a folder that the bridge may write to"
        findings.wrong.append(f"state_dir: cannot write to {folder}: {error.strerror}; {advice}")


async def _cloud(config: Config, say: Say, clock: Clock, findings: Findings) -> None:
    found: dict[str, Family | None] = {}
    seen = True
    for key, account in config.all_accounts.items():
        try:
            found |= await _account(config, account, say, clock)
            continue
        except ArgumentError as error:
            findings.wrong.append(f"{key}.{error.argument}: {error.message}")
        except RateLimited as limited:
            when = f"again in {whole_seconds(limited.retry_after)} s; check again then"
            findings.troubles.append(f"Growatt cloud: {config.of(account)}Growatt allows {limited.endpoint} {when}")
        except GrowattError as error:
            findings.troubles.append(f"Growatt cloud: {config.of(account)}{error}")
        seen = False
    if seen:
        for key, name in _named_in_vain(config, found.keys()):
            say(f"{key}: {name} is not in the account's list of devices; {NOT_LISTED}")
    policy = Policy(config, topics_of(config))
    for serial, family in found.items():
        for text in policy.vain(serial, family) if family and config.wants(serial) else ():
            say(text)


def _named_in_vain(config: Config, serials: Collection[str]) -> Iterator[tuple[str, str]]:
    """The devices that the configuration names and the list does not have, with the key that names them."""
    yield from (("devices", device.serial) for device in config.devices if device.serial not in serials)
    for key, patterns in (("include", config.include), ("exclude", config.exclude)):
        others = (pattern for pattern in patterns if not pattern.startswith(plant_serial("")))
        yield from ((key, each) for each in others if not any(fnmatchcase(serial, each) for serial in serials))


async def _account(config: Config, account: Growatt, say: Say, clock: Clock) -> dict[str, Family | None]:
    """The families of the devices of one account, by serial number; None where Growatt does not tell it yet."""
    _, api = clients(account, config, clock)
    async with api:
        reply = await _listed(api, say, clock)
        rows = whole(reply.data and reply.data.data, "device_sn")
        devices = {row.device_sn: await _described(api, row.device_sn, row.device_type or "") for row in rows}
    registry = Registry({d.serial: d.name for d in config.devices if d.name}, prefixes=[account.name_prefix])
    registry.reserve(devices)
    say(f"Growatt cloud: {config.of(account)}{len(devices)} device{'s' * (len(devices) != 1)}")
    if not devices:
        say(f"  {NOTHING_THERE}")
    for serial, (text, family) in devices.items():
        note = ", excluded"
        if config.wants(serial):
            device = registry.add(serial, family or GENERIC, api, prefix=account.name_prefix)
            at = f", on {topics_of(config).state(device.segment)}" if device.segment != device.name else ""
            note = (f", as {device.name}" if device.name != serial else "") + at
        say(f"  {serial}  {text}{note}")
    return {serial: family for serial, (_, family) in devices.items()}


async def _listed(api: AsyncGrowattApi, say: Say, clock: Clock) -> DeviceListV4:
    patience = PATIENCE
    while True:
        try:
            return await api.device.list_all()
        except RateLimited as limited:
            patience -= limited.retry_after
            if patience < 0:
                raise
            say(f"waiting {whole_seconds(limited.retry_after)} s until Growatt allows the list of devices again")
            await clock.sleep(limited.retry_after)


async def _described(api: AsyncGrowattApi, serial: str, kind: str) -> tuple[str, Family | None]:
    """What a device is, in words, and its family where that is known."""
    family = family_of(kind, None)
    if family.by_model:
        try:
            family = family_of(kind, await model_of(api, serial))
        except RateLimited as limited:
            return f"{kind}, whose model Growatt tells in {whole_seconds(limited.retry_after)} s", None
    return f"{family.title} ({kind})", family


async def _broker(config: Config, say: Say, clock: Clock, findings: Findings) -> None:
    settings = broker_settings(config)
    try:
        connection = BrokerConnection(settings, will=(topics_of(config).bridge_state, OFFLINE), clock=clock)
    except BrokerError as error:
        findings.wrong.append(f"MQTT broker: {error}")
        return
    try:
        await connection.check()
    except BrokerError as error:
        findings.troubles.append(f"MQTT broker: {error}")
    else:
        say(f"MQTT broker: {settings.address} accepts the connection")
