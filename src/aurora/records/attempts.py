"""What every use of the database has in common: a time limit, one error, how rows are written."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from aurora.errors import RecordsError
from aurora.records.rows import cause_of

T = TypeVar("T")


async def attempted(work: Awaitable[T], within_s: float, failure: str) -> T:
    """Return what the work returns; raises RecordsError, its text the failure and its cause."""
    try:
        async with asyncio.timeout(within_s):
            return await work
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise RecordsError(f"{failure}: {cause_of(error)}") from error


def insert_into(connection: Connection, table: Table) -> Any:
    """Return an insert that can say what happens to a row which is there already."""
    is_postgres = connection.dialect.name == "postgresql"
    return (postgresql.insert if is_postgres else sqlite.insert)(table)


def execute_alike(
    connection: Connection, statement: Insert | Update, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Run a statement for rows that need not all have the same columns; nothing for none."""
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        alike.setdefault(tuple(row), []).append(row)
    for same in alike.values():
        connection.execute(statement, same)
