"""Raw parameters: what is taken, what is sent, and what counts as read back."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from bridge.devices import GENERIC, families
from bridge.devices.inverter import INVERTER
from bridge.devices.min import MIN
from bridge.devices.raw import RAW, RawParameter, raw_parameter, setting_of
from bridge.growatt import AsyncGrowattApi, BadReply


def raw(family: Any = MIN) -> RawParameter:
    setting = setting_of(family, RAW)
    assert isinstance(setting, RawParameter)
    return setting


def value(name: str, *values: Any) -> dict[str, Any]:
    return {"parameter_id": name, "values": list(values)}


def test_the_families_with_v1_parameters_take_them_and_no_other_value_has_their_name() -> None:
    most = {"min": 19, "max": 19, "sph": 18, "spa": 18, "storage": 4, "inverter": 2}
    assert {f.name: raw.kind.most for f in families() if (raw := raw_parameter(f))} == most
    assert [f.name for f in (*families(), GENERIC) if any(item.name == RAW for item in f.items)] == []
    assert [f.name for f in (*families(), GENERIC) if f.name not in most and setting_of(f, RAW)] == []


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (value("charge_power", 60), value("charge_power", "60")),
        (value("charge_power", " 60 ", "", ""), value("charge_power", "60")),
        (value("time_segment9", 1, 6, 30, 12, 0, 1), value("time_segment9", "1", "6", "30", "12", "0", "1")),
        (value("set_any_reg", "22.0", 5), value("set_any_reg", "22", "5")),
        (value("not_documented", "0001", "", "x"), value("not_documented", "0001", "", "x")),
    ],
)
def test_taken(sent: Any, taken: Any) -> None:
    assert raw().kind.parse(sent) == taken


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (5, "expected a JSON object such as"),
        ({"parameter_id": "charge_power"}, "expected a JSON object such as"),
        ({**value("charge_power", 60), "device_sn": "X"}, "expected a JSON object such as"),
        (value("charge power", 60), "parameter_id: expected up to 64 letters"),
        (value("", 60), "parameter_id: expected up to 64 letters"),
        ({"parameter_id": 5, "values": [1]}, "parameter_id: expected up to 64 letters"),
        (value("x" * 65, 60), "parameter_id: expected up to 64 letters"),
        (value("charge_power"), "values: expected a JSON list of 1 to 19 values"),
        (value("charge_power", *range(20)), "values: expected a JSON list of 1 to 19 values"),
        ({"parameter_id": "charge_power", "values": "60"}, "values: expected a JSON list"),
        (value("charge_power", True), "values: number 1 is neither a text nor a number"),
        (value("other", 1, [2]), "values: number 2 is neither a text nor a number"),
        (value("other", "a\nb"), "values: number 1 is no printable text"),
        (value("other", "x" * 65), "values: number 1 is no printable text"),
        (value("other", "", 5), "values: the first is empty"),
        (value("charge_power", 101), "charge power limit, limit: 0 to 100 %"),
        (value("set_any_reg", 22), "parameter_value_2='' is not allowed"),
        (value("set_any_reg", 70000, 5), "a whole number from 0 to 65535"),
        (value("set_any_reg", 22, 5, 6), "takes a register and a value"),
    ],
)
def test_refused(sent: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        raw().kind.parse(sent)


def api_that(answer: Any, requests: list[Mapping[str, str]]) -> AsyncGrowattApi:
    """A client whose cloud answers every call so."""

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append({"path": request.url.path, **dict(parse_qsl(request.content.decode()))})
        return httpx.Response(200, json={"error_code": 0, "error_msg": "", "data": answer})

    return AsyncGrowattApi("token", transport=httpx.MockTransport(handle))


async def test_on_the_wire() -> None:
    requests: list[Mapping[str, str]] = []
    api = api_that("", requests)
    for family in (MIN, INVERTER):
        write = raw(family).write
        assert write is not None
        await write(api, "SN1", value("pv_on_off", "0001"))
    await api.close()
    assert requests == [
        {"path": "/v1/tlxSet", "tlx_sn": "SN1", "type": "pv_on_off", "param1": "0001"},
        {"path": "/v1/inverterSet", "device_sn": "SN1", "paramId": "pv_on_off", "command_1": "0001"},
    ]


# what was written, the answer of the read, what it asked for, what the device has
LOOKS = [
    (value("charge_power", "60"), "60.0", ("charge_power", "0", "0"), value("charge_power", "60")),
    (value("charge_power", "60"), "55", ("charge_power", "0", "0"), value("charge_power", "55")),
    (value("pv_on_off", "0001"), "1", ("pv_on_off", "0", "0"), value("pv_on_off", "0001")),
    (value("set_any_reg", "22", "5"), "5", ("set_any_reg", "22", "22"), value("set_any_reg", "22", "5")),
    (value("set_any_reg", "22", "5"), "4", ("set_any_reg", "22", "22"), value("set_any_reg", "22", "4")),
]


@pytest.mark.parametrize(("written", "answer", "asked", "found"), LOOKS)
async def test_read_back(written: Any, answer: str, asked: tuple[str, ...], found: Any) -> None:
    requests: list[Mapping[str, str]] = []
    api = api_that(answer, requests)
    assert raw().bound(written).confirm is not None
    assert await raw().bound(written).look(api, "SN1", written) == found
    await api.close()
    [request] = requests
    assert (request["paramId"], request["startAddr"], request["endAddr"]) == asked


async def test_what_is_no_number_settles_nothing() -> None:
    api = api_that("a_b", [])
    with pytest.raises(BadReply, match="shows no number for charge_power: 'a_b'"):
        await raw().look(api, "SN1", value("charge_power", "60"))
    await api.close()


@pytest.mark.parametrize("written", [value("time_segment1", "1", "6"), value("pf_sys_year", "2026-01-31 12:00:00")])
def test_several_values_and_texts_cannot_be_read_back(written: Any) -> None:
    assert raw().bound(written).confirm is None


def test_each_parameter_and_each_register_goes_its_own_way() -> None:
    written = [value("a", "1"), value("b", "1"), value("set_any_reg", "1", "9"), value("set_any_reg", "2", "9")]
    assert len({raw().bound(each).name for each in written}) == len(written)
    assert raw().bound(value("a", "1")).name == raw().bound(value("a", "2")).name
