"""Ids of calls: recognisable, and of bounded length whatever a flood does."""

from datetime import UTC, datetime

from aurora.conversation.ids import call_id_for

AT = datetime(2026, 11, 26, 5, 15, 51, tzinfo=UTC)


def test_a_call_goes_by_its_number_and_second():
    made = call_id_for("+1 202 555 0100", AT, is_free=lambda one: True)

    assert made == "call_12025550100_20261126_051551"


def test_a_flood_from_one_number_makes_no_ids_without_end():
    taken: set[str] = set()
    for _ in range(500):
        taken.add(call_id_for("+12025550100", AT, is_free=lambda one: one not in taken))

    assert len(taken) == 500
    assert max(map(len, taken)) < 50
