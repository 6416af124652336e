"""Rate one utterance by the languages' rule files; knows no language itself, nor the call."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from aurora.errors import SiteError
from aurora.levels import Hazard, Urgency
from aurora.site.yaml_file import read_yaml
from aurora.triage.assessment import Fact, Intent
from aurora.triage.compiled import CompiledBook, CompiledFrame, CompiledHazard, CompiledTopic
from aurora.triage.rulebook import HazardRule, Rulebook
from aurora.triage.statements import facts_in

NEGATION_REACH_WORDS = 4
"""How far before a hazard its denial may stand: "there is no sign of any smoke"."""

_OUTRANKED_BY_HAZARD = {
    Intent.DRILL,
    Intent.WRONG_NUMBER,
    Intent.GREETING,
    Intent.THANKS,
    Intent.GOODBYE,
}


WORDS_BESIDE_AN_ORDER = 3
"""More than "and" and "please" may tell of something."""


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What the rules say of one utterance."""

    urgency: Urgency | None
    """None when no rule fired on words that were understood: an ordinary statement, if anything."""
    hazard: Hazard = Hazard.NONE
    procedure: str | None = None
    intent: Intent = Intent.REPORT
    facts: Mapping[str, Fact] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    is_drill: bool = False
    is_live: bool = False
    says_real: bool = False
    confidence: float = 0.0
    """0 to 1, that `urgency` is not too low."""
    is_mere_order: bool = False
    """The words order Aurora about and hold nothing else."""


@dataclass(frozen=True, slots=True)
class _Hit:
    hazard: CompiledHazard
    urgency: Urgency
    reason: str

    @property
    def is_softened(self) -> bool:
        return self.urgency is not self.hazard.rule.urgency


class Rules:
    """The rulebooks of all languages; each is compiled (0.2 s) when first needed or by `warm`."""

    def __init__(self, books: Mapping[str, Rulebook], ready: Collection[str] | None = None) -> None:
        """ready: the languages compiled now; all when None. Raises SiteError for a bad pattern."""
        if not books:
            raise SiteError("no rule files; add at least one to triage/rules")
        self._sources = dict(books)
        self._books: dict[str, CompiledBook] = {}
        for language in self._sources if ready is None else ready:
            self._book(language)

    def rate(self, text: str, language: str) -> RuleVerdict:
        """Rate the words of one utterance; in a language without a book, by every book."""
        if language in self._sources:
            return _Rating(self._book(language), text, self).verdict()
        verdicts = [_Rating(book, text, self).verdict() for book in self]
        return max(verdicts, key=lambda verdict: verdict.urgency.rank if verdict.urgency else -1)

    def warm(self) -> None:
        """Compile every book, so that no caller waits for it."""
        for language in self._sources:
            self._book(language)

    def __iter__(self) -> Iterator[CompiledBook]:
        return map(self._book, self._sources)

    def _book(self, language: str) -> CompiledBook:
        if language not in self._books:
            self._books[language] = _compiled(self._sources[language])
        return self._books[language]


class _Rating:
    """The rating of one utterance by one book."""

    def __init__(self, book: CompiledBook, text: str, all_books: Iterable[CompiledBook]) -> None:
        self.book = book
        self.all_books = all_books
        self.utterance = book.read(text)
        flat = self.utterance.flat
        self.is_live = bool(book.live.search(flat))
        self.is_question = "?" in self.utterance.text or bool(book.question.search(flat))
        self.frames = [
            framed for framed in book.frames if framed.frame.whole_utterance and framed.holds(flat)
        ]

    def verdict(self) -> RuleVerdict:
        hits = sorted(self._hits(), key=lambda hit: -hit.urgency.rank)
        top = hits[0] if hits else None
        if top and top.urgency.is_emergency:
            return self._emergency(top, hits)
        return self._calm(top, hits)

    def _emergency(self, top: _Hit, hits: list[_Hit]) -> RuleVerdict:
        rule = top.hazard.rule
        facts = self._facts()
        return RuleVerdict(
            urgency=top.urgency,
            hazard=rule.hazard,
            procedure=_procedure_of(rule, facts),
            intent=self._intent(_OUTRANKED_BY_HAZARD) or Intent.REPORT,
            facts=facts,
            reasons=tuple(hit.reason for hit in hits),
            is_live=self.is_live or not top.is_softened,
            says_real=self.is_live,
            confidence=0.75 if top.is_softened else 0.95,
        )

    def _calm(self, top: _Hit | None, hits: list[_Hit]) -> RuleVerdict:
        """No emergency in the words: why they were said decides between the other levels."""
        is_drill = not self.is_live and any(framed.id == "drill" for framed in self.frames)
        intent = self._intent(set() if is_drill else {Intent.DRILL})
        topic = self._topic()
        is_mere_order = not hits and self._is_mere_order()
        is_routine = is_mere_order or bool(self.book.routine.search(self.utterance.flat))
        hazard, procedure = Hazard.NONE, None
        urgency: Urgency | None = None
        confidence = 0.3
        if is_drill:
            intent, urgency, confidence = Intent.DRILL, Urgency.NORMAL, 0.7
        elif (top and top.urgency is Urgency.ASSISTIVE) or self._is_asking(intent, is_routine):
            urgency, confidence = Urgency.ASSISTIVE, 0.6
            intent = intent or Intent.QUESTION
            if topic:
                hazard, procedure = topic.topic.hazard, topic.topic.procedure
            elif top:
                hazard, procedure = top.hazard.rule.hazard, top.hazard.rule.procedure
        elif intent or is_routine or top:
            urgency, confidence = Urgency.NORMAL, 0.6
        elif not any(book.is_understood(self.utterance) for book in self.all_books):
            intent, urgency, confidence = Intent.UNCLEAR, Urgency.URGENT, 0.2
            hazard = Hazard.OTHER
        if top and not top.is_softened:  # a small cut: nothing urgent, but with its own advice
            hazard, procedure = top.hazard.rule.hazard, top.hazard.rule.procedure
        return RuleVerdict(
            urgency=urgency,
            hazard=hazard,
            procedure=procedure,
            intent=intent or (Intent.QUESTION if self.is_question else Intent.REPORT),
            facts=self._facts(),
            reasons=tuple(hit.reason for hit in hits),
            is_drill=is_drill,
            is_live=self.is_live,
            says_real=self.is_live,
            confidence=confidence,
            is_mere_order=is_mere_order,
        )

    def _is_mere_order(self) -> bool:
        rest, orders = self.book.orders.subn(" ", self.utterance.flat)
        return orders > 0 and len(rest.split()) <= WORDS_BESIDE_AN_ORDER

    def _is_asking(self, intent: Intent | None, is_routine: bool) -> bool:
        """A question for guidance; one answered by a plain fact of the day's routine is not."""
        return self.is_question and not is_routine and intent is None

    def _hits(self) -> Iterator[_Hit]:
        for hazard in self.book.hazards:
            best = max(self._hits_of(hazard), key=lambda hit: hit.urgency.rank, default=None)
            if best:
                yield best

    def _hits_of(self, hazard: CompiledHazard) -> Iterator[_Hit]:
        lines = self.utterance.lines
        match = hazard.any.search(lines)
        while match:
            offset, clause = self.utterance.clause_at(match.start(), match.end())
            is_denied = hazard.rule.negatable and self._is_denied(lines[offset : match.start()])
            if not is_denied and not hazard.unless.search(clause):
                yield self._framed(hazard, clause)
            # A hit may lie inside one that is denied: "I want no trouble, the skip is burning".
            match = hazard.any.search(lines, match.start() + 1)

    def _is_denied(self, before: str) -> bool:
        tail = " ".join(before.split()[-NEGATION_REACH_WORDS:])
        return bool(self.book.negation.search(tail))

    def _framed(self, hazard: CompiledHazard, clause: str) -> _Hit:
        """The hit at the level that the way it is said leaves it."""
        rule = hazard.rule
        frames = [
            framed
            for framed in self._frames_on(clause)
            if framed.id not in rule.keeps and framed.frame.softens_to.rank < rule.urgency.rank
        ]
        if not frames:
            return _Hit(hazard, rule.urgency, rule.id)
        # Assistive and normal are equally harmless: between them the file's order decides.
        lowest = min(frames, key=lambda framed: max(framed.frame.softens_to.rank, 1))
        return _Hit(hazard, lowest.frame.softens_to, f"{rule.id}:{lowest.id}")

    def _frames_on(self, clause: str) -> Iterator[CompiledFrame]:
        for framed in self.book.frames:
            if framed.frame.yields_to_live and self.is_live:
                continue
            if framed in self.frames if framed.frame.whole_utterance else framed.holds(clause):
                yield framed

    def _intent(self, ignored: set[Intent]) -> Intent | None:
        flat = self.utterance.flat
        for intent, pattern in self.book.intents:
            if intent not in ignored and pattern.search(flat):
                return intent
        return None

    def _topic(self) -> CompiledTopic | None:
        flat = self.utterance.flat
        return next((topic for topic in self.book.topics if topic.any.search(flat)), None)

    def _facts(self) -> dict[str, Fact]:
        return facts_in(self.utterance, self.book)


def _procedure_of(rule: HazardRule, facts: Mapping[str, Fact]) -> str | None:
    """The procedure that a rule names: who breathes again, by the same words, gets the care of one
    who lay there, and no compressions. The urgency stays."""
    breathes_again = rule.procedure == "cardiac_arrest" and facts.get("breathing") is True
    return "medical" if breathes_again else rule.procedure


def _compiled(book: Rulebook) -> CompiledBook:
    try:
        return CompiledBook(book)
    except SiteError as error:
        raise SiteError(f"triage/rules/{book.language}.yaml: {error}") from error


def load_rulebooks() -> dict[str, Rulebook]:
    """Read the rule file of every language that has one; raises SiteError."""
    with resources.as_file(resources.files("aurora.triage") / "rules") as folder:
        return {path.stem: read_rulebook(path) for path in sorted(folder.glob("*.yaml"))}


def read_rulebook(path: Path) -> Rulebook:
    """Read and check one rule file; raises SiteError with one problem a line."""
    book = read_yaml(path, Rulebook)
    frames = {frame for rule in book.hazards for frame in rule.keeps} - set(book.frames)
    if frames:
        raise SiteError(f"{path}: hazards keep unknown frames {sorted(frames)}; add or correct")
    return book
