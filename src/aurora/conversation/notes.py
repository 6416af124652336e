"""What is noted of a call beside its turns: no turn waits for it, and it changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

import structlog

from aurora.conversation.call import Call
from aurora.conversation.live import LiveCalls
from aurora.conversation.record import Entry, Event, Records
from aurora.conversation.timing import TIMED, TurnTiming
from aurora.errors import RecordsError, UnknownCall
from aurora.guidance.spoken import Spoken

log = structlog.get_logger()

SPOKEN_OVER = "spoken_over"

Happened = Callable[[Call, datetime], list[Event]]


class Notes:
    """Of all calls of this machine."""

    def __init__(
        self,
        live: LiveCalls,
        records: Records,
        amend: Callable[[str, Happened], Awaitable[object]],
        clock: Callable[[], datetime],
    ) -> None:
        """amend: puts on the record what happened to a call, as a change of it."""
        self._amend = amend
        self._live = live
        self._records = records
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def timed(self, timing: TurnTiming) -> Event:
        return Event(TIMED, self._clock(), timing.as_record())

    def spoken_over(self, sentences: Sequence[Spoken]) -> Event:
        unheard = [sentence.text for sentence in sentences]
        return Event(SPOKEN_OVER, self._clock(), {"unheard": unheard})

    async def add(self, name: str, event: Event) -> None:
        """Put an event on the record now, or with the next turn; raises UnknownCall.

        The call is not held meanwhile: its turns go on, here and on other machines.
        """
        live = await self._live.find(name)
        if live.call.ended_at is not None:
            # No turn waits any more, and the log of an ended call is written for each revision.
            await self._amend(name, lambda call, now: [event])
            return
        try:
            await self._records.note(live.call, [event])
        except RecordsError as error:
            log.error("event_not_recorded", call_id=live.call.id, error=str(error))
            live.unsaved.append(Entry(live.call, events=[event]))

    def add_later(self, name: str, event: Event) -> None:
        """The same beside everything else."""
        self.later(name, event.kind, self.add(name, event))

    def later(self, name: str, kind: str, noting: Coroutine[Any, Any, None]) -> None:
        """Have a note made beside everything else; one that cannot be made is logged."""
        task = asyncio.create_task(_logged(name, kind, noting))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait for what is being noted."""
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _logged(name: str, kind: str, noting: Coroutine[Any, Any, None]) -> None:
    try:
        await noting
    except (RecordsError, UnknownCall) as error:
        log.error("event_not_noted", call_id=name, kind=kind, error=str(error))
