"""The history's pages: the list of calls, one call's record, and exports."""

from typing import Literal

import orjson
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from aurora.accounts.person import Person, Role
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.console.headers import page_headers
from aurora.console.history.asked import HistoryAsked, read_asked
from aurora.console.history.exports import Exports
from aurora.console.history.files import file_name
from aurora.console.history.record_view import record_view
from aurora.console.history.rows import history_row
from aurora.console.terms import ANSWERS, HAZARDS, INCIDENT_STATES, LANGUAGES, LINES, URGENCIES
from aurora.errors import RecordsError
from aurora.guidance.library import Library
from aurora.lines.problems import not_found, unavailable
from aurora.records.call_record import WholeCall
from aurora.records.search import COUNTED, CallSearch
from aurora.records.whole_calls import WholeCalls
from aurora.site.model import Site

PAGE = 25
PATH = "/console/history"


class HistoryPages:
    """What the routes of the history do."""

    def __init__(
        self,
        frame: Frame,
        site: Site,
        search: CallSearch,
        calls: WholeCalls,
        exports: Exports,
        library: Library,
    ) -> None:
        self._frame = frame
        self._site = site
        self._search = search
        self._calls = calls
        self._exports = exports
        self._library = library

    async def list(self, request: Request, person: Person) -> Response:
        """The calls found, a page of them."""
        asked = read_asked(request.query_params)
        filters = asked.filters(self._site)
        try:
            page = await self._search.page(
                filters, limit=PAGE, before=asked.before, after=asked.after
            )
            count = await self._search.count(filters)
        except RecordsError as error:
            raise unavailable(str(error)) from error
        language = self._frame.language(request, person)
        rows = [history_row(one, filters.wanted, self._site, language) for one in page.calls]
        return self._frame.page(
            request,
            person,
            "history/list.html",
            asked=asked,
            rows=rows,
            count=count,
            counted=COUNTED,
            newer=_newer(asked, page.calls[0].number) if page.has_newer and page.calls else None,
            older=_older(asked, page.calls[-1].number) if page.has_older and page.calls else None,
            path=PATH,
            choices=CHOICES,
        )

    async def record(self, request: Request, person: Person, call_id: str) -> Response:
        """One call's record, to be read or printed."""
        whole = await self.whole(call_id)
        view = record_view(whole, self._site, self._library, self._frame.language(request, person))
        return self._frame.page(
            request,
            person,
            "history/record.html",
            record=view,
            path=PATH,
            urgencies=URGENCIES,
            states=INCIDENT_STATES,
        )

    async def pdf(self, request: Request, person: Person, call_id: str) -> Response:
        whole = await self.whole(call_id)
        drawn = await self._exports.pdf(whole, person, self._frame.language(request, person))
        # Shown in the browser: printing it is the usual next step.
        return _file(drawn, "application/pdf", file_name(whole.call.id, "pdf"), "inline")

    async def document(self, person: Person, call_id: str) -> Response:
        whole = await self.whole(call_id)
        document = await self._exports.document(whole, person)
        written = orjson.dumps(document, option=orjson.OPT_INDENT_2)
        return _file(written, "application/json", file_name(whole.call.id, "json"))

    async def many(self, request: Request, person: Person, how: Literal["csv", "json"]) -> Response:
        """Every call found, as one file that is written while it is sent."""
        asked = read_asked(request.query_params)
        filters = asked.filters(self._site)
        await self._exports.note_many(person, how, asked.fields)
        is_csv = how == "csv"
        parts = self._exports.csv(filters) if is_csv else self._exports.json(filters)
        return StreamingResponse(
            parts,
            media_type="text/csv; charset=utf-8" if is_csv else "application/json",
            headers=_file_headers(f"aurora_calls.{how}", "attachment"),
        )

    async def whole(self, call_id: str) -> WholeCall:
        try:
            whole = await self._calls.read(call_id)
        except RecordsError as error:
            raise unavailable(str(error)) from error
        if whole is None:
            raise not_found(f"call {call_id[:80]}")
        return whole


CHOICES = {
    "urgency": URGENCIES,
    "hazard": HAZARDS,
    "line": LINES,
    "language": LANGUAGES,
    "answer": ANSWERS,
}


def history_routes(pages: HistoryPages, door: Door) -> APIRouter:
    """Return the routes; everybody who may sign in reads the history."""
    router = APIRouter(prefix=PATH)
    viewer = Depends(Needs(door, Role.VIEWER))

    @router.get("")
    async def calls(request: Request, person: Person = viewer) -> Response:
        return await pages.list(request, person)

    @router.get("/calls.csv")
    async def csv(request: Request, person: Person = viewer) -> Response:
        return await pages.many(request, person, "csv")

    @router.get("/calls.json")
    async def json(request: Request, person: Person = viewer) -> Response:
        return await pages.many(request, person, "json")

    @router.get("/calls/{call_id}")
    async def record(request: Request, call_id: str, person: Person = viewer) -> Response:
        return await pages.record(request, person, call_id)

    @router.get("/calls/{call_id}/record.pdf")
    async def pdf(request: Request, call_id: str, person: Person = viewer) -> Response:
        return await pages.pdf(request, person, call_id)

    @router.get("/calls/{call_id}/record.json")
    async def document(call_id: str, person: Person = viewer) -> Response:
        return await pages.document(person, call_id)

    return router


def _older(asked: HistoryAsked, number: int) -> str:
    return asked.address(PATH, before=number)


def _newer(asked: HistoryAsked, number: int) -> str:
    return asked.address(PATH, after=number)


def _file(content: bytes, media_type: str, name: str, how: str = "attachment") -> Response:
    return Response(content, media_type=media_type, headers=_file_headers(name, how))


def _file_headers(name: str, how: str) -> dict[str, str]:
    headers = page_headers() | {"Content-Disposition": f'{how}; filename="{name}"'}
    # The browser's own viewer is no page of ours, and needs what the policy of pages forbids.
    del headers["Content-Security-Policy"]
    return headers
