"""Watch, durably, over whoever accepted and went quiet: a reminder, then somebody else is paged."""

from functools import partial
from typing import Protocol

from aurora.escalation.durable import Durable, Workflow, sleep, step, workflow

WATCH = "watch_acknowledgement"
ANSWERS_REMINDER_WITHIN_S = 120.0


class Watcher(Protocol):
    """Does what the watch takes; every method may be called again after a crash."""

    async def quiet_s(self, incident_id: str) -> float:
        """Return after how many seconds without a sign somebody is reminded."""

    async def remind(self, incident_id: str, contact_id: str, accepted_at: str) -> bool:
        """Remind them; False when there is no need, for they gave a sign or it is over."""

    async def reopen(self, incident_id: str, contact_id: str, accepted_at: str) -> None:
        """Count on them no longer, and have their roles paged anew, unless they gave a sign."""


def watch_id(incident_id: str, contact_id: str, accepted_at: str) -> str:
    """Return the workflow's id: one for each acceptance."""
    return f"watch:{incident_id}:{contact_id}:{accepted_at}"


async def begin_watch(
    durable: Durable, incident_id: str, contact_id: str, accepted_at: str
) -> None:
    """Watch over an acceptance; begun again it changes nothing."""
    one = watch_id(incident_id, contact_id, accepted_at)
    await durable.begin(WATCH, one, incident_id, contact_id, accepted_at)


def add_watching(durable: Durable, watcher: Watcher) -> None:
    durable.add(WATCH, partial(_workflow_of, watcher))


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
