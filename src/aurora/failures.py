"""What a client gets when a request fails: problem details, or the way to sign in."""

import structlog
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora.console.door import SIGN_IN, SignInNeeded
from aurora.errors import RecordsError
from aurora.lines.problems import Problem, unavailable

log = structlog.get_logger()


def add_failures(app: FastAPI) -> None:
    """Let every error of a request be answered."""
    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(RecordsError, _not_kept)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


async def _sign_in_needed(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)  # noqa: S101 - narrows the type Starlette gives
    is_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if is_page and "hx-request" not in request.headers:
        return RedirectResponse(error.address, 303)
    return Problem(401, "Sign in", f"Sign in at {SIGN_IN} first.").response()


async def problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - narrows the type Starlette gives
    return error.response()


async def _not_kept(request: Request, error: Exception) -> Response:
    log.error("request_not_kept", path=request.url.path, error=str(error))
    return unavailable("The database does not answer; try again in a moment.").response()


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - narrows the type Starlette gives
    return Problem(error.status_code, str(error.detail), f"{request.url.path[:80]}").response()


async def _unexpected(request: Request, error: Exception) -> Response:
    """The edge of HTTP: the log has the cause, the client does not."""
    log.error("request_failed", path=request.url.path, exc_info=error)
    detail = "Something failed inside. If this is an emergency, use a telephone."
    return Problem(500, "Internal error", detail).response()
