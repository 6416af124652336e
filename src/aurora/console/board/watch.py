"""Look on: every call and incident of the site as it stands, from this machine and from others.

This machine tells of its own calls at once. Everything else, and what was missed, is found
in the records each second by its revision. Who is shown it, and how, is left to others.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from aurora.console.board.seen import SeenCall
from aurora.conversation.call import Call
from aurora.conversation.observer import Observer
from aurora.conversation.turn import Turn
from aurora.errors import RecordsError
from aurora.escalation.incident import Incident
from aurora.records.history import History
from aurora.records.incidents import StoredIncident

log = structlog.get_logger()

LOOK_EVERY_S = 1.0
LOOK_UNWATCHED_S = 30.0
"""While no console is open: only so that what is kept in mind does not grow."""
CALL_SHOWN_AFTER_END = timedelta(minutes=10)
INCIDENT_SHOWN_AFTER_END = timedelta(hours=1)


class StoredIncidents(Protocol):
    async def shown(
        self, ended_since: datetime, known: Mapping[str, StoredIncident]
    ) -> dict[str, StoredIncident]: ...


class Watch(Observer):
    """An observer of the switchboard that keeps what a board shows, and says what changed."""

    def __init__(
        self,
        history: History,
        incidents: StoredIncidents,
        here: Callable[[str], Call | None],
        clock: Callable[[], datetime],
    ) -> None:
        """here: returns a call that this machine has in memory."""
        self.calls: dict[str, SeenCall] = {}
        self.problem: str | None = None
        """Why the records could not be looked at, the last time."""
        self.changed: set[str] = set()
        """Ids of calls and incidents that are not as they were shown."""
        self.spoken: dict[str, SeenCall] = {}
        """Calls of which only the words changed."""
        self.news = asyncio.Event()
        self._history = history
        self._incidents = incidents
        self._here = here
        self._clock = clock
        self._stored: dict[str, StoredIncident] = {}
        self._nudged = asyncio.Event()
        self._is_looking = asyncio.Lock()
        self._followers: set[tuple[str, asyncio.Event]] = set()

    @contextmanager
    def following(self, call_id: str) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever this call, or its incident, is not as it was."""
        news = asyncio.Event()
        follower = (call_id, news)
        self._followers.add(follower)
        try:
            yield news
        finally:
            self._followers.discard(follower)

    @property
    def is_followed(self) -> bool:
        return bool(self._followers)

    def incident_of(self, call_id: str) -> Incident | None:
        """Return the incident a call belongs to, a live one first."""
        own = [one for one in self.incidents.values() if call_id in one.calls]
        return max(own, key=lambda one: (one.is_live, one.updated_at), default=None)

    @property
    def incidents(self) -> dict[str, Incident]:
        return {name: stored.incident for name, stored in self._stored.items()}

    # The switchboard's observer: quick, for callers wait behind it.

    def words_heard(self, call: Call, words: str, *, is_final: bool) -> None:
        seen = self._seen(call)
        seen.hear(words, is_final=is_final)
        self.spoken[call.id] = seen
        self.news.set()
        self._wake(call.id)

    def words_elsewhere(self, call_id: str, words: str, *, is_final: bool) -> None:
        """Words of a call that another machine holds, as they are recognised there."""
        seen = self.calls.get(call_id)
        if seen is not None:
            seen.hear(words, is_final=is_final)
            self.spoken[call_id] = seen
            self.news.set()
            self._wake(call_id)

    def turn_taken(self, turn: Turn, total_ms: float) -> None:
        self._seen(turn.call).take(turn, self._clock())
        self._note(turn.call.id)

    def call_changed(self, call: Call) -> None:
        self._seen(call)
        self._note(call.id)

    # The records.

    async def run(self, is_watched: Callable[[], bool]) -> None:
        """Look at the records each second while somebody watches."""
        loop = asyncio.get_running_loop()
        looked_at = -LOOK_UNWATCHED_S
        while True:
            if is_watched() or loop.time() - looked_at >= LOOK_UNWATCHED_S:
                await self.look()
                looked_at = loop.time()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._nudged.wait()
            self._nudged.clear()

    def nudge(self) -> None:
        """Look at once: something was done."""
        self._nudged.set()

    @property
    def is_behind(self) -> bool:
        """Whether something was done that has not been looked at."""
        return self._nudged.is_set() or self._is_looking.locked()

    async def look(self) -> None:
        """Find what changed in the records; of records that cannot be read, say so."""
        async with self._is_looking:
            try:
                await self._look_at_calls()
                await self._look_at_incidents()
            except RecordsError as error:
                if self.problem is None:
                    log.error("board_not_current", error=str(error))
                self._set_problem(str(error))
            # The edge of looking on: whatever a record holds, the board goes on and says so.
            except Exception as error:
                log.exception("board_not_current")
                self._set_problem(type(error).__name__)
            else:
                self._set_problem(None)

    async def _look_at_calls(self) -> None:
        known = {name for name, seen in self.calls.items() if seen.call.revision > 0}
        since = self._clock() - CALL_SHOWN_AFTER_END
        revisions = await self._history.recent_revisions(ended_since=since)
        unknown = [name for name, revision in revisions.items() if self._is_new(name, revision)]
        for transcript in await self._history.transcripts(unknown):
            self.calls[transcript.call.id] = SeenCall.of(transcript)
            self._note(transcript.call.id)
        for gone in known - revisions.keys():
            self.calls.pop(gone, None)
            self._note(gone)

    def _is_new(self, name: str, revision: int) -> bool:
        """Whether a call has to be read: a note on a call in memory is no reason to."""
        seen, here = self.calls.get(name), self._here(name)
        if seen is None:
            return True
        if here is not None and here.revision >= revision:
            seen.call = here
        return seen.call.revision < revision

    async def _look_at_incidents(self) -> None:
        now, before = self._clock(), self._stored
        stored = await self._incidents.shown(now - INCIDENT_SHOWN_AFTER_END, before)
        self._stored = stored
        for name in before.keys() | stored.keys():
            # Time alone brings a shelved one back.
            is_shelved = name in stored and stored[name].incident.shelved is not None
            if before.get(name) is not stored.get(name) or is_shelved:
                self._note(name)

    def _seen(self, call: Call) -> SeenCall:
        seen = self.calls.setdefault(call.id, SeenCall(call))
        seen.call = call
        return seen

    def _note(self, name: str) -> None:
        self.changed.add(name)
        self.news.set()
        self._wake(name)

    def _wake(self, name: str) -> None:
        """Wake who follows a call, by its own id or that of an incident about it."""
        if not self._followers:
            return
        stored = self._stored.get(name)
        names = {name, *(stored.incident.calls if stored else ())}
        for call_id, news in self._followers:
            if call_id in names:
                news.set()

    def _set_problem(self, problem: str | None) -> None:
        if problem != self.problem:
            self.problem = problem
            self.news.set()
