"""Twilio's webhooks as every line takes them: read and checked, then answered in TwiML or noted."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aurora.errors import LinkRefused
from aurora.escalation.acknowledgement import Purpose, Tokens
from aurora.lines.body import parse_form, read_body
from aurora.lines.problems import Problem, forbidden
from aurora.lines.twilio_signature import WebhookSignature

log = structlog.get_logger()

Fields = dict[str, str]
Answers = Callable[[Request], Awaitable[str]]
"""Returns the TwiML that a webhook is answered with."""
Takes = Callable[[Request], Awaitable[None]]
"""Takes in what Twilio tells, to which nothing is to be said."""


async def signed_fields(request: Request, signature: WebhookSignature) -> Fields:
    """Return a webhook's fields once it is known to be Twilio's; raises Problem."""
    pairs = parse_form(await read_body(request))
    signature.require(request, pairs)
    return dict(pairs)


def parts_of(
    tokens: Tokens, purpose: Purpose, token: str, count: int, request: Request
) -> tuple[str, ...]:
    """Return what an address that Aurora gave to Twilio says; raises Problem 403 for others."""
    try:
        parts = tokens.read(purpose, token)
        if len(parts) != count:
            raise LinkRefused("forged")
    except LinkRefused as error:
        raise not_ours(request, error) from error
    return parts


def not_ours(request: Request, error: Exception) -> Problem:
    """Say, here and to Twilio, that an address was not made by this line, or long ago."""
    log.warning("address_refused", path=request.url.path, error=str(error)[:80])
    return forbidden("The address is not one that Aurora gave to Twilio.")


async def answered(request: Request, answer: Answers, fallback: str) -> Response:
    """Answer with a webhook's TwiML, and with the fallback when it fails."""
    try:
        return _xml(await answer(request))
    except Problem:
        raise
    # The edge of HTTP on this line: Twilio would play "an application error" and hang up.
    except Exception:
        log.exception("webhook_failed", path=request.url.path)
        return _xml(fallback)


def add_spoken(router: APIRouter, path: str, answer: Answers, fallback: str) -> None:
    """Add a webhook that is answered in TwiML; fallback: when it fails."""

    @router.post(path, name=path)
    async def spoken(request: Request) -> Response:
        return await answered(request, answer, fallback)


def add_noted(router: APIRouter, path: str, note: Takes) -> None:
    """Add a webhook that only tells something: a failure is Twilio's to see, and to try again."""

    @router.post(path, name=path)
    async def noted(request: Request) -> Response:
        await note(request)
        return Response(status_code=204)


def _xml(body: str) -> Response:
    return Response(body, media_type="application/xml")
