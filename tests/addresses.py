"""docs/addresses.md: every address of a line with all its parts, and who may ask for it.

`python -m tests.addresses` writes it anew; a test fails while it is not as the router has it.
"""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from aurora.app import create_app
from tests.application import application
from tests.routes import Route, routes_of

PAGE = Path(__file__).parents[1] / "docs" / "addresses.md"
EVERYTHING = {
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef",
    "TWILIO_PHONE_NUMBER": "+12025550110",
    "AURORA_PUBLIC_URL": "https://line.example.com",
    "AURORA_OIDC_ISSUER": "http://127.0.0.1:1",
    "AURORA_OIDC_CLIENT_ID": "aurora",
    "AURORA_OIDC_ROLES": "*=viewer",
}
"""A line that has all its parts: a telephone number, a public address, a provider."""

OPEN = {
    "/": "says how to try the line; its parts only to those whom the API lets in",
    "/health": "for monitors; its parts only to those whom the API lets in",
    "/static/{name:path}": "pictures, styles and scripts that are in the repository",
    "/call": "says how to call, and nothing else",
    "/call/audio": "a call: this machine or the call code",
    "/call/words": "a call: this machine or the call code",
    "/incoming-call": "Twilio's signature",
    "/process-speech": "Twilio's signature",
    "/rejoin": "Twilio's signature",
    "/after-hand-off": "Twilio's signature",
    "/hangup": "Twilio's signature",
    "/call-status": "Twilio's signature",
    "/hand-off-key": "Twilio's signature",
    "/hand-off-over": "Twilio's signature",
    "/hand-off-enter": "Twilio's signature",
    "/hand-off-wait": "Twilio's signature",
    "/hand-off-added": "Twilio's signature",
    "/hand-off-added-over": "Twilio's signature",
    "/hand-off-added-status": "Twilio's signature",
    "/hand-off-back": "Twilio's signature",
    "/hand-off-held": "Twilio's signature",
    "/hand-off-say": "Twilio's signature",
    "/hand-off-blind": "Twilio's signature",
    "/hand-off-status": "Twilio's signature",
    "/hand-off-answered-by": "Twilio's signature",
    "/hand-off-conference": "Twilio's signature",
    "/stream": "Twilio's signature, and a token of the call",
    "/relay": "Twilio's signature, and a token of the call",
    "/incoming-message": "Twilio's signature",
    "/called-back": "Twilio's signature",
    "/called-back/answered-by": "Twilio's signature",
    "/called-back/status": "Twilio's signature",
    "/alerts/call-key": "Twilio's signature, and a token of the alert",
    "/alerts/message-status": "Twilio's signature, and a token of the alert",
    "/alerts/call-status": "Twilio's signature, and a token of the alert",
    "/alerts/call-answered-by": "Twilio's signature, and a token of the alert",
    "/ack/{token}": "the signed link in an alert",
    "/manifest.webmanifest": "how the console is installed: the site's name and pictures",
    "/console/service-worker.js": "a script that is in the repository",
    "/console/offline": "the same page for everybody, with nothing of a session in it",
    "/console/sign-in": "the way in",
    "/console/second-step": "the way in",
    "/console/set-up/{secret}": "the link that the start printed",
    "/console/password/{secret}": "the link that an admin handed over",
    "/console/sign-in/provider": "the way in by the identity provider",
    "/console/sign-in/provider/back": "the way in by the identity provider",
}
"""What anybody may ask for, or what has a guard of its own, and why."""

HEAD = """# Every address

Written by `python -m tests.addresses` from the router itself; a test fails where it is not as the
line has it. What each takes and answers stands in [http.md](http.md). Who may ask: a role of the
console's session under Console, of the API's guard elsewhere, or as it says.
"""
ROOMS = {"JSON": "/api/", "Console": "/console", "Lines and pages": "/"}
"""By the beginning of their paths, the first that fits."""

Rows = dict[tuple[str, str], list[str]]
"""Methods by path and who may ask."""


def as_page(routes: Iterable[Route]) -> str:
    """Return the whole page: a table a room, by path."""
    tables: dict[str, dict[tuple[str, str], list[str]]] = {
        room: defaultdict(list) for room in ROOMS
    }
    for route in routes:
        room = next(room for room, begin in ROOMS.items() if route.path.startswith(begin))
        tables[room][route.path, _who(route)].append(_method(route))
    return HEAD + "".join(_table(room, rows) for room, rows in tables.items())


def _table(room: str, rows: Rows) -> str:
    lines = [
        f"| `{path}` | {' '.join(sorted(methods))} | {who} |"
        for (path, who), methods in sorted(rows.items())
    ]
    return "\n".join([f"\n## {room}\n", "| address | | who may ask |", "|---|---|---|", *lines, ""])


def _method(route: Route) -> str:
    return "socket" if route.method == "WEBSOCKET" else route.method


def _who(route: Route) -> str:
    if route.console is not None:
        return route.console.value
    return route.api.value if route.api is not None else OPEN[route.path]


async def _write() -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        async with application(patch, Path(folder), EVERYTHING) as (_, parts):
            PAGE.write_text(as_page(routes_of(create_app(parts))), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_write())
