"""Who is rung for a caller, and in which order; rings nobody."""

from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.hand_off import HandOff
from aurora.escalation.policy import rosters_of
from aurora.escalation.roster import on_duty
from aurora.site.model import Contact, Site


def next_person(site: Site, call: Call, hand_off: HandOff, now: datetime) -> Contact | None:
    """Return whom to ask next, or None when everybody was asked.

    Whoever an operator chose, else the control room and then those on duty for the roles that the
    call's urgency alerts, the public services and others outside the site left out: they are asked
    by a person. In a drill nobody outside is rung even then.
    """
    ids = hand_off.wanted or _everybody(site, call, now)
    for contact_id in ids:
        contact = site.contact(contact_id)
        is_reached = contact.phone is not None and contact_id not in hand_off.asked
        if is_reached and not (call.is_drill and contact.is_outside):
            return contact
    return None


def _everybody(site: Site, call: Call, now: datetime) -> list[str]:
    rosters = rosters_of(site)
    on_their_turn = [
        contact_id
        for role in site.escalation[call.urgency]
        for contact_id in on_duty(rosters, role, now)
        if not site.contact(contact_id).is_outside
    ]
    return list(dict.fromkeys([site.control_room, *on_their_turn]))
