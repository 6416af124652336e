"""A signed HTTP request, tried again while its alert lasts; what it says is the channel's work.

Signed as Standard Webhooks (standardwebhooks.com): receivers have a library in any language.
"""

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import Mapping
from datetime import datetime

import httpx2

from aurora.errors import ChannelFault
from aurora.escalation.channels.addresses import Destination, Resolve, destination, resolve
from aurora.escalation.channels.base import Clock
from aurora.escalation.channels.patience import Patience, TryAgain, Trying

CONNECT_WITHIN_S = 3.0
ANSWER_WITHIN_S = 8.0
MOST_CONNECTIONS = 20
TRY_AGAIN = frozenset({408, 425, 429})
SECRET_PREFIX = "whsec_"  # noqa: S105 - how the standard marks a secret, not one


class SignedPost:
    """The receiver knows a repeat by its webhook-id, so that anything may be tried again."""

    def __init__(
        self,
        secret: str,
        clock: Clock,
        *,
        patience: Patience = Patience(),
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | bool = True,
    ) -> None:
        self._key = key_of(secret)
        self._clock = clock
        self._patience = patience
        self._resolve = resolve
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

    async def post(
        self, url: str, message_id: str, body: bytes, content_type: str, within_s: float
    ) -> tuple[str, ...]:
        """Deliver a body; return notes for the record. Raises ChannelFault."""

        async def attempt(trying: Trying) -> None:
            try:
                async with asyncio.timeout(trying.left_s):
                    status, asked_s = await self._send(url, message_id, body, content_type)
            except (TimeoutError, httpx2.TimeoutException) as error:
                raise TryAgain("webhook_too_slow") from error
            except (OSError, httpx2.TransportError) as error:
                raise TryAgain("webhook_unreachable", type(error).__name__) from error
            _judge(status, asked_s)

        _, notes = await self._patience.persist(attempt, within_s)
        return notes

    async def _send(
        self, url: str, message_id: str, body: bytes, content_type: str
    ) -> tuple[int, float]:
        """Return the status and what Retry-After asks for, in seconds; reads no answer's body."""
        to = await destination(url, self._resolve)
        headers = {
            "Host": to.host_header,
            "Content-Type": content_type,
            "User-Agent": "Aurora",
            **signature(self._key, message_id, body, self._clock()),
        }
        error: httpx2.TransportError | None = None
        for address in to.addresses:
            try:
                return await self._send_to(to, address, headers, body)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as failed:
                error = failed
        raise error or OSError("no address")

    async def _send_to(
        self, to: Destination, address: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, float]:
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
        return response.status_code, float(asked) if asked.isdecimal() else 0.0


def key_of(secret: str) -> bytes:
    """Return the key of a secret: "whsec_" and base 64, or any other text as it stands."""
    if secret.startswith(SECRET_PREFIX):
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return secret.encode()


def signature(key: bytes, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the headers that sign a body; the receiver refuses an old timestamp."""
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _judge(status: int, asked_s: float) -> None:
    """Return for a success; raises TryAgain or ChannelFault for anything else."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        # Followed, a signed alert would go wherever somebody else says.
        raise ChannelFault("webhook_redirected", str(status), is_final=True)
    if status >= 500 or status in TRY_AGAIN:
        raise TryAgain(f"webhook_{status}", after_s=asked_s)
    raise ChannelFault(f"webhook_{status}", is_final=True)
