"""A write that fails is told to every caller that waited for it, and the next one goes on."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from aurora.conversation.record import Entry, Event, Message
from aurora.errors import RecordsError
from aurora.records import engines, migrate, sql
from aurora.records.migrate import HEAD
from aurora.records.mirror import Mirror
from aurora.records.sql import SqlRecords
from tests.integration.records.made import AT, a_call, a_turn
from tests.postgres import PostgresServer, running_server
from tests.waiting import PATIENT_S, until

TURN_SECONDS = sql.TURN_SECONDS


async def test_a_full_disk_is_told_to_all_and_heals(tmp_path: Path) -> None:
    records = await SqlRecords.open(None, tmp_path)
    early = a_call(1)
    await records.append(a_turn(early, "before"))
    await _limit_pages(records, 1)  # SQLite raises it to what is in use
    late = [a_call(number) for number in range(2, 30)]
    results = await asyncio.gather(
        *(records.append(a_turn(call, "long " * 2000)) for call in late), return_exceptions=True
    )
    assert {type(result) for result in results} == {RecordsError}
    assert "full" in str(results[0])
    assert {call.revision for call in late} == {0}
    assert records.not_stored == len(late), "/metrics says so"
    assert len(await records.open_calls()) == 1, "reading goes on"
    await _limit_pages(records, 1_000_000)
    assert await records.append(a_turn(late[0], "long " * 2000)) is None
    assert await records.append(a_turn(early, "after")) is None
    assert len(await records.messages(early.id)) == 4
    await records.close()


async def _limit_pages(records: SqlRecords, pages: int) -> None:
    limit = f"PRAGMA max_page_count={pages}"
    await records._database.write(lambda connection: connection.exec_driver_sql(limit).all())


async def test_a_restarted_server_is_found_again_without_losing_an_entry(tmp_path: Path) -> None:
    with running_server() as server:
        records = await SqlRecords.open(server.new_database(), tmp_path)
        call = a_call()
        await records.append(a_turn(call, "1"))
        await _restart(server)
        assert await records.append(a_turn(call, "2")) is None
        assert len(await records.messages(call.id)) == 4
        await records.close()


async def test_a_lost_server_is_told_and_the_next_append_recovers(tmp_path: Path) -> None:
    with running_server() as server:
        records = await SqlRecords.open(server.new_database(), tmp_path)
        calls = [a_call(number) for number in range(5)]
        await asyncio.gather(*(records.append(a_turn(call, "1")) for call in calls))
        await asyncio.to_thread(server.stop)
        results = await asyncio.gather(
            *(records.append(a_turn(call, "2")) for call in calls), return_exceptions=True
        )
        assert {type(result) for result in results} == {RecordsError}
        with pytest.raises(RecordsError):
            await records.open_calls()
        await asyncio.to_thread(server.start)
        for call in calls:
            assert await records.append(a_turn(call, "2")) is None
            assert len(await records.messages(call.id)) == 4
        await records.close()


async def _restart(server: PostgresServer) -> None:
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)


async def test_two_machines_on_one_database_neither_repeat_nor_clash(
    postgres_url: str, tmp_path: Path
) -> None:
    machines = [await SqlRecords.open(postgres_url, tmp_path) for _ in range(2)]

    async def turn(records: SqlRecords, number: int, text: str) -> None:
        while True:
            call = await records.find(f"call_{number}") or a_call(number)
            try:
                await records.append(a_turn(call, text))
                return
            except RecordsError as error:
                if "changed elsewhere" not in str(error):
                    raise

    await asyncio.gather(
        *(
            turn(machine, number, str(text))
            for number in range(10)
            for text in range(5)
            for machine in machines
        )
    )
    for number in range(10):
        kept = [message.content for message in await machines[0].messages(f"call_{number}")]
        assert sorted(kept[::2]) == ["0", "1", "2", "3", "4"]
        assert kept[1::2] == [f"answer to {text}" for text in kept[::2]]
    for machine in machines:
        await machine.close()


async def test_what_takes_long_on_purpose_is_not_cut_like_a_turn(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "STATEMENT_SECONDS", 1.0)
    database = engines.open_database(engines.database_url(postgres_url, tmp_path))

    def slowly(connection: Connection) -> object:
        return connection.exec_driver_sql("SELECT 1 FROM pg_sleep(2)").scalar()

    with pytest.raises(TimeoutError):
        await database.write(slowly)
    assert await database.write_at_length(slowly) == 1
    await database.close()


async def test_a_machine_that_finds_another_migrating_says_so_and_waits(
    postgres_url: str, tmp_path: Path
) -> None:
    other = await asyncpg.connect(postgres_url)
    await other.execute(f"SELECT pg_advisory_lock({migrate._ANY_CONSTANT})")
    with capture_logs() as logs:
        opening = asyncio.create_task(SqlRecords.open(postgres_url, tmp_path))
        await until(lambda: [one for one in logs if one["event"] == "another_machine_migrates"])
        was_waiting = not opening.done()
        await other.close()
        await (await opening).close()

    assert was_waiting


async def test_two_machines_may_start_at_once_on_an_empty_database(
    postgres_url: str, tmp_path: Path
) -> None:
    machines = await asyncio.gather(*(SqlRecords.open(postgres_url, tmp_path) for _ in range(3)))
    for number, machine in enumerate(machines):
        await machine.append(a_turn(a_call(number), "fire"))
    for machine in machines:
        assert [call.id for call in await machine.open_calls()] == ["call_0", "call_1", "call_2"]
    assert await _schema_revisions(machines[0]) == [HEAD], "migrated once"
    for machine in machines:
        await machine.close()


async def _schema_revisions(records: SqlRecords) -> list[str]:
    query = text("SELECT version_num FROM alembic_version")
    return await records._database.read(lambda connection: [*connection.execute(query).scalars()])


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[tuple[SqlRecords, threading.Event]]:
    """Records whose disk hangs from the first word on, until the event is set."""
    records = await SqlRecords.open(None, tmp_path)
    release = threading.Event()
    database: Any = records._database
    for name in ("_written", "_seen"):
        setattr(database, name, _hanging(getattr(database, name), release))
    yield records, release
    release.set()
    await records.close()


def _hanging(work: Callable[..., Any], release: threading.Event) -> Callable[..., Any]:
    def wait_and_work(*arguments: Any) -> Any:
        release.wait(PATIENT_S)
        return work(*arguments)

    return wait_and_work


async def test_a_hung_disk_is_told_to_a_turn_within_its_time(
    held: tuple[SqlRecords, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "TURN_SECONDS", 0.05)
    records, _ = held
    for asked in (
        records.find("call_1"),
        records.find_open(line="api", from_number="+1"),
        records.messages("call_1"),
        records.answer_to("k"),
        records.append(a_turn(a_call(), "fire")),
    ):
        async with asyncio.timeout(PATIENT_S):
            with pytest.raises(RecordsError, match="in time"):
                await asked


def test_a_turn_waits_about_a_second_for_the_records() -> None:
    assert TURN_SECONDS <= 1.5


async def test_a_write_given_up_and_done_all_the_same_is_not_doubled_when_tried_again(
    held: tuple[SqlRecords, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    records, release = held
    call = a_call()
    early = Entry(call, [Message("user", "fire", AT, "critical")], [Event("alerted", AT)])
    with monkeypatch.context() as hurried:
        hurried.setattr(sql, "TURN_SECONDS", 0.05)
        for _ in range(3):  # one under way, two waiting behind it
            with pytest.raises(RecordsError, match="in time"):
                await records.append(early)
    release.set()
    call.silences = 1
    await records.append(early)
    await records.append(a_turn(call, "and smoke"))
    kept = [message.content for message in await records.messages(call.id)]
    assert kept == ["fire", "and smoke", "answer to and smoke"]
    assert len(await records.events(call.id)) == 1


async def test_only_this_account_may_read_the_record(tmp_path: Path) -> None:
    data_dir = tmp_path / "new" / "data"
    records = await SqlRecords.open(None, data_dir)
    mirror = Mirror(records, data_dir, "UTC")
    await mirror.start()
    await records.append(a_turn(a_call(), "fire"))
    modes = {
        path.name: path.stat().st_mode & 0o777 for path in [data_dir.parent, *data_dir.rglob("*")]
    }
    await mirror.close()
    await records.close()
    assert {modes[f"aurora.db{end}"] for end in ("", "-wal", "-shm")} == {0o600}
    assert modes["total.json"] == 0o600
    assert modes["new"] == modes["active_calls"] == data_dir.stat().st_mode & 0o777 == 0o700


async def test_a_caller_that_gave_up_still_owns_what_was_stored(tmp_path: Path) -> None:
    records = await SqlRecords.open(None, tmp_path)
    call = a_call()
    appending = asyncio.create_task(records.append(a_turn(call, "1")))
    await asyncio.sleep(0)
    appending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appending
    await records.close()
    assert call.revision == 1


async def test_closed_records_refuse_what_comes_later(tmp_path: Path) -> None:
    records = await SqlRecords.open(None, tmp_path)
    await records.close()
    with pytest.raises(RecordsError, match="closed"):
        await records.append(a_turn(a_call(), "1"))
    with pytest.raises(RecordsError, match="closed"):
        await records.open_calls()
