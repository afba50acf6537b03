"""Calls about what the account holds: users, plants, dataloggers."""

from collections import defaultdict
from datetime import date
from typing import Any

from bridge.simulator.calls import Call, Endpoint
from bridge.simulator.device import Device
from bridge.simulator.wire import Json, Refusal, java_date, overlay, shape, text, text_time
from bridge.simulator.world import Datalogger, Plant, User, check_code

INSTALLER_CODE = 5  # letters
NOTHING: Json = {"data": ""}


# Users


def _check_installer(call: Call, *names: str) -> None:
    code = next((call.get(name) for name in names if call.get(name)), "")
    if code and not (len(code) == INSTALLER_CODE and code.isalnum()):
        raise Refusal(10014)


def _check_user(call: Call) -> Json:
    call.need(user_name=10002)
    if any(user.name == call.get("user_name") for user in call.world.users.values()):
        raise Refusal(10003, "error_username_exist")
    return NOTHING


def _users(call: Call) -> Json:
    users = list(call.world.users.values())
    rows = [
        {
            "c_user_id": user.id,
            "c_user_name": user.name,
            "c_user_email": user.email,
            "c_user_tel": user.phone,
            "c_user_regtime": user.registered,
        }
        for user in users[call.page()]
    ]
    return {"data": {"count": len(users), "c_user": rows}}


def _user(call: Call, missing: int, unknown: int) -> User:
    call.need(c_user_id=missing)
    number = call.get("c_user_id")
    user = call.world.users.get(int(number)) if number.isdigit() else None
    if user is None:
        raise Refusal(unknown)
    return user


def _modify_user(call: Call) -> Json:
    user = _user(call, 10002, 10003)
    _check_installer(call, "agent_code", "agentCode")
    user.phone = call.get("mobile")
    return NOTHING


def _register(call: Call) -> Json:
    call.need(user_name=10002, user_password=10002)
    _check_user(call)
    call.need(user_email=10004, user_type=10006)
    _check_installer(call, "agentCode", "agent_code")
    user = call.world.add_user(call.get("user_name"), call.get("user_email"), call.get("user_tel"))
    return {"data": {"c_user_id": user.id}}


# Plants


def _devices(call: Call, plant: Plant) -> list[Device]:
    return [device for device in call.world.devices.values() if device.plant is plant]


def _sum(call: Call, plant: Plant, what: str) -> float:
    readings = [device.upload() for device in _devices(call, plant)]
    if what == "power":
        return sum(reading.flow.out for reading in readings)
    return sum((reading.today if what == "today" else reading.total)["out"] for reading in readings)


def _plant_row(call: Call, plant: Plant) -> Json:
    live = {
        "city": plant.city,
        "country": plant.country,
        "create_date": plant.created.isoformat(),
        "current_power": text(_sum(call, plant, "power")),
        "latitude": str(plant.site.latitude),
        "longitude": str(plant.site.longitude),
        "name": plant.name,
        "peak_power": plant.peak_kw,
        "plant_id": plant.id,
        "total_energy": text(round(_sum(call, plant, "total"), 1)),
        "user_id": plant.user.id,
    }
    return overlay("account.plant", live)


def _plants(call: Call) -> Json:
    plants = call.world.plants_of(call.token)
    words = call.get("search_keyword").lower()
    plants = [plant for plant in plants if words in plant.name.lower()]
    return {"data": {"count": len(plants), "plants": [_plant_row(call, plant) for plant in plants[call.page()]]}}


def _plants_of_user(call: Call) -> Json:
    plants = [plant for plant in call.world.plants_of(call.token) if plant.user.name == call.get("user_name")]
    return {"data": {"count": len(plants), "plants": [_plant_row(call, plant) for plant in plants[call.page()]]}}


def _plant_details(call: Call) -> Json:
    plant = call.plant(10003, 10002)
    loggers = [logger for logger in call.world.dataloggers.values() if logger.plant is plant]
    live = {
        "city": plant.city,
        "country": plant.country,
        "create_date": plant.created.isoformat(),
        "currency": plant.record.get("currency", "EUR"),
        "dataloggers": [{"datalogger_man": "Growatt", "datalogger_md": "", "datalogger_num": len(loggers)}],
        "inverters": [{"inverter_man": "Growatt", "inverter_md": "", "inverter_num": len(_devices(call, plant))}],
        "latitude": str(plant.site.latitude),
        "longitude": str(plant.site.longitude),
        "name": plant.name,
        "peak_power": plant.peak_kw,
        "timezone": _timezone(plant),
        "user_id": plant.user.id,
    }
    return {"data": overlay("account.plant_details", live)}


def _timezone(plant: Plant) -> str:
    return f"GMT{plant.utc_offset(plant.clock.time()):+g}"


def _plant_data(call: Call) -> Json:
    plant = call.plant(10003, 10002)
    today, devices = plant.today(), _devices(call, plant)
    newest = max((device.upload().t for device in devices), default=0.0)
    total = _sum(call, plant, "total")

    def since(first: date) -> str:
        return text(round(sum(device.energy_since(first, device.upload())["out"] for device in devices), 1))

    data = {
        "carbon_offset": text(round(total * 0.6, 1)),
        "current_power": round(_sum(call, plant, "power") / 1000, 4),  # kW, unlike in the list of plants
        "efficiency": "",
        "last_update_time": text_time(newest) if newest else "",
        "monthly_energy": since(today.replace(day=1)),
        "peak_power_actual": plant.peak_kw,
        "timezone": _timezone(plant),
        "today_energy": text(round(_sum(call, plant, "today"), 1)),
        "total_energy": text(round(total, 1)),
        "yearly_energy": since(today.replace(month=1, day=1)),
    }
    return {"data": data}


def _plant_power(call: Call) -> Json:
    plant = call.plant(10003, 10002)
    day = call.day("date", 10003)
    sums: defaultdict[str, float] = defaultdict(float)
    for device in _devices(call, plant):
        for reading in device.history(day):
            moment = plant.site.local(reading.t // 300 * 300)
            sums[f"{moment:%Y-%m-%d %H:%M}"] += reading.flow.out
    rows = [{"power": round(watts, 1), "time": name} for name, watts in sorted(sums.items(), reverse=True)]
    return {"data": {"count": len(rows), "powers": rows}}


UNITS = {"day": (7, "%Y-%m-%d"), "month": (731, "%Y-%m"), "year": (20 * 366, "%Y")}


def _plant_energy(call: Call) -> Json:
    """Days at most 7, months of this and the previous year, years at most 20."""
    plant = call.plant(10003, 10002)
    unit = call.get("time_unit")
    if unit not in UNITS:
        raise Refusal(10004)
    most, pattern = UNITS[unit]
    span = call.span(10004, 10004, most)
    if unit == "month" and span[0].year < plant.today().year - 1:
        raise Refusal(10004)
    sums: dict[str, float] = {}
    devices = _devices(call, plant)
    for day in span:
        name = day.strftime(pattern)
        sums[name] = sums.get(name, 0.0) + sum(device.energy(day)["out"] for device in devices)
    rows = [{"date": name, "energy": _energy(unit, kwh)} for name, kwh in sums.items()]
    return {"data": {"count": len(rows), "energys": rows[call.page()], "time_unit": unit}}


def _energy(unit: str, kwh: float) -> float | str:
    """Numbers for days, texts for months and years."""
    rounded = round(kwh, 1)
    return rounded if unit == "day" else text(rounded)


RECORD = ("currency", "formulaMoney", "plantAddress", "plant_type", "timezone_id", "createDate")


def _plant_input(call: Call, plant_id: int) -> tuple[User, float]:
    """Check what plants are added and modified with; `plant_id` may keep its own name."""
    call.need(c_user_id=10002, name=10003)
    user = _user(call, 10002, 10005)
    others = [plant for plant in call.world.plants_of(call.token) if plant.user is user and plant.id != plant_id]
    if any(plant.name == call.get("name") for plant in others):
        raise Refusal(10006)
    try:
        return user, float(call.get("peak_power") or -1)
    except ValueError:
        raise Refusal(10004) from None


def _add_plant(call: Call) -> Json:
    user, peak = _plant_input(call, 0)
    if peak < 0:
        raise Refusal(10004)
    place: dict[str, Any] = {name: float(call.get(name)) for name in ("latitude", "longitude") if call.get(name)}
    plant = call.world.add_plant(call.get("name"), token=call.token, user=user, **place)
    plant.record |= {name: call.get(name) for name in RECORD if call.get(name)}
    plant.created = plant.day(call.get("createDate"))
    plant.peak_kw, plant.country = peak, call.get("latitude_f")
    plant.city = call.get("city")
    return {"data": {"plant_id": plant.id}}


def _modify_plant(call: Call) -> Json:
    number = call.get("plant_id")
    _, peak = _plant_input(call, int(number) if number.isdigit() else 0)
    plant = call.plant(10007, 10007)
    plant.name = call.get("name")
    plant.peak_kw = peak if peak >= 0 else plant.peak_kw
    plant.country = call.get("latitude_f") or plant.country
    plant.record |= {name: call.get(name) for name in RECORD if call.get(name)}
    return NOTHING


def _delete_plant(call: Call) -> Json:
    plant = call.plant(10002, 10004)
    for device in _devices(call, plant):
        call.world.remove(device.sn)
    for logger in [logger for logger in call.world.dataloggers.values() if logger.plant is plant]:
        del call.world.dataloggers[logger.sn]
    del call.world.plants[plant.id]
    return NOTHING


def _plant_of(call: Call) -> Json:
    device = call.device_v1("device_sn", 10003, 10005)
    row = _plant_row(call, device.plant)
    row |= {"total_energy": float(row["total_energy"]), "latitude_d": None, "latitude_f": None}
    return {"data": {"plant": row}}


# Dataloggers and what hangs on them


def _plant_devices(call: Call) -> Json:
    plant = call.plant(10002, 10003)
    rows = [
        {
            "device_sn": device.sn,
            "last_update_time": text_time(device.upload().t),
            "model": device.model,
            "lost": device.offline,
            "status": -1 if device.offline else 1,
            "manufacturer": "Growatt",
            "device_id": device.seed % 100000,
            "datalogger_sn": device.datalogger,
            "type": device.family.plant_type,
        }
        for device in _devices(call, plant)
    ]
    loggers = [logger for logger in call.world.dataloggers.values() if logger.plant is plant]
    rows += [_extra(call, logger, "AMMETER") for logger in loggers for _ in logger.meters]
    rows += [_extra(call, logger, "ENV_DEVICE") for logger in loggers for _ in logger.sensors]
    return {"data": {"count": len(rows), "devices": rows[call.page()]}}


def _extra(call: Call, logger: Datalogger, name: str) -> Json:
    return {
        "device_sn": name,
        "last_update_time": text_time(call.world.clock.time() // 300 * 300),
        "model": "",
        "manufacturer": "Growatt",
        "device_id": "",
        "datalogger_sn": logger.sn,
        "type": 3,
    }


def _dataloggers(call: Call) -> Json:
    plant = call.plant(10002, 10003)
    loggers = [logger for logger in call.world.dataloggers.values() if logger.plant is plant]
    rows = [
        {
            "last_update_time": java_date(call.world.clock.time() // 300 * 300),
            "model": logger.model,
            "sn": logger.sn,
            "lost": False,
            "manufacturer": "Growatt",
            "type": 0,
        }
        for logger in loggers[call.page()]
    ]
    tree = {**shape("account.plant_tree"), "id": plant.id, "treeID": f"PLANT_{plant.id}", "plantName": plant.name}
    return {"data": {"peak_power_actual": tree, "count": len(loggers), "dataloggers": rows}}


def _attached(kind: str, list_key: str, device_type: str, name: str) -> Endpoint:
    def answer(call: Call) -> Json:
        logger = call.logger(10002, 10003)
        addresses: tuple[str, ...] = logger.meters if list_key == "meters" else logger.sensors
        rows = [
            {
                "address": address,
                "datalog_sn": logger.sn,
                "device_name": name,
                "device_type": device_type,
                "last_update_time": text_time(call.world.clock.time() // 300 * 300),
                "lost": 0,
            }
            for address in addresses[call.page()]
        ]
        return {"data": {"count": len(addresses), "datalogger_sn": logger.sn, list_key: rows}}

    return Endpoint(f"device/{kind}", answer, verb="GET", seconds=300)


def _validate(call: Call) -> Json:
    sn = call.get("datalogSn")
    if len(sn) != 10:
        raise Refusal(10001)
    if call.get("valiCode") != check_code(sn):
        raise Refusal(10002)
    if sn in call.world.dataloggers:
        raise Refusal(10003)
    return NOTHING


def _add_datalogger(call: Call) -> Json:
    plant = call.plant(10002, 10004)
    _user(call, 10006, 10005)
    sn = call.get("sn")
    if len(sn) != 10:
        raise Refusal(10002)
    if sn in call.world.dataloggers:
        raise Refusal(10003)
    call.world.add_datalogger(sn, plant)
    return {}


def _remove_datalogger(call: Call) -> Json:
    plant = call.plant(10002, 10003)
    logger = call.world.dataloggers.get(call.get("sn"))
    if logger is None or logger.plant is not plant:
        raise Refusal(10004)
    del call.world.dataloggers[logger.sn]
    return NOTHING


def _add_device(call: Call) -> Json:
    """Only a device that left an account before can join one."""
    plant = call.plant(10002, 10004)
    _user(call, 10005, 10005)
    sn = call.get("sn")
    if sn in call.world.devices:
        raise Refusal(10003)
    if sn not in call.world.shelf:
        raise Refusal(10002)
    call.world.restore(sn, plant)
    return {}


ENDPOINTS = [
    Endpoint("user/check_user", _check_user, seconds=300),
    Endpoint("user/c_user_list", _users, verb="GET", seconds=300, per_day=10),
    Endpoint("user/modify", _modify_user),
    Endpoint("user/user_register", _register),
    Endpoint("plant/list", _plants, verb="GET", seconds=300, per_day=10),
    Endpoint("plant/user_plant_list", _plants_of_user, seconds=300, per_day=10),
    Endpoint("plant/details", _plant_details, verb="GET", seconds=300),
    Endpoint("plant/data", _plant_data, verb="GET", seconds=300),
    Endpoint("plant/power", _plant_power, verb="GET", seconds=300),
    Endpoint("plant/energy", _plant_energy, verb="GET", seconds=300, per_day=10),
    Endpoint("plant/add", _add_plant, seconds=300),
    Endpoint("plant/modify", _modify_plant, per_day=10),
    Endpoint("plant/delete", _delete_plant),
    Endpoint("plant/sn_plant", _plant_of, seconds=300),
    Endpoint("device/list", _plant_devices, verb="GET", seconds=300),
    Endpoint("device/datalogger/list", _dataloggers, verb="GET", seconds=300),
    Endpoint("device/datalogger/add", _add_datalogger, seconds=300),
    Endpoint("device/datalogger/delete", _remove_datalogger, seconds=300),
    Endpoint("device/datalogger/validate", _validate),
    Endpoint("device/sn/add", _add_device, seconds=300),
    _attached("ammeter/meter_list", "meters", "64", "AMMETER"),
    _attached("env/env_list", "envs", "48", "ENV_DEVICE"),
]
