"""A long emergency for tests: short answers and silence, one turn every few seconds."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from aurora.conversation import silence
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import TURNS_UNREPEATED, fold
from aurora.levels import Urgency
from aurora.triage.assessment import Intent
from tests.line import NOON, dialogue, example_library, new_call, said

PROCEDURES = sorted(example_library().procedures)
SILENT = ""
WORDS = {
    "okay": Intent.DONE,
    "yes": Intent.YES,
    "no": Intent.NO,
    "what": Intent.REPEAT,
    "still going": Intent.REPORT,
}
SECONDS_A_TURN = 9


def line_for(procedure: str, language: str) -> tuple[Dialogue, Call]:
    script = {words: said(intent=intent, language=language) for words, intent in WORDS.items()}
    hazard = example_library().procedures[procedure, language].hazard
    script["help"] = said(Urgency.CRITICAL, procedure=procedure, hazard=hazard, language=language)
    return dialogue(script), new_call(language=language)


def talk(line: Dialogue, call: Call, words: Sequence[str]) -> Iterator[Turn]:
    now = NOON
    for said_now in words:
        turn = line.hear(call, said_now, now) if said_now else silence.wait(line, call, now)
        line.close_turn(turn)
        yield turn
        now += timedelta(seconds=SECONDS_A_TURN)


def repeated(turns: Sequence[Turn]) -> list[tuple[int, str]]:
    """Sentences that came back within the last turns, with the turn they came back in."""
    texts = [[fold(sentence.text) for sentence in turn.sentences] for turn in turns]
    return [
        (at, text)
        for at, said_now in enumerate(texts)
        for text in said_now
        if any(text in before for before in texts[max(0, at - TURNS_UNREPEATED) : at])
    ]
