"""`check` and `health` against a real cloud and broker, and what they say when something is wrong."""

import asyncio
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from bridge.cli import main
from bridge.clock import Clock, FastClock
from bridge.config import Config
from bridge.demo.broker import free_port
from bridge.service.check import Findings
from bridge.service.check import check as look
from bridge.simulator import SimulatedCloud, serve_in_thread
from tests.conftest import Address, Tap
from tests.house import HYBRID, MIN, NEXA, NOAH, TOKEN, home, sections

Check = Callable[..., Result]


@pytest.fixture
def cloud() -> Iterator[tuple[SimulatedCloud, str]]:
    cloud = SimulatedCloud(home(Clock()))
    with serve_in_thread(cloud) as url:
        yield cloud, url


@pytest.fixture
def check(tmp_path: Path, broker: Any, cloud: tuple[SimulatedCloud, str]) -> Check:
    def run(on: Any = broker, url: str = cloud[1], **options: Any) -> Result:
        file = tmp_path / "config.yaml"
        file.write_text(yaml.safe_dump({"state_dir": str(tmp_path), **sections("checked", on, url, **options)}))
        result = CliRunner().invoke(main, ["check", "--config", str(file)])
        assert TOKEN not in result.output
        assert "Traceback" not in result.output
        return result

    return run


def test_check_says_what_to_do_when_there_is_nothing(check: Check, cloud: tuple[SimulatedCloud, str]) -> None:
    for serial in (NOAH, NEXA, MIN, HYBRID):
        cloud[0].world.remove(serial)
    result = check()
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "Growatt cloud: 0 devices")
    assert "make the token in ShinePhone" in result.stdout


def test_check_lists_what_would_be_bridged_and_publishes_nothing(
    check: Check, broker: Any, tap: Callable[..., Tap]
) -> None:
    watcher = tap(broker, "checked/#")
    result = check(devices=[{"serial": NOAH, "name": "Balcony"}], exclude=[MIN])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "Growatt cloud: 4 devices",
        f"  {NOAH}  NOAH (noah), as Balcony",
        f"  {NEXA}  NEXA (noah)",
        f"  {MIN}  MIN (min), excluded",
        f"  {HYBRID}  MIN (min)",
        f"MQTT broker: {broker.host}:{broker.port} accepts the connection",
    ]
    assert watcher.messages == []


def test_check_looks_up_a_model_that_the_device_does_not_tell(check: Check, cloud: tuple[SimulatedCloud, str]) -> None:
    cloud[0].faults.add("missing_fields", path="queryDeviceInfoParam", fields=["deviceModel"], times=9)
    cloud[0].world.remove(NOAH)
    assert f"  {NEXA}  NEXA (noah)" in check().stdout.splitlines()


def test_check_says_when_a_model_can_be_told(check: Check, cloud: tuple[SimulatedCloud, str]) -> None:
    cloud[0].faults.add("missing_fields", path="queryDeviceInfoParam", fields=["deviceModel"], times=9)
    result = check()
    assert (result.exit_code, f"  {NOAH}  NOAH (noah)" in result.stdout) == (0, True)
    assert re.search(rf"  {NEXA}  noah, whose model Growatt tells in (300|29\d) s\n", result.stdout)


def test_check_names_everything_that_is_wrong(check: Check) -> None:
    away = Address("127.0.0.1", free_port())
    result = check(on=away, growatt={"token": "not-the-token"}, devices=[{"serial": "NOBODY", "name": "Nobody"}])
    assert result.exit_code == 1
    cloud, broker = result.stderr.splitlines()
    assert cloud.startswith("error: Growatt cloud: the API token is wrong or has expired")
    assert "code 2" in cloud
    assert broker.startswith("error: MQTT broker: ")
    assert f"127.0.0.1:{away.port}" in broker


def test_check_names_a_device_that_is_not_listed(check: Check) -> None:
    result = check(
        devices=[{"serial": serial, "name": "Any"[:n]} for n, serial in enumerate(("NOBODY", "plant_1001"), 1)]
    )
    assert (result.exit_code, result.stderr) == (0, "")
    for serial in ("NOBODY", "plant_1001"):
        assert f"devices: {serial} is not in the account's list of devices; if it is no plant," in result.stdout


def test_check_tells_what_is_named_in_vain(check: Check) -> None:
    own = {"serial": MIN, "deny": ["charge_limt"], "enabled": ["pv9_powr"]}
    result = check(commands={"deny": ["discharg_limit"]}, devices=[own], exclude=[NEXA.lower(), "plant_*"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"exclude: {NEXA.lower()} is not in the account's list of devices" in result.stdout
    assert "plant_*" not in result.stdout
    for text in (
        "commands.deny: discharg_limit fits no setting of any device",
        f"devices[{MIN}].deny: charge_limt fits no setting of {MIN}",
        f"devices[{MIN}].enabled: pv9_powr is no property or setting of {MIN}",
    ):
        assert result.stdout.count(text) == 1


def test_check_tells_the_topic_of_a_name_that_is_none(check: Check) -> None:
    lines = check(devices=[{"serial": NOAH, "name": "South #1"}, {"serial": MIN, "name": "bridge"}]).stdout.splitlines()
    assert f"  {NOAH}  NOAH (noah), as South #1, on checked/growatt/South _1" in lines
    assert f"  {MIN}  MIN (min), as bridge, on checked/growatt/bridge_" in lines


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"kind": "login_page"}, "a web page instead of data: the API token or the server is wrong"),
        ({"kind": "server_error", "status": 503}, "HTTP status 503"),
        ({"kind": "timeout", "seconds": 2}, "did not answer in time"),
        ({"kind": "broken_json"}, "is not complete JSON"),
        ({"kind": "missing_fields", "fields": ["data"]}, "not complete"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_check_says_what_the_cloud_does_wrong(
    check: Check, cloud: tuple[SimulatedCloud, str], fault: dict[str, Any], text: str
) -> None:
    cloud[0].faults.add(**fault, times=9)
    result = check(growatt={"timeout": 0.3})
    [line] = result.stderr.splitlines()
    assert (result.exit_code, line.startswith("error: Growatt cloud: "), text in line) == (1, True, True), line


def test_check_without_a_cloud(check: Check) -> None:
    result = check(url=f"http://127.0.0.1:{free_port()}")
    assert result.exit_code == 1
    assert "cannot reach the Growatt cloud" in result.stderr


def test_check_with_a_token_that_no_header_can_carry(check: Check) -> None:
    result = check(growatt={"token": "tökén"})
    assert result.exit_code == 2
    assert "config.yaml: growatt.token: a token is plain ASCII text without line breaks" in result.stderr


def test_check_with_a_file_that_is_not_there(check: Check, tmp_path: Path) -> None:
    result = check(mqtt={"tls": {"ca_file": str(tmp_path / "ca.pem")}})
    assert result.exit_code == 2
    assert f"error: MQTT broker: the TLS file {tmp_path / 'ca.pem'} (ca_file) does not exist" in result.stderr


def test_check_again_waits_for_its_turn_or_says_when(tmp_path: Path, broker: Any) -> None:
    clock, said = FastClock(10), list[str]()
    cloud = SimulatedCloud(home(clock))
    with serve_in_thread(cloud) as url:
        config = Config(**sections("checked", broker, url), state_dir=tmp_path)
        assert [asyncio.run(look(config, said.append, clock)) for _ in range(2)] == [Findings(), Findings()]
        cloud.faults.add("rate_limited", times=9)
        [trouble] = asyncio.run(look(config, said.append, clock)).troubles
    assert said.count("Growatt cloud: 4 devices") == 2
    assert re.search(r"waiting [1-5] s until Growatt allows the list of devices again", "\n".join(said))
    told = r"Growatt cloud: Growatt allows new-api/queryDeviceList again in [1-5] s; check again then"
    assert re.fullmatch(told, trouble)


def test_check_without_a_folder_to_write_to(check: Check, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "state"
    result = check(state_dir=str(folder))
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert line.startswith(f"error: state_dir: cannot write to {folder}: Not a directory; name a folder")
    assert "accepts the connection" in result.stdout


def test_health_looks_at_the_sign_of_life(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump({"state_dir": str(tmp_path)}))

    def health() -> tuple[int, str]:
        result = CliRunner().invoke(main, ["health", "--config", str(file)])
        return result.exit_code, result.output.strip()

    beat = tmp_path / "heartbeat"
    assert health() == (1, f"error: no sign of life in {beat}: the bridge is not running, or cannot write there")
    beat.write_text("0")
    assert health() == (0, "ok")
    os.utime(beat, (time.time() - 500, time.time() - 500))
    assert health() == (1, "error: the bridge gave no sign of life for 500 s")
