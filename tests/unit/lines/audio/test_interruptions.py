"""Speaking over Aurora: speech stops her, noise does not, and no first line is lost by it."""

import pytest

from aurora.escalation.truth import Claim, Statement
from aurora.levels import Urgency
from tests.line import fire, said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT, SHOCK, TYRE
from tests.virtual_time import virtually
from tests.voice import Caller, calling

GREETING = "What is happening"


def test_a_caller_who_speaks_over_the_greeting_stops_it_within_a_quarter_of_a_second():
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            await caller.waits(0.5)
            began = caller.now
            await caller.says(FIRE)

            assert GREETING in caller.ear.heard[0].text
            assert caller.ear.heard[0].ends - began <= 0.25

            await caller.hears_out()
            assert await caller.line.heard() == [FIRE]
            assert FIRST_LINE in caller.ear.heard[1].text

    virtually(work())


def test_an_answer_to_a_caller_who_spoke_over_another_waits_for_the_disk_once():
    async def work() -> None:
        async with calling({"hello": said()}, greets=False) as caller:
            await caller.waits(0.5)
            caller.line.records.takes_s = 1.0
            await caller.says("hello", word_s=0.5)
            await caller.hears_out()

            assert caller.ear.heard[1].begins - caller.spoke_until < 1.0 + 0.6
            assert "spoken_over" in await caller.events()

    virtually(work())


def test_an_answer_is_sent_before_anything_is_written_of_what_was_spoken_over():
    async def work() -> None:
        async with calling({"hello": said()}, greets=False) as caller:
            note, heard_by_then = caller.line.records.note, []

            async def watched(call, events):
                if any(event.kind == "spoken_over" for event in events):
                    heard_by_then.append(list(caller.ear.texts))
                await note(call, events)

            caller.line.records.note = watched
            await caller.waits(0.5)
            await caller.says("hello", word_s=0.5)
            await caller.hears_out()

            assert heard_by_then == [caller.ear.texts[:2]]

    virtually(work())


def test_a_short_noise_stops_nothing_and_is_no_turn():
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            await caller.waits(0.5)
            await caller.says("bang", word_s=0.1)
            await caller.hears_out()

            assert caller.ear.cleared_at == []
            assert await caller.line.heard() == []

    virtually(work())


def test_a_noise_taken_for_speech_only_delays_what_was_being_said():
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            caller.recogniser.rejected["grinder"] = "no_speech"
            await caller.waits(0.5)
            await caller.says("grinder", word_s=0.5)
            await caller.hears_out()

            assert [GREETING in text for text in caller.ear.texts] == [True, True]
            assert await caller.line.heard() == []
            assert await caller.events() == []

    virtually(work())


def test_a_first_line_is_not_cut_in_its_first_half_second():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.waits(0.15)
            await caller.says("hello can you hear me", word_s=0.1)
            await caller.hears_out()

            first = caller.ear.heard_of(FIRST_LINE)
            assert first.ends - first.begins >= 0.49

    virtually(work())


def test_a_first_line_that_was_spoken_over_is_said_again_with_the_next_answer():
    async def work() -> None:
        async with calling({**SCRIPT, "please hurry up": said()}) as caller:
            await caller.says(FIRE)
            await caller.waits(0.4)
            await caller.says("please hurry up")
            await caller.hears_out()

            times = [heard for heard in caller.ear.heard if FIRST_LINE in heard.text]
            assert len(times) == 2
            assert times[0].ends - times[0].begins < 1.2
            assert await caller.line.heard() == [FIRE, "please hurry up"]

    virtually(work())


def test_a_first_line_that_was_all_but_heard_is_not_said_again():
    async def work() -> None:
        async with calling({**SCRIPT, "i am out": said()}) as caller:
            await caller.says(FIRE)
            await caller.waits(2.5)
            await caller.says("i am out")
            await caller.hears_out()

            assert sum(FIRST_LINE in text for text in caller.ear.texts) == 1

    virtually(work())


def test_a_caller_who_goes_on_after_a_pause_hears_the_first_line_whole_in_the_end():
    async def work() -> None:
        rest = "and two people are inside"
        async with calling({**SCRIPT, f"{FIRE} {rest}": fire()}) as caller:
            await caller.says(FIRE)
            await caller.waits(0.15)
            await caller.says(rest)
            await caller.hears_out()

            assert await caller.line.heard() == [f"{FIRE} {rest}"]
            last = [heard for heard in caller.ear.heard if FIRST_LINE in heard.text][-1]
            assert last.ends - last.begins >= 0.6 * 3.0

    virtually(work())


async def begin_again(caller: Caller, words: str, final_takes_s: float = 0.1) -> float:
    """Speak over the first line; return how long after the last word it begins once more."""
    await caller.says(FIRE)
    await caller.waits(0.5)
    caller.recogniser.final_takes_s = final_takes_s
    await caller.says(words)
    await caller.hears_out()
    again = [heard for heard in caller.ear.heard if FIRST_LINE in heard.text][1:]
    assert [heard.ends - heard.begins >= 0.6 * 3.0 for heard in again] == [True]
    return again[0].begins - caller.spoke_until


def test_a_caller_who_went_on_over_the_first_line_hears_it_in_their_next_pause():
    async def work() -> None:
        rest = "and two people saw it"
        async with calling({**SCRIPT, f"{FIRE} {rest}": fire()}) as caller:
            caller.recogniser.takes_s = 0.1
            await caller.says(FIRE)
            await caller.waits(0.18)
            await caller.says(rest)
            await caller.hears_out()

            # The turn itself is over after 0.3 s.
            last = [heard for heard in caller.ear.heard if FIRST_LINE in heard.text][-1]
            assert last.ends - last.begins == pytest.approx(3.3, abs=0.05)
            assert 0.15 <= last.begins - caller.spoke_until <= 0.25
            assert await caller.line.heard() == [f"{FIRE} {rest}"]

    virtually(work())


def test_a_line_that_is_owed_waits_for_the_words_and_not_for_the_end_of_the_turn():
    async def work() -> None:
        async with calling({**SCRIPT, "two people are inside": said()}) as caller:
            assert await begin_again(caller, "two people are in here") <= 0.25

    virtually(work())


def test_a_line_that_is_owed_waits_no_longer_for_words_than_an_ordinary_turn_does():
    async def work() -> None:
        async with calling({**SCRIPT, "please hurry up": said()}) as caller:
            assert await begin_again(caller, "please hurry up", final_takes_s=1.0) <= 0.35
            assert await caller.line.heard() == [FIRE, "please hurry up"]

    virtually(work())


def test_words_that_nobody_can_make_out_leave_the_line_that_is_owed_said_once():
    async def work() -> None:
        async with calling({**SCRIPT, "mumbled": said()}) as caller:
            caller.recogniser.rejected = {"mumbled again": "unsure"}
            assert await begin_again(caller, "mumbled again") <= 0.35

    virtually(work())


def test_words_that_call_for_another_first_line_stop_the_one_that_is_owed():
    async def work() -> None:
        shock, first_line = "he got a shock", "Don't touch"
        async with calling({**SCRIPT, shock: SHOCK}) as caller:
            await caller.says(shock)
            await caller.waits(0.5)
            caller.recogniser.final_takes_s = 1.0
            caller.recogniser.mistakes = dict.fromkeys(SCRIPT, "well")
            await caller.says(FIRE)
            await caller.hears_out()

            over, again = (heard for heard in caller.ear.heard if first_line in heard.text)
            assert again.begins - caller.spoke_until <= 0.45
            assert caller.ear.heard_of(FIRST_LINE).begins - again.ends < 0.1
            assert over.ends - over.begins < 1.0

    virtually(work())


def test_a_line_that_was_told_before_the_caller_went_on_counts_as_told():
    async def work() -> None:
        rest = "no sorry it is a film"
        async with calling({**SCRIPT, f"{FIRE} {rest}": said()}) as caller:
            await caller.says(FIRE)
            await caller.waits(0.18)
            await caller.says(rest)
            await caller.hears_out()

            assert "spoken_ahead" in await caller.events()
            assert (await caller.line.board.call("CA1")).urgency is Urgency.CRITICAL

    virtually(work())


def test_a_key_stops_what_is_being_said_and_is_answered():
    async def work() -> None:
        async with calling(SCRIPT, greets=False) as caller:
            await caller.waits(0.5)
            caller.call.press("1")
            await caller.hears_out()

            assert caller.ear.heard[0].ends - caller.ear.heard[0].begins < 0.7
            assert "1" in caller.ear.heard[1].text
            assert await caller.line.heard() == ["[key 1]"]

    virtually(work())


def test_keys_that_no_telephone_has_are_ignored():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            for digit in ("A", "", "12", "\x00"):
                caller.call.press(digit)
            await caller.waits(0.5)

            assert await caller.line.heard() == []

    virtually(work())


def test_typed_words_are_a_turn_like_spoken_ones():
    async def work() -> None:
        async with calling({TYRE: fire()}) as caller:
            caller.call.words(f"  {TYRE} ")
            caller.call.words("   ")
            await caller.hears_out()

            assert await caller.line.heard() == [TYRE]
            assert FIRST_LINE in caller.ear.heard[1].text

    virtually(work())


def test_aurora_does_not_answer_her_own_echo_nor_is_stopped_by_it_twice():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.waits(0.6)
            await caller.says("get out now pull the alarm as you leave")
            await caller.waits(1.0)
            await caller.says("get out now pull the alarm as you leave")
            await caller.hears_out()

            assert await caller.line.heard() == [FIRE]
            last = [heard for heard in caller.ear.heard if FIRST_LINE in heard.text][-1]
            assert last.ends - last.begins == pytest.approx(3.3, abs=0.05)
            assert len(caller.ear.cleared_at) == 1

    virtually(work())


def test_a_caller_who_says_an_instruction_back_once_it_was_said_is_answered():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            await caller.hears_out()
            await caller.says("get out now pull the alarm as you leave")
            await caller.hears_out()

            assert len(await caller.line.heard()) == 2

    virtually(work())


def test_a_way_out_that_was_spoken_over_is_said_again_and_the_record_says_so():
    async def work() -> None:
        async with calling({**SCRIPT, "there is smoke too": said()}) as caller:
            await caller.says(FIRE)
            await caller.waits(3.9)
            await caller.says("there is smoke too")
            await caller.hears_out()

            times = [heard for heard in caller.ear.heard if "Leave Zone B" in heard.text]
            assert len(times) == 2
            assert times[1].ends - times[1].begins > 3.0
            events = await caller.line.records.events((await caller.line.records.find("CA1")).id)
            [over] = [event.details for event in events if event.kind == "spoken_over"]
            assert "Leave Zone B" in over["unheard"][0]

    virtually(work())


class Correcting:
    """Knows of one correction, which is news until it was told."""

    def news(self, call_id, told):
        correction = Statement(Claim.NO_LONGER, ("medical",))
        return [] if correction in told else [correction]


def test_a_correction_that_was_spoken_over_is_told_again():
    async def work() -> None:
        script = {**SCRIPT, "please hurry up": said(), "are you there": said()}
        async with calling(script, informer=Correcting()) as caller:
            await caller.says(FIRE)
            await caller.hears("no longer a confirmation")
            await caller.says("please hurry up")
            await caller.hears_out()

            corrections = [heard for heard in caller.ear.heard if "no longer" in heard.text]
            assert len(corrections) == 2
            assert corrections[0].ends - corrections[0].begins < 2.0
            assert corrections[1].ends - corrections[1].begins > 3.0
            await caller.says("are you there")
            await caller.hears_out()
            assert sum("no longer" in heard.text for heard in caller.ear.heard) == 2

    virtually(work())
