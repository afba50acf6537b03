"""A plant: the sum of its devices. Its serial number is made of its id: `plant_1185`."""

import re
from collections.abc import Mapping
from datetime import timedelta

from bridge.devices.catalogue import Json, Source, define
from bridge.devices.home import home
from bridge.devices.sources import data_of
from bridge.growatt.account.plant import PlantEnergyOverviewData

PREFIX = "plant_"


def plant_serial(plant_id: object) -> str:
    """The serial number that a plant has here."""
    return f"{PREFIX}{plant_id}"


_OFFSET = re.compile(r"(?:GMT|UTC)? ?([+-]?)(\d{1,2})(?:\.(\d)|:([0-5]\d))?")
FARTHEST = timedelta(hours=14)


def offset_of(values: Mapping[str, Json]) -> timedelta | None:
    """How far ahead of UTC a plant's clocks are, by the plant's values, where they tell: GMT+8, GMT-3.5, GMT+5:30."""
    found = _OFFSET.fullmatch(str(values.get("timezone")))
    if found is None:
        return None
    sign, hours, tenths, minutes = found.groups()
    ahead = timedelta(hours=int(hours) + int(tenths or 0) / 10, minutes=int(minutes or 0))
    return None if ahead > FARTHEST else -ahead if sign == "-" else ahead


SOURCES = (
    Source(
        name="overview",
        model=PlantEnergyOverviewData,
        fetch=lambda api, serials: api.plant.energy_overview(int(serials[0].removeprefix(PREFIX))),
        records=data_of(),
        every=300,
    ),
)

MAIN = home(
    ac_power="overview.current_power",
    energy_today="overview.today_energy",
    energy_month="overview.monthly_energy",
    energy_year="overview.yearly_energy",
    energy_total="overview.total_energy",
)

PLANT = define("plant", "Plant", None, sources=SOURCES, main=MAIN, tail=("overview",))
