"""A sentence ready for checking: its form, its words and its language; judges no content."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from aurora.triage.text import normalise, words

MAX_WORDS = 30
MIN_WORDS_FOR_LANGUAGE = 3
WORDS_WITHOUT_ONE_KNOWN = 8
"""A sentence this long without a single frequent word of its language is not in it."""

_END = re.compile(r"(?<![.…])[.!?][\"'”’»]*$")


@dataclass(frozen=True)
class Sentence:
    """One sentence as the model wrote it."""

    raw: str

    @cached_property
    def text(self) -> str:
        """Lower case, without accents; punctuation kept."""
        return normalise(self.raw)

    @cached_property
    def words(self) -> list[str]:
        return words(self.text)

    @property
    def is_unfinished(self) -> bool:
        return not self.words or not _END.search(self.raw.strip())


class FormWords(BaseModel):
    """form.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    markup: str
    role: str
    machine_talk: list[str]


class Form:
    """Finds markup, roles and talk of prompts: words that were never meant to be spoken."""

    def __init__(self, words: FormWords) -> None:
        self._markup = re.compile(words.markup)
        self._talk = re.compile("|".join([words.role, *words.machine_talk]))

    def is_in(self, sentence: Sentence) -> bool:
        raw = sentence.raw.strip()
        if any(unicodedata.category(mark) in ("So", "Cc", "Co", "Cs") for mark in raw):
            return True
        return bool(self._markup.search(raw) or self._talk.search(sentence.text))


class Tongues:
    """Tells the language by frequent words; those that two languages share count for none."""

    def __init__(self, common: Mapping[str, list[str]]) -> None:
        self._common = {
            language: {normalise(word) for word in known} for language, known in common.items()
        }
        self._own = {
            language: known.difference(
                *(other for name, other in self._common.items() if name != language)
            )
            for language, known in self._common.items()
        }

    def is_other_than(self, language: str, sentence: Sentence) -> bool:
        """Whether the sentence is in, or slips into, another language. Short ones are not told."""
        if any(ord(mark) > 0x24F and mark.isalpha() for mark in sentence.raw):
            return True
        spoken = [part for word in sentence.words for part in word.split("'")]
        if len(spoken) < MIN_WORDS_FOR_LANGUAGE:
            return False
        hits = {name: sum(word in own for word in spoken) for name, own in self._own.items()}
        known = sum(word in self._common.get(language, ()) for word in spoken)
        mine = hits.pop(language, 0)
        most = max(hits.values(), default=0)
        if most >= 3 or (most >= 2 and most >= mine):
            return True
        return known == 0 and (most >= 2 or len(spoken) >= WORDS_WITHOUT_ONE_KNOWN)
