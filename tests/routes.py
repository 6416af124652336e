"""Every route of an application with what guards it, and the first word of its answer."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from aurora.accounts.person import Role
from aurora.console.door import Needs
from aurora.lines.api_guard import ApiNeeds
from tests.waiting import PATIENT_S

HOST, PEER = "127.0.0.1:5000", ("127.0.0.1", 40000)


@dataclass(frozen=True)
class Route:
    """One way in."""

    method: str
    """WEBSOCKET for a socket."""
    path: str
    console: Role | None
    """The role that the console's door asks for."""
    api: Role | None
    """What the API's guard asks for."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def changes(self) -> bool:
        return self.method not in {"GET", "HEAD", "OPTIONS", "WEBSOCKET"}

    @property
    def address(self) -> str:
        """Return a path that it answers, of things that do not exist."""
        return re.sub(r"{[^}]+}", "x", self.path)


def routes_of(app: FastAPI) -> list[Route]:
    """Return every route, those of included routers among them."""
    found: list[Route] = []
    for context in iter_route_contexts(app.routes):
        guards = list(_calls(context.dependant)) if hasattr(context, "dependant") else []
        console = [one.role for one in guards if isinstance(one, Needs)]
        api = [one.role for one in guards if isinstance(one, ApiNeeds)]
        methods = getattr(context, "methods", None) or {"WEBSOCKET"}
        roles = (_highest(console), _highest(api))
        found += [Route(method, context.path, *roles) for method in sorted(methods - {"HEAD"})]
    return found


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def _highest(roles: list[Role]) -> Role | None:
    return max(roles, key=lambda role: role.rank, default=None)


async def answer(
    app: FastAPI, method: str, path: str, headers: dict[str, str]
) -> tuple[int, dict[str, str], str]:
    """Return status, headers and the first piece of the body; a stream is left at once.

    For a socket the status is 101 when it was accepted and 403 when it was refused.
    """
    is_socket = method == "WEBSOCKET"
    sent: list[dict[str, Any]] = []
    enough = asyncio.Event()

    asking = [{"type": "http.request", "body": b"", "more_body": False}]
    if is_socket:
        asking = [{"type": "websocket.connect"}]

    async def receive() -> dict[str, Any]:
        if not asking:
            await asyncio.Event().wait()
        return asking.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if message["type"] != "http.response.start":
            enough.set()

    scope = {
        "type": "websocket" if is_socket else "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "ws" if is_socket else "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {"Host": HOST, **headers}.items()
        ],
        "client": PEER,
        "server": ("127.0.0.1", 5000),
        "subprotocols": [],
    }
    answering = asyncio.create_task(app(scope, receive, send))  # type: ignore[arg-type]
    waiting = asyncio.create_task(enough.wait())
    await asyncio.wait([answering, waiting], timeout=PATIENT_S, return_when=asyncio.FIRST_COMPLETED)
    for task in (answering, waiting):
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task
    assert sent, f"{method} {path}: no answer"
    first = sent[0]
    if is_socket:
        return (101 if first["type"] == "websocket.accept" else 403), {}, ""
    body = next((one["body"] for one in sent if one["type"] == "http.response.body"), b"")
    lines = {name.decode(): value.decode() for name, value in first["headers"]}
    return first["status"], lines, body.decode(errors="replace")
