"""Find what is new in a turn of which some words were taken already; a recogniser may revise."""

import re

from aurora.guidance.spoken import fold

_SPELT_OUT = tuple(
    (re.compile(contraction), spelt)
    for contraction, spelt in (
        (r"\b(?:cannot|can t)\b", "can not"),
        (r"\bwon t\b", "will not"),
        (r"n t\b", " not"),
        (r"\bi m\b", "i am"),
        (r"\b(he|she|it|that|there|here|what|where|who) s\b", r"\1 is"),
        (r"\b(we|you|they) re\b", r"\1 are"),
        (r"\b(i|we|you|they) ve\b", r"\1 have"),
        (r"\b(i|he|she|it|we|you|they) ll\b", r"\1 will"),
    )
)
"""Of folded words: what a recogniser writes either way, within one turn."""


def new_in(words: str, taken: str) -> str:
    """Return the words behind those that were taken, or all where they do not begin with them.

    Word for word: one "not" more, and what was taken is no part of what was said.
    """
    known, read = _words_of(taken), list[str]()
    tokens = [token for token in words.split() if fold(token)]
    for count, token in enumerate(tokens, 1):
        read += _words_of(token)
        if len(read) >= len(known):
            return " ".join(tokens[count:]) if read == known else words
    return words


def _words_of(text: str) -> list[str]:
    folded = fold(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    for contraction, spelt in _SPELT_OUT:
        folded = contraction.sub(spelt, folded)
    return folded.split()
