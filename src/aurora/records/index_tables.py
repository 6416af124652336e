"""The tables that calls are found and counted by; made from the record as it is written.

Beside them stands `call_words`, the full-text index, which each engine has in its own way: see
`full_text`.
"""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from aurora.records.tables import metadata

call_index = Table(
    "call_index",
    metadata,
    # In the order the calls came: pages are turned by it.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String, ForeignKey("calls.id"), nullable=False, unique=True),
    # Whole seconds since 1970, UTC: figures over many calls count with them on both engines.
    Column("started_s", Integer, nullable=False),
    Column("urgency", String, nullable=False),
    Column("hazard", String, nullable=False),
    Column("zone_id", String),
    Column("line", String, nullable=False),
    Column("language", String, nullable=False),
    Column("is_drill", Integer, nullable=False),
    Column("answer", String, nullable=False),
    # Seconds from the call's start to the first alert that a channel took, and to the first
    # acceptance.
    Column("alerted_after_s", Float),
    Column("accepted_after_s", Float),
    Column("word_count", Integer, nullable=False),
    Index(None, "started_s", "number"),
    # PostgreSQL and SQLite both turn pages by walking these backwards.
    Index(None, "urgency", "number"),
    Index(None, "hazard", "number"),
    Index(None, "zone_id", "number"),
)

findings = Table(
    "findings",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String, ForeignKey("calls.id"), nullable=False),
    Column("message_number", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("at_s", Integer, nullable=False),
    Column("subject", String, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "kind", "at_s"),
    Index(None, "call_id"),
)

day_figures = Table(
    "day_figures",
    metadata,
    # Whole days since 1970, UTC: days of a site's own zone are made of them.
    Column("day", Integer, primary_key=True, autoincrement=False),
    # They hold while there are as many calls of that day in the index, and as many marks of it.
    Column("calls", Integer, nullable=False),
    Column("marks", Integer, nullable=False),
    # As JSON, numbers only: no words of a caller outlive the call here.
    Column("kinds", Text, nullable=False),
    Column("details", Text, nullable=False),
)

day_marks = Table(
    "day_marks",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    # A day that something was written of when it was over. Rows are added, none is changed: no
    # machine waits for another.
    Column("day", Integer, nullable=False),
    Index(None, "day"),
)
