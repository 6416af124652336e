"""Words that came by voice: what was spoken before their end counts, a doubtful place is asked."""

from aurora.conversation.foresight import Foreseen
from aurora.conversation.voiced import Voiced
from aurora.guidance.spoken import Spoken
from aurora.levels import Urgency
from tests.line import fire, said
from tests.switchboard import Line, words

TYRE = "there is a tyre in zone b"
LINE = Spoken("Get out now. Pull the alarm as you leave. No lifts.", "fire.en@1:first_line")
AHEAD = Foreseen("there is a fire", LINE, Urgency.CRITICAL, "en", is_drill=False)


async def test_what_was_spoken_ahead_is_on_the_record_and_holds_the_urgency():
    line = Line({TYRE: said()})
    await line.ring()

    await line.board.hear("CA1", TYRE, words, voiced=Voiced(AHEAD))
    call = await line.records.find("CA1")
    events = {event.kind: event.details for event in await line.records.events(call.id)}

    assert call.urgency is Urgency.CRITICAL
    assert events["spoken_ahead"] == {
        "sentence": LINE.text,
        "source": LINE.source,
        "words": "there is a fire",
        "urgency": "critical",
    }
    assert events["urgency_rose"]["source"] == "spoken_ahead"
    assert "emergency_services" in call.roles_alerted


async def test_a_line_spoken_ahead_that_the_turn_opens_with_is_said_once():
    line = Line({"there is a fire in zone b": fire()})
    await line.ring()

    await line.board.hear("CA1", "there is a fire in zone b", words, voiced=Voiced(AHEAD))
    call = await line.records.find("CA1")

    said_then = call.guidance.said
    assert sum("get out now" in sentence for sentence in said_then) == 1


async def test_a_place_that_the_recogniser_doubts_is_asked_about_before_anyone_is_sent_out_of_it():
    line = Line({"fire in zone b": fire("b")})
    await line.ring()

    answer = await line.board.hear("CA1", "fire in zone b", words, voiced=Voiced(doubts_place=True))
    call = await line.board.call("CA1")

    assert "Get out now" in answer
    assert "Leave Zone B" not in answer
    assert call.place.zone_id is None
    assert call.place.unconfirmed_zone_id == "b"


async def test_what_the_recogniser_made_of_the_words_is_on_the_record():
    line = Line({"fire in zone b": fire("b")})
    await line.ring()
    details = {"recognised": {"text": "fire in sown bee", "model": "base"}}

    await line.board.hear("CA1", "fire in zone b", words, voiced=Voiced(details=details))
    [heard] = [m for m in await _messages(line) if m.role == "user"]

    assert heard.details["recognised"]["text"] == "fire in sown bee"
    assert heard.details["hazard"] == "fire"


async def _messages(line: Line):
    return await line.records.messages((await line.records.find("CA1")).id)
