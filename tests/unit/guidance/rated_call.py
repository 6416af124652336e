"""A call guided by the default site's texts, its words rated by the rules alone."""

from aurora.conversation.facts import learn
from aurora.guidance.cues import Cue, cues_in
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.spoken import Situation, remember
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from aurora.triage.assessment import Assessment
from aurora.triage.text import Utterance, normalise
from tests.line import NOON, example_library, example_site, rules_of, said

NOT_BREATHING = {
    "en": "my mate isn't breathing",
    "es": "mi compañero no respira",
    "fr": "mon collègue ne respire pas",
    "de": "mein Kollege atmet nicht",
}


class RatedCall:
    def __init__(self, language: str) -> None:
        self.guide = Guide(example_site(), example_library(), Handbook())
        self.situation = Situation(GuidanceState(), {}, language, Urgency.CRITICAL, NOON)

    def hear(self, words: str, **parts: object) -> str:
        """Hear these words rated by the rules, or as the parts have it."""
        text = Utterance(normalise(words)).flat
        verdict = rules_of(self.situation.language).rate(words, self.situation.language)
        rated: dict[str, object] = {
            "hazard": verdict.hazard,
            "procedure": verdict.procedure,
            "intent": verdict.intent,
            "reasons": verdict.reasons,
            "facts": verdict.facts,
        }
        return self.take(said(verdict.urgency or Urgency.NORMAL, **{**rated, **parts}), text)

    def take(self, assessment: Assessment, text: str = "") -> str:
        """Take these words, rated."""
        learn(self.situation.facts, assessment.facts)
        self.situation.cues = cues_in(text, self.situation.language)
        if Cue.SELF_HURT in self.situation.cues:
            self.situation.facts.setdefault("self_hurt", True)
        guidance = self.guide.plan(self.situation, assessment, text)
        remember(self.situation.state, guidance.sentences)
        return " ".join(sentence.text for sentence in guidance.sentences)

    @property
    def running(self) -> str | None:
        return self.situation.state.procedure


def pushing(language: str = "en") -> RatedCall:
    call = RatedCall(language)
    call.hear(NOT_BREATHING[language])
    assert call.running == "cardiac_arrest"
    return call


def first_line(procedure: str, language: str = "en") -> str:
    return example_library().procedures[procedure, language].first_line


def take_along(language: str = "en") -> str:
    return example_library().phrases_in(language).take_along
