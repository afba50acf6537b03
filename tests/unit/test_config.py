"""The configuration: where values come from, and what is said about wrong ones."""

import os
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from click.testing import CliRunner

from bridge.cli import main
from bridge.config import Config, ConfigError
from bridge.devices.min import MIN
from bridge.loading import load
from bridge.service.bridge import Bridge, broker_settings

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GROWATT_BRIDGE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def secret(config: Config) -> str | None:
    return config.growatt.token.get_secret_value() if config.growatt.token else None


def test_the_file_then_the_environment_then_secret_files(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("growatt: {token: from-file, timeout: 5}\nmqtt: {host: filehost, port: 1999}\nlog_level: debug\n")
    config = load(file)
    assert (secret(config), config.mqtt.host, config.mqtt.port) == ("from-file", "filehost", 1999)

    monkeypatch.setenv("GROWATT_BRIDGE_GROWATT__TOKEN", "from-environment")
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT__HOST", "envhost")
    monkeypatch.setenv("GROWATT_BRIDGE_LOG_LEVEL", "error")
    config = load(file)
    assert (secret(config), config.mqtt.host, config.log_level) == ("from-environment", "envhost", "error")
    assert (config.mqtt.port, config.growatt.timeout) == (1999, 5)

    token = file.with_name("token")
    token.write_text("  from-secret-file\n")
    monkeypatch.setenv("GROWATT_BRIDGE_GROWATT__TOKEN_FILE", str(token))
    assert secret(load(file)) == "from-secret-file"
    monkeypatch.delenv("GROWATT_BRIDGE_GROWATT__TOKEN_FILE")
    file.write_text(f"growatt: {{token_file: {token}}}")
    assert secret(load(file)) == "from-secret-file"


def test_the_environment_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROWATT_BRIDGE_GROWATT__TOKEN", "abc")
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT__TLS__CA_FILE", "/etc/ca.pem")
    monkeypatch.setenv("GROWATT_BRIDGE_EXCLUDE", '["A", "B"]')
    config = load(None)
    assert (secret(config), config.exclude) == ("abc", ("A", "B"))
    assert config.mqtt.tls is not None
    assert config.mqtt.tls.ca_file == Path("/etc/ca.pem")


def test_the_example_holds_every_option_with_its_default() -> None:
    assert load(EXAMPLE).model_dump() == Config().model_dump()

    def keys(model: Any) -> Any:
        return {name: keys(value) if hasattr(value, "model_fields_set") else None for name, value in model}

    def given(values: Any) -> Any:
        return {name: given(value) if isinstance(value, dict) else None for name, value in values.items()}

    assert given(yaml.safe_load(EXAMPLE.read_text())) == keys(Config())
    lines = [line for line in EXAMPLE.read_text().splitlines() if line.strip()]
    assert max(len(line) for line in lines) <= 120


def test_what_is_named_and_not_there() -> None:
    devices = [{"serial": serial} for serial in ("A1", "B2", "plant_1", "OUT1")]
    config = Config(devices=devices, include=["[AB]*", "bzp*", "plant_1"], exclude=["OUT*"])
    assert list(config.misses({"A1", "plant_1"})) == ["devices: no account has B2", "include: bzp* fits no device"]
    assert list(Config(exclude=["a1", "b*"]).misses({"A1", "B2", "b3"})) == [
        "exclude: a1 does not fit A1",
        "exclude: b* does not fit B2",
    ]


async def test_a_device_called_bridge_keeps_its_topic_over_restarts(tmp_path: Path) -> None:
    named = Config(state_dir=tmp_path, growatt={"token": "t"}, devices=[{"serial": "A1", "name": "bridge"}])
    (tmp_path / "bridge.json").write_text('{"announced": {"bridge": {"growatt/bridge/state": {}}, "A1": {}}}')
    registry = Bridge(named).registry
    assert registry.add("A1", MIN, cast(Any, None)).segment == "bridge_"


def test_the_broker_keeps_commands_for_an_hour_beyond_their_age() -> None:
    assert broker_settings(Config()).session_expiry == 300 + 3600


def test_secrets_are_never_shown(file: Path) -> None:
    file.write_text("growatt: {token: sesame}\nmqtt: {password: sesame, password_file: null}\n")
    config = load(file)
    assert "sesame" not in f"{config!r} {config} {config.public()} {config.model_dump_json()}"
    assert (config.public()["growatt"]["token"], config.public()["mqtt"]["password"]) == ("set", "set")


# content of the file, what the one line says after the file's name
BROKEN = [
    ("growatt: {token: x}\nmqt: {host: a}", "mqt: unknown key; did you mean mqtt?"),
    ("growatt: {tokn: x}", "growatt.tokn: unknown key; did you mean token?"),
    ("mqtt: {zzz: 1}", "mqtt.zzz: unknown key; known here are host, port"),
    ("mqtt: {tls: {cafile: x}}", "mqtt.tls.cafile: unknown key; did you mean ca_file?"),
    ("devices: [{serial: A, nme: B}]", "devices.0.nme: unknown key; did you mean name?"),
    ("devices: [{serial: A}, {serial: A}]", "devices: A stands there more than once"),
    (
        "devices: [{serial: A, name: Shed/1}, {serial: B, name: Shed_1}, {serial: C, name: Shed}]",
        "devices: A and B have the same name Shed_1; give each a name of its own for its topics",
    ),
    ("devices: {serial: A}", 'devices: expected a list, such as [{"serial": "BZP1000001", "name": "Shed"}]'),
    ("devices: [A]", "devices.0: expected keys below it, such as serial: ..."),
    ("devices: [{name: Shed}]", "devices.0.serial: is missing; add it"),
    ("include: BZP*", 'include: expected a list, such as ["BZP*"]'),
    ("commands: {allow: schedule}", 'commands.allow: expected a list, such as ["charge_*"]'),
    ("commands: true", "commands: expected keys below it, such as enabled: ..."),
    ("commands: {enabled: maybe}", "commands.enabled: expected true or false"),
    ("state_dir: 5", "state_dir: expected a path; put it in quotes"),
    ("mqtt: {port: 99999}", "mqtt.port: expected 65535 or less"),
    ("mqtt: {port: many}", "mqtt.port: expected a whole number"),
    ("mqtt: {protocol: 3.1}", "mqtt.protocol: expected 'auto', '5' or '3.1.1'"),
    ("mqtt: {tls: true}", "mqtt.tls: expected keys below it, such as ca_file: ..., or {} to trust"),
    ("mqtt: {host: }", "mqtt.host: is empty; fill it in or leave the line out"),
    ("mqtt: {host: 'mqtt://me:sesame@10.0.0.2'}", "mqtt.host: give the name or address alone; port, user name and"),
    ("mqtt: {host: '10.0.0.2:1883'}", "mqtt.host: give the name or address alone; port, user name and password have"),
    ("growatt: {server: 'https://openapi..growatt.com'}", "growatt.server: use an address with a valid host name"),
    ("growatt: {server: 'https://[::1'}", "growatt.server: use an address with a valid host name and port"),
    ("mqtt: {host: ' '}", "mqtt.host: is empty; fill it in or leave the line out"),
    (
        "mqtt: {host: a}\nlog_level: info\nmqtt: {}",
        "line 3, column 1: not valid YAML: the key mqtt is in line 1 already",
    ),
    ("mqtt: {host: a, 'host': b}", "line 1, column 17: not valid YAML: the key host is in line 1 already; keep one"),
    ("mqtt: {username: 12345}", "mqtt.username: expected text; put the value in quotes"),
    ('mqtt: {username: "growatt\\n"}', "mqtt.username: has a line break or another control character"),
    ('mqtt: {client_id: "a\\0b"}', "mqtt.client_id: has a line break or another control character"),
    ("homeassistant: {status_topic: a/#/b}", "homeassistant.status_topic: use a topic; + stands for a whole level"),
    ("homeassistant: {status_topic: a/b+}", "homeassistant.status_topic: use a topic; + stands for a whole level"),
    ("mqtt: {base_topic: a/#}", "mqtt.base_topic: 'a/#' contains the wildcard #"),
    ("mqtt: 5", "mqtt: "),
    ("growatt: {server: mars}", "growatt.server: use one of europe, china"),
    ("growatt: {timeout: 0}", "growatt.timeout: expected more than 0"),
    ("growatt: {limits: none}", "growatt.limits: expected 'endpoint' or 'request'"),
    (
        "growatt: {token_file: /nowhere/token}",
        "growatt.token_file: /nowhere/token: No such file or directory; check the path",
    ),
    ("growatt: {token_file: {a: 1}}", "growatt.token_file: {'a': 1}: not a readable text file"),
    ("polling: {reading: -1}", "polling.reading: expected more than 0"),
    ("polling: {reading: .nan}", "polling.reading: "),
    ("polling: {reading: .inf}", "polling.reading: expected a finite number"),
    ("log_level: loud", "log_level: expected 'debug', 'info', 'warning' or 'error'"),
    ("growatt: {token: x", "line 1, column 19: not valid YAML"),
    ("growatt:\n\ttoken: x", "line 2, column 1: not valid YAML"),
    ("- a\n- b", "expected keys such as `growatt:` and `mqtt:`, found list"),
    ("just text", "expected keys such as `growatt:` and `mqtt:`, found str"),
    ("a: &a [*a]", ""),
    ("growatt: {}", "growatt.token is missing; put the API token"),
    ("growatt: {token: '  '}", "growatt.token is missing; put the API token"),
    ("", "growatt.token is missing; put the API token"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN, ids=[row[0][:30] for row in BROKEN])
def test_a_broken_file_gives_one_line_and_exit_code_2(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    result = CliRunner().invoke(main, ["run", "--config", str(file)])
    assert result.exit_code == 2
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith(f"error: {file}: {said}")
    assert "Input" not in line


def test_a_secret_file_of_a_windows_editor(file: Path) -> None:
    file.with_name("password").write_bytes(b"\xef\xbb\xbfsesame\r\n")
    file.write_text(f"mqtt: {{password_file: {file.with_name('password')}}}")
    password = load(file).mqtt.password
    assert password is not None
    assert password.get_secret_value() == "sesame"


def test_a_file_that_cannot_be_read(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such file; copy config\.example\.yaml"):
        load(file)
    with pytest.raises(ConfigError, match=r"cannot be read \(Is a directory\)"):
        load(tmp_path)
    file.write_bytes(b"growatt: {token: \xff\xfe}")
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load(file)
    file.with_name("token").write_text("\n")
    file.write_text(f"growatt: {{token_file: {file.with_name('token')}}}")
    with pytest.raises(ConfigError, match=r"growatt\.token_file: .*token is empty; put the token into it"):
        load(file)


def test_every_mistake_gets_its_line(file: Path) -> None:
    file.write_text("mqtt: {port: 0, hst: a}\nlog_level: loud\n")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert len(str(caught.value).splitlines()) == 3


def test_a_section_may_come_as_a_whole_and_in_parts(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    file.write_text("mqtt: {host: filehost, username: me, tls: {insecure: true}}\ninclude: [A]")
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT", '{"host": "whole", "port": 1, "keepalive": 70}')
    monkeypatch.setenv("growatt_bridge_mqtt__port", "2")
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT__KEEPALIVE", "")
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT__TLS__CA_FILE", "/etc/ca.pem")
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT__PASSWORD", '{"a": 1}')
    monkeypatch.setenv("GROWATT_BRIDGE_INCLUDE", '["B"]')
    config = load(file)
    mqtt, password = config.mqtt, config.mqtt.password
    assert (mqtt.host, mqtt.port, mqtt.keepalive, mqtt.username) == ("whole", 2, 70, "me")
    assert password is not None
    assert password.get_secret_value() == '{"a": 1}'
    assert mqtt.tls is not None
    assert (mqtt.tls.insecure, mqtt.tls.ca_file) == (True, Path("/etc/ca.pem"))
    assert config.include == ("B",)


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT__PORT", "many")
    with pytest.raises(ConfigError, match=r"^environment variable GROWATT_BRIDGE_MQTT__PORT: mqtt\.port: "):
        load(None)
    file.write_text("{}")
    with pytest.raises(ConfigError, match=r"^environment variable GROWATT_BRIDGE_MQTT__PORT: mqtt\.port: "):
        load(file)
    monkeypatch.delenv("GROWATT_BRIDGE_MQTT__PORT")
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT__HSOT", "x")
    with pytest.raises(ConfigError, match=r"GROWATT_BRIDGE_MQTT__HSOT: mqtt\.hsot: unknown key; did you mean host"):
        load(None)


# variable behind the prefix, its value, what the one line says
VARIABLES = [
    ("MQT__PORT", "1", "MQT__PORT: unknown; did you mean GROWATT_BRIDGE_MQTT__PORT?"),
    ("MQTT_HOST", "x", "MQTT_HOST: unknown; did you mean GROWATT_BRIDGE_MQTT__HOST?"),
    ("PORT", "1883", "PORT: unknown; "),
    (
        "TOKEN",
        "x",
        "TOKEN: unknown; sections and keys are joined by two underscores, such as GROWATT_BRIDGE_MQTT__HOST",
    ),
    ("INCLUDE", "BZP*", 'INCLUDE: include: expected a list, such as ["BZP*"]'),
    ("COMMANDS__DENY", "schedule", "COMMANDS__DENY: commands.deny: expected a list"),
    ("DEVICES", '{"serial": "A"}', 'DEVICES: devices: expected a list, such as [{"serial": '),
    ("DEVICES", '[{"serial": "A", "nam": "B"}]', "DEVICES: devices.0.nam: unknown key; did you mean name?"),
    ("DEVICES", '[{"serial": "A"}, {"serial": "A"}]', "DEVICES: devices: A stands there more than once"),
    ("DEVICES__0__NAME", "A", "DEVICES__0__NAME: devices: expected a list"),
    ("MQTT", '{"port": "many"}', "MQTT: mqtt.port: expected a whole number"),
    ("MQTT", "localhost", "MQTT: mqtt: expected keys below it"),
    ("LOG_LEVEL__X", "info", "LOG_LEVEL__X: log_level: expected 'debug', 'info', 'warning' or 'error'"),
    ("XYZ", "1", "XYZ: unknown; sections and keys are joined"),
]


@pytest.mark.parametrize(("name", "value", "said"), VARIABLES)
def test_a_wrong_variable_gives_one_line(
    monkeypatch: pytest.MonkeyPatch, file: Path, name: str, value: str, said: str
) -> None:
    file.write_text("log_level: info")
    monkeypatch.setenv(f"GROWATT_BRIDGE_{name}", value)
    with pytest.raises(ConfigError) as caught:
        load(file)
    [line] = str(caught.value).splitlines()
    assert line.startswith(f"environment variable GROWATT_BRIDGE_{said}")


def test_a_mistake_in_the_file_is_not_blamed_on_a_variable(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    file.write_text("mqtt: {port: many}")
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT", '{"host": "a"}')
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT__KEEPALIVE", "60")
    with pytest.raises(ConfigError, match=f"^{file}: mqtt.port: "):
        load(file)


def test_variables_that_are_not_for_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's own, and those that Kubernetes sets in every pod beside services of such names."""
    monkeypatch.setenv("GROWATT_BRIDGE_CONFIG", "config.yaml")
    monkeypatch.setenv("GROWATT_BRIDGE_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("GROWATT_BRIDGE_SERVICE_PORT_HTTP", "80")
    monkeypatch.setenv("GROWATT_BRIDGE_PORT", "tcp://10.0.0.1:80")
    monkeypatch.setenv("GROWATT_BRIDGE_PORT_80_TCP_ADDR", "10.0.0.1")
    monkeypatch.setenv("GROWATT_BRIDGE_MOSQUITTO_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("GROWATT_BRIDGE_MOSQUITTO_SERVICE_PORT", "1883")
    monkeypatch.setenv("GROWATT_BRIDGE_MOSQUITTO_PORT", "tcp://10.0.0.1:1883")
    monkeypatch.setenv("GROWATT_BRIDGE_MOSQUITTO_PORT_1883_TCP_ADDR", "10.0.0.1")
    assert load(None).model_dump() == Config().model_dump()
    monkeypatch.setenv("GROWATT_BRIDGE_MQTT_PORT", "1883")
    with pytest.raises(ConfigError, match="GROWATT_BRIDGE_MQTT__PORT"):
        load(None)


def test_a_path_may_begin_with_the_users_folder(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setenv("HOME", str(file.parent))
    (file.parent / "token").write_text("s3cret")
    file.write_text("growatt: {token_file: ~/token}\nstate_dir: ~/state\nmqtt: {tls: {ca_file: ~/ca.pem}}")
    config = load(file)
    assert config.growatt.token is not None
    assert (config.growatt.token.get_secret_value(), config.state_dir) == ("s3cret", file.parent / "state")
    assert config.mqtt.tls is not None
    assert config.mqtt.tls.ca_file == file.parent / "ca.pem"
    file.write_text("state_dir: ~nobody-has-this-name/state")
    with pytest.raises(ConfigError, match=r"state_dir: .* give the whole path"):
        load(file)


def test_a_token_may_end_its_line(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("growatt:\n  token: |\n    s3cret\n")
    token = load(file).growatt.token
    assert token is not None
    assert token.get_secret_value() == "s3cret"
    monkeypatch.setenv("GROWATT_BRIDGE_GROWATT__TOKEN", "other\n")
    token = load(file).growatt.token
    assert token is not None
    assert token.get_secret_value() == "other"


@pytest.mark.parametrize("token", ["zwei\\nZeilen", "schlüssel"])
def test_a_token_that_cannot_be_one_is_named_and_not_told(file: Path, token: str) -> None:
    file.write_text(f'growatt: {{token: "{token}"}}', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"growatt\.token: .*plain ASCII") as refused:
        load(file)
    assert token not in str(refused.value)


def test_the_version_of_mqtt_may_be_a_number(file: Path) -> None:
    file.write_text("mqtt: {protocol: 5}")
    assert load(file).mqtt.protocol == "5"


def test_what_an_anchor_brings_may_be_said_anew(file: Path) -> None:
    file.write_text("devices: [&a {serial: A, deny: [x]}, {<<: *a, serial: B}]")
    assert [(d.serial, d.deny) for d in load(file).devices] == [("A", ("x",)), ("B", ("x",))]


def test_devices_of_two_accounts_may_have_one_name() -> None:
    accounts = [{"name": "parents", "name_prefix": "parents_", "token": "x"}]
    devices = [{"serial": "A", "name": "Shed"}, {"serial": "B", "name": "Shed"}]
    Config(growatt={"token": "x"}, accounts=accounts, devices=devices)
    with pytest.raises(ValueError, match="A and B have the same name Shed"):
        Config(growatt={"token": "x"}, devices=devices)
