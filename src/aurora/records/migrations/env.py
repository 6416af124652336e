"""Alembic's entry: runs the revisions on the connection that the start handed over."""

from alembic import context

from aurora.records import (  # noqa: F401 - they add their tables
    account_tables,
    index_tables,
    kept_tables,
    phone_tables,
)
from aurora.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
