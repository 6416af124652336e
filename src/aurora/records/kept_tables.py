"""The tables of files that people keep at the console: maps, plans, handbook documents."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from aurora.records.tables import UtcTime, metadata

kept_contents = Table(
    "kept_contents",
    metadata,
    # A content is kept once, under whatever names.
    Column("sha256", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

kept_files = Table(
    "kept_files",
    metadata,
    # In the order they were written; nothing here is ever changed. The newest row of a name counts.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("site", String, nullable=False),
    Column("shelf", String, nullable=False),
    Column("name", String, nullable=False),
    # None: removed.
    Column("sha256", String, ForeignKey("kept_contents.sha256")),
    Column("by", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "site", "shelf", "number"),
)
