"""Calls about devices: v4 calls serve every family by `deviceType`, v1 calls repeat themselves by path prefix."""

from collections.abc import Callable
from datetime import date, timedelta

from bridge.simulator import parameters, vpp
from bridge.simulator.calls import Call, Endpoint, Handler, done, v4
from bridge.simulator.course import Reading
from bridge.simulator.device import HISTORY_DAYS, V1, Device, Family, Params
from bridge.simulator.fields import fill
from bridge.simulator.weather import noise
from bridge.simulator.wire import Json, Refusal, shape
from bridge.simulator.world import FAMILIES

BATCH, HISTORY_BATCH = 100, 50
ANY_REGISTER = "set_any_reg"


# v4, shared by all families


def _device_list(call: Call) -> Json:
    page = call.get("page") or "1"
    if not page.isdigit() or page == "0":
        raise Refusal(10)
    devices = [device for device in call.world.devices_of(call.token) if device.family.v4]
    start = (int(page) - 1) * BATCH
    pages = -(-len(devices) // BATCH)
    rows = [
        {
            "deviceType": device.family.type,
            "deviceSn": device.sn,
            "datalogSn": device.datalogger,
            "createDate": f"{call.world.created(device):%Y-%m-%d %H:%M:%S}.0",
        }
        for device in devices[start : start + BATCH]
    ]
    paging = {"pages": pages, "pageSize": BATCH, "count": len(devices), "other": None, "notPager": False}
    return v4({**paging, "data": rows, "lastPager": int(page) >= pages, "startCount": start})


def _rows(pick: Callable[[Family], Callable[[Device, Reading], Json]]) -> Handler:
    def answer(call: Call) -> Json:
        devices = call.devices_v4(BATCH)
        rows = [pick(device.family)(device, device.upload()) for device in devices]
        return v4({call.get("deviceType"): rows})

    return answer


def _day(call: Call) -> date:
    if not call.get("date"):
        raise Refusal(9)
    return call.day("date", 9)


def _history(device: Device, day: date) -> list[Json]:
    return [device.family.last(device, reading) for reading in device.history(day)]


def _history_one(call: Call) -> Json:
    device, day = call.device_v4(), _day(call)
    return v4({"endDate": day.isoformat(), "datas": _history(device, day), "start": 0, "haveNext": False})


def _history_many(call: Call) -> Json:
    devices, day = call.devices_v4(HISTORY_BATCH), _day(call)
    return v4({device.sn: _history(device, day) for device in devices})


def _info(call: Call) -> Json:
    """NOAH and NEXA report no battery although packs are attached."""
    device = call.device_v4()
    battery = device.spec.capacity > 0 and not device.family.app
    logger = call.world.dataloggers.get(device.datalogger)
    return v4(
        {
            "deviceSn": device.sn,
            "deviceType": device.family.type,
            "deviceModel": device.model.strip(),
            "dataloggerModel": logger.model if logger else device.model.strip(),
            "batteryModel": "APX" if battery else None,
            "norminalPower": round(device.spec.rated),
            "batteryCapacity": device.spec.capacity / 1000 if battery else 0.0,
            "batteryNominalPower": device.spec.battery_power if battery else 0.0,
            "hasBattery": battery,
        }
    )


def _realtime(call: Call) -> Json:
    device = call.device_v4()
    return v4(device.family.realtime(device, device.status()))


def _read_power(call: Call) -> Json:
    device = call.device_v4()
    if not device.family.power:
        raise Refusal(7)
    return v4(round(device.settings[device.family.power]), "success")


def _wifi(call: Call) -> Json:
    """Value and text change places on success."""
    device = call.device_v4()
    minute = int(call.world.clock.time() // 60)
    return v4("success", str(-45 - round(20 * noise(device.seed, minute))))


def _online(device: Device, code: int) -> Device:
    if device.offline:
        raise Refusal(code)
    return device


def _write(name: str) -> Handler:
    def answer(call: Call) -> Json:
        device = call.device_v4()
        write = device.family.writes.get(name)
        if write is None:
            raise Refusal(7)
        patch = write(_online(device, 5), call.params)
        call.write(device, patch)
        return done()

    return answer


def _vpp_device(call: Call) -> Device:
    device = call.device_v4()
    if not device.family.vpp:
        raise Refusal(7)
    return _online(device, 5)


def _vpp_read(call: Call) -> Json:
    return v4(vpp.read(_vpp_device(call), call.get("setType")), "success")


def _vpp_write(call: Call) -> Json:
    return _vpp_done(call, _vpp_device(call), vpp.patch(call.params))


def _vpp_done(call: Call, device: Device, patch: Json) -> Json:
    seconds = vpp.duration(device.settings, patch)
    call.write(device, patch)
    if seconds is not None:
        call.write(device, {vpp.ENABLE: 1})  # makes an earlier end void
    if seconds:
        call.write(device, {vpp.ENABLE: 0}, delay=seconds)
    return done()


def _vpp_write_new(call: Call) -> Json:
    """Periods must be removed before new ones are set."""
    device, patch = _vpp_device(call), vpp.patch(call.params)
    if vpp.PERIODS in patch and device.settings.get(vpp.PERIODS):
        raise Refusal(6)
    return _vpp_done(call, device, patch)


def _vpp_clear(call: Call) -> Json:
    device = _vpp_device(call)
    if call.get("setType") != vpp.PERIODS:
        raise Refusal(6)
    call.write(device, {vpp.PERIODS: []})
    return done()


WRITES = sorted({name for family in FAMILIES.values() for name in family.writes} | {"setOnOrOff", "setPower"})
LAST = {family.type: family.last_interval for family in FAMILIES.values()}
V4 = [
    Endpoint("new-api/queryDeviceList", _device_list, "v4", seconds=5),
    Endpoint("new-api/queryDeviceInfo", _rows(lambda family: family.details), "v4", seconds=300),
    Endpoint("new-api/queryLastData", _rows(lambda family: family.last), "v4", seconds=300, by_type=LAST),
    Endpoint("new-api/queryHistoricalData", _history_one, "v4", seconds=300),
    Endpoint("new-api/queryDevicesHistoricalData", _history_many, "v4", seconds=300),
    Endpoint("new-api/queryDeviceInfoParam", _info, "v4"),
    Endpoint("new-api/queryDfcData", _realtime, "v4"),
    Endpoint("new-api/readPower", _read_power, "v4", seconds=5),
    Endpoint("new-api/getWiFiSignalByDevice", _wifi, "v4", seconds=5),
    Endpoint("new-api/readVppParameter", _vpp_read, "v4", seconds=5),
    Endpoint("new-api/setVppParameter", _vpp_write, "v4", seconds=5),
    Endpoint("new-api/setNewVppParameter", _vpp_write_new, "v4", seconds=5),
    Endpoint("new-api/removeVppTimePeriod", _vpp_clear, "v4", seconds=5),
    *(Endpoint(f"new-api/{name}", _write(name), "v4", seconds=5) for name in WRITES),
]


# The app's calls


def _app(model: str, make: Callable[[Device, Reading, Params], object]) -> Handler:
    def answer(call: Call) -> Json:
        device = call.world.devices.get(call.get("deviceSn"))
        if device is None or device.plant.token != call.token or not device.model.upper().startswith(model):
            raise Refusal(0, "")
        return {"obj": make(device, device.status(), call.params)}

    return answer


APP = [
    Endpoint(f"noahDeviceApi/{model.lower()}/{name.format(model=model)}", _app(model.upper(), make), "app")
    for model in ("Noah", "Nexa")
    for name, make in FAMILIES["noah"].app.items()
]


# v1, the same calls for every family that has them


class V1Calls:
    """The calls below `device/<prefix>/` of one family, and its two for parameters."""

    def __init__(self, family: Family, rules: V1) -> None:
        self.family, self.rules = family, rules

    def endpoints(self) -> list[Endpoint]:
        rules, p = self.rules, self.rules.prefix
        rows: list[tuple[str, str, str, Handler, object]] = [
            ("details", "GET", f"{p}_data_info", self._details, True),
            ("settings", "GET", f"{p}_set_info", self._settings, shape(f"{self.family.type}.settings")),
            ("last", rules.verb, f"{p}_last_data", self._last, True),
            ("many", "POST", f"{p}s_data", self._many, rules.many),
            ("history", rules.verb, f"{p}_data", self._history, True),
            ("alarms", rules.verb, "alarm_data", self._alarms, rules.alarms),
        ]
        settings = [Endpoint(rules.read, self._read), Endpoint(rules.write, self._write)] if rules.read else []
        return settings + [
            Endpoint(f"device/{p}/{rules.paths.get(name, part)}", answer, "v1", verb, rules.intervals.get(name, 0))
            for name, verb, part, answer, there in rows
            if there
        ]

    def _device(self, call: Call, key: str, missing: int, unknown: int) -> Device:
        return call.device_v1(key, missing, unknown, self.family)

    def _shown(self, part: str, device: Device, reading: Reading) -> Json:
        return fill(f"{self.family.type}.{part}", device, reading)

    def _one(self, call: Call, part: str, key: str) -> Json:
        device = self._device(call, key, 10003, 10002)
        return {"data": self._shown(part, device, device.upload()), "dataloggerSn": device.datalogger, key: device.sn}

    def _details(self, call: Call) -> Json:
        return self._one(call, "details", "device_sn")

    def _settings(self, call: Call) -> Json:
        return self._one(call, "settings", "device_sn")

    def _last(self, call: Call) -> Json:
        return self._one(call, "last", self.rules.serial)

    def _many(self, call: Call) -> Json:
        """The key of a device's data is its serial, twice; everything is on page 1."""
        serials = call.serials(self.rules.many)
        if not 1 <= len(serials) <= BATCH:
            raise Refusal(10003)
        devices = [device for device in call.mine(serials) if device.family is self.family]
        if not devices:
            raise Refusal(10002)
        page = 2 if call.get("pageNum") == "2" else 1
        data = {
            device.sn: {"dataloggerSn": device.datalogger, device.sn: self._shown("last", device, device.upload())}
            for device in devices
            if page == 1
        }
        return {"data": data, self.rules.many: serials, "pageNum": page}

    def _history(self, call: Call) -> Json:
        device = self._device(call, self.rules.serial, *self.rules.codes)
        rows = [reading for day in call.span(10003, 10004) for reading in device.history(day)][::-1]
        part = "history" if shape(f"{self.family.type}.history") else "last"
        listed = call.listed(rows, "datas", lambda reading: self._shown(part, device, reading))
        return {"data": {**listed, "datalogger_sn": device.datalogger, self._key("history"): device.sn}}

    def _key(self, name: str) -> str:
        return self.rules.keys.get(name, self.rules.serial)

    def _alarms(self, call: Call) -> Json:
        device = self._device(call, self.rules.serial, 10002, 10005)
        day, part = call.day("date", 10003).isoformat(), call.page()
        found = [alarm for alarm in device.alarms if alarm["start_time"].startswith(day)]
        return {"data": {"alarms": found[part], "count": len(found), self._key("alarms"): device.sn}}

    def _read(self, call: Call) -> Json:
        """The present value of a parameter as text, or those of registers, with commas."""
        device, name = _online(self._device(call, "device_sn", 10002, 10002), 10003), call.get("paramId")
        if name in self.rules.parameters:
            return {"data": parameters.shown(self.rules.parameters[name], device.settings)}
        if name != ANY_REGISTER:
            raise Refusal(10009)
        first, last = call.get("startAddr"), call.get("endAddr")
        if not (first.isdigit() and last.isdigit() and int(first) <= int(last) <= int(first) + 100):
            raise Refusal(10001)
        addresses = range(int(first), int(last) + 1)
        return {
            "data": ",".join(
                parameters.shown_register(self.rules.registers, each, device.settings) for each in addresses
            )
        }

    def _write(self, call: Call) -> Json:
        rules, name = self.rules, call.get(self.rules.parameter)
        device = self._device(call, rules.serial, 10004, 10012)
        if name != ANY_REGISTER and name not in rules.parameters:
            raise Refusal(10006)
        slots = [call.get(rules.slot.format(n)) for n in range(1, rules.slots + 1)]
        _online(device, 10003)
        if name == ANY_REGISTER:
            call.write(device, parameters.patch_register(rules.registers, slots), refused=10002)
        else:
            call.write(device, parameters.patch(rules.parameters[name], device, slots), refused=10002)
        return {"data": ""}


# v1 calls for a virtual power plant


def _vpp_v1(call: Call, missing: int, unknown: int) -> Device:
    device = call.device_v1("vppSn", missing, unknown)
    if not (device.family.vpp and device.family.v1):
        raise Refusal(unknown)
    return device


def _vpp_now(call: Call) -> Json:
    device = _online(_vpp_v1(call, 10004, 10012), 10005)
    call.need(time=10007, percentage=10007)
    try:
        duration, percent = int(call.get("time")), int(call.get("percentage"))
    except ValueError:
        raise Refusal(10008) from None
    if not (0 <= duration <= 1440 and -100 <= percent <= 100):
        raise Refusal(10008)
    call.write(device, {vpp.NOW: percent}, refused=10001)
    if duration:
        call.write(device, {vpp.NOW: None}, delay=duration * 60)
    return {"data": "0"}


def _vpp_schedule(call: Call) -> Json:
    device = _online(_vpp_v1(call, 10004, 10012), 10005)
    call.need(timePeriods=10007)
    call.write(device, {vpp.PERIODS: vpp.periods(call.get("timePeriods"), lambda: Refusal(10008))}, refused=10001)
    return {"data": "0"}


def _vpp_soc(call: Call) -> Json:
    device = _vpp_v1(call, 10003, 10002)
    return {"soc": float(round(device.upload().soc)), "dataLogSn": device.datalogger, "sn": device.sn}


# v1 calls about any device


def _type_info(call: Call) -> Json:
    sn = call.get("dataloggerSn")
    empty = {"deviceType": 0, "dtc": 0, "haveMeter": False, "inSystem": False, "model": "", "normalPower": 0}
    if sn in call.world.dataloggers:
        return {**empty, "model": call.world.dataloggers[sn].model, "msg": "datalog", "obj": 3, "result": 1}
    device = call.world.devices.get(sn) or call.world.shelf.get(sn)
    if device is None:
        return {**empty, "msg": "", "obj": 0, "result": 0}
    family = device.family
    return {
        "deviceType": family.number,
        "dtc": device.dtc,
        "haveMeter": device.spec.meter and not family.app,
        "inSystem": sn in call.world.devices,
        "model": device.model,
        "msg": family.kind[1],
        "normalPower": round(device.spec.rated),
        "obj": family.kind[0],
        "result": 1,
    }


def _create_date(call: Call) -> Json:
    serials = call.serials("devices")
    if not 1 <= len(serials) <= BATCH or call.get("pageNum") not in {"1", "2"}:
        raise Refusal(10001)
    rows = {
        device.sn: {
            "createTime": f"{call.world.created(device):%Y-%m-%d %H:%M:%S}",
            "datalogSn": device.datalogger,
            "deviceName": device.family.type.upper(),
            "deviceSn": device.sn,
            "deviceType": device.family.table,
            "lastUpdateTime": f"{device.plant.site.local(device.upload().t):%Y-%m-%d %H:%M:%S}",
            "tableName": "",
        }
        for device in call.mine(serials)
        if call.get("pageNum") == "1"
    }
    return {"data": rows}


def _energy_day(call: Call) -> Json:
    device = call.device_v1("device_sn", 10002, 10005)
    day = call.day("date", 10003)
    if day < device.plant.today() - timedelta(days=HISTORY_DAYS):
        raise Refusal(10003)
    data = round(device.energy(day)["out"], 2)
    return {"data": data, "dataloggerSn": device.datalogger, "device_sn": device.sn}


def _datalogger_of(call: Call) -> Json:
    return {"data": {"datalogSN": call.device_v1("device_sn", 10003, 10005).datalogger}}


ANY = [
    Endpoint("device/check/sn", _type_info, "bare", "GET", 300),
    Endpoint("device/all/create_date", _create_date, seconds=300),
    Endpoint("device/inverter/day_energy", _energy_day, verb="GET", seconds=300),
    Endpoint("device/sn_datalog", _datalogger_of),
    Endpoint("vppRemoteSetNew", _vpp_now, seconds=10),
    Endpoint("vppSetNew", _vpp_schedule, seconds=10),
    Endpoint("device/vpp/getSocData", _vpp_soc, seconds=10),
]

V1_ROWS = [row for family in FAMILIES.values() if family.v1 for row in V1Calls(family, family.v1).endpoints()]
ENDPOINTS = [*V4, *APP, *V1_ROWS, *ANY]
