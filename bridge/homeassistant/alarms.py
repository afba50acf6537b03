"""Alarms: which properties tell of one, and what is said when that changes."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from bridge.devices import Family, Json, Property
from bridge.devices.catalogue import Alarm
from bridge.devices.values import word

EVENT_TYPES = ("fault", "warning", "cleared")

QUIET = ("", "0", "0.0", "-1", "none", "false", "normal", "ok", "no_fault", "no_error", "[]")
"""Values, in lower case, by which a property of alarms says that all is well."""

_CODE = re.compile(r"(?P<warning>warning|alarm)_code\d*|fault_code")
_BITS = re.compile(r"(?P<warning>warn|alarm)|fault|protect|error")
_STATUS = "status"
_FAULT = "fault"


def alarm_of(prop: Property) -> Alarm | None:
    """What a property tells of: what the catalogue says, else what the common vocabulary says (a status: where it has a
    word for faults), else, where the bits of a field are known, what its name says.
    """
    if prop.name == _STATUS:
        told = prop.type is str if prop.words is None else any(_FAULT in word(text) for text in prop.words.values())
        return "fault" if told else None
    found = _CODE.fullmatch(prop.name) or (_BITS.search(prop.name) if prop.bits is not None else None)
    return prop.alarm or (None if found is None else "warning" if found["warning"] else "fault")


def alarms(properties: Iterable[Property]) -> dict[str, Alarm]:
    """The properties that tell of alarms, and what each tells of."""
    return {prop.name: kind for prop in properties if (kind := alarm_of(prop))}


def template(names: Iterable[str]) -> str:
    """Home Assistant's view: ON while one of these properties tells of an alarm, unknown while none is known."""
    values = ", ".join(_VIEW_OF_STATUS if name == _STATUS else f"value_json.get('{name}')" for name in names)
    loud = f"v | map('string') | map('trim') | map('lower') | reject('in', {list(QUIET)}) | list"
    return f"{{% set v = [{values}] | reject('none') | list %}}{{{{ None if not v else 'ON' if {loud} else 'OFF' }}}}"


_VIEW_OF_STATUS = "value_json.get('status') and ('fault' if 'fault' in value_json.get('status') else 'normal')"


class AlarmWatch:
    """Watches the values of one device. What it has not known before is no news: a fault that lasts over a restart is
    not told again, and a value that is missing for a while neither ends an alarm nor hides the next.
    """

    def __init__(self, family: Family) -> None:
        self._alarms = _alarms_of(family)
        self._known: dict[str, Json] = {}

    def update(self, values: Mapping[str, Json]) -> dict[str, Json] | None:
        """What to publish now: `event_type` (one of EVENT_TYPES) and all `alarms` that are on; None without news."""
        before = self._known
        told = {name: value for name in self._alarms if (value := values.get(name)) is not None}
        if told.items() <= before.items():
            return None
        self._known = before | told
        was, now = self._loud(before), self._loud(self._known)
        news = {self._alarms[name] for name in now if name in before and now[name] != was.get(name)}
        if not news and (now or not was):
            return None
        kind = "fault" if "fault" in news else "warning" if news else "cleared"
        return {"event_type": kind, "alarms": now}

    def _loud(self, values: Mapping[str, Json]) -> dict[str, Json]:
        return {name: value for name, value in values.items() if _is_loud(name, value)}


@cache
def _alarms_of(family: Family) -> Mapping[str, Alarm]:
    return alarms(family.properties)


def _is_loud(name: str, value: Json) -> bool:
    text = str(value).strip().lower()
    return _FAULT in text if name == _STATUS else text not in QUIET
