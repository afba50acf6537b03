"""Endpoints and replies that the families share: the same v4 call with another `deviceType`, the same v1 call with
another path."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bridge.growatt.arguments import (
    HISTORY_DAYS,
    day,
    day_range,
    flag,
    paging,
    present,
    single_serial,
    whole,
    wire_text,
)
from bridge.growatt.calls import Call, Envelope, Module, Plan, S, Serials, Spec, endpoint, fetch, meanings, template
from bridge.growatt.errors import ArgumentError
from bridge.growatt.families.codes import BATTERY_STATUS, DFC_STATUS, PRIORITY
from bridge.growatt.fields import (
    Amperes,
    DataReply,
    Flag,
    Integer,
    KilowattHours,
    Percent,
    Reading,
    Reply,
    Text,
    UtcMoment,
    Volts,
    Watts,
    label,
)
from bridge.growatt.paging import in_parts
from bridge.growatt.settings import check_id, setting_texts

BATCH = 100
"""Serial numbers that the cloud takes in one call."""
HISTORY_BATCH = 50
"""Serial numbers that the day history of several devices takes in one call."""
WINDOW_DAYS = 7
"""Days that a v1 history call takes, both ends counted."""

NO_DEVICE = meanings("system error", "device unknown", "serial number wrong")
BAD_DATE = meanings("system error", "serial number wrong", "date malformed", "", "device unknown")
BAD_RANGE = {**BAD_DATE, 10004: "more than 7 days requested"}
_SETTING_READ = meanings(
    "reading failed",
    "device unknown",
    "device offline",
    "datalogger serial missing",
    "datalogger offline",
    "datalogger type cannot read settings",
    "datalogger firmware cannot read settings",
    "set command failed on the server",
    "parameter id unknown",
)
_SETTING_WRITE = {
    **meanings("system error", "set command failed on the server", "device offline", "serial number missing"),
    10005: "datalogger offline",
    10006: "parameter id unknown",
    10007: "value missing",
    10008: "value out of range",
    10009: "date or time malformed",
    10012: "device unknown",
    10013: "end before start",
}


class DeviceInfoDataV4(Reading):
    """Rated values of a device. NOAH and NEXA report no battery here although packs are attached."""

    device_sn: Text = label("Serial number")
    device_type: Text = label("Device type")
    device_model: Text = label("Model")
    datalogger_model: Text = label("Datalogger model")
    nominal_power: Watts = label("Rated power", wire="norminalPower", alt="nominalPower")
    has_battery: Flag = label("Has a battery")
    battery_model: Text = label("Battery model")
    battery_capacity: KilowattHours = label("Rated battery energy")
    battery_nominal_power: Watts = label("Rated battery power")


class DeviceInfoV4(DataReply[DeviceInfoDataV4]): ...


class PowerV4(DataReply[float]):
    """The output limit that is set: percent of the rated power, W on NOAH."""


class PowerRealtimeBatteryDataV4(Reading):
    """One battery of a live reading."""

    index: Integer = label("Battery number")
    soc: Percent = label("State of charge")
    charge_power: Watts = label("Charging power")
    discharge_power: Watts = label("Discharging power")
    ibat: Amperes = label("Battery current")
    vbat: Volts = label("Battery voltage")


class PowerRealtimeDataV4(Reading):
    """A live reading."""

    serial_num: Text = label("Serial number")
    utc_time: UtcMoment = label("Sample time, UTC")
    status: Integer = label("Status", codes=DFC_STATUS)
    priority: Integer = label("Operating priority", codes=PRIORITY)
    pac: Watts = label("AC power")
    ppv: Watts = label("PV power")
    pay_load_power: Watts = label("Load power")
    active_power: Watts = label("Power drawn from the grid")
    rever_active_power: Watts = label("Power fed into the grid")
    bat_power: Watts = label("Battery power, positive = charging")
    battery_status: Integer = label("Battery state", codes=BATTERY_STATUS)
    soc: Percent = label("State of charge")
    battery_list: list[PowerRealtimeBatteryDataV4] | None = label("Batteries")
    vac1: Volts = label("AC voltage, phase 1")
    vac2: Volts = label("AC voltage, phase 2")
    vac3: Volts = label("AC voltage, phase 3")


class PowerRealtimeV4(DataReply[PowerRealtimeDataV4]):
    """Real devices often answer without data."""


class SettingWriteV4(Reply):
    """Answer to a v4 write. SYSTEM_ERROR can come although the change took effect: read it back."""


class WifiStrengthV4(DataReply[float]):
    """Signal strength in dBm."""


def v4_call(module: Module[Any], path: str, serials: str, every: float | None = None, **more: Any) -> Call:
    """A new-api call; its parameters travel in the query."""
    query = {"deviceSn": serials, "deviceType": wire_text(module.device_type), **present(**more)}
    return Call(path=f"new-api/{path}", query=query, every=every)


def v4_write(module: Module[Any], path: str, serial: str, **more: Any) -> Plan[SettingWriteV4]:
    """A new-api call that changes a setting."""
    return fetch(replace(v4_call(module, path, serial, 5, **more), write=True), SettingWriteV4)


def v1_call(
    module: Module[Any],
    spec: Spec,
    what: str,
    serial: str,
    errors: Mapping[int, str],
    *,
    key: str = "{}_sn",
    more: Mapping[str, Any] | None = None,
) -> Call:
    """A v1 call about one device (or several, joined with commas): GET where the key is `device_sn`, else POST.

    `what` and `key` hold {} for the family's name.
    """
    key = spec.sn or key.format(module.wire)
    path = spec.path or f"device/{module.wire}/{what.format(module.wire)}"
    shared: dict[str, Any] = {"path": path, "prefix": "v1", "every": spec.every, "errors": spec.errors or errors}
    parameters = {key: serial, **present(**(more or {}))}
    return Call(verb="GET", query=parameters, **shared) if key == "device_sn" else Call(form=parameters, **shared)


def batches(serials: list[str], size: int) -> list[str]:
    """Serial numbers joined as the wire has them, at most `size` each."""
    return [",".join(serials[i : i + size]) for i in range(0, len(serials), size)]


def by_serial(data: Any) -> Any:
    """A v1 batch (`<SN>: {"<SN>": reading, "dataloggerSn": ...}`) as a list."""
    if not isinstance(data, dict):
        return []
    items = {sn: item for sn, item in data.items() if isinstance(item, dict)}
    return [{"device_sn": sn, "datalogger_sn": i.get("dataloggerSn"), "data": i.get(sn)} for sn, i in items.items()]


@template
def last_data(module: Module[Any], spec: Spec, device_sn: Serials = None) -> Plan[Any]:
    """The latest reading of one or many devices (v4). More than 100 are asked for in several calls.

    Only devices that were online since 2024-05-30 have one.
    """
    parts = batches(module.serials(device_sn), BATCH)
    return in_parts([v4_call(module, "queryLastData", part, spec.every or 300) for part in parts], spec)


@template
def details_v4(module: Module[Any], spec: Spec, device_sn: Serials = None) -> Plan[Any]:
    """Data and settings of one or many devices (v4). More than 100 are asked for in several calls."""
    parts = batches(module.serials(device_sn), BATCH)
    return in_parts([v4_call(module, "queryDeviceInfo", part, 300) for part in parts], spec)


@template
def day_history(module: Module[Any], spec: Spec, device_sn: str | None = None, date_: date | None = None) -> Plan[Any]:
    """All readings of one day (v4); default today. The cloud keeps about 95 days."""
    serial = module.serial(device_sn)
    return fetch(
        v4_call(module, "queryHistoricalData", serial, 300, date=day("date_", date_, module.today())), spec.model
    )


@template
def day_history_multiple(
    module: Module[Any], spec: Spec, device_sn: Serials = None, date_: date | None = None
) -> Plan[Any]:
    """All readings of one day of many devices, by serial number (v4). More than 50 are asked for in several calls."""
    when = day("date_", date_, module.today())
    parts = batches(module.serials(device_sn), HISTORY_BATCH)
    return in_parts([v4_call(module, "queryDevicesHistoricalData", p, 300, date=when) for p in parts], spec)


@template
def details(module: Module[Any], spec: Spec, device_sn: str | None = None) -> Plan[Any]:
    """Data and settings of one device (v1)."""
    serial = module.serial(device_sn)
    return fetch(v1_call(module, spec, "{}_data_info", serial, NO_DEVICE, key="device_sn"), spec.model)


@template
def latest(module: Module[Any], spec: Spec, device_sn: str | None = None) -> Plan[Any]:
    """The latest reading of one device (v1)."""
    return fetch(v1_call(module, spec, "{}_last_data", module.serial(device_sn), NO_DEVICE), spec.model)


@template
def latest_multiple(module: Module[Any], spec: Spec, device_sn: Serials = None, page: int | None = None) -> Plan[Any]:
    """The latest reading of many devices (v1). More than 100 are asked for in several calls."""
    number = {"pageNum": whole("page", 1 if page is None else page, 1, 2)}
    parts = batches(module.serials(device_sn), BATCH)
    calls = [v1_call(module, spec, "{}s_data", part, NO_DEVICE, key="{}s", more=number) for part in parts]
    return in_parts(calls, spec, by_serial)


@template
def history(
    module: Module[Any],
    spec: Spec,
    device_sn: str | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    timezone: str | None = None,
    page: int | None = None,
    limit: int | None = None,
) -> Plan[Any]:
    """Readings of a span of days (v1); default today. At most 95 days; more than 7 are asked for in several calls.

    `limit`: rows a page, 1 to 100, the cloud's default is 20. `page` needs a span of at most 7 days.
    """
    serial = module.serial(device_sn)
    more = {"timezone_id": timezone, **paging(page, limit)}
    calls = [
        v1_call(module, spec, "{}_data", serial, BAD_RANGE, more={**more, "start_date": first, "end_date": last})
        for first, last in windows(start_date, end_date, module.today(), page)
    ]
    return in_parts(calls, spec)


def windows(start: date | None, end: date | None, today: date, page: int | None) -> list[tuple[date, date]]:
    """A span of days, cut into what one v1 history call takes."""
    first, last = day_range(start, end, today, most_days=HISTORY_DAYS if page is None else WINDOW_DAYS)
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1, WINDOW_DAYS)]
    return [(a, min(last, date.fromordinal(a.toordinal() + WINDOW_DAYS - 1))) for a in days]


@template
def alarms(
    module: Module[Any],
    spec: Spec,
    device_sn: str | None = None,
    date_: date | None = None,
    page: int | None = None,
    limit: int | None = None,
) -> Plan[Any]:
    """Alarms of one day (v1); default today. `limit`: rows a page, 1 to 100, the cloud's default is 20."""
    more = {"date": day("date_", date_, module.today()), **paging(page, limit)}
    return fetch(v1_call(module, spec, "alarm_data", module.serial(device_sn), BAD_DATE, more=more), spec.model)


@template
def alarms_of_day(
    module: Module[Any], spec: Spec, device_sn: str | None = None, date_: date | None = None
) -> Plan[Any]:
    """All alarms of one day (v1); default today."""
    more = {"date": day("date_", date_, module.today())}
    return fetch(v1_call(module, spec, "alarm_data", module.serial(device_sn), BAD_DATE, more=more), spec.model)


@template
def setting_read(
    module: Module[Any],
    spec: Spec,
    device_sn: str | None = None,
    parameter_id: str | None = None,
    start_address: int | None = None,
    end_address: int | None = None,
) -> Plan[Any]:
    """Read one setting (v1): by `parameter_id`, or registers from `start_address` to `end_address` (0 to 65535).

    One address alone means that register. `bridge.growatt.settings` lists the known parameters.
    """
    name, start, end = _what_to_read(parameter_id, start_address, end_address)
    form = {"device_sn": module.serial(device_sn), "paramId": name, "startAddr": str(start), "endAddr": str(end)}
    return fetch(Call(path=spec.path, prefix="v1", form=form, errors=_SETTING_READ), spec.model)


def _what_to_read(name: str | None, start: int | None, end: int | None) -> tuple[str, int, int]:
    if start is None and end is None:
        if name is None:
            raise ArgumentError("parameter_id", name, "a parameter id, or start_address and end_address")
        check_id(name)
        return name, 0, 0
    first = whole("start_address", end if start is None else start, 0, 65535)
    last = whole("end_address", first if end is None else end, first, 65535)
    if name not in (None, "set_any_reg") and (first, last) != (0, 0):
        raise ArgumentError("parameter_id", name, "no parameter id together with addresses")
    return name or "set_any_reg", first, last


Slot = str | int | float | None


def write_setting(
    module: Module[Any], spec: Spec, device_sn: str | None, parameter_id: str, values: list[Slot]
) -> Plan[Any]:
    """Send all value slots of a v1 setting, unused ones empty, as the cloud wants it."""
    texts = setting_texts(module.device_type, parameter_id, values)
    name, slot = ("paramId", "command_{}") if spec.sn == "device_sn" else ("type", "param{}")
    form = {spec.sn or f"{module.wire}_sn": module.serial(device_sn), name: parameter_id}
    form |= {slot.format(n): text for n, text in enumerate(texts, 1)}
    return fetch(Call(path=spec.path, prefix="v1", form=form, write=True, errors=_SETTING_WRITE), spec.model)


class V4Family(Module[S]):
    """What every family of the v4 API can do."""

    @endpoint
    def device_info(self, device_sn: str | None = None) -> Plan[DeviceInfoV4]:
        """Rated power and battery of a device."""
        return fetch(v4_call(self, "queryDeviceInfoParam", self.serial(device_sn)), DeviceInfoV4)

    @endpoint
    def power_realtime(self, device_sn: str | None = None) -> Plan[PowerRealtimeV4]:
        """A live reading; many devices answer without data."""
        return fetch(v4_call(self, "queryDfcData", self.serial(device_sn)), PowerRealtimeV4)

    @endpoint
    def wifi_strength(self, device_sn: str | None = None) -> Plan[WifiStrengthV4]:
        """WiFi signal of a device's datalogger, in dBm."""
        envelope = yield v4_call(self, "getWiFiSignalByDevice", self.serial(device_sn), 5)
        return _signal(envelope).into(WifiStrengthV4)

    @endpoint
    def setting_write_on_off(self, power_on: bool, device_sn: str | None = None) -> Plan[SettingWriteV4]:
        """Switch a device on or off. Documented for all families but NOAH."""
        return v4_write(self, "setOnOrOff", self.serial(device_sn), value=flag("power_on", power_on))


def _signal(envelope: Envelope) -> Envelope:
    """On success the cloud swaps value and text: the value is whichever is a number."""
    if envelope.code == 0 and _is_number(envelope.message) and not _is_number(envelope.data):
        return replace(envelope, data=envelope.message, message=str(envelope.data or ""))
    return envelope


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


class PowerLimitRead(Module[S]):
    """Families whose output limit can be read."""

    @endpoint
    def power(self, device_sn: str | None = None) -> Plan[PowerV4]:
        """The output limit that is set: percent of the rated power, W on NOAH."""
        return fetch(v4_call(self, "readPower", self.serial(device_sn), 5), PowerV4)


class PercentLimit(Module[S]):
    """Families whose output limit is set in percent."""

    @endpoint
    def setting_write_active_power(
        self, active_power_percent: int, device_sn: str | None = None
    ) -> Plan[SettingWriteV4]:
        """Set the output limit, 0 to 100 % of the rated power."""
        percent = whole("active_power_percent", active_power_percent, 0, 100)
        return v4_write(self, "setPower", self.serial(device_sn), value=percent)


def slots(arguments: dict[str, Any]) -> list[Slot]:
    """The values of `parameter_value_1`, `parameter_value_2` and so on, in order."""
    names = (f"parameter_value_{n}" for n in range(1, len(arguments) + 1))
    return [arguments[name] for name in names if name in arguments]


# fmt: off
@template
def write_18_slots(
    module: Module[Any], spec: Spec, parameter_id: str, parameter_value_1: Slot,
    parameter_value_2: Slot = None, parameter_value_3: Slot = None, parameter_value_4: Slot = None,
    parameter_value_5: Slot = None, parameter_value_6: Slot = None, parameter_value_7: Slot = None,
    parameter_value_8: Slot = None, parameter_value_9: Slot = None, parameter_value_10: Slot = None,
    parameter_value_11: Slot = None, parameter_value_12: Slot = None, parameter_value_13: Slot = None,
    parameter_value_14: Slot = None, parameter_value_15: Slot = None, parameter_value_16: Slot = None,
    parameter_value_17: Slot = None, parameter_value_18: Slot = None,
    device_sn: str | None = None,
) -> Plan[Any]:
    # fmt: on
    """Write a setting (v1), a value a slot; known ids and ranges: `bridge.growatt.settings`."""
    return write_setting(module, spec, device_sn, parameter_id, slots(locals()))


def behind_datalogger(
    path: str, errors: Mapping[int, str], datalogger_sn: str, argument: str, address: int, **more: Any
) -> Call:
    """A v1 call about a meter or sensor, found by its bus address."""
    query = {
        "datalog_sn": single_serial(datalogger_sn, "datalogger_sn"),
        "address": str(whole(argument, address, 0, 255)),
        **present(**more),
    }
    return Call(path=path, verb="GET", prefix="v1", query=query, every=300, errors=errors)
