"""The real desk, pager and durable plans over a database; channels note what they are given."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from aurora.alerting.desk import Desk
from aurora.conversation.call import Call
from aurora.escalation.acknowledgement import Tokens
from aurora.escalation.alert import Alert
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.channels.base import Sent
from aurora.escalation.durable import Durable, system_database
from aurora.escalation.incident import Incident
from aurora.escalation.pager import Pager
from aurora.escalation.plan import ChannelKind
from aurora.escalation.quiet import add_watching
from aurora.escalation.reminders import Reminders
from aurora.escalation.standing_down import StandingDown, add_standing_down
from aurora.escalation.updating import Updates, add_updates
from aurora.escalation.workflow import Plans
from aurora.records.incidents import SqlIncidents
from aurora.records.sql import SqlRecords
from aurora.site.model import Site
from tests.line import Clock, example_site


@dataclass
class NotingChannel:
    """Takes every alert, and keeps it."""

    kind: ChannelKind
    clock: Clock
    sent: list[Alert] = field(default_factory=list)
    can_be_asked: bool = True

    async def send(self, alert: Alert) -> Sent:
        self.sent.append(alert)
        return Sent(alert.id, self.clock())

    async def taken(self, alert: Alert, since: datetime) -> Sequence[str]:
        return [one.id for one in self.sent if one.id == alert.id]

    async def close(self) -> None: ...


@dataclass
class Alerting:
    """Everything of one line that alerts, without its calls."""

    desk: Desk
    incidents: SqlIncidents
    answers: IncidentAnswers
    channels: dict[ChannelKind, NotingChannel]
    clock: Clock

    @property
    def sent(self) -> list[Alert]:
        return [alert for channel in self.channels.values() for alert in channel.sent]

    async def incident_of(self, call_id: str) -> Incident | None:
        ledger = await self.incidents.read(self.clock())
        of_it = (one for one in ledger.incidents.values() if call_id in one.calls)
        return next(of_it, None)


@asynccontextmanager
async def alerting(
    directory: Path, site: Site | None = None, calls: Sequence[Call] = ()
) -> AsyncIterator[Alerting]:
    """calls: those that the line's records have."""
    clock, site = Clock(), site or example_site()
    records = await SqlRecords.open(None, directory)
    incidents = SqlIncidents(records.beside, site.id)
    channels = {kind: NotingChannel(kind, clock) for kind in ChannelKind}
    by_kind: Any = channels

    def told(*_: object) -> None: ...

    pager = Pager(site, incidents, by_kind, Tokens(b"k" * 32, clock), None, clock, told)
    durable = Durable(system_database(None, directory), "m1")
    plans = Plans(durable, pager)
    add_standing_down(durable, StandingDown(incidents, pager, clock))
    add_updates(durable, Updates(incidents, pager, clock))
    add_watching(durable, Reminders(site, incidents, pager, plans, told, clock))

    async def on_record() -> Sequence[Call]:
        return calls

    desk = Desk(site, incidents, durable, plans, "m1", clock, on_record)
    answers = IncidentAnswers(site, incidents, pager, durable, plans, told, clock)
    desk.start()
    try:
        yield Alerting(desk, incidents, answers, channels, clock)
    finally:
        await asyncio.sleep(0)
        await desk.close()
        await records.close()
