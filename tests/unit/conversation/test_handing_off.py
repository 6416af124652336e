"""The way to a human: who may move it where, and what each move leaves on the record."""

from datetime import timedelta
from itertools import product
from random import Random

import pytest

from aurora.conversation import handing_off
from aurora.conversation.call import Call
from aurora.conversation.hand_off import Leg, Stage, Way
from aurora.conversation.handing_off import brief, close, drop_back, in_queue_order, join, pass_on
from aurora.errors import HandOffTaken
from aurora.levels import Urgency
from tests.line import NOON, new_call


def stage(call: Call) -> Stage | None:
    return call.hand_off.stage if call.hand_off else None


def requested() -> Call:
    call = new_call()
    handing_off.request(call, "caller", NOON)
    return call


def briefed(person: str = "Medic", way: Way = Way.PHONE) -> Call:
    call = requested()
    brief(call, person, way, NOON, contact_id="medic" if way is Way.PHONE else None)
    return call


def test_a_person_is_asked_briefed_joins_and_drops_back():
    call = requested()
    events = [
        *brief(call, "Medic", Way.PHONE, NOON, contact_id="medic"),
        *join(call, "Medic", Way.PHONE, NOON, contact_id="medic"),
        *drop_back(call, "person_left", NOON),
    ]

    assert [event.kind for event in events] == [
        "hand_off_briefing",
        "hand_off_joined",
        "hand_off_dropped_back",
    ]
    assert {event.details["person"] for event in events} == {"Medic"}
    assert stage(call) is Stage.DROPPED_BACK


SERVICES = Leg("CA112", "Services", "services", "emergency_services")


def with_services() -> Call:
    call = briefed()
    join(call, "Medic", Way.PHONE, NOON, contact_id="medic", leg="CA1")
    handing_off.add(call, SERVICES, NOON)
    return call


def test_who_is_left_when_a_conference_ended_too_early_has_the_caller_in_the_next():
    call = with_services()
    events = handing_off.regroup(call, SERVICES, 1, NOON)

    assert [(event.kind, event.details["person"]) for event in events] == [
        ("hand_off_dropped_back", "Medic"),
        ("hand_off_joined", "Services"),
    ]
    assert (stage(call), call.hand_off.attempt) == (Stage.JOINED, 2)
    assert (call.hand_off.leg, call.hand_off.added) == ("CA112", [])


def test_who_has_the_caller_anew_already_is_not_given_them_twice():
    call = with_services()
    handing_off.regroup(call, SERVICES, 1, NOON)

    assert handing_off.regroup(call, SERVICES, 1, NOON) == []
    assert call.hand_off.attempt == 2


def test_who_had_gone_from_the_record_before_and_is_still_there_has_the_caller():
    call = with_services()
    handing_off.leave(call, "CA112", NOON)
    drop_back(call, "person_left", NOON)
    handing_off.regroup(call, SERVICES, 1, NOON)

    assert (stage(call), call.hand_off.person) == (Stage.JOINED, "Services")


def test_a_caller_who_has_somebody_else_by_now_stays_with_them():
    call = with_services()
    drop_back(call, "person_left", NOON)
    join(call, "Maria", Way.CONSOLE, NOON)

    with pytest.raises(HandOffTaken, match="Maria"):
        handing_off.regroup(call, SERVICES, 1, NOON)


def test_asking_twice_asks_once():
    call = requested()

    assert handing_off.request(call, "Maria", NOON) == []
    assert call.hand_off.asked_by == "caller"


def test_who_declines_goes_back_to_the_queue_and_is_not_asked_again():
    call = briefed()
    pass_on(call, "declined", NOON)

    assert stage(call) is Stage.REQUESTED
    assert call.hand_off.asked == ["medic"]
    assert call.hand_off.person is None


def test_the_console_takes_over_from_a_telephone_that_rings_and_never_the_other_way():
    call = briefed()
    brief(call, "Maria", Way.CONSOLE, NOON)
    assert call.hand_off.person == "Maria"

    with pytest.raises(HandOffTaken, match="Maria"):
        brief(call, "Medic", Way.PHONE, NOON, contact_id="medic")
    with pytest.raises(HandOffTaken, match="Maria"):
        brief(call, "Paul", Way.CONSOLE, NOON)


def test_of_two_machines_that_would_ring_one_person_the_second_is_told_that_the_first_does():
    call = briefed()

    with pytest.raises(HandOffTaken, match="Medic"):
        brief(call, "Medic", Way.PHONE, NOON, contact_id="medic")
    assert call.hand_off is not None
    assert (call.hand_off.attempt, call.hand_off.asked) == (1, ["medic"])

    pass_on(call, "no_answer", NOON)
    brief(call, "Medic", Way.PHONE, NOON, contact_id="medic")
    assert call.hand_off.attempt == 2


def test_of_two_who_join_the_first_has_the_caller():
    call = briefed()
    join(call, "Maria", Way.CONSOLE, NOON)

    with pytest.raises(HandOffTaken, match="Maria"):
        join(call, "Medic", Way.PHONE, NOON, contact_id="medic")


def test_an_operator_may_come_unasked():
    call = new_call()
    join(call, "Maria", Way.CONSOLE, NOON)

    assert stage(call) is Stage.JOINED


def test_after_it_is_over_a_person_can_be_asked_for_again():
    call = requested()
    close(call, "nobody_reached", NOON)
    handing_off.request(call, "caller", NOON)

    assert stage(call) is Stage.REQUESTED
    assert call.hand_off.asked == []


def test_nothing_that_comes_late_moves_what_is_over():
    for late in (pass_on, drop_back, close):
        call = requested()
        close(call, "call_ended", NOON)
        assert late(call, "late", NOON) == []


def test_the_queue_is_critical_first_and_then_by_age():
    calls = []
    for minutes, urgency in product((1, 2), (Urgency.NORMAL, Urgency.CRITICAL, Urgency.URGENT)):
        call = new_call(id=f"{urgency.value}{minutes}", urgency=urgency)
        handing_off.request(call, "caller", NOON - timedelta(minutes=minutes))
        calls.append(call)
    joined = new_call(id="joined")
    join(joined, "Maria", Way.CONSOLE, NOON)
    Random(7).shuffle(calls)  # noqa: S311

    assert [call.id for call in in_queue_order([*calls, joined, new_call()])] == [
        *("critical2", "critical1", "urgent2", "urgent1", "normal2", "normal1"),
    ]


def test_whatever_the_order_at_most_one_person_has_joined():
    people = [("Maria", Way.CONSOLE), ("Paul", Way.CONSOLE), ("Medic", Way.PHONE)]
    chance = Random(11)  # noqa: S311
    for _ in range(1_000):
        call, has_joined = requested(), None
        for _ in range(12):
            person, way = chance.choice(people)
            move = chance.choice([brief, join, pass_on, drop_back])
            try:
                if move in (brief, join):
                    move(call, person, way, NOON)
                    has_joined = person if move is join else has_joined
                else:
                    move(call, "left", NOON)
                    has_joined = None if move is drop_back else has_joined
            except HandOffTaken:
                continue
            if call.hand_off.stage is Stage.JOINED:
                assert call.hand_off.person == has_joined


def together(*, services: str = "CA2") -> Call:
    """A caller with a person and the public services in one conference."""
    call = briefed()
    join(call, "Medic", Way.PHONE, NOON, contact_id="medic", leg="CA1")
    handing_off.add(call, Leg(services, "Services", "services"), NOON)
    return call


@pytest.mark.parametrize(("leaves", "stays"), [("CA1", "CA2"), ("CA2", "CA1")])
def test_whoever_is_left_in_the_conference_has_the_caller(leaves, stays):
    call = together()
    events = handing_off.leave(call, leaves, NOON)
    again = handing_off.leave(call, leaves, NOON)

    assert [event.kind for event in events] == ["hand_off_left"]
    assert again == []
    assert stage(call) is Stage.JOINED
    assert handing_off.legs(call.hand_off) == [stays]
    assert call.hand_off.contact_id == ("services" if stays == "CA2" else "medic")


def test_the_last_one_leaves_by_dropping_back():
    call = together()
    handing_off.leave(call, "CA1", NOON)

    assert handing_off.leave(call, "CA2", NOON) == []
    assert [event.kind for event in drop_back(call, "person_left", NOON)] == [
        "hand_off_dropped_back"
    ]


def test_nobody_is_added_to_a_conference_that_is_over_or_twice():
    call = together()
    twice = handing_off.add(call, Leg("CA2", "Services", "services"), NOON)
    drop_back(call, "person_left", NOON)

    assert twice == []
    assert handing_off.add(call, Leg("CA3", "Services", "services"), NOON) == []


def test_attempts_are_counted_over_all_hand_offs_of_a_call():
    call = briefed()
    join(call, "Medic", Way.PHONE, NOON, contact_id="medic")
    drop_back(call, "person_left", NOON)
    handing_off.request(call, "caller", NOON)
    brief(call, "Medic", Way.PHONE, NOON, contact_id="medic")

    assert call.hand_off.attempt == 2
