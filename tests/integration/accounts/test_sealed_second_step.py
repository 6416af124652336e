"""Keys of the second step lie sealed in the database: old ones are sealed at the start, and a copy
of the database opens nothing."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from aurora.accounts.account import Account
from aurora.accounts.person import Role
from aurora.accounts.second_step import new_key
from aurora.accounts.secret import new_id
from aurora.cli import app
from aurora.records.accounts import SqlAccounts
from aurora.records.sql import SqlRecords
from tests.application import LOCAL_URL, application, set_environment
from tests.integration.accounts.test_my_account import begin_second_step
from tests.postgres import postgres_server, postgres_url  # noqa: F401
from tests.signing_in import PASSWORD, SEAL, add_account, sign_in

ORIGIN = {"Origin": LOCAL_URL}


async def in_by(client, code: str):
    client.cookies.clear()
    await sign_in(client, "Ada")
    return await client.post("/console/second-step", data={"code": code}, headers=ORIGIN)


def next_code(key: str) -> str:
    return pyotp.TOTP(key).at(datetime.now(UTC) + timedelta(seconds=30))


def written_anywhere(directory, words: str) -> list[str]:
    files = [path for path in directory.rglob("*") if path.is_file()]
    return [path.name for path in files if words.encode() in path.read_bytes()]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_key_of_before_is_sealed_and_still_good(request, tmp_path, engine):
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else None
    records, key = await SqlRecords.open(url, tmp_path), new_key()
    accounts = SqlAccounts(records.beside, SEAL)
    ada = Account(new_id(), "Ada", Role.ADMIN, datetime.now(UTC))
    await accounts.add(ada)
    await accounts.add(Account(new_id(), "Bo", Role.ADMIN, datetime.now(UTC)))
    await records.beside.write(
        lambda connection: connection.execute(
            text("UPDATE accounts SET totp_key = :key WHERE id = :id"), {"key": key, "id": ada.id}
        )
    )
    sealed = await accounts.seal_second_steps(), await accounts.seal_second_steps()
    kept = await accounts.by_id(ada.id)
    await records.close()

    assert sealed == (1, 0)
    assert kept is not None
    assert accounts.second_step_key(kept) == key
    assert key not in (kept.totp_key or "")
    assert written_anywhere(tmp_path, key) == []


async def test_a_line_that_was_killed_before_it_sealed_keys_leaves_none_in_its_files(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        await sign_in(client, "Ada")
        key, _, _ = await begin_second_step(client)
    database = tmp_path / "aurora.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE accounts SET totp_key = ?, totp_step = 0", (key,))
    connection.close()
    assert written_anywhere(tmp_path, key) == ["aurora.db"]

    async with application(monkeypatch, tmp_path) as (client, _):
        opened = await in_by(client, next_code(key))

    assert opened.status_code == 303
    assert written_anywhere(tmp_path, key) == []


async def test_a_copy_without_the_key_opens_nothing_and_says_the_way_out(monkeypatch, tmp_path):
    here, copied = tmp_path / "here", tmp_path / "copied"
    here.mkdir()
    copied.mkdir()
    async with application(monkeypatch, here) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        await sign_in(client, "Ada")
        key, recovery, _ = await begin_second_step(client)
    shutil.copy(here / "aurora.db", copied)

    async with application(monkeypatch, copied) as (client, parts):
        refused = await in_by(client, next_code(key))
        health = {one.name: one for one in await parts.health()}["second steps"]
        by_recovery = await in_by(client, recovery[0])

    assert refused.status_code == 503
    assert "was sealed with another signing key" in refused.text
    assert "aurora users reset NAME" in health.detail
    assert by_recovery.status_code == 303


def test_whoever_lost_the_key_resets_second_steps_by_command(monkeypatch, tmp_path):
    set_environment(monkeypatch, tmp_path, {})

    def aurora(*words: str) -> str:
        return CliRunner().invoke(app, words).stdout

    aurora("users", "add", "Ada", "--role", "admin")
    with sqlite3.connect(tmp_path / "aurora.db") as connection:
        sealed = SEAL.sealed("somebody else", new_key())
        connection.execute("UPDATE accounts SET totp_key = ?", (sealed,))
    connection.close()
    before = aurora("users", "list")
    aurora("users", "reset", "Ada", "--second-step")
    after = aurora("users", "list")

    assert "cannot be read" in before
    assert "aurora users reset NAME --second-step" in before
    assert "cannot be read" not in after


async def test_the_second_step_goes_on_after_a_restart(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN, PASSWORD)
        await sign_in(client, "Ada")
        key, _, _ = await begin_second_step(client)
    async with application(monkeypatch, tmp_path) as (client, _):
        assert (await in_by(client, next_code(key))).status_code == 303
