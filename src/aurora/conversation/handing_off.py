"""A caller's way to a human: asked for, briefed, joined, dropped back, over. Pure; rings nobody."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from aurora.conversation.call import Call
from aurora.conversation.hand_off import HandOff, Leg, Stage, Way
from aurora.conversation.record import Event
from aurora.errors import HandOffTaken

JOINS_WITHIN = timedelta(minutes=2)
"""For an operator to join whom they took: to read what happened, and to open their sound."""


def request(
    call: Call, by: str, now: datetime, *, contacts: Sequence[str] = (), reason: str = ""
) -> list[Event]:
    """Ask for a human; asking again while one is wanted or there changes nothing.

    contacts: the people to ask, in order; without any the site's own order holds.
    """
    if call.hand_off is not None and call.hand_off.is_open:
        return []
    call.hand_off = HandOff(Stage.REQUESTED, by, now, now, _attempts(call), wanted=list(contacts))
    details = {"by": by, **({"contacts": list(contacts)} if contacts else {})}
    return [Event("hand_off_requested", now, details | ({"reason": reason} if reason else {}))]


def brief(
    call: Call,
    person: str,
    way: Way,
    now: datetime,
    *,
    contact_id: str | None = None,
    role: str | None = None,
) -> list[Event]:
    """Begin to tell one person; raises HandOffTaken while somebody has joined or has it in hand."""
    hand_off = _opened(call, person, now)
    is_theirs = hand_off.person == person and hand_off.way is way
    if hand_off.stage is Stage.JOINED and not is_theirs:
        raise HandOffTaken(hand_off.person or "", hand_off.stage.value)
    # Somebody at the console is nearer than a telephone that rings; never the other way round.
    is_kept = hand_off.way is Way.CONSOLE or way is Way.PHONE
    if hand_off.stage is Stage.BRIEFING and is_kept and not is_theirs:
        raise HandOffTaken(hand_off.person or "", hand_off.stage.value)
    if hand_off.stage is not Stage.REQUESTED and is_theirs:
        if way is Way.PHONE:
            # Another machine rings them already: rung twice they would find themselves engaged.
            raise HandOffTaken(person, hand_off.stage.value)
        return []
    hand_off.attempt += 1
    hand_off.person, hand_off.contact_id, hand_off.way = person, contact_id, way
    hand_off.role, hand_off.leg = role, None
    if contact_id is not None:
        hand_off.asked.append(contact_id)
    return [_moved(hand_off, Stage.BRIEFING, now)]


def join(
    call: Call,
    person: str,
    way: Way,
    now: datetime,
    *,
    contact_id: str | None = None,
    leg: str | None = None,
    role: str | None = None,
) -> list[Event]:
    """A person speaks with the caller from here on; raises HandOffTaken when another does.

    leg: the telephone call to them, where they joined by it.
    """
    hand_off = _opened(call, person, now)
    if hand_off.stage is Stage.JOINED:
        if hand_off.person == person:
            return []
        raise HandOffTaken(hand_off.person or "", hand_off.stage.value)
    if hand_off.person != person or hand_off.way is not way:
        hand_off.attempt += 1
        hand_off.role = hand_off.leg = None
    hand_off.person, hand_off.contact_id, hand_off.way = person, contact_id, way
    hand_off.leg, hand_off.role = leg or hand_off.leg, role or hand_off.role
    call.is_hand_off_due = False
    return [_moved(hand_off, Stage.JOINED, now)]


def add(call: Call, leg: Leg, now: datetime) -> list[Event]:
    """Somebody comes into the conference beside whoever joined by telephone."""
    hand_off = call.hand_off
    if hand_off is None or not is_in_conference(call) or leg.sid in legs(hand_off):
        return []
    hand_off.added.append(leg)
    who = {"person": leg.person, "contact": leg.contact_id, "leg": leg.sid}
    return [Event("hand_off_added", now, who | {"attempt": hand_off.attempt})]


def leave(call: Call, sid: str, now: datetime) -> list[Event]:
    """One of several people in the conference has left; the next one now has the caller.

    Nothing when it was the last one: that is `drop_back`, once the caller is Aurora's again.
    """
    hand_off = call.hand_off
    if hand_off is None or not hand_off.added or sid not in legs(hand_off):
        return []
    who = {"person": hand_off.person, "contact": hand_off.contact_id, "leg": sid}
    if sid == hand_off.leg:
        first = hand_off.added.pop(0)
        hand_off.leg, hand_off.role = first.sid, first.role
        hand_off.person, hand_off.contact_id = first.person, first.contact_id
    else:
        one = next(leg for leg in hand_off.added if leg.sid == sid)
        hand_off.added.remove(one)
        who |= {"person": one.person, "contact": one.contact_id}
    return [Event("hand_off_left", now, who | {"attempt": hand_off.attempt})]


def regroup(call: Call, leg: Leg, attempt: int, now: datetime) -> list[Event]:
    """The conference of an attempt is over, and this one of its people is still on the telephone.

    They have the caller from here on, in the conference of the next attempt; nothing when they
    have already. Raises HandOffTaken when somebody else has by now.
    """
    hand_off = call.hand_off
    if hand_off is None or hand_off.attempt != attempt:
        if hand_off is not None and is_in_conference(call) and hand_off.leg == leg.sid:
            return []
        raise HandOffTaken((hand_off and hand_off.person) or "", "later")
    over = drop_back(call, "conference_over", now)
    ids = {"contact_id": leg.contact_id, "leg": leg.sid, "role": leg.role}
    return [*over, *join(call, leg.person, Way.PHONE, now, **ids)]


def legs(hand_off: HandOff) -> list[str]:
    """Return the ids of the telephone calls to people whom the caller is with, or is to be."""
    return [*([hand_off.leg] if hand_off.leg else []), *(leg.sid for leg in hand_off.added)]


def pass_on(call: Call, reason: str, now: datetime) -> list[Event]:
    """Whoever was asked does not come: back into the queue, for the next."""
    hand_off = call.hand_off
    if hand_off is None or hand_off.stage is not Stage.BRIEFING:
        return []
    event = _moved(hand_off, Stage.REQUESTED, now, reason=reason)
    _forget_person(hand_off)
    return [event]


def drop_back(call: Call, reason: str, now: datetime) -> list[Event]:
    """The person is gone, and the caller is Aurora's again; nothing when nobody had joined."""
    hand_off = call.hand_off
    if hand_off is None or hand_off.stage is not Stage.JOINED:
        return []
    hand_off.added = []
    return [_moved(hand_off, Stage.DROPPED_BACK, now, reason=reason)]


def close(call: Call, reason: str, now: datetime) -> list[Event]:
    """Nobody is wanted any more: nobody could be reached, or the call is over."""
    hand_off = call.hand_off
    if hand_off is None or not hand_off.is_open:
        return []
    call.is_hand_off_due = False
    if hand_off.stage is Stage.JOINED:
        # Who hangs up on a person is not missing: that person knows how it ended.
        call.has_taken_leave = True
    return [_moved(hand_off, Stage.ENDED, now, reason=reason)]


def put_through(call: Call, contact_id: str, by: str, now: datetime) -> list[Event]:
    """Put a caller through without a brief: nobody joins, a telephone just rings."""
    attempt = _attempts(call) + 1
    call.hand_off = HandOff(Stage.ENDED, by, now, now, attempt, wanted=[contact_id])
    call.is_hand_off_due = True
    return [Event("put_through", now, {"by": by, "contact": contact_id})]


def is_forgotten(call: Call, now: datetime) -> bool:
    """Whether an operator took this caller and has not joined: their console may be gone."""
    hand_off = call.hand_off
    is_theirs = hand_off is not None and hand_off.way is Way.CONSOLE
    if hand_off is None or not is_theirs or hand_off.stage is not Stage.BRIEFING:
        return False
    return call.ended_at is None and now - hand_off.changed_at >= JOINS_WITHIN


def has_person(call: Call) -> bool:
    """Whether somebody speaks with the caller in Aurora's place."""
    return call.hand_off is not None and call.hand_off.stage is Stage.JOINED


def is_in_conference(call: Call) -> bool:
    """Whether somebody who joined by telephone speaks with the caller."""
    hand_off = call.hand_off
    return hand_off is not None and (hand_off.stage, hand_off.way) == (Stage.JOINED, Way.PHONE)


def in_queue_order(calls: Iterable[Call]) -> list[Call]:
    """Return the calls that wait for a human: the most urgent first, then who waits longest."""
    waiting = [call for call in calls if call.hand_off is not None and call.hand_off.is_waiting]
    return sorted(waiting, key=_place_in_queue)


def _place_in_queue(call: Call) -> tuple[int, datetime]:
    asked_at = call.hand_off.asked_at if call.hand_off else call.started_at
    return -call.urgency.rank, asked_at


def _opened(call: Call, by: str, now: datetime) -> HandOff:
    """Return the hand-off under way; a person who comes unasked begins one."""
    if call.hand_off is None or not call.hand_off.is_open:
        call.hand_off = HandOff(Stage.REQUESTED, by, now, now, _attempts(call))
    return call.hand_off


def _attempts(call: Call) -> int:
    """Return how many attempts there were: what answers one must never answer a later one."""
    return call.hand_off.attempt if call.hand_off else 0


def _moved(hand_off: HandOff, stage: Stage, now: datetime, **details: str) -> Event:
    hand_off.stage, hand_off.changed_at = stage, now
    who = {
        "person": hand_off.person,
        "contact": hand_off.contact_id,
        "way": hand_off.way.value if hand_off.way else None,
    }
    return Event(f"hand_off_{stage.value}", now, {**who, "attempt": hand_off.attempt, **details})


def _forget_person(hand_off: HandOff) -> None:
    hand_off.person = hand_off.contact_id = hand_off.way = hand_off.role = hand_off.leg = None
