"""Tell Aurora's own voice, picked up by the caller's telephone, from the caller's words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from aurora.guidance.spoken import fold

SAME_SENTENCE = 88.0
"""Percent (rapidfuzz ratio) from which a transcript counts as the sentence that was spoken."""
LONGEST_ECHO = 1.3
"""Of the sentence's length: what is longer is not alike any more."""
SAME_WORD = 70.0
SHORTEST_FUZZY_CHARS = 4
SHORTEST_ECHO_WORDS = 4

_SENTENCE_ENDS = re.compile(r"[.!?]+\s+")
_ANSWER = re.compile(
    "yes|yeah|no|not|never|si|nunca|oui|non|pas|jamais|ja|nein|nicht|kein|keine|niemand"
)
"""Words that turn what was asked into what was answered."""


def without_greeting(words: str, said: Sequence[str]) -> str:
    """Return the caller's own words: "" when they only repeat the first thing Aurora said.

    said: folded sentences spoken in this call, oldest first. Only the greeting is taken out: later
    sentences are instructions, and a caller who repeats one has something to say.
    """
    greeting = said[0].split() if said else []
    tokens = words.split()
    if len(greeting) < SHORTEST_ECHO_WORDS or len(tokens) < SHORTEST_ECHO_WORDS:
        return words
    folded = fold(words)
    if fuzz.ratio(folded, " ".join(greeting)) >= SAME_SENTENCE:
        return ""
    if folded in " ".join(greeting):
        return ""
    head = " ".join(folded.split()[: len(greeting)])
    if fuzz.ratio(head, " ".join(greeting)) >= SAME_SENTENCE:
        return " ".join(tokens[len(greeting) :])
    return words


def own_words(words: str, sentences: Iterable[str], *, is_partial: bool = False) -> str:
    """Return what the caller said of words that were heard while these sentences were played.

    A loudspeaker beside the telephone brings back what lies within a sentence, or its end before
    the caller's own words; who repeats a question and then answers it loses only the question.
    is_partial: more is to come, so that few words may be the start of an echo; as a whole they are
    the caller's own.
    """
    played = [_played(text) for text in sentences]
    if not played:
        return words
    tokens = words.split()
    folded = fold(words).split()
    if len(folded) != len(tokens):  # "what's" is two words once folded
        folded = [fold(token) for token in tokens]
    own = 0
    while heard := folded[own:]:
        said = " ".join(heard)
        if any(_lies_within(said, one, is_partial=is_partial) for one in played):
            return ""
        echoed = max(_echoed_head(heard, one) for one in played)
        if echoed == 0:
            break
        own += echoed
    return " ".join(tokens[own:])


@dataclass(frozen=True, slots=True)
class _Played:
    words: tuple[str, ...]
    text: str
    starts: frozenset[int]
    """Of its sentences, counted in words."""


@lru_cache(maxsize=256)
def _played(text: str) -> _Played:
    words: list[str] = []
    starts = set()
    for sentence in _SENTENCE_ENDS.split(text):
        starts.add(len(words))
        words += fold(sentence).split()
    return _Played(tuple(words), " ".join(words), frozenset(starts))


def _lies_within(said: str, played: _Played, *, is_partial: bool) -> bool:
    tokens, sentence, text = said.split(), played.words, played.text
    if len(tokens) < SHORTEST_ECHO_WORDS:
        return is_partial and f" {said} " in f" {text} "
    if len(said) > len(text) * LONGEST_ECHO:
        return False
    alike = fuzz.partial_ratio if len(said) <= len(text) else fuzz.ratio
    if alike(said, text, score_cutoff=SAME_SENTENCE) < SAME_SENTENCE or any(
        _ANSWER.fullmatch(token) and token not in sentence for token in tokens
    ):
        return False
    # A word is short beside a sentence: an answer before or behind it would pass unseen.
    is_cut = is_partial and any(word.startswith(tokens[-1]) for word in sentence)
    ends = tokens[:1] if is_cut else [tokens[0], tokens[-1]]
    return all(any(_is_like(token, word) for word in sentence) for token in ends)


def _echoed_head(folded: Sequence[str], played: _Played) -> int:
    """Return how many words are the end of what was played; the caller's own come behind them."""
    best = (SAME_SENTENCE, 0)
    for start in range(len(played.words)):
        end = played.words[start:]
        is_long = len(end) >= SHORTEST_ECHO_WORDS or (start in played.starts and len(end) > 1)
        if not is_long or not _is_like(folded[0], end[0]):
            continue
        for count in range(max(len(end) - 1, 1), min(len(end) + 2, len(folded))):
            score = fuzz.ratio(" ".join(folded[:count]), " ".join(end))
            if _is_like(folded[count - 1], end[-1]):
                best = max(best, (score, count), key=lambda one: (one[0], -one[1]))
    return best[1]


def _is_like(heard: str, spoken: str) -> bool:
    if len(spoken) < SHORTEST_FUZZY_CHARS:
        return heard == spoken
    return fuzz.ratio(heard, spoken) >= SAME_WORD
