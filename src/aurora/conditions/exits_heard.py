"""Which exits a caller's words say cannot be used; what follows from it is decided elsewhere."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from aurora.conditions.words import HEARD, Words, all_words
from aurora.site.model import Exit, Site, Zone, spoken
from aurora.triage.text import normalise

CUTOFF = 88.0
"""Percent (rapidfuzz ratio). "Nord Tür" for "Nordtür" scores 93, "eastgate" for "east gate" 94;
"portails" for "portail est" 84."""
MARGIN = 5.0
"""Points by which a misheard exit must be nearer than any other: "best gate" is none."""
EXACT = 99.9
_ARTICLE = re.compile(r"^(?:the|el|la|los|las|le|les|der|die|das|l') ?")


@dataclass(frozen=True, slots=True)
class NamedExit:
    zone: Zone
    way: Exit
    name: str
    """Without its article, normalised."""


@dataclass(frozen=True, slots=True)
class _Mention:
    exit: NamedExit
    start: int
    end: int
    """In words."""


def without_article(name: str) -> str:
    """Return an exit's name as it stands in normalised words."""
    return _ARTICLE.sub("", normalise(name))


class ExitsHeard:
    """Finds blocked exits in callers' words, for one site."""

    def __init__(self, site: Site) -> None:
        self._named: dict[str, list[NamedExit]] = {
            language: [
                NamedExit(zone, way, without_article(spoken(way.name, language)))
                for zone in site.zones
                for way in zone.exits
            ]
            for language in site.languages
        }

    def blocked(
        self, text: str, language: str, zone: Zone | None, told: Collection[str] = ()
    ) -> list[tuple[Zone, Exit]]:
        """Return the exits that normalised words call blocked.

        zone: the caller's, confirmed, whose exits are meant first. told: ids of the exits this
        caller was given, for "that door".
        """
        words = all_words().get(language)
        if words is None or language not in self._named or not words.may_be_blocked(text):
            return []
        if zone is not None and words.is_blocked(text, "all"):
            return [(zone, way) for way in zone.exits]
        tokens = text.split()
        mentions = self._mentions(tokens, language, zone)
        found = [m.exit for m in mentions if words.is_blocked(_marked(tokens, m))]
        if found:
            return [(named.zone, named.way) for named in found]
        return self._unnamed(words, text, zone, told) if zone and not mentions else []

    def _unnamed(
        self, words: Words, text: str, zone: Zone, told: Collection[str]
    ) -> list[tuple[Zone, Exit]]:
        given = [way for way in zone.exits if way.id in told]
        meant = zone.exits if len(zone.exits) == 1 else given
        if len(meant) == 1 and words.is_blocked(text, "some"):
            return [(zone, meant[0])]
        return []

    def _mentions(self, tokens: Sequence[str], language: str, zone: Zone | None) -> list[_Mention]:
        every = self._named[language]
        own = [named for named in every if zone is not None and named.zone.id == zone.id]
        mentions = _found(tokens, own)
        taken = {index for m in mentions for index in range(m.start, m.end)}
        names = [named.name for named in every]
        # A name that two zones share tells nothing without the zone.
        others = [n for n in every if n not in own and names.count(n.name) == 1]
        # Another zone's exit counts only where the caller's own zone has none that sounds like it.
        return mentions + [
            m for m in _found(tokens, others) if not taken & set(range(m.start, m.end))
        ]


def _found(tokens: Sequence[str], exits: Sequence[NamedExit]) -> list[_Mention]:
    """The exits named in the words, no word counted for two."""
    scored = sorted(
        (
            (fuzz.ratio(named.name, " ".join(tokens[start:end])), -start, index, end)
            for index, named in enumerate(exits)
            for start, end in _windows(tokens, len(named.name.split()))
        ),
        reverse=True,
    )
    found: list[_Mention] = []
    for score, minus_start, index, end in scored:
        if score < CUTOFF:
            break
        start = -minus_start
        if any(start < m.end and m.start < end for m in found):
            continue
        rivals = [
            other
            for other, other_minus_start, other_index, other_end in scored
            if exits[other_index].name != exits[index].name
            and -other_minus_start < end
            and start < other_end
        ]
        if score >= EXACT or score - max(rivals, default=0.0) >= MARGIN:
            found.append(_Mention(exits[index], start, end))
    return sorted(found, key=lambda mention: mention.start)


def _windows(tokens: Sequence[str], size: int) -> list[tuple[int, int]]:
    """Runs of as many words as the name has, one more or one less: "Nord Tür", "eastgate"."""
    return [
        (start, start + length)
        for length in {size, size + 1, max(size - 1, 1)}
        for start in range(len(tokens) - length + 1)
    ]


def _marked(tokens: Sequence[str], mention: _Mention) -> str:
    """The words with the exit's own replaced, and the article before it left out."""
    before = list(tokens[: mention.start])
    articles = "the that this our el la ese esa este esta le les ce cette der die das den dem"
    if before and before[-1] in articles.split():
        before.pop()
    return " ".join([*before, HEARD, *tokens[mention.end :]])
