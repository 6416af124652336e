"""Make a caller's words searchable: folding, clauses, words; knows no language and no hazard."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

MAX_CHARS = 2_000
"""Longer utterances keep their head and their tail: the hazard may come last."""

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´′", "'"))
_CUTS = str.maketrans(dict.fromkeys("—–()[]{}…", " , "))
_QUOTES = str.maketrans(dict.fromkeys('"“”„«»*_¡¿', " "))
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})
_SHARP_S_CLASS = re.compile(r"\[([^\]^]*)ß([^\]]*)\]")
_PUNCTUATION = re.compile(r"(?:(?<!\d)[.,:]|[.,:](?!\d)|[;!?]|(?<=\s)-(?=\s))+")
_SPACE = re.compile(r"\s+")
_OTHER_MARKS = re.compile(r"[^\w\s'.,?!;:%-]|_")
_STOPS = re.compile(r"[.,?!;:]+(?=\s|$)|[?!;]+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def unaccented(text: str) -> str:
    """Drop accents and ligatures: recognisers and hurried typing do."""
    decomposed = unicodedata.normalize("NFD", text.translate(_LETTERS))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def unaccented_pattern(pattern: str) -> str:
    """The same for a regular expression, where ß may stand in a character class."""
    return unaccented(_SHARP_S_CLASS.sub(r"(?:ss|[\1\2])", pattern))


def normalise(text: str) -> str:
    """Lower case, no accents, plain apostrophes, single spaces, no control characters, capped."""
    if len(text) > MAX_CHARS:
        text = f"{text[: MAX_CHARS // 2]} , {text[-MAX_CHARS // 2 :]}"
    text = text.translate(_APOSTROPHES).translate(_CUTS).translate(_QUOTES)
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(map(_visible, text))
    return _SPACE.sub(" ", unaccented(text)).strip()


def canonical(text: str) -> str:
    """What the encoder reads: lower case with accents, clauses parted by commas, "?" kept.

    Written and recognised speech come out alike; control characters and long tails are cut.
    """
    text = unicodedata.normalize("NFKC", text[:MAX_CHARS].translate(_APOSTROPHES)).lower()
    text = _OTHER_MARKS.sub(" ", text)
    text = _STOPS.sub(lambda stops: " ?" if "?" in stops.group() else " ,", text)
    return _SPACE.sub(" ", text).strip(" ,")


@lru_cache(maxsize=1024)
def _visible(mark: str) -> str:
    category = unicodedata.category(mark)
    if category == "Cf":
        return ""
    return " " if category.startswith(("C", "Z")) else mark


def words(text: str) -> list[str]:
    return _WORD.findall(text)


@dataclass(frozen=True)
class Utterance:
    """One normalised utterance and its views; clauses are lines, so `^` and `$` mean a clause."""

    text: str
    breaks: re.Pattern[str] | None = None

    @cached_property
    def flat(self) -> str:
        """All words on one line, without punctuation."""
        return _SPACE.sub(" ", self.lines)

    @cached_property
    def lines(self) -> str:
        """The clauses, a line each, without punctuation."""
        cut = _PUNCTUATION.sub("\n", self.text)
        if self.breaks:
            cut = self.breaks.sub(lambda match: f"\n{match.group().strip()}", cut)
        stripped = (line.strip() for line in cut.splitlines())
        return "\n".join(line for line in stripped if line)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The clauses that end in a question mark, as `lines` has them."""
        cut = _PUNCTUATION.sub(lambda stop: "?\n" if "?" in stop.group() else "\n", self.text)
        if self.breaks:
            cut = self.breaks.sub(lambda match: f"\n{match.group().strip()}", cut)
        lines = (line.strip() for line in cut.splitlines())
        return frozenset(line.removesuffix("?").strip() for line in lines if line.endswith("?"))

    def clause_at(self, start: int, end: int) -> tuple[int, str]:
        """Offset and text of the clause, or clauses, holding lines[start:end]."""
        first = self.lines.rfind("\n", 0, start) + 1
        last = self.lines.find("\n", max(end, start + 1))
        return first, self.lines[first : len(self.lines) if last < 0 else last]
