"""Ordinary words in which a rule saw a hazard begin nothing, and raise the danger check."""

import pytest

from aurora.guidance.danger_check import DOUBT_TO_CHECK
from aurora.levels import Hazard
from aurora.triage.assess import Triage
from evals.rating import packaged_triage


@pytest.fixture(scope="module")
def triage() -> Triage:
    return packaged_triage()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Which year was the big explosion at the old mill?"),
        ("en", "The bloke who got run over in January is back on light duties on Monday."),
        ("de", "Wenn mal Ammoniak austritt, laufe ich gegen den Wind oder quer dazu?"),
        ("fr", "Le seuil d'alarme du H2S, c'est cinq ou dix ppm ?"),
    ],
)
def test_an_overruled_rule_begins_nothing_and_has_the_caller_asked(triage, language, words):
    heard = triage.assess(words, language=language).assessment

    assert not heard.urgency.is_emergency
    assert heard.procedure is None
    assert heard.doubt >= DOUBT_TO_CHECK
    assert not heard.is_live


def test_words_that_claim_to_be_real_are_never_overruled(triage):
    words = "Which year was the big explosion at the old mill? This is real, it's happening now."

    heard = triage.assess(words, language="en").assessment

    assert heard.urgency.is_emergency
    assert heard.hazard is not Hazard.NONE
