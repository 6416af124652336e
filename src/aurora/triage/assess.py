"""Rate one utterance: rules, place and language together; the only door into triage."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurora.levels import Hazard, Urgency
from aurora.site.model import Site
from aurora.triage.assessment import Assessment, Intent
from aurora.triage.language import LanguageDetector, TrainedModel
from aurora.triage.places import PlaceFinder, load_place_finders
from aurora.triage.rulebook import Rulebook
from aurora.triage.rules import Rules, load_rulebooks
from aurora.triage.text import Utterance, normalise


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance, folded for searching, with its rating."""

    text: str
    """Lower case, no accents, no punctuation, one line."""
    assessment: Assessment
    triage_ms: float


class Triage:
    """Everything that rates words for one site."""

    def __init__(
        self,
        rules: Rules,
        places: Mapping[str, PlaceFinder],
        languages: LanguageDetector,
        language_model: TrainedModel,
    ) -> None:
        self._rules = rules
        self._places = places
        self._languages = languages
        self._language_model = language_model

    def warm(self) -> None:
        """Do now what would make a caller wait later: compile the rules, load the model (2 s)."""
        self._rules.warm()
        self._language_model.load()

    @property
    def is_warm(self) -> bool:
        return self._language_model.is_loaded

    def assess(self, words: str, *, language: str, is_place_expected: bool = False) -> Heard:
        """Rate the caller's words.

        language: the call's language so far, ISO 639-1; kept unless the words clearly differ.
        is_place_expected: the caller was just asked where they are.
        """
        started = time.perf_counter()
        text = Utterance(normalise(words)).flat
        detected = self._languages.detect(words, language)
        verdict = self._rules.rate(words, detected)
        expects_place = is_place_expected or verdict.intent is Intent.CORRECTION
        assessment = Assessment(
            # What no rule knows is at least urgent, at a confidence that asks before it acts.
            urgency=verdict.urgency or Urgency.URGENT,
            hazard=verdict.hazard if verdict.urgency else Hazard.OTHER,
            procedure=verdict.procedure,
            language=detected,
            confidence=verdict.confidence,
            intent=verdict.intent,
            place=self._places[detected].find(text, is_expected=expects_place),
            facts=verdict.facts,
            reasons=verdict.reasons,
            is_drill=verdict.is_drill,
            is_live=verdict.is_live,
            says_real=verdict.says_real,
        )
        return Heard(text, assessment, (time.perf_counter() - started) * 1000)


def load_triage(site: Site, languages: Sequence[str]) -> Triage:
    """Build triage for a site from the packaged rule files; its first language is ready at once."""
    books: Mapping[str, Rulebook] = load_rulebooks()
    common_words = {language: book.common_words for language, book in books.items()}
    model = TrainedModel(languages)
    detector = LanguageDetector(languages, common_words, model)
    return Triage(Rules(books, ready=languages[:1]), load_place_finders(site), detector, model)
