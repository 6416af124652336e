"""The words of words.yaml, compiled: drills and blocked exits as callers of each language say."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from aurora.site.yaml_file import read_yaml
from aurora.triage.text import unaccented_pattern

HEARD = "§"
"""Stands in the words where an exit was named."""


class LanguageWords(BaseModel):
    """One language's section."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    drill: list[str]
    """Announce a drill; plain mentions of the tool of that name must not match."""
    real: list[str]
    """Say that it is none, or none any more."""
    not_drill: list[str]
    """Where one of these is said too, no drill was announced."""
    blocked: str
    hint: str
    """Found in every utterance that an is_blocked pattern matches: the rest needs no search."""
    is_blocked: list[str]
    unless: list[str]
    some: str
    """An exit that is not named: "that door"."""
    all: str
    """Every exit of the zone."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    en: LanguageWords
    es: LanguageWords
    fr: LanguageWords
    de: LanguageWords


class Words:
    """One language, ready to search."""

    def __init__(self, words: LanguageWords) -> None:
        self._drill = _any_of(words.drill)
        self._real = _any_of(words.real)
        self._not_drill = _any_of(words.not_drill)
        self._unless = _any_of(words.unless)
        self._hint = _any_of([words.hint.replace("{blocked}", words.blocked)])
        self._is_blocked = {
            what: _any_of(
                pattern.replace("{exit}", said).replace("{blocked}", words.blocked)
                for pattern in words.is_blocked
            )
            for what, said in (("named", HEARD), ("some", words.some), ("all", words.all))
        }

    def announces_drill(self, text: str) -> bool:
        return bool(self._drill.search(text))

    def without_drill(self, text: str) -> str:
        return self._drill.sub(" ", text)

    def says_real(self, text: str) -> bool:
        return bool(self._real.search(text))

    def doubts_drill(self, text: str) -> bool:
        return bool(self._not_drill.search(text))

    def is_blocked(self, text: str, what: str = "named") -> bool:
        """Whether an exit is said to be unusable: the one marked HEARD, "some", or "all"."""
        return bool(self._is_blocked[what].search(text))

    def may_be_blocked(self, text: str) -> bool:
        """Whether these words may call an exit blocked, and do not ask, deny or imagine it."""
        return bool(self._hint.search(text)) and not self._unless.search(text)


def without_drill(text: str, languages: Sequence[str]) -> str:
    """Return normalised words without those that announce a drill: what is being played."""
    for words in _words_of(languages):
        text = words.without_drill(text)
    return " ".join(text.split())


def says_drill(text: str, languages: Sequence[str]) -> bool:
    """Whether normalised words announce a drill in one language and doubt it in none."""
    known = _words_of(languages)
    is_doubtful = any(words.doubts_drill(text) or words.says_real(text) for words in known)
    return not is_doubtful and any(words.announces_drill(text) for words in known)


def says_real(text: str, languages: Sequence[str]) -> bool:
    """Whether normalised words say in one of the languages that it is no drill."""
    return any(words.says_real(text) for words in _words_of(languages))


def _words_of(languages: Sequence[str]) -> list[Words]:
    return [words for language, words in all_words().items() if language in languages]


@cache
def all_words() -> dict[str, Words]:
    """Return every language's words, read and compiled once."""
    file = read_yaml(Path(__file__).parent / "words.yaml", _File)
    return {language: Words(section) for language, section in file}


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{unaccented_pattern(pattern)})" for pattern in patterns))
