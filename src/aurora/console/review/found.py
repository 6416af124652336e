"""What the checks of a draft say, for readers of each language; who finds it is not here.

Fields, files and patterns are named as they stand in the text that was checked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aurora.console.words import _

FALLS = _("scenario {scenario}, turn {turn} falls from {was} to {now}; it may only rise")
ALERTS_FEWER = _("scenario {scenario}, turn {turn} no longer alerts {roles}; add them again")
SAYS_NOTHING = _("scenario {scenario}, turn {turn} says nothing to the caller")
NOT_FIRST = _("was not the first thing said ({run}); mend the text before it")
FORBIDDEN = _("says {words}, which `never` forbids; change one of them")
COMES_BACK = _(
    "{words} comes back within {turns} turns ({run}); add or vary comfort lines and `again`"
)
SLOW = _("{pattern} is slow on a caller's words; write it plainly")
OTHER_SITE = _("the site is {site}; its record hangs on that, so leave it")
STOPPED = _("the rehearsal took over {seconds} s and was stopped")
COMPUTED = _("the rehearsal computed for over {seconds} s and was stopped")
BROKE_OFF = _("the rehearsal broke off; the log has the cause")
ANSWERED_OTHERWISE = _("{words} is answered with other words")
UNAPPROVED = _(
    "not approved in {languages}; callers in those languages will hear the {language} text, so "
    "approve theirs first"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a check found; as a string it is in English, for the record."""

    where: str
    """A field of the text, or what it is about; empty for all of it."""
    says: str
    """One of the texts here."""
    values: Mapping[str, str] = field(default_factory=dict)

    def within(self, text: str) -> "Found":
        """Return it as one of a change of several texts."""
        return replace(self, where=f"{text}: {self.where}")

    def __str__(self) -> str:
        said = self.says.format(**self.values)
        return f"{self.where}: {said}" if self.where else said

    def as_dict(self) -> dict[str, Any]:
        return {"where": self.where, "says": self.says, "values": dict(self.values)}


def kept(problems: Sequence[Found | str], notes: Sequence[Found | str]) -> dict[str, Any]:
    """Return what a check found as it is kept: in English, and as it is shown.

    Lines that name a file's mistakes are in English everywhere.
    """
    return {
        "is_passed": not problems,
        "problems": [str(one) for one in problems],
        "notes": [str(one) for one in notes],
        "problems_said": [one if isinstance(one, str) else one.as_dict() for one in problems],
        "notes_said": [one if isinstance(one, str) else one.as_dict() for one in notes],
    }
