"""Figures of whole days, counted once, and marks of days that changed after they were over."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "day_figures",
        sa.Column("day", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("marks", sa.Integer, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_day_figures"),
    )
    op.create_table(
        "day_marks",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_day_marks"),
    )
    op.create_index("ix_day_marks_day", "day_marks", ["day"])
