"""Say with whose leaving a conference ends: with nobody's but theirs who is alone with the caller.

Twilio forgets none of it and the line may be told of nothing, so it is said until Twilio has heard.
"""

import asyncio

import structlog

from aurora.conversation.call import Call
from aurora.conversation.hand_off import HandOff
from aurora.conversation.operators import Operators
from aurora.errors import ChannelFault, UnknownCall
from aurora.escalation.channels.twilio_calls import TwilioCalls
from aurora.lines.hand_off.addresses import room_of
from aurora.lines.hand_off.fetching import is_joined

log = structlog.get_logger()

AGAIN_AFTER_S = 5.0
MOST_TRIES = 24
"""Two minutes; a conference that ends too early is begun anew by those who are left in it."""


class Ending:
    """Rules over whoever has the caller, as long as they have."""

    def __init__(self, calls: TwilioCalls) -> None:
        self._calls = calls

    async def try_once(self, call: Call, *, is_alone: bool) -> bool:
        """Return whether Twilio has heard it, or nothing is to be said any more."""
        hand_off = call.hand_off
        if hand_off is None or not hand_off.leg:
            return True
        rule = self._calls.end_with if is_alone else self._calls.keep_open_without
        try:
            # False as well while the caller is still on their way into it.
            return await rule(room_of(call), hand_off.leg)
        except ChannelFault as fault:
            log.error("conference_not_ruled", call_id=call.id, reason=fault.reason)
            return False

    async def rule(self, operators: Operators, call: Call, *, is_alone: bool) -> None:
        """Try until it is heard, or somebody else has the caller, or is there as well."""
        begun = call.hand_off
        for _ in range(MOST_TRIES):
            if begun is None or await self.try_once(call, is_alone=is_alone):
                return
            await asyncio.sleep(AGAIN_AFTER_S)
            try:
                call = await operators.newest(call.id)
            except UnknownCall:
                return
            if not _is_as_before(call, begun, is_alone=is_alone):
                return


def _is_as_before(call: Call, begun: HandOff, *, is_alone: bool) -> bool:
    hand_off = call.hand_off
    if hand_off is None or call.ended_at is not None or not is_joined(call, begun.attempt):
        return False
    return hand_off.leg == begun.leg and (not hand_off.added) is is_alone
