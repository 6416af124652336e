"""The full-text index of calls: FTS5 in SQLite, a tsvector under GIN in PostgreSQL.

Both hold the same words, made by `search_words`, and are asked the same questions.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, text

from aurora.records.index_tables import call_index
from aurora.records.search_words import Wanted

TABLE = "call_words"
_MOST_PLACES = 255
"""PostgreSQL keeps so many places of a word; more are an error in what is written out."""

_SQLITE = (
    # Facets are words too, so that any mix of words and filters is one walk of the index.
    "CREATE VIRTUAL TABLE call_words USING fts5(words, facets, prefix='3', "
    "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
)
_POSTGRESQL = (
    "CREATE TABLE call_words (number INTEGER PRIMARY KEY, words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_call_words_words ON call_words USING GIN (words)",
)
_ADD = {
    "sqlite": text(
        "INSERT INTO call_words (rowid, words, facets) VALUES (:number, :words, :facets)"
    ),
    "postgresql": text(
        "INSERT INTO call_words (number, words) "
        "VALUES (:number, CAST(CAST(:words AS text) AS tsvector))"
    ),
}
_EXTEND = {
    "sqlite": text(
        "UPDATE call_words SET words = words || ' ' || :words, facets = :facets "
        "WHERE rowid = :number"
    ),
    "postgresql": text(
        "UPDATE call_words SET words = words || CAST(CAST(:words AS text) AS tsvector) "
        "WHERE number = :number"
    ),
}


@dataclass(frozen=True, slots=True)
class CallWords:
    """Words to be added to a call's, and the facets that take the place of those it had."""

    number: int
    words: Sequence[str]
    facets: Mapping[str, str | None]


def create(connection: Connection) -> None:
    """Make the index's own table, in a migration."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Let go of the index's own table, whatever state it is in."""
    connection.execute(text("DROP TABLE IF EXISTS call_words"))


def write(
    connection: Connection, added: Iterable[CallWords], extended: Iterable[CallWords]
) -> None:
    """Add calls to the index, and words to calls that are in it."""
    engine = connection.dialect.name
    for statements, calls in ((_ADD, added), (_EXTEND, extended)):
        rows = [_row(engine, one) for one in calls]
        if rows:
            connection.execute(statements[engine], rows)


def source(engine: str) -> tuple[str, str]:
    """Return the index's table and the column that holds a call's number."""
    return TABLE, "rowid" if engine == "sqlite" else "number"


def matches(
    engine: str, wanted: Sequence[Wanted], facets: Mapping[str, str]
) -> ColumnElement[bool]:
    """Return the condition that a call has all that is wanted and these facets.

    In SQLite the facets are part of the match; elsewhere they are for the caller's own conditions.
    """
    if engine == "sqlite":
        parts = [_fts(one) for one in wanted]
        parts += [f"facets : {_facet(name, value)}" for name, value in facets.items()]
        return text(f"{TABLE} MATCH :match").bindparams(match=" AND ".join(parts))  # type: ignore[return-value]
    return and_(*(_tsquery(one, number) for number, one in enumerate(wanted)))


def _row(engine: str, call: CallWords) -> dict[str, Any]:
    if engine == "sqlite":
        facets = " ".join(
            _facet(name, value).strip('"')
            for name, value in call.facets.items()
            if value is not None
        )
        return {"number": call.number, "words": " ".join(call.words), "facets": facets}
    return {"number": call.number, "words": _tsvector(call.words)}


def _facet(name: str, value: str) -> str:
    """A word of its own that no caller can say: ours have no underscore."""
    return f'"{name}_{re.sub("[^a-z0-9]", "_", value.casefold())}"'


def _fts(one: Wanted) -> str:
    words = f'words : "{" ".join(one.words)}"' + (" *" if one.is_beginning else "")
    zones = [f"facets : {_facet('zone', zone)}" for zone in one.zone_ids]
    return f"({' OR '.join([words, *zones])})"


def _tsquery(one: Wanted, number: int) -> ColumnElement[bool]:
    lexemes = [f"'{word}'" for word in one.words]
    asked = " <-> ".join(lexemes) + (":*" if one.is_beginning else "")
    said = text(f"{TABLE}.words @@ CAST(CAST(:words{number} AS text) AS tsquery)")
    condition: Any = said.bindparams(**{f"words{number}": asked})
    return or_(condition, call_index.c.zone_id.in_(one.zone_ids)) if one.zone_ids else condition


def _tsvector(words: Sequence[str]) -> str:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words, 1):
        own = places.setdefault(word, [])
        if len(own) < _MOST_PLACES:
            own.append(place)
    return " ".join(f"'{word}':{','.join(map(str, own))}" for word, own in places.items())
