"""People on a live call: what is typed is said once, what is overheard still counts."""

from copy import deepcopy
from datetime import timedelta

import pytest

from aurora.conversation.call import Call
from aurora.conversation.hand_off import Stage, Way
from aurora.conversation.operators import Operators
from aurora.errors import HandOffTaken, RecordsError
from aurora.levels import Urgency
from aurora.triage.assessment import Intent
from tests.line import fire, said
from tests.switchboard import TWILIO, Line, SlowRecords, words

SCRIPT = {
    "fire in zone b": fire(),
    "goodbye": said(intent=Intent.GOODBYE),
    "hello": said(),
    "get me a person": said(intent=Intent.HUMAN),
}


class Copying(SlowRecords):
    """The records of another machine: what is read there is no object of this one's."""

    is_unread = False

    def __init__(self, shared: SlowRecords) -> None:
        self.__dict__ = shared.__dict__

    async def find(self, call_id: str) -> Call | None:
        if self.is_unread:
            raise RecordsError("the disk does not answer")
        return deepcopy(await super().find(call_id))


async def line() -> tuple[Line, Operators]:
    made = Line(dict(SCRIPT))
    await made.ring(TWILIO)
    return made, Operators(made.board)


async def test_typed_words_are_said_once_with_whatever_turn_is_next():
    made, operators = await line()
    await operators.type("CA1", "Hold on, {Ana}.", "Maria")
    first = await made.hear("hello")
    second = await made.hear("hello")

    assert "The operator says: Hold on, {Ana}." in first
    assert "Hold on" not in second


async def test_an_emergencys_first_line_goes_before_what_an_operator_typed():
    made, operators = await line()
    await operators.type("CA1", "I am Maria.", "Maria")
    answer = await made.hear("fire in zone b")

    assert answer.index("Get out now.") < answer.index("The operator says")


async def test_what_was_typed_survives_the_machine_that_took_it():
    made, operators = await line()
    await operators.type("CA1", "I am Maria.", "Maria")
    answer = await made.another_machine().hear("hello")

    assert "The operator says: I am Maria." in answer


async def test_what_cannot_be_stored_is_refused_and_not_said():
    made, operators = await line()
    made.records.is_down = True
    with pytest.raises(RecordsError):
        await operators.type("CA1", "I am Maria.", "Maria")
    made.records.is_down = False

    assert "Maria" not in await made.hear("hello")


async def test_words_to_a_person_raise_urgency_alert_and_are_answered_by_nobody():
    made, operators = await line()
    await operators.join("CA1", "Maria", Way.CONSOLE)
    answer = await operators.overhear("CA1", "fire in zone b", words)
    call = await made.board.call("CA1")
    last = (await made.records.messages(call.id))[-1]

    assert answer == "listen: "
    assert call.urgency is Urgency.CRITICAL
    assert call.roles_alerted
    assert (last.role, last.content) == ("user", "fire in zone b")
    assert last.details["said_to"] == "Maria"


async def test_the_first_line_of_what_was_overheard_is_due_when_the_person_drops_out():
    _, operators = await line()
    await operators.join("CA1", "Maria", Way.CONSOLE)
    await operators.overhear("CA1", "fire in zone b", words)
    answer = await operators.drop_back("CA1", "connection_lost", words)

    assert "I am with you again." in answer
    assert "Get out now." in answer


async def test_a_goodbye_to_the_person_ends_nothing():
    made, operators = await line()
    await operators.join("CA1", "Maria", Way.CONSOLE)
    await operators.overhear("CA1", "goodbye", words)
    call = await made.board.call("CA1")

    assert call.ended_at is None
    assert call.hand_off.stage is Stage.JOINED
    assert "ended" not in await made.events()


async def test_who_joins_is_named_only_once_they_have():
    _, operators = await line()
    before = await operators.announce("CA1", words)
    await operators.join("CA1", "Medic", Way.PHONE, contact_id="medic")
    after = await operators.announce("CA1", words)

    assert "Joining" not in before
    assert after == "listen: Joining you now: the site medic."


async def test_on_two_machines_the_first_to_join_has_the_caller():
    made, operators = await line()
    other = Operators(made.another_machine().board)
    await other.call("CA1")
    await operators.join("CA1", "Maria", Way.CONSOLE)

    with pytest.raises(HandOffTaken, match="Maria"):
        await other.join("CA1", "Paul", Way.CONSOLE)


async def test_what_another_machine_did_is_known_to_whoever_asks_for_the_newest():
    made, operators = await line()
    other = Line(dict(SCRIPT), Copying(made.records))
    await other.operators.call("CA1")
    await operators.join("CA1", "Medic", Way.PHONE, contact_id="medic")

    assert (await other.operators.call("CA1")).hand_off is None
    assert (await other.operators.newest("CA1")).hand_off.stage is Stage.JOINED


async def test_while_the_record_cannot_be_read_a_call_is_as_this_machine_knows_it():
    made, _ = await line()
    other = Line(dict(SCRIPT), Copying(made.records))
    known = await other.operators.call("CA1")
    other.records.is_unread = True

    assert await other.operators.newest("CA1") is known


async def test_a_person_asked_in_an_attempt_that_is_over_comes_too_late():
    _, operators = await line()
    await operators.request("CA1", "caller")
    await operators.brief("CA1", "Medic", Way.PHONE, contact_id="medic")
    await operators.pass_on("CA1", "no_answer", attempt=1)
    await operators.brief("CA1", "Gate", Way.PHONE, contact_id="gate")

    with pytest.raises(HandOffTaken):
        await operators.join("CA1", "Medic", Way.PHONE, attempt=1)
    assert (await operators.pass_on("CA1", "late", attempt=1)).hand_off.person == "Gate"


async def test_nobody_comes_is_said_with_the_next_turn_and_once():
    made, operators = await line()
    await operators.request("CA1", "caller")
    await operators.nobody_comes("CA1")
    first, second = await made.hear("hello"), await made.hear("hello")

    assert "did not answer" in first
    assert "did not answer" not in second


async def test_who_rejoins_after_a_restart_is_auroras_again():
    made, operators = await line()
    await operators.join("CA1", "Maria", Way.CONSOLE)
    restarted = made.another_machine()
    answer = await restarted.board.rejoin("CA1", (), words)

    assert "I am with you again." in answer
    assert (await restarted.board.call("CA1")).hand_off.stage is Stage.DROPPED_BACK


async def test_a_caller_whom_an_operator_took_and_left_goes_back_into_the_queue():
    _, operators = await line()
    await operators.request("CA1", "caller")
    call = await operators.brief("CA1", "Maria", Way.CONSOLE)
    taken_at = call.hand_off.changed_at
    await operators.pass_on_forgotten([call], taken_at + timedelta(minutes=1))
    assert (await operators.call("CA1")).hand_off.stage is Stage.BRIEFING
    await operators.pass_on_forgotten([call], taken_at + timedelta(minutes=2))
    left = (await operators.call("CA1")).hand_off

    assert (left.stage, left.person) == (Stage.REQUESTED, None)


async def test_who_has_joined_or_is_rung_is_forgotten_by_nobody():
    _, operators = await line()
    call = await operators.brief("CA1", "Medic", Way.PHONE, contact_id="medic")
    later = call.hand_off.changed_at + timedelta(hours=1)
    await operators.pass_on_forgotten([call], later)
    assert (await operators.call("CA1")).hand_off.stage is Stage.BRIEFING
    call = await operators.join("CA1", "Maria", Way.CONSOLE)
    await operators.pass_on_forgotten([call], later)
    assert (await operators.call("CA1")).hand_off.stage is Stage.JOINED
