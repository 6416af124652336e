"""Bring a database's tables to this version's shape, at start, without an operator."""

from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection, inspect, text

from aurora.errors import RecordsError

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger()

HEAD = "0011"
"""The newest migration. Alembic takes 0.2 s to import, so a database that is up to date is not
made to wait for it."""

_ANY_CONSTANT = 4_117_119
"""The PostgreSQL advisory lock that lets one machine at a time migrate."""


def upgrade(connection: Connection, where: str) -> None:
    """Run what migrations are missing, in the connection's transaction."""
    if connection.dialect.name == "postgresql":
        _wait_for_turn(connection, where)
    revision = _revision(connection)
    if revision == HEAD:
        return
    refuse_unknown_revision(revision, where)
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _wait_for_turn(connection: Connection, where: str) -> None:
    """Take the lock; say it where another machine has it, which may be for minutes."""
    lock = {"lock": _ANY_CONSTANT}
    at_once = text("SELECT pg_try_advisory_xact_lock(:lock)")
    if connection.execute(at_once, lock).scalar():
        return
    log.warning("another_machine_migrates", database=where)
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), lock)


def _revision(connection: Connection) -> str | None:
    """Return the database's schema revision as Alembic keeps it; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def refuse_unknown_revision(revision: str | None, where: str) -> None:
    """Raise RecordsError when no migration of this version made this revision."""
    if revision in (None, HEAD):
        return
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    if revision in {script.revision for script in scripts.walk_revisions()}:
        return
    raise RecordsError(
        f"the database {where} was made by a newer Aurora (schema {revision}). Nothing was "
        "touched. Start that version, or restore a backup made with this one"
    )


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
