"""What a model may say while nothing is wrong: facts of the site, where to ask, and courtesy."""

import re

from pydantic import BaseModel, ConfigDict

from aurora.guidance.grounding.asking import Asking, AskingWords, tokens, word_pattern
from aurora.guidance.grounding.facts import MARK, ZoneFacts
from aurora.guidance.grounding.figures import Figures
from aurora.guidance.grounding.names import without_article
from aurora.guidance.grounding.restraint import Approved, Restraint, RestraintWords
from aurora.site.model import Site, Zone, spoken
from aurora.triage.text import normalise


class EverydayWords(BaseModel):
    """One language's section of everyday.yaml, where each is explained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: dict[str, str]
    fact: str
    orders: str
    negators: list[str]
    who: str
    says: list[str]
    asks: str


class EverydayLanguages(BaseModel):
    """everyday.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    languages: dict[str, EverydayWords]


class Everyday:
    """Answers outside an emergency, in one language for one site."""

    def __init__(
        self,
        site: Site,
        language: str,
        words: EverydayWords,
        restraint: RestraintWords,
        asking: AskingWords,
        figures: Figures,
    ) -> None:
        self._figures = figures
        self._kinds = {kind: re.compile(rf"\b(?:{noun})\b") for kind, noun in words.kinds.items()}
        self._fact = word_pattern(words.fact)
        self._orders = re.compile(words.orders)
        self._negators = set(words.negators)
        roles = [without_article(spoken(role, language)) for role in site.roles.values()]
        who = rf"(?:{words.who}|(?:[\w']{{1,4}} ?){{0,2}}(?:{'|'.join(map(re.escape, roles))}))"
        says = [clause.replace("{who}", who) for clause in words.says]
        self.restraint = Restraint(restraint, Asking(asking, words.asks), figures.is_number, says)
        self._zones = [
            (zone, re.compile(rf"\b{re.escape(normalise(spoken(zone.name, language)))}\b"))
            for zone in site.zones
        ]
        self._facts = {zone.id: ZoneFacts(site, zone, language) for zone in site.zones}

    def zone_of(self, text: str, confirmed: Zone | None) -> Zone | None:
        """Return the zone a normalised text is about; None when it names several, or none."""
        named = [zone for zone, name in self._zones if name.search(text)]
        if not named:
            return confirmed
        return named[0] if len(named) == 1 else None

    def is_kept_by(self, text: str, zone: Zone | None, approved: Approved) -> bool:
        """Whether the text is a fact of this zone, something one may always say, or both."""
        if self.is_fact(text, zone) or self.restraint.is_text_kept_by(text, approved):
            return True
        return any(
            self.is_fact(text[:cut], zone) and self.restraint.is_text_kept_by(text[cut:], approved)
            for cut in self.restraint.bounds(text)[1:-1]
        )

    def is_courtesy(self, text: str) -> bool:
        """Whether the whole text is one that may always be said, in just these words."""
        return self.restraint.is_talk(text)

    def is_fact(self, text: str, zone: Zone | None) -> bool:
        """Whether the text says only what the site's data say of the zone."""
        if zone is None or "?" in text or self._orders.search(text):
            return False
        facts = self._facts[zone.id]
        rest, named = facts.read(text)
        spoken_of = {kind for kind, noun in self._kinds.items() if noun.search(rest)}
        words = set(tokens(self._without_kinds(rest)))
        is_negated = not words.isdisjoint(self._negators)
        is_plain = all(
            word in self._negators or word.isdigit() or self._fact.fullmatch(word) for word in words
        )
        is_counted = any(True for _ in self._figures.read(rest))
        is_true = facts.is_true(named, spoken_of, is_negated=is_negated, is_counted=is_counted)
        is_saying = bool(spoken_of) or rest.count(MARK) > 1
        return is_saying and bool(named) and is_plain and is_true and self._counts(rest, facts)

    def _without_kinds(self, text: str) -> str:
        for noun in self._kinds.values():
            text = noun.sub(MARK, text)
        return text

    def _counts(self, rest: str, facts: ZoneFacts) -> bool:
        """Whether every figure counts what the zone has, or stands in the zone's own texts."""
        for (value, _), start in self._figures.read(rest):
            counted = {
                kind
                for kind, noun in self._kinds.items()
                if re.match(rf"\w+ (?:\w+ )?(?:{noun.pattern})", rest[start:])
            }
            if not facts.is_figure(value, counted):
                return False
        return True
