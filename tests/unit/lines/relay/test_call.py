"""A call over the relay: what begins a turn, what ends the call, what breaks neither."""

import pytest

from aurora.conversation.switchboard import Switchboard
from aurora.levels import Urgency
from aurora.lines.audio.ports import Ending
from aurora.lines.relay.messages import Played, Prompt, Speaking
from aurora.triage.assessment import Intent
from tests.line import fire, said
from tests.relay import Caller, calling
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.virtual_time import virtually

BYE = "thank you goodbye"
GOODBYE = {BYE: said(intent=Intent.GOODBYE)}
SMOKE = "wait there is smoke"


def hear(caller: Caller, words: str, *, is_last: bool = True) -> None:
    caller.call.take(Prompt(words, is_last))


def test_operators_words_that_a_turn_has_said_meanwhile_begin_no_turn():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            await caller.line.operators.type("CA1", "Close the door, Ana.", "Boss")
            before = await caller.line.said()
            caller.call.nudge()
            caller.call.nudge()
            await caller.hears_out()

            assert len(await caller.line.said()) == len(before) + 1

    virtually(work())


@pytest.mark.parametrize("broken", ["foresee", "hear_so_far"])
def test_what_breaks_on_unfinished_words_leaves_the_caller_heard(monkeypatch, broken):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a bug in the rules for these very words")

    async def work() -> None:
        async with calling(SCRIPT) as caller:
            monkeypatch.setattr(Switchboard, broken, fail)
            await caller.says(FIRE)
            await caller.hears_out()

            assert await caller.line.heard() == [FIRE]
            assert caller.times(FIRST_LINE) == 1

    virtually(work())


def test_words_that_follow_a_goodbye_are_heard_out_and_the_call_goes_on():
    async def work() -> None:
        async with calling({**GOODBYE, SMOKE: fire()}) as caller:
            await _say_goodbye(caller)
            for words in ("wait", "wait there"):
                hear(caller, words, is_last=False)
                await caller.waits(3.0)
            assert not caller.ending.done()
            hear(caller, SMOKE)
            await caller.hears_out()

            call = await caller.line.board.call("CA1")
            assert not caller.ending.done()
            assert caller.times(FIRST_LINE) == 1
            assert (call.urgency, call.ended_at) == (Urgency.CRITICAL, None)
            assert _ends(caller) == 0

    virtually(work())


def test_a_caller_who_begins_to_speak_behind_a_goodbye_is_not_cut_off_before_a_word_came():
    async def work() -> None:
        async with calling({**GOODBYE, SMOKE: fire()}) as caller:
            await _say_goodbye(caller)
            caller.call.take(Speaking(is_caller=True, is_on=True))
            await caller.waits(8.0)
            assert not caller.ending.done()
            caller.call.take(Speaking(is_caller=True, is_on=False))
            hear(caller, SMOKE)
            await caller.hears_out()

            assert caller.times(FIRST_LINE) == 1

    virtually(work())


@pytest.mark.parametrize(("words", "ending"), [(BYE, "ended"), ("a human", "handed_off")])
def test_a_noise_that_never_ends_keeps_no_call_open_for_ever(words, ending):
    script = {**GOODBYE, "a human": said(intent=Intent.HUMAN)}

    async def work() -> None:
        async with calling(script) as caller:
            hear(caller, words)
            while not caller.ending.done():
                caller.call.take(Speaking(is_caller=True, is_on=True))
                await caller.waits(1.0)

            assert caller.ending.result() is Ending(ending)

    virtually(work())


def test_words_left_unfinished_behind_a_goodbye_are_a_turn_before_the_call_ends():
    async def work() -> None:
        async with calling({**GOODBYE, SMOKE: fire()}) as caller:
            await _say_goodbye(caller)
            hear(caller, SMOKE, is_last=False)
            await caller.waits(10.0)

            assert not caller.ending.done()
            assert caller.times(FIRST_LINE) == 1

    virtually(work())


def test_words_taken_before_the_turn_was_over_are_not_taken_again_when_it_is():
    async def work() -> None:
        async with calling() as caller:
            hear(caller, "I am at the", is_last=False)
            await caller.waits(5.0)
            hear(caller, "I am at the", is_last=False)
            hear(caller, "I am at the.")
            await caller.hears_out()
            assert await caller.line.heard() == ["I am at the"]

            hear(caller, "I am at the gate.")
            await caller.hears_out()
            assert await caller.line.heard() == ["I am at the", "I am at the gate."]

    virtually(work())


def test_what_a_turn_says_beyond_the_words_taken_before_is_taken_by_itself():
    async def work() -> None:
        async with calling() as caller:
            hear(caller, "I am at the", is_last=False)
            await caller.waits(5.0)
            hear(caller, "I'm at the pump house", is_last=False)
            await caller.waits(5.0)
            hear(caller, "I'm at the pump house and it burns.")
            await caller.hears_out()

            heard = await caller.line.heard()
            assert heard == ["I am at the", "pump house", "and it burns."]

    virtually(work())


def test_the_end_is_sent_once():
    async def work() -> None:
        async with calling(GOODBYE) as caller:
            hear(caller, BYE)
            assert await caller.ending is Ending.ENDED
            assert _ends(caller) == 1

    virtually(work())


def test_words_that_come_while_the_call_ends_reopen_it_for_the_line_that_goes_on():
    async def work() -> None:
        async with calling({**GOODBYE, SMOKE: fire()}) as caller:
            caller.line.records.takes_s = 1.0
            hear(caller, BYE)
            while not _ends(caller):
                await caller.waits(0.01)
            hear(caller, SMOKE)
            ending = await caller.ending

            call = await caller.line.board.call("CA1")
            assert ending is Ending.DROPPED
            assert call.ended_at is None
            assert FIRST_LINE in caller.call.take_unheard()[0].text
            assert _ends(caller) == 1

    virtually(work())


def test_an_answer_made_after_the_socket_broke_is_left_whole_however_long_it_takes():
    async def work() -> None:
        async with calling({FIRE: fire()}, asked={"events": ""}) as caller:
            caller.line.records.takes_s = 6.0
            hear(caller, FIRE)
            caller.call.drop()
            await caller.ending

            assert FIRST_LINE in caller.call.take_unheard()[0].text

    virtually(work())


def test_what_went_into_a_dead_socket_is_left_for_the_line_that_goes_on():
    async def work() -> None:
        async with calling(SCRIPT) as caller:
            hear(caller, FIRE)
            await caller.waits(0.1)
            caller.wire.call = None  # neither end hears of the other any more
            await caller.waits(20.0)
            caller.call.drop()
            await caller.ending

            assert FIRST_LINE in caller.call.take_unheard()[0].text

    virtually(work())


def test_what_was_said_before_twilio_last_sent_anything_was_heard():
    async def work() -> None:
        async with calling({"hello": said()}, asked={"events": ""}) as caller:
            caller.call.take(Played("What is happening?"))
            hear(caller, "hello")
            await caller.hears_out()
            caller.call.take(Speaking(is_caller=True, is_on=True))
            caller.call.drop()
            await caller.ending

            assert caller.call.take_unheard() == []

    virtually(work())


def test_a_way_out_that_breaks_drops_the_call_and_loses_nothing():
    async def work() -> None:
        async with calling({FIRE: fire()}) as caller:

            async def fail(_: str) -> None:
                raise OSError("no route to host")

            caller.call._send = fail
            hear(caller, FIRE)
            assert await caller.ending is Ending.DROPPED

            assert FIRST_LINE in caller.call.take_unheard()[0].text
            assert await caller.line.heard() == [FIRE]

    virtually(work())


def test_a_turn_that_breaks_leaves_what_is_owed_to_whoever_goes_on(monkeypatch):
    async def fail(*_: object, **__: object) -> str:
        raise RuntimeError("broken")

    async def work() -> None:
        async with calling({**SCRIPT, "hello": said()}) as caller:
            hear(caller, FIRE)
            await caller.hears("Leave Zone B")
            await caller.makes_noise()
            monkeypatch.setattr(Switchboard, "hear", fail)
            hear(caller, "hello")
            assert await caller.ending is Ending.FAILED

            assert caller.times("Leave Zone B") == 2

    virtually(work())


def test_a_relay_call_that_nobody_can_look_after_goes_on_elsewhere(monkeypatch):
    async def work() -> None:
        async with calling({**SCRIPT, "hello": said()}) as caller:
            monkeypatch.setattr(caller.call, "_is_silent", lambda *_: 1 / 0)
            hear(caller, "hello")

            assert await caller.ending is Ending.FAILED
            assert await caller.line.heard() == ["hello"]
            assert "Get to a safe place." in [one.text for one in caller.call.take_unheard()]

    virtually(work())


def test_nobody_is_asked_anything_once_the_socket_is_gone():
    async def work() -> None:
        async with calling({FIRE: fire()}, silence_s=1.0) as caller:
            caller.line.records.takes_s = 5.0
            hear(caller, FIRE)
            await caller.waits(0.1)
            caller.call.drop()
            assert await caller.ending is Ending.DROPPED
            assert "silence" not in await caller.line.events()

    virtually(work())


async def _say_goodbye(caller: Caller) -> None:
    """Say it, and hear Aurora say it."""
    hear(caller, BYE)
    await caller.waits(0.3)
    while caller.call.is_speaking:
        await caller.waits(0.05)


def _ends(caller: Caller) -> int:
    return sum(message["type"] == "end" for message in caller.wire.sent)
