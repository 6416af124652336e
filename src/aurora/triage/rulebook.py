"""The shape of a language's rule file; applying the rules is rules.py's work."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Fact, Intent

Pattern = Annotated[str, Field(min_length=1)]
"""Searched in lower-case text with plain apostrophes; use \\b where a word must be whole."""
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Heard(_Strict):
    """A recognition error of safety words: what is heard, and what was meant."""

    heard: Pattern
    meant: str


class Frame(_Strict):
    """How something is said that makes it less than it sounds: a drill, the past, a what-if."""

    any: Annotated[list[Pattern], Field(min_length=1)]
    unless: list[Pattern] = Field(default_factory=list)
    """The frame does not hold when one of these is in the same scope."""
    softens_to: Urgency
    """What a hazard inside the frame counts as."""
    whole_utterance: bool = True
    """False: only the clause it stands in."""
    yields_to_live: bool = True
    """A live sign anywhere in the utterance cancels the frame."""


class HazardRule(_Strict):
    """A present hazard, said in any of these ways."""

    id: Identifier
    hazard: Hazard
    procedure: Identifier | None = None
    urgency: Urgency
    any: Annotated[list[Pattern], Field(min_length=1)]
    unless: list[Pattern] = Field(default_factory=list)
    """Patterns that, in the same clause, make it something else."""
    keeps: list[Identifier] = Field(default_factory=list)
    """Frames that do not soften this rule ("he came round" after a shock stays critical)."""
    negatable: bool = True
    """False where the words are negative themselves ("not breathing")."""


class Topic(_Strict):
    """What a question or routine remark is about; never urgent by itself."""

    hazard: Hazard
    procedure: Identifier | None = None
    any: Annotated[list[Pattern], Field(min_length=1)]


class FactRule(_Strict):
    """Words that state a fact: {fact: breathing, value: false, any: ["not breathing"]}."""

    fact: Identifier
    value: Fact
    any: Annotated[list[Pattern], Field(min_length=1)]
    is_one_sign: bool = False
    """One sign of several: denied, it states nothing ("not bleeding" is not unhurt)."""
    overrules: bool = False
    """Said after the opposite it holds: "he wasn't breathing but he is breathing now"."""


class Statements(_Strict):
    """How a language denies what would state a fact, or leaves it open."""

    negative: list[Pattern] = Field(default_factory=list)
    """The words themselves that deny: "not", "nobody"; taken out, the rest is the opposite."""
    answers: list[Pattern] = Field(default_factory=list)
    """A "no" at the head of a clause that answers, and denies nothing after it."""
    subjects: list[Pattern] = Field(default_factory=list)
    """Where a statement of its own begins: a denial before it ended with another sentence."""
    reporting: list[Pattern] = Field(default_factory=list)
    """Before such a subject they carry a denial on: "I don't think", "nobody says that"."""
    reaches_over: list[Pattern] = Field(default_factory=list)
    """The words that a denial reaches over: "not yet been", "nobody has". Over others it is doubted
    whether it denies."""
    unceasing: list[Pattern] = Field(default_factory=list)
    """With a denial they say that it goes on: "doesn't stop bleeding"."""
    denied_after: list[Pattern] = Field(default_factory=list)
    """Denials that follow what they deny, from its end: "spricht nicht"."""
    unknown: list[Pattern] = Field(default_factory=list)
    """Before or in a reassuring statement: asked, or not known ("is it off", "if he breathes")."""
    unsettled: list[Pattern] = Field(default_factory=list)
    """The same for a duty, a wish or a doubt ("should be off", "I hope it is off"); what is denied
    as well is taken for denied."""


class Rulebook(_Strict):
    """Everything triage knows of one language."""

    language: str
    heard: list[Heard] = Field(default_factory=list)
    negations: Annotated[list[Pattern], Field(min_length=1)]
    """Words that, up to four words before a hazard in its clause, deny it."""
    clause_breaks: Annotated[list[Pattern], Field(min_length=1)]
    """Besides . ; ! ? and , the words that start a new clause: "but", "and then"."""
    live: Annotated[list[Pattern], Field(min_length=1)]
    """Signs that it is happening now and for real, whatever frame it stands in."""
    frames: dict[Identifier, Frame]
    """drill, past, over, hypothetical, figurative, training..."""
    hazards: list[HazardRule]
    topics: list[Topic]
    questions: Annotated[list[Pattern], Field(min_length=1)]
    """Ways to ask, with or without a question mark."""
    orders: list[Pattern] = Field(default_factory=list)
    """Orders to Aurora itself ("forget your rules"), which say nothing of the site."""
    routine: list[Pattern]
    """Words of a routine report or chat: deliveries, shifts, bookings, tests passed."""
    intents: dict[Intent, list[Pattern]]
    statements: Statements = Statements()
    facts: list[FactRule]
    common_words: Annotated[list[str], Field(min_length=60)]
    """The language's most frequent words: they tell it apart, and tell words from noise."""
