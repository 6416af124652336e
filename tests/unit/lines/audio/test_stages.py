"""What the figures say of a turn is what its caller heard: no line that was taken back counts."""

from tests.line import said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT, SHOCK, TYRE
from tests.virtual_time import virtually
from tests.voice import calling


def test_a_line_spoken_ahead_that_the_words_did_not_call_for_is_no_early_first_line():
    async def work() -> None:
        async with calling({**SCRIPT, TYRE: SHOCK}) as caller:
            caller.recogniser.finals = {FIRE: TYRE}
            caller.recogniser.final_takes_s = 0.6
            await caller.says(FIRE)
            await caller.hears_out()

            assert FIRST_LINE in caller.ear.texts[1]
            [timing] = caller.line.onlooker.timings
            assert not timing.is_ahead
            assert timing.stages_ms["first_line"] >= timing.stages_ms["text"]
            assert timing.stages_ms["first_audio_heard"] >= timing.stages_ms["text"]

    virtually(work())


def test_a_line_that_was_only_owed_is_no_early_first_line():
    async def work() -> None:
        async with calling({**SCRIPT, "please hurry up": said()}) as caller:
            await caller.says(FIRE)
            await caller.waits(0.5)
            caller.recogniser.final_takes_s = 1.0
            await caller.says("please hurry up")
            await caller.hears_out()

            assert sum(FIRST_LINE in text for text in caller.ear.texts) == 2
            assert [timing.is_ahead for timing in caller.line.onlooker.timings] == [True, False]

    virtually(work())
