"""Read which facts an utterance states, denies or leaves open; what they mean for the call is left
to others.

A reassuring fact ("the power is off") needs plain words: a question, a wish or a doubt states
nothing. Bad news is taken at its word.
"""

from collections.abc import Iterator
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
    most specific first in the file."""
    facts: dict[str, Fact] = {}
    for fact in book.facts:
        if fact.name not in facts:
            stated = next(_stated(fact, utterance, book), None)
            if stated is not None:
                facts[fact.name] = stated
    return facts


def _stated(fact: CompiledFact, utterance: Utterance, book: CompiledBook) -> Iterator[Fact]:
    """The values that the statements found by one rule give the fact, in the words' order."""
    lines = utterance.lines
    match = fact.any.search(lines)
    while match:
        value = _value(fact, match, utterance, book)
        if value is not None:
            yield value
        # What is stated may overlap what is left open: "is it off, yes it is off now".
        match = fact.any.search(lines, match.start() + 1)


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
    if _is_denied(fact, before, said, clause[match.end() - offset :], book, is_good=is_good):
        return None if fact.is_one_sign else not fact.value
    if is_good and _is_found(book.unsettled, _tail(before), said):
        return None
    return fact.value


def _is_found(pattern: Pattern[str], before: str, said: str) -> bool:
    """Whether the words stand before a statement, up to its beginning, or run into it."""
    return bool(pattern.search(before) or pattern.search(before + said))


def _tail(before: str) -> str:
    words = before.split(" ")
    return " ".join(words[-OPENING_REACH_WORDS - 1 :])


def _is_denied(
    fact: CompiledFact, before: str, said: str, after: str, book: CompiledBook, *, is_good: bool
) -> bool:
    """Whether a negation turns the words round: one that they would have matched without."""
    if book.negative.search(said):
        # "Not breathing" is no denial of "breathing"; "power not off" is one of "power off".
        bare = " ".join(book.negative.sub(" ", said).split())
        again = fact.any.search(f"{before}{bare}{after}", max(0, len(before) - 1))
        return again is not None and again.start() < len(before) + len(bare)
    answer = book.answers.match(before + said)
    told = before[answer.end() :] if answer else before
    tail = " ".join(told.split()[-(DENIAL_REACH_WORDS if is_good else BAD_NEWS_REACH_WORDS) :])
    if book.negative.search(tail):
        return not book.unceasing.search(tail)
    return is_good and bool(book.denied_after.search(after))
