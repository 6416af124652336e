"""Seal a notification for one browser (RFC 8291) and say who sends it (RFC 8292); sends nothing.

The only file that knows the two libraries. pywebpush, which wraps both, sends with redirects
followed and names resolved anew: nothing that an address from a browser may decide.
"""

import base64
from datetime import datetime, timedelta

import http_ece
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SEED_BYTES = 48
"""16 more than the curve's order has, so that no key is likelier than another (FIPS 186-5)."""
AUTH_BYTES = 16
SIGNED_FOR = timedelta(hours=1)
"""Push services allow a day; it is made anew for every message."""


class PushSender:
    """The line as push services know it: by a key that all its machines have."""

    def __init__(self, signing_key: bytes, subject: str) -> None:
        """signing_key: of the line. subject: mailto: or https:, where its operator is reached."""
        seed = HKDF(hashes.SHA256(), SEED_BYTES, None, b"aurora web push").derive(signing_key)
        number = int.from_bytes(seed, "big") % (CURVE_ORDER - 1) + 1
        key = ec.derive_private_key(number, ec.SECP256R1())
        # Not strict: it knows no subject with a port, and an alert is no time to find that out.
        self._vapid = Vapid02(key, {"no-strict": True})
        self._subject = subject

    @property
    def public_key(self) -> str:
        """What a browser subscribes with."""
        return _base64(_point(self._vapid.public_key))

    def authorization(self, origin: str, now: datetime) -> str:
        """Return the header that one push service, by its origin, believes."""
        claims = {"aud": origin, "sub": self._subject, "exp": int((now + SIGNED_FOR).timestamp())}
        return str(self._vapid.sign(claims)["Authorization"])


def seal(body: bytes, p256dh: str, auth: str) -> bytes:
    """Return what the browser with these keys alone can read, as aes128gcm."""
    sealed: bytes = http_ece.encrypt(
        body,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=from_base64(p256dh),
        auth_secret=from_base64(auth),
        version="aes128gcm",
    )
    return sealed


def check_keys(p256dh: str, auth: str) -> None:
    """Raise ValueError unless a message can be sealed with these keys."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64(p256dh))
    except (ValueError, InvalidKey) as error:
        raise ValueError("p256dh is no point of P-256 in URL-safe base 64") from error
    if len(from_base64(auth)) != AUTH_BYTES:
        raise ValueError(f"auth is not {AUTH_BYTES} bytes in URL-safe base 64")


def from_base64(text: str) -> bytes:
    """Return the bytes of URL-safe base 64 without padding; raises ValueError."""
    padded = f"{text}{'=' * (-len(text) % 4)}".encode("ascii", "strict")
    return base64.b64decode(padded, altchars=b"-_", validate=True)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
