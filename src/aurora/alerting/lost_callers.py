"""Ring lost callers back through Twilio and have the site search; when is the workflow's work."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from xml.sax.saxutils import escape

import structlog

from aurora.conversation.call import Call
from aurora.conversation.dialogue import LINES_THAT_CONNECT
from aurora.conversation.lost import find, note_failure, note_try, search
from aurora.conversation.observer import Observer
from aurora.conversation.record import Event
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.errors import ChannelFault
from aurora.escalation.channels import callbacks as paths
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.durable import Durable
from aurora.escalation.finding import Seeking, finding_id
from aurora.escalation.ledger import Incidents

if TYPE_CHECKING:
    from aurora.escalation.channels.twilio_rest import TwilioRest

log = structlog.get_logger()

RING_S = 25
"""Most voicemails pick up after that."""
ASKED_WITHIN_S = 8.0
"""For Twilio to take a call-back on."""


class CallRecords(Protocol):
    """Calls as they are on the record, on whichever machine they are live."""

    async def find(self, call_id: str) -> Call | None: ...

    async def find_open(self, *, line: str, from_number: str) -> Call | None: ...


class LostCallers(Observer):
    """The Finder of a line; an observer of the switchboard, so that workflows hear of changes."""

    def __init__(
        self,
        records: CallRecords,
        incidents: Incidents,
        durable: Durable,
        phone: "TwilioRest | None",
        callbacks: Callbacks | None,
        clock: Callable[[], datetime],
    ) -> None:
        """phone, callbacks: None on a line that cannot ring anybody, or not be answered."""
        self._records = records
        self._incidents = incidents
        self._durable = durable
        self._phone = phone
        self._callbacks = callbacks
        self._clock = clock
        self._switchboard: Switchboard | None = None
        self._seen: dict[str, tuple[int, ...]] = {}
        self._wakes: set[asyncio.Task[None]] = set()

    def connect(self, switchboard: Switchboard) -> None:
        """Give it the calls; it observes them, so that they are made after it."""
        self._switchboard = switchboard

    async def close(self) -> None:
        await asyncio.gather(*self._wakes, return_exceptions=True)

    # The switchboard's observer.

    def call_changed(self, call: Call) -> None:
        if not call.losses:
            return
        loss = call.loss
        state = (call.losses, loss.failed, call.ended_at is None) if loss else (call.losses,)
        before = self._seen.pop(call.id, None)
        if loss is not None:  # who was found is forgotten: a line runs for years
            self._seen[call.id] = state
        if before not in (None, state):
            key = ":".join(map(str, state))
            waking = self._durable.wake([finding_id(call.id, call.losses)], key)
            task = asyncio.create_task(waking)
            self._wakes.add(task)
            task.add_done_callback(self._wakes.discard)

    # What the workflow asks for.

    async def ring(self, call_id: str, loss: int, attempt: int) -> Seeking:
        call = await self._missing(call_id, loss)
        if call is None or await self._called_again(call, loss):
            return Seeking.FOUND
        phone, callbacks = self._phone, self._callbacks
        can_ring = call.line in LINES_THAT_CONNECT and call.from_number
        if phone is None or callbacks is None or not can_ring or not call.from_number:
            return Seeking.NO_WAY
        is_again = call.loss is not None and call.loss.tries >= attempt
        await self._calls.amend(call_id, lambda one, now: note_try(one, loss, attempt, now))
        try:
            # After a crash it may be ringing already.
            if not is_again or not await phone.is_ringing(call.from_number, ASKED_WITHIN_S):
                await self._place(phone, callbacks, call, loss, attempt)
        except ChannelFault as fault:
            await self._fail(call_id, loss, attempt, fault.reason)
            return Seeking.NO_WAY if fault.is_final else Seeking.FAILED
        return Seeking.RINGING

    async def seeking(self, call_id: str, loss: int, attempt: int) -> Seeking:
        call = await self._missing(call_id, loss)
        if call is None or call.loss is None:
            return Seeking.FOUND
        if call.loss.failed >= attempt:
            return Seeking.FAILED
        return Seeking.RINGING if call.ended_at is not None else Seeking.OPEN

    async def give_up(self, call_id: str, loss: int, attempt: int) -> None:
        await self._fail(call_id, loss, attempt, "nothing_heard")

    async def search(self, call_id: str, loss: int) -> None:
        call = await self._missing(call_id, loss)
        if call is None or not _is_searched_for(call):
            return
        roles = set(self._calls.dialogue.site.roles)

        def act(one: Call, now: datetime) -> list[Event]:
            turn = Turn(one, self._calls.dialogue.situation(one, now))
            if one.losses == loss:
                search(turn, roles, now)
            return turn.events

        await self._calls.amend(call_id, act)

    async def hang_up(self, sid: str) -> None:
        """End a call-back that a machine took; what fails ends by itself."""
        if self._phone is not None:
            with suppress(ChannelFault):
                await self._phone.end_call(sid, ASKED_WITHIN_S)

    async def _place(
        self, phone: "TwilioRest", callbacks: Callbacks, call: Call, loss: int, attempt: int
    ) -> None:
        def at(path: str) -> str:
            return callbacks.called_back(path, call.id, loss, attempt)

        redirect = f'<Redirect method="POST">{escape(at(paths.CALLED_BACK))}</Redirect>'
        await phone.place_call(
            call.from_number or "",
            f"<Response>{redirect}</Response>",
            ring_s=RING_S,
            status_callback=at(paths.CALLED_BACK_STATUS),
            machine_callback=at(paths.CALLED_BACK_ANSWERED_BY),
            within_s=ASKED_WITHIN_S,
        )
        log.info("caller_rung", call_id=call.id, attempt=attempt)

    async def _missing(self, call_id: str, loss: int) -> Call | None:
        """The call, while its caller is missing and anybody still needs them."""
        call = await self._records.find(call_id)
        if call is None or call.loss is None or call.losses != loss:
            return None
        if not call.urgency.is_emergency:
            return None
        ledger = await self._incidents.read(self._clock())
        own = [one for one in ledger.incidents.values() if call_id in one.calls]
        return call if not own or any(one.is_live for one in own) else None

    async def _called_again(self, call: Call, loss: int) -> bool:
        """Whether they rang the line again themselves: they would find a call-back engaged."""
        for line in sorted(LINES_THAT_CONNECT) if call.from_number else ():
            other = await self._records.find_open(line=line, from_number=call.from_number or "")
            if other is not None and other.id != call.id and other.started_at > call.started_at:
                await self._found(call.id, other.id)
                return True
        return False

    async def _found(self, call_id: str, by: str) -> None:
        def act(one: Call, now: datetime) -> list[Event]:
            turn = Turn(one, self._calls.dialogue.situation(one, now))
            find(turn, by, now)
            return turn.events

        await self._calls.amend(call_id, act)

    async def _fail(self, call_id: str, loss: int, attempt: int, why: str) -> None:
        def act(one: Call, now: datetime) -> list[Event]:
            return note_failure(one, loss, attempt, why, now)

        await self._calls.amend(call_id, act)

    @property
    def _calls(self) -> Switchboard:
        assert self._switchboard is not None, "connect comes first"  # noqa: S101 - wiring
        return self._switchboard


def _is_searched_for(call: Call) -> bool:
    """A page that lost its connection is told of and no more: its caller may have closed it."""
    return call.line in LINES_THAT_CONNECT
