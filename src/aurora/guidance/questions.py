"""Answer an everyday question from the site's data or the handbook; never in an emergency."""

import re
from functools import cache

from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.site_facts import SiteFacts
from aurora.guidance.spoken import Guidance, Situation, Spoken
from aurora.levels import Hazard, Urgency
from aurora.site.model import Site, spoken
from aurora.triage.assessment import Assessment, Intent
from aurora.triage.text import normalise

SUBSTANCE = (Intent.QUESTION, Intent.REPORT)
"""Intents whose words may ask for something; a greeting or a yes asks for nothing."""

NO_HAZARD = (Hazard.NONE, Hazard.OTHER)


class Questions:
    """What a caller may be told who only wants to know."""

    def __init__(self, site: Site, phrases: Phrasebook, handbook: Handbook) -> None:
        self._site = site
        self._phrases = phrases
        self._handbook = handbook
        self._facts = SiteFacts(site, phrases)
        self._zone_names = cache(self._zone_names_in)

    def answer(self, situation: Situation, assessment: Assessment, text: str) -> Guidance | None:
        """Return the answer to an everyday question, or None when nothing approved answers.

        text: the normalised utterance.
        """
        if situation.urgency.is_emergency or not _asks(assessment):
            return None
        guidance = self._found(situation, text)
        if guidance is not None and assessment.hazard not in NO_HAZARD:
            # It was rated a mere question; whoever asks it in the smoke must not be left with it.
            guidance.sentences.append(self._phrases.say(situation, "if_it_is_happening"))
        return guidance

    def _found(self, situation: Situation, text: str) -> Guidance | None:
        if facts := self._facts.answer(situation, text):
            return Guidance(facts)
        if self._handbook.is_empty:
            return None
        if not self._handbook.is_written_in(situation.language):
            told = self._phrases.say(situation, "handbook_other_language")
            return Guidance([told], is_settled=False)
        return self._read_out(situation, self._without_zones(text, situation.language))

    def _read_out(self, situation: Situation, question: str) -> Guidance | None:
        reading = self._handbook.ask(question, situation.language)
        if reading is None:
            return None
        passage = reading.passage
        if reading.words is None:
            answer = self._phrases.say(situation, "handbook_too_long")
        else:
            answer = Spoken(reading.words, passage.reference)
        slots = {"title": passage.document, "heading": passage.heading, "page": str(passage.page)}
        phrase = "handbook_source" if passage.page is None else "handbook_source_page"
        if not passage.heading:
            phrase = "handbook_title"
        return Guidance([answer, self._phrases.say(situation, phrase, **slots)])

    def _without_zones(self, text: str, language: str) -> str:
        """Leave out where the caller is: "in the press shop" is no question about presses."""
        return self._zone_names(language).sub(" ", text)

    def _zone_names_in(self, language: str) -> re.Pattern[str]:
        names = [
            normalise(name)
            for zone in self._site.zones
            for name in (spoken(zone.name, language), *zone.aliases.get(language, ()))  # type: ignore[call-overload]
        ]
        longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        return re.compile(rf"\b(?:{longest_first})\b")


def _asks(assessment: Assessment) -> bool:
    if assessment.intent is Intent.QUESTION:
        return True
    return assessment.urgency is Urgency.ASSISTIVE and assessment.intent in SUBSTANCE
