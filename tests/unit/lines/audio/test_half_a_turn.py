"""Words that come late: what was read in time may raise the call, and the rest is waited for."""

import pytest

from aurora.levels import Urgency
from aurora.lines.audio.ports import Ending
from tests.line import fire, said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.unit.lines.audio.test_failures import SAFE_LINE
from tests.virtual_time import virtually
from tests.voice import calling

WORDS = "so i wanted to say there is a fire"
LATE = {WORDS: fire(None)}


def test_half_a_turn_is_not_noted_as_the_whole_and_its_rest_is_answered_when_it_comes():
    async def work() -> None:
        async with calling(LATE) as caller:
            caller.recogniser.final_takes_s = 3.5
            await caller.says(WORDS)
            await caller.hears_out()
            heard_by_then = await caller.line.heard()
            await caller.waits(3.0)
            await caller.hears_out()

            half, whole = await caller.line.heard()
            assert heard_by_then == [half]
            assert half != WORDS
            assert WORDS.startswith(half)
            assert whole == WORDS
            assert "noted" not in " ".join(caller.ear.texts)
            assert any(FIRST_LINE in text for text in caller.ear.texts)
            assert "speech_unavailable" in await caller.events()
            assert (await caller.line.board.call("CA1")).urgency is Urgency.CRITICAL

    virtually(work())


def test_half_a_turn_is_urgent_and_somebody_is_told_though_the_rest_never_comes():
    async def work() -> None:
        async with calling(LATE) as caller:
            caller.recogniser.final_takes_s = 600.0
            await caller.says(WORDS)
            await caller.hears_out()

            call = await caller.line.board.call("CA1")
            assert call.urgency is Urgency.URGENT
            assert "control_room" in call.roles_alerted
            assert "What is happening" in caller.ear.texts[-1]

    virtually(work())


@pytest.mark.parametrize(("late", "more"), [(Urgency.NORMAL, 0), (Urgency.CRITICAL, 1)])
def test_late_words_of_a_caller_who_spoke_again_are_answered_only_by_a_first_line(
    late: Urgency, more: int
):
    async def work() -> None:
        words = "well the thing is that it is quite bad"
        async with calling({words: said(late), "hello": said()}) as caller:
            caller.recogniser.final_takes_s = 6.0
            await caller.says(words)
            await caller.waits(3.5)
            caller.recogniser.final_takes_s = None
            await caller.says("hello")
            await caller.hears_out()
            answered = len(caller.ear.texts)
            await caller.waits(3.0)

            call = await caller.line.board.call("CA1")
            assert (await caller.line.heard())[1:] == ["hello", words]
            assert call.urgency.rank >= late.rank
            assert ["safety" in text for text in caller.ear.texts[answered:]] == more * [True]

    virtually(work())


def test_late_words_of_a_caller_who_hung_up_are_rated_all_the_same():
    async def work() -> None:
        async with calling(LATE) as caller:
            caller.recogniser.final_takes_s = 4.0
            await caller.says(WORDS)
        call = await caller.line.board.call("CA1")
        assert call.urgency is Urgency.CRITICAL
        assert (await caller.line.heard())[-1] == WORDS

    virtually(work())


def test_one_late_reading_leaves_the_line_open_and_what_is_said_meanwhile_is_heard():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.recogniser.takes_s = 60.0
            await caller.says("help me please")
            await caller.hears(SAFE_LINE)
            caller.recogniser.takes_s = 0.15
            await caller.says(FIRE)
            await caller.hears_out()

            assert not caller.ending.done()
            assert FIRE in await caller.line.heard()
            assert any(FIRST_LINE in text for text in caller.ear.texts)

    virtually(work())


def test_the_second_late_reading_in_a_row_leaves_the_caller_to_other_ears():
    async def work() -> None:
        async with calling({WORDS: said(), "hello": said()}) as caller:
            caller.recogniser.final_takes_s = 60.0
            await caller.says(WORDS)
            await caller.hears_out()
            caller.recogniser.final_takes_s = None
            await caller.says("hello")
            await caller.hears_out()
            caller.recogniser.final_takes_s = 60.0
            await caller.says(WORDS)
            await caller.hears_out()
            assert not caller.ending.done()

            await caller.says(WORDS)
            assert await caller.ending is Ending.FAILED
            assert SAFE_LINE in caller.ear.texts

    virtually(work())
