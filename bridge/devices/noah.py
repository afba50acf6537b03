"""NOAH and NEXA: balcony batteries with their own small inverter. They differ in power, inputs and one sign."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bridge.devices.battery import BATTERIES, PACKS, PARTS
from bridge.devices.catalogue import Family, Property, Setting, Source
from bridge.devices.define import define, parts_read, with_parts
from bridge.devices.home import POWER, SIGNAL_STRENGTH, home
from bridge.devices.kinds import (
    PERIOD_END,
    Choice,
    Number,
    Object,
    Part,
    Periods,
    Switch,
    Text,
    TimeOfDay,
    crossing,
)
from bridge.devices.parameters import switched_on
from bridge.devices.reads import Computed
from bridge.devices.schedule import changes, is_known, overlap_note, periods_of
from bridge.devices.sources import (
    RARELY,
    data_of,
    details_v4,
    negated,
    negative,
    positive,
    power_limit,
    product,
    reading_v4,
    signal,
    without,
)
from bridge.devices.values import Json
from bridge.devices.vpp import vpp
from bridge.growatt import AsyncGrowattApi, DeviceType, WorkMode
from bridge.growatt.families.codes import NOAH_STATUS
from bridge.growatt.families.noah import (
    DEVICE_POWER,
    MOST_POWER,
    MOST_POWER_NEXA,
    NoahDetailDataV4,
    NoahEnergyChartData,
    NoahEnergyDataV4,
    NoahFirmwareInfoData,
    NoahSettingsData,
    NoahStatusData,
)
from bridge.growatt.fields import parse_time_of_day

INPUTS = range(1, 5)
SLOTS = range(1, 10)
SHOWN_SLOTS = (1, 2, 3)
MODES: Mapping[str, int] = {
    "load_first": WorkMode.LOAD_FIRST,
    "battery_first": WorkMode.BATTERY_FIRST,
    "smart": WorkMode.SMART_SELF_CONSUMPTION,
}
WORDS = {code: name for name, code in MODES.items()}
STATUS: Mapping[int, str] = {**NOAH_STATUS, 6: "normal"}
"""6 is undocumented; working devices show it."""


def _unwrapped(load: float | None) -> float | None:
    """A household load (W) of -85 can come as 65451. A reading is one sample: it has wrapped wholly or not at all."""
    if load is None or load < 0x8000:
        return load
    return load - 0x10000 if load >= 0x10000 - DEVICE_POWER else None


R = TypeVar("R", NoahEnergyDataV4, NoahStatusData)


def _metered(record: R) -> R:
    """The load may have wrapped. Without a meter there is no grid power, whatever the cloud says."""
    load = record.model_copy(update={"total_household_load": _unwrapped(record.total_household_load)})
    return _awake(without(load, ["ct_self_power"] if record.ct_flag is not None and not record.ct_flag else []))


def _awake(record: R) -> R:
    """For some readings after it woke up a device tells 0 of what it does not know yet: where its lifetime counter is
    among that, a state of charge of 0 is not one."""
    if record.eac_total != 0 or record.total_battery_pack_soc != 0:
        return record
    names = ("total_battery_pack_soc", *(f"battery{n}_soc" for n in PACKS))
    return without(record, [name for name in names if getattr(record, name, None) == 0])


def _lifetime(reply: Any, serials: list[str]) -> Mapping[str, NoahEnergyChartData]:
    """The years of the chart as one; what it never counted is unknown."""
    whole = sum(row.epv or 0.0 for row in reply.data or [])
    return {serials[0]: NoahEnergyChartData(epv=whole)} if whole else {}


SOURCES = (
    reading_v4("noah", NoahEnergyDataV4, _metered, stamp="time", every=60),
    Source(
        name="status",
        model=NoahStatusData,
        fetch=lambda api, serials: api.noah.status(serials[0]),
        records=data_of(_metered),
        every=60,
    ),
    details_v4("noah", NoahDetailDataV4, "device_sn"),
    Source(
        name="settings",
        model=NoahSettingsData,
        fetch=lambda api, serials: api.noah.settings(serials[0]),
        records=data_of(),
        every=900,
    ),
    power_limit("noah"),
    Source(
        name="firmware",
        model=NoahFirmwareInfoData,
        fetch=lambda api, serials: api.noah.firmware_info(serials[0]),
        records=data_of(),
        every=RARELY,
    ),
    signal("noah"),
    Source(
        name="chart",
        model=NoahEnergyChartData,
        fetch=lambda api, serials: api.noah.energy_chart(serials[0], period="year"),
        records=_lifetime,
        every=900,
        dates=False,
    ),
)


def _live(name: str, compute: Callable[[float], float] | None = None) -> tuple[Any, ...]:
    """A field that both the app's status and the reading have; the status is the fresher one."""
    if compute is None:
        return (f"status.{name}", f"reading.{name}")
    return tuple(Computed(source, (name,), compute) for source in ("status", "reading"))


def _main(out: Callable[[float], float] | None) -> tuple[Property, ...]:
    battery, grid = "total_battery_pack_charging_power", "ct_self_power"
    return (
        *home(pv_power=_live("ppv")),
        Property(name="ac_power", label="AC power", reads=_live("pac"), convert=out, main=True),
        *home(
            battery_soc=_live("total_battery_pack_soc"),
            battery_power=_live(battery),
            battery_charge_power=_live(battery, positive),
            battery_discharge_power=_live(battery, negative),
            grid_power=_live(grid),
            grid_import_power=_live(grid, positive),
            grid_export_power=_live(grid, negative),
            load_power=_live("total_household_load"),
            energy_today=_live("eac_today"),
            energy_total=_live("eac_total"),
            pv_energy_total="chart.epv",
            temperature="system_temp",
            firmware_version=("firmware.current_version", "settings.version"),
        ),
        Property(name="energy_month", label="Energy this month", reads=("reading.eac_month",)),
        Property(name="energy_year", label="Energy this year", reads=("reading.eac_year",)),
        Property(name="status", label="Status", reads=(*_live("status"), "details.status"), words=STATUS, main=True),
        Property(
            name="work_mode",
            label="Work mode",
            reads=(*_live("work_mode"), "settings.work_mode"),
            words=WORDS,
            main=True,
        ),
        Property(name="ct_flag", label="Grid meter present", reads=_live("ct_flag"), convert=bool, type=bool),
        Property(name="on_off_grid", label="Running off grid", reads=_live("on_off_grid"), convert=bool, type=bool),
        Property(
            name="total_battery_pack_charging_status",
            label="Battery activity",
            reads=("reading.total_battery_pack_charging_status",),
            words={0: "idle", 1: "charging", 2: "discharging"},
        ),
        Property(name="update_available", label="Firmware update available", reads=("firmware.update_available",)),
        SIGNAL_STRENGTH,
    )


def _inputs(count: int) -> tuple[Property, ...]:
    """The cloud tells voltage and current of each input; power is their product."""
    found: list[Property] = []
    for n in INPUTS:
        volts, amps, main = f"pv{n}_voltage", f"pv{n}_current", n <= count
        power = Computed("reading", (volts, amps), product)
        found += (
            Property(name=f"pv{n}_power", label=f"PV{n} power", reads=(power,), quantity=POWER, main=main),
            Property(name=volts, label=f"PV{n} voltage", reads=(f"reading.{volts}",), main=main),
            Property(name=amps, label=f"PV{n} current", reads=(f"reading.{amps}",), main=main),
        )
    return tuple(found)


def _slot_fields(n: int) -> list[str]:
    return [f"time{n}_{what}" for what in ("start", "end", "mode", "power", "enable")]


OMIT = {
    "reading": (
        "device_sn",
        "datalogger_sn",
        "time",
        "time_str",
        *(f"battery{n}_{part}" for n in PACKS for part in ("serial_num", "temp_f", *PARTS)),
    ),
    "status": ("plant_id", "ac_couple_power_control"),
    "details": (
        "device_sn",
        "datalogger_sn",
        "last_update_time_text",
        "associated_inv_man_and_model",
    ),
    "settings": (
        "device_sn",
        "plant_id",
        "plant_name",
        "plant_list",
        "currency_list",
        "safety_list",
        "shelly_list",
        "bat_sns",
        "time_segments",
    ),
    "firmware": ("status",),
    "chart": ("time",),
}
"""Left out: the device's own serial and plant, times that another field tells better, the battery packs, which are
devices of their own, choices that the app offers, and lists that other fields tell one by one."""


def _limits(value: Any, values: Mapping[str, Json], *, lower: bool) -> str | None:
    """Discharging must stop below where charging stops."""
    other = values.get("charge_limit" if lower else "discharge_limit")
    if other is None or (value < other if lower else value > other):
        return None
    name, relation = ("charge_limit", "below") if lower else ("discharge_limit", "above")
    return f"{value:g} % must be {relation} {name}, which is {other:g} %"


def _slot_check(value: Mapping[str, Any], _: Mapping[str, Json]) -> str | None:
    """A slot lies within one day."""
    start, end = value["start"], value["end"]
    return f"start {start} must be before end {end}; set start or end first" if start == end else crossing(start, end)


def _slot_writer(n: int) -> Callable[[AsyncGrowattApi, str, Any], Awaitable[Any]]:
    def write(api: AsyncGrowattApi, serial: str, slot: Any) -> Awaitable[Any]:
        return api.noah.setting_write_time_period(
            n,
            parse_time_of_day(slot["start"]),
            parse_time_of_day(slot["end"]),
            WorkMode(MODES[slot["mode"]]),
            slot["power"],
            slot["enabled"],
            serial,
        )

    return write


def _slot_kind(most: int) -> Object:
    return Object(parts=(*_period_parts(most), Part(key="enabled", label="enabled", kind=Switch())))


def _period_parts(most: int) -> tuple[Part, ...]:
    return (
        Part(key="start", label="start", kind=TimeOfDay()),
        Part(key="end", label="end", kind=PERIOD_END),
        Part(key="mode", label="mode", kind=Choice(options=MODES)),
        Part(key="power", label="power", kind=Number(low=0, high=most, unit="W")),
    )


def _slot(n: int, most: int) -> tuple[Setting, ...]:
    kind = _slot_kind(most)
    return with_parts(
        Setting(
            name=f"time_period_{n}",
            label=f"Time period {n}",
            kind=kind,
            reads=(parts_read(kind, "details", _slot_fields(n)),),
            confirm="details",
            check=_slot_check,
            note=overlap_note("time_period", n, SLOTS),
            write=_slot_writer(n),
            main=n in SHOWN_SLOTS,
        )
    )


def _schedule(most: int) -> Setting:
    """The whole day. Written through the slots, since the cloud has no call for it."""
    keys = [part.key for part in _slot_kind(most).parts]
    names = {n: f"time_period_{n}" for n in SLOTS}
    fields = [_slot_fields(n) for n in SLOTS]

    def shown(*values: Any) -> list[dict[str, Any]]:
        slots = [dict(zip(keys, values[i : i + len(keys)], strict=True)) for i in range(0, len(values), len(keys))]
        return periods_of([slot for slot in slots if is_known(slot)])

    def steps(periods: Any, values: Mapping[str, Json]) -> list[tuple[str, Json]]:
        slots = {n: values[name] for n, name in names.items()}
        return [(names[n], {**slot, "power": _writable(slot["power"])}) for n, slot in changes(slots, periods, MODES)]

    def _writable(power: float) -> int:
        """One that is switched off may have a power that the cloud does not take."""
        return max(0, min(round(power), most))

    return Setting(
        name="schedule",
        label="Schedule",
        kind=Periods(item=Object(parts=_period_parts(most)), most=len(SLOTS), defaults={"mode": "load_first"}),
        reads=(Computed("details", tuple(name for slot in fields for name in slot), shown),),
        confirm="details",
        check=_all_known,
        steps=steps,
        through=frozenset(names.values()),
        write=None,
    )


def _all_known(_: Any, values: Mapping[str, Json]) -> str | None:
    unknown = [str(n) for n in SLOTS if not is_known(values.get(f"time_period_{n}"))]
    return f"the device has not told its time periods {', '.join(unknown)} yet; try again later" if unknown else None


def _overridden(_: Any, values: Mapping[str, Json]) -> str | None:
    """The default output power is for the time outside the periods."""
    slots = [values.get(f"time_period_{n}") for n in SLOTS]
    spans = [f"{p['start']}-{p['end']}" for p in periods_of([s for s in slots if s is not None and is_known(s)])]
    return f"active time periods override it: {', '.join(spans)}" if spans else None


ASSIGNED = Object(
    parts=(
        Part(key="serial", label="serial number", kind=Text()),
        Part(key="model_id", label="model number", kind=Text()),
        Part(key="brand", label="brand", kind=Text()),
        Part(key="model", label="model", kind=Text()),
        Part(key="type", label="type", kind=Number(low=0, high=99)),
    )
)
"""Not read back: of all this the cloud tells the serial number alone, which is the property `associated_inv_sn`."""


def _assign(api: AsyncGrowattApi, serial: str, inverter: Any) -> Awaitable[Any]:
    return api.noah.setting_write_assign_inverter(
        serial, inverter["serial"], inverter["model_id"], inverter["brand"], inverter["model"], inverter["type"]
    )


VPP = vpp("noah", v1=False, clear=False)


def _settings(most: int) -> tuple[Setting, ...]:
    """The documentation says of power_on and of the VPP parameters both that NOAH has them and that it has not; where
    it has not, the cloud answers that this is the wrong device type."""
    return (
        Setting(
            name="default_power",
            label="Default output power",
            kind=Number(low=0, high=most, unit="W"),
            reads=("power.data", "settings.default_power", "details.default_power"),
            confirm="power",
            note=_overridden,
            write=lambda api, serial, watts: api.noah.setting_write_active_power(watts, serial),
        ),
        Setting(
            name="charge_limit",
            label="Charge limit",
            kind=Number(low=70, high=100, unit="%"),
            reads=(
                "settings.charging_soc_high_limit",
                "reading.charge_soc_limit",
                "details.charging_soc_high_limit",
            ),
            confirm="settings",
            check=lambda value, values: _limits(value, values, lower=False),
            write=lambda api, serial, percent: api.noah.setting_write_soc_upper_limit(percent, serial),
        ),
        Setting(
            name="discharge_limit",
            label="Discharge limit",
            kind=Number(low=0, high=30, unit="%"),
            reads=(
                "settings.charging_soc_low_limit",
                "reading.discharge_soc_limit",
                "details.charging_soc_low_limit",
            ),
            confirm="settings",
            check=lambda value, values: _limits(value, values, lower=True),
            write=lambda api, serial, percent: api.noah.setting_write_soc_lower_limit(percent, serial),
        ),
        Setting(
            name="grid_charging",
            label="Grid charging",
            kind=Switch(),
            reads=("settings.allow_grid_charging", "details.allow_grid_charging"),
            confirm="settings",
            write=lambda api, serial, on: api.noah.setting_write_grid_charging(serial, on),
        ),
        Setting(
            name="off_grid",
            label="Off-grid output",
            kind=Switch(),
            reads=("settings.grid_connection_control", "details.grid_connection_control"),
            confirm="settings",
            write=lambda api, serial, on: api.noah.setting_write_off_grid(serial, on),
        ),
        *(setting for n in SLOTS for setting in _slot(n, most)),
        _schedule(most),
        replace(switched_on("noah"), main=False),
        *with_parts(
            Setting(name="assigned_inverter", label="Assigned inverter", kind=ASSIGNED, write=_assign, main=False)
        ),
        *VPP.settings,
    )


def _family(name: str, title: str, *, most: int, inputs: int, out: Callable[[float], float] | None = None) -> Family:
    """`most`: the output power (W) that can be set. `out` brings the sign of `pac` to + out of the device."""
    settings = _settings(most)
    main = (*_main(out), *_inputs(inputs))
    return define(
        name,
        title,
        DeviceType.NOAH,
        by_model=True,
        sources=(*SOURCES, *VPP.sources),
        main=main,
        settings=settings,
        omit=OMIT,
        tail=("status", "reading", "settings", "details", "firmware", "chart"),
        facts={
            "model": ("settings.model",),
            "firmware": ("firmware.current_version",),
            "datalogger": ("details.datalogger_sn",),
            "alias": ("settings.alias",),
        },
        offline=(Computed("status", ("status",), lambda status: status == -1),),
        attached=(BATTERIES,),
    )


NOAH = _family("noah", "NOAH", most=MOST_POWER, inputs=2)
NEXA = _family("nexa", "NEXA", most=MOST_POWER_NEXA, inputs=4, out=negated)
