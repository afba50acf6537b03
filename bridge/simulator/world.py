"""What the simulated account holds: users, plants, dataloggers and devices."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bridge.clock import Clock
from bridge.simulator import inverter, noah, sph, storage, v1_only, wit
from bridge.simulator import max as max_
from bridge.simulator import min as min_
from bridge.simulator.device import Device, Family, Kind
from bridge.simulator.physics import Spec
from bridge.simulator.weather import Site, days, site_at
from bridge.simulator.wire import Json

DEMO_TOKEN = "demo"  # noqa: S105 - opens a simulation
# a further family is a row like these, with its shapes
ROWS = (
    *(noah.FAMILY, min_.FAMILY, inverter.FAMILY, storage.FAMILY, max_.FAMILY, sph.SPH, sph.SPA, wit.WIT, wit.SPHS),
    *v1_only.FAMILIES,
)
FAMILIES: dict[str, Family] = {family.type: family for family in ROWS}
KINDS: dict[str, tuple[Family, Kind]] = {name: (family, kind) for family in ROWS for name, kind in family.kinds.items()}
ATTACHED = {"smart_meter": "meters", "env_sensor": "sensors"}  # they have an address on a datalogger, and no serial
CROWD = 100  # devices in one plant of a fleet


def check_code(sn: str) -> str:
    """The check code that is printed on a datalogger."""
    return f"{zlib.crc32(sn.encode()) % 100000:05}"


@dataclass(slots=True)
class User:
    id: int
    name: str
    email: str
    phone: str = ""
    registered: str = ""


@dataclass
class Datalogger:
    sn: str
    plant: "Plant"
    model: str = "ShineWiFi-X"
    meters: tuple[str, ...] = ()  # bus addresses
    sensors: tuple[str, ...] = ()
    house: Device | None = None  # what a meter sees that has no other device to look at


@dataclass
class Plant:
    id: int
    name: str
    user: User
    token: str
    site: Site
    clock: Clock
    created: date
    country: str = "Germany"
    city: str = "Berlin"
    peak_kw: float = 10.0
    record: Json = field(default_factory=dict)

    def today(self) -> date:
        return self.site.local(self.clock.time()).date()

    def day(self, value: str) -> date:
        """A date that a request names; today when it names none that can be read."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            return self.today()

    def utc_offset(self, t: float) -> float:
        return (self.site.local(t).utcoffset() or timedelta()).total_seconds() / 3600

    def month_days(self, day: date) -> list[date]:
        first = day.replace(day=1)
        return days(first, (first + timedelta(days=32)).replace(day=1))

    def year_days(self, day: date) -> list[date]:
        return days(date(day.year, 1, 1), date(day.year + 1, 1, 1))


class World:
    """The whole simulated cloud's content. `clock` says what time it is there."""

    def __init__(self, clock: Clock | None = None, seed: int = 1) -> None:
        self.clock = clock or Clock()
        self.seed = seed
        self.tokens = {DEMO_TOKEN}
        self.users: dict[int, User] = {}
        self.plants: dict[int, Plant] = {}
        self.dataloggers: dict[str, Datalogger] = {}
        self.devices: dict[str, Device] = {}
        self.shelf: dict[str, Device] = {}  # devices that belong to no account at present

    @classmethod
    def demo(cls, clock: Clock | None = None, seed: int = 1) -> "World":
        """One home with a NOAH, a NEXA, a micro inverter and a hybrid inverter."""
        world = cls(clock, seed)
        home = world.add_plant("Home")
        world.add_datalogger("DLG1000001", home, meters=("1",), sensors=("2",))
        world.add_noah("0PVPNOAH12345678", model="NOAH 2000 ", packs=2, alias="NOAH balcony", plant=home)
        world.add_noah("0HVRNEXA12345678", model="NEXA 2000", packs=1, alias="NEXA garage", plant=home)
        world.add_min("BZP1000001", alias="NEO roof", plant=home, datalogger="DLG1000001")
        world.add_min("TLX2000001", battery_kwh=7.5, alias="House", plant=home, datalogger="DLG1000001")
        return world

    def add_user(self, name: str, email: str, phone: str = "") -> User:
        user = User(max(self.users, default=0) + 1, name, email, phone, f"{self.clock.now():%Y-%m-%d %H:%M:%S}")
        self.users[user.id] = user
        return user

    def add_plant(
        self,
        name: str,
        *,
        token: str = DEMO_TOKEN,
        zone: str = "Europe/Berlin",
        latitude: float = 52.5,
        longitude: float = 13.4,
        user: User | None = None,
    ) -> Plant:
        owner = user or next(iter(self.users.values()), None) or self.add_user("demo", "demo@example.com")
        site = site_at(latitude, longitude, zone, self.seed)
        number = max(self.plants, default=1000) + 1
        created = site.local(self.clock.time()).date() - timedelta(days=600)
        plant = Plant(number, name, owner, token, site, self.clock, created)
        self.plants[number] = plant
        self.tokens.add(token)
        return plant

    def add_datalogger(
        self, sn: str, plant: Plant | None = None, *, meters: Iterable[str] = (), sensors: Iterable[str] = ()
    ) -> Datalogger:
        logger = Datalogger(sn, plant or self._home(), meters=tuple(meters), sensors=tuple(sensors))
        self.dataloggers[sn] = logger
        return logger

    @classmethod
    def fleet(
        cls, count: int, mix: Mapping[str, float] | None = None, clock: Clock | None = None, seed: int = 1
    ) -> "World":
        """`count` devices in the proportions of `mix`, by kind; without it, as many of each of KINDS."""
        shares = mix or dict.fromkeys(KINDS, 1.0)
        whole, done, begun = sum(shares.values()), 0.0, 0
        counts: dict[str, int] = {}
        for kind, share in shares.items():
            done += share
            counts[kind] = round(count * done / whole) - begun
            begun += counts[kind]
        return cls(clock, seed).populate(counts)

    def populate(self, counts: Mapping[str, int]) -> "World":
        """Add so many devices of each kind, a hundred to a plant. ValueError for a kind that there is not."""
        plant = self._home()
        serials = [
            (kind, f"{kind.upper().replace('-', '')}{n:06}") for kind, count in counts.items() for n in range(count)
        ]
        for index, (kind, sn) in enumerate(serials):
            if index and index % CROWD == 0:
                plant = self.add_plant(f"Plant {index // CROWD + 1}")
            self.add(kind, sn, plant=plant)
        return self

    def add(self, kind: str, sn: str, **options: Any) -> Device | Datalogger:
        """Add what `kind` says: one of KINDS, or of ATTACHED; then `sn` is the datalogger's. ValueError for any other.

        Options are those of `add_noah` and `add_inverter`; what is attached takes a `plant`.
        """
        if kind in ATTACHED:
            return self._attach(kind, sn, **options)
        if kind not in KINDS:
            raise ValueError(f"there is no kind of device {kind!r}; there are: {', '.join((*KINDS, *ATTACHED))}")
        family, usual = KINDS[kind]
        if family is noah.FAMILY:
            return self.add_noah(sn, **{"model": usual.model, **options})
        return self.add_inverter(kind, sn, **options)

    def _attach(self, kind: str, sn: str, plant: Plant | None = None) -> Datalogger:
        logger = self.dataloggers.get(sn) or self.add_datalogger(sn, plant)
        taken = getattr(logger, ATTACHED[kind])
        setattr(logger, ATTACHED[kind], (*taken, str(len(taken) + 1)))
        return logger

    def add_noah(
        self,
        sn: str,
        *,
        model: str = "NEXA 2000",
        packs: int = 1,
        plant: Plant | None = None,
        alias: str = "",
        peak: float = 0.0,
    ) -> Device:
        """A NOAH or NEXA; `packs` of 2.048 kWh each, `peak` watts of panels (0: as many as usual)."""
        if not 1 <= packs <= 4:
            raise ValueError(f"a NOAH or NEXA has 1 to 4 battery packs, not {packs}")
        return self._add(
            sn,
            noah.FAMILY,
            plant,
            model=model,
            spec=noah.spec(model, packs, peak),
            settings=noah.default_settings(),
            alias=alias,
            dtc=5800,
            packs=packs,
        )

    def add_min(self, sn: str, *, battery_kwh: float = 0.0, **options: Any) -> Device:
        """A MIN: a micro inverter of 800 W without a battery, else a hybrid of 5 kW; see `add_inverter`."""
        return self.add_inverter("min-xh" if battery_kwh > 0 else "min", sn, battery_kwh=battery_kwh, **options)

    def add_inverter(
        self,
        kind: str,
        sn: str,
        *,
        battery_kwh: float | None = None,
        model: str = "",
        rated: float = 0.0,
        peak: float = 0.0,
        meter: bool | None = None,
        plant: Plant | None = None,
        alias: str = "",
        datalogger: str | None = None,
    ) -> Device:
        """Watts and kWh; what is not given is as usual for the kind. `meter` knows the house."""
        family, usual = KINDS[kind]
        rated = rated or usual.rated
        capacity = (usual.battery_kwh if battery_kwh is None else battery_kwh) * 1000
        metered = usual.meter if meter is None else meter
        return self._add(
            sn,
            family,
            plant,
            model=model or usual.model,
            spec=Spec(peak or rated * 1.2, rated, capacity, rated * usual.charging, usual.load_scale, metered),
            settings=family.settings(capacity > 0),
            alias=alias,
            dtc=usual.dtc,
            datalogger=datalogger,
        )

    def _add(self, sn: str, family: Family, plant: Plant | None, **parts: Any) -> Device:
        if sn in self.devices:
            raise ValueError(f"the simulated account already has a device {sn}")
        device = self.devices[sn] = Device(sn, family, plant or self._home(), now=self.clock.time, **parts)
        return device

    def _home(self) -> Plant:
        return next(iter(self.plants.values()), None) or self.add_plant("Home")

    def device(self, sn: str) -> Device:
        """KeyError for a device that is in no account."""
        return self.devices[sn]

    def remove(self, sn: str) -> Device:
        """The device leaves its account; `restore` brings it back."""
        device = self.shelf[sn] = self.devices.pop(sn)
        return device

    def restore(self, sn: str, plant: Plant | None = None) -> Device:
        device = self.devices[sn] = self.shelf.pop(sn)
        device.plant = plant or device.plant
        return device

    def plants_of(self, token: str) -> list[Plant]:
        return [plant for plant in self.plants.values() if plant.token == token]

    def devices_of(self, token: str) -> list[Device]:
        return [device for device in self.devices.values() if device.plant.token == token]

    def created(self, device: Device) -> datetime:
        return device.plant.site.local(device.plant.site.midnight(device.created) + 43200 + device.seed % 3600)
