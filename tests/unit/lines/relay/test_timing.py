"""When a turn over the relay was heard: by what Twilio tells of its voice, and by nothing else."""

from aurora.lines.relay.messages import Prompt
from tests.line import fire, said
from tests.relay import Caller, calling
from tests.unit.lines.audio.test_call import FIRE, SCRIPT, SHOCK
from tests.virtual_time import virtually

SILENT = {"events": "tokens-played"}
"""Twilio tells what was spoken, and not when it began."""


def test_the_first_sound_is_heard_when_twilio_says_that_its_voice_begins():
    async def work() -> None:
        async with calling({"hello": said()}) as caller:
            await caller.says("hello")
            await caller.hears_out()

            [timing] = caller.line.onlooker.timings
            sent, heard = (timing.stages_ms[f"first_audio_{what}"] for what in ("sent", "heard"))
            assert 300 <= heard - sent <= 400
            assert not timing.is_ahead

    virtually(work())


def test_a_line_spoken_ahead_is_timed_by_its_own_sound():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears_out()

            [timing] = caller.line.onlooker.timings
            stages = timing.stages_ms
            assert timing.is_ahead
            assert stages["first_line"] < stages["end_of_turn"]
            assert 300 <= stages["first_audio_heard"] - stages["first_line"] <= 400

    virtually(work())


def test_a_wrong_line_spoken_ahead_is_no_line_before_the_end_of_the_turn():
    async def work() -> None:
        whole = "there is a fire extinguisher missing and he is not breathing"
        async with calling({"there is a fire.": fire(), whole: SHOCK}) as caller:
            caller.call.take(Prompt("there is a fire.", is_last=False))
            await caller.waits(0.6)
            caller.call.take(Prompt(whole, is_last=True))
            await caller.hears_out()

            [timing] = caller.line.onlooker.timings
            stages = timing.stages_ms
            assert caller.times("Get out now.") == 1
            assert not timing.is_ahead
            assert stages["first_line"] >= stages["end_of_turn"]
            assert stages["first_audio_heard"] > stages["end_of_turn"]

    virtually(work())


def test_without_a_word_of_twilio_nothing_is_said_of_when_it_was_heard():
    async def work() -> None:
        async with calling({"hello": said()}, asked=SILENT) as caller:
            await caller.says("hello")
            await caller.hears_out()

            [timing] = caller.line.onlooker.timings
            assert "first_audio_sent" in timing.stages_ms
            assert "first_audio_heard" not in timing.stages_ms

    virtually(work())


def test_a_turn_that_was_not_heard_before_the_caller_left_is_timed_all_the_same():
    async def work() -> None:
        async with calling({"hello": said()}) as caller:
            caller.call.take(Prompt("hello", is_last=True))
            await caller.waits(0.1)
            caller.call.drop()
            await caller.ending

            assert await _timed(caller) == 1

    virtually(work())


def test_the_next_turn_waits_for_no_times_of_the_last():
    async def work() -> None:
        async with calling({"hello": said(), **SCRIPT}) as caller:
            caller.call.take(Prompt("hello", is_last=True))
            await caller.waits(0.1)
            before = len(caller.wire.sent)
            append, took = caller.line.records.append, []

            async def watched(entry):
                took.append([event.kind for event in entry.events])
                return await append(entry)

            caller.line.records.append = watched
            caller.call.take(Prompt(FIRE, is_last=True))
            await caller.hears_out()

            assert "turn_timed" not in took[0]
            assert len(caller.wire.sent) > before
            assert await _timed(caller) == 2

    virtually(work())


async def _timed(caller: Caller) -> int:
    return (await caller.line.events()).count("turn_timed")
