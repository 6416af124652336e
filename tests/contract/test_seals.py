"""Seals hold on SQLite and on PostgreSQL, and on several machines of one line."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from aurora.records.audit import AuditTrail
from aurora.records.head_note import HeadNote
from aurora.records.seals import AT_ONCE, Seals
from aurora.records.sql import SqlRecords
from tests.integration.records.made import AT, a_call, a_turn
from tests.postgres import postgres_server, postgres_url  # noqa: F401

KEY = b"k" * 32
LATER = AT + timedelta(hours=1)


class Machine:
    """One machine of a line, with its note of the trail's end."""

    def __init__(self, records: SqlRecords, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        self.records = records
        self.seals = Seals(
            records.beside, AuditTrail(records.beside, now), HeadNote(directory, KEY), now
        )


def now() -> datetime:
    return LATER


@pytest.fixture(params=["sqlite", "postgresql"])
async def machines(request, tmp_path: Path) -> AsyncIterator[list[Machine]]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    records = [await SqlRecords.open(url, tmp_path) for _ in range(2)]
    yield [Machine(one, tmp_path / str(number)) for number, one in enumerate(records)]
    for one in records:
        await one.close()


async def test_what_two_machines_sealed_is_whole_to_both(machines: list[Machine]) -> None:
    for number, machine in enumerate(machines, 1):
        await machine.records.append(a_turn(a_call(number), "fire"))
        await machine.seals.seal_new()
    found = [await machine.seals.check() for machine in machines]

    assert [one.problems for one in found] == [[], []]
    assert [one.sealed for one in found] == [2, 2]


async def test_one_changed_word_is_found(machines: list[Machine]) -> None:
    machine, _ = machines
    for number in range(1, AT_ONCE + 2):
        await machine.records.append(a_turn(a_call(number), "fire"))
    assert await machine.seals.seal_new() == AT_ONCE + 1
    assert await machine.seals.seal_new() == 0

    def change(connection: Connection) -> None:
        connection.execute(text("UPDATE messages SET content = 'ok' WHERE call_id = 'call_7'"))

    await machine.records.beside.write(change)
    found = await machine.seals.check()

    assert found.problems == [
        "call call_7: its first 2 messages and 0 events are not as they were sealed"
    ]


async def test_words_of_a_call_that_goes_on_are_sealed_once_more(machines: list[Machine]) -> None:
    machine, _ = machines
    call = a_call()
    await machine.records.append(a_turn(call, "fire"))
    await machine.seals.seal_new()
    call.revision += 1
    await machine.records.append(a_turn(call, "and smoke"))

    assert await machine.seals.seal_new() == 1
    assert (await machine.seals.check()).problems == []
