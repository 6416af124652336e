"""Put back a site's own words and hazards where a recogniser broke them; never judges urgency."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from aurora.speech.sounds import coarse, distance
from aurora.speech.vocabulary import ZONES, Target, Terms, Vocabulary, load_vocabularies

__all__ = ["Change", "Corrected", "SiteWords", "Terms"]

LONGEST = 6
"""Words of a window."""
SURE_WORD = 0.8
"""Probability from which a word stands as it was heard."""
SURE_SINGLE = 0.5
"""The same where one word alone would become another: less around it speaks for the change."""
SURE_BESIDE = 0.95
"""Probability from which a word becomes no other, whatever doubt there is about those beside it:
"he's on the floor" is not "is on fire floor"."""
SURE_ZONE = 0.5
"""The same of a zone's letter or number; under it the zone is read back."""
SURE_ALIKE_ZONE = 0.6
"""The same of the whole of "zone B", where there is a zone D."""
LIMITS = {"zone": 0.30, "alias": 0.20, "term": 0.20, "hazard": 0.20}
"""Cost a sound (`sounds.distance`) up to which a doubted window is the target."""
SINGLE_LIMIT = 0.15
CHANGED_LIMIT = 0.40
"""The same over the words that differ alone: what is right around them does not make them alike."""
BLIND_LIMIT = 0.10
BLIND_SOUNDS = 10
SAME_SOUND = 0.05
"""Where the recogniser did not say how sure it was of its words, a long phrase may be put right,
and of a short one the spelling."""
MARGIN = 0.4
"""Sounds by which the nearest of several zones, valves or doors must lead, or none is chosen."""
SAME_WORD = 4
"""Letters two words begin with to be forms of one: "solvent" and "solvents" both stay."""
COARSE_LIMIT = 0.34
"""Share of a coarse key that may differ before the finer comparison is worth its time."""
STAYS = -1.0

_AROUND_WORD = re.compile(r"^\W+|\W+$")
_ENDS_CLAUSE = re.compile(r"[.,;:?!]$")


@dataclass(frozen=True, slots=True)
class Change:
    heard: str
    meant: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A transcript as it was most likely said."""

    text: str
    changes: tuple[Change, ...] = ()
    has_doubtful_zone: bool = False
    """A zone was guessed, or heard unsurely, or sounds like two: read it back."""


class SiteWords:
    """One site's corrections, in every language it speaks."""

    def __init__(self, terms: Mapping[str, Terms]) -> None:
        """terms: by language, ISO 639-1; a language without any is left as heard."""
        self._vocabularies = load_vocabularies(terms)

    def correct(
        self, text: str, language: str, word_confidences: Sequence[float] = ()
    ) -> Corrected:
        """Return the text with site words and hazards put right.

        word_confidences: the probability of each word of the text, as a Transcript has them;
        words the recogniser was sure of stay.
        """
        vocabulary = self._vocabularies.get(language)
        if vocabulary is None:
            return Corrected(text)
        words = text.split()
        plain = vocabulary.plain(_AROUND_WORD.sub("", word) for word in words)
        confidences = word_confidences if len(word_confidences) == len(words) else ()
        return _Reading(vocabulary, words, plain, confidences).corrected()


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of words within one clause."""

    start: int
    end: int

    def overlaps(self, other: "_Window") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class _Match:
    window: _Window
    target: Target
    cost: float
    """A sound of the target."""

    @property
    def sounds_off(self) -> float:
        return self.cost * len(self.target.sounds)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One transcript under correction."""

    vocabulary: Vocabulary
    words: list[str]
    plain: tuple[str, ...]
    confidences: Sequence[float]
    """Empty when the recogniser gave none."""

    def corrected(self) -> Corrected:
        known = [one for one in self._windows() if self.vocabulary.is_known(self._of(one))]
        unsure = [one for one in known if self._is_unsure_zone(one)]
        free = [
            one
            for one in self._windows()
            if self._is_doubted(one) and not any(one.overlaps(other) for other in known)
        ]
        matches, is_between_zones = self._chosen(free)
        words = list(self.words)
        changes = [_replace(words, one) for one in sorted(matches, key=lambda m: -m.window.start)]
        is_guessed = any(one.target.group == ZONES for one in matches)
        return Corrected(
            " ".join(words),
            tuple(reversed(changes)),
            has_doubtful_zone=is_guessed or is_between_zones or bool(unsure),
        )

    def _windows(self) -> Iterator[_Window]:
        for start in range(len(self.words)):
            for end in range(start + 1, min(start + LONGEST, len(self.words)) + 1):
                yield _Window(start, end)
                if self._ends_clause(_Window(start, end)):
                    break

    def _ends_clause(self, window: _Window) -> bool:
        is_last = window.end == len(self.words)
        return is_last or _ENDS_CLAUSE.search(self.words[window.end - 1]) is not None

    def _of(self, window: _Window) -> tuple[str, ...]:
        return self.plain[window.start : window.end]

    def _least_sure(self, window: _Window) -> float:
        return min(self.confidences[window.start : window.end], default=1.0)

    def _is_doubted(self, window: _Window) -> bool:
        return not self.confidences or self._least_sure(window) < SURE_WORD

    def _is_unsure_zone(self, window: _Window) -> bool:
        zone = self._of(window)
        if not self.vocabulary.is_zone(zone):
            return False
        if self.vocabulary.sounds_like_another(zone):
            return self._least_sure(window) < SURE_ALIKE_ZONE
        return self._least_sure(_Window(window.end - 1, window.end)) < SURE_ZONE

    def _chosen(self, windows: Sequence[_Window]) -> tuple[list[_Match], bool]:
        """Return what to put in, and whether a zone was left because it sounds like two."""
        found: list[_Match] = []
        is_between_zones = False
        for near in self._near(windows):
            fitting = [one for one in near if self._fits(one)]
            if not fitting:
                continue
            best = min(fitting, key=lambda one: one.cost)
            if any(_is_rival(best, other) for other in near):
                is_between_zones |= best.target.group == ZONES
            else:
                found.append(best)
        return _apart(found), is_between_zones

    def _near(self, windows: Sequence[_Window]) -> Iterator[list[_Match]]:
        """Yield, of each window, the targets that sound like it."""
        if not windows:
            return
        vocabulary = self.vocabulary
        sounds = [self._sounds(self._of(window)) for window in windows]
        likeness = cdist(
            [coarse(one) for one in sounds],
            vocabulary.keys,
            scorer=Levenshtein.normalized_distance,
            score_cutoff=COARSE_LIMIT,
        )
        for window, sound, of_window in zip(windows, sounds, likeness, strict=True):
            targets = [vocabulary.targets[at] for at in np.flatnonzero(of_window <= COARSE_LIMIT)]
            yield [
                _Match(window, target, distance(sound, target.sounds) / len(target.sounds))
                for target in targets
            ]

    def _fits(self, match: _Match) -> bool:
        return match.cost <= self._limit(match.window, match.target) and not self._is_loose(match)

    def _limit(self, window: _Window, target: Target) -> float:
        """Return the cost up to which a window is the target; below 0 where it is to stay."""
        heard, denials = self._of(window), self.vocabulary.denials
        if denials.intersection(heard) != denials.intersection(target.words):
            return STAYS
        if self._loses_number(window, target):
            return STAYS
        if target.kind == "zone" and not self._may_be_place(window):
            return STAYS
        after = self.plain[window.end : window.end + 1]
        if self.vocabulary.lacks_place(target.words, after):
            return STAYS
        ahead, behind = _shared(heard, target.words)
        changed = _Window(window.start + ahead, window.end - behind)
        meant = target.words[ahead : len(target.words) - behind]
        if not self._sounds_alike(self._of(changed), meant) or self._is_heard(changed, meant):
            return STAYS
        if not self.confidences:
            return BLIND_LIMIT if len(target.sounds) >= BLIND_SOUNDS else SAME_SOUND
        is_single = target.kind != "zone" and 1 in (len(heard), len(target.words))
        if self._least_sure(changed) >= (SURE_SINGLE if is_single else SURE_WORD):
            return STAYS
        return SINGLE_LIMIT if is_single else LIMITS[target.kind]

    def _is_heard(self, changed: _Window, meant: Sequence[str]) -> bool:
        """Whether, word for word, one that was surely heard would become another."""
        heard, sure = self._of(changed), self.confidences[changed.start : changed.end]
        return len(heard) == len(meant) and any(
            word != other and chance >= SURE_BESIDE
            for word, other, chance in zip(heard, meant, sure, strict=False)
        )

    def _loses_number(self, window: _Window, target: Target) -> bool:
        """Whether a number would be gone. One that is written out may be another word of a hazard:
        "hay uno" is smoke misheard; nothing is numbered there, as a valve is."""
        for at in range(window.start, window.end):
            word = self.plain[at]
            is_written_out = not any(letter.isdecimal() for letter in self.words[at])
            is_another_word = is_written_out and target.kind == "hazard"
            if word.isdecimal() and word not in target.numbers and not is_another_word:
                return True
        return False

    def _sounds_alike(self, heard: Sequence[str], meant: Sequence[str]) -> bool:
        """Whether the words that differ could be each other; never where only words are added."""
        if not heard or not meant or heard[0][:SAME_WORD] == meant[0][:SAME_WORD]:
            return False
        sounds, wanted = self._sounds(heard), self._sounds(meant)
        return distance(sounds, wanted) <= CHANGED_LIMIT * min(len(sounds), len(wanted))

    def _is_loose(self, match: _Match) -> bool:
        """Whether the window without its first or last word would fit as well."""
        heard, sounds = self._of(match.window), match.target.sounds
        return len(heard) > 1 and any(
            distance(self._sounds(rest), sounds) <= match.sounds_off
            for rest in (heard[1:], heard[:-1])
        )

    def _may_be_place(self, window: _Window) -> bool:
        """A place is led to, or is all that was said; "of" is a letter only where it ends."""
        if not self._ends_clause(window) and self.vocabulary.is_weak(self.plain[window.end - 1]):
            return False
        is_all = window.start == 0 and window.end == len(self.words)
        return is_all or self.vocabulary.leads_to_place(self.plain[: window.start])

    def _sounds(self, words: Sequence[str]) -> str:
        return self.vocabulary.sounds.of(" ".join(words))


def _shared(heard: Sequence[str], meant: Sequence[str]) -> tuple[int, int]:
    """Return how many words are the same at the beginning and at the end."""
    shortest = min(len(heard), len(meant))
    ahead = next((at for at in range(shortest) if heard[at] != meant[at]), shortest)
    rest = shortest - ahead
    behind = next((at for at in range(rest) if heard[-1 - at] != meant[-1 - at]), rest)
    return ahead, behind


def _is_rival(best: _Match, other: _Match) -> bool:
    """Another of its group sounds nearly as much like it: neither is put in."""
    return (
        other.target.group == best.target.group
        and other.target.member != best.target.member
        and other.sounds_off - best.sounds_off < MARGIN
    )


def _apart(matches: Sequence[_Match]) -> list[_Match]:
    """Keep the nearest of those that overlap; of equally near ones, the longer."""
    kept: list[_Match] = []
    for match in sorted(matches, key=lambda one: (one.cost, one.window.start - one.window.end)):
        if not any(match.window.overlaps(other.window) for other in kept):
            kept.append(match)
    return kept


def _replace(words: list[str], match: _Match) -> Change:
    """Write the target over the window, with the capital and the stop the window had."""
    place = slice(match.window.start, match.window.end)
    heard, meant = words[place], match.target.text
    if heard[0][:1].isupper():
        meant = meant[:1].upper() + meant[1:]
    stop = re.search(r"\W*$", heard[-1])
    words[place] = [meant + (stop.group() if stop else "")]
    return Change(" ".join(heard), meant)
