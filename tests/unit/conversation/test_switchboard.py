"""Calls on one machine: which call words belong to, and what is kept whatever happens."""

import asyncio
from dataclasses import replace

import pytest

from aurora.conversation.call import EndReason
from aurora.conversation.idle import IDLE_AFTER
from aurora.conversation.ring import Ring
from aurora.conversation.turn import Action
from aurora.errors import UnknownCall
from aurora.levels import Urgency
from tests.switchboard import ANA, API, TWILIO, Line

# One turn


async def test_a_turn_is_on_the_record_before_it_is_answered():
    line = Line()
    await line.ring()
    answer = await line.hear("fire in zone b")

    kept = await line.records.find("CA1")
    assert kept.urgency is Urgency.CRITICAL
    assert (await line.said())[-1] == "assistant: " + answer.partition(": ")[2]
    assert line.onlooker.turns[-1].call.id == kept.id


async def test_words_are_answered_one_turn_at_a_time():
    line = Line()
    await line.ring()
    await asyncio.gather(*(line.hear(f"still here {n}") for n in range(5)))

    roles = [text.partition(":")[0] for text in await line.said()]
    assert roles == ["assistant", *["user", "assistant"] * 5]


async def test_an_unknown_call_is_refused():
    line = Line()

    with pytest.raises(UnknownCall):
        await line.hear("help", name="CA404")
    with pytest.raises(UnknownCall):
        await line.board.end("CA404", EndReason.HUNG_UP)


async def test_a_fault_inside_is_answered_with_the_safe_line_and_a_person():
    line = Line()
    await line.ring()
    line.board.dialogue._triage = None
    answer = await line.hear("fire in zone b")

    assert answer.startswith(f"{Action.HAND_OFF}: Get to a safe place")
    assert (await line.records.find("CA1")).urgency.is_emergency
    assert "turn_failed" in await line.events()


async def test_a_fault_inside_lowers_no_urgency():
    line = Line()
    await line.ring()
    await line.hear("fire in zone b")
    line.board.dialogue._triage = None
    await line.hear("it spreads")

    assert (await line.records.find("CA1")).urgency is Urgency.CRITICAL


# Repeated requests


async def test_a_repeated_request_gets_its_first_answer_and_is_kept_once():
    line = Line()
    await line.ring()
    first = await line.hear("fire in zone b", key="k1")

    assert await line.hear("fire in zone b", key="k1") == first
    assert await line.heard() == ["fire in zone b"]
    assert len(line.onlooker.turns) == 2


async def test_two_of_the_same_request_at_once_are_one_turn():
    line = Line()
    await line.ring()
    answers = await asyncio.gather(*(line.hear("fire in zone b", key="k1") for _ in range(4)))

    assert len(set(answers)) == 1
    assert await line.heard() == ["fire in zone b"]


async def test_the_same_words_in_another_request_are_another_turn():
    line = Line()
    await line.ring()
    first = await line.hear("fire in zone b", key="k1")

    assert await line.hear("fire in zone b", key="k2") != first
    assert len(await line.heard()) == 2


async def test_a_request_repeated_after_a_restart_gets_its_first_answer():
    line = Line()
    await line.ring(key="k0")
    first = await line.hear("fire in zone b", key="k1")
    restarted = line.another_machine()

    assert await restarted.hear("fire in zone b", key="k1") == first
    assert await line.heard() == ["fire in zone b"]
    assert (await restarted.board.call("CA1")).exchanges == 1


async def test_a_repeat_of_an_old_request_is_answered_from_the_records():
    line = Line()
    await line.ring()
    first = await line.hear("fire in zone b", key="k0")
    for n in range(20):
        await line.hear(f"still here {n}", key=f"k{n + 1}")

    assert await line.hear("fire in zone b", key="k0") == first
    assert len(await line.heard()) == 21
    assert (await line.board.call("CA1")).exchanges == 21


# Which call


async def test_two_rings_of_one_provider_id_at_once_are_one_call():
    line = Line()
    answers = await asyncio.gather(*(line.ring(key="ring") for _ in range(4)))

    assert len(set(answers)) == 1
    assert len(await line.records.open_calls()) == 1
    assert len(await line.said()) == 1


async def test_a_number_on_the_api_goes_on_with_its_open_call():
    line = Line()
    first = await line.board.open(API)
    await line.hear("fire in zone b", name=first.call.id)

    assert (await line.board.open(API)).call.id == first.call.id
    assert (await line.another_machine().board.open(API)).call.id == first.call.id


async def test_two_first_requests_of_one_number_at_once_are_one_call():
    line = Line()
    calls = await asyncio.gather(*(line.board.open(API) for _ in range(4)))

    assert len({live.call.id for live in calls}) == 1


async def test_after_its_call_ended_a_number_gets_a_new_one():
    line = Line()
    first = await line.board.open(API)
    await line.hear("fire in zone b", name=first.call.id)
    await line.board.end(first.call.id, EndReason.ENDED_BY_API)
    line.clock.advance(seconds=1)

    assert (await line.board.open(API)).call.id != first.call.id


async def test_the_same_number_on_two_lines_has_two_calls():
    line = Line()
    calls = [await line.board.open(one) for one in (API, replace(API, line="kiosk"))]

    assert len({live.call.id for live in calls}) == 2


async def test_one_number_calling_twice_by_telephone_has_two_calls():
    line = Line()
    calls = [await line.board.open(replace(TWILIO, provider_id=one)) for one in ("CA1", "CA2")]

    assert len({live.call.id for live in calls}) == 2


async def test_callers_without_a_number_stay_apart():
    line = Line()
    calls = [await line.board.open(Ring("api")) for _ in range(3)]

    assert len({live.call.id for live in calls}) == 3


async def test_a_known_worker_is_greeted_in_their_language():
    line = Line()
    live = await line.board.open(Ring("gather", from_number=ANA, provider_id="CA7"))

    assert (live.call.worker_name, live.call.language) == ("Ana Ejemplo", "es")


async def test_the_language_of_the_line_goes_before_the_workers():
    line = Line()
    live = await line.board.open(Ring("gather", ANA, provider_id="CA7", language="de"))

    assert live.call.language == "de"


# Ends


async def test_words_after_the_end_reopen_the_call():
    line = Line()
    await line.ring()
    await line.board.end("CA1", EndReason.HUNG_UP)
    await line.hear("fire in zone b")

    call = await line.records.find("CA1")
    assert (call.ended_at, call.end_reason) == (None, None)
    assert (await line.events())[:2] == ["ended", "reopened"]


async def test_silence_after_the_end_leaves_the_call_ended_and_says_goodbye():
    line = Line()
    await line.ring()
    await line.hear("fire in zone b")
    await line.board.end("CA1", EndReason.ENDED_BY_OPERATOR)
    turns = []
    await line.board.wait("CA1", lambda turn: turns.append(turn) or "")

    call = await line.records.find("CA1")
    assert call.end_reason is EndReason.ENDED_BY_OPERATOR
    assert "reopened" not in await line.events()
    assert turns[-1].action is Action.END
    assert [sentence.name for sentence in turns[-1].sentences] == ["goodbye"]


async def test_ending_twice_keeps_the_first_reason_and_one_event():
    line = Line()
    await line.ring()
    await line.board.end("CA1", EndReason.HUNG_UP)
    await line.board.end("CA1", EndReason.ENDED_BY_API)

    assert (await line.records.find("CA1")).end_reason is EndReason.HUNG_UP
    assert await line.events() == ["ended"]


async def test_a_call_without_a_word_for_long_is_closed():
    line = Line()
    await line.ring()
    line.clock.advance(seconds=IDLE_AFTER.total_seconds() - 1)
    assert await line.board.close_idle() == 0

    line.clock.advance(seconds=1)
    assert await line.board.close_idle() == 1
    assert await line.board.close_idle() == 0
    assert (await line.records.find("CA1")).end_reason is EndReason.IDLE


async def test_words_keep_a_call_from_being_closed_as_idle():
    line = Line()
    await line.ring()
    line.clock.advance(minutes=29)
    await line.hear("still here")
    line.clock.advance(minutes=29)

    assert await line.board.close_idle() == 0


async def test_a_call_of_an_earlier_run_is_closed_as_idle_too():
    line = Line()
    await line.ring()
    line.clock.advance(hours=1)

    assert await line.another_machine().board.close_idle() == 1


# Other machines


async def test_a_call_that_another_machine_changed_is_read_again():
    here, there = (line := Line()), line.another_machine()
    await here.ring()
    await there.hear("fire in zone b")
    answer = await here.hear("still here")

    call = await line.records.find("CA1")
    assert answer.startswith(Action.LISTEN)
    assert call.urgency is Urgency.CRITICAL
    assert call.exchanges == 2
    assert await line.heard() == ["fire in zone b", "still here"]


async def test_two_machines_ringing_one_provider_id_make_one_call():
    here, there = (line := Line()), line.another_machine()
    await asyncio.gather(here.ring(key="ring"), there.ring(key="ring"))

    assert len(await line.records.open_calls()) == 1
    assert len(await line.said()) == 1


async def test_an_idle_call_that_another_machine_keeps_alive_is_not_closed():
    here, there = (line := Line()), line.another_machine()
    await here.ring()
    line.clock.advance(minutes=29)
    await there.hear("fire in zone b")
    line.clock.advance(minutes=10)

    assert await here.board.close_idle() == 0
    assert (await line.records.find("CA1")).ended_at is None


async def test_an_end_on_a_stale_call_is_put_on_the_record():
    here, there = (line := Line()), line.another_machine()
    await here.ring()
    await there.hear("fire in zone b")
    await here.board.end("CA1", EndReason.HUNG_UP)

    assert (await line.records.find("CA1")).end_reason is EndReason.HUNG_UP
