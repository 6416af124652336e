"""The words one language expects on a site's line, and how they sound; compares nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from aurora.speech.sounds import Sounds, coarse, distance, load_sounds

FEWEST_SOUNDS = 4
"""Anything shorter is near to too much."""
ZONES = "zones"
RHYMES = 0.7
"""Cost (`sounds.distance`) between zones that a telephone may make one of."""


@dataclass(frozen=True, slots=True)
class Terms:
    """One language's words of a site."""

    zones: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Every zone's names."""
    things: Sequence[str] = ()
    """Equipment, valves, doors, muster points, as spoken."""


@dataclass(frozen=True, slots=True)
class Target:
    """Words that may have been meant."""

    text: str
    words: tuple[str, ...]
    """As Vocabulary.plain gives them."""
    sounds: str
    kind: str
    """`zone` (Zone B), `alias` (loading dock), `term` or `hazard`."""
    group: str
    """Of those that may not be mistaken for each other: zones, valves; else its own text."""
    member: str
    """Which of its group."""

    @property
    def numbers(self) -> list[str]:
        return re.findall(r"\d+", " ".join(self.words))


class Vocabulary:
    """One language's targets, and the words that decide whether one may be put in."""

    def __init__(self, sounds: Sounds, section: Mapping[str, Any], terms: Terms) -> None:
        self._articles = set(section["articles"])
        self._before_place = [tuple(words.split()) for words in section["before_place"]]
        self._zone_words = set(section["zone_words"])
        self._weak = frozenset(section["weak"])
        self.denials = frozenset(section["denials"])
        self.sounds = sounds
        self.targets = list(self._targets(section["hazards"], terms))
        self.keys = [coarse(target.sounds) for target in self.targets]
        everyday = [tuple(words.split()) for words in section["everyday"]]
        self._known = {*everyday, *(target.words for target in self.targets)}

    def plain(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return words as they are compared: numbers are alike whether written or spelt."""
        return tuple(self.sounds.number(word.lower()) or word.lower() for word in words)

    def is_zone(self, words: Sequence[str]) -> bool:
        """A zone word and one letter or number: a zone, even if not of this site."""
        if len(words) != 2 or words[0] not in self._zone_words:
            return False
        return len(words[1]) == 1 or words[1].isdecimal()

    def sounds_like_another(self, zone: Sequence[str]) -> bool:
        """Whether another zone of the site rhymes with this one: B, C and D do."""
        sounds = self.sounds.of(" ".join(zone))
        return any(
            0 < distance(sounds, other.sounds) <= RHYMES
            for other in self.targets
            if other.group == ZONES
        )

    def is_known(self, words: tuple[str, ...]) -> bool:
        """Whether these words are expected as they are, and so not to become others."""
        return words in self._known or self.is_zone(words)

    def is_weak(self, word: str) -> bool:
        """Whether a word that sounds like a letter is an everyday word."""
        return word in self._weak

    def leads_to_place(self, before: Sequence[str]) -> bool:
        """Whether a place may be named after these words: "in", "near the"."""
        if before and before[-1] in self._articles:
            before = before[:-1]
        return any(tuple(before[-len(words) :]) == words for words in self._before_place)

    def lacks_place(self, words: Sequence[str], after: Sequence[str]) -> bool:
        """Whether words that lead to a place ("there's smoke in") are followed by none."""
        if not self.leads_to_place(words):
            return False
        return not after or (after[0] not in self._articles and after[0] not in self._zone_words)

    def _targets(self, hazards: Iterable[str], terms: Terms) -> Iterator[Target]:
        found = [(name, ZONES, zone) for zone, names in terms.zones.items() for name in names]
        found += [(bare, _numberless(bare), bare) for bare in map(self._bare, terms.things)]
        found += [(text, "", text) for text in hazards]
        for text, group, member in found:
            words, sounds = self.plain(text.split()), self.sounds.of(text)
            if len(sounds) >= FEWEST_SOUNDS:
                yield Target(text, words, sounds, self._kind(words, group), group or text, member)

    def _kind(self, words: Sequence[str], group: str) -> str:
        if group == ZONES:
            return "zone" if self.is_zone(words) else "alias"
        return "term" if group else "hazard"

    def _bare(self, name: str) -> str:
        first, _, rest = name.partition(" ")
        return rest if first.lower() in self._articles and rest else name


def load_vocabularies(terms: Mapping[str, Terms]) -> dict[str, Vocabulary]:
    """Return the vocabulary of each language that has both terms and site_words.yaml's words."""
    sounds = load_sounds()
    file = Path(__file__).parent / "site_words.yaml"
    sections = yaml.safe_load(file.read_text("utf-8"))
    return {
        language: Vocabulary(sounds[language], sections[language], of_site)
        for language, of_site in terms.items()
        if language in sections
    }


def _numberless(name: str) -> str:
    """Valves and presses are told apart by a number alone."""
    return re.sub(r"\d+", "#", name.lower())
