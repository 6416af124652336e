"""What the line does every few seconds or minutes beside the calls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import structlog

from aurora.alerting.desk import Desk
from aurora.conversation.operators import Operators
from aurora.conversation.switchboard import Switchboard
from aurora.errors import RecordsError, UnknownCall
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.communication_test import CommunicationTests
from aurora.guidance.handbook.handbook import Handbook
from aurora.records.call_figures import CallFigures
from aurora.records.seals import Seals
from aurora.records.shared_shelf import SharedShelf
from aurora.records.sql import SqlRecords

log = structlog.get_logger()

IDLE_CHECK_S = 60.0
TEST_CHECK_S = 20.0
FORGOTTEN_CHECK_S = 10.0
FIGURES_FIRST_S = 20.0
"""After a start, callers come first."""
FIGURES_CHECK_S = 900.0
HANDBOOK_CHECK_S = 3.0
"""How long after `aurora handbook add` a running line answers from the new document."""
SEAL_EVERY_S = 30.0
"""What is younger stands on the record without a seal."""


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def close_idle_calls(switchboard: Switchboard) -> None:
    while True:
        await asyncio.sleep(IDLE_CHECK_S)
        try:
            await switchboard.close_idle()
        except RecordsError as error:
            log.error("idle_calls_not_closed", error=str(error))


async def close_quiet_incidents(answers: IncidentAnswers, records: SqlRecords) -> None:
    while True:
        await asyncio.sleep(IDLE_CHECK_S)
        try:
            still_open = [call.id for call in await records.open_calls()]
            await answers.operators.close_quiet(still_open)
        except RecordsError as error:
            log.error("quiet_incidents_not_closed", error=str(error))


async def pass_on_forgotten(
    operators: Operators, records: SqlRecords, now: Callable[[], datetime]
) -> None:
    """Ask the next for callers whom an operator took and then left."""
    while True:
        await asyncio.sleep(FORGOTTEN_CHECK_S)
        try:
            await operators.pass_on_forgotten(await records.open_calls(), now())
        except (RecordsError, UnknownCall) as error:
            log.error("forgotten_callers_not_passed_on", error=str(error))


async def keep_testing(desk: Desk, tests: CommunicationTests) -> None:
    while True:
        await asyncio.sleep(TEST_CHECK_S)
        try:
            if desk.is_running:
                await tests.begin_due()
        # The edge of a schedule: whatever fails now, next week's test has to come.
        except Exception:
            log.exception("communication_test_not_begun")


async def share_documents(shelf: SharedShelf) -> None:
    """Have the same documents on every machine of the line."""
    while True:
        try:
            await shelf.meet()
        except (RecordsError, OSError) as error:
            log.error("documents_not_shared", error=str(error))
        await asyncio.sleep(HANDBOOK_CHECK_S)


async def follow_handbook(
    handbook: Handbook, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Take in documents added meanwhile; read beside the calls, swapped in at once."""
    while True:
        await sleep(HANDBOOK_CHECK_S)
        try:
            if await asyncio.to_thread(handbook.refresh):
                log.info("handbook_changed", documents=len(handbook.contents.documents))
        except OSError as error:
            log.error("handbook_not_read", error=str(error))


async def keep_figures(figures: CallFigures, clock: Callable[[], datetime]) -> None:
    """Count days that are over before anybody asks for a year of them."""
    await asyncio.sleep(FIGURES_FIRST_S)
    while True:
        try:
            if days := await figures.keep_up(clock()):
                log.info("figures_kept", days=days)
        except RecordsError as error:
            log.error("figures_not_kept", error=str(error))
        await asyncio.sleep(FIGURES_CHECK_S)


async def keep_sealing(seals: Seals) -> None:
    """Seal what came in; at the end as well, so that nothing is left open by a clean stop."""
    try:
        while True:
            await asyncio.sleep(SEAL_EVERY_S)
            await seal_now(seals)
    finally:
        await seal_now(seals)


async def seal_now(seals: Seals) -> None:
    try:
        await seals.seal_new()
    except RecordsError as error:
        log.error("record_not_sealed", error=str(error))
