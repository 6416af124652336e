"""What a caller hears when: the first line in their pause, the rest behind it, the right one."""

import asyncio
from collections.abc import Sequence

from aurora.conversation.call import Call, EndReason
from aurora.conversation.record import Event
from aurora.errors import RecordsError
from aurora.levels import Hazard, Urgency
from aurora.records.memory import MemoryRecords
from aurora.triage.assessment import Intent
from tests.line import fire, said
from tests.virtual_time import virtually
from tests.voice import Caller, calling

FIRE = "there is a fire in zone b"
PARTS_OF_FIRE = {" ".join(FIRE.split()[:n]): fire(None) for n in range(4, 7)}
SCRIPT = {**PARTS_OF_FIRE, FIRE: fire()}
FIRST_LINE = "Get out now."
SHOCK = said(Urgency.CRITICAL, hazard=Hazard.ELECTRICAL, procedure="electrocution")
TYRE = "there is a tyre in zone b"


async def delay_of(caller: Caller, text: str) -> float:
    return caller.ear.heard_of(text).begins - caller.spoke_until


def test_the_first_line_is_heard_in_the_pause_behind_the_last_word():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears_out()

            assert "What is happening" in caller.ear.texts[0]
            assert 0.14 <= await delay_of(caller, FIRST_LINE) <= 0.2
            assert await caller.line.heard() == [FIRE]

    virtually(work())


def test_the_way_out_follows_the_first_line_without_a_gap_and_nothing_is_said_twice():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.lines.is_ready = lambda text: FIRST_LINE in text
            await caller.says(FIRE)
            await caller.hears_out()

            _, first, way_out = caller.ear.heard
            assert FIRST_LINE in first.text
            assert "Leave Zone B" in way_out.text
            assert way_out.begins - first.ends < 0.02

    virtually(work())


class SlowNotes:
    """Has the disk take what is noted beside the turns once the test lets it."""

    def __init__(self, records: MemoryRecords) -> None:
        self.may_write = asyncio.Event()
        self._note = records.note
        records.note = self  # type: ignore[method-assign,assignment]

    async def __call__(self, call: Call, events: Sequence[Event]) -> None:
        await self.may_write.wait()
        await self._note(call, events)


def test_a_disk_that_hangs_with_the_times_of_a_turn_holds_up_no_first_line():
    async def work() -> None:
        async with calling({**SCRIPT, "hello": said()}) as caller:
            SlowNotes(caller.line.records)
            await caller.says("hello")
            await caller.hears_out()
            assert len(caller.line.onlooker.timings) == 1
            assert "turn_timed" not in await caller.events()

            await caller.says(FIRE)
            await caller.hears_out()

            assert 0.14 <= await delay_of(caller, FIRST_LINE) <= 0.2

    virtually(work())


def test_the_times_of_a_turn_are_not_lost_when_the_caller_hangs_up():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            notes = SlowNotes(caller.line.records)
            await caller.says(FIRE)
            await caller.hears(FIRST_LINE)
        assert "turn_timed" not in await caller.events()

        notes.may_write.set()
        await caller.line.board.close()
        assert (await caller.events()).count("turn_timed") == 1

    virtually(work())


def test_what_the_disk_does_not_take_of_a_note_is_written_with_the_next_turn():
    async def work() -> None:
        async with calling({**SCRIPT, "it spreads": fire()}) as caller:
            append, caller.line.records.note = caller.line.records.note, refuse
            await caller.says(FIRE)
            await caller.hears_out()
            caller.line.records.note = append
            await caller.says("it spreads")
            await caller.hears_out()

            assert (await caller.events()).count("turn_timed") == 2

    virtually(work())


async def refuse(call: Call, events: Sequence[Event]) -> None:
    raise RecordsError("the disk is full")


def test_a_slow_recogniser_that_read_the_hazard_twice_holds_nothing_up():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.recogniser.takes_s = 0.35
            await caller.says(FIRE)
            await caller.hears_out()

            assert await delay_of(caller, FIRST_LINE) <= 0.25

    virtually(work())


def test_one_reading_alone_speaks_nothing_while_the_caller_goes_on():
    async def work() -> None:
        async with calling({"there is a fire": fire()}) as caller:
            await caller.says("there is a fire drill tomorrow at ten")
            await caller.hears_out()

            assert FIRST_LINE not in " ".join(caller.ear.texts)
            assert (await caller.line.board.call("CA1")).urgency is Urgency.NORMAL

    virtually(work())


def test_a_first_line_that_the_words_end_up_not_calling_for_is_cut_and_the_right_one_spoken():
    async def work() -> None:
        async with calling({**SCRIPT, TYRE: SHOCK}) as caller:
            caller.recogniser.finals = {FIRE: TYRE}
            await caller.says(FIRE)
            await caller.hears_out()

            wrong, right = caller.ear.heard[1:3]
            assert FIRST_LINE in wrong.text
            assert wrong.ends - wrong.begins <= 0.2
            assert "Cut the power" in right.text
            assert right.begins - wrong.ends < 0.03
            assert await caller.line.heard() == [TYRE]

    virtually(work())


def test_words_that_end_up_milder_leave_the_urgency_of_the_line_that_was_spoken():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.recogniser.final_takes_s = 0.6
            caller.recogniser.finals = {FIRE: TYRE}
            await caller.says(FIRE)
            await caller.hears_out()

            call = await caller.line.board.call("CA1")
            assert call.urgency is Urgency.CRITICAL
            assert "emergency_services" in call.roles_alerted
            assert "spoken_ahead" in await caller.events()

    virtually(work())


def test_a_syllable_that_was_cut_off_at_once_was_told_to_nobody():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.recogniser.finals = {FIRE: TYRE}
            await caller.says(FIRE)
            await caller.hears_out()

            assert caller.ear.heard_of(FIRST_LINE).ends - caller.spoke_until < 0.4
            assert (await caller.line.board.call("CA1")).urgency is Urgency.NORMAL
            assert "spoken_ahead" not in await caller.events()

    virtually(work())


def test_a_goodbye_behind_a_spoken_first_line_does_not_end_the_call():
    async def work() -> None:
        bye = {TYRE: said(Urgency.NORMAL, intent=Intent.GOODBYE)}
        async with calling({**SCRIPT, **bye}) as caller:
            caller.recogniser.final_takes_s = 0.6
            caller.recogniser.finals = {FIRE: TYRE}
            await caller.says(FIRE)
            await caller.hears_out()

            assert (await caller.line.board.call("CA1")).ended_at is None

    virtually(work())


def test_what_a_partial_was_rated_counts_for_nothing_when_nothing_was_spoken_for_it():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            words = "there is a fire in zone b of the game"
            await caller.says(words)
            await caller.hears_out()

            assert (await caller.line.board.call("CA1")).urgency is Urgency.NORMAL
            assert "spoken_ahead" not in await caller.events()

    virtually(work())


def test_foreseeing_leaves_no_trace_on_the_call():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            before = (await caller.events(), await caller.said())
            call = await caller.line.board.call("CA1")
            turns = call.turns

            foreseen = caller.line.board.foresee("CA1", FIRE)

            assert foreseen is not None
            assert foreseen.first_line.source == "fire.en@1:first_line"
            assert (await caller.events(), await caller.said()) == before
            assert (call.turns, call.urgency) == (turns, Urgency.ASSISTIVE)

    virtually(work())


def test_nothing_but_a_first_line_is_ever_spoken_ahead():
    async def work() -> None:
        threat = said(Urgency.CRITICAL, hazard=Hazard.VIOLENCE, procedure="violence")
        script = {"i am hiding": threat, "what gloves": said(Urgency.ASSISTIVE)}
        async with calling(script) as caller:
            board = caller.line.board
            assert board.foresee("CA1", "what gloves") is None
            opening = board.foresee("CA1", "i am hiding")
            assert opening is None or opening.first_line.name == "first_line"
            assert board.foresee("nobody", FIRE) is None

    virtually(work())


def test_stages_of_a_turn_are_on_the_record_and_told_to_the_metrics():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears_out()

            [timing] = caller.line.onlooker.timings
            assert timing.urgency == "critical"
            assert timing.is_ahead
            assert list(timing.stages_ms) == [
                "end_of_speech",
                "end_of_turn",
                "text",
                "triage",
                "first_line",
                "first_audio_sent",
                "first_audio_heard",
            ]
            assert timing.stages_ms["first_line"] < timing.stages_ms["text"]
            assert "turn_timed" in await caller.events()

    virtually(work())


def test_no_more_than_four_tenths_of_a_second_is_ahead_of_the_ear():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears_out()

            assert caller.ear.most_ahead_s <= 0.41

    virtually(work())


def test_a_mark_is_echoed_for_every_line_and_the_silence_counts_from_the_ear():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            greeted = caller.ear.heard[0].ends
            await caller.waits(9.0)

            asked_again = caller.ear.heard[1].begins
            assert 4.99 <= asked_again - greeted <= 5.6

    virtually(work())


def test_a_goodbye_ends_the_call_once_it_was_heard():
    async def work() -> None:
        script = {"thank you bye": said(intent=Intent.GOODBYE)}
        async with calling(script) as caller:
            await caller.says("thank you bye")
            ending = await caller.ending
            call = await caller.line.board.call("CA1")

            assert call.end_reason is EndReason.SAID_GOODBYE
            assert ending.value == "ended"
            assert caller.now >= caller.ear.heard[-1].ends

    virtually(work())


def test_onlookers_read_words_while_the_caller_speaks_and_the_whole_turn_at_its_end():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears_out()

            *partial, last = caller.line.onlooker.heard
            assert partial
            assert all(FIRE.startswith(words) and not is_final for words, is_final in partial)
            assert last == (FIRE, True)

    virtually(work())
