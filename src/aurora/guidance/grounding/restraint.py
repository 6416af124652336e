"""In an emergency a model may say what is approved, ask, or keep the caller talking; no more."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from aurora.guidance.grounding.asking import Asking, tokens
from aurora.guidance.grounding.claims import compile_all
from aurora.guidance.grounding.names import phrases_pattern
from aurora.guidance.grounding.sentence import Sentence

MAX_LEFT_OUT = 2
"""Words of an approved sentence that may be missing between two that are said."""
MIN_SAID = 0.75
"""Share of an approved clause that must be said: less of it can mean something else."""
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_STOPS = r"[,;:.!?]+(?!\d)"


class RestraintWords(BaseModel):
    """One language's section of emergency.yaml, where each is explained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    polite: str
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
    states: str
    asks: str
    smuggled: list[str]
    ways_out: list[str]


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


@dataclass(frozen=True)
class Approved:
    """Sentences that may be repeated, ready for comparing."""

    by_word: dict[str, list[tuple[_Approved, int]]] = field(default_factory=dict)
    """By each word that begins one of their clauses, and where it stands."""
    asked: frozenset[str] = frozenset()
    """Words of approved questions, which other questions may use with care."""
    lent: frozenset[str] = frozenset()
    """All approved words, which a question may use that only asks how something is."""
    place: re.Pattern[str] | None = None
    """Names of the caller's own place, which every question may use."""

    def without_place(self, text: str) -> str:
        return self.place.sub(" ", text) if self.place else text


class Restraint:
    """In an emergency: nothing but approved sentences, questions and talk that asks for no act."""

    def __init__(
        self,
        words: RestraintWords,
        asking: Asking,
        is_number: Callable[[str], bool],
        also_said: Iterable[str] = (),
    ) -> None:
        self._is_number = is_number
        self._asking = asking
        self._polite = re.compile(rf"\b(?:{words.polite})\b")
        self._fillers = {*words.fillers, *words.cuts.split("|")}
        self._same = {word: kept for kept, others in words.same.items() for word in others}
        self._negators, self._conditions = set(words.negators), set(words.conditions)
        self._done_before = re.compile(words.done_before)
        self._cut = re.compile(rf"{_STOPS}|\b(?:{words.cuts})\b")
        self._conjunction = re.compile(rf"(?:{words.cuts})\b")
        self._preludes = re.compile(words.preludes)
        self._talk = re.compile("|".join([*words.acknowledgements, *words.talk, *also_said]))
        self._tell = re.compile(rf"(?:{words.tell})\b")
        self._continues = re.compile(words.continues)
        self._condition = re.compile(rf"(?:{words.condition})\b[^.;:!?]{{1,60}}?, *")
        self._states = re.compile(words.states)
        self._asks = re.compile(words.asks)
        self._smuggled = compile_all(words.smuggled)

    def approve(self, lines: Iterable[str], place: Iterable[str] = ()) -> Approved:
        """Return the normalised lines ready for `is_kept_by`.

        place: names of the caller's own place; a question may use them.
        """
        by_word: dict[str, list[tuple[_Approved, int]]] = defaultdict(list)
        asked, lent = set[str](), set[str]()
        for line in lines:
            for sentence in _SENTENCE.findall(self._plain(line)):
                lent.update(tokens(sentence))
                if sentence.endswith("?"):
                    asked.update(tokens(sentence))
                for form in {sentence, self._done_before.sub(" ", sentence)}:
                    known = self._read(form)
                    for at, number in enumerate(known.clauses):
                        if at == 0 or known.clauses[at - 1] != number:
                            by_word[known.words[at]].append((known, at))
        names = list(place)
        named = phrases_pattern(names) if names else None
        lent -= self._negators | self._conditions
        return Approved(dict(by_word), frozenset(asked - self._negators), frozenset(lent), named)

    def _read(self, sentence: str) -> _Approved:
        parts = self._clauses_of(sentence)
        return _Approved(
            words=[word for part in parts for word in part],
            clauses=[number for number, part in enumerate(parts) for _ in part],
            is_question=sentence.endswith("?"),
        )

    def is_kept_by(self, sentence: Sentence, approved: Approved) -> bool:
        """Whether every clause is approved, a question, or talk that asks for no act."""
        return self.is_text_kept_by(sentence.text, approved)

    def is_text_kept_by(self, text: str, approved: Approved) -> bool:
        """The same for a normalised text."""
        text = self._done_before.sub(" ", self._plain(text))
        parts = [text[a:b] for a, b in pairwise(self.bounds(text))]
        return self._is_covered([part for part in parts if tokens(part)], approved)

    def bounds(self, text: str) -> list[int]:
        """Where the clauses of a text begin and end."""
        bounds = {0, len(text)}
        for cut in self._cut.finditer(text):
            is_word = cut.group()[0].isalpha()
            bounds.add(cut.start() if is_word else cut.end())
        return sorted(bounds)

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
        joined = self._conjunction.match(whole)
        text = (whole[joined.end() :] if joined else whole).strip(" ?")
        if is_question:
            return self._is_askable(text, parts, approved)
        condition = self._condition.match(text)
        before = condition.group() if condition else ""
        said = text.removeprefix(before)
        if not self._is_harmless(before, approved.asked, approved):
            return False
        if self.is_talk(said):
            return True
        told = self._tell.match(said)
        if told is None or not self._is_harmless(said[told.end() :], approved.asked, approved):
            return False
        return all(self._goes_on(part) for part in parts[1 + before.count(",") :])

    def is_talk(self, text: str) -> bool:
        """Whether a normalised text is one whole clause that asks for no act."""
        return bool(self._talk.fullmatch(re.sub(r"[ ,?.!]+", " ", text).strip()))

    def _is_askable(self, text: str, parts: list[str], approved: Approved) -> bool:
        if not self._asking.is_open(text):
            return False
        bare = [approved.without_place(part) for part in parts]
        if all(self.is_talk(part) or not self._asking.unknown(part) for part in bare):
            return True
        if self._states.match(text) and self._is_harmless(text, approved.lent, approved):
            return True
        # Words lent by an approved question can be put together into an order: look twice.
        more = all(self._asks.match(part.strip()) or self._goes_on(part) for part in parts[1:])
        is_asking = bool(self._asks.match(text)) and more
        return is_asking and self._is_harmless(text, approved.asked, approved)

    def _is_harmless(self, text: str, lent: frozenset[str], approved: Approved) -> bool:
        """Whether the words are those of questions, in an order that tells nobody to act."""
        text = approved.without_place(text)
        return self._asking.is_known(text, lent) and not self._is_smuggling(text)

    def _goes_on(self, part: str) -> bool:
        return bool(self._continues.match(self._conjunction.sub("", part.strip(), count=1).strip()))

    def _is_smuggling(self, text: str) -> bool:
        return any(pattern.search(text) for pattern in self._smuggled)

    def _is_approved(self, words: list[str], approved: Approved, *, is_question: bool) -> bool:
        if not words or self._is_bare(words):
            return False
        return any(
            known.is_question == is_question and self._follows(words, known, at)
            for known, at in approved.by_word.get(words[0], ())
        )

    def _is_bare(self, words: list[str]) -> bool:
        """Whether this is only a "no": it answers whatever was asked, "is it dangerous" too."""
        return len(words) == 1 and words[0] in self._negators

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
        turns = {i for i in clause if self._is_needed(known.words[i])}
        turns |= {i for i, word in enumerate(known.words) if word in self._conditions}
        return turns <= set(said) and len(said) >= MIN_SAID * len(clause)

    def _is_needed(self, word: str) -> bool:
        return word in self._negators or self._is_number(word)

    def _plain(self, text: str) -> str:
        return self._polite.sub(" ", _full(text))

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
        return [self._same.get(word, word) for word in tokens(text) if word not in self._fillers]


def _full(text: str) -> str:
    return text.replace("cannot", "can not").replace("can't", "can not").replace("n't", " not")
