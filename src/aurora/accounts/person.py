"""Who works at the console and what each role may do; how somebody proves it is left to others."""

from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    id: str
    name: str
    """As it stands on the record."""
    role: Role
    language: Language = "en"
