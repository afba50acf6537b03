"""A device and its timeline.

Nothing runs in the background. A device advances when somebody looks: from upload to upload, through whatever was
written in between, so that a replay of a day passes through the same points and finds the same values.
"""

import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bridge.simulator.course import UPLOAD, Course, Event, Reading
from bridge.simulator.fields import fill
from bridge.simulator.parameters import Parameter, Register
from bridge.simulator.physics import COUNTERS, Flow, Moment, Plan, Spec, State
from bridge.simulator.wire import Json

if TYPE_CHECKING:
    from bridge.simulator.world import Plant

STATUS = 30.0  # seconds between two refreshes of what the app shows
HISTORY_DAYS = 95  # local days that can be replayed

# how much energy flowed before the simulation began, as shares of the sun's
SHARES = {
    "pv": 1.0,
    "out": 0.9,
    "charge": 0.5,
    "discharge": 0.46,
    "imported": 0.9,
    "exported": 0.35,
    "load": 1.5,
    "self_use": 0.55,
}
METERED = {"imported", "exported", "load", "self_use"}
Params = Mapping[str, str]
Write = Callable[["Device", Params], Json]


@dataclass(frozen=True)
class V1:
    """The calls below `/v1/` of a family: what differs from one family to the next."""

    prefix: str  # device/<prefix>/...
    serial: str  # the key that carries the serial in forms and replies
    intervals: Mapping[str, int]  # seconds between two calls: details, last, many, history, alarms
    many: str = ""  # the key of a batch's serials; a family without it has no batches
    paths: Mapping[str, str] = field(default_factory=dict)  # last part of a call's path, where it differs from the rule
    verb: str = "POST"  # of the calls for readings
    alarms: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)  # of the serial in a call's reply, where it differs
    codes: tuple[int, int] = (10002, 10005)  # of the history: serial missing, device unknown
    read: str = ""  # paths of the calls for parameters
    write: str = ""
    parameter: str = "type"  # the keys of a write
    slot: str = "param{}"
    slots: int = 0
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    registers: Mapping[int, Register] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """A model of a family, as new devices are unless they are asked for otherwise."""

    model: str
    rated: float  # W
    dtc: int
    battery_kwh: float = 0.0
    meter: bool = False
    load_scale: float = 1.0  # the house behind it
    charging: float = 0.5  # the battery's power, as a share of `rated`


def _details(device: "Device", reading: Reading) -> Json:
    return fill(f"{device.family.type}.details_v4", device, reading)


def _last(device: "Device", reading: Reading) -> Json:
    return fill(f"{device.family.type}.last_v4", device, reading)


def _realtime(device: "Device", reading: Reading) -> Json | None:
    """Only devices with a battery answer; the others leave the data empty."""
    return fill("account.realtime", device, reading) if device.spec.capacity else None


@dataclass(frozen=True, eq=False)
class Family:
    """Everything that makes one kind of device different from another. Its shapes are in the file `type`.json."""

    type: str  # deviceType of the v4 calls
    number: int  # deviceType of device/check/sn
    kind: tuple[int, str]  # obj and msg of device/check/sn
    plant_type: int  # type of device/list
    table: str  # deviceType of device/all/create_date
    flow: Callable[[Spec, Plan, Moment], Flow]
    plan: Callable[[Json, Spec], Plan]
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    settings: Callable[[bool], Json] = lambda _: {}  # of a new device, by whether it has a battery
    states: Sequence[tuple[str, int, str]] = (("", 0, ""),)  # code and text while something flows; the last at rest
    normal: int = 1  # status in the replies about the device itself
    strings: int = 2
    phases: int = 1
    battery_volts: float = 48.0
    v4: bool = True
    details: Callable[["Device", Reading], Json] = _details
    last: Callable[["Device", Reading], Json] = _last
    realtime: Callable[["Device", Reading], Json | None] = _realtime
    writes: Mapping[str, Write] = field(default_factory=dict)  # by v4 path
    power: str = ""  # the setting that readPower reads
    last_interval: int = 300
    vpp: bool = False
    v1: V1 | None = None
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)
    app: Mapping[str, Callable[["Device", Reading, Params], Any]] = field(default_factory=dict)


class Device:
    """One device of the simulated account. `settings` holds what the device has, by wire name."""

    sn: str
    alias: str
    datalogger: str
    plant: "Plant"
    family: Family
    spec: Spec
    dtc: int
    seed: int

    def __init__(
        self,
        sn: str,
        family: Family,
        plant: "Plant",
        *,
        model: str,
        spec: Spec,
        settings: Json,
        now: Callable[[], float],
        datalogger: str | None = None,
        alias: str = "",
        dtc: int = 0,
        packs: int = 0,
    ) -> None:
        self.sn, self.family, self.model, self.plant, self.spec = sn, family, model, plant, spec
        self.alias, self.dtc, self.packs = alias or sn, dtc, packs
        self.datalogger = datalogger or sn
        self._now = now
        self.seed = zlib.crc32(sn.encode())
        self.phase = self.seed % int(UPLOAD)  # whole seconds, so that times compare exactly
        self.created = plant.site.local(now()).date() - timedelta(days=200 + self.seed % 400)
        self.alarms: list[Json] = []
        self.refused = False  # takes no settings from the cloud
        self._initial = dict(settings)
        self._events: list[Event] = []  # past and pending, by time
        self._passed = 0  # how many of them are past
        self._live: Course | None = None
        self._origin = self.created  # local day on which the simulation begins
        self._totals_at_start = dict.fromkeys(COUNTERS, 0.0)
        self._last: Reading | None = None
        self._journal: dict[date, Course] = {}  # how local days began
        self._energies: dict[date, dict[str, float]] = {}  # kWh of the days that are over
        self._estimated: dict[date, dict[str, float]] = {}
        self._lock = threading.RLock()

    # What people and tests look at

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings that are in force now, read-only. Change them with `write`."""
        return MappingProxyType(self.advance().settings)

    @property
    def soc(self) -> float:
        """State of charge now, percent."""
        return self.reading().soc

    @soc.setter
    def soc(self, value: float) -> None:
        self._happen(Event(self._now(), {}, soc=value))

    @property
    def offline(self) -> bool:
        return self.advance().offline

    @offline.setter
    def offline(self, value: bool) -> None:
        self._happen(Event(self._now(), {}, offline=value))

    @property
    def power(self) -> float:
        """Watts on the AC side now."""
        return self.reading().flow.out

    @property
    def uploads(self) -> list[Reading]:
        """Today's uploads, oldest first."""
        return self.history(self.plant.today())

    def write(self, settings: Json, at: float | None = None) -> None:
        """Give the device new settings, now or at epoch second `at`. What is pending for the same keys then is void."""
        with self._lock:
            self.advance()
            t = self._now() if at is None else at
            self._events = [each for each in self._events if each.t <= t or each.settings.keys() != settings.keys()]
            self._happen(Event(t, settings))

    def reading(self) -> Reading:
        """How things are at this moment (not what the cloud has)."""
        return self._at(self._now())

    def status(self) -> Reading:
        """What the app shows: some seconds old, or the last upload of a device that is offline."""
        return self.upload() if self.offline else self._at(self._now() // STATUS * STATUS)

    def upload(self) -> Reading:
        """What the cloud has: the last upload."""
        live = self.advance()
        return self._last or live.read()

    # The timeline

    def _at(self, t: float) -> Reading:
        with self._lock:
            ahead = self.advance().copy()
        ahead.run(t)
        return ahead.read()

    def advance(self) -> Course:
        """Bring the device up to its last upload or event before now."""
        with self._lock:
            now = self._now()
            live = self._live or self._begin(now)
            while self._passed < len(self._events) and self._events[self._passed].t <= now:
                event = self._events[self._passed]
                self._send(live, event.t)
                live.run(event.t, self._close)
                live.apply(event)
                self._passed += 1
            self._send(live, now)
            return live

    def _send(self, live: Course, until: float) -> None:
        sent = sum(1 for _ in live.uploads(until, self._close))
        if sent and not live.offline:
            self._last = live.read()

    def _begin(self, now: float) -> Course:
        self._origin = self.plant.site.local(now).date()
        self._totals_at_start = self._estimate(self.created, self._origin)
        self._live = self._morning(self._origin, self._totals_at_start)
        self._journal[self._origin] = self._live.copy()
        return self._live

    def _morning(self, day: date, totals: Mapping[str, float]) -> Course:
        """How a day begins that is not known from the day before."""
        share = (18 + (self.seed + day.toordinal() * 7) % 25) / 100
        watt_hours = [totals[name] * 1000 for name in COUNTERS]
        state = State(self.plant.site.midnight(day), share * self.spec.capacity, watt_hours, watt_hours.copy())
        return Course(self.plant.site, self.family, self.spec, self.phase).begin(state, self._initial)

    def _happen(self, event: Event) -> None:
        with self._lock:
            self.advance()
            self._events = sorted([*self._events, event], key=lambda each: each.t)
            self.advance()

    def _close(self, day: date) -> None:
        if self._live is None:
            return
        self._energies[day] = self._live.today()
        morning = self._journal[day + timedelta(days=1)] = self._live.copy()
        morning.state.midnight = morning.state.totals.copy()
        old = day - timedelta(days=HISTORY_DAYS)
        if old.day > 1:  # months and years count from their first day
            self._journal.pop(old, None)

    # The past

    def history(self, day: date) -> list[Reading]:
        """The uploads of a local day, oldest first; empty for the future and for what is too long ago."""
        with self._lock:
            self.advance()
            today = self.plant.today()
            if not today - timedelta(days=HISTORY_DAYS) <= day <= today:
                return []
            morning = self._journal.get(day)
            again = morning.copy() if morning else self._past_morning(day)
            begin, end = again.state.t, min(self.plant.site.midnight(day + timedelta(days=1)) - 1, self._now())
            found: list[Reading] = []
            for event in [each for each in self._events if begin <= each.t <= end]:
                found += [again.read() for _ in again.uploads(event.t) if not again.offline]
                again.run(event.t)
                again.apply(event)
            return found + [again.read() for _ in again.uploads(end) if not again.offline]

    def _past_morning(self, day: date) -> Course:
        """A day before the simulation began: totals are counted back from those of its first day."""
        totals = dict(self._totals_at_start)
        for back in range((self._origin - day).days):
            energy = self._past_energy(self._origin - timedelta(days=back + 1))
            totals = {name: total - energy[name] for name, total in totals.items()}
        return self._morning(day, totals)

    def _past_energy(self, day: date) -> dict[str, float]:
        found = self._energies.get(day)
        if found is None:
            course = self._morning(day, dict.fromkeys(COUNTERS, 0.0))
            course.run(self.plant.site.midnight(day + timedelta(days=1)))
            found = self._energies[day] = course.totals()
        return found

    def energy(self, day: date) -> dict[str, float]:
        """kWh of a local day, by counter."""
        self.advance()
        today = self.plant.today()
        if not self.created <= day <= today:
            return dict.fromkeys(COUNTERS, 0.0)
        if day == today:
            return self.upload().today
        if day in self._energies or (today - day).days <= HISTORY_DAYS:
            return self._past_energy(day)
        return self._estimate(day, day + timedelta(days=1))

    def energy_since(self, first: date, reading: Reading) -> dict[str, float]:
        """kWh from the beginning of local day `first` up to the reading, by counter."""
        before = self._morning_totals(max(first, self.created))
        return {name: max(0.0, total - before[name]) for name, total in reading.total.items()}

    def _morning_totals(self, day: date) -> dict[str, float]:
        morning = self._journal.get(day)
        if morning:
            return morning.totals()
        found = self._estimated.get(day)
        if found is None:
            found = self._estimated[day] = self._estimate(self.created, min(day, self._origin))
        return found

    def _estimate(self, first: date, end: date) -> dict[str, float]:
        """What the device moved in some days before the simulation began, in kWh."""
        sun = self.plant.site.sun_between(first, end) * self.spec.peak / 1000
        return {name: sun * share for name, share in self._shares().items()}

    def _shares(self) -> dict[str, float]:
        unknown = {name for name in COUNTERS if "charge" in name} if not self.spec.capacity else set()
        unknown |= METERED if not self.spec.meter else set()
        return {name: 0.0 if name in unknown else self.family.shares.get(name, 0.0) for name in COUNTERS}
