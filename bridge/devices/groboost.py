"""GroBoost: heaters and switches that use surplus power."""

from bridge.devices.catalogue import Source
from bridge.devices.define import define
from bridge.devices.home import home
from bridge.devices.sources import DETAILS, READING, batched, data_of, timed
from bridge.growatt import DeviceType
from bridge.growatt.families.groboost import BoostData, GroboostDetailData

SOURCES = (
    Source(
        name="reading",
        model=BoostData,
        fetch=lambda api, serials: api.groboost.metrics_multiple(serials),
        records=batched(timed("time_text")),
        every=300,
        most=100,
        stamp="time_text",
    ),
    Source(
        name="details",
        model=GroboostDetailData,
        fetch=lambda api, serials: api.groboost.details(serials[0]),
        records=data_of(),
        every=3600,
    ),
)
MAIN = home(
    load_power="power",
    load_energy_total="total_energy",
    grid_voltage="voltage",
    temperature="temperature",
    status="status",
    firmware_version="fw_version",
)

GROBOOST = define(
    "groboost",
    "GroBoost",
    DeviceType.GROBOOST,
    sources=SOURCES,
    main=MAIN,
    omit={"reading": (*READING, "time_text", "device_type"), "details": DETAILS},
    tail=("reading", "details"),
    facts={
        "model": ("details.device_name",),
        "firmware": ("reading.fw_version",),
        "datalogger": ("details.datalogger_sn",),
    },
    offline=("details.lost",),
)
"""The codes of the state are not documented."""
