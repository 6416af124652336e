"""Musters and check-ins in the database; who is missing is worked out elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, select, update

from aurora.muster.check_in import CheckIn, Fix, Muster, Standing
from aurora.muster.people import SignedIn
from aurora.records.account_tables import accounts, sessions
from aurora.records.attempts import attempted, insert_into
from aurora.records.engines import Database
from aurora.records.phone_tables import check_ins, musters
from aurora.records.rows import Row, scrubbed

WITHIN_S = 5.0


class SqlMusters:
    """Those of one site; every method may raise RecordsError."""

    def __init__(self, database: Database, site: str) -> None:
        self._database = database
        self._site = site

    async def open(self, muster: Muster) -> Muster:
        """Return the muster that is open now: this one, or the one that was open already."""
        row = {
            "id": muster.id,
            "site": self._site,
            "reason": scrubbed(muster.reason),
            "is_drill": muster.is_drill,
            "incident_id": muster.incident_id,
            "counts_from": muster.counts_from.astimezone(UTC),
            "opened_at": muster.opened_at.astimezone(UTC),
            "opened_by": scrubbed(muster.opened_by),
        }

        def write(connection: Connection) -> Muster:
            before = connection.execute(
                self._newest().where(musters.c.closed_at.is_(None))
            ).mappings()
            known = before.first()
            if known is not None:
                return _muster(dict(known))
            connection.execute(insert_into(connection, musters).values(row))
            return muster

        return await attempted(self._database.write(write), WITHIN_S, "no muster can be opened")

    async def close(self, muster_id: str, by: str, at: datetime) -> bool:
        """End a muster; False when it was ended before."""
        ended = (
            update(musters)
            .where(
                musters.c.site == self._site,
                musters.c.id == scrubbed(muster_id),
                musters.c.closed_at.is_(None),
            )
            .values(closed_at=at.astimezone(UTC), closed_by=scrubbed(by))
        )

        def write(connection: Connection) -> bool:
            return connection.execute(ended).rowcount > 0

        return await attempted(self._database.write(write), WITHIN_S, "it cannot be closed")

    async def newest(self) -> Muster | None:
        """Return the muster that is open, else the last one."""

        def read(connection: Connection) -> Muster | None:
            row = connection.execute(self._newest()).mappings().first()
            return _muster(dict(row)) if row is not None else None

        return await attempted(self._database.read(read), WITHIN_S, "musters cannot be read")

    async def check_in(self, said: CheckIn) -> None:
        """Keep one word about somebody; sent again it changes nothing."""
        row = _row(said) | {"site": self._site}

        def write(connection: Connection) -> None:
            inserted = insert_into(connection, check_ins).values(row)
            connection.execute(inserted.on_conflict_do_nothing(index_elements=["id"]))

        await attempted(self._database.write(write), WITHIN_S, "the check-in cannot be kept")

    async def signed_in(self, since: datetime) -> Sequence[SignedIn]:
        """Return who used the console since then, and is not disabled."""
        query = (
            select(accounts.c.id, accounts.c.name)
            .where(accounts.c.is_disabled.is_(False))
            .where(
                accounts.c.id.in_(
                    select(sessions.c.account_id).where(
                        sessions.c.is_whole, sessions.c.seen_at >= since.astimezone(UTC)
                    )
                )
            )
        )

        def read(connection: Connection) -> list[SignedIn]:
            return [SignedIn(row.id, row.name) for row in connection.execute(query)]

        return await attempted(self._database.read(read), WITHIN_S, "sign-ins cannot be read")

    async def since(self, at: datetime) -> Sequence[CheckIn]:
        """Return what was said since then, first to last."""
        query = (
            select(check_ins)
            .where(check_ins.c.site == self._site, check_ins.c.at >= at.astimezone(UTC))
            .order_by(check_ins.c.at, check_ins.c.id)
        )

        def read(connection: Connection) -> list[CheckIn]:
            return [_check_in(dict(row)) for row in connection.execute(query).mappings()]

        return await attempted(self._database.read(read), WITHIN_S, "check-ins cannot be read")

    def _newest(self) -> Select[Any]:
        return (
            select(musters)
            .where(musters.c.site == self._site)
            .order_by(musters.c.closed_at.is_(None).desc(), musters.c.opened_at.desc())
            .limit(1)
        )


def _muster(row: Row) -> Muster:
    return Muster(**{name: value for name, value in row.items() if name != "site"})


def _row(said: CheckIn) -> Row:
    fix = said.fix
    return {
        "id": said.id,
        "person_key": scrubbed(said.person_key),
        "name": scrubbed(said.name),
        "standing": said.standing.value,
        "at": said.at.astimezone(UTC),
        "by": scrubbed(said.by),
        "is_own": said.is_own,
        "place": said.place,
        "latitude": fix.latitude if fix else None,
        "longitude": fix.longitude if fix else None,
        "accuracy_m": fix.accuracy_m if fix else None,
    }


def _check_in(row: Row) -> CheckIn:
    at = [row.pop(name) for name in ("latitude", "longitude", "accuracy_m")]
    fix = None if None in at else Fix(*at)
    kept = {name: value for name, value in row.items() if name != "site"}
    return CheckIn(**{**kept, "standing": Standing(kept["standing"]), "fix": fix})
