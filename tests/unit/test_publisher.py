"""What the broker is told: of many devices, and of names that move."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast, get_args

import pytest

from bridge.clock import Clock
from bridge.config import Config
from bridge.devices import Family, Setting, families
from bridge.devices.battery import BATTERY
from bridge.devices.datalogger import DATALOGGER
from bridge.devices.kinds import (
    Choice,
    Kind,
    Moment,
    Number,
    Object,
    Part,
    Periods,
    Press,
    Switch,
    Text,
    TimeOfDay,
)
from bridge.devices.metering import SMART_METER
from bridge.devices.min import MIN
from bridge.devices.noah import NOAH
from bridge.devices.plant import PLANT
from bridge.devices.sph import SPH
from bridge.fleet import Shard
from bridge.mqtt import Topics
from bridge.service.announcer import Announcer
from bridge.service.events import EVENTS, EventKind
from bridge.service.policy import Policy
from bridge.service.publisher import Publisher
from bridge.service.registry import Device, Registry
from bridge.service.store import Store
from bridge.service.survey import patience_of


class Broker:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.connected = True
        self.held: dict[str, Any] = {}
        self.told: list[str] = []

    def retain(self, topic: str, payload: Any) -> None:
        self.told.append(topic)
        self.held[topic] = payload(topic) if callable(payload) else payload

    def clear(self, topic: str) -> None:
        self.held.pop(topic, None)

    def send(self, topic: str, payload: bytes) -> None:
        self.told.append(topic)


class Service:
    """The part of the bridge that tells the broker, and what an earlier run left."""

    def __init__(self, folder: Path, names: dict[str, str] | None = None, states: Any = None, **options: Any) -> None:
        self.broker, self.store = Broker(), Store(folder / "bridge.json")
        self.config = Config(
            state_dir=folder, devices=[{"serial": sn, "name": name} for sn, name in (names or {}).items()], **options
        )
        self.registry = Registry(names or {}, states=states)
        shared: Any = self.broker, Topics("growatt"), self.registry, self.config, Clock()
        self.announcer = Announcer(*shared, self.store, Policy(self.config, Topics("growatt")))
        self.publisher = Publisher(*shared, self.announcer)

    def join(self, serial: str, family: Family = MIN, **more: Any) -> Device:
        nobody: Any = None
        carrier = more.get("carrier")
        more["patience"] = carrier.patience if carrier else patience_of(self.config, serial, family)
        device = self.registry.add(serial, family, nobody, **more)
        self.publisher.joined(device)
        self.publisher.changed(device)
        return device

    def announce(self, device: Device) -> None:
        self.announcer._announce(device, 0.0)

    def described(self, device: Device) -> dict[str, Any]:
        """What Home Assistant is told of the device itself."""
        self.announce(device)
        topic = next(topic for topic in reversed(self.broker.told) if topic.startswith("homeassistant/device/"))
        return dict(json.loads(self.broker.held[topic])["device"])

    def title(self, device: Device) -> str:
        """What Home Assistant calls it."""
        return str(self.described(device)["name"])


@pytest.mark.parametrize(("count", "described"), [(50, 50), (51, 2)])
def test_a_large_fleet_is_listed_without_saying_everything_of_everyone(
    tmp_path: Path, count: int, described: int
) -> None:
    service = Service(tmp_path)
    devices = [service.join(f"SN{number:03}", (MIN, SPH)[number % 2]) for number in range(count)]
    rows = json.loads(service.publisher._devices("growatt/bridge/devices"))
    assert [row["serial"] for row in rows] == [f"SN{number:03}" for number in range(count)]
    whole = [row["family"] for row in rows if "properties" in row and "settings" in row]
    assert (len(whole), whole[:2]) == (described, ["min", "sph"])
    assert rows[0]["properties"]["pv_power"] == {"label": "PV power", "unit": "W", "main": True}
    service.publisher.availability(devices[0])
    assert service.broker.told.count("growatt/SN000/availability") == 1


PERIOD = Object(parts=(Part(key="start", label="start", kind=TimeOfDay()),))
KINDS: list[tuple[Kind, dict[str, Any]]] = [
    (Number(low=0, high=800, unit="W"), {"type": "number", "min": 0, "max": 800, "step": 1, "unit": "W"}),
    (
        Number(low=-1, high=1, step=0.01, gap=(-0.8, 0.8)),
        {"type": "number", "min": -1, "max": 1, "step": 0.01, "unit": None, "gap": [-0.8, 0.8]},
    ),
    (Switch(), {"type": "switch"}),
    (Choice(options={"off": 0, "smart": 2}), {"type": "choice", "options": ["off", "smart"]}),
    (TimeOfDay(end_of_day=True), {"type": "timeofday"}),
    (Moment(), {"type": "moment"}),
    (Text(most=20), {"type": "text"}),
    (Press(), {"type": "press"}),
    (PERIOD, {"type": "object"}),
    (Periods(item=PERIOD, most=3, defaults={}), {"type": "periods"}),
]


def test_every_kind_of_setting_is_described(tmp_path: Path) -> None:
    settings = [Setting(name=f"s{n}", label=f"S{n}", kind=kind, write=None) for n, (kind, _) in enumerate(KINDS)]
    service = Service(tmp_path)
    service.join("A", replace(MIN, settings=tuple(settings)))
    [row] = json.loads(service.publisher._devices("growatt/bridge/devices"))
    assert row["settings"] == {f"s{n}": {"label": f"S{n}", **told} for n, (_, told) in enumerate(KINDS)}
    published = {type(setting.kind) for family in families() for setting in family.settings}
    assert published == {type(kind) for kind, _ in KINDS}


def test_what_is_only_listed_stays_online_between_two_looks_at_the_account(tmp_path: Path) -> None:
    service = Service(tmp_path)
    noah = service.join("NOAH1", NOAH)
    pack = service.join("PACK1", BATTERY, carrier=noah)
    logger = service.join("LOGGER1", DATALOGGER)

    def availability(hours: float) -> list[str]:
        for device in (noah, pack, logger):
            device.state.last_update = service.publisher._clock.now() - timedelta(hours=hours)
            service.publisher.availability(device)
        held = (service.broker.held[f"growatt/{d.serial}/availability"] for d in (noah, pack, logger))
        return [json.loads(payload)["state"] for payload in held]

    assert availability(0.3) == ["online", "online", "online"]
    assert availability(2.5) == ["offline", "offline", "online"]
    assert availability(3.5) == ["offline", "offline", "offline"]


def test_who_is_asked_seldom_may_have_old_data(tmp_path: Path) -> None:
    config = Config(devices=[{"serial": "SN1", "polling": {"reading": 3600}}], polling={"reading": 900, "details": 60})
    assert [patience_of(config, serial, NOAH) for serial in ("SN1", "SN2")] == [3 * 3600, 3 * 900]
    config = Config(polling={"overview": 3600, "details": 300})
    assert patience_of(config, "plant_1", PLANT) == 3 * 3600  # its details do not make it look new


def test_a_restart_leaves_online_what_is_heard_of_once_an_hour(tmp_path: Path) -> None:
    listed = (Clock().now() - timedelta(minutes=50)).isoformat()
    service = Service(tmp_path, states={"LOGGER1": {"last_update": listed, "values": {"lost": False}}})
    logger = service.join("LOGGER1", DATALOGGER, now=Clock().time())
    assert json.loads(service.broker.held["growatt/LOGGER1/availability"]) == {"state": "online"}
    assert logger.state.values["lost"] is False


def test_what_no_account_shows_does_not_stay_online(tmp_path: Path) -> None:
    run(tmp_path, {"A": "roof"}, ["A", "B", "C"])
    later = Service(tmp_path, {"A": "roof"})
    later.join("B")
    told = len(later.broker.told)
    later.publisher.doubt()
    offline = {(topic, later.broker.held[topic]) for topic in later.broker.told[told:]}
    assert offline == {(f"growatt/{name}/availability", b'{"state":"offline"}') for name in ("roof", "C")}


@pytest.mark.parametrize(("carriers", "told"), [(1, True), (2, False)])
def test_what_hangs_on_another_is_doubted_by_the_replica_of_that(tmp_path: Path, carriers: int, told: bool) -> None:
    carrier = next(sn for n in itertools.count() if Shard(carriers, 2).owns(sn := f"NOAH{n}"))
    pack = next(sn for n in itertools.count() if Shard(3 - carriers, 2).owns(sn := f"PACK{n}"))
    meter = next(sn for n in itertools.count() if Shard(3 - carriers, 2).owns(sn := f"{carrier}_AMMETER_{n}"))
    service = Service(tmp_path, fleet={"shard": "1/2"})
    for serial in (pack, meter):
        service.store.remember(serial, {f"growatt/{serial}/availability": {}})
    service.store.note(service.store.facts.attached, carrier, [pack])
    service.publisher.doubt()
    assert set(service.broker.told) == (
        {f"growatt/{serial}/availability" for serial in (pack, meter)} if told else set()
    )


def test_who_uploads_seldom_may_have_old_data(tmp_path: Path) -> None:
    service = Service(tmp_path)
    device = service.join("SN1")
    device.period = 1800.0

    def available(hours: float) -> str:
        device.state.last_update = service.publisher._clock.now() - timedelta(hours=hours)
        service.publisher.availability(device)
        return str(json.loads(service.broker.held["growatt/SN1/availability"])["state"])

    assert [available(hours) for hours in (1.4, 1.6)] == ["online", "offline"]
    device.period = 86400.0
    assert [available(hours) for hours in (2.9, 3.1)] == ["online", "offline"]


@pytest.mark.parametrize("exclude", [(), ("B*",)])
def test_a_datalogger_of_another_replica_is_what_a_device_hangs_below(tmp_path: Path, exclude: Sequence[str]) -> None:
    elsewhere = next(sn for n in itertools.count() if Shard(2, 2).owns(sn := f"B{n}"))
    service = Service(tmp_path, fleet={"shard": "1/2"}, exclude=exclude)
    device = service.join("SN1")
    device.datalogger, device.plant = elsewhere, "plant_1"
    service.announce(device)
    told = json.loads(service.broker.held["homeassistant/device/growatt_SN1/config"])
    assert told["device"]["via_device"] == ("growatt_plant_1" if exclude else f"growatt_{elsewhere}")


def test_the_condition_of_an_account_lasts_on_the_topic_about_the_bridge(tmp_path: Path) -> None:
    service = Service(tmp_path, accounts=[{"name": "parents", "token": "t" * 32}], growatt={"token": "u" * 32})
    publisher = service.publisher
    publisher.info([], {"account": 7.0})

    def accounts() -> list[tuple[str, str | None]]:
        info = json.loads(service.broker.held["growatt/bridge/info"])
        assert (info["next_polls"], list(info["accounts"])) == ({"account": 7.0}, ["growatt", "parents"])
        return [(each["state"], each["message"]) for each in info["accounts"].values()]

    assert accounts() == [("starting", None), ("starting", None)]
    publisher.surveyed("growatt", {"A"}, set())
    publisher.event("token_refused", "wrong token", account="parents")
    assert accounts() == [("ok", None), ("token_refused", "wrong token")]
    publisher.event("cloud_unreachable", "no answer", account="growatt")
    publisher.event("rate_limited", "too often", account="parents", retry_after=5)
    publisher.surveyed("growatt", {"A"}, set())
    assert accounts() == [("unreachable", "no answer"), ("token_refused", "wrong token")]
    publisher.event("cloud_back", "it answers again", account="growatt")
    publisher.surveyed("parents", set(), set())
    assert accounts() == [("ok", None), ("ok", None)]


ROOF = ("growatt/roof", "growatt/roof/availability")


def run(folder: Path, names: dict[str, str], serials: Sequence[str], **options: Any) -> Service:
    """A run of the bridge in which these devices are met and announced, in this order."""
    service = Service(folder, names, **options)
    for device in [service.join(serial) for serial in serials]:
        service.announce(device)
    return service


@pytest.mark.parametrize("discovery", ["device", "off"])
@pytest.mark.parametrize("order", [("A", "B"), ("B", "A")])
@pytest.mark.parametrize(
    ("before", "after"), [({"A": "roof"}, {"B": "roof"}), ({"A": "roof", "B": "b"}, {"A": "b", "B": "roof"})]
)
def test_a_name_that_moves_to_another_device_is_its_own(
    tmp_path: Path, before: dict[str, str], after: dict[str, str], order: tuple[str, str], discovery: str
) -> None:
    run(tmp_path, before, order, homeassistant={"discovery": discovery})
    held = run(tmp_path, after, order, homeassistant={"discovery": discovery}).broker.held
    assert set(ROOF) <= held.keys()
    assert len([topic for topic in held if topic.startswith("growatt/")]) == 4


def test_what_an_earlier_run_knew_stays_until_something_newer_is_known(tmp_path: Path) -> None:
    run(tmp_path, {"A": "roof"}, ["A"])
    later = Service(tmp_path, {"A": "roof"})
    later.broker.held["growatt/roof"] = b"of the run before, which was killed"
    device = later.join("A")
    later.publisher.updated(device, described=False)
    assert later.broker.held["growatt/roof"] == b"of the run before, which was killed"
    reading = MIN.source("reading")
    device.state.apply(reading, reading.model(), later.publisher._clock.time())
    later.publisher.updated(device, described=False)
    assert json.loads(later.broker.held["growatt/roof"])["age"] == 0


def test_what_this_run_announced_holds_nothing_back(tmp_path: Path) -> None:
    service = Service(tmp_path)
    device = service.join("A")
    service.announce(device)
    device.state.values["pv_power"] = 5
    service.publisher.updated(device, described=False)
    assert json.loads(service.broker.held["growatt/A"])["pv_power"] == 5


def test_who_leaves_takes_nothing_from_who_has_the_name_now(tmp_path: Path) -> None:
    run(tmp_path, {"A": "roof"}, ["A"], mqtt={"flat_topics": True})
    later = Service(tmp_path, {"B": "roof"})
    later.broker.held["growatt/roof/pv_power"] = b"1"
    later.join("B")
    later.announcer.retire("A")
    assert {*ROOF} == {topic for topic in later.broker.held if topic.startswith("growatt/")}
    assert "A" not in later.store.announced


@pytest.mark.parametrize(("shard", "cleared"), [("1/2", False), ("2/2", True)])
def test_a_name_of_another_replica_is_left_alone(tmp_path: Path, shard: str, cleared: bool) -> None:
    owned_by_the_second = next(sn for n in itertools.count() if Shard(2, 2).owns(sn := f"B{n}"))
    later = Service(tmp_path, {owned_by_the_second: "roof"}, fleet={"shard": shard})
    later.broker.held |= dict.fromkeys(ROOF, b"theirs")
    later.store.remember("A", {topic: {} for topic in ROOF})
    later.announcer.retire("A")
    assert (later.broker.held == {}) is cleared


@pytest.mark.parametrize("discovery", ["device", "off"])
def test_only_a_device_that_no_earlier_run_knew_has_joined(tmp_path: Path, discovery: str) -> None:
    def joined(*serials: str) -> int:
        told = run(tmp_path, {}, serials, homeassistant={"discovery": discovery}).broker.told
        return told.count("growatt/bridge/event")

    assert [joined("A"), joined("A"), joined("A", "B"), joined("A", "B")] == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("names", "alias", "title"),
    [
        ({}, "NOAH balcony", "NOAH balcony"),
        ({}, "A", "A"),
        ({}, None, "A"),
        ({"A": "Balcony A"}, "NOAH balcony", "Balcony A"),
    ],
)
def test_without_a_name_a_device_has_that_of_the_growatt_app(
    tmp_path: Path, names: dict[str, str], alias: str | None, title: str
) -> None:
    service = Service(tmp_path, names)
    noah = service.join("A", NOAH)
    pack = service.join("P", BATTERY, title=f"{noah.name} battery pack 1", carrier=noah)
    service.store.note(service.store.facts.attached, "A", ["P"])
    service.announcer._pending.clear()
    noah.alias = alias
    service.publisher.updated(noah, described=True)
    assert service.announcer._pending.keys() == ({noah, pack} if alias else {noah})
    assert (service.title(noah), service.title(pack)) == (title, f"{title} battery pack 1")
    later = Service(tmp_path, names)
    assert later.title(later.join("A", NOAH)) == title


def test_the_readme_lists_every_type_of_event() -> None:
    readme = Path(__file__).parents[2].joinpath("README.md").read_text()
    assert set(get_args(EventKind)) == EVENTS.keys()
    assert [row for kind, event in EVENTS.items() if (row := f"| `{kind}` | {event.meaning} |") not in readme] == []


def test_a_meter_is_called_what_it_is_unless_the_growatt_app_names_it(tmp_path: Path) -> None:
    service = Service(tmp_path)
    meter = service.join("LOGGER_AMMETER_1", SMART_METER, title="LOGGER smart meter 1", prefix="our_")
    assert (meter.segment, service.title(meter)) == ("our_LOGGER_AMMETER_1", "our_LOGGER smart meter 1")
    meter.alias = "Cellar"
    assert service.title(meter) == "our_Cellar"


def tree(service: Service, device: Device) -> list[str | None]:
    told = service.described(device)
    return [told["via_device"], told.get("model"), told.get("sw_version")]


def test_after_a_restart_a_device_is_where_it_was_until_more_is_known(tmp_path: Path) -> None:
    first = Service(tmp_path)
    plant, logger, device = first.join("plant_1", PLANT), first.join("LOGGER", DATALOGGER), first.join("A")
    logger.plant = device.plant = plant.serial
    device.datalogger, device.model, device.firmware = logger.serial, "MIN 5000", "3.1"
    assert tree(first, logger) == ["growatt_plant_1", "Datalogger", None]
    assert tree(first, device) == ["growatt_LOGGER", "MIN 5000", "3.1"]
    later = Service(tmp_path)
    device = later.join("A")
    assert tree(later, device) == ["growatt_LOGGER", "MIN 5000", "3.1"]
    device.firmware, device.datalogger = "3.2", "OTHER"
    assert tree(later, device) == ["growatt_plant_1", "MIN 5000", "3.2"], "OTHER is no device"
    without = Service(tmp_path, exclude=["plant_1"])
    assert tree(without, without.join("A")) == ["growatt_bridge", "MIN 5000", "3.2"]
    later.publisher.left(device)
    assert tree(later, later.join("A")) == ["growatt_bridge", "MIN", None]


def test_a_device_that_was_announced_before_it_told_anything_has_a_state_all_the_same(tmp_path: Path) -> None:
    service, nobody = Service(tmp_path), cast(Any, None)
    device = service.registry.add("A", MIN, nobody)
    service.publisher.joined(device)
    service.announce(device)
    service.publisher.changed(device)
    assert service.broker.told.count("growatt/A") == 1
    later = Service(tmp_path)
    again = later.registry.add("A", MIN, nobody)
    later.publisher.joined(again)
    later.publisher.changed(again)
    assert later.broker.told.count("growatt/A") == 0, "the broker may have something better of the earlier run"
