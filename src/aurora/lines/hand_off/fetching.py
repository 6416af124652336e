"""Bring callers back to Aurora whose person is gone, where their own TwiML has not done it.

Twice over: by what Twilio tells of people who leave, and by callers themselves, who ask again and
again what to hear while they wait. The second needs no message to arrive and survives a restart.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta

import structlog

from aurora.conversation.call import Call
from aurora.conversation.hand_off import Stage
from aurora.conversation.handing_off import is_in_conference, legs
from aurora.conversation.operators import Operators
from aurora.errors import ChannelFault, RecordsError, UnknownCall
from aurora.escalation.channels.twilio_calls import TwilioCalls
from aurora.lines.hand_off.addresses import Addresses, Step

log = structlog.get_logger()

TELEPHONE_LINES = frozenset({"gather", "relay", "stream"})
BACK_WITHIN_S = 1.0
"""For a caller's own TwiML to bring them back when their person is gone; then they are fetched."""
AGAIN_AFTER_S = 5.0
"""Between two tries, while Twilio or the records do not answer."""
ENTERS_WITHIN = timedelta(seconds=20)
"""From the key to the conference: the caller is moved meanwhile, and one sentence is spoken."""


Errand = tuple[str, int, str]
"""The call, the attempt, and who is gone: whoever follows them may go as well."""


class Fetching:
    """All callers of this machine who are to be fetched."""

    def __init__(
        self, calls: TwilioCalls, addresses: Addresses, clock: Callable[[], datetime]
    ) -> None:
        self._calls = calls
        self._addresses = addresses
        self._clock = clock
        self._tasks: dict[Errand, asyncio.Task[None]] = {}

    @property
    def is_at_work(self) -> bool:
        return bool(self._tasks)

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def fetch_back(self, operators: Operators, call_id: str, attempt: int, sid: str) -> None:
        """Bring a caller back whose person is gone, until they are back or have hung up.

        sid: the person's call, unless somebody else turns out to have come meanwhile. That they
        left is told up to three times, and a caller who is moved twice hears twice how it begins.
        """
        errand = (call_id, attempt, sid)
        if errand not in self._tasks:
            self._begin(errand, self._keep_fetching(operators, call_id, attempt, sid))

    def look_after(
        self, operators: Operators, call: Call, attempt: int, *, is_held: bool = False
    ) -> None:
        """Fetch a caller who waits for nobody; to be asked again and again while they wait."""
        is_fetched = any(errand[:2] == (call.id, attempt) for errand in self._tasks)
        if not is_fetched and waits_for_nobody(call, attempt, self._clock(), is_held=is_held):
            errand = (call.id, attempt, call.connection_id)
            self._begin(errand, self._fetch_waiting(operators, call, attempt, is_held=is_held))

    async def _keep_fetching(
        self, operators: Operators, call_id: str, attempt: int, sid: str
    ) -> None:
        await asyncio.sleep(BACK_WITHIN_S)
        while True:
            try:
                # Another machine may have brought them somebody, or have them back.
                await operators.switchboard.renew(call_id)
                call = await operators.leave(call_id, sid)
                if is_without(call, attempt, sid):
                    await self._fetch(operators, call, attempt)
                return
            except UnknownCall:
                return
            except (ChannelFault, RecordsError) as error:
                # The record goes on saying that Aurora does not have them: it is so.
                log.error("caller_not_fetched", call_id=call_id, reason=str(error))
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _fetch_waiting(
        self, operators: Operators, call: Call, attempt: int, *, is_held: bool
    ) -> None:
        """Fetch once: a caller who still waits afterwards asks again by themselves."""
        try:
            call = await operators.switchboard.renew(call.id)  # the person may have joined there
            if not waits_for_nobody(call, attempt, self._clock(), is_held=is_held):
                return
            log.warning("caller_waits_for_nobody", call_id=call.id, attempt=attempt)
            others = legs(call.hand_off) if call.hand_off and is_joined(call, attempt) else []
            await self._fetch(operators, call, attempt)
            for leg in others:  # nobody is to wait for a caller who has left
                await self._calls.hang_up(leg)
        except (UnknownCall, ChannelFault, RecordsError) as error:
            log.error("caller_not_fetched", call_id=call.id, reason=str(error))

    async def _fetch(self, operators: Operators, call: Call, attempt: int) -> None:
        back = self._addresses.of(Step.BACK, call, attempt=attempt)
        if not await self._calls.move(call.connection_id, back):
            await operators.slip_back(call.id, "person_left")

    def _begin(self, errand: Errand, work: Coroutine[None, None, None]) -> None:
        """Do something that nobody waits for."""
        task = self._tasks[errand] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._tasks.pop(errand, None))


def is_joined(call: Call, attempt: int) -> bool:
    """Whether a caller on the telephone is with whoever was asked in this attempt."""
    is_theirs = call.hand_off is not None and call.hand_off.attempt == attempt
    return is_theirs and is_in_conference(call) and call.line in TELEPHONE_LINES


def is_without(call: Call, attempt: int, sid: str) -> bool:
    """Whether a caller was with the person of this telephone call, and nobody has followed."""
    hand_off = call.hand_off
    if hand_off is None or call.ended_at is not None or not is_joined(call, attempt):
        return False
    return hand_off.leg in (None, sid)


def waits_for_nobody(call: Call, attempt: int, now: datetime, *, is_held: bool = False) -> bool:
    """Whether a caller who waits in a conference, or is held in it, waits in vain.

    A conference that has begun lets nobody wait in it but those on hold: whoever waits long after
    somebody joined waits for a person who never entered.
    """
    hand_off = call.hand_off
    if call.ended_at is not None:
        return False
    if hand_off is None or hand_off.stage is not Stage.JOINED or not is_joined(call, attempt):
        return True
    return not is_held and now - hand_off.changed_at >= ENTERS_WITHIN
