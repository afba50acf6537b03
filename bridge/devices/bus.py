"""Smart meters and environment sensors: no serial numbers of their own, only an address on their datalogger's bus.

Here their serial number is made of both: `CRAZT00001_AMMETER_1` is the meter with address 1 behind CRAZT00001.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bridge.devices.catalogue import Family, Property, Source
from bridge.devices.define import define
from bridge.devices.home import ENERGY, either, filled, home, living, measured, of, signed_grid
from bridge.devices.sources import READING, data_of, timed
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.families.env_sensor import EnvSensorMetricsOverviewData
from bridge.growatt.families.smart_meter import SmartMeterEnergyOverviewData
from bridge.growatt.fields import Reading

METERS, SENSORS = "AMMETER", "ENV_DEVICE"
"""Names that stand for all meters, and all sensors, of a datalogger in the plant's list of devices."""


def address_of(serial: str) -> tuple[str, int]:
    """Datalogger and bus address."""
    return serial.partition("_")[0], int(serial.rpartition("_")[2])


async def on_bus(api: AsyncGrowattApi, datalogger: str, name: str) -> dict[str, Reading]:
    """What hangs on a datalogger as `name` (`METERS` or `SENSORS`): the line of the cloud's list, by serial number."""
    if name == METERS:
        meters = await api.datalogger.list_smart_meters_all(datalogger)
        rows: Sequence[Any] = (meters.data and meters.data.meters) or ()
    else:
        sensors = await api.datalogger.list_env_sensors_all(datalogger)
        rows = (sensors.data and sensors.data.envs) or ()
    return {f"{bus_prefix(datalogger, name)}{row.address}": row for row in rows if row.address is not None}


def bus_prefix(datalogger: str, name: str) -> str:
    """How the serial numbers begin of what hangs on a datalogger as `name`."""
    return f"{datalogger}_{name}_"


def datalogger_of(serial: str) -> str | None:
    """The datalogger of what hangs on one; None of everything else."""
    parts = (serial.rpartition(f"_{name}_") for name in (METERS, SENSORS))
    return next((datalogger for datalogger, _, address in parts if datalogger and address.isdigit()), None)


def _source(model: type[Reading], ask: Callable[[AsyncGrowattApi, str, int], Awaitable[Any]]) -> Source:
    return Source(
        name="reading",
        model=model,
        fetch=lambda api, serials: ask(api, *address_of(serials[0])),
        records=data_of(timed("time_text")),
        every=300,
        stamp="time_text",
    )


METER_MAIN = (
    *home(
        **signed_grid("active_power", "instant_total_active_power"),
        **either(
            grid_import_energy=(
                ("positive_active_today_energy", "positive_active_total_energy"),
                ("today_energy", "active_energy"),
                ("today_energy", "total_energy"),
            )
        ),
        grid_voltage=filled("voltage", "voltage_l1", "voltage_ua", "a_voltage"),
        grid_frequency=filled("grid_frequency", "frequency"),
    ),
    *measured(
        ENERGY,
        grid_export_energy_today="reverse_active_today_energy",
        grid_export_energy_total=living("reverse_active_total_energy", "reverse_active_energy"),
    ),
)
"""Kinds of meter fill different fields. Power is taken to be + when the house imports."""


def _celsius(told: float | None, fahrenheit: float | None) -> float:
    return told if told is not None else round(((fahrenheit or 0.0) - 32) / 1.8, 1)


LEFT_OUT = {"reading": (*READING, "time_text", "address")}

SMART_METER = define(
    "smart_meter",
    "Smart meter",
    None,
    sources=(_source(SmartMeterEnergyOverviewData, lambda api, *place: api.smart_meter.energy(*place)),),
    main=METER_MAIN,
    omit=LEFT_OUT,
    tail=("reading",),
    facts={"datalogger": ("reading.datalogger_sn",), "alias": ("reading.alias",)},
)

ENV_SENSOR = define(
    "env_sensor",
    "Environment sensor",
    None,
    sources=(_source(EnvSensorMetricsOverviewData, lambda api, *place: api.env_sensor.metrics(*place)),),
    main=(
        *home(
            temperature="env_temp",
            panel_temperature="panel_temp",
            irradiance="radiant",
            humidity="env_humidity",
            wind_speed="wind_speed",
            wind_direction="wind_angle",
        ),
        Property(name="internal_temp_c", reads=(of(_celsius, "internal_temp_c", "internal_temp_f"),)),
    ),
    omit={"reading": (*LEFT_OUT["reading"], "internal_temp_f")},
    tail=("reading",),
    facts={"datalogger": ("reading.datalogger_sn",)},
)

ON_BUS: Mapping[str, Family] = {METERS: SMART_METER, SENSORS: ENV_SENSOR}
"""The families on a datalogger's bus, by the name that stands for all of one."""
