"""The pool over scripted workers: order, deadlines, retries, and a smaller model under strain."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from aurora.errors import SpeechUnavailable
from aurora.speech.pool import Priority, TranscriptionPool
from aurora.speech.steadiness import ASIDE_S, LAGGING_S
from aurora.speech.weights import WeightsChoice
from tests.unit.speech.crew import CHOICE, PCM, Clock, Crew, ScriptedWorker, queued, reason
from tests.unit.speech.test_weights import TINY
from tests.virtual_time import virtually


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def crew() -> Crew:
    return Crew()


@pytest.fixture
async def pool(crew: Crew, clock: Clock):
    pool = TranscriptionPool(CHOICE, clock=clock, start_worker=crew.start)
    await pool.start()
    yield pool
    await pool.close()


@pytest.fixture
def ask(pool: TranscriptionPool) -> Callable[..., asyncio.Task]:
    def ask(language: str = "en", **options: Any) -> asyncio.Task:
        return asyncio.create_task(pool.transcribe(PCM, language, **options))

    return ask


async def test_words_come_back_as_a_transcript(crew: Crew, ask):
    worker = await crew.next()
    task = ask(call="a")
    (await worker.take()).say("fire")

    transcript = await task

    assert (transcript.text, transcript.model, transcript.reject) == ("fire", "base", None)


async def test_the_critical_call_is_next(pool: TranscriptionPool, crew: Crew, ask):
    worker = await crew.next()
    tasks = [ask(call="busy")]
    first = await worker.take()
    tasks += [ask(call="n", language="es"), ask(call="c", priority=Priority.CRITICAL)]
    await queued(pool, 2)
    first.say("x")

    asked = await worker.take()
    assert asked.header["language"] == "en"
    asked.say("fire")
    (await worker.take()).say("hola")

    assert [(await task).text for task in tasks] == ["x", "hola", "fire"]


async def test_a_partial_half_read_gives_way_to_who_has_paused(pool, crew: Crew, ask):
    worker = await crew.next()
    partial = ask(is_partial=True, call="a")
    reading = await worker.take()
    final = ask(call="b")
    await queued(pool, 1)

    assert worker.hurried == 1
    reading.give_way()
    assert await reason(partial) == "gave_way"
    (await worker.take()).say("fire")
    assert (await final).text == "fire"


async def test_a_partial_that_was_read_to_the_end_all_the_same_is_told(pool, crew: Crew, ask):
    worker = await crew.next()
    partial = ask(is_partial=True)
    reading = await worker.take()
    ask()
    await queued(pool, 1)

    reading.say("fi")
    assert (await partial).text == "fi"
    (await worker.take()).say("fire")


async def test_nothing_gives_way_to_a_partial_nor_a_final_to_anybody(pool, crew: Crew, ask):
    worker = await crew.next()
    ask(is_partial=True)
    partial = await worker.take()
    ask(is_partial=True)
    await queued(pool, 1)
    partial.say("fi")
    (await worker.take()).say("fire")
    ask()
    final = await worker.take()
    ask(priority=Priority.CRITICAL)
    await queued(pool, 1)

    assert worker.hurried == 0
    final.say("fire")
    (await worker.take()).say("gas")


async def test_a_critical_calls_partial_is_left_for_no_ordinary_call(pool, crew: Crew, ask):
    worker = await crew.next()
    ask(is_partial=True, priority=Priority.CRITICAL)
    partial = await worker.take()
    ask()
    await queued(pool, 1)

    assert worker.hurried == 0
    partial.say("fi")
    (await worker.take()).say("fire")


async def test_words_half_read_give_way_once_their_caller_has_gone_on(pool, crew: Crew, ask):
    worker = await crew.next()
    gone_on = asyncio.Event()
    first = ask(call="a", has_gone_on=gone_on.is_set)
    reading = await worker.take()
    gone_on.set()
    both = ask(call="a")
    await queued(pool, 1)

    assert worker.hurried == 1
    reading.give_way()
    assert await reason(first) == "gave_way"
    (await worker.take()).say("fire in zone b")
    assert (await both).text == "fire in zone b"


async def test_words_whose_caller_has_gone_on_are_read_as_the_partial_they_are(
    pool, crew: Crew, clock: Clock, ask
):
    worker = await crew.next()
    held = ask(call="b")
    reading = await worker.take()
    gone_on = ask(call="a", has_gone_on=lambda: True)
    await queued(pool, 1)
    reading.say("x")
    await held

    asked = await worker.take()
    assert (asked.models, asked.header["is_partial"]) == (["tiny.en"], True)
    clock.now += LAGGING_S + 0.5
    asked.say("fi")
    assert (await gone_on).text == "fi"
    assert not pool.figures()["models_set_aside"]


async def test_partials_ask_the_fast_model_and_finals_a_second_opinion(crew: Crew, ask):
    worker = await crew.next()
    tasks = [ask(is_partial=True, call="a")]
    asked = await worker.take()
    assert asked.models == ["tiny.en"]
    asked.say("x")
    tasks.append(ask(call="a"))
    asked = await worker.take()
    assert asked.models == ["tiny.en", "base"]
    asked.say("x")
    await asyncio.gather(*tasks)


async def test_an_unknown_language_is_heard_by_the_model_that_knows_all(crew: Crew, ask):
    worker = await crew.next()
    task = ask(among=("en", "es"), call="a")
    asked = await worker.take()

    assert asked.models == ["base"]
    assert asked.header["among"] == ["en", "es"]
    asked.say("hola")
    await task


async def test_a_killed_worker_is_replaced_and_its_request_asked_again(
    pool: TranscriptionPool, crew: Crew, ask
):
    first = await crew.next()
    task = ask(call="a")
    (await first.take()).die()

    second = await crew.next()
    (await second.take()).say("fire")

    assert (await task).text == "fire"
    assert first.is_killed
    assert pool.figures()["workers_replaced"] == 1


async def test_a_worker_that_dies_idle_is_replaced_before_anyone_asks(crew: Crew, ask):
    first = await crew.next()
    first.gone.set_result(-9)

    second = await crew.next()
    task = ask(call="a")
    (await second.take()).say("fire")

    assert (await task).text == "fire"
    assert first.requests.empty()


async def test_what_kills_two_workers_is_not_asked_a_third_time(crew: Crew, ask):
    task = ask(call="poison")
    for _ in range(2):
        (await (await crew.next()).take()).die()

    assert await reason(task) == "dead"
    healthy = await crew.next()
    other = ask(call="b")
    (await healthy.take()).say("fire")
    assert (await other).text == "fire"


async def test_who_waits_too_long_is_told_and_the_worker_goes_on(
    pool: TranscriptionPool, crew: Crew, ask
):
    worker = await crew.next()
    held = ask(call="a", within_s=0.001)
    asked = await worker.take()
    assert await reason(held) == "late"
    asked.say("too late")

    other = ask(call="b")
    (await worker.take()).say("in time")

    assert (await other).text == "in time"
    assert pool.figures()["refused_late"] == 1


async def test_a_caller_who_hangs_up_leaves_no_request_behind(
    pool: TranscriptionPool, crew: Crew, ask
):
    worker = await crew.next()
    held = ask(call="a")
    asked = await worker.take()
    gone = ask(call="b")
    await queued(pool, 1)

    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)

    assert pool.figures()["waiting"] == 0
    asked.say("x")
    await held


async def late_answer(worker: ScriptedWorker, clock: Clock, ask) -> list[str]:
    """Take one final that comes too late; return the models it asked."""
    task = ask(call="a")
    asked = await worker.take()
    clock.now += LAGGING_S + 0.5
    asked.say("x")
    await task
    return list(asked.models)


async def test_a_line_that_falls_behind_twice_uses_the_smaller_model_and_says_so(
    pool: TranscriptionPool, crew: Crew, clock: Clock, ask
):
    worker = await crew.next()
    with capture_logs() as logs:
        models = [await late_answer(worker, clock, ask) for _ in range(4)]

    assert models == [["tiny.en", "base"], ["tiny.en", "base"], ["tiny.en"], ["tiny.en"]]
    aside = [entry for entry in logs if entry["event"] == "speech_model_set_aside"]
    assert [(entry["model"], entry["why"]) for entry in aside] == [("base", "lagging")]
    assert pool.figures()["models_set_aside"] == 1

    clock.now += ASIDE_S
    assert await late_answer(worker, clock, ask) == ["tiny.en", "base"]


async def test_a_model_that_kills_two_workers_is_set_aside(crew: Crew, ask):
    task = ask(call="a")
    for _ in range(2):
        (await (await crew.next()).take()).die()
    assert await reason(task) == "dead"
    worker = await crew.next()

    other = ask(call="b")
    asked = await worker.take()
    asked.say("x")
    await other

    assert asked.models == ["tiny.en"]


async def test_a_language_without_a_smaller_model_keeps_the_one_there_is(
    crew: Crew, clock: Clock, ask
):
    worker = await crew.next()
    for _ in range(2):
        await late_answer(worker, clock, ask)
    task = ask("de", call="g")
    asked = await worker.take()
    asked.say("Feuer")
    await task

    assert asked.models == ["base"]


async def test_a_language_no_model_knows_is_refused_at_once(crew: Crew, clock: Clock):
    pool = TranscriptionPool(WeightsChoice((TINY,)), clock=clock, start_worker=crew.start)
    await pool.start()
    with pytest.raises(SpeechUnavailable, match="language"):
        await pool.transcribe(PCM, "fr")
    await pool.close()


async def test_a_pool_that_was_not_started_or_was_closed_is_dead(crew: Crew, clock: Clock):
    pool = TranscriptionPool(CHOICE, clock=clock, start_worker=crew.start)
    with pytest.raises(SpeechUnavailable, match="dead"):
        await pool.transcribe(PCM, "en")
    await pool.start()
    worker = await crew.next()
    held, waiting = (asyncio.create_task(pool.transcribe(PCM, "en", call=one)) for one in "ab")
    await worker.take()
    await queued(pool, 1)

    await pool.close()

    assert [await reason(held), await reason(waiting)] == ["dead", "dead"]
    assert worker.is_killed


async def test_when_no_worker_can_be_started_with_all_models_one_is_with_the_small(
    crew: Crew, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("aurora.speech.pool.LONGEST_REST_S", 0.0)
    crew.failures = 2
    pool = TranscriptionPool(CHOICE, clock=clock, start_worker=crew.start)
    await pool.start()

    assert crew.choices == [CHOICE, CHOICE, WeightsChoice((TINY,))]
    await pool.close()


def test_a_machine_that_was_full_for_a_day_is_heard_again_once_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("aurora.speech.pool.LONGEST_REST_S", 1.0)

    async def work() -> None:
        crew = Crew()
        pool = TranscriptionPool(CHOICE, clock=Clock(), start_worker=crew.start)
        await pool.start()
        worker = await crew.next()
        crew.failures = 1_100
        await worker.kill()
        await asyncio.sleep(1_200)

        assert crew.failures == 0
        assert pool.figures()["workers"] == 1
        await pool.close()

    virtually(work())
