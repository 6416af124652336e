"""Carry what a machine knew of a call, and could not store, into the call as it is stored now."""

from aurora.conversation.call import Call
from aurora.guidance.library import outranks
from aurora.levels import Hazard, highest


def carry_over(ours: Call, stored: Call) -> None:
    """Raise `stored` to everything `ours` knew: nothing that was heard makes it less urgent."""
    if ours.urgency.rank > stored.urgency.rank and ours.hazard is not Hazard.NONE:
        stored.hazard = ours.hazard
    stored.urgency = highest(ours.urgency, stored.urgency)
    stored.facts = {**ours.facts, **stored.facts}
    stored.is_drill = ours.is_drill and stored.is_drill
    stored.is_keypad_only = ours.is_keypad_only or stored.is_keypad_only
    stored.is_quiet = ours.is_quiet or stored.is_quiet
    stored.is_child = ours.is_child or stored.is_child
    if stored.place.zone_id is None:
        stored.place = ours.place
    running, theirs = ours.guidance.procedure, stored.guidance.procedure
    if running is not None and (theirs is None or outranks(running, theirs)):
        stored.guidance = ours.guidance
    new_roles = [role for role in ours.roles_alerted if role not in stored.roles_alerted]
    stored.roles_alerted = [*stored.roles_alerted, *new_roles]
