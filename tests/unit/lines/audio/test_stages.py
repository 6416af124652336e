"""What the figures say of a turn is what its caller heard: no line that was taken back counts."""

from functools import partial

from tests.line import fire, said
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


def test_what_is_typed_or_pressed_is_timed_from_when_it_came():
    async def work() -> None:
        async with calling({FIRE: fire()}) as caller:
            call = caller.call
            for act in (partial(call.press, "1"), partial(call.words, FIRE), call.panic):
                act()
                await caller.hears_out()

            timings = caller.line.onlooker.timings
            assert [timing.by for timing in timings] == ["key", "words", "panic"]
            assert not any(timing.is_ahead for timing in timings)
            assert all(0 <= timing.stages_ms["first_audio_heard"] < 100 for timing in timings)

    virtually(work())


def test_a_key_that_waited_behind_another_says_so():
    async def work() -> None:
        async with calling({}) as caller:
            caller.line.records.takes_s = 0.5
            caller.call.press("1")
            caller.call.press("2")
            await caller.hears_out()

            _, second = caller.line.onlooker.timings
            assert second.stages_ms["first_line"] >= 500

    virtually(work())
