"""What comes once a turn was said."""

import pytest

from aurora.conversation.turn import Action
from aurora.lines.audio.ports import Ending
from aurora.lines.holding import what_follows
from tests.line import NOON, dialogue, new_call


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (Action.LISTEN, None, None),
        (Action.END, None, Ending.ENDED),
        (Action.HAND_OFF, None, Ending.HANDED_OFF),
        # Words after a goodbye: the call goes on.
        (Action.LISTEN, Ending.ENDED, None),
        # Whoever is to be put through is, whatever is said meanwhile.
        (Action.LISTEN, Ending.HANDED_OFF, Ending.HANDED_OFF),
        (Action.END, Ending.HANDED_OFF, Ending.HANDED_OFF),
        (Action.HAND_OFF, Ending.ENDED, Ending.HANDED_OFF),
        (Action.LISTEN, Ending.FAILED, None),
    ],
)
def test_what_comes_after_a_turn(
    action: Action, before: Ending | None, after: Ending | None
) -> None:
    turn = dialogue().open_turn(new_call(), NOON)
    turn.action = action
    assert what_follows(turn, before) is after
