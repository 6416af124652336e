"""The tables of telephones, of who an account is at the plant, and of musters."""

from sqlalchemy import Boolean, Column, Float, Index, PrimaryKeyConstraint, String, Table, Text

from aurora.records.tables import UtcTime, metadata

phones = Table(
    "phones",
    metadata,
    # Of its endpoint: a telephone has one owner.
    Column("id", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("account_id", String, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", String, nullable=False),
    Column("auth", String, nullable=False),
    Column("device", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "site", "account_id"),
)

person_links = Table(
    "person_links",
    metadata,
    Column("site", String, nullable=False),
    Column("account_id", String, nullable=False),
    Column("person_key", String, nullable=False),
    Column("state", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    PrimaryKeyConstraint("site", "account_id"),
)

musters = Table(
    "musters",
    metadata,
    Column("id", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("is_drill", Boolean, nullable=False),
    Column("incident_id", String),
    Column("counts_from", UtcTime, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("opened_by", String, nullable=False),
    Column("closed_at", UtcTime),
    Column("closed_by", String),
    Index(None, "site", "opened_at"),
)

check_ins = Table(
    "check_ins",
    metadata,
    Column("id", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("person_key", String, nullable=False),
    Column("name", String, nullable=False),
    Column("standing", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("by", String, nullable=False),
    Column("is_own", Boolean, nullable=False),
    Column("place", String),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("accuracy_m", Float),
    Index(None, "site", "at"),
)
