"""The mirror files have the original's shape, follow the record, and never stand in its way."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aurora.conversation.call import Call, EndReason
from aurora.conversation.record import Entry, Event
from aurora.records.history import RecordsAndHistory
from aurora.records.memory import MemoryRecords
from aurora.records.mirror import Mirror
from aurora.records.sql import SqlRecords
from tests.integration.records.made import AT, a_call, a_turn


def a_mirror(records: RecordsAndHistory, data_dir: Path) -> Mirror:
    return Mirror(records, data_dir, "Asia/Kolkata", clock=lambda: AT, pause_seconds=0)


def total(data_dir: Path) -> dict[str, dict[str, dict[str, object]]]:
    content = json.loads((data_dir / "active_calls" / "total.json").read_text())
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize("state", ["missing", "garbage", "empty", "of another record"])
async def test_whatever_was_there_it_is_rebuilt_at_start(tmp_path: Path, state: str) -> None:
    path = tmp_path / "active_calls" / "total.json"
    left = {"garbage": b'{"active_calls": {"cal\xff', "empty": b"", "of another record": b"{}"}
    if state in left:
        path.parent.mkdir()
        path.write_bytes(left[state])
    records = await SqlRecords.open(None, tmp_path)
    await records.append(a_turn(a_call(1), "fire"))
    mirror = a_mirror(records, tmp_path)
    await mirror.start()
    assert list(total(tmp_path)["active_calls"]) == ["call_1"]
    await mirror.close()
    await records.close()


async def test_the_last_change_before_closing_is_in_it(tmp_path: Path) -> None:
    records = MemoryRecords()
    mirror = a_mirror(records, tmp_path)
    await mirror.start()
    assert total(tmp_path) == {"active_calls": {}, "active_conversations": {}}
    call = a_call(1)
    await records.append(a_turn(call, "fire"))
    mirror.touch()
    await records.append(a_turn(call, "more"))
    await mirror.close()
    [conversation] = total(tmp_path)["active_conversations"].values()
    assert list(conversation["messages"]) == [f"msg_1_000{n}" for n in (1, 2, 3, 4)]  # type: ignore[call-overload]
    assert total(tmp_path)["active_calls"]["call_1"]["status"] == "ACTIVE"
    assert not mirror.state.is_running
    assert mirror.state.written_at == AT


async def test_an_ended_call_gets_its_log(tmp_path: Path) -> None:
    records = MemoryRecords()
    call = a_call(1)
    await records.append(a_turn(call, "fire"))
    await records.append(Entry(ended(call), [], [Event("ended", AT, {"reason": "hung_up"})]))
    mirror = a_mirror(records, tmp_path)
    await mirror.start()
    await mirror.close()
    [path] = (tmp_path / "call_logs").iterdir()
    assert path.name == "call_CA1_20261123_134613.json"
    log = json.loads(path.read_text())
    assert log["call_sid"] == "CA1"
    assert log["duration_seconds"] == 60.0
    assert [words["role"] for words in log["conversation"]] == ["user", "assistant"]
    assert log["end_reason"] == "hung_up"


async def test_a_provider_id_cannot_lead_out_of_the_directory(tmp_path: Path) -> None:
    records = MemoryRecords()
    await records.append(Entry(replace(ended(a_call(1)), provider_id="../../etc/passwd")))
    mirror = a_mirror(records, tmp_path)
    await mirror.start()
    await mirror.close()
    [path] = (tmp_path / "call_logs").iterdir()
    assert path.name == "call_______etc_passwd_20261123_134613.json"


async def test_a_call_that_ended_over_an_hour_ago_is_gone(tmp_path: Path) -> None:
    records = MemoryRecords()
    old = replace(a_call(1), ended_at=AT - timedelta(hours=1, seconds=1))
    await records.append(Entry(old))
    await records.append(Entry(a_call(2)))
    mirror = a_mirror(records, tmp_path)
    await mirror.start()
    assert list(total(tmp_path)["active_calls"]) == ["call_2"]
    await mirror.close()


async def test_a_failing_disk_is_counted_told_and_overcome(tmp_path: Path) -> None:
    (tmp_path / "active_calls").write_text("in the way")
    records = MemoryRecords()
    mirror = a_mirror(records, tmp_path)
    await mirror.start()
    assert mirror.state.failures == 1
    assert mirror.state.last_failure
    assert mirror.state.written_at is None
    (tmp_path / "active_calls").unlink()
    mirror.touch()
    await mirror.close()
    assert mirror.state.last_failure is None
    assert total(tmp_path) == {"active_calls": {}, "active_conversations": {}}


async def test_a_writer_that_died_is_told_and_keeps_nothing_from_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = a_mirror(MemoryRecords(), tmp_path)
    await mirror.start()

    async def broken() -> None:
        raise ValueError("unforeseen")

    monkeypatch.setattr(mirror, "_write_changes", broken)
    mirror.touch()
    await mirror.close()
    assert not mirror.state.is_running
    assert mirror.state.last_failure == "its writer died of ValueError"


def ended(call: Call) -> Call:
    return replace(
        call, ended_at=call.started_at + timedelta(minutes=1), end_reason=EndReason.HUNG_UP
    )
