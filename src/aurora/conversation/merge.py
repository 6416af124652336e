"""Carry what a machine knew of a call, and could not store, into the call as it is stored now."""

from aurora.conversation.call import Call
from aurora.guidance.library import outranks
from aurora.levels import Hazard, highest


def carry_over(ours: Call, stored: Call) -> None:
    """Raise `stored` to everything `ours` knew: nothing that was heard makes it less urgent."""
    if not _was_overruled(ours, stored):
        _carry_urgency(ours, stored)
        _carry_guidance(ours, stored)
    stored.facts = {**ours.facts, **stored.facts}
    stored.is_for_real = ours.is_for_real or stored.is_for_real
    stored.is_drill = ours.is_drill and stored.is_drill
    stored.is_keypad_only = ours.is_keypad_only or stored.is_keypad_only
    stored.is_quiet = ours.is_quiet or stored.is_quiet
    stored.is_child = ours.is_child or stored.is_child
    stored.blocked_exits = list(dict.fromkeys([*stored.blocked_exits, *ours.blocked_exits]))
    if stored.place.zone_id is None:
        stored.place = ours.place
    new_roles = [role for role in ours.roles_alerted if role not in stored.roles_alerted]
    stored.roles_alerted = [*stored.roles_alerted, *new_roles]


def _was_overruled(ours: Call, stored: Call) -> bool:
    """Whether an operator lowered the stored call after everything that was heard in ours."""
    lowered_at, heard_at = stored.urgency_lowered_at, ours.last_message_at
    if lowered_at is None or lowered_at == ours.urgency_lowered_at:
        return False
    return heard_at is not None and heard_at <= lowered_at


def _carry_urgency(ours: Call, stored: Call) -> None:
    if ours.urgency.rank > stored.urgency.rank and ours.hazard is not Hazard.NONE:
        stored.hazard = ours.hazard
    stored.urgency = highest(ours.urgency, stored.urgency)


def _carry_guidance(ours: Call, stored: Call) -> None:
    running, theirs = ours.guidance.procedure, stored.guidance.procedure
    if running is not None and (theirs is None or outranks(running, theirs)):
        stored.guidance = ours.guidance
