"""Nothing that the client can write is left without a setting, and no setting differs from what is documented."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bridge.devices import Family, Setting, families
from bridge.devices.kinds import Choice, Kind, Moment, Number, Object, Periods, Switch, Text, TimeOfDay
from bridge.devices.noah import NEXA, NOAH
from bridge.growatt import GrowattApi
from bridge.growatt.invoke import methods
from bridge.growatt.settings import SETTINGS, Slot

WRITTEN = [family for family in families() if family.settings]
MODULES = {"noah": (NOAH, NEXA), **{f.name: (f,) for f in WRITTEN if f not in (NOAH, NEXA)}}

NOT_USED = {
    (module, "setting_write_vpp_param_new"): "writes what setting_write_vpp_param does; the two must not be mixed"
    for module in ("sph", "spa", "min", "wit")
}
WRITTEN_BY_V4 = {
    **dict.fromkeys(("pv_on_off", "tlx_on_off", "max_cmd_on_off", "storage_cmd_on_off"), "power_on"),
    "pv_active_p_rate": "active_power",
}
"""Parameters that v4 writes under a call of its own, and the setting that does so."""

RANGES_OF_OUR_OWN = {"pv_active_p_rate"}
"""Documented in percent and watts alike."""

WRITE_ONLY: Mapping[str, set[str]] = {
    "noah": {"assigned_inverter", "power_on", "vpp_clock"},
    "nexa": {"assigned_inverter", "power_on", "vpp_clock"},
    "min": {"device_clock", "power_limit", "vpp_clock", "vpp_now", "vpp_clear"},
    "sph": {"device_clock", "vpp_clock", "vpp_now", "vpp_clear"},
    "spa": {"device_clock", "vpp_clock", "vpp_now", "vpp_clear"},
    "sphs": {"power_on", "vpp_clock"},
    "wit": {"vpp_clock", "vpp_clear"},
    "inverter": {"reactive_power", "device_clock"},
    "max": {"power_limit"},
    "storage": {"grid_charge_period", "forced_discharge_period", "pv_strings", "device_clock", "active_power"},
}
"""Clocks go on, a push or power now leaves nothing behind, and how the cloud shows a parameter of several values is not
documented. It shows neither the power of storage and SPH-S, nor whether SPH-S and NOAH are on."""

Call = tuple[str, str, tuple[Any, ...], dict[str, Any]]


class Recorder:
    """Stands for the client, and remembers what it is asked for."""

    def __init__(self, calls: list[Call], *path: str) -> None:
        self._calls, self._path = calls, path

    def __getattr__(self, name: str) -> "Recorder":
        return Recorder(self._calls, *self._path, name)

    def __call__(self, *args: Any, **named: Any) -> Any:
        module, method = self._path
        self._calls.append((module, method, args, named))
        return self._answer()

    async def _answer(self) -> "Recorder":
        return self

    @property
    def data(self) -> str:
        return "5000"


def example(kind: Kind) -> Any:
    match kind:
        case Number():
            return kind.high
        case Switch():
            return True
        case Choice():
            return next(iter(kind.options))
        case Moment():
            return "2025-01-31 12:30"
        case TimeOfDay():
            return "06:30"
        case Text():
            return "text"
        case Object():
            return {part.key: example(part.kind) for part in kind.parts}
        case Periods():
            return [{**example(kind.item), "start": "05:00"}]
    return "press"


def calls_of(setting: Setting) -> list[Call]:
    """The client calls that writing a setting makes."""
    calls: list[Call] = []
    if setting.write is not None:
        written: Any = setting.write(Recorder(calls), "SN1", setting.kind.parse(example(setting.kind)))  # type: ignore[arg-type]
        asyncio.run(written)
    return [call for call in calls if call[1].startswith(("setting_write", "setting_clear"))]


CALLS = {family.name: [(s, call) for s in family.settings for call in calls_of(s)] for family in WRITTEN}


def test_every_writing_method_of_the_client_is_reached_by_a_setting() -> None:
    with GrowattApi("token") as api:
        writing = {(module, name) for module, found in methods(api).items() for name, e in found.items() if e.writes}
    assert {module for module, _ in writing} == set(MODULES)
    for module, written in MODULES.items():
        for family in written:
            reached = {(called, method) for _, (called, method, *_) in CALLS[family.name]}
            expected = {call for call in writing if call[0] == module} - NOT_USED.keys()
            assert reached == expected, family.name


def by_id(family: Family, method: str) -> dict[str, Setting]:
    return {str(args[0]): setting for setting, (_, name, args, _) in CALLS[family.name] if name == method}


@pytest.mark.parametrize("family", [f for f in WRITTEN if f.device_type in SETTINGS], ids=lambda family: family.name)
def test_every_documented_parameter_has_a_setting_of_its_range(family: Family) -> None:
    assert family.device_type is not None
    documented, found = SETTINGS[family.device_type], by_id(family, "setting_write")
    elsewhere = {WRITTEN_BY_V4[id_] for id_ in documented.keys() - found.keys()}
    assert elsewhere <= {setting.name for setting in family.settings}
    for id_, setting in found.items():
        if id_ in documented and len(documented[id_].slots) > 1 and id_ not in RANGES_OF_OUR_OWN:
            pairs = zip(documented[id_].slots, slots_of(setting.kind), strict=True)
            assert [slot for slot, values in pairs if not fits(slot, values)] == [], id_


WITH_VPP = [name for name, found in methods(GrowattApi("token")).items() if "setting_write_vpp_param" in found]


@pytest.mark.parametrize("family", [f for module in WITH_VPP for f in MODULES[module]], ids=lambda family: family.name)
def test_every_vpp_parameter_has_a_setting(family: Family) -> None:
    found = by_id(family, "setting_write_vpp_param")
    assert {*found, "set_param_34"} == {f"set_param_{n}" for n in range(1, 35)}
    assert family.setting("vpp_schedule") is not None


Values = Number | TimeOfDay | set[str]


def slots_of(kind: Kind) -> Iterator[Values]:
    """What each slot takes that a value fills: an hour and its minutes, a number, codes."""
    match kind:
        case Object():
            for part in kind.parts:
                yield from slots_of(part.kind)
        case TimeOfDay():
            yield from (kind, Number(low=0, high=59))
        case Number():
            yield kind
        case Switch():
            yield {"0", "1"}
        case Choice():
            yield {str(code) for code in kind.options.values()}


def fits(slot: Slot, found: Values) -> bool:
    """Whether this is what is documented: no more, and no less but for hours, since no period starts at 24:00."""
    match found:
        case Number():
            return (found.low, found.high) == (slot.low, slot.high) and slot.unit in ("", found.unit)
        case TimeOfDay():
            last = 24 if found.end_of_day and found.midnight == "24:00" else 23
            return slot.low == 0 and slot.high in (last, 24)
    return found == {CODES.get(code, code) for code in slot.values}


CODES = {"over": "0", "under": "1"}
"""Words on the wire that have a code at home."""


@pytest.mark.parametrize("family", WRITTEN, ids=lambda family: family.name)
def test_settings_are_read_back_but_those_that_cannot_be(family: Family) -> None:
    told = {setting.name for setting in family.settings if setting.confirm is None and setting.whole is None}
    assert told == WRITE_ONLY[family.name]
