"""A write that fails is told to every caller that waited for it, and the next one goes on."""

import asyncio
from pathlib import Path

import pytest

from aurora.errors import RecordsError
from aurora.records.sql import SqlRecords
from tests.integration.records.made import a_call, a_turn
from tests.postgres import PostgresServer, running_server


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


async def test_two_machines_may_start_at_once_on_an_empty_database(
    postgres_url: str, tmp_path: Path
) -> None:
    machines = await asyncio.gather(*(SqlRecords.open(postgres_url, tmp_path) for _ in range(3)))
    for machine in machines:
        await machine.close()


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
