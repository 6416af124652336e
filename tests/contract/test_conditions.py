"""What every store of conditions promises, asked of memory, SQLite and PostgreSQL alike."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aurora.conditions.change import drill_announced, exit_change, wind_change
from aurora.conditions.keeper import ConditionStore
from aurora.records.conditions import MemoryConditions
from aurora.records.sql import SqlRecords
from tests.line import NOON
from tests.postgres import postgres_server, postgres_url  # noqa: F401

HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ConditionStore]:
    if request.param == "memory":
        yield MemoryConditions()
        return
    is_postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if is_postgres else None
    records = await SqlRecords.open(url, tmp_path)
    yield records.conditions
    await records.close()


async def test_changes_come_back_whole_and_in_order(store: ConditionStore) -> None:
    changes = [
        wind_change(247.5, "Zoë \N{SNOWMAN}", NOON),
        exit_change("b", "b_east", is_blocked=True, by="call_1", reason="a caller", now=NOON),
        exit_change("b", "b_east", is_blocked=False, by="Ann", reason="cleared", now=NOON),
        drill_announced("Ann", "yearly", NOON, NOON + HOUR, None, NOON - HOUR),
    ]
    await store.add("plant", changes[:1])
    await store.add("plant", changes[1:])

    assert await store.holding("plant", NOON) == [changes[3], *changes[:3]]


async def test_a_change_written_twice_is_there_once(store: ConditionStore) -> None:
    change = wind_change(90, "Ann", NOON)
    await store.add("plant", [change])
    await store.add("plant", [change, replace(change, id="another")])

    assert [found.id for found in await store.holding("plant", NOON)] == [change.id, "another"]


async def test_what_expired_and_what_is_another_sites_stays_away(store: ConditionStore) -> None:
    await store.add("plant", [wind_change(90, "Ann", NOON)])

    assert await store.holding("plant", NOON + HOUR) == []
    assert await store.holding("other", NOON) == []
