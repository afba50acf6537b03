"""MIN (`tlx` on the wire): grid-tied inverters; the XH models take a battery."""

from typing import Any

from bridge.devices.catalogue import Computed, Family, Property, Setting, Source, properties, quantity_of
from bridge.devices.kinds import Number, Switch
from bridge.devices.sources import data_of, itself, listed, without
from bridge.growatt import DeviceType
from bridge.growatt.families.min import MinDetailDataV4, MinEnergyDataV4, MinTlxSettingsData
from bridge.growatt.families.shared import PowerV4, WifiStrengthV4
from bridge.growatt.fields import DecibelMilliwatts

INPUTS = range(1, 5)
STATUS = {
    -1: "offline",
    0: "waiting",
    1: "normal",
    2: "fault",
    3: "fault",
    4: "upgrading",
    5: "normal",
    6: "normal",
    7: "normal",
    8: "normal",
}
"""1 is documented as self check, too; working devices show it."""

CONVERTERS = ("bdc1", "bdc2")
BATTERY_SHARED = ("battery_no", "bdc_", "bms_", "e_charge_", "e_discharge_", "soc1", "soc2")
BATTERY_SIGNS = ("battery_no", "bdc1_vbat", "bdc2_vbat", "bms_vbat", "bdc1_soc", "bms_soc", "e_charge_total")
METER_SIGNS = ("b_merter_connect_flag", "e_to_user_total", "e_to_grid_total", "e_local_load_total")
METERED = ("pac_to_", "e_to_", "e_local_load_", "e_self_", "e_system_", "p_self", "p_system")
EXTRA = ("pex", "eex")


def _reading(record: MinEnergyDataV4) -> MinEnergyDataV4:
    """What is not attached comes as 0, and -0.1 for attached inverters; here it is unknown.

    A battery is there when the cloud names its serial number or packs, or has seen a voltage, charge or energy of it;
    its second converter, when that has a voltage. A meter is there when its flag is set or a lifetime counter behind
    it has moved.
    """
    absent: list[str] = []
    if not _battery(record):
        absent += [*CONVERTERS, *BATTERY_SHARED]
    elif not record.bdc2_vbat:
        absent.append("bdc2")
    if not any(getattr(record, sign) for sign in METER_SIGNS):
        absent += METERED
    names = [name for name in type(record).model_fields if name.startswith(tuple(absent))] if absent else []
    names += [name for name in type(record).model_fields if name.startswith(EXTRA) and getattr(record, name) == -0.1]
    return without(record, names)


def _battery(record: MinEnergyDataV4) -> bool:
    seen = any((getattr(record, sign) or 0) > 0 for sign in BATTERY_SIGNS)
    return seen or bool(record.battery_sn or record.bat_sn)


SOURCES = (
    Source(
        name="reading",
        model=MinEnergyDataV4,
        fetch=lambda api, serials: api.min.energy_v4(serials),
        records=listed("device_sn", _reading),
        every=300,
        most=100,
        stamp="calendar",
    ),
    Source(
        name="details",
        model=MinDetailDataV4,
        fetch=lambda api, serials: api.min.details_v4(serials),
        records=listed("serial_num"),
        every=1800,
        most=100,
    ),
    Source(
        name="settings",
        model=MinTlxSettingsData,
        fetch=lambda api, serials: api.min.settings(serials[0]),
        records=data_of(),
        every=900,
    ),
    Source(
        name="power",
        model=PowerV4,
        fetch=lambda api, serials: api.min.power(serials[0]),
        records=itself,
        every=None,
    ),
    Source(
        name="signal",
        model=WifiStrengthV4,
        fetch=lambda api, serials: api.min.wifi_strength(serials[0]),
        records=itself,
        every=3600,
    ),
)


def _sum(*values: float | None) -> float:
    return sum(value for value in values if value is not None)


def _first_set(*values: float | None) -> float:
    """The first that is not 0: unused ones of several fields for one thing stay 0."""
    return next((value for value in values if value), 0.0)


def _less(plus: float | None, minus: float | None) -> float:
    return (plus or 0.0) - (minus or 0.0)


def _balance(*values: float | None) -> float:
    """Half of the values, less the other half."""
    half = len(values) // 2
    return _less(_sum(*values[:half]), _sum(*values[half:]))


def _of(compute: Any, *fields: str) -> tuple[Computed]:
    return (Computed("reading", fields, compute),)


CHARGE = tuple(f"{bdc}_charge_power" for bdc in CONVERTERS)
DISCHARGE = tuple(f"{bdc}_discharge_power" for bdc in CONVERTERS)

MAIN = (
    Property(name="pv_power", label="PV power", reads=("reading.ppv",), main=True),
    *(
        Property(name=f"pv{n}_{name}", label=f"PV{n} {name}", reads=(f"reading.{field}{n}",), main=n <= 2)
        for n in INPUTS
        for name, field in (("power", "ppv"), ("voltage", "vpv"), ("current", "ipv"))
    ),
    Property(
        name="pv_energy_today",
        label="PV energy today",
        reads=_of(_sum, *(f"epv{n}_today" for n in INPUTS)),
        main=True,
    ),
    Property(name="pv_energy_total", label="PV energy total", reads=("reading.epv_total",), main=True),
    Property(name="ac_power", label="AC power", reads=("reading.pac",), main=True),
    Property(name="energy_today", label="Energy today", reads=("reading.eac_today",), main=True),
    Property(name="energy_total", label="Energy total", reads=("reading.eac_total",), main=True),
    Property(name="grid_voltage", label="Grid voltage", reads=("reading.vac1",), main=True),
    Property(name="grid_voltage_l2", label="Grid voltage L2", reads=("reading.vac2",)),
    Property(name="grid_voltage_l3", label="Grid voltage L3", reads=("reading.vac3",)),
    Property(name="grid_frequency", label="Grid frequency", reads=("reading.fac",), main=True),
    Property(
        name="battery_soc",
        label="Battery state of charge",
        reads=_of(_first_set, "bms_soc", "bdc1_soc", "soc1"),
        main=True,
    ),
    Property(name="battery_power", label="Battery power", reads=_of(_balance, *CHARGE, *DISCHARGE), main=True),
    Property(name="battery_charge_power", label="Battery charge power", reads=_of(_sum, *CHARGE), main=True),
    Property(name="battery_discharge_power", label="Battery discharge power", reads=_of(_sum, *DISCHARGE), main=True),
    Property(
        name="battery_charge_energy_today",
        label="Battery charge energy today",
        reads=("reading.e_charge_today",),
        main=True,
    ),
    Property(
        name="battery_charge_energy_total",
        label="Battery charge energy total",
        reads=("reading.e_charge_total",),
        main=True,
    ),
    Property(
        name="battery_discharge_energy_today",
        label="Battery discharge energy today",
        reads=("reading.e_discharge_today",),
        main=True,
    ),
    Property(
        name="battery_discharge_energy_total",
        label="Battery discharge energy total",
        reads=("reading.e_discharge_total",),
        main=True,
    ),
    Property(
        name="grid_power", label="Grid power", reads=_of(_less, "pac_to_user_total", "pac_to_grid_total"), main=True
    ),
    Property(name="grid_import_power", label="Grid import power", reads=("reading.pac_to_user_total",), main=True),
    Property(name="grid_export_power", label="Grid export power", reads=("reading.pac_to_grid_total",), main=True),
    Property(
        name="grid_import_energy_today",
        label="Grid import energy today",
        reads=("reading.e_to_user_today",),
        main=True,
    ),
    Property(
        name="grid_import_energy_total",
        label="Grid import energy total",
        reads=("reading.e_to_user_total",),
        main=True,
    ),
    Property(
        name="grid_export_energy_today",
        label="Grid export energy today",
        reads=("reading.e_to_grid_today",),
        main=True,
    ),
    Property(
        name="grid_export_energy_total",
        label="Grid export energy total",
        reads=("reading.e_to_grid_total",),
        main=True,
    ),
    Property(name="load_power", label="Load power", reads=("reading.pac_to_local_load",), main=True),
    Property(name="load_energy_today", label="Load energy today", reads=("reading.e_local_load_today",), main=True),
    Property(name="load_energy_total", label="Load energy total", reads=("reading.e_local_load_total",), main=True),
    Property(name="temperature", label="Temperature", reads=("reading.temp1",), main=True),
    Property(name="status", label="Status", reads=("reading.status",), words=STATUS, main=True),
    Property(name="fault_code", label="Fault code", reads=("reading.fault_type",), main=True),
    Property(name="warning_code", label="Warning code", reads=("reading.warn_code",), main=True),
    Property(name="device_type", label="Device type code", reads=("details.device_type",), convert=int),
    Property(name="firmware_version", label="Firmware version", reads=("details.fw_version",)),
    Property(
        name="signal_strength",
        label="Signal strength",
        reads=("signal.data",),
        quantity=quantity_of(DecibelMilliwatts),
    ),
)

SETTINGS = (
    Setting(
        name="power_on",
        label="Power on",
        kind=Switch(),
        reads=("settings.on_off",),
        confirm="settings",
        write=lambda api, serial, on: api.min.setting_write_on_off(on, serial),
    ),
    Setting(
        name="active_power",
        label="Active power limit",
        kind=Number(low=0, high=100, unit="%"),
        reads=("power.data", "settings.active_rate"),
        confirm="power",
        write=lambda api, serial, percent: api.min.setting_write_active_power(percent, serial),
    ),
)

OMIT = {
    "reading": ("device_sn", "datalogger_sn", "calendar", "time", "day", "lost", "tlx_bean"),
    "details": (
        "serial_num",
        "datalogger_sn",
        "last_update_time_text",
        "status",
        "status_text",
        "e_today",
        "e_total",
        "energy_month",
        "energy_month_text",
        "power",
        "p_charge",
        "p_discharge",
        "power_max_text",
        "children",
        "energy_day_map",
        "optimizer_list",
        "record",
        "model",
        "plant_id",
        "plant_name",
        "user_name",
        "tlx_set_bean",
        "img_path",
        "parent_id",
        "tree_id",
        "tree_name",
        "level",
    ),
}
"""Left out: the device's own serial, plant and account; times that another field tells better; status, `lost` and the
present powers and energies of the details, which are wrong or stay 0 on working devices; display texts of other
fields; a 64-bit model code that `model_text` spells out; the server's own objects and its web page's tree."""

MIN = Family(
    name="min",
    title="MIN",
    device_type=DeviceType.MIN,
    sources=SOURCES,
    settings=SETTINGS,
    properties=properties(SOURCES, MAIN, SETTINGS, omit=OMIT, tail=("reading", "details")),
    facts={
        "model": ("details.model_text",),
        "firmware": ("details.fw_version",),
        "datalogger": ("details.datalogger_sn",),
        "alias": ("details.alias",),
    },
    offline=("details.lost",),
)
