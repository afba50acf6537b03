"""A plant: the sum of its devices. Its serial number is made of its id: `plant_1185`."""

from bridge.devices.catalogue import Source, define
from bridge.devices.home import home
from bridge.devices.sources import data_of
from bridge.growatt.account.plant import PlantEnergyOverviewData

PREFIX = "plant_"


def plant_serial(plant_id: object) -> str:
    """The serial number that a plant has here."""
    return f"{PREFIX}{plant_id}"


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
