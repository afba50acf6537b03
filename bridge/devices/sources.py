"""Where a reply holds the record of each device, and the calls that families share."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from bridge.devices.catalogue import Fact, Source
from bridge.devices.reads import Read
from bridge.growatt import AsyncGrowattApi, GrowattError
from bridge.growatt.families.shared import PowerV4, WifiStrengthV4
from bridge.growatt.fields import Reading

R = TypeVar("R", bound=Reading)
Records = Callable[[Any, list[str]], Mapping[str, Reading]]

DETAILS: tuple[str, ...] = (
    "serial_num",
    "device_sn",
    "datalogger_sn",
    "last_update_time_text",
    "status",
    "status_text",
    "status_lang",
    "e_today",
    "e_total",
    "energy_day",
    "energy_month",
    "energy_month_text",
    "power",
    "p_charge",
    "p_discharge",
    "power_max_text",
    "model",
    "plant_id",
    "plant_name",
    "user_id",
    "user_name",
    "img_path",
    "parent_id",
    "tree_id",
    "tree_name",
    "level",
    "inverter_info_status_css",
)
"""Left out of every family's details: the device's own serial, plant and account; times that another field tells
better; status, present powers and energies, which are wrong or stay 0 on working devices; a 64-bit model code that
`model_text` spells out; the server's web page."""

READING: tuple[str, ...] = (
    "device_sn",
    "serial_num",
    "datalogger_sn",
    "calendar",
    "time",
    "time_calendar",
    "day",
    "lost",
)
"""Left out of every family's readings: the device's own serial, the time that `last_update` tells, and `lost`, which is
set on devices that work."""

FACTS: Mapping[Fact, tuple[Read, ...]] = {
    "model": ("details.model_text",),
    "firmware": ("details.fw_version",),
    "datalogger": ("details.datalogger_sn",),
    "alias": ("details.alias",),
}
RARELY = 6 * 3600.0
"""Seconds between calls that tell a single setting."""

OFFLINE: tuple[Read, ...] = ("details.lost",)


async def unasked(_: AsyncGrowattApi, serials: list[str]) -> Any:
    raise GrowattError(f"about {', '.join(serials)} this is not asked: it shows in what is asked about others")


def told_by_others(name: str, model: type[Reading], *, stamp: str | None = None, dates: bool = True) -> Source:
    """What the account's list, or another device's record, tells; there is no call of its own for it."""
    return Source(name=name, model=model, fetch=unasked, records=lambda *_: {}, every=None, stamp=stamp, dates=dates)


def reading_v4(
    module: str, model: type[Reading], repair: Callable[[Any], Reading] | None, *, stamp: str, every: float = 300
) -> Source:
    return Source(
        name="reading",
        model=model,
        fetch=lambda api, serials: getattr(api, module).energy_v4(serials),
        records=listed("device_sn", repair),
        every=every,
        most=100,
        stamp=stamp,
    )


def details_v4(module: str, model: type[Reading], serial: str) -> Source:
    return Source(
        name="details",
        model=model,
        fetch=lambda api, serials: getattr(api, module).details_v4(serials),
        records=listed(serial),
        every=1800,
        most=100,
    )


def signal(module: str) -> Source:
    return Source(
        name="signal",
        model=WifiStrengthV4,
        fetch=lambda api, serials: getattr(api, module).wifi_strength(serials[0]),
        records=itself,
        every=3600,
    )


def power_limit(module: str, every: float | None = None) -> Source:
    return Source(
        name="power",
        model=PowerV4,
        fetch=lambda api, serials: getattr(api, module).power(serials[0]),
        records=itself,
        every=every,
    )


def v1_sources(
    module: str, reading: type[Reading], details: type[Reading], *, repair: Callable[[Any], Reading]
) -> tuple[Source, ...]:
    """Readings and details of families without v4 calls, one device a call."""
    return (
        Source(
            name="reading",
            model=reading,
            fetch=lambda api, serials: getattr(api, module).energy(serials[0]),
            records=data_of(repair),
            every=300,
            stamp="time",
        ),
        Source(
            name="details",
            model=details,
            fetch=lambda api, serials: getattr(api, module).details(serials[0]),
            records=data_of(),
            every=3600,
        ),
    )


def batched(repair: Callable[[Any], Reading]) -> Records:
    """v1 batches: one item per device, its record inside."""

    def records(reply: Any, serials: list[str]) -> dict[str, Reading]:
        rows = {row.device_sn: row.data for row in reply.data or [] if row.data is not None}
        return {sn: repair(record) for sn, record in rows.items() if sn in serials}

    return records


def timed(field: str) -> Callable[[Any], Any]:
    """Puts the exact time of the calendar object into the field with the time text."""

    def repair(record: Any) -> Any:
        moment = record.calendar.moment if record.calendar else None
        return record.model_copy(update={field: moment}) if moment else record

    return repair


def listed(serial: str, repair: Callable[[Any], Reading] | None = None) -> Records:
    """v4 replies: one record per device in `data.devices`, told apart by the field `serial`."""

    def records(reply: Any, serials: list[str]) -> dict[str, Reading]:
        rows = (reply.data and reply.data.devices) or []
        found = {getattr(row, serial): row for row in rows if getattr(row, serial) in serials}
        return {sn: repair(row) for sn, row in found.items()} if repair else found

    return records


def data_of(repair: Callable[[Any], Reading] | None = None) -> Records:
    """Replies about one device whose data is the record."""

    def records(reply: Any, serials: list[str]) -> dict[str, Reading]:
        if reply.data is None:
            return {}
        return {serials[0]: repair(reply.data) if repair else reply.data}

    return records


def itself(reply: Any, serials: list[str]) -> dict[str, Reading]:
    """Replies whose data is one number: the reply is the record."""
    return {} if reply.data is None else {serials[0]: reply}


def without(record: R, names: Sequence[str]) -> R:
    """The record with these fields unknown."""
    return record.model_copy(update=dict.fromkeys(names)) if names else record


def positive(value: float) -> float:
    """The part of a signed value above zero."""
    return max(0.0, value)


def negative(value: float) -> float:
    """The part of a signed value below zero, as a positive number."""
    return max(0.0, -value)


def negated(value: float) -> float:
    """The value with the other sign; zero stays plain zero."""
    return 0.0 - value


def product(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a * b
