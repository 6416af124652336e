"""A kiosk in virtual time: what begins a call, what the caller hears, when it stands by again."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from aurora.conversation.call import Call, EndReason
from aurora.conversation.live import LiveCall
from aurora.conversation.ring import Ring
from aurora.levels import Hazard, Urgency
from aurora.lines.audio.ports import SpeechParts
from aurora.lines.kiosk.line import ECHO_S, Kiosk, Manner
from aurora.lines.kiosk.loudspeaker import Loudspeaker
from aurora.speech.codec import FRAME, FRAME_S, LINE_HZ, Pcm
from aurora.triage.assessment import Assessment
from tests.line import fire, said
from tests.switchboard import Line
from tests.virtual_time import virtually
from tests.voice import SILENT, WORD_S, Loudness, Readable, Recogniser, Voices, _LoopClock

FIRE = "there is a fire in zone b"
SCRIPT = {
    FIRE: fire(),
    "good morning": said(Urgency.NORMAL),
    "he is not breathing": said(
        Urgency.CRITICAL, hazard=Hazard.MEDICAL, procedure="cardiac_arrest"
    ),
}
FIRST_LINE = "Get out now."


class Room:
    """Around a kiosk: somebody may speak, and the loudspeaker may be heard by the microphone."""

    hz = LINE_HZ

    def __init__(self, *, has_echo: bool = False) -> None:
        self.loudspeaker = Loudspeaker(self.hz)
        self.speech: deque[Pcm] = deque()
        self.played: list[Pcm] = []
        self._has_echo = has_echo

    async def frames(self) -> AsyncGenerator[Pcm, None]:
        while True:
            await asyncio.sleep(FRAME_S)
            self.played.append(self.loudspeaker.take(FRAME))
            spoken = self.speech.popleft() if self.speech else SILENT
            yield self.played[-1] if self._has_echo and not spoken.any() else spoken

    def close(self) -> None: ...

    @property
    def sounded_s(self) -> float:
        return sum(frame.any() for frame in self.played) * FRAME_S


@dataclass
class Visit:
    """A kiosk, the room it stands in and whoever is there."""

    kiosk: Kiosk
    room: Room
    line: Line
    recogniser: Recogniser
    voices: Voices
    shown: list[dict[str, Any]] = field(default_factory=list)

    async def says(self, words: str) -> None:
        sound = self.voices.sound(words, len(words.split()) * WORD_S)
        self.recogniser.lengths[words] = len(sound) / LINE_HZ
        self.room.speech += list(sound.reshape(-1, FRAME))
        while self.room.speech:  # noqa: ASYNC110 - in virtual time
            await asyncio.sleep(FRAME_S)

    async def waits(self, seconds: float = 3.0) -> None:
        await asyncio.sleep(seconds)

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [what for what in self.shown if what["kind"] == kind]

    @property
    def sentences(self) -> list[str]:
        return [what["sentence"].text for what in self.of_kind("sentence")]

    async def call(self) -> Call:
        return await self.line.board.call(self.of_kind("call")[-1]["id"])


@asynccontextmanager
async def visiting(
    manner: Manner | None = None,
    script: Mapping[str, Assessment] = SCRIPT,
    *,
    has_echo: bool = False,
) -> AsyncIterator[Visit]:
    clock: Any = _LoopClock()
    line, voices, lines = Line(dict(script), clock=clock), Voices(), Readable()
    lines.texts[0] = ""  # the byte 0 is a loud sample, not silence; keep it for no sentence
    recogniser, room = Recogniser(voices), Room(has_echo=has_echo)
    shown: list[dict[str, Any]] = []
    kiosk = Kiosk(
        room,
        SpeechParts(Loudness, recogniser, lines),
        line.board,
        shown.append,
        manner,
        asyncio.get_running_loop().time,
    )
    running = asyncio.create_task(kiosk.run())
    try:
        yield Visit(kiosk, room, line, recogniser, voices, shown)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_whoever_speaks_is_heard_from_the_first_word_and_not_greeted():
    async def work() -> None:
        async with visiting() as visit:
            await visit.waits(5)
            await visit.says(FIRE)
            await visit.waits()

            assert visit.of_kind("turn")[0]["heard"] == FIRE
            assert visit.sentences[0].startswith(FIRST_LINE)
            assert visit.room.sounded_s > 1.0

    virtually(work())


def test_a_noise_begins_no_call():
    async def work() -> None:
        async with visiting() as visit:
            visit.room.speech += [np.full(FRAME, 5_000, np.int16)] * 8
            await visit.waits(10)

            assert visit.of_kind("call") == []

    virtually(work())


def test_speech_without_words_leaves_no_call_and_alarms_nobody():
    async def work() -> None:
        async with visiting() as visit:
            visit.room.speech += [np.full(FRAME, 5_000, np.int16)] * 30
            await visit.waits(20)

            assert visit.of_kind("standby")[0]["ending"] == "dropped"
            assert visit.sentences == []
            assert await visit.line.records.calls(limit=5) == []

    virtually(work())


def test_where_only_a_key_wakes_it_speech_does_not():
    async def work() -> None:
        async with visiting(Manner(wakes_by_speech=False)) as visit:
            await visit.says(FIRE)
            await visit.waits()
            assert visit.of_kind("call") == []

            visit.kiosk.press("\n")
            await visit.waits(8)
            assert "What is happening" in visit.sentences[0]

    virtually(work())


def test_the_panic_key_opens_an_emergency_at_once():
    async def work() -> None:
        async with visiting() as visit:
            visit.kiosk.press(" ")
            await visit.waits(0.5)

            call = await visit.call()
            assert visit.sentences[0].startswith("Get yourself to safety first.")
            assert call.urgency is Urgency.CRITICAL
            assert "control_room" in call.roles_alerted

    virtually(work())


def test_the_panic_key_interrupts_an_everyday_call():
    async def work() -> None:
        async with visiting() as visit:
            await visit.says("good morning")
            await visit.waits(1)
            visit.kiosk.press(" ")
            await visit.waits(1)

            assert (await visit.call()).urgency is Urgency.CRITICAL
            assert len(visit.of_kind("call")) == 1

    virtually(work())


@pytest.mark.parametrize("begun_by", ["speech", "start key", "panic key"])
def test_the_panic_key_works_while_a_call_is_being_opened(begun_by):
    async def work() -> None:
        async with visiting() as visit:
            opening = visit.line.board.open

            async def slowly(ring: Ring) -> LiveCall:
                await asyncio.sleep(2.0)
                return await opening(ring)

            visit.line.board.open = slowly  # type: ignore[method-assign]
            match begun_by:
                case "speech":
                    await visit.says("good morning")
                case "start key":
                    visit.kiosk.press("\n")
                case "panic key":
                    visit.kiosk.press(" ")
            await visit.waits(0.5)
            visit.kiosk.press(" ")
            await visit.waits(2.5)

            assert any(text.startswith("Get yourself to safety") for text in visit.sentences)
            assert (await visit.call()).urgency is Urgency.CRITICAL
            visit.kiosk.press("x")
            await visit.waits(10)
            assert len(visit.of_kind("call")) == 1

    virtually(work())


def test_the_panic_key_pressed_while_the_last_words_are_kept_begins_a_call_of_its_own():
    async def work() -> None:
        async with visiting() as visit:
            await visit.says("good morning")
            await visit.waits(1)
            visit.recogniser.takes_s = 2.0
            await visit.says(FIRE)
            visit.kiosk.press("x")
            await visit.waits(0.5)
            visit.kiosk.press(" ")
            await visit.waits(10)

            assert len(visit.of_kind("call")) == 2
            assert any(text.startswith("Get yourself to safety") for text in visit.sentences)

    virtually(work())


def test_digits_answer_and_the_end_key_hangs_up():
    async def work() -> None:
        async with visiting() as visit:
            visit.kiosk.press(" ")
            await visit.waits(8)
            visit.kiosk.press("1")
            await visit.waits(1)
            visit.kiosk.press("x")
            await visit.waits(1)

            assert visit.of_kind("turn")[-1]["heard"] == "[key 1]"
            assert visit.of_kind("standby")[-1]["ending"] == "hung_up"

    virtually(work())


def test_at_half_duplex_it_does_not_answer_its_own_voice():
    async def heard(manner: Manner) -> int:
        async with visiting(manner, has_echo=True) as visit:
            visit.kiosk.press("\n")
            await visit.waits(4.5)
            return len(visit.recogniser.asked)

    async def work() -> None:
        assert await heard(Manner(is_half_duplex=False)) > 0
        assert await heard(Manner(is_half_duplex=True)) == 0

    virtually(work())


def test_at_half_duplex_the_caller_is_heard_again_after_the_last_sound():
    async def work() -> None:
        async with visiting(Manner(is_half_duplex=True)) as visit:
            visit.kiosk.press("\n")
            await visit.waits(1.0)
            while visit.room.loudspeaker.silent_s < ECHO_S + FRAME_S:
                await visit.waits(FRAME_S)
            await visit.says(FIRE)
            await visit.waits()

            assert any(sentence.startswith(FIRST_LINE) for sentence in visit.sentences)

    virtually(work())


def test_a_kiosk_that_was_left_after_an_everyday_matter_stands_by():
    async def work() -> None:
        async with visiting(Manner(left_after_s=8)) as visit:
            await visit.says("good morning")
            await visit.waits(12)

            assert visit.of_kind("standby")[0]["ending"] == "dropped"
            await visit.says(FIRE)
            await visit.waits()
            assert len(visit.of_kind("call")) == 2

    virtually(work())


@pytest.mark.parametrize("words", [FIRE, "he is not breathing"])
def test_whoever_says_nothing_in_an_emergency_is_not_left(words):
    async def work() -> None:
        async with visiting(Manner(left_after_s=20)) as visit:
            await visit.says(words)
            await visit.waits(120)
            said_before = len(visit.sentences)
            await visit.waits(30)

            assert visit.of_kind("standby") == []
            assert len(visit.sentences) > said_before
            await visit.says("it spreads to zone c")
            await visit.waits()
            assert len(visit.of_kind("call")) == 1

    virtually(work())


def test_a_call_that_turns_out_to_be_an_emergency_between_two_turns_is_not_left():
    async def work() -> None:
        async with visiting(Manner(left_after_s=30)) as visit:
            await visit.says("good morning")
            await visit.waits(1)
            (await visit.call()).urgency = Urgency.CRITICAL
            await visit.waits(120)

            assert visit.of_kind("standby") == []

    virtually(work())


def test_an_emergency_that_an_operator_ended_is_left_and_not_opened_again_by_silence():
    async def work() -> None:
        async with visiting() as visit:
            await visit.says(FIRE)
            await visit.waits(30)
            while visit.room.loudspeaker.silent_s < 0.1:
                await visit.waits(FRAME_S)
            await visit.line.board.end((await visit.call()).id, EndReason.ENDED_BY_OPERATOR)
            await visit.waits(10)

            assert visit.of_kind("standby")[0]["ending"] == "dropped"
            assert (await visit.call()).end_reason is EndReason.ENDED_BY_OPERATOR

    virtually(work())


def test_a_call_that_breaks_leaves_a_kiosk_that_hears_the_next_caller():
    async def work() -> None:
        async with visiting() as visit:
            opening, visit.line.board.open = visit.line.board.open, None  # type: ignore[assignment]
            visit.kiosk.press("\n")
            await visit.waits(1)
            assert visit.of_kind("standby")[0]["ending"] == "failed"

            visit.line.board.open = opening  # type: ignore[method-assign]
            await visit.says(FIRE)
            await visit.waits()
            assert visit.sentences[0].startswith(FIRST_LINE)

    virtually(work())
