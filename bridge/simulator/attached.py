"""Smart meters and environment sensors: they have no serial, but a bus address on a datalogger."""

from bridge.simulator.calls import Call, Endpoint
from bridge.simulator.course import Reading
from bridge.simulator.device import Device, Family
from bridge.simulator.fields import fill
from bridge.simulator.physics import Flow, Plan, Spec, hybrid_flow
from bridge.simulator.wire import Json, Refusal
from bridge.simulator.world import ATTACHED, Datalogger

SLOT = 300  # seconds in which devices that are metered together upload once each
HOUSE = Family("house", 0, (4, "other"), 3, "", flow=hybrid_flow, plan=lambda _, __: Plan(on=False))


def _house(call: Call, logger: Datalogger) -> Device:
    """The bare house behind a datalogger, to be measured where no device measures it."""
    if logger.house is None:
        spec = Spec(5000.0, 5000.0)
        logger.house = Device(
            logger.sn, HOUSE, logger.plant, model="", spec=spec, settings={}, now=call.world.clock.time
        )
    return logger.house


def _metered(call: Call, logger: Datalogger) -> list[Device]:
    found = [device for device in call.world.devices.values() if device.datalogger == logger.sn and device.spec.meter]
    return found or [_house(call, logger)]


def _sum(readings: list[Reading]) -> Reading:
    """What one meter sees of several devices."""
    flows = (reading.flow for reading in readings)
    names = readings[0].total
    return readings[-1]._replace(
        flow=Flow(*map(sum, zip(*flows, strict=True))),
        total={name: sum(reading.total[name] for reading in readings) for name in names},
        today={name: sum(reading.today[name] for reading in readings) for name in names},
    )


class AttachedCalls:
    """The last data and the history of one kind."""

    def __init__(self, kind: str, prefix: str, part: str, rows: str) -> None:
        self.kind, self.prefix, self.part, self.rows = kind, prefix, part, rows

    def endpoints(self) -> list[Endpoint]:
        family, _, call = self.prefix.partition("/")
        paths = {f"{call}_last_data": self._last, f"{call}_data": self._history}
        return [Endpoint(f"device/{family}/{path}", answer, "v1", "GET", 300) for path, answer in paths.items()]

    def _sources(self, call: Call, logger: Datalogger) -> list[Device]:
        return _metered(call, logger) if self.kind == "smart_meter" else [_house(call, logger)]

    def _logger(self, call: Call, missing: int, no_address: int, unknown: int) -> Datalogger:
        logger = call.logger(missing, unknown)
        if call.get("address") not in getattr(logger, ATTACHED[self.kind]):
            raise Refusal(no_address)
        return logger

    def _show(self, call: Call, device: Device, reading: Reading, logger: Datalogger) -> Json:
        return fill(f"attached.{self.part}", device, reading, logger=logger.sn, address=int(call.get("address")))

    def _last(self, call: Call) -> Json:
        logger = self._logger(call, 10002, 10003, 10004)
        sources = self._sources(call, logger)
        reading = _sum([device.upload() for device in sources])
        return {"data": self._show(call, sources[0], reading, logger), "dataloggerSn": logger.sn}

    def _history(self, call: Call) -> Json:
        logger = self._logger(call, 10002, 10005, 10006)
        sources = self._sources(call, logger)
        slots: dict[int, list[Reading]] = {}
        for day in call.span(10003, 10004):
            for device in sources:
                for reading in device.history(day):
                    slots.setdefault(int(reading.t // SLOT), []).append(reading)
        rows = [_sum(slots[slot]) for slot in sorted(slots, reverse=True) if len(slots[slot]) == len(sources)]
        listed = call.listed(rows, self.rows, lambda reading: self._show(call, sources[0], reading, logger))
        return {"data": {**listed, "datalogger_sn": logger.sn}}


ENDPOINTS = [
    *AttachedCalls("smart_meter", "ammeter/meter", "meter", "meter_data").endpoints(),
    *AttachedCalls("env_sensor", "env/env", "sensor", "env_data").endpoints(),
]
