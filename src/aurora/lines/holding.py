"""What every line that holds a call by voice does alike: its keys, its last words, what follows."""

from aurora.conversation.turn import Action, Turn
from aurora.lines.audio.ports import Ending

KEYS = frozenset("0123456789*#")
LAST_WORDS_WITHIN_S = 8.0
"""For what a caller said before the connection was gone: rated and recorded all the same."""


def what_follows(turn: Turn, before: Ending | None) -> Ending | None:
    """Return what comes once a turn was said; None while the call goes on.

    before: what would have come without it. Words after a goodbye are words all the same, but
    whoever is to be put through to a person is.
    """
    if turn.action is Action.HAND_OFF or before is Ending.HANDED_OFF:
        return Ending.HANDED_OFF
    return Ending.ENDED if turn.action is Action.END else None
