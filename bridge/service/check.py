"""`growatt-bridge check`: what would the bridge find, and what is in its way."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.clock import Clock, whole_seconds
from bridge.config import Config, Growatt
from bridge.devices import family_of
from bridge.growatt import ArgumentError, AsyncGrowattApi, GrowattError, RateLimited
from bridge.growatt.account.device import DeviceListV4
from bridge.mqtt import BrokerConnection, BrokerError
from bridge.service.account import clients
from bridge.service.bridge import broker_settings, topics_of
from bridge.service.plants import whole
from bridge.service.presence import OFFLINE
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
    found: dict[str, str] = {}
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
    for serial in [d.serial for d in config.devices if d.serial not in found] if seen else []:
        say(f"devices: {serial} is not in the account's list of devices; {NOT_LISTED}")


async def _account(config: Config, account: Growatt, say: Say, clock: Clock) -> dict[str, str]:
    """The devices of one account: what they are, by serial number."""
    _, api = clients(account, config, clock)
    async with api:
        reply = await _listed(api, say, clock)
        rows = whole(reply.data and reply.data.data, "device_sn")
        devices = {row.device_sn: await _described(api, row.device_sn, row.device_type or "") for row in rows}
    say(f"Growatt cloud: {config.of(account)}{len(devices)} device{'s' * (len(devices) != 1)}")
    if not devices:
        say(f"  {NOTHING_THERE}")
    names = {d.serial: d.name for d in config.devices if d.name}
    for serial, text in devices.items():
        name = account.name_prefix + names.get(serial, serial)
        note = f", as {name}" if config.wants(serial) else ", excluded"
        say(f"  {serial}  {text}{note if note != f', as {serial}' else ''}")
    return devices


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


async def _described(api: AsyncGrowattApi, serial: str, kind: str) -> str:
    family = family_of(kind, None)
    if family.by_model:
        try:
            family = family_of(kind, await model_of(api, serial))
        except RateLimited as limited:
            return f"{kind}, whose model Growatt tells in {whole_seconds(limited.retry_after)} s"
    return f"{family.title} ({kind})"


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
