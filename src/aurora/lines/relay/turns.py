"""Take the turns of one relay call one after another, whatever fails in them, and time them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial

import structlog

from aurora.conversation.switchboard import Switchboard
from aurora.conversation.timing import TurnTiming
from aurora.conversation.turn import Turn
from aurora.conversation.voiced import Voiced
from aurora.errors import RecordsError, UnknownCall
from aurora.lines.audio.stages import Stages
from aurora.lines.relay.telling import Ahead, RelayTelling
from aurora.lines.relay.voice import RelayVoice

log = structlog.get_logger()

Act = Callable[[], Awaitable[None]]


class RelayTurns:
    """What is to be done in the call, in order; one thing at a time."""

    def __init__(
        self,
        name: str,
        switchboard: Switchboard,
        voice: RelayVoice,
        wake: Callable[[], None],
        taken: Callable[[Turn], None],
        clock: Callable[[], float],
    ) -> None:
        """name: the call's id or provider id. wake: called when there is something to send.

        taken: told of every turn once it is decided.
        """
        self.has_failed = False
        """A turn could not be taken even by the safe line: another line has to go on."""
        self._name = name
        self._switchboard = switchboard
        self._voice = voice
        self._wake = wake
        self._taken = taken
        self._clock = clock
        self._due: asyncio.Queue[Act] = asyncio.Queue()
        self._is_taking = False

    @property
    def is_busy(self) -> bool:
        return self._is_taking or not self._due.empty()

    def hear(self, words: str, ahead: Ahead | None, stages: Stages) -> None:
        """Take a turn that the caller spoke."""
        voiced = Voiced(ahead.foreseen if ahead else None)
        act = partial(self._switchboard.hear, self._name, words, voiced=voiced)
        self._put(partial(self._take, act, ahead, stages))

    def press(self, digit: str) -> None:
        self._put(partial(self._take, partial(self._switchboard.press, self._name, digit)))

    def wait(self) -> None:
        """Take a silent turn."""
        self._put(partial(self._take, partial(self._switchboard.wait, self._name)))

    def rejoin(self) -> None:
        """Go on with a call that was elsewhere before."""
        self._put(partial(self._take, partial(self._switchboard.rejoin, self._name, ())))

    def note(self, kind: str, details: Mapping[str, object]) -> None:
        """Put something on the record that is no turn."""
        self._put(partial(self._note, kind, details))

    async def run(self) -> None:
        """Take turns until cancelled."""
        while True:
            act = await self._due.get()
            self._is_taking = True
            try:
                await act()
            # The edge of a call: whatever broke, the caller is still there and the line goes on.
            except Exception as error:
                log.exception("relay_turn_failed")
                await self._lose(type(error).__name__)
            finally:
                self._is_taking = False
                self._due.task_done()

    async def until_idle(self) -> None:
        """Return once everything put so far is done."""
        await self._due.join()

    def _put(self, act: Act) -> None:
        self._due.put_nowait(act)

    async def _note(self, kind: str, details: Mapping[str, object]) -> None:
        with suppress(UnknownCall, RecordsError):
            await self._switchboard.note(self._name, kind, dict(details))

    async def _take(
        self,
        act: Callable[..., Awaitable[str]],
        ahead: Ahead | None = None,
        stages: Stages | None = None,
    ) -> None:
        telling = RelayTelling(self._voice, self._wake, ahead)
        turns: list[Turn] = []

        def render(turn: Turn) -> str:
            turns.append(turn)
            return ""

        began = self._clock()
        await act(render=render, speaker=telling)
        turn = turns[-1]
        telling.finish(turn)
        self._taken(turn)
        if stages is not None and telling.lines:
            await self._time(stages, telling, turn, began, is_ahead=ahead is not None)

    async def _time(
        self, stages: Stages, telling: RelayTelling, turn: Turn, began: float, *, is_ahead: bool
    ) -> None:
        """Put on record when the stages were reached; when it was heard only Twilio knows."""
        rated = began + turn.stages_ms.get("triage", 0.0) / 1000
        stages.note("triage", rated)
        if "model_first_token" in turn.stages_ms:
            token_ms = turn.stages_ms["model_first_token"] - turn.stages_ms.get("model_ahead", 0.0)
            stages.note("first_token", rated + token_ms / 1000)
        sent_at = telling.lines[0].sent_at
        if sent_at is not None:
            stages.note("first_line", sent_at)
            stages.note("first_audio_sent", sent_at)
        timing = TurnTiming(turn.call.urgency.value, stages.ms(), is_ahead)
        with suppress(UnknownCall, RecordsError):
            await self._switchboard.note_timing(self._name, timing)

    async def _lose(self, reason: str) -> None:
        """The safe line, and another line that goes on."""
        self.has_failed = True
        lose = self._switchboard.lose_ears
        try:
            await self._take(partial(lose, self._name, reason, has_other_ears=True))
        # Nothing is left to try here; the TwiML behind the socket needs none of this.
        except Exception:
            log.exception("safe_line_failed")
