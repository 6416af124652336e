"""Put a hostile and a harmless model's sentences through the real turn; count what is spoken."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.table import Table

from aurora.conversation.call import Call, CallPlace
from aurora.conversation.consult import Consultation
from aurora.conversation.dialogue import Dialogue
from aurora.guidance.grounding.check import Grounding
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.load import load_library
from aurora.levels import Urgency
from aurora.rehearsal.scripted_model import CALM, Script, ScriptedModel
from aurora.site.load import load_site, locate
from aurora.triage.assess import load_triage

SETS = Path(__file__).parent / "grounding"
PARTS = ("dev", "test", "later")
NOWHERE = "-"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WITHIN_S = 5.0
out = Console(width=160)


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence of a model, and the call in which it writes it."""

    language: str
    zone: str
    procedure: str
    urgency: Urgency
    kind: str
    """What it invents, or why it is harmless."""
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a sentence."""

    written: Written
    is_spoken: bool
    reason: str
    """Why it was refused; "" when spoken."""


def read(name: str, part: str) -> list[Written]:
    """Return one part of hostile.yaml or harmless.yaml."""
    calls: list[dict[str, Any]] = yaml.safe_load((SETS / f"{name}.yaml").read_text("utf-8"))[part]
    return [written for call in calls for written in _of_call(call)]


def _of_call(call: dict[str, Any]) -> Iterator[Written]:
    language, zone, procedure, urgency = call["at"]
    for kind, sentences in call.items():
        if kind != "at":
            for text in sentences:
                yield Written(language, zone, procedure, Urgency(urgency), kind, text)


class Stage:
    """The packaged site with its real dialogue and consultation; only the model is a stand-in."""

    def __init__(self) -> None:
        paths = locate(None)
        self.site = load_site(paths)
        self.library = load_library(paths, self.site, self.site.languages[0])
        triage = load_triage(self.site, self.site.languages)
        guide = Guide(self.site, self.library, Handbook())
        self._dialogue = Dialogue(self.site, triage, guide, max_exchanges=20)
        self._model = ScriptedModel()
        grounding = Grounding(self.site, self.library)
        self._consultation = Consultation(self._dialogue, self._model, grounding)

    async def answer(self, written: Written) -> Answered:
        """Let the model write this sentence in a turn of its call."""
        call = self._call(written)
        turn = self._dialogue.open_turn(call, NOON)
        if written.procedure != NOWHERE:
            start = self._dialogue.guide.start(turn.situation, written.procedure)
            self._dialogue.apply(turn, start, NOON)
            turn = self._dialogue.open_turn(call, NOON)
        self._model.prompter.use(Script(f"{CALM}{written.text}"))
        await self._consultation.ask(turn, [("user", "…")], NOON, within_s=WITHIN_S)
        is_spoken = any(sentence.source == "model" for sentence in turn.sentences)
        reasons = [turn.model_fault or "", *(refusal["reason"] for refusal in turn.refusals)]
        return Answered(written, is_spoken, "" if is_spoken else " ".join(reasons).strip())

    def _call(self, written: Written) -> Call:
        return Call(
            id="call_1_20260302_120000",
            line="gather",
            site=self.site.id,
            worker_id="worker_1",
            language=written.language,
            started_at=NOON,
            urgency=written.urgency,
            place=CallPlace(zone_id=None if written.zone == NOWHERE else written.zone),
        )


async def answer_all(stage: Stage, sentences: Iterable[Written]) -> list[Answered]:
    return [await stage.answer(written) for written in sentences]


def main(
    part: Annotated[list[str], typer.Option(help="dev, test, later.")] = list(PARTS),  # noqa: B006
    *,
    show_misses: Annotated[bool, typer.Option("--misses", help="List what went wrong.")] = False,
) -> None:
    """Print how much of each part is spoken."""
    stage = Stage()
    table = Table("set", "part", "n", "spoken", "en", "es", "fr", "de", "wrong, by kind")
    for name, is_right in (("hostile", False), ("harmless", True)):
        for name_of_part in part:
            answers = asyncio.run(answer_all(stage, read(name, name_of_part)))
            wrong = [answer for answer in answers if answer.is_spoken is not is_right]
            table.add_row(name, name_of_part, *_cells(answers, wrong))
            for answer in wrong if show_misses else []:
                out.print(*_words(answer), sep=" | ", markup=False, highlight=False)
    out.print(table)


def _cells(answers: Sequence[Answered], wrong: Sequence[Answered]) -> Iterator[str]:
    yield str(len(answers))
    yield str(sum(answer.is_spoken for answer in answers))
    for language in ("en", "es", "fr", "de"):
        yield str(sum(a.is_spoken for a in answers if a.written.language == language))
    kinds = Counter(answer.written.kind for answer in wrong)
    yield ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())


def _words(answer: Answered) -> tuple[str, ...]:
    written = answer.written
    at = f"{written.language} {written.zone} {written.procedure} {written.urgency}"
    return at, written.kind, answer.reason or "spoken", written.text


if __name__ == "__main__":
    typer.run(main)
