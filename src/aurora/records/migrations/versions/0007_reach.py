"""Other names of calls, such as of a call-back; tests of the call tree."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "call_names",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_call_names"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_names_call_id"),
    )
