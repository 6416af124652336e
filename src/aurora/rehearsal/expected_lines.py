"""What a line should open its answer with: the words as written, taken by the same rooms here."""

from collections.abc import Iterable

from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.records.memory import MemoryRecords
from aurora.rehearsal.caller_speech import Utterance
from aurora.rooms import Rooms

LINE = "gather"
"""As on the telephone: a caller can be put through."""


async def expected_first_lines(rooms: Rooms, recordings: Iterable[Utterance]) -> dict[str, str]:
    """Return the opening sentence for each recording whose words are known, by its name.

    A manifest's own `first_line` goes before. The procedures answer; no model is asked.
    """
    expected: dict[str, str] = {}
    for utterance in recordings:
        if utterance.first_line is not None:
            expected[utterance.name] = utterance.first_line
        elif utterance.words:
            expected[utterance.name] = await _opening(rooms, utterance, utterance.words)
    return expected


async def _opening(rooms: Rooms, utterance: Utterance, words: str) -> str:
    switchboard = Switchboard(rooms.dialogue, MemoryRecords())
    spoken = rooms.site.languages
    language = next((code for code in spoken if code == utterance.language), None)
    await switchboard.ring(Ring(LINE, provider_id="expected", language=language), _first)
    return await switchboard.hear("expected", words, _first)


def _first(turn: Turn) -> str:
    return turn.sentences[0].text if turn.sentences else ""
