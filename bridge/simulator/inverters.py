"""What grid-tied inverters share, with a battery or without: settings, the plan they make, parameters, v4 writes."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from bridge.simulator import vpp
from bridge.simulator.parameters import (
    ON_OFF,
    POWER_FACTOR,
    Number,
    Parameter,
    Part,
    Period,
    Register,
    Time,
    choice,
    number,
    on_off,
    percent,
    switch,
)
from bridge.simulator.physics import LOAD_FIRST, Plan, Slot, Spec
from bridge.simulator.wire import Json, Refusal, minutes

if TYPE_CHECKING:
    from bridge.simulator.device import Params, Write

SETTINGS: Json = {
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
    "wchargeSOCLowLimit": 100.0,
    "wdisChargeSOCLowLimit": 10.0,
    "onGridDischargeStopSOC": 10.0,
    "pvPfCmdMemoryState": 0,
    "sysTime": "",
    "sysTimeText": "",
}
STOPS = ("wdisChargeSOCLowLimit", "onGridDischargeStopSOC", "set_param_24")  # % at which discharging stops, each
PARAMETERS: Mapping[str, Parameter] = {
    "pv_on_off": (on_off(),),
    "pv_pf_cmd_memory_state": (switch("pvPfCmdMemoryState"),),
    "pv_active_p_rate": (percent("activeRate"),),
    "pv_reactive_p_rate": (percent("reactiveRate"),),
    "pv_power_factor": (Number(("pf",), POWER_FACTOR),),
    "pv_grid_voltage_high": (Number(("voltageHighLimit",), ((180, 300),)),),
    "pv_grid_voltage_low": (Number(("voltageLowLimit",), ((100, 285),)),),
    "pf_sys_year": (Time(("%Y-%m-%d %H:%M:%S", "%H:%M")),),
}
REGISTERS = {0: Register("onOff", ON_OFF), 3: Register("activeRate")}


def backup(prefix: str) -> dict[str, Parameter]:
    """The parameters of the backup output."""
    return {
        f"{prefix}_off_grid_enable": (switch("epsFunEn"),),
        f"{prefix}_ac_discharge_frequency": (choice("epsFreqSet", 1),),
        f"{prefix}_ac_discharge_voltage": (choice("epsVoltSet", 2),),
    }


class Times(NamedTuple):
    """The settings that keep a period of the day, and what happens in it."""

    start: str
    stop: str
    switch: str
    mode: int | str = LOAD_FIRST  # or the setting that keeps it
    low: float | str | None = None
    high: float | str | None = None
    on: int = 1  # what the switch says when the period counts

    def parts(self) -> tuple[Part, ...]:
        return Period(self.start, self.stop), switch(self.switch)

    def settings(self) -> Json:
        return {self.start: "0:0", self.stop: "0:0", self.switch: 1 - self.on}

    def slot(self, settings: Json) -> Slot:
        def value(of: float | str | None) -> float | None:
            return settings[of] if isinstance(of, str) else of

        start, stop = minutes(settings[self.start]), minutes(settings[self.stop])
        return Slot(start, stop, int(value(self.mode) or 0), 0.0, value(self.low), value(self.high))


def times(
    count: int,
    start: str,
    stop: str,
    switch: str,
    mode: int | str,
    *,
    low: float | str | None = None,
    high: float | str | None = None,
) -> tuple[Times, ...]:
    """Numbered periods; `{}` in the names is the number."""
    return tuple(
        Times(
            start.format(n),
            stop.format(n),
            switch.format(n),
            mode.format(n) if isinstance(mode, str) else mode,
            low,
            high,
        )
        for n in range(1, count + 1)
    )


def planner(*periods: Times) -> Callable[[Json, Spec], Plan]:
    """How settings become a plan. Remote control goes before the device's own times."""

    def plan(settings: Json, spec: Spec) -> Plan:
        forced = vpp.slots(settings, spec)
        own = tuple(each.slot(settings) for each in periods if settings[each.switch] == each.on)
        rate = settings["exportLimitPowerRate"]
        return Plan(
            on=bool(settings["onOff"]),
            limit=spec.rated * min(settings["activeRate"], settings.get("set_param_6", 100)) / 100,
            slots=forced or own,
            high=settings["wchargeSOCLowLimit"] or 100.0,
            low=max(settings.get(name) or 0.0 for name in STOPS),
            charge_power=spec.battery_power * settings["chargePowerCommand"] / 100,
            discharge_power=spec.battery_power * settings["disChargePowerCommand"] / 100,
            grid_charge=bool(settings["acChargeEnable"] or forced),
            export_limit=spec.rated * rate / 100 if settings["exportLimit"] else None,
        )

    return plan


def _v4_number(params: "Params", top: float) -> float:
    try:
        return number(params.get("value", ""), (0, top))
    except Refusal:
        raise Refusal(6) from None


WRITES: Mapping[str, "Write"] = {
    "setOnOrOff": lambda _, params: {"onOff": int(_v4_number(params, 1))},
    "setPower": lambda _, params: {"activeRate": _v4_number(params, 100)},
}
