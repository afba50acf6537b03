"""The devices of the account, whatever their family."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.account.datalogger import DataloggerValidation, validate_datalogger
from bridge.growatt.account.plant import Plant, PlantInfo
from bridge.growatt.arguments import day, whole
from bridge.growatt.calls import Call, Module, Plan, S, Spec, endpoint, fetch, meanings
from bridge.growatt.enums import DeviceType
from bridge.growatt.envelopes import error_of
from bridge.growatt.errors import ApiError, RateLimited, SystemFailure, TokenError, WrongHost
from bridge.growatt.families import codes
from bridge.growatt.families.shared import BAD_DATE, BATCH, batches
from bridge.growatt.paging import every_page, in_parts


class DeviceBasicData(f.Reading):
    device_sn: f.Text = f.label("Serial number")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="datalogSn")
    device_name: f.Text = f.label("Device name")
    device_type: f.Text = f.label("Device type")
    table_name: f.Text = f.label("Table name")
    create_time: f.Moment = f.label("Creation time")
    last_update_time: f.Moment = f.label("Last update time")


class DeviceDataV4(f.Reading):
    device_sn: f.Text = f.label("Serial number")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="datalogSn")
    device_type: f.Text = f.label("Device type")
    create_date: f.Moment = f.label("Create date")


class DeviceDataloggerData(f.Reading):
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="datalogSN")


class DeviceListDataV4(f.Reading):
    count: f.Integer = f.label("Number of records")
    data: list[DeviceDataV4] | None = f.label("Rows")
    last_pager: f.Flag = f.label("This is the last page")
    not_pager: f.Flag = f.label("Paging switched off")
    other: Any = f.label("Other")
    page_size: f.Integer = f.label("Rows per page")
    pages: f.Integer = f.label("Number of pages")
    start_count: f.Integer = f.label("Row offset of the page")


class DeviceTypeInfo(f.Reply):
    device_type: f.Integer = f.label("Device type", codes=codes.TYPE_INFO_DEVICE)
    dtc: f.Integer = f.label("Numeric device type code of the firmware")
    model: f.Text = f.label("Model")
    normal_power: f.Watts = f.label("Rated power")
    have_meter: f.Flag = f.label("A meter is attached")
    in_system: f.Flag = f.label("Device known to the cloud")
    msg: f.Text = f.label("Device class as text")
    obj: f.Integer = f.label("Device class", codes=codes.TYPE_INFO_CLASS)
    result: f.Integer = f.label("Result, 1 is success")


DeviceCreateDate = f.DataReply[dict[str, DeviceBasicData]]
DeviceDatalogger = f.DataReply[DeviceDataloggerData]
DeviceEnergyDay = f.DeviceReply[float]
DeviceListV4 = f.DataReply[DeviceListDataV4]


_UNKNOWN = meanings("", "", "serial number missing", "", "device unknown")

BY_TYPE_INFO: Mapping[int, DeviceType] = {
    16: DeviceType.INVERTER,
    17: DeviceType.SPH,
    18: DeviceType.MAX,
    19: DeviceType.SPA,
    22: DeviceType.MIN,
    81: DeviceType.PCS,
    82: DeviceType.HPS,
    83: DeviceType.PBD,
    96: DeviceType.STORAGE,
    218: DeviceType.WIT,
    260: DeviceType.SPHS,
    1000: DeviceType.NOAH,
}
"""Families by the number that `type_info` gives; 0 stands for everything else."""
BY_PLANT_LIST: Mapping[int, DeviceType] = {
    1: DeviceType.INVERTER,
    2: DeviceType.STORAGE,
    3: DeviceType.OTHER,
    4: DeviceType.MAX,
    5: DeviceType.SPH,
    6: DeviceType.SPA,
    7: DeviceType.MIN,
    8: DeviceType.PCS,
    9: DeviceType.HPS,
    10: DeviceType.PBD,
    11: DeviceType.GROBOOST,
}
"""Families by the number in a plant's device list. 1 covers MAX too, 3 dataloggers, meters and sensors."""


def ask_type(module: Module[Any], serial: str) -> Plan[tuple[DeviceTypeInfo, ApiError | None]]:
    """The plan of `type_info`, with the error that did not raise; the model is remembered for the NOAH calls."""
    query = {"dataloggerSn": serial}
    call = Call(path="device/check/sn", verb="GET", prefix="v1", query=query, every=300, bare=True)
    envelope = yield call
    failure = {"error_code": envelope.code, "error_msg": envelope.message} if envelope.code else {}
    info = DeviceTypeInfo.model_validate((envelope.data if isinstance(envelope.data, dict) else {}) | failure)
    if info.model:
        module.session.remember_model(serial, info.model.strip())
    return info, error_of(call, envelope)


class Device(Module[S]):
    """Devices of the account, whatever their family."""

    @endpoint
    def list(self, page: int | None = None) -> Plan[DeviceListV4]:
        """The devices that the token may use (v4), 100 a page; default the first."""
        number = whole("page", 1 if page is None else page, 1, 250)
        return fetch(Call(path="new-api/queryDeviceList", query={"page": str(number)}, every=5), DeviceListV4)

    list_all = every_page(list)

    @endpoint
    def type_info(self, device_sn: str) -> Plan[DeviceTypeInfo]:
        """What kind of device a serial number is, dataloggers too."""
        info, _ = yield from ask_type(self, self.serial(device_sn))
        return info

    @endpoint
    def get_datalogger(self, device_sn: str) -> Plan[DeviceDatalogger]:
        """The datalogger of a device."""
        call = Call(path="device/sn_datalog", prefix="v1", form={"device_sn": self.serial(device_sn)}, errors=_UNKNOWN)
        return fetch(call, DeviceDatalogger)

    @endpoint
    def get_plant(self, device_sn: str) -> Plan[PlantInfo]:
        """The plant of a device."""
        errors = {**_UNKNOWN, 10001: "system error", 10002: "account unknown", 10004: "device type missing"}
        form = {"device_sn": self.serial(device_sn)}
        return fetch(Call(path="plant/sn_plant", prefix="v1", form=form, every=300, errors=errors), PlantInfo)

    @endpoint
    def create_date(self, device_sn: str | Sequence[str], page: int | None = None) -> Plan[DeviceCreateDate]:
        """When devices were registered, by serial number. More than 100 are asked for in several calls."""
        number = str(whole("page", 1 if page is None else page, 1, 2))
        calls = [
            Call(
                path="device/all/create_date",
                prefix="v1",
                form={"pageNum": number, "devices": part},
                every=300,
                errors=meanings("system error"),
            )
            for part in batches(self.serials(device_sn), BATCH)
        ]
        return in_parts(calls, Spec(model=DeviceCreateDate))

    @endpoint
    def energy_day(self, device_sn: str, date_: date | None = None) -> Plan[DeviceEnergyDay]:
        """Energy of one day in kWh; default today."""
        query = {"device_sn": self.serial(device_sn), "date": day("date_", date_, self.today()).isoformat()}
        call = Call(path="device/inverter/day_energy", verb="GET", prefix="v1", query=query, every=300, errors=BAD_DATE)
        return fetch(call, DeviceEnergyDay)

    @endpoint
    def datalogger_validate(self, datalogger_sn: str, validation_code: int | str) -> Plan[DataloggerValidation]:
        """As `datalogger.validate`."""
        return validate_datalogger(datalogger_sn, validation_code)

    @endpoint
    def get_device_type(self, device_sn: str) -> Plan[DeviceType | None]:
        """The family of a device: asks `type_info`, then the device list, then the device's plant; None if unknown."""
        return _find_type(self, self.serial(device_sn))


def _find_type(module: Module[Any], serial: str) -> Plan[DeviceType | None]:
    """What one step is refused another may know, unless the account is."""
    trouble: SystemFailure | None = None
    for step in (_from_type_info, _from_device_list, _from_plant):
        try:
            kind = yield from step(module, serial)
        except (RateLimited, TokenError, WrongHost):
            raise
        except SystemFailure as failure:
            trouble = failure
            continue
        except ApiError:
            continue
        if kind is not None:
            return kind
    if trouble is not None:
        raise trouble
    return None


def _from_type_info(module: Module[Any], serial: str) -> Plan[DeviceType | None]:
    info, _ = yield from ask_type(module, serial)
    return BY_TYPE_INFO.get(info.device_type or 0) if info.result == 1 else None


def _from_device_list(module: Module[Any], serial: str) -> Plan[DeviceType | None]:
    reply = yield from Device.list_all.plan(module)
    rows = (reply.data.data if reply.data else None) or []
    text = next((row.device_type for row in rows if row.device_sn == serial), None)
    return DeviceType(text) if text in set(DeviceType) else None


def _from_plant(module: Module[Any], serial: str) -> Plan[DeviceType | None]:
    found = yield from Device.get_plant.plan(module, serial)
    plant = found.data.plant.plant_id if found.data and found.data.plant else None
    if plant is None:
        return None
    reply = yield from Plant.list_devices.plan(module, plant, limit=100)
    rows = (reply.data.devices if reply.data else None) or []
    number = next((row.type for row in rows if row.device_sn == serial), None)
    kind = BY_PLANT_LIST.get(number or 0)
    if kind is DeviceType.INVERTER:
        return (yield from _inverter_or_max(serial))
    return kind


def _inverter_or_max(serial: str) -> Plan[DeviceType]:
    """The plant's list has one number for both."""
    query = {"deviceSn": serial, "deviceType": "max"}
    try:
        envelope = yield Call(path="new-api/queryDeviceInfo", query=query, every=300)
    except ApiError:
        return DeviceType.INVERTER
    is_max = envelope.code == 0 and isinstance(envelope.data, dict) and envelope.data.get("max")
    return DeviceType.MAX if is_max else DeviceType.INVERTER
