"""A rulebook made ready to search: compiled patterns and vocabulary; decides nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aurora.errors import SiteError
from aurora.triage.assessment import Fact, Intent
from aurora.triage.rulebook import Frame, HazardRule, Rulebook, Topic
from aurora.triage.text import Utterance, normalise, unaccented, unaccented_pattern, words

_LITERAL = re.compile(r"(?<!\\)[a-z]{3,}")
_NEVER = re.compile(r"(?!)")


def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """One search for any of the patterns; without patterns, one that never matches."""
    alternatives = "|".join(f"(?:{unaccented_pattern(pattern)})" for pattern in patterns)
    try:
        return re.compile(alternatives, re.MULTILINE) if alternatives else _NEVER
    except re.error as error:
        raise SiteError(_broken(patterns) or str(error)) from error


def _broken(patterns: Sequence[str]) -> str | None:
    """Which of the patterns is wrong; they are compiled one by one only to find it."""
    for pattern in patterns:
        try:
            re.compile(unaccented_pattern(pattern))
        except re.error as error:
            return f"{pattern!r} is no regular expression ({error}); fix or quote it"
    return None


@dataclass(frozen=True)
class CompiledHazard:
    rule: HazardRule
    any: re.Pattern[str]
    unless: re.Pattern[str]


@dataclass(frozen=True)
class CompiledFrame:
    id: str
    frame: Frame
    any: re.Pattern[str]
    unless: re.Pattern[str]

    def holds(self, scope: str) -> bool:
        return bool(self.any.search(scope)) and not self.unless.search(scope)


@dataclass(frozen=True)
class CompiledTopic:
    topic: Topic
    any: re.Pattern[str]


@dataclass(frozen=True)
class CompiledFact:
    name: str
    value: Fact
    any: re.Pattern[str]
    is_one_sign: bool
    overrules: bool


class CompiledBook:
    """One language's patterns, each group as one regular expression."""

    def __init__(self, book: Rulebook) -> None:
        self.language = book.language
        self.heard = [
            (re.compile(unaccented_pattern(item.heard)), unaccented(item.meant))
            for item in book.heard
        ]
        self.breaks = re.compile("|".join(rf"\s(?:{unaccented(p)})" for p in book.clause_breaks))
        self.negation = any_of(book.negations)
        self.live = any_of(book.live)
        self.question = any_of(book.questions)
        self.routine = any_of(book.routine)
        self.orders = any_of(book.orders)
        self.frames = [
            CompiledFrame(name, frame, any_of(frame.any), any_of(frame.unless))
            for name, frame in book.frames.items()
        ]
        self.hazards = [
            CompiledHazard(rule, any_of(rule.any), any_of(rule.unless)) for rule in book.hazards
        ]
        self.topics = [CompiledTopic(topic, any_of(topic.any)) for topic in book.topics]
        self.intents: list[tuple[Intent, re.Pattern[str]]] = [
            (intent, any_of(patterns)) for intent, patterns in book.intents.items()
        ]
        self.facts = [
            CompiledFact(item.fact, item.value, any_of(item.any), item.is_one_sign, item.overrules)
            for item in book.facts
        ]
        said = book.statements
        self.negative = any_of(said.negative)
        self.answers = any_of(said.answers)
        self.subjects = any_of(said.subjects)
        self.reporting = any_of(said.reporting)
        self.reaches_over = any_of(said.reaches_over)
        self.unceasing = any_of(said.unceasing)
        self.denied_after = any_of(said.denied_after)
        self.unknown = any_of(said.unknown)
        self.unsettled = any_of(said.unsettled)
        self.vocabulary = _vocabulary(book)

    def read(self, text: str) -> Utterance:
        """The utterance as meant: normalised, recognition errors of safety words put right."""
        normal = normalise(text)
        for heard, meant in self.heard:
            normal = heard.sub(meant, normal)
        return Utterance(normal, self.breaks)

    def is_understood(self, utterance: Utterance) -> bool:
        """False for silence and for noise: hardly a word that this book knows."""
        said = words(utterance.text)
        known = sum(
            word in self.vocabulary or word.split("'")[0] in self.vocabulary for word in said
        )
        return known > 0 and known * 5 >= len(said)


def _vocabulary(book: Rulebook) -> frozenset[str]:
    """Every word the book mentions: enough to tell speech from noise."""
    patterns: list[str] = [*book.questions, *book.routine, *book.orders, *book.live]
    for rule in book.hazards:
        patterns += rule.any
    for topic in book.topics:
        patterns += topic.any
    for fact in book.facts:
        patterns += fact.any
    for said in book.intents.values():
        patterns += said
    known = {unaccented(word.lower()) for word in book.common_words}
    for pattern in patterns:
        known.update(_LITERAL.findall(unaccented_pattern(pattern)))
    return frozenset(known)
