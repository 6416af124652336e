"""The analytics page and the CSV of each of its figures."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.console.analytics import rises
from aurora.console.analytics.figures import Figure, Totals, figures, totals
from aurora.console.door import Door, Needs
from aurora.console.frame import Frame
from aurora.console.headers import page_headers
from aurora.console.history.files import csv_text
from aurora.console.trail import Trail
from aurora.console.words import words_in
from aurora.errors import RecordsError
from aurora.lines.problems import not_found, unavailable, unprocessable
from aurora.records.call_figures import CallFigures
from aurora.site.model import Language, Site

PATH = "/console/analytics"
STRETCHES = {7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}
USUAL = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """The figures of one stretch of time, for one reader."""

    days: int
    now: datetime
    totals: Totals
    before: Totals
    """Of as many days before."""
    figures: list[Figure]


class AnalyticsPages:
    """What the routes of the analytics do."""

    def __init__(
        self,
        frame: Frame,
        site: Site,
        counted: CallFigures,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> None:
        self._frame = frame
        self._site = site
        self._counted = counted
        self._trail = trail
        self._clock = clock
        self._counting = asyncio.Lock()
        self._known: dict[tuple[int, Language], Shown] = {}

    async def page(self, request: Request, person: Person) -> Response:
        shown = await self._shown(request, self._frame.language(request, person))
        return await self._frame.page_apart(
            request,
            person,
            "analytics/page.html",
            shown=shown,
            stretches=STRETCHES,
            path=PATH,
            test=rises,
        )

    async def csv(self, request: Request, person: Person, figure_id: str) -> Response:
        """One figure as a file."""
        shown = await self._shown(request, self._frame.language(request, person))
        figure = next((one for one in shown.figures if one.id == figure_id), None)
        if figure is None:
            raise not_found(f"figure {figure_id[:40]}")
        details = {"days": shown.days}
        await self._trail.note(person, "figures.exported", figure.id, details)
        written = csv_text([figure.columns, *figure.rows], is_first=True)
        name = f'attachment; filename="aurora_{figure.id}_{shown.days}_days.csv"'
        headers = page_headers() | {"Content-Disposition": name}
        return Response(written, media_type="text/csv; charset=utf-8", headers=headers)

    async def _shown(self, request: Request, language: Language) -> Shown:
        days = _days(request.query_params.get("days", ""))
        async with self._counting:
            known = self._known.get((days, language))
            if known is None or not timedelta() <= self._clock() - known.now < _kept(days):
                try:
                    known = await self._count(days, language)
                except RecordsError as error:
                    raise unavailable(str(error)) from error
                self._known[days, language] = known
        return known

    async def _count(self, days: int, language: Language) -> Shown:
        now = self._clock()
        since = now - timedelta(days=days)
        weeks = timedelta(weeks=rises.WEEKS, days=rises.DAYS + 1)
        gathered = await self._counted.gather(since, now)
        before = await self._counted.kinds(since - timedelta(days=days), since)
        lately = await self._counted.before(now - weeks, now)

        def made() -> Shown:
            zone = self._site.timezone
            found = rises.unusual_rises(lately.began, lately.first_s, now, zone)
            say = words_in(language).gettext
            shown = figures(gathered, found, self._site, language, say, now, days)
            return Shown(days, now, totals(gathered.kinds), totals(before), shown)

        return await asyncio.to_thread(made)


def analytics_routes(pages: AnalyticsPages, door: Door) -> APIRouter:
    """Return the routes; everybody who may sign in reads the figures."""
    router = APIRouter(prefix=PATH)
    viewer = Depends(Needs(door, Role.VIEWER))

    @router.get("")
    async def page(request: Request, person: Person = viewer) -> Response:
        return await pages.page(request, person)

    @router.get("/{figure_id}.csv")
    async def csv(request: Request, figure_id: str, person: Person = viewer) -> Response:
        return await pages.csv(request, person, figure_id)

    return router


def _kept(days: int) -> timedelta:
    """How long figures are shown before they are counted anew: a year of calls takes a second."""
    return timedelta(seconds=2 * days)


def _days(asked: str) -> int:
    if not asked:
        return USUAL
    if asked not in {str(days) for days in STRETCHES}:
        known = ", ".join(map(str, STRETCHES))
        raise unprocessable(f"days: give one of {known}.", "days")
    return int(asked)
