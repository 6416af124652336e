"""Incidents, the plans and alerts made for them, the answers, and the machines that carry on."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.UniqueConstraint("code", name="uq_incidents_code"),
    )
    op.create_index(
        "ix_incidents_site_state_updated_at", "incidents", ["site", "state", "updated_at"]
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("incident_id", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_plans_incident_id"),
    )
    op.create_index("ix_plans_incident_id_number", "plans", ["incident_id", "number"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("incident_id", sa.String, nullable=False),
        sa.Column("contact_id", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("progress", sa.String),
        sa.Column("provider_id", sa.String),
        sa.Column("was_machine", sa.Integer, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_alerts_incident_id"),
    )
    op.create_index("ix_alerts_incident_id_at", "alerts", ["incident_id", "at"])
    op.create_table(
        "replies",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("incident_id", sa.String, nullable=False),
        sa.Column("contact_id", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_replies"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_replies_incident_id"),
    )
    op.create_table(
        "machines",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_machines"),
    )
