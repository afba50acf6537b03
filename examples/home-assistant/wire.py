"""What the simulated devices call the settings: by family, by the whole that a setting is a part of, by part.

Written down here, and not taken from the bridge, so that a setting which goes astray there is noticed.
"""

from collections.abc import Mapping

Wire = Mapping[str, str]
Wholes = Mapping[str, Wire]
"""Parts of one whole are set one after the other: the end of a period before its start, since none may run backwards.
`!` before a name: the device has the opposite."""


def numbered(count: int, whole: str, parts: Wire) -> Wholes:
    return {whole.format(n): {part: name.format(n) for part, name in parts.items()} for n in range(1, count + 1)}


def plan(parts: Wire, start: str, end: str, enabled: str) -> Wire:
    """Three periods, and what else belongs to them."""
    periods = {"end": end, "start": start, "enabled": enabled}
    return {
        **{f"period{n}_{part}": name.format(n) for n in (1, 2, 3) for part, name in periods.items()},
        **parts,
    }


POWER_FACTOR = "set_param_12"
"""Kept as (1 - power factor) * 10000."""

VPP: Wire = {
    "remote_control": "set_param_1",
    "power_on": "onOff",
    "clock": "sysTime",
    "off_grid_box": "set_param_4",
    "active_power": "activeRate",
    "active_power_2": "set_param_6",
    "backup_output": "epsFunEn",
    "backup_frequency": "epsFreqSet",
    "backup_voltage": "epsVoltSet",
    "reactive_power": "set_param_10",
    "reactive_mode": "set_param_11",
    "power_factor": POWER_FACTOR,
    "export_limiter": "exportLimit",
    "export_limit": "exportLimitPowerRate",
    "power_without_meter": "set_param_15",
    "meter_timeout": "set_param_16",
    "ems_watch": "set_param_17",
    "super_export_limiter": "set_param_18",
    "export_ramp": "set_param_19",
    "phase_export_limiter": "set_param_20",
    "export_protection": "set_param_21",
    "charge_limit": "wchargeSOCLowLimit",
    "discharge_limit": "onGridDischargeStopSOC",
    "discharge_limit_load_first": "set_param_24",
    "remote_power_control": "set_param_25",
    "remote_duration": "set_param_26",
    "remote_power": "set_param_27",
    "grid_charging": "acChargeEnable",
    "discharge_limit_off_grid": "set_param_29",
    "lead_acid_charge_voltage": "set_param_30",
    "lead_acid_discharge_voltage": "set_param_31",
    "lead_acid_charge_current": "set_param_32",
    "lead_acid_discharge_current": "set_param_33",
    "clear": "set_param_34",
}
NOAH: Wholes = {
    "": {
        "default_power": "defaultPower",
        "charge_limit": "chargingSocHighLimit",
        "discharge_limit": "chargingSocLowLimit",
        "grid_charging": "allowGridCharging",
        "off_grid": "gridConnectionControl",
    },
    **numbered(
        9,
        "time_period_{}",
        {
            "end": "time{}End",
            "start": "time{}Start",
            "mode": "time{}Mode",
            "power": "time{}Power",
            "enabled": "time{}Enable",
        },
    ),
}
GRID: Wire = {"power_on": "onOff", "active_power": "activeRate"}
GRID_LIMITS: Wire = {"grid_voltage_high": "voltageHighLimit", "grid_voltage_low": "voltageLowLimit"}
BACKUP: Wire = {"backup_output": "epsFunEn", "backup_frequency": "epsFreqSet", "backup_voltage": "epsVoltSet"}
HYBRID: Wire = {
    **GRID,
    **GRID_LIMITS,
    **BACKUP,
    "device_clock": "sysTime",
    "power_factor": "pf",
    "reactive_power": "reactiveRate",
}
FIRST: Mapping[str, Wire] = {
    "battery_first": plan(
        {"power": "chargePowerCommand", "stop_soc": "wchargeSOCLowLimit2", "grid_charging": "acChargeEnable"},
        "forcedChargeTimeStart{}",
        "forcedChargeTimeStop{}",
        "forcedChargeStopSwitch{}",
    ),
    "grid_first": plan(
        {"power": "disChargePowerCommand", "stop_soc": "wdisChargeSOCLowLimit2"},
        "forcedDischargeTimeStart{}",
        "forcedDischargeTimeStop{}",
        "forcedDischargeStopSwitch{}",
    ),
}
WIRE: Mapping[str, Wholes] = {
    "noah": NOAH,
    "nexa": NOAH,
    "min": {
        "": {
            **HYBRID,
            "charge_power": "chargePowerCommand",
            "charge_limit": "wchargeSOCLowLimit",
            "discharge_power": "disChargePowerCommand",
            "discharge_limit": "wdisChargeSOCLowLimit",
            "discharge_limit_on_grid": "onGridDischargeStopSOC",
            "grid_charging": "acChargeEnable",
        },
        "export_limit": {"mode": "exportLimit", "power": "exportLimitPowerRate"},
        **numbered(
            9,
            "time_segment_{}",
            {
                "end": "forcedTimeStop{}",
                "start": "forcedTimeStart{}",
                "mode": "time{}Mode",
                "enabled": "forcedStopSwitch{}",
            },
        ),
        "vpp": VPP,
    },
    "sph": {
        "": {
            **HYBRID,
            "load_first_stop_soc": "wdisChargeSOCLowLimit",
            "load_first_phases": "loadFirstControl",
            "phase_export_limit": "singleExport",
            "keep_power_commands": "pvPfCmdMemoryState",
        },
        "export_limit": {"enabled": "exportLimit", "power": "exportLimitPowerRate"},
        **FIRST,
        "vpp": VPP,
    },
    "spa": {
        "": {**HYBRID, "keep_power_commands": "pvPfCmdMemoryState"},
        **FIRST,
        "load_first": plan({}, "loadFirstStartTime{}", "loadFirstStopTime{}", "loadFirstSwitch{}"),
        "vpp": VPP,
    },
    "storage": {
        "": {
            **GRID,
            "system_mode": "systemMode",
            "grid_charging": "acChargeEnable",
            "grid_charge_stop_soc": "acChargeSOCLimit",
            "forced_discharge": "!forcedDischargeOff",
            "lithium_discharge_limit": "wdisChargeSOCLowLimit",
            "device_clock": "sysTime",
        },
    },
    "inverter": {
        "": {
            **GRID,
            **GRID_LIMITS,
            "device_clock": "sysTime",
            "power_factor": "pf",
            "keep_power_commands": "pvPfCmdMemoryState",
            "grid_frequency_low": "frequencyLowLimit",
            "grid_frequency_high": "frequencyHighLimit",
            "bus_address": "busAddress",
        },
    },
    "max": {"": {**GRID, "power_factor": "pf"}},
    "wit": {"": GRID, "vpp": VPP},
    "sphs": {"": GRID},
}
