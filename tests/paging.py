"""Incidents kept in memory, and plans that only note what they are asked: for tests of paging."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any, TypeVar

from aurora.escalation.alert import Alert
from aurora.escalation.answers import Reply
from aurora.escalation.brief import AlertKind
from aurora.escalation.delivery import Delivery, Progress, supersedes
from aurora.escalation.ledger import AlertNote, AlertState, Ledger

T = TypeVar("T")


class MemoryIncidents:
    """What a database keeps of incidents, without one."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.replies: dict[str, Reply] = {}
        self.provider_ids: set[str | None] = set()
        self.progress: dict[str, Progress] = {}
        self.alerts: dict[str, tuple[Alert, AlertState]] = {}

    async def change(
        self, work: Callable[[Ledger], T], now: datetime, about: str | None = None
    ) -> T:
        done = work(self.ledger)
        self.replies |= {reply.key: reply for reply in self.ledger.replies}
        self.ledger.replies.clear()
        return deepcopy(done)

    async def read(self, now: datetime) -> Ledger:
        return deepcopy(self.ledger)

    async def read_one(self, incident_id: str) -> Ledger:
        return deepcopy(self.ledger)

    async def test_ids(self) -> list[str]:
        return [one.id for one in self.ledger.incidents.values() if one.is_test][::-1]

    async def knows_reply(self, key: str) -> bool:
        return key in self.replies

    async def begin_alert(self, alert: Alert) -> AlertState | None:
        known = self.alerts.get(alert.id)
        incident = self.ledger.resolved(alert.incident_id)
        is_over = incident is not None and not incident.is_alerted_of
        if known is None and is_over and alert.kind is not AlertKind.STAND_DOWN:
            self.alerts[alert.id] = alert, AlertState.FAILED
            return AlertState.FAILED
        self.alerts.setdefault(alert.id, (alert, AlertState.SENDING))
        return known[1] if known else None

    async def noted_at(self, alert_id: str) -> datetime | None:
        return self.alerts[alert_id][0].made_at if alert_id in self.alerts else None

    async def end_alert(
        self, alert_id: str, state: AlertState, detail: str, provider_id: str | None = None
    ) -> None:
        self.alerts[alert_id] = (self.alerts[alert_id][0], state)
        self.provider_ids.add(provider_id)

    async def known_provider_ids(self, ids: Sequence[str]) -> set[str]:
        return {one for one in ids if one in self.provider_ids}

    async def note_delivery(self, delivery: Delivery) -> bool:
        known = self.progress.get(delivery.alert_id)
        is_news = supersedes(delivery.progress, known)
        if is_news:
            self.progress[delivery.alert_id] = delivery.progress
        return is_news

    async def was_machine(self, alert_id: str) -> bool:
        return False

    async def alerts_of(self, incident_id: str) -> Sequence[AlertNote]:
        return [
            AlertNote(
                id=alert.id,
                contact_id=alert.contact_id,
                channel=alert.channel,
                kind=alert.kind,
                state=state,
                progress=self.progress.get(alert.id),
                detail="",
                text=alert.texts.voice,
                at=alert.made_at,
            )
            for alert, state in self.alerts.values()
            if alert.incident_id == incident_id
        ]

    async def beat(self, machine: str, now: datetime) -> None: ...

    async def silent_since(self, then: datetime) -> list[str]:
        return []

    async def forget_machine(self, machine: str) -> None: ...


class NotedPlans:
    """Plans that are begun and woken, and carried out by nobody."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.woken: list[str] = []

    async def begin(self, plan_id: str) -> None:
        self.begun.append(plan_id)

    async def wake(self, plan_ids: Sequence[str], key: str) -> None:
        self.woken += plan_ids


class NotedDurable:
    """Durable work that is begun and woken, and carried out by nobody."""

    def __init__(self) -> None:
        self.begun: dict[str, tuple[Any, ...]] = {}
        self.woken: list[str] = []

    def start(self) -> None: ...

    def close(self) -> None: ...

    async def begin(self, name: str, workflow_id: str, *arguments: Any) -> None:
        self.begun.setdefault(workflow_id, arguments)

    async def wake(self, workflow_ids: Sequence[str], key: str) -> None:
        self.woken += workflow_ids
