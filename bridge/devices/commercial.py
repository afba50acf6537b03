"""PCS, HPS and PBD: commercial battery systems, which only v1 calls know and only the plant's list of devices shows."""

from typing import Any

from bridge.devices.catalogue import Family, Property
from bridge.devices.define import define
from bridge.devices.home import (
    ENERGY,
    FIRMWARE_VERSION,
    TEMPERATURE,
    daily,
    home,
    measured,
    nonzero,
    phases,
    pv_inputs,
    signed_battery,
    status,
)
from bridge.devices.sources import DETAILS, FACTS, OFFLINE, READING, timed, v1_sources
from bridge.growatt import DeviceType
from bridge.growatt.families.hps import HpsDetailData, HpsEnergyOverviewData
from bridge.growatt.families.pbd import PbdDetailData, PbdEnergyOverviewData
from bridge.growatt.families.pcs import PcsDetailData, PcsEnergyOverviewData
from bridge.growatt.fields import Reading

BATTERY = home(
    pv_power="ppv",
    battery_soc="capacity",
    **daily(battery_charge_energy="e_charge", battery_discharge_energy="e_discharge"),
)
TEMPERATURES = ("temp1", "temp")
STATUS = {-1: "offline"}
"""Other codes are not documented; the cloud's text beside them tells."""

REPEATED = ("e_charge_today", "e_discharge_today")


def _plausible(record: Any) -> Any:
    """Temperatures come in 16 bits without their sign (documented sample: 6523.6 °C), and percentages that no battery
    can have (documented samples: 470, 1280 and 48130 %)."""
    told = {name: getattr(record, name, None) for name in TEMPERATURES}
    signed = {name: round(value - 6553.6, 1) for name, value in told.items() if value is not None and value > 3276.7}
    full = record.capacity is None or 0 <= record.capacity <= 100
    return timed("time")(record.model_copy(update=signed | ({} if full else {"capacity": None})))


def _family(
    kind: DeviceType,
    reading: type[Reading],
    details: type[Reading],
    main: tuple[Property, ...],
    *,
    repeated: tuple[str, ...] = (),
) -> Family:
    """`repeated`: what the details repeat of the readings."""
    return define(
        kind.value,
        kind.value.upper(),
        kind,
        sources=v1_sources(kind.value, reading, details, repair=_plausible),
        main=(*main, status(STATUS), FIRMWARE_VERSION),
        omit={"reading": READING, "details": (*DETAILS, *REPEATED, *repeated)},
        tail=("reading", "details"),
        facts=FACTS,
        offline=OFFLINE,
    )


PCS = _family(
    DeviceType.PCS,
    PcsEnergyOverviewData,
    PcsDetailData,
    (
        *BATTERY,
        *home(
            **phases("vacu", "vacv", "vacw"),
            grid_frequency="grid_freq",
            grid_export_power="pac_to_grid",
            temperature="temp1",
        ),
        *measured(
            ENERGY,
            **daily(grid_import_energy="grid", grid_export_energy="to_grid", load_energy="load"),
        ),
    ),
    repeated=("e_discharge_total",),
)
"""The other powers have no unit in the documentation, and some may be kW: they keep their names and show no unit."""

HPS = _family(
    DeviceType.HPS,
    HpsEnergyOverviewData,
    HpsDetailData,
    (
        *home(
            pv_power="ppv",
            **daily(pv_energy="epv"),
            pv1_power="ppv1",
            pv1_voltage="vpv",
            pv1_current="ipv",
            pv2_power="ppv2",
            pv2_voltage="vpv2",
            pv2_current="ipv2",
            ac_power="pac",
            grid_frequency="grid_freq",
            battery_soc="capacity",
            battery_voltage="vbat",
            battery_charge_energy_today="e_charge_today",
            battery_charge_energy_total="e_bat_charge_total",
            battery_discharge_energy_today="e_discharge_today",
            battery_discharge_energy_total="e_bat_discharge_total",
            **daily(grid_export_energy="e_to_grid"),
            temperature="temp1",
        ),
        *measured(ENERGY, **daily(grid_import_energy="e_grid", load_energy="e_load")),
    ),
)

PBD = _family(
    DeviceType.PBD,
    PbdEnergyOverviewData,
    PbdDetailData,
    (
        *BATTERY,
        *home(**daily(pv_energy="epv")),
        *pv_inputs(range(1, 6)),
        *home(battery_voltage="vbat", **signed_battery(nonzero, "pbd_bat_power")),
        *measured(TEMPERATURE, temperature="temp"),
    ),
    repeated=("e_discharge_total", "biout", "bvout", "ipv", "ipv1", "ipv2", "vpv", "vpv1", "vpv2"),
)
