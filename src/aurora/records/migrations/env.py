"""Alembic's entry: runs the revisions on the connection that the start handed over."""

from alembic import context

import aurora.records.phone_tables  # noqa: F401 - adds its tables
from aurora.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
