"""Replicas of a fleet: who has which device, and who may call when."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bridge.fleet import Shard, Turns
from bridge.growatt import Budget
from bridge.growatt.calls import Call
from bridge.loading import load
from tests.clocks import ManualClock

DEVICES = [f"BZP{n:07}" for n in range(3000)]


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_every_device_has_one_owner_and_the_load_is_even(count: int) -> None:
    shards = [Shard(number, count) for number in range(1, count + 1)]
    owned = [sum(shard.owns(sn) for sn in DEVICES) for shard in shards]
    assert all(sum(shard.owns(sn) for shard in shards) == 1 for sn in DEVICES)
    assert min(owned) > 0.8 * len(DEVICES) / count


def test_owners_are_the_same_on_every_machine_and_in_every_version() -> None:
    assert [n for n in range(1, 9) if Shard(n, 8).owns("BZP1000001")] == [4]


def test_a_replica_more_moves_only_what_it_takes() -> None:
    for sn in DEVICES[:500]:
        before = next(n for n in range(1, 9) if Shard(n, 8).owns(sn))
        after = next(n for n in range(1, 10) if Shard(n, 9).owns(sn))
        assert after in (before, 9)


@pytest.mark.parametrize("text", ["2/8", " 8/8 ", "1/1"])
def test_shards_that_can_be(text: str) -> None:
    assert f"{Shard.parse(text).number}/{Shard.parse(text).count}" == text.strip()


@pytest.mark.parametrize("text", ["", "2", "0/8", "9/8", "a/b", "1/0", "-1/2", "1/2/3", "٢/8"])
def test_shards_that_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match="the second of eight replicas is 2/8"):
        Shard.parse(text)


@given(
    every=st.sampled_from([5.0, 10.0, 60.0, 300.0]),
    count=st.integers(2, 9),
    wishes=st.lists(st.tuples(st.integers(1, 9), st.floats(0, 20_000)), min_size=2, max_size=8),
)
def test_replicas_never_call_too_soon_after_one_another(
    every: float, count: int, wishes: list[tuple[int, float]]
) -> None:
    start = 1_760_000_000.0
    calls = [
        (number, start + wish + Turns(number, count).wait(start + wish, every))
        for number, wish in wishes
        if number <= count
    ]
    for (one, at), (other, then) in combinations(calls, 2):
        assert one == other or abs(at - then) >= every - 1e-3


def test_turns_are_part_of_the_budget() -> None:
    clock = ManualClock()
    call = Call(path="plant/list", verb="GET", prefix="v1", every=300, per_day=10)
    budgets = [Budget(clock=clock, turns=Turns(number, 3)) for number in (1, 2, 3)]
    made: list[tuple[float, int]] = []
    for second in range(0, 86_400, 10):
        clock.now_is(second)
        for number, budget in enumerate(budgets):
            if budget.claim("token", call) == 0:
                budget.settle("token", call, limited=False)
                made.append((second, number))
    moments = [moment for moment, _ in made]
    assert all(later - sooner >= 300 for sooner, later in pairwise(moments))
    assert [sum(number == each for _, each in made) for number in range(3)] == [3, 3, 3]


def test_the_manifest_of_the_documentation_is_one_that_the_bridge_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (Path(__file__).parents[2] / "docs" / "fleet.md").read_text(encoding="utf-8")
    config_map, stateful_set = yaml.safe_load_all(re.findall(r"```yaml\n(apiVersion.*?)```", text, re.DOTALL)[0])
    pod, replicas = stateful_set["spec"]["template"]["spec"]["containers"][0], stateful_set["spec"]["replicas"]
    (shard,) = [each["value"] for each in pod["env"] if "value" in each]
    start = stateful_set["spec"]["ordinals"]["start"]
    for path in ("growatt/token", "mqtt/password"):
        assert f"/run/secrets/{path.split('/')[0]}" in [mount["mountPath"] for mount in pod["volumeMounts"]]
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text("secret")
    file = tmp_path / "config.yaml"
    file.write_text(config_map["data"]["config.yaml"].replace("/run/secrets", str(tmp_path)))
    numbers = []
    for ordinal in range(start, start + replicas):
        monkeypatch.setenv("GROWATT_BRIDGE_FLEET__SHARD", shard.replace("$(ORDINAL)", str(ordinal)))
        config = load(file)
        assert (config.growatt.has_token, config.shard.count) == (True, replicas)
        numbers.append(config.shard.number)
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8]
