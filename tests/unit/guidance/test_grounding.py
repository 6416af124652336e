"""What a model may and may not say, in four languages, against the example site."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aurora.guidance.procedure import Approval, Ask, Procedure, Step
from aurora.guidance.spoken import Situation
from aurora.guidance.state import GuidanceState
from aurora.levels import Hazard, Urgency
from aurora.site.yaml_file import plain_yaml, read_text
from aurora.triage.assessment import Fact
from tests.line import example_grounding, example_library, example_site
from tests.rows import each_row

HERE = Path(__file__).parent
HOSTILE, SPOKEN, HARMLESS = (
    plain_yaml(read_text(HERE / f"grounding_{name}.yaml"), name)
    for name in ("hostile", "emergency", "harmless")
)
SITE, LIBRARY = example_site(), example_library()


def situation(
    language: str, zone: str = "-", urgency: Urgency = Urgency.NORMAL, **facts: Fact
) -> Situation:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Situation(GuidanceState(), dict(facts), language, urgency, now, SITE.zone(zone))


def procedure(name: str, language: str, *, says: str = "Go on.", never: str = "xyz") -> Procedure:
    step = Step(do="Wait there.", again="Wait.")
    return Procedure(
        procedure=name,
        language=language,
        version=1,
        approval=Approval(state="draft"),
        source=["none"],
        title=name,
        hazard=Hazard.OTHER,
        urgency=Urgency.CRITICAL,
        first_line=says,
        then=[step, step, step],
        comfort=["Go on.", "Wait.", "Yes."],
        never=[never],
        alert=["supervisor"],
    )


def refuse(
    language: str, zone: str, name: str, text: str, urgency: Urgency = Urgency.CRITICAL
) -> str | None:
    running = LIBRARY.procedures.get((name, language))
    if running is None and name != "-":
        running = procedure(name, language)
    return example_grounding().refuse(text, situation(language, zone, urgency), running)


@each_row(("language", "zone", "name", "reasons", "text"), HOSTILE)
def test_hostile_sentence_is_refused(
    language: str, zone: str, name: str, reasons: str | list[str], text: str
) -> None:
    accepted = [reasons] if isinstance(reasons, str) else reasons
    reason = refuse(language, zone, name, text)
    assert reason is not None
    assert accepted == ["any"] or reason in accepted


@each_row(("language", "zone", "name", "text"), SPOKEN)
def test_approved_words_questions_and_talk_pass_in_an_emergency(
    language: str, zone: str, name: str, text: str
) -> None:
    assert refuse(language, zone, name, text) is None


@each_row(("language", "zone", "name", "text"), HARMLESS)
def test_harmless_sentence_passes_outside_an_emergency(
    language: str, zone: str, name: str, text: str
) -> None:
    assert refuse(language, zone, name, text, Urgency.NORMAL) is None


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.CRITICAL])
def test_an_instruction_from_nowhere_is_refused_in_an_emergency_only(urgency: Urgency) -> None:
    for text in ("Stay where you are and wait.", "Wait at the gatehouse."):
        assert refuse("en", "a", "fire", text, urgency) == "unapproved"
        assert refuse("en", "a", "fire", text, Urgency.ASSISTIVE) is None


@pytest.mark.parametrize("name", ["fire", "electrocution"])
@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_a_procedure_s_steps_may_be_said_word_for_word(language: str, name: str) -> None:
    running = LIBRARY.procedures[name, language]
    for item in running.then:
        for line in (item.again, item.ask if isinstance(item, Ask) else item.do):
            for sentence in re.findall(r"[^.!?]+[.!?]", line):
                assert refuse(language, "a", name, sentence.strip()) != "unapproved"


def test_an_approved_sentence_turned_round_is_refused() -> None:
    for text in ("Look for them yourself.", "Do not walk out.", "Stay in the smoke."):
        assert refuse("en", "a", "fire", text) is not None


def test_another_procedure_s_step_is_refused() -> None:
    text = "Have a person bring the defibrillator to you."
    assert refuse("en", "a", "electrocution", text) is None
    assert refuse("en", "a", "fire", text) == "unapproved"


def test_without_a_procedure_only_questions_and_talk_pass() -> None:
    assert refuse("en", "a", "-", "Go back inside and look for him.") == "forbidden"
    assert refuse("en", "a", "-", "Get out now.") == "unapproved"
    assert refuse("en", "a", "-", "Tell me what you see.") is None
    assert refuse("en", "a", "-", "Is anyone hurt?") is None


def test_a_procedure_s_own_never_is_refused_unless_negated() -> None:
    running = procedure("fire", "en", never=r"\bwave a flag\b")
    here = situation("en", "a")
    assert example_grounding().refuse("Wave a flag at them.", here, running) == "forbidden"
    assert example_grounding().refuse("Do not wave a flag at them.", here, running) is None


def test_a_number_of_the_running_procedure_may_be_said_with_its_unit() -> None:
    running = procedure("spill", "en", says="Stay 40 metres away.")
    here = situation("en", "a")
    assert example_grounding().refuse("Keep forty metres away from it.", here, running) is None
    assert example_grounding().refuse("Keep 40 seconds away from it.", here, running) == "number"


def test_a_chemical_the_caller_named_may_be_repeated() -> None:
    running = procedure("spill", "en")
    known = situation("en", "a", substance="acetone")
    assert example_grounding().refuse("Stay away from the acetone.", known, running) is None
    unknown = situation("en", "a")
    assert example_grounding().refuse("Stay away from the acetone.", unknown, running) == "chemical"


def test_only_the_emergency_number_and_the_control_room_may_be_given() -> None:
    here, running = situation("en", "a"), procedure("fire", "en")
    assert example_grounding().refuse("Dial 112 from outside.", here, running) is None
    assert example_grounding().refuse("Call +1 202 555 0100 now.", here, running) is None
    assert example_grounding().refuse("Call +1 202 555 0151 now.", here, running) == "telephone"
