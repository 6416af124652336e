"""Which questions a model may ask in an emergency, against the example site."""

from datetime import UTC, datetime

import pytest

from aurora.guidance.spoken import Situation
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from tests.line import example_grounding, example_library, example_site


def refuse(text: str, language: str = "en", procedure: str = "fire") -> str | None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    here = example_site().zone("a")
    return example_grounding().refuse(
        text,
        Situation(GuidanceState(), {}, language, Urgency.CRITICAL, now, here),
        example_library().procedure(procedure, language),
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Is the smoke black or white?"),
        ("es", "¿El humo es negro o blanco?"),
        ("fr", "La fumée est-elle noire ou blanche ?"),
        ("de", "Ist der Rauch schwarz oder weiß?"),
    ],
)
def test_what_can_be_observed_may_be_asked_whatever_procedure_runs(
    language: str, text: str
) -> None:
    assert refuse(text, language) is None
    assert refuse(text, language, "electrocution") is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Is the shutter at the far end still warm?"),
        ("es", "¿Ve la trampilla junto a los vestuarios?"),
        ("fr", "Voyez-vous la trappe à côté des vestiaires ?"),
        ("de", "Sehen Sie die Luke neben den Umkleiden?"),
    ],
)
def test_a_thing_nobody_approved_is_not_asked_about(language: str, text: str) -> None:
    assert refuse(text, language) is not None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What about moving up?"),
        ("en", "Can you tell people to come in?"),
        ("en", "You can hear them?"),
        ("en", "Is it normal smoke?"),
        ("es", "¿Lo mueve usted?"),
        ("fr", "Est-ce que tout va bien maintenant ?"),
        ("de", "Können Sie die Person noch etwas bewegen?"),
        ("en", "Tell me when you are inside."),
    ],
)
def test_harmless_words_in_an_order_that_tells_or_claims_are_refused(
    language: str, text: str
) -> None:
    assert refuse(text, language) is not None


def test_the_confirmed_zone_may_be_named_in_a_question_and_no_other_door() -> None:
    assert refuse("Can you see the north door?") is None
    assert refuse("Can you see the door?") == "unapproved"


def test_a_number_of_an_approved_sentence_is_said_or_the_sentence_is_not() -> None:
    assert refuse("Give five back blows.", procedure="choking") is None
    assert refuse("Give back blows.", procedure="choking") == "unapproved"
