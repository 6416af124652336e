"""Cut a text into the words it is searched by: stemmed, without stop words, like ones made one."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Annotated

import snowballstemmer
from pydantic import BaseModel, ConfigDict, Field

from aurora.errors import HandbookError
from aurora.site.model import LANGUAGES
from aurora.site.yaml_file import read_yaml
from aurora.triage.text import Utterance, normalise, unaccented, words

FOLDER = Path(__file__).parent / "words"
_SNOWBALL = {"en": "english", "es": "spanish", "fr": "french", "de": "german"}
FEWEST_STOP_WORDS = 2
LONGEST_NAME = 3


class WordLists(BaseModel):
    """What search knows of one language; a file in words/."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stop: Annotated[str, Field(min_length=1)]
    """Words that say nothing of the subject."""
    alike: list[list[str]]
    """Names for the same thing, of up to three words each; the first stands for all."""
    kinds: list[list[str]]
    """A kind of thing, and things of that kind."""
    figure: list[str]
    """How a question for a number or an interval begins."""
    figures: str
    """Words of a number or an interval, apart from digits."""


class Words:
    """The searcher's ear for one language."""

    def __init__(self, language: str, lists: WordLists) -> None:
        self._stem = snowballstemmer.stemmer(_SNOWBALL[language]).stemWord
        self._stems: dict[str, str] = {}
        self._one_at_a_time = Lock()
        self.stop = frozenset(words(unaccented(lists.stop)))
        self._alike = self._by_name(lists.alike)
        self.kinds: Mapping[str, str] = {
            self.terms(one)[0]: self.terms(kind)[0]
            for kind, *things in lists.kinds
            for one in things
        }
        self._figure = tuple(unaccented(start) for start in lists.figure)
        self._figures = frozenset(words(unaccented(lists.figures)))

    def terms(self, text: str) -> list[str]:
        """Return the terms of a text, in order."""
        said = words(normalise(text)) if len(text) < 1_500 else _all_words(text)
        stems = [self._stemmed(word) for word in said]
        found: list[str] = []
        index = 0
        while index < len(stems):
            length, name = self._name_at(stems, index)
            if name is not None:
                found += name
            elif said[index] not in self.stop:
                found.append(stems[index])
            index += length
        return found

    def figure_asked(self, question: str) -> str | None:
        """Return which number or interval is asked for, "how often", or None."""
        flat = f" {Utterance(normalise(question)).flat} "
        return next((start for start in self._figure if f" {start} " in flat), None)

    def has_figure(self, sentence: str) -> bool:
        said = words(normalise(sentence))
        return any(word in self._figures or word.isdigit() for word in said)

    def _by_name(self, alike: Sequence[Sequence[str]]) -> dict[tuple[str, ...], list[str]]:
        names: dict[tuple[str, ...], list[str]] = {}
        for group in alike:
            stems = [tuple(self._stemmed(word) for word in words(normalise(n))) for n in group]
            for name in stems:
                names[name] = ["+".join(stems[0])]
        return names

    def _name_at(self, stems: Sequence[str], index: int) -> tuple[int, list[str] | None]:
        for length in range(min(LONGEST_NAME, len(stems) - index), 0, -1):
            name = self._alike.get(tuple(stems[index : index + length]))
            if name is not None:
                return length, name
        return 1, None

    def _stemmed(self, word: str) -> str:
        stem = self._stems.get(word)
        if stem is None:
            bare = word.removesuffix("'s")
            # A stemmer keeps the word it works on: documents are taken in beside the calls, and
            # two threads in it would stem each other's words.
            with self._one_at_a_time:
                # Of "aed" the stemmer would leave "a".
                stem = self._stems[word] = self._stem(bare) if len(bare) > 3 else bare
        return stem


def _all_words(text: str) -> list[str]:
    """The words of a text longer than an utterance may be."""
    return [word for start in text.split("\n") for word in words(normalise(start))]


@cache
def words_of(language: str) -> Words:
    """Return the words of a language; raises SiteError when its packaged file is wrong."""
    return Words(language, read_yaml(FOLDER / f"{language}.yaml", WordLists))


def language_of(text: str) -> str:
    """Return the language whose everyday words a text has most of; raises HandbookError."""
    said = words(normalise(text))
    counts: Mapping[str, int] = {
        language: sum(word in words_of(language).stop for word in said) for language in LANGUAGES
    }
    best = max(LANGUAGES, key=lambda language: counts[language])
    second = max(counts[language] for language in LANGUAGES if language != best)
    if counts[best] < FEWEST_STOP_WORDS or counts[best] == second:
        raise HandbookError("its language cannot be told; say which it is (--language)")
    return best
