"""Critical calls go first, newer words replace older partials, and partials give way."""

import asyncio

import numpy as np
import pytest

from aurora.errors import SpeechUnavailable
from aurora.speech.waiting import Priority, Request, Waiting


def request(
    call: str = "a", priority: Priority = Priority.NORMAL, *, is_partial: bool = False
) -> Request:
    pcm = np.zeros(160, np.int16)
    future: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
    return Request(pcm, "en", priority, is_partial, call, since=0.0, answer=future)


def reason(refused: Request) -> str | None:
    if not refused.answer.done():
        return None
    error = refused.answer.exception()
    assert isinstance(error, SpeechUnavailable)
    return error.reason


def order(waiting: Waiting) -> list[str]:
    calls = []
    while taken := waiting.take():
        calls.append(taken.call)
    return calls


async def test_the_most_critical_call_goes_first_and_equals_in_turn():
    waiting = Waiting(room=9)
    for call, priority in [
        ("n1", Priority.NORMAL),
        ("u", Priority.URGENT),
        ("n2", Priority.NORMAL),
        ("c", Priority.CRITICAL),
    ]:
        waiting.add(request(call, priority))

    assert order(waiting) == ["c", "u", "n1", "n2"]


async def test_a_final_goes_before_another_partial_of_its_kind():
    waiting = Waiting(room=9)
    waiting.add(request("partial", Priority.CRITICAL, is_partial=True))
    waiting.add(request("final", Priority.CRITICAL))
    waiting.add(request("urgent final", Priority.URGENT))

    assert order(waiting) == ["final", "urgent final", "partial"]


async def test_a_newer_partial_takes_the_place_of_the_calls_older_one():
    waiting = Waiting(room=9)
    older, other = request("a", is_partial=True), request("b", is_partial=True)
    for one in (older, other, newer := request("a", is_partial=True)):
        waiting.add(one)

    assert reason(older) == "newer"
    assert waiting.take() is other
    assert waiting.take() is newer


async def test_a_final_makes_the_calls_waiting_partial_needless():
    waiting = Waiting(room=9)
    partial, final = request("a", is_partial=True), request("a")
    waiting.add(partial)
    waiting.add(final)

    assert reason(partial) == "newer"
    assert waiting.take() is final
    assert waiting.take() is None


async def test_a_final_is_never_replaced():
    waiting = Waiting(room=9)
    waiting.add(first := request("a"))
    waiting.add(request("a"))

    assert reason(first) is None
    assert len(waiting) == 2


async def test_words_whose_caller_has_gone_on_are_asked_for_anew_in_one_with_the_rest():
    waiting = Waiting(room=9)
    waiting.add(first := request("a"))
    waiting.add(other := request("b"))
    first.has_gone_on = lambda: True
    waiting.add(both := request("a", is_partial=True))

    assert reason(first) == "newer"
    assert waiting.take() is other
    assert waiting.take() is both


async def test_who_has_gone_on_waits_behind_those_who_are_silent():
    waiting = Waiting(room=9)
    for one in (gone_on := request("a"), request("b"), request("c")):
        waiting.add(one)
    gone_on.has_gone_on = lambda: True

    assert order(waiting) == ["b", "c", "a"]


async def test_when_full_the_least_partial_is_dropped_first():
    waiting = Waiting(room=2)
    partial = request("normal", is_partial=True)
    for one in (partial, request("x"), request("y", Priority.URGENT)):
        waiting.add(one)

    assert reason(partial) == "full"
    assert order(waiting) == ["y", "x"]


async def test_a_critical_call_is_let_in_when_full_and_a_normal_one_is_not():
    waiting = Waiting(room=1)
    waiting.add(held := request("n1"))
    waiting.add(late := request("n2"))
    assert reason(late) == "full"

    waiting.add(critical := request("c", Priority.CRITICAL))

    assert reason(held) == "full"
    assert waiting.take() is critical


async def test_who_stopped_waiting_is_passed_over():
    waiting = Waiting(room=9)
    waiting.add(gone := request("a"))
    waiting.add(other := request("b"))
    gone.answer.cancel()

    assert waiting.take() is other


@pytest.mark.parametrize("is_queued", [True, False])
async def test_a_request_can_be_forgotten_queued_or_not(is_queued: bool):
    waiting = Waiting(room=9)
    one = request()
    if is_queued:
        waiting.add(one)

    waiting.remove(one)

    assert waiting.take() is None
