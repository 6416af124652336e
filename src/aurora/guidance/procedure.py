"""The reviewed script for a hazard, as its YAML file holds it; running it is the runner's work."""

import re
from collections.abc import Iterator
from functools import cache
from math import gcd
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from aurora.guidance.cues import Cue
from aurora.guidance.spoken import TURNS_UNREPEATED
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Fact
from aurora.triage.text import unaccented_pattern

MAX_FIRST_LINE_WORDS = 14
"""Counted by blanks. English aims at 12; a language with articles gets two more."""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern ready for normalised text: without accents, in lower case."""
    return re.compile(unaccented_pattern(pattern), re.IGNORECASE)


def _compiles(pattern: str) -> str:
    try:
        compiled(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression ({error}); fix or quote the pattern") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression, matched anywhere, ignoring case."""
Sentence = Annotated[str, Field(min_length=2, max_length=240)]
Heard = Annotated[str, Field(min_length=3, max_length=160)]
"""A caller's words, as an example."""
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Approval(_Strict):
    """Who stands behind the words. A draft may be spoken; the start-up report counts drafts."""

    state: Literal["draft", "approved"]
    by: str | None = None
    role: str | None = None
    on: str | None = None

    @model_validator(mode="after")
    def _approved_by_somebody(self) -> "Approval":
        if self.state == "approved" and not (self.by and self.role and self.on):
            raise ValueError("an approved procedure names by, role and on (a date)")
        return self


class Asking(_Strict):
    """Words that may ask something; the caller's yes or no then belongs to that question."""

    asks: Identifier | None = None
    """The fact that the question in these words finds out; needed where one has a "?"."""
    is_yes_no: bool = True
    """Can be answered by yes or no, so also by keypad."""


class Branch(Asking):
    """What an answer leads to: something to say, a rise in urgency, another procedure."""

    say: Sentence | None = None
    """Beside a switch: what is said while something holds that procedure back."""
    urgency: Urgency | None = None
    switch: Identifier | None = None
    """Procedure to go to; its first line is then spoken."""


class Ask(_Strict):
    """A question, asked at most twice (the second time in the words of `again`)."""

    ask: Sentence
    again: Sentence
    fact: Identifier
    """The fact it finds out; the question is skipped once that fact is known."""
    is_yes_no: bool = True
    """Can be answered by yes or no, so also by keypad."""
    if_yes: Branch | None = None
    if_no: Branch | None = None
    unless: dict[Identifier, Fact] = Field(default_factory=dict)
    """Neither asked nor followed by its branches when every fact here is known to have this value:
    whoever is out is not asked what can be seen from outside."""


class Step(_Strict):
    """One instruction: one thing to do."""

    do: Sentence
    again: Sentence
    """The same instruction in other words, for a caller who did not hear."""
    unless: dict[Identifier, Fact] = Field(default_factory=dict)
    """Skipped when every fact here is known to have this value."""


class Reply(Asking):
    """The right answer to what a caller asks or announces while the procedure runs."""

    id: Identifier
    to: list[Identifier] = Field(default_factory=list)
    """Remarks shared by many procedures (remarks/<language>.yaml) that this answers."""
    heard: list[Heard] = Field(default_factory=list)
    """What callers say, word for word; close in meaning is close enough."""
    when: list[Pattern] = Field(default_factory=list)
    """Patterns for what must match to the letter."""
    stated: dict[Identifier, Fact] = Field(default_factory=dict)
    """Facts that call for it when the caller's words state them, as a pattern does; to words that
    state the opposite of one it is never given, whatever they look like."""
    means_no_breath: bool = False
    """Whether words to the letter of this tell, as gasps do, that the casualty does not breathe."""
    needs: Cue | None = None
    """What the words must show before their meaning is enough: for an answer that takes another
    course, such as to shut oneself in."""
    say: Annotated[list[Sentence], Field(min_length=1)]
    """Variants, taken in turn, so that a second asking gets other words."""
    unless: dict[Identifier, Fact] = Field(default_factory=dict)
    """Not given when every fact here is known to have this value: nobody who is inside hears what
    those outside have to do."""
    urgency: Urgency | None = None
    switch: Identifier | None = None
    is_general: bool = False
    """The answer of every procedure that has none of its own; set for shared remarks."""
    goes_first: bool = False
    """Before the others that match to the letter; also set by a shared remark."""

    @model_validator(mode="after")
    def _can_be_heard(self) -> "Reply":
        if not (self.to or self.heard or self.when or self.stated):
            raise ValueError(
                f"reply {self.id}: give it a shared remark (to), heard, when or stated"
            )
        return self


class Rhythm(_Strict):
    """A count kept with the rescuer once every step was given, as in telephone CPR."""

    count: Annotated[list[Sentence], Field(min_length=TURNS_UNREPEATED + 1)]
    """One a turn, in turn, each after a comfort line; enough that none comes back soon."""
    change_over: Annotated[list[Sentence], Field(min_length=2)]
    """In place of the comfort line when it is time; names {minutes}, those since the count
    began."""
    every_s: Annotated[int, Field(ge=60, multiple_of=60)]
    """Seconds between two change-overs."""

    @field_validator("change_over")
    @classmethod
    def _names_the_minutes(cls, lines: list[str]) -> list[str]:
        if not all("{minutes}" in line for line in lines):
            raise ValueError("name {minutes} in each line, so that no two are the same")
        return lines


class CalledFor(_Strict):
    """Words that call for this procedure in place of a more general one."""

    instead_of: Annotated[list[Identifier], Field(min_length=1)]
    when: Annotated[list[Pattern], Field(min_length=1)]
    """Matched in the caller's words, lower case and without accents."""


class Procedure(Asking):
    """One hazard, one language, one version; `asks` is what its first line asks."""

    procedure: Identifier
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    version: Annotated[int, Field(ge=1)]
    approval: Approval
    source: Annotated[list[str], Field(min_length=1)]
    title: str
    hazard: Hazard
    urgency: Urgency
    """The least urgency of a call once this procedure runs."""
    first_line: Sentence
    called_for: CalledFor | None = None
    """None for a hazard's own procedure, which needs no words beyond the hazard's."""
    then: Annotated[list[Ask | Step], Field(min_length=3)]
    """Spoken in order, one a turn, after the first line."""
    replies: list[Reply] = Field(default_factory=list)
    comfort: Annotated[list[Sentence], Field(min_length=3)]
    """Said in turn when every step was given and the caller is still there."""
    rhythm: Rhythm | None = None
    hold_until: dict[Identifier, Fact] = Field(default_factory=dict)
    """While running, no other procedure takes over until one of these facts is known: the caller
    is out of the fire, the power is off."""
    never: list[Pattern] = Field(default_factory=list)
    """What no sentence may say while this procedure runs, unless negated in its clause."""
    uses_exit: bool = False
    """Leaving the zone is right, so the confirmed zone's exit is named after the first line."""
    equipment: Literal["aed", "eyewash", "shower"] | None = None
    """Equipment of the confirmed zone to name after the first line."""
    alert: Annotated[list[Identifier], Field(min_length=1)]
    """Roles told, beside those the site's escalation rules name for the urgency."""

    @model_validator(mode="after")
    def _count_and_comfort_differ_in_length(self) -> "Procedure":
        if self.rhythm is None:
            return self
        if len(self.comfort) <= TURNS_UNREPEATED:
            raise ValueError(f"a count needs more than {TURNS_UNREPEATED} comfort lines")
        if gcd(len(self.comfort), len(self.rhythm.count)) > 1:
            raise ValueError(
                f"{len(self.comfort)} comfort lines and {len(self.rhythm.count)} counts share a "
                "factor, so that turns repeat; add or drop one"
            )
        return self

    @model_validator(mode="after")
    def _first_line_is_short(self) -> "Procedure":
        words = len(self.first_line.split())
        if words > MAX_FIRST_LINE_WORDS:
            raise ValueError(f"first_line has {words} words; at most {MAX_FIRST_LINE_WORDS}")
        return self

    @model_validator(mode="after")
    def _waits_for_what_it_asks(self) -> "Procedure":
        for where, asking, lines in self._spoken():
            asked = next((line for line in lines if "?" in line), None)
            if asked is not None and asking is None:
                raise ValueError(f"{where}: {asked!r} asks, and nobody waits there; order or tell")
            if asking is not None and (asked is None) is not (asking.asks is None):
                raise ValueError(
                    f"{where}: a line that asks has a question mark and beside it `asks`, the fact "
                    "that the answer is; give both or neither"
                )
        return self

    def _spoken(self) -> Iterator[tuple[str, Asking | None, list[str]]]:
        """Everything this procedure says but its own questions: where it stands, and its lines."""
        yield "first_line", self, [self.first_line]
        for item in self.then:
            if isinstance(item, Step):
                yield "then", None, [item.do, item.again]
                continue
            for name, branch in (("if_yes", item.if_yes), ("if_no", item.if_no)):
                if branch is not None:
                    yield f"{item.fact}.{name}", branch, [branch.say or ""]
        for reply in self.replies:
            yield f"reply {reply.id}", reply, reply.say
        yield "comfort", None, self.comfort
        if self.rhythm is not None:
            yield "rhythm", None, [*self.rhythm.count, *self.rhythm.change_over]

    def lines_asking(self, fact: str | None) -> Iterator[tuple[str, list[str]]]:
        """Yield every line beside its own questions that asks for this fact: part and words."""
        for part, asking, lines in self._spoken():
            if asking is not None and asking.asks is not None and asking.asks == fact:
                yield part.replace("reply ", "reply."), lines

    def is_open(self, fact: str) -> bool:
        """Whether no yes or no answers the question about this fact."""
        asks = (item for item in self.then if isinstance(item, Ask) and item.fact == fact)
        asking = (one for _, one, _ in self._spoken() if one is not None and one.asks == fact)
        return not all(one.is_yes_no for one in asks) or not all(one.is_yes_no for one in asking)

    @property
    def is_approved(self) -> bool:
        return self.approval.state == "approved"

    @property
    def reference(self) -> str:
        """How the record names it: "fire.en@1"."""
        return f"{self.procedure}.{self.language}@{self.version}"
