"""A plant: the sum of its devices. Its serial number is made of its id: `plant_1185`."""

from bridge.devices.catalogue import Family, Property, Source, properties, quantity_of
from bridge.devices.sources import data_of
from bridge.growatt.account.plant import PlantEnergyOverviewData
from bridge.growatt.fields import Watts

SOURCES = (
    Source(
        name="overview",
        model=PlantEnergyOverviewData,
        fetch=lambda api, serials: api.plant.energy_overview(int(serials[0].removeprefix("plant_"))),
        records=data_of(),
        every=300,
    ),
)

MAIN = (
    Property(
        name="ac_power",
        label="AC power",
        reads=("overview.current_power",),
        quantity=quantity_of(Watts),
        main=True,
    ),
    Property(name="energy_today", label="Energy today", reads=("overview.today_energy",), main=True),
    Property(name="energy_month", label="Energy this month", reads=("overview.monthly_energy",), main=True),
    Property(name="energy_year", label="Energy this year", reads=("overview.yearly_energy",), main=True),
    Property(name="energy_total", label="Energy total", reads=("overview.total_energy",), main=True),
)

PLANT = Family(
    name="plant",
    title="Plant",
    device_type=None,
    sources=SOURCES,
    properties=properties(SOURCES, MAIN, tail=("overview",)),
)
