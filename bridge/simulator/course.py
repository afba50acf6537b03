"""A device on its way through time: the same steps live and when a past day is played again."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bridge.simulator.physics import COUNTERS, Flow, State, integrate, surroundings
from bridge.simulator.weather import Site
from bridge.simulator.wire import Json

if TYPE_CHECKING:
    from bridge.simulator.device import Family
    from bridge.simulator.physics import Spec

UPLOAD = 300.0  # seconds between two uploads


class Reading(NamedTuple):
    """What a device reports at epoch second `t`. Energies are kWh."""

    t: float
    flow: Flow
    soc: float
    mode: int
    total: dict[str, float]
    today: dict[str, float]


class Event(NamedTuple):
    """Something from outside at a point in time: settings written, state patched."""

    t: float
    settings: Json
    soc: float | None = None
    offline: bool | None = None


class Course:
    """State, settings and whereabouts in time. Steps end at every upload, event and local midnight, nowhere else."""

    def __init__(self, site: Site, family: "Family", spec: "Spec", phase: int) -> None:
        self.site, self.family, self.spec, self.phase = site, family, spec, phase
        self.state = State(0.0, 0.0)
        self.offline = False
        self.settings: Json = {}

    def begin(self, state: State, settings: Json) -> "Course":
        self.state, self.settings = state, settings
        self.plan = self.family.plan(settings, self.spec)
        self.day = self.site.local(state.t).date()
        self.midnight = self.site.midnight(self.day + timedelta(days=1))
        self.next_upload = -(-(state.t - self.phase) // UPLOAD) * UPLOAD + self.phase
        return self

    def copy(self) -> "Course":
        twin = Course(self.site, self.family, self.spec, self.phase)
        twin.__dict__ |= self.__dict__
        twin.state = self.state.copy()
        return twin

    def uploads(self, until: float, at_midnight: Callable[[date], None] | None = None) -> Iterator[float]:
        """Run from upload to upload, and stop at each."""
        while self.next_upload <= until:
            self.run(self.next_upload, at_midnight)
            self.next_upload += UPLOAD
            yield self.state.t

    def run(self, until: float, at_midnight: Callable[[date], None] | None = None) -> None:
        state = self.state
        while state.t < until:
            goal = min(until, self.midnight, state.t + UPLOAD)
            seconds = goal - state.t
            moment = surroundings(self.spec, self.plan, state.stored, self.site.at(state.t + seconds / 2), seconds)
            integrate(state, self.spec, self.family.flow(self.spec, self.plan, moment), seconds)
            state.t = goal
            if goal == self.midnight:
                self._turn(at_midnight)

    def _turn(self, at_midnight: Callable[[date], None] | None) -> None:
        over, self.day = self.day, self.day + timedelta(days=1)
        self.midnight = self.site.midnight(self.day + timedelta(days=1))
        if at_midnight:
            at_midnight(over)
        self.state.midnight = self.state.totals.copy()

    def apply(self, event: Event) -> None:
        if event.settings:
            self.settings = {**self.settings, **event.settings}
            self.plan = self.family.plan(self.settings, self.spec)
        if event.soc is not None:
            self.state.stored = self.spec.capacity * event.soc / 100
        if event.offline is not None:
            self.offline = event.offline

    def read(self) -> Reading:
        state = self.state
        moment = surroundings(self.spec, self.plan, state.stored, self.site.at(state.t), UPLOAD)
        slot = moment.slot
        return Reading(
            state.t,
            self.family.flow(self.spec, self.plan, moment),
            100 * state.stored / self.spec.capacity if self.spec.capacity else 0.0,
            slot.mode if slot else self.plan.mode,
            self.totals(),
            self.today(),
        )

    def totals(self) -> dict[str, float]:
        return dict(zip(COUNTERS, (value / 1000 for value in self.state.totals), strict=True))

    def today(self) -> dict[str, float]:
        pairs = zip(self.state.totals, self.state.midnight, strict=True)
        return dict(zip(COUNTERS, ((total - start) / 1000 for total, start in pairs), strict=True))
