"""Reach SQLite or PostgreSQL without blocking, set for a record that survives a power cut."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from aurora.errors import RecordsError

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 10
BUSY_MS = 5000

_DURABLE = (
    "PRAGMA journal_mode=WAL",
    # FULL, not NORMAL: in WAL mode NORMAL may lose the last commits in a power cut.
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA foreign_keys=ON",
)


_QUERY = {"ssl", "host", "port"}
"""What may stand after the question mark of a PostgreSQL URL."""
_LIBPQ_ONLY = {"connect_timeout", "channel_binding", "application_name"}
"""What may as well, and does nothing here."""

_READERS = 3

T = TypeVar("T")


class Database(Protocol):
    """Runs work that is written for a plain connection; an error leaves nothing of it behind."""

    async def write_at_length(self, work: Callable[[Connection], T]) -> T:
        """Write without a limit for a statement: a migration or an index over years of calls."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run the work in a transaction, and commit it durably."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run the work beside the writer; it never holds up a commit."""

    async def close(self) -> None:
        """Let go of every connection."""


class SqliteDatabase:
    """One thread writes and a few read.

    A whole transaction is one hop to a thread; an async driver makes one for every statement.
    """

    def __init__(self, url: URL) -> None:
        self._write_engine = create_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)
        _run_on_connect(self._write_engine, *_DURABLE)
        _begin_immediately(self._write_engine)
        self._read_engine = create_engine(
            url,
            pool_size=_READERS,
            max_overflow=0,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
            hide_parameters=True,
        )
        _run_on_connect(self._read_engine, f"PRAGMA busy_timeout={BUSY_MS}", "PRAGMA query_only=ON")
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="records-write")
        self._read_threads = ThreadPoolExecutor(_READERS, thread_name_prefix="records-read")

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await _in(self._write_thread, self._written, work)

    async def write_at_length(self, work: Callable[[Connection], T]) -> T:
        return await self.write(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await _in(self._read_threads, self._seen, work)

    async def close(self) -> None:
        await _in(self._read_threads, self._read_engine.dispose)
        # The writer last: closing it folds the -wal file into the database.
        await _in(self._write_thread, self._write_engine.dispose)
        self._read_threads.shutdown(wait=False)
        self._write_thread.shutdown(wait=False)

    def _written(self, work: Callable[[Connection], T]) -> T:
        with self._write_engine.begin() as connection:
            return work(connection)

    def _seen(self, work: Callable[[Connection], T]) -> T:
        with self._read_engine.connect() as connection:
            return work(connection)


class PostgresDatabase:
    """A small pool of connections for writing and reading."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._write_engine = create_async_engine(
            url,
            pool_size=5,
            max_overflow=5,
            pool_timeout=CONNECT_SECONDS,
            hide_parameters=True,
            connect_args={"timeout": CONNECT_SECONDS, "command_timeout": STATEMENT_SECONDS},
        )
        self._read_engine = self._write_engine.execution_options(isolation_level="AUTOCOMMIT")

    async def write(self, work: Callable[[Connection], T]) -> T:
        async with self._write_engine.begin() as connection:
            return await connection.run_sync(work)

    async def write_at_length(self, work: Callable[[Connection], T]) -> T:
        # Of its own: a limit is given to a connection when it is made.
        engine = create_async_engine(
            self._url,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"timeout": CONNECT_SECONDS},
        )
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    async def read(self, work: Callable[[Connection], T]) -> T:
        async with self._read_engine.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        await self._write_engine.dispose()


def database_url(url: str | None, data_dir: Path) -> URL:
    """Return the URL with the driver used; without one, SQLite in the data directory."""
    if not url:
        return URL.create("sqlite", database=str(data_dir / "aurora.db"))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise RecordsError(
            "AURORA_DATABASE_URL is not a database URL: use postgresql://user:password@host/name"
        ) from None
    if parsed.drivername in {"postgresql", "postgres", "postgresql+asyncpg"}:
        return _for_asyncpg(parsed)
    if parsed.drivername in {"sqlite", "sqlite+aiosqlite"} and _is_file(parsed):
        return parsed.set(drivername="sqlite")
    raise RecordsError(
        f"AURORA_DATABASE_URL names {parsed.drivername}: use postgresql://..., "
        "or sqlite:///path/to/file, or leave it empty"
    )


def open_database(url: URL) -> Database:
    """Return the database of this URL; it connects at first use."""
    if url.get_backend_name() == "sqlite":
        return SqliteDatabase(url)
    return PostgresDatabase(url)


async def _in(threads: ThreadPoolExecutor, work: Callable[..., T], *arguments: object) -> T:
    try:
        done = asyncio.get_running_loop().run_in_executor(threads, work, *arguments)
    except RuntimeError as error:
        raise RecordsError("the records are closed") from error
    return await done


def _run_on_connect(engine: Engine, *pragmas: str) -> None:
    @event.listens_for(engine, "connect")
    def run(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()


def _begin_immediately(engine: Engine) -> None:
    """Take SQLite's write lock at BEGIN: what a batch reads must still hold when it writes."""

    @event.listens_for(engine, "connect")
    def leave_begin_to_us(connection: Any, record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_file(url: URL) -> bool:
    return bool(url.database) and url.database != ":memory:"


def _for_asyncpg(url: URL) -> URL:
    """Translate what libpq takes in a URL and asyncpg does not."""
    query = {key: value for key, value in url.query.items() if key not in _LIBPQ_ONLY}
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    if unknown := query.keys() - _QUERY:
        raise RecordsError(f"AURORA_DATABASE_URL: leave out {', '.join(sorted(unknown))}")
    return url.set(drivername="postgresql+asyncpg", query=query)
