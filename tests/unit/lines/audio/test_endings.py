"""How calls by voice end, and how they do not: hang-ups, dropped lines, silence."""

import gc
import weakref

import pytest

from aurora.conversation.call import EndReason
from aurora.levels import Urgency
from aurora.lines.audio.ports import Ending
from aurora.triage.assessment import Intent
from tests.line import fire, said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.virtual_time import virtually
from tests.voice import Caller, calling


async def begins_to_say(caller: Caller, words: str, seconds: float) -> None:
    """Speak and stop after so many seconds, in mid-sentence."""
    sound = caller.voices.sound(words, 3.0)
    caller.recogniser.lengths[words] = 3.0
    caller.start(sound)
    await caller.waits(seconds)


def test_half_a_sentence_before_hanging_up_is_rated_and_on_the_record():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await begins_to_say(caller, FIRE, 2.1)
            caller.call.hang_up()
            ending = await caller.ending

            call = await caller.line.board.call("CA1")
            assert ending is Ending.HUNG_UP
            assert await caller.line.heard() == ["there is a fire"]
            assert call.urgency is Urgency.CRITICAL
            assert call.end_reason is EndReason.HUNG_UP

    virtually(work())


def test_a_dropped_line_keeps_the_words_and_leaves_the_call_open():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await begins_to_say(caller, FIRE, 2.1)
            caller.call.drop()
            ending = await caller.ending

            call = await caller.line.board.call("CA1")
            assert ending is Ending.DROPPED
            assert await caller.line.heard() == ["there is a fire"]
            assert call.ended_at is None
            assert FIRST_LINE in caller.call.take_unheard()[0].text

    virtually(work())


def test_what_was_cut_off_by_a_dropped_line_is_left_for_the_next_one():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.waits(0.8)
            caller.call.drop()
            await caller.ending

            unheard = [sentence.text for sentence in caller.call.take_unheard()]
            assert FIRST_LINE in unheard[0]
            assert "Leave Zone B" in unheard[1]

    virtually(work())


def test_a_caller_who_asks_for_a_person_hears_so_and_the_line_closes_for_the_hand_off():
    async def work() -> None:
        async with calling({"get me a human": said(intent=Intent.HUMAN)}) as caller:
            await caller.says("get me a human")
            ending = await caller.ending

            call = await caller.line.board.call("CA1")
            assert ending is Ending.HANDED_OFF
            assert call.ended_at is None
            assert call.is_hand_off_due
            assert caller.now >= caller.ear.heard[-1].ends

    virtually(work())


def test_words_during_the_hand_off_do_not_call_it_off():
    async def work() -> None:
        script = {"get me a human": said(intent=Intent.HUMAN), "hurry up please": said()}
        async with calling(script) as caller:
            await caller.says("get me a human")
            await caller.waits(1.0)
            await caller.says("hurry up please")

            assert await caller.ending is Ending.HANDED_OFF
            assert await caller.line.heard() == ["get me a human", "hurry up please"]

    virtually(work())


def test_words_during_the_goodbye_keep_the_call_open():
    async def work() -> None:
        script = {**SCRIPT, "thank you bye": said(intent=Intent.GOODBYE)}
        async with calling(script) as caller:
            await caller.says("thank you bye")
            await caller.waits(0.6)
            await caller.says(FIRE)
            await caller.hears_out()

            call = await caller.line.board.call("CA1")
            assert not caller.ending.done()
            assert call.ended_at is None
            assert call.urgency is Urgency.CRITICAL

    virtually(work())


BYE = "thank you bye"
LONG = "wait there is something else I can smell and see smoke and now there is a fire in zone b"


async def has_said_goodbye(caller: Caller) -> None:
    await caller.says(BYE)
    await caller.waits(0.8)
    while caller.call.is_speaking:
        await caller.waits(0.05)


def test_whoever_still_speaks_after_the_goodbye_is_heard_to_the_end_and_answered():
    async def work() -> None:
        script = {**SCRIPT, LONG: fire(), BYE: said(intent=Intent.GOODBYE)}
        async with calling(script) as caller:
            await has_said_goodbye(caller)
            await caller.says(LONG, word_s=0.4)
            await caller.hears_out()

            assert not caller.ending.done()
            assert caller.ear.heard_of(FIRST_LINE).begins - caller.spoke_until < 1.0
            assert (await caller.line.board.call("CA1")).ended_at is None

    virtually(work())


AROUND_THE_END_S = [0.0, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.9]
"""After the goodbye was heard: before a call is closed, while it is being closed, and after."""


@pytest.mark.parametrize("seconds", AROUND_THE_END_S)
def test_a_call_that_goes_on_after_the_goodbye_is_answered_and_not_closed(seconds):
    async def work() -> None:
        async with calling({**SCRIPT, BYE: said(intent=Intent.GOODBYE)}) as caller:
            caller.ear.echo = lambda name: None  # its times are put on the record at the end
            await has_said_goodbye(caller)
            caller.line.records.takes_s = 1.0
            await caller.waits(seconds)
            caller.call.panic()
            await caller.waits(10.0)

            is_over = (await caller.line.board.call("CA1")).ended_at is not None
            is_answered = any("Get yourself to safety" in text for text in caller.ear.texts)
            assert caller.ending.done() == is_over
            assert is_answered != is_over

    virtually(work())


@pytest.mark.parametrize("seconds", AROUND_THE_END_S)
def test_a_line_that_breaks_then_leaves_the_answer_for_the_next(seconds):
    async def work() -> None:
        async with calling({**SCRIPT, BYE: said(intent=Intent.GOODBYE)}) as caller:
            caller.ear.echo = lambda name: None
            await has_said_goodbye(caller)
            caller.line.records.takes_s = 1.0
            await caller.waits(seconds)
            caller.call.panic()
            caller.call.drop()
            ending = await caller.ending

            is_over = (await caller.line.board.call("CA1")).ended_at is not None
            unheard = [sentence.text for sentence in caller.call.take_unheard()]
            assert ending is (Ending.ENDED if is_over else Ending.DROPPED)
            assert is_over != any("Get yourself to safety" in text for text in unheard)

    virtually(work())


def test_three_minutes_of_silence_from_somebody_in_an_emergency_never_end_the_call():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            for _ in range(18):
                await caller.waits(10.0)
                if caller.ending.done():
                    break

            call = await caller.line.board.call("CA1")
            assert call.ended_at is None
            # A person is sought in the end; the caller is asked all along.
            assert await caller.ending is Ending.HANDED_OFF
            assert len(caller.ear.heard) >= 5

    virtually(work())


def test_a_caller_who_never_says_a_word_is_asked_then_reported_and_never_hung_up_on():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            ending = await caller.ending

            call = await caller.line.board.call("CA1")
            assert ending is Ending.HANDED_OFF
            assert call.ended_at is None
            assert call.urgency is Urgency.URGENT
            assert "control_room" in call.roles_alerted

    virtually(work())


def test_a_caller_who_can_only_press_keys_gets_the_menu_and_its_procedure():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.call.press("1")
            await caller.hears_out()
            caller.call.press("1")
            await caller.hears_out()

            assert any(FIRST_LINE in text for text in caller.ear.texts)
            call = await caller.line.board.call("CA1")
            assert call.is_keypad_only
            assert call.urgency is Urgency.CRITICAL

    virtually(work())


def test_nothing_of_a_call_is_left_when_it_is_over():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears_out()
            kept = weakref.ref(caller.call)
        del caller
        gc.collect()

        assert kept() is None

    virtually(work())


@pytest.mark.parametrize("seconds", [0.0, 0.3, 1.0])
def test_a_line_that_breaks_at_once_breaks_nothing(seconds):
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            await caller.waits(seconds)
            caller.call.drop()
            caller.call.hang_up()

            assert await caller.ending is Ending.DROPPED

    virtually(work())


def test_a_turn_whose_sound_stops_coming_is_taken_all_the_same():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await begins_to_say(caller, FIRE, 3.0)
            caller.is_sending = False
            await caller.waits(3.0)

            assert await caller.line.heard() == [FIRE]

    virtually(work())
