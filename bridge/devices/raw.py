"""Any v1 parameter by its id, and any register: for experts, beside the settings of the catalogues."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from bridge.devices.catalogue import Family, Setting
from bridge.devices.kinds import Kind
from bridge.devices.parameters import SLOT, number_in, send
from bridge.devices.values import Json
from bridge.growatt import AsyncGrowattApi, BadReply, DeviceType
from bridge.growatt.client import module_class, public_modules
from bridge.growatt.settings import ANY_REGISTER, setting_texts

RAW = "parameter"
LONGEST = 64
_ID = re.compile(rf"[A-Za-z0-9_]{{1,{LONGEST}}}")
_KEYS = {"parameter_id", "values"}


@dataclass(frozen=True, kw_only=True)
class RawKind(Kind):
    """A parameter id and its values, at most `most`; a register is the id `set_any_reg`, its number and its value.

    Ids that are documented for the device type take what is documented; others are sent as they are.
    """

    word = RAW

    device_type: DeviceType | None
    most: int

    def parse(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or value.keys() != _KEYS:
            raise ValueError('expected a JSON object such as {"parameter_id": "pv_active_p_rate", "values": ["60"]}')
        name, values = value["parameter_id"], value["values"]
        if not isinstance(name, str) or not _ID.fullmatch(name):
            raise ValueError(f"parameter_id: expected up to {LONGEST} letters, digits and underscores")
        if not isinstance(values, list) or not 0 < len(values) <= self.most:
            raise ValueError(f"values: expected a JSON list of 1 to {self.most} values")
        sent = [_text(number, each) for number, each in enumerate(values, 1)]
        if not sent[0]:
            raise ValueError("values: the first is empty")
        setting_texts(self.device_type, name, [*sent, *[""] * (self.most - len(sent))])
        while not sent[-1]:
            sent.pop()
        if name == ANY_REGISTER:
            sent = [str(number_in(each)) for each in sent]
        return {"parameter_id": name, "values": sent}


def _text(number: int, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"values: number {number} is neither a text nor a number")
    text = str(value).strip()
    if len(text) > LONGEST or not text.isprintable():
        raise ValueError(f"values: number {number} is no printable text of up to {LONGEST} characters")
    return text


@dataclass(frozen=True, kw_only=True)
class RawParameter(Setting):
    """The parameters of a module of the client. `bound` to a value it is one of them, which goes its own way."""

    kind: RawKind
    module: str

    def bound(self, value: Mapping[str, Any]) -> "RawParameter":
        """The one parameter or register that the value is for. It confirms what reads back as one number."""
        name, values = value["parameter_id"], value["values"]
        register = [values[0]] if name == ANY_REGISTER else []
        single = len(values) == len(register) + 1 and number_in(values[-1]) is not None
        return replace(self, name=" ".join([RAW, name, *register]), confirm="setting_read" if single else None)

    async def look(self, api: AsyncGrowattApi, serial: str, value: Mapping[str, Any]) -> Json:
        """What the device has, in the form of the value; equal to it where the number is the same."""
        name, (*register, wanted) = value["parameter_id"], value["values"]
        read = getattr(api, self.module).setting_read
        found = (await (read(serial, start_address=int(register[0])) if register else read(serial, name))).data
        if number_in(found) is None:
            raise BadReply(f"the cloud shows no number for {name}: {found!r}")
        return value if number_in(found) == number_in(wanted) else {**value, "values": [*register, found]}


@cache
def raw_parameter(family: Family) -> RawParameter | None:
    """That of a family that has v1 parameters."""
    module, most = family.name, _slots(family)
    if not most:
        return None
    return RawParameter(
        name=RAW,
        label="Parameter",
        kind=RawKind(device_type=family.device_type, most=most),
        write=lambda api, serial, value: send(api, module, serial, value["parameter_id"], value["values"]),
        main=False,
        module=module,
    )


def _slots(family: Family) -> int:
    """How many values the family's v1 parameters take, 0 where it has none."""
    endpoints = module_class(family.name).endpoints() if family.name in public_modules() else {}
    if "setting_write" not in endpoints:
        return 0
    return sum(name.startswith(SLOT) for name in endpoints["setting_write"].signature.parameters)


def setting_of(family: Family, name: str) -> Setting | None:
    """The setting of this name, the raw one included."""
    return raw_parameter(family) if name == RAW else family.setting(name)
