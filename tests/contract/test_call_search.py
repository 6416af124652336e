"""What finding calls promises, asked of SQLite and PostgreSQL alike."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, table

from aurora.conversation.call import Call, CallPlace
from aurora.conversation.record import Entry, Event, Message
from aurora.levels import Hazard, Urgency
from aurora.records import full_text
from aurora.records.index_tables import call_index, findings
from aurora.records.index_writer import index_everything
from aurora.records.indexed import MOST_WORDS, AnswerState
from aurora.records.search import COUNTED, Filters
from aurora.records.search_words import wanted
from aurora.records.sql import SqlRecords
from tests.postgres import postgres_server, postgres_url  # noqa: F401

AT = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
ZONES = {"b": ["Zone B", "gas line corridor", "Gasgang"], "f": ["Zone F", "loading dock"]}


@pytest.fixture(params=["sqlite", "postgresql"])
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlRecords]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    opened = await SqlRecords.open(url, tmp_path)
    yield opened
    await opened.close()


def a_call(number: int = 1, **changes: object) -> Call:
    call = Call(
        id=f"call_{number}",
        line="gather",
        site="plant",
        worker_id="worker_unknown",
        language="en",
        started_at=AT + timedelta(minutes=number),
    )
    return replace(call, **changes)  # type: ignore[arg-type]


async def said(records: SqlRecords, call: Call, *texts: str, events: list[Event] = []) -> None:  # noqa: B006
    heard = [Message("user", text, AT, call.urgency.value) for text in texts]
    await records.append(Entry(call, heard, events))


async def found(records: SqlRecords, asked: str = "", **filters: object) -> list[str]:
    wants = Filters(wanted(asked, ZONES), **filters)  # type: ignore[arg-type]
    page = await records.search.page(wants, limit=50)
    assert await records.search.count(wants) == len(page.calls)
    return [one.call.id.removeprefix("call_") for one in page.calls]


async def test_every_word_said_is_found_whatever_its_case_and_accents(records: SqlRecords) -> None:
    await said(records, a_call(1), "Fumée près de la Presse numéro 3!")
    await said(records, a_call(2), "Es brennt in der Straße", "überall Rauch")
    assert await found(records, "FUMEE") == ["1"]
    assert await found(records, "numéro presse") == ["1"]
    assert await found(records, "strasse rauch") == ["2"]
    assert await found(records, "fumée rauch") == []
    assert await found(records, "numero 3") == ["1"]


async def test_words_of_later_turns_are_found_with_those_of_earlier_ones(
    records: SqlRecords,
) -> None:
    call = a_call(1)
    await said(records, call, "smoke on the stairs")
    await said(records, call, "two people are coughing")
    assert await found(records, "stairs coughing") == ["1"]


async def test_a_word_finds_those_it_begins_and_a_quoted_one_only_itself(
    records: SqlRecords,
) -> None:
    await said(records, a_call(1), "the valve is leaking badly")
    await said(records, a_call(2), "there is a leak at the valve")
    assert await found(records, "leak") == ["2", "1"]
    assert await found(records, '"leak"') == ["2"]
    assert await found(records, '"valve is"') == ["1"]
    assert await found(records, '"is valve"') == []
    assert await found(records, "le") == []


async def test_notes_reasons_names_and_numbers_are_found(records: SqlRecords) -> None:
    call = a_call(1, worker_name="Zoë Müller", from_number="+12025550151", provider_id="CA77x")
    lowered = Event("urgency_lowered", AT, {"by": "Ada Lovelace", "reason": "steam, not smoke"})
    await said(records, call, "help", events=[lowered])
    await said(records, a_call(2), "help")
    for asked in ("zoe", "muller", "12025550151", "lovelace steam", "ca77x", "call_1"):
        assert await found(records, asked) == ["1"], asked


async def test_a_zone_is_found_by_any_of_its_names_whatever_was_said(records: SqlRecords) -> None:
    await said(records, a_call(1, place=CallPlace(zone_id="f")), "a man fell off the ramp")
    await said(records, a_call(2), "something fell at the loading dock")
    await said(records, a_call(3, place=CallPlace(zone_id="b")), "a ladder fell")
    assert await found(records, "loading dock") == ["2", "1"]
    assert await found(records, "fell gasgang") == ["3"]
    assert await found(records, "zone b") == ["3"]


async def test_filters_narrow_alone_and_with_words(records: SqlRecords) -> None:
    fire = {"urgency": Urgency.CRITICAL, "hazard": Hazard.FIRE}
    await said(records, a_call(1, **fire, language="de", line="kiosk", is_drill=True), "es brennt")
    await said(records, a_call(2, **fire, place=CallPlace(zone_id="b")), "fire and smoke")
    await said(records, a_call(3, hazard=Hazard.GAS_LEAK), "I smell gas and smoke")
    assert await found(records, urgency="critical") == ["2", "1"]
    assert await found(records, "smoke", urgency="critical") == ["2"]
    assert await found(records, hazard="gas_leak") == ["3"]
    assert await found(records, language="de", line="kiosk") == ["1"]
    assert await found(records, zone="b") == ["2"]
    assert await found(records, is_drill=True) == ["1"]
    assert await found(records, is_drill=False, hazard="fire") == ["2"]
    assert await found(records, urgency="nonsense") == []


async def test_a_filter_follows_a_call_that_changes(records: SqlRecords) -> None:
    call = a_call(1)
    await said(records, call, "hello")
    assert await found(records, urgency="assistive") == ["1"]
    call.urgency = Urgency.CRITICAL
    await said(records, call, "fire")
    assert await found(records, urgency="assistive") == []
    assert await found(records, urgency="critical") == ["1"]


async def test_calls_are_told_apart_by_whether_anybody_accepted(records: SqlRecords) -> None:
    answered = a_call(1, roles_alerted=["supervisor"])
    await said(records, answered, "fire")
    no = Event("alert_answered", AT, {"contact": "ann", "answer": "decline"})
    await said(records, a_call(2, roles_alerted=["supervisor"]), "fire", events=[no])
    await said(records, a_call(3), "when is lunch")
    yes = Event("alert_answered", AT + timedelta(minutes=2), {"contact": "b", "answer": "accept"})
    await records.append(Entry(answered, events=[yes]))
    await said(records, answered, "still burning")
    assert await found(records, answer=AnswerState.ACCEPTED) == ["1"]
    assert await found(records, answer=AnswerState.WAITING) == ["2"]
    assert await found(records, answer=AnswerState.NOT_ASKED) == ["3"]


async def test_dates_bound_what_is_found(records: SqlRecords) -> None:
    for number in (3, 1, 2):
        await said(records, a_call(number), "smoke")
    after = AT + timedelta(minutes=2)
    assert await found(records, "smoke", since=after) == ["2", "3"]
    assert await found(records, until=after) == ["1"]
    assert await found(records, since=after, until=after + timedelta(minutes=1)) == ["2"]
    assert await found(records, since=after + timedelta(days=1)) == []


async def test_pages_are_turned_both_ways_and_miss_nothing(records: SqlRecords) -> None:
    for number in range(1, 8):
        await said(records, a_call(number), "smoke")
    search, wants = records.search, Filters(wanted("smoke", {}))
    first = await search.page(wants, limit=3)
    assert [one.call.id for one in first.calls] == ["call_7", "call_6", "call_5"]
    assert (first.has_newer, first.has_older) == (False, True)
    await said(records, a_call(8), "smoke, more of it")
    second = await search.page(wants, limit=3, before=first.calls[-1].number)
    assert [one.call.id for one in second.calls] == ["call_4", "call_3", "call_2"]
    last = await search.page(wants, limit=3, before=second.calls[-1].number)
    assert [one.call.id for one in last.calls] == ["call_1"]
    assert (last.has_newer, last.has_older) == (True, False)
    back = await search.page(wants, limit=3, after=last.calls[0].number)
    assert [one.call.id for one in back.calls] == ["call_4", "call_3", "call_2"]
    assert back.has_newer


async def test_more_than_a_thousand_are_not_counted(records: SqlRecords) -> None:
    assert await records.search.count(Filters()) == 0
    assert COUNTED == 1_000


@pytest.mark.parametrize(
    "asked",
    [
        "'",
        '"',
        "a'b",
        "words : x",
        "NEAR(a b)",
        "* OR *",
        "&|!()",
        "\0",
        "facets:urgency",
        "\ud800",
    ],
)
async def test_no_search_text_breaks_the_search(records: SqlRecords, asked: str) -> None:
    await said(records, a_call(1), "nothing of that")
    # Signs alone ask for nothing, and leave all there is; words that were not said find nothing.
    has_words = any(sign.isalpha() for sign in asked)
    assert await found(records, asked) == ([] if has_words else ["1"])
    assert await found(records, "nothing") == ["1"]


async def test_odd_and_endless_words_never_keep_a_turn_off_the_record(records: SqlRecords) -> None:
    call = a_call(1, worker_name="\0\ud800'\\")
    await said(records, call, "'quoted' \\ back\0slash \ud800", "x" * 5_000, "火事だ 3.14 a/b@c.d")
    await said(records, call, " ".join(f"word{n}" for n in range(MOST_WORDS + 10)))
    await said(records, call, "a " * 400, "late")
    assert await found(records, "火事だ quoted backslash") in (["1"], [])
    assert await found(records, "word77") == ["1"]
    assert len(await records.messages(call.id)) == 6


async def test_what_was_on_record_before_is_found_after_an_upgrade(records: SqlRecords) -> None:
    def forget(connection: Connection) -> None:
        for one in (table("findings"), table("call_words"), table("call_index")):
            connection.execute(delete(one))

    for number in (2, 1):
        await said(records, a_call(number, urgency=Urgency.URGENT), "smoke in the press shop")
    await records.beside.write(forget)
    assert await found(records, "press") == []
    await records.beside.write(index_everything)
    assert await found(records, "press", urgency="urgent") == ["2", "1"]


async def test_an_index_that_is_gone_costs_no_word_of_the_record(records: SqlRecords) -> None:
    def lose(connection: Connection) -> None:
        for lost in (findings, call_index):
            lost.drop(connection)

    await records.beside.write(lose)
    await said(records, a_call(1), "fire", "and more of it")
    assert len(await records.messages("call_1")) == 2


async def test_a_broken_index_costs_no_word_of_the_record(records: SqlRecords) -> None:
    await said(records, a_call(1), "smoke")
    await records.beside.write(full_text.drop)
    call = a_call(2)
    await said(records, call, "fire", "and more of it")
    assert [message.content for message in await records.messages("call_2")] == [
        "fire",
        "and more of it",
    ]
    assert await records.reindex() == 2
    assert await found(records, "fire more") == ["2"]
    await said(records, call, "late words")
    assert await found(records, "late") == ["2"]
