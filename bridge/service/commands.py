"""Commands: validated, queued per device, written, read back, reported, and only then acknowledged."""

import logging
from collections.abc import Mapping

from bridge.clock import Clock
from bridge.devices import Json, Setting
from bridge.devices.kinds import Object
from bridge.devices.raw import RawParameter, setting_of
from bridge.mqtt import encode
from bridge.service.lane import DEFECT, Lane, Surroundings, Terms
from bridge.service.orders import Command, Order, Result, Status, brief, too_old
from bridge.service.policy import Policy
from bridge.service.registry import Device
from bridge.service.state import differs
from bridge.service.tasks import Tasks
from bridge.service.wholes import Whole, parts_of, whole_of

_log = logging.getLogger("bridge.commands")

MOST_SETTINGS = 200
"""Settings in one message; no device has more."""

NOTHING = "nothing to set: the message is empty"


class Commands:
    """The command side of the bridge."""

    def __init__(
        self, around: Surroundings, clock: Clock, policy: Policy, *, max_age: float, confirm_timeout: float
    ) -> None:
        self._policy = policy
        self._tasks = Tasks("a command worker failed")
        self._terms = Terms(around, clock, policy, self._tasks, max_age, confirm_timeout)
        self._lanes: dict[Device, Lane] = {}

    def take(self, device: Device, values: Mapping[str, Json], order: Order) -> None:
        """Take an order of one or several settings; every one of them gets its results."""
        if not 0 < len(values) <= MOST_SETTINGS:
            reason = f"{len(values)} settings, at most {MOST_SETTINGS} in one message" if values else NOTHING
            self.refuse(values, order, reason)
            return
        order.open = len(values)
        for name, raw in values.items():
            self._take_one(device, name, raw, order)

    def refuse(self, values: Mapping[str, Json], order: Order, reason: str) -> None:
        """Reject all of an order for the same reason; each setting of its own, where there are not too many."""
        named = values if 0 < len(values) <= MOST_SETTINGS else {"": None}
        order.open = len(named)
        for name, raw in named.items():
            order.reject(name, raw, reason)

    def stale(self, order: Order) -> str | None:
        """Why an order is not carried out any more; None while it may be."""
        max_age = self._terms.max_age
        return too_old(max_age, resumed=order.resumed) if order.age(self._terms.clock) > max_age else None

    def _take_one(self, device: Device, name: str, raw: Json, order: Order) -> None:
        try:
            setting, value = self._validate(device, name, raw, order)
            writes = self._rehearsed(device, setting, value) if self._policy.dry_run else None
        except ValueError as error:
            order.reject(name, raw, str(error))
            return
        except Exception:  # noqa: BLE001 - a defect in one setting must not lose its command nor stop the others
            _log.exception("%s: %s could not be handled", device.name, brief(name))
            order.reject(name, raw, DEFECT)
            return
        if writes is not None:
            text = f"dry run (commands.dry_run): {_would(writes)}"
            order.close(Result(name, value, Status.REJECTED, text, order.transaction, dry_run=writes))
            return
        command = Command(name, setting.bound(value) if isinstance(setting, RawParameter) else setting, value, order)
        command.report(Status.ACCEPTED)
        self._lane(device).submit(command)

    def _validate(self, device: Device, name: str, raw: Json, order: Order) -> tuple[Setting, Json]:
        _refuse(self._policy.closed())
        setting = setting_of(device.family, name)
        if setting is None:
            raise ValueError(_unknown(device, name))
        _refuse(self._policy.refusal(device.serial, setting, raw))
        _refuse(self.stale(order))
        value = setting.kind.parse(raw)
        if not isinstance(setting.kind, Object) and setting.check is not None:
            _refuse(setting.check(value, device.state.values))
        if (whole := whole_of(device.family, setting)) is not None:
            _refuse(_hopeless(whole, parts_of(setting, value), device.state.values))
        return setting, value

    def _rehearsed(self, device: Device, setting: Setting, value: Json) -> dict[str, Json]:
        """What would be written, by setting, as far as it is known without asking the cloud."""
        present = device.state.values
        if setting.steps is not None:
            steps = self._policy.steps(device.serial, device.family, setting, setting.steps(value, present))
            return {step.name: part for step, part in steps}
        whole = whole_of(device.family, setting)
        if whole is None:
            return {setting.name: value}
        given, before = parts_of(setting, value), present.get(whole.setting.name) or {}
        merged = whole.merged(before, given)
        if not whole.missing(merged) and (reason := whole.objection(merged, given, present)):
            if differs(given, before):
                raise ValueError(reason)
            return {}
        return {whole.setting.name: merged}

    def _lane(self, device: Device) -> Lane:
        if device not in self._lanes:
            self._lanes[device] = Lane(device, self._terms)
            device.commanded = True
        return self._lanes[device]

    def doubt(self, device: Device) -> None:
        """A method of the client has written to it, past its queue."""
        self._lane(device).doubt()

    async def stop(self) -> None:
        """Leave open commands unacknowledged: the broker hands them out again at the next start."""
        await self._tasks.stop()

    def forget(self, device: Device) -> None:
        """The device has left."""
        lane = self._lanes.pop(device, None)
        if lane is not None:
            lane.close("the device has left the account")


def _hopeless(whole: Whole, given: Mapping[str, Json], values: Mapping[str, Json]) -> str | None:
    """Why these parts cannot be written, whatever the device has beside them and other commands bring; such a command
    must not take the place of one that can. What the device has already needs no write."""
    if missing := whole.missing(given):
        return None if whole.setting.reads else missing
    if not differs(given, values.get(whole.setting.name)):
        return None
    return whole.objection(whole.merged({}, given), given, values)


def _refuse(reason: str | None) -> None:
    if reason:
        raise ValueError(reason)


def _would(writes: Mapping[str, Json]) -> str:
    told = ", ".join(f"{name} = {encode(value).decode()}" for name, value in writes.items())
    return f"would write {told}" if told else "the device has it already"


def _unknown(device: Device, name: str) -> str:
    if any(p.name == name for p in device.family.properties):
        return f"{name} is read-only"
    known = ", ".join(s.name for s in device.family.settings if s.whole is None) or "none"
    return f"unknown setting {brief(name)!r}; this device has: {known}"
