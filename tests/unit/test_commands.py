"""Commands against a device that a test moves by hand, on a clock that a test moves by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bridge.config import Config
from bridge.devices import Family, Property, Setting, Source
from bridge.devices.define import with_parts
from bridge.devices.kinds import PERIOD_END, Number, Object, Part, Switch, TimeOfDay
from bridge.devices.reads import Computed
from bridge.growatt import (
    BadReply,
    DeviceOffline,
    GrowattError,
    LoginPage,
    RateLimited,
    SettingFailed,
    SystemFailure,
    Unreachable,
)
from bridge.growatt.fields import Reading
from bridge.mqtt import Topics
from bridge.service.commands import Commands
from bridge.service.orders import Order, Result
from bridge.service.policy import Policy
from bridge.service.registry import Device, Registry
from tests.clocks import ManualClock


class Details(Reading):
    limit: int | None = None
    slot: dict[str, Any] | None = None


class Cloud:
    """The device as the cloud shows it; `answers` are raised by the next writes, `reads` by the next reads."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.limit = 50
        self.slot = {"start": "00:00", "end": "06:00", "on": False}
        self.writes: list[tuple[float, str, Any]] = []
        self.answers: list[GrowattError | None] = []
        self.reads: list[GrowattError | None] = []
        self.slow = 0.0  # seconds that a read takes
        self.slow_write = 0.0
        self.takes = True
        self.changes = 0
        self.soon: list[str] = []

    async def write(self, name: str, value: Any) -> None:
        await self.clock.sleep(self.slow_write)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, RateLimited | Unreachable):
            raise answer
        self.writes.append((self.clock.time(), name, value))
        if self.takes:
            setattr(self, name, value)
        if answer:
            raise answer

    async def read(self, device: Device, source: str, since: float) -> Details:
        if self.slow:
            await self.clock.sleep(self.slow)
        if self.reads and (error := self.reads.pop(0)):
            raise error
        record = Details(limit=self.limit, slot=dict(self.slot))
        device.state.apply(device.family.source(source), record, self.clock.time())
        return record

    def changed(self, device: Device) -> None:
        self.changes += 1

    def look_soon(self, _: Device, source: str) -> None:
        self.soon.append(source)


def make_family(cloud: Cloud) -> Family:
    def write(name: str) -> Callable[[Any, str, Any], Awaitable[None]]:
        return lambda _api, _serial, value: cloud.write(name, value)

    slot = Setting(
        name="slot",
        label="Slot",
        kind=Object(
            parts=(
                Part(key="start", label="start", kind=TimeOfDay()),
                Part(key="end", label="end", kind=PERIOD_END),
                Part(key="on", label="on", kind=Switch()),
            )
        ),
        write=write("slot"),
        reads=("details.slot",),
        confirm="details",
        check=lambda value, _: None if value["start"] < value["end"] else "start must be before end",
    )
    hours = (Part(key="start", label="start", kind=TimeOfDay()), Part(key="end", label="end", kind=TimeOfDay()))
    hidden = Setting(name="hidden", label="Hidden", kind=Object(parts=hours), write=write("hidden"))
    return Family(
        name="test",
        title="Test",
        device_type=None,
        sources=(Source(name="details", model=Details, fetch=_never, records=lambda *_: {}, every=300),),
        properties=(Property(name="seen", label="Seen", reads=("details.limit",)),),
        settings=(
            Setting(
                name="limit",
                label="Limit",
                kind=Number(low=0, high=100),
                write=write("limit"),
                reads=("details.limit",),
                confirm="details",
                check=lambda value, values: "above the ceiling" if value > (values["seen"] or 90) + 45 else None,
            ),
            Setting(name="blind", label="Blind", kind=Number(low=0, high=9), write=write("blind")),
            Setting(
                name="both",
                label="Both",
                kind=Number(low=0, high=9),
                write=None,
                steps=lambda value, _: [("blind", value), ("limit", value * 10)] if value else [],
                through=frozenset({"blind", "limit"}),
            ),
            Setting(
                name="night",
                label="Night",
                kind=TimeOfDay(),
                write=None,
                steps=lambda end, values: until(end, values["slot"]),
                through=frozenset({"slot"}),
                reads=(Computed("details", ("slot",), lambda slot: slot["end"]),),
                confirm="details",
            ),
            Setting(
                name="alias",
                label="Alias",
                kind=Switch(),
                write=write("alias"),
                through=frozenset({"slot"}),
            ),
            *with_parts(slot),
            *with_parts(hidden),
            Setting(
                name="frugal",
                label="Frugal",
                kind=Number(low=0, high=100),
                write=None,
                steps=lambda value, values: [] if values["limit"] == value else [("limit", value)],
            ),
        ),
    )


def until(end: str, slot: dict[str, Any]) -> list[tuple[str, Any]]:
    wanted = {**slot, "start": "01:00", "end": end}
    return [] if slot == wanted else [("slot", wanted)]


async def _never(*_: Any) -> None:
    raise AssertionError("not polled here")


class House:
    def __init__(self, **commands: Any) -> None:
        self.clock = ManualClock()
        self.cloud = Cloud(self.clock)
        self.device = Registry({}).add("SN1", make_family(self.cloud), None)  # type: ignore[arg-type]
        policy = Policy(Config(commands=commands), Topics())
        self.commands = Commands(self.cloud, self.clock, policy, max_age=300, confirm_timeout=330)
        self.results: list[Result] = []
        self.acknowledged: list[int] = []
        self.sent = 0

    def send(self, age: float = 0, **values: Any) -> int:
        self.sent += 1
        number = self.sent

        def report(result: Result, last: bool) -> None:
            self.results.append(result)
            self.acknowledged.extend([number] if last else [])

        order = Order(self.clock.time() - age, self.clock.monotonic(), report, number)
        self.commands.take(self.device, values, order)
        return number

    def of(self, number: int) -> list[str]:
        return [str(r.status) for r in self.results if r.transaction == number]

    async def pass_time(self, seconds: float) -> None:
        await self.clock.advance(seconds)


@pytest.fixture
async def house() -> Any:
    made = House()
    await made.cloud.read(made.device, "details", 0)
    yield made
    await made.commands.stop()


async def test_a_written_value_is_reported_only_once_the_device_shows_it(house: House) -> None:
    number = house.send(limit="80")
    assert house.device.state.targets == {"limit": 80}
    await house.pass_time(1)
    assert house.of(number) == ["accepted"]
    assert house.acknowledged == []
    await house.pass_time(10)
    assert house.of(number) == ["accepted", "verified"]
    assert house.acknowledged == [number]
    assert house.device.state.targets == {}
    assert house.device.state.values["limit"] == 80


async def test_a_burst_becomes_one_write_of_the_last_value(house: House) -> None:
    numbers = [house.send(limit=value) for value in range(40, 90)]
    await house.pass_time(30)
    assert [value for _, _, value in house.cloud.writes] == [89]
    assert [house.of(n)[-1] for n in numbers] == ["superseded"] * 49 + ["verified"]
    assert sorted(house.acknowledged) == numbers


async def test_a_whole_that_cannot_be_takes_no_place(house: House) -> None:
    good = {"start": "01:00", "end": "05:00", "on": True}
    numbers = [house.send(slot=slot) for slot in (good, {**good, "end": "00:30"})]
    await house.pass_time(30)
    assert [house.of(number) for number in numbers] == [["accepted", "verified"], ["rejected"]]
    assert "start must be before end" in (house.results[1].error or "")
    assert [value for _, _, value in house.cloud.writes] == [good]


@pytest.mark.parametrize("parts", [("slot_on", "slot_start"), ("slot_start", "slot_on")])
async def test_a_part_that_cannot_be_costs_no_other(house: House, parts: tuple[str, str]) -> None:
    values = {"slot_on": "ON", "slot_start": "08:00"}
    numbers = {name: house.send(**{name: values[name]}) for name in parts}
    await house.pass_time(30)
    assert house.of(numbers["slot_on"]) == ["accepted", "verified"]
    assert house.of(numbers["slot_start"]) == ["accepted", "rejected"]
    assert [value["on"] for _, _, value in house.cloud.writes] == [True]
    assert house.device.state.targets == {}


async def test_a_slider_that_never_rests_is_written_all_the_same(house: House) -> None:
    for value in range(40, 52):
        house.send(limit=value)
        await house.pass_time(0.25)
    assert len(house.cloud.writes) == 1


async def test_parts_of_one_slot_are_merged_into_one_write(house: House) -> None:
    first, second = house.send(slot_start="01:30"), house.send(slot_on="ON")
    await house.pass_time(30)
    assert [value for _, _, value in house.cloud.writes] == [{"start": "01:30", "end": "06:00", "on": True}]
    assert house.of(first) == house.of(second) == ["accepted", "verified"]


async def test_a_later_part_keeps_an_earlier_one_that_is_not_seen_yet(house: House) -> None:
    house.send(slot_start="02:00")
    await house.pass_time(1)
    house.send(slot_end="07:00")
    await house.pass_time(30)
    assert house.cloud.slot == {"start": "02:00", "end": "07:00", "on": False}


async def test_a_newer_part_takes_nothing_else_from_an_older_command(house: House) -> None:
    first = house.send(slot={"start": "01:00", "end": "05:00"})
    house.send(slot_end="07:00")
    await house.pass_time(30)
    assert house.cloud.slot == {"start": "01:00", "end": "07:00", "on": False}
    assert house.of(first) == ["accepted", "verified"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"limit": 101}, "out of range"),
        ({"limit": "NaN"}, "not a number"),
        ({"limit": True}, "expected a number"),
        ({"limit": 97}, "above the ceiling"),
        ({"nothing": 1}, "unknown setting 'nothing'; this device has: limit, blind, both, night, alias, slot"),
        ({"seen": 1}, "seen is read-only"),
        ({"slot": {"start": "25:00"}}, "start: expected a time of day"),
        ({"slot": {}}, "an empty object"),
        ({}, "the message is empty"),
    ],
)
async def test_what_cannot_be_is_rejected_and_never_sent(house: House, values: dict[str, Any], reason: str) -> None:
    number = house.send(**values)
    await house.pass_time(30)
    assert house.of(number) == ["rejected"]
    assert reason in (house.results[-1].error or "")
    assert house.acknowledged == [number]
    assert house.cloud.writes == []


async def test_a_slot_that_does_not_hold_together_is_rejected_after_merging(house: House) -> None:
    number = house.send(slot_start="08:00")
    await house.pass_time(5)
    assert house.of(number) == ["accepted", "rejected"]
    assert house.cloud.writes == []


async def test_an_unused_slot_can_be_given_its_start_first(house: House) -> None:
    house.cloud.slot = {"start": "00:00", "end": "00:00", "on": False}
    start = house.send(slot_start="18:00")
    await house.pass_time(30)
    assert house.cloud.slot == {"start": "18:00", "end": "23:59", "on": False}
    end = house.send(slot_end="22:00")
    await house.pass_time(30)
    whole = house.send(slot={"start": "19:00", "end": "00:00", "on": True})
    await house.pass_time(30)
    assert house.cloud.slot == {"start": "19:00", "end": "23:59", "on": True}
    assert [house.of(number) for number in (start, end, whole)] == [["accepted", "verified"]] * 3


@pytest.mark.parametrize("dry", [True, False])
async def test_what_the_device_has_is_not_written_back_where_it_could_not_be(dry: bool) -> None:
    house = House(dry_run=dry)
    house.cloud.slot["start"] = "24:00"
    await house.cloud.read(house.device, "details", 0)
    house.send(slot_end="07:00")
    await house.pass_time(5)
    told = "the device's present start cannot be written back (24:00 is not possible here; the last minute is 23:59)"
    assert (house.results[-1].status, house.results[-1].error) == ("rejected", f"{told}; give start, too")
    assert house.cloud.writes == []


async def test_several_settings_of_one_message_are_acknowledged_together(house: House) -> None:
    number = house.send(limit=70, blind=3, nothing=1)
    await house.pass_time(2)
    assert house.acknowledged == []
    await house.pass_time(20)
    assert sorted(house.of(number)) == ["accepted", "accepted", "applied", "rejected", "verified"]
    assert house.acknowledged == [number]


async def test_system_error_that_took_effect_is_verified(house: House) -> None:
    house.cloud.answers = [SystemFailure("SYSTEM_ERROR", code=1)]
    number = house.send(limit=80)
    await house.pass_time(30)
    assert house.of(number) == ["accepted", "verified"]


async def test_system_error_that_takes_effect_late_is_verified(house: House) -> None:
    house.cloud.answers = [SystemFailure("SYSTEM_ERROR", code=1)]
    house.cloud.takes = False
    number = house.send(limit=80)
    await house.pass_time(40)
    assert house.of(number) == ["accepted"]
    house.cloud.limit = 80
    await house.pass_time(20)
    assert house.of(number) == ["accepted", "verified"]


async def test_system_error_that_took_no_effect_is_failed(house: House) -> None:
    house.cloud.answers = [SystemFailure("SYSTEM_ERROR", code=1)]
    house.cloud.takes = False
    number = house.send(limit=80)
    await house.pass_time(120)
    assert house.of(number) == ["accepted", "failed"]
    assert house.device.state.values["limit"] == 50


async def test_a_yes_that_never_shows_is_unconfirmed(house: House) -> None:
    house.cloud.takes = False
    number = house.send(limit=80)
    await house.pass_time(320)
    assert house.of(number) == ["accepted"]
    await house.pass_time(60)
    assert house.of(number) == ["accepted", "unconfirmed"]
    assert "still shows 50" in (house.results[-1].error or "")
    assert house.cloud.soon == ["details"]


async def test_what_the_device_still_shows_is_told_though_it_cannot_be_looked_at_again(house: House) -> None:
    house.cloud.takes = False
    house.cloud.reads = [None, RateLimited("too often", retry_after=400)]
    house.send(limit=80)
    await house.pass_time(30)
    assert house.results[-1].error == "the device still shows 50"


async def test_reading_back_waits_for_the_rate_limit(house: House) -> None:
    house.cloud.reads = [RateLimited("too often", retry_after=200)]
    number = house.send(limit=80)
    await house.pass_time(190)
    assert house.of(number) == ["accepted"]
    await house.pass_time(30)
    assert house.of(number) == ["accepted", "verified"]


async def test_a_look_that_would_come_too_late_is_not_waited_for(house: House) -> None:
    house.cloud.reads = [RateLimited("too often", retry_after=400)]
    number = house.send(limit=80)
    await house.pass_time(10)
    assert house.of(number) == ["accepted", "unconfirmed"]
    assert house.results[-1].error == "not read back: too often"


REFUSALS = DeviceOffline("the device is offline", code=5), LoginPage("a web page instead of data")


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: type(refusal).__name__)
async def test_a_refusal_of_the_cloud_is_a_failure(house: House, refusal: GrowattError) -> None:
    house.cloud.answers = [refusal]
    house.cloud.takes = False
    number = house.send(limit=80)
    await house.pass_time(5)
    assert house.of(number) == ["accepted", "failed"]
    assert house.results[-1].error == str(refusal)


async def test_an_unreachable_cloud_delays_the_write_but_not_beyond_its_age(house: House) -> None:
    house.cloud.answers = [Unreachable("no network")] * 3
    number = house.send(limit=80)
    await house.pass_time(40)
    assert house.of(number) == ["accepted", "verified"]
    house.cloud.answers = [Unreachable("no network")] * 100
    late = house.send(limit=70)
    await house.pass_time(320)
    assert house.of(late) == ["accepted", "rejected"]
    assert "too old" in (house.results[-1].error or "")
    assert house.cloud.limit == 80


async def test_a_command_waits_for_its_turn_only_while_it_may_live(house: House) -> None:
    house.cloud.answers = [RateLimited("too often", retry_after=3600)]
    number = house.send(limit=80)
    await house.pass_time(5)
    quick = house.send(blind=3)
    await house.pass_time(5)
    assert (house.of(number), house.of(quick)) == (["accepted"], ["accepted", "applied"])
    await house.pass_time(295)
    assert house.of(number) == ["accepted", "rejected"]
    assert "too old" in (house.results[-1].error or "")
    assert [name for _, name, _ in house.cloud.writes] == ["blind"]


async def test_a_clock_that_is_set_back_makes_no_command_younger(house: House) -> None:
    house.cloud.answers = [Unreachable("no network")] * 100
    number = house.send(limit=80)
    await house.pass_time(10)
    house.clock.set_date(-3600)
    await house.pass_time(300)
    assert house.of(number) == ["accepted", "rejected"]
    assert "too old" in (house.results[-1].error or "")


async def test_a_newer_value_joins_a_write_that_waits(house: House) -> None:
    house.cloud.answers = [RateLimited("too often", retry_after=60)]
    first = house.send(limit=80)
    await house.pass_time(10)
    second = house.send(limit=90)
    await house.pass_time(80)
    assert (house.of(first), house.of(second)) == (["accepted", "superseded"], ["accepted", "verified"])
    assert [value for _, _, value in house.cloud.writes] == [90]


async def test_a_part_waits_for_the_present_value_that_it_is_merged_with(house: House) -> None:
    house.device.state.values["slot"] = None
    house.cloud.reads = [RateLimited("too often", retry_after=200)]
    number = house.send(slot_end="07:00")
    await house.pass_time(230)
    assert house.of(number) == ["accepted", "verified"]
    assert house.cloud.slot == {"start": "00:00", "end": "07:00", "on": False}


async def test_a_part_is_not_merged_with_what_is_doubtful(house: House) -> None:
    house.cloud.takes = False
    first = house.send(slot_start="02:00")
    await house.pass_time(400)
    assert house.of(first) == ["accepted", "unconfirmed"]
    house.cloud.takes = True
    house.cloud.slot["start"] = "02:00"  # it took effect, after all
    house.cloud.reads = [RateLimited("too often", retry_after=60)]
    house.send(slot_end="07:00")
    await house.pass_time(100)
    assert house.cloud.slot == {"start": "02:00", "end": "07:00", "on": False}


async def test_a_defect_while_reading_back_ends_the_command(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.cloud.reads = [KeyError("oops")]  # type: ignore[list-item]
    number = house.send(limit=80)
    await house.pass_time(10)
    assert house.of(number) == ["accepted", "failed"]
    assert house.acknowledged == [number]
    assert house.device.state.targets == {}
    assert "oops" in caplog.text


@pytest.mark.parametrize("dry", [True, False])
async def test_a_defect_while_a_value_is_checked_ends_the_command(dry: bool, caplog: pytest.LogCaptureFixture) -> None:
    house = House(dry_run=dry)
    house.device.state.values = {}  # type: ignore[assignment]
    number = house.send(limit=80)
    assert (house.of(number), house.acknowledged) == (["rejected"], [number])
    assert house.results[-1].error == "the bridge could not handle this command; its log tells why"
    assert "KeyError" in caplog.text


async def test_a_stale_command_never_runs(house: House) -> None:
    number = house.send(age=301, limit=80)
    await house.pass_time(10)
    assert house.of(number) == ["rejected"]
    assert house.cloud.writes == []


async def test_nobody_knows_how_old_it_is(house: House) -> None:
    number = house.send(age=house.clock.time(), limit=80)
    await house.pass_time(10)
    assert house.of(number) == ["rejected"]


async def test_what_grows_too_old_while_the_present_value_is_read_is_left_out(house: House) -> None:
    house.cloud.slow = 10
    await house.pass_time(600)
    old, young = house.send(age=295, slot_start="01:00"), house.send(age=200, slot_end="05:00")
    await house.pass_time(60)
    assert (house.of(old), house.of(young)) == (["accepted", "rejected"], ["accepted", "verified"])
    assert house.cloud.slot == {"start": "00:00", "end": "05:00", "on": False}
    alone = house.send(age=295, slot_start="02:00")
    await house.pass_time(60)
    assert house.of(alone) == ["accepted", "rejected"]
    assert len(house.cloud.writes) == 1


async def test_what_is_superseded_while_the_present_value_is_read_is_not_written(house: House) -> None:
    house.cloud.slow = 10
    await house.pass_time(600)
    first = house.send(slot_end="05:00")
    await house.pass_time(5)
    second = house.send(slot_end="06:00", slot_on="ON")
    await house.pass_time(60)
    assert house.of(first) == ["accepted", "superseded"]
    assert set(house.of(second)) == {"accepted", "verified"}
    assert [value for _, _, value in house.cloud.writes] == [{"start": "00:00", "end": "06:00", "on": True}]


async def test_a_part_of_what_cannot_be_read_back_needs_the_whole(house: House) -> None:
    part = house.send(hidden_start="01:00")
    assert house.of(part) == ["rejected"]
    assert house.results[-1].error == "the device does not tell its present end; give the whole"
    whole = house.send(hidden={"start": "01:00", "end": "02:00"})
    await house.pass_time(5)
    assert house.of(whole) == ["accepted", "applied"]


async def test_one_message_sets_no_more_than_a_device_could_have(house: House) -> None:
    number = house.send(**{f"setting{n}": n for n in range(201)})
    assert house.of(number) == ["rejected"]
    assert house.results[-1].error == "201 settings, at most 200 in one message"
    assert house.acknowledged == [number]


async def test_what_is_long_is_told_in_brief(house: House) -> None:
    house.send(**{"x" * 5000: 1, "limit": "9" * 5000, "slot": [1] * 5000})
    assert [len(f"{r.setting}{r.value}{r.error}") < 800 for r in house.results] == [True] * 3


async def test_a_newer_value_takes_the_place_of_one_being_confirmed(house: House) -> None:
    house.cloud.takes = False
    first = house.send(limit=80)
    await house.pass_time(10)
    house.cloud.takes = True
    second = house.send(limit=60)
    await house.pass_time(30)
    assert house.of(first) == ["accepted", "superseded"]
    assert house.of(second) == ["accepted", "verified"]
    assert house.cloud.limit == 60


@pytest.mark.parametrize(
    ("older", "newer", "end"),
    [
        ({"night": "05:00"}, {"slot_end": "07:00"}, "superseded"),
        ({"night": "05:00"}, {"slot_on": "ON"}, "verified"),
        ({"slot_end": "07:00"}, {"night": "05:00"}, "superseded"),
        ({"slot_on": "ON"}, {"night": "05:00"}, "verified"),
    ],
)
async def test_a_newer_value_takes_the_place_of_one_written_through_it(
    house: House, older: Any, newer: Any, end: str
) -> None:
    house.cloud.reads = [None] * ("night" in older) + [RateLimited("too often", retry_after=200)]
    first = house.send(**older)
    await house.pass_time(1)
    second = house.send(**newer)
    await house.pass_time(400)
    assert [house.of(number)[-1] for number in (first, second)] == [end, "verified"]
    errors = {result.error for result in house.results if result.status == "superseded"}
    changed = f"written, but {'slot' if 'night' in older else 'night'} changed it since"
    assert errors == ({changed} if end == "superseded" else set())


async def test_what_a_superseded_command_wrote_stays_known(house: House) -> None:
    house.cloud.takes, house.cloud.slow_write = False, 1.0
    house.cloud.answers = [None, RateLimited("too often", retry_after=100)]
    house.send(limit=80)
    await house.pass_time(1)
    house.send(limit=60)
    await house.pass_time(3)
    house.send(frugal=80)
    await house.pass_time(5)
    assert [value for _, _, value in house.cloud.writes] == [80]


async def test_a_part_is_merged_with_what_was_written_through_another_setting(house: House) -> None:
    house.cloud.takes = False
    house.send(night="05:00")
    await house.pass_time(5)
    house.send(slot={"on": True})
    await house.pass_time(5)
    assert house.cloud.writes[-1][2] == {"start": "01:00", "end": "05:00", "on": True}


async def test_an_older_value_never_follows_a_newer_one(house: House) -> None:
    house.cloud.slow_write = 1.0
    house.cloud.answers = [Unreachable("no route")]
    older = house.send(slot={"start": "01:00", "end": "05:00"})
    await house.pass_time(1)
    newer = house.send(slot={"end": "04:00"})
    await house.pass_time(30)
    assert [value for _, _, value in house.cloud.writes] == [{"start": "01:00", "end": "04:00", "on": False}]
    assert [house.of(number)[-1] for number in (older, newer)] == ["verified", "verified"]


async def test_settings_written_through_others_keep_their_place_in_the_queue(house: House) -> None:
    house.cloud.answers = [Unreachable("no route")]
    house.send(both=3)
    await house.pass_time(1)
    house.send(limit=70, slot={"on": True})
    await house.pass_time(30)
    assert [name for _, name, _ in house.cloud.writes] == ["slot", "blind", "limit", "limit"]
    assert house.cloud.limit == 70


@pytest.mark.parametrize("postponed", [False, True])
async def test_the_newest_of_those_written_through_each_other_comes_last(house: House, postponed: bool) -> None:
    house.cloud.answers = [Unreachable("no route")] * postponed
    first = house.send(both=3)
    await house.pass_time(postponed)
    between = house.send(limit=70)
    second = house.send(both=5)
    await house.pass_time(30)
    assert [value for _, name, value in house.cloud.writes if name == "limit"] == [70, 50]
    ends = [house.of(number)[-1] for number in (first, between, second)]
    assert (ends[0], ends[2]) == ("superseded", "applied")


async def test_what_came_while_an_older_one_was_tried_does_not_overtake_others(house: House) -> None:
    house.cloud.slow_write = 1.0
    house.cloud.answers = [Unreachable("no route")]
    house.send(both=3)
    await house.pass_time(1)
    house.send(limit=70)
    house.send(both=5)
    await house.pass_time(30)
    assert [value for _, name, value in house.cloud.writes if name == "limit"] == [70, 50]


async def test_a_result_tells_which_part_a_newer_value_took(house: House) -> None:
    older, _ = house.send(slot={"start": "01:00", "end": "05:00"}), house.send(slot={"end": "04:00"})
    await house.pass_time(30)
    told = [result for result in house.results if result.transaction == older][-1]
    assert (str(told.status), told.note) == ("verified", "a newer value took the place of end")


async def test_what_was_written_is_confirmed_without_the_part_that_a_newer_value_took(house: House) -> None:
    older = house.send(slot={"start": "01:00", "end": "05:00"})
    await house.pass_time(1)
    house.send(slot={"end": "04:00"})
    await house.pass_time(30)
    assert house.of(older) == ["accepted", "verified"]


async def test_steps_that_were_written_before_a_refusal_are_told(house: House) -> None:
    house.cloud.answers = [None, SettingFailed("the device did not take it", code=6)]
    number = house.send(both=3)
    await house.pass_time(30)
    told = [result for result in house.results if result.transaction == number][-1]
    text = "only the steps before limit were written: the device did not take it (code 6)"
    assert (str(told.status), told.error) == ("unconfirmed", text)
    house.cloud.answers = [SettingFailed("the device did not take it", code=6)]
    number = house.send(both=4)
    await house.pass_time(30)
    assert house.of(number)[-1] == "failed"


async def test_what_was_begun_before_the_cloud_was_gone_is_not_called_rejected(house: House) -> None:
    house.cloud.answers = [None, *[Unreachable("no route")] * 100]
    number = house.send(both=3)
    await house.pass_time(330)
    told = [result for result in house.results if result.transaction == number][-1]
    text = "too old: the rest of it could not be sent within 300 s"
    assert (house.cloud.writes[0][1:], str(told.status), told.error) == (("blind", 3), "unconfirmed", text)


async def test_stopping_leaves_open_commands_to_the_broker(house: House) -> None:
    house.cloud.takes = False
    number = house.send(limit=80)
    await house.pass_time(5)
    await house.commands.stop()
    await asyncio.sleep(0)
    assert house.acknowledged == []
    assert house.of(number) == ["accepted"]


async def test_a_part_is_merged_with_what_the_device_has_now(house: House) -> None:
    house.cloud.slot = {"start": "10:00", "end": "12:00", "on": False}  # changed in the phone app since
    await house.pass_time(600)
    number = house.send(slot_on="ON")
    await house.pass_time(60)
    assert house.cloud.slot == {"start": "10:00", "end": "12:00", "on": True}
    assert house.of(number) == ["accepted", "verified"]


async def test_what_is_not_superseded_is_still_confirmed(house: House) -> None:
    house.send(slot_start="01:00")
    second = house.send(slot_end="05:00")
    await house.pass_time(1)
    house.send(slot_start="02:00")
    await house.pass_time(60)
    assert house.of(second) == ["accepted", "verified"]
    assert house.cloud.slot == {"start": "02:00", "end": "05:00", "on": False}


async def test_no_target_stays_behind(house: House) -> None:
    house.send(slot_start="01:00")
    house.send(slot={"start": "02:00", "end": "03:00", "on": True})
    await house.pass_time(60)
    assert house.device.state.targets == {}


async def test_a_garbled_answer_to_a_write_is_read_back(house: House) -> None:
    house.cloud.answers = [BadReply("the answer is not complete JSON")]
    number = house.send(limit=80)
    await house.pass_time(60)
    assert house.of(number) == ["accepted", "verified"]


async def test_what_was_sent_is_not_called_rejected_when_its_device_leaves(house: House) -> None:
    house.cloud.takes = False
    number = house.send(limit=80)
    await house.pass_time(5)
    house.commands.forget(house.device)
    assert house.of(number) == ["accepted", "unconfirmed"]


async def test_what_is_being_sent_is_not_called_rejected_when_its_device_leaves(house: House) -> None:
    house.cloud.slow_write = 10
    number = house.send(limit=80)
    await house.pass_time(5)
    house.commands.forget(house.device)
    assert house.of(number) == ["accepted", "unconfirmed"]
    await house.pass_time(30)
    assert house.cloud.limit == 80


async def test_what_never_left_is_called_rejected_when_its_device_leaves(house: House) -> None:
    house.cloud.answers = [Unreachable("no route")]
    number = house.send(limit=80)
    await house.pass_time(2)
    house.commands.forget(house.device)
    await house.pass_time(30)
    assert (house.of(number), house.cloud.writes) == (["accepted", "rejected"], [])


async def test_further_steps_are_not_made_when_the_device_leaves(house: House) -> None:
    house.cloud.answers = [None, RateLimited("too often", retry_after=30)]
    number = house.send(both=5)
    await house.pass_time(5)
    house.commands.forget(house.device)
    await house.pass_time(60)
    assert house.of(number) == ["accepted", "unconfirmed"]
    assert [name for _, name, _ in house.cloud.writes] == ["blind"]


def full(**slot: Any) -> dict[str, Any]:
    return {"slot": {"start": "00:00", "end": "06:00", "on": False, **slot}}


@pytest.mark.parametrize(
    ("values", "said", "writes"),
    [
        ({"limit": "80"}, "would write limit = 80", {"limit": 80}),
        ({"slot_on": "ON"}, 'slot = {"start":"00:00","end":"06:00","on":true}', full(on=True)),
        ({"slot": {"end": "07:00"}}, 'would write slot = {"start":"00:00","end":"07:00"', full(end="07:00")),
        ({"slot": {"start": "18:00", "end": "00:00"}}, '"end":"23:59"', full(start="18:00", end="23:59")),
        ({"both": 5}, "would write blind = 5, limit = 50", {"blind": 5, "limit": 50}),
        ({"both": 0}, "the device has it already", {}),
        ({"limit": 101}, "out of range", None),
        ({"limit": 97}, "above the ceiling", None),
        ({"slot_start": "08:00"}, "start must be before end", None),
        ({"hidden_start": "08:00"}, "give the whole", None),
    ],
)
async def test_a_dry_run_tells_what_would_be_written(values: Any, said: str, writes: Any) -> None:
    house = House(dry_run=True)
    await house.cloud.read(house.device, "details", 0)
    number = house.send(**values)
    await house.pass_time(30)
    [result] = house.results
    assert (result.status, said in (result.error or ""), result.dry_run) == ("rejected", True, writes)
    assert house.acknowledged == [number]
    assert (house.cloud.writes, house.cloud.changes) == ([], 0)


async def test_a_dry_run_shows_the_parts_that_are_known() -> None:
    house = House(dry_run=True)
    house.send(slot_end="07:00")
    assert house.results[0].dry_run == {"slot": {"end": "07:00"}}


@pytest.mark.parametrize("dry", [True, False])
async def test_what_is_denied_is_not_written_by_way_of_another_setting(dry: bool) -> None:
    house = House(deny=["limit"], dry_run=dry)
    number = house.send(both=5)
    await house.pass_time(30)
    assert house.of(number)[-1] == "rejected"
    assert house.results[-1].error == "both: limit may not be written: limit stands in commands.deny"
    assert house.cloud.writes == []


async def test_what_is_written_through_others_needs_only_itself_allowed() -> None:
    house = House(allow=["both"])
    number = house.send(both=5)
    await house.pass_time(30)
    assert (house.of(number), house.cloud.limit) == (["accepted", "applied"], 50)


async def test_a_step_that_may_not_be_made_in_time_is_left_out(house: House) -> None:
    house.cloud.answers = [None, RateLimited("too often", retry_after=400)]
    number = house.send(both=5)
    await house.pass_time(500)
    assert house.of(number) == ["accepted", "unconfirmed"]
    assert house.results[-1].error == "only the steps before limit were written: too often"
    assert [name for _, name, _ in house.cloud.writes] == ["blind"]


async def test_steps_start_from_what_the_device_has_now(house: House) -> None:
    house.cloud.slot["on"] = True  # switched on in the phone app since
    await house.pass_time(600)
    number = house.send(night="05:00")
    await house.pass_time(30)
    assert house.cloud.slot == {"start": "01:00", "end": "05:00", "on": True}
    assert house.of(number) == ["accepted", "verified"]


async def test_steps_start_from_what_is_known_where_the_device_cannot_be_asked(house: House) -> None:
    house.cloud.reads = [RateLimited("too often", retry_after=200)]
    number = house.send(night="05:00")
    await house.pass_time(30)
    assert house.cloud.slot == {"start": "01:00", "end": "05:00", "on": False}
    assert house.of(number) == ["accepted", "verified"]


async def test_no_step_is_made_when_the_command_is_too_old(house: House) -> None:
    house.cloud.answers = [*[Unreachable("no route")] * 50, None, RateLimited("too often", retry_after=200)]
    house.send(both=5)
    await house.pass_time(700)
    assert house.results[-1].error == "only the steps before limit were written: too often"
    assert [name for _, name, _ in house.cloud.writes] == ["blind"]


async def test_no_step_is_made_when_a_newer_command_has_come(house: House) -> None:
    house.cloud.answers = [None, RateLimited("too often", retry_after=60)]
    older = house.send(both=5)
    await house.pass_time(5)
    newer = house.send(both=6)
    await house.pass_time(100)
    assert [house.of(number)[-1] for number in (older, newer)] == ["superseded", "applied"]
    assert [(name, value) for _, name, value in house.cloud.writes] == [("blind", 5), ("blind", 6), ("limit", 60)]


async def test_steps_start_from_what_was_written_and_does_not_show_yet(house: House) -> None:
    house.send(limit=80)
    await house.pass_time(1)
    house.send(frugal=50)
    await house.pass_time(1)
    assert [value for _, _, value in house.cloud.writes] == [80, 50]


@pytest.mark.parametrize(("endpoints", "order"), [(("x", "x"), ["limit", "blind"]), (("x", "y"), ["blind", "limit"])])
async def test_what_waits_for_the_same_limit_keeps_its_order(
    house: House, endpoints: tuple[str, str], order: list[str]
) -> None:
    waits = zip((5.0, 4.5), endpoints, strict=True)
    house.cloud.answers = [RateLimited("wait", retry_after=wait, endpoint=endpoint) for wait, endpoint in waits]
    house.send(limit=80, blind=5)
    await house.pass_time(30)
    assert [name for _, name, _ in house.cloud.writes] == order


async def test_what_waits_for_the_connection_keeps_its_order(house: House) -> None:
    house.cloud.slow_write = 0.3
    house.cloud.answers = [Unreachable("gone", endpoint="x"), Unreachable("gone", endpoint="y"), Unreachable("gone")]
    house.send(limit=80, blind=5)
    await house.pass_time(60)
    assert [name for _, name, _ in house.cloud.writes] == ["limit", "blind"]


async def test_a_part_is_not_merged_with_what_may_have_changed_long_ago(house: House) -> None:
    await house.pass_time(1000)
    house.cloud.slot = {"start": "18:00", "end": "22:00", "on": False}
    house.cloud.reads = [RateLimited("not sent", retry_after=200)]
    number = house.send(slot_on="ON")
    await house.pass_time(100)
    assert house.cloud.writes == []
    await house.pass_time(150)
    assert [value for _, _, value in house.cloud.writes] == [{"start": "18:00", "end": "22:00", "on": True}]
    assert house.of(number) == ["accepted", "verified"]


async def test_steps_do_not_begin_at_what_may_have_changed_long_ago(house: House) -> None:
    await house.pass_time(1000)
    house.cloud.slot["on"] = True
    house.cloud.reads = [RateLimited("not sent", retry_after=200), SystemFailure("503")]
    house.send(night="05:00")
    await house.pass_time(100)
    assert house.cloud.writes == []
    await house.pass_time(150)
    assert (house.results[-1].status, house.cloud.writes) == ("failed", [])


async def test_a_part_is_merged_with_what_another_setting_has_changed_by_itself(house: House) -> None:
    house.send(alias="ON")
    await house.pass_time(5)
    house.cloud.slot["on"] = True
    house.cloud.reads = [RateLimited("not sent", retry_after=20)]
    house.send(slot_end="07:00")
    await house.pass_time(60)
    assert house.cloud.writes[-1][2] == {"start": "00:00", "end": "07:00", "on": True}


async def test_what_could_not_be_written_and_is_so_already_is_verified(house: House) -> None:
    house.cloud.slot = {"start": "00:00", "end": "00:00", "on": False}
    off, on = house.send(slot_on="OFF"), house.send(limit=80)
    await house.pass_time(60)
    assert (house.of(off), house.of(on)) == (["accepted", "verified"], ["accepted", "verified"])
    assert [name for _, name, _ in house.cloud.writes] == ["limit"]
    refused = house.send(slot_on="ON")
    await house.pass_time(60)
    assert house.of(refused) == ["accepted", "rejected"]


async def test_a_part_is_not_merged_with_what_a_request_has_written_over(house: House) -> None:
    house.commands.doubt(house.device)
    house.cloud.slot = {"start": "12:00", "end": "14:00", "on": False}
    house.cloud.reads = [RateLimited("not sent", retry_after=20)]
    await house.pass_time(1)
    house.send(slot_on="ON")
    await house.pass_time(60)
    assert house.cloud.writes[-1][2] == {"start": "12:00", "end": "14:00", "on": True}


async def test_what_was_so_long_ago_is_not_verified_unseen(house: House) -> None:
    house.cloud.slot = {"start": "00:00", "end": "00:00", "on": False}
    await house.cloud.read(house.device, "details", 0)
    await house.pass_time(1000)
    number = house.send(slot=dict(house.cloud.slot))
    await house.pass_time(5)
    assert house.of(number) == ["accepted", "rejected"]
