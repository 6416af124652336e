"""Find what is new in a turn of which some words were taken already; a recogniser may revise."""

from rapidfuzz import fuzz

from aurora.guidance.spoken import fold

SAME_WORDS = 85.0
"""Percent (rapidfuzz ratio) from which a beginning counts as the words that were taken."""
REVISED_BY = 2
"""Words by which a revised beginning may be longer or shorter: "I am at" becomes "I'm at"."""


def new_in(words: str, taken: str) -> str:
    """Return the words behind those that were taken, or all where they do not begin with them."""
    tokens, known = words.split(), fold(taken)
    if not known:
        return words
    count = len(taken.split())
    lengths = range(max(1, count - REVISED_BY), min(len(tokens), count + REVISED_BY) + 1)
    # Of beginnings that are as much like it the shorter is taken, so that no word is lost.
    best = max(lengths, key=lambda n: (_likeness(tokens[:n], known), -n), default=0)
    is_begun_so = best > 0 and _likeness(tokens[:best], known) >= SAME_WORDS
    return " ".join(tokens[best:]) if is_begun_so else words


def _likeness(tokens: list[str], known: str) -> float:
    return fuzz.ratio(fold(" ".join(tokens)), known)
