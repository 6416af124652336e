"""What calls are found and counted by, made once for the calls that are on record already."""

import sqlalchemy as sa
from alembic import op

from aurora.records import full_text
from aurora.records.index_writer import index_everything

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "call_index",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("started_s", sa.Integer, nullable=False),
        sa.Column("urgency", sa.String, nullable=False),
        sa.Column("hazard", sa.String, nullable=False),
        sa.Column("zone_id", sa.String),
        sa.Column("line", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("is_drill", sa.Integer, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("alerted_after_s", sa.Float),
        sa.Column("accepted_after_s", sa.Float),
        sa.Column("word_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_call_index"),
        sa.UniqueConstraint("call_id", name="uq_call_index_call_id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_index_call_id"),
    )
    for columns in (["started_s", "number"], ["urgency", "number"], ["hazard", "number"]):
        op.create_index(f"ix_call_index_{'_'.join(columns)}", "call_index", columns)
    op.create_index("ix_call_index_zone_id_number", "call_index", ["zone_id", "number"])
    op.create_table(
        "findings",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("message_number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("at_s", sa.Integer, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_findings"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_findings_call_id"),
    )
    op.create_index("ix_findings_kind_at_s", "findings", ["kind", "at_s"])
    op.create_index("ix_findings_call_id", "findings", ["call_id"])
    # Response times over a year are counted from the index alone.
    op.drop_index("ix_messages_at", "messages")
    op.create_index("ix_messages_at_urgency_total_ms", "messages", ["at", "urgency", "total_ms"])
    full_text.create(op.get_bind())
    index_everything(op.get_bind())
