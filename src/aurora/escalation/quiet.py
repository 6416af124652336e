"""Watch, durably, over whoever accepted and went quiet: a reminder, then somebody else is paged.

An operator who took it at the console is watched as well: without their console nobody has it.
"""

from functools import partial
from typing import Protocol

from aurora.escalation.durable import Durable, Workflow, sleep, step, workflow
from aurora.escalation.incident import Answer, Incident

WATCH = "watch_acknowledgement"
WATCH_OPERATOR = "watch_operator"
ANSWERS_REMINDER_WITHIN_S = 120.0
PUT_ASIDE_LOOK_S = 300.0
LOOKS_EVERY_S = 20.0
"""For an operator's console; gone twice in a row is gone: one may be loaded anew."""


class Watcher(Protocol):
    """Does what the watch takes; every method may be called again after a crash."""

    async def quiet_s(self, incident_id: str) -> float:
        """Return after how many seconds without a sign somebody is reminded."""

    async def put_aside_s(self, incident_id: str) -> float:
        """Return for how many seconds more an operator has set the incident aside; 0 for not."""

    async def remind(self, incident_id: str, contact_id: str, accepted_at: str) -> bool:
        """Remind them; False when there is no need, for they gave a sign or it is over."""

    async def is_gone(self, incident_id: str, contact_id: str, accepted_at: str) -> bool:
        """Whether no console is open any more of the operator whose acceptance this is."""

    async def reopen(self, incident_id: str, contact_id: str, accepted_at: str) -> None:
        """Count on them no longer, and have their roles paged anew, unless they gave a sign."""


def watch_id(incident_id: str, contact_id: str, accepted_at: str) -> str:
    """Return the workflow's id: one for each acceptance."""
    return f"watch:{incident_id}:{contact_id}:{accepted_at}"


async def begin_watch(durable: Durable, incident: Incident, contact_id: str) -> None:
    """Watch over somebody's acceptance, if there is one; begun again it changes nothing."""
    at = incident.accepted_at(contact_id)
    if at is None or incident.answer_of(contact_id) is not Answer.ACCEPT:
        return
    name = WATCH_OPERATOR if incident.taken_by(contact_id) else WATCH
    accepted_at = at.isoformat()
    one = watch_id(incident.id, contact_id, accepted_at)
    await durable.begin(name, one, incident.id, contact_id, accepted_at)


def add_watching(durable: Durable, watcher: Watcher) -> None:
    durable.add(WATCH, partial(_workflow_of, watcher))
    durable.add(WATCH_OPERATOR, partial(_operators_workflow_of, watcher))


def _workflow_of(watcher: Watcher) -> Workflow:
    quiet_s = step(watcher.quiet_s, "quiet_s")
    remind = step(watcher.remind, "remind_quiet")
    reopen = step(watcher.reopen, "reopen_for_quiet")

    @workflow(WATCH)
    async def watch(incident_id: str, contact_id: str, accepted_at: str) -> None:
        patience_s = await quiet_s(incident_id)
        await sleep(patience_s)
        if await remind(incident_id, contact_id, accepted_at):
            await sleep(min(patience_s, ANSWERS_REMINDER_WITHIN_S))
            await reopen(incident_id, contact_id, accepted_at)

    return watch


def _operators_workflow_of(watcher: Watcher) -> Workflow:
    quiet_s = step(watcher.quiet_s, "operator_quiet_s")
    put_aside_s = step(watcher.put_aside_s, "operator_put_aside_s")
    is_gone = step(watcher.is_gone, "operator_is_gone")
    remind = step(watcher.remind, "remind_operator")
    reopen = step(watcher.reopen, "reopen_for_operator")

    async def leaves(incident_id: str, contact_id: str, accepted_at: str, within_s: float) -> bool:
        """Wait for so long; True at once when their console is gone."""
        left_s, gone = within_s, 0
        while left_s > 0:
            await sleep(min(left_s, LOOKS_EVERY_S))
            left_s -= LOOKS_EVERY_S
            gone = gone + 1 if await is_gone(incident_id, contact_id, accepted_at) else 0
            if gone == 2:
                return True
        return False

    @workflow(WATCH_OPERATOR)
    async def watch(incident_id: str, contact_id: str, accepted_at: str) -> None:
        patience_s = await quiet_s(incident_id)
        is_gone_early = await leaves(incident_id, contact_id, accepted_at, patience_s)
        # Who set it aside has said until when, and is asked then.
        while (more_s := await put_aside_s(incident_id)) > 0:
            await sleep(min(more_s, PUT_ASIDE_LOOK_S))
        if not is_gone_early:
            if not await remind(incident_id, contact_id, accepted_at):
                return
            answers_s = min(patience_s, ANSWERS_REMINDER_WITHIN_S)
            await leaves(incident_id, contact_id, accepted_at, answers_s)
        await reopen(incident_id, contact_id, accepted_at)

    return watch
