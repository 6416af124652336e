"""Work that can wait gives way to callers, and not for ever."""

import asyncio

from aurora.conversation.answering import Answering
from tests.virtual_time import virtually


def test_it_waits_until_the_last_turn_is_answered() -> None:
    async def work() -> None:
        answering, loop = Answering(), asyncio.get_running_loop()
        with answering.turn():
            with answering.turn():
                waiting = asyncio.create_task(answering.give_way(10.0))
                await asyncio.sleep(1.0)
            await asyncio.sleep(1.0)
            assert not waiting.done()
        started = loop.time()
        await waiting
        assert loop.time() == started

    virtually(work())


def test_it_waits_no_longer_than_it_was_told() -> None:
    async def work() -> None:
        answering, loop = Answering(), asyncio.get_running_loop()
        started = loop.time()
        with answering.turn():
            await answering.give_way(0.5)
        assert loop.time() - started == 0.5

    virtually(work())


def test_nobody_waiting_costs_no_time() -> None:
    async def work() -> None:
        answering, loop = Answering(), asyncio.get_running_loop()
        started = loop.time()
        await answering.give_way(0.5)
        assert loop.time() == started

    virtually(work())
