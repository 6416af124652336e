"""A desk in memory: what webhooks and the answer page need of the escalation, for their tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aurora.errors import RecordsError
from aurora.escalation.answers import Asked, Outcome, Reply
from aurora.escalation.brief import AlertKind
from aurora.escalation.delivery import Delivery, Progress, supersedes
from tests.alerts import BRIEF, CODE, MEDIC


def medic(**parts: Any) -> Asked:
    """The site medic, paged about a gas leak."""
    defaults: dict[str, Any] = {
        "incident_id": "incident_1",
        "code": CODE,
        "contact_id": "medic",
        "role": "the site medic",
        "language": "en",
        "numbers": (MEDIC,),
        "brief": BRIEF,
        "kind": AlertKind.PAGE,
        "is_drill": False,
        "is_desk": False,
        "is_open": True,
        "answer": None,
    }
    return Asked(**{**defaults, **parts})


@dataclass
class MemoryDesk:
    """Keeps what `AnswerDesk` promises to keep."""

    everyone: list[Asked] = field(default_factory=lambda: [medic()])
    replies: dict[str, Reply] = field(default_factory=dict)
    """By key, the first of each."""
    progress_of: dict[str, Progress] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    machines: set[str] = field(default_factory=set)
    is_broken: bool = False

    async def asked_by_code(self, code: str) -> Sequence[Asked]:
        self._check()
        return [one for one in self.everyone if one.code == code]

    async def asked(self, incident_id: str, contact_id: str) -> Asked | None:
        self._check()
        return next(
            (
                one
                for one in self.everyone
                if (one.incident_id, one.contact_id) == (incident_id, contact_id)
            ),
            None,
        )

    async def answer(self, reply: Reply) -> Outcome:
        self._check()
        if reply.key in self.replies:
            return Outcome.REPEATED
        self.replies[reply.key] = reply
        for number, one in enumerate(self.everyone):
            if (one.incident_id, one.contact_id) == (reply.incident_id, reply.contact_id):
                self.everyone[number] = replace(one, answer=reply.answer)
                return Outcome.RECORDED if one.is_open else Outcome.OVER
        raise AssertionError("an answer of somebody who was not asked")

    async def progress(self, delivery: Delivery) -> None:
        self._check()
        self.deliveries.append(delivery)
        if delivery.progress is Progress.MACHINE:
            self.machines.add(delivery.alert_id)
        if supersedes(delivery.progress, self.progress_of.get(delivery.alert_id)):
            self.progress_of[delivery.alert_id] = delivery.progress

    async def was_machine(self, alert_id: str) -> bool:
        self._check()
        return alert_id in self.machines

    def _check(self) -> None:
        if self.is_broken:
            raise RecordsError("the disk is full")
