"""Find the passages that speak of what was asked: BM25 over stemmed words, titles weighted."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aurora.guidance.handbook.passage import Passage
from aurora.guidance.handbook.words import Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SATURATION = 1.2
LENGTH_WEIGHT = 0.6
"""k1 and b of BM25; passages are cut to like lengths, so length says little."""
HEADING_WEIGHT = 3.0
TITLE_WEIGHT = 2.0
"""A word of the heading counts as so many in the text."""
ASKED_WEIGHT = 2.0
FITTING_HEADING = 3.0
"""What a heading adds of which every word was asked for; one about something else adds less."""
ASKING_HEADING = 3.0
"""What a heading adds that asks for the same figure: "How often they are tested"."""
FIGURE_SHARE = 1.5
"""How much of a question its "how often" is, beside its words (0.5 to 2.3 each)."""
KIND_WEIGHT = 0.6
"""What is said of machines holds for a mixer, though less than what is said of the mixer."""
ENOUGH_COVERED = 0.55
"""Of what was asked, by weight of its words, so much must be in the passage; else no answer."""
UNKNOWN_SHARE = 1.6
"""Of a word no passage has: less than a rare one's, for most such words are by the way."""
FEWEST_HITS = 2
TELLING = 2.3
"""One word alone, of several asked, must be as rare as this and stand in the heading."""
CLOSE_IN_MEANING = 0.6
"""Cosine from which a passage may answer without the words of the question."""
FUSED = 60
"""The usual constant of reciprocal rank fusion."""
CANDIDATES = 20


class Meaning(Protocol):
    """Sentences as points: near ones mean the same."""

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return one unit row a text."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that answers, and how well."""

    passage: Passage
    score: float


class Index:
    """The passages of one language, ready to be searched."""

    def __init__(
        self, passages: Iterable[Passage], words: Words, meaning: Meaning | None = None
    ) -> None:
        self.passages = tuple(passages)
        self.words = words
        self._meaning = meaning
        self._postings: dict[str, dict[int, float]] = defaultdict(dict)
        self._headings = [frozenset(words.terms(p.heading)) for p in self.passages]
        self._figures = [words.figure_asked(p.heading) for p in self.passages]
        lengths = [self._enter(number, passage) for number, passage in enumerate(self.passages)]
        mean = sum(lengths) / len(lengths) if lengths else 1.0
        self._norms = [
            SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length / mean) for length in lengths
        ]
        texts = [f"{p.document}. {p.heading}. {p.text}" for p in self.passages]
        self._vectors = meaning.vectors(texts) if meaning and texts else None

    def search(self, question: str, limit: int = 3) -> list[Found]:
        """Return the passages that cover enough of the question, best first."""
        terms = list(dict.fromkeys(self.words.terms(question)))
        by_words = self._by_words(terms, self.words.figure_asked(question))
        by_meaning = self._by_meaning(question)
        if not by_meaning:
            return [Found(self.passages[n], score) for n, score in by_words[:limit]]
        fused: Counter[int] = Counter()
        for ranking in (by_words, by_meaning):
            for rank, (number, _) in enumerate(ranking[:CANDIDATES], start=1):
                fused[number] += 1 / (FUSED + rank)  # type: ignore[assignment]
        return [Found(self.passages[n], score) for n, score in fused.most_common(limit)]

    def weight(self, term: str) -> float:
        """How much a term tells: the rarer the more; one no passage has the most."""
        count = len(self._postings.get(term, ()))
        return math.log1p((len(self.passages) - count + 0.5) / (count + 0.5))

    def _enter(self, number: int, passage: Passage) -> float:
        counts: Counter[str] = Counter(self.words.terms(passage.text))
        length = float(counts.total())
        weights = {term: float(count) for term, count in counts.items()}
        for text, weight in (
            (passage.heading, HEADING_WEIGHT),
            (passage.document, TITLE_WEIGHT),
            (passage.asked, ASKED_WEIGHT),
        ):
            for term in set(self.words.terms(text)):
                weights[term] = weights.get(term, 0.0) + weight
        for term, frequency in weights.items():
            self._postings[term][number] = frequency
        return length

    def _by_words(self, terms: Sequence[str], figure: str | None) -> list[tuple[int, float]]:
        scores: dict[int, float] = defaultdict(float)
        covered: dict[int, float] = defaultdict(float)
        hits: Counter[int] = Counter()
        asked = 0.0
        for term in terms:
            # The root: a rare word tells much of the passage, but it is one word of the question.
            share = math.sqrt(self.weight(term))
            matches = self._matches(term)
            asked += share if matches else UNKNOWN_SHARE
            for number, (score, part) in matches.items():
                scores[number] += score
                covered[number] += part * share
                hits[number] += 1
        kept = []
        for number, score in scores.items():
            asks_the_same = figure is not None and figure == self._figures[number]
            extra = FIGURE_SHARE if asks_the_same else 0.0
            coverage = (covered[number] + extra) / (asked + extra)
            if coverage >= ENOUGH_COVERED and not self._is_by_chance(number, hits[number], terms):
                fit = self._heading_fit(number, terms)
                if asks_the_same:
                    fit += ASKING_HEADING
                elif self._figures[number]:
                    fit -= ASKING_HEADING
                kept.append((number, coverage * (score + fit)))
        return sorted(kept, key=lambda found: (-found[1], found[0]))

    def _is_by_chance(self, number: int, hits: int, terms: Sequence[str]) -> bool:
        if hits >= min(FEWEST_HITS, len(terms)):
            return False
        return not any(t in self._headings[number] and self.weight(t) >= TELLING for t in terms)

    def _matches(self, term: str) -> dict[int, tuple[float, float]]:
        """Score and part covered, by passage, of those with the term or its kind."""
        matches: dict[int, tuple[float, float]] = {}
        kind = self.words.kinds.get(term)
        for name, part in ((kind, KIND_WEIGHT), (term, 1.0)):
            if name is None:
                continue
            weight = part * self.weight(name)
            for number, frequency in self._postings.get(name, {}).items():
                score = weight * frequency * (SATURATION + 1) / (frequency + self._norms[number])
                if score > matches.get(number, (0.0, 0.0))[0]:
                    matches[number] = score, part
        return matches

    def _heading_fit(self, number: int, terms: Sequence[str]) -> float:
        heading = self._headings[number]
        if not heading:
            return 0.0
        kinds = {self.words.kinds.get(term) for term in terms}
        asked = sum(self.weight(t) for t in heading if t in terms or t in kinds)
        return FITTING_HEADING * asked / sum(self.weight(t) for t in heading)

    def _by_meaning(self, question: str) -> list[tuple[int, float]]:
        if self._meaning is None or self._vectors is None:
            return []
        [asked] = self._meaning.vectors([question])
        closeness = (self._vectors @ asked).tolist()
        near = [(n, float(c)) for n, c in enumerate(closeness) if c >= CLOSE_IN_MEANING]
        return sorted(near, key=lambda found: (-found[1], found[0]))
