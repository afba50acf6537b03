"""The configuration: a YAML file, then environment variables, then secret files, each overriding the one before.

Environment: GROWATT_BRIDGE_ and the key in capitals, sections joined by two underscores, for example
GROWATT_BRIDGE_MQTT__HOST. Secret files: a key that ends in `_file` names a file whose content is the secret.
"""

import difflib
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatchcase
from functools import cached_property
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
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bridge.fleet import Shard
from bridge.growatt import ArgumentError
from bridge.growatt.session import server_address
from bridge.mqtt import Topics, device_segment

ENVIRONMENT_PREFIX = "GROWATT_BRIDGE_"
FILE_VARIABLE = f"{ENVIRONMENT_PREFIX}CONFIG"
_LOCAL_TIME = Path("/etc/localtime")

_KUBERNETES = re.compile(r"(\w+_)?(SERVICE_(HOST|PORT)\w*=.*|PORT=\w+://.*|PORT_\d+_\w+=.*)")
"""What every pod is told of services whose names begin with growatt-bridge."""


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
Loc = tuple[int | str, ...]


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


class _Environment(EnvSettingsSource):
    """Leaves what is no JSON as it is: the check of the key then says what is expected there."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        with suppress(ValueError):
            return super().decode_complex_value(field_name, field, value)
        return value


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
        return _Environment(settings_cls), init_settings


def load(path: Path | None) -> Config:
    """Read and check the configuration; raises ConfigError. Without a file, the environment alone counts."""
    values = _read(path) if path else {}
    wrong = list(_strays())
    try:
        config = _WithEnvironment(**values)
    except ValidationError as error:
        raise ConfigError("\n".join([*wrong, *_explain(path, error)])) from None
    if wrong:
        raise ConfigError("\n".join(wrong))
    return config


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in one place, of which the last would win in silence."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        first: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            name = (key.tag, str(key.value))
            if name in first:
                text = f"the key {key.value} is in line {first[name]} already; keep one of the two"
                raise yaml.MarkedYAMLError(problem=text, problem_mark=key.start_mark)
            first[name] = key.start_mark.line + 1
        return node


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is a SafeLoader
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


def _explain(path: Path | None, error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        loc = detail["loc"]
        if detail["type"] == "of_key":
            loc = (*loc, detail["ctx"]["key"])
        key = ".".join(str(part) for part in loc)
        yield ": ".join(filter(None, (_origin(path, loc), key, _message(detail))))


def _message(detail: ErrorDetails) -> str:
    """In words for people. Never with the value: it may be a secret in the wrong place."""
    kind, loc = detail["type"], detail["loc"]
    if detail["input"] is None and kind != "extra_forbidden":
        kind = "string_too_short"
    if kind not in _WORDS:
        return detail["msg"].removeprefix("Value error, ")
    hint = _HINTS[kind](loc) if kind in _HINTS else ""
    return _WORDS[kind].format(hint=hint, **detail.get("ctx", {}))


def _origin(path: Path | None, loc: Loc) -> str:
    """Where a value stands: in a variable of its own, in one that holds what is around it, else in the file."""
    variables = {name.upper(): value for name, value in os.environ.items() if value}
    for end in range(len(loc), 0, -1):
        variable = ENVIRONMENT_PREFIX + "__".join(str(part) for part in loc[:end]).upper()
        if variable in variables and _holds(variables[variable], loc[end:]):
            return f"environment variable {variable}"
    below = f"{ENVIRONMENT_PREFIX}{'__'.join(str(part) for part in loc)}__".upper()
    inside = [name for name in sorted(variables) if name.startswith(below)]
    return f"environment variable {inside[0]}" if inside else str(path or "environment")


def _holds(text: str, rest: Loc) -> bool:
    """Whether a variable says something of what is below it. A list takes the place of the file's; a section may leave
    keys to the file."""
    with suppress(ValueError):
        value = json.loads(text)
        return not rest or not isinstance(value, dict) or rest[0] in value
    return not rest


def _strays() -> Iterator[str]:
    """Variables that belong to no key, which nobody else would look at."""
    known = list(_variables(Config))
    for name, value in sorted(os.environ.items()):
        upper = name.upper()
        rest = upper.removeprefix(ENVIRONMENT_PREFIX)
        key = rest.partition("__")[0].lower()
        foreign = upper in (rest, FILE_VARIABLE) or _KUBERNETES.fullmatch(f"{rest}={value}")
        if not foreign and key not in Config.model_fields:
            yield f"environment variable {name}: unknown; {_meant(rest, known)}"


def _meant(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = "did you mean {}?" if close else "sections and keys are joined by two underscores, such as {}"
    return hint.format(ENVIRONMENT_PREFIX + (close or ["MQTT__HOST"])[0])


def _variables(model: Any, above: str = "") -> Iterator[str]:
    """What a variable may be called, without the prefix."""
    for name, info in model.model_fields.items():
        kinds = get_args(info.annotation) or (info.annotation,)
        if hasattr(kinds[0], "model_fields") and ... not in kinds:
            yield from _variables(kinds[0], f"{above}{name.upper()}__")
        else:
            yield f"{above}{name.upper()}"


def _keys(loc: Loc) -> list[str]:
    """What may stand below a place of the configuration."""
    model: Any = Config
    for part in loc:
        info = model.model_fields.get(part) if isinstance(part, str) and hasattr(model, "model_fields") else None
        model = next(iter(get_args(info.annotation)), info.annotation) if info else model
    return list(getattr(model, "model_fields", {}))


def _suggest(loc: Loc) -> str:
    known = _keys(loc[:-1])
    close = difflib.get_close_matches(str(loc[-1]), known, n=1)
    return f"did you mean {close[0]}?" if close else f"known here are {', '.join(known)}"


_WORDS: Mapping[str, str] = {
    "extra_forbidden": "unknown key; {hint}",
    "missing": "is missing; add it",
    "string_too_short": "is empty; fill it in or leave the line out",
    "string_type": "expected text; put the value in quotes",
    "path_type": "expected a path; put it in quotes",
    "model_type": "expected keys below it, such as {hint}",
    "tuple_type": "expected a list, such as {hint}",
    "literal_error": "expected {expected}",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a finite number",
    "greater_than": "expected more than {gt:g}",
    "greater_than_equal": "expected {ge:g} or more",
    "less_than_equal": "expected {le:g} or less",
}
"""What is wrong, by kind of mistake; a kind that is not here has words of its own."""

_HINTS: Mapping[str, Callable[[Loc], str]] = {
    "extra_forbidden": _suggest,
    "model_type": lambda loc: _EXAMPLES.get(loc[-1], f"{_keys(loc)[0]}: ..."),
    "tuple_type": lambda loc: _EXAMPLES.get(loc[-1], '["charge_*"]'),
}

_EXAMPLES: Mapping[int | str, str] = {
    "tls": "ca_file: ..., or {} to trust the system's authorities",
    "accounts": '[{"name": "parents", "token_file": "/run/secrets/parents"}]',
    "devices": '[{"serial": "BZP1000001", "name": "Shed"}]',
    "include": '["BZP*"]',
    "exclude": '["BZP*"]',
    "enabled": '["battery_cycles"]',
    "disabled": '["pv1_voltage"]',
}
"""Examples that are right in YAML and as the JSON of a variable."""
