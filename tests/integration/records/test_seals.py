"""Somebody changes the database behind the line's back, and `aurora record check` says so."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aurora.accounts.person import Role
from aurora.cli import app
from aurora.errors import RecordsError
from tests.application import application, set_environment
from tests.signing_in import signed_in

FIRE = {"speech": "There is a fire in Zone B, and two people are inside"}


async def told(monkeypatch: pytest.MonkeyPatch, directory: Path, *, people: int = 2) -> list[str]:
    """Take calls in and seal them, as a line does that is stopped; return their ids."""
    ids = []
    async with application(monkeypatch, directory) as (client, parts):
        await signed_in(parts, Role.ADMIN)
        for number in range(people):
            asked = FIRE | {"ph_no": f"+1202555010{number}"}
            ids.append((await client.post("/api/process-speech", json=asked)).json()["call_id"])
    return ids


def record_check() -> tuple[int, str]:
    result = CliRunner().invoke(app, ["record", "check"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.fixture
def ids(monkeypatch, tmp_path) -> list[str]:
    set_environment(monkeypatch, tmp_path, {})
    return asyncio.run(told(monkeypatch, tmp_path))


@pytest.fixture
def database(tmp_path) -> Iterator[sqlite3.Connection]:
    """The file as whoever has got at it sees it, without what guards the trail."""
    opened = sqlite3.connect(next(tmp_path.rglob("aurora.db")), isolation_level=None)
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    for (name,) in opened.execute(names).fetchall():
        opened.execute(f"DROP TRIGGER {name}")
    opened.execute("PRAGMA foreign_keys = OFF")
    yield opened
    opened.close()


def test_what_nobody_touched_is_as_it_was_sealed(ids):
    assert record_check() == (0, "2 calls and the audit trail are as they were sealed\n")


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE messages SET content = 'All is well' WHERE call_id = ? AND number = 1",
        "UPDATE messages SET at = '2020-01-01 00:00:00.000000' WHERE call_id = ? AND number = 1",
        "UPDATE messages SET urgency = 'normal' WHERE call_id = ?",
        "UPDATE messages SET number = 3 - number WHERE call_id = ? AND number IN (1, 2)",
        "UPDATE events SET details = '{}' WHERE call_id = ? AND number = 1",
        "DELETE FROM messages WHERE call_id = ? AND number = 1",
        "DELETE FROM events WHERE call_id = ?1 AND number = "
        "(SELECT max(number) FROM events WHERE call_id = ?1)",
        "DELETE FROM calls WHERE id = ?",
    ],
)
def test_a_call_that_was_changed_or_taken_away_is_named(ids, database, harm):
    if "3 - number" in harm:
        # Put in another order, by way of numbers that none has.
        database.execute("UPDATE messages SET number = -number WHERE call_id = ?", ids[:1])
        database.execute("UPDATE messages SET number = 3 + number WHERE call_id = ?", ids[:1])
    else:
        database.execute(harm, ids[:1])

    code, told = record_check()

    assert code == 1
    assert f"NOT INTACT: call {ids[0]}" in told
    assert ids[1] not in told


def test_what_is_taken_from_the_trails_end_is_missed_with_the_calls_it_sealed(ids, database):
    database.execute("DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)")

    code, told = record_check()
    trail = CliRunner().invoke(app, ["audit", "check"])

    assert code == 1
    assert "which this machine noted" in told
    assert trail.exit_code == 1
    assert "This machine noted it" in trail.stdout


def test_a_seal_that_was_made_anew_breaks_the_trail(ids, database):
    change = "UPDATE audit SET details = replace(details, ?, ?) WHERE act = 'record.sealed'"
    database.execute(change, [ids[0], "another"])

    code, told = record_check()

    assert code == 1
    assert "of the audit trail is not as it was written" in told


def test_a_note_made_without_the_lines_key_is_no_note(ids, tmp_path):
    [note] = tmp_path.rglob("audit.head")
    note.write_text(note.read_text().replace('"number":', '"number":1'))

    with pytest.raises(RecordsError, match="not written with this line's key"):
        record_check()


def test_without_a_note_it_is_said_that_the_end_cannot_be_told(ids, tmp_path):
    [note] = tmp_path.rglob("audit.head")
    note.unlink()

    code, told = record_check()

    assert code == 0
    assert "no note of the trail's end" in told


def test_what_comes_later_is_no_change_and_is_sealed_in_turn(ids, monkeypatch, tmp_path, database):
    asyncio.run(told(monkeypatch, tmp_path))
    sealed = "SELECT count(*) FROM audit WHERE act = 'record.sealed'"

    assert record_check()[0] == 0
    assert database.execute(sealed).fetchone() == (2,)


def test_the_page_of_the_trail_shows_what_people_did_unless_asked(monkeypatch, tmp_path):
    async def work() -> tuple[str, str, str]:
        async with application(monkeypatch, tmp_path) as (client, parts):
            headers = await signed_in(parts, Role.ADMIN)
            call_id = (await client.post("/api/process-speech", json=FIRE)).json()["call_id"]
            await parts.seals.seal_new()
            page = await client.get("/console/audit", headers=headers)
            asked = await client.get("/console/audit?act=record.sealed", headers=headers)
            return call_id, page.text, asked.text

    call_id, page, asked = asyncio.run(work())

    assert call_id not in page
    assert call_id in asked
