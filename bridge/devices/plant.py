"""A plant: the sum of its devices. Its serial number is made of its id: `plant_1185`."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from bridge.devices.catalogue import Property, Source
from bridge.devices.define import define
from bridge.devices.home import home
from bridge.devices.sources import RARELY, data_of, told_by_others
from bridge.devices.values import Json
from bridge.growatt.account.plant import PlantData, PlantDetailData, PlantEnergyOverviewData

PREFIX = "plant_"


def plant_serial(plant_id: object) -> str:
    """The serial number that a plant has here."""
    return f"{PREFIX}{plant_id}"


_OFFSET = re.compile(r"(?:GMT|UTC)? ?([+-]?)(\d{1,2}(?:\.\d{1,2})?)(?::?([0-5]\d))?")
FARTHEST = timedelta(hours=14)


def offset_of(values: Mapping[str, Json]) -> timedelta | None:
    """How far ahead of UTC a plant's clocks are, by the plant's values, where they tell: GMT+8, GMT-3.5, GMT+5:30."""
    return _offset(str(values.get("timezone")))


@cache
def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    ahead = timedelta(hours=float(hours), minutes=int(minutes or 0))
    return None if ahead > FARTHEST else -ahead if sign == "-" else ahead


def _number(serials: list[str]) -> int:
    return int(serials[0].removeprefix(PREFIX))


SOURCES = (
    Source(
        name="overview",
        model=PlantEnergyOverviewData,
        fetch=lambda api, serials: api.plant.energy_overview(_number(serials)),
        records=data_of(),
        every=300,
    ),
    Source(
        name="details",
        model=PlantDetailData,
        fetch=lambda api, serials: api.plant.details(_number(serials)),
        records=data_of(),
        every=RARELY,
        dates=False,
    ),
    told_by_others("listing", PlantData, dates=False),
)

MAIN = (
    *home(
        ac_power="overview.current_power",
        energy_today="overview.today_energy",
        energy_month="overview.monthly_energy",
        energy_year="overview.yearly_energy",
        energy_total="overview.total_energy",
    ),
    Property(name="status_code", label="Status code", reads=("listing.status",)),
    Property(name="agent_name", label="Agent name", reads=("listing.latitude_d",)),
    Property(name="agent_area", label="Agent area", reads=("listing.latitude_f",)),
)

OWN = ("name", "user_id", "image_url")

PLANT = define(
    "plant",
    "Plant",
    None,
    sources=SOURCES,
    main=MAIN,
    omit={"details": (*OWN, "status"), "listing": (*OWN, "plant_id", "current_power", "total_energy")},
    tail=("overview", "details", "listing"),
)
"""Left out: what the plant is known by, pictures, a status without a known meaning in the details, and power and energy
of the list, which may be hours old."""
