"""A scripted line: answers each path with a document, and keeps what it was asked."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import httpx2

BASE = "http://127.0.0.1:5000"
LISTEN = (
    '<Gather input="speech dtmf" action="/process-speech?turn=1" numDigits="1"'
    ' actionOnEmptyResult="true"><Say voice="Polly.Joanna" language="en-US">Go on.</Say></Gather>'
)


class ScriptedLine:
    """`documents` maps a path to what stands inside its <Response>."""

    def __init__(self, documents: Mapping[str, str | httpx2.Response]) -> None:
        self._documents = documents
        self.requests: list[httpx2.Request] = []

    def client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        document = self._documents.get(request.url.path, "")
        if isinstance(document, httpx2.Response):
            return document
        headers = {"content-type": "application/xml"}
        body = f"<Response>{document}</Response>"
        return httpx2.Response(200, headers=headers, content=body.encode())

    @property
    def paths(self) -> list[str]:
        return [request.url.raw_path.decode() for request in self.requests]

    def form(self, number: int = -1) -> dict[str, str]:
        body = self.requests[number].content.decode()
        return dict(parse_qsl(body, keep_blank_values=True))
