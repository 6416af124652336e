"""Look at a SQLite file before it is opened for writing; never changes a byte beside or in it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from aurora.errors import RecordsError
from aurora.records.migrate import refuse_unknown_revision


def check_sqlite_file(path: Path) -> None:
    """Return when the file may be opened or is still to be made; RecordsError when it is damaged.

    Raises RecordsError also when a newer Aurora made it.
    """
    if not path.exists():
        return
    if path.stat().st_size == 0:
        _refuse_emptied(path)
        return
    wal, shared_memory = Path(f"{path}-wal"), Path(f"{path}-shm")
    has_wal = wal.exists() and wal.stat().st_size > 0
    had_shared_memory = shared_memory.exists()
    try:
        found = _look(path, has_wal=has_wal)
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from error
    finally:
        if has_wal and not had_shared_memory:
            shared_memory.unlink(missing_ok=True)
    if found.problem != "ok":
        raise _damaged(path, found.problem)
    refuse_unknown_revision(found.revision, str(path))


class _Found:
    def __init__(self, problem: str, revision: str | None) -> None:
        self.problem = problem
        self.revision = revision


def _look(path: Path, *, has_wal: bool) -> _Found:
    # Without a log to replay the file alone is the database, and "immutable" keeps SQLite from
    # making -wal and -shm files. With one, the file alone may be half of a checkpoint.
    mode = "mode=ro" if has_wal else "immutable=1"
    uri = f"file:{quote(str(path.absolute()))}?{mode}"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        [problem] = connection.execute("PRAGMA quick_check(1)").fetchone()
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name='alembic_version'")
        if tables.fetchone() is None:
            return _Found(problem, None)
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return _Found(problem, row[0] if row else None)


def _refuse_emptied(path: Path) -> None:
    """An empty file is a first start that was cut off, unless calls were kept here before."""
    if any((path.parent / "call_logs").glob("*.json")):
        raise _damaged(path, "it is empty, though calls were logged beside it")


def _damaged(path: Path, problem: str) -> RecordsError:
    return RecordsError(
        f"the database {path} is damaged ({problem}). Nothing was touched. "
        "Restore a backup over it, or move it away to start with an empty record"
    )
