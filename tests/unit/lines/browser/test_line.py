"""A page that is gone: waited for, then taken to have hung up; never in an emergency."""

import asyncio
from typing import Any

from aurora.escalation.incident import Lost
from aurora.levels import Urgency
from aurora.lines.browser.line import BACK_WITHIN_S, BrowserLine
from aurora.lines.browser.messages import Typed
from aurora.settings import AccessSettings
from tests.line import example_site, fire, said
from tests.switchboard import Line
from tests.virtual_time import virtually
from tests.whole_line import WrittenSpeech

CALL = "a-call-of-this-test-0001"
SCRIPT = {"fire in zone b": fire(), "good morning": said(Urgency.NORMAL)}


def opened() -> tuple[BrowserLine, Line]:
    line = Line(SCRIPT)
    speech: Any = WrittenSpeech()
    return BrowserLine(line.board, example_site(), speech, AccessSettings(), silence_s=5.0), line


async def is_over(line: Line) -> bool:
    return (await line.board.call(f"web_{CALL}")).ended_at is not None


def test_an_everyday_call_ends_when_its_page_stays_away():
    async def work() -> None:
        browser, line = opened()
        await browser.type_in(Typed(call=CALL, words="good morning"))
        await asyncio.sleep(BACK_WITHIN_S - 1)
        assert not await is_over(line)
        await asyncio.sleep(2)
        assert await is_over(line)

    virtually(work())


def test_a_page_that_came_back_is_waited_for_anew():
    async def work() -> None:
        browser, line = opened()
        await browser.type_in(Typed(call=CALL, words="good morning"))
        await asyncio.sleep(BACK_WITHIN_S - 1)
        await browser.type_in(Typed(call=CALL, key="1"))
        await asyncio.sleep(BACK_WITHIN_S - 1)
        assert not await is_over(line)

    virtually(work())


def test_an_emergency_is_never_taken_for_over():
    async def work() -> None:
        browser, line = opened()
        await browser.type_in(Typed(call=CALL, words="fire in zone b"))
        await asyncio.sleep(10 * BACK_WITHIN_S)
        assert not await is_over(line)

    virtually(work())


def test_whoever_typed_in_an_emergency_and_stays_away_is_missing_and_found_by_words():
    async def work() -> None:
        browser, line = opened()
        await browser.type_in(Typed(call=CALL, words="fire in zone b"))
        await asyncio.sleep(BACK_WITHIN_S - 1)
        call = await line.board.call(f"web_{CALL}")
        assert call.loss is None, "whoever types may be reading"
        await asyncio.sleep(2)
        assert call.loss is not None
        assert call.loss.how is Lost.CONNECTION
        assert "control_room" in call.roles_alerted
        await browser.type_in(Typed(call=CALL, words="fire in zone b"))
        assert (await line.board.call(f"web_{CALL}")).loss is None

    virtually(work())
