"""Sun, clouds and house load at one place: a pure function of time, place and seed, smooth between grid points."""

import math
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

GRID = 300.0  # seconds between the points that are really computed; in between they are interpolated
CACHE = 8192  # points kept per place, about four weeks
TILT = math.radians(35)

# watts drawn by the house at each full hour of a working day
LOAD_PROFILE = (
    *(140, 130, 125, 125, 130, 160, 320, 420, 360, 290, 270, 310),
    *(430, 380, 300, 280, 310, 420, 560, 610, 540, 420, 300, 190),
)

Point = tuple[float, float, float]


def noise(seed: int, n: int) -> float:
    """A number in [0, 1) that depends on both arguments alone."""
    x = (n * 0x9E3779B1 ^ seed * 0x85EBCA77) & 0xFFFFFFFF
    x = (x ^ x >> 15) * 0x2C1B3C6D & 0xFFFFFFFF
    x = (x ^ x >> 12) * 0x297A2D39 & 0xFFFFFFFF
    return (x ^ x >> 15) / 4294967296.0


def smooth_noise(seed: int, x: float) -> float:
    """Like `noise`, running smoothly from one whole number to the next."""
    whole = math.floor(x)
    share = x - whole
    share *= share * (3 - 2 * share)
    return noise(seed, whole) * (1 - share) + noise(seed, whole + 1) * share


class Site:
    """A place on earth with its weather and the habits of the people who live there."""

    def __init__(self, latitude: float, longitude: float, zone: str, seed: int) -> None:
        self.latitude, self.longitude, self.seed = latitude, longitude, seed
        self.zone = ZoneInfo(zone)
        self._points: dict[int, Point] = {}
        self._sun_hours: dict[date, float] = {}
        self._sun_sums: dict[tuple[date, date], float] = {}

    def at(self, t: float) -> Point:
        """At epoch second `t`: sun (share of the panels' peak power), house load (W), minute of the local day."""
        index, rest = divmod(t, GRID)
        a, b = self._point(int(index)), self._point(int(index) + 1)
        share = rest / GRID
        minute = (t + a[2]) % 86400 / 60
        return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, minute

    def local(self, t: float) -> datetime:
        return datetime.fromtimestamp(t, self.zone)

    def midnight(self, day: date) -> float:
        """Epoch second at which the local day begins."""
        return datetime.combine(day, time(), self.zone).timestamp()

    def sun_hours(self, day: date) -> float:
        """kWh that one kWp of panels yields on that day."""
        found = self._sun_hours.get(day)
        if found is None:
            start = self.midnight(day)
            found = self._sun_hours[day] = sum(self.sun(start + 1800 * n) for n in range(48)) / 2
        return found

    def sun_between(self, first: date, end: date) -> float:
        """kWh per kWp from the first day up to, without, the other."""
        found = self._sun_sums.get((first, end))
        if found is None:
            found = self._sun_sums[first, end] = sum(self.sun_hours(day) for day in days(first, end))
        return found

    def _point(self, index: int) -> Point:
        point = self._points.get(index)
        if point is None:
            if len(self._points) >= CACHE:
                self._points.clear()
            t = index * GRID
            offset = self.local(t).utcoffset() or timedelta()
            point = self._points[index] = (self.sun(t), self.load(t), offset.total_seconds())
        return point

    @cached_property
    def _angles(self) -> tuple[float, float, float, float]:
        latitude = math.radians(self.latitude)
        tilted = latitude - math.copysign(TILT, latitude)
        return math.sin(latitude), math.cos(latitude), math.sin(tilted), math.cos(tilted)

    def sun(self, t: float) -> float:
        """Light on panels that face the equator, less what clouds take; 1 is a clear noon."""
        sin_lat, cos_lat, sin_tilt, cos_tilt = self._angles
        day = t / 86400
        declination = -0.4091 * math.cos(2 * math.pi * (day % 365.2425 + 10) / 365.2425)
        cos_hour = -math.cos(2 * math.pi * (day + self.longitude / 360))
        elevation = sin_lat * math.sin(declination) + cos_lat * math.cos(declination) * cos_hour
        if elevation <= 0:
            return 0.0
        facing = sin_tilt * math.sin(declination) + cos_tilt * math.cos(declination) * cos_hour
        return max(0.0, facing) * math.pow(elevation, 0.3) * self._clear(t)

    def _clear(self, t: float) -> float:
        gloom = math.pow(1 - smooth_noise(self.seed, t / 86400), 1.5)
        passing = 0.35 + 0.65 * smooth_noise(self.seed + 1, t / 1500)
        return 1 - 0.85 * gloom * passing

    def load(self, t: float) -> float:
        local = self.local(t)
        hour, minute = local.hour, local.minute / 60
        base = LOAD_PROFILE[hour] * (1 - minute) + LOAD_PROFILE[(hour + 1) % 24] * minute
        kettle = 1400.0 if 6 <= hour < 22 and noise(self.seed + 2, int(t // 600)) > 0.97 else 0.0
        return base * (0.75 + 0.5 * smooth_noise(self.seed + 3, t / 1800)) + kettle


@lru_cache(64)
def site_at(latitude: float, longitude: float, zone: str, seed: int) -> Site:
    """Neighbours share one site, and what was worked out about its weather."""
    return Site(latitude, longitude, zone, seed)


def days(first: date, end: date) -> list[date]:
    """Every day from `first` up to, without, `end`."""
    return [first + timedelta(n) for n in range((end - first).days)]
