"""What every line that holds a call by voice does alike: its keys, its last words, what follows."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from aurora.conversation.turn import Action, Turn
from aurora.lines.audio.ports import Ending

log = structlog.get_logger()

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


async def watch(
    every_s: float, look: Callable[[], Awaitable[None]], give_up: Callable[[Exception], None]
) -> None:
    """Look after a call until cancelled: what breaks in a look ends neither the call nor the next.

    give_up: called when two in a row broke, and nobody minds the caller's silence here any more.
    """
    is_broken = False
    while True:
        await asyncio.sleep(every_s)
        try:
            await look()
            is_broken = False
        # The edge of a call.
        except Exception as error:
            if is_broken:
                give_up(error)
            else:
                log.exception("watch_failed")
            is_broken = True
