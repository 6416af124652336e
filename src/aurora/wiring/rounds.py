"""What the line does every few seconds or minutes beside the calls, whatever fails meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from aurora.alerting.desk import Desk
from aurora.console.accounts.sign_in import SignIn
from aurora.conversation.operators import Operators
from aurora.conversation.switchboard import Switchboard
from aurora.errors import AuroraError
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.communication_test import CommunicationTests
from aurora.guidance.handbook.handbook import Handbook
from aurora.records.call_figures import CallFigures
from aurora.records.seals import Seals
from aurora.records.shared_shelf import SharedShelf
from aurora.records.sql import SqlRecords

log = structlog.get_logger()

IDLE_CHECK_S = 60.0
OWED_CHECK_S = 60.0
UNSAVED_CHECK_S = 5.0
"""How long after a disk is well again it has what was said meanwhile in calls that are over."""
TEST_CHECK_S = 20.0
FORGOTTEN_CHECK_S = 10.0
FIGURES_FIRST_S = 20.0
"""After a start, callers come first."""
FIGURES_CHECK_S = 900.0
HANDBOOK_CHECK_S = 3.0
"""How long after `aurora handbook add` a running line answers from the new document."""
REFUSED_CHECK_S = 60.0
SEAL_EVERY_S = 30.0
"""What is younger stands on the record without a seal."""


@dataclass(frozen=True, slots=True)
class Round:
    """Something that is done again and again."""

    failure: str
    """What the log calls it when it fails."""
    work: Callable[[], Awaitable[object]]
    every_s: float
    first_s: float | None = None
    """After the start; None for as long as between two."""

    async def once(self) -> None:
        try:
            await self.work()
        except (AuroraError, OSError) as error:
            log.error(self.failure, error=str(error))
        # The edge of a round: whatever broke in it, the next one has to come.
        except Exception:
            log.exception(self.failure)

    async def for_ever(self) -> None:
        await asyncio.sleep(self.every_s if self.first_s is None else self.first_s)
        while True:
            await self.once()
            await asyncio.sleep(self.every_s)


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do what has no end beside everything else, while this is open."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def going(*rounds: Round, last: Round) -> AsyncIterator[None]:
    """Do these while this is open, and one of them at the end once more."""
    try:
        async with running(*(one.for_ever() for one in (*rounds, last))):
            yield
    finally:
        await last.once()


def close_idle_calls(switchboard: Switchboard) -> Round:
    return Round("idle_calls_not_closed", switchboard.close_idle, IDLE_CHECK_S)


def keep_unsaved(switchboard: Switchboard) -> Round:
    """Put on the record what it could not take while the calls went on."""
    return Round("unsaved_not_kept", switchboard.keep_unsaved, UNSAVED_CHECK_S)


def close_quiet_incidents(answers: IncidentAnswers, records: SqlRecords) -> Round:
    async def close() -> None:
        still_open = [call.id for call in await records.open_calls()]
        await answers.operators.close_quiet(still_open)

    return Round("quiet_incidents_not_closed", close, IDLE_CHECK_S)


def begin_what_is_owed(desk: Desk) -> Round:
    """Begin what was decided and could not be begun: plans, messages, watches."""

    async def begin() -> None:
        if desk.is_running:
            await desk.begin_what_is_owed()

    return Round("plans_not_begun", begin, OWED_CHECK_S)


def pass_on_forgotten(
    operators: Operators, records: SqlRecords, now: Callable[[], datetime]
) -> Round:
    """Ask the next for callers whom an operator took and then left."""

    async def pass_on() -> None:
        await operators.pass_on_forgotten(await records.open_calls(), now())

    return Round("forgotten_callers_not_passed_on", pass_on, FORGOTTEN_CHECK_S)


def keep_testing(desk: Desk, tests: CommunicationTests) -> Round:
    async def begin_due() -> None:
        if desk.is_running:
            await tests.begin_due()

    return Round("communication_test_not_begun", begin_due, TEST_CHECK_S)


def share_documents(shelf: SharedShelf) -> Round:
    """Have the same documents on every machine of the line."""
    return Round("documents_not_shared", shelf.meet, HANDBOOK_CHECK_S, first_s=0.0)


def follow_handbook(handbook: Handbook) -> Round:
    """Take in documents added meanwhile; read beside the calls, swapped in at once."""

    async def refresh() -> None:
        if await asyncio.to_thread(handbook.refresh):
            log.info("handbook_changed", documents=len(handbook.contents.documents))

    return Round("handbook_not_read", refresh, HANDBOOK_CHECK_S)


def keep_figures(figures: CallFigures, clock: Callable[[], datetime]) -> Round:
    """Count days that are over before anybody asks for a year of them."""

    async def keep_up() -> None:
        if days := await figures.keep_up(clock()):
            log.info("figures_kept", days=days)

    return Round("figures_not_kept", keep_up, FIGURES_CHECK_S, FIGURES_FIRST_S)


def tell_refused_tries(sign_in: SignIn) -> Round:
    return Round("refused_tries_not_told", sign_in.note_added_up, REFUSED_CHECK_S)


def keep_sealing(seals: Seals) -> Round:
    return Round("record_not_sealed", seals.seal_new, SEAL_EVERY_S)
