"""Tell one procedure to a made-up caller, to its end, and say what is wrong with what they hear."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aurora.console.review.found import (
    ANSWERED_OTHERWISE,
    COMES_BACK,
    FORBIDDEN,
    NOT_FIRST,
    Found,
)
from aurora.conversation import silence
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.guidance.grounding.check import WORDS
from aurora.guidance.grounding.claims import Claims, ClaimWords, CompiledNever
from aurora.guidance.grounding.sentence import Sentence
from aurora.guidance.procedure import Ask, Procedure
from aurora.guidance.spoken import TURNS_UNREPEATED, Spoken, fold
from aurora.site.yaml_file import read_yaml

BEGIN_AT = datetime(2026, 1, 12, 10, 0, tzinfo=UTC)
BETWEEN_TURNS = timedelta(seconds=10)
SILENT = ""
OKAY = {"en": "okay", "es": "vale", "fr": "d'accord", "de": "okay"}
SILENT_TURNS = 14
REPLIES_TRIED = 12


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn of a rehearsal."""

    caller: str
    """Empty for silence."""
    sentences: tuple[Spoken, ...]

    def as_dict(self) -> dict[str, str]:
        return {"caller": self.caller, "aurora": " ".join(one.text for one in self.sentences)}


@dataclass(frozen=True, slots=True)
class Run:
    """One call of a rehearsal: what it tries, and how it went."""

    name: str
    """okay, silent or reply:<id>."""
    turns: tuple[Heard, ...]


def runs_of(dialogue: Dialogue, procedure: Procedure) -> Iterator[Run]:
    """Yield the calls a procedure is tried with."""
    okay = OKAY.get(procedure.language, "okay")
    yield Run("okay", tuple(_told(dialogue, procedure, [okay] * (len(procedure.then) + 4))))
    yield Run("silent", tuple(_told(dialogue, procedure, [SILENT] * SILENT_TURNS)))
    asked = [reply for reply in procedure.replies if reply.heard and not reply.is_general]
    for reply in asked[:REPLIES_TRIED]:
        words = reply.heard[0]
        yield Run(f"reply:{reply.id}", tuple(_told(dialogue, procedure, [words])))


def problems_of(procedure: Procedure, runs: Sequence[Run]) -> Iterator[Found]:
    """Yield what no caller may meet, with what mends it."""
    yield from _forbidden_by_itself(procedure)
    for run in runs:
        first = run.turns[0].sentences
        if not first or first[0].text != procedure.first_line:
            yield Found("first_line", NOT_FIRST, {"run": run.name})
            break
    for run in runs:
        if not run.name.startswith("reply:"):
            yield from _repeated(run)


def notes_of(procedure: Procedure, runs: Sequence[Run]) -> Iterator[Found]:
    """Yield what works and may not be meant, in the same form."""
    replies = {reply.id: reply for reply in procedure.replies}
    for run in runs:
        _, _, reply_id = run.name.partition(":")
        if reply_id and not any(
            one.name == f"reply.{reply_id}" for turn in run.turns for one in turn.sentences
        ):
            words = replies[reply_id].heard[0]
            yield Found(f"replies.{reply_id}", ANSWERED_OTHERWISE, {"words": repr(words)})


def _forbidden_by_itself(procedure: Procedure) -> Iterator[Found]:
    claims = Claims(read_yaml(WORDS / f"{procedure.language}.yaml", ClaimWords))
    never = CompiledNever(patterns=tuple(procedure.never)).compiled
    for field, line in _own_lines(procedure):
        for breach in claims.breaches(Sentence(line), never):
            yield Found(field, FORBIDDEN, {"words": repr(breach.strip())})


def _own_lines(procedure: Procedure) -> Iterator[tuple[str, str]]:
    yield "first_line", procedure.first_line
    for at, item in enumerate(procedure.then):
        yield f"then.{at}", item.ask if isinstance(item, Ask) else item.do
        yield f"then.{at}.again", item.again
    for at, line in enumerate(procedure.comfort):
        yield f"comfort.{at}", line


def _repeated(run: Run) -> Iterator[Found]:
    told = [[fold(one.text) for one in turn.sentences] for turn in run.turns]
    for at, sentences in enumerate(told):
        for index, sentence in enumerate(sentences):
            if any(sentence in before for before in told[max(0, at - TURNS_UNREPEATED) : at]):
                words = run.turns[at].sentences[index]
                field = words.name if ":" in words.source else "comfort"
                values = {"words": repr(words.text), "turns": str(TURNS_UNREPEATED)}
                yield Found(field, COMES_BACK, values | {"run": run.name})


def _told(dialogue: Dialogue, procedure: Procedure, words: Sequence[str]) -> Iterator[Heard]:
    now = BEGIN_AT
    call = Call("rehearsal", "gather", dialogue.site.id, "rehearsal", procedure.language, now)
    turn = dialogue.open_turn(call, now)
    dialogue.apply(turn, dialogue.guide.start(turn.situation, procedure.procedure), now)
    dialogue.close_turn(turn)
    yield Heard("", tuple(turn.sentences))
    for said in words:
        now += BETWEEN_TURNS
        turn = dialogue.hear(call, said, now) if said else silence.wait(dialogue, call, now)
        dialogue.close_turn(turn)
        yield Heard(said, tuple(turn.sentences))
