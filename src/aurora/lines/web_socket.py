"""What every line over a WebSocket does with one: bounded messages in, an orderly end."""

from collections.abc import Callable, Coroutine
from contextlib import suppress

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

log = structlog.get_logger()

LONGEST_MESSAGE = 64 * 1024
"""Characters; Twilio's have about 400."""
NORMAL, POLICY, TOO_BIG = 1000, 1008, 1009


async def receive(websocket: WebSocket) -> str | bytes:
    """Return the next message; raises WebSocketDisconnect, also after one that is too long."""
    received = await websocket.receive()
    if received["type"] != "websocket.receive":
        raise WebSocketDisconnect(received.get("code", NORMAL))
    text: str | bytes = received.get("text") or received.get("bytes") or ""
    if len(text) > LONGEST_MESSAGE:
        await close(websocket, TOO_BIG)
        raise WebSocketDisconnect(TOO_BIG)
    return text


async def send(websocket: WebSocket, text: str) -> None:
    """Send; what cannot be sent any more is dropped, and the reader sees the socket close."""
    if websocket.application_state is WebSocketState.CONNECTED:
        with suppress(WebSocketDisconnect, RuntimeError):
            await websocket.send_text(text)


async def close(websocket: WebSocket, code: int) -> None:
    """Close, unless somebody has."""
    if websocket.application_state is WebSocketState.CONNECTED:
        with suppress(WebSocketDisconnect, RuntimeError):
            await websocket.close(code)


async def until_gone(work: Coroutine[None, None, None], drop: Callable[[], None]) -> None:
    """Do what a call needs of its socket; without that the socket is gone, however it ended."""
    try:
        await work
    except WebSocketDisconnect:
        pass
    # The edge of a connection: a call that nobody reads any more must not go on talking.
    except Exception:
        log.exception("socket_failed")
    finally:
        drop()
