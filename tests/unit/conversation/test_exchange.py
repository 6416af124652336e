"""A turn when something goes wrong around it: faults, other machines, late ratings."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from aurora.conversation import live
from aurora.conversation.call import EndReason
from aurora.conversation.foresight import FIRST_LINE
from aurora.conversation.hand_off import Way
from aurora.conversation.idle import IDLE_AFTER
from aurora.conversation.operators_words import is_due
from aurora.conversation.ring import Ring
from aurora.conversation.turn import Turn
from aurora.errors import RecordsError
from aurora.guidance.spoken import Spoken
from aurora.levels import Hazard, Urgency
from aurora.rehearsal.scripted_model import CALM, Script, ScriptedModel
from aurora.triage.assessment import Intent
from tests.line import fire, said
from tests.switchboard import API, TWILIO, Line, words
from tests.virtual_time import virtually
from tests.waiting import until

THANKS = {"fire in zone b": fire(), "thanks": said(intent=Intent.THANKS)}
FIRE = "fire in zone b"
NO_HIGHER = '{"urgency": "urgent", "hazard": "medical", "zone": null}\n'
COLLAPSED = '{"urgency": "critical", "hazard": "medical", "zone": null}\n'


@dataclass
class Mouth:
    """A line that speaks by itself: what it is given before a turn is taken."""

    said: list[Spoken] = field(default_factory=list)

    def say(self, turn: Turn, sentences: Sequence[Spoken]) -> None:
        self.said += sentences

    def was_said(self, sentence: Spoken) -> bool:
        return sentence in self.said

    def take_back(self, turn: Turn) -> list[Spoken]:
        return self.said


async def test_what_was_heard_while_the_disk_was_full_keeps_the_call_critical():
    here = Line(THANKS)
    await here.ring()
    here.records.is_down = True
    await here.hear("fire in zone b")
    here.records.is_down = False
    elsewhere = here.another_machine()
    await elsewhere.hear("thanks")

    answer = await here.hear("thanks")
    call = await here.records.find("CA1")

    assert call.urgency is Urgency.CRITICAL
    assert "emergency_services" in call.roles_alerted
    assert call.guidance.procedure == "fire"
    assert "What is happening" not in answer
    assert "fire in zone b" in await here.heard()


@pytest.mark.parametrize("ring", [TWILIO, API])
async def test_a_turn_that_fails_keeps_the_words_and_tells_the_control_room(ring, monkeypatch):
    line = Line()
    monkeypatch.setattr(line.board.dialogue, "take_words", lambda *_, **__: 1 / 0)
    name = (await line.board.open(ring)).call.id

    answer = await line.hear("two are trapped", name)
    call = await line.records.find(name)

    assert await line.heard(name) == ["two are trapped"]
    assert call.urgency is Urgency.URGENT
    assert call.roles_alerted == ["control_room"]
    assert {"turn_failed", "urgency_rose", "alert_requested"} <= set(await line.events(name))
    assert ("connecting you" in answer) is (ring is TWILIO)
    assert ("+12025550100" in answer) is (ring is API)


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.CRITICAL])
@pytest.mark.parametrize("hazard", ["medical", "none"])
async def test_a_model_that_hears_worse_raises_the_call_in_the_same_turn(urgency, hazard):
    header = f'{{"urgency": "{urgency}", "hazard": "{hazard}", "zone": null}}\n'
    asked = said(Urgency.ASSISTIVE, intent=Intent.QUESTION)
    line = Line({"a joke": asked}, model=ScriptedModel([Script(header)]))
    await line.ring()
    await line.hear("a joke")

    assert (await line.records.find("CA1")).urgency is urgency


async def test_a_late_rating_brings_its_first_line_with_the_next_turn():
    line = Line(THANKS, model=ScriptedModel([Script(COLLAPSED)]))
    await line.ring()
    await line.hear("thanks")
    await line.board.close()

    answer = await line.hear("thanks")
    call = await line.records.find("CA1")

    assert call.urgency is Urgency.CRITICAL
    assert call.hazard is Hazard.MEDICAL
    assert call.guidance.procedure == "medical"
    assert "medical" in call.roles_alerted
    assert "Thank you" not in answer


async def test_a_late_rating_brings_its_first_line_to_a_caller_who_says_nothing_more():
    line = Line(THANKS, model=ScriptedModel([Script(COLLAPSED)]))
    await line.ring()
    await line.hear("thanks")
    await line.board.close()
    mouth = Mouth()

    answer = await line.board.wait("CA1", words, speaker=mouth)
    call = await line.records.find("CA1")

    assert mouth.said[0].name == FIRST_LINE
    assert "did not hear" not in answer
    assert call.guidance.procedure == "medical"
    assert "procedure_started" in await line.events()
    assert mouth.said[0].text not in await line.board.wait("CA1", words)


async def test_the_line_is_told_of_a_late_first_line_and_says_it_without_being_asked():
    line = Line(THANKS, model=ScriptedModel([Script(COLLAPSED)]))
    await line.ring()
    await line.hear("thanks")
    await line.board.close()
    mouth = Mouth()

    assert [call.id for call in line.onlooker.due] == [(await line.board.call("CA1")).id]
    assert is_due(await line.board.call("CA1"))
    await line.operators.say_kept("CA1", words, speaker=mouth)
    assert mouth.said[0].name == FIRST_LINE
    assert not is_due(await line.board.call("CA1"))


async def test_a_late_first_line_waits_while_a_person_speaks_with_the_caller():
    line = Line(THANKS, model=ScriptedModel([Script(COLLAPSED)]))
    await line.ring()
    await line.hear("thanks")
    await line.operators.join("CA1", "ana", Way.CONSOLE)
    await line.board.close()

    assert line.onlooker.due == []
    assert not is_due(await line.board.call("CA1"))
    dropped = await line.operators.drop_back("CA1", "hung_up", words)
    assert (await line.records.find("CA1")).guidance.procedure == "medical"
    assert "did not hear" not in dropped


async def test_a_rating_that_raises_nothing_nudges_nobody():
    line = Line(THANKS, model=ScriptedModel([Script(CALM)]))
    await line.ring()
    await line.hear("thanks")
    await line.board.close()

    assert line.onlooker.due == []


class SlowModel(ScriptedModel):
    """Answers once the test lets it."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.may_answer = asyncio.Event()

    async def answer(self, *messages: Any, **options: Any) -> AsyncGenerator[Any]:
        await self.may_answer.wait()
        async for part in super().answer(*messages, **options):
            yield part


async def test_a_late_rating_that_is_no_higher_changes_nothing():
    urgent = said(Urgency.URGENT, hazard=Hazard.INJURY, procedure="injury")
    line = Line({"a cut": urgent, **THANKS}, model=ScriptedModel([Script(NO_HIGHER)]))
    await line.ring()
    await line.hear("a cut")
    await line.board.close()

    await line.hear("thanks")
    call = await line.records.find("CA1")

    assert (call.urgency, call.hazard) == (Urgency.URGENT, Hazard.INJURY)
    assert call.guidance.procedure == "injury"


def test_an_emergencys_first_line_is_spoken_though_the_disk_hangs():
    async def work() -> None:
        line, mouth = Line(), Mouth()
        await line.ring()
        line.records.takes_s = 3_000.0
        taking = asyncio.create_task(line.board.hear("CA1", FIRE, words, speaker=mouth))
        await until(lambda: mouth.said)

        assert [sentence.name for sentence in mouth.said] == [FIRST_LINE]
        assert await line.heard() == []
        taking.cancel()

    virtually(work())


def test_what_is_no_emergency_is_spoken_once_it_is_on_the_record():
    async def work() -> None:
        line, mouth = Line({"thanks": said(intent=Intent.THANKS)}), Mouth()
        await line.ring()
        line.records.takes_s = 0.5
        taking = asyncio.create_task(line.board.hear("CA1", "thanks", words, speaker=mouth))
        await asyncio.sleep(0.4)
        assert mouth.said == []

        await until(lambda: mouth.said)
        assert [sentence.name for sentence in mouth.said] == ["thanks"]
        assert await line.heard() == ["thanks"]
        await taking

    virtually(work())


async def test_a_late_rating_is_kept_though_another_machine_took_a_turn():
    model = SlowModel(Script(COLLAPSED))
    line = Line(THANKS, model=model)
    await line.ring()
    await line.hear("thanks")
    await line.another_machine().hear("thanks")
    model.may_answer.set()
    await line.board.close()

    assert (await line.records.find("CA1")).urgency is Urgency.CRITICAL


async def test_two_callers_of_one_number_and_second_stay_two_calls():
    here = Line()
    elsewhere = here.another_machine()
    await here.ring()
    other = Ring("gather", from_number=TWILIO.from_number, provider_id="CA2")
    await elsewhere.ring(other)
    await elsewhere.hear("fire in zone b", "CA2")

    calm, burning = await here.records.find("CA1"), await here.records.find("CA2")

    assert calm.id != burning.id
    assert (calm.urgency, burning.urgency) == (Urgency.ASSISTIVE, Urgency.CRITICAL)
    assert await here.heard("CA1") == []


async def test_a_call_that_two_machines_opened_at_once_is_heard_by_both():
    withheld = Ring("gather", provider_id="CA7")
    here = Line()
    elsewhere = here.another_machine()
    await here.board.open(withheld)
    await elsewhere.board.open(withheld)
    await here.hear("fire in zone b", "CA7")

    answer = await elsewhere.hear("it spreads", "CA7")

    assert "safe place" not in answer
    assert await here.heard("CA7") == ["fire in zone b", "it spreads"]


async def test_records_that_cannot_be_read_keep_nobody_waiting(monkeypatch):
    line = Line()

    async def down(*_: object, **__: object) -> None:
        raise RecordsError("no connection")

    with monkeypatch.context() as broken:
        broken.setattr(line.records, "find", down)
        await line.ring()
    answer = await line.hear("fire in zone b")

    assert "Get out now" in answer


async def test_words_that_come_while_idle_calls_are_closed_keep_theirs_open():
    line = Line()
    await line.ring()
    line.clock.advance(seconds=IDLE_AFTER.total_seconds() + 1)
    stored = line.records.open_calls

    async def words_come_first() -> list[object]:
        calls = await stored()
        await line.hear("fire in zone b")
        return calls

    line.records.open_calls = words_come_first
    await line.board.close_idle()

    assert (await line.records.find("CA1")).ended_at is None


async def test_an_idle_emergency_is_not_closed_unnoticed():
    line = Line()
    await line.ring()
    await line.hear("fire in zone b")
    line.clock.advance(seconds=IDLE_AFTER.total_seconds() + 1)

    await line.board.close_idle()
    call = await line.records.find("CA1")

    assert call.end_reason == "idle"
    assert "control_room" in call.roles_alerted


async def test_calls_let_go_from_memory_go_on_from_the_records(monkeypatch):
    monkeypatch.setattr(live, "CALLS_KEPT", 1)
    line = Line()
    await line.ring()
    await line.hear("fire in zone b")
    await line.ring(Ring("gather", provider_id="CA2"))
    await line.ring(Ring("gather", provider_id="CA3"))

    await line.hear("it spreads")

    assert (await line.records.find("CA1")).exchanges == 2


async def test_of_calls_that_are_over_few_are_kept_and_open_ones_stay(monkeypatch):
    monkeypatch.setattr(live, "ENDED_KEPT", 1)
    line = Line()
    for name in ("CA1", "CA2", "CA3"):
        await line.ring(Ring("gather", provider_id=name))
    for name in ("CA1", "CA2"):
        await line.board.end(name, EndReason.HUNG_UP)
    await line.ring(Ring("gather", provider_id="CA4"))

    assert [line.board.here(name) is not None for name in ("CA1", "CA2", "CA3", "CA4")] == [
        False,
        True,
        True,
        True,
    ]


async def test_a_crash_while_the_model_thinks_does_not_double_the_words():
    question = {"what about my jacket": said(Urgency.ASSISTIVE, intent=Intent.QUESTION)}
    crashed = Line(question, model=ScriptedModel([Script(COLLAPSED)]))
    await crashed.ring()
    turn = crashed.board.dialogue.hear(
        await crashed.board.call("CA1"), "what about my jacket", crashed.clock()
    )
    exchange = crashed.board._exchange
    opened = await crashed.board.open(TWILIO)
    await exchange._consult(opened, turn, "key", crashed.clock(), 1.0)

    restarted = Line(question, crashed.records, crashed.clock, ScriptedModel([Script()]))
    await restarted.board.hear("CA1", "what about my jacket", words, "key")

    assert await restarted.heard() == ["what about my jacket"]
