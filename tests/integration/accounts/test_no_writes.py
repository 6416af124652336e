"""A database that is read but takes no writes shuts nobody out who is in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from starlette.requests import Request

from aurora.accounts.account import Account
from aurora.accounts.api_token import Scope, new_token
from aurora.accounts.person import Person, Role
from aurora.accounts.secret import new_id
from aurora.accounts.session import IDLE_FOR, LASTS, Visitor, open_session
from aurora.console.session_door import SessionDoor
from aurora.records.accounts import SqlAccounts
from aurora.records.api_tokens import SqlApiTokens
from aurora.records.sessions import SqlSessions
from aurora.records.sql import SqlRecords
from tests.signing_in import SEAL

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass
class Line:
    """One account on a real database, at a time that the test sets."""

    records: SqlRecords
    ada: Account
    now: datetime = NOON

    def door(self) -> SessionDoor:
        """Return the door of a line that has just been started."""
        return SessionDoor(SqlSessions(self.records.beside), lambda: self.now, None)

    async def sign_in(self) -> Request:
        secret, session = open_session(self.ada.id, Visitor("10.0.0.7"), self.now)
        await SqlSessions(self.records.beside).open(session)
        headers = [(b"cookie", f"aurora-session={secret}".encode()), (b"host", b"localhost")]
        scope = {
            "type": "http",
            "scheme": "http",
            "path": "/",
            "query_string": b"",
            "http_version": "1.1",
        }
        here = {"server": ("localhost", 80), "client": ("127.0.0.1", 1)}
        return Request(scope | here | {"headers": headers})

    async def take_no_writes(self, table: str) -> None:
        def refuse(connection: Connection) -> None:
            full = "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            connection.execute(text(f"CREATE TRIGGER full_disk BEFORE UPDATE ON {table} {full}"))

        await self.records.beside.write(refuse)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    records = await SqlRecords.open(None, tmp_path)
    ada = Account(new_id(), "Ada", Role.OPERATOR, NOON)
    await SqlAccounts(records.beside, SEAL).add(ada)
    yield Line(records, ada)
    await records.close()


async def name_after(line: Line, door: SessionDoor, asking: Request, later: timedelta) -> str:
    line.now += later
    person: Person | None = await door.still(asking)
    return person.name if person else ""


async def test_an_operator_stays_in_as_long_as_they_are_at_work(line):
    asking, door = await line.sign_in(), line.door()
    await line.take_no_writes("sessions")

    shift = int((IDLE_FOR + HALF_AN_HOUR) / HALF_AN_HOUR)
    seen = [await name_after(line, door, asking, HALF_AN_HOUR) for _ in range(2 * shift)]
    assert set(seen) == {"Ada"}


async def test_an_operator_is_let_in_by_a_line_that_was_started_anew(line):
    asking = await line.sign_in()
    await line.take_no_writes("sessions")

    assert await name_after(line, line.door(), asking, HALF_AN_HOUR) == "Ada"


async def test_a_session_is_over_all_the_same_after_an_idle_shift_and_after_its_week(line):
    asking, door = await line.sign_in(), line.door()
    await line.take_no_writes("sessions")
    assert await name_after(line, door, asking, HALF_AN_HOUR) == "Ada"
    assert await name_after(line, door, asking, IDLE_FOR) == ""

    asking = await line.sign_in()
    shifts = int(LASTS / HALF_AN_HOUR)
    seen = [await name_after(line, door, asking, HALF_AN_HOUR) for _ in range(shifts)]
    assert seen == ["Ada"] * (shifts - 1) + [""]


async def test_who_was_signed_out_stays_out(line):
    asking, door = await line.sign_in(), line.door()
    await line.take_no_writes("sessions")
    assert await name_after(line, door, asking, HALF_AN_HOUR) == "Ada"
    await SqlSessions(line.records.beside).end_all(line.ada.id)

    assert await name_after(line, door, asking, HALF_AN_HOUR) == ""


async def test_a_use_is_noted_again_once_the_disk_takes_it(line):
    asking, door = await line.sign_in(), line.door()
    await line.take_no_writes("sessions")
    await name_after(line, door, asking, HALF_AN_HOUR)
    await line.records.beside.write(lambda one: one.execute(text("DROP TRIGGER full_disk")))
    await name_after(line, door, asking, HALF_AN_HOUR)

    assert await SqlSessions(line.records.beside).seen_at("Ada") == line.now


async def test_a_token_opens_the_api_though_its_use_cannot_be_noted(line):
    tokens = SqlApiTokens(line.records.beside, lambda: line.now)
    shown, token = new_token(
        line.ada.id, Role.OPERATOR, "test", Scope.READ, timedelta(days=1), line.now
    )
    await tokens.add(token)
    await line.take_no_writes("api_tokens")

    for _ in range(3):
        line.now += HALF_AN_HOUR
        found = await tokens.owner(shown)
        assert found is not None
        assert found[1].name == "Ada"
