"""Telephones that take alerts, who an account is at the plant, musters and check-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "phones",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("account_id", sa.String, nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("p256dh", sa.String, nullable=False),
        sa.Column("auth", sa.String, nullable=False),
        sa.Column("device", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_phones"),
    )
    op.create_index("ix_phones_site_account_id", "phones", ["site", "account_id"])
    op.create_table(
        "person_links",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("account_id", sa.String, nullable=False),
        sa.Column("person_key", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("site", "account_id", name="pk_person_links"),
    )
    op.create_table(
        "musters",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("is_drill", sa.Boolean, nullable=False),
        sa.Column("incident_id", sa.String),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_musters"),
    )
    op.create_index("ix_musters_site_opened_at", "musters", ["site", "opened_at"])
    op.create_table(
        "check_ins",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("person_key", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("standing", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("is_own", sa.Boolean, nullable=False),
        sa.Column("place", sa.String),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("accuracy_m", sa.Float),
        sa.PrimaryKeyConstraint("id", name="pk_check_ins"),
    )
    op.create_index("ix_check_ins_site_at", "check_ins", ["site", "at"])
