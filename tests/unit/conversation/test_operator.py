"""A named operator lowers urgency, and nothing else does; later words raise it again."""

import asyncio

import pytest

from aurora.conversation.call import Call, EndReason
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.merge import carry_over
from aurora.conversation.operator import add_note, end_call, set_urgency, set_zone
from aurora.errors import NotPossible, Overtaken, RecordsError, UnknownCall
from aurora.levels import Hazard, Urgency
from aurora.rehearsal.scripted_model import Script, ScriptedModel
from aurora.triage.assessment import Intent
from tests.line import NOON, YES, Clock, dialogue, fire, new_call, said
from tests.switchboard import Line, SlowRecords

OKAY = said(intent=Intent.DONE)
SCRIPT = {"fire in zone b": fire(), "okay": OKAY, "it is back": fire(None), "yes": YES}


def say(line: Dialogue, call: Call, *words: str) -> list[str]:
    kinds = []
    for spoken in words:
        turn = line.hear(call, spoken, NOON)
        line.close_turn(turn)
        kinds += [event.kind for event in turn.events]
    return kinds


def lowered_call(to: Urgency) -> tuple[Dialogue, Call]:
    line, call = dialogue(SCRIPT), new_call()
    say(line, call, "fire in zone b")
    set_urgency(line, call, to, "Ann", "a barbecue", NOON)
    return line, call


@pytest.mark.parametrize("to", [Urgency.NORMAL, Urgency.URGENT])
def test_what_an_operator_lowered_stays_so_while_nothing_new_is_said(to):
    line, call = lowered_call(to)
    say(line, call, "okay", "okay")

    assert call.urgency is to


@pytest.mark.parametrize("to", [Urgency.NORMAL, Urgency.URGENT])
def test_a_callers_later_words_raise_it_again_and_people_are_told_again(to):
    line, call = lowered_call(to)
    kinds = say(line, call, "it is back")

    assert call.urgency is Urgency.CRITICAL
    assert {"urgency_rose", "alert_requested"} <= set(kinds)
    assert "emergency_services" in call.roles_alerted


def test_a_procedure_begins_again_with_its_first_line_after_a_harmless_interlude():
    line, call = lowered_call(Urgency.NORMAL)
    assert call.guidance.procedure is None
    say(line, call, "it is back")

    assert call.guidance.procedure == "fire"


def test_a_new_fact_in_a_lowered_emergency_brings_its_procedures_urgency_back():
    line, call = lowered_call(Urgency.URGENT)
    call.guidance.awaiting = "inside"
    say(line, call, "yes")

    assert call.urgency is Urgency.CRITICAL


def test_who_lowered_it_and_why_is_an_event():
    line, call = dialogue(SCRIPT), new_call()
    say(line, call, "fire in zone b")
    [event] = set_urgency(line, call, Urgency.NORMAL, "Ann", "a barbecue", NOON)

    assert event.kind == "urgency_lowered"
    assert event.details == {
        **{"from": "critical", "to": "normal"},
        **{"by": "Ann", "reason": "a barbecue"},
    }


def test_who_raised_it_and_why_is_an_event_and_people_are_told():
    line, call = dialogue(SCRIPT), new_call()
    rose, alerted = set_urgency(line, call, Urgency.CRITICAL, "Ann", "camera 4", NOON)

    assert rose.kind == "urgency_rose"
    assert rose.details["source"] == "operator"
    assert (rose.details["by"], rose.details["reason"]) == ("Ann", "camera 4")
    assert "emergency_services" in alerted.details["roles"]


def test_the_same_urgency_again_is_no_event():
    line, call = dialogue(SCRIPT), new_call()

    assert set_urgency(line, call, call.urgency, "Ann", "", NOON) == []


async def test_lowering_is_on_the_record_before_the_operator_is_answered():
    line = Line(SCRIPT)
    await line.ring()
    await line.hear("fire in zone b")
    await line.operators.set_urgency("CA1", Urgency.NORMAL, "Ann", "a barbecue")

    stored = await line.records.find("CA1")
    assert stored.urgency is Urgency.NORMAL
    assert "urgency_lowered" in await line.events()


async def test_lowering_that_cannot_be_stored_is_refused_and_changes_nothing():
    line = Line(SCRIPT)
    await line.ring()
    await line.hear("fire in zone b")
    line.records.is_down = True
    with pytest.raises(RecordsError):
        await line.operators.set_urgency("CA1", Urgency.NORMAL, "Ann", "a barbecue")
    call = await line.board.call("CA1")

    assert call.urgency is Urgency.CRITICAL
    assert call.guidance.procedure == "fire"


async def test_another_machines_turn_meanwhile_does_not_lose_the_lowering():
    here = Line(SCRIPT)
    await here.ring()
    await here.hear("fire in zone b")
    there = here.another_machine()
    await there.hear("okay")
    await here.operators.set_urgency("CA1", Urgency.NORMAL, "Ann", "a barbecue")
    await there.hear("okay")

    assert (await here.records.find("CA1")).urgency is Urgency.NORMAL
    assert await here.heard() == ["fire in zone b", "okay", "okay"]


async def test_an_unknown_call_is_not_lowered():
    with pytest.raises(UnknownCall):
        await Line().operators.set_urgency("CA9", Urgency.NORMAL, "Ann", "none")


async def test_a_rating_of_words_from_before_does_not_undo_the_lowering():
    class Waiting(ScriptedModel):
        """Answers when it is let."""

        def __init__(self) -> None:
            super().__init__()
            self.gate = asyncio.Event()

        async def answer(self, messages, *, within_s, figures=None):
            await self.gate.wait()
            async for part in super().answer(messages, within_s=within_s):
                yield part

    model = Waiting()
    model.prompter.use(Script('{"urgency": "critical", "hazard": "fire", "zone": null}\n'))
    urgent = said(Urgency.URGENT, hazard=Hazard.CHEMICAL, procedure="spill", reasons=("spill",))
    line = Line({"oil on the floor": urgent}, SlowRecords(), Clock(), model)
    await line.ring()
    await line.hear("oil on the floor")
    await line.operators.set_urgency("CA1", Urgency.NORMAL, "Ann", "mopped up")
    model.gate.set()
    await line.board.close()

    assert (await line.board.call("CA1")).urgency is Urgency.NORMAL


def test_what_another_machine_heard_before_the_lowering_does_not_undo_it():
    heard_before = new_call(urgency=Urgency.CRITICAL, last_message_at=NOON)
    lowered = new_call(urgency=Urgency.NORMAL, urgency_lowered_at=NOON)
    carry_over(heard_before, lowered)
    assert lowered.urgency is Urgency.NORMAL

    clock = Clock()
    clock.advance(seconds=1)
    heard_after = new_call(urgency=Urgency.CRITICAL, last_message_at=clock.now)
    carry_over(heard_after, lowered)
    assert lowered.urgency is Urgency.CRITICAL


async def test_of_two_operators_the_second_is_told_who_was_first() -> None:
    line = Line()
    await line.ring()
    await line.hear("fire in zone b")
    seen = len((await line.board.call("CA1")).acts)
    await line.operators.set_urgency("CA1", Urgency.URGENT, "Ann", "a barbecue", seen)
    with pytest.raises(Overtaken) as first:
        await line.operators.set_urgency("CA1", Urgency.NORMAL, "Bob", "seen on camera", seen)
    assert (first.value.by, first.value.what) == ("Ann", "urgent")
    assert (await line.board.call("CA1")).urgency is Urgency.URGENT


async def test_the_callers_words_turn_no_operator_away() -> None:
    line = Line()
    await line.ring()
    seen = len((await line.board.call("CA1")).acts)
    await line.hear("fire in zone b")
    await line.operators.set_urgency("CA1", Urgency.NORMAL, "Ann", "a barbecue", seen)
    assert (await line.board.call("CA1")).urgency is Urgency.NORMAL


async def test_an_operator_on_another_machine_is_first_as_well() -> None:
    here = Line()
    await here.ring()
    there = here.another_machine()
    await there.operators.set_urgency("CA1", Urgency.CRITICAL, "Bob", "seen on camera", 0)
    with pytest.raises(Overtaken):
        await here.operators.set_urgency("CA1", Urgency.URGENT, "Ann", "heard of it", 0)


async def test_a_note_is_kept_with_its_writer_and_overtakes_nobody() -> None:
    line = Line()
    await line.ring()

    def note(dialogue, call, now):
        return add_note("gate is open", "Ann", now)

    await line.operators.act("CA1", None, "Ann", note)
    call = await line.board.call("CA1")
    event = (await line.records.events(call.id))[-1]
    assert (event.kind, event.details) == ("operator_note", {"by": "Ann", "text": "gate is open"})
    assert call.acts == []


async def test_a_zone_set_by_an_operator_is_the_calls_and_the_next_exit_is_that_zones() -> None:
    line = Line()
    await line.ring()
    await line.hear("fire in zone b")

    def move(dialogue, call, now):
        return set_zone(dialogue, call, "c", "Ann", now)

    await line.operators.act("CA1", "zone", "Ann", move, 0)
    call = await line.board.call("CA1")
    assert (call.place.zone_id, call.place.unconfirmed_zone_id) == ("c", None)
    assert "zone_set" in await line.events()
    await line.operators.act("CA1", "zone", "Ann", move)
    assert (await line.events()).count("zone_set") == 1


async def test_a_call_that_an_operator_ended_goes_on_when_its_caller_speaks() -> None:
    line = Line()
    await line.ring()

    def end(dialogue, call, now):
        return end_call(dialogue, call, "Ann", "dealt with", now)

    await line.operators.act("CA1", "ended", "Ann", end)
    call = await line.board.call("CA1")
    assert call.end_reason is EndReason.ENDED_BY_OPERATOR
    ended = (await line.records.events(call.id))[-1]
    assert (ended.details["by"], ended.details["operators_reason"]) == ("Ann", "dealt with")
    await line.hear("fire in zone b")
    assert (await line.board.call("CA1")).ended_at is None


def test_nothing_lowers_urgency_without_a_reason() -> None:
    talk, call = dialogue(), new_call(urgency=Urgency.CRITICAL)
    with pytest.raises(NotPossible, match="needs_reason"):
        set_urgency(talk, call, Urgency.NORMAL, "Ann", "  ", NOON)
    assert call.urgency is Urgency.CRITICAL


async def test_onlookers_hear_words_before_they_are_answered() -> None:
    line = Line()
    await line.ring()
    line.board.hear_so_far("CA1", "fire in")
    await line.hear("fire in zone b")
    assert line.onlooker.heard == [("fire in", False), ("fire in zone b", True)]
    line.board.hear_so_far("CA9", "nobody knows this call")
