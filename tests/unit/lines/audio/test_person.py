"""A person's voice on a call by voice: passed on as it comes, never late, never over Aurora's."""

import asyncio
from typing import Any

from aurora.conversation.hand_off import Stage
from aurora.lines.audio.bridge import Bridge
from aurora.lines.audio.sending import MOST_AHEAD_S
from aurora.speech.codec import FRAME, FRAME_S
from tests.virtual_time import virtually
from tests.voice import WORD_S, Caller, calling

VOICE = bytes([250]) * FRAME
HER_VOICE = "(a person's voice)"


class Silent:
    """Somebody at the console to whom nothing has to be told."""

    def hear_caller(self, mulaw: bytes) -> None: ...

    def hear_aurora(self, mulaw: bytes) -> None: ...

    def hear_person(self, mulaw: bytes) -> None: ...

    def clear_aurora(self) -> None: ...

    def tell(self, what: dict[str, Any]) -> None: ...


MARIA = Silent()


def speaks(caller: Caller, seconds: float) -> None:
    """Let a person's sound arrive all at once, as after a hole in the network."""
    caller.lines.texts[250] = HER_VOICE
    for _ in range(round(seconds / FRAME_S)):
        caller.call.pass_on(VOICE)


def heard_s(caller: Caller) -> float:
    return sum(h.ends - h.begins for h in caller.ear.heard if h.text == HER_VOICE)


def test_a_persons_voice_reaches_the_caller_at_once():
    async def play() -> None:
        bridge = Bridge()
        async with calling(bridge=bridge) as caller:
            await bridge.take_over(MARIA, "Maria")
            await caller.hears_out()
            spoken_at = caller.now
            speaks(caller, 0.1)
            await asyncio.sleep(0.02)
            heard = caller.ear.heard_of(HER_VOICE)

        assert heard.begins - spoken_at <= FRAME_S

    virtually(play())


def test_a_burst_does_not_leave_the_call_late():
    async def play() -> None:
        bridge = Bridge()
        async with calling(bridge=bridge) as caller:
            await bridge.take_over(MARIA, "Maria")
            await caller.hears_out()
            speaks(caller, 5.0)
            await asyncio.sleep(6.0)

        assert heard_s(caller) <= MOST_AHEAD_S + 2 * FRAME_S

    virtually(play())


def test_nobody_speaks_over_the_line_that_says_who_joins():
    async def play() -> None:
        bridge = Bridge()
        async with calling(bridge=bridge) as caller:
            await bridge.take_over(MARIA, "Maria")
            speaks(caller, 1.0)
            during = heard_s(caller)
            await caller.hears_out()
            speaks(caller, 0.2)
            await asyncio.sleep(0.5)

        assert during == 0.0
        assert heard_s(caller) > 0.0

    virtually(play())


def test_who_speaks_to_the_person_does_not_cut_off_what_aurora_announces():
    async def play() -> None:
        bridge = Bridge()
        async with calling(bridge=bridge) as caller:
            joining = asyncio.create_task(bridge.take_over(MARIA, "Maria"))
            await caller.says("hello is there anybody at all please answer me")
            await joining
            await caller.hears_out()

        announced = caller.ear.heard_of("Joining you now")
        assert announced.ends - announced.begins >= 6 * WORD_S - 0.01  # all six words

    virtually(play())


def test_while_a_person_is_there_silence_is_not_answered():
    async def play() -> None:
        bridge = Bridge()
        async with calling(bridge=bridge, silence_s=3.0) as caller:
            await bridge.take_over(MARIA, "Maria")
            await caller.hears_out()
            before = len(caller.ear.heard)
            await caller.waits(30.0)
            after = len(caller.ear.heard)
            await bridge.drop_back("connection_lost")
            await caller.hears_out()
            call = await caller.line.board.call("CA1")

        assert before == after
        assert "I am with you again." in caller.ear.texts[after]
        assert call.hand_off.stage is Stage.DROPPED_BACK

    virtually(play())


def test_aurora_is_not_silent_for_somebody_who_is_not_there():
    async def play() -> None:
        async with calling() as caller:
            await caller.call.join("Maria")  # and no sound of hers ever comes
            await caller.hears_out()
            await caller.waits(5.0)
            texts = caller.ear.texts

        assert any("I am with you again." in text for text in texts)

    virtually(play())
