"""Words of half a turn raise the call and begin a procedure; they answer nothing."""

import pytest

from aurora.conversation.call import Call
from aurora.conversation.voiced import Voiced
from aurora.levels import Urgency
from aurora.triage.assessment import Assessment, Intent
from tests.line import fire, said
from tests.switchboard import Line, words

HALF = Voiced(missing="late")


async def hear_half(said_words: str, script: dict[str, Assessment]) -> tuple[Line, str]:
    line = Line(script)
    await line.ring()
    return line, await line.board.hear("CA1", said_words, words, voiced=HALF)


async def asked_something(line: Line) -> Call:
    """Let a caller report a fire and go along until Aurora asks them something."""
    await line.ring()
    await line.hear("fire in zone b")
    while (call := await line.board.call("CA1")).guidance.awaiting is None:
        assert call.turns < 9
        await line.hear("ok")
    return call


@pytest.mark.parametrize("rated", [Urgency.ASSISTIVE, Urgency.NORMAL])
async def test_half_a_turn_is_at_least_urgent_and_the_caller_is_asked_to_say_it_again(
    rated: Urgency,
):
    line, answer = await hear_half("help me", {"help me": said(rated)})
    call = await line.records.find("CA1")

    assert call.urgency is Urgency.URGENT
    assert "control_room" in call.roles_alerted
    assert "did not hear" in answer
    assert await line.heard() == ["help me"]


async def test_why_words_are_missing_and_what_was_heard_is_on_the_record():
    line, _ = await hear_half("help me", {})
    call = await line.records.find("CA1")
    events = {event.kind: event.details for event in await line.records.events(call.id)}

    assert events["speech_unavailable"] == {"reason": "late", "heard": "help me"}


async def test_half_a_turn_that_names_an_emergency_is_answered_with_its_first_line():
    line, answer = await hear_half("there is a fire", {"there is a fire": fire(None)})

    assert "Get out now" in answer
    assert (await line.board.call("CA1")).urgency is Urgency.CRITICAL


@pytest.mark.parametrize("intent", [Intent.YES, Intent.NO])
async def test_half_a_turn_is_no_answer_to_what_was_asked(intent: Intent):
    line = Line({"fire in zone b": fire(), "no": said(intent=intent)})
    call = await asked_something(line)
    asked, known = call.guidance.awaiting, dict(call.facts)

    await line.board.hear("CA1", "no", words, voiced=HALF)
    call = await line.board.call("CA1")

    assert (call.guidance.awaiting, call.facts) == (asked, known)


async def test_words_that_come_too_late_raise_the_call_and_answer_nothing():
    line = Line({"fire in zone b": fire(), "no": said(intent=Intent.NO)})
    asked = (await asked_something(line)).guidance.awaiting

    answer = await line.board.hear("CA1", "no", words, voiced=Voiced(is_overtaken=True))

    assert answer == "listen: "
    assert (await line.board.call("CA1")).guidance.awaiting == asked
    assert (await line.heard())[-1] == "no"
