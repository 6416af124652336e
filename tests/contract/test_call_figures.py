"""Figures made of kept days are those of a plain count, whatever was written or taken away."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, column, delete, func, insert, select, table, update

from aurora.conversation.call import Call, CallPlace
from aurora.conversation.record import Entry, Event, Message
from aurora.levels import Hazard, Urgency
from aurora.records import full_text
from aurora.records.call_figures import CallFigures
from aurora.records.day_figures import KeptDay, day_of
from aurora.records.gathered import QUARTER_S, Gathered
from aurora.records.index_tables import call_index, day_figures, day_marks, findings
from aurora.records.sql import SqlRecords
from aurora.records.tables import answers, calls, events, messages
from tests.postgres import postgres_server, postgres_url  # noqa: F401

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
DAYS = 5
LINES = ("gather", "kiosk")


@pytest.fixture(params=["sqlite", "postgresql"])
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlRecords]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    opened = await SqlRecords.open(url, tmp_path)
    opened._clock = lambda: NOW
    yield opened
    await opened.close()


def a_call(number: int, began: datetime, **changes: object) -> Call:
    call = Call(f"call_{number}", "gather", "plant", "worker", "en", began)
    return replace(call, **changes)  # type: ignore[arg-type]


def answered(call: Call, at: datetime, total_ms: float, **details: object) -> list[Message]:
    asked = Message("user", f"what of {call.id}", at, call.urgency.value)
    told = {"total_ms": total_ms, **details}
    return [asked, Message("assistant", "so", at, call.urgency.value, told)]


async def kept_days(records: SqlRecords) -> list[int]:
    query = select(day_figures.c.day).order_by(day_figures.c.day)
    return await records.beside.read(lambda connection: [*connection.execute(query).scalars()])


async def forget(records: SqlRecords, call_id: str) -> None:
    """Take a call away, as a rule on how long records are kept would."""

    def take(connection: Connection) -> None:
        found, number = full_text.source(connection.dialect.name)
        its = select(call_index.c.number).where(call_index.c.call_id == call_id)
        words = table(found, column(number))
        connection.execute(delete(words).where(words.c[number].in_(its)))
        for of_calls in (findings, call_index, messages, events, answers):
            connection.execute(delete(of_calls).where(of_calls.c.call_id == call_id))
        connection.execute(delete(calls).where(calls.c.id == call_id))

    await records.beside.write(take)


async def plainly(records: SqlRecords, since: datetime, until: datetime) -> Gathered:
    """Count from the calls, their words and events themselves."""
    found = Gathered()
    for call in await records.calls(limit=1_000):
        for message in await records.messages(call.id):
            if since <= message.at < until and "total_ms" in message.details:
                found.count_turn(message.urgency, message.details["total_ms"])
            if since <= message.at < until and "sources" in message.details:
                found.count_finding("answered", message.details["sources"][0], 1)
        if not since <= call.started_at < until:
            continue
        if call.is_drill:
            found.kinds.drills += 1
            continue
        accepted = [e.at for e in await records.events(call.id) if e.kind == "alert_answered"]
        answer = ("accepted" if accepted else "waiting") if call.roles_alerted else "not_asked"
        values = (call.urgency, call.hazard, call.place.zone_id or "", call.language, answer)
        for kind, value in zip(found.kinds.by, values, strict=True):
            found.kinds.by[kind][str(value)] += 1
        began = int(call.started_at.timestamp())
        hazards = found.began.setdefault(call.urgency.value, {})
        hazards.setdefault(call.hazard.value, []).append(began // QUARTER_S)
        if answer != "not_asked":
            after = (min(accepted) - call.started_at).total_seconds() if accepted else None
            found.delays_s.setdefault(call.urgency.value, []).append((None, after))
    return found


def in_order(found: Gathered) -> list[object]:
    """The same for the same figures, in whatever order they were added up."""
    return [
        found.kinds.drills,
        {kind: +counts for kind, counts in found.kinds.by.items()},
        {(u, h): sorted(q) for u, hazards in found.began.items() for h, q in hazards.items()},
        {u: sorted(map(str, map(list, delays))) for u, delays in found.delays_s.items()},
        {u: sorted(times) for u, times in found.turn_ms.items()},
        {kind: +Counter(subjects) for kind, subjects in found.findings.items()},
    ]


class Plant:
    """Does something at random, as a line, an operator or a rule on keeping records would."""

    def __init__(self, records: SqlRecords, seed: int) -> None:
        self.records = records
        self.chance = random.Random(seed)  # noqa: S311 - made-up acts
        self.calls: list[Call] = []
        self.made = 0

    def moment(self) -> datetime:
        return NOW - timedelta(seconds=self.chance.randrange(DAYS * 86_400))

    async def act(self) -> None:
        acts = [self.ring, self.ring, self.ring, self.answer, self.correct, self.forget]
        await self.chance.choice(acts if self.calls else [self.ring])()

    async def ring(self) -> None:
        self.made += 1
        call = a_call(
            self.made,
            self.moment(),
            urgency=self.chance.choice(list(Urgency)),
            hazard=self.chance.choice((Hazard.FIRE, Hazard.NONE)),
            language=self.chance.choice(("en", "de")),
            is_drill=self.chance.random() < 0.2,
            roles_alerted=self.chance.choice(([], ["supervisor"])),
        )
        self.calls.append(call)
        # Past midnight at times: a turn counts for the day it was answered on.
        at = min(call.started_at + timedelta(hours=self.chance.randrange(3)), NOW)
        sources = self.chance.choice(({}, {"sources": ["handbook.en@1:fire-1"]}))
        words = answered(call, at, self.chance.uniform(1, 900), **sources)
        await self.records.append(Entry(call, words))

    async def answer(self) -> None:
        call = self.chance.choice(self.calls)
        call.roles_alerted = ["supervisor"]
        event = Event("alert_answered", NOW, {"answer": "accept"})
        await self.records.append(Entry(call, [], [event]))

    async def correct(self) -> None:
        call = self.chance.choice(self.calls)
        call.urgency, call.place = Urgency.CRITICAL, CallPlace(zone_id="b")
        await self.records.append(Entry(call, [], [Event("zone_set", NOW, {"to": "b"})]))

    async def forget(self) -> None:
        call = self.calls.pop(self.chance.randrange(len(self.calls)))
        await forget(self.records, call.id)


@pytest.mark.parametrize("seed", range(4))
async def test_figures_are_those_of_a_plain_count_after_anything_that_happened(
    records: SqlRecords, seed: int
) -> None:
    plant, figures = Plant(records, seed), records.figures
    for _ in range(12):
        for _ in range(plant.chance.randrange(1, 6)):
            await plant.act()
        if plant.chance.random() < 0.6:
            await figures.keep_up(NOW)
        since = plant.moment().replace(microsecond=0)
        found = await figures.gather(since, NOW)
        assert in_order(found) == in_order(await plainly(records, since, NOW))
        assert await figures.kinds(since, NOW) == found.kinds
    assert await kept_days(records)


async def test_a_day_is_kept_an_hour_after_it_is_over_and_counted_once(
    records: SqlRecords,
) -> None:
    midnight = NOW.replace(hour=0)
    await records.append(Entry(a_call(1, midnight - timedelta(hours=30))))
    await records.append(Entry(a_call(2, midnight - timedelta(hours=5))))
    first = day_of(midnight) - 2

    assert await records.figures.keep_up(midnight + timedelta(minutes=59)) == 1
    assert await kept_days(records) == [first]
    assert await records.figures.keep_up(midnight + timedelta(minutes=61)) == 1
    assert await records.figures.keep_up(NOW) == 0
    assert await kept_days(records) == [first, first + 1]


async def test_what_is_written_of_a_day_while_it_is_counted_is_not_lost(
    records: SqlRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday = NOW - timedelta(hours=10)
    await records.append(Entry(a_call(1, yesterday)))
    kept = KeptDay(day_of(yesterday), 1, 0, *_counted_before_it_rose(yesterday))
    call = a_call(1, yesterday, urgency=Urgency.CRITICAL, revision=1)
    await records.append(Entry(call, [], [Event("urgency_rose", NOW, {})]))
    await records.beside.write(
        lambda connection: connection.execute(insert(day_figures), [_row(kept)]) and None
    )

    found = await records.figures.kinds(NOW - timedelta(days=1), NOW)

    assert found.by["urgency"] == {"critical": 1}
    assert await records.figures.keep_up(NOW) == 1
    assert (await records.figures.kinds(NOW - timedelta(days=1), NOW)) == found


async def test_the_days_turns_are_not_written_of_when_they_are_todays(records: SqlRecords) -> None:
    call = a_call(1, NOW - timedelta(minutes=5))
    await records.append(Entry(call, answered(call, NOW, 80.0)))

    marked = select(func.count()).select_from(day_marks)
    assert await records.beside.read(lambda c: c.execute(marked).scalar_one()) == 0


async def test_the_index_made_anew_has_its_days_counted_anew(records: SqlRecords) -> None:
    for number in range(3):
        await records.append(Entry(a_call(number, NOW - timedelta(days=number + 1))))
    assert await records.figures.keep_up(NOW) == 3
    await records.beside.write(
        lambda connection: connection.execute(update(call_index).values(hazard="fall")) and None
    )

    await records.reindex()

    assert (await records.figures.kinds(NOW - timedelta(days=5), NOW)).by["hazard"] == {"none": 3}
    assert await records.figures.keep_up(NOW) == 3


async def test_no_words_of_a_caller_are_kept_beside_the_record(records: SqlRecords) -> None:
    call = a_call(1, NOW - timedelta(days=1))
    words = answered(call, call.started_at, 80.0, sources=["phrases.en@1:cannot_answer"])
    await records.append(Entry(call, words))
    await records.figures.keep_up(NOW)

    found = await records.figures.gather(NOW - timedelta(days=2), NOW)
    assert found.unanswered == {"what of call_1": 1}
    query = select(day_figures.c.kinds, day_figures.c.details)
    kept = await records.beside.read(lambda connection: [*connection.execute(query)])
    assert kept
    assert "what of" not in str(kept)


async def test_nothing_on_record_comes_to_nothing(records: SqlRecords) -> None:
    figures = CallFigures(records.beside)
    assert await figures.keep_up(NOW) == 0
    assert in_order(await figures.gather(NOW - timedelta(days=365), NOW)) == in_order(Gathered())
    assert (await figures.before(NOW - timedelta(days=64), NOW)).first_s is None


def _counted_before_it_rose(began: datetime) -> tuple[str, str]:
    found = Gathered()
    row = {"urgency": "assistive", "hazard": "none", "zone_id": None, "language": "en"}
    delays = {"alerted_after_s": None, "accepted_after_s": None}
    at = {"started_s": int(began.timestamp()), "is_drill": 0, "answer": "not_asked"}
    found.count_call(row | at | delays)
    return found.kinds.as_json(), found.details_as_json()


def _row(day: KeptDay) -> dict[str, object]:
    return {name: getattr(day, name) for name in KeptDay.__slots__}
