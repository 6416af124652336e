"""A push service and a browser on a real socket: checks who sends (RFC 8292), opens what is sealed.

It fails as it is told, and knows no more of Aurora than the standards say.
"""

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request
from starlette.responses import Response

from aurora.escalation.phones import Phone
from aurora.rehearsal.loopback import Receive, Scope, Send
from tests.line import NOON


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """The keys of one subscription."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def keys(self) -> dict[str, str]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": base64url(point), "auth": base64url(self._auth)}

    def phone(self, endpoint: str, **parts: Any) -> Phone:
        defaults = {"id": endpoint, "account_id": "ada", "device": "Telephone", "at": NOON}
        return Phone(**{**defaults, "endpoint": endpoint, **self.keys, **parts})

    def opened(self, sealed: bytes) -> dict[str, Any]:
        """Return a notification; raises ECEException for what was sealed for another browser."""
        plain = http_ece.decrypt(
            sealed, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        read: dict[str, Any] = json.loads(plain)
        return read


@dataclass
class Pushed:
    """One message that the service took or refused."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """An ASGI application."""

    public_key: str
    """With which its subscriptions were made: others may not send to them."""
    now: datetime = NOON
    is_real_time: bool = False
    """Of a line that runs by the real clock."""
    answers: list[Response] = field(default_factory=list)
    """For the next requests, first to last; then 201."""
    pushed: list[Pushed] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.pushed.append(Pushed(request.url.path, dict(request.headers), body))
        answer = self.answers.pop(0) if self.answers else self._answer(request, body)
        await answer(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Response:
        if not self._is_sender(request):
            return Response(status_code=403)
        if "ttl" not in request.headers or request.method != "POST":
            return Response(status_code=400)
        if len(body) > 4096:
            return Response(status_code=413)
        return Response(status_code=201, headers={"Location": "/message/1"})

    def _is_sender(self, request: Request) -> bool:
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme.lower() != "vapid" or given.get("k") != self.public_key:
            return False
        signed, _, signature = given["t"].rpartition(".")
        claims = json.loads(unbase64url(signed.partition(".")[2]))
        now = datetime.now(UTC) if self.is_real_time else self.now
        until = claims["exp"] - now.timestamp()
        is_current = 0 < until <= 24 * 3600
        origin = f"{request.url.scheme}://{request.headers['host']}"
        is_named = claims["sub"].startswith(("mailto:", "https://"))
        return (
            is_current
            and is_named
            and claims["aud"] == origin
            and self._is_signed(signed, signature)
        )

    def _is_signed(self, signed: str, signature: str) -> bool:
        raw = unbase64url(signature)
        both = utils.encode_dss_signature(
            int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        )
        point = unbase64url(self.public_key)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        try:
            key.verify(both, signed.encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


@dataclass
class MemoryPhones:
    """Keeps what `Phones` promises to keep."""

    phones: dict[str, list[Phone]] = field(default_factory=dict)
    """By contact."""

    async def of_contact(self, contact_id: str) -> Sequence[Phone]:
        return list(self.phones.get(contact_id, ()))

    async def drop(self, phone_id: str) -> None:
        for own in self.phones.values():
            own[:] = [phone for phone in own if phone.id != phone_id]
