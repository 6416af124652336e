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
LOOKS_AT_URGENCY_S = 30.0
"""At whether somebody may still be silent."""
LOOKS_EVERY_S = 20.0
"""For an operator's console; gone twice in a row is gone: one may be loaded anew."""


About = tuple[str, str, str, str]
"""What a watch is about: (incident id, contact id, when they accepted, when it had risen)."""


class Watcher(Protocol):
    """Does what the watch takes; every method may be called again after a crash.

    risen_at: when it had last become an emergency again as the watch began, or "" for never: an
    operator who lowers it ends the watch, and when it rises another one begins.
    """

    async def quiet_s(self, incident_id: str) -> float:
        """Return after how many seconds without a sign somebody is reminded."""

    async def looks_again_s(
        self, incident_id: str, contact_id: str, accepted_at: str, risen_at: str, waited_s: float
    ) -> float:
        """Return after how many seconds to look again; 0 when they are to be reminded now.

        What got worse waits less long. 0 as well when there is no need any more.
        """

    async def put_aside_s(self, incident_id: str) -> float:
        """Return for how many seconds more an operator has set the incident aside; 0 for not."""

    async def remind(
        self, incident_id: str, contact_id: str, accepted_at: str, risen_at: str
    ) -> bool:
        """Remind them; False when there is no need: they gave a sign, or it is over or lowered."""

    async def is_gone(
        self, incident_id: str, contact_id: str, accepted_at: str, risen_at: str
    ) -> bool:
        """Whether no console is open any more of the operator whose acceptance this is."""

    async def reopen(
        self, incident_id: str, contact_id: str, accepted_at: str, risen_at: str
    ) -> None:
        """Count on them no longer, and have their roles paged anew, if there still is a need."""


def watch_id(incident_id: str, contact_id: str, accepted_at: str, risen_at: str = "") -> str:
    """Return the workflow's id: one for each acceptance, another when it rises again."""
    one = f"watch:{incident_id}:{contact_id}:{accepted_at}"
    return f"{one}:{risen_at}" if risen_at else one


async def begin_watch(durable: Durable, incident: Incident, contact_id: str) -> None:
    """Watch over somebody's acceptance, if one is needed; begun again it changes nothing."""
    at = incident.accepted_at(contact_id)
    if at is None or incident.answer_of(contact_id) is not Answer.ACCEPT:
        return
    if not incident.urgency.is_emergency:
        return  # one begins when it rises
    name = WATCH_OPERATOR if incident.taken_by(contact_id) else WATCH
    about = (incident.id, contact_id, at.isoformat(), risen_text(incident))
    await durable.begin(name, watch_id(*about), *about)


def risen_text(incident: Incident) -> str:
    """When an incident last became an emergency again, as its watches have it; "" for never."""
    return incident.risen_at.isoformat() if incident.risen_at else ""


def add_watching(durable: Durable, watcher: Watcher) -> None:
    durable.add(WATCH, partial(_workflow_of, watcher))
    durable.add(WATCH_OPERATOR, partial(_operators_workflow_of, watcher))


def _workflow_of(watcher: Watcher) -> Workflow:
    async def remind_when_due(about: About, waited_s: float) -> float | bool:
        # In one step: watches that were begun before it looked again go on.
        again_s = await watcher.looks_again_s(*about, waited_s)
        return again_s or await watcher.remind(*about)

    quiet_s = step(watcher.quiet_s, "quiet_s")
    remind = step(remind_when_due, "remind_quiet")
    reopen = step(watcher.reopen, "reopen_for_quiet")

    async def is_reminded(about: About, patience_s: float) -> bool:
        """Wait for as long as each moment's urgency allows; False when there was no need."""
        waited_s, next_s = 0.0, min(patience_s, LOOKS_AT_URGENCY_S)
        while True:
            await sleep(next_s)
            waited_s += next_s
            found = await remind(about, waited_s)
            if isinstance(found, bool):
                return found
            next_s = found

    @workflow(WATCH)
    async def watch(
        incident_id: str, contact_id: str, accepted_at: str, risen_at: str = ""
    ) -> None:
        about = (incident_id, contact_id, accepted_at, risen_at)
        while True:
            patience_s = await quiet_s(incident_id)
            if not await is_reminded(about, patience_s):
                return
            await sleep(min(patience_s, ANSWERS_REMINDER_WITHIN_S))
            # True is on the record of watches only that went on when it was lowered.
            if not await reopen(*about):
                return

    return watch


def _operators_workflow_of(watcher: Watcher) -> Workflow:
    async def look(about: About) -> tuple[bool, float]:
        # In one step, as above.
        return await watcher.is_gone(*about), await watcher.quiet_s(about[0])

    quiet_s = step(watcher.quiet_s, "operator_quiet_s")
    put_aside_s = step(watcher.put_aside_s, "operator_put_aside_s")
    look_for = step(look, "operator_is_gone")
    remind = step(watcher.remind, "remind_operator")
    reopen = step(watcher.reopen, "reopen_for_operator")

    async def leaves(about: About, within_s: float, most_s: float) -> bool:
        """Wait for so long, or for less when it got worse; True at once when their console is gone.

        most_s: however long an operator may be quiet.
        """
        waited_s, gone = 0.0, 0
        while waited_s < min(within_s, most_s):
            await sleep(min(within_s - waited_s, LOOKS_EVERY_S))
            waited_s += LOOKS_EVERY_S
            found = await look_for(about)
            is_gone, within_s = (found, within_s) if isinstance(found, bool) else found
            gone = gone + 1 if is_gone else 0
            if gone == 2:
                return True
        return False

    @workflow(WATCH_OPERATOR)
    async def watch(
        incident_id: str, contact_id: str, accepted_at: str, risen_at: str = ""
    ) -> None:
        about = (incident_id, contact_id, accepted_at, risen_at)
        patience_s = await quiet_s(incident_id)
        while True:
            is_gone_early = await leaves(about, patience_s, float("inf"))
            # Who set it aside has said until when, and is asked then.
            while (more_s := await put_aside_s(incident_id)) > 0:
                await sleep(min(more_s, PUT_ASIDE_LOOK_S))
            if not is_gone_early:
                # Seconds are on the record of watches only that went on when it was lowered.
                while not isinstance(found := await remind(*about), bool):
                    await sleep(found)
                if not found:
                    return
                await leaves(about, patience_s, ANSWERS_REMINDER_WITHIN_S)
            if not await reopen(*about):
                return

    return watch
