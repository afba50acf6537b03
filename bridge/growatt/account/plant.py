"""Plants: list, data, energy, and what is installed in them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from bridge.growatt.arguments import day, day_range, filled, identity, number, paging, present, single_serial, whole
from bridge.growatt.calls import Call, Module, Plan, S, Spec, account_changing, endpoint, fetch
from bridge.growatt.enums import GrowattCountry, PlantType
from bridge.growatt.errors import ArgumentError
from bridge.growatt.families.codes import PLANT_DEVICE_TYPE, PLANT_KIND, STATUS_BY_TYPE, TEMPERATURE_UNIT
from bridge.growatt.families.shared import in_parts, windows
from bridge.growatt.fields import (
    Celsius,
    Day,
    Degrees,
    Flag,
    Integer,
    JavaDate,
    KilowattHours,
    KilowattPeak,
    Kilowatts,
    MetresPerSecond,
    Moment,
    Reading,
    Real,
    Reply,
    Text,
    Watts,
    WattsPerSquareMetre,
    label,
)
from bridge.growatt.paging import every_page


class DataloggerData(Reading):
    datalogger_sn: Text = label("Datalogger serial number", wire="sn")
    manufacturer: Text = label("Manufacturer text")
    model: Text = label("Model")
    type: Integer = label("Type")
    last_update_time: JavaDate | None = label("Last update time")
    lost: Flag = label("Connection lost")
    netmode: Text = label("Uplink kind: NONE, WIFI, 4G, LAN")


class PlantTwo(Reading):
    alias: Text = label("Name")
    children: list[Any] | None = label("Children")
    company_name: Text = label("Company name")
    default_plant: Flag = label("Default plant")
    device_count: Integer = label("Device count")
    etotal_formula_tree_text: Real = label("Etotal formula tree text")
    formula_money_unit_id: Text = label("Currency")
    formula_tree: Real = label("Formula tree")
    has_device_on_line: Flag = label("Has device on line")
    id: Integer = label("Numeric record id")
    img_path: Text = label("Image path")
    install_map_name: Text = label("Install map name")
    level: Integer = label("Level")
    location_img_name: Text = label("Location image name")
    logo_img_name: Text = label("Logo image name")
    map_area_id: Integer = label("Map area ID", wire="map_areaId")
    map_city_id: Integer = label("Map city ID", wire="map_cityId")
    map_country_id: Integer = label("Map country ID", wire="map_countryId")
    map_province_id: Integer = label("Map province ID", wire="map_provinceId")
    pair_view_user_account: Text = label("Pair view user account")
    parent_id: Text = label("Parent ID", wire="parentID")
    plant_address: Text = label("Plant address")
    plant_from_bean: Any = label("Plant from bean")
    plant_img_name: Text = label("Plant image name")
    plant_lat: Real = label("Plant lat")
    plant_lng: Real = label("Plant lng")
    plant_name: Text = label("Display name")
    plant_nmi: Text = label("Plant nmi")
    plant_type: Integer = label("Plant type")
    protocol_id: Text = label("Protocol ID")
    storage_today_to_user: Real = label("Storage today to user", wire="storage_TodayToUser")
    storage_total_to_user: Real = label("Storage total to user", wire="storage_TotalToUser")
    temp_type: Integer = label("Temperature unit: 0 Celsius", codes=TEMPERATURE_UNIT)
    tree_id: Text = label("Tree ID", wire="treeID")
    tree_name: Text = label("Tree name")
    user_account: Text = label("Account name")
    user_bean: Any = label("User bean")
    create_date: JavaDate | None = label("Create date")
    create_date_text: Day = label("Create date text")
    create_date_text_a: Text = label("Create date text a")
    timezone: Real = label("UTC offset in hours")
    timezone_text: Text = label("UTC offset as text")
    alarm_value: Integer = label("Alarm value")
    status: Integer = label("Status")
    current_pac: Real = label("Power right now")
    current_pac_str: Text = label("Current AC power string")
    current_pac_txt: Real = label("Current AC power txt")
    grid_company: Text = label("Grid company")
    grid_port: Text = label("Grid port")
    grid_server_url: Text = label("Grid server URL")
    storage_today_to_grid: Real = label("Storage today to grid", wire="storage_TodayToGrid")
    storage_total_to_grid: Real = label("Storage total to grid", wire="storage_TotalToGrid")
    storage_battery_percentage: Real = label("Storage battery percentage", wire="storage_BattoryPercentage")
    storage_e_charge_today: Real = label("Storage energy charge today", wire="storage_eChargeToday")
    storage_e_discharge_today: Real = label("Storage energy discharge today", wire="storage_eDisChargeToday")
    e_today: KilowattHours = label("Energy today")
    e_total: KilowattHours = label("Lifetime energy")
    e_year_money_text: Real = label("Year money text energy", wire="EYearMoneyText")
    energy_month: KilowattHours = label("Energy month")
    energy_year: KilowattHours = label("Energy year")
    fixed_power_price: Real = label("Fixed power price")
    nominal_power: Watts = label("Nominal power")
    nominal_power_str: Text = label("Nominal power string")
    env_temp: Celsius = label("Ambient temperature")
    panel_temp: Celsius = label("Panel temperature")
    city: Text = label("City")
    country: Text = label("Country")
    data_log_list: list[Any] | None = label("Data log list")
    design_company: Text = label("Design company")
    emonth_co2_text: Real = label("Emonth CO2 text")
    emonth_coal_text: Real = label("Emonth coal text")
    emonth_money_text: Real = label("Emonth money text")
    emonth_so2_text: Real = label("Emonth so2 text")
    etoday_co2_text: Real = label("Etoday CO2 text")
    etoday_coal_text: Real = label("Etoday coal text")
    etoday_money: Real = label("Etoday money")
    etoday_money_text: Real = label("Etoday money text")
    etoday_so2_text: Real = label("Etoday so2 text")
    etotal_co2_text: Real = label("Etotal CO2 text")
    etotal_coal_text: Real = label("Etotal coal text")
    etotal_money: Real = label("Etotal money")
    etotal_money_text: Real = label("Etotal money text")
    etotal_so2_text: Real = label("Etotal so2 text")
    event_mess_bean_list: list[Any] | None = label("Event mess bean list")
    flat_period_price: Real = label("Flat period price")
    formula_co2: Real = label("Formula CO2")
    formula_coal: Real = label("Formula coal")
    formula_money: Real = label("Formula money")
    formula_money_str: Real = label("Formula money string")
    formula_so2: Real = label("Formula so2")
    has_storage: Flag = label("Has storage")
    irradiance: WattsPerSquareMetre = label("Solar irradiation")
    is_share: Flag = label("Is share")
    latitude_d: Text = label("Agent name")
    latitude_f: Text = label("Agent area")
    latitude_m: Text = label("Latitude m")
    latitude_text: Text = label("Latitude text")
    longitude_d: Text = label("Longitude d")
    longitude_f: Text = label("Longitude f")
    longitude_m: Text = label("Longitude m")
    longitude_text: Text = label("Longitude text")
    map_city: Text = label("Map city")
    map_lat: Text = label("Map lat")
    map_lng: Text = label("Map lng")
    money_unit_text: Text = label("Money unit text")
    on_line_env_count: Integer = label("On line env count")
    param_bean: Any = label("Param bean")
    peak_period_price: Real = label("Peak period price")
    phone_num: Text = label("Phone number")
    pr_month: Real = label("Pr month")
    pr_today: Integer = label("Pr today")
    remark: Text = label("Remark")
    unit_map: Any = label("Unit map")
    valley_period_price: Real = label("Valley period price")
    wind_angle: Degrees = label("Wind direction")
    wind_speed: MetresPerSecond = label("Wind speed")


class DataloggerListData(Reading):
    peak_power_actual: PlantTwo | None = label("Rated peak power")
    count: Integer = label("Number of records")
    dataloggers: list[DataloggerData] | None = label("Dataloggers")


class DeviceData(Reading):
    device_sn: Text = label("Serial number")
    datalogger_sn: Text = label("Datalogger serial number")
    device_id: Integer = label("Numeric device id")
    manufacturer: Text = label("Manufacturer text")
    model: Text = label("Model")
    type: Integer = label("Type", codes=PLANT_DEVICE_TYPE)
    last_update_time: Moment = label("Last update time")
    lost: Flag = label("Connection lost")
    status: Integer = label("Status")

    @property
    def status_text(self) -> str | None:
        """What `status` means for this kind of device."""
        if self.status is None or self.type is None or self.type not in STATUS_BY_TYPE:
            return None
        return STATUS_BY_TYPE[self.type].get(self.status, "offline")


class DeviceListData(Reading):
    count: Integer = label("Number of records")
    devices: list[DeviceData] | None = label("Devices")


class PlantAddData(Reading):
    plant_id: Integer = label("Plant id")


class PlantData(Reading):
    image_url: Text = label("Image used by the web UI")
    name: Text = label("Name")
    plant_id: Integer = label("Plant id")
    user_id: Integer = label("Account id")
    create_date: Day = label("Create date")
    status: Integer = label("Status")
    current_power: Watts = label("Power right now")
    peak_power: KilowattPeak = label("Rated peak power")
    total_energy: KilowattHours = label("Lifetime energy")
    city: Text = label("City")
    country: Text = label("Country")
    installer: Text = label("Installer")
    latitude: Real = label("Latitude")
    latitude_d: Text = label("Agent name")
    latitude_f: Text = label("Agent area")
    locale: Text = label("Locale")
    longitude: Real = label("Longitude")
    operator: Text = label("Operator")


class PlantDetailDatalogger(Reading):
    datalogger_man: Text = label("Datalogger man")
    datalogger_md: Text = label("Datalogger md")
    datalogger_num: Integer = label("Datalogger number")


class PlantDetailInverter(Reading):
    inverter_man: Text = label("Inverter man")
    inverter_md: Text = label("Inverter md")
    inverter_num: Integer = label("Inverter number")


class PlantDetailMax(Reading):
    max_man: Text = label("Highest man")
    max_md: Text = label("Highest md")
    max_num: Integer = label("Highest number")


class PlantDetailModule(Reading):
    module_man: Text = label("Module man")
    module_md: Text = label("Module md")
    num_modules: Integer = label("Number modules")


class PlantDetailData(Reading):
    """Device data and settings (v1)."""

    address1: Text = label("Address 1")
    address2: Text = label("Address 2")
    grid_type: Text = label("Grid type")
    image_url: Text = label("Image used by the web UI")
    irradiationsensor_type: Text = label("Irradiationsensor type")
    name: Text = label("Name")
    plant_type: Integer = label("Plant type", codes=PLANT_KIND)
    tracker_type: Text = label("Tracker type")
    user_id: Integer = label("Account id")
    weather_type: Text = label("Weather type")
    weathersensor_man: Text = label("Weathersensor man")
    create_date: Day = label("Create date")
    timezone: Text = label("UTC offset in hours")
    status: Text = label("Status")
    installed_ac_capacity: Real = label("Installed AC capacity")
    peak_power: KilowattPeak = label("Rated peak power")
    arrays: list[PlantDetailModule] | None = label("Arrays")
    city: Text = label("City")
    country: Text = label("Country")
    currency: Text = label("Currency")
    dataloggers: list[PlantDetailDatalogger] | None = label("Dataloggers")
    description: Text = label("Description")
    designercontact: Text = label("Designercontact")
    designerorganization: Text = label("Designerorganization")
    elevation: Real = label("Elevation")
    financiercontact: Text = label("Financiercontact")
    financierorganization: Text = label("Financierorganization")
    fixed_azimuth: Real = label("Fixed azimuth")
    fixed_tilt: Real = label("Fixed tilt")
    installed_dc_capacity: Real = label("Installed DC capacity")
    installed_panel_area: Real = label("Installed panel area")
    installercontact: Text = label("Installercontact")
    installerorganization: Text = label("Installerorganization")
    inverters: list[PlantDetailInverter] | None = label("Inverters")
    jurisdictioncontact: Text = label("Jurisdictioncontact")
    jurisdictionorganization: Text = label("Jurisdictionorganization")
    latitude: Real = label("Latitude")
    locale: Text = label("Locale")
    longitude: Real = label("Longitude")
    maxs: list[PlantDetailMax] | None = label("Maxs")
    notes: Text = label("Notes")
    offtakercontact: Text = label("Offtakercontact")
    offtakerorganization: Text = label("Offtakerorganization")
    operatorcontact: Text = label("Operatorcontact")
    operatororganization: Text = label("Operatororganization")
    ownercontact: Text = label("Ownercontact")
    ownerorganization: Text = label("Ownerorganization")
    postal: Text = label("Postal")
    state: Text = label("State")
    weathersensor_md: Text = label("Weathersensor md")
    weathersensor_num: Text = label("Weathersensor number")


class PlantEnergyHistoryDate(Reading):
    date: Day = label("Day of month")
    energy: KilowattHours = label("Energy of the interval")


class PlantEnergyHistoryData(Reading):
    time_unit: Text = label("Day, month or year as requested")
    energys: list[PlantEnergyHistoryDate] | None = label("Energys")
    count: Integer = label("Number of records")


class PlantEnergyOverviewData(Reading):
    """Reading of one PLANT device (v1)."""

    last_update_time: Moment = label("Last update time")
    timezone: Text = label("UTC offset in hours")
    current_power: Kilowatts = label("Power right now")
    monthly_energy: KilowattHours = label("Energy this month")
    peak_power_actual: Kilowatts = label("Rated peak power")
    today_energy: KilowattHours = label("Energy today")
    total_energy: KilowattHours = label("Lifetime energy")
    yearly_energy: KilowattHours = label("Energy this year")
    carbon_offset: Real = label("CO2 avoided")
    efficiency: Real = label("Efficiency")


class PlantInfoData(Reading):
    plant: PlantData | None = label("Plant")


class PlantListData(Reading):
    count: Integer = label("Number of records")
    plants: list[PlantData] | None = label("Plants")


class PlantPowerDate(Reading):
    time: Moment = label("Time")
    power: Watts = label("Power right now")


class PlantPowerData(Reading):
    powers: list[PlantPowerDate] | None = label("Powers")
    count: Integer = label("Number of records")


class DataloggerAdd(Reply):
    data: Text = None


class DataloggerDelete(Reply):
    data: Text = None


class DataloggerList(Reply):
    data: DataloggerListData | None = None


class DeviceAdd(Reply):
    """Reply without documented data."""


class DeviceList(Reply):
    data: DeviceListData | None = None


class PlantAdd(Reply):
    data: PlantAddData | None = None


class PlantDelete(Reply):
    data: Text = None


class PlantDetails(Reply):
    data: PlantDetailData | None = None


class PlantEnergyHistory(Reply):
    data: PlantEnergyHistoryData | None = None


class PlantEnergyOverview(Reply):
    data: PlantEnergyOverviewData | None = None


class PlantInfo(Reply):
    data: PlantInfoData | None = None


class PlantList(Reply):
    data: PlantListData | None = None


class PlantModify(Reply):
    data: Text = None


class PlantPower(Reply):
    data: PlantPowerData | None = None


_ERRORS = {10001: "system error"}
_MISSING = {**_ERRORS, 10002: "plant id missing", 10003: "plant unknown"}
_CHANGE = {
    **_ERRORS,
    10002: "user id missing",
    10003: "plant name missing",
    10004: "peak power missing",
    10005: "user unknown",
    10006: "plant name already used by this user",
    10007: "plant unknown",
}
_DATALOGGER = {**_ERRORS, 10002: "plant id missing or datalogger serial wrong"}

Interval = Literal["day", "month", "year"]


def _get(path: str, errors: Mapping[int, str], per_day: int | None = None, /, **query: Any) -> Call:
    parameters = present(**query)
    return Call(path=path, verb="GET", prefix="v1", query=parameters, every=300, per_day=per_day, errors=errors)


def _post(path: str, errors: Mapping[int, str], every: float | None = 300, /, **form: Any) -> Call:
    return Call(path=path, prefix="v1", form=present(**form), every=every, write=True, errors=errors)


class Plant(Module[S]):
    """Plants and what is installed in them."""

    @endpoint
    def list(
        self,
        page: int | None = None,
        limit: int | None = None,
        search_type: str | None = None,
        search_keyword: str | None = None,
    ) -> Plan[PlantList]:
        """The plants of this account. `limit`: 1 to 100 a page, the cloud's default is 20."""
        search = present(search_type=search_type, search_keyword=search_keyword)
        return fetch(_get("plant/list", _ERRORS, 10, **paging(page, limit), **search), PlantList)

    list_all = every_page(list)

    @endpoint
    def list_by_user(self, username: str, page: int | None = None, limit: int | None = None) -> Plan[PlantList]:
        """The plants of an end user."""
        form = {"user_name": filled("username", username), **paging(page, limit)}
        call = Call(path="plant/user_plant_list", prefix="v1", form=form, every=300, per_day=10, errors=_ERRORS)
        return fetch(call, PlantList)

    list_by_user_all = every_page(list_by_user)

    @endpoint
    def details(self, plant_id: int) -> Plan[PlantDetails]:
        """Data of a plant: place, owner, equipment."""
        errors = {**_ERRORS, 10002: "plant unknown", 10003: "plant id missing", 10004: "user unknown"}
        return fetch(_get("plant/details", errors, plant_id=identity("plant_id", plant_id)), PlantDetails)

    @endpoint
    def energy_overview(self, plant_id: int) -> Plan[PlantEnergyOverview]:
        """Power right now and energy of today, this month, this year and altogether."""
        errors = {**_ERRORS, 10002: "plant unknown", 10003: "plant id missing"}
        return fetch(_get("plant/data", errors, plant_id=identity("plant_id", plant_id)), PlantEnergyOverview)

    @endpoint
    def energy_history(
        self,
        plant_id: int,
        start_date: date | None = None,
        end_date: date | None = None,
        date_interval: Interval | None = "day",
        page: int | None = None,
        limit: int | None = None,
    ) -> Plan[PlantEnergyHistory]:
        """Energy by day, month or year; default today.

        Days: more than 7 are asked for in several calls (`page` needs at most 7). Months: this and the previous year.
        Years: at most 20.
        """
        errors = {**_ERRORS, 10002: "plant unknown", 10003: "plant id missing", 10004: "date malformed"}
        unit = date_interval or "day"
        plant, pages = identity("plant_id", plant_id), paging(page, limit)
        calls = [
            _get("plant/energy", errors, 10, plant_id=plant, start_date=a, end_date=b, time_unit=unit, **pages)
            for a, b in _spans(start_date, end_date, unit, page)
        ]
        return in_parts(calls, Spec(model=PlantEnergyHistory))

    @endpoint
    def power(self, plant_id: int, date_: date | None = None) -> Plan[PlantPower]:
        """Power of a day in steps of 5 minutes; default today."""
        errors = {**_ERRORS, 10002: "plant unknown", 10003: "plant id missing or date malformed"}
        plant = identity("plant_id", plant_id)
        return fetch(_get("plant/power", errors, plant_id=plant, date=day("date_", date_)), PlantPower)

    @endpoint
    def list_devices(self, plant_id: int, page: int | None = None, limit: int | None = None) -> Plan[DeviceList]:
        """The devices of a plant."""
        call = _get("device/list", _MISSING, plant_id=identity("plant_id", plant_id), **paging(page, limit))
        return fetch(call, DeviceList)

    list_devices_all = every_page(list_devices)

    @endpoint
    def list_dataloggers(
        self, plant_id: int, page: int | None = None, limit: int | None = None
    ) -> Plan[DataloggerList]:
        """The dataloggers of a plant."""
        plant = identity("plant_id", plant_id)
        return fetch(_get("device/datalogger/list", _MISSING, plant_id=plant, **paging(page, limit)), DataloggerList)

    list_dataloggers_all = every_page(list_dataloggers)

    @account_changing
    def add(
        self,
        user_id: int,
        plant_name: str,
        peak_kw: float,
        country: GrowattCountry | str | None = None,
        installer_code: str | None = None,
        currency: str | None = None,
        latitude: float | None = None,
        longitude: float | None = None,
        timezone: float | None = None,
        plant_type: PlantType | int | None = None,
        create_date: date | None = None,
        price_per_kwh: float | None = None,
        city: str | None = None,
        address: str | None = None,
    ) -> Plan[PlantAdd]:
        """Add a plant. `peak_kw` in kWp, `latitude` and `longitude` in degrees, `timezone` in hours from UTC."""
        form = _plant_form(user_id, plant_name, peak_kw, country, installer_code, currency)
        form |= _place_form(latitude, longitude, timezone, plant_type)
        more = present(createDate=create_date, formulaMoney=price_per_kwh, city=city, plantAddress=address)
        return fetch(_post("plant/add", _CHANGE, **form, **more), PlantAdd)

    @account_changing
    def modify(
        self,
        user_id: int,
        plant_id: int,
        plant_name: str,
        peak_kw: float | None = None,
        country: GrowattCountry | str | None = None,
        installer_code: str | None = None,
        currency: str | None = None,
        latitude: float | None = None,
        longitude: float | None = None,
        timezone: float | None = None,
        plant_type: PlantType | int | None = None,
    ) -> Plan[PlantModify]:
        """Change a plant; units as in `add`."""
        form = _plant_form(user_id, plant_name, peak_kw, country, installer_code, currency)
        form |= _place_form(latitude, longitude, timezone, plant_type)
        form |= present(plant_id=identity("plant_id", plant_id))
        call = Call(path="plant/modify", prefix="v1", form=form, per_day=10, write=True, errors=_CHANGE)
        return fetch(call, PlantModify)

    @account_changing
    def delete(self, plant_id: int) -> Plan[PlantDelete]:
        """Delete a plant."""
        errors = {**_ERRORS, 10002: "plant id missing or date malformed", 10004: "plant unknown"}
        return fetch(_post("plant/delete", errors, None, plant_id=identity("plant_id", plant_id)), PlantDelete)

    @account_changing
    def add_datalogger(self, user_id: int, plant_id: int, datalogger_sn: str) -> Plan[DataloggerAdd]:
        """Add a datalogger to a plant."""
        errors = {
            **_DATALOGGER,
            10003: "datalogger already registered",
            10004: "plant unknown",
            10005: "user unknown",
            10006: "user id missing",
        }
        call = _post(
            "device/datalogger/add",
            errors,
            plant_id=identity("plant_id", plant_id),
            sn=single_serial(datalogger_sn, "datalogger_sn"),
            c_user_id=identity("user_id", user_id),
        )
        return fetch(call, DataloggerAdd)

    @account_changing
    def remove_datalogger(self, plant_id: int, datalogger_sn: str) -> Plan[DataloggerDelete]:
        """Remove a datalogger from a plant."""
        errors = {**_DATALOGGER, 10003: "plant unknown", 10004: "datalogger unknown"}
        serial = single_serial(datalogger_sn, "datalogger_sn")
        call = _post("device/datalogger/delete", errors, plant_id=identity("plant_id", plant_id), sn=serial)
        return fetch(call, DataloggerDelete)

    @account_changing
    def add_device(self, plant_id: int, device_sn: str, user_id: int) -> Plan[DeviceAdd]:
        """Add a device to a plant."""
        errors = {
            **_ERRORS,
            10002: "plant id missing or serial wrong",
            10003: "device already registered",
            10004: "plant unknown",
            10005: "user unknown",
        }
        call = _post(
            "device/sn/add",
            errors,
            plant_id=identity("plant_id", plant_id),
            sn=single_serial(device_sn),
            c_user_id=identity("user_id", user_id),
        )
        return fetch(call, DeviceAdd)


def _spans(start: date | None, end: date | None, unit: str, page: int | None) -> Sequence[tuple[date, date]]:
    match unit:
        case "day":
            return windows(start, end, page)
        case "month":
            first, last = day_range(start, end, most_days=None)
            if last.year - first.year > 1:
                raise ArgumentError("start_date", first.isoformat(), f"in {last.year} or {last.year - 1} for months")
            return [(first, last)]
        case "year":
            first, last = day_range(start, end, most_days=None)
            if last.year - first.year >= 20:
                raise ArgumentError("start_date", first.isoformat(), f"at most 20 years, from {last.year - 19}")
            return [(first, last)]
    raise ArgumentError("date_interval", unit, "day, month or year")


def _plant_form(
    user_id: int,
    name: str,
    peak_kw: float | None,
    country: GrowattCountry | str | None,
    installer_code: str | None,
    currency: str | None,
) -> dict[str, str]:
    """The keys latitude_f and latitude_d carry country and installer code, odd but documented."""
    if peak_kw is not None and number("peak_kw", peak_kw, "kWp from 0") < 0:
        raise ArgumentError("peak_kw", peak_kw, "kWp from 0")
    return present(
        c_user_id=identity("user_id", user_id),
        name=filled("plant_name", name),
        peak_power=peak_kw,
        latitude_f=country,
        latitude_d=installer_code,
        currency=currency,
    )


def _place_form(
    latitude: float | None, longitude: float | None, timezone: float | None, plant_type: PlantType | int | None
) -> dict[str, str]:
    for argument, value, limit in (
        ("latitude", latitude, 90),
        ("longitude", longitude, 180),
        ("timezone", timezone, 14),
    ):
        if value is not None and abs(number(argument, value, f"-{limit} to {limit}")) > limit:
            raise ArgumentError(argument, value, f"-{limit} to {limit}")
    kind = None if plant_type is None else whole("plant_type", plant_type, 0, 2)
    return present(latitude=latitude, longitude=longitude, timezone_id=timezone, plant_type=kind)
