"""The settings that v1 writes and VPP writes know by id: their value slots, ranges and meanings, family by family.

    from bridge.growatt.settings import SETTINGS, VPP
    SETTINGS[DeviceType.MIN]["charge_power"].slots[0].high   # 100

Source: vendor documentation. Firmware knows more ids than are documented; those are sent without a check. Ranges,
units and meanings are those on MQTT, too, where `load first` is `load_first`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import Enum
from math import isfinite
from typing import Any

from bridge.growatt.arguments import whole, wire_text
from bridge.growatt.enums import DeviceType
from bridge.growatt.errors import ArgumentError

_SECONDS, _MINUTES = "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_ARGUMENT = "parameter_value_{}"

ANY_REGISTER = "set_any_reg"
"""Writes register (slot 1) and value (slot 2) of any kind; a wrong value can damage a device."""


@dataclass(frozen=True)
class Slot:
    """One value of a setting. `values`: what may be sent and what it means; else `low` to `high`, where documented.

    `gap`: the open interval within the range that is not allowed. `needed`: it may not be left empty. `whole`: only
    whole numbers are allowed. `clock`: it is a time of that format.
    """

    what: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    gap: tuple[float, float] | None = None
    needed: bool = False
    whole: bool = False
    clock: str = ""

    @property
    def allowed(self) -> str:
        """The range, for people."""
        if self.values:
            return ", ".join(f"{value} ({meaning})" for value, meaning in self.values.items())
        unit = f" {self.unit}" if self.unit else ""
        if self.gap:
            return f"{self.low:g} to {self.gap[0]:g} or {self.gap[1]:g} to {self.high:g}{unit}"
        if self.clock:
            return f"a time such as {datetime.max.replace(tzinfo=UTC).strftime(self.clock)}"
        if self.low is not None:
            return f"{self.low:g} to {self.high:g}{unit}"
        return f"a number{unit}" if unit else "any text"

    def text(self, value: Any) -> str | None:
        """What is sent for a value, None where it is outside what is documented; an empty slot mostly is not."""
        if value is None or value == "":
            return None if self.needed else ""
        if self.clock:
            return _moment(value, self.clock)
        text = plain_text(value)
        if text is None or (self.values and text not in self.values):
            return None
        return text if self.values or (self.low is None and not self.unit) or self._within(text) else None

    def _within(self, text: str) -> bool:
        """Whether it is a number within the range."""
        if not _NUMBER.fullmatch(text):
            return False
        amount = float(text)
        return (
            (self.low is None or self.low <= amount)
            and (self.high is None or amount <= self.high)
            and not (self.gap and self.gap[0] < amount < self.gap[1])
            and not (self.whole and not amount.is_integer())
        )


@dataclass(frozen=True)
class Parameter:
    """One setting.

    `alternative`: another layout of the slots that firmware is known to take.
    """

    what: str
    slots: tuple[Slot, ...]
    alternative: tuple[Slot, ...] = ()


def plain_text(value: Any) -> str | None:
    """The wire's text of a value, None where no setting can have one of its kind."""
    if isinstance(value, datetime):
        return value.strftime(_SECONDS)
    if isinstance(value, float):
        return wire_text(value) if isfinite(value) else None
    return wire_text(value).strip() if isinstance(value, str | int | Enum | time | date) else None


def _moment(value: Any, clock: str) -> str | None:
    if isinstance(value, datetime):
        return value.strftime(clock)
    try:
        return datetime.strptime(value, clock).strftime(clock)  # noqa: DTZ007 - the device's own clock
    except (TypeError, ValueError):
        return None


def _choice(what: str, *meanings: str) -> Slot:
    return Slot(what, values={str(code): meaning for code, meaning in enumerate(meanings)})


def _percent(what: str, low: float = 0, high: float = 100) -> Slot:
    return Slot(what, low, high, "%")


def _switch(what: str = "state") -> Slot:
    return _choice(what, "off", "on")


def _span(name: str, last_hour: int = 23) -> tuple[Slot, ...]:
    return (
        Slot(f"{name} start hour", 0, last_hour, whole=True),
        Slot(f"{name} start minute", 0, 59, whole=True),
        Slot(f"{name} end hour", 0, last_hour, whole=True),
        Slot(f"{name} end minute", 0, 59, whole=True),
    )


def _three_spans() -> tuple[Slot, ...]:
    return tuple(slot for n in (1, 2, 3) for slot in (*_span(f"slot {n}"), _switch(f"slot {n} active")))


_POWER_STATE = Slot("state", values={"0000": "off", "0001": "on"})
_CLOCK = Slot("time", clock=_SECONDS)
_FREQUENCY = _choice("choice", "50 Hz", "60 Hz")
_VOLTAGE = _choice("choice", "230 V", "208 V", "240 V")
_PLAN = (_percent("power"), _percent("stop at state of charge"))

_POWER_FACTOR = Parameter("power factor", (Slot("power factor", -1, 1, gap=(-0.8, 0.8)),))
_ACTIVE_POWER = Parameter("active power limit", (_percent("limit"),))
_REACTIVE_POWER = Parameter("reactive power", (_percent("share"),))
_COMMON: Mapping[str, Parameter] = {
    "pv_on_off": Parameter("inverter on/off", (_POWER_STATE,)),
    "pf_sys_year": Parameter("device clock", (_CLOCK,)),
    "pv_grid_voltage_high": Parameter("upper grid voltage limit", (Slot("limit", unit="V"),)),
    "pv_pf_cmd_memory_state": Parameter("keep the following power commands after restart", (_switch(),)),
    "pv_active_p_rate": _ACTIVE_POWER,
    "pv_reactive_p_rate": _REACTIVE_POWER,
    "pv_power_factor": _POWER_FACTOR,
}

_INVERTER = {
    **_COMMON,
    "pv_reactive_p_rate": Parameter(
        "reactive power", (_percent("share"), Slot("direction", values={"over": "capacitive", "under": "inductive"}))
    ),
}

_STORAGE = {
    "storage_cmd_on_off": Parameter("storage on/off, also decides about reconnecting", (_POWER_STATE,)),
    "storage_cmd_mode": Parameter("system mode", (_choice("choice", "standard", "free"),)),
    "storage_cmd_forced_discharge_enable": Parameter("forced discharge", (_choice("state", "on", "off"),)),
    "storage_lithium_battery": Parameter("lowest lithium state of charge", (_percent("limit", 0, 10),)),
    "storage_fdt_open_voltage": Parameter(
        "PV string voltages", (Slot("open circuit voltage", 300, 500, "V"), Slot("MPP share of it", 0.55, 0.9))
    ),
    "storage_cmd_forced_discharge_time1": Parameter("forced discharge period", _span("period", 24)),
    "storage_cmd_sys_year": Parameter("device clock", (Slot("time", clock=_MINUTES),)),
    "storage_ac_charge_enable_disenable": Parameter("charging from the grid", (_switch(),)),
    "storage_ac_charge_hour_start": Parameter("grid charge period", _span("period", 24)),
    "storage_ac_charge_soc_limit": Parameter("stop grid charging at", (_percent("state of charge", 10, 80),)),
}

_MAX = {
    "max_cmd_on_off": Parameter("inverter on/off", (_POWER_STATE,)),
    "pv_active_p_rate": Parameter("active power limit", (_percent("limit"), _switch("keep after restart"))),
    "pv_power_factor": _POWER_FACTOR,
}

_SPH = {
    **_COMMON,
    "pv_grid_voltage_low": Parameter("lower grid voltage limit", (Slot("limit", unit="V"),)),
    "mix_ac_discharge_time_period": Parameter("grid first plan", (*_PLAN, *_three_spans())),
    "mix_ac_charge_time_period": Parameter(
        "battery first plan", (*_PLAN, _switch("charge from grid"), *_three_spans())
    ),
    "backflow_setting": Parameter("feed-in limiter", (_switch(), _percent("allowed feed-in"))),
    "mix_off_grid_enable": Parameter("backup output", (_switch(),)),
    "mix_ac_discharge_frequency": Parameter("backup frequency", (_FREQUENCY,)),
    "mix_ac_discharge_voltage": Parameter("backup voltage", (_VOLTAGE,)),
    "mix_load_flast_value_multi": Parameter("stop discharging at (load first)", (_percent("state of charge"),)),
    "mix_load_first_control": Parameter(
        "load first phase handling", (_choice("choice", "sum of three phases", "each phase"),)
    ),
    "mix_single_export": Parameter("per-phase feed-in limiter", (_switch(),)),
}

_SPA = {
    **_COMMON,
    "pv_grid_voltage_low": _SPH["pv_grid_voltage_low"],
    "spa_load_flast": Parameter("load first: periods without discharge", _three_spans()),
    "spa_ac_charge_time_period": Parameter(
        "battery first plan",
        (*_PLAN, *_three_spans()),
        alternative=(*_PLAN, _switch("charge from grid"), *_three_spans()),
    ),
    "spa_off_grid_enable": Parameter("backup output", (_switch(),)),
    "spa_ac_discharge_frequency": Parameter("backup frequency", (_FREQUENCY,)),
    "spa_ac_discharge_voltage": Parameter("backup voltage", (_VOLTAGE,)),
}

_KEEP = _switch("keep after restart")
_MIN = {
    "backflow_setting": Parameter("feed-in limiter", (_choice("mode", "off", "meter", "CT"),)),
    "tlx_on_off": Parameter("inverter on/off", (_POWER_STATE,)),
    "pf_sys_year": Parameter("device clock", (_CLOCK,)),
    "pv_grid_voltage_high": Parameter("upper grid voltage limit", (Slot("limit", unit="V"),)),
    "pv_grid_voltage_low": Parameter("lower grid voltage limit", (Slot("limit", unit="V"),)),
    "tlx_off_grid_enable": Parameter("backup output", (_switch(),)),
    "tlx_ac_discharge_frequency": Parameter("backup frequency", (_FREQUENCY,)),
    "tlx_ac_discharge_voltage": Parameter("backup voltage", (_VOLTAGE,)),
    "pv_active_p_rate": Parameter(
        "active power limit",
        (_percent("limit"), _KEEP, Slot("unit", values={"0": "percent"})),
        alternative=(Slot("limit", 0, 1_000_000, "W"), _KEEP, Slot("unit", values={"1": "watt"}, needed=True)),
    ),
    "pv_reactive_p_rate": Parameter("reactive power", (_percent("share"),)),
    "pv_power_factor": Parameter("power factor", _POWER_FACTOR.slots),
    "charge_power": Parameter("charge power limit", (_percent("limit"),)),
    "charge_stop_soc": Parameter("stop charging at", (_percent("state of charge"),)),
    "discharge_power": Parameter("discharge power limit", (_percent("limit"),)),
    "discharge_stop_soc": Parameter("stop discharging at", (_percent("state of charge"),)),
    "on_grid_discharge_stop_soc": Parameter("stop discharging at, on grid", (_percent("state of charge"),)),
    "ac_charge": Parameter("charging from the grid", (_switch(),)),
    **{
        f"time_segment{n}": Parameter(
            f"time slot {n}",
            (_choice("mode", "load first", "battery first", "grid first"), *_span("slot"), _switch("active")),
        )
        for n in range(1, 10)
    },
}

SETTINGS: Mapping[DeviceType, Mapping[str, Parameter]] = {
    DeviceType.INVERTER: _INVERTER,
    DeviceType.STORAGE: _STORAGE,
    DeviceType.MAX: _MAX,
    DeviceType.SPH: _SPH,
    DeviceType.SPA: _SPA,
    DeviceType.MIN: _MIN,
}
"""Parameters of `setting_write` and `setting_read`, by family and id."""


def _vpp(what: str, slot: Slot) -> Parameter:
    return Parameter(what, (slot,))


_BACKUP_VOLTAGES = _choice("choice", "230 V", "208 V", "240 V", "220 V", "127 V", "277 V", "254 V")
_REACTIVE_MODES = _choice(
    "mode",
    "power factor 1",
    "power factor",
    "default curve (reserved)",
    "user curve (reserved)",
    "lagging (+)",
    "leading (-)",
)
_PROTECTION = _choice("protection", "default", "software and hardware", "software", "hardware")
_VPP = (
    _vpp("allow remote control", _switch()),
    _vpp("on/off", _switch()),
    _vpp("device clock", _CLOCK),
    _vpp("off-grid box (SYN)", _switch()),
    _vpp("active power limit", _percent("limit")),
    _vpp("second active power limit; the lower one wins", _percent("limit")),
    _vpp("backup output", _switch()),
    _vpp("backup frequency", _FREQUENCY),
    _vpp("backup voltage", _BACKUP_VOLTAGES),
    _vpp("fixed reactive power", _percent("share", 0, 60)),
    _vpp("reactive power mode", _REACTIVE_MODES),
    _vpp("power factor, (10000 - value) * 0.0001", Slot("value", 0, 20000)),
    _vpp("feed-in limiter", _choice("state", "off", "single machine")),
    _vpp("feed-in limit, positive = feed-in", _percent("limit", -100)),
    _vpp("power limit when the meter is lost", _percent("limit")),
    _vpp("time until meter or EMS counts as lost", Slot("time", 0, 300, "s")),
    _vpp("watch the EMS link", _switch()),
    _vpp("super feed-in limiter", _switch()),
    _vpp("feed-in limiter ramp", Slot("ramp", 0, 20000)),
    _vpp("per-phase feed-in limiter", _switch()),
    _vpp("feed-in limiter protection", _PROTECTION),
    _vpp("stop charging at", _percent("state of charge", 70)),
    _vpp("stop discharging at, grid-tied", _percent("state of charge", 10, 30)),
    _vpp("stop discharging at, load first", _percent("state of charge", 10, 20)),
    _vpp("remote power control", _switch()),
    _vpp("duration of remote power control, 0 = no end", Slot("time", 0, 1440, "min")),
    _vpp("remote power, positive = charge", _percent("power", -100)),
    _vpp("charging from the grid", _switch()),
    _vpp("stop discharging at, off-grid", _percent("state of charge", 10, 30)),
    _vpp("lead acid: stop charging at voltage", Slot("voltage, scale undocumented", 0, 15000)),
    _vpp("lead acid: stop discharging at voltage", Slot("voltage, scale undocumented", 0, 15000)),
    _vpp("lead acid: largest charge current", Slot("current", 0, 2000)),
    _vpp("lead acid: largest discharge current", Slot("current", 0, 2000)),
    _vpp("power plan with up to 20 periods", Slot("JSON text, see families.vpp.power_plan")),
)
VPP: Mapping[str, Parameter] = {f"set_param_{n}": parameter for n, parameter in enumerate(_VPP, 1)}
"""Parameters of `setting_write_vpp_param` and `setting_read_vpp_param`, by id."""

POWER_PLAN = "set_param_34"


def setting_texts(device_type: DeviceType | None, parameter_id: str, values: Sequence[Any]) -> list[str]:
    """What to send for the values of a v1 setting; ArgumentError where one is outside what is documented for it."""
    check_id(parameter_id)
    if parameter_id == ANY_REGISTER:
        _check_register(values)
    known = SETTINGS.get(device_type, {}).get(parameter_id) if device_type is not None else None
    return _texts(known, values) if known else _any_texts(values)


def vpp_text(parameter_id: str, value: Any) -> str:
    """As `setting_texts`, for the value of a VPP parameter."""
    check_id(parameter_id)
    known = VPP.get(parameter_id)
    return (_texts(known, [value], "value") if known else _any_texts([value], "value"))[0]


def check_id(parameter_id: Any) -> None:
    if not isinstance(parameter_id, str) or not parameter_id.strip():
        raise ArgumentError("parameter_id", parameter_id, "the id of a setting")


def _check_register(values: Sequence[Any]) -> None:
    whole("parameter_value_1", values[0], 0, 65535)
    whole("parameter_value_2", values[1], 0, 65535)
    for n, value in enumerate(values[2:], 3):
        if value not in (None, ""):
            raise ArgumentError(f"parameter_value_{n}", value, f"nothing: {ANY_REGISTER} takes a register and a value")


def _texts(parameter: Parameter, values: Sequence[Any], argument: str = _ARGUMENT) -> list[str]:
    """By the first layout that takes all values; undocumented slots behind it take any."""
    layouts = [layout for layout in (parameter.slots, parameter.alternative) if layout]
    rows = [[slot.text(value) for slot, value in zip(layout, values, strict=False)] for layout in layouts]
    for texts in rows:
        known = [text for text in texts if text is not None]
        if len(known) == len(texts) and known[0]:
            return known + _any_texts(values, argument)[len(known) :]
    n = next((n for n, text in enumerate(rows[0]) if text is None), 0)
    slot = layouts[0][n]
    raise ArgumentError(argument.format(n + 1), values[n], f"{parameter.what}, {slot.what}: {slot.allowed}")


def _any_texts(values: Sequence[Any], argument: str = _ARGUMENT) -> list[str]:
    texts = ["" if value is None else plain_text(value) for value in values]
    for n, (value, text) in enumerate(zip(values, texts, strict=True), 1):
        if text is None:
            raise ArgumentError(argument.format(n), value, "a number or a text")
    return [text for text in texts if text is not None]
