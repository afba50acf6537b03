"""The poller's timetable, with a cloud of a few lines on a clock that a test moves by hand."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import Config
from bridge.devices import DATALOGGER, GENERIC, Family, Property, Setting, Source
from bridge.devices.kinds import Switch
from bridge.devices.sources import RARELY
from bridge.growatt import (
    ApiError,
    BadReply,
    DeviceType,
    GrowattError,
    LoginPage,
    PermissionDenied,
    RateLimited,
    TokenError,
    Unreachable,
)
from bridge.growatt.account.device import DeviceDataV4
from bridge.growatt.account.plant import DataloggerData, DeviceData, PlantData
from bridge.growatt.fields import Reading
from bridge.service import plants as plants_module
from bridge.service import poller as poller_module
from bridge.service import survey as survey_module
from bridge.service.condition import Condition
from bridge.service.poller import Poller
from bridge.service.registry import Device, Registry
from bridge.service.store import Store
from bridge.service.survey import Survey
from bridge.service.zones import Zones
from tests.clocks import ManualClock


class Row(Reading):
    value: int | None = None


def source(name: str, every: float | None, most: int) -> Source:
    return Source(
        name=name,
        model=Row,
        fetch=lambda api, serials: api.fetch(name, serials),
        records=lambda reply, serials: reply,
        every=every,
        most=most,
    )


READING, DETAILS, POWER = source("reading", 60, 2), source("details", 600, 1), source("power", None, 1)
RARE = source("rare", RARELY, 1)
BATTERY = Family(
    name="battery",
    title="Battery",
    device_type=DeviceType.NOAH,
    by_model=True,
    sources=(READING, DETAILS, POWER, RARE),
    properties=(Property(name="value", reads=("reading.value",)),),
)

WRITE_ONLY = replace(BATTERY, settings=(Setting(name="beep", label="Beep", kind=Switch(), write=None),))


class Cloud:
    """`calls` holds time, source and serials of every call; `errors` are raised by the next calls of a source."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.start = clock.time()
        self.listed = ["A1", "B2"]
        self.types: dict[str, str | None] = {}
        self.members: list[str] | None = None
        self.dataloggers: list[str] = []
        self.hidden = self.hidden_plants = 0
        self.plants = [1]
        self.models: dict[str, str] = {}
        self.checked: dict[str, str] = {}
        self.calls: list[tuple[float, str, str]] = []
        self.errors: dict[str, list[Exception | None]] = {}
        self.pause: asyncio.Event | None = None
        self.pauses: dict[str, float] = {}
        self.forbidden: set[str] = set()
        self.closed: set[int] = set()
        self.device = SimpleNamespace(list_all=self.list_devices, type_info=self.type_info)
        self.plant = SimpleNamespace(
            list_all=self.list_plants, list_devices_all=self.list_members, list_dataloggers_all=self.list_dataloggers
        )
        self.noah = SimpleNamespace(device_info=self.device_info)
        self.session = SimpleNamespace(remember_model=lambda *_: None, owner="me")

    def note(self, name: str, serials: str = "") -> None:
        self.calls.append((round(self.clock.time() - self.start), name, serials))
        if (errors := self.errors.get(name)) and (error := errors.pop(0)):
            raise error

    def times(self, name: str, serials: str = "") -> list[float]:
        return [t for t, called, who in self.calls if called == name and serials in who]

    async def fetch(self, name: str, serials: list[str]) -> dict[str, Row]:
        self.note(name, "".join(serials))
        if self.forbidden.intersection(serials):
            raise PermissionDenied("another account has it", code=12)
        if self.pause:
            await self.pause.wait()
        return {serial: Row(value=len(self.calls)) for serial in serials if serial in self.listed}

    async def list_devices(self) -> Any:
        self.note("devices")
        rows = [
            DeviceDataV4(device_sn=sn, device_type=self.types.get(sn, "noah"), datalogger_sn="LOGGER")
            for sn in self.listed
        ]
        return SimpleNamespace(data=SimpleNamespace(data=rows))

    async def list_plants(self) -> Any:
        self.note("plants")
        plants = [PlantData(plant_id=number, name="Home", status=1) for number in self.plants]
        return SimpleNamespace(data=SimpleNamespace(count=len(plants) + self.hidden_plants, plants=plants))

    async def list_members(self, plant: int) -> Any:
        self.note("members")
        if plant in self.closed:
            raise PermissionDenied("not this plant", code=10011)
        await self.clock.sleep(self.pauses.get("members", 0))
        serials = self.listed if self.members is None else self.members
        rows = [DeviceData(device_sn=serial) for serial in serials]
        return SimpleNamespace(data=SimpleNamespace(count=len(rows) + self.hidden, devices=rows))

    async def list_dataloggers(self, _plant: int) -> Any:
        self.note("dataloggers")
        await self.clock.sleep(self.pauses.get("dataloggers", 0))
        rows = [DataloggerData(datalogger_sn=serial) for serial in self.dataloggers]
        return SimpleNamespace(data=SimpleNamespace(count=len(rows), dataloggers=rows))

    async def device_info(self, serial: str) -> Any:
        self.note("model", serial)
        return SimpleNamespace(data=SimpleNamespace(device_model=self.models.get(serial, "NOAH 1")))

    async def type_info(self, serial: str) -> Any:
        self.note("type", serial)
        return SimpleNamespace(model=self.checked.get(serial))


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def joined(self, device: Device) -> None:
        self.heard.append(("joined", device.serial))

    def left(self, device: Device) -> None:
        self.heard.append(("left", device.serial))

    def updated(self, device: Device, *, described: bool) -> None:
        self.heard.append(("updated", device.serial))

    def gone(self, serial: str) -> None:
        self.heard.append(("gone", serial))

    def surveyed(self, account: str, present: set[str], elsewhere: set[str]) -> None:
        self.heard.append(("surveyed", "".join(sorted(present))))

    def event(self, kind: str, message: str, **details: Any) -> None:
        self.heard.append((kind, message))

    def of(self, kind: str) -> list[str]:
        return [what for event, what in self.heard if event == kind]


class Bench:
    """One account; `beside` another in the same bridge; `shared`: what other replicas have, too."""

    def __init__(self, folder: Path, beside: "Bench | None" = None, shared: Path | None = None, **config: Any) -> None:
        self.clock = beside.clock if beside else ManualClock()
        self.cloud = Cloud(self.clock)
        self.ear = Ear()
        self.store = Store(folder / "bridge.json", shared)
        options = {"polling": {"account": 3600, **config.pop("polling", {})}, **config}
        api, made = self.cloud, Config(**options)
        self.registry = beside.registry if beside else Registry({d.serial: d.name for d in made.devices if d.name})
        self.conditions: dict[Any, Condition] = beside.conditions if beside else {}
        self.conditions[api] = self.condition = Condition(made.growatt, made, self.clock, self.ear.event)
        zones = Zones(made.growatt, made, self.clock, self.store)
        self.poller = Poller(
            made.growatt,
            api,  # type: ignore[arg-type]
            self.registry,
            made,
            self.clock,
            self.condition,
            self.ear,
            zones,
        )
        self.survey = Survey(
            made.growatt,
            api,  # type: ignore[arg-type]
            api,  # type: ignore[arg-type]
            self.registry,
            made,
            self.clock,
            self.store,
            self.poller,
            self.conditions,
            self.ear,
        )
        self.tasks: list[asyncio.Task[None]] = []

    async def run(self, seconds: float) -> None:
        self.tasks = self.tasks or [asyncio.create_task(part.run()) for part in (self.survey, self.poller)]
        await self.clock.advance(seconds)
        assert [task.exception() for task in self.tasks if task.done()] == []

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def _family_of(kind: str, _model: str | None) -> Family:
    return BATTERY if kind == "noah" else GENERIC


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    monkeypatch.setattr(survey_module, "family_of", _family_of)
    made: list[Bench] = []

    def make(folder: Path = tmp_path, **options: Any) -> Bench:
        made.append(Bench(folder, **options))
        return made[-1]

    yield make
    for each in made:
        await each.stop()


async def test_each_source_has_its_own_beat_and_batch(bench: Any) -> None:
    b = bench()
    b.cloud.listed = ["A1", "B2", "C3"]
    await b.run(650)
    assert b.cloud.times("reading", "A1B2") == b.cloud.times("reading", "C3") == [60 * n for n in range(11)]
    assert b.cloud.times("details", "A1") == b.cloud.times("details", "C3") == [0, 600]
    assert b.cloud.times("power") == []


async def test_what_is_read_rarely_is_read_without_hurry(bench: Any) -> None:
    b = bench()
    b.cloud.listed = ["A1", "B2", "C3"]
    await b.run(30)
    assert [b.cloud.times("rare", serial) for serial in b.cloud.listed] == [[0], [1], [2]]


async def test_intervals_of_the_configuration(bench: Any) -> None:
    b = bench(polling={"reading": 200, "details": 100})
    await b.run(401)
    assert (b.cloud.times("reading"), b.cloud.times("details", "A1")) == ([0, 200, 400], [0, 100, 200, 300, 400])


async def test_a_rate_limit_is_waited_for_and_is_no_failure(bench: Any) -> None:
    b = bench()
    refusals = RateLimited("not sent", retry_after=25), RateLimited("102", retry_after=40, code=102)
    b.cloud.errors["reading"] = [None, refusals[0], None, refusals[1]]
    await b.run(200)
    assert b.cloud.times("reading") == [0, 60, 85, 145, 185]
    assert b.ear.of("rate_limited") == ["102 (code 102)"]


async def test_failures_back_off_up_to_the_interval_and_are_told_once(bench: Any) -> None:
    b = bench()
    b.cloud.errors["reading"] = [None, *[Unreachable("no network")] * 5]
    b.cloud.errors["details"] = [None, None, TokenError("wrong token", code=2)]
    await b.run(299)
    assert b.cloud.times("reading") == [0, 60, 70, 90, 130, 190, 250]
    assert b.ear.of("cloud_unreachable") == ["no network"]
    assert len(b.ear.of("cloud_back")) == 1
    await b.run(400)
    assert b.ear.of("token_refused") == ["wrong token (code 2)"]
    assert len(b.ear.of("cloud_back")) == 2


async def test_one_failing_batch_leaves_the_others_alone(bench: Any) -> None:
    b = bench()
    b.cloud.listed = ["A1", "B2", "C3"]
    b.cloud.errors["reading"] = [BadReply("half an answer")]
    await b.run(0)
    assert b.registry.by_serial("A1").state.values["value"] is None
    assert b.registry.by_serial("C3").state.values["value"] is not None
    await b.run(10)
    assert b.registry.by_serial("A1").state.values["value"] is not None


async def test_a_defect_in_a_source_is_a_failure_like_any_other(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    b = bench()
    b.cloud.errors["reading"] = [KeyError("oops")]
    await b.run(10)
    assert b.cloud.times("reading") == [0, 10]
    assert "could not be understood: 'oops'" in caplog.text


async def test_a_defect_in_one_record_leaves_the_others_of_its_call_alone(
    bench: Any, caplog: pytest.LogCaptureFixture
) -> None:
    b = bench()
    await b.run(0)
    b.registry.by_serial("A1").state.apply = None  # cannot take anything in any more
    before = b.registry.by_serial("B2").state.values["value"]
    await b.run(60)
    assert b.registry.by_serial("B2").state.values["value"] > before
    assert "reading of A1" in caplog.text


async def test_a_defect_while_looking_for_devices_is_a_failure_like_any_other(
    bench: Any, caplog: pytest.LogCaptureFixture
) -> None:
    b = bench()
    b.cloud.errors["devices"] = [OverflowError("date value out of range")]
    await b.run(10)
    assert b.ear.of("joined") == ["A1", "B2", "plant_1"]
    assert "the cloud's lists could not be understood: date value out of range" in caplog.text


async def test_a_new_device_is_polled_at_once_and_delays_nobody(bench: Any) -> None:
    b = bench(polling={"account": 90})
    await b.run(80)
    b.cloud.listed.append("C3")
    await b.run(100)
    assert b.ear.of("joined") == ["A1", "B2", "plant_1", "C3"]
    assert b.cloud.times("reading", "A1B2") == [0, 60, 120, 180]
    assert b.cloud.times("reading", "C3") == [90, 150]
    assert b.cloud.times("details", "C3") == [90]


async def test_a_new_device_does_not_wait_for_those_that_share_its_call(bench: Any) -> None:
    b = bench(polling={"account": 100})
    b.cloud.listed = ["A1"]
    await b.run(90)
    b.cloud.listed = ["A1", "B2"]
    await b.run(100)
    assert b.cloud.times("reading", "B2") == [100, 160]


async def test_a_device_that_comes_back_is_asked_at_once(bench: Any) -> None:
    b = bench(polling={"account": 100})
    await b.run(50)
    b.cloud.listed = ["A1"]
    await b.run(200)
    b.cloud.listed = ["A1", "B2"]
    await b.run(100)
    assert b.cloud.times("details", "B2") == [0, 300]
    assert b.cloud.times("details", "A1") == [0]


async def test_an_answer_without_a_single_value_erases_nothing(bench: Any) -> None:
    b = bench()
    await b.run(50)
    before = dict(b.registry.by_serial("A1").state.values)

    async def empty(_name: str, serials: list[str]) -> dict[str, Row]:
        return {serial: Row() for serial in serials}

    b.cloud.fetch = empty
    await b.run(100)
    assert b.registry.by_serial("A1").state.values == before


async def test_devices_leave_only_after_a_complete_look(bench: Any) -> None:
    b = bench(polling={"account": 1000})
    await b.run(10)
    b.cloud.listed = ["A1"]
    b.cloud.errors = {"members": [BadReply("cut off"), Unreachable("gone")]}
    await b.run(995)
    assert (b.cloud.times("members"), b.ear.of("left")) == ([0, 1000], [])
    await b.run(10)
    assert (b.cloud.times("members"), b.ear.of("left")) == ([0, 1000, 1010], [])
    await b.run(20)
    assert (b.cloud.times("members"), b.ear.of("left")) == ([0, 1000, 1010, 1030], [])
    await b.run(300)
    assert (b.cloud.times("members"), b.ear.of("left")) == ([0, 1000, 1010, 1030, 1330], ["B2"])
    assert b.ear.of("surveyed")[-1] == "A1plant_1"


async def test_who_uploads_leaves_only_when_two_looks_miss_it(bench: Any) -> None:
    b = bench()
    await b.run(3590)
    b.cloud.listed, before = ["A1"], b.cloud.listed
    b.cloud.members = ["A1"]
    await b.run(20)
    b.cloud.listed, b.cloud.members = before, None
    await b.run(3600)
    assert (b.cloud.times("devices"), b.ear.of("left")) == ([0, 3600, 3900], [])
    b.cloud.listed = ["A1"]
    await b.run(1000)
    assert b.ear.of("left") == ["B2"]


async def test_one_look_that_shows_nothing_empties_no_account(bench: Any) -> None:
    b = bench()
    b.store.remember("OLD", {"growatt/OLD": {}})
    listed, b.cloud.listed, b.cloud.plants = b.cloud.listed, [], []
    await b.run(10)
    assert b.ear.of("surveyed") == ["OLD"]
    b.cloud.listed = listed
    await b.run(3600)
    assert b.ear.of("surveyed") == ["OLD", "A1B2"]


async def test_a_list_that_fails_hides_nothing_else(bench: Any) -> None:
    b = bench()
    b.cloud.plants, b.cloud.dataloggers = [1, 2], ["LOGGER"]
    refusal = PermissionDenied("not this plant")
    b.cloud.errors = {"dataloggers": [refusal, None] * 20}
    await b.run(3000)
    assert {device.serial for device in b.registry} == {"A1", "B2", "LOGGER", "plant_1", "plant_2"}
    assert b.ear.of("surveyed")
    b.cloud.listed = ["A1"]
    await b.run(8000)
    assert b.ear.of("left") == [], "what is not known to be whole makes nobody leave"
    b.cloud.errors = {}
    await b.run(4000)
    assert b.ear.of("left") == ["B2"]


async def test_a_cloud_that_answers_nothing_is_not_asked_about_every_plant(bench: Any) -> None:
    b = bench()
    b.cloud.plants = list(range(1, 41))
    b.cloud.errors = {name: [Unreachable("no network")] * 100 for name in ("dataloggers", "members")}
    await b.run(9)
    assert len(b.cloud.times("dataloggers") + b.cloud.times("members")) == 3
    assert b.ear.of("surveyed") == []


async def test_a_row_that_comes_twice_hides_none_that_is_missing(bench: Any) -> None:
    b = bench(polling={"account": 100})
    await b.run(10)
    b.cloud.listed, b.cloud.members = ["A1"], ["A1", "A1"]  # counted as two
    await b.run(500)
    assert b.ear.of("left") == []


@pytest.mark.parametrize("hole", [None, "row"])
async def test_a_list_with_holes_makes_nobody_leave(bench: Any, hole: str | None) -> None:
    b = bench(polling={"account": 100})
    await b.run(10)

    async def list_devices() -> Any:
        rows = None if hole is None else [SimpleNamespace(device_sn=None, device_type="noah")]
        return SimpleNamespace(data=SimpleNamespace(data=rows))

    b.cloud.device.list_all = list_devices
    await b.run(500)
    assert b.ear.of("left") == []


async def test_an_account_that_shows_nothing_is_told(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    b = bench(polling={"account": 100})
    b.cloud.listed, b.cloud.plants = [], []
    await b.run(500)
    assert caplog.text.count("this token shows no devices and no plants; if that is wrong, make the token in") == 1


async def test_who_is_counted_but_not_listed_has_not_left(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    b = bench(polling={"account": 100})
    b.store.remember("OLD", {"growatt/OLD": {}})
    await b.run(10)
    assert b.ear.of("surveyed")[-1] == "A1B2plant_1"
    b.cloud.listed, b.cloud.hidden = [], 2
    await b.run(500)
    assert (b.ear.of("left"), b.ear.of("surveyed")[-1]) == ([], "A1B2OLDplant_1")
    assert caplog.text.count("the cloud counts 2 devices and lists 0") == 1
    b.cloud.hidden = 0
    await b.run(200)
    assert b.ear.of("left") == ["A1", "B2"]


async def test_what_is_wrong_with_the_lists_is_told_once_until_nothing_is(
    bench: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def told() -> list[str]:
        warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
        return [text for text in warnings if text.startswith("account: ")]

    b = bench(polling={"account": 100})
    short, failed = "account: the cloud counts 3 devices and lists 2", "account: not this plant"
    b.cloud.hidden, b.cloud.errors["dataloggers"] = 1, [BadReply("not this plant")] * 5
    await b.run(1000)
    assert told() == [short, failed], "the one does not make the other news"
    b.cloud.hidden = 0
    await b.run(200)
    b.cloud.hidden = 1
    await b.run(500)
    assert told() == [short, failed, short]
    b.cloud.hidden = 0
    await b.run(200)
    b.cloud.errors["dataloggers"] = [BadReply("not this plant")]
    await b.run(200)
    assert told() == [short, failed, short, failed]


async def test_an_answer_that_comes_after_its_device_has_left_is_not_heard(bench: Any) -> None:
    b = bench(polling={"account": 100})
    await b.run(50)
    b.cloud.pause = asyncio.Event()
    b.cloud.listed = ["A1"]
    await b.run(160)
    assert b.ear.of("left") == ["B2"]
    before = b.ear.of("updated").count("B2")
    b.cloud.listed = ["A1", "B2"]
    b.cloud.pause.set()
    await b.run(10)
    assert b.ear.of("updated").count("B2") == before


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
async def test_excluded_devices_are_left_alone(bench: Any, zone: str | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    b = bench(exclude=("B2", "plant_1"), growatt={"timezone": zone})
    await b.run(5000)
    assert caplog.text.count("its time zone is not asked for") == (zone is None)
    assert b.ear.of("joined") == ["A1"]
    assert set(b.ear.of("surveyed")) == {"A1"}
    assert {who for _, _, who in b.cloud.calls} == {"", "A1"}


async def test_what_only_its_plant_lists_is_generic_unless_it_has_just_joined(bench: Any) -> None:
    b = bench(polling={"account": 100})
    b.cloud.members = ["A1", "B2", "METER1"]
    await b.run(10)
    assert b.registry.by_serial("METER1").family.name == "generic"
    b.cloud.errors["members"] = [RateLimited("not sent", retry_after=50)]
    await b.run(100)
    b.cloud.listed.append("C3")
    b.cloud.members.append("C3")
    await b.run(50)
    assert b.registry.by_serial("C3").family is BATTERY


@pytest.mark.parametrize("delay", [0, 1, 50])
async def test_a_noah_that_joins_during_a_look_is_never_taken_for_a_datalogger(bench: Any, delay: float) -> None:
    b = bench(polling={"account": 100})
    b.cloud.plants, b.cloud.dataloggers = [1, 2], ["LOGGER"]
    await b.run(10)
    assert b.registry.by_serial("LOGGER").family is DATALOGGER
    b.cloud.pauses["members"] = 2
    b.cloud.errors["dataloggers"] = [RateLimited("not sent", retry_after=delay)] if delay else []
    await b.run(90 + min(delay, 1) / 2)
    b.cloud.listed.append("C3")
    b.cloud.dataloggers.append("C3")
    await b.run(350)
    assert b.registry.by_serial("C3").family is BATTERY
    assert (b.ear.of("joined").count("C3"), b.ear.of("left")) == (1, [])


STEPS = st.tuples(
    st.sampled_from([0, 1, 3, 7, 40, 100]),
    st.sampled_from(["noah", "logger", "meter", "nobody"]),
    st.sampled_from(["", "devices", "plants", "dataloggers", "members"]),
)
"""Seconds until somebody joins, who that is, and which of the next calls is refused for a while."""


@given(st.lists(STEPS, max_size=12))
def test_whoever_joins_is_what_it_is_from_the_start_and_stays(steps: list[tuple[float, str, str]]) -> None:
    async def watched(folder: str) -> Bench:
        b = Bench(Path(folder), polling={"account": 50})
        b.cloud.members, b.cloud.pauses = [*b.cloud.listed], {"members": 2, "dataloggers": 2}
        await b.run(20)  # the first look has to believe its list
        lists = {"noah": ("listed", "dataloggers", "members"), "logger": ("dataloggers",), "meter": ("members",)}
        for number, (seconds, kind, refused) in enumerate(steps):
            await b.run(seconds)
            for name in lists.get(kind, ()):
                getattr(b.cloud, name).append(f"{kind}{number}")
            b.cloud.errors[refused] = [RateLimited("not sent", retry_after=4)]
        await b.run(300)
        await b.stop()
        return b

    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(survey_module, "family_of", _family_of)
        b = asyncio.run(watched(folder))
    kinds = {"noah": "battery", "logger": "datalogger", "meter": "generic"}
    wanted = {f"{kind}{n}": kinds[kind] for n, (_, kind, _) in enumerate(steps) if kind in kinds}
    there = {device.serial: device.family.name for device in b.registry}
    assert there == {"A1": "battery", "B2": "battery", "plant_1": "plant"} | wanted
    assert (len(b.ear.of("joined")), b.ear.of("left")) == (len(there), [])


@pytest.mark.parametrize(
    ("kind", "told"), [("zzz", "the type 'zzz', which this bridge does not know"), (None, "no type")]
)
async def test_a_type_that_nobody_knows_is_told_once(bench: Any, kind: str | None, told: str) -> None:
    b = bench(polling={"account": 100})
    b.cloud.types["B2"] = kind
    b.cloud.members, b.cloud.dataloggers = ["A1"], ["LOGGER"]
    await b.run(350)
    told += ": it shows only what the list of its plant tells; please report this, with the device's model"
    assert b.ear.of("unknown_type") == [f"B2 has {told}"]
    device = b.registry.by_serial("B2")
    assert (device.family, device.datalogger, b.ear.of("left")) == (GENERIC, "LOGGER", [])
    heard = [what for what in b.ear.heard if what in (("joined", "LOGGER"), ("updated", "B2"))]
    assert heard[:2] == [("joined", "LOGGER"), ("updated", "B2")]


async def test_a_device_of_two_plants_stands_in_the_first(bench: Any) -> None:
    b = bench(polling={"account": 100})
    b.cloud.plants = [1, 2]
    await b.run(350)
    assert {b.registry.by_serial(sn).plant for sn in ("A1", "B2")} == {"plant_1"}
    text = "stands in plant_1 and plant_2; the first counts"
    assert b.ear.of("in_two_plants") == [f"A1 {text}", f"B2 {text}"]
    assert b.ear.of("left") == []


async def test_a_device_goes_to_another_account_only_when_its_own_is_refused_for_good(bench: Any) -> None:
    def owners() -> set[Any]:
        return {device.api for device in a.registry}

    a = bench()
    await a.run(20)
    b = bench(beside=a, polling={"account": 60})
    a.cloud.errors["details"] = [TokenError("one call")] * 99
    await b.run(4 * 3600)
    a.cloud.errors["devices"] = [LoginPage("the list, while readings are told")] * 99
    await b.run(4 * 3600)
    assert (owners(), b.ear.of("device_moved")) == ({a.cloud}, [])
    for name in ("devices", "reading", "details", "rare"):
        a.cloud.errors[name] = [TokenError("everything")] * 9999
    b.cloud.errors["devices"] = [LoginPage("the cloud is at work")] * 16
    b.cloud.errors["reading"] = [LoginPage("the cloud is at work")] * 60
    await b.run(900)
    assert owners() == {a.cloud}
    await b.run(9000)
    assert owners() == {b.cloud}
    assert len(b.ear.of("device_moved")) == len(a.registry) == 3
    a.cloud.errors.clear()
    await b.run(5000)
    assert (owners(), len(a.ear.of("cloud_back"))) == ({b.cloud}, len(a.ear.of("token_refused")))


async def test_devices_stay_where_they_are_when_the_cloud_has_refused_everyone(bench: Any) -> None:
    a = bench(polling={"reading": 3600, "details": 3600})
    await a.run(20)
    b = bench(beside=a, polling={"account": 60})
    for each in (a, b):
        each.cloud.errors |= {name: [LoginPage("at work")] * 9999 for name in ("devices", "reading", "details", "rare")}
    await b.run(2 * 3600)
    for each in (a, b):
        each.cloud.errors.clear()
    await b.run(2 * 3600)
    assert ({device.api for device in a.registry}, b.ear.of("device_moved")) == ({a.cloud}, [])


async def test_an_account_that_only_lists_is_no_longer_refused_after_a_list(bench: Any) -> None:
    b = bench(exclude=["plant_*"])
    b.cloud.listed, b.cloud.dataloggers = [], ["LOG1"]
    await b.run(20)
    b.cloud.errors["devices"] = [TokenError("one list")]
    await b.run(3585)
    assert (b.condition._lists_refused, b.ear.of("token_refused")) == ((3600, 3600), ["one list"])
    await b.run(20)
    assert (b.condition._lists_refused, len(b.ear.of("cloud_back"))) == (None, 1)


async def test_a_name_that_is_another_devices_serial_number_names_no_topic(bench: Any) -> None:
    b = bench(devices=[{"serial": "A1", "name": "B2"}])
    await b.run(20)
    assert {device.serial: (device.segment, device.name) for device in b.registry if device.family is BATTERY} == {
        "A1": ("A1", "B2"),
        "B2": ("B2", "B2"),
    }
    assert [text.split(",")[0] for text in b.ear.of("name_taken")] == ["B2 cannot have the topic level B2"]


async def test_excluded_devices_cost_no_further_looks_at_the_list(bench: Any) -> None:
    b = bench(exclude=["B*"], polling={"account": 100})
    b.cloud.plants = [1, 2, 3]
    b.cloud.members = ["A1", "B2", "B3"]
    b.cloud.pauses["members"] = 20
    await b.run(90)
    assert b.cloud.times("devices") == [0]


async def test_new_dataloggers_of_many_plants_cost_one_further_look_at_the_list(bench: Any) -> None:
    b = bench(polling={"account": 100})
    b.cloud.plants, b.cloud.dataloggers = [1, 2, 3], ["LOGGER1"]
    b.cloud.pauses["members"] = 20
    await b.run(90)
    assert b.cloud.times("devices") == [0]
    b.cloud.dataloggers += ["LOGGER2", "LOGGER3"]
    await b.run(150)
    assert b.cloud.times("devices") == [0, 160, 220]
    assert {d.serial for d in b.registry if d.family is DATALOGGER} == {"LOGGER1", "LOGGER2", "LOGGER3"}


async def test_dataloggers_are_found_where_the_list_of_devices_fails(bench: Any) -> None:
    b = bench(polling={"account": 100})
    b.cloud.dataloggers = ["LOGGER"]
    b.cloud.errors["members"] = [BadReply("cut off")] * 10
    await b.run(50)
    assert b.registry.by_serial("LOGGER").family is DATALOGGER


async def test_who_takes_turns_may_be_silent_for_as_long_as_a_round(bench: Any) -> None:
    b = bench()
    b.cloud.listed = ["A1", "B2", "C3", "D4", "E5"]
    await b.run(200)
    assert {d.period for d in b.registry if d.family is BATTERY} == {3 * 60}


async def test_a_device_with_intervals_of_its_own(bench: Any) -> None:
    b = bench(devices=[{"serial": "A1", "polling": {"reading": 150}}, {"serial": "C3", "polling": {"reading": 30}}])
    b.cloud.listed = ["A1", "B2", "C3"]
    await b.run(301)
    assert b.cloud.times("reading", "A1") == [0, 150, 300]
    assert b.cloud.times("reading", "B2") == [0, 60, 120, 180, 240, 300]
    assert b.cloud.times("reading", "C3") == [30 * n for n in range(11)]


async def test_what_a_get_may_not_ask_now_is_asked_as_soon_as_it_may(bench: Any) -> None:
    b = bench()
    await b.run(20)
    b.cloud.errors["details"] = [RateLimited("not sent", retry_after=25)]
    assert await b.poller.refresh(b.registry.by_serial("A1")) == 25
    await b.run(60)
    assert b.cloud.times("details", "A1") == [0, 20, 45]
    assert b.cloud.times("details", "B2") == [0]


async def test_a_get_with_names_asks_for_these_alone(bench: Any) -> None:
    b = bench()
    await b.run(20)
    assert await b.poller.refresh(b.registry.by_serial("A1"), ["value"]) == 0
    assert (b.cloud.times("reading"), b.cloud.times("details", "A1")) == ([0, 20], [0])
    assert b.cloud.calls[-1] == (20, "reading", "A1B2"), "who shares the limit is asked about along"
    await b.poller.refresh(b.registry.by_serial("plant_1"), ["status_code"])
    assert b.cloud.times("plants") == [0]  # ten lists a day are all that Growatt gives


async def test_a_get_to_what_is_only_listed_tells_when_the_account_is_looked_through(bench: Any) -> None:
    b = bench()
    b.cloud.members, b.cloud.dataloggers = ["A1", "B2", "METER1"], ["LOGGER"]
    b.cloud.errors["members"] = [RateLimited("not sent", retry_after=100)]
    await b.run(50)
    assert await b.poller.refresh(b.registry.by_serial("LOGGER")) == 1  # it is being looked through
    await b.run(550)
    calls = len(b.cloud.calls)
    for serial, names in (("LOGGER", ()), ("METER1", ()), ("plant_1", ["status_code"])):
        assert await b.poller.refresh(b.registry.by_serial(serial), names) == 3100
    assert len(b.cloud.calls) == calls


async def test_a_get_of_a_setting_that_nothing_tells_promises_no_news(bench: Any) -> None:
    b = bench()
    await b.run(10)
    device = b.registry.add("SN1", WRITE_ONLY, b.cloud)
    assert await b.poller.refresh(device, ["beep"]) == 0


@pytest.mark.parametrize("error", [None, Unreachable("no network")])
async def test_many_gets_within_a_moment_share_one_call(bench: Any, error: Exception | None) -> None:
    b = bench()
    await b.run(20)
    b.cloud.errors["reading"] = [error]
    b.cloud.pause = asyncio.Event()
    device = b.registry.by_serial("A1")
    gets = [asyncio.create_task(b.poller.refresh(device, ["value"])) for _ in range(60)]
    await b.run(12)
    b.cloud.pause.set()
    assert await asyncio.gather(*gets) == [0] * 60
    assert b.cloud.times("reading", "A1") == [0, 20]
    await b.run(6)
    await b.poller.refresh(device, ["value"])
    assert b.cloud.times("reading", "A1") == [0, 20, 38]
    for seconds, asked in ((4, [0, 20, 38]), (2, [0, 20, 38, 44])):
        await b.run(seconds)
        await b.poller.refresh(device, ["value"])
        assert b.cloud.times("reading", "A1") == asked, "what was asked in the last five seconds answers, too"


async def test_plants_are_listed_no_more_often_than_growatt_allows(bench: Any) -> None:
    b = bench()
    b.cloud.errors["plants"] = [None, *[RateLimited("not sent", retry_after=80_000)] * 5]
    await b.run(8.5 * 3600)
    assert (len(b.ear.of("surveyed")), b.cloud.times("plants")) == (9, [3600 * hour for hour in (0, 4, 5, 6, 7, 8)])
    assert b.ear.of("left") == []


@pytest.mark.parametrize("account", [600, 3600])
async def test_doubts_that_stay_do_not_use_up_the_lists_of_plants(bench: Any, account: int) -> None:
    b = bench(polling={"account": account})
    await b.run(20)
    b.cloud.hidden_plants = 1
    b.cloud.errors["members"] = [PermissionDenied("for ever", code=10011)] * 999
    await b.run(24 * 3600)
    assert len(b.cloud.times("plants")) <= 10


async def test_a_replica_waits_for_its_turn_to_list_plants(bench: Any) -> None:
    b = bench(fleet={"shard": "1/3"}, include=("A1",))
    b.cloud.members = ["A1"]
    b.cloud.errors["plants"] = [None, RateLimited("its turn comes", retry_after=900)]
    await b.run(14 * 3600)
    assert b.cloud.times("plants") == [0, 12 * 3600, 12 * 3600 + 900]


@pytest.mark.parametrize(
    ("count", "fleet", "times"),
    [
        (0, {}, [0, 4, 8, 12, 16, 20]),
        (2, {"shard": "1/3", "shared_state": True}, [0, 4, 8, 12, 16, 20]),
        (3, {}, [0, 8, 16]),
        (1, {"shard": "1/3"}, [0, 12]),
        (1, {"shard": "1/9"}, [0]),
    ],
)
async def test_some_of_the_lists_of_plants_of_a_day_are_left_to_people(
    bench: Any, monkeypatch: pytest.MonkeyPatch, count: int, fleet: dict[str, Any], times: list[int]
) -> None:
    monkeypatch.setattr(plants_module, "LONGEST_PAGE", 2)
    b = bench(fleet=fleet, include=("A1",))
    b.cloud.plants, b.cloud.members = list(range(count)), ["A1"]
    await b.run(24 * 3600 - 1)
    assert [time / 3600 for time in b.cloud.times("plants")] == times
    assert len(b.ear.of("surveyed")) == 24
    await b.run(3600)
    assert b.cloud.times("plants")[len(times) :] == [24 * 3600]


async def test_a_new_plant_is_found_with_the_next_list_and_sooner_after_a_start(bench: Any) -> None:
    b = bench(polling={"account": 600})
    await b.run(50)
    b.cloud.plants = [1, 2]
    await b.run(4 * 3600)
    assert b.ear.of("joined") == ["A1", "B2", "plant_1", "plant_2"]
    b.cloud.plants = [1, 2, 3]
    await b.run(3600)
    again = bench(beside=b, polling={"account": 600})
    again.cloud.plants = [1, 2, 3]
    await again.run(10)
    assert again.ear.of("joined") == ["plant_3"]


async def test_a_replica_that_knows_nothing_uses_the_list_of_plants_of_the_others(bench: Any, tmp_path: Path) -> None:
    one = bench()
    await one.run(20)
    two = bench(folder=tmp_path / "two", shared=tmp_path)
    two.clock.now_is(5 * 3600)
    two.cloud.dataloggers = ["LOGGER"]
    two.cloud.errors["plants"] = [RateLimited("not sent", retry_after=80_000)] * 5
    await two.run(0)
    assert two.ear.of("surveyed") == ["A1B2LOGGERplant_1"]
    assert two.registry.by_serial("plant_1").state.values["status_code"] == 1


async def test_who_waits_for_a_list_of_plants_takes_one_that_another_made(bench: Any, tmp_path: Path) -> None:
    two = bench(folder=tmp_path / "two", shared=tmp_path)
    two.cloud.errors["plants"] = [RateLimited("not sent", retry_after=300)]
    await two.run(10)
    await bench().run(10)
    await two.run(300)
    assert (two.cloud.times("plants"), two.ear.of("surveyed")) == ([0], ["A1B2plant_1"])


async def test_a_list_of_plants_that_may_hold_one_that_is_gone_is_made_anew(bench: Any) -> None:
    b = bench()
    await b.run(20)
    b.cloud.plants = []
    b.cloud.errors["members"] = [PermissionDenied("no such plant", code=10011)] * 9
    await b.run(3600)
    assert (b.cloud.times("plants"), b.ear.of("left")) == ([0, 3610], ["plant_1"])
    await b.run(3 * 3600)
    assert b.cloud.times("plants") == [0, 3610]


async def test_a_list_of_plants_that_is_not_whole_is_made_anew(bench: Any) -> None:
    b = bench()
    b.cloud.plants = [1, 2]
    await b.run(20)
    b.cloud.plants, b.cloud.hidden_plants = [1], 1
    await b.run(4 * 3600)
    b.cloud.errors["plants"] = [RateLimited("not sent", retry_after=80_000)]
    await b.run(3600)
    b.cloud.plants, b.cloud.hidden_plants = [1, 2], 0
    await b.run(3600)
    assert ([t // 3600 for t in b.cloud.times("plants")], b.ear.of("left")) == ([0, 4, 5, 6], [])


async def test_a_model_that_the_device_does_not_tell_is_looked_up(bench: Any) -> None:
    b = bench()
    b.cloud.models = {"A1": "", "B2": ""}
    b.cloud.checked = {"A1": "NOAH 2"}
    await b.run(100)
    assert b.store.facts.models == {"A1": "NOAH 2"}
    assert {d.serial: d.model for d in b.registry if d.family is BATTERY} == {"A1": "NOAH 2", "B2": "Battery"}
    b.cloud.models["B2"] = "NOAH 3"
    await b.run(3600)
    assert b.store.facts.models == {"A1": "NOAH 2", "B2": "NOAH 3"}, "a guess is not remembered"


@pytest.mark.parametrize("refusal", [None, ApiError("no such call for this kind of device", code=7)])
async def test_a_model_that_tells_nothing_is_no_answer(bench: Any, refusal: ApiError | None) -> None:
    b = bench()
    b.cloud.models = {"A1": "XXX", "B2": "XXX"}
    b.cloud.checked = {"A1": "NEXA 2000", "B2": None}
    b.cloud.errors["model"] = [refusal] * 8
    await b.run(100)
    models = {"A1": "NEXA 2000"} if refusal else {"A1": "NEXA 2000", "B2": "XXX"}
    assert (b.store.facts.models, b.cloud.times("reading")[:1]) == (models, [0])
    b.cloud.checked["B2"] = "NOAH 2000"
    await b.run(3600)
    assert b.store.facts.models == {"A1": "NEXA 2000", "B2": "NOAH 2000"}


async def test_a_model_that_cannot_be_told_is_asked_for_again(bench: Any) -> None:
    b = bench()
    b.cloud.errors["model"] = [Unreachable("no network")] * 4
    await b.run(29)
    assert b.cloud.times("reading") == [], "without its model it is not known what the numbers mean"
    await b.run(11)
    assert b.cloud.times("model", "A1") == b.cloud.times("model", "B2") == [0, 10, 30]
    assert b.cloud.times("reading") == [30]
    assert [device.model for device in b.registry if device.family is BATTERY] == ["NOAH 1"] * 2
    await b.run(1000)
    assert len(b.cloud.times("model")) == 6
    assert b.store.facts.models == {"A1": "NOAH 1", "B2": "NOAH 1"}


async def test_reading_back_takes_what_others_have_asked_for_since(bench: Any) -> None:
    b = bench()
    await b.run(1)
    device = b.registry.by_serial("A1")
    device.commanded = True
    await b.run(109)
    since = b.clock.monotonic()
    assert (await b.poller.read(device, "reading", since - 50)).value is not None
    assert b.cloud.times("reading") == [0, 60]
    record = await b.poller.read(device, "reading", since)
    assert b.cloud.times("reading", "A1B2") == [0, 60, 110]
    assert await b.poller.read(b.registry.by_serial("B2"), "reading", since) is not None
    both = await asyncio.gather(*(b.poller.read(device, "power", since) for _ in range(2)))
    assert both[0] is both[1]
    assert (b.cloud.times("power", "A1"), record.value is not None) == ([110], True)
    b.cloud.listed = ["B2"]
    with pytest.raises(GrowattError, match="no power data for A1"):
        await b.poller.read(device, "power", since + 1)


async def test_where_identical_requests_count_a_device_is_asked_about_alone(bench: Any) -> None:
    b = bench(growatt={"limits": "request"})
    await b.run(50)
    await b.poller.read(b.registry.by_serial("B2"), "reading", b.clock.monotonic())
    assert [who for t, name, who in b.cloud.calls if name == "reading"] == ["A1B2", "B2"]


@pytest.mark.parametrize("limits", ["endpoint", "request"])
async def test_a_device_that_is_refused_takes_no_other_with_it(bench: Any, limits: str) -> None:
    b = bench(growatt={"limits": limits}, polling={"account": 86400})
    b.cloud.listed = [f"D{n}" for n in range(8)]
    await b.run(600)
    b.cloud.forbidden = {"D3"}
    await b.run(1200)
    refused, others = len(b.cloud.times("reading", "D3")), len(b.cloud.times("reading", "D2"))
    await b.run(7200)
    assert len(b.cloud.times("reading", "D3")) - refused <= 3
    assert len(b.cloud.times("reading", "D2")) - others >= 20
    d2 = b.registry.by_serial("D2")
    assert (await b.poller.read(d2, "reading", b.clock.monotonic())).value
    assert [who for _, name, who in b.cloud.calls if "D3" in who and name == "reading"][-1] == "D3"
    b.cloud.forbidden = set()
    await b.run(7200)
    answered = len(b.cloud.times("reading", "D3"))
    await b.run(3600)
    assert len(b.cloud.times("reading", "D3")) - answered >= 10


async def test_where_all_are_refused_all_are_asked_as_before(bench: Any) -> None:
    b = bench(polling={"account": 86400})
    b.cloud.listed = ["D1", "D2", "D3"]
    await b.run(600)
    b.cloud.forbidden = set(b.cloud.listed)
    await b.run(7200)
    b.cloud.forbidden = set()
    end = b.clock.time() - b.cloud.start
    await b.run(1200)
    assert all([t for t in b.cloud.times("reading", serial) if t > end] for serial in b.cloud.listed)


async def test_a_start_in_an_outage_finds_the_devices_soon_after_it(bench: Any) -> None:
    b = bench()
    b.cloud.errors["devices"] = [Unreachable("no network")] * 999
    await b.run(5400)
    b.cloud.errors["devices"] = []
    await b.run(400)
    assert b.cloud.times("reading", "A1")


async def test_a_plant_that_is_refused_for_ever_keeps_nobody_of_another(bench: Any) -> None:
    b = bench(polling={"account": 3600})
    b.cloud.plants, b.cloud.members = [1, 2], []
    await b.run(10)
    for device in b.registry:
        device.plant = "plant_2" if device.serial == "A1" else "plant_1"
    b.cloud.closed, b.cloud.listed = {1}, []
    await b.run(4 * 3600)
    assert b.ear.of("left") == ["A1"]


async def test_an_empty_row_with_a_new_empty_key_says_nothing(bench: Any) -> None:
    assert not poller_module._says_anything(Row.model_validate({"value": None, "brandNew": "", "other": "--"}))
    assert poller_module._says_anything(Row.model_validate({"brandNew": 0}))


async def test_a_get_that_fails_again_after_one_that_did_not_is_told_again(
    bench: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    b = bench(polling={"details": 86400})
    b.cloud.listed = ["A1", "B2", "C3"]
    await b.run(30)
    device = b.registry.by_serial("C3")
    for error in (BadReply("half an answer"), BadReply("half an answer"), None, BadReply("half an answer")):
        b.cloud.errors["details"] = [error]
        await b.poller.refresh(device)
        await b.run(120)
    assert [r.levelname for r in caplog.records if "C3: details" in r.message] == ["WARNING", "DEBUG", "WARNING"]


async def test_what_may_be_wrong_is_looked_at_soon(bench: Any) -> None:
    b = bench()
    await b.run(100)
    device = b.registry.by_serial("A1")
    for name in ("details", "rare", "power"):
        b.poller.look_soon(device, name)
    await b.run(30)
    assert b.cloud.times("details", "A1") == [0, 110]
    assert len(b.cloud.times("rare", "A1")) == 1
