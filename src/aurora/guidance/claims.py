"""What a sentence claims or orders, by one language's patterns; knows no site or procedure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from aurora.guidance.sentence import Sentence
from aurora.triage.text import unaccented_pattern

NEAR_CONDITION_WORDS = 2
"""Words between "if" and a claim that it softens: "if it is safe", "when the ambulance arrives"."""
_SAFETY = re.compile(r"safe|sicher|segur|salvo|sure?\b|danger|peligro|gefahr|riesgo|risque")
"""A never about safety yields to a condition: "if it is safe"; one about an act does not."""
MAX_LEFT_OUT = 2
"""Words of an approved sentence that may be missing between two that are said."""
MIN_SAID = 0.75
"""Share of an approved clause that must be said: less of it can mean something else."""
_TOKEN = re.compile(r"[a-z0-9]+")
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_STOPS = r"[,;:.!?]+(?!\d)"
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
        self._always = {kind: _compile(patterns) for kind, patterns in words.always.items()}
        self._open = {kind: _compile(patterns) for kind, patterns in words.open.items()}
        self._accented = {
            kind: tuple(re.compile(pattern) for pattern in patterns)
            for kind, patterns in words.accented.items()
        }
        self._pending = re.compile(words.pending)
        self._asserted = {kind: _compile(patterns) for kind, patterns in words.asserted.items()}
        self._forbidden = _compile(words.forbidden)
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
        for pattern in (*never, *self._forbidden):
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
        last = sentence.raw.lower().rstrip(" .!?\"'").rpartition(" ")[2]
        return last in self._dangling

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
        return _compile(self.patterns)


def _found(
    by_kind: dict[str, tuple[re.Pattern[str], ...]], text: str
) -> Iterator[tuple[str, re.Match[str]]]:
    for kind, patterns in by_kind.items():
        for pattern in patterns:
            yield from ((kind, match) for match in pattern.finditer(text))


def _compile(patterns: tuple[str, ...] | list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(unaccented_pattern(p), re.IGNORECASE) for p in patterns)


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{unaccented_pattern('|'.join(patterns))})\b")


class RestraintWords(BaseModel):
    """One language's section of emergency.yaml, where each is explained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fillers: list[str]
    same: dict[str, list[str]]
    negators: list[str]
    conditions: list[str]
    done_before: str
    cuts: str
    preludes: str
    acknowledgements: list[str]
    talk: list[str]
    tell: str
    continues: str
    condition: str
    asks: str
    smuggled: list[str]


class EmergencyWords(BaseModel):
    """emergency.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    languages: dict[str, RestraintWords]


@dataclass(frozen=True)
class _Approved:
    """One approved sentence as words, each with its clause's number."""

    words: list[str]
    clauses: list[int]
    is_question: bool


Approved = dict[str, list[tuple[_Approved, int]]]
"""Approved sentences by each word that begins one of their clauses, and where it stands."""


class Restraint:
    """In an emergency: nothing but approved sentences, questions and talk that asks for no act."""

    def __init__(self, words: RestraintWords) -> None:
        self._fillers = {*words.fillers, *words.cuts.split("|")}
        self._same = {word: kept for kept, others in words.same.items() for word in others}
        self._negators, self._conditions = set(words.negators), set(words.conditions)
        self._done_before = re.compile(words.done_before)
        self._cut = re.compile(rf"{_STOPS}|\b(?={words.cuts}\b)(?:{words.cuts})\b")
        self._conjunction = re.compile(rf"(?:{words.cuts})\b")
        self._preludes = re.compile(words.preludes)
        self._talk = re.compile("|".join([*words.acknowledgements, *words.talk]))
        self._tell = re.compile(rf"(?:{words.tell})\b")
        self._continues = re.compile(words.continues)
        self._condition = re.compile(rf"(?:{words.condition})\b[^.;:!?]{{1,60}}?, *")
        self._asks = re.compile(words.asks)
        self._smuggled = _compile(words.smuggled)

    def approve(self, lines: Iterable[str]) -> Approved:
        """Return the normalised lines ready for `is_kept_by`."""
        approved: Approved = defaultdict(list)
        for line in lines:
            for sentence in _SENTENCE.findall(_full(line)):
                for form in {sentence, self._done_before.sub(" ", sentence)}:
                    known = self._read(form)
                    for at, number in enumerate(known.clauses):
                        if at == 0 or known.clauses[at - 1] != number:
                            approved[known.words[at]].append((known, at))
        return approved

    def _read(self, sentence: str) -> _Approved:
        parts = self._clauses_of(sentence)
        return _Approved(
            words=[word for part in parts for word in part],
            clauses=[number for number, part in enumerate(parts) for _ in part],
            is_question=sentence.endswith("?"),
        )

    def is_kept_by(self, sentence: Sentence, approved: Approved) -> bool:
        """Whether every clause is approved, a question, or talk that asks for no act."""
        text = _full(sentence.text)
        bounds = [0]
        for cut in self._cut.finditer(text):
            is_word = cut.group()[0].isalpha()
            bounds.append(cut.start() if is_word else cut.end())
        bounds = sorted({*bounds, len(text)})
        parts = [text[a:b] for a, b in zip(bounds, bounds[1:], strict=False)]
        return self._is_covered([part for part in parts if _TOKEN.search(part)], approved)

    def _is_covered(self, parts: list[str], approved: Approved, *, is_led: bool = True) -> bool:
        """Cut the sentence anew, longest first: an approved sentence may hold several clauses."""
        if not parts:
            return not is_led
        for end in range(len(parts), 0, -1):
            if self._is_sayable(parts[:end], approved):
                if self._is_covered(parts[end:], approved, is_led=False):
                    return True
            elif end == 1 and is_led and len(parts) > 1 and self._is_prelude(parts[0]):
                return self._is_covered(parts[1:], approved)
        return False

    def _is_prelude(self, part: str) -> bool:
        return bool(self._preludes.fullmatch(part.strip(" ,;:.!"))) or not self._words(part)

    def _is_sayable(self, parts: list[str], approved: Approved) -> bool:
        whole = "".join(parts).strip(" ,;:.!")
        is_question = whole.endswith("?")
        if self._is_approved(self._words(whole), approved, is_question=is_question):
            return True
        text = self._conjunction.sub("", whole, count=1) if self._begins_joined(whole) else whole
        text = text.strip(" ?")
        if is_question:
            more = all(self._asks.match(part.strip()) or self._goes_on(part) for part in parts[1:])
            return bool(self._asks.match(text)) and more and not self._is_smuggling(text)
        condition = self._condition.match(text)
        before, said = (
            (text[: condition.end()], text[condition.end() :]) if condition else ("", text)
        )
        if self._talk.fullmatch(said):
            return not self._is_smuggling(before)
        told = self._tell.match(said)
        if told is None:
            return False
        inner = parts[1:] if condition is None else parts[1 + before.count(",") :]
        return all(self._goes_on(part) for part in inner) and not (
            self._is_smuggling(before) or self._is_smuggling(said[told.end() :])
        )

    def _begins_joined(self, text: str) -> bool:
        return bool(self._conjunction.match(text))

    def _goes_on(self, part: str) -> bool:
        return bool(self._continues.match(self._conjunction.sub("", part.strip(), count=1).strip()))

    def _is_smuggling(self, text: str) -> bool:
        return any(pattern.search(text) for pattern in self._smuggled)

    def _is_approved(self, words: list[str], approved: Approved, *, is_question: bool) -> bool:
        # A bare "no" answers whatever was asked, "is it dangerous" too.
        return not self._negators.issuperset(words) and any(
            known.is_question == is_question and self._follows(words, known, at)
            for known, at in approved.get(words[0], ())
        )

    def _follows(self, words: list[str], known: _Approved, at: int) -> bool:
        """Whether the words are the approved ones from `at`, with nothing turned round."""
        said = [at]
        for word in words[1:]:
            last = said[-1]
            # What a negator stands before must be said: "do not stop walking".
            left_out = 0 if known.words[last] in self._negators else MAX_LEFT_OUT
            try:
                said.append(known.words.index(word, last + 1, last + 2 + left_out))
            except ValueError:
                return False
        touched = {known.clauses[index] for index in said}
        clause = [i for i, number in enumerate(known.clauses) if number in touched]
        turns = {i for i in clause if known.words[i] in self._negators}
        turns |= {i for i, word in enumerate(known.words) if word in self._conditions}
        return turns <= set(said) and len(said) >= MIN_SAID * len(clause)

    def _clauses_of(self, sentence: str) -> list[list[str]]:
        """Words by clause; what follows a negator stays with it: "do not enter or touch it"."""
        clauses: list[list[str]] = []
        for part in self._cut.split(sentence):
            words = self._words(part)
            is_under_negation = clauses and not self._negators.isdisjoint(clauses[-1])
            if is_under_negation and self._negators.isdisjoint(words):
                clauses[-1] += words
            elif words:
                clauses.append(words)
        return clauses

    def _words(self, text: str) -> list[str]:
        return [
            self._same.get(word, word) for word in _TOKEN.findall(text) if word not in self._fillers
        ]


def _full(text: str) -> str:
    return text.replace("n't", " not").replace("cannot", "can not")
