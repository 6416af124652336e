"""What has people paged, wired: the plans, who is told and answers, and what walks beside them."""

from dataclasses import dataclass
from datetime import timedelta

from aurora.alerting.desk import Desk
from aurora.alerting.lost_callers import LostCallers
from aurora.conversation.call import Call
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.channels.base import Clock
from aurora.escalation.channels.counted import CountedChannel, Failed
from aurora.escalation.communication_test import CommunicationTests
from aurora.escalation.durable import Durable, system_database
from aurora.escalation.finding import add_finding
from aurora.escalation.pager import Pager, Told
from aurora.escalation.quiet import add_watching
from aurora.escalation.reminders import Reminders
from aurora.escalation.standing_down import StandingDown, add_standing_down
from aurora.escalation.updating import Updates, add_updates
from aurora.escalation.walking import add_testing
from aurora.escalation.workflow import Plans
from aurora.in_force.site import Follower
from aurora.records.incidents import SqlIncidents
from aurora.records.machine import machine_id
from aurora.records.sessions import SqlSessions
from aurora.records.sql import SqlRecords
from aurora.rooms import Rooms
from aurora.settings import Settings
from aurora.wiring.reach import Reach

LOST_FOR = timedelta(hours=1)
"""After a machine stopped, whoever was lost within it is looked for."""


@dataclass(frozen=True, slots=True)
class Alerting:
    """What turns calls into alerts on this machine."""

    incidents: SqlIncidents
    desk: Desk
    answers: IncidentAnswers
    lost_callers: LostCallers
    tests: CommunicationTests
    followers: list[Follower]
    """Who pages people, and so is told of other contacts and rosters."""


def open_alerting(
    settings: Settings,
    rooms: Rooms,
    records: SqlRecords,
    reach: Reach,
    told: Told,
    failed: Failed,
    clock: Clock,
    *,
    is_kiosk: bool = False,
) -> Alerting:
    """Return what pages people; nobody is paged before its desk is started.

    told: writes what became of an alert into a call's record. failed: counts alerts not taken.
    """
    site, data_dir = rooms.site, settings.records.data_dir
    incidents = SqlIncidents(records.beside, site.id)
    pager = Pager(
        site,
        incidents,
        {kind: CountedChannel(one, failed) for kind, one in reach.channels.items()},
        reach.tokens,
        settings.twilio.public_url,
        clock,
        told,
        reach.phones,
        rooms.library.titles,
    )
    machine = machine_id(data_dir, is_kiosk=is_kiosk)
    durable = Durable(system_database(settings.records.url, data_dir), machine)
    plans = Plans(durable, pager)
    lost = LostCallers(records, incidents, durable, reach.phone, reach.callbacks, clock)
    add_finding(durable, lost)
    seen_at = SqlSessions(records.beside).seen_at
    reminders = Reminders(site, incidents, pager, plans, told, clock, seen_at)
    add_watching(durable, reminders)
    add_standing_down(durable, StandingDown(incidents, pager, clock))
    tests = CommunicationTests(site, incidents, pager, durable, clock)
    add_testing(durable, tests)
    add_updates(durable, Updates(incidents, pager, clock))

    async def unended() -> list[Call]:
        return [*await records.open_calls(), *await records.lost_since(clock() - LOST_FOR)]

    desk = Desk(site, incidents, durable, plans, machine, clock, unended)
    answers = IncidentAnswers(site, incidents, pager, durable, plans, told, clock)
    followers: list[Follower] = [
        one.take_site for one in (pager, desk, answers, answers.operators, reminders, tests)
    ]
    return Alerting(incidents, desk, answers, lost, tests, followers)
