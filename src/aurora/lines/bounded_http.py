"""uvicorn's connections, bounded for peers that nobody knows yet: in bytes, time and number."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LONGEST_HEADERS = 16_384
"""Bytes of a request line with all headers, beyond what one read brings; Twilio's are 2 kB."""
HEADERS_WITHIN_S = 10.0
"""From the connection, or the first byte of a later request, to the end of the headers."""
MESSAGE_WITHIN_S = 120.0
"""From its headers to a request's last byte, whether or not anybody reads it; longer than a
document may take to come."""
TAKEN_WITHIN_S = 30.0
"""For a peer to take the next bytes of an answer that it asked for."""


class BoundedHttp(HttpToolsProtocol):
    """Hangs up on a peer that sends without end, too slowly, or takes no answer.

    Where there are more connections than are served, whoever has been waited for the longest makes
    room, then the oldest stream: else anybody could keep every caller out with sockets that say
    nothing, and anybody who may look at the board with a thousand boards.
    """

    header_bytes = 0
    is_in_headers = True
    waited_for_since = 0.0
    """The loop's time of the connection, or of the last answer."""
    _deadline: asyncio.TimerHandle | None = None
    _taken_by: asyncio.TimerHandle | None = None

    @property
    def is_waited_for(self) -> bool:
        """Whether no whole request is at hand, so that nothing is lost with the connection."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    @property
    def is_streamed_to(self) -> bool:
        """Whether an answer has begun and goes on: events, or a file that is slowly taken."""
        return self.cycle is not None and self.cycle.response_started

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.waited_for_since = self.loop.time()
        self._hang_up_in(HEADERS_WITHIN_S)
        self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_deadline()
        self._is_taken()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.is_in_headers:
            self.header_bytes += len(data)
        super().data_received(data)
        if self.is_in_headers and self.header_bytes > LONGEST_HEADERS:
            self.send_400_response("Request headers too large.")

    def handle_websocket_upgrade(self) -> None:
        self._no_deadline()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        self._hang_up_in(HEADERS_WITHIN_S)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.is_in_headers, self.header_bytes = False, 0
        self._hang_up_in(MESSAGE_WITHIN_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.is_in_headers = True
        self._no_deadline()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.waited_for_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        self._taken_by = self.loop.call_later(TAKEN_WITHIN_S, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._is_taken()
        super().resume_writing()

    def _hang_up_in(self, seconds: float) -> None:
        self._no_deadline()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _is_taken(self) -> None:
        if self._taken_by is not None:
            self._taken_by.cancel()
            self._taken_by = None

    def _make_room(self) -> None:
        most = self.limit_concurrency
        if most is None or len(self.connections) < most:
            return
        others = [
            peer
            for peer in self.connections
            if isinstance(peer, BoundedHttp | BoundedSocket) and peer is not self
        ]
        silent = [peer for peer in others if peer.is_waited_for]
        # A page asks for its stream again by itself; nobody asks again for a caller.
        if room := silent or [peer for peer in others if peer.is_streamed_to]:
            longest = min(room, key=lambda peer: peer.waited_for_since)
            self.connections.discard(longest)
            longest.transport.abort()


class BoundedSocket(WebSocketsSansIOProtocol):
    """A WebSocket that makes room once it is told to close, whether or not its peer answers."""

    waited_for_since = 0.0
    is_streamed_to = False

    @property
    def is_waited_for(self) -> bool:
        return self.close_sent
