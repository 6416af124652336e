"""Accounts and the audit trail keep their promises on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aurora.accounts.account import Account
from aurora.accounts.audit import Sought
from aurora.accounts.person import Person, Role
from aurora.accounts.secret import new_id
from aurora.accounts.session import IDLE_FOR, Visitor, open_session
from aurora.accounts.slowing import WITHIN, Count
from aurora.errors import AccountRefused
from aurora.records.accounts import SqlAccounts
from aurora.records.audit import WRITTEN_AT_ONCE, AuditTrail
from aurora.records.sessions import SqlSessions
from aurora.records.sql import SqlRecords
from aurora.records.wrong_tries import SqlWrongTries
from tests.postgres import postgres_server, postgres_url  # noqa: F401
from tests.signing_in import SEAL

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
ADA = Person("1", "Ada", Role.ADMIN, address="10.0.0.7")


@dataclass
class Machines:
    """Two machines of one line."""

    one: SqlRecords
    other: SqlRecords


@pytest.fixture(params=["sqlite", "postgresql"])
async def machines(request, tmp_path: Path) -> AsyncIterator[Machines]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    found = Machines(await SqlRecords.open(url, tmp_path), await SqlRecords.open(url, tmp_path))
    yield found
    await found.one.close()
    await found.other.close()


def account(name: str, role: Role = Role.ADMIN) -> Account:
    return Account(new_id(), name, role, NOON, "fr", password="$argon2id$")


async def test_an_account_is_read_back_as_it_was_written(machines):
    accounts = SqlAccounts(machines.one.beside, SEAL)
    ada = account("Ada Lovelace")
    await accounts.add(ada)

    assert await accounts.named("ADA lovelace ") == ada
    assert await SqlAccounts(machines.other.beside, SEAL).by_id(ada.id) == ada
    with pytest.raises(AccountRefused):
        await accounts.add(account("ada LOVELACE"))


async def test_two_machines_that_race_make_one_first_admin(machines):
    stores = [SqlAccounts(machines.one.beside, SEAL), SqlAccounts(machines.other.beside, SEAL)]
    made = await asyncio.gather(
        *(stores[number % 2].add_first_admin(account(f"Admin {number}")) for number in range(6))
    )

    assert sorted(made) == [False] * 5 + [True]


async def test_two_admins_cannot_disable_each_other(machines):
    stores = [SqlAccounts(machines.one.beside, SEAL), SqlAccounts(machines.other.beside, SEAL)]
    ada, bo = account("Ada"), account("Bo")
    for one in (ada, bo):
        await stores[0].add(one)
    ends = await asyncio.gather(
        stores[0].change(ada.id, is_disabled=True),
        stores[1].change(bo.id, is_disabled=True),
        return_exceptions=True,
    )

    assert [type(end) for end in ends].count(AccountRefused) == 1


async def test_where_nobody_is_admin_accounts_are_changed_all_the_same(machines):
    store, bo = SqlAccounts(machines.one.beside, SEAL), replace(account("Bo"), role=Role.OPERATOR)
    await store.add(bo)

    await store.change(bo.id, language="de")
    await store.change(bo.id, role=Role.ADMIN.value)
    with pytest.raises(AccountRefused):
        await store.change(bo.id, is_disabled=True)


async def test_a_code_a_recovery_code_and_a_link_are_good_once(machines):
    accounts = SqlAccounts(machines.one.beside, SEAL)
    ada = account("Ada")
    await accounts.add(ada)
    await accounts.set_second_step(ada, "KEY", 7, ["abcd"])
    await accounts.add_link(ada.id, "secret", NOON + timedelta(hours=1))

    assert [await accounts.use_code_step(ada, step) for step in (7, 8, 8)] == [False, True, False]
    assert [await accounts.use_recovery_code(ada, "abcd") for _ in range(2)] == [True, False]
    assert await accounts.of_link("secret", NOON + timedelta(hours=2)) is None
    assert [await accounts.use_link("secret", NOON) for _ in range(2)] == [True, False]


async def test_old_sessions_go_when_new_ones_are_opened(machines):
    accounts, sessions = SqlAccounts(machines.one.beside, SEAL), SqlSessions(machines.one.beside)
    ada = account("Ada")
    await accounts.add(ada)
    old_secret, old = open_session(ada.id, Visitor("10.0.0.7"), NOON)
    new_secret, new = open_session(ada.id, Visitor("10.0.0.7"), NOON + IDLE_FOR)
    await sessions.open(old)
    await sessions.open(new)

    assert await sessions.find(old_secret) is None
    assert await sessions.find(new_secret) == (new, ada)
    assert await sessions.end_all(ada.id) == 1


async def test_wrong_tries_are_counted_together_and_forgotten(machines):
    ours, theirs = SqlWrongTries(machines.one.beside), SqlWrongTries(machines.other.beside)
    counts = [Count("name", 2, 10.0), Count("address", 9, 10.0)]
    for tries in (ours, theirs, ours):
        await tries.note(counts, NOON)

    assert await theirs.wait_s(counts, NOON) == 1.0
    assert await ours.wait_s(counts, NOON + WITHIN) == 0.0


async def test_two_machines_write_one_unbroken_trail(machines):
    trails = [
        AuditTrail(machines.one.beside, lambda: NOON),
        AuditTrail(machines.other.beside, lambda: NOON),
    ]
    await asyncio.gather(
        *(trails[number % 2].note(ADA, "test.act", str(number), {"ä": 1}) for number in range(30))
    )
    checked = await trails[0].check()
    found = await trails[1].find(Sought(who="ADA", act="test"), before=None, limit=99)

    assert (checked.count, checked.broken_at) == (30, None)
    assert {link.entry.subject for link in found} == {str(number) for number in range(30)}


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit WHERE number = 1"]
)
async def test_the_database_refuses_to_change_the_trail(change, machines):
    await AuditTrail(machines.one.beside, lambda: NOON).note(ADA, "test.act")
    with pytest.raises(DBAPIError, match="only grows"):
        await machines.one.beside.write(lambda connection: connection.execute(text(change)))


async def test_every_act_of_the_trail_is_listed_once(machines):
    trail = AuditTrail(machines.one.beside, lambda: NOON)
    assert await trail.acts() == []

    for act in ("sign_in", "call.note", "sign_in.refused", "sign_in", "call.note", "a.b"):
        await trail.note(ADA, act)

    assert await trail.acts() == ["a.b", "call.note", "sign_in", "sign_in.refused"]


async def test_a_row_that_could_not_be_written_comes_with_the_next(machines, monkeypatch):
    trail = AuditTrail(machines.one.beside, lambda: NOON)

    async def fail(work: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(machines.one.beside, "write", fail)
        await trail.note(ADA, "first.act")
    await trail.note(ADA, "second.act")
    found = await trail.find(Sought(), before=None, limit=9)

    assert [link.entry.act for link in found] == ["second.act", "first.act"]


async def test_a_long_backlog_is_written_in_steps_and_each_that_is_done_stays_done(
    machines, monkeypatch
):
    trail = AuditTrail(machines.one.beside, lambda: NOON)
    write, left = machines.one.beside.write, 0

    async def fail_at_last(work: Any) -> None:
        nonlocal left
        if not left:
            raise OSError("the disk is full")
        left -= 1
        await write(work)

    count = 2 * WRITTEN_AT_ONCE + 100
    with monkeypatch.context() as patch:
        patch.setattr(machines.one.beside, "write", fail_at_last)
        for number in range(count - 1):
            await trail.note(ADA, "test.act", str(number))
        left = 2
        await trail.note(ADA, "test.act", str(count - 1))
    assert (await trail.check()).count == 2 * WRITTEN_AT_ONCE

    await trail.note(ADA, "last.act")
    checked = await trail.check()
    newest, before = await trail.find(Sought(), before=None, limit=2)
    assert (checked.count, checked.broken_at) == (count + 1, None)
    assert (newest.entry.act, before.entry.subject) == ("last.act", str(count - 1))
