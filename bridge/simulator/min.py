"""MIN (`tlx` on the wire): grid-tied inverters; the XH models take a battery, NEO is a micro inverter."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.simulator import vpp
from bridge.simulator.course import Reading
from bridge.simulator.device import V1, Device, Family, Params
from bridge.simulator.physics import Plan, Slot, Spec, hybrid_flow
from bridge.simulator.weather import noise
from bridge.simulator.wire import (
    Json,
    Refusal,
    java_calendar,
    java_date,
    milliseconds,
    minutes,
    overlay,
    shape,
    text,
    text_time,
)

SLOTS = range(1, 10)
SHARES = (0.55, 0.45)  # of the sun, by string


def default_settings(battery: bool) -> Json:
    """The settings of a new device, by the names of the settings call."""
    settings = {
        "onOff": 1,
        "activeRate": 100.0,
        "reactiveRate": 0.0,
        "pf": 1.0,
        "exportLimit": 0.0,
        "exportLimitPowerRate": 0.0,
        "epsFunEn": 0.0,
        "epsFreqSet": 0.0,
        "epsVoltSet": 0.0,
        "voltageHighLimit": 252.0,
        "voltageLowLimit": 184.0,
        "acChargeEnable": 0,
        "chargePowerCommand": 100.0,
        "disChargePowerCommand": 100.0,
        "wchargeSOCLowLimit": 100.0 if battery else "",
        "wdisChargeSOCLowLimit": 10.0 if battery else "",
        "onGridDischargeStopSOC": 10.0 if battery else "",
        "pvPfCmdMemoryState": 0,
        "sysTime": "",
        "sysTimeText": "",
    }
    for n in SLOTS:
        settings |= _slot(n, 0, "0:0", "0:0", 0)
    return settings


def _slot(n: int, mode: int, start: str, stop: str, active: int) -> Json:
    return {
        f"time{n}Mode": mode,
        f"forcedTimeStart{n}": start,
        f"forcedTimeStop{n}": stop,
        f"forcedStopSwitch{n}": active,
    }


def plan(settings: Json, spec: Spec) -> Plan:
    own = tuple(
        Slot(
            minutes(settings[f"forcedTimeStart{n}"]),
            minutes(settings[f"forcedTimeStop{n}"]),
            settings[f"time{n}Mode"],
            0,
        )
        for n in SLOTS
        if settings[f"forcedStopSwitch{n}"]
    )
    forced = vpp.slots(settings, spec)
    rate = settings["exportLimitPowerRate"]
    return Plan(
        on=bool(settings["onOff"]),
        limit=spec.rated * min(settings["activeRate"], settings.get("set_param_6", 100)) / 100,
        slots=forced or own,
        high=settings["wchargeSOCLowLimit"] or 100.0,
        low=settings["wdisChargeSOCLowLimit"] or 0.0,
        charge_power=spec.battery_power * settings["chargePowerCommand"] / 100,
        discharge_power=spec.battery_power * settings["disChargePowerCommand"] / 100,
        grid_charge=bool(settings["acChargeEnable"] or forced),
        export_limit=spec.rated * rate / 100 if settings["exportLimit"] else None,
    )


# Replies


def _status(device: Device, reading: Reading) -> int:
    if device.offline:
        return -1
    return 1 if reading.flow.pv > 1 or reading.flow.out > 1 else 0


def _strings(device: Device, reading: Reading) -> Json:
    fields: Json = {}
    for n, share in enumerate(SHARES, 1):
        watts = reading.flow.pv * share
        volts = (30.0 if device.spec.rated < 1000 else 250.0) + 8 * noise(device.seed + n, int(reading.t))
        fields |= {
            f"ppv{n}": round(watts, 1),
            f"vpv{n}": round(volts if watts > 1 else 0.0, 1),
            f"ipv{n}": round(watts / volts, 1),
            f"epv{n}Today": round(reading.today["pv"] * share, 1),
            f"epv{n}Total": round(reading.total["pv"] * share, 1),
        }
    return fields


def _battery(device: Device, reading: Reading) -> Json:
    if not device.spec.capacity:
        return {}
    volts = 190 + 0.3 * reading.soc
    net = reading.flow.charge - reading.flow.discharge
    return {
        "batteryNo": 1,
        "bdcStatus": 1,
        "bdc1Status": 1,
        "bdc1Mode": 1 if net > 0 else 2 if net < 0 else 0,
        "bdc1Soc": round(reading.soc),
        "bmsSoc": round(reading.soc),
        "soc1": round(reading.soc),
        "bmsSoh": 99.0,
        "bdc1ChargePower": round(max(0.0, net), 1),
        "bdc1DischargePower": round(max(0.0, -net), 1),
        "bdc1ChargeTotal": round(reading.total["charge"], 1),
        "bdc1DischargeTotal": round(reading.total["discharge"], 1),
        "bdc1Vbat": round(volts, 1),
        "bmsVbat": round(volts, 1),
        "bdc1Ibat": round(net / volts, 1),
        "bmsIbat": round(net / volts, 1),
        "bmsTemp1Bat": 24.0,
        "bdc1Temp1": 31.0,
        "echargeToday": round(reading.today["charge"], 1),
        "echargeTotal": round(reading.total["charge"], 1),
        "edischargeToday": round(reading.today["discharge"], 1),
        "edischargeTotal": round(reading.total["discharge"], 1),
        "eacChargeToday": round(reading.today["grid_charge"], 1),
        "eacChargeTotal": round(reading.total["grid_charge"], 1),
    }


METERED = {
    "elocalLoad": "load",
    "etoGrid": "exported",
    "etoUser": "imported",
    "eself": "self_use",
    "esystem": "out",
}


def _house(device: Device, reading: Reading) -> Json:
    if not device.spec.meter:
        return {}
    flow = reading.flow
    energies = {f"{key}Today": round(reading.today[name], 1) for key, name in METERED.items()}
    energies |= {f"{key}Total": round(reading.total[name], 1) for key, name in METERED.items()}
    return energies | {
        "pacToGridTotal": round(flow.exported, 1),
        "pacToUserTotal": round(flow.imported, 1),
        "pacToLocalLoad": round(flow.load, 1),
        "pself": round(flow.self_use, 1),
        "psystem": round(flow.out, 1),
        "bMerterConnectFlag": 1,
    }


def _live(device: Device, reading: Reading) -> Json:
    flow = reading.flow
    volts = round(231 + 4 * noise(device.seed, int(reading.t)), 1)
    warm = round(20 + 25 * flow.out / device.spec.rated, 1)
    return {
        **_strings(device, reading),
        **_battery(device, reading),
        **_house(device, reading),
        "ppv": round(flow.pv, 1),
        "pac": round(flow.out, 1),
        "pac1": round(flow.out, 1),
        "vac1": volts,
        "vacRs": volts,
        "iac1": round(flow.out / volts, 1),
        "fac": round(49.98 + 0.04 * noise(device.seed + 5, int(reading.t)), 2),
        "eacToday": round(reading.today["out"], 1),
        "eacTotal": round(reading.total["out"], 1),
        "epvTotal": round(reading.total["pv"], 1),
        "realOPPercent": round(100 * flow.out / device.spec.rated),
        **{f"temp{n}": warm for n in (1, 2, 3, 5)},
        "serialNum": device.sn,
        "dataLogSn": device.datalogger,
        "status": 1 if flow.pv > 1 or flow.out > 1 else 0,
        "statusText": "Normal" if flow.pv > 1 or flow.out > 1 else "Waiting",
        "warnCode": 0,
        "warnCode1": 0,
        "sysFaultWord1": 0,
        "time": text_time(reading.t),
        "timeTotal": round(reading.total["pv"] * 5000, 1),
    }


def last_data(device: Device, reading: Reading) -> Json:
    # the cloud says `lost` here of devices that work as well: the shape's value stays
    return overlay("min_last_v4", _live(device, reading), {"calendar": milliseconds(reading.t)})


def _last_v1(device: Device, reading: Reading) -> Json:
    return overlay("min_last", _live(device, reading), {"calendar": java_calendar(reading.t)})


def _history_v1(device: Device, reading: Reading) -> Json:
    row = _last_v1(device, reading)
    return {key: row[key] for key in shape("min_history_keys")["keys"] if key in row}


def _details(device: Device, reading: Reading) -> Json:
    battery = device.spec.capacity / 1000
    return {
        "alias": device.alias,
        "serialNum": device.sn,
        "dataLogSn": device.datalogger,
        "dtc": device.dtc,
        "pmax": round(device.spec.rated),
        "vnormal": 280.0,
        "pvNum": len(SHARES),
        "batSysEnergy": battery or shape("min_details")["batSysEnergy"],
        "batParallelNum": 1 if battery else 0,
        "bdc1Sn": f"{device.sn[:-2]}B1" if battery else None,
        "pCharge": round(reading.flow.charge, 1),
        "pDischarge": round(reading.flow.discharge, 1),
        "power": round(reading.flow.out, 1),
        "eToday": round(reading.today["out"], 1),
        "eTotal": round(reading.total["out"], 1),
        "lastUpdateTimeText": text_time(reading.t),
        "lost": device.offline,
        "status": _status(device, reading),
        "statusText": "tlx.status.operating",
        "timezone": device.plant.utc_offset(reading.t),
        "treeID": f"ST_{device.sn}",
        "treeName": device.sn,
        "portName": f"ShinePano-{device.datalogger}",
        "parentID": f"LIST_{device.datalogger}_22",
    }


def details(device: Device, reading: Reading) -> Json:
    return overlay("min_details_v4", _details(device, reading), {"lastUpdateTime": milliseconds(reading.t)})


def _details_v1(device: Device, reading: Reading) -> Json:
    live = {"lastUpdateTime": java_date(reading.t), "tlxSetbean": _settings_v1(device, reading)}
    return overlay("min_details", _details(device, reading), live)


def _settings_v1(device: Device, reading: Reading) -> Json:
    clock = device.settings["sysTime"] or text_time(reading.t)
    live = {
        "serialNum": device.sn,
        "lastUpdateTime": java_date(reading.t),
        "lastUpdateTimeText": text_time(reading.t),
        "sysTime": clock,
        "sysTimeText": clock,
    }
    return overlay("min_settings", device.settings, live)


def realtime(device: Device, reading: Reading) -> Json | None:
    """Only devices with a battery answer; the others leave the data empty."""
    if not device.spec.capacity:
        return None
    flow = reading.flow
    volts = 190 + 0.3 * reading.soc
    bank = {
        "index": 1,
        "chargePower": round(flow.charge, 1),
        "dischargePower": round(flow.discharge, 1),
        "ibat": round((flow.charge - flow.discharge) / volts, 1),
        "vbat": round(volts, 1),
        "soc": round(reading.soc),
    }
    live = {
        "activePower": round(flow.out, 1),
        "batPower": round(flow.charge - flow.discharge, 1),
        "batteryList": [bank],
        "pac": round(flow.out, 1),
        "payLoadPower": round(flow.load, 1),
        "ppv": round(flow.pv, 1),
        "reverActivePower": round(flow.exported, 1),
        "serialNum": device.sn,
        "soc": round(reading.soc),
        "status": _status(device, reading),
        "utcTime": text_time(reading.t - 8 * 3600),
        "vac2": 0.0,
        "vac3": 0.0,
    }
    return overlay("realtime", live)


# Writes


@dataclass(frozen=True)
class Number:
    """A parameter with one value in slot 1."""

    keys: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]
    kind: Callable[[float], float] = float

    def __call__(self, _: Device, slots: list[str]) -> Json:
        return dict.fromkeys(self.keys, self.kind(number(slots[0], *self.ranges)))


def number(value: str, *ranges: tuple[float, float]) -> float:
    if value == "":
        raise Refusal(10007)
    try:
        found = float(value)
    except ValueError:
        raise Refusal(10008) from None
    if not any(low <= found <= high for low, high in ranges):
        raise Refusal(10008)
    return found


def _on_off(_: Device, slots: list[str]) -> Json:
    if slots[0] == "":
        raise Refusal(10007)
    if slots[0] not in {"0000", "0001"}:
        raise Refusal(10008)
    return {"onOff": int(slots[0])}


def _active_rate(device: Device, slots: list[str]) -> Json:
    """Slot 2 keeps the limit over a restart; slot 3 says whether slot 1 is percent (0) or watts (1)."""
    keep = number(slots[1] or "0", (0, 1))
    watts = number(slots[2] or "0", (0, 1)) == 1
    top = device.spec.rated if watts else 100.0
    value = number(slots[0], (0, top))
    return {"activeRate": round(value / top * 100, 1), "pvPfCmdMemoryState": int(keep)}


def _backflow(_: Device, slots: list[str]) -> Json:
    mode = number(slots[0], (0, 2))
    return {"exportLimit": mode, "exportLimitPowerRate": number(slots[1] or "0", (0, 100))}


def _clock(_: Device, slots: list[str]) -> Json:
    if slots[0] == "":
        raise Refusal(10007)
    value = vpp.clock(slots[0], Refusal(10009))
    return {"sysTime": value, "sysTimeText": value}


def _time_segment(n: int) -> Callable[[Device, list[str]], Json]:
    ranges = ((0, 2), (0, 23), (0, 59), (0, 23), (0, 59), (0, 1))

    def patch(_: Device, slots: list[str]) -> Json:
        values = [int(number(slots[index], each)) for index, each in enumerate(ranges)]
        mode, start_hour, start_minute, end_hour, end_minute, active = values
        if (end_hour, end_minute) < (start_hour, start_minute):
            raise Refusal(10013)
        return _slot(n, mode, f"{start_hour}:{start_minute}", f"{end_hour}:{end_minute}", active)

    return patch


def _register(device: Device, slots: list[str]) -> Json:
    register, value = int(number(slots[0], (0, 65535))), int(number(slots[1], (0, 65535)))
    if register == 0:
        return {"onOff": int(number(slots[1], (0, 1)))}
    if register == 3:
        return _active_rate(device, [slots[1], "", ""])
    return {f"register_{register}": value}


PERCENT = ((0.0, 100.0),)
SWITCH = ((0.0, 1.0),)
PARAMETERS: dict[str, Callable[[Device, list[str]], Json]] = {
    "tlx_on_off": _on_off,
    "pv_active_p_rate": _active_rate,
    "pv_reactive_p_rate": Number(("reactiveRate",), PERCENT),
    "pv_power_factor": Number(("pf",), ((-1, -0.8), (0.8, 1))),
    "pv_grid_voltage_high": Number(("voltageHighLimit",), ((180, 300),)),
    "pv_grid_voltage_low": Number(("voltageLowLimit",), ((100, 285),)),
    "pf_sys_year": _clock,
    "backflow_setting": _backflow,
    "tlx_off_grid_enable": Number(("epsFunEn",), SWITCH),
    "tlx_ac_discharge_frequency": Number(("epsFreqSet",), SWITCH),
    "tlx_ac_discharge_voltage": Number(("epsVoltSet",), ((0, 2),)),
    "charge_power": Number(("chargePowerCommand",), PERCENT),
    "charge_stop_soc": Number(("wchargeSOCLowLimit",), PERCENT),
    "discharge_power": Number(("disChargePowerCommand",), PERCENT),
    "discharge_stop_soc": Number(("wdisChargeSOCLowLimit", "onGridDischargeStopSOC"), PERCENT),
    "ac_charge": Number(("acChargeEnable",), SWITCH, int),
    **{f"time_segment{n}": _time_segment(n) for n in SLOTS},
    "set_any_reg": _register,
}
FIRST_KEY = {
    "tlx_on_off": "onOff",
    "pv_active_p_rate": "activeRate",
    "pf_sys_year": "sysTime",
    "backflow_setting": "exportLimit",
    **{name: rule.keys[0] for name, rule in PARAMETERS.items() if isinstance(rule, Number)},
}


def read_back(device: Device, name: str) -> str:
    """The present value of a parameter as text."""
    settings = device.settings
    if name.startswith("time_segment"):
        n = name.removeprefix("time_segment")
        keys = (f"time{n}Mode", f"forcedTimeStart{n}", f"forcedTimeStop{n}", f"forcedStopSwitch{n}")
        return "_".join(str(settings[key]) for key in keys)
    if name.startswith("register_"):
        key = {"register_0": "onOff", "register_3": "activeRate"}.get(name, name)
        return text(settings.get(key, 0))
    value = settings[FIRST_KEY[name]]
    return value if isinstance(value, str) else text(value)


def _v4_number(params: Params, top: float) -> float:
    try:
        return number(params.get("value", ""), (0, top))
    except Refusal:
        raise Refusal(6) from None


FAMILY = Family(
    type="min",
    number=22,
    kind=(1, "inverter"),
    plant_type=7,
    table="CLOVE",
    flow=hybrid_flow,
    plan=plan,
    details=details,
    last=last_data,
    realtime=realtime,
    writes={
        "setOnOrOff": lambda _, params: {"onOff": int(_v4_number(params, 1))},
        "setPower": lambda _, params: {"activeRate": _v4_number(params, 100)},
    },
    power="activeRate",
    vpp=True,
    v1=V1(
        prefix="tlx",
        serial="tlx_sn",
        many="tlxs",
        read="readMinParam",
        write="tlxSet",
        slots=19,
        parameters=PARAMETERS,
        read_back=read_back,
        details=_details_v1,
        last=_last_v1,
        history=_history_v1,
        settings=_settings_v1,
        intervals={"alarms": 300, "details": 300, "last": 300, "history": 10, "many": 300},
    ),
)
