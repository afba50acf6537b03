"""What may be written, by configuration: the rules, and the words that name their keys."""

import logging
from typing import Any

import pytest

from bridge.config import Config
from bridge.devices.min import MIN
from bridge.devices.noah import NOAH
from bridge.devices.raw import setting_of
from bridge.mqtt import Topics
from bridge.service.policy import Policy

SN = "SN1"
SLOT = "time_period_1"


def policy(own: dict[str, Any] | None = None, base: str = "growatt", **commands: Any) -> Policy:
    return Policy(Config(commands=commands, devices=[{"serial": SN, **own}] if own else []), Topics(base))


def reason(rules: Policy, name: str, value: Any = None, serial: str = SN) -> str | None:
    setting = setting_of(MIN if name == "parameter" else NOAH, name)
    assert setting is not None
    return rules.refusal(serial, setting, value)


# options of commands, options of the device, setting, value, the reason
RULES: list[tuple[dict[str, Any], dict[str, Any], str, Any, str | None]] = [
    ({}, {}, "charge_limit", 80, None),
    ({"enabled": False}, {}, "charge_limit", 80, "commands.enabled"),
    ({"read_only": True}, {}, "charge_limit", 80, "the bridge is read-only (commands.read_only)"),
    ({"dry_run": True}, {}, "charge_limit", 80, None),
    ({"allow": ["charge_limit"]}, {}, "charge_limit", 80, None),
    ({"allow": ["charge_limit"]}, {}, "default_power", 80, "default_power may not be written: commands.allow"),
    ({"allow": []}, {}, "default_power", 80, "commands.allow does not name it"),
    ({"allow": ["*_limit"]}, {}, "discharge_limit", 80, None),
    ({"allow": ["*"], "deny": ["charge_*"]}, {}, "charge_limit", 80, "charge_* stands in commands.deny"),
    ({"deny": ["charge_*"]}, {}, "discharge_limit", 80, None),
    ({"allow": ["charge_limit"]}, {"allow": ["default_power"]}, "default_power", 80, None),
    ({"allow": ["charge_limit"]}, {"allow": ["default_power"]}, "charge_limit", 80, "devices[SN1].allow"),
    ({}, {"allow": []}, "charge_limit", 80, "devices[SN1].allow does not name it"),
    ({"deny": ["charge_limit"]}, {"deny": ["off_grid"]}, "charge_limit", 80, "commands.deny"),
    ({"deny": ["charge_limit"]}, {"deny": ["off_grid"]}, "off_grid", True, "devices[SN1].deny"),
    ({"allow": ["time_period_?"]}, {}, f"{SLOT}_power", 1, None),
    ({"allow": ["time_period_?"]}, {}, SLOT, {"power": 1, "end": "10:00"}, None),
    ({"allow": [f"{SLOT}_power"]}, {}, f"{SLOT}_power", 1, None),
    ({"allow": [f"{SLOT}_power"]}, {}, f"{SLOT}_end", "10:00", f"{SLOT}_end may not be written"),
    ({"allow": [f"{SLOT}_power"]}, {}, SLOT, {"power": 1}, None),
    ({"allow": [f"{SLOT}_power"]}, {}, SLOT, {"power": 1, "end": "10:00"}, f"{SLOT}_end may not be written"),
    ({"deny": [f"{SLOT}_power"]}, {}, SLOT, {"end": "10:00"}, None),
    ({"deny": [f"{SLOT}_power"]}, {}, SLOT, {"power": 1, "end": "10:00"}, f"{SLOT}_power stands in commands.deny"),
    ({"deny": [SLOT]}, {}, f"{SLOT}_power", 1, f"{SLOT} stands in commands.deny"),
    ({"allow": ["schedule"]}, {}, "schedule", [], None),
    ({}, {}, "parameter", {}, "commands.allow_raw: true"),
    ({"allow_raw": True}, {}, "parameter", {}, None),
    ({"allow_raw": True, "allow": ["charge_*"]}, {}, "parameter", {}, "commands.allow does not name it"),
    ({"allow_raw": True, "allow": ["parameter"]}, {}, "parameter", {}, None),
    ({"allow_raw": True, "deny": ["power_on"]}, {}, "parameter", {}, "could be what commands.deny forbids"),
    ({"allow_raw": True, "read_only": True}, {}, "parameter", {}, "commands.read_only"),
]


@pytest.mark.parametrize(("commands", "own", "name", "value", "why"), RULES)
def test_what_may_be_written(commands: Any, own: Any, name: str, value: Any, why: str | None) -> None:
    found = reason(policy(own, **commands), name, value)
    assert (found is None) if why is None else why in (found or "")


def test_the_lists_of_a_device_are_its_own() -> None:
    rules = policy({"deny": ["charge_limit"]})
    assert reason(rules, "charge_limit", 80, "SN2") is None
    assert "devices[SN1].deny" in (reason(rules, "charge_limit", 80) or "")


# options of commands, options of a device, method, the reason
REQUESTS: list[tuple[dict[str, Any], dict[str, Any], str, str | None]] = [
    ({}, {}, "setting_write_on_off", None),
    ({"enabled": False}, {}, "setting_write_on_off", "commands.enabled"),
    ({"read_only": True}, {}, "setting_write_on_off", "commands.read_only"),
    ({"dry_run": True}, {}, "setting_write_on_off", "commands.dry_run"),
    ({"allow": ["*"]}, {}, "setting_write_on_off", "beside commands.allow"),
    ({"deny": ["off_grid"]}, {}, "setting_write_on_off", "beside commands.deny"),
    ({}, {"allow": []}, "setting_clear_vpp_time_period", "beside devices[SN1].allow"),
    ({}, {"deny": ["off_grid"]}, "setting_write_on_off", "beside devices[SN1].deny"),
    ({}, {"name": "Shed"}, "setting_write_on_off", None),
    ({}, {}, "setting_write", "commands.allow_raw: true"),
    ({"allow_raw": True}, {}, "setting_write", None),
    ({"allow_raw": True, "allow": ["parameter"]}, {}, "setting_write", "beside commands.allow"),
]


@pytest.mark.parametrize(("commands", "own", "method", "why"), REQUESTS)
def test_requests_are_no_back_door(commands: Any, own: Any, method: str, why: str | None) -> None:
    found = policy(own, **commands).request(method)
    assert (found is None) if why is None else why in (found or "")


def test_requests_are_shown_the_way_that_is_open() -> None:
    assert policy(base="home/growatt", allow=["*"]).request("setting_write_on_off") == (
        "beside commands.allow settings are written on home/growatt/<device>/set alone"
    )


def test_what_is_locked() -> None:
    everything = {setting.name for setting in NOAH.settings}
    assert policy().locked(SN, NOAH) == policy(dry_run=True).locked(SN, NOAH) == set()
    assert policy(read_only=True).locked(SN, NOAH) == policy(enabled=False).locked(SN, NOAH) == everything
    parts = {f"{SLOT}_{part}" for part in ("start", "end", "mode", "power", "enabled")}
    assert policy(deny=[SLOT]).locked(SN, NOAH) == {SLOT, *parts}
    assert policy(allow=[SLOT]).locked(SN, NOAH) == everything - {SLOT, *parts}


def test_names_that_fit_nothing_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    own = {"deny": ["time_segment_*", "parameter", "charge_limit"]}
    rules = policy(own, allow=["time_segment_*", "chrage_limit"], deny=["parameter"])
    with caplog.at_level(logging.WARNING, "bridge.commands"):
        for _ in range(2):
            rules.review(SN, NOAH)
            rules.review("SN2", NOAH)
    assert [record.getMessage() for record in caplog.records] == [
        "commands.allow: chrage_limit fits no setting of any device; docs/devices.md lists them",
        "devices[SN1].deny: time_segment_* fits no setting of SN1; docs/devices.md lists them",
        "devices[SN1].deny: parameter fits no setting of SN1; docs/devices.md lists them",
    ]


def test_entities_that_a_device_cannot_have_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    own = {"enabled": ["pv1_volt", "pv_power", "fault"], "disabled": ["charge_limit", "battery_*"]}
    rules = policy(own)
    with caplog.at_level(logging.WARNING, "bridge.commands"):
        for serial in (SN, SN, "SN2"):
            rules.review(serial, NOAH)
    assert [record.getMessage() for record in caplog.records] == [
        "devices[SN1].enabled: pv1_volt is no property or setting of SN1; docs/devices.md lists them",
        "devices[SN1].disabled: battery_* is no property or setting of SN1; docs/devices.md lists them",
    ]
