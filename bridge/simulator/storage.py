"""Storage (SP, SPF): batteries with an inverter of their own, for houses that are often without a grid."""

from bridge.simulator.device import V1, Family, Kind
from bridge.simulator.inverters import REGISTERS, SETTINGS, WRITES, Times, planner
from bridge.simulator.parameters import ON_OFF, Number, Period, Time, choice, on_off, switch
from bridge.simulator.physics import BATTERY_FIRST, SMART_OR_GRID_FIRST, hybrid_flow

DISCHARGE = Times("dischargeStart", "dischargeStop", "forcedDischargeOff", SMART_OR_GRID_FIRST, on=0)
CHARGE = Times("chargeStart", "chargeStop", "acChargeEnable", BATTERY_FIRST, high="acChargeSOCLimit")

STRINGS = (Number(("openCircuitVoltage",), ((300, 500),)), Number(("mppShare",), ((0.55, 0.9),)))

FAMILY = Family(
    type="storage",
    number=96,
    kind=(2, "storage"),
    plant_type=2,
    table="STORAGE",
    flow=hybrid_flow,
    plan=planner(CHARGE, DISCHARGE),
    kinds={"storage": Kind("SPF 5000 ES", 5000.0, 20806, battery_kwh=10.0, meter=True)},
    settings=lambda _: {
        **SETTINGS,
        **DISCHARGE.settings(),
        **CHARGE.settings(),
        "systemMode": 0,
        "acChargeSOCLimit": 80.0,
        "openCircuitVoltage": 400.0,
        "mppShare": 0.7,
    },
    states=(("discharge", 2, "Discharge"), ("charge", 1, "Charge"), ("", 0, "Operating")),
    strings=1,
    writes=WRITES,
    v1=V1(
        prefix="storage",
        serial="storage_sn",
        intervals={"alarms": 10, "details": 10, "last": 10, "history": 10},
        keys={"alarms": "sn"},
        read="readStorageParam",
        write="storageSet",
        slots=4,
        parameters={
            "storage_cmd_on_off": (on_off(),),
            "storage_cmd_mode": (choice("systemMode", 1),),
            "storage_cmd_forced_discharge_enable": (Number((DISCHARGE.switch,), ON_OFF, int),),
            "storage_lithium_battery": (Number(("wdisChargeSOCLowLimit", "onGridDischargeStopSOC"), ((0, 10),)),),
            "pv_power_factor": STRINGS,  # as documented; the vendor's app sends the other
            "storage_fdt_open_voltage": STRINGS,
            "storage_cmd_forced_discharge_time1": (Period(DISCHARGE.start, DISCHARGE.stop, 24),),
            "storage_cmd_sys_year": (Time(("%Y-%m-%d %H:%M",)),),
            "storage_ac_charge_enable_disenable": (switch(CHARGE.switch),),
            "storage_ac_charge_hour_start": (Period(CHARGE.start, CHARGE.stop, 24),),
            "storage_ac_charge_soc_limit": (Number(("acChargeSOCLimit",), ((10, 80),)),),
        },
        registers=REGISTERS,
    ),
)
