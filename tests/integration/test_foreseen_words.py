"""Words of a pause are read once: the turn that they end up in finds them read."""

from dataclasses import replace

import pytest

from aurora.conversation.dialogue import Dialogue
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.records.memory import MemoryRecords
from aurora.triage.assess import Triage, load_triage
from aurora.triage.encoder import Encoder, Reading
from aurora.triage.reader import load_reader
from tests.line import example_library, example_site

EVERYDAY = "How do I reset the conveyor after a jam?"


class CountingEncoder(Encoder):
    def __init__(self) -> None:
        super().__init__()
        self.read_words: list[str] = []

    def _read_one(self, text: str) -> Reading:
        self.read_words.append(text)
        return super()._read_one(text)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def triage(encoder: CountingEncoder) -> Triage:
    reader = replace(load_reader(), encoder=encoder)
    return load_triage(example_site(), example_site().languages, reader)


async def test_everyday_words_of_a_pause_are_read_when_their_turn_comes(
    triage: Triage, encoder: CountingEncoder
):
    guide = Guide(example_site(), example_library(), Handbook())
    dialogue = Dialogue(example_site(), triage, guide, max_exchanges=20)
    board = Switchboard(dialogue, MemoryRecords())
    await board.ring(Ring("stream", provider_id="CA1"), lambda turn: "")

    board.foresee("CA1", EVERYDAY, is_likely_all=True)
    in_the_pause = len(encoder.read_words)
    await board.hear("CA1", EVERYDAY, lambda turn: "")

    assert in_the_pause
    assert len(encoder.read_words) == in_the_pause


def test_the_same_words_are_rated_again_where_other_words_came_before(triage: Triage):
    once, again = (triage.assess(EVERYDAY, language="en") for _ in range(2))
    with_others = triage.assess(EVERYDAY, language="en", before="He fell off the ladder")

    assert again.assessment is once.assessment
    assert with_others.assessment is not once.assessment
