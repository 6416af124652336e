"""An account and the name it goes by; how its owner proves that it is theirs is left to others."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from aurora.accounts.person import Role, Theme
from aurora.errors import AccountRefused
from aurora.site.model import Language

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. It is never deleted: the record names them for ever."""

    id: str
    name: str
    """What they sign in with, and as they stand on the record."""
    role: Role
    created_at: datetime
    language: Language = "en"
    theme: Theme = Theme.AUTO
    password: str | None = None
    """Its argon2id hash; None until they have chosen one, or for whoever signs in elsewhere."""
    totp_key: str | None = None
    """Sealed, as the database keeps it; None without a second step."""
    totp_step: int = 0
    """The newest step whose code was used: none is taken twice."""
    subject: str | None = None
    """Who they are to the site's identity provider."""
    is_disabled: bool = False


def checked_name(name: str) -> str:
    """Return a name as it is kept; raises AccountRefused for one that cannot stand on a record."""
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    if not kept or len(kept) > LONGEST_NAME:
        raise AccountRefused("name", f"Give a name of 1 to {LONGEST_NAME} characters.")
    if any(unicodedata.category(letter).startswith("C") for letter in kept):
        raise AccountRefused("name", "Leave control and invisible characters out of the name.")
    return kept


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: no two accounts share it."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
