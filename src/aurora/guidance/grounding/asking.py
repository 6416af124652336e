"""Which questions may be asked in an emergency: those made of what a caller can observe."""

import re
from collections.abc import Collection

from pydantic import BaseModel, ConfigDict

_TOKEN = re.compile(r"[a-z0-9]+")


class AskingWords(BaseModel):
    """One language's section of observation.yaml, where each is explained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opening: str
    twisted: list[str]
    small: str
    observed: str


class AskingLanguages(BaseModel):
    """observation.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    languages: dict[str, AskingWords]


class Asking:
    """Tells questions that only ask from questions that carry an act or a claim."""

    def __init__(self, words: AskingWords, also: str = "") -> None:
        self._word = word_pattern(f"{words.small} {words.observed} {also}")
        self._opening = re.compile(words.opening)
        self._twisted = re.compile("|".join(words.twisted))

    def is_open(self, question: str) -> bool:
        """Whether the question begins like one, and says nothing by the order of its words."""
        return not self._opening.match(question) and not self.is_twisted(question)

    def is_twisted(self, text: str) -> bool:
        """Whether the order of the words makes an act or a claim of them."""
        return bool(self._twisted.search(text.strip(" ,;:")))

    def unknown(self, text: str) -> set[str]:
        """Words that are not of observation: they may not be asked unless somebody approved it."""
        return {word for word in tokens(text) if not self._word.fullmatch(word)}

    def is_known(self, text: str, approved: Collection[str]) -> bool:
        """Whether all words are of observation, or stand in an approved question."""
        return self.unknown(text) <= set(approved) and not self.is_twisted(text)


def word_pattern(words: str) -> re.Pattern[str]:
    """Return a pattern for any one of these, which stand with blanks between."""
    return re.compile("|".join(words.split()))


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)
