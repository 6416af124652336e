"""Errors as problem details (RFC 9457): the right status, what is wrong and how to mend it."""

from collections.abc import Callable

import orjson
from starlette.responses import Response


class Problem(Exception):
    """A request that cannot be done as it stands."""

    def __init__(
        self, status: int, title: str, detail: str, field: str | None = None, **values: object
    ) -> None:
        """detail: in English; values fill in its %(names)s, so that it can be translated whole."""
        self.status = status
        self.title = title
        self.detail = detail % values if values else detail
        self.field = field
        self._words = detail
        self._values = values
        super().__init__(self.detail)

    def told(self, say: Callable[[str], str]) -> "Problem":
        """Return the problem as a reader is told it; say: translates its detail."""
        return Problem(self.status, self.title, say(self._words), self.field, **self._values)

    def response(self) -> Response:
        """Return the problem as application/problem+json."""
        body = {"type": "about:blank", "title": self.title, "status": self.status}
        body["detail"] = self.detail
        if self.field is not None:
            body["field"] = self.field
        headers = {"WWW-Authenticate": "Bearer"} if self.status == 401 else None
        return Response(
            orjson.dumps(body), self.status, headers, media_type="application/problem+json"
        )


def bad_request(detail: str) -> Problem:
    return Problem(400, "The request cannot be read", detail)


def unprocessable(detail: str, field: str, **values: object) -> Problem:
    return Problem(422, "A field is wrong", detail, field, **values)


def forbidden(detail: str) -> Problem:
    return Problem(403, "Not allowed", detail)


def unavailable(detail: str) -> Problem:
    return Problem(503, "The record cannot be written", detail)


def not_found(what: str) -> Problem:
    return Problem(404, "Not found", f"There is no {what}.")
