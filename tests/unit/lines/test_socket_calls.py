"""Whose socket it is, who holds a call, and what was left unsaid."""

import asyncio
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect, WebSocketState

from aurora.guidance.spoken import Spoken
from aurora.lines import socket_calls
from aurora.lines.audio.ports import Ending
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
    await calls().let_go("CA1")


async def test_a_call_that_does_not_let_go_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_calls, "DONE_WITHIN_S", 0.01)
    ours = calls()
    async with ours.holding("CA1", lambda: None):
        await ours.let_go("CA1")


class OpenSocket:
    """Twilio's end of a call, as far as closing it goes."""

    application_state = WebSocketState.CONNECTED

    def __init__(self) -> None:
        self.closed: list[int] = []

    async def close(self, code: int) -> None:
        self.closed.append(code)


class TalkingCall:
    """Talks until it is dropped."""

    def __init__(self) -> None:
        self.is_dropped = asyncio.Event()
        self.unheard = [Spoken("Get out now.", "fire.en@1:first_line")]

    def drop(self) -> None:
        self.is_dropped.set()

    async def run(self) -> Ending:
        await self.is_dropped.wait()
        return Ending.DROPPED


@pytest.mark.parametrize("error", [ValueError("a bug"), WebSocketDisconnect(1006), None])
async def test_a_call_that_nobody_reads_any_more_is_dropped_and_goes_on_elsewhere(error) -> None:
    async def read() -> None:
        await asyncio.sleep(0)
        if error is not None:
            raise error

    ours, call, socket = calls(), TalkingCall(), OpenSocket()
    held: Any = socket
    async with asyncio.timeout(10):
        await ours.hold(held, "CA1", call, read())
    assert await ours.left_unheard("CA1") == call.unheard
    assert socket.closed == [1000]
