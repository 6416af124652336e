"""The tables of the record and how times are kept in them; who reads and writes is elsewhere."""

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite forgets the zone, so it is given back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

calls = Table(
    "calls",
    metadata,
    Column("id", String, primary_key=True),
    Column("provider_id", String, unique=True),
    Column("line", String, nullable=False),
    Column("from_number", String),
    Column("worker_id", String, nullable=False),
    Column("urgency", String, nullable=False),
    Column("hazard", String, nullable=False),
    Column("zone_id", String),
    Column("status", String, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("last_message_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("end_reason", String),
    Column("revision", Integer, nullable=False),
    Column("message_count", Integer, nullable=False),
    Column("event_count", Integer, nullable=False),
    # The whole call as JSON. Text, not JSON: neither engine needs to look inside, and text
    # is the one type both keep byte for byte.
    Column("snapshot", Text, nullable=False),
    Index(None, "started_at"),
    Index(None, "ended_at"),
    Index(None, "line", "from_number", "started_at"),
)

call_names = Table(
    "call_names",
    metadata,
    Column("name", String, primary_key=True),
    Column("call_id", String, ForeignKey("calls.id"), nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("call_id", String, ForeignKey("calls.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("role", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("urgency", String, nullable=False),
    Column("total_ms", Float),
    Column("details", Text, nullable=False),
    PrimaryKeyConstraint("call_id", "number"),
    # Response times over a year are counted from the index alone.
    Index(None, "at", "urgency", "total_ms"),
)

events = Table(
    "events",
    metadata,
    Column("call_id", String, ForeignKey("calls.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("details", Text, nullable=False),
    PrimaryKeyConstraint("call_id", "number"),
    Index(None, "kind", "at"),
)

condition_changes = Table(
    "condition_changes",
    metadata,
    # In the order they were written: two changes may have the same time.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("site", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("details", Text, nullable=False),
    Index(None, "site", "expires_at"),
)

answers = Table(
    "answers",
    metadata,
    Column("key", String, primary_key=True),
    Column("call_id", String, ForeignKey("calls.id"), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("code", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("snapshot", Text, nullable=False),
    Index(None, "site", "state", "updated_at"),
)

plans = Table(
    "plans",
    metadata,
    Column("id", String, primary_key=True),
    Column("incident_id", String, ForeignKey("incidents.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("plan", Text, nullable=False),
    Index(None, "incident_id", "number"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String, primary_key=True),
    Column("incident_id", String, ForeignKey("incidents.id"), nullable=False),
    Column("contact_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("progress", String),
    Column("provider_id", String),
    Column("was_machine", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "incident_id", "at"),
)

replies = Table(
    "replies",
    metadata,
    Column("key", String, primary_key=True),
    Column("incident_id", String, ForeignKey("incidents.id"), nullable=False),
    Column("contact_id", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("source", String, nullable=False),
    Column("at", UtcTime, nullable=False),
)

machines = Table(
    "machines",
    metadata,
    Column("id", String, primary_key=True),
    Column("seen_at", UtcTime, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("id", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", String, nullable=False),
    Column("based_on", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    # None where it is alone in its change, as every version was before there were sets.
    Column("change_set", String, index=True),
    UniqueConstraint("site", "kind", "key", "number"),
)

version_steps = Table(
    "version_steps",
    metadata,
    # In the order they were written; nothing here is ever changed.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("site", String, nullable=False),
    Column("act", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("version_id", String, ForeignKey("versions.id")),
    Column("sha256", String, nullable=False),
    Column("by_id", String, nullable=False),
    Column("by", String, nullable=False),
    Column("role", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("details", Text, nullable=False),
    Index(None, "site", "kind", "key", "number"),
)

absences = Table(
    "absences",
    metadata,
    Column("id", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("contact", String, nullable=False),
    Column("begins_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("stand_ins", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("ended_by", String),
    Column("ended_at", UtcTime),
    Index(None, "site", "ends_at"),
)
