"""Generic replies, whose classes are made when they are first used: they are as good as any other class."""

import copy
import inspect
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from bridge.growatt import GrowattApi
from bridge.growatt.families.max import MaxEnergyV4
from bridge.growatt.families.min import MinDetailData, MinDetails, MinEnergyV4

WIRE = {"data": {"devices": [{"ppv": "300", "unknown": 7}]}, "error_code": 0}


@pytest.fixture
def reply() -> Any:
    return MinEnergyV4.model_validate(WIRE)


def test_the_type_of_the_data_is_known(reply: Any) -> None:
    assert reply.data.devices[0].ppv == 300
    assert MinEnergyV4(**WIRE) == reply
    assert MinEnergyV4.model_validate_json(reply.model_dump_json()) == reply
    assert "DataReply" in MinEnergyV4.model_json_schema()["title"]
    assert MinDetails.vocabulary()["device_sn"].label == "Serial number"


def test_it_tells_its_own_replies_from_others(reply: Any) -> None:
    assert isinstance(reply, MinEnergyV4)
    assert not isinstance(reply, MaxEnergyV4)
    assert issubclass(type(reply), MinEnergyV4)
    assert not issubclass(type(reply), MaxEnergyV4)
    assert repr(MinDetails) == "DeviceReply[MinDetailData]"


def test_it_is_a_base_and_a_part_of_others() -> None:
    class Own(MinDetails):  # type: ignore[misc, valid-type]
        @property
        def serial(self) -> Any:
            return self.data.serial_num

    class Whole(BaseModel):
        reply: MinDetails | None  # type: ignore[valid-type]

    assert Own(data={"serialNum": "SN1"}).serial == "SN1"
    assert Whole.model_validate({"reply": {"data": {"serialNum": "SN1"}}}).reply.data == MinDetailData(serialNum="SN1")
    assert TypeAdapter(list[MinDetails]).validate_python([{"data": None}])[0].error_code == 0  # type: ignore[valid-type]


def test_a_reply_may_go_to_another_process(reply: Any, tmp_path: Path) -> None:
    assert copy.deepcopy(reply) == reply == pickle.loads(pickle.dumps(reply))
    assert repr(copy.deepcopy(MinDetails)) == repr(pickle.loads(pickle.dumps(MinDetails))) == repr(MinDetails)
    file = tmp_path / "reply"
    file.write_bytes(pickle.dumps((reply, reply.data.devices[0])))
    script = "r, d = pickle.load(open(sys.argv[1], 'rb')); print(r.data.devices[0] == d, d.ppv, d.model_extra)"
    command = [sys.executable, "-c", f"import pickle, sys; {script}", file]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout == "True 300.0 {'unknown': 7}\n"


def test_a_program_makes_only_the_classes_that_it_needs() -> None:
    script = """
from bridge.growatt.families import min
made = lambda name: "model" in vars(getattr(min, name))
assert not made("MinEnergyHistory"), made("MinEnergyV4")
min.MinEnergyV4(data=None)
print(made("MinEnergyV4"), made("MinEnergyHistory"))
"""
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "True False\n"


def test_a_method_tells_its_arguments_and_its_reply() -> None:
    api = GrowattApi("token")
    try:
        signature = inspect.signature(api.min.details)
        assert list(signature.parameters) == ["device_sn"]
        assert signature.return_annotation is MinDetails
        pages = inspect.signature(api.plant.list_all)
        assert list(pages.parameters) == ["page", "limit", "search_type", "search_keyword"]
        assert api.min.details.__doc__ == "Data and settings of one device (v1)."
    finally:
        api.close()
