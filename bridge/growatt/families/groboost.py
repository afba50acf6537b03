"""GroBoost consumption controllers (v1 only)."""

from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.calls import Module, S
from bridge.growatt.enums import DeviceType
from bridge.growatt.families import parts, shared
from bridge.growatt.families.env_sensor import EnvSensorMetricsOverviewData
from bridge.growatt.families.smart_meter import SmartMeterEnergyOverviewData
from bridge.growatt.paging import every_page


class BoostData(f.Reading):
    a_jobs_model: f.Integer = f.label("A jobs model", wire="ajobsModel")
    address: f.Integer = f.label("Bus address", wire="addr")
    datalogger_sn: f.Text = f.label("Datalogger serial number")
    device_type: f.Text = f.label("Device type")
    jobs_model: f.Integer = f.label("Jobs model")
    load_device_type: f.Integer = f.label("Load device type")
    rs485_addr: f.Integer = f.label("RS485 address")
    serial_num: f.Text = f.label("Serial number")
    a_time: f.Text = f.label("A time", wire="atime")
    b_time: f.Text = f.label("B time", wire="btime")
    c_time: f.Text = f.label("C time", wire="ctime")
    calendar: f.JavaCalendar | None = f.label("Calendar")
    dry_contact_time: f.Text = f.label("Dry contact time")
    min_time: f.Real = f.label("Lowest time")
    sys_time: f.DeviceClock = f.label("Device clock")
    time_text: f.Moment = f.label("Timestamp as text")
    with_time: f.Flag = f.label("Record carries its own timestamp")
    dry_contact_status: f.Integer = f.label("Dry contact status")
    status: f.Integer = f.label("Status")
    v9420_status: f.Integer = f.label("Voltage 9420 status")
    fw_version: f.Text = f.label("Firmware version")
    rs485_baudrate: f.Integer = f.label("Bus speed selector", wire="rs485BaudRate")
    version: f.Text = f.label("Version")
    a_ipv: f.Real = f.label("A PV current", wire="aipv")
    a_ppv: f.Real = f.label("A PV power", wire="appv")
    a_vpv: f.Real = f.label("A PV voltage", wire="avpv")
    b_ipv: f.Real = f.label("B PV current", wire="bipv")
    b_ppv: f.Real = f.label("B PV power", wire="bppv")
    b_vpv: f.Real = f.label("B PV voltage", wire="bvpv")
    c_ipv: f.Real = f.label("C PV current", wire="cipv")
    c_ppv: f.Real = f.label("C PV power", wire="cppv")
    c_vpv: f.Real = f.label("C PV voltage", wire="cvpv")
    a_freq: f.Hertz = f.label("A frequency", wire="afreq")
    b_freq: f.Hertz = f.label("B frequency", wire="bfreq")
    c_freq: f.Hertz = f.label("C frequency", wire="cfreq")
    a_load_normal_power: f.Real = f.label("A load normal power", wire="aloadNormalPower")
    b_load_normal_power: f.Real = f.label("B load normal power", wire="bloadNormalPower")
    c_load_normal_power: f.Real = f.label("C load normal power", wire="cloadNormalPower")
    load_priority: f.Integer = f.label("Load priority")
    a_set_power: f.Real = f.label("A set power", wire="asetPower")
    a_start_power: f.Real = f.label("A start power", wire="astartPower")
    a_total_energy: f.Real = f.label("A total energy", wire="atotalEnergy")
    b_start_power: f.Real = f.label("B start power", wire="bstartPower")
    b_total_energy: f.Real = f.label("B total energy", wire="btotalEnergy")
    c_start_power: f.Real = f.label("C start power", wire="cstartPower")
    c_total_energy: f.Real = f.label("C total energy", wire="ctotalEnergy")
    d_power: f.Real = f.label("D power", wire="dpower")
    d_total_energy: f.Real = f.label("D total energy", wire="dtotalEnergy")
    power: f.Watts = f.label("Power right now")
    power_factor: f.Real = f.label("Power factor")
    target_power: f.Real = f.label("Target power")
    total_energy: f.KilowattHours = f.label("Lifetime energy", wire="totalEneny", alt="totalEnergy")
    water_heater_power: f.Real = f.label("Water heater power")
    a_max_temp: f.Real = f.label("A highest temperature", wire="amaxTemp")
    a_min_temp: f.Real = f.label("A lowest temperature", wire="aminTemp")
    a_temp: f.Real = f.label("A temperature", wire="atemp")
    b_max_temp: f.Real = f.label("B highest temperature", wire="bmaxTemp")
    b_min_temp: f.Real = f.label("B lowest temperature", wire="bminTemp")
    b_temp: f.Real = f.label("B temperature", wire="btemp")
    c_max_temp: f.Real = f.label("C highest temperature", wire="cmaxTemp")
    c_min_temp: f.Real = f.label("C lowest temperature", wire="cminTemp")
    c_temp: f.Real = f.label("C temperature", wire="ctemp")
    max_temp: f.Real = f.label("Highest temperature")
    temp: f.Real = f.label("Temp")
    temp_enable: f.Real = f.label("Temperature enabled")
    temperature: f.Celsius = f.label("Temperature")
    a_on_off: f.Flag = f.label("A on off", wire="aonOff")
    b_on_off: f.Flag = f.label("B on off", wire="bonOff")
    c_on_off: f.Flag = f.label("C on off", wire="conOff")
    current: f.Real = f.label("Current")
    dry_contact_on_off: f.Flag = f.label("Dry contact on off")
    reset_factory: f.Integer = f.label("Reset factory")
    restart: f.Integer = f.label("Restart")
    rf_command: f.Text = f.label("RF command")
    rf_pair: f.Real = f.label("RF pair")
    total_number: f.Integer = f.label("Total number")
    tuning_state: f.Integer = f.label("Tuning state")
    voltage: f.Volts = f.label("Voltage")
    water_state: f.Integer = f.label("Water state")


class SpctData(parts.MeterReading):
    device_sn: f.Text = f.label("Serial number", wire="deviceSN")
    install_location: f.Real = f.label("Place text entered by the user")
    user_energy_today: f.KilowattHours = f.label("User-side energy today")
    time_text: f.Text = f.label("Timestamp as text")
    grid_energy_today: f.KilowattHours = f.label("Grid-side energy today")


class GroboostDetailData(parts.AccountPlace):
    device_sn: f.Text = f.label("Serial number")
    device_name: f.Text = f.label("Device name")
    device_type: f.Text = f.label("Device type")
    device_type_int: f.Integer = f.label("Device type int")
    key: f.Text = f.label("Key")
    parent_sn: f.Text = f.label("Serial number of the device above it", wire="parentSN")
    last_update_time: f.JavaDate | None = f.label("Last update time")
    timezone: f.Real = f.label("UTC offset in hours")
    ammeter_data: SmartMeterEnergyOverviewData | None = f.label("Meter data")
    boost_data: BoostData | None = f.label("Boost data")
    box_data: Any = f.label("Box data")
    env_data: EnvSensorMetricsOverviewData | None = f.label("Env data")
    irradiantion: f.WattsPerSquareMetre = f.label("Solar irradiation")
    jdameter_data: Any = f.label("Jdameter data")
    meter_ct: f.Integer = f.label("Meter CT", wire="meterCT")
    pid_data: Any = f.label("PID data")
    pr_month: f.Real = f.label("Pr month")
    raillog: f.Flag = f.label("Raillog")
    spct_data: SpctData | None = f.label("SPCT data")


GroboostMetricsHistoryData = parts.HistoryPage[BoostData]
GroboostMetricsOverviewMultipleItem = parts.BatchItem[BoostData]
GroboostDetails = f.DeviceReply[GroboostDetailData]
GroboostMetricsHistory = f.DataReply[GroboostMetricsHistoryData]
GroboostMetricsOverview = f.DeviceReply[BoostData]
GroboostMetricsOverviewMultiple = parts.BatchReply[GroboostMetricsOverviewMultipleItem]


class Groboost(Module[S]):
    """GroBoost consumption controllers."""

    device_type = DeviceType.GROBOOST
    wire = "boost"

    details = shared.details(GroboostDetails, every=10)
    metrics = shared.latest(GroboostMetricsOverview, every=10)
    metrics_multiple = shared.latest_multiple(GroboostMetricsOverviewMultiple, every=10)
    metrics_history = shared.history(GroboostMetricsHistory, every=10, errors=shared.NO_DEVICE)
    metrics_history_all = every_page(metrics_history)
