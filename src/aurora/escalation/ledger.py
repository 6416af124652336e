"""Incidents with their plans as one change sees them; the records keep what it changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from aurora.escalation.alert import Alert
from aurora.escalation.answers import Reply
from aurora.escalation.delivery import Delivery, Progress
from aurora.escalation.incident import Incident, Reach, ask, reached
from aurora.escalation.plan import ChannelKind, Page, Plan

T = TypeVar("T")


class PlanState(StrEnum):
    RUNNING = "running"
    SUPERSEDED = "superseded"
    """A plan for a higher urgency took its place."""
    ENDED = "ended"
    """Carried out to its end, or stopped by an answer or the incident's end."""


class AlertState(StrEnum):
    SENDING = "sending"
    """Noted before the channel is called: after a crash it is sent once more, with the same id."""
    SENT = "sent"
    FAILED = "failed"


@dataclass(slots=True)
class Ledger:
    """What is known; a change adds to it in place."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    plans: dict[str, dict[str, Plan]] = field(default_factory=dict)
    """By incident, then by plan id, in the order they were made."""
    states: dict[str, PlanState] = field(default_factory=dict)
    """By plan id."""
    replies: list[Reply] = field(default_factory=list)
    """Given in this change."""

    def resolved(self, incident_id: str) -> Incident | None:
        """Return the incident, or the one it was merged into; None for an unknown one."""
        incident = self.incidents.get(incident_id)
        while incident is not None and incident.merged_into is not None:
            incident = self.incidents.get(incident.merged_into)
        return incident

    def parts_of(self, incident: Incident) -> list[str]:
        """Return the ids of an incident and of those that became part of it."""
        return [one for one in self.incidents if self.resolved(one) is incident]

    def plans_of(self, incident_id: str) -> list[Plan]:
        return list(self.plans.get(incident_id, {}).values())

    def running(self, incident_id: str) -> list[str]:
        """Return the ids of an incident's plans that are carried out now."""
        own = self.plans.get(incident_id, {})
        return [plan_id for plan_id in own if self.states[plan_id] is PlanState.RUNNING]

    def standing(self, incident: Incident) -> list[Plan]:
        """The plans that still count, by which people are looked for: a rise after an operator
        lowered the urgency is planned anew."""
        lowered = [one.lowered_at for one in incident.calls.values() if one.lowered_at is not None]
        since = max(lowered, default=None)
        return [
            plan
            for plan_id, plan in self.plans.get(incident.id, {}).items()
            if self.states[plan_id] is not PlanState.SUPERSEDED
            and not plan.is_notice
            and (since is None or plan.made_at >= since)
        ]

    def paged(self, incident: Incident) -> tuple[Page, ...]:
        """Everyone who was paged for an incident, or for one that became part of it, once."""
        asked = (one for one in self._pages(incident) if one.contact_id in incident.responders)
        return tuple({page.contact_id: page for page in asked}.values())

    def page_of(self, incident: Incident, contact_id: str) -> Page | None:
        """How somebody was paged for an incident, or for one that became part of it."""
        return next((one for one in self.paged(incident) if one.contact_id == contact_id), None)

    def _pages(self, incident: Incident) -> Iterator[Page]:
        """Of all its plans; its own last, for they say best how somebody is reached for it."""
        for incident_id in sorted(self.parts_of(incident), key=lambda one: one == incident.id):
            for plan in self.plans_of(incident_id):
                yield from plan.everyone()

    def stop(self, incident_id: str) -> list[str]:
        """Let an incident's plans be carried out no further; return those that were."""
        stopped = self.running(incident_id)
        for plan_id in stopped:
            self.states[plan_id] = PlanState.SUPERSEDED
        return stopped

    def add_plan(self, plan: Plan) -> str:
        """Add a plan and return its id."""
        own = self.plans.setdefault(plan.incident_id, {})
        plan_id = f"{plan.incident_id}:plan{len(own) + 1}"
        own[plan_id] = plan
        self.states[plan_id] = PlanState.RUNNING
        return plan_id


def note_asked(ledger: Ledger, *, incident_id: str, pages: Sequence[Page]) -> Incident | None:
    """Note that people are about to be paged for an incident; return it."""
    incident = ledger.resolved(incident_id)
    if incident is not None:
        for page in pages:
            ask(incident, page)
    return incident


def note_reaches(ledger: Ledger, *, incident_id: str, noted: Sequence[tuple[Page, Reach]]) -> None:
    """Note how far pages of an incident got."""
    incident = ledger.resolved(incident_id)
    if incident is not None:
        for page, reach in noted:
            before = incident.responders.get(page.contact_id)
            # One that failed takes nothing from an earlier one that got through.
            is_through = before is not None and before.reach is Reach.SENT
            reached(incident, page, Reach.SENT if is_through else reach)


@dataclass(frozen=True, slots=True)
class AlertNote:
    """One alert as the record has it."""

    id: str
    contact_id: str
    channel: str
    kind: str
    state: AlertState
    progress: Progress | None
    detail: str
    text: str
    at: datetime

    def is_taken(self, page: Page) -> bool:
        """Whether a channel took it, or may have before a crash.

        What the control room was shown in their place did not get to somebody.
        """
        is_theirs = self.channel != ChannelKind.CONSOLE or ChannelKind.CONSOLE in page.channels
        return is_theirs and self.state is not AlertState.FAILED

    @property
    def is_lost(self) -> bool:
        """Whether nobody can have read or heard it."""
        return self.state is AlertState.FAILED or (
            self.progress is not None and self.progress.is_lost
        )


async def alerts_of_all(
    incidents: "Incidents", ledger: Ledger, incident: Incident
) -> list[AlertNote]:
    """Return the alerts of an incident and of those that became part of it; raises RecordsError."""
    return [note for one in ledger.parts_of(incident) for note in await incidents.alerts_of(one)]


class Incidents(Protocol):
    """Where incidents are kept; every method may raise RecordsError."""

    async def change(
        self, work: Callable[[Ledger], T], now: datetime, about: str | None = None
    ) -> T: ...

    async def read(self, now: datetime) -> Ledger: ...

    async def read_one(self, incident_id: str) -> Ledger: ...

    async def test_ids(self) -> list[str]:
        """Return the newest tests of the call tree, newest first."""
        ...

    async def knows_reply(self, key: str) -> bool: ...

    async def begin_alert(self, alert: Alert) -> AlertState | None:
        """Note that an alert is about to be sent; return its state when it was noted before.

        FAILED as well for what is no STAND DOWN once its incident is over.
        """
        ...

    async def noted_at(self, alert_id: str) -> datetime | None:
        """Return when an alert was noted first; None when it was not."""
        ...

    async def end_alert(
        self, alert_id: str, state: AlertState, detail: str, provider_id: str | None = None
    ) -> None: ...

    async def known_provider_ids(self, ids: Sequence[str]) -> set[str]:
        """Return those of these ids that are noted as some alert's."""
        ...

    async def note_delivery(self, delivery: Delivery) -> bool: ...

    async def was_machine(self, alert_id: str) -> bool: ...

    async def alerts_of(self, incident_id: str) -> Sequence[AlertNote]: ...

    async def beat(self, machine: str, now: datetime) -> None: ...

    async def silent_since(self, then: datetime) -> list[str]: ...

    async def forget_machine(self, machine: str) -> None: ...
