"""Drafts that belong together, and what people keep at the console for every machine."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("versions", sa.Column("change_set", sa.String))
    op.create_index("ix_versions_change_set", "versions", ["change_set"])
    op.create_table(
        "kept_contents",
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_kept_contents"),
    )
    op.create_table(
        "kept_files",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("shelf", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sha256", sa.String),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_kept_files"),
        sa.ForeignKeyConstraint(["sha256"], ["kept_contents.sha256"], name="fk_kept_files_sha256"),
    )
    op.create_index("ix_kept_files_site_shelf_number", "kept_files", ["site", "shelf", "number"])
