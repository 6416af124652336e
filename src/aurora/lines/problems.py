"""Errors as problem details (RFC 9457): the right status, what is wrong and how to mend it."""

import orjson
from starlette.responses import Response


class Problem(Exception):
    """A request that cannot be done as it stands."""

    def __init__(self, status: int, title: str, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.field = field

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


def unprocessable(detail: str, field: str) -> Problem:
    return Problem(422, "A field is wrong", detail, field)


def forbidden(detail: str) -> Problem:
    return Problem(403, "Not allowed", detail)


def unavailable(detail: str) -> Problem:
    return Problem(503, "The record cannot be written", detail)


def not_found(what: str) -> Problem:
    return Problem(404, "Not found", f"There is no {what}.")
