"""Smart meters and environment sensors, each at an address on the bus of a datalogger."""

from collections.abc import Awaitable, Callable
from typing import Any

from bridge.devices.bus import address_of
from bridge.devices.catalogue import Property, Source
from bridge.devices.define import define
from bridge.devices.home import ENERGY, either, filled, home, living, measured, of, signed_grid
from bridge.devices.sources import READING, data_of, timed
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.families.env_sensor import EnvSensorMetricsOverviewData
from bridge.growatt.families.smart_meter import SmartMeterEnergyOverviewData
from bridge.growatt.fields import Reading


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
