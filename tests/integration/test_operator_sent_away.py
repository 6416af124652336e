"""Operators who may listen no more, in the middle of a call: Aurora has the caller at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from aurora.accounts.person import Role
from aurora.lines.web_socket import POLICY
from aurora.parts import Parts
from aurora.records.account_tables import sessions
from tests.console_operator import operating, tone
from tests.integration.browser_page import page
from tests.integration.test_operator_sound import call_id, said_after
from tests.signing_in import signed_in
from tests.waiting import PATIENT_S
from tests.whole_line import WrittenSpeech, served

NAME = "Maria"


async def signed_out(parts: Parts, account_id: str) -> None:
    await parts.accounts.sessions.end_all(account_id)


async def disabled(parts: Parts, account_id: str) -> None:
    await parts.accounts.accounts.change(account_id, is_disabled=True)


async def no_operator_any_more(parts: Parts, account_id: str) -> None:
    await parts.accounts.accounts.change(account_id, role=Role.VIEWER)


async def expired(parts: Parts, account_id: str) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    theirs = update(sessions).where(sessions.c.account_id == account_id).values(expires_at=over)
    await parts.records.beside.write(lambda connection: connection.execute(theirs))


async def closed(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(PATIENT_S):
        await socket.wait_closed()
    return socket.close_code


@pytest.mark.parametrize("send_away", [signed_out, disabled, no_operator_any_more, expired])
async def test_who_speaks_and_is_sent_away_is_cut_off_and_aurora_is_back(
    monkeypatch, tmp_path, send_away: Callable[[Parts, str], Awaitable[None]]
):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        page(url) as caller,
    ):
        await caller.until("mark")
        one = await call_id(parts)
        await signed_in(parts, Role.ADMIN)  # somebody has to stay one
        headers = await signed_in(parts, Role.OPERATOR, NAME) | {"Origin": url}
        async with operating(url, one, headers=headers) as operator:
            operator.voice = tone()
            assert (await operator.takes_over()).status_code == 200
            await said_after(caller, "Joining you now")
            await send_away(parts, (await parts.accounts.accounts.named(NAME)).id)
            code = await closed(operator.socket)
            await said_after(caller, "I am with you again")
            refused = await operator.takes_over()
            with pytest.raises(ConnectionClosed):
                await operator.socket.send(tone())
        call = await parts.switchboard.call(one)
        events = {event.kind: event.details for event in await parts.records.events(one)}
        acts = await parts.accounts.audit.acts()

    assert code == POLICY
    assert refused.status_code in (401, 403)
    assert call.hand_off.stage == "dropped_back"
    assert events["hand_off_dropped_back"]["reason"] == "operator_sent_away"
    assert events["operator_sent_away"]["by"] == NAME
    assert "call.listener_sent_away" in acts


async def test_who_only_listens_and_is_sent_away_hears_no_more(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        page(url) as caller,
    ):
        await caller.until("mark")
        one = await call_id(parts)
        headers = await signed_in(parts, Role.OPERATOR, NAME) | {"Origin": url}
        async with operating(url, one, headers=headers) as operator:
            await signed_out(parts, (await parts.accounts.accounts.named(NAME)).id)
            code = await closed(operator.socket)
        said = [message["text"] for message in caller.told if message["type"] == "saying"]

    assert code == POLICY
    assert not any("with you again" in text for text in said)
