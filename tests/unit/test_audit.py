"""The audit log: what it writes, how it is kept, and that it never stands in the way."""

import json
import logging
from pathlib import Path

import pytest

from bridge.service.audit import AuditLog
from bridge.service.orders import Result, Status
from tests.clocks import ManualClock

TOPIC = "growatt/Shed/set/charge_limit"


def write(log: AuditLog, value: int = 80, **more: object) -> None:
    log.write(TOPIC, "SN1", "Shed", Result("charge_limit", value, Status.REJECTED, "no", 7, **more))  # type: ignore[arg-type]


def test_a_result_is_a_line_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    path = tmp_path / "state" / "audit.jsonl"
    log = AuditLog(path, ManualClock())
    write(log)
    write(log, note="hm", dry_run={"charge_limit": 80})
    log.close()
    plain, full = path.read_text().splitlines()
    assert json.loads(plain) == {
        "at": "2025-10-09T08:53:20+00:00",
        "serial": "SN1",
        "device": "Shed",
        "setting": "charge_limit",
        "value": 80,
        "status": "rejected",
        "error": "no",
        "transaction": 7,
        "topic": TOPIC,
    }
    assert json.loads(full) == {**json.loads(plain), "note": "hm", "dry_run": {"charge_limit": 80}}
    assert path.stat().st_mode & 0o777 == 0o600


def test_old_files_are_dropped_and_new_ones_are_private_too(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl", ManualClock(), most_bytes=1000)
    for value in range(100):
        write(log, value)
    log.close()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["audit.jsonl", *(f"audit.jsonl.{n}" for n in (1, 2, 3, 4))]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert max(file.stat().st_size for file in files) <= 1000
    oldest_first = (*files[:0:-1], files[0])
    kept = [json.loads(line)["value"] for file in oldest_first for line in file.read_text().splitlines()]
    assert kept == list(range(100 - len(kept), 100))


def test_a_full_disk_costs_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    log = AuditLog(Path("/dev/full"), ManualClock())
    with caplog.at_level(logging.WARNING, "bridge.commands"):
        write(log)
        write(log)
        log.close()
    [record] = caplog.records
    assert record.getMessage().startswith("the audit log /dev/full cannot be written: ")


def test_a_log_that_cannot_be_opened_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "audit.jsonl"
    path.mkdir()
    log = AuditLog(path, ManualClock())
    with caplog.at_level(logging.WARNING, "bridge.commands"):
        write(log)
        write(log)
    [record] = caplog.records
    assert record.getMessage().startswith(f"the audit log {path} cannot be written: ")
    path.rmdir()
    write(log, 90)
    log.close()
    assert json.loads(path.read_text())["value"] == 90


def test_it_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log = AuditLog(None, ManualClock())
    write(log)
    log.close()
    assert list(tmp_path.iterdir()) == []
