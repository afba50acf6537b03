"""Parameters of a virtual power plant, `set_param_1` to `set_param_34`: kept as sent, some act like named settings."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bridge.simulator.parameters import Time
from bridge.simulator.physics import BATTERY_FIRST, SMART_OR_GRID_FIRST, Slot, Spec
from bridge.simulator.wire import Json, Refusal

if TYPE_CHECKING:
    from bridge.simulator.device import Device, Params

PERIODS = "set_param_34"
CLOCK = "set_param_3"
ENABLE, MINUTES, POWER = "set_param_25", "set_param_26", "set_param_27"
NOW = "vppPercent"  # what vppRemoteSetNew asks for

# number: lowest, highest, value of a new device
RANGES: dict[int, tuple[int, int, int]] = {
    **dict.fromkeys((1, 4, 7, 8, 13, 17, 18, 20, 25, 28), (0, 1, 0)),
    **dict.fromkeys((5, 6), (0, 100, 100)),
    **dict.fromkeys((23, 29), (10, 30, 10)),
    **{n: (0, 15000, default) for n, default in ((30, 8000), (31, 6500))},
    **dict.fromkeys((32, 33), (0, 2000, 1500)),
    2: (0, 1, 1),
    9: (0, 6, 0),
    10: (0, 60, 60),
    11: (0, 5, 0),
    12: (0, 20000, 10000),
    14: (-100, 100, 0),
    15: (0, 100, 0),
    16: (0, 300, 30),
    19: (0, 20000, 27),
    21: (0, 3, 0),
    22: (70, 100, 100),
    24: (10, 20, 10),
    26: (0, 1440, 0),
    27: (-100, 100, 0),
}
# what the same thing is called among the named settings
TWINS = {
    "set_param_2": "onOff",
    "set_param_3": "sysTime",
    "set_param_5": "activeRate",
    "set_param_7": "epsFunEn",
    "set_param_8": "epsFreqSet",
    "set_param_9": "epsVoltSet",
    "set_param_13": "exportLimit",
    "set_param_14": "exportLimitPowerRate",
    "set_param_22": "wchargeSOCLowLimit",
    "set_param_23": "onGridDischargeStopSOC",
    "set_param_28": "acChargeEnable",
}


def read(device: "Device", name: str) -> object:
    if name == PERIODS:
        return device.settings.get(PERIODS, [])
    if name == CLOCK:
        return device.settings["sysTime"]
    default = RANGES[_number(name)][2]
    value = device.settings.get(TWINS.get(name, name), default)
    return int(value) if value not in {"", None} else default


def patch(params: "Params") -> Json:
    """The settings that `setType` and `value` ask for."""
    name, value = params.get("setType", ""), params.get("value", "")
    if name == PERIODS:
        return {PERIODS: periods(value, lambda: Refusal(6))}
    if name == CLOCK:
        moment = Time().parse(value, 6)
        return {"sysTime": moment, "sysTimeText": moment}
    low, high, _ = RANGES[_number(name)]
    try:
        number = int(value)
    except ValueError:
        raise Refusal(6) from None
    if not low <= number <= high:
        raise Refusal(6)
    twin = TWINS.get(name)
    kept: Json = {name: number}
    if twin:
        kept = {twin: number if twin in {"onOff", "acChargeEnable"} else float(number)}
    return kept


def _number(name: str) -> int:
    number = name.removeprefix("set_param_")
    if not number.isdigit() or int(number) not in RANGES:
        raise Refusal(6)
    return int(number)


def periods(value: str, refusal: Callable[[], Refusal]) -> list[dict[str, int]]:
    """Up to 20 periods of {percentage, startTime, endTime}, minutes of the day, end after start."""
    try:
        found = [{key: int(row[key]) for key in ("percentage", "startTime", "endTime")} for row in json.loads(value)]
    except (KeyError, TypeError, ValueError):
        raise refusal() from None
    fine = all(-100 <= row["percentage"] <= 100 and 0 <= row["startTime"] < row["endTime"] <= 1440 for row in found)
    if not fine or len(found) > 20:
        raise refusal()
    return found


def duration(settings: Mapping[str, Any], written: Json) -> float | None:
    """Seconds for which remote power holds from now on, 0 is without end; None if `written` does not bear on it."""
    then = {**settings, **written}
    if not written.keys() & {ENABLE, MINUTES, POWER} or not then.get(ENABLE):
        return None
    return float(then.get(MINUTES, 0)) * 60


def slots(settings: Json, spec: Spec) -> tuple[Slot, ...]:
    """What remote control asks for at present; it goes before the device's own time slots."""
    now = settings.get(NOW)
    if now is None and settings.get(ENABLE):
        now = settings.get(POWER, 0)
    if now is not None:
        return (_slot(0, 1440, now, spec),)
    rows = settings.get(PERIODS, [])
    return tuple(_slot(row["startTime"], row["endTime"], row["percentage"], spec) for row in rows)


def _slot(start: int, end: int, percent: int, spec: Spec) -> Slot:
    mode = BATTERY_FIRST if percent >= 0 else SMART_OR_GRID_FIRST
    return Slot(start, end, mode, max(1.0, abs(percent) * spec.battery_power / 100))
