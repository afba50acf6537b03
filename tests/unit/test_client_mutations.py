"""Damaged replies: no exception but ours, and nothing readable lost."""

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.growatt import GrowattApi, GrowattError
from bridge.growatt.fields import Reading
from tests.unit.test_client_wire import EXPECTED, RECORDINGS, Cloud, Noon, bound, documented_model

DATA = Path(__file__).parent.parent / "data" / "client"
SAMPLES = sorted(name for name, row in EXPECTED.items() if row["values"])
MODELS: dict[str, dict[str, list[str]]] = json.loads((DATA / "models.json").read_text())
TYPED = sorted(name for name, fields in MODELS.items() if fields)
NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["", " ", "null", "--", "0:0", "24:00", "11:187", "1922.9 W", "NaN", "-1", "2025-13-45", "true"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
# One value on the wire may stand in several fields: the unit of all pack temperatures, in two units and two places.
MOST_FIELDS_OF_A_LEAF = 8


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, (*path, key))
    else:
        yield path


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    copied = copy.deepcopy(value)
    inner = copied
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = new
    return copied


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Reading):
        for name in type(value).model_fields:
            yield from flat(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from flat(item, f"{path}.{key}")
    else:
        yield path, value


def parse(sample: str, body: Any) -> Any:
    method = EXPECTED[sample]["method"]
    row = next(row for row in RECORDINGS if row["method"] == method)

    def answer(request: httpx.Request) -> httpx.Response:
        checks = request.url.path.endswith("check/sn") and method != "device.type_info"
        return httpx.Response(200, json=Cloud().answer("device/check/sn", "v1") if checks else body)

    with GrowattApi("t", "http://localhost", clock=Noon(), transport=httpx.MockTransport(answer)) as api:
        call, arguments = bound(api, row)
        return call(**arguments)


@settings(max_examples=300)
@given(data=st.data())
def test_one_damaged_value_touches_nothing_else(data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(SAMPLES))
    body = json.loads((DATA / "samples" / f"{sample}.json").read_bytes())
    inside = [path for path in leaves(body) if path[0] in ("data", "obj") and isinstance(path[-1], str) and path[1:]]
    if not inside or "error" in str(body.get("error_msg", "")):
        return
    path = data.draw(st.sampled_from(inside))
    before = dict(flat(parse(sample, body)))
    after = dict(flat(parse(sample, changed(body, path, data.draw(NASTY)))))
    lost = [key for key, value in before.items() if key in after and after[key] != value]
    gone = [key for key in before if key not in after]
    if "chart" not in sample:
        assert len(lost) <= MOST_FIELDS_OF_A_LEAF
    assert len(gone) <= MOST_FIELDS_OF_A_LEAF


@settings(max_examples=200)
@given(data=st.data())
def test_damage_anywhere_raises_nothing_but_our_errors(data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(SAMPLES))
    body = json.loads((DATA / "samples" / f"{sample}.json").read_bytes())
    key = data.draw(st.sampled_from(sorted(body)))
    with suppress(GrowattError):
        parse(sample, {**body, key: data.draw(NASTY)})


@pytest.mark.parametrize("name", TYPED)
def test_every_model_takes_nonsense_in_any_field(name: str) -> None:
    model = documented_model(name)
    good = {wires[0]: "7" for wires in MODELS[name].values()}
    kept = {key: value for key, value in flat(model.model_validate(dict(good))) if value is not None}
    for nonsense in ([1], {"a": 1}, "\u2603", "1e999", -(10**30), "0000-00-00"):
        for field, wires in MODELS[name].items():
            reading = model.model_validate({**good, **dict.fromkeys(wires, nonsense)})
            now = dict(flat(reading))
            touched = {spec.name for spec in model.vocabulary().values() if set(wires) & {spec.name, *spec.wire}}
            others = {key: value for key, value in kept.items() if key.split(".")[1] not in {field, *touched}}
            assert all(now[key] == value for key, value in others.items()), (field, nonsense)
            break_at = reading.problems.get(field, reading)
            assert break_at is reading or break_at == nonsense
