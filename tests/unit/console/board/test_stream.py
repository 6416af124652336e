"""One stream for many consoles: nothing is missed, nobody waits for anybody."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from aurora.console.board import stream as module
from aurora.console.board.stream import BEAT_S, WELCOME_FOR_S, Stream, while_welcome
from tests.virtual_time import virtually


def stream(epoch: str = "now") -> Stream:
    return Stream(epoch, lambda: b'"whole"', lambda: b"123")


async def read(following: AsyncGenerator[bytes], count: int = 1) -> bytes:
    return b"".join([await anext(following) for _ in range(count)])


async def test_a_new_console_gets_the_whole_board_then_what_changes() -> None:
    events = stream()
    following = events.follow(None)
    assert b"event: whole" in await read(following, 2)
    events.publish(b"1")
    assert await read(following) == b"id: now-1\nevent: board\ndata: 1\n\n"
    await following.aclose()


async def test_a_console_that_was_cut_off_gets_what_it_missed_and_nothing_twice() -> None:
    events = stream()
    for number in (b"1", b"2", b"3"):
        events.publish(number)
    following = events.follow("now-1")
    missed = await read(following, 2)
    assert [line for line in missed.split(b"\n") if line.startswith(b"data")] == [
        b"data: 2",
        b"data: 3",
    ]
    await following.aclose()


async def test_a_console_from_before_a_restart_gets_the_whole_board() -> None:
    events = stream("after")
    events.publish(b"1")
    for since in ("before-1", "after-9", "nonsense", ""):
        following = events.follow(since)
        assert b"event: whole" in await read(following, 2), since
        await following.aclose()


async def test_a_console_that_fell_too_far_behind_gets_the_whole_board() -> None:
    events = stream()
    following = events.follow(None)
    await read(following, 2)
    for _ in range(module.KEPT + 1):
        events.publish(b"x")
    assert b"event: whole" in await read(following)
    await following.aclose()


async def test_what_went_by_while_nobody_followed_is_not_taken_for_seen() -> None:
    events = stream()
    shown = events.position
    events.forget()
    following = events.follow(shown)
    assert b"event: whole" in await read(following, 2)
    await following.aclose()


async def test_all_consoles_get_the_same_bytes() -> None:
    events = stream()
    both = [events.follow(None), events.follow(None)]
    for one in both:
        await read(one, 2)
    events.publish(b"1")
    first, second = [await read(one) for one in both]
    assert first == second
    assert events.followers == 2
    for one in both:
        await one.aclose()
    assert events.followers == 0


def test_a_silent_stream_beats_so_that_a_console_knows_it_lives() -> None:
    async def work() -> None:
        following = stream().follow(None)
        await read(following, 2)
        before = asyncio.get_running_loop().time()
        assert await read(following) == b"event: beat\ndata: 123\n\n"
        assert asyncio.get_running_loop().time() - before <= 2.0
        await following.aclose()

    virtually(work())


def test_whoever_is_signed_out_gets_nothing_more() -> None:
    async def work() -> None:
        is_in = True

        async def is_welcome() -> bool:
            return is_in

        reading = while_welcome(stream().follow(None), is_welcome)
        await read(reading, 20)
        is_in, out_at = False, asyncio.get_running_loop().time()
        with pytest.raises(StopAsyncIteration):
            await read(reading, 20)
        assert asyncio.get_running_loop().time() - out_at <= WELCOME_FOR_S + BEAT_S

    virtually(work())
