"""What every records room promises, asked of the one in memory, SQLite and PostgreSQL alike."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aurora.accounts.acts import Act
from aurora.conversation.call import Call, CallLoss, CallPlace, EndReason, OperatorsWords
from aurora.conversation.hand_off import HandOff, Leg, Stage, Way
from aurora.conversation.record import Entry, Event, Message, StoredAnswer
from aurora.conversation.timing import TIMED, TurnTiming
from aurora.errors import RecordsError, StaleCall
from aurora.escalation.incident import Lost
from aurora.guidance.state import GuidanceState
from aurora.levels import Hazard, Urgency
from aurora.records.memory import MemoryRecords
from aurora.records.sql import SqlRecords
from tests.postgres import postgres_server, postgres_url  # noqa: F401

AT = datetime(2026, 11, 23, 8, 15, 12, 345678, tzinfo=UTC)

AnyRecords = MemoryRecords | SqlRecords


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyRecords]:
    opened: AnyRecords
    if request.param == "memory":
        opened = MemoryRecords()
    elif request.param == "sqlite":
        opened = await SqlRecords.open(None, tmp_path)
    else:
        opened = await SqlRecords.open(request.getfixturevalue("postgres_url"), tmp_path)
    yield opened
    await opened.close()


def a_call(number: int = 1, **changes: object) -> Call:
    call = Call(
        id=f"call_{number}",
        line="gather",
        site="plant",
        worker_id="worker_unknown",
        language="en",
        started_at=AT + timedelta(seconds=number),
    )
    return replace(call, **changes)  # type: ignore[arg-type]


def heard(text: str, **changes: object) -> Message:
    return replace(Message("user", text, AT, "urgent"), **changes)  # type: ignore[arg-type]


async def test_a_call_is_found_by_every_name_it_was_given(records: AnyRecords) -> None:
    await records.append(Entry(a_call(provider_id="CA1")))
    await records.name_call("call_1", "CA2")
    await records.name_call("call_1", "CA2")

    found = [await records.find(name) for name in ("call_1", "CA1", "CA2")]
    assert [call.id for call in found if call] == ["call_1"] * 3
    assert await records.find("CA3") is None


def full_call() -> Call:
    return Call(
        id="call_919876543210_20261123_081512",
        line="gather",
        site="plant",
        worker_id="worker_919876543210",
        language="fr",
        started_at=AT,
        from_number="+919876543210",
        to_number="+15005550006",
        provider_id="CA0123",
        newest_provider_id="CA0124",
        has_taken_leave=True,
        losses=2,
        loss=CallLoss(2, Lost.HUNG_UP, AT, tries=3, failed=2, is_searched=True),
        worker_name="Zoé \N{SNOWMAN} \N{FIRE}",
        last_message_at=AT + timedelta(seconds=1),
        ended_at=AT + timedelta(seconds=2),
        end_reason=EndReason.TURN_LIMIT,
        urgency=Urgency.CRITICAL,
        hazard=Hazard.GAS_LEAK,
        place=CallPlace(said="sown bee", zone_id="B", unconfirmed_zone_id="C", times_asked=2),
        facts={"breathing": False, "people": 3, "substance": "1", "many": 10**30, "one": 1},
        guidance=GuidanceState(
            procedure="flammable_gas",
            position=3,
            asked={"people_hurt": 1},
            awaiting="trapped",
            last_instruction="flammable_gas:3",
            taken={"comfort": 2},
            said=["get out"],
            site_lines=["exit:B"],
        ),
        exchanges=4,
        silences=1,
        is_drill=True,
        drill_id="3f2a",
        is_for_real=True,
        urgency_lowered_at=AT,
        floor_lifted="fire",
        blocked_exits=["b/b_east"],
        is_keypad_only=True,
        is_menu_open=True,
        roles_alerted=["control_room", "gas_team"],
        refusals=2,
        acts=[Act("note", "Ann", AT)],
        hand_off=HandOff(
            Stage.JOINED,
            "Ann",
            AT,
            AT,
            attempt=2,
            person="Bo",
            contact_id="medic",
            role="site_medic",
            way=Way.PHONE,
            leg="CA9",
            added=[Leg("CA10", "112", None)],
            asked=["medic"],
            wanted=["medic"],
        ),
        operators_words=[OperatorsWords("stay there", "Ann", AT, is_aurora=True)],
        phrases_due=["person_left"],
        revision=0,
    )


async def test_every_field_of_a_call_comes_back(records: AnyRecords) -> None:
    call, blank = full_call(), a_call(2)
    for field in fields(Call):
        if getattr(call, field.name) == field.default and field.name != "revision":
            assert isinstance(field.default, int), f"full_call needs a value for {field.name}"
            setattr(call, field.name, type(field.default)(7))
    await records.append(Entry(call))
    await records.append(Entry(blank))
    found = await records.find(call.id)
    assert found == call
    assert found is not call
    assert {name: type(value) for name, value in found.facts.items()} == {
        "breathing": bool, "people": int, "substance": str, "many": int, "one": int,
    }  # fmt: skip
    assert await records.find(blank.id) == blank


async def test_messages_and_events_come_back_as_given_and_in_order(records: AnyRecords) -> None:
    call = a_call()
    spoken = Message("assistant", "Get out now.", AT, "critical", {"ms": {"total": 12.5}, "n": []})
    rise = Event("urgency_raised", AT, {"to": "critical", "reasons": ["fire"]})
    await records.append(Entry(call, [heard("feu \N{FIRE} à côté"), spoken], [rise]))
    await records.append(Entry(call, [heard("out")], [Event("alerted", AT)]))
    assert await records.messages(call.id) == [heard("feu \N{FIRE} à côté"), spoken, heard("out")]
    assert await records.events(call.id) == [rise, Event("alerted", AT)]


async def test_text_no_database_can_hold_is_kept_with_a_mark(records: AnyRecords) -> None:
    call = a_call()
    odd = heard("a\0b\ud800c", details={"said": "x\udfffy\0"})
    call.place.said = "zone \ud800"
    await records.append(Entry(call, [odd], [], StoredAnswer("k\0", "\0")))
    [kept] = await records.messages(call.id)
    assert kept.content == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    assert await records.find(call.id) is not None


async def test_an_unknown_call_is_none_and_has_no_words(records: AnyRecords) -> None:
    assert await records.find("call_404") is None
    assert await records.messages("call_404") == []
    assert await records.events("call_404") == []
    assert await records.answer_to("never asked") is None
    assert await records.find("call_\0\ud800") is None
    assert await records.messages("call_\0") == []
    assert await records.answer_to("\0") is None
    assert await records.find_open(line="api", from_number="\0") is None


async def test_fifty_callers_at_once_lose_nothing_and_keep_their_order(records: AnyRecords) -> None:
    async def ten_turns(number: int) -> None:
        call = a_call(number)
        for turn in range(10):
            words = [heard(f"{number}:{turn}"), heard(f"{number}:{turn} answer")]
            answer = StoredAnswer(f"{number}:{turn}", "body")
            await records.append(Entry(call, words, [Event(f"turn {turn}", AT)], answer))
            assert call.revision == turn + 1

    await asyncio.gather(*map(ten_turns, range(50)))
    for number in range(50):
        kept = [message.content for message in await records.messages(f"call_{number}")]
        assert kept == [f"{number}:{turn}{end}" for turn in range(10) for end in ("", " answer")]
        assert [event.kind for event in await records.events(f"call_{number}")] == [
            f"turn {turn}" for turn in range(10)
        ]


async def test_a_repeated_request_gets_its_first_answer_and_changes_nothing(
    records: AnyRecords,
) -> None:
    call = a_call()
    assert await records.append(Entry(call, [heard("a")], [], StoredAnswer("k", "first"))) is None
    again = Entry(call, [heard("b")], [Event("x", AT)], StoredAnswer("k", "second"))
    assert await records.append(again) == StoredAnswer("k", "first")
    assert call.revision == 1
    assert await records.messages(call.id) == [heard("a")]
    assert await records.events(call.id) == []
    assert await records.answer_to("k") == "first"


async def test_an_entry_tried_again_is_stored_once_whatever_its_call_became(
    records: AnyRecords,
) -> None:
    call = a_call()
    words = Entry(call, [heard("fire")], [Event("urgency_rose", AT)])
    await records.append(words)
    call.urgency = Urgency.CRITICAL
    assert await records.append(replace(words, call=call)) is None
    assert call.revision == 1
    await records.append(Entry(call, [heard("fire", at=AT + timedelta(microseconds=1))]))
    assert len(await records.messages(call.id)) == 2
    assert len(await records.events(call.id)) == 1
    assert call.revision == 2


async def test_the_same_words_at_the_same_time_in_two_calls_are_both_kept(
    records: AnyRecords,
) -> None:
    for number in (1, 2):
        await records.append(Entry(a_call(number), [heard("fire")]))
    assert await records.messages("call_2") == [heard("fire")]


async def test_of_many_concurrent_repeats_one_is_written(records: AnyRecords) -> None:
    attempts = [Entry(a_call(), [heard(str(n))], [], StoredAnswer("k", str(n))) for n in range(20)]
    results = await asyncio.gather(*map(records.append, attempts))
    [winner] = [n for n, result in enumerate(results) if result is None]
    assert {result.body for result in results if result} == {str(winner)}
    assert await records.messages("call_1") == [heard(str(winner))]
    assert [entry.call.revision for entry in attempts] == [int(n == winner) for n in range(20)]


async def test_a_call_changed_elsewhere_is_not_overwritten(records: AnyRecords) -> None:
    call = a_call()
    await records.append(Entry(call, [heard("a")]))
    other = await records.find(call.id)
    assert other is not None
    other.urgency = Urgency.CRITICAL
    await records.append(Entry(other, [heard("b")]))
    with pytest.raises(RecordsError, match="changed elsewhere"):
        await records.append(Entry(call, [heard("c")]))
    assert call.revision == 1
    assert await records.find(call.id) == other
    assert await records.messages(call.id) == [heard("a"), heard("b")]


async def test_a_second_call_of_one_provider_id_is_refused_and_harms_no_other(
    records: AnyRecords,
) -> None:
    await records.append(Entry(a_call(1, provider_id="CA1")))
    entries = [Entry(a_call(n, provider_id=f"CA{max(n, 1) % 5}")) for n in (6, 2, 3, 4)]
    results = await asyncio.gather(*map(records.append, entries), return_exceptions=True)
    assert [type(result) for result in results] == [StaleCall, *[type(None)] * 3]
    assert await records.find("call_6") is None


async def test_an_entry_that_cannot_be_stored_harms_no_other(records: AnyRecords) -> None:
    bad = Entry(a_call(1), [heard("x", details={"a": object()})])
    naive = Entry(a_call(2), [heard("x", at=datetime(2026, 1, 1))])  # noqa: DTZ001
    good = Entry(a_call(3), [heard("x")])
    results = await asyncio.gather(*map(records.append, (bad, naive, good)), return_exceptions=True)
    assert [type(result) for result in results] == [RecordsError, RecordsError, type(None)]


async def test_the_call_is_kept_as_it_was_when_append_was_called(records: AnyRecords) -> None:
    call = a_call()
    appending = asyncio.ensure_future(records.append(Entry(call)))
    await asyncio.sleep(0)
    call.urgency = Urgency.CRITICAL
    await appending
    found = await records.find(call.id)
    assert found is not None
    assert found.urgency is Urgency.ASSISTIVE
    assert call.revision == 1


async def test_a_call_is_found_by_its_own_id_or_its_providers(records: AnyRecords) -> None:
    await records.append(Entry(a_call(1, provider_id="CA1")))
    await records.append(Entry(a_call(2, provider_id="call_1")))
    for name, number in (("call_1", 1), ("CA1", 1), ("call_2", 2)):
        found = await records.find(name)
        assert found is not None
        assert found.id == f"call_{number}"


async def test_the_newest_open_call_of_a_number_on_a_line_is_found(records: AnyRecords) -> None:
    theirs = {"from_number": "+1", "line": "api"}
    for call in (
        a_call(1, **theirs),
        a_call(2, **theirs),
        a_call(3, **theirs, ended_at=AT),
        a_call(4, from_number="+1", line="gather"),
        a_call(5, from_number="+2", line="api"),
        a_call(6, line="api"),
    ):
        await records.append(Entry(call))
    found = await records.find_open(line="api", from_number="+1")
    assert found is not None
    assert found.id == "call_2"
    assert await records.find_open(line="api", from_number="+3") is None
    assert await records.find_open(line="kiosk", from_number="+1") is None


async def test_open_calls_are_listed_oldest_first(records: AnyRecords) -> None:
    for call in (a_call(3), a_call(1), a_call(2, ended_at=AT)):
        await records.append(Entry(call))
    assert [call.id for call in await records.open_calls()] == ["call_1", "call_3"]


async def test_recent_calls_are_the_open_and_the_lately_ended(records: AnyRecords) -> None:
    hour_ago = AT - timedelta(hours=1)
    for call in (
        a_call(1),
        a_call(2, ended_at=AT),
        a_call(3, ended_at=hour_ago - timedelta(seconds=1)),
        a_call(4),
    ):
        await records.append(Entry(call, [heard(f"words of {call.id}")]))
    recent = await records.recent(ended_since=hour_ago)
    assert [item.call.id for item in recent] == ["call_4", "call_2", "call_1"]
    assert recent[0].messages[0].content == "words of call_4"
    revisions = await records.recent_revisions(ended_since=hour_ago)
    assert list(revisions.items()) == [("call_4", 1), ("call_2", 1), ("call_1", 1)]
    assert [call.id for call in await records.calls(limit=2)] == ["call_4", "call_3"]


async def test_of_ended_calls_only_the_newest_two_hundred_are_recent(records: AnyRecords) -> None:
    ended = [a_call(n, ended_at=AT + timedelta(seconds=n)) for n in range(205)]
    await asyncio.gather(*(records.append(Entry(call)) for call in ended))
    recent = await records.recent_revisions(ended_since=AT)
    assert list(recent) == [f"call_{n}" for n in range(204, 4, -1)]


async def test_timed_turns_since_a_moment_are_newest_first(records: AnyRecords) -> None:
    words = [
        Message("assistant", "a", AT, "normal", {"total_ms": 5}),
        Message("assistant", "b", AT + timedelta(seconds=1), "critical", {"ms": {"total": 7.5}}),
        Message("assistant", "c", AT + timedelta(seconds=2), "critical"),
        Message("assistant", "d", AT - timedelta(seconds=1), "normal", {"total_ms": 5}),
    ]
    await records.append(Entry(a_call(), words))
    turns = await records.turns_since(AT)
    assert [(turn.urgency, turn.total_ms) for turn in turns] == [("critical", 7.5), ("normal", 5.0)]
    assert turns[0].at == AT + timedelta(seconds=1)
    assert len(await records.turns_since(AT, limit=1)) == 1


async def test_stages_of_turns_since_a_moment_are_newest_first(records: AnyRecords) -> None:
    early, first, second = (
        TurnTiming("critical", {"end_of_speech": 0.0, "text": ms}, is_ahead=True)
        for ms in (1.0, 2.0, 3.0)
    )
    events = [
        Event(TIMED, AT - timedelta(seconds=1), early.as_record()),
        Event(TIMED, AT, first.as_record()),
        Event("urgency_rose", AT, {"to": "critical"}),
        Event(TIMED, AT + timedelta(seconds=1), second.as_record()),
    ]
    await records.append(Entry(a_call(), events=events))

    assert await records.timings_since(AT) == [second, first]
    assert await records.timings_since(AT, limit=1) == [second]


async def test_calls_are_counted_by_kind(records: AnyRecords) -> None:
    fire = {"urgency": Urgency.CRITICAL, "hazard": Hazard.FIRE}
    await records.append(Entry(a_call(1, **fire, place=CallPlace(zone_id="B"))))
    await records.append(Entry(a_call(2, **fire, ended_at=AT)))
    await records.append(Entry(a_call(3)))
    tally = await records.tally()
    assert tally.calls == 3
    assert tally.by_urgency == {"critical": 2, "assistive": 1}
    assert tally.by_hazard == {"fire": 2, "none": 1}
    assert tally.by_zone == {"B": 1}
    assert tally.by_status == {"active": 2, "ended": 1}
    assert (await records.tally(since=AT + timedelta(seconds=3))).calls == 1
