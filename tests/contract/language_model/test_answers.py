"""What every language model promises, asked of the twin in memory and of two servers alike."""

import asyncio
import gc
from contextlib import aclosing

import pytest

from aurora.errors import ModelFault
from aurora.guidance.header import Header
from aurora.guidance.language_model import Figures
from aurora.levels import Hazard, Urgency
from aurora.rehearsal.model_server import REASONING_EFFORTS, Send, serving
from aurora.rehearsal.scripted_model import CALM, REASONS, Fault, Script
from tests.contract.language_model.place import (
    ANSWERS,
    ARRIVES_S,
    ASKED,
    HEADER,
    HEADER_LINE,
    PATIENT_S,
    SENTENCES,
    SHORT_S,
    UNUSABLE,
    WORDS,
    Place,
    ended,
    is_left_open,
    opened,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEADLINES = [Fault.HUNG, Fault.SLOW_FIRST_TOKEN, Fault.STALL]
AT_ONCE = [fault for fault in Fault if fault not in DEADLINES]


@pytest.mark.parametrize(("script", "parts"), ANSWERS)
async def test_an_answer_is_a_header_and_then_sentences(
    place: Place, script: Script, parts: list[Header | str]
) -> None:
    place.use(script)
    await place.ask()
    assert place.heard == parts


@pytest.mark.parametrize(("script", "reason"), UNUSABLE)
async def test_an_unusable_answer_is_a_fault(place: Place, script: Script, reason: str) -> None:
    place.use(script)
    assert await place.fault() == reason


@pytest.mark.parametrize("fault", AT_ONCE)
async def test_a_failing_server_is_a_fault(place: Place, fault: Fault) -> None:
    place.use(Script(HEADER_LINE + WORDS, fault))
    assert await place.fault() == REASONS[fault]


@pytest.mark.parametrize("fault", DEADLINES)
async def test_a_silent_server_is_a_fault_within_the_deadline(place: Place, fault: Fault) -> None:
    place.use(Script(HEADER_LINE + WORDS, fault))
    if place.server is None:
        assert await place.fault() == REASONS[fault]
        return
    is_stall = fault is Fault.STALL
    async with opened(place.url, first_token_s=PATIENT_S if is_stall else SHORT_S) as model:
        hurried = Place(model, place.server)
        assert await hurried.fault(ARRIVES_S if is_stall else PATIENT_S) == REASONS[fault]
        assert not is_left_open(model)


async def test_the_turn_deadline_binds_the_first_token_too(server: Place) -> None:
    server.use(Script(fault=Fault.HUNG))
    assert await server.fault(SHORT_S) == "slow_first_token"


async def test_the_header_stands_when_the_rest_fails(place: Place) -> None:
    place.use(Script(HEADER_LINE + WORDS * 3, Fault.DISCONNECT))
    assert await place.fault() == "disconnected"
    assert place.heard[0] == HEADER


async def test_reasoning_is_never_yielded(server: Place) -> None:
    server.use(Script(HEADER_LINE + "Go.", reasoning=HEADER_LINE + "I think. So be it. "))
    await server.ask()
    assert server.heard == [HEADER, "Go."]


@pytest.mark.parametrize("fault", AT_ONCE)
async def test_a_fault_leaves_nothing_behind(server: Place, fault: Fault) -> None:
    before = asyncio.all_tasks()
    server.use(Script(HEADER_LINE + WORDS, fault))
    await server.fault()
    gc.collect()
    assert not is_left_open(server.model)
    await ended(asyncio.all_tasks() - before)
    server.use(Script(HEADER_LINE + WORDS))
    await server.ask()
    assert server.heard == [HEADER, *SENTENCES]


async def test_a_reader_that_leaves_early_hangs_up(server: Place) -> None:
    server.use(Script(HEADER_LINE + WORDS * 3, Fault.STALL))
    async with aclosing(server.model.answer(ASKED, within_s=PATIENT_S)) as answer:  # type: ignore[type-var]
        assert await anext(answer) == HEADER
    assert server.server is not None
    await server.server.idle()
    assert not is_left_open(server.model)


async def test_a_cancelled_turn_hangs_up(server: Place) -> None:
    server.use(Script(HEADER_LINE + WORDS * 3, Fault.STALL))
    turn = asyncio.create_task(server.ask())
    while not server.heard and not turn.done():
        await asyncio.wait([turn], timeout=0.005)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert server.server is not None
    await server.server.idle()
    assert not is_left_open(server.model)


async def test_two_turns_at_once_do_not_mix(server: Place) -> None:
    assert server.server is not None
    texts = {name: f"{CALM}{f'This is for {name}. ' * 20}" for name in ("Ann", "Ben")}
    server.server.prompter.use(
        lambda messages: Script(texts[messages[0]["content"]], piece_chars=2, bytes_per_write=50)
    )

    async def turn(name: str) -> set[Header | str]:
        asked = [{"role": "user", "content": name}]
        return {part async for part in server.model.answer(asked, within_s=PATIENT_S)}

    calm = Header(Urgency.NORMAL, Hazard.NONE, None)
    ann, ben = await asyncio.gather(turn("Ann"), turn("Ben"))
    assert ann == {calm, "This is for Ann."}
    assert ben == {calm, "This is for Ben."}


async def test_a_hung_turn_does_not_hold_up_another(server: Place) -> None:
    assert server.server is not None
    server.server.prompter.use([Script(fault=Fault.HUNG), Script(HEADER_LINE + WORDS)])
    hung = asyncio.create_task(server.ask())
    while not server.server.requests and not hung.done():
        await asyncio.wait([hung], timeout=0.005)
    other = Place(server.model)
    await other.ask()
    assert other.heard == [HEADER, *SENTENCES]
    assert not hung.done()
    hung.cancel()
    await asyncio.wait([hung])
    await server.server.idle()


@pytest.mark.parametrize("address", ["mute_address", "black_hole"])
async def test_an_address_that_never_answers_obeys_the_deadline(
    request: pytest.FixtureRequest, address: str
) -> None:
    before = asyncio.all_tasks()
    async with opened(request.getfixturevalue(address), first_token_s=SHORT_S) as model:
        assert await Place(model).fault() == "slow_first_token"
        assert not is_left_open(model)
    await ended(asyncio.all_tasks() - before)


async def test_an_address_where_nothing_listens_is_unreachable(nobodys_address: str) -> None:
    async with opened(nobodys_address) as model:
        assert await Place(model).fault() == "unreachable"


SHAPES = [
    "null",
    "[]",
    "7",
    '"text"',
    "{}",
    '{"choices": null}',
    '{"choices": [null]}',
    '{"choices": [{"delta": {"content": 7}}]}',
    '{"choices": [{"delta": null, "finish_reason": ["stop"]}]}',
    "[" * 100_000,
    '{"choices"',
    "\xff",
]


async def test_a_chunk_of_any_shape_is_at_most_a_fault() -> None:
    left = list(SHAPES)

    async def app(scope: object, receive: object, send: Send) -> None:
        event = f"data: {left.pop(0)}\n\ndata: [DONE]\n\n".encode("latin-1")
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": event})

    async with serving(app) as url, opened(url) as model:
        reasons = [await Place(model).fault() for _ in SHAPES]
    assert set(reasons) == {"malformed", "truncated"}


async def test_an_answer_without_end_is_a_fault(server: Place) -> None:
    server.use(Script(HEADER_LINE + "word " * 5_000, piece_chars=5_000))
    assert await server.fault() == "too_long"
    server.use(Script(HEADER_LINE + "a b " * 700, piece_chars=1))
    assert await server.fault() == "too_long"


async def test_what_is_asked_is_small_and_each_word_goes_once(server: Place) -> None:
    server.use(Script(HEADER_LINE))
    await server.ask()
    assert server.server is not None
    (sent,) = server.server.requests
    assert sent["messages"] == ASKED
    assert sent["stream"] is True
    assert sent["max_completion_tokens"] <= 500
    assert sent["reasoning_effort"] in REASONING_EFFORTS


async def test_only_reasoning_models_are_given_an_effort(server: Place) -> None:
    assert server.server is not None
    server.server.models = ("plain-8b", "openai/gpt-oss-20b")
    server.use(Script(HEADER_LINE))
    for name in server.server.models:
        async with opened(server.url, name=name) as model:
            await Place(model, server.server).ask()
    plain, reasoning = server.server.requests
    assert "reasoning_effort" not in plain
    assert reasoning["reasoning_effort"] == "low"


async def test_a_refusal_tells_the_limits(server: Place) -> None:
    server.use(Script(fault=Fault.RATE_LIMITED))
    with pytest.raises(ModelFault, match=r"http_429: .*x-ratelimit-remaining-requests-day=0"):
        await server.ask()


async def test_figures_are_taken_from_the_last_chunk(server: Place) -> None:
    server.use(Script(HEADER_LINE + WORDS))
    figures = Figures()
    await server.ask(figures=figures)
    assert figures.first_token_ms is not None
    stages = figures.stages_ms()
    assert stages.pop("model_first_token") > 0
    assert stages == {"model_queue": 0.2, "model_prompt": 4.0, "model_completion": 31.0}
    assert (figures.prompt_tokens, figures.completion_tokens) == (512, 48)


async def test_a_key_for_another_service_is_not_sent(
    server: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-other")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-other")
    async with opened(server.url) as model:
        headers = model._client.default_headers
    assert "other" not in str(headers)
