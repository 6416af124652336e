"""Write a sentence so that the voice says it right and cannot be hung or crashed by it."""

import re
import unicodedata
from typing import Final

VERSION = 1
"""Goes into the key of rendered sound: raise it when the same text would sound different."""
LONGEST_TEXT = 500
LONGEST_WORD = 30
"""Pico spells out longer ones, and one of 200 accented letters kept it busy for ever."""
_AND = {"en": "and", "es": "y", "fr": "et", "de": "und", "it": "e"}

# Pico reads < and > as markup, where an unknown tag crashes it, and \ as an escape.
_UNSAID = re.compile(r"[^A-Za-z0-9 .,;:!?'()%+/°€$\-À-ÖØ-öø-ÿŒœ]")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,60}>")
_QUOTED = re.compile(r"(?<!\w)'|'(?!\w)")
_PLAIN: Final = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": ",", "…": ".", "\u00a0": " "})

_TELEPHONE = re.compile(r"\+?\(?\d[\d ().\-]{5,}\d")
_NO_TELEPHONE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,3}(?:[. ]\d{3})+")
_SHORT_NUMBER = re.compile(r"\b(?:112|911|999)\b")
_EXTENSION = re.compile(
    r"\b(extension|ext\.?|extensión|interno|poste|Durchwahl|Nebenstelle|anexo) (\d{2,6})\b", re.I
)
_LETTER_A = re.compile(r"(?<=[a-z0-9] )A(?=[ ,.;:!?'-]|$)")
_SPANISH_VOWEL = re.compile(r"(?<=[a-zñ]) ([AEIOUY])(?=([ .,;:!?-]|$))")


def speakable(text: str, language: str) -> str:
    """Return the sentence as the voice must be given it; "" when nothing in it can be said."""
    family = language.partition("-")[0]
    said = unicodedata.normalize("NFC", text[:LONGEST_TEXT]).translate(_PLAIN)
    said = _TAG.sub(" ", said).replace("&", f" {_AND[family]} ")
    said = _QUOTED.sub(" ", _UNSAID.sub(" ", said))
    said = _letters(_numbers(said, family), family)
    said = " ".join(part for word in said.split() for part in _short(word))
    return said if any(character.isalnum() for character in said) else ""


def _short(word: str) -> list[str]:
    return [word[n : n + LONGEST_WORD] for n in range(0, len(word), LONGEST_WORD)]


def _numbers(text: str, family: str) -> str:
    text = _TELEPHONE.sub(lambda found: _telephone(found[0]), text)
    text = _EXTENSION.sub(lambda found: f"{found[1]} {' '.join(found[2])}", text)
    if family == "fr":  # says cent douze
        return text
    return _SHORT_NUMBER.sub(lambda found: " ".join(found[0]), text)


def _telephone(written: str) -> str:
    """Digit by digit, with a breath where it is written with one, else after every three."""
    groups = re.findall(r"\d+", written)
    if sum(map(len, groups)) < 7 or _NO_TELEPHONE.fullmatch(written):
        return written
    if len(groups) == 1:
        digits = groups[0]
        cut = [digits[n : n + 3] for n in range(0, len(digits), 3)]
        groups = [*cut[:-2], cut[-2] + cut[-1]] if len(cut[-1]) == 1 else cut
    return ", ".join(" ".join(group) for group in groups)


def _letters(text: str, family: str) -> str:
    """The letters of zones: what Pico would say as an article or run into its neighbours."""
    if family == "en":
        return _LETTER_A.sub("eigh", text)
    if family == "es":
        return _SPANISH_VOWEL.sub(lambda found: f", {found[1]}{',' * (found[2] == ' ')}", text)
    return text
