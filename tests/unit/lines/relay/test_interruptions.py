"""Speaking over Aurora on the relay: what is owed is said again, a noise only delays it."""

import asyncio

from aurora.levels import Urgency
from aurora.rehearsal.spoken_queue import Item
from tests.line import said
from tests.relay import Caller, calling
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.virtual_time import virtually

GREETING = "What is happening"
WAY_OUT = "Leave Zone B"


def test_a_way_out_that_was_spoken_over_is_said_again_before_the_next_answer():
    async def work() -> None:
        async with calling({**SCRIPT, "please hurry up": said()}) as caller:
            await _hear_the_way_out_begin(caller)
            await caller.says("please hurry up")
            await caller.hears_out()

            assert caller.times(WAY_OUT) == 2
            assert caller.times(FIRST_LINE) == 1
            assert "spoken_over" in await caller.line.events()

    virtually(work())


def test_a_way_out_that_was_all_but_heard_is_not_said_again():
    async def work() -> None:
        async with calling({**SCRIPT, "please hurry up": said()}) as caller:
            item = await _hear_the_way_out_begin(caller)
            await caller.waits((item.ends_at - item.begins_at) * 0.8 - 0.5)
            await caller.says("please hurry up")
            await caller.hears_out()

            assert caller.times(WAY_OUT) == 1

    virtually(work())


def test_a_noise_only_delays_the_way_out_and_cuts_it_no_second_time():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await _hear_the_way_out_begin(caller)
            await caller.makes_noise()
            cut_at = caller.now
            again = await _hear_again(caller, WAY_OUT)
            await caller.makes_noise()
            await caller.hears_out()

            assert again.begins_at - cut_at < 3.0
            assert again.cut_at is None
            assert "silence" not in await caller.line.events()

    virtually(work())


def test_a_caller_whose_words_come_only_at_the_end_is_no_noise():
    async def work() -> None:
        words = "but there are still two people of ours behind that door"
        async with calling({**SCRIPT, words: said()}, asked={"partialPrompts": "false"}) as caller:
            await _hear_the_way_out_begin(caller)
            began = caller.now
            speaking = asyncio.create_task(caller.says(words))
            again = await _hear_again(caller, WAY_OUT)
            await speaking

            assert again.begins_at - began >= 3.3
            assert caller.times(WAY_OUT) == 2

    virtually(work())


def test_a_noise_delays_an_ordinary_sentence_once_and_is_no_turn():
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            for _ in range(2):
                await caller.hears(GREETING)
                await caller.makes_noise()
                await caller.waits(0.1)
            await caller.waits(10.0)

            assert caller.times(GREETING) == 2
            assert await caller.line.heard() == []
            assert (await caller.line.events()).count("interrupted") == 2
            assert "spoken_over" not in await caller.line.events()

    virtually(work())


def test_a_key_pressed_over_the_way_out_does_not_lose_it():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await _hear_the_way_out_begin(caller)
            await caller.session.press("7")
            await caller.hears_out()

            assert caller.times(WAY_OUT) == 2

    virtually(work())


def test_what_was_cut_off_when_the_socket_broke_is_left_for_the_line_that_goes_on():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await _hear_the_way_out_begin(caller)
            await caller.makes_noise()
            caller.call.drop()
            await caller.ending

            assert [WAY_OUT in sentence.text for sentence in caller.call.take_unheard()] == [True]

    virtually(work())


def test_words_of_an_operator_that_were_spoken_over_are_said_again():
    async def work() -> None:
        async with calling({**SCRIPT, "hello": said(Urgency.NORMAL)}) as caller:
            await caller.line.operators.type("CA1", "Close the door, Ana.", "Boss")
            caller.call.nudge()
            await caller.hears("Close the door")
            await caller.says("hello")
            await caller.hears_out()

            assert caller.times("Close the door") == 2

    virtually(work())


async def _hear_the_way_out_begin(caller: Caller) -> Item:
    speaking = asyncio.create_task(caller.says(FIRE))
    way_out = await caller.hears(WAY_OUT)
    speaking.cancel()
    return way_out


async def _hear_again(caller: Caller, text: str) -> Item:
    await caller.waits(0.2)
    return await caller.hears(text)
