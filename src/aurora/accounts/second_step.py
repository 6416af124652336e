"""The second step of signing in: codes of an authenticator (TOTP, RFC 6238) and recovery codes."""

import base64
import secrets
from datetime import datetime, timedelta

import pyotp

STEP_S = 30
DRIFT = 1
"""Steps that an authenticator's clock may be early or late."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 10


def new_key() -> str:
    """Return a fresh key as authenticators take it, base 32."""
    return pyotp.random_base32()


def enrolment_address(key: str, name: str, site: str) -> str:
    """Return what the QR code says: whose key, of which line."""
    return pyotp.TOTP(key, interval=STEP_S).provisioning_uri(
        name=name, issuer_name=f"Aurora {site}"
    )


def step_of(key: str, code: str, now: datetime, used: int) -> int | None:
    """Return the step whose code was given; None when it is wrong or not newer than one used."""
    code = "".join(code.split())
    if len(code) != 6 or not (code.isascii() and code.isdecimal()):
        return None
    totp = pyotp.TOTP(key, interval=STEP_S)
    for drift in range(-DRIFT, DRIFT + 1):
        at = now + timedelta(seconds=drift * STEP_S)
        step = totp.timecode(at)
        if step > used and totp.verify(code, for_time=at):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Return codes for the day the authenticator is lost: 80 random bits each, for reading."""
    return [_as_written(secrets.token_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]


def recovery_code(typed: str) -> str:
    """Return a recovery code as it was shown, however it was typed."""
    letters = "".join(typed.lower().replace("-", " ").split())
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _as_written(code: bytes) -> str:
    return recovery_code(base64.b32encode(code).decode())
