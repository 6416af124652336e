"""The addresses that Twilio asks about a hand-off; the calls it is about know the answers.

Twilio asks whichever machine it likes: each is answered by the call as it is on the record.
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.requests import Request

from aurora.conversation.operators import Operators
from aurora.errors import LinkRefused, UnknownCall
from aurora.lines.hand_off.addresses import PREFIX, Addresses, Asked, Step
from aurora.lines.hand_off.caller import CallersCall
from aurora.lines.hand_off.person import PersonsCall
from aurora.lines.hand_off.services import EmergencyServices
from aurora.lines.twilio_signature import WebhookSignature
from aurora.lines.twilio_webhooks import (
    Answers,
    Fields,
    Takes,
    add_noted,
    add_spoken,
    not_ours,
    signed_fields,
)
from aurora.lines.twiml import EMPTY, HANG_UP


class HandOffWebhooks:
    """Checks the signature, then the token in the address, before anything else."""

    def __init__(
        self,
        addresses: Addresses,
        signature: WebhookSignature,
        operators: Operators,
        person: PersonsCall,
        caller: CallersCall,
        services: EmergencyServices,
    ) -> None:
        self._addresses = addresses
        self._signature = signature
        self._operators = operators
        self.person = person
        self.caller = caller
        self.services = services

    async def read(self, request: Request) -> tuple[Fields, Asked]:
        """Return the fields and what the address was made for; raises Problem 403."""
        fields = await signed_fields(request, self._signature)
        query = request.query_params
        try:
            asked = self._addresses.read(query.get("of", ""), query.get("round", ""))
        except LinkRefused as error:
            raise not_ours(request, error) from error
        return fields, asked

    def answering(
        self, answer: Callable[[Fields, Asked], Awaitable[str]], unknown: str = EMPTY
    ) -> Answers:
        """Return an answer as a route takes it. unknown: for a call that there is no record of."""

        async def read_and_answer(request: Request) -> str:
            fields, asked = await self.read(request)
            try:
                await self._operators.newest(asked.call_id)
                return await answer(fields, asked)
            except UnknownCall:
                return unknown

        return read_and_answer

    def noting(self, note: Callable[[Fields, Asked], Awaitable[None]]) -> Takes:
        """Return what takes something in, as a route takes it."""

        async def read_and_note(request: Request) -> None:
            fields, asked = await self.read(request)
            await self._operators.newest(asked.call_id)
            await note(fields, asked)

        return read_and_note


def hand_off_routes(webhooks: HandOffWebhooks, fallback: str) -> APIRouter:
    """Return the webhooks; whatever fails in one of the caller's, they get `fallback`.

    The public services get the control room: nobody at an emergency number is hung up on.
    """
    router = APIRouter()
    person, caller, services = webhooks.person, webhooks.caller, webhooks.services
    of_person = {
        Step.KEY: person.key,
        Step.OVER: person.over,
    }
    of_services = {
        Step.ADDED: services.enter,
        Step.ADDED_OVER: services.over,
    }
    of_caller = {
        Step.ENTER: caller.enter,
        Step.WAIT: caller.wait,
        Step.HELD: caller.held,
        Step.BACK: caller.back,
        Step.SAY: caller.say,
        Step.BLIND: caller.blind,
    }
    noted = {
        Step.STATUS: person.status,
        Step.ANSWERED_BY: person.answered_by,
        Step.ADDED_STATUS: services.status,
        Step.CONFERENCE: caller.conference,
    }
    for spoken, safe in ((of_person, HANG_UP), (of_caller, fallback)):
        for step, answer in spoken.items():
            add_spoken(router, f"{PREFIX}{step}", webhooks.answering(answer), safe)
    desk = services.fallback()
    for step, answer in of_services.items():
        add_spoken(router, f"{PREFIX}{step}", webhooks.answering(answer, desk), desk)
    for step, note in noted.items():
        add_noted(router, f"{PREFIX}{step}", webhooks.noting(note))
    return router
