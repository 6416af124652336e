"""The disk is slow while an operator acts: they are told what came of it, and the trail has it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from aurora.accounts.audit import Sought
from aurora.accounts.person import Role
from aurora.conversation import unconfirmed
from aurora.parts import Parts
from aurora.records import audit, sql
from tests.application import application
from tests.signing_in import signed_in
from tests.waiting import until

FIRE = {"speech": "There is a fire in Zone B", "ph_no": "+12025550100"}
SHORT_S = 0.2
AUDIT = (audit, "WITHIN_S")
LOWER = {"urgency": "normal", "reason": "a welder, no fire", "seen": 0}


@contextmanager
def somebody_writing(
    directory: Path, monkeypatch: pytest.MonkeyPatch, *limits: tuple[ModuleType, str]
) -> Iterator[None]:
    """Hold the database's write lock, as a backup or another process does.

    limits: what is not waited for meanwhile; before and after it, a busy disk has time.
    """
    [path] = directory.rglob("aurora.db")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with monkeypatch.context() as hurried:
            for module, limit in ((sql, "TURN_SECONDS"), *limits):
                hurried.setattr(module, limit, SHORT_S)
            yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def rows(parts: Parts) -> list[dict[str, object]]:
    found = await parts.accounts.audit.find(Sought(act="urgency.set"), before=None, limit=9)
    return [dict(link.entry.details) for link in found]


async def urgencies(parts: Parts, call_id: str) -> tuple[str, str]:
    """Return a call's urgency as callers are answered by it, and as it is on record."""
    here, kept = parts.switchboard.here(call_id), await parts.records.find(call_id)
    assert here is not None
    assert kept is not None
    return here.urgency.value, kept.urgency.value


async def test_an_act_that_is_stored_late_is_told_as_done_and_stands_on_the_trail(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.OPERATOR)
        call_id = (await client.post("/api/process-speech", json=FIRE)).json()["call_id"]
        address = f"/console/calls/{call_id}/urgency"
        with somebody_writing(tmp_path, monkeypatch):
            acting = asyncio.create_task(client.post(address, json=LOWER, headers=headers))
            await until(lambda: parts.records.not_stored)
        answer = await acting
        noted, urgency = await rows(parts), await urgencies(parts, call_id)

    assert answer.status_code == 204
    assert urgency == ("normal", "normal")
    assert [one["after"] for one in noted] == ["normal"]


async def test_what_is_not_confirmed_is_told_so_and_learnt_once_it_is(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.OPERATOR)
        call_id = (await client.post("/api/process-speech", json=FIRE)).json()["call_id"]
        address = f"/console/calls/{call_id}/urgency"
        with somebody_writing(tmp_path, monkeypatch, AUDIT, (unconfirmed, "CONFIRMED_WITHIN_S")):
            answer = await client.post(address, json=LOWER, headers=headers)

        async def is_known() -> bool:
            return await urgencies(parts, call_id) == ("normal", "normal")

        await until(is_known)
        [noted] = await until(lambda: rows(parts))

    assert answer.status_code == 503
    assert "has not confirmed it yet" in answer.text
    assert "nothing has changed" not in answer.text
    assert noted["after"] == "normal"
    assert noted["is_confirmed"] is False


async def test_a_caller_who_speaks_while_an_act_waits_for_the_disk_is_answered(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.OPERATOR)
        call_id = (await client.post("/api/process-speech", json=FIRE)).json()["call_id"]
        address = f"/console/calls/{call_id}/urgency"
        with somebody_writing(tmp_path, monkeypatch, AUDIT):
            acting = asyncio.create_task(client.post(address, json=LOWER, headers=headers))
            await until(lambda: parts.records.not_stored)
            spoken = await client.post("/api/process-speech", json=FIRE | {"speech": "Hello?"})
            was_waiting = not acting.done()
        await acting

    assert spoken.status_code == 200
    assert was_waiting
