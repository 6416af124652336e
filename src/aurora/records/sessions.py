"""Sessions in the database: opened, found by what a cookie carries, ended."""

from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from aurora.accounts.account import Account, name_key
from aurora.accounts.secret import hash_of
from aurora.accounts.session import IDLE_FOR, Session
from aurora.records.account_tables import accounts, sessions
from aurora.records.accounts import FAILURE, WITHIN_S, account_from
from aurora.records.attempts import attempted
from aurora.records.engines import Database

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class SqlSessions:
    """Every method may raise RecordsError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, session: Session, *, instead_of: str = "") -> None:
        """Keep a session; what its browser had before, and what is long over, goes."""
        over = (sessions.c.expires_at <= session.opened_at) | (
            sessions.c.seen_at <= session.opened_at - IDLE_FOR
        )

        def write(connection: Connection) -> None:
            connection.execute(delete(sessions).where(over | (sessions.c.id == instead_of)))
            connection.execute(insert(sessions), [asdict(session)])

        await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def find(self, secret: str) -> tuple[Session, Account] | None:
        """Return the session of a cookie and whose it is, whether or not it is over."""
        query = (
            select(accounts, *(column.label(f"s_{column.name}") for column in sessions.c))
            .join(sessions, sessions.c.account_id == accounts.c.id)
            .where(sessions.c.id == hash_of(secret))
        )

        def read(connection: Connection) -> tuple[Session, Account] | None:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            kept = {column.name: row[f"s_{column.name}"] for column in sessions.c}
            return Session(**kept), account_from(dict(row))

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)

    async def touch(self, session: Session, now: datetime) -> None:
        """Note that it was used."""

        def write(connection: Connection) -> None:
            connection.execute(
                update(sessions).where(sessions.c.id == session.id).values(seen_at=now)
            )

        await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def of(self, account_id: str, now: datetime) -> list[Session]:
        """Return an account's sessions that are not over, the last used first."""
        query = (
            select(sessions)
            .where(sessions.c.account_id == account_id, sessions.c.is_whole)
            .order_by(sessions.c.seen_at.desc())
        )

        def read(connection: Connection) -> list[Session]:
            return [Session(**row) for row in connection.execute(query).mappings()]

        found = await attempted(self._database.read(read), WITHIN_S, FAILURE)
        return [session for session in found if not session.is_over(now)]

    async def last_seen(self) -> dict[str, datetime]:
        """Return when each account was last seen, of those with a session left."""
        query = select(sessions.c.account_id, func.max(sessions.c.seen_at))

        def read(connection: Connection) -> dict[str, datetime]:
            found = connection.execute(query.group_by(sessions.c.account_id))
            return {row[0]: row[1] for row in found}

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)

    async def seen_at(self, name: str) -> datetime | None:
        """Return when a console of somebody's was last seen; None where nobody has this name.

        Without any session it is the distant past: they signed out.
        """
        query = (
            select(func.max(sessions.c.seen_at))
            .select_from(accounts.outerjoin(sessions, sessions.c.account_id == accounts.c.id))
            .where(accounts.c.name_key == name_key(name))
            .group_by(accounts.c.id)
        )

        def read(connection: Connection) -> datetime | None:
            row = connection.execute(query).first()
            return None if row is None else row[0] or LONG_AGO

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)

    async def end(self, session_id: str, account_id: str) -> bool:
        """End a session of an account; False where it has no such."""
        it = (sessions.c.id == session_id) & (sessions.c.account_id == account_id)
        return await self._delete(it) == 1

    async def end_all(self, account_id: str, *, but: str = "") -> int:
        """End every session of an account but one; return how many."""
        return await self._delete((sessions.c.account_id == account_id) & (sessions.c.id != but))

    async def _delete(self, which: ColumnElement[bool]) -> int:
        def write(connection: Connection) -> int:
            return connection.execute(delete(sessions).where(which)).rowcount

        return await attempted(self._database.write(write), WITHIN_S, FAILURE)
