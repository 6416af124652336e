"""Copy the record into files of the original's shape; they are views, written and never read."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
import structlog

from aurora.errors import RecordsError
from aurora.private_files import put_in_place
from aurora.records.history import RecordsAndHistory, Transcript
from aurora.records.views import SHOWN_AFTER_END, call_log, call_view, log_name

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 0.5
"""Between two writes, however many calls change meanwhile."""
REFRESH_SECONDS = 60.0
"""Without any change: a call whose hour is over has to go, and a failed write be tried again."""


@dataclass(frozen=True, slots=True)
class MirrorState:
    """Whether the files can be believed, for the health report."""

    is_running: bool
    written_at: datetime | None
    failures: int
    """Since the start."""
    last_failure: str | None
    """None once a later write went well."""


@dataclass(frozen=True, slots=True)
class _Rendered:
    revision: int
    call_id: str
    conversation_id: str
    call: orjson.Fragment
    conversation: orjson.Fragment


class Mirror:
    """`active_calls/total.json` and `call_logs/` under the data directory, kept up to date."""

    def __init__(
        self,
        records: RecordsAndHistory,
        data_dir: Path,
        time_zone: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._records = records
        self._total = data_dir / "active_calls" / "total.json"
        self._logs = data_dir / "call_logs"
        self._time_zone = time_zone
        self._clock = clock
        self._pause_seconds = pause_seconds
        self._rendered: dict[str, _Rendered] = {}
        self._touched = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._written_at: datetime | None = None
        self._failures = 0
        self._last_failure: str | None = None

    async def start(self) -> None:
        """Write the files from the database, whatever state they are in, and go on doing so."""
        await self._write()
        self._task = asyncio.create_task(self._keep_writing(), name="records-mirror")
        self._task.add_done_callback(self._note_end)

    def touch(self) -> None:
        """Say that a call changed; the files follow within the pause."""
        self._touched.set()

    async def close(self) -> None:
        """Write a last time."""
        self._closing.set()
        self._touched.set()
        if self._task is not None:
            # Not awaited itself: what ended it must not keep the rest from closing.
            await asyncio.wait([self._task])

    def _note_end(self, task: asyncio.Task[None]) -> None:
        """Say at once that the writer died of something it does not know."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failures += 1
            self._last_failure = f"its writer died of {type(error).__name__}"
            log.error("mirror_died", exc_info=error)

    @property
    def state(self) -> MirrorState:
        is_running = self._task is not None and not self._task.done()
        return MirrorState(is_running, self._written_at, self._failures, self._last_failure)

    async def _keep_writing(self) -> None:
        while not self._closing.is_set():
            await _happened_within(REFRESH_SECONDS, self._touched)
            self._touched.clear()
            await self._write()
            await _happened_within(self._pause_seconds, self._closing)
        await self._write()

    async def _write(self) -> None:
        try:
            await self._write_changes()
        except (RecordsError, OSError) as error:
            self._failures += 1
            self._last_failure = str(error)
            log.warning("mirror_not_written", error=str(error), failures=self._failures)
        else:
            self._written_at = self._clock()
            self._last_failure = None

    async def _write_changes(self) -> None:
        since = self._clock() - SHOWN_AFTER_END
        revisions = await self._records.recent_revisions(ended_since=since)
        known = self._rendered
        changed = [
            call_id
            for call_id, revision in revisions.items()
            if call_id not in known or known[call_id].revision != revision
        ]
        for transcript in await self._records.transcripts(changed):
            # The log first: a call counts as rendered only when its log is on the disk.
            if transcript.call.ended_at is not None:
                await self._write_log(transcript)
            known[transcript.call.id] = self._render(transcript)
        self._rendered = {call_id: known[call_id] for call_id in revisions if call_id in known}
        await asyncio.to_thread(put_in_place, self._total, _total_of(self._rendered))

    async def _write_log(self, transcript: Transcript) -> None:
        call = transcript.call
        events = await self._records.events(call.id)
        view = call_log(call, transcript.messages, events, self._time_zone)
        path = self._logs / log_name(call, self._time_zone)
        await asyncio.to_thread(put_in_place, path, orjson.dumps(view, option=orjson.OPT_INDENT_2))

    def _render(self, transcript: Transcript) -> _Rendered:
        call = transcript.call
        view = call_view(call, transcript.messages, self._time_zone)
        return _Rendered(
            revision=call.revision,
            call_id=call.id,
            conversation_id=call.conversation_id,
            call=orjson.Fragment(orjson.dumps(view["call"])),
            conversation=orjson.Fragment(orjson.dumps(view["conversation"])),
        )


def _total_of(rendered: dict[str, _Rendered]) -> bytes:
    return orjson.dumps(
        {
            "active_calls": {item.call_id: item.call for item in rendered.values()},
            "active_conversations": {
                item.conversation_id: item.conversation for item in rendered.values()
            },
        }
    )


async def _happened_within(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
