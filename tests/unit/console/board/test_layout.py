"""Where things stand on the board: worst first, then eldest; drills last; nothing is left out."""

from datetime import timedelta
from typing import Any

from aurora.console.board.layout import Layout, Shelf, call_key, incident_key, lay_out
from aurora.console.board.seen import SeenCall
from aurora.escalation.incident import Incident, Shelving, resolve
from aurora.levels import Urgency
from tests.incidents import accepts, call, incident
from tests.line import NOON, new_call


def seen(call_id: str, urgency: Urgency = Urgency.NORMAL, **parts: Any) -> SeenCall:
    return SeenCall(new_call(id=call_id, urgency=urgency, **parts))


def laid_out(calls: list[SeenCall], incidents: list[Incident]) -> Layout:
    return lay_out({one.call.id: one for one in calls}, {one.id: one for one in incidents}, NOON)


def on(layout: Layout, within: str) -> list[str]:
    places = [place for place in layout.places.values() if place.within == within]
    return [place.key for place in sorted(places, key=lambda place: place.order)]


def test_the_worst_comes_first_and_of_two_alike_the_elder() -> None:
    later = call("2", after_min=2)
    urgent = call("3", Urgency.URGENT, zone="c", after_min=1)
    made = [incident(later, number=2), incident(urgent, number=3), incident(call("1"), number=1)]
    order = [incident_key(f"incident_{number}") for number in (1, 2, 3)]
    assert on(laid_out([], made), Shelf.LIVE) == order


def test_a_lone_critical_call_stands_before_an_urgent_incident() -> None:
    layout = laid_out([seen("x", Urgency.CRITICAL)], [incident(call("1", Urgency.URGENT))])
    assert on(layout, Shelf.LIVE) == [call_key("x"), incident_key("incident_1")]


def test_a_drill_never_stands_before_an_emergency() -> None:
    drill = incident(call("1", is_drill=True), number=1)
    layout = laid_out([], [drill, incident(call("2", Urgency.URGENT, zone="c"), number=2)])
    assert on(layout, Shelf.LIVE) == [incident_key("incident_2"), incident_key("incident_1")]
    assert layout.waiting == 1


def test_calls_stand_with_their_incident_and_unknown_callers_stand_like_any_other() -> None:
    known, unknown = seen("1", from_number="+12025550199"), seen("2", from_number=None)
    layout = laid_out([known, unknown], [incident(call("1"), call("2"))])
    assert on(layout, incident_key("incident_1")) == [call_key("1"), call_key("2")]


def test_an_ended_call_comes_after_the_open_ones_of_its_incident() -> None:
    ended = seen("1", Urgency.CRITICAL, ended_at=NOON)
    layout = laid_out([ended, seen("2")], [incident(call("1"), call("2"))])
    assert on(layout, incident_key("incident_1")) == [call_key("2"), call_key("1")]


def test_what_was_shelved_stands_apart_until_its_time_is_over() -> None:
    one = incident(call("1"))
    one.shelved = Shelving("Ann", "a test", NOON, NOON + timedelta(minutes=30))
    assert on(laid_out([], [one]), Shelf.SHELVED) == [incident_key(one.id)]
    one.shelved = Shelving("Ann", "a test", NOON - timedelta(hours=1), NOON)
    assert on(laid_out([], [one]), Shelf.LIVE) == [incident_key(one.id)]


def test_an_open_call_of_a_closed_incident_stands_by_itself() -> None:
    one = incident(call("1"))
    resolve(one, "Ann", "fire is out", NOON)
    layout = laid_out([seen("1")], [one])
    assert on(layout, Shelf.LIVE) == [call_key("1")]
    assert on(layout, Shelf.OVER) == [incident_key(one.id)]


def test_it_counts_what_nobody_has_accepted() -> None:
    taken = incident(call("1"), number=1)
    accepts(taken, "medic")
    waiting = incident(call("2", zone="c"), number=2)
    layout = laid_out([seen("1"), seen("2"), seen("3")], [taken, waiting])
    assert (layout.waiting, layout.live, layout.calls) == (1, 3, 3)


def test_everything_has_a_place() -> None:
    calls = [seen(str(n), ended_at=NOON if n % 2 else None) for n in range(8)]
    over = incident(call("1"), call("2"), number=1)
    resolve(over, "Ann", "fire is out", NOON)
    layout = laid_out(calls, [over, incident(call("3", zone="c"), number=2)])
    assert len(layout.places) == 10
    known = {*(shelf.value for shelf in Shelf), *layout.places}
    assert all(place.within in known for place in layout.places.values())
