"""A POST to the very address that was checked; what is sent and what an answer means is others'."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from aurora.escalation.channels.addresses import Destination

CONNECT_WITHIN_S = 3.0
ANSWER_WITHIN_S = 8.0
MOST_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class Answered:
    """All that is read of an answer: never its body, which may have no end."""

    status: int
    retry_after_s: float


class PinnedPost:
    """Asks no proxy and follows no redirect: either would lead where nobody looked."""

    def __init__(self, tls: ssl.SSLContext | bool = True) -> None:
        # No proxy of the environment: it would be asked for a bare address.
        self._client = httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            verify=tls,
            limits=httpx2.Limits(max_connections=MOST_CONNECTIONS),
            timeout=httpx2.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, to: Destination, headers: Mapping[str, str], body: bytes) -> Answered:
        """Return what the first address that listens answers; raises TimeoutError or OSError."""
        named = {"Host": to.host_header, "User-Agent": "Aurora", **headers}
        refused: httpx2.TransportError | None = None
        try:
            for address in to.addresses:
                try:
                    return await self._send_to(to, address, named, body)
                except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                    refused = error
            raise refused or OSError("no address")
        except httpx2.TimeoutException as error:
            raise TimeoutError from error
        except httpx2.TransportError as error:
            raise OSError(type(error).__name__) from error

    async def _send_to(
        self, to: Destination, address: str, headers: Mapping[str, str], body: bytes
    ) -> Answered:
        request = self._client.build_request(
            "POST",
            to.url_at(address),
            headers=dict(headers),
            content=body,
            extensions={"sni_hostname": to.host},
        )
        response = await self._client.send(request, stream=True)
        await response.aclose()
        asked = response.headers.get("retry-after", "")
        return Answered(response.status_code, float(asked) if asked.isdecimal() else 0.0)
