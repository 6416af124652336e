"""Group commit: what waits together is written together; what a batch holds is not its business."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from aurora.conversation.call import Call
from aurora.conversation.record import StoredAnswer
from aurora.errors import NotConfirmed, RecordsError
from aurora.records.batch import Item, Outcome
from aurora.records.rows import Prepared, cause_of, stale

Commit = Callable[[Sequence[Item]], Awaitable[list[Outcome]]]
"""Write the entries in one transaction and commit it, or raise and leave nothing."""

MOST_IN_ONE_COMMIT = 200


@dataclass(frozen=True, slots=True)
class _Waiting:
    call: Call
    item: Item
    done: asyncio.Future[StoredAnswer | None]


class GroupCommit:
    """One commit at a time, of everything that came in during the last one."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._queue: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    def append(self, call: Call, item: Item) -> asyncio.Future[StoredAnswer | None]:
        """Queue an entry; the result is there when it is durable, or was answered before."""
        if self._is_closed:
            raise RecordsError("the records are closed")
        done: asyncio.Future[StoredAnswer | None] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(call, item, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_queue(), name="records-writer")
        # Whoever gave up waiting does not look.
        done.add_done_callback(lambda done: done.cancelled() or done.exception())
        return done

    async def close(self) -> None:
        """Take nothing more, and write what waits."""
        self._is_closed = True
        if self._task is not None:
            await self._task

    async def _write_queue(self) -> None:
        while self._queue:
            batch = [
                self._queue.popleft() for _ in range(min(len(self._queue), MOST_IN_ONE_COMMIT))
            ]
            for waiting, outcome in zip(batch, await self._outcomes(batch), strict=True):
                _wake(waiting, outcome)

    async def _outcomes(self, batch: list[_Waiting]) -> list[Outcome]:
        items = [waiting.item for waiting in batch]
        try:
            return await self._committed(items)
        # Broad on purpose: whatever went wrong, every caller waiting here must hear of it,
        # and the next batch must be tried.
        except Exception as error:
            return [_failure(error) for _ in batch]

    async def _committed(self, items: list[Item]) -> list[Outcome]:
        try:
            return await self._commit(items)
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
        except DBAPIError as error:
            if not error.connection_invalidated:
                # An entry the database refuses (a key another machine took at this moment) must
                # not fail the rest, so each gets a transaction of its own.
                return [await self._committed_alone(item) for item in items]
        return await self._commit(items)  # once more: the pooled connection had died

    async def _committed_alone(self, item: Item) -> Outcome:
        try:
            [outcome] = await self._commit([item])
        except DBAPIError as error:
            if isinstance(error, IntegrityError) and isinstance(item, Prepared):
                # Such as a second call for one provider id.
                return stale(item.call_id, item.revision)
            return _failure(error)
        return outcome


def _wake(waiting: _Waiting, outcome: Outcome) -> None:
    if outcome is None and isinstance(waiting.item, Prepared):
        # Here and not in `append`: a caller that gave up waiting still owns a stored call.
        waiting.call.revision = waiting.item.revision + 1
    if waiting.done.done():
        return
    if isinstance(outcome, RecordsError):
        waiting.done.set_exception(outcome)
    else:
        waiting.done.set_result(outcome)


def _failure(error: Exception) -> RecordsError:
    if isinstance(error, TimeoutError):
        # A thread or a server that was given up may still commit.
        failure: RecordsError = NotConfirmed(f"not stored in time: {cause_of(error)}")
    else:
        failure = RecordsError(f"nothing was stored: {cause_of(error)}")
    failure.__cause__ = error
    return failure
