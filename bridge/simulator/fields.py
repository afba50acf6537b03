"""What the fields of replies show: every wire field that a device brings to life, and the words for what it shows.

A shape (see `wire.shape`) is a reply with the values that never change. A text in it may name words in braces, and
`fields` in the same file names the words for fields that mean something else there than in other families.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from bridge.simulator.weather import noise, smooth_noise
from bridge.simulator.wire import Json, java_calendar, java_date, milliseconds, shape, text_time

if TYPE_CHECKING:
    from bridge.simulator.course import Reading
    from bridge.simulator.device import Device

# by field in lower case, in every family
FIELDS = {
    **dict.fromkeys(("pac", "psystem", "power"), "watts out"),
    **dict.fromkeys(("ppv", "ppvinverter"), "watts pv"),
    **dict.fromkeys(("pactogridtotal", "pactogridr", "pactogrid"), "watts exported"),
    **dict.fromkeys(("pactousertotal", "pactouserr", "pactouser"), "watts imported"),
    **dict.fromkeys(("plocalloadtotal", "plocalloadr"), "watts load"),
    **dict.fromkeys(("pcharge", "pcharge1"), "watts charge"),
    **dict.fromkeys(("pdischarge", "pdischarge1"), "watts discharge"),
    **dict.fromkeys(("acchargepower", "paccharge"), "watts grid_charge"),
    **dict.fromkeys(("soc", "bmssoc"), "soc"),
    **dict.fromkeys(("vbat", "vbatdsp", "bmsbatteryvolt"), "battery_volts"),
    **dict.fromkeys(("ibat", "bmsbatterycurr", "bmscurrent"), "battery_amps"),
    **dict.fromkeys(("vacrs", "vacst", "vactr"), "line_volts"),
    **dict.fromkeys(
        ("invtemp", "dctemp", "ipmtemperature", "bmsbatterytemp", "batterytemperature", "battemp"), "warmth"
    ),
    **dict.fromkeys(("nominalpower", "normalpower", "pmax", "rateva", "ratewatt"), "rated"),
    **dict.fromkeys(("systime", "systimetext"), "clock"),
    "pself": "watts self_use",
    "fac": "hertz",
    "energyday": "today out",
    "realoppercent": "percent",
    "timetotal": "seconds",
    "prioritychoose": "mode",
    "status": "state_code",
    "uwsysworkmode": "state_code",
    "dtc": "dtc",
    "timezone": "utc_offset",
}
DETAILS = {"status": "device_status", "lost": "offline"}  # mean something else in the replies about the device itself
# what a counter counts, by the field's name in lower case without `today`, `total`, `month` or `year`
COUNTED = {
    **dict.fromkeys(("e", "eac", "power", "energy", "esystem", "eout"), "out"),
    **dict.fromkeys(("epv", "pv", "epvinverter"), "pv"),
    **dict.fromkeys(("echarge", "echarge1", "charge", "ebatcharge", "ebatchg"), "charge"),
    **dict.fromkeys(("edischarge", "edischarge1", "discharge", "ebatdischarge"), "discharge"),
    **dict.fromkeys(("eaccharge", "acchargeenergy"), "grid_charge"),
    **dict.fromkeys(("elocalload", "eload", "load", "eopdischr"), "load"),
    **dict.fromkeys(("etouser", "egrid", "grid"), "imported"),
    **dict.fromkeys(("etogrid", "togrid"), "exported"),
    "eself": "self_use",
}
PATTERNS = [
    (re.compile(pattern), words)
    for pattern, words in (
        (r"ppv(\d+)", "string_watts {0}"),
        (r"vpv(\d+)", "string_volts {0}"),
        (r"ipv(\d+)", "string_amps {0}"),
        (r"epv(\d+)(today|total)", "string_{1} {0}"),
        (r"pac([123rst])", "phase_watts {0}"),
        (r"vac([123rst])", "phase_volts {0}"),
        (r"iac([123rst])", "phase_amps {0}"),
        (r"temp(erature)?\d?", "warmth"),
    )
]
COUNTER = re.compile(r"(.+?)(today|total|month|year)")
MOMENTS = {"calendar", "timecalendar", "lastupdatetime"}  # written as the shape does


class View(dict[str, Any]):
    """What can be said about a device at one reading, worked out when somebody asks."""

    def __init__(self, device: "Device", reading: "Reading", **known: Any) -> None:
        super().__init__(known)
        self.device, self.reading = device, reading

    def __missing__(self, words: str) -> Any:
        what, _, of = words.partition(" ")
        value = self[words] = WORDS[what](self, of)
        return value


def _string_share(view: View, of: str) -> float:
    """Of the sun: the first string has a little more than the last."""
    count = view.device.family.strings
    n = int(of)
    return (1.1 - 0.2 * (n - 1) / max(1, count - 1) if count > 1 else 1.0) / count if n <= count else 0.0


def _string_volts(view: View, of: str) -> float:
    if view[f"string_watts {of}"] <= 1:
        return 0.0
    volts = 30.0 if view.device.spec.rated < 1000 else 250.0 if view.device.spec.rated < 20_000 else 600.0
    return round(volts + 8 * noise(view.device.seed + int(of), int(view.reading.t)), 1)


def _phase(view: View, of: str) -> bool:
    return ("123".find(of) if of.isdigit() else "rst".find(of)) < view.device.family.phases


def _grid_volts(view: View, _: str) -> float:
    return round(231 + 4 * noise(view.device.seed, int(view.reading.t)), 1)


def _line_volts(view: View, _: str) -> float:
    phase: float = view["grid_volts"]
    return round(phase * math.sqrt(3), 1) if view.device.family.phases > 1 else phase


def _battery_volts(view: View, _: str) -> float:
    device = view.device
    return round(device.family.battery_volts * (0.95 + 0.0015 * view.reading.soc), 1) if device.spec.capacity else 0.0


def _battery_amps(view: View, of: str) -> float:
    watts = view[f"watts {of}"] if of else view["battery_watts"]
    return round(watts / view["battery_volts"], 1) if view.device.spec.capacity else 0.0


def _state(view: View, _: str) -> tuple[int, str]:
    """The family's state for what flows at present; the last one is for a device at rest."""
    states = view.device.family.states
    return next(each[1:] for each in states if not each[0] or getattr(view.reading.flow, each[0]) > 1)


def _energy_since(unit: str, view: View, of: str) -> float:
    day = view.device.plant.site.local(view.reading.t).date()
    first = day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)
    since: dict[str, float] = view.device.energy_since(first, view.reading)
    return round(since[of], 1)


def _hours(view: View, _: str) -> float:
    """At work so far, taking the average day for a quarter of a clear noon."""
    return round(view.reading.total["pv"] * 4000 / view.device.spec.peak, 1) if view.device.spec.peak else 0.0


def _weather(view: View, of: str) -> float:
    """W/m² of sun, or degrees that go up with it."""
    t, site = view.reading.t, view.device.plant.site
    sun, hour = site.at(t)[0], site.local(t).hour
    air = 9 + 10 * smooth_noise(site.seed, t / 86400) + 6 * sun - abs(hour - 15) / 4
    return round({"sun": sun * 1000, "air": air, "panel": air + 25 * sun}[of], 1)


WORDS: dict[str, Callable[[View, str], Any]] = {
    "watts": lambda view, of: round(getattr(view.reading.flow, of), 1),
    "today": lambda view, of: round(view.reading.today[of], 1),
    "total": lambda view, of: round(view.reading.total[of], 1),
    "month": partial(_energy_since, "month"),
    "year": partial(_energy_since, "year"),
    "setting": lambda view, of: view.device.settings.get(of, 0),
    "part": lambda view, of: _filled(of, view),
    "banks": lambda view, _: [_filled("account.bank", view)],
    "string_watts": lambda view, of: round(view.reading.flow.pv * _string_share(view, of), 1),
    "string_volts": _string_volts,
    "string_amps": lambda view, of: round(view[f"string_watts {of}"] / (view[f"string_volts {of}"] or 1), 1),
    "string_today": lambda view, of: round(view.reading.today["pv"] * _string_share(view, of), 1),
    "string_total": lambda view, of: round(view.reading.total["pv"] * _string_share(view, of), 1),
    "phase_watts": lambda view, of: (
        round(view["watts out"] / view.device.family.phases, 1) if _phase(view, of) else 0.0
    ),
    "phase_volts": lambda view, of: view["grid_volts"] if _phase(view, of) else 0.0,
    "phase_amps": lambda view, of: round(view[f"phase_watts {of}"] / view["grid_volts"], 1),
    "grid_volts": _grid_volts,
    "grid_watts": lambda view, _: round(view.reading.flow.imported - view.reading.flow.exported, 1),
    "grid_apparent": lambda view, _: abs(view["grid_watts"]),
    "grid_amps": lambda view, _: round(view["grid_apparent"] / view["grid_volts"], 1),
    "line_volts": _line_volts,
    "hertz": lambda view, _: round(49.98 + 0.04 * noise(view.device.seed + 5, int(view.reading.t)), 2),
    "percent": lambda view, _: round(100 * view.reading.flow.out / view.device.spec.rated),
    "warmth": lambda view, _: round(20 + 25 * view.reading.flow.out / view.device.spec.rated, 1),
    "water": lambda view, _: round(15 + 0.5 * view.reading.soc, 1),
    "heating": lambda view, _: int(view.reading.flow.charge > 1),
    "soc": lambda view, _: round(view.reading.soc),
    "battery_volts": _battery_volts,
    "battery_amps": _battery_amps,
    "battery_watts": lambda view, _: round(view.reading.flow.charge - view.reading.flow.discharge, 1),
    "battery_watts_out": lambda view, _: 0.0 - view["battery_watts"],
    "battery_mode": lambda view, _: (view["battery_watts"] > 0) + 2 * (view["battery_watts"] < 0),
    "has_battery": lambda view, _: int(view.device.spec.capacity > 0),
    "bank_sn": lambda view, _: f"{view.device.sn[:-2]}B1" if view.device.spec.capacity else None,
    "has_meter": lambda view, _: int(view.device.spec.meter),
    "capacity": lambda view, _: view.device.spec.capacity / 1000,
    "rated": lambda view, _: round(view.device.spec.rated),
    "strings": lambda view, _: view.device.family.strings,
    "mode": lambda view, _: view.reading.mode,
    "state": _state,
    "state_code": lambda view, _: view["state"][0],
    "state_text": lambda view, _: view["state"][1],
    "device_status": lambda view, _: -1 if view.device.offline else view.device.family.normal,
    "offline": lambda view, _: view.device.offline,
    "normal": lambda view, _: "lost" if view.device.offline else "normal",
    "operating": lambda view, _: "lost" if view.device.offline else "operating",
    "hours": _hours,
    "seconds": lambda view, _: view["hours"] * 3600,
    "weather": _weather,
    "wind": lambda view, _: round(6 * noise(view.device.seed, int(view.reading.t // 600)), 1),
    "sn": lambda view, _: view.device.sn,
    "logger": lambda view, _: view.device.datalogger,
    "alias": lambda view, _: view.device.alias,
    "dtc": lambda view, _: view.device.dtc,
    "utc_offset": lambda view, _: view.device.plant.utc_offset(view.reading.t),
    "clock": lambda view, _: view.device.settings.get("sysTime") or view["time"],
    "power_factor": lambda view, _: round((1 - view.device.settings["pf"]) * 10000, 1),  # 1 to -1 as 0 to 20000
    "time": lambda view, _: text_time(view.reading.t),
    "utc_time": lambda view, _: text_time(view.reading.t - 8 * 3600),
    "calendar": lambda view, _: java_calendar(view.reading.t),
    "java_date": lambda view, _: java_date(view.reading.t),
    "milliseconds": lambda view, _: milliseconds(view.reading.t),
    "address": lambda _, __: 0,
    "zero": lambda _, __: 0.0,
    "one": lambda _, __: 1.0,
}


class _Live(NamedTuple):
    """A shape taken apart: what never changes, fields with their words, texts with words in braces."""

    fixed: Json
    words: list[tuple[str, str]]
    texts: list[tuple[str, str]]


@cache
def _live(name: str) -> _Live:
    fixed = shape(name)
    texts = [(key, value) for key, value in fixed.items() if isinstance(value, str) and "{" in value]
    return _Live(fixed, list(_worded(name, dict(texts))), texts)


def _worded(name: str, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    file, _, part = name.partition(".")
    own: Json = shape(f"{file}.fields")
    common = FIELDS | DETAILS if part.startswith("details") else FIELDS
    for key, value in shape(name).items():
        words = own.get(key) or _moment(key, value) or common.get(key.lower()) or _pattern(key.lower())
        if words and key not in texts:
            yield key, words


def _moment(key: str, value: Any) -> str:
    if key.lower() not in MOMENTS:
        return ""
    if isinstance(value, dict):
        return "calendar" if "timeInMillis" in value else "java_date"
    return "milliseconds"


def _pattern(key: str) -> str:
    counter = COUNTER.fullmatch(key)
    if counter and counter[1] in COUNTED:
        return f"{counter[2]} {COUNTED[counter[1]]}"
    found = ((pattern.fullmatch(key), words) for pattern, words in PATTERNS)
    return next((words.format(*match.groups()) for match, words in found if match), "")


def _filled(name: str, view: View) -> Json:
    fixed, words, texts = _live(name)
    reply = dict(fixed)
    if "last" not in name:
        reply.update((key, value) for key, value in view.device.settings.items() if key in fixed)
    reply.update((key, view[each]) for key, each in words)
    reply.update((key, each.format_map(view)) for key, each in texts)
    return reply


def fill(name: str, device: "Device", reading: "Reading", **known: Any) -> Json:
    """A reply in the shape of that name; `known` words are taken as given."""
    return _filled(name, View(device, reading, **known))
