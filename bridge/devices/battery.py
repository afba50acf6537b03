"""Battery packs of a NOAH or NEXA: devices of their own, but told about by the device that they are plugged to."""

from bridge.devices.catalogue import Attached, Property
from bridge.devices.define import define
from bridge.devices.home import home
from bridge.devices.sources import told_by_others
from bridge.growatt import fields as f
from bridge.growatt.families import codes
from bridge.growatt.families.noah import NoahEnergyDataV4

PACKS = range(1, 5)
PARTS = ("soc", "temp", "protect_status", "warn_status")


class PackReading(f.Reading):
    """What a reading tells about one pack (v4 `queryLastData`)."""

    soc: f.Percent = f.label("State of charge")
    temp: f.Celsius = f.label("Temperature")
    protect_status: f.Integer = f.label("Protection", bits=codes.PACK_PROTECTION)
    warn_status: f.Integer = f.label("Warnings", bits=codes.PACK_WARNING)
    time: f.Moment = f.label("Time of the reading")


def packs_of(serial: str, record: NoahEnergyDataV4) -> dict[str, PackReading]:
    """The packs that are there, by serial number. The cloud has four places; an empty one has no serial number, and one
    beyond the number of packs is a leftover. The pack inside the device shares its serial number, and gets another: the
    place behind it.
    """
    there = record.battery_package_quantity
    places = [n for n in PACKS if there is None or n <= there]
    found = {}
    for n in places:
        own = getattr(record, f"battery{n}_serial_num")
        if own:
            told = {part: getattr(record, f"battery{n}_{part}") for part in PARTS}
            found[f"{own}_{n}" if own == serial else own] = PackReading(**told, time=record.time)
    return found


BATTERY = define(
    "battery",
    "Battery pack",
    None,
    sources=(told_by_others("reading", PackReading, stamp="time"),),
    main=(
        *home(battery_soc="reading.soc", temperature="reading.temp"),
        Property(name="protect_status", reads=("reading.protect_status",), alarm="fault"),
        Property(name="warn_status", reads=("reading.warn_status",), alarm="warning"),
    ),
    omit={"reading": ("time",)},
    tail=("reading",),
)
BATTERIES = Attached(family=BATTERY, source="reading", records=packs_of)
