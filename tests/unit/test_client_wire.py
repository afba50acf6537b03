"""The whole catalogue on the wire: what each method sends, and what becomes of each documented reply."""

import inspect
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import httpx
import pytest

from bridge import growatt
from bridge.clock import Clock
from bridge.growatt import AsyncGrowattApi, GrowattApi
from bridge.growatt.calls import Module
from bridge.growatt.client import module_class, public_modules
from bridge.growatt.fields import Reading, camel

DATA = Path(__file__).parent.parent / "data" / "client"
RECORDINGS: list[dict[str, Any]] = json.loads((DATA / "recordings.json").read_text())
SIGNATURES: dict[str, str] = json.loads((DATA / "signatures.json").read_text())
EXPECTED: dict[str, dict[str, Any]] = json.loads((DATA / "expected.json").read_text())
MODELS: dict[str, dict[str, list[str]]] = json.loads((DATA / "models.json").read_text())
METHODS = sorted({row["method"] for row in RECORDINGS} - {"device.get_device_type"})

# May be left out on a bound object, where the reference library wants it: everything else is as documented.
OPTIONAL_HERE = {"device_sn", "parameter_id", "grid_charging", "off_grid"} | {
    f"inverter_{part}" for part in ("sn", "model_id", "brand_name", "model_name")
}


class Noon(Clock):
    """Noon of 2025-06-15, UTC."""

    def time(self) -> float:
        return datetime(2025, 6, 15, 12, tzinfo=UTC).timestamp()


def argument(value: Any) -> Any:
    match value:
        case {"$date": text}:
            return date.fromisoformat(text)
        case {"$time": text}:
            return time.fromisoformat(text)
        case {"$enum": text}:
            kind, member = text.split(".")
            return getattr(growatt, kind)[member]
        case [[*_], *_]:
            return [tuple(argument(part) for part in item) for item in value]
        case _:
            return value


class Cloud:
    """Answers every call with success and no data, and keeps the requests."""

    def __init__(self, model: str = "NOAH 2000") -> None:
        self.model = model
        self.seen: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        _, prefix, path = request.url.path.split("/", 2)
        form = dict(httpx.QueryParams(request.content.decode())) if request.content else {}
        query = dict(request.url.params)
        self.seen.append({"verb": request.method, "prefix": prefix, "path": path, "query": query, "form": form})
        return httpx.Response(200, json=self.answer(path, prefix))

    def answer(self, path: str, prefix: str) -> dict[str, Any]:
        if path == "device/check/sn":
            return {"result": 1, "msg": "", "obj": 1, "deviceType": 1000, "model": self.model}
        if path.startswith("noahDeviceApi"):
            return {"result": 1, "msg": "", "obj": None}
        return {"error_code": 0, "error_msg": ""} if prefix == "v1" else {"code": 0, "message": "", "data": None}


def bound(api: Any, row: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    module_name, method = row["method"].split(".")
    module: Module[Any] = getattr(api, module_name)
    if serial := row.get("preset_device_sn"):
        module = type(module)(module.session, serial)
    return getattr(module, method), {name: argument(value) for name, value in row["kwargs"].items()}


def wanted(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    before = [{**call, "prefix": "v1"} for call in row.get("precalls", [])]
    return [*before, {key: row[key] for key in ("verb", "prefix", "path", "query", "form")}]


@pytest.mark.parametrize("method", METHODS)
async def test_sends_what_the_catalogue_says(method: str) -> None:
    for row in (row for row in RECORDINGS if row["method"] == method):
        cloud = Cloud(row.get("device_model", "NOAH 2000"))
        with GrowattApi("secret", "http://localhost", clock=Noon(), transport=httpx.MockTransport(cloud)) as api:
            call, arguments = bound(api, row)
            call(**arguments)
        assert cloud.seen == wanted(row), row["kwargs"]

        cloud = Cloud(row.get("device_model", "NOAH 2000"))
        transport = httpx.MockTransport(cloud)
        async with AsyncGrowattApi("secret", "http://localhost", clock=Noon(), transport=transport) as async_api:
            call, arguments = bound(async_api, row)
            await call(**arguments)
        assert cloud.seen == wanted(row), row["kwargs"]


def parameters(signature: inspect.Signature) -> Iterator[tuple[str, Any]]:
    for name, parameter in signature.parameters.items():
        yield name, parameter.default


@pytest.mark.parametrize("method", sorted(SIGNATURES))
def test_signature_is_as_documented(method: str) -> None:
    names: dict[str, Any] = {}
    text = SIGNATURES[method].rsplit(" -> ", 1)[0]
    code = f"from __future__ import annotations\ndef documented{text}: ..."
    exec(code, names)  # the text is this repository's own test data
    documented = list(parameters(inspect.signature(names["documented"])))
    if "." not in method:
        ours = list(parameters(inspect.signature(getattr(GrowattApi("t"), method))))
    else:
        module, name = method.split(".")
        ours = list(parameters(module_class(module).endpoints()[name].signature))
    assert [name for name, _ in ours] == [name for name, _ in documented]
    for (name, default), (_, documented_default) in zip(ours, documented, strict=True):
        relaxed = documented_default is inspect.Parameter.empty and name in OPTIONAL_HERE
        assert default == documented_default or (relaxed and default is None), name


def at(model: Any, path: str) -> Any:
    for part in path.split("."):
        model = model[int(part)] if isinstance(model, list) else _step(model, part)
    return model


def _step(model: Any, part: str) -> Any:
    return model[part] if isinstance(model, dict) else getattr(model, part)


def plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def replay(sample: str) -> Any:
    body = (DATA / "samples" / f"{sample}.json").read_bytes()
    method = EXPECTED[sample]["method"]
    row = next(
        row for row in RECORDINGS if row["method"] == method and (method[:4] != "noah" or "NEXA" not in str(row))
    )

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("check/sn") and method != "device.type_info":
            return httpx.Response(200, json=Cloud().answer("device/check/sn", "v1"))
        return httpx.Response(200, content=body)

    kwargs = {"period": sample.rsplit(".", 1)[1]} if sample.startswith("noah.energy_chart.") else {}
    transport = httpx.MockTransport(answer)
    with GrowattApi("t", "http://localhost", clock=Noon(), transport=transport, raise_on_error=False) as api:
        call, arguments = bound(api, row)
        return call(**{**arguments, **({"date_": None} if "chart" in method else {}), **kwargs})


def parts(value: Any) -> Iterator[Reading]:
    if isinstance(value, Reading):
        yield value
        for name in type(value).model_fields:
            yield from parts(getattr(value, name))
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from parts(item)


@pytest.mark.parametrize("sample", sorted(EXPECTED))
def test_documented_reply_parses(sample: str) -> None:
    reply = replay(sample)
    for path, value in EXPECTED[sample]["values"].items():
        assert plain(at(reply, path)) == value, path
    for part in parts(reply):
        assert part.problems == {}, type(part).__name__
        unknown = {key for key, value in (part.model_extra or {}).items() if value != ""}
        assert unknown <= KEPT, type(part).__name__
    assert type(reply).model_validate(reply.model_dump(by_alias=True)) == reply


# Keys beside the documented ones: kept, not declared.
KEPT = {"tlxs", "mixs", "maxs", "spas", "inverters", "boosts", "tempType"}


def test_there_is_a_method_for_every_module() -> None:
    modules = {method.split(".")[0] for method in SIGNATURES if "." in method}
    assert set(public_modules()) == modules


def documented_model(name: str) -> Any:
    module, model = name.split(".")
    account = module in ("user", "plant", "datalogger", "device")
    families = (f"families.{module}", "families.shared", "families.vpp", "account.datalogger")
    places = (f"account.{module}",) if account else families
    for place in ("fields", *places) if module != "common" else ("fields", "families.shared", "families.vpp"):
        found = getattr(__import__(f"bridge.growatt.{place}", fromlist=["x"]), model, None)
        if found is not None:
            return found
    raise AssertionError(f"no model {name}")


@pytest.mark.parametrize("name", sorted(name for name, fields in MODELS.items() if fields))
def test_model_has_every_documented_field_and_wire_key(name: str) -> None:
    vocabulary = documented_model(name).vocabulary()
    for field, wires in MODELS[name].items():
        ours = {field, *vocabulary[field].wire}
        assert ours >= {wire for wire in wires if wire != camel(field)} or f"{name}.{field}" in BUILT, field
    labels = [spec.label for spec in vocabulary.values()]
    assert len(labels) == len({text.lower() for text in labels})
    assert all(len(text) <= 40 for text in labels)


# Built by the client: the wire key has another shape.
BUILT = {"noah.NoahStatusData.total_battery_pack_charging_power"}
