"""Words of people at the console: whoever typed them is told that they were said, so they are."""

import pytest

from aurora.conversation.operators import Operators
from tests.line import said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT, SHOCK
from tests.virtual_time import virtually
from tests.voice import Caller, calling

WORDS = "stay behind the yellow line until somebody comes for you"
BEHIND = "the yellow line"
MISHEARD = "he got a shock in zone b"


async def types(caller: Caller, words: str = WORDS, *, is_aurora: bool = False) -> None:
    await Operators(caller.line.board).type("CA1", words, "Kim", is_aurora=is_aurora)
    caller.call.nudge()


def times(caller: Caller, text: str) -> list[float]:
    return [heard.ends - heard.begins for heard in caller.ear.heard if text in heard.text]


@pytest.mark.parametrize("is_aurora", [False, True])
def test_an_operators_words_that_the_caller_spoke_over_are_said_again(is_aurora):
    async def work() -> None:
        async with calling({"please hurry up": said()}) as caller:
            await types(caller, is_aurora=is_aurora)
            await caller.waits(0.8)
            await caller.says("please hurry up")
            await caller.hears_out()

            cut, whole = times(caller, BEHIND)
            assert cut < 1.5
            assert whole > 2.9
            assert "spoken_over" in await caller.events()

    virtually(work())


def test_an_operators_words_behind_a_first_line_that_was_wrong_are_said_behind_the_right_one():
    async def work() -> None:
        async with calling({**SCRIPT, MISHEARD: SHOCK}) as caller:
            caller.recogniser.final_takes_s = 1.0
            caller.recogniser.finals = {FIRE: MISHEARD}
            speaking = caller.says(FIRE)
            await speaking
            await caller.waits(0.3)
            await types(caller)
            await caller.hears_out()

            texts = caller.ear.texts
            assert FIRST_LINE in texts[1]
            assert "Don't touch" in texts[2]
            assert BEHIND in texts[3]
            assert len(times(caller, BEHIND)) == 1

    virtually(work())


def test_an_operators_words_that_a_new_emergency_spoke_over_come_behind_its_first_line():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await types(caller)
            await caller.waits(0.8)
            await caller.says(FIRE)
            await caller.hears_out()

            texts = caller.ear.texts
            assert BEHIND in texts[1]
            assert FIRST_LINE in texts[2]
            assert BEHIND in texts[3]
            assert times(caller, BEHIND)[1] > 2.9

    virtually(work())
