"""What a client gets when a request fails: problem details, a page of it, or the way to sign in."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora.console.door import SIGN_IN, SignInNeeded
from aurora.console.problem_page import wants_page
from aurora.errors import RecordsError
from aurora.lines.problems import Problem, unavailable

log = structlog.get_logger()

Show = Callable[[Request, Problem], Awaitable[Response]]


def add_failures(app: FastAPI, show: Show) -> None:
    """Let every error of a request be answered, as `show` answers a problem."""

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 - narrows the type Starlette gives
        return await show(request, error)

    async def not_kept(request: Request, error: Exception) -> Response:
        log.error("request_not_kept", path=request.url.path, error=str(error))
        detail = "The database does not answer; try again in a moment."
        return await show(request, unavailable(detail))

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - narrows the type Starlette gives
        detail = f"{request.url.path[:80]}"
        return await show(request, Problem(error.status_code, str(error.detail), detail))

    async def unexpected(request: Request, error: Exception) -> Response:
        """The edge of HTTP: the log has the cause, the client does not."""
        log.error("request_failed", path=request.url.path, exc_info=error)
        detail = "Something failed inside. If this is an emergency, use a telephone."
        return await show(request, Problem(500, "Internal error", detail))

    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(RecordsError, not_kept)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, unexpected)


async def _sign_in_needed(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)  # noqa: S101 - narrows the type Starlette gives
    if request.method == "GET" and wants_page(request):
        return RedirectResponse(error.address, 303)
    return Problem(401, "Sign in", f"Sign in at {SIGN_IN} first.").response()
