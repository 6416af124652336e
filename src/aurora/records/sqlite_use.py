"""Tell whether another process has a SQLite database open: a running line, most often."""

import sqlite3
from contextlib import closing
from pathlib import Path


def is_in_use(path: Path) -> bool:
    """Whether somebody else has this file open, in WAL mode, however idle they are.

    Raises sqlite3.DatabaseError when it is no database.
    """
    if not path.exists():
        return False
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        # Every connection in WAL mode keeps a shared lock for as long as it is open.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return True
            raise
        connection.rollback()
    return False
