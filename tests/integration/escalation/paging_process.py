"""A process that pages for one incident with short waits and notes every alert in a file."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import structlog

from aurora.alerting.desk import Desk
from aurora.errors import RecordsError
from aurora.escalation.acknowledgement import Tokens
from aurora.escalation.alert import Alert
from aurora.escalation.channels.base import Sent
from aurora.escalation.durable import Durable, system_database
from aurora.escalation.incident import CallFacts
from aurora.escalation.pager import Pager
from aurora.escalation.plan import ChannelKind
from aurora.escalation.quiet import add_watching
from aurora.escalation.reminders import Reminders
from aurora.escalation.updating import Updates, add_updates
from aurora.escalation.workflow import Plans
from aurora.levels import Hazard, Urgency
from aurora.records.incidents import SqlIncidents
from aurora.records.sql import SqlRecords
from aurora.site.duty import Channel
from aurora.site.model import Site
from tests.line import example_site
from tests.patience import LIMITS
from tests.waiting import PATIENT_S

WAIT_S = 0.4
KINDS = (ChannelKind.SMS, ChannelKind.VOICE, ChannelKind.APPRISE)


class FileChannel:
    """Notes each alert in a file before it counts as sent; the file is what its provider knows."""

    def __init__(self, kind: ChannelKind, path: Path) -> None:
        self.kind = kind
        self.can_be_asked = kind is not ChannelKind.APPRISE
        self._path = path

    async def taken(self, alert: Alert, since: datetime) -> list[str]:
        """As Twilio tells: what went to this person over this channel, whatever it was about."""
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        noted = [json.loads(line) for line in lines]
        sent = [one["id"] for one in noted if datetime.fromisoformat(one["at"]) >= since]
        return [one for one in sent if f":{alert.contact_id}:{self.kind.value}:" in one]

    async def send(self, alert: Alert) -> Sent:
        told = {"id": alert.id, "contact": alert.contact_id, "code": alert.code}
        line = json.dumps(told | {"at": datetime.now(UTC).isoformat()})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        await asyncio.sleep(0.25)  # where a kill may fall between sent and known to be sent
        return Sent(alert.id, datetime.now(UTC))

    async def close(self) -> None: ...


def hurried_site(*, by_mail: bool = False) -> Site:
    """The example site, its people given a fraction of a second to answer.

    by_mail: everybody is reached through Apprise, where nobody can be asked what arrived.
    """
    site = example_site()
    if by_mail:
        mail = [Channel(kind="apprise", address="mail")]
        contacts = [one.model_copy(update={"channels": mail}) for one in site.contacts]
        site = site.model_copy(update={"contacts": contacts})
    paging = site.paging.model_copy(
        update={"wait_s": {Urgency.CRITICAL: WAIT_S, Urgency.URGENT: WAIT_S}}
    )
    return site.model_copy(update={"paging": paging})


def silent(*_: object) -> None:
    """Puts nothing on calls: there are none."""


def say(word: str) -> None:
    """Tell the test how far this process is."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def now() -> datetime:
    return datetime.now(UTC)


async def taken(desk: Desk, facts: CallFacts) -> None:
    """Let a word be taken in, as often as a line tries."""
    while True:
        try:
            return await desk.take(facts)
        except RecordsError:
            await asyncio.sleep(1)


async def main(folder: Path, url: str | None, machine: str) -> None:
    records = await SqlRecords.open(url, folder)
    site = hurried_site(by_mail="--by-mail" in sys.argv)
    incidents = SqlIncidents(records.beside, site.id)
    sent = folder / "sent.jsonl"
    channels = {kind: FileChannel(kind, sent) for kind in KINDS}
    pager = Pager(site, incidents, channels, Tokens(b"k" * 32, now), None, now, lambda *_: None)
    durable = Durable(system_database(url, folder), machine)
    desk = Desk(site, incidents, durable, Plans(durable, pager), machine, now)
    add_watching(durable, Reminders(site, incidents, pager, Plans(durable, pager), silent, now))
    add_updates(durable, Updates(incidents, pager, now))
    desk.start()
    known = await incidents.read(now())
    if "--only-recover" not in sys.argv and not any(map(known.running, known.incidents)):
        # Of its own zone, so that it is a happening of its own.
        number = len(known.incidents)
        await taken(
            desk,
            CallFacts(
                f"call_{number}",
                now(),
                Urgency.CRITICAL,
                Hazard.GAS_LEAK,
                "abcdef"[number % 6],
                roles=("gas_team",),
            ),
        )
    say("ready")
    while True:
        ledger = await incidents.read(now())
        if ledger.states and not any(ledger.running(one) for one in ledger.incidents):
            break
        await asyncio.sleep(0.1)
    say("ended")
    await desk.close()
    await records.close()


if __name__ == "__main__":
    # What it prints is for the test alone.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for module, limit in LIMITS:
        setattr(module, limit, PATIENT_S)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3]))
