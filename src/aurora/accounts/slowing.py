"""How long a try to sign in has to wait after wrong ones: slowed down, never locked out; pure.

A lock would let anybody keep an operator out by typing their name. Instead every try is heard, but
later; and a browser that the account has signed in with before has a count of its own, which
strangers cannot touch (OWASP's device cookies).
"""

from dataclasses import dataclass
from datetime import timedelta

from aurora.accounts.account import name_key
from aurora.accounts.network import network_of
from aurora.accounts.secret import hash_of
from aurora.accounts.session import Visitor

WITHIN = timedelta(minutes=15)
"""Older wrong tries are forgotten."""
FIRST_WAIT_S = 0.5


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted together, how many wrong tries are free, and the longest wait."""

    key: str
    free: int
    longest_s: float

    def wait_s(self, wrong: int) -> float:
        """Return seconds to wait before the next try is looked at."""
        beyond = wrong - self.free
        if beyond < 0:
            return 0.0
        return min(self.longest_s, FIRST_WAIT_S * 2.0 ** min(beyond, 32))


def password_counts(name: str, account_id: str | None, visitor: Visitor) -> list[Count]:
    """Return what a try with a password counts towards.

    An unknown name counts like a known one, so that waiting does not tell them apart.
    """
    if account_id is not None and account_id in visitor.known_to:
        return [Count(f"device:{visitor.device}:{account_id}", 5, 10.0)]
    return [
        Count(f"name:{hash_of(name_key(name))[:32]}", 5, 10.0),
        # A whole plant may sit behind one address.
        Count(f"address:{network_of(visitor.address)}", 20, 10.0),
    ]


def code_counts(account_id: str) -> list[Count]:
    """Return what a try with a code of the second step counts towards.

    Only who has the password gets there, so a long wait keeps nobody else out.
    """
    return [Count(f"code:{account_id}", 5, 60.0)]


def own_counts(account_id: str) -> list[Count]:
    """Return what a password typed by somebody who is signed in counts towards."""
    return [Count(f"own:{account_id}", 5, 60.0)]
