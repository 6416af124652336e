"""The handbook at the console: what is in it, a file looked at before it is added, removal."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aurora.accounts.person import Person, Role
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.console.handbook.previews import Preview, Previews
from aurora.console.review.fields import form_of
from aurora.console.review.routes import went_to
from aurora.console.words import _
from aurora.errors import HandbookError
from aurora.guidance.handbook.apart import check_name, read_apart
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.handbook.passage import Document
from aurora.guidance.handbook.read import MOST_BYTES
from aurora.guidance.handbook.shelf import Shelf
from aurora.lines.body import read_body
from aurora.lines.problems import Problem, not_found, unprocessable
from aurora.records.audit import AuditTrail
from aurora.site.model import Language

ADDRESS = "/console/handbook"
UPLOADED_WITHIN_S = 120.0
SHOWN = 200
"""Passages of a document; a longer one is shown in part."""
FOUND = 3
LONGEST_QUESTION = 300


@dataclass(frozen=True, slots=True)
class HandbookDesk:
    """What the handbook's pages are given."""

    frame: Frame
    door: Door
    handbook: Handbook
    languages: Sequence[Language]
    trail: AuditTrail
    clock: Callable[[], datetime]


def handbook_routes(desk: HandbookDesk) -> APIRouter:
    """Return /console/handbook; everybody reads and asks, administrators add and remove."""
    router = APIRouter(prefix=ADDRESS)
    reader, admin = Needs(desk.door, Role.VIEWER), Needs(desk.door, Role.ADMIN)
    previews = Previews(desk.clock)

    @router.get("")
    async def handbook(request: Request, person: Annotated[Person, Depends(reader)]) -> Response:
        question = request.query_params.get("q", "").strip()[:LONGEST_QUESTION]
        language = _language(desk, request.query_params.get("language", ""))
        contents = desk.handbook.contents
        return desk.frame.page(
            request,
            person,
            "handbook/list.html",
            documents=contents.documents,
            problems=contents.problems,
            question=question,
            asked_in=language,
            languages=desk.languages,
            answer=await _answer(desk.handbook, question, language),
            most_mb=MOST_BYTES // 1_000_000,
            is_admin=person.role.covers(Role.ADMIN),
        )

    @router.get("/documents/{language}/{document_id}")
    async def document(
        request: Request,
        language: str,
        document_id: str,
        person: Annotated[Person, Depends(reader)],
    ) -> Response:
        found = _document(desk, language, document_id)
        return desk.frame.page(
            request,
            person,
            "handbook/document.html",
            document=found,
            sections=found.sections[:SHOWN],
        )

    @router.post("/documents/{language}/{document_id}/remove")
    async def remove(
        language: str, document_id: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        found = _document(desk, language, document_id)
        if found.added_at is None:
            raise unprocessable("It comes with the site; remove its file there.", "document")
        try:
            await asyncio.to_thread(_shelf(desk).remove, document_id)
        except (HandbookError, OSError) as error:
            raise unprocessable(str(error), "document") from error
        await asyncio.to_thread(desk.handbook.refresh)
        details = {"title": found.title, "sha256": found.sha256}
        await desk.trail.note(person, "handbook.removed", document_id, details)
        return went_to(ADDRESS)

    _add_upload(router, desk, previews, admin)
    return router


def _add_upload(router: APIRouter, desk: HandbookDesk, previews: Previews, admin: Needs) -> None:
    @router.post("/preview")
    async def preview(request: Request, person: Annotated[Person, Depends(admin)]) -> Response:
        """Read a file, sent as the body; it changes nothing yet."""
        name = request.query_params.get("name", "")
        try:
            check_name(name)
            _check_length(request)
            content = await read_body(request, MOST_BYTES, UPLOADED_WITHIN_S)
            read = await read_apart(
                name,
                content,
                language=request.query_params.get("language") or None,
                title=request.query_params.get("title", "").strip()[:80] or None,
            )
        except HandbookError as error:
            raise unprocessable(f"{name[:80]}: {error}", "file") from error
        own = Handbook([read])
        await asyncio.to_thread(own.warm)
        kept = previews.keep(read, own, person.id)
        return HTMLResponse(_shown(desk, request, person, kept))

    @router.post("/preview/{token}/ask")
    async def ask(
        request: Request, token: str, person: Annotated[Person, Depends(admin)]
    ) -> Response:
        kept = _preview(previews, token, person)
        question = (await form_of(request)).get("question", "").strip()[:LONGEST_QUESTION]
        answer = await _answer(kept.handbook, question, kept.document.language)
        values = {"question": question, "answer": answer}
        return HTMLResponse(desk.frame.fragment(request, person, "handbook/answer.html", **values))

    @router.post("/preview/{token}/add")
    async def add(token: str, person: Annotated[Person, Depends(admin)]) -> Response:
        document = _preview(previews, token, person).document
        now = desk.clock().replace(microsecond=0)
        added = document.model_copy(update={"added_at": now, "added_by": person.name})
        packaged = [one for one in desk.handbook.contents.documents if one.added_at is None]
        try:
            await asyncio.to_thread(_shelf(desk).add, added, packaged)
        except HandbookError as error:
            raise Problem(409, "Not added", str(error), "file") from error
        await asyncio.to_thread(desk.handbook.refresh)
        previews.forget(token)
        details = {"title": added.title, "file": added.name, "sha256": added.sha256}
        await desk.trail.note(person, "handbook.added", added.id, details)
        return went_to(f"{ADDRESS}/documents/{added.language}/{added.id}")


def _check_length(request: Request) -> None:
    """Refuse before reading what says of itself that it is too large; others are cut off."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        detail = _("The file is over %(most)s MB; split it.")
        raise Problem(413, "Too large", detail, "file", most=most)


def _shown(desk: HandbookDesk, request: Request, person: Person, kept: Preview) -> str:
    document = kept.document
    return desk.frame.fragment(
        request,
        person,
        "handbook/preview.html",
        token=kept.token,
        document=document,
        sections=document.sections[:SHOWN],
        headings=list(dict.fromkeys(one.heading for one in document.sections if one.heading))[:6],
        is_spoken_here=document.language in desk.languages,
    )


async def _answer(handbook: Handbook, question: str, language: str) -> dict[str, object] | None:
    if not question:
        return None
    reading = await asyncio.to_thread(handbook.ask, question, language)
    found = await asyncio.to_thread(handbook.search, question, language, FOUND)
    return {"reading": reading, "found": found, "language": language}


def _preview(previews: Previews, token: str, person: Person) -> Preview:
    kept = previews.find(token, person.id)
    if kept is None:
        raise not_found("preview like this any more; choose the file again")
    return kept


def _shelf(desk: HandbookDesk) -> Shelf:
    if desk.handbook.shelf is None:
        raise not_found("place for uploaded documents on this machine")
    return desk.handbook.shelf


def _document(desk: HandbookDesk, language: str, document_id: str) -> Document:
    documents = desk.handbook.contents.documents
    wanted = (language, document_id)
    found = next((one for one in documents if (one.language, one.id) == wanted), None)
    if found is None:
        raise not_found(f"document {document_id[:80]}")
    return found


def _language(desk: HandbookDesk, asked: str) -> Language:
    return next((one for one in desk.languages if one == asked), desk.languages[0])
