"""Whose socket it is, who holds a call, and what was left unsaid."""

import asyncio

import pytest

from aurora.lines import socket_calls
from aurora.lines.socket_calls import SocketCalls
from aurora.settings import TwilioSettings

ACCOUNT = "the account's token"


def calls(line: str = "relay", token: str | None = ACCOUNT) -> SocketCalls:
    return SocketCalls(line, TwilioSettings(_env_file=None, TWILIO_AUTH_TOKEN=token))


def test_a_token_is_good_for_its_own_call_alone() -> None:
    ours = calls()
    assert ours.is_ours("CA1", ours.token("CA1"))
    assert not ours.is_ours("CA2", ours.token("CA1"))
    assert not ours.is_ours("CA1", "")
    assert not ours.is_ours("CA1", "käse")


def test_every_machine_of_the_account_takes_it_and_no_other_line() -> None:
    assert calls().is_ours("CA1", calls().token("CA1"))
    assert not calls("stream").is_ours("CA1", calls("relay").token("CA1"))
    assert not calls().is_ours("CA1", calls(token="another").token("CA1"))
    assert not calls(token=None).is_ours("CA1", calls(token=None).token("CA1"))


async def test_letting_go_waits_until_the_call_is_done() -> None:
    ours, order = calls(), []
    dropped = asyncio.Event()

    async def hold() -> None:
        async with ours.holding("CA1", dropped.set):
            await dropped.wait()
            order.append("last words")

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0)
    await ours.let_go("CA1")
    order.append("gone")
    await holding
    assert order == ["last words", "gone"]


async def test_nobody_holds_it_and_nothing_is_waited_for() -> None:
    letting_go = asyncio.create_task(calls().let_go("CA1"))
    await asyncio.sleep(0)
    assert letting_go.done()


async def test_a_call_that_does_not_let_go_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_calls, "DONE_WITHIN_S", 0.01)
    ours, asked = calls(), []
    async with ours.holding("CA1", lambda: asked.append("CA1")):
        await ours.let_go("CA1")
        assert asked == ["CA1"], "it was asked, and holds it still"
