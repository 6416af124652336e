"""Rehearse written scenarios through the code of a real call; scoring them is left to evals."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TextIO

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from aurora.conversation.call import Call, EndReason
from aurora.conversation.consult import Consultation
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Action, Turn
from aurora.records.memory import MemoryRecords
from aurora.rooms import open_rooms
from aurora.settings import load_settings
from aurora.site.yaml_file import read_yaml

LINE = "gather"
"""Hand-offs and the end of a call go as on the telephone."""
BEGIN_AT = datetime(2026, 1, 12, 10, 0, tzinfo=UTC)
"""A Monday morning: a rehearsal comes out the same whenever it is run."""
BETWEEN_TURNS = timedelta(seconds=10)


def _identifier(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ValueError("give a word or a number")
    return value


def _keys(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _only_keys(value: str) -> str:
    if not value or set(value) - set("0123456789*#"):
        raise ValueError("give telephone keys: 0 to 9, * and #")
    return value


class _Lenient(BaseModel):
    # What a reply is scored by stands beside what is said; it is not the rehearsal's business.
    model_config = ConfigDict(extra="ignore", frozen=True)


class ScenarioTurn(_Lenient):
    """What the caller does: words ("" for silence), then keys, then hanging up."""

    caller: str | None = None
    dtmf: Annotated[str, BeforeValidator(_keys), AfterValidator(_only_keys)] | None = None
    event: Literal["hangup"] | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.caller is None and self.dtmf is None and self.event is None:
            raise ValueError("a turn needs caller, dtmf or event: hangup")
        return self


class Scenario(_Lenient):
    id: Annotated[Any, BeforeValidator(_identifier)]
    """A word or a number, given back as it is."""
    lang: str | None = None
    turns: Annotated[list[ScenarioTurn], Field(min_length=1)]


class ScenarioFile(_Lenient):
    scenarios: Annotated[list[Scenario], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        seen: set[Any] = set()
        for scenario in self.scenarios:
            if scenario.id in seen:
                raise ValueError(f"scenarios.{scenario.id}: this id is given twice")
            seen.add(scenario.id)
        return self


@dataclass(frozen=True, slots=True)
class RehearsedTurn:
    """How one turn of a scenario went."""

    scenario: Any
    turn: int
    """From 0."""
    reply: str
    urgency: str
    escalated: tuple[str, ...]
    """Every role alerted so far."""

    def as_line(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "turn": self.turn,
            "reply": self.reply,
            "urgency": self.urgency,
            "escalated": list(self.escalated),
        }


def read_scenarios(path: Path) -> list[Scenario]:
    """Return a file's scenarios; raises SiteError naming file, line, field and fix."""
    return read_yaml(path, ScenarioFile).scenarios


async def rehearse(
    scenarios: Iterable[Scenario], dialogue: Dialogue, consultation: Consultation | None = None
) -> AsyncIterator[RehearsedTurn]:
    """Take every scenario through a call of its own, on a clock and records of its own."""
    for scenario in scenarios:
        rehearsal = _Rehearsal(dialogue, consultation)
        await rehearsal.ring(scenario.lang)
        for number, turn in enumerate(scenario.turns):
            reply = await rehearsal.take(turn)
            call = await rehearsal.call()
            yield RehearsedTurn(
                scenario.id, number, reply, call.urgency.value, tuple(call.roles_alerted)
            )


async def rehearse_file(path: Path, out: TextIO) -> None:
    """Rehearse a file on the settings' site, a JSON line a turn as it is taken."""
    scenarios = read_scenarios(path)
    rooms = open_rooms(load_settings())
    rooms.triage.warm()
    rooms.handbook.warm()
    try:
        async for turn in rehearse(scenarios, rooms.dialogue, rooms.consultation):
            out.write(orjson.dumps(turn.as_line()).decode() + "\n")
            out.flush()
    finally:
        if rooms.model is not None:
            await rooms.model.close()


class _Rehearsal:
    """One scenario's call."""

    NAME = "rehearsal"

    def __init__(self, dialogue: Dialogue, consultation: Consultation | None) -> None:
        self._now = BEGIN_AT
        self._languages = dialogue.site.languages
        self._action = Action.LISTEN
        self._switchboard = Switchboard(
            dialogue, MemoryRecords(), consultation, clock=lambda: self._now
        )

    async def call(self) -> Call:
        return await self._switchboard.call(self.NAME)

    async def ring(self, language: str | None) -> None:
        """Be greeted, in the scenario's language where the site speaks it."""
        known = language if language in self._languages else None
        await self._switchboard.ring(
            Ring(LINE, provider_id=self.NAME, language=known), self._render
        )

    async def take(self, turn: ScenarioTurn) -> str:
        """Do what the turn says; return what the caller heard last."""
        self._now += BETWEEN_TURNS
        if self._action is Action.HAND_OFF and turn.event is None:
            # The caller is still there, so nobody took the call: Aurora is back on the line.
            await self._switchboard.say(
                self.NAME, "human_unreachable", "hand_off_failed", self._render
            )
        reply = ""
        if turn.caller is not None and turn.caller.strip():
            reply = await self._switchboard.hear(self.NAME, turn.caller, self._render)
        elif turn.caller is not None:
            reply = await self._switchboard.wait(self.NAME, self._render)
        for key in turn.dtmf or "":
            reply = await self._switchboard.press(self.NAME, key, self._render)
        if turn.event == "hangup":
            await self._switchboard.end(self.NAME, EndReason.HUNG_UP)
            self._action = Action.END
        # People take seconds over a turn: the model's rating is in before the next one.
        await self._switchboard.close()
        return reply

    def _render(self, turn: Turn) -> str:
        self._action = turn.action
        return turn.message
