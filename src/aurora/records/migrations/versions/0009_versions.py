"""Versions of procedures and site files with every step of their review, and absences."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("based_on", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
        sa.UniqueConstraint(
            "site", "kind", "key", "number", name="uq_versions_site_kind_key_number"
        ),
    )
    op.create_table(
        "version_steps",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("version_id", sa.String),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("by_id", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_version_steps"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name="fk_version_steps_version_id"
        ),
    )
    op.create_index(
        "ix_version_steps_site_kind_key_number", "version_steps", ["site", "kind", "key", "number"]
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("contact", sa.String, nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stand_ins", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
    )
    op.create_index("ix_absences_site_ends_at", "absences", ["site", "ends_at"])
