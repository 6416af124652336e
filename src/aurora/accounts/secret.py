"""Secrets that are shown once and kept as hashes: session ids, links, tokens, recovery codes."""

import hashlib
import hmac
import secrets

BYTES = 32


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(BYTES)


def new_id() -> str:
    """Return a random id that says nothing and guards nothing."""
    return secrets.token_hex(8)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret. One round is enough: nobody can guess 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def form_mark(secret: str) -> str:
    """Return what a session's forms send back; it does not give the session away."""
    return hmac.new(secret.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def is_same(given: str, expected: str) -> bool:
    """Compare in a time that says nothing of where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
