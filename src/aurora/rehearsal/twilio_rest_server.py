"""A stand-in for Twilio's REST API: real HTTP, its own state, documented fields only, failures.

What happens at the telephones it rings is `rung_phones`' work.
"""

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from aurora.rehearsal.conference_routes import ConferenceRoutes
from aurora.rehearsal.conferences import Conferences
from aurora.rehearsal.loopback import Receive, Scope, Send
from aurora.rehearsal.twilio_contract import (
    CREATE_CALL,
    CREATE_MESSAGE,
    LIST_CALLS,
    LIST_MESSAGES,
    UPDATE_CALL,
    Breach,
    Contract,
)
from aurora.rehearsal.twilio_resources import Form, RungCall, SentMessage

ACCOUNT = "AC" + "0" * 32
TOKEN = "a-token-for-rehearsal"  # noqa: S105 - of the stand-in, not of Twilio
RETRY_AFTER_S = 1
ROOT = "/2010-04-01/Accounts/{account}"


class Failure(StrEnum):
    """How one request goes wrong."""

    TOO_MANY = "429, nothing was done"
    OVERLOADED = "503, nothing was done"
    REFUSED = "403, nothing was done, and trying again is no use"
    ANSWER_LOST = "500, though everything was done"
    CUT_OFF = "everything was done, and the connection broke in the answer"
    HUNG = "never answered, nothing was done"
    NO_JSON = "200 with a page of a proxy in between"


@dataclass(slots=True)
class Fault:
    """The next so many requests of a kind fail."""

    failure: Failure
    method: str
    resource: str
    """Messages or Calls."""
    times: int = 1


class TwilioRestServer:
    """An ASGI application that keeps messages and calls of one account."""

    def __init__(
        self,
        account_sid: str = ACCOUNT,
        auth_token: str = TOKEN,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.clock = clock
        self.messages: dict[str, SentMessage] = {}
        self.calls: dict[str, RungCall] = {}
        self.conferences = Conferences(account_sid, clock)
        self.refused_numbers: dict[str, int] = {}
        """The error code that a request to a number gets: 21211 no such number, 21610 opted out."""
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str, Form]] = []
        """(method, resource, form) of each request that came, oldest first."""
        self.breaches: list[Breach] = []
        """What was refused because it is not as documented."""
        messages, calls = f"{ROOT}/Messages", f"{ROOT}/Calls"
        self._app = Starlette(
            routes=[
                Route(f"{messages}.json", self._create_message, methods=["POST"]),
                Route(f"{messages}.json", self._list_messages, methods=["GET"]),
                Route(f"{messages}/{{sid}}.json", self._message),
                Route(f"{calls}.json", self._create_call, methods=["POST"]),
                Route(f"{calls}.json", self._list_calls, methods=["GET"]),
                Route(f"{calls}/{{sid}}.json", self._call),
                Route(f"{calls}/{{sid}}.json", self._update_call, methods=["POST"]),
                *ConferenceRoutes(self, _gone).routes(ROOT),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_let_in(scope):
            await _error(401, 20003, "Authenticate")(scope, receive, send)
            return
        failure = self._failure_for(scope)
        match failure:
            case Failure.TOO_MANY:
                headers = {"Retry-After": str(RETRY_AFTER_S)}
                await _error(429, 20429, "Too Many Requests", headers)(scope, receive, send)
            case Failure.OVERLOADED:
                await _error(503, 20503, "Service unavailable")(scope, receive, send)
            case Failure.REFUSED:
                await _error(403, 20403, "Forbidden")(scope, receive, send)
            case Failure.HUNG:
                while (await receive())["type"] != "http.disconnect":
                    pass
            case Failure.NO_JSON:
                await Response("<h1>Proxy</h1>", 200)(scope, receive, send)
            case Failure.ANSWER_LOST | Failure.CUT_OFF:
                await self._app(scope, receive, _lost)
                if failure is Failure.ANSWER_LOST:
                    await _error(500, 20500, "Internal error")(scope, receive, send)
                else:
                    await _cut_off(send)
            case None:
                await self._app(scope, receive, send)

    def fail(
        self, failure: Failure, resource: str = "Messages", *, method: str = "POST", times: int = 1
    ) -> None:
        """Make the next so many requests of a kind fail."""
        self.faults.append(Fault(failure, method, resource, times))

    def _failure_for(self, scope: Scope) -> Failure | None:
        for fault in self.faults:
            path = scope["path"].removesuffix(".json")
            if fault.times and fault.method == scope["method"] and fault.resource in path:
                fault.times -= 1
                return fault.failure
        return None

    def _is_let_in(self, scope: Scope) -> bool:
        header = dict(scope["headers"]).get(b"authorization", b"")
        expected = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode())
        is_ours = f"/Accounts/{self.account_sid}/" in scope["path"]
        return is_ours and hmac.compare_digest(header, b"Basic " + expected)

    async def _create_message(self, request: Request) -> Response:
        form = await self.form(request, "Messages")
        refused = self.refusal(form, CREATE_MESSAGE)
        if refused:
            return refused
        message = SentMessage(self.account_sid, dict(form), self.clock())
        self.messages[message.sid] = message
        return JSONResponse(message.resource(), 201)

    async def _list_messages(self, request: Request) -> Response:
        wanted = self.asked(request, "Messages")
        refused = self.refusal(wanted, LIST_MESSAGES)
        return refused or self.page("messages", _of(self.messages.values(), dict(wanted)))

    async def _message(self, request: Request) -> Response:
        message = self.messages.get(request.path_params["sid"])
        return JSONResponse(message.resource()) if message else _gone(request)

    async def _create_call(self, request: Request) -> Response:
        form = await self.form(request, "Calls")
        refused = self.refusal(form, CREATE_CALL)
        if refused:
            return refused
        events = tuple(value for name, value in form if name == "StatusCallbackEvent")
        call = RungCall(self.account_sid, dict(form), events or ("completed",), self.clock())
        self.calls[call.sid] = call
        return JSONResponse(call.resource(), 201)

    async def _list_calls(self, request: Request) -> Response:
        wanted = self.asked(request, "Calls")
        refused = self.refusal(wanted, LIST_CALLS)
        return refused or self.page("calls", _of(self.calls.values(), dict(wanted)))

    async def _call(self, request: Request) -> Response:
        call = self.calls.get(request.path_params["sid"])
        return JSONResponse(call.resource()) if call else _gone(request)

    async def _update_call(self, request: Request) -> Response:
        form = await self.form(request, "Calls")
        refused = self.refusal(form, UPDATE_CALL)
        if refused:
            return refused
        call = self.calls.get(request.path_params["sid"])
        # A call that is over cannot be changed any more: Twilio answers as if it were not there.
        if call is None or call.is_over:
            return _gone(request)
        call.updates.append(dict(form))
        call.status = dict(form).get("Status", call.status)
        return JSONResponse(call.resource())

    def asked(self, request: Request, resource: str) -> Form:
        """Note a request that only asks; return what it asks for."""
        wanted = list(request.query_params.multi_items())
        self.requests.append(("GET", resource, wanted))
        return wanted

    async def form(self, request: Request, resource: str) -> Form:
        body = (await request.body()).decode()
        form = parse_qsl(body, keep_blank_values=True)
        self.requests.append((request.method, resource, form))
        return form

    def refusal(self, form: Form, contract: Contract) -> Response | None:
        breach = contract.breach(form)
        if breach is not None:
            self.breaches.append(breach)
            return _error(400, breach.code, breach.message)
        code = self.refused_numbers.get(dict(form).get("To", ""))
        return _error(400, code, "Twilio refuses this number") if code else None

    def page(self, name: str, found: list[dict[str, Any]]) -> Response:
        uri = f"/2010-04-01/Accounts/{self.account_sid}/{name.title()}.json"
        paging = {"page": 0, "page_size": 50, "start": 0, "end": len(found), "uri": uri}
        pages = dict.fromkeys(("next_page_uri", "previous_page_uri"))
        return JSONResponse({name: found, **paging, **pages, "first_page_uri": uri})


def _of(kept: Iterable[SentMessage | RungCall], wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the resources that were asked for, newest first."""
    filters = {name: value for name, value in wanted.items() if name in ("To", "From")}
    found = [
        one.resource()
        for one in reversed(list(kept))
        if all(one.fields.get(name) == value for name, value in filters.items())
    ]
    return found[: int(wanted.get("PageSize", 50))]


def _error(
    status: int, code: int, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    info = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": message, "more_info": info, "status": status}
    return JSONResponse(body, status, headers)


def _gone(request: Request) -> Response:
    what = f"The requested resource {request.url.path} was not found"
    return _error(404, 20404, what)


async def _lost(message: Any) -> None:
    """What the application answers goes nowhere."""


async def _cut_off(send: Send) -> None:
    """Begin an answer that never ends: the server then closes the connection."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"4000")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"sid": "', "more_body": True})
