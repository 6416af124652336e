"""What people did to a call or an incident, in order, so that two of them never step on each other.

Words that come in and alerts that go out are not acts: they must not turn an operator away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aurora.errors import Overtaken


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did."""

    what: str
    """A short stable word: "lowered", "zone", "ended"."""
    by: str
    at: datetime


def check_seen(acts: Sequence[Act], seen: int | None) -> None:
    """Raise Overtaken when somebody acted since a page showed `seen` acts; None: do not ask."""
    if seen is not None and len(acts) > seen:
        last = acts[-1]
        raise Overtaken(last.what, last.by, last.at)
