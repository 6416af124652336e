"""Read which facts an utterance states, denies or leaves open; what they mean for the call is left
to others.

A reassuring fact ("the power is off") needs plain words: a question, a wish or a doubt states
nothing, nor does one that a denial may or may not be about. Bad news is taken at its word.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from re import Match, Pattern

from aurora.triage.assessment import BAD_IF_NOT, BAD_IF_SO, Fact
from aurora.triage.compiled import CompiledBook, CompiledFact
from aurora.triage.text import Utterance

DENIAL_REACH_WORDS = 4
"""How far before a statement its denial may stand: "nobody has yet turned the power off"."""
BAD_NEWS_REACH_WORDS = 2
"""The same for bad news: what denies it must stand close, for little is to be lost by asking."""
OPENING_REACH_WORDS = 6
"""How far before it may stand what leaves a statement open: "someone should go and turn it off"."""
REASSURING_IF_SO = BAD_IF_NOT | {"aed_here", "flushing", "conscious_cough"}
REASSURING_IF_NOT = BAD_IF_SO | {"bleeding", "shut_in"}


def facts_in(utterance: Utterance, book: CompiledBook) -> dict[str, Fact]:
    """Return what these words state. Of a fact's rules the first that finds a statement counts:
    most specific first in the file; but see `FactRule.overrules`."""
    facts: dict[str, Fact] = {}
    for fact in book.facts:
        if fact.name not in facts:
            stated = next(_stated(fact, utterance, book), None)
            if stated is not None:
                facts[fact.name] = stated[1]
    for fact in book.facts:
        is_contrary = fact.overrules and facts.get(fact.name, fact.value) != fact.value
        if is_contrary and _is_last_word(fact, utterance, book):
            facts[fact.name] = fact.value
    return facts


def _is_last_word(fact: CompiledFact, utterance: Utterance, book: CompiledBook) -> bool:
    """Whether this rule states its value after everything that states the opposite."""
    said = [at for at, value in _stated(fact, utterance, book) if value == fact.value]
    others = (rule for rule in book.facts if rule.name == fact.name and rule is not fact)
    contrary = [
        at for rule in others for at, value in _stated(rule, utterance, book) if value != fact.value
    ]
    return bool(said) and said[-1] > max(contrary, default=-1)


def _stated(
    fact: CompiledFact, utterance: Utterance, book: CompiledBook
) -> Iterator[tuple[int, Fact]]:
    """Where one rule finds statements, and the values that they give the fact, in their order."""
    lines = utterance.lines
    match = fact.any.search(lines)
    while match:
        value = _value(fact, match, utterance, book)
        if value is not None:
            yield match.start(), value
        # What is stated may overlap what is left open: "is it off, yes it is off now".
        match = fact.any.search(lines, match.start() + 1)


_WORD = re.compile(r"\S+")


class _Denial(Enum):
    """What a negation does to a statement."""

    NONE = auto()
    OPPOSITE = auto()
    UNSURE = auto()


def _value(
    fact: CompiledFact, match: Match[str], utterance: Utterance, book: CompiledBook
) -> Fact | None:
    if not isinstance(fact.value, bool):
        return fact.value
    offset, clause = utterance.clause_at(match.start(), match.end())
    before = clause[: match.start() - offset]
    said = match.group()
    is_good = fact.name in (REASSURING_IF_SO if fact.value else REASSURING_IF_NOT)
    if is_good and (clause in utterance.asked or _is_found(book.unknown, before, said)):
        return None
    own = _own_sentence(before, said, book)
    denial = _denial(fact, own, said, clause[match.end() - offset :], book, is_good=is_good)
    if denial is _Denial.OPPOSITE:
        return None if fact.is_one_sign else not fact.value
    if denial is _Denial.UNSURE and is_good:
        return None
    if is_good and _is_found(book.unsettled, _tail(own), said):
        return None
    return fact.value


def _is_found(pattern: Pattern[str], before: str, said: str) -> bool:
    """Whether the words stand before a statement, up to its beginning, or run into it."""
    return bool(pattern.search(before) or pattern.search(before + said))


def _tail(before: str) -> str:
    words = before.split(" ")
    return " ".join(words[-OPENING_REACH_WORDS - 1 :])


def _own_sentence(before: str, said: str, book: CompiledBook) -> str:
    """Return what stands before a statement in its own sentence.

    Typed, recognised or out of breath, sentences have no stop: after a denial a new subject begins
    one ("he won't wake up he's breathing"), unless it is told ("I don't think he's breathing").
    """
    start, negations = _negations(before, OPENING_REACH_WORDS, book)
    subject = book.subjects.search(before + said, negations[-1].end()) if negations else None
    if subject is None or subject.start() > len(before):
        return before
    is_told = book.reporting.search(before[start : subject.start()])
    return before if is_told else before[subject.start() :]


def _negations(before: str, reach: int, book: CompiledBook) -> tuple[int, list[Match[str]]]:
    """Where the last words begin, as many as a denial reaches over, and the negations in them."""
    words = list(_WORD.finditer(before))[-reach:]
    start = words[0].start() if words else len(before)
    return start, list(book.negative.finditer(before, start))


def _denial(
    fact: CompiledFact, before: str, said: str, after: str, book: CompiledBook, *, is_good: bool
) -> _Denial:
    """Whether a negation turns the words round: one that they would have matched without."""
    if book.negative.search(said):
        # "Not breathing" is no denial of "breathing"; "power not off" is one of "power off".
        bare = " ".join(book.negative.sub(" ", said).split())
        again = fact.any.search(f"{before}{bare}{after}", max(0, len(before) - 1))
        is_turned = again is not None and again.start() < len(before) + len(bare)
        return _Denial.OPPOSITE if is_turned else _Denial.NONE
    answer = book.answers.match(before + said)
    told = before[answer.end() :] if answer else before
    start, negations = _negations(
        told, DENIAL_REACH_WORDS if is_good else BAD_NEWS_REACH_WORDS, book
    )
    if not negations:
        is_denied = is_good and book.denied_after.search(after)
        return _Denial.OPPOSITE if is_denied else _Denial.NONE
    if book.unceasing.search(told, start):
        return _Denial.NONE
    # Over words that may be another sentence a denial is doubted; told, it is carried on.
    between = told[negations[-1].end() :]
    subject = book.subjects.search(told + said, negations[-1].end())
    is_told = subject is not None and subject.start() <= len(told)
    is_sure = is_told or not book.reaches_over.sub("", between).strip()
    return _Denial.OPPOSITE if is_sure else _Denial.UNSURE
