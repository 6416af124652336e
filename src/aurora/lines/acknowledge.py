"""The page behind an alert's signed link: looking changes nothing, pressing a button answers.

Mail and chat services fetch links to look for malware; only a POST is a person's answer.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import structlog
from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, select_autoescape
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from aurora.errors import LinkRefused, RecordsError
from aurora.escalation.acknowledgement import Tokens, read_link
from aurora.escalation.answer_words import words_in
from aurora.escalation.answers import AnswerDesk, Asked, Reply
from aurora.escalation.attempt_limit import AttemptLimit
from aurora.escalation.incident import Answer, Source
from aurora.lines.fields import read_fields
from aurora.lines.problems import Problem
from aurora.site.model import LANGUAGES, Site

log = structlog.get_logger()

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
MOST_WRONG_LINKS = 20
"""Of one address in ten minutes: a whole plant may sit behind one."""


class Pressed(BaseModel):
    """What a button sends."""

    model_config = ConfigDict(extra="ignore")

    answer: Literal["accept", "decline", "arrived"]
    form: str = Field(pattern=r"^[0-9a-f]{16}$")
    """Of the page it was pressed on: pressed twice, it is one answer."""


class AcknowledgePage:
    """A valid link is always served, whatever else its address tried before."""

    def __init__(
        self,
        desk: AnswerDesk,
        tokens: Tokens,
        site: Site,
        clock: Callable[[], datetime],
    ) -> None:
        self._desk = desk
        self._tokens = tokens
        self._site = site
        self._clock = clock
        self._wrong_links = AttemptLimit(MOST_WRONG_LINKS)
        self._number = site.contact(site.control_room).number
        environment = Environment(
            loader=PackageLoader("aurora.lines"), autoescape=select_autoescape()
        )
        self._template = environment.get_template("acknowledge.html")

    async def show(self, request: Request, token: str) -> Response:
        """Show what is asked and what was answered."""
        try:
            asked = await self._asked(token)
        except LinkRefused as refused:
            return self._refuse(request, refused)
        except RecordsError as error:
            return self._not_recorded(request, error)
        return self._page(request, asked, _standing(asked))

    async def press(self, request: Request, token: str) -> Response:
        """Take an answer, then lead back to the page, so that reloading it repeats none."""
        pressed = await read_fields(request, Pressed)
        try:
            asked = await self._asked(token)
            reply = Reply(
                f"link:{pressed.form}:{asked.contact_id}:{pressed.answer}",
                asked.incident_id,
                asked.contact_id,
                asked.meant(Answer(pressed.answer)),
                Source.LINK,
                self._clock(),
            )
            await self._desk.answer(reply)
        except LinkRefused as refused:
            return self._refuse(request, refused)
        except RecordsError as error:
            return self._not_recorded(request, error)
        # Relative, so that a public address with a path works too; "./" as the token holds a colon.
        return RedirectResponse(f"./{token}", 303, HEADERS)

    async def _asked(self, token: str) -> Asked:
        incident_id, contact_id = read_link(self._tokens, token)
        asked = await self._desk.asked(incident_id, contact_id)
        if asked is None:
            raise LinkRefused("unknown")
        return asked

    def _refuse(self, request: Request, refused: LinkRefused) -> Response:
        peer = request.client.host if request.client else ""
        if not self._wrong_links.may_try(peer, self._clock()):
            raise Problem(429, "Too many wrong links", "Wait ten minutes, or phone the site.")
        self._wrong_links.note(peer, self._clock())
        log.warning("acknowledgement_refused", reason=refused.reason, peer=peer)
        words = words_in(self._language(request))
        text = words.link_is_old if refused.reason == "expired" else words.link_is_wrong
        return self._page(request, None, text.format(number=self._number), 403)

    def _not_recorded(self, request: Request, error: RecordsError) -> Response:
        log.error("answer_not_recorded", error=str(error))
        text = words_in(self._language(request)).not_recorded.format(number=self._number)
        return self._page(request, None, text, 503)

    def _page(
        self, request: Request, asked: Asked | None, notice: str, status: int = 200
    ) -> Response:
        language = asked.language if asked else self._language(request)
        body = self._template.render(
            language=language,
            words=words_in(language),
            asked=asked,
            notice=notice,
            form_id=secrets.token_hex(8),
            number=self._number,
            site_name=self._site.name,
        )
        return HTMLResponse(body, status, HEADERS)

    def _language(self, request: Request) -> str:
        """The browser's first language that Aurora speaks, else the site's."""
        asked_for = request.headers.get("accept-language", "").lower().split(",")
        spoken = (part.strip()[:2] for part in asked_for)
        return next((code for code in spoken if code in LANGUAGES), self._site.languages[0])


def _standing(asked: Asked) -> str:
    """Return what is known of this person's answer; nothing where there is none."""
    words = words_in(asked.language)
    if not asked.is_open:
        return words.over
    match asked.answer:
        case Answer.ACCEPT:
            return words.accepted[asked.yes]
        case Answer.ARRIVED:
            return words.arrived
        case Answer.DECLINE:
            return words.declined
    return ""


def acknowledge_routes(page: AcknowledgePage) -> APIRouter:
    """Return the page's routes; no sign-in, the link itself says who."""
    router = APIRouter()

    @router.get("/ack/{token}")
    async def show(request: Request, token: str) -> Response:
        return await page.show(request, token)

    @router.post("/ack/{token}")
    async def press(request: Request, token: str) -> Response:
        return await page.press(request, token)

    return router
