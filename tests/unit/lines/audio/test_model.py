"""A model on a call by voice: it thinks ahead, follows without a gap, and is heard as it speaks."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from itertools import pairwise
from typing import Any

from aurora.levels import Hazard, Urgency
from aurora.rehearsal.scripted_model import CALM, Fault, Script, ScriptedModel
from aurora.triage.assessment import Intent
from tests.line import said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.virtual_time import virtually
from tests.voice import calling

QUESTION = "what about my jacket"
ASKED = {QUESTION: said(Urgency.ASSISTIVE, intent=Intent.QUESTION)}
SEE = "Tell me what you see."
HEAR = "Tell me what you hear around you."
CHANGES = "Tell me if anything changes."
STAY = "Stay on the line with me."
COLLAPSED = '{"urgency": "critical", "hazard": "medical", "zone": null}\n'


class ThinkingModel(ScriptedModel):
    """Takes its time before the header and before each sentence."""

    def __init__(self, script: Script, first_s: float = 0.2, sentence_s: float = 0.3) -> None:
        super().__init__(script)
        self.times = (first_s, sentence_s)
        self.asked_at: list[float] = []
        self.done = 0

    async def answer(self, messages: Sequence[Any], **options: Any) -> AsyncGenerator[Any]:
        first_s, sentence_s = self.times
        self.asked_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(first_s)
        async for part in super().answer(messages, **options):
            if isinstance(part, str):
                await asyncio.sleep(sentence_s)
            yield part
        self.done += 1


def test_an_everyday_answer_is_spoken_sentence_by_sentence_as_the_model_thinks():
    async def work() -> None:
        model = ThinkingModel(Script(f"{CALM}{SEE} {HEAR}"), sentence_s=0.5)
        async with calling(ASKED, model=model) as caller:
            await caller.says(QUESTION)
            await caller.hears_out()

            first, second = (caller.ear.heard_of(text) for text in (SEE, HEAR))
            assert first.begins - model.asked_at[0] < 0.2 + 0.5 + 0.1
            assert second.begins - first.ends < 0.03

    virtually(work())


def test_the_model_has_been_thinking_when_the_turn_is_over():
    async def work() -> None:
        model = ThinkingModel(Script(f"{CALM}{SEE}"), sentence_s=0.0)
        async with calling(ASKED, model=model) as caller:
            caller.recogniser.takes_s = 0.05
            await caller.says(QUESTION)
            await caller.hears_out()

            assert len(model.requests) == 1
            assert model.asked_at[0] - caller.spoke_until < 0.17
            [timing] = caller.line.onlooker.timings
            assert timing.stages_ms["first_token"] < timing.stages_ms["end_of_turn"] + 200

    virtually(work())


def test_an_answer_to_words_that_turned_out_otherwise_is_thrown_away():
    async def work() -> None:
        def script(messages: Any) -> Script:
            return Script(CALM + (SEE if "jacket" in messages[-1]["content"] else HEAR))

        other = "what about my racket"
        model = ThinkingModel(Script())
        model.prompter.use(script)
        async with calling({**ASKED, other: ASKED[QUESTION]}, model=model) as caller:
            caller.recogniser.mistakes = {QUESTION: other}
            await caller.says(QUESTION)
            await caller.hears_out()

            assert not any(HEAR in text for text in caller.ear.texts)
            assert any(SEE in text for text in caller.ear.texts)

    virtually(work())


def test_the_approved_step_hides_the_time_the_model_needs():
    async def work() -> None:
        model = ThinkingModel(Script(f"{CALM}{CHANGES} {STAY}"))
        async with calling({**SCRIPT, **ASKED}, model=model) as caller:
            await caller.says(FIRE)
            await caller.hears_out()
            before = len(caller.ear.heard)
            await caller.says(QUESTION)
            await caller.hears_out()

            spoken = caller.ear.heard[before:]
            assert spoken[0].begins - caller.spoke_until < 0.4
            gaps = [b.begins - a.ends for a, b in pairwise(spoken)]
            assert len(spoken) >= 2
            assert max(gaps) < 0.15

    virtually(work())


def test_a_hazard_only_the_model_sees_brings_its_first_line_before_the_model_has_finished():
    async def work() -> None:
        model = ThinkingModel(Script(f"{COLLAPSED}{SEE}"), sentence_s=1.0)
        async with calling(ASKED, model=model) as caller:
            await caller.says(QUESTION)
            await caller.hears_out()

            call = await caller.line.board.call("CA1")
            assert call.hazard is Hazard.MEDICAL
            assert call.urgency is Urgency.CRITICAL
            first_line = caller.ear.heard[1]
            assert first_line.begins - model.asked_at[0] < 0.3
            assert SEE not in " ".join(caller.ear.texts)

    virtually(work())


def test_a_model_that_breaks_off_leaves_what_was_spoken_and_what_is_approved():
    async def work() -> None:
        script = Script(f"{CALM}{SEE} {HEAR} {STAY}", fault=Fault.DISCONNECT)
        model = ThinkingModel(script)
        async with calling(ASKED, model=model) as caller:
            await caller.says(QUESTION)
            await caller.hears_out()

            said = (await caller.said())[-1]
            assert said.removeprefix("assistant: ") == " ".join(caller.ear.texts[1:])
            assert FIRST_LINE not in said

    virtually(work())


def test_a_sentence_that_grounding_refuses_is_never_heard():
    async def work() -> None:
        model = ThinkingModel(Script(f"{CALM}Go to zone Q now. {SEE}"))
        async with calling(ASKED, model=model) as caller:
            await caller.says(QUESTION)
            await caller.hears_out()

            assert "zone Q" not in " ".join(caller.ear.texts)

    virtually(work())


def test_what_was_thought_ahead_ends_with_the_call():
    async def work() -> None:
        model = ThinkingModel(Script(f"{CALM}{SEE}"), first_s=30.0)
        async with calling(ASKED, model=model) as caller:
            caller.line.board.foresee("CA1", QUESTION, is_likely_all=True)
            await caller.waits(0.1)
            caller.call.hang_up()
            await caller.ending
            await caller.waits(60.0)

            assert len(model.asked_at) == 1
            assert model.done == 0

    virtually(work())


def test_a_silent_caller_whom_the_model_rates_late_hears_the_first_line_without_a_word_more():
    async def work() -> None:
        thanks = {"thank you": said(intent=Intent.THANKS)}
        model = ThinkingModel(Script(COLLAPSED), first_s=1.0)
        async with calling(thanks, model=model) as caller:
            caller.line.onlooker.nudge = caller.call.nudge
            await caller.says("thank you")
            await caller.waits(4.0)

            call = await caller.line.board.call("CA1")
            assert call.guidance.procedure == "medical"
            first_line = caller.line.onlooker.turns[-1].sentences[0]
            assert first_line.name == "first_line"
            assert caller.ear.heard_of(first_line.text).begins - model.asked_at[0] < 2.5
            assert "silence" not in await caller.events()

    virtually(work())
