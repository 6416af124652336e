"""Looking on: this machine's calls at once, those of other machines from the records."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from aurora.console.board.watch import CALL_SHOWN_AFTER_END, Watch
from aurora.conversation.call import EndReason
from aurora.errors import RecordsError
from aurora.records.incidents import StoredIncident
from tests.incidents import call, incident
from tests.switchboard import API, Line


class Incidents:
    """What a database has of them."""

    def __init__(self) -> None:
        self.stored: dict[str, StoredIncident] = {}
        self.is_down = False

    async def shown(
        self, ended_since: datetime, known: Mapping[str, StoredIncident]
    ) -> dict[str, StoredIncident]:
        if self.is_down:
            raise RecordsError("the disk is gone")
        return dict(self.stored)


class Looking:
    def __init__(self) -> None:
        self.line = Line()
        self.incidents = Incidents()
        board = self.line.board
        self.watch = Watch(self.line.records, self.incidents, board.here, self.line.clock)
        board._exchange._observers = [self.watch]

    async def looked(self) -> set[str]:
        """What changed by looking at the records."""
        self.watch.changed.clear()
        await self.watch.look()
        return set(self.watch.changed)


@pytest.fixture
def looking() -> Looking:
    return Looking()


async def test_a_call_of_this_machine_is_seen_without_the_records(looking: Looking) -> None:
    await looking.line.ring()
    await looking.line.hear("fire in zone b")
    [seen] = looking.watch.calls.values()
    assert (seen.heard, seen.call.place.zone_id) == ("fire in zone b", "b")
    assert seen.first_line_at == looking.line.clock()
    assert "Get out now" in seen.said


async def test_words_are_seen_while_they_may_still_change(looking: Looking) -> None:
    await looking.line.ring()
    looking.watch.changed.clear()
    looking.line.board.hear_so_far("CA1", "there is a fi")
    [seen] = looking.watch.spoken.values()
    assert (seen.heard, seen.is_final) == ("there is a fi", False)
    assert looking.watch.changed == set()


async def test_a_call_of_another_machine_is_found_in_the_records(looking: Looking) -> None:
    other = looking.line.another_machine()
    await other.ring()
    await other.hear("fire in zone b")
    [call_id] = await looking.looked()
    seen = looking.watch.calls[call_id]
    assert (seen.heard, seen.first_line_at is not None) == ("fire in zone b", True)
    assert await looking.looked() == set()
    await other.hear("it spreads")
    assert await looking.looked() == {call_id}
    assert seen is not looking.watch.calls[call_id]
    assert looking.watch.calls[call_id].heard == "it spreads"


async def test_a_note_on_a_call_in_memory_is_no_reason_to_read_it(looking: Looking) -> None:
    await looking.line.ring()
    await looking.line.board.note("CA1", "interrupted", {})
    assert await looking.looked() == set()


async def test_an_ended_call_goes_after_a_while(looking: Looking) -> None:
    other = looking.line.another_machine()
    await other.ring()
    [call_id] = await looking.looked()
    await other.board.end("CA1", EndReason.HUNG_UP)
    await looking.looked()
    assert looking.watch.calls[call_id].call.ended_at is not None
    looking.line.clock.now += CALL_SHOWN_AFTER_END + timedelta(seconds=1)
    assert await looking.looked() == {call_id}
    assert looking.watch.calls == {}


async def test_an_incident_is_told_of_when_it_changed_and_only_then(looking: Looking) -> None:
    one = incident(call("1"))
    looking.incidents.stored = {one.id: StoredIncident("a", one)}
    assert await looking.looked() == {one.id}
    assert await looking.looked() == set()
    looking.incidents.stored = {one.id: StoredIncident("b", one)}
    assert await looking.looked() == {one.id}
    looking.incidents.stored = {}
    assert await looking.looked() == {one.id}


async def test_records_that_cannot_be_read_are_said_to_be_so_until_they_can(
    looking: Looking,
) -> None:
    looking.incidents.is_down = True
    await looking.looked()
    assert looking.watch.problem == "the disk is gone"
    assert looking.watch.news.is_set()
    looking.incidents.is_down = False
    await looking.looked()
    assert looking.watch.problem is None


async def test_who_follows_a_call_is_woken_by_its_words_and_by_its_incident(
    looking: Looking,
) -> None:
    await looking.line.ring()
    [call_id] = looking.watch.calls
    with looking.watch.following(call_id) as news:
        looking.line.board.hear_so_far("CA1", "help")
        assert news.is_set()
        news.clear()
        one = incident(call(call_id))
        looking.incidents.stored = {one.id: StoredIncident("a", one)}
        await looking.looked()
        assert news.is_set()
        news.clear()
        await looking.line.ring(API)
        assert not news.is_set()
    assert not looking.watch.is_followed
