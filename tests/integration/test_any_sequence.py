"""Any sequence of words, silences, keys and model answers: what must hold of every call."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aurora.conversation.call import Call
from aurora.conversation.consult import Consultation
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Action, Turn
from aurora.guidance.spoken import Spoken
from aurora.levels import Hazard, Urgency
from aurora.records.memory import MemoryRecords
from aurora.rehearsal.scripted_model import Fault, Script, ScriptedModel
from aurora.site.model import Zone, spoken
from aurora.triage.assessment import Assessment, Intent, Place
from tests.line import Clock, dialogue, example_grounding, example_library, example_site, said

LISTS_ZONES = ("ask_zone", "unknown_zone")
"""The phrases in which every zone may be named."""
TEXTS = (
    "hello",
    "is help coming",
    "is it safe to go back in",
    "can i use the extinguisher",
    "he is not breathing",
    "the power is off",
    "he says he is fine",
    "it is all over",
    "zone c",
)
FACTS = ("awake", "breathing", "trapped", "severe_bleeding", "power_off", "escaped", "inside")


@dataclass(frozen=True)
class Words:
    """The caller speaks; triage makes this of it, and the model that."""

    text: str
    assessment: Assessment
    answer: Script


@dataclass(frozen=True)
class Key:
    digit: str


@dataclass(frozen=True)
class Silence:
    pass


@dataclass(frozen=True)
class Unanswered:
    """The control room did not answer."""


Step = Words | Key | Silence | Unanswered


def places() -> st.SearchStrategy[Place | None]:
    known = st.builds(
        lambda zone, confidence: Place(spoken(zone.name, "en"), zone.id, confidence),
        st.sampled_from(example_site().zones),
        st.sampled_from([0.5, 0.7, 1.0]),
    )
    unknown = st.builds(Place, st.just("Zone 3"), is_zone_name=st.booleans())
    return st.none() | known | unknown


def assessments() -> st.SearchStrategy[Assessment]:
    procedures = sorted({name for name, _ in example_library().procedures})
    return st.builds(
        said,
        st.sampled_from(Urgency),
        hazard=st.sampled_from(Hazard),
        procedure=st.none() | st.sampled_from(procedures),
        language=st.sampled_from(["en", "en", "en", "es", "fr", "de", "xx"]),
        confidence=st.sampled_from([0.2, 0.5, 0.95]),
        intent=st.sampled_from(Intent),
        place=places(),
        facts=st.dictionaries(st.sampled_from(FACTS), st.booleans(), max_size=2),
        is_drill=st.booleans(),
        is_live=st.booleans(),
    )


def answers() -> st.SearchStrategy[Script]:
    """Headers of every kind, with sentences that name places, and faults anywhere."""
    header = st.builds(
        lambda urgency, hazard, zone: json.dumps(
            {"urgency": urgency, "hazard": hazard, "zone": zone}
        ),
        st.sampled_from([*Urgency, "CALM"]),
        st.sampled_from(Hazard),
        st.none() | st.sampled_from([spoken(zone.name, "en") for zone in example_site().zones]),
    )
    zones = example_site().zones
    sentence = st.sampled_from(
        [f"Go to {spoken(zone.name, 'en')}." for zone in zones]
        + [f"Leave by {spoken(door.name, 'en')}." for zone in zones for door in zone.exits]
        + ["Keep walking and tell me what you see.", "Everything is safe now.", "Close valve 3."]
    )
    return st.builds(
        lambda first, sentences, fault: Script(f"{first}\n{' '.join(sentences)}", fault),
        header,
        st.lists(sentence, max_size=3),
        st.none() | st.sampled_from(Fault),
    )


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Words, st.sampled_from(TEXTS), assessments(), answers()),
    st.builds(Words, st.sampled_from(TEXTS), assessments(), answers()),
    st.builds(Key, st.sampled_from("0123459*#")),
    st.just(Silence()),
    st.just(Unanswered()),
)


class Line:
    """A line with one call on it, and everything that must hold after each of its turns."""

    def __init__(self, line: str, steps: list[Step]) -> None:
        self.script = {"": said()}
        self.model = ScriptedModel()
        talk = dialogue(self.script, max_exchanges=3)
        self._records = MemoryRecords()
        self._board = Switchboard(
            talk, self._records, Consultation(talk, self.model, example_grounding()), clock=Clock()
        )
        self._ring = Ring(line, from_number="+12025550151", provider_id="CA1")
        self._steps = steps
        self._turns: list[Turn] = []

    async def run(self) -> None:
        await self._board.ring(self._ring, self._render)
        for number, step in enumerate(self._steps):
            call = await self._board.call("CA1")
            before = call.urgency
            turn = await self._take(number, step)
            check_turn(turn, before)
            await self._board.close()
            assert (await self._board.call("CA1")).urgency.rank >= turn.call.urgency.rank
        await self._check_record()

    async def _take(self, number: int, step: Step) -> Turn:
        match step:
            case Words():
                words = f"{step.text} {number}"
                self.script[words] = step.assessment
                self.model.prompter.use(step.answer)
                await self._board.hear("CA1", words, self._render)
            case Key():
                await self._board.press("CA1", step.digit, self._render)
            case Silence():
                await self._board.wait("CA1", self._render)
            case Unanswered():
                await self._board.say("CA1", "human_unreachable", "hand_off_failed", self._render)
        return self._turns[-1]

    def _render(self, turn: Turn) -> str:
        self._turns.append(turn)
        return turn.message

    async def _check_record(self) -> None:
        """What stayed on record tells the same: nothing broke inside, urgency only rose."""
        call_id = (await self._board.call("CA1")).id
        events = await self._records.events(call_id)
        assert [event.details for event in events if event.kind == "turn_failed"] == []
        rises = [event.details for event in events if event.kind == "urgency_rose"]
        ranks = [(Urgency(rise["from"]).rank, Urgency(rise["to"]).rank) for rise in rises]
        assert all(low < high for low, high in ranks)
        messages = await self._records.messages(call_id)
        levels = [Urgency(message.urgency).rank for message in messages]
        assert levels == sorted(levels)


def check_turn(turn: Turn, before: Urgency) -> None:
    call = turn.call
    assert call.urgency.rank >= before.rank
    assert turn.message.strip()
    if call.urgency.is_emergency:
        assert turn.action is not Action.END
        assert call.ended_at is None
    for sentence in turn.sentences:
        assert foreign_zones(sentence, call) == []


def foreign_zones(sentence: Spoken, call: Call) -> list[str]:
    """Zones spoken of, by name or exit, that the caller neither is in nor is being asked about."""
    if sentence.source.endswith(LISTS_ZONES):
        return []
    own = (call.place.zone_id, call.place.unconfirmed_zone_id)
    others = [zone for zone in example_site().zones if zone.id not in own]
    return [zone.id for zone in others if names(zone, sentence, call.language)]


def names(zone: Zone, sentence: Spoken, language: str) -> bool:
    own = [spoken(zone.name, language), *(spoken(door.name, language) for door in zone.exits)]
    return any(re.search(rf"\b{re.escape(name)}\b", sentence.text, re.IGNORECASE) for name in own)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["gather", "api"]), st.lists(STEPS, min_size=1, max_size=12))
def test_urgency_never_falls_no_emergency_ends_and_no_other_zone_is_named(
    line: str, steps: list[Step]
) -> None:
    asyncio.run(Line(line, steps).run())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.just(Silence()) | st.builds(Key, st.sampled_from("012345679")), max_size=25))
def test_a_caller_who_never_speaks_is_never_hung_up_on(steps: list[Step]) -> None:
    asyncio.run(Line("gather", steps).run())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.builds(Words, st.sampled_from(TEXTS), assessments(), answers()), max_size=8))
def test_whatever_the_model_answers_urgency_is_at_least_what_rules_make_of_it(
    steps: list[Words],
) -> None:
    async def run() -> Mapping[str, Any]:
        line = Line("gather", list(steps))
        await line.run()
        call = await line._board.call("CA1")
        return {"reached": call.urgency, "needed": [s.assessment.urgency for s in steps]}

    found = asyncio.run(run())
    assert all(found["reached"].rank >= urgency.rank for urgency in found["needed"])
