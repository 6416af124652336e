"""Turn what an operator whispers into a question that Aurora may ask; says and keeps nothing."""

import re
from collections.abc import Iterator
from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.errors import WhisperRefused
from aurora.guidance.grounding.check import Grounding
from aurora.guidance.procedure import Ask
from aurora.guidance.spoken import fold
from aurora.site.model import Feature, LocalText, Site, Zone, spoken

SHORTEST_WORD = 4
"""Shorter words ("the", "is", "que") say nothing of what is meant."""
SAME_BEGINNING = 5
"""Words that begin alike are one: valve, valves."""


class Whispers:
    """A whole question is Aurora's own only if grounding lets it pass, as a model's would have to.

    A topic ("ask about the valve") becomes the approved question that is about it, else one about
    the thing of the caller's zone that it names; in the caller's language, whatever it came in.
    """

    def __init__(self, dialogue: Dialogue, grounding: Grounding) -> None:
        self._dialogue = dialogue
        self._grounding = grounding

    def question(self, call: Call, text: str, now: datetime) -> str:
        """Return the question to ask; raises WhisperRefused."""
        if "?" in text:
            refusal = self._refusal(call, text, now)
            if refusal is not None:
                raise WhisperRefused(refusal, self.approved(call))
            return text
        found = self._approved_about(call, text) or self._thing_about(call, text, now)
        if found is None:
            raise WhisperRefused("no_such_question", self.approved(call))
        return found

    def approved(self, call: Call) -> list[str]:
        """Return the questions of the running procedure, as the caller would hear them."""
        return [ask.ask for ask in self._asks(call, call.language)]

    def _refusal(self, call: Call, text: str, now: datetime) -> str | None:
        library = self._dialogue.guide.library
        procedure = library.procedure(call.guidance.procedure, call.language)
        return self._grounding.refuse(text, self._dialogue.situation(call, now), procedure)

    def _approved_about(self, call: Call, topic: str) -> str | None:
        """Find the question in any language of the site; ask it in the caller's."""
        wanted, own = _words(topic), self._asks(call, call.language)
        for language in self._dialogue.site.languages:
            best = max(
                self._asks(call, language),
                key=lambda ask: _likeness(wanted, _words(ask.ask)),
                default=None,
            )
            if best is not None and wanted & _words(best.ask):
                return next((ask.ask for ask in own if ask.fact == best.fact), None)
        return None

    def _thing_about(self, call: Call, topic: str, now: datetime) -> str | None:
        situation, site = self._dialogue.situation(call, now), self._dialogue.site
        if situation.zone is None:
            return None
        things = _meant(site, situation.zone, topic)
        if not things:
            return None
        place = ", ".join(spoken(name, call.language) for name in things)
        return self._dialogue.guide.phrases.say(situation, "ask_about", place=place).text

    def _asks(self, call: Call, language: str) -> list[Ask]:
        procedure = self._dialogue.guide.library.procedure(call.guidance.procedure, language)
        if procedure is None or procedure.language != language:
            return []
        return [item for item in procedure.then if isinstance(item, Ask)]


def _meant(site: Site, zone: Zone, topic: str) -> list[LocalText]:
    """Return the things of a zone that a topic names: one by its whole name, else all of a kind."""
    features: list[Feature] = [*zone.valves, *zone.equipment, *zone.exits]
    folded, wanted = f" {fold(topic)} ", _words(topic)
    for feature in features:
        if any(f" {name} " in folded for name in _names(site, feature)):
            return [feature.name]
    kind = [
        feature.name
        for feature in features
        if any(wanted & _words(name) for name in _names(site, feature))
    ]
    return kind[:3]


def _names(site: Site, feature: Feature) -> Iterator[str]:
    """Return what a thing is called in each language, without its article."""
    for language in site.languages:
        name = fold(spoken(feature.name, language))
        yield re.sub(r"^(the|el|la|le|les|l|der|die|das) ", "", name)


def _words(text: str) -> set[str]:
    return {word[:SAME_BEGINNING] for word in fold(text).split() if len(word) >= SHORTEST_WORD}


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
