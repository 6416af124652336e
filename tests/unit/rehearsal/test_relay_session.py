"""One ConversationRelay session in virtual time: prompts, the voice, interruptions, the end."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from itertools import pairwise
from typing import Any

import pytest

from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.relay_session import Parties, RelaySession
from aurora.rehearsal.tempo import NATURAL, Tempo
from aurora.rehearsal.twiml_document import Verb
from tests.unit.rehearsal.sockets import LineEnd
from tests.virtual_time import virtually

PARTIES = Parties("AC1", "CA1", "+12025550151", "+12025550100")
FIRE = Utterance("fire.wav", (), 99, "There is a fire in zone B.")
"""Two seconds of speech."""
LONG = "One two three four five six seven eight nine ten. "


def in_virtual_time(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @wraps(test)
    def run(**fixtures: Any) -> None:
        virtually(test(**fixtures))

    return run


async def started(*, tempo: Tempo = NATURAL, **attributes: str) -> tuple[RelaySession, LineEnd]:
    end = LineEnd()
    parameter = Verb("Parameter", {"name": "token", "value": "t"})
    noun = Verb("ConversationRelay", {"language": "en-US", **attributes}, nested=(parameter,))
    session = RelaySession(end, noun, PARTIES, tempo=tempo)
    await session.start()
    return session, end


@in_virtual_time
async def test_setup_says_who_calls_and_what_twiml_gave_along() -> None:
    session, end = await started()
    setup = end.sent[0][1]
    assert setup["sessionId"].startswith("VX")
    assert (setup["callSid"], setup["from"], setup["to"]) == ("CA1", *PARTIES_NUMBERS)
    assert setup["customParameters"] == {"token": "t"}
    assert setup["callStatus"] == "RINGING"
    await session.close()


PARTIES_NUMBERS = (PARTIES.from_number, PARTIES.to_number)


@in_virtual_time
async def test_the_whole_turn_comes_as_one_prompt_a_moment_after_the_last_word() -> None:
    session, end = await started()
    began = asyncio.get_running_loop().time()
    speaking = asyncio.create_task(session.speak(FIRE))
    await asyncio.sleep(2.5)
    [prompt] = end.of(type="prompt")
    assert (prompt["voicePrompt"], prompt["last"], prompt["lang"]) == (FIRE.words, True, "en-US")
    assert end.times_of(type="prompt")[0] - began == pytest.approx(2.35, abs=0.05)
    end.say(type="text", token="Get out now.", last=True)
    reply = await speaking
    assert reply.first_frame_ms == pytest.approx(500, abs=50)
    assert reply.first_heard_ms == pytest.approx(830, abs=50)
    await session.close()


@in_virtual_time
async def test_unfinished_prompts_grow_while_the_caller_speaks() -> None:
    session, end = await started(partialPrompts="true")
    speaking = asyncio.create_task(session.speak(FIRE))
    await asyncio.sleep(2.5)
    prompts = end.of(type="prompt")
    words = [prompt["voicePrompt"] for prompt in prompts]
    assert all(after.startswith(before) for before, after in pairwise(words))
    assert [prompt["last"] for prompt in prompts] == [False] * (len(prompts) - 1) + [True]
    assert len(prompts) > 5
    assert words[-2] == words[-1] == FIRE.words
    end.say(type="text", token="Get out now.", last=True)
    await speaking
    await session.close()


@in_virtual_time
async def test_speaking_over_the_voice_cuts_it_and_drops_what_waits() -> None:
    session, end = await started()
    end.say(type="text", token=LONG, last=False)
    end.say(type="text", token=LONG, last=True)
    await asyncio.sleep(1.5)
    speaking = asyncio.create_task(session.speak(FIRE))
    await asyncio.sleep(0.1)
    [interrupt] = end.of(type="interrupt")
    assert interrupt["utteranceUntilInterrupt"].startswith("One two")
    assert len(interrupt["utteranceUntilInterrupt"]) < len(LONG) / 2
    assert interrupt["durationUntilInterruptMs"] == pytest.approx(1_170, abs=60)
    assert session.voice.sounding(asyncio.get_running_loop().time()) is None
    end.leave()
    await speaking
    await session.close()


@in_virtual_time
async def test_a_sentence_that_may_not_be_cut_goes_on_and_words_are_lost_unless_asked_for() -> None:
    for reported, prompts in (("none", 0), ("any", 1)):
        session, end = await started(reportInputDuringAgentSpeech=reported)
        end.say(type="text", token=LONG * 5, last=True, interruptible=False)
        await asyncio.sleep(0.5)
        speaking = asyncio.create_task(session.speak(FIRE))
        await asyncio.sleep(2.5)
        assert end.of(type="interrupt") == []
        assert len(end.of(type="prompt")) == prompts
        end.leave()
        await speaking
        await session.close()


@in_virtual_time
async def test_a_message_that_may_be_cut_gives_way_to_the_next() -> None:
    session, end = await started()
    end.say(type="text", token=LONG, last=True, preemptible=True)
    await asyncio.sleep(1.0)
    end.say(type="text", token="Call his name.", last=True)
    await asyncio.sleep(0.1)
    first, second = session.voice.items
    assert first.cut_at is not None
    assert second.begins_at < first.came_at + 2.0
    await session.close()


@in_virtual_time
async def test_the_line_is_told_what_was_spoken_where_it_asked() -> None:
    session, end = await started(events="speaker-events tokens-played")
    end.say(type="text", token="Get out now.", last=True)
    await asyncio.sleep(3.0)
    assert [(m["name"], m["value"]) for m in end.of(type="info")] == [
        ("agentSpeaking", "on"),
        ("agentSpeaking", "off"),
        ("tokensPlayed", "Get out now."),
    ]
    await session.close()


@in_virtual_time
async def test_the_line_is_told_of_a_voice_too_quick_to_be_seen() -> None:
    session, end = await started(events="speaker-events", tempo=Tempo(chars_per_s=10_000.0))
    end.say(type="text", token="Get out now.", last=True)
    await asyncio.sleep(1.0)
    assert [(m["name"], m["value"]) for m in end.of(type="info")] == [
        ("agentSpeaking", "on"),
        ("agentSpeaking", "off"),
    ]
    await session.close()


@in_virtual_time
async def test_the_line_is_told_when_the_caller_speaks_where_it_asked() -> None:
    for events, told in (("speaker-events", ["on", "off"]), ("", [])):
        session, end = await started(events=events)
        speaking = asyncio.create_task(session.speak(FIRE))
        await asyncio.sleep(2.5)
        assert [m["value"] for m in end.of(name="clientSpeaking")] == told
        end.leave()
        await speaking
        await session.close()


@in_virtual_time
async def test_a_language_is_switched_to() -> None:
    session, end = await started()
    end.say(type="language", ttsLanguage="es-US", transcriptionLanguage="es-US")
    await asyncio.sleep(0.1)
    assert session.locale == "es-US"
    await session.close()


@in_virtual_time
async def test_keys_come_only_where_the_line_asked_for_them() -> None:
    for given, keys in ({"dtmfDetection": "true"}, 1), ({}, 0):
        session, end = await started(**given)
        end.say(type="text", token="Yes.", last=True)
        await session.press("1")
        assert len(end.of(type="dtmf")) == keys
        await session.close()


@in_virtual_time
async def test_an_end_carries_its_data_to_the_action() -> None:
    session, end = await started()
    end.say(type="end", handoffData='{"reason":"hand_off"}')
    await asyncio.sleep(0.1)
    assert session.is_over
    fields = dict(session.callback())
    assert (fields["SessionStatus"], fields["HandoffData"]) == ("ended", '{"reason":"hand_off"}')
    await session.close()


@in_virtual_time
async def test_a_socket_that_breaks_is_a_failure() -> None:
    session, end = await started()
    end.leave()
    await asyncio.sleep(0.1)
    fields = dict(session.callback())
    assert (fields["SessionStatus"], fields["ErrorCode"]) == ("failed", "64105")
    await session.close()


@in_virtual_time
async def test_hanging_up_completes_it() -> None:
    session, _ = await started()
    await session.hang_up()
    assert dict(session.callback())["SessionStatus"] == "completed"


@in_virtual_time
async def test_nonsense_is_answered_and_ten_times_nonsense_ends_it() -> None:
    session, end = await started()
    for _ in range(9):
        end.say(type="surprise")
    await asyncio.sleep(0.1)
    assert len(end.of(type="error")) == 9
    assert "64107" in end.of(type="error")[0]["description"]
    assert not session.is_over
    end.say(type="text", token=5)
    await asyncio.sleep(0.1)
    assert session.is_over
    await session.close()


@in_virtual_time
async def test_a_welcome_greeting_is_spoken() -> None:
    session, _ = await started(welcomeGreeting="Example Works.")
    await session.listen()
    assert session.said == ["Example Works."]
    await session.close()
