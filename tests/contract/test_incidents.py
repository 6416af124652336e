"""What the records promise of alerts, of SQLite and PostgreSQL alike."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aurora.escalation.brief import AlertKind
from aurora.escalation.delivery import Delivery, Progress
from aurora.escalation.happening import merge
from aurora.escalation.incident import resolve
from aurora.escalation.ledger import AlertState, Ledger
from aurora.escalation.plan import ChannelKind
from aurora.records.incidents import SqlIncidents
from aurora.records.sql import SqlRecords
from tests.alerts import alert
from tests.incidents import call, incident
from tests.line import NOON
from tests.postgres import postgres_server, postgres_url  # noqa: F401


@pytest.fixture(params=["sqlite", "postgresql"])
async def machines(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[list[SqlIncidents]]:
    """One incident, as two machines of a line have it; one machine where there can be no two."""
    is_postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if is_postgres else None
    opened = [await SqlRecords.open(url, tmp_path) for _ in range(2 if is_postgres else 1)]
    both = [SqlIncidents(one.beside, "plant") for one in opened]

    def put(ledger: Ledger) -> None:
        ledger.incidents["incident_1"] = incident()

    await both[0].change(put, NOON)
    yield both
    for records in opened:
        await records.close()


async def test_of_two_who_begin_one_alert_one_is_told_that_the_other_sends_it(
    machines: list[SqlIncidents],
) -> None:
    first, other = machines[0], machines[-1]
    for number in range(20):
        page = alert(id=f"incident_1:step:1:1:medic:sms:{number}")
        begun = await asyncio.gather(first.begin_alert(page), other.begin_alert(page))
        assert sorted(begun, key=str) == [None, AlertState.SENDING]


async def test_of_what_is_over_nothing_is_begun_but_its_end(machines: list[SqlIncidents]) -> None:
    incidents = machines[0]
    assert await incidents.begin_alert(alert()) is None

    def close(ledger: Ledger) -> None:
        resolve(ledger.incidents["incident_1"], "Ann", "false alarm", NOON)

    await incidents.change(close, NOON)
    assert await incidents.begin_alert(alert()) is AlertState.FAILED
    late = alert(ChannelKind.VOICE)
    assert await incidents.begin_alert(late) is AlertState.FAILED
    update = alert(id="update", kind=AlertKind.UPDATE)
    assert await incidents.begin_alert(update) is AlertState.FAILED
    end = alert(id="end", kind=AlertKind.STAND_DOWN)
    assert await incidents.begin_alert(end) is None
    noted = {one.id: (one.state, one.detail) for one in await incidents.alerts_of("incident_1")}
    assert noted[late.id] == (AlertState.FAILED, "the incident was over")
    assert noted[alert().id][0] is AlertState.SENDING, "it may have gone out"


async def test_what_became_part_of_another_goes_on_with_it(machines: list[SqlIncidents]) -> None:
    incidents = machines[0]

    def join(ledger: Ledger) -> None:
        into = ledger.incidents["incident_2"] = incident(call("second"), number=2)
        into.code = "K7M3QF"
        merge(ledger.incidents["incident_1"], into)

    await incidents.change(join, NOON)
    assert await incidents.begin_alert(alert()) is None

    def close(ledger: Ledger) -> None:
        resolve(ledger.incidents["incident_2"], "Ann", "it is out", NOON)

    await incidents.change(close, NOON)
    assert await incidents.begin_alert(alert(ChannelKind.VOICE)) is AlertState.FAILED


async def test_a_stage_told_to_two_machines_at_once_is_news_to_one(
    machines: list[SqlIncidents],
) -> None:
    first, other = machines[0], machines[-1]
    for number in range(20):
        page = alert(id=f"incident_1:step:1:1:medic:voice:{number}")
        await first.begin_alert(page)
        lost = Delivery(page.id, "incident_1", "medic", page.channel, "CA1", Progress.FAILED, NOON)
        told = await asyncio.gather(first.note_delivery(lost), other.note_delivery(lost))
        assert sorted(told) == [False, True]


async def test_a_stage_that_comes_late_changes_nothing_and_a_machine_is_remembered(
    machines: list[SqlIncidents],
) -> None:
    incidents, page = machines[0], alert(ChannelKind.VOICE)
    await incidents.begin_alert(page)
    stages = (Progress.RINGING, Progress.ENDED, Progress.MACHINE, Progress.RINGING)
    news = [
        await incidents.note_delivery(
            Delivery(page.id, "incident_1", "medic", page.channel, "CA1", stage, NOON)
        )
        for stage in stages
    ]
    assert news == [True, True, False, False]
    assert await incidents.was_machine(page.id)
    unknown = Delivery("x", "incident_1", "medic", page.channel, "CA1", Progress.SENT, NOON)
    assert not await incidents.note_delivery(unknown)
