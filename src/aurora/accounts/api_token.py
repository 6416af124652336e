"""A person's tokens for the JSON API: what each may do, and until when; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aurora.accounts.person import Role
from aurora.accounts.secret import hash_of, new_secret
from aurora.errors import AccountRefused

PREFIX = "aur_"
"""So that a token that leaked into a file is found."""
LONGEST_NAME = 80
LASTS_DAYS = (30, 90, 365)


class Scope(StrEnum):
    """What a token may do; each may do all that those before it may."""

    READ = "read"
    OPERATE = "operate"
    ADMIN = "admin"

    @property
    def role(self) -> Role:
        """Return the role whose acts it allows, never more than its owner has."""
        return list(Role)[list(Scope).index(self)]


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is kept; the token itself is shown once."""

    id: str
    """Its hash."""
    account_id: str
    name: str
    """What it is for."""
    scope: Scope
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


def new_token(
    account_id: str, role: Role, name: str, scope: Scope, lasts: timedelta, now: datetime
) -> tuple[str, ApiToken]:
    """Return a token to show and what to keep of it; raises AccountRefused."""
    kept_name = " ".join(name.split())
    if not 1 <= len(kept_name) <= LONGEST_NAME:
        raise AccountRefused("name", "Say what the token is for, in up to 80 characters.")
    if not role.covers(scope.role):
        raise AccountRefused("scope", "A token may do no more than its owner.")
    token = PREFIX + new_secret()
    return token, ApiToken(hash_of(token), account_id, kept_name, scope, now, now + lasts)
