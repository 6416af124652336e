"""Passwords: which are good enough, and argon2id hashes made beside the event loop, one at a time.

The line answers calls on the same cores, so a crowd at the door may keep only one of them busy.
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from aurora.accounts.account import name_key
from aurora.errors import AccountRefused

SHORTEST, LONGEST = 12, 200
FEWEST_LETTERS = 5
"""Different ones."""
MEMORY_KIB, ROUNDS = 19_456, 2
"""What OWASP recommends for argon2id on one thread; 32 ms here."""


class Passwords:
    """Hashes and checks."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=1)
        self._one_at_a_time = asyncio.Semaphore(1)
        self._nobodys: str | None = None

    async def hashed(self, password: str) -> str:
        """Return the hash to keep."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._hasher.hash, _as_typed(password))

    async def is_right(self, kept: str | None, given: str) -> bool:
        """Whether it is the password; for nobody's it takes as long and is wrong."""
        if self._nobodys is None:
            self._nobodys = await self.hashed("nobody's")
        async with self._one_at_a_time:
            is_match = await asyncio.to_thread(self._matches, kept or self._nobodys, given)
        return is_match and kept is not None

    def _matches(self, kept: str, given: str) -> bool:
        try:
            return self._hasher.verify(kept, _as_typed(given))
        except (VerificationError, InvalidHashError):
            return False


def check_password(password: str, name: str) -> None:
    """Raise AccountRefused unless a password is hard enough to guess; says nothing of its signs."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountRefused(
            "password", f"Give a password of {SHORTEST} to {LONGEST} characters; words will do."
        )
    if len(set(password.casefold())) < FEWEST_LETTERS:
        raise AccountRefused("password", "Give a password of more different characters.")
    if name_key(name) in name_key(password):
        raise AccountRefused("password", "Leave your name out of the password.")


def _as_typed(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
