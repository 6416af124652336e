"""uvicorn's fast HTTP reader, with the bound on headers that only its slow one has."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEADERS = 16_384
"""Bytes of a request line with all headers, beyond what one read brings; Twilio's are 2 kB."""


class BoundedHttp(HttpToolsProtocol):
    """Hangs up on a peer whose headers do not end: nobody has said who they are by then."""

    header_bytes = 0
    is_in_headers = True

    def data_received(self, data: bytes) -> None:
        if self.is_in_headers:
            self.header_bytes += len(data)
        super().data_received(data)
        if self.is_in_headers and self.header_bytes > LONGEST_HEADERS:
            self.send_400_response("Request headers too large.")

    def on_headers_complete(self) -> None:
        self.is_in_headers, self.header_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.is_in_headers = True
        super().on_message_complete()
