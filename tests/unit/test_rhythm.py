"""Learning when devices upload, and asking just after it: a cloud in virtual time, asked by the timetable."""

import math
import random
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from bridge.service.rhythm import Rhythm
from bridge.service.timetable import Timetable, best_moment

START = 1_760_000_000.0
HOUR = 3600.0
UPLOAD = 300.0


@dataclass
class Cloud:
    """Devices that upload every `period` seconds, give or take `jitter`. `told` turns true stamps into the device's."""

    seed: int
    serials: tuple[str, ...] = ("A",)
    period: float = UPLOAD
    jitter: float = 5.0
    shown_after: tuple[float, float] = (0.5, 3.0)
    lost: float = 0.0
    asleep: tuple[float, float] = (0.0, 0.0)
    told: Callable[[float], float] = lambda stamp: stamp
    hours: float = 8.0
    polls: list[tuple[float, str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.uploads = {serial: list(self._uploads()) for serial in self.serials}

    def _uploads(self) -> Iterable[tuple[float, float]]:
        beat = START - self.rng.uniform(1, 2) * self.period
        while beat < START + self.hours * HOUR:
            hours = (beat - START) / HOUR
            if beat < START or (self.rng.random() >= self.lost and not self.asleep[0] <= hours < self.asleep[1]):
                stamp = beat + self.rng.uniform(-self.jitter, self.jitter)
                yield stamp + self.rng.uniform(*self.shown_after), stamp
            beat += self.period

    def ask(self, serial: str, now: float) -> float:
        stamp = self.uploads[serial][bisect_right(self.uploads[serial], (now, now)) - 1][1]
        self.polls.append((now, serial, stamp))
        return self.told(stamp)

    def run(self, limit: float = UPLOAD, *, apart: bool = True) -> Timetable:
        timetable, now = Timetable(lambda _: limit, 100, apart=apart), START
        while True:
            moment, group = timetable.next(self.serials, now)
            if moment >= START + self.hours * HOUR:
                return timetable
            now = moment + self.rng.uniform(0.2, 1.0)
            for serial in group:
                timetable.observe(serial, self.ask(serial, now), now)
            timetable.asked(group, now)

    def ages(self, since: float = 1.0) -> list[float]:
        """Of every answer after so many hours."""
        return [now - stamp for now, _, stamp in self.polls if now >= START + since * HOUR]

    def fixed(self, since: float = 1.0) -> list[float]:
        """What an even beat of as many calls would have got."""
        first, every = self.rng.uniform(0, UPLOAD), self.hours * HOUR / len(self.polls) * len(self.serials)
        calls = len(self.polls) // len(self.serials)
        self.polls = []
        for serial in self.serials:
            for n in range(calls):
                self.ask(serial, START + first + n * every)
        return self.ages(since)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_fifth_of_the_age_of_a_fixed_beat(count: int) -> None:
    locked, fixed = [], []
    for seed in range(12):
        cloud = Cloud(seed, tuple("ABC"[:count]), hours=6)
        cloud.run()
        locked += cloud.ages()
        fixed += cloud.fixed()
    assert median(locked) <= median(fixed) / 5


SCENES = {
    "wide jitter": ({"jitter": 15.0}, 40),
    "the cloud is slow to show": ({"shown_after": (10.0, 20.0)}, 40),
    "one upload in fifty is lost": ({"lost": 0.02}, 45),
    "clock eight hours ahead": ({"told": lambda t: t + 8 * HOUR}, 25),
    "clock seven and a half hours behind": ({"told": lambda t: t - 7.5 * HOUR}, 25),
    "clock 20 s behind": ({"told": lambda t: t - 20}, 40),
    "clock jumps ahead": ({"told": lambda t: t + (HOUR if t > START + 2 * HOUR else 0)}, 25),
    "clock jumps back": ({"told": lambda t: t - (HOUR if t > START + 2 * HOUR else 0)}, 25),
    "a night": ({"asleep": (2.0, 7.0), "hours": 12.0}, 25),
    "uploads every ten minutes": ({"period": 600.0}, 25),
    "uploads a little slower than the limit": ({"period": 303.7}, 25),
}


@pytest.mark.parametrize(("options", "most"), SCENES.values(), ids=SCENES)
def test_stays_in_step(options: dict[str, Any], most: float) -> None:
    ages = []
    for seed in range(6):
        cloud = Cloud(seed, **options)
        cloud.run()
        new = {stamp: now - stamp for now, _, stamp in reversed(cloud.polls) if now >= START + 2 * HOUR}
        ages += list(new.values())
    assert median(ages) <= most


def test_late_resends_change_nothing() -> None:
    rhythm, clean = Rhythm(), Rhythm()
    for n in range(20):
        now = START + n * UPLOAD + 4
        for each in (rhythm, clean):
            each.observe(START + n * UPLOAD, now)
        if n % 5 == 4:
            rhythm.observe(START + n * UPLOAD - 1000, now + 1)
    assert best_moment([rhythm], now + 300) == pytest.approx(best_moment([clean], now + 300), abs=1)


def test_without_a_rhythm_the_beat_is_fixed() -> None:
    rng, rhythm, now = random.Random(1), Rhythm(), START
    assert best_moment([rhythm], now) == now
    for _ in range(40):
        now += 300 + rng.uniform(0, 300)
        rhythm.observe(now - rng.uniform(0, 300), now)
    waits = []
    for _ in range(100):
        now += 300 + rng.uniform(0, 300)
        rhythm.observe(now - rng.uniform(0, 300), now)
        waits.append(best_moment([rhythm], now + 300) - now - 300)
    assert sum(wait == 0 for wait in waits) > 70


def test_a_sleeping_device_is_asked_at_a_fixed_beat() -> None:
    cloud = Cloud(1, asleep=(2.0, 7.0))
    cloud.run()
    night = [now for now, *_ in cloud.polls if START + 3 * HOUR < now < START + 6.5 * HOUR]
    assert 40 <= len(night) <= 42


def test_a_source_that_may_be_asked_each_minute_is_asked_once_an_upload() -> None:
    cloud = Cloud(3)
    cloud.run(60)
    ages = cloud.ages()
    assert 80 <= len(ages) <= 95  # 84 uploads in seven hours
    assert median(ages) < 15


def test_uploads_each_minute_are_noticed_where_the_limit_allows() -> None:
    cloud = Cloud(3, period=60.0, hours=4)
    cloud.run(60)
    assert median(cloud.ages()) < 15
    assert len(cloud.ages()) > 150


def uploading_at(phase: float) -> Rhythm:
    """The rhythm of a device that uploads so many seconds after START, and again every five minutes."""
    rhythm = Rhythm()
    for n in range(6):
        rhythm.observe(START + phase + n * UPLOAD, START + phase + n * UPLOAD + 270)
        rhythm.observe(START + phase + (n + 1) * UPLOAD, START + phase + (n + 1) * UPLOAD + 2)
    return rhythm


def test_a_batch_is_asked_when_its_answers_are_youngest() -> None:
    """Two devices upload at about the same time, one two minutes later: better old data of one than of two."""
    rhythms = [uploading_at(0), uploading_at(10), uploading_at(130)]
    now = START + 7 * UPLOAD + 2
    assert (best_moment(rhythms, now + 300) - START) % UPLOAD == pytest.approx(12, abs=3)


def test_the_best_moment_of_a_large_batch_may_be_its_last() -> None:
    rhythms = [uploading_at(phase) for phase in (*range(0, 80, 2), *[200] * 60)]
    for rhythm in rhythms:
        rhythm.seen = START + 7 * UPLOAD - 10
    assert (best_moment(rhythms, START + 8 * UPLOAD - 10) - START) % UPLOAD == pytest.approx(202, abs=3)


@pytest.mark.parametrize(("gap", "first"), [(20, 22), (70, 2)])
def test_where_polls_come_faster_than_uploads_none_waits_for_others_that_the_next_poll_sees(
    gap: float, first: float
) -> None:
    """Ten devices upload `gap` seconds after another, and all may be asked about each minute."""
    rhythms = [uploading_at(phase) for phase in (0, *[gap] * 10)]
    now = START + 6 * UPLOAD + gap + 2
    for rhythm in rhythms:
        rhythm.seen = now
    assert (best_moment(rhythms, now + 60) - START) % UPLOAD == pytest.approx(first, abs=3)


def test_a_device_is_waited_for_until_it_has_missed_a_few_uploads() -> None:
    rhythm, last = uploading_at(0), START + 6 * UPLOAD
    waited = []
    for missed in range(1, 9):
        now = last + missed * UPLOAD + 100
        rhythm.observe(last, now)
        waited.append(best_moment([rhythm], now + 300) > now + 300)
    assert waited == [True] * 3 + [False] * 5


def test_many_devices_share_calls_by_phase() -> None:
    cloud = Cloud(4, tuple(f"D{n:02}" for n in range(40)), hours=4)
    timetable = cloud.run()
    assert len(timetable.next(cloud.serials, START + 4 * HOUR)[1]) == 5
    assert median(cloud.ages(2)) < 45
    assert len(cloud.polls) / 40 <= 12 * 4


def test_where_calls_share_a_limit_all_devices_share_a_call() -> None:
    cloud = Cloud(5, ("A", "B", "C"), hours=3)
    cloud.run(apart=False)
    moments = {now for now, *_ in cloud.polls}
    assert len(moments) == len(cloud.polls) / 3


def test_batches_that_share_a_limit_take_turns() -> None:
    serials = tuple(f"D{n:03}" for n in range(250))
    timetable, now = Timetable(lambda _: 300, 100, apart=False), START
    turns = []
    for _ in range(9):
        now, group = timetable.next(serials, now)
        turns.append(group)
        timetable.asked(group, now)
        now += 100
    assert len(set(turns)) == 3
    assert turns[:3] == turns[3:6] == turns[6:]


@pytest.mark.parametrize(("devices", "most"), [(2, 1), (6, 1), (12, 1), (250, 100)])
def test_who_shares_a_limit_does_not_wait_for_its_own_moment(devices: int, most: int) -> None:
    """Asked every few periods alone, a device looks as if it uploaded as rarely."""
    chance = random.Random(devices)
    phases = {f"D{n:03}": chance.uniform(0, 300) for n in range(devices)}
    timetable, free, end = Timetable(lambda _: 300, most, apart=False), START, START + 86400
    asked: dict[str, list[float]] = {serial: [START] for serial in phases}
    calls = 0
    while free < end:
        moment, group = timetable.next(phases, free)
        moment = max(free, moment)
        for serial in group:
            uploaded = moment - (moment - phases[serial]) % 300 + chance.uniform(-5, 5)
            timetable.observe(serial, uploaded, moment)
            asked[serial].append(moment)
        timetable.asked(group, moment)
        free, calls = moment + 300, calls + 1
    longest = max(b - a for times in asked.values() for a, b in pairwise(times))
    assert calls >= 280
    assert longest <= 1.2 * 300 * math.ceil(devices / most)


def search(timetable: Timetable, serials: dict[str, None], bad: set[str], hours: float) -> dict[str, list[float]]:
    """When each was heard, where the cloud tells nothing of a call that one of the bad ones is in."""
    heard: dict[str, list[float]] = {serial: [] for serial in serials}
    free = START
    while free < START + hours * 3600:
        moment, group = timetable.next(serials, free)
        moment = max(free, moment)
        timetable.asked(group, moment)
        if bad.isdisjoint(group):
            timetable.answered(group)
            for serial in group:
                heard[serial].append(moment)
        else:
            timetable.refused(group)
        free = moment + 300
    return heard


@pytest.mark.parametrize(("devices", "bad"), [(100, 2), (250, 3), (5, 1)])
def test_several_that_are_refused_are_all_found(devices: int, bad: int) -> None:
    serials = dict.fromkeys(f"D{n:03}" for n in range(devices))
    culprits = set(random.Random(devices).sample(sorted(serials), bad))
    timetable = Timetable(lambda _: 300, 100, apart=False)
    heard = search(timetable, serials, culprits, 14)
    late = START + 14 * 3600 - 2 * 3600
    assert {serial for serial, times in heard.items() if not times or times[-1] < late} == culprits
    assert all(timetable.beside(serial) == (serial,) for serial in culprits)


def test_where_all_are_refused_they_are_not_looked_through_for_ever() -> None:
    serials = dict.fromkeys(f"D{n:03}" for n in range(100))
    timetable, now, calls = Timetable(lambda _: 300, 100, apart=True), START, 0
    while now < START + 12 * 3600:
        moment, group = timetable.next(serials, now)
        now = max(now + 0.1, moment)
        timetable.asked(group, now)
        timetable.refused(group)
        calls += 1
    assert calls <= 3 * 8 * 12 * 12


def test_who_is_asked_rarely_leaves_the_other_its_moment() -> None:
    timetable, free = Timetable(lambda serial: 1800 if serial == "RARE" else 300, 1, apart=False), START
    lags: list[float] = []
    for _ in range(300):
        moment, (serial,) = timetable.next(("OFTEN", "RARE"), free)
        moment = max(free, moment)
        uploaded = moment - (moment - 137) % 300
        timetable.observe(serial, uploaded, moment)
        timetable.asked([serial], moment)
        lags += [moment - uploaded] if serial == "OFTEN" else []
        free = moment + 300
    assert len(lags) > 200
    assert median(lags[50:]) < 60


def test_of_many_each_has_its_turn_and_whoever_is_waited_for_comes_first() -> None:
    serials = {f"D{n:03}": None for n in range(50)}
    timetable, now = Timetable(lambda _: 300, 1, apart=False), START
    turns = []
    for _ in range(120):
        moment, (serial,) = timetable.next(serials, now)
        now = max(now + 1, moment)
        timetable.asked([serial], now)
        turns.append(serial)
    assert sorted(turns[:50]) == sorted(serials)
    assert turns[50:100] == turns[:50]
    timetable.hasten("D007", now + 5)
    assert timetable.next(serials, now) == (now + 5, ("D007",))
    del serials["D007"]
    assert timetable.next(serials, now)[1] == (turns[20],)


def test_who_is_waited_for_again_and_again_takes_nobodys_turn() -> None:
    serials = dict.fromkeys("ABC")
    timetable, now = Timetable(lambda _: 300, 1, apart=False), START
    turns = []
    for _ in range(60):
        timetable.hasten("A", now + 1)
        moment, (serial,) = timetable.next(serials, now)
        now = max(now, moment) + 300
        timetable.asked([serial], now)
        turns.append(serial)
    assert min(turns.count("B"), turns.count("C")) >= 14
    assert turns.count("A") > 20, "a turn beside its own"
    assert timetable.round("A") == 900
    timetable.next(serials, now - HOUR)
    timetable.hasten("A", now - HOUR + 5)
    assert timetable.next(serials, now - HOUR) == (now - HOUR + 5, ("A",)), "our own clock was set back"


@pytest.mark.parametrize("period", [3600.0, 3620.0, 5400.0])
def test_uploads_of_an_hour_and_more_are_learned(period: float) -> None:
    rhythm = Rhythm()
    for minutes in range(0, 24 * 60, 5):
        now = START + minutes * 60
        rhythm.observe(START + (now - START) // period * period, now + 1)
    assert rhythm.period == pytest.approx(period, rel=0.01)


def test_a_refusal_is_waited_for() -> None:
    timetable = Timetable(lambda _: 300, 100, apart=True)
    assert timetable.next(["A"], START) == (START, ("A",))
    timetable.postpone(["A"], START + 40)
    assert timetable.next(["A"], START + 1) == (START + 40, ("A",))


def test_who_joins_is_asked_at_once_and_who_left_is_not() -> None:
    timetable = Timetable(lambda _: 300, 100, apart=True)
    timetable.asked(timetable.next(["A"], START)[1], START)
    assert timetable.next(["A", "B"], START + 5) == (START + 5, ("B",))
    assert timetable.next(["A"], START + 6) == (START + 300, ("A",))


def test_our_own_clock_set_back_does_not_stop_the_polls() -> None:
    timetable = Timetable(lambda _: 300, 100, apart=True)
    timetable.next(["A"], START)
    timetable.observe("A", START - 10, START)
    timetable.asked(["A"], START)
    assert timetable.next(["A"], START - HOUR) == (START - HOUR, ("A",))


def test_our_own_clock_set_forward_is_learned() -> None:
    rhythm = Rhythm()
    for n in range(30):
        ours = HOUR if n > 8 else 0
        rhythm.observe(START + n * UPLOAD, START + n * UPLOAD + 4 + ours)
    now = START + 30 * UPLOAD + HOUR - 20
    rhythm.observe(START + 29 * UPLOAD, now)
    assert best_moment([rhythm], now + 5) == pytest.approx(START + 30 * UPLOAD + HOUR + 4, abs=3)
