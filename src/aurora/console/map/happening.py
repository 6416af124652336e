"""Ask what goes on at the site, once for all who watch the map."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from aurora.console.map.view import Happening
from aurora.conversation.call import Call
from aurora.escalation.incident import Incident

FRESH = timedelta(seconds=1)
"""Fifty consoles ask no more often than one."""


class IncidentList(Protocol):
    async def incidents(self) -> list[Incident]: ...


class Watch:
    """The newest answer, asked for again when it is older than a second."""

    def __init__(
        self,
        incidents: IncidentList,
        open_calls: Callable[[], Awaitable[list[Call]]],
        clock: Callable[[], datetime],
    ) -> None:
        self._incidents = incidents
        self._open_calls = open_calls
        self._clock = clock
        self._asking = asyncio.Lock()
        self._known: tuple[datetime, Happening] | None = None

    async def now(self) -> Happening:
        """Return what goes on; raises RecordsError."""
        async with self._asking:
            now = self._clock()
            if self._known is None or not timedelta() <= now - self._known[0] < FRESH:
                incidents = await self._incidents.incidents()
                self._known = now, Happening(incidents, await self._open_calls())
            return self._known[1]
