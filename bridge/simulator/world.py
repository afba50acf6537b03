"""What the simulated account holds: users, plants, dataloggers and devices."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bridge.clock import Clock
from bridge.simulator import min as min_
from bridge.simulator import noah
from bridge.simulator.device import Device, Family
from bridge.simulator.physics import Spec
from bridge.simulator.weather import Site, days
from bridge.simulator.wire import Json

DEMO_TOKEN = "demo"  # noqa: S105 - opens a simulation
# a further family is a module with its row, its shapes, an entry here, and a method that adds such a device
FAMILIES: dict[str, Family] = {family.type: family for family in (noah.FAMILY, min_.FAMILY)}


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
        site = Site(latitude, longitude, zone, self.seed)
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

    def add_min(
        self,
        sn: str,
        *,
        battery_kwh: float = 0.0,
        model: str = "",
        rated: float = 0.0,
        peak: float = 0.0,
        meter: bool | None = None,
        plant: Plant | None = None,
        alias: str = "",
        datalogger: str | None = None,
    ) -> Device:
        """A MIN: a micro inverter of 800 W without a battery, else a hybrid of 5 kW. Watts; `meter` knows the house."""
        hybrid = battery_kwh > 0
        rated = rated or (5000.0 if hybrid else 800.0)
        metered = hybrid if meter is None else meter
        return self._add(
            sn,
            min_.FAMILY,
            plant,
            model=model or ("MIN 5000TL-XH" if hybrid else "NEO 800M-X"),
            spec=Spec(peak or rated * 1.2, rated, battery_kwh * 1000, rated / 2 if hybrid else 0.0, 1.0, metered),
            settings=min_.default_settings(hybrid),
            alias=alias,
            dtc=5300 if hybrid else 5203,
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
