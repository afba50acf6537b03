"""Dataloggers: what the plant's list of them tells."""

from typing import Any

from bridge.devices.catalogue import Property, Source
from bridge.devices.define import define
from bridge.devices.generic import plant_of
from bridge.growatt import AsyncGrowattApi
from bridge.growatt.account.plant import DataloggerData


async def _fetch(api: AsyncGrowattApi, serials: list[str]) -> Any:
    return await api.plant.list_dataloggers_all(await plant_of(api, serials[0]))


def _records(reply: Any, serials: list[str]) -> dict[str, DataloggerData]:
    rows = (reply.data and reply.data.dataloggers) or []
    return {row.datalogger_sn: row for row in rows if row.datalogger_sn in serials}


DATALOGGER = define(
    "datalogger",
    "Datalogger",
    None,
    sources=(Source(name="listing", model=DataloggerData, fetch=_fetch, records=_records, every=None),),
    main=(
        Property(name="lost", label="Connection lost", reads=("listing.lost",), main=True),
        Property(name="last_update_time", label="Last upload", reads=("listing.last_update_time",), main=True),
        Property(name="netmode", label="Uplink", reads=("listing.netmode",)),
    ),
    omit={"listing": ("datalogger_sn",)},
    tail=("listing",),
    facts={"model": ("listing.model",)},
)
