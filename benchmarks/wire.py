"""A client that costs little beside the server it measures: one keep-alive connection, raw HTTP."""

import asyncio
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"


class Wire:
    """One connection; a request is made up beforehand, so that only its way is timed."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._writer.close()

    async def send(self, request: bytes) -> bytes:
        """Return the body of a 2xx answer; RuntimeError for any other."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 : head.index(b"\r", at)]) if at >= 0 else 0
        body = await self._reader.readexactly(length)
        if not 200 <= status < 300:
            raise RuntimeError(f"{status}: {body[:300]!r}")
        return body


def post(path: str, content_type: str, body: bytes, *headers: str) -> bytes:
    """Return a whole POST request; headers are further lines."""
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: {HOST}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        *headers,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
