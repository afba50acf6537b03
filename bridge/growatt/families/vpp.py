"""Virtual power plant: power set from outside, at once or by plan (MIN, SPA, SPH; in part WIT, SPH-S, NOAH)."""

import json
from collections.abc import Sequence
from datetime import time
from itertools import pairwise
from typing import Any, TypeAlias

from bridge.growatt.arguments import ClockTime, Whole, whole
from bridge.growatt.calls import Call, Module, Plan, S, endpoint, fetch, meanings
from bridge.growatt.errors import ArgumentError
from bridge.growatt.families.shared import SettingWriteV4, v4_call, v4_write
from bridge.growatt.fields import DataReply, Minutes, Percent, Reading, Reply, Text, label, minutes_of
from bridge.growatt.settings import POWER_PLAN, check_id, vpp_text

Schedule: TypeAlias = Sequence[tuple[Whole, ClockTime | Whole, ClockTime | Whole]]
"""Periods: power in percent (-100 to 100, negative = discharge), start, end."""

END = 1440
MOST_PERIODS = 20
_WRITE = {
    **meanings("reading or writing failed", "", "", "serial number missing", "datalogger offline"),
    500: "set command failed",
    10007: "value missing",
    10008: "value out of range",
    10009: "parameter id unknown",
    10012: "device unknown",
}
_READ = meanings("reading failed", "device unknown", "serial number missing")


class VppSoc(Reply):
    """State of charge; the values stand beside the error code."""

    soc: Percent = label("State of charge")
    device_sn: Text = label("Serial number", wire="sn")
    datalogger_sn: Text = label("Datalogger serial number", wire="dataLogSn")


class VppWrite(DataReply[int]): ...


class VppTimePeriodV4(Reading):
    """One period of a power plan."""

    percentage: Percent = label("Power, positive = charging")
    start_time: Minutes = label("Start, minutes after midnight")
    end_time: Minutes = label("End, minutes after midnight")


class SettingReadVppV4(Reply):
    """A number, or the periods of the power plan."""

    data: list[VppTimePeriodV4] | int | float | None = None


def minutes(argument: str, value: Any) -> int:
    """Minutes after midnight, 0 to 1440, from a time of day, `END_OF_DAY` or minutes."""
    return minutes_of(value) if isinstance(value, time) else whole(argument, value, 0, END)


def power_plan(schedules: Schedule) -> list[dict[str, int]]:
    """Periods as the cloud has them. One that passes midnight becomes two; overlaps and more than 20 are refused."""
    if isinstance(schedules, str) or not isinstance(schedules, Sequence):
        raise ArgumentError("schedules", schedules, "a list of (percentage, start, end)")
    plan = [part for item in schedules for part in _parts(item)]
    if not 1 <= len(plan) <= MOST_PERIODS:
        raise ArgumentError("schedules", f"{len(plan)} periods", f"1 to {MOST_PERIODS}, counted after midnight splits")
    ordered = sorted(plan, key=lambda part: part["startTime"])
    for before, after in pairwise(ordered):
        if after["startTime"] < before["endTime"]:
            raise ArgumentError("schedules", f"{before} and {after}", "periods that do not overlap")
    return plan


def _parts(item: Any) -> list[dict[str, int]]:
    try:
        percentage, start, end = item
    except (TypeError, ValueError):
        raise ArgumentError("schedules", item, "(percentage, start, end)") from None
    power = whole("percentage", percentage, -100, 100)
    first, last = minutes("start_time", start), minutes("end_time", end)
    if first == last or (first, last) == (END, 0):
        raise ArgumentError("schedules", item, "a period that ends later than it starts")
    spans = [(first, last)] if first < last else [(first, END), (0, last)]
    return [{"percentage": power, "startTime": a, "endTime": b} for a, b in spans if a < b]


def _soc(serial: str) -> Plan[VppSoc]:
    call = Call(path="device/vpp/getSocData", prefix="v1", form={"vppSn": serial}, every=10, errors=_READ)
    return fetch(call, VppSoc)


def _now(serial: str, time_: Any, percentage: Any) -> Plan[VppWrite]:
    power = str(whole("percentage", percentage, -100, 100))
    return _write("vppRemoteSetNew", vppSn=serial, time=str(minutes("time_", time_)), percentage=power)


def _schedule(serial: str, schedules: Schedule) -> Plan[VppWrite]:
    return _write("vppSetNew", vppSn=serial, timePeriods=json.dumps(power_plan(schedules)))


def _write(path: str, **form: str) -> Plan[VppWrite]:
    return fetch(Call(path=path, prefix="v1", form=form, every=10, write=True, errors=_WRITE), VppWrite)


class Vpp(Module[S]):
    """The v1 calls, for any serial number of MIN, SPA or SPH."""

    @endpoint
    def soc(self, device_sn: str) -> Plan[VppSoc]:
        """State of charge of the battery."""
        return _soc(self.serial(device_sn))

    @endpoint
    def write(self, device_sn: str, time_: ClockTime | int, percentage: int) -> Plan[VppWrite]:
        """Charge or discharge now. `time_`: 0 to 1440 minutes, or a time of day that stands for them; most likely a
        duration. `percentage`: -100 to 100, negative = discharge."""
        return _now(self.serial(device_sn), time_, percentage)

    @endpoint
    def write_multiple(self, device_sn: str, schedules: Schedule) -> Plan[VppWrite]:
        """Set a daily plan of at most 20 periods (percentage, start, end)."""
        return _schedule(self.serial(device_sn), schedules)


class VppFamily(Module[S]):
    """Families with the v1 VPP calls."""

    @endpoint
    def soc(self, device_sn: str | None = None) -> Plan[VppSoc]:
        """State of charge of the battery."""
        return _soc(self.serial(device_sn))

    @endpoint
    def setting_write_vpp_now(
        self, time_: ClockTime | int, percentage: int, device_sn: str | None = None
    ) -> Plan[VppWrite]:
        """Charge or discharge now. `time_`: 0 to 1440 minutes, or a time of day that stands for them; most likely a
        duration. `percentage`: -100 to 100, negative = discharge."""
        return _now(self.serial(device_sn), time_, percentage)

    @endpoint
    def setting_write_vpp_schedule(self, schedules: Schedule, device_sn: str | None = None) -> Plan[VppWrite]:
        """Set a daily plan of at most 20 periods (percentage, start, end); one over midnight counts as two."""
        return _schedule(self.serial(device_sn), schedules)


def _value(parameter_id: str, value: Any) -> str:
    if parameter_id == POWER_PLAN:
        schedules = _schedules(value) if isinstance(value, str) else value
        return json.dumps(power_plan(schedules), separators=(",", ":"))
    if value is None or value == "":
        raise ArgumentError("value", value, "a number or a text")
    return vpp_text(parameter_id, value)


def _schedules(text: str) -> list[tuple[Any, ...]]:
    """The periods in the JSON text that the cloud takes."""
    try:
        return [tuple(period[key] for key in ("percentage", "startTime", "endTime")) for period in json.loads(text)]
    except (ValueError, TypeError, KeyError):
        raise ArgumentError("value", text, "periods, or a JSON list of {percentage, startTime, endTime}") from None


class VppParameters(Module[S]):
    """Families with VPP parameters (`bridge.growatt.settings.VPP`)."""

    @endpoint
    def setting_read_vpp_param(self, parameter_id: str, device_sn: str | None = None) -> Plan[SettingReadVppV4]:
        """Read a VPP parameter, `set_param_1` to `set_param_34`."""
        check_id(parameter_id)
        call = v4_call(self, "readVppParameter", self.serial(device_sn), 5, setType=parameter_id)
        return fetch(call, SettingReadVppV4)

    @endpoint
    def setting_write_vpp_param(
        self, parameter_id: str, value: int | str | Schedule, device_sn: str | None = None
    ) -> Plan[SettingWriteV4]:
        """Write a VPP parameter. The power plan (`set_param_34`) takes periods or their JSON text."""
        serial = self.serial(device_sn)
        return v4_write(self, "setVppParameter", serial, setType=parameter_id, value=_value(parameter_id, value))


class VppParametersNew(VppParameters[S]):
    """Families that also take and clear the new kind of VPP parameters."""

    @endpoint
    def setting_write_vpp_param_new(
        self, parameter_id: str, value: int | str | Schedule, device_sn: str | None = None
    ) -> Plan[SettingWriteV4]:
        """Write a VPP parameter the new way: clear an existing period first; not to be mixed with the old way."""
        serial = self.serial(device_sn)
        return v4_write(self, "setNewVppParameter", serial, setType=parameter_id, value=_value(parameter_id, value))

    @endpoint
    def setting_clear_vpp_time_period(
        self, device_sn: str | None = None, parameter_id: str | None = None
    ) -> Plan[SettingWriteV4]:
        """Clear the periods of a VPP parameter. On a bound object the serial number may be left out."""
        device_sn, parameter_id = self.serial_and(device_sn, parameter_id)
        check_id(parameter_id)
        return v4_write(self, "removeVppTimePeriod", self.serial(device_sn), setType=parameter_id)
