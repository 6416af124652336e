"""A telephone that takes alerts as notifications, and where those of a contact are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Phone:
    """A browser's push subscription (RFC 8030), as its owner's account registered it."""

    id: str
    account_id: str
    endpoint: str
    """A secret: whoever knows it may send there."""
    p256dh: str
    """The browser's public key, in URL-safe base 64: nobody else reads what is sealed for it."""
    auth: str
    device: str
    """What its owner calls it."""
    at: datetime
    """When it was registered."""


class Phones(Protocol):
    """Every method may raise RecordsError."""

    async def of_contact(self, contact_id: str) -> Sequence[Phone]:
        """Return the telephones of everyone whose account is linked to the contact."""
        ...

    async def drop(self, phone_id: str) -> None:
        """Forget a telephone that its push service no longer knows."""
        ...
