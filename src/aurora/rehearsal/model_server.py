"""A stand-in for an OpenAI-compatible server: real protocol, real sockets, scripted answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aurora.rehearsal import loopback
from aurora.rehearsal.loopback import Application, Receive, Scope, Send
from aurora.rehearsal.scripted_model import Fault, Prompter, Script, Scripts

TIME_INFO = {
    "queue_time": 0.0002,
    "prompt_time": 0.004,
    "completion_time": 0.031,
    "total_time": 0.0352,
    "created": 1795420800,
}
"""Seconds, as Cerebras sends them on the last chunk."""
USAGE = {"prompt_tokens": 512, "completion_tokens": 48, "total_tokens": 560}
RATE_LIMIT_HEADERS = {
    "retry-after": "12",
    "x-ratelimit-limit-requests-day": "14400",
    "x-ratelimit-remaining-requests-day": "0",
    "x-ratelimit-reset-requests-day": "33011.3",
    "x-ratelimit-remaining-tokens-minute": "1200",
}
REASONING_EFFORTS = ("low", "medium", "high")
WEB_PAGE = b"<!doctype html><title>Sign in</title><p>Welcome to the guest network."


class ModelServer:
    """An ASGI application with /v1/models and /v1/chat/completions, streaming only."""

    def __init__(
        self,
        scripts: Scripts = Script(),
        *,
        models: tuple[str, ...] = ("gpt-oss-120b",),
        api_key: str | None = None,
    ) -> None:
        self.prompter = Prompter(scripts)
        self.models = models
        self.api_key = api_key
        """The only key that is let in; any when None."""
        self.is_web_page = False
        """Answer everything with HTML."""
        self.requests: list[dict[str, Any]] = []
        """The body of each request for an answer, oldest first."""
        self._open = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    async def idle(self) -> None:
        """Wait until no request is open: every client has its answer or has hung up."""
        await self._is_idle.wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"speaks HTTP only, not {scope['type']}")
        self._open += 1
        self._is_idle.clear()
        try:
            await self._respond(scope, _Exchange(receive, send))
        except _ClientHungUp:
            pass
        finally:
            self._open -= 1
            if not self._open:
                self._is_idle.set()

    async def _respond(self, scope: Scope, exchange: "_Exchange") -> None:
        body = await exchange.body()
        key = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if self.is_web_page:
            await exchange.page()
        elif self.api_key is not None and key != f"Bearer {self.api_key}":
            await exchange.error(401, "Wrong API Key", "wrong_api_key")
        elif (scope["method"], scope["path"]) == ("GET", "/v1/models"):
            listed = [{"id": name, "object": "model", "owned_by": "x"} for name in self.models]
            await exchange.json(200, {"object": "list", "data": listed})
        elif (scope["method"], scope["path"]) == ("POST", "/v1/chat/completions"):
            await self._complete(body, exchange)
        else:
            await exchange.error(404, "Not found", "not_found")

    async def _complete(self, body: bytes, exchange: "_Exchange") -> None:
        try:
            request = json.loads(body)
            messages, model = list(request["messages"]), request["model"]
        except (ValueError, KeyError, TypeError):
            await exchange.error(400, "messages and model are needed", "wrong_request")
            return
        self.requests.append(request)
        if model not in self.models:
            await exchange.error(404, f"Model {model} does not exist", "model_not_found")
        elif request.get("reasoning_effort", "low") not in REASONING_EFFORTS:
            await exchange.error(400, "reasoning_effort: low, medium or high", "wrong_request")
        elif not request.get("stream"):
            await exchange.error(400, "only streams are served here", "wrong_request")
        else:
            await _play(self.prompter.script_for(messages), model, exchange)


async def _play(script: Script, model: str, exchange: "_Exchange") -> None:
    """Send one scripted answer, or fail as it says."""
    match script.fault:
        case Fault.RATE_LIMITED:
            await exchange.error(429, "Too many", "request_quota_exceeded", RATE_LIMIT_HEADERS)
        case Fault.OVERLOADED:
            await exchange.error(503, "Overloaded, try again later", "overloaded")
        case Fault.WEB_PAGE:
            await exchange.page()
        case Fault.HUNG:
            await exchange.until_hung_up()
        case _:
            await _stream(script, model, exchange)


async def _stream(script: Script, model: str, exchange: "_Exchange") -> None:
    await asyncio.sleep(script.first_token_s)
    await exchange.start(200, {"content-type": "text/event-stream; charset=utf-8"})
    for event in _events(script, model):
        step = script.bytes_per_write or len(event)
        for at in range(0, len(event), step):
            await exchange.write(event[at : at + step])
    if script.fault in (Fault.SLOW_FIRST_TOKEN, Fault.STALL):
        await exchange.until_hung_up()
    # A response without its end makes the server drop the connection.
    if script.fault is not Fault.DISCONNECT:
        await exchange.end()


def _events(script: Script, model: str) -> Iterator[bytes]:
    yield _event(model, {"role": "assistant", "content": ""})
    if script.fault is Fault.SLOW_FIRST_TOKEN:
        return
    if script.reasoning:
        yield _event(model, {"reasoning": script.reasoning})
    for piece in script.pieces_before_fault():
        yield _event(model, {"content": piece})
    if script.fault is Fault.MALFORMED_CHUNK:
        yield b'data: {"choices": [{"delta": {"content": "and th\n\n'
    elif script.fault is Fault.ERROR_EVENT:
        error = {"message": "Encountered a server error", "type": "server_error", "code": "5"}
        yield _line({"error": error, "status_code": 500})
    elif script.fault is None:
        yield _event(model, {}, script.finish_reason, usage=USAGE, time_info=TIME_INFO)
        yield b"data: [DONE]\n\n"


def _event(
    model: str, delta: Mapping[str, str], finish_reason: str | None = None, **more: object
) -> bytes:
    return _line(
        {
            "id": "chatcmpl-stand-in",
            "choices": [{"delta": delta, "index": 0, "finish_reason": finish_reason}],
            "created": TIME_INFO["created"],
            "model": model,
            "system_fingerprint": "fp_stand_in",
            "object": "chat.completion.chunk",
            **more,
        }
    )


def _line(fields: Mapping[str, object]) -> bytes:
    return f"data: {json.dumps(fields, ensure_ascii=False)}\n\n".encode()


class _ClientHungUp(Exception):
    """The other side closed the connection."""


class _Exchange:
    """One HTTP request and its response."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send

    async def body(self) -> bytes:
        body, is_more = b"", True
        while is_more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise _ClientHungUp
            body += message.get("body", b"")
            is_more = message.get("more_body", False)
        return body

    async def until_hung_up(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        raise _ClientHungUp

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": pairs})

    async def write(self, part: bytes) -> None:
        await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b""})

    async def whole(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        await self.start(status, {**headers, "content-length": str(len(body))})
        await self._send({"type": "http.response.body", "body": body})

    async def page(self) -> None:
        await self.whole(200, WEB_PAGE, {"content-type": "text/html"})

    async def json(
        self, status: int, fields: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> None:
        body = json.dumps(fields).encode()
        await self.whole(status, body, {"content-type": "application/json", **(headers or {})})

    async def error(
        self, status: int, message: str, code: str, headers: Mapping[str, str] | None = None
    ) -> None:
        fields = {"message": message, "type": f"{code}_error", "param": "", "code": code}
        await self.json(status, fields, headers)


@asynccontextmanager
async def serving(app: Application) -> AsyncIterator[str]:
    """Serve on a free port of this machine, in this event loop; yields the base URL."""
    async with loopback.serving(app) as url:
        yield f"{url}/v1"
