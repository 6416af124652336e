"""What the room of telephones and musters consists of."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aurora.conditions.board import Board
from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.channels.push import Push
from aurora.guidance.library import Library
from aurora.muster.check_in import Muster
from aurora.records.audit import AuditTrail
from aurora.records.musters import SqlMusters
from aurora.records.phones import SqlPhones
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class PhoneParts:
    """Given to each of the room's routes."""

    site: Site
    door: Door
    frame: Frame
    phones: SqlPhones
    musters: SqlMusters
    answers: IncidentAnswers
    audit: AuditTrail
    library: Library
    conditions: Board
    push: Push
    sites: Callable[[Muster | None], Awaitable[Sequence[Site]]]
    """The site as people have it now, then as it was earlier in a muster."""
    clock: Callable[[], datetime]
