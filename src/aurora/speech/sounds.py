"""How alike words sound on a telephone; knows letters and sounds, no site and no meaning."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

VOWELS = frozenset("aeiouEAYW")
_ALIKE = {
    0.3: ("pb", "td", "kg", "fv", "sz", "SZ", "CJ", "TD"),
    0.35: ("mn", "nN", "mN"),
    # A telephone ends at 3,400 Hz, under most of what tells these apart.
    0.4: ("fT", "fs", "Ts", "sS", "vT", "zT", "zZ", "zv", "dT", "vb", "CS", "JZ", "xS", "xh", "xk"),
    0.5: ("pt", "pk", "tk", "bd", "bg", "dg", "lr", "lw", "rw", "Ct", "Jd", "Cs", "JC", "wv", "Cz"),
    0.6: ("ts", "dz", "tT", "bm", "dn", "gN", "ln", "bw", "pf", "mw", "Jz", "js"),
}
_SUBSTITUTION = {frozenset(pair): cost for cost, pairs in _ALIKE.items() for pair in pairs}
_VOWEL_FOR_VOWEL = 0.4
_VOWEL_FOR_CONSONANT = 1.2
_UNLIKE = 1.0
_LOST = {"E": 0.3, "h": 0.3, "r": 0.35, "j": 0.4, "w": 0.4, "t": 0.5, "d": 0.5, "N": 0.6, "n": 0.6}
"""A sound that is missed or heard in addition."""
_LOST_VOWEL = 0.5
_LOST_OTHER = 0.8
_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*")
_COARSE = str.maketrans(
    {
        **dict.fromkeys("aeiouEAYW", "a"),
        **dict.fromkeys("pb", "p"),
        **dict.fromkeys("td", "t"),
        **dict.fromkeys("kgx", "k"),
        **dict.fromkeys("fvTszSZCJ", "s"),
        **dict.fromkeys("mnN", "n"),
        **dict.fromkeys("lr", "l"),
        **dict.fromkeys("wjh", None),
    }
)


class Sounds:
    """One language's letters put into sounds, one character each."""

    def __init__(self, section: Mapping[str, Any]) -> None:
        self._letters: Mapping[str, str] = section["letters"]
        self._numbers: list[str] = section["numbers"]
        self._words: Mapping[str, str] = section["words"]
        rules = (rule.rpartition("=") for rule in section["rules"].split())
        self._rules = [(re.compile(pattern), sound) for pattern, _, sound in rules]
        self.of_word = lru_cache(maxsize=20_000)(self._of_word)

    def number(self, word: str) -> str | None:
        """Return the digits of a number word, or None."""
        return str(self._numbers.index(word)) if word in self._numbers else None

    def of(self, text: str) -> str:
        """Return the sounds of a text, without a trace of where its words end."""
        return "".join(self.of_word(word) for word in _TOKEN.findall(text.lower()))

    def _of_word(self, word: str) -> str:
        if word in self._words:
            return self._words[word]
        if word.isdecimal():
            return self._of_number(word)
        if len(word) == 1:
            return self._letters.get(word, word)
        return "".join(sound for sound, _ in groupby(self._by_rules(word.replace("'", ""))))

    def _of_number(self, digits: str) -> str:
        number = int(digits)
        if number < len(self._numbers):
            return self.of(self._numbers[number])
        return "".join(self.of(self._numbers[int(digit)]) for digit in digits)

    def _by_rules(self, word: str) -> str:
        sounds, place = "", 0
        while place < len(word):
            for pattern, sound in self._rules:
                match = pattern.match(word, place)
                if match and match.end() > place:
                    sounds += match.expand(sound)
                    place = match.end()
                    break
            else:
                sounds += word[place] if word[place].isascii() else ""
                place += 1
        return sounds


def load_sounds() -> dict[str, Sounds]:
    """Return the sounds of every language there are rules for."""
    file = Path(__file__).parent / "sounds.yaml"
    sections = yaml.safe_load(file.read_text("utf-8"))
    return {language: Sounds(section) for language, section in sections.items()}


def coarse(sounds: str) -> str:
    """Return a key in which sounds that are easily confused are one."""
    return "".join(sound for sound, _ in groupby(sounds.translate(_COARSE)))


def distance(heard: str, meant: str) -> float:
    """Return what it costs to mishear one as the other: 0 for the same, 1 for an unlike sound."""
    row = [0.0]
    for sound in meant:
        row.append(row[-1] + _lost(sound))
    for one in heard:
        diagonal, row[0] = row[0], row[0] + _lost(one)
        for place, other in enumerate(meant, 1):
            cheapest = min(
                row[place] + _lost(one),
                row[place - 1] + _lost(other),
                diagonal + _substitution(one, other),
            )
            diagonal, row[place] = row[place], cheapest
    return row[-1]


def _lost(sound: str) -> float:
    return _LOST.get(sound, _LOST_VOWEL if sound in VOWELS else _LOST_OTHER)


def _substitution(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in VOWELS or other in VOWELS:
        return _VOWEL_FOR_VOWEL if one in VOWELS and other in VOWELS else _VOWEL_FOR_CONSONANT
    return _SUBSTITUTION.get(frozenset((one, other)), _UNLIKE)
