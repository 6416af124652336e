"""The migrations make the tables that the code uses, on both engines."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from aurora.conditions.change import wind_change
from aurora.conversation.call import Call
from aurora.conversation.record import Entry
from aurora.records import full_text
from aurora.records.migrate import HEAD, _config
from aurora.records.search import Filters
from aurora.records.sql import SqlRecords
from aurora.records.tables import metadata


def _differences(connection: Connection) -> list[object]:
    options = {"include_object": _is_ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """Each engine has its own full-text index, which no table of ours describes."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not str(table).startswith(full_text.TABLE)


def _pragmas(connection: Connection) -> dict[str, object]:
    names = ("journal_mode", "synchronous", "foreign_keys")
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_migrations_and_tables_agree(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else None
    records = await SqlRecords.open(url, tmp_path)
    assert await records._database.write(_differences) == []
    await records.close()


async def test_sqlite_is_set_to_survive_a_power_cut(tmp_path: Path) -> None:
    records = await SqlRecords.open(None, tmp_path)
    found = await records._database.write(_pragmas)
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    await records.close()


def test_the_head_known_without_alembic_is_its_head() -> None:
    assert ScriptDirectory.from_config(_config()).get_current_head() == HEAD


_OF_THE_FIRST = {"calls", "messages", "events", "answers"}


def _as_before_conditions(connection: Connection) -> None:
    """Leave what the first migration made."""
    connection.exec_driver_sql("DROP INDEX ix_events_kind_at")
    connection.exec_driver_sql("DROP INDEX ix_messages_at_urgency_total_ms")
    connection.exec_driver_sql("CREATE INDEX ix_messages_at ON messages (at)")
    full_text.drop(connection)
    for table in reversed(metadata.sorted_tables):
        if table.name not in _OF_THE_FIRST:
            table.drop(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION audit_only_grows")
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_record_from_before_conditions_is_carried_over(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else None
    now = datetime(2026, 11, 25, tzinfo=UTC)
    older = await SqlRecords.open(url, tmp_path)
    await older.append(Entry(Call("call_1", "api", "plant", "worker_1", "en", now)))
    await older._database.write(_as_before_conditions)
    await older.close()

    newer = await SqlRecords.open(url, tmp_path)
    await newer.conditions.add("plant", [wind_change(270, "Ann", now)])
    assert len(await newer.conditions.holding("plant", now)) == 1
    assert await newer.find("call_1") is not None
    assert await newer.search.count(Filters()) == 1
    await newer.close()
