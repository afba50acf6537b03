"""GroBoost consumption controllers (v1 only)."""

from typing import Any

from bridge.growatt.calls import Module, S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families.env_sensor import EnvSensorMetricsOverviewData
from bridge.growatt.families.parts import BatchItem, HistoryPage, MeterReading
from bridge.growatt.families.shared import NO_DEVICE, about_device, about_devices, history
from bridge.growatt.families.smart_meter import SmartMeterEnergyOverviewData
from bridge.growatt.fields import (
    Celsius,
    Flag,
    Hertz,
    Integer,
    JavaCalendar,
    JavaDate,
    KilowattHours,
    Moment,
    Reading,
    Real,
    Reply,
    Text,
    Volts,
    Watts,
    WattsPerSquareMetre,
    label,
)
from bridge.growatt.paging import every_page


class BoostData(Reading):
    a_jobs_model: Integer = label("A jobs model", wire="ajobsModel")
    address: Integer = label("Device address on the datalogger bus", wire="addr")
    datalogger_sn: Text = label("Datalogger serial number")
    device_type: Text = label("Device type")
    jobs_model: Integer = label("Jobs model")
    load_device_type: Integer = label("Load device type")
    rs485_addr: Integer = label("RS485 address")
    serial_num: Text = label("Serial number")
    a_time: Text = label("A time", wire="atime")
    b_time: Text = label("B time", wire="btime")
    c_time: Text = label("C time", wire="ctime")
    calendar: JavaCalendar | None = label("Calendar")
    dry_contact_time: Text = label("Dry contact time")
    min_time: Real = label("Lowest time")
    sys_time: Moment = label("Device clock")
    time_text: Moment = label("Timestamp as text")
    with_time: Flag = label("Record carries its own timestamp")
    dry_contact_status: Integer = label("Dry contact status")
    status: Integer = label("Status")
    v9420_status: Integer = label("Voltage 9420 status")
    fw_version: Text = label("Firmware version")
    rs485_baudrate: Integer = label("Bus speed selector", wire="rs485BaudRate")
    version: Text = label("Version")
    a_ipv: Real = label("A PV current", wire="aipv")
    a_ppv: Real = label("A PV power", wire="appv")
    a_vpv: Real = label("A PV voltage", wire="avpv")
    b_ipv: Real = label("B PV current", wire="bipv")
    b_ppv: Real = label("B PV power", wire="bppv")
    b_vpv: Real = label("B PV voltage", wire="bvpv")
    c_ipv: Real = label("C PV current", wire="cipv")
    c_ppv: Real = label("C PV power", wire="cppv")
    c_vpv: Real = label("C PV voltage", wire="cvpv")
    a_freq: Hertz = label("A frequency", wire="afreq")
    b_freq: Hertz = label("B frequency", wire="bfreq")
    c_freq: Hertz = label("C frequency", wire="cfreq")
    a_load_normal_power: Real = label("A load normal power", wire="aloadNormalPower")
    b_load_normal_power: Real = label("B load normal power", wire="bloadNormalPower")
    c_load_normal_power: Real = label("C load normal power", wire="cloadNormalPower")
    load_priority: Integer = label("Load priority")
    a_set_power: Real = label("A set power", wire="asetPower")
    a_start_power: Real = label("A start power", wire="astartPower")
    a_total_energy: Real = label("A total energy", wire="atotalEnergy")
    b_start_power: Real = label("B start power", wire="bstartPower")
    b_total_energy: Real = label("B total energy", wire="btotalEnergy")
    c_start_power: Real = label("C start power", wire="cstartPower")
    c_total_energy: Real = label("C total energy", wire="ctotalEnergy")
    d_power: Real = label("D power", wire="dpower")
    d_total_energy: Real = label("D total energy", wire="dtotalEnergy")
    power: Watts = label("Power right now")
    power_factor: Real = label("Power factor")
    target_power: Real = label("Target power")
    total_energy: KilowattHours = label("Lifetime energy", wire="totalEneny")
    water_heater_power: Real = label("Water heater power")
    a_max_temp: Real = label("A highest temperature", wire="amaxTemp")
    a_min_temp: Real = label("A lowest temperature", wire="aminTemp")
    a_temp: Real = label("A temperature", wire="atemp")
    b_max_temp: Real = label("B highest temperature", wire="bmaxTemp")
    b_min_temp: Real = label("B lowest temperature", wire="bminTemp")
    b_temp: Real = label("B temperature", wire="btemp")
    c_max_temp: Real = label("C highest temperature", wire="cmaxTemp")
    c_min_temp: Real = label("C lowest temperature", wire="cminTemp")
    c_temp: Real = label("C temperature", wire="ctemp")
    max_temp: Real = label("Highest temperature")
    temp: Real = label("Temp")
    temp_enable: Real = label("Temperature enabled")
    temperature: Celsius = label("Temperature")
    a_on_off: Flag = label("A on off", wire="aonOff")
    b_on_off: Flag = label("B on off", wire="bonOff")
    c_on_off: Flag = label("C on off", wire="conOff")
    current: Real = label("Current")
    dry_contact_on_off: Flag = label("Dry contact on off")
    reset_factory: Integer = label("Reset factory")
    restart: Integer = label("Restart")
    rf_command: Text = label("RF command")
    rf_pair: Real = label("RF pair")
    total_number: Integer = label("Total number")
    tuning_state: Integer = label("Tuning state")
    voltage: Volts = label("Voltage")
    water_state: Integer = label("Water state")


class SpctData(MeterReading):
    device_sn: Text = label("Serial number", wire="deviceSN")
    install_location: Real = label("Place text entered by the user")
    user_energy_today: KilowattHours = label("User-side energy today")
    time_text: Text = label("Timestamp as text")
    grid_energy_today: KilowattHours = label("Grid-side energy today")


class GroboostDetailData(Reading):
    """Device data and settings (v1)."""

    device_sn: Text = label("Serial number")
    address: Integer = label("Device address on the datalogger bus", wire="addr")
    children: list[Any] | None = label("Children")
    datalogger_sn: Text = label("Datalogger serial number", wire="dataLogSn")
    device_name: Text = label("Device name")
    device_type: Text = label("Device type")
    device_type_int: Integer = label("Device type int")
    img_path: Text = label("Image path")
    key: Text = label("Key")
    level: Integer = label("Level")
    location: Text = label("Place text entered by the user")
    parent_id: Text = label("Parent ID", wire="parentID")
    parent_sn: Text = label("Serial number of the device above it", wire="parentSN")
    plant_id: Integer = label("Plant id")
    tree_id: Text = label("Tree ID", wire="treeID")
    tree_name: Text = label("Tree name")
    last_update_time: JavaDate | None = label("Last update time")
    last_update_time_text: Moment = label("Last update time text")
    timezone: Real = label("UTC offset in hours")
    lost: Flag = label("Connection lost")
    ammeter_data: SmartMeterEnergyOverviewData | None = label("Meter data")
    boost_data: BoostData | None = label("Boost data")
    box_data: Any = label("Box data")
    env_data: EnvSensorMetricsOverviewData | None = label("Env data")
    irradiantion: WattsPerSquareMetre = label("Solar irradiation")
    jdameter_data: Any = label("Jdameter data")
    meter_ct: Integer = label("Meter CT", wire="meterCT")
    pid_data: Any = label("PID data")
    pr_month: Real = label("Pr month")
    raillog: Flag = label("Raillog")
    spct_data: SpctData | None = label("SPCT data")
    tcp_server_ip: Text = label("TCP server IP")


class GroboostMetricsHistoryData(HistoryPage):
    device_sn: Text = label("Serial number", wire="boost_sn")
    datas: list[BoostData] | None = label("Rows")


class GroboostMetricsOverviewMultipleItem(BatchItem):
    data: BoostData | None = label("Active power limit in percent")


class GroboostDetails(Reply):
    data: GroboostDetailData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number")


class GroboostMetricsHistory(Reply):
    data: GroboostMetricsHistoryData | None = None


class GroboostMetricsOverview(Reply):
    data: BoostData | None = None
    datalogger_sn: Text = label("Datalogger serial number")
    device_sn: Text = label("Serial number", wire="boost_sn")


class GroboostMetricsOverviewMultiple(Reply):
    data: list[GroboostMetricsOverviewMultipleItem] | None = None
    page_num: Integer = label("Page number")


class Groboost(Module[S]):
    """GroBoost consumption controllers."""

    device_type = DeviceType.GROBOOST

    details = about_device(GroboostDetails, "device/boost/boost_data_info", every=10, errors={10011: "no permission"})
    metrics = about_device(
        GroboostMetricsOverview,
        "device/boost/boost_last_data",
        sn="boost_sn",
        every=10,
        errors={**NO_DEVICE, 10011: "no permission"},
    )
    metrics_multiple = about_devices(
        GroboostMetricsOverviewMultiple,
        "device/boost/boosts_data",
        sn="boosts",
        every=10,
        errors={**NO_DEVICE, 10011: "no permission"},
    )
    metrics_history = history(
        GroboostMetricsHistory,
        "device/boost/boost_data",
        sn="boost_sn",
        every=10,
        errors={**NO_DEVICE, 10011: "no permission"},
    )
    metrics_history_all = every_page(metrics_history)
