"""The conditions of a site in the database, and in memory for tests; what they mean is not here."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
from sqlalchemy import Connection, select

from aurora.conditions.change import Change, Kind
from aurora.records.attempts import attempted, insert_into, written
from aurora.records.engines import Database
from aurora.records.rows import Row, scrubbed
from aurora.records.tables import condition_changes

WITHIN_S = 1.0
"""A caller's turn may wait for it."""


class SqlConditions:
    """Changes in the table of their own; nothing there is ever changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, site: str, changes: Sequence[Change]) -> None:
        rows = [_row(site, change) for change in changes]

        def write(connection: Connection) -> None:
            inserted = insert_into(connection, condition_changes)
            connection.execute(inserted.on_conflict_do_nothing(index_elements=["id"]), rows)

        await written(self._database.write(write), WITHIN_S, "the conditions cannot be written")

    async def holding(self, site: str, now: datetime) -> list[Change]:
        table = condition_changes.c
        query = (
            select(condition_changes)
            .where(table.site == site, table.expires_at > now.astimezone(UTC))
            # A newer machine of the site may know more kinds.
            .where(table.kind.in_([kind.value for kind in Kind]))
            .order_by(table.at, table.number)
        )

        def read(connection: Connection) -> list[Change]:
            return [_change(dict(row)) for row in connection.execute(query).mappings()]

        return await attempted(self._database.read(read), WITHIN_S, "the conditions cannot be read")


class MemoryConditions:
    """The same promises without the durability."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    async def add(self, site: str, changes: Sequence[Change]) -> None:
        for change in changes:
            self._rows.setdefault(change.id, _row(site, change))

    async def holding(self, site: str, now: datetime) -> list[Change]:
        rows = [r for r in self._rows.values() if r["site"] == site and r["expires_at"] > now]
        return [_change(row) for row in sorted(rows, key=lambda row: row["at"])]


def _row(site: str, change: Change) -> Row:
    return {
        "id": change.id,
        "site": site,
        "kind": change.kind.value,
        "key": scrubbed(change.key),
        "at": change.at.astimezone(UTC),
        "expires_at": change.expires_at.astimezone(UTC),
        "details": scrubbed(orjson.dumps(dict(change.details)).decode()),
    }


def _change(row: Row) -> Change:
    return Change(
        kind=Kind(row["kind"]),
        key=row["key"],
        at=row["at"],
        expires_at=row["expires_at"],
        details=orjson.loads(row["details"]),
        id=row["id"],
    )
