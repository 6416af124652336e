"""Calls with their messages, events and stored answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("provider_id", sa.String),
        sa.Column("line", sa.String, nullable=False),
        sa.Column("from_number", sa.String),
        sa.Column("worker_id", sa.String, nullable=False),
        sa.Column("urgency", sa.String, nullable=False),
        sa.Column("hazard", sa.String, nullable=False),
        sa.Column("zone_id", sa.String),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end_reason", sa.String),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("message_count", sa.Integer, nullable=False),
        sa.Column("event_count", sa.Integer, nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("provider_id", name="uq_calls_provider_id"),
    )
    op.create_index("ix_calls_started_at", "calls", ["started_at"])
    op.create_index("ix_calls_ended_at", "calls", ["ended_at"])
    op.create_index(
        "ix_calls_line_from_number_started_at", "calls", ["line", "from_number", "started_at"]
    )
    op.create_table(
        "messages",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("urgency", sa.String, nullable=False),
        sa.Column("total_ms", sa.Float),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "number", name="pk_messages"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_messages_call_id"),
    )
    op.create_index("ix_messages_at", "messages", ["at"])
    op.create_table(
        "events",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "number", name="pk_events"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_events_call_id"),
    )
    op.create_table(
        "answers",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_answers"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_answers_call_id"),
    )
