"""Which problem of a site's file belongs to which item and field of a form; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PLACED = re.compile(r"^[^:]*:(?P<line>\d+): (?:(?P<field>[\w.]+): )?(?P<what>.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint of the site's check."""

    line: int | None
    field: tuple[str, ...]
    """("contacts", "3", "phone"), or an item's id in place of its number; empty for the file."""
    what: str

    def is_of(self, section: str, at: int, item_id: str) -> bool:
        """Whether it is about this item of a section."""
        return self.field[:1] == (section,) and self.field[1:2] in ((str(at),), (item_id,))

    @property
    def text(self) -> str:
        field = ".".join(self.field)
        return f"{field}: {self.what}" if field else self.what


def problems_in(complaints: Sequence[str]) -> list[Complaint]:
    """Return the lines of a SiteError, each with the field it names."""
    found = []
    for complaint in complaints:
        match = _PLACED.match(complaint)
        if match is None:
            found.append(Complaint(None, (), complaint))
            continue
        field = tuple((match["field"] or "").split(".")) if match["field"] else ()
        found.append(Complaint(int(match["line"]), field, match["what"]))
    return found
