"""Put back a site's own words and hazards where a recogniser broke them; never judges urgency."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from aurora.speech.sounds import Sounds, coarse, distance, load_sounds

LONGEST = 6
"""Words of a window."""
SURE_WORD = 0.8
"""Probability from which a word stands as it was heard."""
SURE_SINGLE = 0.5
"""The same where one word alone would become another: less around it speaks for the change."""
SURE_ZONE = 0.6
"""Under it a zone that was heard is read back."""
LIMITS = {"zone": 0.30, "term": 0.22, "hazard": 0.20}
SINGLE_LIMIT = 0.15
"""Cost a sound (`sounds.distance`) up to which a doubted window is the target."""
BLIND_LIMIT = 0.10
BLIND_SOUNDS = 10
"""The same where the recogniser did not say how sure it was of its words: a long phrase may be
put right, of a short one only the spelling."""
SAME_SOUND = 0.05
SAME_WORD = 4
"""Letters two words begin with to be forms of one: "solvent" and "solvents" both stay."""
CHANGED_LIMIT = 0.45
"""The same over the words that differ alone: what is right around them does not make them alike."""
MARGIN = 0.08
"""By which the nearest of several zones, valves or doors must lead, or none is chosen."""
FEWEST_SOUNDS = 4
COARSE_LIMIT = 0.34
"""Share of a coarse key that may differ before the finer comparison is worth its time."""
STAYS = -1.0

_CORE = re.compile(r"^\W+|\W+$")
_ENDS_CLAUSE = re.compile(r"[.,;:?!]$")


@dataclass(frozen=True, slots=True)
class Terms:
    """One language's words of a site."""

    zones: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Every zone's names, the one to be written first."""
    things: Sequence[str] = ()
    """Equipment, valves, doors, muster points."""


@dataclass(frozen=True, slots=True)
class Change:
    heard: str
    meant: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A transcript as it was most likely said."""

    text: str
    changes: tuple[Change, ...] = ()
    doubtful_zone: bool = False
    """A zone was guessed, or heard unsurely, or sounds like two: read it back."""


@dataclass(frozen=True, slots=True)
class _Target:
    text: str
    sounds: str
    words: tuple[str, ...]
    kind: str
    group: str
    """Of targets that may not be mistaken for each other; their own text where there is none."""
    member: str


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    target: _Target
    cost: float


@dataclass(frozen=True, slots=True)
class _Heard:
    words: Sequence[str]
    cores: tuple[str, ...]
    """Without punctuation, in lower case, numbers as digits."""
    confidences: Sequence[float]
    """Empty when the recogniser gave none."""

    @property
    def windows(self) -> Iterator[tuple[int, int]]:
        """Every stretch of a few words within a clause."""
        for start in range(len(self.words)):
            for end in range(start + 1, min(start + LONGEST, len(self.words)) + 1):
                yield start, end
                if _ENDS_CLAUSE.search(self.words[end - 1]):
                    break

    def least(self, start: int, end: int) -> float:
        return min(self.confidences[start:end], default=1.0)

    def is_doubted(self, start: int, end: int) -> bool:
        return not self.confidences or self.least(start, end) < SURE_WORD


class SiteWords:
    """One site's corrections, in every language it speaks."""

    def __init__(self, terms: Mapping[str, Terms]) -> None:
        """terms: by language, ISO 639-1; a language without any is left as heard."""
        sounds = load_sounds()
        file = Path(__file__).parent / "site_words.yaml"
        sections = yaml.safe_load(file.read_text("utf-8"))
        self._languages = {
            language: _Language(sounds[language], sections[language], of_site)
            for language, of_site in terms.items()
            if language in sections
        }

    def correct(
        self, text: str, language: str, word_confidences: Sequence[float] = ()
    ) -> Corrected:
        """Return the text with site words and hazards put right.

        word_confidences: the probability of each word of the text, as a Transcript has them;
        words the recogniser was sure of stay.
        """
        of_language = self._languages.get(language)
        return of_language.correct(text, word_confidences) if of_language else Corrected(text)


class _Language:
    def __init__(self, sounds: Sounds, section: Mapping[str, Any], terms: Terms) -> None:
        self._sounds = sounds
        self._articles = set(section["articles"])
        self._before_place = {tuple(words.split()) for words in section["before_place"]}
        self._zone_words = set(section["zone_words"])
        self._denials = set(section["denials"])
        zones = [(name, "zones", zone) for zone, names in terms.zones.items() for name in names]
        things = [(self._bare(name), self._group(name), name) for name in terms.things]
        hazards = [(text, text, text) for text in section["hazards"]]
        self._targets = [
            target
            for kind, found in (("zone", zones), ("term", things), ("hazard", hazards))
            for target in self._as_targets(kind, found)
        ]
        everyday = [tuple(words.split()) for words in section["everyday"]]
        self._known = {*everyday, *(target.words for target in self._targets)}
        self._keys = [coarse(target.sounds) for target in self._targets]

    def _as_targets(self, kind: str, found: Iterable[tuple[str, str, str]]) -> Iterator[_Target]:
        for text, group, member in found:
            sounds = self._sounds.of(text)
            if len(sounds) >= FEWEST_SOUNDS:
                words = self._normal(text.split())
                yield _Target(text, sounds, words, kind, group, member)

    def _bare(self, name: str) -> str:
        first, _, rest = name.partition(" ")
        return rest if first.lower() in self._articles and rest else name

    def _group(self, name: str) -> str:
        """What is told apart by a number alone: valves, presses."""
        return re.sub(r"\d+", "#", self._bare(name).lower())

    def _normal(self, words: Iterable[str]) -> tuple[str, ...]:
        """The words as they are compared: numbers alike whether written or spelt."""
        return tuple(self._sounds.number(word.lower()) or word.lower() for word in words)

    def correct(self, text: str, confidences: Sequence[float]) -> Corrected:
        words = text.split()
        cores = self._normal(_CORE.sub("", word) for word in words)
        heard = _Heard(words, cores, confidences if len(confidences) == len(words) else ())
        taken, is_zone_doubted = self._as_heard(heard)
        matches, is_between_zones = self._matches(heard, taken)
        changes = [_replace(words, match) for match in sorted(matches, key=lambda one: -one.start)]
        is_guessed = any(match.target.kind == "zone" for match in matches)
        return Corrected(
            " ".join(words),
            tuple(reversed(changes)),
            is_zone_doubted or is_between_zones or is_guessed,
        )

    def _as_heard(self, heard: "_Heard") -> tuple[set[int], bool]:
        """Return the places that stay as they are, and whether a zone among them is in doubt."""
        taken: set[int] = set()
        is_doubtful = False
        for start, end in heard.windows:
            window = heard.cores[start:end]
            is_zone = self._is_zone(window)
            if is_zone or window in self._known:
                taken.update(range(start, end))
            is_doubtful |= is_zone and heard.least(start, end) < SURE_ZONE
        return taken, is_doubtful

    def _is_zone(self, window: Sequence[str]) -> bool:
        """A zone word and one letter or number: a zone, even if not of this site."""
        return (
            len(window) == 2
            and window[0] in self._zone_words
            and (len(window[1]) == 1 or window[1].isdecimal())
        )

    def _matches(self, heard: "_Heard", taken: set[int]) -> tuple[list[_Match], bool]:
        windows = [
            (start, end)
            for start, end in heard.windows
            if heard.is_doubted(start, end) and not taken & set(range(start, end))
        ]
        found: list[_Match] = []
        is_between_zones = False
        for near in self._near(heard, windows):
            best, *others = sorted(near, key=lambda one: one.cost)
            rivals = (one for one in others if one.target.group == best.target.group)
            rival = next((one for one in rivals if one.target.member != best.target.member), None)
            if rival and rival.cost - best.cost < MARGIN:
                is_between_zones |= best.target.kind == "zone"
            else:
                found.append(best)
        return _apart(found), is_between_zones

    def _near(self, heard: "_Heard", windows: Sequence[tuple[int, int]]) -> Iterator[list[_Match]]:
        """Yield, of each window that is like any target, the targets it may be."""
        sounds = [self._sounds.of(" ".join(heard.cores[start:end])) for start, end in windows]
        keys = [coarse(one) for one in sounds]
        likeness = cdist(
            keys, self._keys, scorer=Levenshtein.normalized_distance, score_cutoff=COARSE_LIMIT
        )
        for window, sound, of_window in zip(windows, sounds, likeness, strict=True):
            matches = [
                _Match(*window, target, cost)
                for at in np.flatnonzero(of_window <= COARSE_LIMIT)
                for target in (self._targets[at],)
                for cost in (distance(sound, target.sounds) / len(target.sounds),)
                if cost <= self._limit(target, heard, *window)
            ]
            if matches:
                yield matches

    def _limit(self, target: _Target, heard: "_Heard", start: int, end: int) -> float:
        """Return the cost up to which a window is the target; below 0 where it is to stay."""
        if target.kind == "zone" and not self._is_place(heard.cores[:start]):
            return STAYS
        if self._denials & set(heard.cores[start:end]) != self._denials & set(target.words):
            return STAYS
        ahead, behind = _shared(heard.cores[start:end], target.words)
        changed = range(start + ahead, end - behind)
        meant = target.words[ahead : len(target.words) - behind]
        if not changed or not meant:
            return STAYS
        sounds, wanted = (
            self._sounds.of(" ".join(words))
            for words in (heard.cores[changed.start : changed.stop], meant)
        )
        if distance(sounds, wanted) > CHANGED_LIMIT * min(len(sounds), len(wanted)):
            return STAYS
        if _is_same_word(heard.cores[changed.start], meant[0]):
            return STAYS
        if not heard.confidences:
            return BLIND_LIMIT if len(target.sounds) >= BLIND_SOUNDS else SAME_SOUND
        is_single = target.kind != "zone" and (len(target.words) == 1 or end - start == 1)
        sure = SURE_SINGLE if is_single else SURE_WORD
        if heard.least(changed.start, changed.stop) >= sure:
            return STAYS
        return SINGLE_LIMIT if is_single else LIMITS[target.kind]

    def _is_place(self, before: Sequence[str]) -> bool:
        """Something that leads to a place stands before, or nothing does."""
        if before and before[-1] in self._articles:
            before = before[:-1]
        return not before or any(
            tuple(before[-len(words) :]) == words for words in self._before_place
        )


def _shared(heard: Sequence[str], meant: Sequence[str]) -> tuple[int, int]:
    """Return how many words are the same at the beginning and at the end."""
    shortest = min(len(heard), len(meant))
    ahead = next((at for at in range(shortest) if heard[at] != meant[at]), shortest)
    rest = shortest - ahead
    behind = next((at for at in range(rest) if heard[-1 - at] != meant[-1 - at]), rest)
    return ahead, behind


def _is_same_word(one: str, other: str) -> bool:
    return one[:SAME_WORD] == other[:SAME_WORD] and min(len(one), len(other)) >= SAME_WORD


def _apart(matches: Sequence[_Match]) -> list[_Match]:
    """Keep the nearest of those that overlap; of equally near ones, the longer."""
    kept: list[_Match] = []
    for match in sorted(matches, key=lambda one: (one.cost, one.start - one.end)):
        if all(match.end <= other.start or match.start >= other.end for other in kept):
            kept.append(match)
    return kept


def _replace(words: list[str], match: _Match) -> Change:
    """Write the target over the window, with the capital and the stop the window had."""
    heard = words[match.start : match.end]
    meant = match.target.text
    if heard[0][:1].isupper():
        meant = meant[:1].upper() + meant[1:]
    stop = re.search(r"\W*$", heard[-1])
    words[match.start : match.end] = [meant + (stop.group() if stop else "")]
    return Change(" ".join(heard), meant)
