"""Learn what came of an act whose write the database was slow for; the call goes on meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from aurora.conversation.call import Call
from aurora.conversation.live import LiveCall, LiveCalls
from aurora.errors import NotConfirmed, RecordsError

log = structlog.get_logger()

CONFIRMED_WITHIN_S = 15.0
"""A person waits for it, and nobody on a telephone: the call is not held."""


class Unconfirmed:
    """Acts of people that are neither stored nor refused yet."""

    def __init__(self, calls: LiveCalls, changed: Callable[[Call], None]) -> None:
        """changed: tells the observers that a call is not as it was."""
        self._calls = calls
        self._changed = changed
        self._tasks: set[asyncio.Task[None]] = set()

    async def learn(self, live: LiveCall, waiting: NotConfirmed) -> None:
        """Return once the act is stored and the call here is as the record has it.

        Raises RecordsError where nothing was stored, and NotConfirmed where that is not known by
        then: it is learnt all the same once it is.
        """
        if waiting.outcome is None:
            raise NotConfirmed(str(waiting), None, live.call.id) from waiting
        task = asyncio.create_task(self._follow(live, waiting.outcome))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        try:
            async with asyncio.timeout(CONFIRMED_WITHIN_S):
                await asyncio.shield(task)
        except (TimeoutError, NotConfirmed) as error:
            raise NotConfirmed(str(waiting), waiting.outcome, live.call.id) from error

    async def close(self) -> None:
        """Wait for what is still being learnt."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, live: LiveCall, outcome: Awaitable[object]) -> None:
        await outcome
        async with live.lock:
            try:
                await self._calls.refresh(live)
            except RecordsError as error:
                # The next turn finds that the record is ahead, and looks again.
                log.error("act_stored_and_not_read", call_id=live.call.id, error=str(error))
        self._changed(live.call)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("act_not_stored", error=str(error))
