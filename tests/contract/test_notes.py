"""What is noted of a call beside its turns, in memory, SQLite and PostgreSQL alike."""

import asyncio

from aurora.conversation.record import Entry, Event
from aurora.errors import RecordsError
from aurora.levels import Urgency
from tests.contract.test_records import AT, AnyRecords, a_call, heard, records
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url", "records"]


async def test_a_note_is_kept_beside_the_turns_and_leaves_the_call_as_it_is(
    records: AnyRecords,
) -> None:
    call = a_call()
    await records.append(Entry(call, [heard("fire")], [Event("began", AT)]))
    call.urgency = Urgency.CRITICAL
    await records.note(call, [Event("noted", AT)])

    assert call.revision == 1
    stored = await records.find(call.id)
    assert stored is not None
    assert (stored.urgency, stored.revision) == (Urgency.ASSISTIVE, 1)
    await records.append(Entry(call, [heard("it spreads")], [Event("spread", AT)]))
    kinds = [event.kind for event in await records.events(call.id)]
    assert kinds == ["began", "noted", "spread"]


async def test_notes_and_turns_of_one_call_are_written_at_once(records: AnyRecords) -> None:
    call = a_call()
    await records.append(Entry(call))
    writing = [
        records.note(call, [Event("first", AT)]),
        records.append(Entry(call, [heard("fire")], [Event("turn", AT)])),
        records.note(call, [Event("second", AT), Event("third", AT)]),
        records.append(Entry(a_call(2), events=[Event("turn", AT)])),
        records.note(a_call(2), [Event("noted", AT)]),
    ]
    await asyncio.gather(*writing)

    assert call.revision == 2
    assert sorted(event.kind for event in await records.events(call.id)) == [
        *("first", "second", "third", "turn"),
    ]
    assert [event.kind for event in await records.events("call_2")] == ["turn", "noted"]
    await records.append(Entry(call, events=[Event("last", AT)]))
    assert (await records.events(call.id))[-1].kind == "last"


async def test_a_note_tried_again_is_stored_once_with_a_turn_as_well(records: AnyRecords) -> None:
    call = a_call(provider_id="CA1")
    await records.append(Entry(call))
    note = Event("noted", AT)
    for _ in range(2):
        await records.note(call, [note])
    await records.append(Entry(call, events=[note]))

    assert await records.events(call.id) == [note]


async def test_a_note_on_a_call_that_is_not_there_is_refused_and_harms_no_other(
    records: AnyRecords,
) -> None:
    good, note = Entry(a_call(3), [heard("x")]), Event("noted", AT)
    results = await asyncio.gather(
        records.note(a_call(1), [note]), records.append(good), return_exceptions=True
    )
    assert [type(result) for result in results] == [RecordsError, type(None)]
    await records.append(Entry(a_call(1), events=[note]))
    assert await records.events("call_1") == [note]
