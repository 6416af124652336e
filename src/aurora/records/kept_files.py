"""Files that people keep at the console, in the database, so that every machine has the same."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from aurora.errors import RecordsError
from aurora.records.attempts import attempted, insert_into
from aurora.records.engines import Database
from aurora.records.kept_tables import kept_contents, kept_files
from aurora.records.rows import scrubbed

WITHIN_S = 15.0
"""A document takes some megabytes; nobody on a telephone waits for it."""
READ_FAILED = "what is kept for all machines cannot be read"
WRITE_FAILED = "it cannot be kept for all machines"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A name, and what is under it now."""

    name: str
    number: int
    """Of the act that put it there; grows with every act."""
    sha256: str | None
    """None where it was removed."""
    known: frozenset[str]
    """SHA-256 of everything that ever was under the name."""


class SqlKeptFiles:
    """One shelf of one site: content by its hash, under names; raises RecordsError."""

    def __init__(self, database: Database, site: str, shelf: str) -> None:
        self._database = database
        self._own = (kept_files.c.site == site) & (kept_files.c.shelf == shelf)
        self._row = {"site": site, "shelf": shelf}

    async def newest(self) -> int:
        """Return what grows whenever anything changes; 0 where nothing ever was."""
        query = select(func.max(kept_files.c.number)).where(self._own)

        def read(connection: Connection) -> int:
            return connection.execute(query).scalar() or 0

        return await attempted(self._database.read(read), WITHIN_S, READ_FAILED)

    async def files(self) -> dict[str, KeptFile]:
        """Return every name there ever was, those removed as well."""
        return await attempted(self._database.read(self._files), WITHIN_S, READ_FAILED)

    async def content(self, sha256: str) -> bytes:
        """Return a content as it was put; raises RecordsError for one that is damaged or gone."""
        query = select(kept_contents.c.content).where(kept_contents.c.sha256 == sha256)

        def read(connection: Connection) -> bytes | None:
            return connection.execute(query).scalar()

        content = await attempted(self._database.read(read), WITHIN_S, READ_FAILED)
        if content is None or digest_of(content) != sha256:
            raise RecordsError(f"{READ_FAILED}: {sha256[:12]} is missing or damaged")
        return content

    async def put(
        self, contents: Mapping[str, bytes | None], by: str, at: datetime, seen: int | None = None
    ) -> bool:
        """Put contents under names, all or none; None removes what is there.

        seen: the number that the names' newest act had; 0 where there was none. False where another
        act came first, and nothing was put. None puts over whatever is there.
        """

        def write(connection: Connection) -> bool:
            _lock(connection)
            names = [scrubbed(name) for name in contents]
            last = select(func.max(kept_files.c.number)).where(
                self._own, kept_files.c.name.in_(names)
            )
            if seen is not None and (connection.execute(last).scalar() or 0) != seen:
                return False
            for name, content in contents.items():
                self._put(connection, name, content, by, at)
            return True

        return await attempted(self._database.write(write), WITHIN_S, WRITE_FAILED)

    def _put(
        self, connection: Connection, name: str, content: bytes | None, by: str, at: datetime
    ) -> None:
        sha256 = None if content is None else digest_of(content)
        if content is not None:
            row = {"sha256": sha256, "content": content}
            known = insert_into(connection, kept_contents).values(row)
            connection.execute(known.on_conflict_do_nothing(index_elements=["sha256"]))
        act = {"name": scrubbed(name), "sha256": sha256, "by": scrubbed(by)}
        connection.execute(kept_files.insert(), {**self._row, **act, "at": at.astimezone(UTC)})

    def _files(self, connection: Connection) -> dict[str, KeptFile]:
        query = select(kept_files.c.name, kept_files.c.number, kept_files.c.sha256)
        found: dict[str, KeptFile] = {}
        for row in connection.execute(query.where(self._own).order_by(kept_files.c.number)):
            known = found[row.name].known if row.name in found else frozenset[str]()
            known |= {row.sha256} if row.sha256 else set()
            found[row.name] = KeptFile(row.name, row.number, row.sha256, known)
        return found


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _lock(connection: Connection) -> None:
    """Let one act be written at a time, so that numbers are seen in their order."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE kept_files IN SHARE ROW EXCLUSIVE MODE")
