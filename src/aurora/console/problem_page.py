"""A failed request in the words of whoever sits at the console: a page, or problem details."""

from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person
from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.console.words import words_in
from aurora.errors import RecordsError
from aurora.lines.problems import Problem

OF_CONSOLE = "/console"


def wants_page(request: Request) -> bool:
    """Whether a browser goes to an address, or sends a form, and will show what comes back."""
    headers = request.headers
    is_read = "text/html" in headers.get("accept", "") and "hx-request" not in headers
    # Browsers tell a form from a script's request only over https and on their own machine.
    is_navigation = headers.get("sec-fetch-mode") == "navigate"
    return is_read and (is_navigation or request.method == "GET")


class ProblemPage:
    """Shows what went wrong and the ways on: again, the board, a telephone."""

    def __init__(self, frame: Frame, door: Door) -> None:
        self._frame = frame
        self._door = door

    async def response(self, request: Request, problem: Problem) -> Response:
        """Return the problem in the form that its asker can read."""
        if not request.url.path.startswith(OF_CONSOLE):
            return problem.response()
        person = await self._person(request, problem)
        told = problem.told(words_in(self._frame.language(request, person)).gettext)
        if not wants_page(request):
            return told.response()
        return self._frame.page(
            request,
            person,
            "problem.html",
            status=problem.status,
            problem=told,
            address=request.url.path if request.method == "GET" else "",
        )

    async def _person(self, request: Request, problem: Problem) -> Person | None:
        """Nobody where the database may be what failed: the page must come without it."""
        if problem.status >= 500:
            return None
        try:
            return await self._door.person(request)
        except RecordsError:
            return None
