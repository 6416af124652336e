"""Find a lost caller, durably: ring back, three times, then have the site search; decides when."""

from enum import StrEnum
from functools import partial
from typing import Protocol

from aurora.escalation.durable import Durable, Workflow, clock_step, sleep, step, waited, workflow

FIND = "find_caller"
COMES_BACK_WITHIN_S = 3.0
"""Before the first call-back: many ring again themselves, and would find the line engaged."""
TRIES = 3
BETWEEN_TRIES_S = 5.0
ANSWERS_WITHIN_S = 45.0
"""From the request to a voice: ringing, machine detection and the words "are you all right"."""


class Seeking(StrEnum):
    """How a call-back stands."""

    RINGING = "ringing"
    OPEN = "open"
    """Somebody or something picked up, and has not said a word yet."""
    FAILED = "failed"
    FOUND = "found"
    """Or nobody is to be found any more: the incident is over, urgency was lowered."""
    NO_WAY = "no_way"
    """Their number is not known, or this line cannot ring anybody."""


WAITING = (Seeking.RINGING, Seeking.OPEN)


class Finder(Protocol):
    """Does what finding a caller takes; every method may be called again after a crash."""

    async def ring(self, call_id: str, loss: int, attempt: int) -> Seeking:
        """Ring the caller, if they are still missing."""

    async def seeking(self, call_id: str, loss: int, attempt: int) -> Seeking: ...

    async def give_up(self, call_id: str, loss: int, attempt: int) -> None:
        """Note that nothing was heard of a call-back."""

    async def search(self, call_id: str, loss: int) -> None:
        """Have the site look for the caller where they were last known to be."""


def finding_id(call_id: str, loss: int) -> str:
    """Return the workflow's id: one for each time that a caller of a call is lost."""
    return f"find:{call_id}:{loss}"


def add_finding(durable: Durable, finder: Finder) -> None:
    durable.add(FIND, partial(_workflow_of, finder))


def _workflow_of(finder: Finder) -> Workflow:
    async def ring(call_id: str, loss: int, attempt: int) -> str:
        return (await finder.ring(call_id, loss, attempt)).value

    async def seeking(call_id: str, loss: int, attempt: int) -> str:
        return (await finder.seeking(call_id, loss, attempt)).value

    ringing = step(ring, "ring_caller")
    stands = step(seeking, "seeking_caller")
    give_up = step(finder.give_up, "give_up_call_back")
    search = step(finder.search, "search_caller")
    now = clock_step("finding_now")

    @workflow(FIND)
    async def find(call_id: str, loss: int) -> None:
        await sleep(COMES_BACK_WITHIN_S)
        for attempt in range(1, TRIES + 1):
            stand = await ringing(call_id, loss, attempt)
            if stand == Seeking.RINGING:
                look = partial(stands, call_id, loss, attempt)
                stand = await waited(look, WAITING, now, ANSWERS_WITHIN_S)
            if stand == Seeking.RINGING:
                await give_up(call_id, loss, attempt)
            # A line that somebody opened stays open: whoever is silent on it may need it.
            if stand in (Seeking.FOUND, Seeking.OPEN, Seeking.NO_WAY):
                break
            if attempt < TRIES:
                await sleep(BETWEEN_TRIES_S)
        if stand != Seeking.FOUND:
            await search(call_id, loss)

    return find
