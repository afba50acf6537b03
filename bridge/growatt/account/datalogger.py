"""Dataloggers and what hangs on them."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.arguments import paging, single_serial
from bridge.growatt.calls import Call, Module, Plan, S, endpoint, fetch, meanings
from bridge.growatt.errors import ArgumentError
from bridge.growatt.paging import every_page


class _OnBus(f.Reading):
    address: f.Integer = f.label("Bus address", wire="addr")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="datalog_sn")
    device_name: f.Text = f.label("Device name")
    device_type: f.Text = f.label("Device type")
    last_update_time: f.Moment = f.label("Last update time")
    lost: f.Flag = f.label("Connection lost")


class SmartMeterData(_OnBus):
    """A smart meter on a datalogger's bus."""


class EnvSensorData(_OnBus):
    """An environment sensor on a datalogger's bus."""


class SmartMeterListData(f.Reading):
    datalogger_sn: f.Text = f.label("Datalogger serial number")
    count: f.Integer = f.label("Number of records")
    meters: list[SmartMeterData] | None = f.label("Meters")


class EnvSensorListData(f.Reading):
    datalogger_sn: f.Text = f.label("Datalogger serial number")
    count: f.Integer = f.label("Number of records")
    envs: list[EnvSensorData] | None = f.label("Envs")


class DataloggerValidationData(f.Reading):
    datalogger_sn: f.Text = f.label("Datalogger serial number")
    plant_id: f.Integer = f.label("Plant id")
    user_id: f.Integer = f.label("Account id", wire="userID", alt="userId")


DataloggerValidation = f.DataReply[DataloggerValidationData]
EnvSensorList = f.DataReply[EnvSensorListData]
SmartMeterList = f.DataReply[SmartMeterListData]


def _list(path: str, datalogger_sn: str, page: int | None, limit: int | None) -> Call:
    query = {"datalog_sn": single_serial(datalogger_sn, "datalogger_sn"), **paging(page, limit)}
    errors = meanings("system error", "datalogger serial wrong", "datalogger unknown")
    return Call(path=path, verb="GET", prefix="v1", query=query, every=300, errors=errors)


def validate_datalogger(datalogger_sn: str, validation_code: int | str) -> Plan[DataloggerValidation]:
    """The plan of `datalogger.validate` and `device.datalogger_validate`."""
    wrong = "datalogger serial missing or of wrong length"
    errors = meanings(wrong, "check code does not match", "datalogger already registered")
    form = {"datalogSn": single_serial(datalogger_sn, "datalogger_sn"), "valiCode": _code(validation_code)}
    return fetch(Call(path="device/datalogger/validate", prefix="v1", form=form, errors=errors), DataloggerValidation)


def _code(value: Any) -> str:
    if isinstance(value, int) or (isinstance(value, str) and value.strip()):
        return str(value)
    raise ArgumentError("validation_code", value, "the check code that is printed on the datalogger")


class Datalogger(Module[S]):
    """Dataloggers and what hangs on them."""

    @endpoint
    def validate(self, datalogger_sn: str, validation_code: int | str) -> Plan[DataloggerValidation]:
        """Whether serial number and check code of a datalogger fit together."""
        return validate_datalogger(datalogger_sn, validation_code)

    @endpoint
    def list_smart_meters(
        self, datalogger_sn: str, page: int | None = None, limit: int | None = None
    ) -> Plan[SmartMeterList]:
        """The smart meters of a datalogger."""
        return fetch(_list("device/ammeter/meter_list", datalogger_sn, page, limit), SmartMeterList)

    list_smart_meters_all = every_page(list_smart_meters)

    @endpoint
    def list_env_sensors(
        self, datalogger_sn: str, page: int | None = None, limit: int | None = None
    ) -> Plan[EnvSensorList]:
        """The environment sensors of a datalogger."""
        return fetch(_list("device/env/env_list", datalogger_sn, page, limit), EnvSensorList)

    list_env_sensors_all = every_page(list_env_sensors)
