"""Every setting of the inverter families over MQTT: written to the simulated device, and read back from it."""

from collections.abc import Awaitable, Callable

from tests.house import HYBRID, NOAH, House
from tests.unit.test_catalogue_writes import WRITES
from tests.unit.test_settings_complete import WRITE_ONLY

Houses = Callable[..., Awaitable[House]]

SERIALS = {
    "min": HYBRID,
    "sph": "SPH0000001",
    "spa": "SPA0000001",
    "wit": "WIT0000001",
    "sphs": "SPHS000001",
    "inverter": "INV0000001",
    "max": "MAX0000001",
    "storage": "SPF0000001",
}
KINDS = {"inverter": "inv", "sphs": "sph-s"}
"""What the simulated cloud calls a family where it has another name for it."""

ONE_OF_ALL = ("min", "wit")
"""Families whose VPP settings stand for those of the others: with the v1 calls, and without."""


async def test_every_setting_of_every_family_ends_as_it_should(house: Houses) -> None:
    h = await house(speed=400, started=False, limits="request", growatt={"limits": "request"})
    for family, serial in SERIALS.items():
        if family != "min":
            h.cloud.world.add(KINDS.get(family, family), serial, plant=h.cloud.world.plants[1001])
    await h.start()
    for serial in (*SERIALS.values(), NOAH):
        await h.eventually(lambda sn=serial: h.available(sn) == "online")
    unknown = [(NOAH, "power_on", True), (NOAH, "vpp_remote_power", 5), (SERIALS["sphs"], "vpp_remote_power", 5)]
    refused = [await h.order(serial, **{name: value}) for serial, name, value in unknown]
    sent = {
        (family.name, name): await h.order(SERIALS[family.name], **{name: value})
        for family, name, value, *_ in WRITES
        if family.name in SERIALS and (family.name in ONE_OF_ALL or not name.startswith("vpp_")) and name != "vpp_clear"
    }
    ends = {key: (await h.outcome(SERIALS[key[0]], number, 60))["status"] for key, number in sent.items()}
    assert ends == {(f, name): "applied" if name in WRITE_ONLY[f] else "verified" for f, name in sent}
    for (serial, *_), number in zip(unknown, refused, strict=True):
        result = await h.outcome(serial, number)
        assert (result["status"], "does not exist for this kind of device" in result["error"]) == ("failed", True)
