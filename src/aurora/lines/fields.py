"""A request's fields as a checked model, and answers as JSON; which fields is for the route."""

from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from aurora.lines.body import MAX_BODY_BYTES, parse_form, parse_json, read_body
from aurora.lines.problems import Problem, unprocessable

Model = TypeVar("Model", bound=BaseModel)


async def read_fields(
    request: Request, model: type[Model], most_bytes: int = MAX_BODY_BYTES
) -> Model:
    """Return the request's fields from JSON or a form; raises Problem naming the wrong one."""
    body = await read_body(request, most_bytes)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/x-www-form-urlencoded":
        fields: dict[str, Any] = dict(parse_form(body))
    elif content_type in ("application/json", ""):
        fields = parse_json(body)
    else:
        detail = "Send application/json or application/x-www-form-urlencoded."
        raise Problem(415, "Unsupported media type", detail, "Content-Type")
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        problem = error.errors()[0]
        field = str(problem["loc"][0]) if problem["loc"] else next(iter(model.model_fields))
        reason = problem["msg"].removeprefix("Value error, ")
        raise unprocessable(f"{field}: {reason}.", field) from error


def json_response(body: Any, status: int = 200) -> Response:
    """Return what is JSON already, or is made JSON."""
    content = body if isinstance(body, str) else orjson.dumps(body)
    return Response(content, status, media_type="application/json")
