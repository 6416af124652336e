"""Words as they are indexed and searched for: no case, no accents, the same on every engine."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LONGEST_WORD = 40
"""Both sides are cut alike, so that a longer one is found all the same."""
SHORTEST_BEGINNING = 3
"""From so many letters on, a word finds those that begin with it: "leak" finds "leaking"."""
MOST_WORDS_ASKED = 12

_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r'"([^"]*)"?')


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that a call must have to be found."""

    words: tuple[str, ...]
    """One word, or several that follow one another."""
    is_exact: bool = False
    """Not as the beginning of a longer word."""
    zone_ids: tuple[str, ...] = ()
    """Calls from these zones have it too, whatever was said."""

    @property
    def is_beginning(self) -> bool:
        return not self.is_exact and len(self.words[-1]) >= SHORTEST_BEGINNING


def words_of(text: str) -> list[str]:
    """Return a text's words in order: lower case, without accents, letters and digits only."""
    plain = text if text.isascii() else _without_accents(text)
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain.casefold())]


def _without_accents(text: str) -> str:
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )


def wanted(asked: str, zone_names: Mapping[str, Iterable[str]]) -> list[Wanted]:
    """Return what a search asks for: every word, "words in quotes" together, and zones by name.

    zone_names: every name of each zone, by its id.
    """
    names = _by_words(zone_names)
    found: list[Wanted] = []
    rest = 0
    for quoted in _QUOTED.finditer(asked):
        found += _loose(words_of(asked[rest : quoted.start()]), names)
        if words := tuple(words_of(quoted[1])):
            found.append(Wanted(words, is_exact=True, zone_ids=names.get(words, ())))
        rest = quoted.end()
    found += _loose(words_of(asked[rest:]), names)
    return list(dict.fromkeys(found))[:MOST_WORDS_ASKED]


def _loose(words: Sequence[str], names: Mapping[tuple[str, ...], tuple[str, ...]]) -> list[Wanted]:
    found: list[Wanted] = []
    longest = max(map(len, names), default=0)
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            name = tuple(words[at : at + length])
            if name in names:
                # Together: "zone" and "a" alone are in nearly every call.
                found.append(Wanted(name, is_exact=length > 1, zone_ids=names[name]))
                at += length
                break
        else:
            found.append(Wanted((words[at],)))
            at += 1
    return found


def _by_words(zone_names: Mapping[str, Iterable[str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    by_words: dict[tuple[str, ...], tuple[str, ...]] = {}
    for zone_id, names in zone_names.items():
        for name in names:
            words = tuple(words_of(name))
            if words and zone_id not in by_words.get(words, ()):
                by_words[words] = (*by_words.get(words, ()), zone_id)
    return by_words
