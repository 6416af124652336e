"""What an operator whispers: asked by Aurora only where site and procedure allow it."""

import pytest

from aurora.conversation.call import Call
from aurora.conversation.whisper import Whispers
from aurora.errors import WhisperRefused
from aurora.levels import Urgency
from tests.line import NOON, dialogue, example_grounding, new_call

WHISPERS = Whispers(dialogue(), example_grounding())


def gas_leak(language: str = "en") -> Call:
    call = new_call(language=language, urgency=Urgency.CRITICAL)
    call.guidance.procedure = "flammable_gas"
    call.place.zone_id = "b"
    return call


@pytest.mark.parametrize(
    ("topic", "asked"),
    [
        ("ask if anyone is hurt", "¿Hay alguien mareado o herido?"),
        ("is somebody missing", "¿Falta alguien o queda alguien dentro?"),
        ("frag nach Verletzten", "¿Hay alguien mareado o herido?"),
    ],
)
def test_a_topic_becomes_the_approved_question_in_the_callers_language(topic, asked):
    assert asked in WHISPERS.approved(gas_leak("es"))
    assert WHISPERS.question(gas_leak("es"), topic, NOON) == asked


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_a_thing_of_the_zone_is_asked_about_without_sending_anybody_there(language):
    question = WHISPERS.question(gas_leak(language), "ask about valve 3", NOON)

    assert "3" in question
    assert question.endswith("?")


def test_a_kind_of_thing_means_those_of_the_zone():
    question = WHISPERS.question(gas_leak(), "valves please", NOON)

    assert question.startswith("About valve 1, valve 2, valve 3:")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Is valve 9 open?", "unknown_place"),
        ("Is John with you?", "person"),
        ("Will you go back in and close valve 3?", "forbidden"),
        ("ask about the weather", "no_such_question"),
    ],
)
def test_what_is_invented_or_unapproved_is_refused_with_what_may_be_asked(words, reason):
    with pytest.raises(WhisperRefused) as refused:
        WHISPERS.question(gas_leak(), words, NOON)

    assert refused.value.reason == reason
    assert refused.value.questions == WHISPERS.approved(gas_leak())


def test_a_question_that_grounding_lets_pass_is_asked_as_it_stands():
    assert WHISPERS.question(gas_leak(), "Is valve 3 open?", NOON) == "Is valve 3 open?"
