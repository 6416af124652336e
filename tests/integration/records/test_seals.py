"""Somebody changes the database behind the line's back, and `aurora record check` says so."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aurora.accounts.person import Role
from aurora.cli import app
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

    code, told = record_check()

    assert code == 1
    assert "not written with this line's key" in told


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


LAUNDERED = [
    # The first of the messages changed and the last taken away, with the count to match.
    [
        "UPDATE messages SET content = 'All is well' WHERE call_id = ?1 AND number = 1",
        "DELETE FROM messages WHERE call_id = ?1 AND number = 2",
        "UPDATE calls SET message_count = 1 WHERE id = ?1",
    ],
    # A call of long ago, back among those that are sealed anew.
    [
        "UPDATE messages SET content = 'All is well' WHERE call_id = ?1 AND number = 1",
        "UPDATE calls SET ended_at = '2999-01-01 00:00:00.000000' WHERE id = ?1",
        "INSERT INTO events (call_id, number, kind, at, details) SELECT call_id, number + 1, "
        "kind, at, details FROM events WHERE call_id = ?1 ORDER BY number DESC LIMIT 1",
        "UPDATE calls SET event_count = event_count + 1 WHERE id = ?1",
    ],
    # A count alone: what is said next would take the place of what was sealed.
    ["UPDATE calls SET message_count = 0 WHERE id = ?1"],
]


@pytest.mark.parametrize("harms", LAUNDERED)
def test_a_line_that_goes_on_never_seals_over_what_was_changed(
    ids, monkeypatch, tmp_path, database, harms
):
    for harm in harms:
        database.execute(harm, ids[:1])
    before = record_check()

    asyncio.run(told(monkeypatch, tmp_path, people=0))

    for code, said in (before, record_check()):
        assert code == 1
        assert f"NOT INTACT: call {ids[0]}" in said
        assert ids[1] not in said


def test_a_caller_who_speaks_on_after_a_change_does_not_hide_it(
    ids, monkeypatch, tmp_path, database
):
    database.execute("UPDATE messages SET content = 'ok' WHERE call_id = ? AND number = 1", ids[:1])

    # The same number again: an open call goes on.
    asyncio.run(told(monkeypatch, tmp_path, people=1))
    code, said = record_check()

    assert code == 1
    assert f"NOT INTACT: call {ids[0]}" in said


CUT = ["DELETE FROM audit WHERE number >= (SELECT max(number) FROM audit)"]


async def health_of_a_line(monkeypatch, directory: Path) -> tuple[int, str, str]:
    """Let a line run and stop; return what monitors were told meanwhile."""
    async with application(monkeypatch, directory) as (client, parts):
        await parts.seals.seal_new()
        answered = await client.get("/health")
        part = {one.name: one for one in await parts.health()}["audit trail"]
        return answered.status_code, answered.json()["status"], part.detail


def accept_break() -> tuple[int, str]:
    words = ("audit", "accept-break", "--by", "Ada", "--reason", "the disk was swapped")
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.stdout


def test_a_trail_that_lost_its_end_stays_lost_however_long_the_line_goes_on(
    ids, monkeypatch, tmp_path, database
):
    for harm in CUT:
        database.execute(harm)

    for _ in range(2):
        status, overall, detail = asyncio.run(health_of_a_line(monkeypatch, tmp_path))
        code, said = record_check()

        # Callers are served all the same: a proxy must not send them away for it.
        assert (status, overall) == (200, "failed")
        assert "accept-break" in detail
        assert code == 1
        assert "which this machine noted" in said
        assert all(f"NOT INTACT: call {one}" in said for one in ids)
    rows = "SELECT count(*) FROM audit WHERE act = 'trail.end_missing'"
    assert database.execute(rows).fetchone() == (1,)


def test_a_database_that_is_gone_is_missed_by_the_line_that_makes_a_new_one(
    ids, monkeypatch, tmp_path
):
    for path in tmp_path.rglob("aurora.db*"):
        path.unlink()

    _, overall, _ = asyncio.run(health_of_a_line(monkeypatch, tmp_path))

    assert overall == "failed"
    assert record_check()[0] == 1


def test_a_named_person_accepts_a_break_and_the_trail_keeps_who_and_why(
    ids, monkeypatch, tmp_path, database
):
    for harm in CUT:
        database.execute(harm)
    asyncio.run(health_of_a_line(monkeypatch, tmp_path))

    accepted = accept_break()
    _, overall, detail = asyncio.run(health_of_a_line(monkeypatch, tmp_path))
    code, said = record_check()

    assert accepted[0] == 0
    assert overall != "failed"
    assert "accept-break" not in detail
    assert code == 0
    assert "accepted by Ada (the disk was swapped): row" in said
    assert accept_break()[0] == 1


def test_a_break_is_not_accepted_without_a_name_and_a_reason(ids, database):
    for harm in CUT:
        database.execute(harm)

    for words in (["--by", "Ada"], ["--reason", "why"], ["--by", " ", "--reason", "why"]):
        assert CliRunner().invoke(app, ["audit", "accept-break", *words]).exit_code == 2
    assert record_check()[0] == 1


def test_a_note_that_was_taken_away_with_the_trails_end_leaves_a_row(
    ids, monkeypatch, tmp_path, database
):
    for harm in CUT:
        database.execute(harm)
    asyncio.run(told(monkeypatch, tmp_path, people=0))
    [note] = tmp_path.rglob("audit.head")
    note.unlink()
    asyncio.run(told(monkeypatch, tmp_path, people=0))

    assert "a machine that had no note of the trail's end began" in record_check()[1]


def test_a_note_that_is_taken_away_while_the_line_runs_is_put_back(monkeypatch, tmp_path):
    async def work() -> bool:
        async with application(monkeypatch, tmp_path) as (client, parts):
            await client.post("/api/process-speech", json=FIRE)
            await parts.seals.seal_new()
            [note] = tmp_path.rglob("audit.head")
            before = note.read_bytes()
            note.unlink()
            await parts.seals.end.missing()
            return note.read_bytes() == before

    assert asyncio.run(work())
