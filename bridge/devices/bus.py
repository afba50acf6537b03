"""Where smart meters and environment sensors are: without serial numbers, each has an address on its datalogger's bus.

Here their serial number is made of both: `CRAZT00001_AMMETER_1` is the meter with address 1 behind CRAZT00001.
"""

from collections.abc import Sequence
from typing import Any

from bridge.growatt import AsyncGrowattApi
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
