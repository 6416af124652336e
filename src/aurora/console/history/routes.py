"""The history's pages: the list of calls, one call's record, and exports."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.console.history.asked import HistoryAsked, read_asked
from aurora.console.history.record_view import record_view
from aurora.console.history.rows import history_row
from aurora.console.terms import ANSWERS, HAZARDS, INCIDENT_STATES, LANGUAGES, LINES, URGENCIES
from aurora.errors import RecordsError
from aurora.lines.problems import not_found, unavailable
from aurora.records.call_record import WholeCall
from aurora.records.search import COUNTED, CallSearch
from aurora.records.whole_calls import WholeCalls
from aurora.site.model import Site

PAGE = 25
PATH = "/console/history"


class HistoryPages:
    """What the routes of the history do."""

    def __init__(self, frame: Frame, site: Site, search: CallSearch, calls: WholeCalls) -> None:
        self._frame = frame
        self._site = site
        self._search = search
        self._calls = calls

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
        view = record_view(whole, self._site, self._frame.language(request, person))
        return self._frame.page(
            request,
            person,
            "history/record.html",
            record=view,
            path=PATH,
            urgencies=URGENCIES,
            states=INCIDENT_STATES,
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

    @router.get("/calls/{call_id}")
    async def record(request: Request, call_id: str, person: Person = viewer) -> Response:
        return await pages.record(request, person, call_id)

    return router


def _older(asked: HistoryAsked, number: int) -> str:
    return asked.address(PATH, before=number)


def _newer(asked: HistoryAsked, number: int) -> str:
    return asked.address(PATH, after=number)
