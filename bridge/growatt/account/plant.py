"""Plants: list, data, energy, and what is installed in them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from bridge.growatt import fields as f
from bridge.growatt.arguments import (
    day,
    day_range,
    filled,
    identity,
    number,
    paging,
    present,
    serial_list,
    single_serial,
    whole,
)
from bridge.growatt.calls import Call, Module, Plan, S, Spec, account_changing, endpoint, fetch, meanings
from bridge.growatt.enums import PlantType
from bridge.growatt.errors import ArgumentError
from bridge.growatt.families import codes
from bridge.growatt.families.shared import windows
from bridge.growatt.paging import every_page, in_parts


class DataloggerData(f.Reading):
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="sn")
    manufacturer: f.Text = f.label("Manufacturer text")
    model: f.Text = f.label("Model")
    type: f.Integer = f.label("Type")
    last_update_time: f.JavaDate | None = f.label("Last update time")
    lost: f.Flag = f.label("Connection lost")
    netmode: f.Text = f.label("Uplink kind: NONE, WIFI, 4G, LAN")


class PlantTwo(f.Reading):
    alias: f.Text = f.label("Name")
    children: list[Any] | None = f.label("Children")
    company_name: f.Text = f.label("Company name")
    default_plant: f.Flag = f.label("Default plant")
    device_count: f.Integer = f.label("Device count")
    etotal_formula_tree_text: f.Real = f.label("Etotal formula tree text")
    formula_money_unit_id: f.Text = f.label("Currency")
    formula_tree: f.Real = f.label("Formula tree")
    has_device_on_line: f.Flag = f.label("Has device on line")
    id: f.Integer = f.label("Numeric record id")
    img_path: f.Text = f.label("Image path")
    install_map_name: f.Text = f.label("Install map name")
    level: f.Integer = f.label("Level")
    location_img_name: f.Text = f.label("Location image name")
    logo_img_name: f.Text = f.label("Logo image name")
    map_area_id: f.Integer = f.label("Map area ID", wire="map_areaId")
    map_city_id: f.Integer = f.label("Map city ID", wire="map_cityId")
    map_country_id: f.Integer = f.label("Map country ID", wire="map_countryId")
    map_province_id: f.Integer = f.label("Map province ID", wire="map_provinceId")
    pair_view_user_account: f.Text = f.label("Pair view user account")
    parent_id: f.Text = f.label("Parent ID", wire="parentID")
    plant_address: f.Text = f.label("Plant address")
    plant_from_bean: Any = f.label("Plant from bean")
    plant_img_name: f.Text = f.label("Plant image name")
    plant_lat: f.Real = f.label("Plant lat")
    plant_lng: f.Real = f.label("Plant lng")
    plant_name: f.Text = f.label("Display name", wire="plantname", alt="plantName")
    plant_nmi: f.Text = f.label("Plant nmi")
    plant_type: f.Integer = f.label("Plant type")
    protocol_id: f.Text = f.label("Protocol ID")
    storage_today_to_user: f.Real = f.label("Storage today to user", wire="storage_TodayToUser")
    storage_total_to_user: f.Real = f.label("Storage total to user", wire="storage_TotalToUser")
    temp_type: f.Integer = f.label("Temperature unit", codes=codes.TEMPERATURE_UNIT)
    tree_id: f.Text = f.label("Tree ID", wire="treeID")
    tree_name: f.Text = f.label("Tree name")
    user_account: f.Text = f.label("Account name")
    user_bean: Any = f.label("User bean")
    create_date: f.JavaDate | None = f.label("Create date")
    create_date_text: f.Day = f.label("Create date text")
    create_date_text_a: f.Text = f.label("Create date text a")
    timezone: f.Real = f.label("UTC offset in hours")
    timezone_text: f.Text = f.label("UTC offset as text")
    alarm_value: f.Integer = f.label("Alarm value")
    status: f.Integer = f.label("Status")
    current_pac: f.Real = f.label("Power right now")
    current_pac_str: f.Text = f.label("Current AC power string")
    current_pac_txt: f.Real = f.label("Current AC power txt")
    grid_company: f.Text = f.label("Grid company")
    grid_port: f.Text = f.label("Grid port")
    grid_server_url: f.Text = f.label("Grid server URL")
    storage_today_to_grid: f.Real = f.label("Storage today to grid", wire="storage_TodayToGrid")
    storage_total_to_grid: f.Real = f.label("Storage total to grid", wire="storage_TotalToGrid")
    storage_battery_percentage: f.Real = f.label("Storage battery percentage", wire="storage_BattoryPercentage")
    storage_e_charge_today: f.Real = f.label("Storage energy charge today", wire="storage_eChargeToday")
    storage_e_discharge_today: f.Real = f.label("Storage energy discharge today", wire="storage_eDisChargeToday")
    e_today: f.KilowattHours = f.label("Energy today", wire="etoday", alt="eToday")
    e_total: f.KilowattHours = f.label("Lifetime energy", wire="etotal", alt="eTotal")
    e_year_money_text: f.Real = f.label("Year money text energy", wire="EYearMoneyText")
    energy_month: f.KilowattHours = f.label("Energy month")
    energy_year: f.KilowattHours = f.label("Energy year")
    fixed_power_price: f.Real = f.label("Fixed power price")
    nominal_power: f.Watts = f.label("Nominal power", wire="norminalPower", alt="nominalPower")
    nominal_power_str: f.Text = f.label("Nominal power string")
    env_temp: f.Celsius = f.label("Ambient temperature")
    panel_temp: f.Celsius = f.label("Panel temperature")
    city: f.Text = f.label("City")
    country: f.Text = f.label("Country")
    data_log_list: list[Any] | None = f.label("Data log list")
    design_company: f.Text = f.label("Design company")
    emonth_co2_text: f.Real = f.label("Emonth CO2 text")
    emonth_coal_text: f.Real = f.label("Emonth coal text")
    emonth_money_text: f.Real = f.label("Emonth money text")
    emonth_so2_text: f.Real = f.label("Emonth so2 text")
    etoday_co2_text: f.Real = f.label("Etoday CO2 text")
    etoday_coal_text: f.Real = f.label("Etoday coal text")
    etoday_money: f.Real = f.label("Etoday money")
    etoday_money_text: f.Real = f.label("Etoday money text")
    etoday_so2_text: f.Real = f.label("Etoday so2 text")
    etotal_co2_text: f.Real = f.label("Etotal CO2 text")
    etotal_coal_text: f.Real = f.label("Etotal coal text")
    etotal_money: f.Real = f.label("Etotal money")
    etotal_money_text: f.Real = f.label("Etotal money text")
    etotal_so2_text: f.Real = f.label("Etotal so2 text")
    event_mess_bean_list: list[Any] | None = f.label("Event mess bean list")
    flat_period_price: f.Real = f.label("Flat period price")
    formula_co2: f.Real = f.label("Formula CO2")
    formula_coal: f.Real = f.label("Formula coal")
    formula_money: f.Real = f.label("Formula money")
    formula_money_str: f.Real = f.label("Formula money string")
    formula_so2: f.Real = f.label("Formula so2")
    has_storage: f.Flag = f.label("Has storage")
    irradiance: f.WattsPerSquareMetre = f.label("Solar irradiation")
    is_share: f.Flag = f.label("Is share")
    latitude_d: f.Text = f.label("Agent name")
    latitude_f: f.Text = f.label("Agent area")
    latitude_m: f.Text = f.label("Latitude m")
    latitude_text: f.Text = f.label("Latitude text")
    longitude_d: f.Text = f.label("Longitude d")
    longitude_f: f.Text = f.label("Longitude f")
    longitude_m: f.Text = f.label("Longitude m")
    longitude_text: f.Text = f.label("Longitude text")
    map_city: f.Text = f.label("Map city")
    map_lat: f.Text = f.label("Map lat")
    map_lng: f.Text = f.label("Map lng")
    money_unit_text: f.Text = f.label("Money unit text")
    on_line_env_count: f.Integer = f.label("On line env count")
    param_bean: Any = f.label("Param bean")
    peak_period_price: f.Real = f.label("Peak period price")
    phone_num: f.Text = f.label("Phone number")
    pr_month: f.Real = f.label("Pr month")
    pr_today: f.Integer = f.label("Pr today")
    remark: f.Text = f.label("Remark")
    unit_map: Any = f.label("Unit map")
    valley_period_price: f.Real = f.label("Valley period price")
    wind_angle: f.Degrees = f.label("Wind direction")
    wind_speed: f.MetresPerSecond = f.label("Wind speed")


class DataloggerListData(f.Reading):
    peak_power_actual: PlantTwo | None = f.label("Rated peak power")
    count: f.Integer = f.label("Number of records")
    dataloggers: list[DataloggerData] | None = f.label("Dataloggers")


class DeviceData(f.Reading):
    device_sn: f.Text = f.label("Serial number")
    datalogger_sn: f.Text = f.label("Datalogger serial number")
    device_id: f.Integer = f.label("Numeric device id")
    manufacturer: f.Text = f.label("Manufacturer text")
    model: f.Text = f.label("Model")
    type: f.Integer = f.label("Type", codes=codes.PLANT_DEVICE_TYPE)
    last_update_time: f.Moment = f.label("Last update time")
    lost: f.Flag = f.label("Connection lost")
    status: f.Integer = f.label("Status")

    @property
    def status_text(self) -> str | None:
        """What `status` means for this kind of device."""
        if self.status is None or self.type is None or self.type not in codes.STATUS_BY_TYPE:
            return None
        return codes.STATUS_BY_TYPE[self.type].get(self.status, "offline")


class DeviceListData(f.Reading):
    count: f.Integer = f.label("Number of records")
    devices: list[DeviceData] | None = f.label("Devices")


class PlantAddData(f.Reading):
    plant_id: f.Integer = f.label("Plant id")


class PlantData(f.Reading):
    image_url: f.Text = f.label("Image used by the web UI")
    name: f.Text = f.label("Name")
    plant_id: f.Integer = f.label("Plant id")
    user_id: f.Integer = f.label("Account id", wire="userID", alt="userId")
    create_date: f.Day = f.label("Create date")
    status: f.Integer = f.label("Status")
    current_power: f.Watts = f.label("Power right now")
    peak_power: f.KilowattPeak = f.label("Rated peak power")
    total_energy: f.KilowattHours = f.label("Lifetime energy", wire="totalEneny", alt="totalEnergy")
    city: f.Text = f.label("City")
    country: f.Text = f.label("Country")
    installer: f.Text = f.label("Installer")
    latitude: f.Real = f.label("Latitude")
    latitude_d: f.Text = f.label("Agent name")
    latitude_f: f.Text = f.label("Agent area")
    locale: f.Text = f.label("Locale")
    longitude: f.Real = f.label("Longitude")
    operator: f.Text = f.label("Operator")


class PlantDetailDatalogger(f.Reading):
    datalogger_man: f.Text = f.label("Datalogger man")
    datalogger_md: f.Text = f.label("Datalogger md")
    datalogger_num: f.Integer = f.label("Datalogger number")


class PlantDetailInverter(f.Reading):
    inverter_man: f.Text = f.label("Inverter man")
    inverter_md: f.Text = f.label("Inverter md")
    inverter_num: f.Integer = f.label("Inverter number")


class PlantDetailMax(f.Reading):
    max_man: f.Text = f.label("MAX man")
    max_md: f.Text = f.label("MAX md")
    max_num: f.Integer = f.label("MAX number")


class PlantDetailModule(f.Reading):
    module_man: f.Text = f.label("Module man")
    module_md: f.Text = f.label("Module md")
    num_modules: f.Integer = f.label("Number modules")


class PlantDetailData(f.Reading):
    address1: f.Text = f.label("Address 1")
    address2: f.Text = f.label("Address 2")
    grid_type: f.Text = f.label("Grid type")
    image_url: f.Text = f.label("Image used by the web UI")
    irradiationsensor_type: f.Text = f.label("Irradiationsensor type")
    name: f.Text = f.label("Name")
    plant_type: f.Integer = f.label("Plant type", codes=codes.PLANT_KIND)
    tracker_type: f.Text = f.label("Tracker type")
    user_id: f.Integer = f.label("Account id", wire="userID", alt="userId")
    weather_type: f.Text = f.label("Weather type")
    weathersensor_man: f.Text = f.label("Weathersensor man")
    create_date: f.Day = f.label("Create date")
    timezone: f.Text = f.label("UTC offset in hours")
    status: f.Text = f.label("Status")
    installed_ac_capacity: f.Real = f.label("Installed AC capacity")
    peak_power: f.KilowattPeak = f.label("Rated peak power")
    arrays: list[PlantDetailModule] | None = f.label("Arrays")
    city: f.Text = f.label("City")
    country: f.Text = f.label("Country")
    currency: f.Text = f.label("Currency")
    dataloggers: list[PlantDetailDatalogger] | None = f.label("Dataloggers")
    description: f.Text = f.label("Description")
    designercontact: f.Text = f.label("Designercontact")
    designerorganization: f.Text = f.label("Designerorganization")
    elevation: f.Real = f.label("Elevation")
    financiercontact: f.Text = f.label("Financiercontact")
    financierorganization: f.Text = f.label("Financierorganization")
    fixed_azimuth: f.Real = f.label("Fixed azimuth")
    fixed_tilt: f.Real = f.label("Fixed tilt")
    installed_dc_capacity: f.Real = f.label("Installed DC capacity")
    installed_panel_area: f.Real = f.label("Installed panel area")
    installercontact: f.Text = f.label("Installercontact")
    installerorganization: f.Text = f.label("Installerorganization")
    inverters: list[PlantDetailInverter] | None = f.label("Inverters")
    jurisdictioncontact: f.Text = f.label("Jurisdictioncontact")
    jurisdictionorganization: f.Text = f.label("Jurisdictionorganization")
    latitude: f.Real = f.label("Latitude")
    locale: f.Text = f.label("Locale")
    longitude: f.Real = f.label("Longitude")
    maxs: list[PlantDetailMax] | None = f.label("Maxs")
    notes: f.Text = f.label("Notes")
    offtakercontact: f.Text = f.label("Offtakercontact")
    offtakerorganization: f.Text = f.label("Offtakerorganization")
    operatorcontact: f.Text = f.label("Operatorcontact")
    operatororganization: f.Text = f.label("Operatororganization")
    ownercontact: f.Text = f.label("Ownercontact")
    ownerorganization: f.Text = f.label("Ownerorganization")
    postal: f.Text = f.label("Postal")
    state: f.Text = f.label("State")
    weathersensor_md: f.Text = f.label("Weathersensor md")
    weathersensor_num: f.Text = f.label("Weathersensor number")


class PlantEnergyHistoryDate(f.Reading):
    date: f.Day = f.label("Date")
    energy: f.KilowattHours = f.label("Energy of the interval")


class PlantEnergyHistoryData(f.Reading):
    time_unit: f.Text = f.label("Day, month or year as requested")
    energys: list[PlantEnergyHistoryDate] | None = f.label("Energys")
    count: f.Integer = f.label("Number of records")


class PlantEnergyOverviewData(f.Reading):
    last_update_time: f.Moment = f.label("Last update time")
    timezone: f.Text = f.label("UTC offset in hours")
    current_power: f.Kilowatts = f.label("Power right now")
    monthly_energy: f.KilowattHours = f.label("Energy this month")
    peak_power_actual: f.Kilowatts = f.label("Rated peak power")
    today_energy: f.KilowattHours = f.label("Energy today")
    total_energy: f.KilowattHours = f.label("Lifetime energy", wire="totalEneny", alt="totalEnergy")
    yearly_energy: f.KilowattHours = f.label("Energy this year")
    carbon_offset: f.Real = f.label("CO2 avoided")
    efficiency: f.Real = f.label("Efficiency")


class PlantInfoData(f.Reading):
    plant: PlantData | None = f.label("Plant")


class PlantListData(f.Reading):
    count: f.Integer = f.label("Number of records")
    plants: list[PlantData] | None = f.label("Plants")


class PlantPowerDate(f.Reading):
    time: f.Moment = f.label("Time")
    power: f.Watts = f.label("Power")


class PlantPowerData(f.Reading):
    powers: list[PlantPowerDate] | None = f.label("Powers")
    count: f.Integer = f.label("Number of records")


DataloggerAdd = f.DataReply[str]
DataloggerDelete = f.DataReply[str]
DataloggerList = f.DataReply[DataloggerListData]
DeviceAdd = f.Reply
DeviceList = f.DataReply[DeviceListData]
PlantAdd = f.DataReply[PlantAddData]
PlantDelete = f.DataReply[str]
PlantDetails = f.DataReply[PlantDetailData]
PlantEnergyHistory = f.DataReply[PlantEnergyHistoryData]
PlantEnergyOverview = f.DataReply[PlantEnergyOverviewData]
PlantInfo = f.DataReply[PlantInfoData]
PlantList = f.DataReply[PlantListData]
PlantModify = f.DataReply[str]
PlantPower = f.DataReply[PlantPowerData]


_ERRORS = meanings("system error")
_MISSING = meanings("system error", "plant id missing", "plant unknown")
_CHANGE = {
    **meanings("system error", "user id missing", "plant name missing", "peak power missing", "user unknown"),
    10006: "plant name already used by this user",
    10007: "plant unknown",
}
_WRONG_DATALOGGER = "plant id missing or datalogger serial wrong"

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
        errors = meanings("system error", "plant unknown", "plant id missing", "user unknown")
        return fetch(_get("plant/details", errors, plant_id=identity("plant_id", plant_id)), PlantDetails)

    @endpoint
    def energy_overview(self, plant_id: int) -> Plan[PlantEnergyOverview]:
        """Power right now and energy of today, this month, this year and altogether."""
        errors = meanings("system error", "plant unknown", "plant id missing")
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
        errors = meanings("system error", "plant unknown", "plant id missing", "date malformed")
        unit = date_interval or "day"
        plant, pages = identity("plant_id", plant_id), paging(page, limit)
        calls = [
            _get("plant/energy", errors, 10, plant_id=plant, start_date=a, end_date=b, time_unit=unit, **pages)
            for a, b in _spans(start_date, end_date, self.today(), unit, page)
        ]
        return in_parts(calls, Spec(model=PlantEnergyHistory))

    @endpoint
    def power(self, plant_id: int, date_: date | None = None) -> Plan[PlantPower]:
        """Power of a day in steps of 5 minutes; default today."""
        errors = meanings("system error", "plant unknown", "plant id missing or date malformed")
        plant = identity("plant_id", plant_id)
        return fetch(_get("plant/power", errors, plant_id=plant, date=day("date_", date_, self.today())), PlantPower)

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
        country: str | None = None,
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
        number("peak_kw", peak_kw, "kWp from 0")
        form = _plant_form(user_id, plant_name, peak_kw, country, installer_code, currency)
        form |= _place_form(latitude, longitude, timezone, plant_type)
        created = None if create_date is None else day("create_date", create_date, create_date)
        if price_per_kwh is not None:
            number("price_per_kwh", price_per_kwh, "an amount of money")
        more = present(createDate=created, formulaMoney=price_per_kwh, city=city, plantAddress=address)
        return fetch(_post("plant/add", _CHANGE, **form, **more), PlantAdd)

    @account_changing
    def modify(
        self,
        user_id: int,
        plant_id: int,
        plant_name: str,
        peak_kw: float | None = None,
        country: str | None = None,
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
        errors = meanings("system error", "plant id missing or date malformed", "", "plant unknown")
        return fetch(_post("plant/delete", errors, None, plant_id=identity("plant_id", plant_id)), PlantDelete)

    @account_changing
    def add_datalogger(self, user_id: int, plant_id: int, datalogger_sn: str) -> Plan[DataloggerAdd]:
        """Add a datalogger to a plant."""
        known = meanings("system error", _WRONG_DATALOGGER, "datalogger already registered", "plant unknown")
        errors = {**known, 10005: "user unknown", 10006: "user id missing"}
        plant, user = identity("plant_id", plant_id), identity("user_id", user_id)
        serial = single_serial(datalogger_sn, "datalogger_sn")
        call = _post("device/datalogger/add", errors, plant_id=plant, sn=serial, c_user_id=user)
        return fetch(call, DataloggerAdd)

    @account_changing
    def remove_datalogger(self, plant_id: int, datalogger_sn: str) -> Plan[DataloggerDelete]:
        """Remove a datalogger from a plant."""
        errors = meanings("system error", _WRONG_DATALOGGER, "plant unknown", "datalogger unknown")
        serial = single_serial(datalogger_sn, "datalogger_sn")
        call = _post("device/datalogger/delete", errors, plant_id=identity("plant_id", plant_id), sn=serial)
        return fetch(call, DataloggerDelete)

    @account_changing
    def add_device(self, plant_id: int, device_sn: str | Sequence[str], user_id: int) -> Plan[DeviceAdd]:
        """Add a device to a plant; several at once are undocumented."""
        known = meanings(
            "system error", "plant id missing or serial wrong", "device already registered", "plant unknown"
        )
        errors = {**known, 10005: "user unknown"}
        plant, user = identity("plant_id", plant_id), identity("user_id", user_id)
        serials = ",".join(serial_list(device_sn))
        call = _post("device/sn/add", errors, plant_id=plant, sn=serials, c_user_id=user)
        return fetch(call, DeviceAdd)


def _spans(
    start: date | None, end: date | None, today: date, unit: str, page: int | None
) -> Sequence[tuple[date, date]]:
    match unit:
        case "day":
            return windows(start, end, today, page)
        case "month":
            first, last = day_range(start, end, today)
            if last.year - first.year > 1:
                raise ArgumentError("start_date", first.isoformat(), f"in {last.year} or {last.year - 1} for months")
            return [(first, last)]
        case "year":
            first, last = day_range(start, end, today)
            if last.year - first.year >= 20:
                raise ArgumentError("start_date", first.isoformat(), f"at most 20 years, from {last.year - 19}")
            return [(first, last)]
    raise ArgumentError("date_interval", unit, "day, month or year")


def _plant_form(
    user_id: int,
    name: str,
    peak_kw: float | None,
    country: str | None,
    installer_code: str | None,
    currency: str | None,
) -> dict[str, str]:
    """The keys latitude_f and latitude_d carry country and installer code, odd but documented."""
    if country is not None:
        filled("country", country)
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
