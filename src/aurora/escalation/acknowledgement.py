"""What counts as somebody's answer: signed links and keys; text messages are read elsewhere."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, TimestampSigner

from aurora.errors import LinkRefused
from aurora.escalation.incident import Answer

VALID_FOR = timedelta(hours=12)
"""A link outlives its shift, not the next one."""
CLOCKS_DIFFER_BY = timedelta(minutes=2)
"""Between two machines of one line: a link may seem to come from the future by as much."""
SIGNATURE_BYTES = 16
"""HMAC-SHA-256 cut to 128 bits (RFC 4868): a text message has no room for more."""
BETWEEN_PARTS = "~"

Clock = Callable[[], datetime]


class Purpose(StrEnum):
    """What a token is good for; one made for another purpose does not verify."""

    LINK = "ack"
    CALL = "call"
    """The webhooks of one outgoing call."""
    CALL_BACK = "back"
    """The webhooks of a call to a lost caller."""
    HAND_OFF = "handoff"
    """The webhooks of a caller and a person who are brought together."""


class Tokens:
    """Makes and reads signed, dated tokens; whoever holds one speaks for the contact in it."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._signers = {purpose: _Signer(key, purpose, clock) for purpose in Purpose}
        self._clock = clock

    def make(self, purpose: Purpose, *parts: str) -> str:
        """Return a token that says these parts and when it was made."""
        if any(BETWEEN_PARTS in part for part in parts):
            raise ValueError(f"{BETWEEN_PARTS} separates the parts of a token: {parts}")
        return self._signers[purpose].sign(BETWEEN_PARTS.join(parts)).decode()

    def read(self, purpose: Purpose, token: str) -> tuple[str, ...]:
        """Return the parts; raises LinkRefused: forged or expired."""
        try:
            value, made_at = self._signers[purpose].unsign(token, return_timestamp=True)
            text = value.decode()
        except (BadSignature, UnicodeError) as error:
            raise LinkRefused("forged") from error
        if not -CLOCKS_DIFFER_BY <= self._clock() - made_at <= VALID_FOR:
            raise LinkRefused("expired")
        return tuple(text.split(BETWEEN_PARTS))


def make_link(tokens: Tokens, public_url: str, incident_id: str, contact_id: str) -> str:
    """Return the address of the page where this contact answers for this incident."""
    return f"{public_url}/ack/{tokens.make(Purpose.LINK, incident_id, contact_id)}"


def read_link(tokens: Tokens, token: str) -> tuple[str, str]:
    """Return (incident id, contact id) of a link's token; raises LinkRefused."""
    parts = tokens.read(Purpose.LINK, token)
    if len(parts) != 2:
        raise LinkRefused("forged")
    return parts[0], parts[1]


class _Signer(TimestampSigner):
    """Signatures in base 32: a link that ends in - or _ loses its end in some telephones."""

    def __init__(self, key: bytes, purpose: Purpose, clock: Clock) -> None:
        super().__init__(
            key,
            salt=f"aurora.{purpose}",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())

    def get_signature(self, value: str | bytes) -> bytes:
        data = value.encode() if isinstance(value, str) else value
        digest = hmac.new(self.derive_key(), data, hashlib.sha256).digest()
        return b32encode(digest[:SIGNATURE_BYTES]).rstrip(b"=").lower()

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        given = sig.encode() if isinstance(sig, str) else sig
        return hmac.compare_digest(given, self.get_signature(value))


def read_key(digits: str) -> Answer | None:
    """Return what a pressed key answers: 1 coming, 2 cannot, 3 arrived; any other is no answer."""
    return {"1": Answer.ACCEPT, "2": Answer.DECLINE, "3": Answer.ARRIVED}.get(digits[:1])
