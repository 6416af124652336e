"""Whoever chokes gets blows on the back until they go limp, and compressions only then."""

import pytest

from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.spoken import Situation
from aurora.guidance.state import GuidanceState
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Assessment
from aurora.triage.text import Utterance, normalise
from tests.line import NOON, example_library, example_site, rules_of, said

CHOKES = {
    "en": "my colleague is choking",
    "es": "mi compañero se está atragantando",
    "fr": "mon collègue s'étouffe avec de la nourriture",
    "de": "mein Kollege erstickt an einem Stück Fleisch",
}
SIGNS = {
    "en": ("he can't cough", "she cannot breathe", "he's turning blue", "he's not breathing"),
    "es": ("no puede toser", "no puede respirar", "se está poniendo azul", "no respira"),
    "fr": ("il ne peut pas tousser", "il ne peut pas respirer", "il devient bleu", "il parle plus"),
    "de": ("er kann nicht husten", "er bekommt keine Luft", "er läuft blau an", "er atmet nicht"),
}
"""What choking looks like while the casualty is awake."""
LIMP = {
    "en": ("he's gone limp", "she went all floppy", "he's unconscious"),
    "es": ("se ha desplomado", "se quedó flácido", "está inconsciente"),
    "fr": ("il est devenu tout mou", "elle s'est effondrée", "il est inconscient"),
    "de": ("er ist zusammengesackt", "sie wird schlaff", "er ist bewusstlos"),
}
ALL = [(language, words) for language in LANGUAGES for words in SIGNS[language]]
ALL_LIMP = [(language, words) for language in LANGUAGES for words in LIMP[language]]


class _Call:
    def __init__(self, language: str) -> None:
        self.guide = Guide(example_site(), example_library(), Handbook())
        self.situation = Situation(GuidanceState(), {}, language, Urgency.CRITICAL, NOON)

    def hear(self, words: str, **parts: object) -> str:
        """Hear these words rated by the rules, or as the parts have it."""
        self.text = Utterance(normalise(words)).flat
        verdict = rules_of(self.situation.language).rate(words, self.situation.language)
        rated: dict[str, object] = {
            "hazard": verdict.hazard,
            "procedure": verdict.procedure,
            "intent": verdict.intent,
            "reasons": verdict.reasons,
            "facts": verdict.facts,
        }
        return self._plan(said(verdict.urgency or Urgency.NORMAL, **{**rated, **parts}))

    def _plan(self, assessment: Assessment) -> str:
        self.situation.facts.update(assessment.facts)
        guidance = self.guide.plan(self.situation, assessment, self.text)
        return " ".join(sentence.text for sentence in guidance.sentences)

    @property
    def running(self) -> str | None:
        return self.situation.state.procedure


@pytest.mark.parametrize(("language", "words"), ALL)
def test_no_sign_of_choking_begins_compressions_on_somebody_awake(
    language: str, words: str
) -> None:
    call = _Call(language)
    call.hear(CHOKES[language])
    call.hear(words, procedure="cardiac_arrest", hazard=Hazard.MEDICAL)

    assert call.running == "choking"


@pytest.mark.parametrize(("language", "words"), ALL)
def test_a_sign_of_choking_never_gets_the_words_for_somebody_in_danger(
    language: str, words: str
) -> None:
    call = _Call(language)
    call.hear(CHOKES[language])
    told = call.hear(words)

    assert not any(line in told for line in example_library().phrases_in(language).casualty)


@pytest.mark.parametrize("language", LANGUAGES)
def test_choking_without_breath_begins_with_blows(language: str) -> None:
    for sign in SIGNS[language]:
        call = _Call(language)
        call.hear(f"{CHOKES[language]}, {sign}")
        assert call.running == "choking", sign


@pytest.mark.parametrize(("language", "words"), ALL_LIMP)
def test_whoever_goes_limp_gets_compressions_at_once(language: str, words: str) -> None:
    call = _Call(language)
    call.hear(CHOKES[language])
    call.hear(SIGNS[language][3])

    call.hear(words)
    assert call.running == "cardiac_arrest"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("running", ["cardiac_arrest", "choking", "suspension"])
def test_word_of_the_casualty_in_a_casualtys_procedure_is_no_word_of_danger(
    running: str, language: str
) -> None:
    call = _Call(language)
    call.guide.start(call.situation, running)
    told = call.hear("x", procedure="cardiac_arrest", hazard=Hazard.MEDICAL)

    assert not any(line in told for line in example_library().phrases_in(language).casualty)
