"""What can be configured. A key that ends in `_file` names a file whose content is the secret."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bridge.fleet import Shard
from bridge.growatt import ArgumentError
from bridge.growatt.session import server_address
from bridge.mqtt import Topics, device_segment

_LOCAL_TIME = Path("/etc/localtime")


class ConfigError(Exception):
    """One line for each thing that is wrong: file, key, remedy."""


def _server(value: str) -> str:
    try:
        server_address(value)
    except ArgumentError as error:
        raise ValueError(f"use {error.allowed}") from None
    return value


def _host(value: str) -> str:
    """Refused without showing it: it may hold a password."""
    if any(char in value for char in "/@ ") or re.fullmatch(r"[^:]*:\d*", value):
        raise ValueError("give the name or address alone; port, user name and password have keys of their own")
    return value


def _plain(value: str) -> str:
    if any(unicodedata.category(char) == "Cc" for char in value):
        raise ValueError("has a line break or another control character, which brokers refuse; take it out")
    return value


def _base_topic(value: str) -> str:
    return Topics(value).base


def _topic_filter(value: str) -> str:
    levels = value.split("/")
    whole = all(level in {"+", "#"} or not {"+", "#"} & set(level) for level in levels)
    if not value or not whole or "#" in levels[:-1]:
        raise ValueError("use a topic; + stands for a whole level of it, # for all levels from there on")
    return value


def _zone(value: str | None) -> str | None:
    if value is not None:
        zone_of(value)
    return value


def zone_of(name: str | None) -> tzinfo:
    """A time zone by name; without one, the machine's."""
    try:
        return ZoneInfo(name or os.environ.get("TZ") or _LOCAL_TIME.resolve().as_posix().partition("zoneinfo/")[2])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if name is not None:
            raise ValueError(f"{name!r} is no time zone; use a name such as Europe/Berlin") from None
        return datetime.now(UTC).astimezone().tzinfo or UTC


def _mode(value: Any) -> Any:
    """YAML reads `off` as false."""
    return {False: "off", True: "device"}.get(value, value) if isinstance(value, bool) else value


def _version(value: Any) -> Any:
    """YAML reads `5` as a number."""
    return str(value) if type(value) is int else value


def _shard(value: str | None) -> str | None:
    if value is not None:
        Shard.parse(value)
    return value


Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]
Host = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_host)]


class Section(BaseModel):
    """A part of the configuration. Unknown keys are errors; `SECRETS` may come from a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    SECRETS: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        secrets = {name: _secret(values[f"{name}_file"], name) for name in cls.SECRETS if values.get(f"{name}_file")}
        return {**values, **secrets}

    def public(self) -> dict[str, Any]:
        """As JSON for everybody: without secrets and without paths of secret files."""
        hidden = {f"{name}_file" for name in self.SECRETS}
        plain = self.model_dump(mode="json", exclude=hidden)
        return {name: _public(getattr(self, name), shown) for name, shown in plain.items()}


def _public(value: Any, shown: Any) -> Any:
    if isinstance(value, SecretStr):
        return "set" if value else None
    if isinstance(value, Section):
        return value.public()
    if isinstance(value, tuple):
        return [_public(each, plain) for each, plain in zip(value, shown, strict=True)]
    return shown


def _home(path: Path) -> Path:
    """`~` is the user's folder, as in a shell."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"{path}: there is no such user's folder here; give the whole path") from None


UserPath = Annotated[Path, AfterValidator(_home)]


def _token(value: SecretStr) -> SecretStr:
    text = value.get_secret_value().strip()
    if not (text.isascii() and text.isprintable()):
        raise ValueError("a token is plain ASCII text without line breaks")
    return SecretStr(text)


class Tls(Section):
    """Encryption towards the broker."""

    ca_file: UserPath | None = None
    cert_file: UserPath | None = None
    key_file: UserPath | None = None
    insecure: bool = False


class Growatt(Section):
    """An account at Growatt."""

    SECRETS: ClassVar[tuple[str, ...]] = ("token",)

    name: Text = "growatt"
    name_prefix: str = ""
    token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    token_file: UserPath | None = None
    server: Annotated[str, AfterValidator(_server)] = "europe"
    timeout: Seconds = 30
    limits: Literal["endpoint", "request"] = "endpoint"
    timezone: Annotated[str | None, AfterValidator(_zone)] = None

    @property
    def has_token(self) -> bool:
        return self.token is not None and bool(self.token.get_secret_value().strip())


class FurtherAccount(Growatt):
    """An account beside the first; its name tells them apart."""

    name: Text


class Mqtt(Section):
    """The broker."""

    SECRETS: ClassVar[tuple[str, ...]] = ("password",)

    host: Host = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    username: Annotated[str, AfterValidator(_plain)] | None = None
    password: SecretStr | None = None
    password_file: UserPath | None = None
    client_id: Annotated[str, Field(min_length=1), AfterValidator(_plain)] = "growatt-bridge"
    base_topic: Annotated[str, AfterValidator(_base_topic)] = "growatt"
    protocol: Annotated[Literal["auto", "5", "3.1.1"], BeforeValidator(_version)] = "auto"
    keepalive: Annotated[int, Field(ge=5, le=65535)] = 60
    flat_topics: bool = False
    tls: Tls | None = None


class HomeAssistant(Section):
    """Discovery."""

    discovery: Annotated[Literal["device", "component", "both", "off"], BeforeValidator(_mode)] = "device"
    discovery_prefix: Annotated[str, AfterValidator(_base_topic)] = "homeassistant"
    status_topic: Annotated[str, AfterValidator(_topic_filter)] = "homeassistant/status"


class Intervals(Section):
    """How often the cloud is asked, in seconds, by kind of data; never more often than Growatt allows."""

    reading: Seconds | None = None
    status: Seconds | None = None
    details: Seconds | None = None
    settings: Seconds | None = None
    overview: Seconds | None = None
    firmware: Seconds | None = None

    def every(self, source: str, default: float) -> float:
        """The interval of a source; the catalogue's own where none is set here, or can be."""
        chosen = getattr(self, source) if source in Intervals.model_fields else None
        return default if chosen is None else float(chosen)


class Polling(Intervals):
    """For all devices. `account`: between two looks for devices that joined or left."""

    account: Seconds = 3600


class Commands(Section):
    """What may be written to devices. `allow` and `deny`: names of settings, with wildcards; None allows all."""

    enabled: bool = True
    read_only: bool = False
    dry_run: bool = False
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()
    allow_raw: bool = False
    max_age: Seconds = 300
    confirm_timeout: Seconds = 330
    audit_log: UserPath | None = Path("audit.jsonl")

    @property
    def closed(self) -> str | None:
        """Why nothing may be written at all; None where it may."""
        if not self.enabled:
            return "commands are switched off in the configuration (commands.enabled)"
        return "the bridge is read-only (commands.read_only)" if self.read_only else None

    @property
    def mute(self) -> str | None:
        """Why nothing is sent that writes; None where it may be."""
        return self.closed or ("dry run: nothing is written (commands.dry_run)" if self.dry_run else None)


class DeviceOptions(Section):
    """One device's own options. `allow` takes the place of that of `commands`, `deny` adds to it; a plant's `timezone`
    is that of its devices, too."""

    serial: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)] | None = None
    enabled: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()
    timezone: Annotated[str | None, AfterValidator(_zone)] = None
    polling: Intervals = Intervals()


class Fleet(Section):
    """This replica's part of the devices. `shared_state`: all replicas have the same `state_dir`, and so one
    budget and one list of an account's plants."""

    shard: Annotated[str | None, AfterValidator(_shard)] = None
    shared_state: bool = False


class Config(Section):
    """All of it."""

    growatt: Growatt = Growatt()
    accounts: tuple[FurtherAccount, ...] = ()
    mqtt: Mqtt = Mqtt()
    homeassistant: HomeAssistant = HomeAssistant()
    polling: Polling = Polling()
    commands: Commands = Commands()
    devices: tuple[DeviceOptions, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fleet: Fleet = Fleet()
    state_dir: UserPath = Path("state")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _one_name_each(self) -> Self:
        if twice := _twice(d.serial for d in self.devices):
            raise _wrong("devices", f"{twice} stands there more than once")
        if twice := _twice(account.name for account in self.all_accounts.values()):
            raise _wrong("accounts", f"the name {twice} stands there more than once")
        return self

    @model_validator(mode="after")
    def _one_topic_each(self) -> Self:
        """Behind different prefixes of accounts, equal names differ."""
        serials: dict[str, list[str]] = {}
        for device in self.devices:
            serials.setdefault(device_segment(device.name or device.serial), []).append(device.serial)
        twice = [
            f"{' and '.join(those)} have the same name {name}" for name, those in serials.items() if len(those) > 1
        ]
        if twice and len({account.name_prefix for account in self.all_accounts.values()}) == 1:
            raise _wrong("devices", f"{'; '.join(twice)}; give each a name of its own for its topics")
        return self

    @property
    def all_accounts(self) -> dict[str, Growatt]:
        """The accounts, by where they stand: the first, which may be left out where there are others, and those."""
        first = {"growatt": self.growatt} if self.growatt.has_token or not self.accounts else {}
        return first | {f"accounts.{number}": account for number, account in enumerate(self.accounts)}

    def of(self, account: Growatt) -> str:
        """What to put before a message about one account, where there are several."""
        return f"account {account.name}: " if len(self.all_accounts) > 1 else ""

    @property
    def shard(self) -> Shard:
        return Shard.parse(self.fleet.shard) if self.fleet.shard else Shard()

    @property
    def state(self) -> Path:
        """The folder of this replica."""
        return self.state_dir / self.shard.mark("shard") if self.fleet.shard else self.state_dir

    @property
    def taking_turns(self) -> int:
        """How many use the same tokens without a common budget."""
        return 1 if self.fleet.shared_state else self.shard.count

    @property
    def budget_file(self) -> Path:
        """Whoever uses the tokens of this configuration shares it."""
        return self.state_dir / "budget.db"

    @cached_property
    def _own_intervals(self) -> dict[str, Intervals]:
        return {device.serial: device.polling for device in self.devices}

    def every(self, serial: str, source: str, usual: float) -> float:
        """Seconds between two calls about a device: its own, else everyone's, else what suits the source."""
        usual = self.polling.every(source, usual)
        own = self._own_intervals.get(serial)
        return usual if own is None else own.every(source, usual)

    def misses(self, serials: Set[str]) -> Iterator[str]:
        """What it names that is not among the devices there are."""
        named = (device.serial for device in self.devices if self.wants(device.serial))
        yield from (f"devices: no account has {serial}" for serial in named if serial not in serials)
        vain = (p for p in self.include if not any(fnmatchcase(serial, p) for serial in serials))
        yield from (f"include: {pattern} fits no device" for pattern in vain)
        for pattern in self.exclude:
            meant = (serial for serial in serials if fnmatchcase(serial.upper(), pattern.upper()))
            yield from (f"exclude: {pattern} does not fit {serial}" for serial in meant if self.wants(serial))

    def wants(self, serial: str) -> bool:
        """Whether a device shall be on MQTT; the lists may have wildcards."""
        included = not self.include or any(fnmatchcase(serial, pattern) for pattern in self.include)
        return included and not any(fnmatchcase(serial, pattern) for pattern in self.exclude)


def _secret(path: Any, name: str) -> str:
    try:
        text = _home(Path(path)).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError, TypeError) as error:
        reason = getattr(error, "strerror", None) or "not a readable text file"
        raise _wrong(f"{name}_file", f"{path}: {reason}; check the path and the permissions") from None
    if not text:
        raise _wrong(f"{name}_file", f"{path} is empty; put the {name} into it")
    return text


def _twice(names: Iterable[str]) -> str:
    return ", ".join(sorted(name for name, count in Counter(names).items() if count > 1))


def _wrong(key: str, message: str) -> PydanticCustomError:
    """A mistake in a key of the section that is looked at."""
    return PydanticCustomError("of_key", "{message}", {"message": message, "key": key})
