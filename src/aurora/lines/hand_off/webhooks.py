"""The addresses that Twilio asks about a hand-off; `person` and `caller` know the answers."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aurora.errors import LinkRefused, UnknownCall
from aurora.lines.body import parse_form, read_body
from aurora.lines.hand_off.addresses import PREFIX, Addresses, Asked, Step
from aurora.lines.hand_off.caller import CallersCall
from aurora.lines.hand_off.person import PersonsCall
from aurora.lines.problems import forbidden
from aurora.lines.twilio_signature import WebhookSignature
from aurora.lines.twiml import EMPTY, HANG_UP

log = structlog.get_logger()

Fields = dict[str, str]


class HandOffWebhooks:
    """Checks the signature, then the token in the address, before anything else."""

    def __init__(
        self,
        addresses: Addresses,
        signature: WebhookSignature,
        person: PersonsCall,
        caller: CallersCall,
    ) -> None:
        self._addresses = addresses
        self._signature = signature
        self.person = person
        self.caller = caller

    async def read(self, request: Request) -> tuple[Fields, Asked]:
        """Return the fields and what the address was made for; raises Problem 403."""
        pairs = parse_form(await read_body(request))
        self._signature.require(request, pairs)
        query = request.query_params
        try:
            asked = self._addresses.read(query.get("of", ""), query.get("round", ""))
        except LinkRefused as error:
            log.warning("hand_off_token_refused", path=request.url.path, error=str(error))
            raise forbidden("The address is not one that Aurora gave to Twilio.") from error
        return dict(pairs), asked


def hand_off_routes(webhooks: HandOffWebhooks, fallback: str) -> APIRouter:
    """Return the webhooks; whatever fails in one of the caller's, they get `fallback`."""
    router = APIRouter()
    spoken = {
        Step.KEY: webhooks.person.key,
        Step.OVER: webhooks.person.over,
        Step.ENTER: webhooks.caller.enter,
        Step.WAIT: webhooks.caller.wait,
        Step.BACK: webhooks.caller.back,
        Step.SAY: webhooks.caller.say,
        Step.BLIND: webhooks.caller.blind,
    }
    noted = {
        Step.STATUS: webhooks.person.status,
        Step.ANSWERED_BY: webhooks.person.answered_by,
        Step.CONFERENCE: webhooks.caller.conference,
    }
    for step, answer in spoken.items():
        is_callers = step not in (Step.KEY, Step.OVER)
        _add_spoken(router, step, webhooks, answer, fallback if is_callers else HANG_UP)
    for step, note in noted.items():
        _add_noted(router, step, webhooks, note)
    return router


def _add_spoken(
    router: APIRouter,
    step: Step,
    webhooks: HandOffWebhooks,
    answer: Callable[[Fields, Asked], Awaitable[str]],
    fallback: str,
) -> None:
    @router.post(f"{PREFIX}{step}", name=f"hand_off_{step}")
    async def asked_for(request: Request) -> Response:
        fields, asked = await webhooks.read(request)
        try:
            return _xml(await answer(fields, asked))
        except UnknownCall:
            return _xml(EMPTY)
        # The edge of HTTP on this line: Twilio would play "an application error" and hang up.
        except Exception:
            log.exception("webhook_failed", path=request.url.path)
            return _xml(fallback)


def _add_noted(
    router: APIRouter,
    step: Step,
    webhooks: HandOffWebhooks,
    note: Callable[[Fields, Asked], Awaitable[None]],
) -> None:
    @router.post(f"{PREFIX}{step}", name=f"hand_off_{step}")
    async def told(request: Request) -> Response:
        fields, asked = await webhooks.read(request)
        await note(fields, asked)
        return Response(status_code=204)


def _xml(body: str) -> Response:
    return Response(body, media_type="application/xml")
