"""What a property or a setting is in Home Assistant: its platform, and what that platform wants to know of it.

Values come out of the device's state object, where every name is present and null means unknown. Templates use
`get`, since a dot would find the methods of the object too (`items`, `values`), and since a name that an older state
object lacks then means unknown instead of a warning.
"""

import re
from datetime import date, datetime
from typing import get_args, get_origin

from bridge.devices import Json, Property, Setting
from bridge.devices.counters import counts_over, is_balance
from bridge.devices.kinds import PRESS, Choice, Moment, Number, Press, Switch, Text, TimeOfDay
from bridge.growatt.fields import Quantity, Reading

Component = dict[str, Json]

MAX_STATE = 255
"""Characters that a state of Home Assistant can have."""

MIN_STEP = 0.001
"""The finest step of a number that Home Assistant takes; it does not enforce steps."""

UNITS: dict[str, tuple[str | None, str | None]] = {
    "W": ("power", "measurement"),
    "kW": ("power", "measurement"),
    "kWp": (None, None),
    "VA": ("apparent_power", "measurement"),
    "var": ("reactive_power", "measurement"),
    "V": ("voltage", "measurement"),
    "mV": ("voltage", "measurement"),
    "A": ("current", "measurement"),
    "mA": ("current", "measurement"),
    "Hz": ("frequency", "measurement"),
    "kWh": ("energy", None),
    "kvarh": (None, None),
    "kVAh": (None, None),
    "%": (None, "measurement"),
    "°C": ("temperature", "measurement"),
    "°F": ("temperature", "measurement"),
    "kΩ": (None, "measurement"),
    "s": ("duration", "measurement"),
    "min": ("duration", "measurement"),
    "dBm": ("signal_strength", "measurement"),
    "W/m²": ("irradiance", "measurement"),
    "m/s": ("wind_speed", "measurement"),
    "°": (None, None),
}
"""Device class and state class of what has this unit. Counters have a state class of their own."""

_PROBLEMS = frozenset({"lost"})
"""Properties that are true where something is wrong."""

_COUNTED = frozenset({"kWh", "kvarh", "kVAh", "s", "min"})
_PERCENTAGES = {
    "battery": re.compile(r"(?:^|(?:battery|bms|bdc|pack)\d*_)soc\d*$"),
    "humidity": re.compile(r"humidity$"),
}
"""Device classes of percentages, by their names."""


def sensor(prop: Property) -> Component | None:
    """How a property is shown; None for what no entity can show (objects, and lists of them)."""
    if prop.quantity is not None:
        return _measured(prop.name, prop.quantity)
    match prop.type:
        case type() as kind if issubclass(kind, bool):
            return _without_none(
                platform="binary_sensor",
                device_class="problem" if prop.name in _PROBLEMS else None,
                value_template=_on_or_off(prop.name),
            )
        case type() as kind if issubclass(kind, datetime):
            return timestamp(prop.name)
        case type() as kind if issubclass(kind, date):
            return {"platform": "sensor", "device_class": "date", "value_template": value(prop.name)}
        case type() as kind if issubclass(kind, float):
            return {"platform": "sensor", "state_class": "measurement", "value_template": value(prop.name)}
    if get_origin(prop.type) is list:
        return None if _is_object(get_args(prop.type)[0]) else _list(prop.name)
    return None if _is_object(prop.type) else _text(prop.name)


def control(setting: Setting) -> Component | None:
    """How a setting is shown and changed; None for what is set through its parts alone, and for a part of what cannot
    be read: there is nothing to merge it with."""
    if setting.whole is not None and not setting.reads:
        return None
    match setting.kind:
        case Number() as kind:
            return _number(setting.name, kind)
        case Switch():
            return {"platform": "switch", "value_template": _on_or_off(setting.name)}
        case Choice() as kind:
            options: list[Json] = list(kind.options)
            return {"platform": "select", "options": options, "value_template": _one_of(setting.name, options)}
        case TimeOfDay():
            return {"platform": "time", "value_template": _time_of_day(setting.name, setting.kind)}
        case Text() as kind:
            return _field(setting.name, kind.most)
        case Moment() as kind:
            return _field(setting.name, len("YYYY-MM-DD HH:MM:SS" if kind.seconds else "YYYY-MM-DD HH:MM"))
        case Press():
            return {"platform": "button", "payload_press": PRESS}
    return None


def timestamp(name: str) -> Component:
    return {"platform": "sensor", "device_class": "timestamp", "value_template": value(name)}


def display(setting: Setting) -> Component | None:
    """How a setting is shown that may not be changed; None for what cannot be read, or has no single value."""
    if not setting.reads:
        return None
    match setting.kind:
        case Number() as kind:
            device_class, state_class = UNITS.get(kind.unit, (None, None))
            return _without_none(
                platform="sensor",
                device_class=device_class,
                state_class=state_class,
                unit_of_measurement=kind.unit or None,
                value_template=value(setting.name),
            )
        case Switch():
            return {"platform": "binary_sensor", "value_template": _on_or_off(setting.name)}
        case Choice() | TimeOfDay() | Text() | Moment():
            return _text(setting.name)
    return None


def value(name: str) -> str:
    """The value as it is; null is rendered `None`, which is Home Assistant's word for unknown."""
    return f"{{{{ value_json.get('{name}') }}}}"


def _is_object(kind: object) -> bool:
    return (isinstance(kind, type) and issubclass(kind, Reading | dict)) or get_origin(kind) is dict


def _measured(name: str, quantity: Quantity) -> Component:
    unit = quantity.unit
    device_class, state_class = UNITS[unit]
    if unit == "%":
        device_class = next((kind for kind, names in _PERCENTAGES.items() if names.search(name)), None)
    if unit in _COUNTED and counts_over(name):
        state_class = "total_increasing"
    elif unit in _COUNTED and is_balance(name):
        state_class = "total"
    return _without_none(
        platform="sensor",
        device_class=device_class,
        state_class=state_class,
        unit_of_measurement=unit,
        suggested_display_precision=quantity.precision,
        value_template=value(name),
    )


def _number(name: str, kind: Number) -> Component:
    """A device may have a value beyond what may be written; Home Assistant would log an error, so it is unknown."""
    device_class, _ = UNITS.get(kind.unit, (None, None))
    return _without_none(
        platform="number",
        device_class=device_class,
        unit_of_measurement=kind.unit or None,
        min=kind.low,
        max=kind.high,
        step=max(kind.step, MIN_STEP),
        mode="slider" if kind.unit == "%" else "box",
        value_template=_let(name, f"v if v is number and {kind.low} <= v <= {kind.high} else None"),
    )


def _without_none(**items: Json) -> Component:
    return {key: item for key, item in items.items() if item is not None}


def _text(name: str) -> Component:
    return {"platform": "sensor", "value_template": f"{{{{ (value_json.get('{name}') | string)[:{MAX_STATE}] }}}}"}


def _field(name: str, most: int) -> Component:
    """A text field knows no unknown and fails on what is longer than `max`; the rest is checked where it is written."""
    return {
        "platform": "text",
        "max": most,
        "value_template": _let(name, f"'' if v is none else (v | string)[:{most}]"),
    }


def _list(name: str) -> Component:
    shown = f"None if v is none else (v | join(', '))[:{MAX_STATE}] or 'none'"
    return {"platform": "sensor", "value_template": _let(name, shown)}


def _on_or_off(name: str) -> str:
    return _let(name, "None if v is none else 'ON' if v else 'OFF'")


def _one_of(name: str, options: list[Json]) -> str:
    """A code without a word would be logged as an error."""
    return _let(name, f"v if v in {options} else None")


def _time_of_day(name: str, kind: TimeOfDay) -> str:
    """Home Assistant has no 24:00; the minute before is the nearest that it can show."""
    return _let(name, "'23:59' if v == '24:00' else v") if kind.end_of_day else value(name)


def _let(name: str, shown: str) -> str:
    return f"{{% set v = value_json.get('{name}') %}}{{{{ {shown} }}}}"
