"""Seal keys of the second step, so that a copy of the database makes no codes; keeps nothing."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aurora.errors import SealBroken

MARK = "v1."
"""Of what is sealed: no key in base 32 has a point in it."""
KEY_BYTES = 32
NONCE_BYTES = 12


class SecondStepSeal:
    """AES-256-GCM under a key that is made from the line's signing key."""

    def __init__(self, signing_key: bytes) -> None:
        made = HKDF(hashes.SHA256(), KEY_BYTES, None, b"aurora second step").derive(signing_key)
        self._cipher = AESGCM(made)

    def sealed(self, account_id: str, key: str) -> str:
        """Return a key as the database keeps it, good for this account alone."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = nonce + self._cipher.encrypt(nonce, key.encode(), account_id.encode())
        return MARK + base64.urlsafe_b64encode(box).decode()

    def opened(self, account_id: str, kept: str) -> str:
        """Return the key; raises SealBroken for one of another line, account or signing key."""
        try:
            box = base64.urlsafe_b64decode(kept.removeprefix(MARK))
            nonce, sealed = box[:NONCE_BYTES], box[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, sealed, account_id.encode()).decode()
        except (ValueError, InvalidTag) as error:
            raise SealBroken(
                "sealed with another signing key: give this machine the AURORA_SIGNING_KEY or "
                "signing.key that it had, or run `aurora users reset NAME --second-step`"
            ) from error
