"""Reduce a document's words to plain printable text; what cannot be seen is not text."""

import re
import unicodedata
from functools import lru_cache

_MARKUP = re.compile(
    r"<!--.*?-->|<[!?][^<>]*>|<\|[^<>]{0,80}\|>"
    # Only what has the form of a tag: "<5 bar" and "if p <limit and t> 40" are words.
    r"|</?[a-z][\w-]*(?:\s+(?:hidden|[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>]+)))*\s*/?>",
    re.DOTALL | re.IGNORECASE,
)
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_SPACE = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")


def visible(text: str) -> str:
    """Return the text without control, invisible and direction-changing characters and markup."""
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    text = "".join(map(_shown, text))
    text = _MARKUP.sub(" ", _SCRIPT.sub(" ", text))
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip("\n")


def on_one_line(text: str) -> str:
    return " ".join(visible(text).split())


@lru_cache(maxsize=1024)
def _shown(character: str) -> str:
    if character == "\n":
        return character
    category = unicodedata.category(character)
    if category == "Cc" or category.startswith("Z"):
        return " "
    if character.isalpha() and unicodedata.decomposition(character).startswith(
        ("<compat>", "<wide>")
    ):
        # Ligatures of a PDF. A raised digit stays one: 10³ is not 103.
        return unicodedata.normalize("NFKC", character)
    # Cf hides words from a reader (zero width, right-to-left, tags); Cn, Co, Cs mean nothing.
    return "" if category.startswith("C") else character
