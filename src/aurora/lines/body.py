"""Read a request's body: bounded, strictly UTF-8, a form or JSON; never trusts a length header."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect, Request

from aurora.lines.problems import Problem, bad_request

MAX_BODY_BYTES = 64 * 1024
"""Twilio's largest webhook stays under 10 kB; TwiML itself may not exceed 64 kB."""
MAX_FIELDS = 200
READ_WITHIN_S = 10.0
"""For the whole body; Twilio itself gives up after 15 seconds."""


async def read_body(
    request: Request, most_bytes: int = MAX_BODY_BYTES, within_s: float = READ_WITHIN_S
) -> bytes:
    """Return the whole body; raises Problem 413 past most_bytes, 408 when it takes too long.

    Raises Problem 400 when it is cut off.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    limit = f"The body is larger than {most_bytes} bytes; send less."
                    raise Problem(413, "Too large", limit)
    except TimeoutError as error:
        limit = f"The body took longer than {within_s:g} seconds; send it at once."
        raise Problem(408, "Too slow", limit) from error
    except ClientDisconnect as error:
        raise bad_request("The body was cut off; send it again.") from error
    return bytes(body)


def parse_form(body: bytes, most_fields: int = MAX_FIELDS) -> list[tuple[str, str]]:
    """Return a urlencoded form's fields in order, empty ones kept: Twilio signs those too."""
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=most_fields,
        )
    except UnicodeDecodeError as error:
        raise bad_request("The form is not UTF-8; encode it as UTF-8.") from error
    except ValueError as error:
        raise bad_request(f"The form has more than {most_fields} fields; send fewer.") from error


def parse_json(body: bytes) -> dict[str, Any]:
    """Return a JSON object; raises Problem 400 for anything else."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"The body is not JSON in UTF-8: {error}.") from error
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object.")
    return value
