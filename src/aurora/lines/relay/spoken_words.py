"""Find the words that Twilio says it has spoken in the lines it was given; never touches a line.

A place is how many lines were spoken to their end, and how many letters of the next.
"""

import re
import unicodedata
from collections.abc import Sequence

Place = tuple[int, int]


def place_of(words: str, lines: Sequence[str], letters: int = 0) -> Place | None:
    """Return where a reported clause ends, or None for one that was cut off before these lines.

    letters: of the first line that were reported before. Clauses come in their order; where one
    was reported otherwise than it was given, a later line's beginning tells that those before it
    were spoken.
    """
    texts, spoken = [folded(line) for line in lines], folded(words)
    if not spoken:
        return None
    if texts and "".join(texts).startswith(spoken, letters):
        return _place(texts, letters + len(spoken))
    for number in range(1, len(texts)):
        if "".join(texts[number:]).startswith(spoken):
            before = sum(len(text) for text in texts[:number])
            return _place(texts, before + len(spoken))
    return None


def place_of_end(heard: str, lines: Sequence[str], letters: int = 0) -> Place:
    """Return where all that was spoken ends; it may begin before these lines, or at any of them.

    letters: of the first line that are known to have been spoken.
    """
    texts, spoken = [folded(line) for line in lines], folded(heard)
    reached, longest = letters, 0
    for number in range(len(texts)):
        rest, before = "".join(texts[number:]), sum(len(text) for text in texts[:number])
        length = _overlap(spoken, rest)
        # What was said before these lines is said before the first of them.
        is_possible = number == 0 or length == len(spoken)
        if is_possible and length > longest:
            reached, longest = max(letters, before + length), length
    return _place(texts, reached)


def folded(text: str) -> str:
    """Return letters and digits alone: what a voice reports differs in everything else."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", text).lower())


def _overlap(spoken: str, rest: str) -> int:
    """Return how many of the last letters spoken are the first of the rest."""
    most = min(len(spoken), len(rest))
    return next((n for n in range(most, 0, -1) if spoken.endswith(rest[:n])), 0)


def _place(texts: Sequence[str], letters: int) -> Place:
    lines = 0
    while lines < len(texts) and letters >= len(texts[lines]):
        letters -= len(texts[lines])
        lines += 1
    return lines, letters if lines < len(texts) else 0
