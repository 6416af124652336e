"""Tell Aurora's own voice, picked up by the caller's telephone, from the caller's words."""

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from aurora.guidance.spoken import fold

SAME_SENTENCE = 88.0
"""Percent (rapidfuzz ratio) from which a transcript counts as the sentence that was spoken."""
SHORTEST_ECHO_WORDS = 4


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


def repeats(words: str, sentences: Iterable[str], *, is_partial: bool = False) -> bool:
    """Whether words that were heard while these sentences were played are only their echo.

    A loudspeaker beside the telephone does that. is_partial: more is to come, so that few words
    may be the start of an echo; as a whole they are the caller's own.
    """
    folded = fold(words)
    if len(folded.split()) < SHORTEST_ECHO_WORDS:
        return is_partial and any(f" {folded} " in f" {fold(text)} " for text in sentences)
    return any(fuzz.partial_ratio(folded, fold(text)) >= SAME_SENTENCE for text in sentences)
