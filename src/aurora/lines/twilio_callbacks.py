"""Twilio's webhooks about alerts: text replies, pressed keys, how far each alert got."""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from fastapi import APIRouter
from starlette.requests import Request

from aurora.escalation.acknowledgement import Purpose
from aurora.escalation.answers import AnswerDesk
from aurora.escalation.channels import callbacks as paths
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.delivery import (
    CALL_STATUSES,
    MESSAGE_STATUSES,
    Delivery,
    Progress,
    is_machine,
)
from aurora.escalation.plan import ChannelKind
from aurora.lines.key_presses import KeyPress, KeyPresses
from aurora.lines.problems import unprocessable
from aurora.lines.text_replies import TextReplies
from aurora.lines.twilio_signature import WebhookSignature
from aurora.lines.twilio_webhooks import Fields, add_noted, add_spoken, parts_of, signed_fields
from aurora.lines.twiml import EMPTY, HANG_UP
from aurora.site.model import Site

log = structlog.get_logger()

INCOMING_MESSAGE = "/incoming-message"
MAX_SID_CHARS = 64


class AlertWebhooks:
    """Checks the signature, then the token in the address, before anything else."""

    def __init__(
        self,
        desk: AnswerDesk,
        callbacks: Callbacks,
        site: Site,
        signature: WebhookSignature,
        clock: Callable[[], datetime],
    ) -> None:
        self._desk = desk
        self._tokens = callbacks.tokens
        self._signature = signature
        self._clock = clock
        self._texts = TextReplies(desk, site, clock)
        self._keys = KeyPresses(desk, callbacks, site, clock)

    async def incoming_message(self, request: Request) -> str:
        fields = await self._read(request)
        sid = _sid(fields, "MessageSid")
        return await self._texts.receive(sid, fields.get("From", "")[:64], fields.get("Body", ""))

    async def call_key(self, request: Request) -> str:
        fields = await self._read(request)
        alert_id, incident_id, contact_id = self._alert(request)
        query = request.query_params
        return await self._keys.receive(
            KeyPress(
                call_sid=_sid(fields, "CallSid"),
                digits=fields.get("Digits", "")[:1],
                token=query["alert"],
                alert_id=alert_id,
                incident_id=incident_id,
                contact_id=contact_id,
                round_=int(query["round"]) if query.get("round", "").isdecimal() else 1,
                is_confirming=query.get("confirm") == "1",
            )
        )

    async def message_status(self, request: Request) -> None:
        fields = await self._read(request)
        status = fields.get("MessageStatus") or fields.get("SmsStatus", "")
        await self._note(request, fields, "MessageSid", MESSAGE_STATUSES, status)

    async def call_status(self, request: Request) -> None:
        fields = await self._read(request)
        await self._note(request, fields, "CallSid", CALL_STATUSES, fields.get("CallStatus", ""))

    async def call_answered_by(self, request: Request) -> None:
        """Who picked up; only that it was a machine changes anything."""
        fields = await self._read(request)
        answered_by = fields.get("AnsweredBy", "")
        if is_machine(answered_by):
            machine = {answered_by: Progress.MACHINE}
            await self._note(request, fields, "CallSid", machine, answered_by)
        else:
            self._alert(request)

    async def _note(
        self,
        request: Request,
        fields: Fields,
        sid_name: str,
        meanings: Mapping[str, Progress],
        status: str,
    ) -> None:
        alert_id, incident_id, contact_id = self._alert(request)
        progress = meanings.get(status)
        if progress is None:
            log.warning("status_unknown", status=status[:40], alert_id=alert_id)
            return
        channel = ChannelKind.SMS if sid_name == "MessageSid" else ChannelKind.VOICE
        code = fields.get("ErrorCode", "")[:16]
        await self._desk.progress(
            Delivery(
                alert_id,
                incident_id,
                contact_id,
                channel,
                _sid(fields, sid_name),
                progress,
                self._clock(),
                f"{status} {code}".strip(),
            )
        )

    async def _read(self, request: Request) -> Fields:
        return await signed_fields(request, self._signature)

    def _alert(self, request: Request) -> tuple[str, str, str]:
        """Return (alert id, incident id, contact id) of the token; raises Problem 403."""
        token = request.query_params.get("alert", "")
        alert_id, incident_id, contact_id = parts_of(self._tokens, Purpose.CALL, token, 3, request)
        return alert_id, incident_id, contact_id


def _sid(fields: Fields, name: str) -> str:
    sid = fields.get(name, "")
    if not sid or len(sid) > MAX_SID_CHARS or not sid.isalnum():
        raise unprocessable(f"{name} is missing or not an id; send Twilio's own fields.", name)
    return sid


def alert_webhook_routes(webhooks: AlertWebhooks) -> APIRouter:
    """Return the webhooks about alerts; Twilio takes them from the addresses in each request."""
    router = APIRouter()
    add_spoken(router, INCOMING_MESSAGE, webhooks.incoming_message, EMPTY)
    add_spoken(router, paths.CALL_KEY, webhooks.call_key, HANG_UP)
    add_noted(router, paths.MESSAGE_STATUS, webhooks.message_status)
    add_noted(router, paths.CALL_STATUS, webhooks.call_status)
    add_noted(router, paths.CALL_ANSWERED_BY, webhooks.call_answered_by)
    return router
