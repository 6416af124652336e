"""Nothing begins beside a live conductor, in the water or in the fire: it waits and is asked."""

import pytest

from aurora.guidance.holds import question_of
from aurora.guidance.library import DANGEROUS_PLACES, Library
from aurora.guidance.load import cross_problems
from aurora.guidance.procedure import Procedure, Reply
from aurora.levels import Urgency
from aurora.triage.assessment import Intent
from tests.line import example_library, example_site, said
from tests.unit.guidance.line import AGAIN, BREATHING, STEPS, Line, procedure

POWER = {
    "ask": "Is the power off?",
    "again": "Is it off by now?",
    "fact": "power_off",
    "if_no": {"say": "Stay away from it."},
}
STOPPED = {
    "id": "not_breathing",
    "when": ["not breathing"],
    "say": ["Push on the chest."],
    "switch": "cardiac_arrest",
    "urgency": "critical",
}
NO, YES = said(intent=Intent.NO), said(intent=Intent.YES)


def shock(**parts: object) -> Procedure:
    defaults = {"then": [POWER, *STEPS], "replies": [STOPPED], "hold_until": {"power_off": True}}
    return procedure("electrocution", **{**defaults, **parts})


def on_the_line(running: Procedure | None = None, **facts: object) -> Line:
    targets = [procedure("cardiac_arrest"), procedure("fire")]
    line = Line(running or shock(), *targets, facts=dict(facts))
    line.start("electrocution")
    return line


@pytest.mark.parametrize("facts", [{}, {"power_off": False}])
def test_no_reply_begins_what_the_procedure_holds_back(facts):
    line = on_the_line(**facts)

    told = line.hear(text="he is not breathing")

    assert line.situation.state.procedure == "electrocution"
    assert "Push" not in told
    assert "Is the power off?" in told


def test_what_waits_begins_with_the_answer_that_ends_the_hold():
    line = on_the_line(power_off=False)
    line.hear(text="he is not breathing")

    assert "First of cardiac_arrest." in line.hear(YES)


def test_what_waits_goes_on_waiting_after_a_no():
    line = on_the_line()
    line.hear(text="he is not breathing")
    line.hear(NO)

    assert line.situation.state.procedure == "electrocution"
    assert "First of cardiac_arrest." in line.hear(said(facts={"power_off": True}))


def test_the_question_comes_with_what_is_known_to_be_so():
    line = on_the_line(power_off=False)

    assert line.hear(text="not breathing") == "Stay away from it. Is the power off?"


def test_a_held_reply_still_raises_the_urgency():
    line = on_the_line(shock(urgency="urgent"))
    line.hear(text="not breathing")

    assert line.guidance.urgency is Urgency.CRITICAL


def test_a_reply_turns_at_once_when_its_words_or_earlier_ones_ended_the_hold():
    line = on_the_line()

    told = line.hear(said(facts={"power_off": True}), text="it is off and he is not breathing")

    assert told == "First of cardiac_arrest."


def test_a_place_of_danger_is_never_held_back():
    burns = {"id": "fire", "when": ["on fire"], "say": ["Out."], "switch": "fire"}
    line = on_the_line(shock(replies=[burns]))

    assert line.hear(text="the panel is on fire") == "First of fire."


def test_words_that_begin_a_procedure_are_held_as_well():
    line = Line(shock(), procedure("cardiac_arrest"))

    assert "Is the power off?" in line.start("electrocution", "shock, not breathing")
    assert line.situation.state.procedure == "electrocution"


def test_no_and_the_releasing_fact_in_one_answer_do_not_release():
    line = on_the_line(shock(then=[POWER, BREATHING, *STEPS]))
    line.hear()
    assert line.situation.state.awaiting == "power_off"

    line.hear(said(intent=Intent.NO, facts={"power_off": True}), text="no it's not off")

    assert line.facts["power_off"] is False


def test_a_casualty_without_breath_has_the_hold_asked_for_until_it_is_known():
    line = on_the_line(shock(then=[*STEPS, POWER], replies=[]))

    assert "Is the power off?" in line.hear(said(facts={"breathing": False}))
    assert "Is it off by now?" in line.hear(AGAIN)


def test_a_procedure_that_holds_for_what_it_never_asks_is_refused():
    silent = shock(then=STEPS)

    problems = list(cross_problems({("electrocution", "en"): silent}, example_site()))

    assert any("hold_until" in problem and "power_off" in problem for problem in problems)


# Every procedure of the default site, in every language

HELD = [
    (one, reply)
    for one in example_library().procedures.values()
    for reply in one.replies
    if one.hold_until and reply.switch and reply.switch not in DANGEROUS_PLACES
]


@pytest.mark.parametrize(
    ("running", "reply"), HELD, ids=[f"{one.reference}:{reply.id}" for one, reply in HELD]
)
def test_no_procedure_of_the_site_lets_a_reply_past_its_hold(running: Procedure, reply: Reply):
    heard = reply.model_copy(update={"when": ["these words"], "goes_first": True})
    alone = running.model_copy(update={"replies": [heard]})
    library = example_library()
    line = Line(alone, *_in_one_language(library, running), language=running.language)
    fact, value = next(iter(running.hold_until.items()))
    line.start(running.procedure)

    told = line.hear(text="these words")

    assert line.situation.state.procedure == running.procedure
    assert "?" in told
    assert not any(words in told for words in reply.say)
    question = question_of(running)
    assert question is not None
    assert line.situation.state.awaiting == question.fact

    line.hear(said(facts={fact: value}))
    assert line.situation.state.procedure == reply.switch


def _in_one_language(library: Library, running: Procedure) -> list[Procedure]:
    others = library.procedures.values()
    return [one for one in others if one.language == running.language and one != running]
