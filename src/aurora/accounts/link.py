"""Who an account is at the plant: asked for by its owner, granted by an admin, never guessed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class Link:
    """One account and one person of the site: whoever signs in is paged and answers as them."""

    account_id: str
    account_name: str
    person_key: str
    """`contact_key` or `worker_key`."""
    state: LinkState
    by: str
    """Who asked, or who granted it."""
    at: datetime

    @property
    def is_granted(self) -> bool:
        return self.state is LinkState.GRANTED

    @property
    def contact_id(self) -> str | None:
        """The contact they are, once that is granted."""
        kind, _, rest = self.person_key.partition(":")
        return rest if kind == "contact" and self.is_granted else None


def contact_key(contact_id: str) -> str:
    return f"contact:{contact_id}"


def worker_key(number: str) -> str:
    return f"worker:{number}"


def account_key(account_id: str) -> str:
    """Of somebody who signs in and is no one of the site's people."""
    return f"account:{account_id}"
