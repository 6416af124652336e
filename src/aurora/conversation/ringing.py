"""Which call a ring belongs to, on this machine or another, or a new one; answers nobody."""

from collections.abc import Callable
from datetime import datetime

import structlog

from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.ids import call_id_for
from aurora.conversation.live import LiveCall, LiveCalls
from aurora.conversation.ring import Ring, begin
from aurora.errors import RecordsError, UnknownCall

log = structlog.get_logger()


class Ringing:
    """All that ring at one machine."""

    def __init__(self, live: LiveCalls, dialogue: Dialogue, clock: Callable[[], datetime]) -> None:
        self._live = live
        self._dialogue = dialogue
        self._clock = clock

    async def call_of(self, ring: Ring) -> LiveCall:
        """Return the call this ring belongs to, begun if it is new.

        A provider's id names one call for ever. A number names its open call on a line that has no
        calls of its own (the API). A caller with neither gets a call of their own.
        """
        name = ring.provider_id or (f"{ring.line}:{ring.from_number}" if ring.from_number else "")
        if not name:
            return self._live.add(self._begin(ring))
        try:
            async with self._live.door(name):
                live = await self._known(ring)
                return live or self._live.add(self._begin(ring))
        finally:
            self._live.close_door(name)

    async def _known(self, ring: Ring) -> LiveCall | None:
        try:
            if ring.provider_id is None:
                return await self._live.find_open(ring.line, ring.from_number or "")
            return await self._live.find(ring.provider_id)
        except UnknownCall:
            return None
        except RecordsError as error:
            # The caller is answered all the same; what the records know is merged in later.
            log.error("call_not_looked_up", error=str(error))
            return None

    def _begin(self, ring: Ring) -> Call:
        now = self._clock()
        call_id = call_id_for(ring.from_number, now, is_free=lambda one: one not in self._live)
        primary = self._dialogue.guide.library.primary_language
        return begin(ring, call_id, self._dialogue.site, primary, now)
