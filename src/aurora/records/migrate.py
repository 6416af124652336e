"""Bring a database's tables to this version's shape, at start, without an operator."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from aurora.errors import RecordsError

_ANY_CONSTANT = 4_117_119
"""The PostgreSQL advisory lock that lets one machine at a time migrate."""


def upgrade(connection: Connection, where: str) -> None:
    """Run what migrations are missing, in the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ANY_CONSTANT})
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision == scripts.get_current_head():
        return
    refuse_unknown_revision(revision, where)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_unknown_revision(revision: str | None, where: str) -> None:
    """Raise RecordsError when no migration of this version made this revision."""
    scripts = ScriptDirectory.from_config(_config())
    if revision is None or revision in {script.revision for script in scripts.walk_revisions()}:
        return
    raise RecordsError(
        f"the database {where} was made by a newer Aurora (schema {revision}). Nothing was "
        "touched. Start that version, or restore a backup made with this one"
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
