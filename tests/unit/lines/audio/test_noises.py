"""Sounds that are nobody's turn: they may delay what is said, and never take it from the caller."""

import numpy as np
import pytest

from aurora.speech.codec import FRAME, Pcm
from tests.line import said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.virtual_time import virtually
from tests.voice import WORD_S, calling

GREETING = "What is happening"
CLATTER = "SSSNNSSSNNSSSNNSSS"
"""Frames taken for speech, with gaps that are too long for a turn."""


def clatter(frames: str = CLATTER) -> Pcm:
    return np.concatenate([np.full(FRAME, 900 * (one == "S"), np.int16) for one in frames])


def test_a_question_that_a_clatter_cut_off_is_asked_again_at_once():
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            await caller.waits(0.5)
            caller.start(clatter())
            await caller.hears_out()

            cut, again = caller.ear.heard
            assert cut.text == again.text
            assert again.ends - again.begins > 1.0
            assert again.begins - cut.ends == pytest.approx(0.3, abs=0.05)
            assert await caller.line.heard() == []
            assert await caller.events() == []

    virtually(work())


def test_a_clatter_does_not_cut_a_first_line_off():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.waits(1.2)
            caller.start(clatter())
            await caller.hears_out()

            first = caller.ear.heard_of(FIRST_LINE)
            assert first.ends - first.begins == pytest.approx(3.3, abs=0.05)
            assert sum(FIRST_LINE in text for text in caller.ear.texts) == 1

    virtually(work())


def test_a_caller_who_speaks_behind_a_clatter_is_answered_and_not_talked_over():
    async def work() -> None:
        async with calling({"hello": said()}, greets=False) as caller:
            await caller.waits(0.5)
            caller.start(clatter())
            await caller.waits(len(CLATTER) * 0.02)
            await caller.says("hello", word_s=0.6)
            spoke_from = caller.spoke_until - 0.6
            await caller.hears_out()

            assert caller.ear.heard[0].ends < spoke_from
            assert caller.ear.heard[1].begins > caller.spoke_until
            assert await caller.line.heard() == ["hello"]

    virtually(work())


def test_words_of_a_turn_that_is_over_do_not_let_the_next_click_cut_the_answer_off():
    async def work() -> None:
        async with calling({"how do i reset it": said()}) as caller:
            caller.recogniser.final_takes_s = 0.6
            await caller.says("how do i reset it", word_s=0.1)
            await caller.waits(1.2)
            cleared = len(caller.ear.cleared_at)
            caller.start(clatter("SS"))
            await caller.hears_out()

            assert len(caller.ear.cleared_at) == cleared

    virtually(work())


def test_what_was_all_but_heard_when_a_noise_cut_it_off_is_not_said_again():
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            caller.recogniser.rejected["grinder"] = "no_speech"
            await caller.waits(0.5)
            whole_s = len(caller.ear.heard[0].text.split()) * WORD_S
            await caller.waits(0.75 * whole_s - 0.5)
            await caller.says("grinder", word_s=0.5)
            await caller.hears_out()

            assert [GREETING in text for text in caller.ear.texts] == [True]

    virtually(work())
