"""An application served on a real port of this machine, in the test's own event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from aurora.serve import listen, server_config
from tests.integration.line_process import HOST, free_port


@asynccontextmanager
async def served(application: ASGIApp, port: int) -> AsyncIterator[None]:
    """Serve until left; WebSockets included."""
    with listen(HOST, port) as listener:
        server = uvicorn.Server(server_config(application))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
            yield
        finally:
            server.should_exit = True
            await serving


def free_url() -> tuple[str, int]:
    port = free_port()
    return f"http://{HOST}:{port}", port
