"""Who works at the console and what each role may do; how somebody proves it is left to others."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line names roles, and need not wait for the site's model
    from aurora.site.model import Language


class Role(StrEnum):
    """What somebody may do; each may do all that those before it may."""

    VIEWER = "viewer"
    """Reads everything."""
    OPERATOR = "operator"
    """Acts on calls and incidents."""
    ADMIN = "admin"
    """Changes procedures, the site and accounts."""

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def covers(self, other: "Role") -> bool:
        return self.rank >= other.rank


class Theme(StrEnum):
    """How the console looks to somebody."""

    AUTO = "auto"
    """As their machine is set."""
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    id: str
    name: str
    """As it stands on the record."""
    role: Role
    language: "Language" = "en"
    theme: Theme = Theme.AUTO
    address: str = ""
    """From where they ask, for the audit trail."""
    session_id: str = ""
    """Of the session they ask in; empty for one who asks with a token."""
