"""Keep the board and the store of conditions the same, on every machine of a site, come what may.

What callers say is put on the board first and stored when the store can; what operators say is
stored first, because they are told that it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

import structlog

from aurora.conditions.board import Board
from aurora.conditions.change import Change
from aurora.errors import RecordsError

log = structlog.get_logger()

REFRESH_SECONDS = 3.0
"""So long another machine's change may be unknown here."""


class ConditionStore(Protocol):
    """Durable memory of changes. Every method raises RecordsError when it cannot be done."""

    async def add(self, site: str, changes: Sequence[Change]) -> None:
        """Keep changes; one that is kept already, by its id, stays as it is."""

    async def holding(self, site: str, now: datetime) -> list[Change]:
        """Return every change that has not expired, oldest first."""


class Keeper:
    """The conditions of one site on one machine."""

    def __init__(
        self, board: Board, store: ConditionStore, site: str, clock: Callable[[], datetime]
    ) -> None:
        self.board = board
        self._store = store
        self._site = site
        self._clock = clock
        self._unsaved: list[Change] = []
        self._fresh: list[Change] = []
        """Put up since the store was last asked, so its answer may lack them."""
        self._reading = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read what holds, and go on reading; a store that fails now is asked again."""
        self.board.replace([])
        await self.refresh()
        self._task = asyncio.create_task(self._keep_refreshing(), name="conditions")

    async def close(self) -> None:
        """Store what waits, and forget the rest: the store has it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._save()
        self.board.replace([])

    async def hear(self, changes: Sequence[Change]) -> None:
        """Take what a caller said: it holds at once, and is stored now or later; never raises."""
        if not changes:
            return
        for change in changes:
            self._put_up(change)
        self._unsaved += changes
        await self._save()

    async def order(self, change: Change) -> None:
        """Take what an operator said; raises RecordsError, and then nothing has changed.

        NotConfirmed leaves that open; what was stored takes effect with the next refresh.
        """
        await self._store.add(self._site, [change])
        self._put_up(change)

    async def refresh(self) -> None:
        """Read what other machines wrote; a store that fails leaves the board as it is."""
        async with self._reading:
            await self._save()
            self._fresh = []
            try:
                stored = await self._store.holding(self._site, self._clock())
            except RecordsError as error:
                log.error("conditions_not_read", error=str(error))
                return
            known = {change.id for change in stored}
            ours = {c.id: c for c in (*self._unsaved, *self._fresh) if c.id not in known}
            self.board.replace([*stored, *ours.values()])

    def _put_up(self, change: Change) -> None:
        self.board.put(change)
        self._fresh.append(change)

    async def _save(self) -> None:
        waiting = list(self._unsaved)
        if not waiting:
            return
        try:
            await self._store.add(self._site, waiting)
        except RecordsError as error:
            log.error("conditions_not_stored", error=str(error), waiting=len(waiting))
            return
        stored = {change.id for change in waiting}
        self._unsaved = [change for change in self._unsaved if change.id not in stored]

    async def _keep_refreshing(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            await self.refresh()
