"""Serve a stand-in on a free port of this machine; what it answers is its own work."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import uvicorn

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


@asynccontextmanager
async def serving(app: Application, certificate: Path | None = None) -> AsyncIterator[str]:
    """Serve on a free port of this machine, in this event loop; yields the base URL.

    certificate: a PEM file with its key, to serve with TLS.
    """
    # The protocol is named because asyncio turns Nagle's 40 ms off only for sockets that say TCP.
    with closing(socket.socket(proto=socket.IPPROTO_TCP)) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
            ssl_certfile=certificate,
        )
        config.load()
        server = uvicorn.Server(config)
        # Not serve(): that takes over the process's signals, and polls.
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        try:
            scheme = "https" if certificate else "http"
            yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            await server.shutdown(sockets=[listener])
