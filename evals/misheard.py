"""Compare what was recognised with what was said, and refuse what no dispatcher could use."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from evals.measures import Labelled

NO_SPEECH = 0.6
"""Over it the line itself would drop the text: silence gives "you" and "thank you"."""
MOST_WRONG = 0.5
"""Word error rate over which no listener was seen to find the sentence again."""
MOST_REPEATS = 3
LONGER_BY = 5
"""Words a transcript may have over twice what was said, before it is a loop."""

_GROUPED = re.compile(r"(?<=\d)[.,\u202f](?=\d{3}\b)")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_MARKS = re.compile(r"(?<!\w)'|'(?!\w)|[^\w\s']|_")
_INVENTED = re.compile(
    r"thank(?:s| you)(?: \w+)? for watching|subscribe|amara|subtitle|subtítulo|sous titr"
    r"|untertitel|gracias por ver|suscr[ií]b|abonne[zr]|merci d'avoir regardé"
    r"|für's zuschauen|fürs zuschauen|zdf|copyright|www "
)


def bare(text: str) -> str:
    """Lower case without punctuation, as a recogniser with nothing to add leaves it."""
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    return " ".join(_MARKS.sub(" ", _GROUPED.sub("", text)).split())


def word_errors(said: str, heard: str) -> float:
    """Return the word error rate of two bare texts."""
    wanted, got = said.split(), heard.split()
    row = list(range(len(got) + 1))
    for above, word in enumerate(wanted, 1):
        diagonal, row[0] = row[0], above
        for place, other in enumerate(got, 1):
            cheapest = min(row[place] + 1, row[place - 1] + 1, diagonal + (word != other))
            diagonal, row[place] = row[place], cheapest
    return row[-1] / max(len(wanted), 1)


def why_refused(said: str, heard: str, no_speech: float) -> str | None:
    """Say why a bare transcript is of no use, or None: whether its label holds is not judged."""
    if not heard:
        return "empty"
    if heard.replace("'", "") == said.replace("'", ""):
        return "same"
    if no_speech > NO_SPEECH:
        return "no speech"
    if _INVENTED.search(heard) and not _INVENTED.search(said):
        return "invented"
    if _loops(said.split(), heard.split()):
        return "loop"
    return "another sentence" if word_errors(said, heard) > MOST_WRONG else None


def relabelled(line: Labelled, text: str) -> dict[str, object]:
    """Return the line with what was recognised in place of what was said, and its source."""
    changed = {"id": f"{line['id']}-r", "text": text, "style": "asr", "source": line["id"]}
    return {**line, **changed}


def _loops(said: Sequence[str], heard: Sequence[str]) -> bool:
    if len(heard) > 2 * len(said) + LONGER_BY:
        return True
    pairs = Counter(pairwise(heard))
    spoken = Counter(pairwise(said))
    return any(times > MOST_REPEATS + spoken[pair] for pair, times in pairs.items())
