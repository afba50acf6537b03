"""The configuration: a YAML file, then environment variables, then secret files, each overriding the one before.

Environment: GROWATT_BRIDGE_ and the key in capitals, sections joined by two underscores, for example
GROWATT_BRIDGE_MQTT__HOST. Secret files: a key that ends in `_file` names a file whose content is the secret.
"""

import difflib
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bridge.fleet import Shard
from bridge.growatt import ArgumentError
from bridge.growatt.session import server_address
from bridge.mqtt import Topics

ENVIRONMENT_PREFIX = "GROWATT_BRIDGE_"
_LOCAL_TIME = Path("/etc/localtime")


class ConfigError(Exception):
    """One line for each thing that is wrong: file, key, remedy."""


def _server(value: str) -> str:
    try:
        server_address(value)
    except ArgumentError as error:
        raise ValueError(f"use {error.allowed}") from None
    return value


def _base_topic(value: str) -> str:
    return Topics(value).base


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


def _shard(value: str | None) -> str | None:
    if value is not None:
        Shard.parse(value)
    return value


Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]


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


class Tls(Section):
    """Encryption towards the broker."""

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    insecure: bool = False


class Growatt(Section):
    """An account at Growatt."""

    SECRETS: ClassVar[tuple[str, ...]] = ("token",)

    name: Text = "growatt"
    name_prefix: str = ""
    token: SecretStr | None = None
    token_file: Path | None = None
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

    host: str = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    username: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    client_id: Annotated[str, Field(min_length=1)] = "growatt-bridge"
    base_topic: Annotated[str, AfterValidator(_base_topic)] = "growatt"
    protocol: Literal["auto", "5", "3.1.1"] = "auto"
    keepalive: Annotated[int, Field(ge=5, le=65535)] = 60
    flat_topics: bool = False
    tls: Tls | None = None


class HomeAssistant(Section):
    """Discovery."""

    discovery: Annotated[Literal["device", "component", "both", "off"], BeforeValidator(_mode)] = "device"
    discovery_prefix: Annotated[str, AfterValidator(_base_topic)] = "homeassistant"
    status_topic: str = "homeassistant/status"


class Intervals(Section):
    """How often the cloud is asked, in seconds, by kind of data; never more often than Growatt allows."""

    reading: Seconds | None = None
    status: Seconds | None = None
    details: Seconds | None = None
    settings: Seconds | None = None
    overview: Seconds | None = None
    firmware: Seconds | None = None

    def every(self, source: str, default: float) -> float:
        """The interval of a source; the catalogue's own where none is set here."""
        chosen = getattr(self, source, None)
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
    audit_log: Path | None = Path("audit.jsonl")


class DeviceOptions(Section):
    """One device's own options. `allow` takes the place of that of `commands`, `deny` adds to it."""

    serial: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)] | None = None
    enabled: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()
    polling: Intervals = Intervals()


class Fleet(Section):
    """This replica's part of the devices. `shared_state`: all replicas have the same `state_dir`, and so one budget."""

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
    state_dir: Path = Path("state")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _one_name_each(self) -> Self:
        serials = [d.serial for d in self.devices]
        if twice := {s for s in serials if serials.count(s) > 1}:
            raise ValueError(f"devices: {', '.join(sorted(twice))} stands there more than once")
        names = [account.name for account in self.all_accounts.values()]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"accounts: the name {', '.join(sorted(twice))} stands there more than once")
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

    def wants(self, serial: str) -> bool:
        """Whether a device shall be on MQTT; the lists may have wildcards."""
        included = not self.include or any(fnmatchcase(serial, pattern) for pattern in self.include)
        return included and not any(fnmatchcase(serial, pattern) for pattern in self.exclude)

    def public(self) -> dict[str, Any]:
        """For `bridge/info`: without secrets and without paths of secret files."""
        token: Any = {"token_file"}
        secret_files = {"growatt": token, "accounts": {"__all__": token}, "mqtt": {"password_file"}}
        shown = self.model_dump(mode="json", exclude=secret_files)
        for account in (shown["growatt"], *shown["accounts"]):
            account["token"] = "set" if account["token"] else None
        shown["mqtt"]["password"] = "set" if self.mqtt.password else None
        return shown


class _WithEnvironment(Config, BaseSettings):
    """The file's values arrive as arguments; the environment goes before them."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


def load(path: Path | None) -> Config:
    """Read and check the configuration; raises ConfigError. Without a file, the environment alone counts."""
    values = _read(path) if path else {}
    try:
        return _WithEnvironment(**values)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(path, error))) from None
    except SettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        name = f"{ENVIRONMENT_PREFIX}{field[1].upper()}" if field else "a variable"
        raise ConfigError(f'environment variable {name}: expected JSON, such as ["..."]') from None


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; copy config.example.yaml and fill in your token") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the permissions") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8 text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ConfigError(
            f"{path}: {where}not valid YAML: {getattr(error, 'problem', None) or 'cannot be read'}"
        ) from None
    except ValueError as error:
        raise ConfigError(f"{path}: a value cannot be read: {error}; put dates and the like in quotes") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected keys such as `growatt:` and `mqtt:`, found {type(values).__name__}")
    return {str(key): value for key, value in values.items() if value is not None}


def _secret(path: Any, name: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, TypeError) as error:
        reason = getattr(error, "strerror", None) or "not a readable text file"
        raise _unreadable(name, f"{path}: {reason}; check the path and the permissions") from None
    if not text:
        raise _unreadable(name, f"{path} is empty; put the {name} into it")
    return text


def _unreadable(name: str, message: str) -> PydanticCustomError:
    return PydanticCustomError("secret_file", "{message}", {"message": message, "key": f"{name}_file"})


def _explain(path: Path | None, error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False, include_input=False):
        loc = detail["loc"]
        message = detail["msg"].removeprefix("Value error, ")
        if detail["type"] == "extra_forbidden":
            message = f"unknown key{_suggest(loc)}"
        elif detail["type"] == "string_type":
            message = "expected text; put the value in quotes"
        elif detail["type"] == "secret_file":
            loc = (*loc, detail["ctx"]["key"])
        key = ".".join(str(part) for part in loc)
        yield ": ".join(filter(None, (_origin(path, loc), key, message)))


def _origin(path: Path | None, loc: tuple[int | str, ...]) -> str:
    variable = ENVIRONMENT_PREFIX + "__".join(str(part) for part in loc).upper()
    if any(name.upper().startswith(variable) for name in os.environ):
        return f"environment variable {variable}"
    return str(path) if path else "environment"


def _suggest(loc: tuple[int | str, ...]) -> str:
    model: Any = Config
    for part in loc[:-1]:
        info = model.model_fields.get(part) if isinstance(part, str) and hasattr(model, "model_fields") else None
        model = next(iter(get_args(info.annotation)), info.annotation) if info else model
    known = list(getattr(model, "model_fields", {}))
    close = difflib.get_close_matches(str(loc[-1]), known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known here are {', '.join(known)}"
