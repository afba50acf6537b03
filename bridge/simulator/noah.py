"""NOAH and NEXA: balcony batteries with their own small inverter."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bridge.simulator.course import Reading
from bridge.simulator.device import Device, Family, Kind, Params
from bridge.simulator.physics import LOAD_FIRST, Plan, Slot, Spec, storage_flow
from bridge.simulator.weather import noise
from bridge.simulator.wire import Json, Refusal, hour_minute, milliseconds, minutes, overlay, text, text_time, texts

PACK = 2048.0  # Wh
NOAH_OUTPUT, NEXA_OUTPUT = 800.0, 1000.0  # W, the most that leaves on the AC side
SLOTS = range(1, 10)
PRICE = 0.4  # EUR per kWh
CURRENCIES = ("EUR", "GBP", "USD", "CHF")
VERSION = "11.10.09.07.9000.4017"


def default_settings() -> Json:
    """The settings of a new device, by the names of the detail call."""
    settings: Json = {
        "defaultPower": 200.0,
        "defaultMode": LOAD_FIRST,
        "chargingSocHighLimit": 100.0,
        "chargingSocLowLimit": 10.0,
        "allowGridCharging": 0,
        "gridConnectionControl": 0,
        "associatedInvSn": None,
        "associatedInvManAndModel": 0,
        "tempType": 0,
    }
    for n in SLOTS:
        settings |= _slot(n, "0:0", "0:0", LOAD_FIRST, 200.0, 0)
    return settings


SLOT_KEYS = ("Start", "End", "Mode", "Power", "Enable")


def _slot(n: int, *values: str | float) -> Json:
    return {f"time{n}{key}": value for key, value in zip(SLOT_KEYS, values, strict=True)}


def spec(model: str, packs: int, peak: float) -> Spec:
    panels, output = (2000.0, NEXA_OUTPUT) if model.startswith("NEXA") else (1600.0, NOAH_OUTPUT)
    return Spec(peak or panels, output, PACK * packs, 1000.0 * packs)


def plan(settings: Json, spec: Spec) -> Plan:
    slots = tuple(
        Slot(
            minutes(settings[f"time{n}Start"]),
            minutes(settings[f"time{n}End"]),
            settings[f"time{n}Mode"],
            settings[f"time{n}Power"],
        )
        for n in SLOTS
        if settings[f"time{n}Enable"]
    )
    return Plan(
        limit=spec.rated,
        target=settings["defaultPower"],
        mode=settings["defaultMode"],
        slots=slots,
        high=settings["chargingSocHighLimit"],
        low=settings["chargingSocLowLimit"],
        charge_power=spec.battery_power,
        discharge_power=spec.battery_power,
        grid_charge=bool(settings["allowGridCharging"]),
        off_grid=bool(settings["gridConnectionControl"]),
    )


# Replies


def is_nexa(device: Device) -> bool:
    return device.model.startswith("NEXA")


def _ac_power(device: Device, reading: Reading) -> float:
    """NEXA counts what it delivers as negative, NOAH as positive."""
    delivered = reading.flow.out - reading.flow.grid_charge
    return -delivered if is_nexa(device) else delivered


def _status(device: Device) -> int:
    if device.offline:
        return -1
    return 6 if is_nexa(device) else 1


def _pack_serials(device: Device) -> list[str]:
    return [device.sn, *(f"{device.sn[:-2]}P{n}" for n in range(2, device.packs + 1))]


def _pack_fields(device: Device, reading: Reading, celsius: float) -> Json:
    fields: Json = {}
    serials = _pack_serials(device)
    for n in range(1, 5):
        there = n <= len(serials)
        values = {
            "SerialNum": serials[n - 1] if there else None,
            "Soc": round(reading.soc) if there else 0,
            "Temp": celsius if there else 0.0,
            "TempF": round(celsius * 1.8 + 32, 1) if there else 32.0,
        }
        fields |= {f"battery{n}{key}": value for key, value in values.items()}
    return fields


def _inputs(device: Device, reading: Reading, celsius: float) -> Json:
    inputs = 4 if is_nexa(device) else 2
    fields: Json = {}
    for n in range(1, 5):
        watts = reading.flow.pv / inputs if n <= inputs else 0.0
        volts = 31.0 + 2 * noise(device.seed + n, int(reading.t)) if watts > 1 else 0.0
        fields |= {
            f"pv{n}Voltage": round(volts, 2),
            f"pv{n}Current": round(watts / volts, 2) if volts else 0.0,
            f"pv{n}Temp": celsius,
        }
    return fields


def last_data(device: Device, reading: Reading) -> Json:
    flow, settings = reading.flow, device.settings
    celsius = round(18 + flow.out / 60 + 3 * noise(device.seed, int(reading.t // 600)), 1)
    today = device.plant.site.local(reading.t).date()
    pac = round(_ac_power(device, reading), 1)
    volts = 230.0 + 4 * noise(device.seed, int(reading.t))
    off_grid = bool(settings["gridConnectionControl"])
    battery = round(flow.charge - flow.discharge)
    cell = 3100 + 3 * reading.soc
    return overlay(
        "noah.last",
        _pack_fields(device, reading, celsius),
        _inputs(device, reading, celsius),
        {
            "batteryPackageQuantity": device.packs,
            "batteryCycles": int(reading.total["discharge"] * 1000 / device.spec.capacity),
            "chargeSocLimit": round(settings["chargingSocHighLimit"]),
            "dischargeSocLimit": round(settings["chargingSocLowLimit"]),
            "ctSelfPower": round(flow.imported - flow.exported, 1),
            "datalogSn": device.datalogger,
            "deviceSn": device.sn,
            "eacToday": round(reading.today["out"], 1),
            "eacTotal": round(reading.total["out"], 1),
            "eacMonth": round(device.energy_since(today.replace(day=1), reading)["out"], 1),
            "eacYear": round(device.energy_since(today.replace(month=1, day=1), reading)["out"], 1),
            "householdLoadApartFromGroplug": round(flow.load, 1),
            "totalHouseholdLoad": round(flow.load, 1),
            "maxCellVoltage": round(cell + 2),
            "minCellVoltage": round(cell - 2),
            "onGridPower": 0.0 if off_grid else pac,
            "onGridVoltage": 0.0 if off_grid else round(volts, 1),
            "onGridCurrent": 0.0 if off_grid else round(abs(pac) / volts, 2),
            "offGridPower": abs(pac) if off_grid else 0.0,
            "offGridVoltage": round(volts, 1) if off_grid else 0.0,
            "offGridCurrent": round(abs(pac) / volts, 2) if off_grid else 0.0,
            "onOffGrid": int(off_grid),
            "pac": pac,
            "ppv": round(flow.pv, 1),
            "settableTimePeriod": 9,
            "status": _status(device),
            "systemTemp": celsius,
            "time": milliseconds(reading.t),
            "timeStr": text_time(reading.t),
            "totalBatteryPackChargingPower": battery,
            "totalBatteryPackChargingStatus": (battery > 0) + 2 * (battery < 0),
            "totalBatteryPackSoc": round(reading.soc),
            "workMode": reading.mode,
            "acCoupleProtectStatus": 0,
            "acCoupleWarnStatus": 0,
        },
    )


def details(device: Device, reading: Reading) -> Json:
    return overlay(
        "noah.details",
        device.settings,
        {
            "alias": device.alias,
            "datalogSn": device.datalogger,
            "deviceSn": device.sn,
            "componentPower": device.spec.peak,
            "lastUpdateTime": milliseconds(reading.t),
            "lastUpdateTimeText": text_time(reading.t),
            "sysTime": milliseconds(reading.t),
            "lost": device.offline,
            "status": _status(device),
            "portName": f"ShinePano-{device.datalogger}",
            "timezone": device.plant.utc_offset(reading.t),
        },
    )


def _app_status(device: Device, reading: Reading, _: Params) -> Json:
    flow = reading.flow
    live = {
        "loadPower": round(flow.load),
        "workMode": reading.mode,
        "soc": round(reading.soc),
        "batteryNum": device.packs,
        "profitToday": reading.today["out"] * PRICE,
        "profitTotal": reading.total["out"] * PRICE,
        "eacToday": round(reading.today["out"], 1),
        "eacTotal": round(reading.total["out"], 1),
        "pac": round(_ac_power(device, reading)),
        "gridPower": round(flow.imported - flow.exported),
        "chargePower": round(max(0.0, flow.charge - flow.discharge)),
        "disChargePower": round(max(0.0, flow.discharge - flow.charge)),
        "ppv": round(flow.pv),
        "alias": device.alias,
        "plantId": device.plant.id,
        "associatedInvSn": device.settings["associatedInvSn"] or "",
        "onOffGrid": device.settings["gridConnectionControl"],
        "status": _status(device),
    }
    return overlay("noah.status", texts(live))


def _app_batteries(device: Device, reading: Reading, _: Params) -> Json:
    fahrenheit = device.settings["tempType"] == 1
    pack = last_data(device, reading)
    key = "TempF" if fahrenheit else "Temp"
    rows = [
        {"serialNum": serial, "soc": text(pack[f"battery{n}Soc"]), "temp": str(float(pack[f"battery{n}{key}"]))}
        for n, serial in enumerate(_pack_serials(device)[:4], 1)
    ]
    return {"batter": rows, "tempType": "°F" if fahrenheit else "°C", "time": text_time(reading.t)}


def _app_settings(device: Device, reading: Reading, _: Params) -> Json:
    settings = device.settings
    plant = {"plantId": text(device.plant.id), "plantImgName": "", "plantName": device.plant.name}
    live = {
        **settings,
        "associatedInvSn": settings["associatedInvSn"] or "",
        "workMode": reading.mode,
        "deviceSn": device.sn,
        "alias": device.alias,
        "model": device.model,
        "plantId": device.plant.id,
        "plantName": device.plant.name,
        "version": VERSION,
    }
    packed = [{f"time_segment{n}": _packed(settings, n)} for n in SLOTS if settings[f"time{n}Enable"]]
    noah = overlay("noah.settings", texts(live), {"time_segment": packed, "batSns": _pack_serials(device)})
    units = {"unitKeyList": list(CURRENCIES), "unitList": dict(zip(CURRENCIES, CURRENCIES, strict=True))}
    return {**units, "noah": noah, "plantList": [plant]}


def _packed(settings: Mapping[str, Any], n: int) -> str:
    """mode_start_end_power_days; day 0 is every day, and a power counts in load first only."""
    mode, start, end = settings[f"time{n}Mode"], settings[f"time{n}Start"], settings[f"time{n}End"]
    power = round(settings[f"time{n}Power"]) if mode == LOAD_FIRST else 0
    return f"{mode}_{start}_{end}_{power}_0"


def _app_firmware(_device: Device, _reading: Reading, _: Params) -> Json:
    return {"checkUpgradeNoah": False, "currVersion": VERSION, "newVersion": VERSION, "status": text(_status(_device))}


def _app_power_chart(device: Device, _: Reading, params: Params) -> Json:
    """The day BEFORE the one asked for, in no order; what is still to come is 0."""
    day = device.plant.day(params.get("date", "")) - timedelta(days=1)
    rows = {_five_minutes(device, reading): reading for reading in device.history(day)}
    names = [f"{n // 12:02}:{n % 12 * 5:02}" for n in range(288)]
    names.sort(key=lambda name: noise(7, int(name.replace(":", ""))))
    return {name: _chart_row(device, rows.get(name)) for name in names}


def _five_minutes(device: Device, reading: Reading) -> str:
    moment = device.plant.site.local(reading.t)
    return f"{moment.hour:02}:{moment.minute // 5 * 5:02}"


def _chart_row(device: Device, reading: Reading | None) -> Json:
    if reading is None:
        return {"totalHouseholdLoad": "0", "pac": "0", "ppv": "0"}
    nexa = is_nexa(device)
    load = _wrapped(device, reading) if nexa else reading.flow.load
    pac = 0.0 if nexa else reading.flow.out
    return {
        "totalHouseholdLoad": text(round(load, 1)),
        "pac": text(round(pac, 1)),
        "ppv": text(round(reading.flow.pv, 1)),
    }


def _wrapped(device: Device, reading: Reading) -> float:
    """NEXA now and then measures a load just below zero, which wraps at 16 bits, wholly or in one of two samples."""
    chance = noise(device.seed + 9, int(reading.t))
    if chance > 0.02:
        return reading.flow.load
    return 65488.0 if chance < 0.01 else 32755.5


def _app_energy_chart(device: Device, reading: Reading, params: Params) -> Json:
    """PV energy (kWh): days of a month (always 31 keys), months of a year, or years."""
    if params.get("dateType") == "3":
        return {name: text(round(value, 1)) for name, value in _by_year(device, reading).items()}
    day = device.plant.day(params.get("dateTime", ""))
    if params.get("dateType") == "1":
        sums = dict.fromkeys((f"{n:02}" for n in range(1, 32)), 0.0)
        span, key = device.plant.month_days(day), "%d"
    elif params.get("dateType") == "2":
        sums = dict.fromkeys((f"{n:02}" for n in range(1, 13)), 0.0)
        span, key = device.plant.year_days(day), "%m"
    else:
        raise Refusal(0, "")
    for each in span:
        if each.strftime(key) in sums:
            sums[each.strftime(key)] += device.energy(each)["pv"]
    return {name: text(round(value, 1)) for name, value in sums.items()}


def _by_year(device: Device, reading: Reading) -> dict[str, float]:
    years = range(device.plant.today().year - 5, device.plant.today().year + 1)
    since = {year: device.energy_since(date(year, 1, 1), reading)["pv"] for year in years}
    return {str(year): since[year] - since.get(year + 1, 0.0) for year in years}


# Writes


def _number(params: Params, name: str, low: float, high: float) -> int:
    try:
        value = int(params[name])
    except (KeyError, ValueError):
        raise Refusal(6) from None
    if not low <= value <= high:
        raise Refusal(6)
    return value


def _write_power(device: Device, params: Params) -> Json:
    return {"defaultPower": float(_number(params, "value", 0, device.spec.rated))}


def _write_high(device: Device, params: Params) -> Json:
    return {"chargingSocHighLimit": float(_number(params, "value", device.settings["chargingSocLowLimit"], 100))}


def _write_low(device: Device, params: Params) -> Json:
    return {"chargingSocLowLimit": float(_number(params, "value", 0, device.settings["chargingSocHighLimit"]))}


def _write_grid_charge(_: Device, params: Params) -> Json:
    return {"allowGridCharging": _number(params, "value", 0, 1)}


def _write_off_grid(_: Device, params: Params) -> Json:
    return {"gridConnectionControl": _number(params, "value", 0, 1)}


def _write_slot(device: Device, params: Params) -> Json:
    try:
        start, end = hour_minute(params["startTime"]), hour_minute(params["endTime"])
    except (KeyError, ValueError):
        raise Refusal(6) from None
    if not 0 <= minutes(start) < minutes(end) < 1440:
        raise Refusal(6)
    mode, power = _number(params, "mode", LOAD_FIRST, 2), float(_number(params, "power", 0, device.spec.rated))
    return _slot(_number(params, "type", 1, 9), start, end, mode, power, _number(params, "enable", 0, 1))


def _write_inverter(_: Device, params: Params) -> Json:
    try:
        value = json.loads(params["value"])
        return {"associatedInvSn": str(value["deviceId"]), "associatedInvManAndModel": int(value["type"])}
    except (KeyError, ValueError, TypeError):
        raise Refusal(6) from None


APP = {
    "getSystemStatus": _app_status,
    "getBatteryData": _app_batteries,
    "get{model}InfoBySn": _app_settings,
    "checkUpgrade{model}": _app_firmware,
    "get{model}ChartData": _app_power_chart,
    "getDataChart": _app_energy_chart,
}

FAMILY = Family(
    type="noah",
    number=1000,
    kind=(4, "other"),
    plant_type=3,
    table="NOAH",
    flow=storage_flow,
    plan=plan,
    kinds={
        "noah": Kind("NOAH 2000 ", NOAH_OUTPUT, 5800, PACK / 1000, meter=True),
        "nexa": Kind("NEXA 2000", NEXA_OUTPUT, 5800, PACK / 1000, meter=True),
    },
    details=details,
    last=last_data,
    realtime=lambda _device, _reading: None,
    writes={
        "setPower": _write_power,
        "setHighLimitSoc": _write_high,
        "setLowLimitSoc": _write_low,
        "setGridCharge": _write_grid_charge,
        "setOffGrid": _write_off_grid,
        "setTimeSegment": _write_slot,
        "setDevice": _write_inverter,
    },
    power="defaultPower",
    last_interval=60,
    app=APP,
)
