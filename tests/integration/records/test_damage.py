"""A database that must not be opened is refused with advice, and not one byte of it changes."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from aurora.errors import RecordsError
from aurora.records.sql import SqlRecords
from tests.integration.records.made import a_call, a_turn


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """A sound database with a few hundred messages, closed."""
    records = await SqlRecords.open(None, tmp_path)
    for number in range(20):
        await records.append(a_turn(a_call(number), "long words " * 100))
    await records.close()
    return tmp_path / "aurora.db"


async def assert_refused_untouched(path: Path, *told: str) -> None:
    before = {item.name: item.read_bytes() for item in path.parent.iterdir()}
    with pytest.raises(RecordsError) as refusal:
        await SqlRecords.open(None, path.parent)
    for words in (str(path), "Nothing was touched", *told):
        assert words in str(refusal.value)
    assert {item.name: item.read_bytes() for item in path.parent.iterdir()} == before


def spoil_header(path: Path) -> None:
    path.write_bytes(os.urandom(100) + path.read_bytes()[100:])


def spoil_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)


def cut(path: Path, kept: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])


def leave_a_log(path: Path) -> None:
    """Leave a committed change in the -wal file alone, as SIGKILL does."""
    wal = Path(f"{path}-wal")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE calls SET worker_id = 'changed'")
        connection.commit()
        log, main = wal.read_bytes(), path.read_bytes()
    path.write_bytes(main)
    wal.write_bytes(log)


async def test_a_sound_database_opens_again(database: Path) -> None:
    records = await SqlRecords.open(None, database.parent)
    assert len(await records.open_calls()) == 20
    await records.close()
    assert [item.name for item in database.parent.iterdir()] == ["aurora.db"]


async def test_a_garbage_header_is_refused(database: Path) -> None:
    spoil_header(database)
    await assert_refused_untouched(database, "not a database", "backup", "move it away")


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "aurora.db"
    path.write_text("a shopping list")
    await assert_refused_untouched(path, "backup")


@pytest.mark.parametrize("kept", [0.25, 0.5, 0.9])
async def test_a_truncated_database_is_refused(database: Path, kept: float) -> None:
    cut(database, kept)
    await assert_refused_untouched(database, "malformed")


async def test_a_damaged_page_is_refused(database: Path) -> None:
    spoil_pages(database)
    await assert_refused_untouched(database, "damaged")


async def test_a_damaged_database_with_a_log_beside_it_is_refused(database: Path) -> None:
    leave_a_log(database)
    spoil_header(database)
    await assert_refused_untouched(database, "not a database")


async def test_a_sound_database_with_a_log_beside_it_opens_with_what_is_in_the_log(
    database: Path,
) -> None:
    leave_a_log(database)
    records = await SqlRecords.open(None, database.parent)
    query = "SELECT DISTINCT worker_id FROM calls"
    workers = await records._database.read(
        lambda connection: connection.exec_driver_sql(query).scalars().all()
    )
    assert workers == ["changed"]
    await records.close()


async def test_an_emptied_database_is_refused_when_calls_were_logged(database: Path) -> None:
    logs = database.parent / "call_logs"
    logs.mkdir()
    (logs / "call_1.json").write_text("{}")
    cut(database, 0)
    with pytest.raises(RecordsError, match="it is empty, though calls were logged"):
        await SqlRecords.open(None, database.parent)
    assert [item.stat().st_size for item in [database]] == [0]


async def test_a_first_start_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    (tmp_path / "aurora.db").touch()
    records = await SqlRecords.open(None, tmp_path)
    assert await records.open_calls() == []
    await records.close()


async def test_a_newer_schema_is_refused(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    await assert_refused_untouched(database, "newer Aurora", "9999")


async def test_a_newer_schema_in_postgresql_is_refused(postgres_url: str, tmp_path: Path) -> None:
    records = await SqlRecords.open(postgres_url, tmp_path)
    newer = "UPDATE alembic_version SET version_num = '9999'"
    await records._database.write(lambda connection: connection.exec_driver_sql(newer))
    await records.close()
    with pytest.raises(RecordsError, match="newer Aurora") as refusal:
        await SqlRecords.open(postgres_url, tmp_path)
    assert "not-checked" not in str(refusal.value)


async def test_a_data_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordsError, match="AURORA_DATA_DIR"):
        await SqlRecords.open(None, tmp_path / "file" / "data")


async def test_an_unreachable_server_is_told_without_the_password(tmp_path: Path) -> None:
    url = "postgresql://aurora:s3cret@127.0.0.1:1/aurora"
    with pytest.raises(RecordsError, match="AURORA_DATABASE_URL") as refusal:
        await SqlRecords.open(url, tmp_path)
    assert "s3cret" not in str(refusal.value)
    assert "127.0.0.1:1" in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "no url",
        "mysql://u:s3cret@h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://h/d?password=s3cret",
    ],
)
async def test_a_database_of_another_kind_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="AURORA_DATABASE_URL") as refusal:
        await SqlRecords.open(url, tmp_path)
    assert "s3cret" not in str(refusal.value)


async def test_an_explicit_sqlite_file_is_used(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "calls.db"
    records = await SqlRecords.open(f"sqlite:///{path}", tmp_path)
    await records.close()
    assert path.exists()
