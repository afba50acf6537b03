"""What status codes and bits mean (vendor documentation and captured replies)."""

from collections.abc import Mapping

# fmt: off
AGING_TEST_STEP: Mapping[int, str] = {0: "none", 1: "charge", 2: "discharge"}
BATTERY_STATUS: Mapping[int, str] = {
    0: "standby", 1: "disconnected", 2: "charging", 3: "discharging", 4: "fault", 5: "upgrading",
}
BATTERY_TYPE: Mapping[int, str] = {0: "lithium", 1: "lead acid", 2: "other"}
BDC_MODE: Mapping[int, str] = {0: "self use", 1: "battery first", 2: "grid first", 255: "disabled"}
BMS_LINK: Mapping[int, str] = {0: "RS485", 1: "CAN"}
CHARGING_BITS: Mapping[int, str] = {0: "charging", 1: "discharging"}
DFC_STATUS: Mapping[int, str] = {
    0: "standby", 1: "self check", 3: "fault", 4: "upgrading", 5: "grid-tied, PV on, battery off",
    6: "grid-tied, battery on", 7: "off-grid, PV and battery on", 8: "off-grid, battery only", 9: "bypass",
}
EPS_FREQUENCY: Mapping[int, str] = {0: "50 Hz", 1: "60 Hz"}
EPS_VOLTAGE: Mapping[int, str] = {0: "230 V", 1: "208 V", 2: "240 V"}
HYBRID_STATUS: Mapping[int, str] = {
    0: "waiting", 1: "self check", 3: "fault", 4: "upgrading", 5: "normal", 6: "normal", 7: "normal", 8: "normal",
}
"""State in the device data of MAX, MIN, SPA, SPH and WIT."""
INVERTER_STATUS: Mapping[int, str] = {0: "waiting", 1: "normal", 3: "fault"}
"""State of string inverters."""
LINK_STATUS: Mapping[int, str] = {0: "disconnected", 1: "online", 2: "standby", 3: "fault"}
MAX_STATE: Mapping[int, str] = {0: "standby", 1: "normal", 2: "discharging", 3: "fault", 4: "flashing firmware"}
METER_KIND: Mapping[int, str] = {0: "wired CT", 1: "wireless CT", 2: "meter"}
MIN_KIND: Mapping[int, str] = {0: "inverter", 1: "hybrid (mix)"}
MIN_STATUS: Mapping[int, str] = {0: "waiting", 1: "normal", 2: "fault"}
"""State in readings of MIN, SPA, SPH and WIT; 1 is seen on working devices."""
MPPT_PROTECTION: Mapping[int, str] = {
    0: "PV1 voltage high", 1: "PV1 current high", 2: "PV1 too hot", 4: "PV2 voltage high", 5: "PV2 current high",
}
NOAH_STATUS: Mapping[int, str] = {
    -1: "offline", 1: "normal", 4: "fault", 5: "heating", 6: "seen on working NEXA, undocumented",
}
PACK_BITS: Mapping[int, str] = {0: "pack 1", 1: "pack 2", 2: "pack 3", 3: "pack 4"}
PACK_PROTECTION: Mapping[int, str] = {
    0: "voltage low", 1: "voltage high", 2: "too cold to charge", 3: "too hot to charge",
    4: "too cold to discharge", 5: "too hot to discharge", 6: "charge current high", 7: "discharge current high",
    8: "battery error", 9: "temperature sensor broken", 10: "voltage sense wire broken",
}
PACK_WARNING: Mapping[int, str] = {
    0: "voltage low", 1: "voltage high", 2: "too cold to charge", 3: "too hot to charge",
    4: "too cold to discharge", 5: "too hot to discharge", 6: "charge current high", 7: "discharge current high",
}
PD_WARNING: Mapping[int, str] = {0: "no link to BMS", 1: "no link to MPPT"}
PLANT_DEVICE_TYPE: Mapping[int, str] = {
    1: "inverter (MAX too)", 2: "storage", 3: "other (datalogger, meter, sensor)", 4: "max", 5: "sph", 6: "spa",
    7: "min", 8: "pcs", 9: "hps", 10: "pbd", 11: "groboost",
}
PLANT_KIND: Mapping[int, str] = {0: "residential", 1: "commercial", 2: "ground mounted"}
PRIORITY: Mapping[int, str] = {0: "load", 1: "battery", 2: "grid"}
"""Operating priority."""
SPHS_STATUS: Mapping[int, str] = {0: "offline", 1: "online", 2: "standby", 3: "fault"}
SPH_MODEL: Mapping[int, str] = {0: "Mix 6k", 1: "Mix 4-10k"}
STORAGE_MODEL: Mapping[int, str] = {0: "SP2000", 1: "SP3000"}
STORAGE_STATE: Mapping[int, str] = {
    0: "operating", 1: "charging", 2: "discharging", 3: "fault", 4: "flashing firmware",
}
STORAGE_STATUS: Mapping[int, str] = {
    0: "disconnected", 1: "online", 2: "charging", 3: "discharging", 4: "error", 5: "flashing firmware",
    6: "solar charging", 7: "mains charging", 8: "solar and mains charging",
    9: "solar and mains charging with mains bypass", 10: "solar charging with mains bypass",
    11: "mains charging with mains bypass", 12: "mains bypass", 13: "solar charging while discharging",
    14: "mains charging while discharging",
}
TEMPERATURE_UNIT: Mapping[int, str] = {0: "Celsius", 1: "Fahrenheit"}
TYPE_INFO_CLASS: Mapping[int, str] = {1: "inverter", 2: "storage", 3: "datalogger", 4: "other"}
TYPE_INFO_DEVICE: Mapping[int, str] = {
    0: "other", 16: "inverter", 17: "sph", 18: "max", 19: "spa", 22: "min", 81: "pcs", 82: "hps", 83: "pbd",
    96: "storage", 218: "wit", 260: "sph-s", 1000: "noah",
}
WORK_MODE: Mapping[int, str] = {0: "load first", 1: "battery first", 2: "smart self consumption"}
# fmt: on

STATUS_BY_TYPE: Mapping[int, Mapping[int, str]] = {
    **dict.fromkeys((1, 4, 7), LINK_STATUS),
    2: {0: "standby", 1: "charging", 2: "discharging", 3: "fault", 4: "flashing firmware"},
    **dict.fromkeys((5, 6), HYBRID_STATUS),
}
"""State in the device list of a plant, by the `type` beside it; any other code means offline."""
