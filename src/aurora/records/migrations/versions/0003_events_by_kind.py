"""Events by kind and time: the stages of turns are read back for the figures."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_events_kind_at", "events", ["kind", "at"])
