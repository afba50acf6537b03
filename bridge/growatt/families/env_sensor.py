"""Environment sensors behind a datalogger (v1 only)."""

from datetime import date

from bridge.growatt import fields as f
from bridge.growatt.arguments import paging
from bridge.growatt.calls import Module, Plan, S, Spec, endpoint, fetch, meanings
from bridge.growatt.families import shared
from bridge.growatt.paging import every_page, in_parts


class EnvSensorMetricsOverviewData(f.Reading):
    address: f.Integer = f.label("Bus address", wire="addr")
    datalogger_sn: f.Text = f.label("Datalogger serial number", wire="dataLogSn")
    device_status: f.Integer = f.label("Device state")
    calendar: f.JavaCalendar | None = f.label("Calendar")
    status_last_update_time: f.Text = f.label("Status last update time")
    time_text: f.Moment = f.label("Timestamp as text")
    alarm_code: f.Text = f.label("Alarm code")
    comm_status: f.Integer = f.label("Communication status")
    run_status: f.Integer = f.label("Run status")
    env_temp: f.Celsius = f.label("Ambient temperature")
    internal_temp_c: f.Celsius = f.label("Internal temperature")
    internal_temp_f: f.Fahrenheit = f.label("Internal temperature in Fahrenheit")
    panel_temp: f.Celsius = f.label("Panel temperature")
    air_pressure: f.Real = f.label("Air pressure")
    daily_avg_soil_lvl_pct: f.Real = f.label("Daily average soil lvl pct")
    efficiency: f.Real = f.label("Efficiency")
    env_humidity: f.Percent = f.label("Env humidity")
    etoday_radiation: f.Real = f.label("Etoday radiation")
    etotal_radiation: f.Real = f.label("Etotal radiation")
    gas_concentration: f.Real = f.label("Gas concentration")
    internal_pressure: f.Real = f.label("Internal pressure")
    internal_relative_humidity: f.Percent = f.label("Internal relative humidity")
    last_four_measurements_avg: f.Real = f.label("Last four measurements average")
    radiant: f.WattsPerSquareMetre = f.label("Solar irradiation")
    rainfall_intensity: f.Real = f.label("Rainfall intensity")
    sensor_signal_gen: f.Real = f.label("Sensor signal generator", wire="sensorSingnalGen")
    snow_depth: f.Real = f.label("Snow depth")
    total_rainfall: f.Real = f.label("Total rainfall")
    wind_angle: f.Degrees = f.label("Wind direction")
    wind_speed: f.MetresPerSecond = f.label("Wind speed")


class EnvSensorMetricsHistoryData(f.Reading):
    datalogger_sn: f.Text = f.label("Datalogger serial number")
    count: f.Integer = f.label("Number of records")
    env_data: list[EnvSensorMetricsOverviewData] | None = f.label("Env data")


EnvSensorMetricsHistory = f.DataReply[EnvSensorMetricsHistoryData]
EnvSensorMetricsOverview = f.DeviceReply[EnvSensorMetricsOverviewData]


_WRONG = "datalogger serial wrong"
_LATEST = meanings("system error", _WRONG, "bus address missing", "datalogger unknown")
_HISTORY = {
    **meanings("system error", _WRONG, "start date wrong", "more than 7 days requested", "bus address missing"),
    10006: "datalogger unknown",
}


class EnvSensor(Module[S]):
    """Environment sensors, found by datalogger and bus address."""

    @endpoint
    def metrics(self, datalogger_sn: str, sensor_address: int) -> Plan[EnvSensorMetricsOverview]:
        """The latest reading of a sensor."""
        return fetch(
            shared.behind_datalogger(
                "device/env/env_last_data", _LATEST, datalogger_sn, "sensor_address", sensor_address
            ),
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
            shared.behind_datalogger(
                "device/env/env_data",
                _HISTORY,
                datalogger_sn,
                "sensor_address",
                sensor_address,
                start_date=a,
                end_date=b,
                **pages,
            )
            for a, b in shared.windows(start_date, end_date, self.today(), page)
        ]
        return in_parts(calls, Spec(model=EnvSensorMetricsHistory))

    metrics_history_all = every_page(metrics_history)
