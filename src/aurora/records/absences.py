"""Absences of contacts in the database; what they mean for the rosters is the site's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, select, update

from aurora.records.attempts import attempted
from aurora.records.engines import Database
from aurora.records.rows import scrubbed
from aurora.records.tables import absences
from aurora.site.absence import Absence

WITHIN_S = 5.0


class Absences(Protocol):
    """Every method raises RecordsError when it cannot be done."""

    async def add(self, absence: Absence) -> None: ...

    async def end(self, absence_id: str, by: str, at: datetime) -> bool:
        """Take one back; returns whether there was one that held."""

    async def since(self, at: datetime) -> list[Absence]:
        """Return those that end after a moment, taken back or not, the first to begin first."""


class SqlAbsences:
    """The absences of one site; none is ever removed."""

    def __init__(self, database: Database, site: str) -> None:
        self._database = database
        self._site = site

    async def add(self, absence: Absence) -> None:
        row = {
            "id": absence.id,
            "site": self._site,
            "contact": absence.contact,
            "begins_at": absence.begins_at,
            "ends_at": absence.ends_at,
            "stand_ins": orjson.dumps(absence.stand_ins).decode(),
            "reason": scrubbed(absence.reason),
            "by": scrubbed(absence.by),
            "at": absence.at,
        }

        def write(connection: Connection) -> None:
            connection.execute(absences.insert(), row)

        await attempted(self._database.write(write), WITHIN_S, "the absence cannot be kept")

    async def end(self, absence_id: str, by: str, at: datetime) -> bool:
        ours = (absences.c.id == scrubbed(absence_id)) & (absences.c.site == self._site)
        query = update(absences).where(ours, absences.c.ended_at.is_(None))

        def write(connection: Connection) -> bool:
            result = connection.execute(query.values(ended_by=scrubbed(by), ended_at=at))
            return result.rowcount > 0

        return await attempted(self._database.write(write), WITHIN_S, "the absence cannot be kept")

    async def since(self, at: datetime) -> list[Absence]:
        query = (
            select(absences)
            .where(absences.c.site == self._site, absences.c.ends_at > at)
            .order_by(absences.c.begins_at, absences.c.at)
        )

        def read(connection: Connection) -> list[Absence]:
            return [_absence(dict(row)) for row in connection.execute(query).mappings()]

        return await attempted(self._database.read(read), WITHIN_S, "the absences cannot be read")


def _absence(row: Mapping[str, Any]) -> Absence:
    known = {name: row[name] for name in Absence.__slots__}
    return Absence(**{**known, "stand_ins": tuple(orjson.loads(row["stand_ins"]))})
