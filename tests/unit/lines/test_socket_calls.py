"""Whose socket it is, who holds a call, and what was left unsaid."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect, WebSocketState

from aurora.guidance.spoken import Spoken
from aurora.lines.audio.ports import Ending
from aurora.lines.socket_calls import DONE_WITHIN_S, SocketCalls
from aurora.settings import TwilioSettings
from tests.virtual_time import virtually

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


class OpenSocket:
    """Twilio's end of a call, as far as closing it goes."""

    application_state = WebSocketState.CONNECTED

    def __init__(self) -> None:
        self.closed: list[int] = []

    async def close(self, code: int) -> None:
        self.closed.append(code)


class TalkingCall:
    """Talks until it is dropped, and for as long as its last words take."""

    def __init__(self, *unheard: Spoken, takes_s: float = 0.0) -> None:
        self.is_dropped = asyncio.Event()
        self._unheard = list(unheard)
        self.said: list[Spoken] = []
        self._takes_s = takes_s

    def say(self, sentences: Sequence[Spoken]) -> None:
        self.said += sentences

    def drop(self) -> None:
        self.is_dropped.set()

    def take_unheard(self) -> list[Spoken]:
        unheard, self._unheard = self._unheard, []
        return unheard

    async def run(self) -> Ending:
        await self.is_dropped.wait()
        await asyncio.sleep(self._takes_s)
        return Ending.DROPPED


FIRST = Spoken("Get out now.", "fire.en@1:first_line")


def held(ours: SocketCalls, call: TalkingCall, reading: Any = None) -> "asyncio.Task[None]":
    """Hold a call on a socket of its own."""
    socket: Any = OpenSocket()
    return asyncio.create_task(ours.hold(socket, "CA1", call, reading or asyncio.sleep(1e6)))


def test_letting_go_waits_until_the_last_words_are_kept() -> None:
    async def work() -> None:
        ours, call = calls(), TalkingCall(FIRST, takes_s=DONE_WITHIN_S - 1)
        holding = held(ours, call)
        await asyncio.sleep(1)
        assert await ours.left_unheard("CA1") == [FIRST]
        await holding

    virtually(work())


def test_nobody_holds_it_and_nothing_is_waited_for() -> None:
    async def work() -> None:
        assert await calls().left_unheard("CA1") == []

    virtually(work())


def test_last_words_that_take_long_hold_nobody_up_and_are_answered_by_whoever_goes_on() -> None:
    async def work() -> None:
        ours, slow, newer = calls(), TalkingCall(FIRST, takes_s=DONE_WITHIN_S + 2), TalkingCall()
        slow_one = held(ours, slow)
        await asyncio.sleep(1)
        assert await ours.left_unheard("CA1") == []
        newer_one = held(ours, newer)
        await slow_one
        assert newer.said == [FIRST]
        newer.drop()
        await newer_one
        assert await ours.left_unheard("CA1") == []

    virtually(work())


def test_last_words_that_take_long_are_left_where_no_socket_has_the_call() -> None:
    async def work() -> None:
        ours = calls()
        slow = held(ours, TalkingCall(FIRST, takes_s=DONE_WITHIN_S + 2))
        await asyncio.sleep(1)
        assert await ours.left_unheard("CA1") == []
        await slow
        assert ours.unheard.take("CA1") == [FIRST]

    virtually(work())


@pytest.mark.parametrize("error", [ValueError("a bug"), WebSocketDisconnect(1006), None])
def test_a_call_that_nobody_reads_any_more_is_dropped_and_goes_on_elsewhere(error) -> None:
    async def read() -> None:
        await asyncio.sleep(1)
        if error is not None:
            raise error

    async def work() -> None:
        ours, socket = calls(), OpenSocket()
        page: Any = socket
        async with asyncio.timeout(60):
            await ours.hold(page, "CA1", TalkingCall(FIRST), read())
        assert await ours.left_unheard("CA1") == [FIRST]
        assert socket.closed == [1000]

    virtually(work())
