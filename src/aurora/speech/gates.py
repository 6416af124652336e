"""Refuse a transcript that no one said: silence, guesses, loops; changes no words."""

import re
from collections import Counter
from itertools import pairwise

NO_SPEECH = 0.6
"""Probability over which nothing was said: speech stayed under 0.26 when measured."""
LEAST_SURE = -0.7
"""Average log probability of a token under which the caller is asked to repeat."""
MOST_REPEATS = 3
WORDS_A_SECOND = 5.5
"""Nobody in distress says more; with a start of a few words, for a cut-off recording."""
SPARE_WORDS = 4

_INVENTED = re.compile(
    r"^(?:you|i|oh|uh|um|so|bye|thank you(?: (?:very|so) much)?|thanks for watching.*"
    r"|please subscribe.*|subt[ií]tulos.*|sous-titr.*|untertitel.*|gracias por ver.*"
    r"|vielen dank fürs zuschauen|merci d'avoir regardé.*|amara.*|[\W\d]*)$"
)
_WORDS = re.compile(r"[\w']+")


def why_refused(text: str, *, seconds: float, confidence: float, no_speech: float) -> str | None:
    """Return why a transcript is not to be believed, as a stable word, or None."""
    bare = " ".join(_WORDS.findall(text.lower()))
    if no_speech > NO_SPEECH:
        return "no_speech"
    if _INVENTED.match(bare):
        return "nothing_said"
    if _is_loop(bare.split(), seconds):
        return "loop"
    return "unsure" if confidence < LEAST_SURE else None


def _is_loop(words: list[str], seconds: float) -> bool:
    if len(words) > WORDS_A_SECOND * seconds + SPARE_WORDS:
        return True
    return any(times > MOST_REPEATS for times in Counter(pairwise(words)).values())
