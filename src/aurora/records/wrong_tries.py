"""Wrong tries to sign in, counted in the database so that a restart forgives nobody."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from aurora.accounts.slowing import WITHIN, Count
from aurora.records.account_tables import wrong_tries
from aurora.records.accounts import FAILURE, WITHIN_S
from aurora.records.attempts import attempted
from aurora.records.engines import Database


class SqlWrongTries:
    """Both methods may raise RecordsError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wait_s(self, counts: Sequence[Count], now: datetime) -> float:
        """Return the seconds that the next try has to wait."""
        table = wrong_tries.c
        query = (
            select(table.key, func.count())
            .where(table.key.in_([count.key for count in counts]), table.at > now - WITHIN)
            .group_by(table.key)
        )

        def read(connection: Connection) -> dict[str, int]:
            return {row[0]: row[1] for row in connection.execute(query)}

        found = await attempted(self._database.read(read), WITHIN_S, FAILURE)
        return max(count.wait_s(found.get(count.key, 0)) for count in counts)

    async def note(self, counts: Sequence[Count], now: datetime) -> None:
        """Count a wrong try."""
        rows = [{"key": count.key, "at": now} for count in counts]

        def write(connection: Connection) -> None:
            connection.execute(delete(wrong_tries).where(wrong_tries.c.at <= now - WITHIN))
            connection.execute(insert(wrong_tries), rows)

        await attempted(self._database.write(write), WITHIN_S, FAILURE)
