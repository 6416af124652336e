"""A switchboard for tests: scripted triage, records that let others run, a clock by hand."""

import asyncio
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace

from aurora.conversation.call import Call
from aurora.conversation.consult import Consultation
from aurora.conversation.informing import Informer
from aurora.conversation.operators import Operators
from aurora.conversation.record import Entry, Event, StoredAnswer
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.timing import TurnTiming
from aurora.conversation.turn import Turn
from aurora.errors import RecordsError
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.language_model import LanguageModel
from aurora.records.memory import MemoryRecords
from aurora.triage.assessment import Assessment
from tests.line import Clock, dialogue, example_grounding, fire

ANA = "+12025550152"
TWILIO = Ring("gather", from_number="+12025550199", provider_id="CA1")
API = Ring("api", from_number="+12025550199")
SCRIPT = {"fire in zone b": fire(), "it spreads": fire()}


def words(turn: Turn) -> str:
    return f"{turn.action}: {turn.message}"


class SlowRecords(MemoryRecords):
    """Lets other tasks run meanwhile, as a disk does; cannot write while `is_down`."""

    is_down = False
    takes_s = 0.0
    """To write; of the event loop's time."""

    async def append(self, entry: Entry) -> StoredAnswer | None:
        snapshot = replace(entry, call=deepcopy(entry.call))
        await asyncio.sleep(self.takes_s)
        if self.is_down:
            raise RecordsError("the disk is full")
        before = await super().append(snapshot)
        entry.call.revision = snapshot.call.revision
        return before

    async def note(self, call: Call, events: Sequence[Event]) -> None:
        await asyncio.sleep(self.takes_s)
        if self.is_down:
            raise RecordsError("the disk is full")
        await super().note(call, events)

    async def find(self, call_id: str) -> Call | None:
        await asyncio.sleep(0)
        return await super().find(call_id)

    async def find_open(self, *, line: str, from_number: str) -> Call | None:
        await asyncio.sleep(0)
        return await super().find_open(line=line, from_number=from_number)


class Onlooker:
    def __init__(self) -> None:
        self.heard: list[tuple[str, bool]] = []
        self.turns: list[Turn] = []
        self.changed: list[Call] = []
        self.timings: list[TurnTiming] = []
        self.due: list[Call] = []
        self.nudge: Callable[[], None] = lambda: None
        """The line's, which says what became due between two turns."""

    def words_heard(self, call: Call, words: str, *, is_final: bool) -> None:
        self.heard.append((words, is_final))

    def turn_taken(self, turn: Turn, total_ms: float) -> None:
        self.turns.append(turn)

    def call_changed(self, call: Call) -> None:
        self.changed.append(call)

    def words_due(self, call: Call) -> None:
        self.due.append(call)
        self.nudge()

    def turn_timed(self, timing: TurnTiming) -> None:
        self.timings.append(timing)


class Line:
    """A switchboard over slow records, with virtual time."""

    def __init__(
        self,
        script: dict[str, Assessment] | None = None,
        records: SlowRecords | None = None,
        clock: Clock | None = None,
        model: LanguageModel | None = None,
        handbook: Handbook | None = None,
        informer: Informer | None = None,
    ) -> None:
        self.script = script or SCRIPT
        self.clock = clock or Clock()
        self.records = records or SlowRecords()
        self.onlooker = Onlooker()
        talk = dialogue(self.script, handbook=handbook)
        grounding = example_grounding() if model else None
        self.board = Switchboard(
            talk,
            self.records,
            Consultation(talk, model, grounding) if model and grounding else None,
            observers=[self.onlooker],
            clock=self.clock,
            informer=informer,
        )
        self.operators = Operators(self.board)

    def another_machine(self) -> "Line":
        return Line(self.script, self.records, self.clock)

    async def ring(self, ring: Ring = TWILIO, key: str | None = None) -> str:
        return await self.board.ring(ring, words, key)

    async def hear(self, text: str, name: str = "CA1", key: str | None = None) -> str:
        return await self.board.hear(name, text, words, key)

    async def said(self, name: str = "CA1") -> list[str]:
        call = await self.records.find(name)
        return [f"{m.role}: {m.content}" for m in await self.records.messages(call.id)]

    async def heard(self, name: str = "CA1") -> list[str]:
        said = await self.said(name)
        return [text.removeprefix("user: ") for text in said if text.startswith("user: ")]

    async def events(self, name: str = "CA1") -> list[str]:
        call = await self.records.find(name)
        return [event.kind for event in await self.records.events(call.id)]
