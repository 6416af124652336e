"""What comes once a turn was said, and that a call is looked after whatever breaks."""

import asyncio
from collections.abc import Sequence

import pytest

from aurora.conversation.turn import Action
from aurora.lines.audio.ports import Ending
from aurora.lines.holding import watch, what_follows
from tests.line import NOON, dialogue, new_call
from tests.virtual_time import virtually


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


def given_up_after(breaks: Sequence[bool]) -> list[int]:
    """Return after which looks a call was given up, when these looks break."""
    looks: list[bool] = []
    given_up: list[int] = []

    async def look() -> None:
        looks.append(True)
        if len(looks) <= len(breaks) and breaks[len(looks) - 1]:
            raise RuntimeError("broken")

    async def work() -> None:
        watching = asyncio.create_task(watch(0.2, look, lambda _: given_up.append(len(looks))))
        await asyncio.sleep(0.2 * (len(breaks) + 3))
        assert len(looks) > len(breaks)
        watching.cancel()

    virtually(work())
    return given_up


def test_a_look_that_breaks_is_followed_by_the_next() -> None:
    assert given_up_after([True, False, True, False]) == []


def test_a_call_that_cannot_be_looked_after_is_given_up() -> None:
    assert given_up_after([False, True, True]) == [3]
