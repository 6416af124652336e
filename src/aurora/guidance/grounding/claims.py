"""What a sentence claims or orders, by one language's patterns; knows no site or procedure."""

import re
from collections.abc import Iterator
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from aurora.guidance.grounding.sentence import Sentence
from aurora.triage.text import unaccented_pattern

NEAR_CONDITION_WORDS = 2
"""Words between "if" and a claim that it softens: "if it is safe", "when the ambulance arrives"."""
_SAFETY = re.compile(r"safe|sicher|segur|salvo|sure?\b|danger|peligro|gefahr|riesgo|risque")
"""A never about safety yields to a condition: "if it is safe"; one about an act does not."""
_NEXT_WORDS = re.compile(r"(?:\W+\w+){0,2}")
OPENERS = r"^(?:\W|and|y|et|und|ou|o|or)*"


class ClaimWords(BaseModel):
    """One language's file under grounding/."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    common: list[str]
    """Frequent words, to tell the language."""
    cuts: list[str]
    """Words over which a negation does not reach."""
    conditions: list[str]
    """The same, and what follows is not asserted."""
    negators: list[str]
    hollow: list[str]
    """What a negator may stand before without forbidding anything: "do not hesitate to"."""
    negates_after: bool
    """The negator may follow the verb, as in German."""
    imperative: str
    """A clause that begins like this is an instruction."""
    dangling: list[str]
    """Words no finished sentence ends with."""
    always: dict[str, list[str]]
    """Refused wherever they stand, by reason."""
    asserted: dict[str, list[str]]
    """Refused unless negated, asked or conditional, by reason."""
    open: dict[str, list[str]]
    """Refused unless asked or anywhere in a condition: "if you can without danger"."""
    accented: dict[str, list[str]] = {}
    """Refused wherever they stand; searched with accents, where they make the tense."""
    pending: str
    """Says that a thing has not been done, so that naming it is no promise."""
    forbidden: list[str]
    """Never instructed, whatever the procedure, unless negated in the clause."""


class Claims:
    """Searches sentences of one language."""

    def __init__(self, words: ClaimWords) -> None:
        self._always = {kind: compile_all(patterns) for kind, patterns in words.always.items()}
        self._open = {kind: compile_all(patterns) for kind, patterns in words.open.items()}
        self._accented = {
            kind: tuple(re.compile(pattern) for pattern in patterns)
            for kind, patterns in words.accented.items()
        }
        self._pending = re.compile(words.pending)
        self._asserted = {kind: compile_all(patterns) for kind, patterns in words.asserted.items()}
        self._forbidden = compile_all(words.forbidden)
        self._negates_after = words.negates_after
        self._negator = _any(words.negators)
        self._hollow = re.compile(rf"(?:{unaccented_pattern('|'.join(words.hollow))})")
        self._condition = _any(words.conditions)
        self._imperative = re.compile(OPENERS + unaccented_pattern(words.imperative))
        cuts = "|".join([*words.conditions, *words.cuts])
        self._cut = re.compile(rf"[,;:.!?\n]+(?!\d)|\b(?:{unaccented_pattern(cuts)})\b")
        self._dangling = set(words.dangling)

    def claim(self, sentence: Sentence) -> str | None:
        """Return what the sentence promises, declares safe or plays down, or None."""
        text, raw = sentence.text, sentence.raw.lower()
        for kind, patterns in self._accented.items():
            if any(pattern.search(raw) for pattern in patterns):
                return kind
        for kind, match in _found(self._always, text):
            is_excused = kind != "downgrade" and self._is_asked_or_conditional(text, match)
            is_excused |= kind == "promise" and bool(self._pending.search(text))
            if not is_excused:
                return kind
        for kind, match in _found(self._open, text):
            _, end, is_conditional = self._clause(text, match)
            if not is_conditional and text[end : end + 1] != "?":
                return kind
        for kind, match in _found(self._asserted, text):
            is_open = self._is_asked_or_conditional(text, match)
            if not is_open and not self._is_negated(text, match):
                return kind
        return None

    def orders(self, sentence: Sentence, never: tuple[re.Pattern[str], ...] = ()) -> Iterator[str]:
        """Yield each forbidden thing the sentence says to do, as matched, with what follows."""
        yield from self.breaches(sentence, (*never, *self._forbidden))

    def breaches(self, sentence: Sentence, patterns: tuple[re.Pattern[str], ...]) -> Iterator[str]:
        """Yield what of the sentence these patterns forbid, where it is not negated."""
        for pattern in patterns:
            for match in pattern.finditer(sentence.text):
                is_open = _SAFETY.search(match.group()) and self._is_asked_or_conditional(
                    sentence.text, match
                )
                if match.group() and not is_open and not self._is_negated(sentence.text, match):
                    yield match.group() + _NEXT_WORDS.match(sentence.text, match.end()).group()  # type: ignore[union-attr]

    def instructions(self, sentence: Sentence) -> int:
        """How many things the sentence tells the caller to do; what not to do is not counted."""
        return sum(
            bool(self._imperative.match(clause)) and not self._negator.search(clause)
            for clause in self._cut.split(sentence.text)
        )

    def is_cut_off(self, sentence: Sentence) -> bool:
        last = sentence.raw.rstrip(" .!?\"'").rpartition(" ")[2]
        is_letter = len(last) == 1 and last.isupper()  # "Zone A."
        return last.lower() in self._dangling and not is_letter

    def _is_negated(self, text: str, match: re.Match[str]) -> bool:
        start, end, is_conditional = self._clause(text, match)
        until = end if self._negates_after else match.end()
        clause = text[start:until]
        negators = list(self._negator.finditer(clause))
        if not negators or is_conditional:
            return False
        for negator in negators:
            rest = clause[negator.end() : max(match.start() - start, negator.end())]
            if self._hollow.search(rest):
                return False
        return True

    def _is_asked_or_conditional(self, text: str, match: re.Match[str]) -> bool:
        start, end, is_conditional = self._clause(text, match)
        if is_conditional:
            return len(text[start : match.start()].split()) <= NEAR_CONDITION_WORDS
        return text[end : end + 1] == "?"

    def _clause(self, text: str, match: re.Match[str]) -> tuple[int, int, bool]:
        """Bounds of the clause a match begins in, and whether a condition opens it."""
        start, opener = 0, ""
        for cut in self._cut.finditer(text):
            if cut.end() <= match.start():
                start, opener = cut.end(), cut.group()
            elif cut.start() >= match.end():
                return start, cut.start(), bool(self._condition.fullmatch(opener))
        return start, len(text), bool(self._condition.fullmatch(opener))


class CompiledNever(BaseModel):
    """A procedure's own never patterns, ready to search."""

    model_config = ConfigDict(frozen=True)

    patterns: tuple[str, ...]

    @cached_property
    def compiled(self) -> tuple[re.Pattern[str], ...]:
        return compile_all(self.patterns)


def _found(
    by_kind: dict[str, tuple[re.Pattern[str], ...]], text: str
) -> Iterator[tuple[str, re.Match[str]]]:
    for kind, patterns in by_kind.items():
        for pattern in patterns:
            yield from ((kind, match) for match in pattern.finditer(text))


def compile_all(patterns: tuple[str, ...] | list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(unaccented_pattern(p), re.IGNORECASE) for p in patterns)


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{unaccented_pattern('|'.join(patterns))})\b")
