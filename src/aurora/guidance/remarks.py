"""What callers ask or announce whatever the hazard is; what is answered stands in procedures."""

from collections.abc import Iterator, Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from aurora.guidance.cues import Cue
from aurora.guidance.procedure import (
    Heard,
    Identifier,
    Pattern,
    Procedure,
    Reply,
    Sentence,
    compiled,
)
from aurora.triage.text import normalise

_folded = cache(normalise)
"""Every procedure is asked about the same few sentences."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Remark(_Strict):
    """One thing that callers of any procedure say, in all the ways they say it."""

    heard: list[Heard] = Field(default_factory=list)
    when: list[Pattern] = Field(default_factory=list)
    goes_first: bool = False
    """To the letter, before what else the words may be: an order to carry on is no good news."""
    needs: Cue | None = None
    """What the words must show before the general answer is found by their meaning."""
    say: list[Sentence] = Field(default_factory=list)
    """The answer where a procedure has none of its own; empty when only procedures can know."""

    @field_validator("say")
    @classmethod
    def _asks_nothing(cls, lines: list[str]) -> list[str]:
        if any("?" in line for line in lines):
            raise ValueError("asks, and no procedure waits for the answer; order or tell")
        return lines

    @model_validator(mode="after")
    def _can_be_heard(self) -> "Remark":
        if not (self.heard or self.when):
            raise ValueError("give it heard or when")
        return self


class Remarks(_Strict):
    """All of one language: remarks/<language>.yaml."""

    language: str
    remarks: dict[Identifier, Remark]


def with_remarks(procedure: Procedure, remarks: Mapping[str, Remark]) -> Procedure:
    """Return the procedure with its replies' shared remarks written out, and the general answers.

    A name that `remarks` lacks is left for `unknown_remarks` to complain of.
    """
    replies = [_written_out(reply, remarks) for reply in procedure.replies]
    answered = {name for reply in procedure.replies for name in (reply.id, *reply.to)}
    replies += [
        _general(name, remark, say)
        for name, remark in remarks.items()
        if name not in answered and (say := _sayable(remark, procedure))
    ]
    return procedure.model_copy(update={"replies": replies})


def unknown_remarks(procedure: Procedure, remarks: Mapping[str, Remark]) -> Iterator[str]:
    """Yield a complaint for each shared remark that the language's file lacks."""
    for reply in procedure.replies:
        for name in reply.to:
            if name not in remarks:
                yield (
                    f"{procedure.reference}: reply {reply.id}: to: no remark {name!r} in "
                    f"remarks/{procedure.language}.yaml; add it or correct the name"
                )


def _general(name: str, remark: Remark, say: list[str]) -> Reply:
    """The reply that a remark is; its parts were checked when they were read, 5,000 times over."""
    # `to` is given: pydantic inspects the factory of a default each time, 0.3 s over all of them.
    return Reply.model_construct(
        id=name,
        to=[],
        heard=remark.heard,
        when=remark.when,
        stated={},
        needs=remark.needs,
        say=say,
        unless={},
        is_general=True,
        goes_first=remark.goes_first,
    )


def _sayable(remark: Remark, procedure: Procedure) -> list[str]:
    """The general answers that this procedure never forbids: "leave them" is wrong in a few."""
    return [
        line
        for line in remark.say
        if not any(compiled(pattern).search(_folded(line)) for pattern in procedure.never)
    ]


def _written_out(reply: Reply, remarks: Mapping[str, Remark]) -> Reply:
    shared = [remarks[name] for name in reply.to if name in remarks]
    if not shared:
        return reply
    heard = [*reply.heard, *(line for remark in shared for line in remark.heard)]
    when = [*(pattern for remark in shared for pattern in remark.when), *reply.when]
    goes_first = reply.goes_first or any(remark.goes_first for remark in shared)
    return reply.model_copy(update={"heard": heard, "when": when, "goes_first": goes_first})
