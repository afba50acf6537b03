"""Whatever has no catalogue of its own: what the plant's list of devices tells about it."""

from typing import Any

from bridge.devices.catalogue import Computed, Family, Property, Source, properties, word
from bridge.devices.sources import listed
from bridge.growatt import AsyncGrowattApi, GrowattError
from bridge.growatt.account.plant import DeviceData
from bridge.growatt.families.codes import STATUS_BY_TYPE


async def _fetch(api: AsyncGrowattApi, serials: list[str]) -> Any:
    """The list of devices of the plant that the device belongs to."""
    info = await api.device.get_plant(serials[0])
    plant = info.data.plant if info.data else None
    if plant is None or plant.plant_id is None:
        raise GrowattError(f"the cloud knows no plant of {serials[0]}")
    return await api.plant.list_devices_all(plant.plant_id)


SOURCES = (
    Source(
        name="listing",
        model=DeviceData,
        fetch=_fetch,
        records=listed("device_sn"),
        every=None,
    ),
)


def _status(kind: int | None, status: int | None) -> str | None:
    """Codes mean another thing for each kind of device; where the kind is unknown, the code is all there is."""
    if status is None:
        return None
    meanings = STATUS_BY_TYPE.get(kind) if kind is not None else None
    return word(meanings.get(status, "offline") if meanings else f"unknown {status}")


MAIN = (
    Property(
        name="status",
        label="Status",
        reads=(Computed("listing", ("type", "status"), _status),),
        type=str,
        main=True,
    ),
    Property(name="type", label="Kind of device", reads=("listing.type",)),
    Property(name="lost", label="Connection lost", reads=("listing.lost",), main=True),
)

GENERIC = Family(
    name="generic",
    title="Device",
    device_type=None,
    sources=SOURCES,
    properties=properties(SOURCES, MAIN, omit={"listing": ("device_sn", "datalogger_sn", "status")}, tail=("listing",)),
    facts={"model": ("listing.model",), "datalogger": ("listing.datalogger_sn",)},
    offline=("listing.lost",),
)
