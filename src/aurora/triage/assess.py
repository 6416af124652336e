"""Rate one utterance: rules, encoder, place and language together; the only door into triage."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from aurora.levels import Hazard, Urgency
from aurora.site.model import Site
from aurora.triage.assessment import Assessment, Intent
from aurora.triage.decide import CRITICAL, Rating, is_softened, rate
from aurora.triage.encoder import Reading
from aurora.triage.language import LanguageDetector, TrainedModel
from aurora.triage.places import PlaceFinder, load_place_finders
from aurora.triage.reader import Reader, load_reader
from aurora.triage.rulebook import Rulebook
from aurora.triage.rules import Rules, RuleVerdict, load_rulebooks
from aurora.triage.text import Utterance, normalise, words

SHORT_REPLY_WORDS = 5
"""Of a yes, an okay or a place this short the rules know all there is to know."""
SETTLED_BY_RULES = frozenset(
    {Intent.YES, Intent.NO, Intent.UNSURE, Intent.DONE, Intent.REPEAT, Intent.CORRECTION}
    | {Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.HUMAN}
)
TOGETHER_CRITICAL_FROM = 0.6
"""Of words read together with those before: they were rated alone already, so only what is plain
counts. "He fell" and "he won't wake up"."""
WORDS_KEPT = 256
"""Readings that are not made twice: words of a pause are mostly those of the turn it ends."""
SURE_OF_NOISE = 0.5
"""Words that no rulebook knows are an emergency all the same from this probability of critical."""


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
        reader: Reader,
    ) -> None:
        self._rules = rules
        self._reader = reader
        self._places = places
        self._languages = languages
        self._language_model = language_model
        self._read = lru_cache(maxsize=WORDS_KEPT)(self._read_once)

    def warm(self) -> None:
        """Do now what would make a caller wait later: compile the rules, load the model (2 s)."""
        self._rules.warm()
        self._language_model.load()
        self._reader.warm()

    @property
    def is_warm(self) -> bool:
        return self._language_model.is_loaded

    def assess(
        self, spoken: str, *, language: str, before: str = "", is_place_expected: bool = False
    ) -> Heard:
        """Rate the caller's words.

        language: the call's language so far, ISO 639-1; kept unless the words clearly differ.
        before: what the caller said in the turns before, if anything: facts add up.
        is_place_expected: the caller was just asked where they are.
        """
        started = time.perf_counter()
        text, assessment = self._read(spoken, language, before, is_place_expected)
        return Heard(text, assessment, (time.perf_counter() - started) * 1000)

    def _read_once(
        self, spoken: str, language: str, before: str, is_place_expected: bool
    ) -> tuple[str, Assessment]:
        text = Utterance(normalise(spoken)).flat
        detected = self._languages.detect(spoken, language)
        verdict = self._rules.rate(spoken, detected)
        expects_place = is_place_expected or verdict.intent is Intent.CORRECTION
        finder = self._places[detected]
        place = finder.find(text, is_expected=expects_place)
        assessment = replace(
            self._assessed(spoken, text, before, verdict, is_place=place is not None),
            language=detected,
            place=place,
            caller_place=finder.of_caller(text),
        )
        return text, assessment

    def _assessed(
        self, spoken: str, text: str, before: str, verdict: RuleVerdict, *, is_place: bool
    ) -> Assessment:
        of_rules = _of_rules(verdict)
        is_short = len(words(text)) <= SHORT_REPLY_WORDS
        is_settled = verdict.intent in SETTLED_BY_RULES or (is_place and not verdict.reasons)
        if not text or (is_short and is_settled) or verdict.is_mere_order:
            return of_rules
        reading, rating = self._rated(spoken, verdict)
        if verdict.intent is Intent.UNCLEAR and rating.probabilities[CRITICAL] < SURE_OF_NOISE:
            return of_rules
        if before and rating.urgency is not Urgency.CRITICAL:
            rating = self._together(f"{before}. {spoken}", verdict) or rating
        return _weighed(of_rules, rating, reading, verdict)

    def _rated(self, spoken: str, verdict: RuleVerdict) -> tuple[Reading, Rating]:
        reader = self._reader
        reading = reader.encoder.read(spoken)
        worded = reader.wording.read(spoken)
        return reading, rate(worded, verdict, reading, reader.scales.whole)

    def glance(self, spoken: str, *, language: str) -> Rating:
        """Rate a partial transcript in about a millisecond, without the encoder.

        language: of the call. A partial is rated again and again while the caller speaks.
        """
        verdict = self._rules.rate(spoken, language)
        worded = self._reader.wording.read(spoken)
        return rate(worded, verdict, None, self._reader.scales.partial)

    def _together(self, spoken: str, verdict: RuleVerdict) -> Rating | None:
        """The rating of words with those before them, where together they are plainly critical."""
        _, rating = self._rated(spoken, verdict)
        is_plain = rating.probabilities[CRITICAL] >= TOGETHER_CRITICAL_FROM
        return replace(rating, urgency=Urgency.CRITICAL) if is_plain else None


def _of_rules(verdict: RuleVerdict) -> Assessment:
    """What the rules alone make of the words."""
    return Assessment(
        # What no rule knows is at least urgent, at a confidence that asks before it acts.
        urgency=verdict.urgency or Urgency.URGENT,
        hazard=verdict.hazard if verdict.urgency else Hazard.OTHER,
        procedure=verdict.procedure,
        language="",
        confidence=verdict.confidence,
        intent=verdict.intent,
        facts=verdict.facts,
        reasons=verdict.reasons,
        is_drill=verdict.is_drill,
        is_live=verdict.is_live,
        says_real=verdict.says_real,
    )


def _weighed(
    of_rules: Assessment, rating: Rating, reading: Reading, verdict: RuleVerdict
) -> Assessment:
    """The rules' assessment with the urgency and hazard that rules and encoder come to together."""
    is_emergency = rating.urgency.is_emergency
    is_drill = verdict.is_drill and not is_emergency
    keeps_procedure = verdict.urgency is not None and (
        _is_precise(verdict)
        or not is_emergency
        or (rating.hazard is verdict.hazard and rating.urgency is verdict.urgency)
    )
    hazard = rating.hazard
    if rating.urgency is Urgency.NORMAL:
        hazard = verdict.hazard if verdict.procedure else Hazard.NONE
    return replace(
        of_rules,
        urgency=rating.urgency,
        hazard=hazard,
        procedure=verdict.procedure if keeps_procedure else None,
        confidence=_confidence(rating),
        doubt=0.0 if is_emergency or is_drill else rating.danger,
        intent=_intent(verdict, rating),
        is_drill=is_drill,
        is_live=verdict.is_live or (is_emergency and not is_softened(verdict.reasons)),
        meaning=reading.meaning,
    )


def _confidence(rating: Rating) -> float:
    """How sure the level is: of critical, both that it is and that it is at least urgent count."""
    if not rating.urgency.is_emergency:
        return 1 - rating.danger
    if rating.urgency is Urgency.URGENT:
        return rating.danger
    return float(rating.probabilities[CRITICAL] + rating.danger) / 2


def _is_precise(verdict: RuleVerdict) -> bool:
    """Whether a rule fired that nothing softens: its procedure is finer than any hazard."""
    return (
        verdict.urgency is Urgency.CRITICAL
        and verdict.procedure is not None
        and not is_softened(verdict.reasons)
    )


def _intent(verdict: RuleVerdict, rating: Rating) -> Intent:
    """A drill, a courtesy or a wrong number is outranked by the emergency said with it."""
    outranked = {Intent.DRILL, Intent.WRONG_NUMBER, Intent.UNCLEAR, Intent.GREETING, Intent.THANKS}
    if rating.urgency.is_emergency and verdict.intent in outranked:
        return Intent.REPORT
    return verdict.intent


def load_triage(site: Site, languages: Sequence[str], reader: Reader | None = None) -> Triage:
    """Build triage for a site from the packaged rule files; its first language is ready at once."""
    books: Mapping[str, Rulebook] = load_rulebooks()
    common_words = {language: book.common_words for language, book in books.items()}
    model = TrainedModel(languages)
    detector = LanguageDetector(languages, common_words, model)
    rules = Rules(books, ready=languages[:1])
    return Triage(rules, load_place_finders(site), detector, model, reader or load_reader())
