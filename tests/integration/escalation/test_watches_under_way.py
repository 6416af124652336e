"""A watch that the line began before it was changed goes on where it stood, to its end."""

from collections.abc import Callable
from pathlib import Path

from aurora.errors import RecordsError
from aurora.escalation.durable import Durable, Workflow, sleep, step, system_database, workflow
from aurora.escalation.quiet import WATCH, add_watching
from tests.waiting import until

SOON_S = 0.02
ABOUT = ("inc_1", "medic", "2026-03-02T12:00:00+00:00")


class Noting:
    """A Watcher that notes what it is asked, and finds that somebody is to be replaced."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def quiet_s(self, incident_id: str) -> float:
        self.asked.append(("quiet", incident_id))
        return SOON_S

    async def looks_again_s(
        self, incident_id: str, contact_id: str, accepted_at: str, risen_at: str, waited_s: float
    ) -> float:
        return 0.0

    async def put_aside_s(self, incident_id: str) -> float:
        return 0.0

    async def remind(self, *about: str) -> bool:
        self.asked.append(("remind", *about))
        return True

    async def is_gone(self, *about: str) -> bool:
        return False

    async def reopen(self, *about: str) -> None:
        self.asked.append(("reopen", *about))


def as_it_was(looked: Callable[[], float]) -> Callable[[], Workflow]:
    """The watch of a line that waited for what an operator had lowered; looked: what it found."""

    async def found_quiet_s(incident_id: str) -> float:
        return SOON_S

    async def found(*about: str | float) -> float:
        return looked()

    def define() -> Workflow:
        quiet_s, remind = step(found_quiet_s, "quiet_s"), step(found, "remind_quiet")

        @workflow(WATCH)
        async def watch(incident_id: str, contact_id: str, accepted_at: str) -> None:
            patience_s = await quiet_s(incident_id)
            waited_s, next_s = 0.0, patience_s
            while True:
                await sleep(next_s)
                waited_s += next_s
                next_s = await remind(incident_id, contact_id, accepted_at, waited_s)

        return watch

    return define


async def test_a_watch_that_waited_for_a_rise_before_the_line_was_changed_goes_on(
    tmp_path: Path,
) -> None:
    looks = 0

    def looked() -> float:
        nonlocal looks
        looks += 1
        if looks > 3:
            raise RecordsError("the line is stopped here")
        return SOON_S

    before = Durable(system_database(None, tmp_path), "m1")
    before.add(WATCH, as_it_was(looked))
    before.start()
    try:
        await before.begin(WATCH, f"watch:{':'.join(ABOUT)}", *ABOUT)
        await until(lambda: looks > 3)
    finally:
        before.close()

    watcher, after = Noting(), Durable(system_database(None, tmp_path), "m1")
    add_watching(after, watcher)
    after.start()
    try:
        await until(lambda: len(watcher.asked) > 1)
    finally:
        after.close()
    assert watcher.asked == [("remind", *ABOUT, ""), ("reopen", *ABOUT, "")]
