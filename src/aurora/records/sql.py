"""The durable records, on SQLite or PostgreSQL: opening, appending and reading back."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

import orjson
import structlog
from sqlalchemy import ColumnElement, Connection, Select, Table, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from aurora.conversation.call import Call, EndReason
from aurora.conversation.record import Entry, Event, Message, StoredAnswer
from aurora.conversation.timing import TIMED, TurnTiming
from aurora.errors import RecordsError, StaleCall
from aurora.private_files import make_private_directory, open_private
from aurora.records.attempts import attempted, insert_into
from aurora.records.batch import IndexFault, Item, Outcome, write_batch
from aurora.records.call_figures import CallFigures
from aurora.records.conditions import SqlConditions
from aurora.records.day_figures import day_of
from aurora.records.engines import Database, database_url, open_database
from aurora.records.history import MOST_ENDED, MOST_TURNS, FinishedTurn, Tally, Transcript
from aurora.records.index_writer import reindex
from aurora.records.migrate import upgrade
from aurora.records.rows import (
    call_from,
    cause_of,
    event_from,
    message_from,
    prepare,
    prepare_note,
    scrubbed,
)
from aurora.records.search import CallSearch
from aurora.records.sqlite_check import check_sqlite_file
from aurora.records.tables import answers, call_names, calls, events, messages
from aurora.records.writer import GroupCommit

log = structlog.get_logger(__name__)

TURN_SECONDS = 1.0
"""For each thing a turn asks: a caller waits for it. A write goes on when its caller was told."""
LOOK_BACK_SECONDS = 5.0
"""For what nobody on a telephone waits for."""
REINDEX_SECONDS = 3600.0
COMMIT_SECONDS = 15
"""After that a disk or a server hangs, and what waits behind it has to be tried."""

_ONE_QUERY_IDS = 500
"""SQLite and PostgreSQL take more, but a statement should stay a readable size."""

_CALL_COLUMNS = (calls.c.snapshot, calls.c.revision)
_NEWEST_FIRST = (calls.c.started_at.desc(), calls.c.id.desc())


class SqlRecords:
    """Records and history in a database; opened with `open`, closed with `close`."""

    def __init__(
        self,
        database: Database,
        where: str,
        beside: Database | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """beside: for what must not hold up a turn; the same database."""
        self._database = database
        self._clock = clock
        self._writer = GroupCommit(self._commit)
        self.conditions = SqlConditions(database)
        self.beside = beside or database
        self.search = CallSearch(self.beside)
        self.figures = CallFigures(self.beside)
        self.where = where
        """The database without its password, for people."""
        self.not_stored = 0
        """Entries of calls that the database refused or was too slow for, since the start."""

    @classmethod
    async def open(cls, url: str | None, data_dir: Path) -> Self:
        """Check, open and migrate the database; RecordsError says what is wrong and what to do."""
        target = database_url(url, data_dir)
        where = target.set(drivername="postgresql").render_as_string(hide_password=True)
        is_sqlite = target.get_backend_name() == "sqlite"
        if is_sqlite:
            where = str(target.database)
            await asyncio.to_thread(_make_ready, Path(where))
        database = open_database(target)
        try:
            await database.write(partial(upgrade, where=where))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            await database.close()
            raise RecordsError(
                _cannot_open(where, error, target.password, is_sqlite=is_sqlite)
            ) from None
        except BaseException:
            await database.close()
            raise
        return cls(database, where, open_database(target) if is_sqlite else None)

    async def close(self) -> None:
        """Write what still waits and let go of the database."""
        await self._writer.close()
        if self.beside is not self._database:
            await self.beside.close()
        await self._database.close()

    async def reindex(self) -> int:
        """Make the index that calls are found by anew; return how many calls there are."""
        work = attempted(self.beside.write(reindex), REINDEX_SECONDS, "nothing was indexed")
        return await work

    async def append(self, entry: Entry) -> StoredAnswer | None:
        before = await self._stored(entry.call, prepare(entry))
        return before if entry.answer is not None else None

    async def note(self, call: Call, events: Sequence[Event]) -> None:
        await self._stored(call, prepare_note(call, events))

    async def answer_to(self, key: str) -> str | None:
        query = select(answers.c.body).where(answers.c.key == scrubbed(key))
        rows = await self._rows(query, TURN_SECONDS)
        return rows[0]["body"] if rows else None

    async def find(self, call_id: str) -> Call | None:
        call_id = scrubbed(call_id)
        named = select(call_names.c.call_id).where(call_names.c.name == call_id)
        is_it = or_(calls.c.id == call_id, calls.c.provider_id == call_id, calls.c.id.in_(named))
        # A call's own id goes before another call's provider id of the same spelling.
        found = await self._calls(is_it, (calls.c.id == call_id).desc(), limit=1)
        return found[0] if found else None

    async def name_call(self, call_id: str, name: str) -> None:
        row = {"name": scrubbed(name), "call_id": scrubbed(call_id)}

        def insert_once(connection: Connection) -> None:
            statement = insert_into(connection, call_names).values(row)
            connection.execute(statement.on_conflict_do_nothing(index_elements=["name"]))

        await attempted(self._database.write(insert_once), TURN_SECONDS, "not stored")

    async def lost_since(self, at: datetime) -> list[Call]:
        """Return calls that ended since with their caller missing."""
        hung_up = (calls.c.ended_at >= at) & (calls.c.end_reason == EndReason.HUNG_UP.value)
        found = await self._calls(hung_up, calls.c.started_at)
        return [call for call in found if call.loss is not None]

    async def find_open(self, *, line: str, from_number: str) -> Call | None:
        theirs = (calls.c.line == line) & (calls.c.from_number == scrubbed(from_number))
        found = await self._calls(theirs & calls.c.ended_at.is_(None), *_NEWEST_FIRST, limit=1)
        return found[0] if found else None

    async def open_calls(self) -> list[Call]:
        return await self._calls(calls.c.ended_at.is_(None), calls.c.started_at, calls.c.id)

    async def count_open(self) -> int:
        counted = select(func.count().label("open")).where(calls.c.ended_at.is_(None))
        return int((await self._rows(counted.select_from(calls)))[0]["open"])

    async def messages(self, call_id: str) -> list[Message]:
        return [message_from(row) for row in await self._numbered(messages, call_id)]

    async def events(self, call_id: str) -> list[Event]:
        return [event_from(row) for row in await self._numbered(events, call_id)]

    async def events_of(self, call_ids: Sequence[str]) -> dict[str, list[Event]]:
        """Return the events of these calls, for a look back at many."""
        found: dict[str, list[Event]] = {call_id: [] for call_id in call_ids}
        chosen = select(events).where(events.c.call_id.in_(call_ids)).order_by(events.c.number)
        for row in await self._rows(chosen):
            found[row["call_id"]].append(event_from(row))
        return found

    async def recent(self, *, ended_since: datetime) -> list[Transcript]:
        return await self.transcripts(list(await self.recent_revisions(ended_since=ended_since)))

    async def recent_revisions(self, *, ended_since: datetime) -> dict[str, int]:
        standing = select(calls.c.id, calls.c.revision, calls.c.started_at)
        open_now = standing.where(calls.c.ended_at.is_(None))
        ended = standing.where(calls.c.ended_at >= ended_since)
        rows = await self._rows(open_now) + await self._rows(
            ended.order_by(calls.c.ended_at.desc()).limit(MOST_ENDED)
        )
        rows.sort(key=lambda row: (row["started_at"], row["id"]), reverse=True)
        return {row["id"]: row["revision"] for row in rows}

    async def transcripts(self, call_ids: Sequence[str]) -> list[Transcript]:
        found: dict[str, Transcript] = {}
        for start in range(0, len(call_ids), _ONE_QUERY_IDS):
            ids = call_ids[start : start + _ONE_QUERY_IDS]
            # Calls before messages: words that arrive in between belong to a later revision,
            # so whoever compares revisions reads this call again.
            chosen = await self._calls(calls.c.id.in_(ids))
            words: dict[str, list[Message]] = {call_id: [] for call_id in ids}
            for row in await self._rows(
                select(messages).where(messages.c.call_id.in_(ids)).order_by(messages.c.number)
            ):
                words[row["call_id"]].append(message_from(row))
            found |= {call.id: Transcript(call, words[call.id]) for call in chosen}
        return [found[call_id] for call_id in call_ids if call_id in found]

    async def calls(self, *, limit: int = MOST_ENDED) -> list[Call]:
        return await self._calls(calls.c.id.is_not(None), *_NEWEST_FIRST, limit=limit)

    async def turns_since(self, at: datetime, *, limit: int = MOST_TURNS) -> list[FinishedTurn]:
        columns = (messages.c.call_id, messages.c.at, messages.c.urgency, messages.c.total_ms)
        timed = (messages.c.at >= at) & messages.c.total_ms.is_not(None)
        newest = select(*columns).where(timed).order_by(messages.c.at.desc()).limit(limit)
        return [FinishedTurn(**row) for row in await self._rows(newest)]

    async def timings_since(self, at: datetime, *, limit: int = MOST_TURNS) -> list[TurnTiming]:
        timed = (events.c.kind == TIMED) & (events.c.at >= at)
        newest = select(events.c.details).where(timed).order_by(events.c.at.desc()).limit(limit)
        return [TurnTiming.of(orjson.loads(row["details"])) for row in await self._rows(newest)]

    async def tally(self, *, since: datetime | None = None) -> Tally:
        columns = (calls.c.urgency, calls.c.hazard, calls.c.zone_id, calls.c.status)
        counted = select(*columns, func.count().label("calls")).group_by(*columns)
        if since is not None:
            counted = counted.where(calls.c.started_at >= since)
        return Tally.of(await self._rows(counted))

    async def _stored(self, call: Call, item: Item) -> StoredAnswer | None:
        try:
            async with asyncio.timeout(TURN_SECONDS):
                return await self._writer.append(call, item)
        except TimeoutError as error:
            self.not_stored += 1
            # It may be stored all the same, now or later: its key keeps a repeat from doubling it.
            raise RecordsError(f"not stored in time: {cause_of(error)}") from error
        except StaleCall:
            raise
        except RecordsError:
            self.not_stored += 1
            raise

    async def _commit(self, items: Sequence[Item]) -> list[Outcome]:
        async with asyncio.timeout(COMMIT_SECONDS):
            write = partial(write_batch, items=items, today=day_of(self._clock()))
            try:
                return await self._database.write(write)
            except IndexFault as fault:
                # Words that cannot be found must not cost their being on record.
                names = sorted({item.call_id for item in items})
                log.error("calls_not_indexed", calls=names, error=str(fault))
                return await self._database.write(partial(write, is_indexed=False))

    async def _numbered(self, table: Table, call_id: str) -> list[Mapping[str, Any]]:
        return await self._rows(
            select(table).where(table.c.call_id == scrubbed(call_id)).order_by(table.c.number),
            TURN_SECONDS,
        )

    async def _calls(
        self, where: ColumnElement[bool], *order: ColumnElement[Any], limit: int | None = None
    ) -> list[Call]:
        query = select(*_CALL_COLUMNS).where(where).order_by(*order).limit(limit)
        within_s = TURN_SECONDS if limit == 1 else LOOK_BACK_SECONDS
        rows = await self._rows(query, within_s)
        return [call_from(row["snapshot"], row["revision"]) for row in rows]

    async def _rows(
        self, query: Select[Any], within_s: float = LOOK_BACK_SECONDS
    ) -> list[Mapping[str, Any]]:
        reading = self._database.read(partial(_all, query=query))
        return await attempted(reading, within_s, "the records cannot be read")


def _all(connection: Connection, query: Select[Any]) -> list[Mapping[str, Any]]:
    return [*connection.execute(query).mappings()]


def _make_ready(path: Path) -> None:
    """Make the directory, and refuse a file that must not be opened."""
    try:
        make_private_directory(path.parent)
        check_sqlite_file(path)
        # Made here and not by SQLite, which gives its -wal and -shm the rights of this file.
        os.close(open_private(path, os.O_RDWR))
    except OSError as error:
        raise RecordsError(_cannot_open(str(path), error, None, is_sqlite=True)) from error


def _cannot_open(where: str, error: Exception, password: str | None, *, is_sqlite: bool) -> str:
    cause = cause_of(error)
    if password:
        cause = cause.replace(password, "***")
    mend = (
        "Check that the directory of AURORA_DATA_DIR exists and may be written"
        if is_sqlite
        else "Check AURORA_DATABASE_URL and that the server is up"
    )
    return f"the database {where} cannot be opened: {cause}. {mend}"
