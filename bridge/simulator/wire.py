"""How Growatt writes things down: envelopes, times, numbers as texts; and the stored shapes of its replies."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

Json = dict[str, Any]
SERVER_ZONE = timezone(timedelta(hours=8))  # text times are the server's, whatever the plant's zone


class Refusal(Exception):
    """An answer with an error code instead of data."""

    def __init__(self, code: int, text: str | None = None) -> None:
        super().__init__(code)
        self.code, self.text = code, text


V4_TEXTS = {
    0: "SUCCESSFUL_OPERATION",
    1: "SYSTEM_ERROR",
    2: "TOKEN_IS_INVALID",
    3: "DEVICE_PERMISSION_VERIFICATION_FAILED",
    4: "DEVICE_NOT_FOUND",
    5: "DEVICE_OFFLINE",
    6: "PARAMETER_SETTING_FAILED",
    7: "WRONG_DEVICE_TYPE",
    8: "DEVICE_SN_IS_EMPTY",
    9: "DATE_IS_EMPTY",
    10: "PAGE_IS_EMPTY",
    11: "TOO_MANY_DEVICES",
    12: "NO_PERMISSION_FOR_DEVICE",
    101: "PERMISSION_DENIED",
    102: "FREQUENTLY_ACCESS",
}
V1_TEXTS = {10011: "error_permission_denied"}
FREQUENT = "error_frequently_access"
SETTING_DONE = "PARAMETER_SETTING_SUCCESSFUL"


@cache
def _shapes(file: str) -> Json:
    loaded: Json = json.loads((files(__package__) / "shapes" / f"{file}.json").read_text("utf-8"))
    return loaded


def shape(name: str) -> Json:
    """The part `name` ("file.part") of the stored sample replies; empty if there is none. Treat it as read-only."""
    file, _, part = name.partition(".")
    found: Json = _shapes(file).get(part, {})
    return found


def overlay(name: str, *layers: Mapping[str, Any]) -> Json:
    """A copy of the shape with the known keys of every layer laid over; keys that the wire lacks stay out."""
    base = shape(name)
    result = dict(base)
    for layer in layers:
        result.update((key, value) for key, value in layer.items() if key in base)
    return result


def failure(envelope: str, code: int, text: str | None = None) -> Json:
    if envelope == "v4":
        return {"code": code, "data": None, "message": V4_TEXTS.get(code, "SYSTEM_ERROR") if text is None else text}
    if envelope == "v1":
        return {"data": "", "error_code": code, "error_msg": V1_TEXTS.get(code, "") if text is None else text}
    return {"msg": text or "", "result": 0, "obj": None}


def text_time(t: float) -> str:
    return datetime.fromtimestamp(t, SERVER_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def milliseconds(t: float) -> int:
    return int(t * 1000)


def java_date(t: float) -> Json:
    """A Java date object: the month counts from 0, the year from 1900, Sunday is day 0."""
    moment = datetime.fromtimestamp(t, SERVER_ZONE)
    return {
        "date": moment.day,
        "day": moment.isoweekday() % 7,
        "hours": moment.hour,
        "minutes": moment.minute,
        "month": moment.month - 1,
        "seconds": moment.second,
        "time": int(t) * 1000,
        "timezoneOffset": -480,
        "year": moment.year - 1900,
    }


def java_calendar(t: float) -> Json:
    year = datetime.fromtimestamp(t, SERVER_ZONE).year
    return {**shape("account.calendar"), "time": java_date(t), "timeInMillis": int(t) * 1000, "weekYear": year}


def texts(record: Mapping[str, Any]) -> Json:
    """The app's replies hold texts only."""
    return {key: text(value) if isinstance(value, int | float) else value for key, value in record.items()}


def text(value: float | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    rounded = round(value, 2)
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)


def hour_minute(value: str) -> str:
    """`05:07` as devices show it: `5:7`."""
    hour, minute = value.split(":")
    return f"{int(hour)}:{int(minute)}"


def minutes(value: str) -> int:
    hour, minute = value.split(":")
    return int(hour) * 60 + int(minute)
