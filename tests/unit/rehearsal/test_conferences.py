"""Twilio's conferences as its stand-in keeps them."""

from datetime import UTC, datetime

import pytest

from aurora.rehearsal.conferences import Conferences, Participant

NOW = datetime(2026, 3, 2, tzinfo=UTC)
EVENTS = "start end join leave"


@pytest.fixture
def conferences() -> Conferences:
    return Conferences("AC1", lambda: NOW)


def told(conferences: Conferences) -> list[str]:
    return [dict(form)["StatusCallbackEvent"] for _, form in conferences.callbacks]


def test_it_begins_once_somebody_is_there_who_may_begin_it(conferences):
    caller = Participant("CA1", begins=False, wait_url="https://line/wait")
    room = conferences.enter("room", caller, "https://line/events", EVENTS)
    assert (room.status, caller.urls_due) == ("init", ["https://line/wait"])

    conferences.enter("room", Participant("CA2"))
    assert room.status == "in-progress"
    assert told(conferences) == ["participant-join", "participant-join", "conference-start"]


def test_who_ends_it_puts_everybody_out(conferences):
    for participant in (Participant("CA1", ends=True), Participant("CA2"), Participant("CA3")):
        room = conferences.enter("room", participant, "https://line/events", EVENTS)
    conferences.leave("CA1")

    assert room.status == "completed"
    assert conferences.left == ["CA2", "CA3"]
    assert told(conferences)[-4:] == [*["participant-leave"] * 3, "conference-end"]
    assert conferences.named("room") is None


def test_who_does_not_end_it_leaves_the_others_together(conferences):
    for sid in ("CA1", "CA2", "CA3"):
        room = conferences.enter("room", Participant(sid))
    conferences.leave("CA1")

    assert set(room.participants) == {"CA2", "CA3"}
    assert conferences.left == []


def test_callbacks_are_numbered_and_only_those_asked_for_come(conferences):
    conferences.enter("room", Participant("CA1"), "https://line/events", "join")
    conferences.enter("room", Participant("CA2"), "https://elsewhere", "join leave")
    conferences.leave("CA2")

    numbers = [dict(form)["SequenceNumber"] for _, form in conferences.callbacks]
    assert {url for url, _ in conferences.callbacks} == {"https://line/events"}
    assert numbers == ["1", "2"]


@pytest.mark.parametrize(
    ("speaker", "is_heard_by_caller", "is_heard_by_person"),
    [
        (Participant("CA9"), True, True),
        (Participant("CA9", is_muted=True), False, False),
        (Participant("CA9", is_coaching=True, call_sid_to_coach="CA2"), False, True),
        (Participant("CA9", is_on_hold=True), False, False),
    ],
)
def test_who_is_heard_by_whom(speaker, is_heard_by_caller, is_heard_by_person):
    assert Participant("CA1").may_hear(speaker) is is_heard_by_caller
    assert Participant("CA2").may_hear(speaker) is is_heard_by_person
