"""When ears or voice fail: the safe line is heard, nothing is lost, and another way goes on."""

import pytest

from aurora.levels import Urgency
from aurora.lines.audio.attention import Attention
from aurora.lines.audio.call import DEAF_AGAIN_S
from aurora.lines.audio.ears import PATIENCE_S
from aurora.lines.audio.ports import Ending
from aurora.speech.waiting import Priority
from tests.line import fire, said
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.virtual_time import virtually
from tests.voice import RING, calling

SAFE_LINE = "Get to a safe place."
PAGE = RING.__class__("browser", provider_id="CA1")


def test_a_dead_recogniser_is_answered_by_the_safe_line_and_other_ears():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.recogniser.is_dead = True
            await caller.says(FIRE)
            ending = await caller.ending

            call = await caller.line.board.call("CA1")
            assert ending is Ending.FAILED
            assert caller.ear.texts[-1] == SAFE_LINE
            assert call.ended_at is None
            assert call.urgency is Urgency.URGENT
            assert "control_room" in call.roles_alerted
            assert "speech_unavailable" in await caller.events()

    virtually(work())


def test_the_words_of_a_caller_not_understood_yet_are_read_before_those_of_everyday_calls():
    async def work() -> None:
        everyday = {"hello": said(Urgency.NORMAL), "good": said(Urgency.NORMAL)}
        async with calling(everyday) as caller:
            caller.recogniser.rejected = {"hello": "unsure"}
            await caller.says("hello")
            await caller.hears_out()
            caller.recogniser.rejected = {}
            await caller.says("hello")
            await caller.hears_out()
            unknown = set(caller.recogniser.priorities)
            caller.recogniser.priorities.clear()
            await caller.says("good")
            await caller.hears_out()

            assert unknown == {Priority.URGENT}
            assert set(caller.recogniser.priorities) == {Priority.NORMAL}

    virtually(work())


@pytest.mark.parametrize("first_fails", [False, True], ids=["unsure", "refused"])
def test_words_read_more_than_once_keep_their_caller_waiting_no_longer(first_fails: bool):
    async def work() -> None:
        languages = ("en", "es", "fr", "de")
        async with calling(SCRIPT, languages=languages, has_other_ears=False) as caller:
            caller.recogniser.rejected = {"hola hay humo": "unsure"}
            caller.recogniser.final_takes_s = 2.0
            caller.recogniser.refuses_once = "full" if first_fails else None
            await caller.says("hola hay humo")
            said_before = len(caller.ear.heard)
            await caller.hears_out()

            assert caller.ear.heard[said_before].begins - caller.spoke_until < PATIENCE_S + 0.7

    virtually(work())


def test_where_nobody_else_listens_the_line_goes_on_by_key_and_names_a_person():
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            caller.recogniser.is_dead = True
            await caller.says(FIRE)
            await caller.hears_out()

            assert SAFE_LINE in caller.ear.texts
            assert any("number of the control room" in text for text in caller.ear.texts)
            assert not caller.ending.done()

            caller.recogniser.is_dead = False
            await caller.says(FIRE)
            await caller.hears_out()
            assert set(await caller.line.heard()) == {FIRE}

    virtually(work())


def test_a_recogniser_that_dies_after_partials_loses_none_of_their_words():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            speaking = caller.says(FIRE)
            caller.recogniser.dies_after = 2.0
            await speaking
            await caller.hears_out()

            [heard] = await caller.line.heard()
            assert heard.startswith("there is a fire")
            assert any(FIRST_LINE in text for text in caller.ear.texts)

    virtually(work())


def test_a_dead_voice_leaves_the_ready_first_line_and_the_rest_to_another_voice():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.lines.is_ready = lambda text: FIRST_LINE in text
            caller.lines.is_dead = True
            await caller.says(FIRE)
            ending = await caller.ending

            assert ending is Ending.FAILED
            assert any(FIRST_LINE in text for text in caller.ear.texts)
            assert "Leave Zone B" in caller.call.take_unheard()[0].text

    virtually(work())


def test_a_turn_that_fails_inside_is_answered_and_the_line_goes_on(monkeypatch):
    async def work() -> None:
        async with calling({"what now": said()}) as caller:
            with monkeypatch.context() as broken:
                broken.setattr(caller.line.board, "hear", lambda *_, **__: 1 / 0)
                await caller.says("what now")
                await caller.hears_out()

            assert SAFE_LINE in caller.ear.texts
            assert await caller.ending is Ending.FAILED

    virtually(work())


def test_a_recogniser_that_is_unsure_makes_aurora_ask_again():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.recogniser.rejected["mumble mumble"] = "unsure"
            await caller.says("mumble mumble")
            await caller.hears_out()

            assert "I did not hear you" in caller.ear.texts[-1]
            assert await caller.line.heard() == []

    virtually(work())


def test_a_disk_that_is_full_hands_an_emergency_over_after_its_first_line():
    async def work() -> None:
        async with calling({FIRE: fire()}) as caller:
            caller.line.records.is_down = True
            await caller.says(FIRE)
            ending = await caller.ending
            caller.line.records.is_down = False

            assert ending is Ending.HANDED_OFF
            assert any(FIRST_LINE in text for text in caller.ear.texts)

    virtually(work())


def test_ears_that_break_end_this_line_and_not_the_call(monkeypatch):
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            monkeypatch.setattr(caller.recogniser.voices, "read", lambda *_: 1 / 0)
            monkeypatch.setattr("tests.voice.Loudness.feed", lambda *_: 1 / 0)
            ending = await caller.ending

            assert ending is Ending.FAILED
            assert SAFE_LINE in caller.ear.texts
            assert (await caller.line.board.call("CA1")).ended_at is None

    virtually(work())


def test_ears_that_stay_broken_tell_their_caller_so_without_end_but_not_without_pause(monkeypatch):
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            monkeypatch.setattr("tests.voice.Loudness.feed", lambda *_: 1 / 0)
            await caller.waits(60.0)
            told = (await caller.events()).count("speech_unavailable")
            await caller.waits(2 * DEAF_AGAIN_S)
            is_still_told = (await caller.events()).count("speech_unavailable") > told
            owed = len(caller.call.take_unheard())

            assert 4 <= told <= 7
            assert is_still_told
            assert owed <= 4

    virtually(work())


def test_ears_that_break_once_more_later_are_told_of_again(monkeypatch):
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            for _ in range(2):
                with monkeypatch.context() as broken:
                    broken.setattr("tests.voice.Loudness.feed", lambda *_: 1 / 0)
                    await caller.waits(0.1)
                await caller.hears_out()
                await caller.waits(DEAF_AGAIN_S)

            assert (await caller.events()).count("speech_unavailable") == 2
            await caller.says(FIRE)
            await caller.hears_out()
            assert await caller.line.heard() == [FIRE]

    virtually(work())


def breaks_when_over(self: Attention, *, is_over: bool = False) -> None:
    if is_over:
        raise ZeroDivisionError


@pytest.mark.parametrize("is_stalled", [False, True], ids=["silence", "no sound any more"])
def test_what_breaks_at_the_end_of_a_turn_loses_no_word_of_it(monkeypatch, is_stalled: bool):
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            monkeypatch.setattr(Attention, "_speak_ahead", breaks_when_over)
            await caller.says(FIRE)
            caller.is_sending = not is_stalled
            await caller.waits(3.0)
            await caller.hears_out()

            assert await caller.line.heard() == [FIRE]
            assert any(FIRST_LINE in text for text in caller.ear.texts)
            assert not caller.ending.done()

    virtually(work())


def test_last_words_are_kept_though_something_breaks_behind_them(monkeypatch):
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.says(FIRE)
            monkeypatch.setattr(Attention, "_speak_ahead", breaks_when_over)
            caller.call.hang_up()

            assert await caller.ending is Ending.HUNG_UP
            assert await caller.line.heard() == [FIRE]

    virtually(work())


def test_a_call_that_nobody_can_look_after_goes_on_with_other_ears(monkeypatch):
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            monkeypatch.setattr(caller.call, "_mind_person", lambda _: 1 / 0)

            assert await caller.ending is Ending.FAILED
            assert SAFE_LINE in [one.text for one in caller.call.take_unheard()]
            assert (await caller.line.board.call("CA1")).ended_at is None

    virtually(work())


def test_a_call_that_nobody_can_look_after_names_a_person_where_no_other_ears_are(monkeypatch):
    async def work() -> None:
        async with calling(SCRIPT, has_other_ears=False, ring=PAGE) as caller:
            monkeypatch.setattr(caller.call, "_mind_person", lambda _: 1 / 0)
            await caller.waits(1.0)
            await caller.hears_out()

            assert any("number of the control room" in text for text in caller.ear.texts)
            await caller.says(FIRE)
            await caller.hears_out()
            assert await caller.line.heard() == [FIRE]

    virtually(work())


def test_a_way_out_that_breaks_is_a_dropped_line(monkeypatch):
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            monkeypatch.setattr(caller.ear, "send_audio", lambda *_: 1 / 0)
            await caller.says(FIRE)

            assert await caller.ending is Ending.DROPPED
            assert (await caller.line.board.call("CA1")).urgency is Urgency.CRITICAL
            assert FIRST_LINE in caller.call.take_unheard()[0].text

    virtually(work())


def test_a_recogniser_that_is_too_busy_leaves_nobody_in_silence_for_long():
    async def work() -> None:
        async with calling({"help me please": fire()}) as caller:
            caller.recogniser.takes_s = 60.0
            await caller.says("help me please")
            await caller.hears_out()

            assert caller.ear.heard_of(SAFE_LINE).begins - caller.spoke_until < 3.2

    virtually(work())


def test_a_final_that_comes_too_late_is_replaced_by_the_partial_words():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            caller.recogniser.final_takes_s = 60.0
            await caller.says("well there is a fire")
            await caller.hears_out()

            [heard] = await caller.line.heard()
            assert heard.startswith("well there")

    virtually(work())
