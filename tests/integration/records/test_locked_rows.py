"""A row that another machine holds is waited for and tried again; it is no fault of the index."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from aurora.records.batch import IndexFault, write_batch
from aurora.records.day_figures import day_of
from aurora.records.rows import prepare
from aurora.records.sql import SqlRecords
from tests.integration.records.made import AT, a_call, a_turn

FIRST, SECOND = a_call(1), a_call(2)


@asynccontextmanager
async def two_machines(
    url: str, directory: Path
) -> AsyncIterator[tuple[SqlRecords, asyncpg.Connection]]:
    """The records with both calls, and what another machine does, in a transaction."""
    records = await SqlRecords.open(url, directory)
    other = await asyncpg.connect(url)
    try:
        for call in (FIRST, SECOND):
            call.revision = 0
            await records.append(a_turn(call, "before"))
        async with other.transaction():
            yield records, other
    finally:
        await other.close()
        await records.close()


def say_more(connection: Connection) -> None:
    write_batch(connection, [prepare(a_turn(FIRST, "more"))], day_of(AT))


@pytest.mark.parametrize("row", ["calls where id = $1", "call_index where call_id = $1"])
async def test_a_lock_that_is_not_given_in_time_is_no_fault_of_the_index(
    postgres_url: str, tmp_path: Path, row: str
) -> None:
    def write(connection: Connection) -> None:
        connection.execute(text("set local lock_timeout = '50ms'"))
        say_more(connection)

    async with two_machines(postgres_url, tmp_path) as (records, other):
        await other.execute(f"select from {row} for update", FIRST.id)
        with pytest.raises(DBAPIError, match="lock timeout"):
            await records._database.write(write)


async def test_a_deadlock_is_no_fault_of_the_index(postgres_url: str, tmp_path: Path) -> None:
    has_second = asyncio.Event()
    lock = "select from calls where id = '{}' for update"

    def write(connection: Connection) -> None:
        connection.execute(text("set local deadlock_timeout = '20ms'"))
        connection.execute(text(lock.format(SECOND.id)))
        has_second.set()
        waits = text("select count(*) from pg_locks where not granted")
        while not connection.execute(waits).scalar():
            pass  # each look lets the other machine come to it
        say_more(connection)

    async def wait_for_the_second(other: asyncpg.Connection) -> None:
        await has_second.wait()
        await other.execute(lock.format(SECOND.id))

    async with two_machines(postgres_url, tmp_path) as (records, other):
        await other.execute("set local deadlock_timeout = '1h'")
        await other.execute(lock.format(FIRST.id))
        waiting = asyncio.create_task(wait_for_the_second(other))
        with pytest.raises(DBAPIError, match="deadlock"):
            await records._database.write(write)
        await waiting


async def test_what_an_index_lacks_is_a_fault_of_the_index(
    postgres_url: str, tmp_path: Path
) -> None:
    async with two_machines(postgres_url, tmp_path) as (records, other):
        await other.execute("alter table call_index rename to call_index_gone")
        await other.execute("commit")
        await other.execute("begin")
        with pytest.raises(IndexFault):
            await records._database.write(say_more)
