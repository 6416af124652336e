"""Peers that nobody knows yet: silent, slow or many, they keep no caller out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from aurora.lines import bounded_http
from aurora.serve import listen, server_config
from tests.waiting import PATIENT_S, until

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
UNFINISHED = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: "
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nhalf"
NOBODY_READS_IT = HALF_A_BODY.replace(b"POST / ", b"POST /unread ")
UPGRADE = (
    b"GET /closed HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
STREAM = b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
LONG_ONE = b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n"
LONG = "a" * 8_000_000
MOST = 8

Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"beat\n"
        await asyncio.sleep(0.2)


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Read every request and answer it; close every socket."""
    if scope["type"] == "websocket":
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.close()
        return
    request = Request(scope, receive)
    if request.url.path == "/stream":
        await StreamingResponse(endless())(scope, receive, send)
        return
    if request.url.path != "/unread":
        await request.body()
    body = LONG if request.url.path == "/long" else ""
    response: Response = PlainTextResponse(body) if body else Response(status_code=204)
    await response(scope, receive, send)


@asynccontextmanager
async def line(most: int = 1_000) -> AsyncIterator[int]:
    """Serve as the line is served, with places for so many; yields the port."""
    config = server_config(answer)
    config.lifespan, config.limit_concurrency = "off", most
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            await serving


@asynccontextmanager
async def connected(port: int, said: bytes, count: int = 1) -> AsyncIterator[list[Peer]]:
    """Yield so many peers who each said this."""
    peers = [await asyncio.open_connection("127.0.0.1", port, limit=1_000) for _ in range(count)]
    for _, writer in peers:
        writer.write(said)
    try:
        yield peers
    finally:
        for _, writer in peers:
            writer.transport.abort()


async def status(port: int) -> bytes:
    async with connected(port, GET) as [(reader, _)], asyncio.timeout(PATIENT_S):
        return (await reader.readline())[9:12]


async def is_hung_up_on(peer: Peer) -> bool:
    """Read to the end that the line makes of it; False when it makes none."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENT_S):
            with suppress(ConnectionError):
                while await peer[0].read(1_000):
                    pass
            return True
    return False


@pytest.mark.parametrize(
    "said", [b"", UNFINISHED, HALF_A_BODY, NOBODY_READS_IT, UPGRADE, GET, STREAM], ids=repr
)
async def test_more_silent_peers_or_streams_than_places_keep_nobody_out(said: bytes) -> None:
    async with line(MOST) as port, connected(port, said, 3 * MOST):
        answers = [await status(port) for _ in range(MOST)]

    assert set(answers) == {b"204"}


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        (b"", "HEADERS_WITHIN_S"),
        (UNFINISHED, "HEADERS_WITHIN_S"),
        (GET + UNFINISHED, "HEADERS_WITHIN_S"),
        (HALF_A_BODY, "MESSAGE_WITHIN_S"),
        (NOBODY_READS_IT, "MESSAGE_WITHIN_S"),
    ],
    ids=repr,
)
async def test_who_does_not_come_to_an_end_is_hung_up_on(said: bytes, limit: str, monkeypatch):
    monkeypatch.setattr(bounded_http, limit, 0.05)
    async with line() as port, connected(port, said) as [peer]:
        assert await is_hung_up_on(peer)


async def test_who_takes_no_answer_is_hung_up_on(monkeypatch):
    monkeypatch.setattr(bounded_http, "TAKEN_WITHIN_S", 0.05)
    async with line() as port, connected(port, LONG_ONE) as [(_, writer)]:

        def is_gone() -> bool:
            # Only a write shows that the other side is gone: nothing is read here.
            writer.write(b"\r\n")
            return writer.transport.is_closing()

        assert await until(is_gone)


async def test_a_request_that_is_being_answered_never_makes_room(monkeypatch):
    may_answer = asyncio.Event()
    arrived = asyncio.Semaphore(0)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        arrived.release()
        await may_answer.wait()
        await Response(status_code=204)(scope, receive, send)

    monkeypatch.setitem(globals(), "answer", slow)
    async with line(MOST) as port:
        waiting = [asyncio.create_task(status(port)) for _ in range(MOST - 1)]
        for _ in waiting:
            await arrived.acquire()
        async with connected(port, b"", 3 * MOST):
            may_answer.set()
            answers = [await one for one in waiting]

    assert set(answers) == {b"204"}
