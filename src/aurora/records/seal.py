"""What one seal is of: the hash of a call's first messages and events as they are on record."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Table, select

from aurora.records.tables import events, messages

Counts = tuple[int, int]
"""How many messages and events a call has."""
Lines = tuple[Sequence[tuple[int, bytes]], ...]
"""Messages and events, each with its number."""
Parts = tuple[tuple[Table, Sequence[Column[Any]]], ...]
_PARTS: Parts = (
    (messages, (messages.c.role, messages.c.content, messages.c.at, messages.c.urgency)),
    (events, (events.c.kind, events.c.at)),
)


@dataclass(frozen=True, slots=True)
class Seal:
    """Of the first messages and events of a call."""

    messages: int
    events: int
    sha256: str

    @property
    def counts(self) -> Counts:
        return self.messages, self.events


def lines_of(connection: Connection, name: str, most: Counts) -> Lines:
    """Return a call's first messages and events in the spelling that is hashed."""
    return tuple(
        _lines(connection, name, table, columns, count)
        for (table, columns), count in zip(_PARTS, most, strict=True)
    )


def sha256_of(lines: Lines, counts: Counts) -> str:
    """Return the hash of as many of them as a seal is of."""
    hashed = hashlib.sha256()
    for (table, _), written, count in zip(_PARTS, lines, counts, strict=True):
        hashed.update(orjson.dumps([table.name, count]) + b"\n")
        for number, line in written:
            if number <= count:
                hashed.update(line + b"\n")
    return hashed.hexdigest()


def _lines(
    connection: Connection, name: str, table: Table, columns: Sequence[Column[Any]], count: int
) -> Sequence[tuple[int, bytes]]:
    query = (
        select(table.c.number, *columns, table.c.details)
        .where(table.c.call_id == name, table.c.number <= count)
        .order_by(table.c.number)
    )
    return [(row[0], orjson.dumps([*map(_spelt, row)])) for row in connection.execute(query)]


def _spelt(value: object) -> object:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
