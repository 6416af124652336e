"""What the console's other rooms hold at a busy plant: people, incidents, drafts, a long trail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from aurora.accounts.account import Account
from aurora.accounts.audit import BEGINNING, Entry, chained, details_text
from aurora.accounts.person import Person, Role
from aurora.accounts.secret import new_id
from aurora.escalation.happening import open_incident
from aurora.escalation.incident import CallFacts, IncidentState
from aurora.escalation.ledger import Ledger
from aurora.levels import Hazard, Urgency
from aurora.parts import Parts
from aurora.records.account_tables import audit
from aurora.records.incidents import SqlIncidents
from aurora.review.versions import Kind

PEOPLE = 60
INCIDENTS = 240
LIVE = 40
"""Of the incidents, those that are still under way."""
ACTS_NOTED = 100_000
APPROVED_IN_ITS_LIFE = 30
"""Drafts that were begun and withdrawn before the one under way."""
CODE_ALPHABET = "CDFGHJKMNPQRTVWXY"
HAZARDS = (Hazard.FIRE, Hazard.GAS_LEAK, Hazard.MEDICAL, Hazard.CHEMICAL)


@dataclass(frozen=True)
class Furnished:
    """Things that pages of one thing are asked for."""

    account_id: str
    incident_id: str
    site_draft: str
    procedure_draft: str
    document: str
    """Language and id of one of the handbook's."""


async def furnish(parts: Parts, now: datetime) -> Furnished:
    """Put all of it into the database of an application that has begun."""
    account = await _people(parts, now)
    await parts.records.beside.write(lambda connection: _trail(connection, now))
    incident_id = await _incidents(parts, now)
    admin = Person(account.id, account.name, Role.ADMIN)
    reviewing = parts.review.reviewing
    procedure = "fire.en"
    for _ in range(APPROVED_IN_ITS_LIFE):
        draft = await reviewing.begin(Kind.PROCEDURE, procedure, admin, "new muster point")
        await reviewing.withdraw(draft.id, admin, draft.sha256, "not needed")
    drafts = [
        await reviewing.begin(kind, key, admin, "new people")
        for kind, key in ((Kind.SITE, "site"), (Kind.PROCEDURE, procedure))
    ]
    site, fire = drafts
    changed = site.content.replace("id: a", "id: a ", 1)
    site = await reviewing.save(site.id, admin, site.sha256, changed)
    document = parts.rooms.handbook.contents.documents[0]
    shown = f"{document.language}/{document.id}"
    return Furnished(account.id, incident_id, site.id, fire.id, shown)


async def _people(parts: Parts, now: datetime) -> Account:
    made = [Account(new_id(), f"Person {n}", Role.OPERATOR, now) for n in range(PEOPLE)]
    for account in made:
        await parts.accounts.accounts.add(account)
    return made[0]


def _trail(connection: Connection, now: datetime) -> None:
    acts = ("sign_in", "sign_in.refused", "call.note", "record.exported", "urgency.lowered")
    previous, rows = BEGINNING, []
    for number in range(1, ACTS_NOTED + 1):
        at = now - timedelta(minutes=10 * (ACTS_NOTED - number))
        entry = Entry(
            *(f"made_{number}", at, f"Person {number % PEOPLE}", "made", "operator", "10.0.0.7"),
            *(acts[number % len(acts)], f"call_{number}", {"note": number}),
        )
        link = chained(entry, number, previous)
        previous = link.hash
        details = {"details": details_text(entry.details)}
        own = {name: getattr(entry, name) for name in entry.__slots__}
        rows.append(own | details | {"number": number, "previous": link.previous, "hash": previous})
    for first in range(0, len(rows), 2_000):
        connection.execute(insert(audit), rows[first : first + 2_000])


async def _incidents(parts: Parts, now: datetime) -> str:
    def add(ledger: Ledger) -> None:
        for number in range(INCIDENTS):
            at = now - timedelta(hours=number % 300, minutes=3)
            is_live = number >= INCIDENTS - LIVE
            call = CallFacts(
                f"call_of_{number}",
                now - timedelta(minutes=number % 20) if is_live else at,
                Urgency.CRITICAL,
                HAZARDS[number % len(HAZARDS)],
                "abcdef"[number % 6],
            )
            made = open_incident(f"made_{number}", _code(number), call)
            made.state = IncidentState.OPEN if is_live else IncidentState.RESOLVED
            ledger.incidents[made.id] = made

    await SqlIncidents(parts.records.beside, parts.rooms.site.id).change(add, now)
    return f"made_{INCIDENTS - 1}"


def _code(number: int) -> str:
    size = len(CODE_ALPHABET)
    return "".join(CODE_ALPHABET[number // size**place % size] for place in range(6))
