"""Whatever has no catalogue of its own: what the plant's list of devices tells about it."""

from typing import Any

from bridge.devices.catalogue import Property, Source
from bridge.devices.define import define
from bridge.devices.reads import Computed
from bridge.devices.sources import listed
from bridge.devices.values import word
from bridge.growatt import AsyncGrowattApi, GrowattError
from bridge.growatt.account.plant import DeviceData


async def plant_of(api: AsyncGrowattApi, serial: str) -> int:
    """The number of the plant that a device belongs to; raises GrowattError where there is none."""
    info = await api.device.get_plant(serial)
    plant = info.data.plant if info.data else None
    if plant is None or plant.plant_id is None:
        raise GrowattError(f"the cloud knows no plant of {serial}")
    return int(plant.plant_id)


async def _fetch(api: AsyncGrowattApi, serials: list[str]) -> Any:
    """The list of devices of the plant that the device belongs to."""
    return await api.plant.list_devices_all(await plant_of(api, serials[0]))


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
    return word(DeviceData(type=kind, status=status).status_text or f"unknown {status}")


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

GENERIC = define(
    "generic",
    "Device",
    None,
    sources=SOURCES,
    main=MAIN,
    omit={"listing": ("device_sn", "datalogger_sn", "status")},
    tail=("listing",),
    facts={"model": ("listing.model",), "datalogger": ("listing.datalogger_sn",)},
)
