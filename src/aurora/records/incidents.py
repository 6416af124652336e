"""Incidents, plans, alerts and answers in the database; what they mean is escalation's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zlib import crc32

import orjson
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, delete, or_, select, text, update

from aurora.escalation.alert import Alert
from aurora.escalation.answers import Reply
from aurora.escalation.brief import AlertKind
from aurora.escalation.delivery import Delivery, Progress, supersedes
from aurora.escalation.incident import Incident, IncidentState
from aurora.escalation.ledger import AlertNote, AlertState, Ledger, PlanState
from aurora.escalation.plan import Plan
from aurora.records.attempts import attempted, insert_into
from aurora.records.engines import Database
from aurora.records.rows import scrubbed
from aurora.records.tables import alerts, incidents, machines, plans, replies

WITHIN_S = 8.0
"""Longer than a lock of the database is waited for: what may yet be written is waited for."""
KEPT_IN_MIND = timedelta(hours=12)
"""An incident that is over still takes late words and answers for so long."""
UNREACHED = "the incidents cannot be reached"
MOST_TESTS = 20
LIVE = (IncidentState.OPEN.value, IncidentState.ACKNOWLEDGED.value)

_INCIDENT = TypeAdapter(Incident)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredIncident:
    """An incident with the text it was read from, so that an unchanged one is not read again."""

    text: str
    incident: Incident


class SqlIncidents:
    """All incidents of one site; several machines change them one after another."""

    def __init__(self, database: Database, site: str) -> None:
        self._database = database
        self._site = site

    async def change(
        self, work: Callable[[Ledger], T], now: datetime, about: str | None = None
    ) -> T:
        """Let pure work change what is known, in one transaction; raises RecordsError.

        about: an incident; then no other is read but the one that it became part of.
        """

        def transact(connection: Connection) -> T:
            self._take_turn(connection)
            ledger = self._about(connection, about) if about else self._ledger(connection, now)
            before = {one.id: _INCIDENT.dump_json(one) for one in ledger.incidents.values()}
            known_plans = dict(ledger.states)
            done = work(ledger)
            for incident in ledger.incidents.values():
                snapshot = _INCIDENT.dump_json(incident)
                if before.get(incident.id) != snapshot:
                    self._put(connection, incident, snapshot.decode())
            self._put_plans(connection, ledger, known_plans)
            for reply in ledger.replies:
                _insert_once(connection, replies, "key", _reply_row(reply))
            return done

        return await self._write(transact)

    async def read(self, now: datetime) -> Ledger:
        """Return what is known, to look at."""
        return await self._read(lambda found: self._ledger(found, now))

    async def read_one(self, incident_id: str) -> Ledger:
        """Return what is known of one incident, however old."""
        return await self._read(lambda found: self._of(found, incidents.c.id == incident_id))

    async def shown(
        self, ended_since: datetime, known: Mapping[str, StoredIncident]
    ) -> dict[str, StoredIncident]:
        """Return live incidents by id, and those over since then; unchanged ones as they are known.

        Plans are left out: who was paged and answered is in the incident.
        """
        is_fresh = incidents.c.updated_at > ended_since.astimezone(UTC)
        query = select(incidents.c.id, incidents.c.snapshot).where(
            incidents.c.site == self._site, or_(incidents.c.state.in_(LIVE), is_fresh)
        )
        rows = await self._read(lambda c: [*c.execute(query)])
        return {name: _stored(text, known.get(name)) for name, text in rows}

    async def test_ids(self) -> list[str]:
        is_test = incidents.c.id.startswith("test_", autoescape=True)
        of_site = (incidents.c.site == self._site) & is_test
        query = select(incidents.c.id).where(of_site)
        newest = query.order_by(incidents.c.updated_at.desc()).limit(MOST_TESTS)
        return await self._read(lambda found: [row[0] for row in found.execute(newest)])

    async def knows_reply(self, key: str) -> bool:
        query = select(replies.c.key).where(replies.c.key == key)

        def look(connection: Connection) -> bool:
            return connection.execute(query).first() is not None

        return await self._read(look)

    async def begin_alert(self, alert: Alert) -> AlertState | None:
        """Note that an alert is about to be sent; return its state when it was noted before.

        FAILED, and noted as that, when its incident is over: nothing but the end is told of it.
        """

        def note(connection: Connection) -> AlertState | None:
            query = select(alerts.c.state).where(alerts.c.id == alert.id)
            known = connection.execute(query).scalar()
            if known in (AlertState.SENT.value, AlertState.FAILED.value):
                return AlertState(known)
            is_over = alert.kind is not AlertKind.STAND_DOWN and self._is_over(connection, alert)
            row = _alert_row(alert)
            if is_over:
                row |= {"state": AlertState.FAILED.value, "detail": "the incident was over"}
            if known is None and _insert_once(connection, alerts, "id", row):
                return AlertState.FAILED if is_over else None
            return AlertState.FAILED if is_over else AlertState.SENDING

        return await self._write(note)

    async def end_alert(
        self, alert_id: str, state: AlertState, detail: str, provider_id: str | None = None
    ) -> None:
        values = {"state": state.value, "detail": scrubbed(detail)[:500]}
        if provider_id is not None:
            values["provider_id"] = provider_id
        statement = update(alerts).where(alerts.c.id == alert_id).values(**values)
        await self._write(lambda c: c.execute(statement) and None)

    async def known_provider_ids(self, ids: Sequence[str]) -> set[str]:
        query = select(alerts.c.provider_id).where(alerts.c.provider_id.in_(ids))
        return await self._read(lambda found: {row[0] for row in found.execute(query)})

    async def note_delivery(self, delivery: Delivery) -> bool:
        """Take in how far an alert got; False when nothing changed by it."""

        def note(connection: Connection) -> bool:
            own, progress = alerts.c.id == delivery.alert_id, delivery.progress
            if progress is Progress.MACHINE:
                connection.execute(update(alerts).where(own).values(was_machine=1))
            # Looked up and replaced at once: two machines may be told of one alert.
            lower = [one.value for one in Progress if supersedes(progress, one)]
            is_before = or_(alerts.c.progress.is_(None), alerts.c.progress.in_(lower))
            replace = update(alerts).where(own, is_before).values(progress=progress.value)
            return connection.execute(replace).rowcount > 0

        return await self._write(note)

    async def was_machine(self, alert_id: str) -> bool:
        query = select(alerts.c.was_machine).where(alerts.c.id == alert_id)
        return await self._read(lambda c: bool(c.execute(query).scalar() or False))

    async def alerts_of(self, incident_id: str) -> Sequence[AlertNote]:
        """Return every alert of an incident, in the order they were sent."""
        query = (
            select(alerts)
            .where(alerts.c.incident_id == incident_id)
            .order_by(alerts.c.at, alerts.c.id)
        )

        def look(connection: Connection) -> list[AlertNote]:
            return [_note(row) for row in connection.execute(query).mappings()]

        return await self._read(look)

    async def beat(self, machine: str, now: datetime) -> None:
        """Note that this machine is alive."""

        def note(connection: Connection) -> None:
            row = {"id": machine, "seen_at": now.astimezone(UTC)}
            statement = insert_into(connection, machines).values(row)
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))

        await self._write(note)

    async def silent_since(self, then: datetime) -> list[str]:
        """Return machines not heard of since."""
        query = select(machines.c.id).where(machines.c.seen_at < then.astimezone(UTC))
        return await self._read(lambda c: [row[0] for row in c.execute(query)])

    async def forget_machine(self, machine: str) -> None:
        statement = delete(machines).where(machines.c.id == machine)
        await self._write(lambda c: c.execute(statement) and None)

    def _is_over(self, connection: Connection, alert: Alert) -> bool:
        query = select(incidents.c.state).where(incidents.c.id == alert.incident_id)
        state = connection.execute(query).scalar()
        if state != IncidentState.MERGED.value:
            return state == IncidentState.RESOLVED.value
        found = self._about(connection, alert.incident_id).resolved(alert.incident_id)
        return found is not None and not found.is_live

    def _take_turn(self, connection: Connection) -> None:
        """Two machines must not open two incidents for one happening."""
        if connection.dialect.name == "postgresql":
            key = crc32(self._site.encode())
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})

    def _ledger(self, connection: Connection, now: datetime) -> Ledger:
        is_live = incidents.c.state.in_(LIVE)
        is_fresh = incidents.c.updated_at > (now - KEPT_IN_MIND).astimezone(UTC)
        return self._of(connection, or_(is_live, is_fresh))

    def _about(self, connection: Connection, incident_id: str) -> Ledger:
        ledger = self._of(connection, incidents.c.id == incident_id)
        while (into := _last(ledger)) is not None and into not in ledger.incidents:
            further = self._of(connection, incidents.c.id == into)
            if not further.incidents:
                break
            ledger.incidents |= further.incidents
            ledger.plans |= further.plans
            ledger.states |= further.states
        return ledger

    def _of(self, connection: Connection, wanted: ColumnElement[bool]) -> Ledger:
        of_site = select(incidents.c.snapshot).where(incidents.c.site == self._site, wanted)
        rows = connection.execute(of_site)
        found = [_INCIDENT.validate_json(row[0]) for row in rows]
        ledger = Ledger({one.id: one for one in found})
        made = connection.execute(
            select(plans)
            .where(plans.c.incident_id.in_([one.id for one in found]))
            .order_by(plans.c.number)
        )
        for row in made.mappings():
            plan = Plan.from_dict(orjson.loads(row["plan"]))
            ledger.plans.setdefault(row["incident_id"], {})[row["id"]] = plan
            ledger.states[row["id"]] = PlanState(row["state"])
        return ledger

    def _put(self, connection: Connection, incident: Incident, snapshot: str) -> None:
        row = {
            "id": incident.id,
            "site": self._site,
            "code": incident.code,
            "state": incident.state.value,
            "updated_at": _last_word(incident).astimezone(UTC),
            "snapshot": scrubbed(snapshot),
        }
        statement = insert_into(connection, incidents).values(row)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))

    def _put_plans(
        self, connection: Connection, ledger: Ledger, known: Mapping[str, PlanState]
    ) -> None:
        for incident_id, own in ledger.plans.items():
            for number, (plan_id, plan) in enumerate(own.items(), 1):
                state = ledger.states[plan_id]
                if plan_id not in known:
                    row = {
                        "id": plan_id,
                        "incident_id": incident_id,
                        "number": number,
                        "state": state.value,
                        "plan": orjson.dumps(plan.as_dict()).decode(),
                    }
                    _insert_once(connection, plans, "id", row)
                elif known[plan_id] is not state:
                    connection.execute(
                        update(plans).where(plans.c.id == plan_id).values(state=state.value)
                    )

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await attempted(self._database.write(work), WITHIN_S, UNREACHED)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await attempted(self._database.read(work), WITHIN_S, UNREACHED)


def _last_word(incident: Incident) -> datetime:
    """When anything was last said of it; its end is something."""
    return max(incident.updated_at, incident.closed.at if incident.closed else incident.updated_at)


def _stored(text: str, known: StoredIncident | None) -> StoredIncident:
    if known is not None and known.text == text:
        return known
    return StoredIncident(text, _INCIDENT.validate_json(text))


def _last(ledger: Ledger) -> str | None:
    """What the incident read last became part of."""
    last = next(reversed(ledger.incidents.values()), None)
    return last.merged_into if last else None


def _insert_once(connection: Connection, table: Any, key: str, row: Mapping[str, Any]) -> bool:
    """Whether it was not there before."""
    statement = insert_into(connection, table).values(row)
    once = statement.on_conflict_do_nothing(index_elements=[key]).returning(table.c[key])
    return connection.execute(once).first() is not None


def _reply_row(reply: Reply) -> dict[str, Any]:
    return {
        "key": reply.key,
        "incident_id": reply.incident_id,
        "contact_id": reply.contact_id,
        "answer": reply.answer.value,
        "source": reply.source.value,
        "at": reply.at.astimezone(UTC),
    }


def _alert_row(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "incident_id": alert.incident_id,
        "contact_id": alert.contact_id,
        "channel": alert.channel.value,
        "kind": alert.kind.value,
        "state": AlertState.SENDING.value,
        "was_machine": 0,
        "detail": "",
        "text": scrubbed(alert.texts.voice),
        "at": alert.made_at.astimezone(UTC),
    }


def _note(row: Any) -> AlertNote:
    return AlertNote(
        id=row["id"],
        contact_id=row["contact_id"],
        channel=row["channel"],
        kind=row["kind"],
        state=AlertState(row["state"]),
        progress=Progress(row["progress"]) if row["progress"] else None,
        detail=row["detail"],
        text=row["text"],
        at=row["at"],
    )
