"""Environment sensors behind a datalogger (v1 only)."""

from datetime import date

from bridge.growatt.arguments import paging
from bridge.growatt.calls import Module, Plan, S, Spec, endpoint, fetch
from bridge.growatt.families.shared import behind_datalogger, in_parts, windows
from bridge.growatt.fields import (
    Celsius,
    Degrees,
    Fahrenheit,
    Flag,
    Integer,
    JavaCalendar,
    MetresPerSecond,
    Moment,
    Percent,
    Reading,
    Real,
    Reply,
    Text,
    WattsPerSquareMetre,
    label,
)
from bridge.growatt.paging import every_page


class EnvSensorData(Reading):
    address: Integer = label("Device address on the datalogger bus")
    datalogger_sn: Text = label("Datalogger serial number", wire="datalog_sn")
    device_name: Text = label("Device name")
    device_type: Text = label("Device type")
    last_update_time: Moment = label("Last update time")
    lost: Flag = label("Connection lost")


class EnvSensorListData(Reading):
    datalogger_sn: Text = label("Datalogger serial number")
    count: Integer = label("Number of records")
    envs: list[EnvSensorData] | None = label("Envs")


class EnvSensorMetricsOverviewData(Reading):
    address: Integer = label("Device address on the datalogger bus", wire="addr")
    datalogger_sn: Text = label("Datalogger serial number", wire="dataLogSn")
    device_status: Integer = label("Device state")
    calendar: JavaCalendar | None = label("Calendar")
    status_last_update_time: Text = label("Status last update time")
    time_text: Moment = label("Timestamp as text")
    alarm_code: Text = label("Alarm code")
    comm_status: Integer = label("Communication status")
    run_status: Integer = label("Run status")
    env_temp: Celsius = label("Ambient temperature")
    internal_temp_c: Celsius = label("Internal temperature")
    internal_temp_f: Fahrenheit = label("Internal temperature in Fahrenheit")
    panel_temp: Celsius = label("Panel temperature")
    air_pressure: Real = label("Air pressure")
    daily_avg_soil_lvl_pct: Real = label("Daily average soil lvl pct")
    efficiency: Real = label("Efficiency")
    env_humidity: Percent = label("Env humidity")
    etoday_radiation: Real = label("Etoday radiation")
    etotal_radiation: Real = label("Etotal radiation")
    gas_concentration: Real = label("Gas concentration")
    internal_pressure: Real = label("Internal pressure")
    internal_relative_humidity: Percent = label("Internal relative humidity")
    last_four_measurements_avg: Real = label("Last four measurements average")
    radiant: WattsPerSquareMetre = label("Solar irradiation")
    rainfall_intensity: Real = label("Rainfall intensity")
    sensor_signal_gen: Real = label("Sensor signal generator", wire="sensorSingnalGen")
    snow_depth: Real = label("Snow depth")
    total_rainfall: Real = label("Total rainfall")
    wind_angle: Degrees = label("Wind direction")
    wind_speed: MetresPerSecond = label("Wind speed")


class EnvSensorMetricsHistoryData(Reading):
    datalogger_sn: Text = label("Datalogger serial number")
    count: Integer = label("Number of records")
    env_data: list[EnvSensorMetricsOverviewData] | None = label("Env data")


class EnvSensorList(Reply):
    data: EnvSensorListData | None = None


class EnvSensorMetricsHistory(Reply):
    data: EnvSensorMetricsHistoryData | None = None


class EnvSensorMetricsOverview(Reply):
    data: EnvSensorMetricsOverviewData | None = None
    datalogger_sn: Text = label("Datalogger serial number")


_LATEST = {
    10001: "system error",
    10002: "datalogger serial wrong",
    10003: "bus address missing",
    10004: "datalogger unknown",
}
_HISTORY = {
    10001: "system error",
    10002: "datalogger serial wrong",
    10003: "start date wrong",
    10004: "more than 7 days requested",
    10005: "bus address missing",
    10006: "datalogger unknown",
}


class EnvSensor(Module[S]):
    """Environment sensors, found by datalogger and bus address."""

    @endpoint
    def metrics(self, datalogger_sn: str, sensor_address: int) -> Plan[EnvSensorMetricsOverview]:
        """The latest reading of a sensor."""
        return fetch(
            behind_datalogger("device/env/env_last_data", _LATEST, datalogger_sn, "sensor_address", sensor_address),
            EnvSensorMetricsOverview,
        )

    @endpoint
    def metrics_history(
        self,
        datalogger_sn: str,
        sensor_address: int,
        start_date: date | None = None,
        end_date: date | None = None,
        page: int | None = None,
        limit: int | None = None,
    ) -> Plan[EnvSensorMetricsHistory]:
        """Readings of a span of days; default today. At most 95 days; more than 7 are asked for in several calls."""
        pages = paging(page, limit)
        calls = [
            behind_datalogger(
                "device/env/env_data",
                _HISTORY,
                datalogger_sn,
                "sensor_address",
                sensor_address,
                start_date=a,
                end_date=b,
                **pages,
            )
            for a, b in windows(start_date, end_date, page)
        ]
        return in_parts(calls, Spec(model=EnvSensorMetricsHistory))

    metrics_history_all = every_page(metrics_history)
