"""The devices at hand: one topic level each, and what is remembered of those that come back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bridge.devices.min import MIN
from bridge.growatt import AsyncGrowattApi
from bridge.service.registry import Registry

API = AsyncGrowattApi("token")
SERIALS = ("A1", "B2", "C/3", "A1_2")
NAMES = st.dictionaries(st.sampled_from(SERIALS), st.sampled_from((*SERIALS, "C_3", "roof")))
STEPS = st.lists(st.tuples(st.booleans(), st.sampled_from(SERIALS), st.sampled_from(("", "A"))), max_size=20)


@given(NAMES, STEPS, st.booleans())
def test_no_two_devices_share_a_topic_level(
    names: Mapping[str, str], steps: Sequence[tuple[bool, str, str]], listed: bool
) -> None:
    registry = Registry(names)
    registry.reserve(SERIALS if listed else ())
    for joins, serial, prefix in steps:
        device = registry.by_serial(serial)
        if joins and device is None:
            registry.add(serial, MIN, API, prefix=prefix)
        elif not joins and device is not None:
            registry.remove(device)
        segments = [device.segment for device in registry]
        assert len({*segments}) == len(segments)
        assert all(registry.by_segment(device.segment) is device for device in registry)
        if listed:
            assert all(registry.by_segment(device.serial) is device for device in registry)
            assert all(registry.serial_of(serial) == serial for serial in SERIALS if "/" not in serial)


def test_values_may_be_published_over_what_the_broker_has_only_if_nothing_newer_can_be_there() -> None:
    noon = 1_760_000_000.0
    states: dict[str, Any] = {}

    def run(*, reading: bool, ended: bool) -> bool:
        nonlocal states
        registry = Registry({}, states=dict(states))
        states = dict(registry.states(last=False))
        device = registry.add("A1", MIN, API, now=noon)
        renewed = device.state.renewed
        if reading:
            device.state.apply(MIN.source("reading"), MIN.source("reading").model(), noon)
            states = dict(registry.states(last=False))
        states = dict(registry.states(last=True)) if ended else states
        return renewed

    assert not run(reading=True, ended=True)
    assert run(reading=False, ended=False)
    assert not run(reading=False, ended=True)
    assert not run(reading=True, ended=True)
    assert run(reading=False, ended=True)


def test_a_counter_that_has_begun_anew_is_told_once() -> None:
    registry = Registry({})
    guard = registry.add("A1", MIN, API).state.guard
    told = []
    for hour, value in ((20, 8.0), (23, 0.0), (25, 0.0), (26, 0.1), (50, 0.0)):
        guard.check("energy_today", value, datetime(2026, 3, 10, tzinfo=UTC) + timedelta(hours=hour), UTC)
        told.append((registry.begun(), registry.begun()))
    assert [first for first, _ in told] == [False, False, True, False, True]
    assert not any(second for _, second in told)


def test_a_device_that_comes_back_goes_on_with_its_counters() -> None:
    registry = Registry({})
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    device = registry.add("A1", MIN, API)
    device.state.guard.check("energy_total", 900.0, noon, UTC)
    registry.remove(device)
    assert dict(registry.guards()).keys() == {"A1"}
    assert registry.serial_of("A1") == "A1"
    assert registry.add("A1", MIN, API).state.guard.check("energy_total", 0.0, noon, UTC) == 900


def test_what_is_asked_about_rarely_is_known_over_a_restart() -> None:
    """Six devices that share a limit have their turns half an hour apart."""
    told = datetime(2026, 3, 10, 12, tzinfo=UTC)
    snapshot = {"values": {"ac_power": 5}, "last_update": told.isoformat(), "stamped": True}
    for period, known in ((1800.0, 5), (600.0, None), ("soon", None), (float("inf"), None)):
        registry = Registry({}, states={"SN": {**snapshot, "period": period}})
        device = registry.add("SN", MIN, API, now=told.timestamp() + 2700)
        assert device.state.values["ac_power"] == known
        assert device.state.online(told.timestamp() + 2700, device.lasting) is (known is not None)
    [(_, remembered)] = registry.states(last=False)
    assert remembered["period"] == 0
