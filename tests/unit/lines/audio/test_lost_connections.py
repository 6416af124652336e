"""A connection that died unnoticed: nothing that went into it counts as told."""

from aurora.lines.audio.ports import Ending
from aurora.speech.codec import FRAME_S
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.unit.lines.audio.test_noises import CLATTER, GREETING, clatter
from tests.virtual_time import virtually
from tests.voice import RING, calling

PAGE = RING.__class__("browser", provider_id="CA1")


def test_an_answer_that_went_into_a_dead_connection_is_told_on_the_next_one():
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            await caller.says(FIRE)
            caller.ear.echo = lambda name: None
            await caller.waits(12.0)
            caller.call.drop()
            assert await caller.ending is Ending.DROPPED

            unheard = [sentence.text for sentence in caller.call.take_unheard()]
            assert FIRST_LINE in unheard[0]
            assert "Leave Zone B" in unheard[1]
            assert caller.call.take_unheard() == []

    virtually(work())


def test_a_caller_who_heard_everything_is_told_nothing_twice():
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            await caller.says(FIRE)
            await caller.hears_out()
            caller.call.drop()
            await caller.ending

            assert caller.call.take_unheard() == []

    virtually(work())


def test_what_a_noise_cut_off_just_before_the_connection_died_is_told_on_the_next_one():
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            await caller.waits(0.5)
            caller.start(clatter())
            await caller.waits(len(CLATTER) * FRAME_S)
            assert caller.ear.cleared_at
            caller.call.drop()
            await caller.ending

            [greeting] = caller.call.take_unheard()
            assert GREETING in greeting.text

    virtually(work())
