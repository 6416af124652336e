"""Open the WebSocket a line's TwiML names, signed as Twilio signs it."""

from typing import Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from aurora.errors import AuroraError
from aurora.lines.twilio_signature import SIGNATURE_HEADER, sign
from aurora.rehearsal.twilio_webhooks import CONNECT_WITHIN_S, TwilioWebhooks

MAX_MESSAGE_BYTES = 1 << 20
CLOSE_WITHIN_S = 2.0


class SocketRefused(AuroraError):
    """The line did not take the connection; Twilio goes on with the call's next step."""


class SocketClosed(AuroraError):
    """The other side is gone."""


class Socket(Protocol):
    """Text messages both ways. Raises SocketClosed when the other side has left."""

    async def send(self, text: str) -> None: ...

    async def receive(self) -> str: ...

    async def close(self) -> None: ...


class TwilioSocket:
    """A real one."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, text: str) -> None:
        try:
            await self._connection.send(text)
        except ConnectionClosed as error:
            raise SocketClosed(str(error)) from error

    async def receive(self) -> str:
        try:
            received = await self._connection.recv()
        except ConnectionClosed as error:
            raise SocketClosed(str(error)) from error
        # A line that sends bytes is told so by whoever reads the message.
        return received if isinstance(received, str) else received.decode(errors="replace")

    async def close(self) -> None:
        await self._connection.close()


async def open_socket(url: str, webhooks: TwilioWebhooks) -> Socket:
    """Connect to a public ws address of the line; raises SocketRefused, TwimlRefused."""
    headers = {}
    if webhooks.auth_token:
        headers[SIGNATURE_HEADER] = sign(webhooks.auth_token, url, [])
    try:
        connection = await connect(
            webhooks.local_socket(url),
            additional_headers=headers,
            user_agent_header="Twilio.TmeWs/1.0",
            open_timeout=CONNECT_WITHIN_S,
            close_timeout=CLOSE_WITHIN_S,
            max_size=MAX_MESSAGE_BYTES,
            compression=None,
            # The line is this machine's; a proxy would make it a stranger's.
            proxy=None,
        )
    except (OSError, TimeoutError, WebSocketException) as error:
        raise SocketRefused(f"{url}: {error}") from error
    return TwilioSocket(connection)
