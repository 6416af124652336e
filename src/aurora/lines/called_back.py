"""Twilio's webhooks about call-backs to lost callers: picked up, by whom, and how each ended."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import structlog
from fastapi import APIRouter
from starlette.requests import Request

from aurora.conversation.call import Call, EndReason
from aurora.conversation.lost import note_failure
from aurora.conversation.record import Event
from aurora.conversation.switchboard import Switchboard
from aurora.errors import UnknownCall
from aurora.escalation.acknowledgement import Purpose, Tokens
from aurora.escalation.channels import callbacks as paths
from aurora.escalation.delivery import is_machine
from aurora.lines.gather import TERMINAL_STATUSES, GatherLine
from aurora.lines.problems import not_found
from aurora.lines.twilio_webhooks import add_noted, add_spoken, parts_of
from aurora.lines.twiml import EMPTY, HANG_UP

log = structlog.get_logger()

HangUp = Callable[[str], Awaitable[None]]
"""Ends a telephone call, by Twilio's id; raises nothing."""


class CallBacks:
    """Checks the signature, then the token that says whose call-back it is."""

    def __init__(
        self, switchboard: Switchboard, gather: GatherLine, tokens: Tokens, hang_up: HangUp
    ) -> None:
        self._switchboard = switchboard
        self.gather = gather
        self._tokens = tokens
        self._hang_up = hang_up

    async def answered(self, request: Request) -> str:
        """Somebody, or a machine, picked up: the call goes on there."""
        fields = await self.gather.read(request)
        call_id, _, _ = self._whose(request)
        if fields.get("CallStatus", "").lower() in TERMINAL_STATUSES:
            return EMPTY
        try:
            return await self.gather.go_on(call_id, fields)
        except UnknownCall:
            log.warning("call_back_of_no_call", call_id=call_id)
            return HANG_UP

    async def answered_by(self, request: Request) -> None:
        """A machine cannot say how its owner is: let go of it, and try again."""
        fields = await self.gather.read(request)
        call_id, loss, attempt = self._whose(request)
        if is_machine(fields.get("AnsweredBy", "")):
            await self._fail(call_id, loss, attempt, "machine")
            await self._hang_up(fields.get("CallSid", ""))

    async def status(self, request: Request) -> None:
        """A call-back is over: unanswered, or its caller has hung up."""
        fields = await self.gather.read(request)
        call_id, loss, attempt = self._whose(request)
        status = fields.get("CallStatus", "").lower()
        if status not in TERMINAL_STATUSES:
            return
        with suppress(UnknownCall):
            call = await self._switchboard.call(call_id)
            if status == "completed" and call.connection_id == fields.get("CallSid"):
                await self._switchboard.end(call_id, EndReason.HUNG_UP)
        # Found meanwhile, it changes nothing.
        await self._fail(call_id, loss, attempt, status)

    async def _fail(self, call_id: str, loss: int, attempt: int, why: str) -> None:
        def act(call: Call, now: datetime) -> list[Event]:
            return note_failure(call, loss, attempt, why, now)

        try:
            await self._switchboard.amend(call_id, act)
        except UnknownCall as error:
            raise not_found(f"call {call_id[:64]}") from error

    def _whose(self, request: Request) -> tuple[str, int, int]:
        """Return (call id, loss, attempt) of the token; raises Problem 403."""
        token = request.query_params.get("call", "")
        call_id, loss, attempt = parts_of(self._tokens, Purpose.CALL_BACK, token, 3, request)
        return call_id, int(loss), int(attempt)


def call_back_routes(call_backs: CallBacks) -> APIRouter:
    """Return the webhooks, whose addresses Twilio is given with each call-back."""
    router = APIRouter()
    add_spoken(router, paths.CALLED_BACK, call_backs.answered, call_backs.gather.fallback)
    add_noted(router, paths.CALLED_BACK_ANSWERED_BY, call_backs.answered_by)
    add_noted(router, paths.CALLED_BACK_STATUS, call_backs.status)
    return router
