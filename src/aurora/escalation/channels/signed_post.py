"""A signed HTTP request, tried again while its alert lasts; what it says is the channel's work.

Signed as Standard Webhooks (standardwebhooks.com): receivers have a library in any language.
"""

import asyncio
import base64
import hashlib
import hmac
import ssl
from datetime import datetime

from aurora.errors import ChannelFault
from aurora.escalation.channels.addresses import Resolve, destination, resolve
from aurora.escalation.channels.base import Clock
from aurora.escalation.channels.patience import Patience, TryAgain, Trying
from aurora.escalation.channels.pinned_post import Answered, PinnedPost

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
        self._outgoing = PinnedPost(tls)

    async def close(self) -> None:
        await self._outgoing.close()

    async def post(
        self, url: str, message_id: str, body: bytes, content_type: str, within_s: float
    ) -> tuple[str, ...]:
        """Deliver a body; return notes for the record. Raises ChannelFault."""

        async def attempt(trying: Trying) -> None:
            try:
                async with asyncio.timeout(trying.left_s):
                    answered = await self._send(url, message_id, body, content_type)
            except TimeoutError as error:
                raise TryAgain("webhook_too_slow") from error
            except OSError as error:
                raise TryAgain("webhook_unreachable", str(error)) from error
            _judge(answered)

        _, notes = await self._patience.persist(attempt, within_s)
        return notes

    async def _send(self, url: str, message_id: str, body: bytes, content_type: str) -> Answered:
        to = await destination(url, self._resolve)
        headers = {
            "Content-Type": content_type,
            **signature(self._key, message_id, body, self._clock()),
        }
        return await self._outgoing.send(to, headers, body)


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


def _judge(answered: Answered) -> None:
    """Return for a success; raises TryAgain or ChannelFault for anything else."""
    status = answered.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        # Followed, a signed alert would go wherever somebody else says.
        raise ChannelFault("webhook_redirected", str(status), is_final=True)
    if status >= 500 or status in TRY_AGAIN:
        raise TryAgain(f"webhook_{status}", after_s=answered.retry_after_s)
    raise ChannelFault(f"webhook_{status}", is_final=True)
