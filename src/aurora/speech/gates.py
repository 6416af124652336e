"""Refuse a transcript that no one said: silence, guesses, loops; changes no words.

Words that may be somebody's are never refused in silence: what is not believed of them is asked
about again.
"""

import re

NO_SPEECH = 0.6
"""Probability over which nothing was said: noise began at 0.65, speech was at 0.62 at most."""
HARDLY_SURE = -1.0
"""Average log probability of a token: all noise of which words were made stayed under it, save
for those that `_OUT_OF_NOTHING` names."""
LEAST_SURE = -0.7
"""Under it the caller is asked to repeat."""
SURE = -0.55
"""From it on, words are likely those that were said."""
WORDS_A_SECOND = 5.5
"""Nobody in distress says more; with a start of a few words, for a cut-off recording."""
SPARE_WORDS = 4

UNSURE = "unsure"
"""Words came, and who knows whether they are those that were said."""
LOOP = "loop"
"""More words than can have been said in the time."""
SPOKEN = frozenset({UNSURE, LOOP})
"""Why a transcript is refused where somebody did speak: they are asked to repeat."""

# Whisper learned these from the ends of films.
_INVENTED = re.compile(
    r"^(?:you|i|oh|uh|um|so|thanks for watching.*"
    r"|please subscribe.*|subt[ií]tulos.*|sous-titr.*|untertitel.*|gracias por ver.*"
    r"|vielen dank fürs zuschauen|merci d'avoir regardé.*|amara.*|[\W_]*)$"
)
_OUT_OF_NOTHING = re.compile(r"^(?:bye|thank you(?: (?:very|so) much)?)$")
"""Written for noise, and said by callers as well."""
_WORDS = re.compile(r"[\w']+")


def why_refused(text: str, *, seconds: float, confidence: float, no_speech: float) -> str | None:
    """Return why a transcript is not to be believed, as a stable word, or None.

    seconds: of sound. confidence: average log probability of a token. no_speech: probability.
    """
    words = _WORDS.findall(text.lower())
    bare = " ".join(words)
    is_from_noise = no_speech > NO_SPEECH
    is_likely_none = not words or confidence < HARDLY_SURE or _OUT_OF_NOTHING.match(bare)
    if is_from_noise and is_likely_none:
        return "no_speech"
    if _INVENTED.match(bare) or (_OUT_OF_NOTHING.match(bare) and confidence < SURE):
        return "nothing_said"
    # Who cries the same words again and again says them as fast as anybody can, no faster.
    if len(words) > WORDS_A_SECOND * seconds + SPARE_WORDS:
        return LOOP
    return UNSURE if is_from_noise or confidence < LEAST_SURE else None
