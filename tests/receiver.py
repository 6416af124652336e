"""A receiver of webhooks on a real socket: checks signatures by itself, fails as it is told."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.requests import Request
from starlette.responses import Response

from aurora.rehearsal.loopback import Receive, Scope, Send


@dataclass
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """An ASGI application."""

    answers: list[Response] = field(default_factory=list)
    """For the next requests, first to last; then 204."""
    received: list[Received] = field(default_factory=list)
    hangs: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        body = await request.body()
        self.received.append(Received(path, dict(request.headers), body))
        if self.hangs:
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        answer = self.answers.pop(0) if self.answers else Response(status_code=204)
        await answer(scope, receive, send)


def is_signed(received: Received, key: bytes, now: datetime) -> bool:
    """Check a request as standardwebhooks.com says, in other words than the sender's."""
    headers = received.headers
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    if abs(now - sent_at) > timedelta(minutes=5):
        return False
    content = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), received.body]
    )
    expected = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    versions = [one.partition(",") for one in headers["webhook-signature"].split(" ")]
    return any(name == "v1" and value == expected for name, _, value in versions)


def certificate_for(name: str, directory: Path) -> Path:
    """Return a PEM file with a key and a certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    path = directory / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(encoding)
    )
    return path
