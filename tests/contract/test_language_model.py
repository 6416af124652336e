"""What every language model promises, asked of the twin in memory and of two servers alike."""

import asyncio
import errno
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, aclosing, asynccontextmanager, closing
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

from aurora.errors import ModelFault
from aurora.guidance.header import Header
from aurora.guidance.language_model import Figures, LanguageModel, ModelState
from aurora.guidance.openai_model import OpenAIModel
from aurora.levels import Hazard, Urgency
from aurora.rehearsal.model_server import REASONING_EFFORTS, ModelServer, Send, serving
from aurora.rehearsal.scripted_model import CALM, REASONS, Fault, Script, ScriptedModel

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "gpt-oss-120b"
HEADER_LINE = '{"urgency": "critical", "hazard": "fire", "zone": "Zone B"}\n'
HEADER = Header(Urgency.CRITICAL, Hazard.FIRE, "Zone B")
WORDS = "Leave by the east gate. Größe: 5 m… ¡Salga! Ça va ?"
SENTENCES = ["Leave by the east gate.", "Größe: 5 m…", "¡Salga!", "Ça va ?"]
ASKED = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": '{"said": "x"}'}]
PATIENT_S = 20.0
"""Never reached: a busy machine must not fail a test that is not about time."""
SHORT_S = 0.05
DEADLINES = [Fault.HUNG, Fault.SLOW_FIRST_TOKEN, Fault.STALL]
AT_ONCE = [fault for fault in Fault if fault not in DEADLINES]
ANSWERS = [
    (Script(HEADER_LINE + WORDS), [HEADER, *SENTENCES]),
    (Script(HEADER_LINE + WORDS, bytes_per_write=5), [HEADER, *SENTENCES]),
    (Script(HEADER_LINE + WORDS, reasoning="Fire. So: critical."), [HEADER, *SENTENCES]),
    (Script(HEADER_LINE + WORDS[:-3], finish_reason="length"), [HEADER, *SENTENCES[:-1]]),
    (Script(HEADER_LINE), [HEADER]),
    (Script("\n" + HEADER_LINE.strip()), [HEADER]),
]
UNUSABLE = [
    (Script(""), "empty"),
    (Script("", reasoning="Hm. " * 50, finish_reason="length"), "empty"),
    (Script(WORDS), "bad_header"),
    (Script("[URGENCY: critical] " + WORDS), "bad_header"),
    (Script("Urgency=CRITICAL\n" + WORDS), "bad_header"),
    (Script(HEADER_LINE.replace("critical", "CRITICAL") + WORDS), "bad_header"),
    (Script(HEADER_LINE.replace("}", ', "confidence": 1}') + WORDS), "bad_header"),
    (Script('{"urgency": "critical"}\n' + WORDS), "bad_header"),
    (Script(WORDS + "\n" + HEADER_LINE), "bad_header"),
    (Script(HEADER_LINE.replace("Zone B", "Zone B" * 100) + WORDS), "bad_header"),
    (Script(HEADER_LINE[:20], finish_reason="length"), "bad_header"),
    (Script(HEADER_LINE + "Leave. [URGENCY: critical] Go on."), "bad_text"),
    (Script(HEADER_LINE + WORDS, finish_reason="content_filter"), "refused"),
]


@dataclass
class Place:
    """A model, and the stand-in behind it, if it has one."""

    model: LanguageModel
    server: ModelServer | None = None
    url: str = ""
    heard: list[Header | str] = field(default_factory=list)

    def use(self, script: Script) -> None:
        if isinstance(self.model, ScriptedModel):
            self.model.prompter.use(script)
        elif self.server is not None:
            self.server.prompter.use(script)

    async def ask(self, within_s: float = PATIENT_S, figures: Figures | None = None) -> None:
        self.heard = []
        await self._read(within_s, figures)
        if self.server is not None:
            await self.server.idle()

    async def _read(self, within_s: float, figures: Figures | None) -> None:
        # The guard is for a model that breaks its promise; it is not part of it.
        async with asyncio.timeout(PATIENT_S * 2):
            async for part in self.model.answer(ASKED, within_s=within_s, figures=figures):
                self.heard.append(part)

    async def fault(self, within_s: float = PATIENT_S) -> str:
        with pytest.raises(ModelFault) as caught:
            await self.ask(within_s)
        return caught.value.reason


@asynccontextmanager
async def opened(
    url: str, *, first_token_s: float = PATIENT_S, key: str = "k", name: str = NAME
) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(api_key=key, base_url=url, name=name, first_token_s=first_token_s)
    try:
        yield model
    finally:
        await model.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand_in() -> AsyncIterator[Place]:
    app = ModelServer()
    # One client for all tests: whatever it went through, it must be as good as new.
    async with serving(app) as url, opened(url) as model:
        yield Place(model, app, url)


@pytest.fixture
def server(stand_in: Place) -> Place:
    assert stand_in.server is not None
    stand_in.server.requests.clear()
    stand_in.server.is_web_page, stand_in.server.api_key = False, None
    stand_in.server.models = (NAME,)
    return stand_in


@pytest.fixture(params=["twin", "server"])
def place(request: pytest.FixtureRequest, server: Place) -> Place:
    return Place(ScriptedModel()) if request.param == "twin" else server


def is_left_open(model: LanguageModel) -> bool:
    """Whether a connection is still in use; an idle one waits for the next turn."""
    assert isinstance(model, OpenAIModel)
    pool = model._client._client._transport._pool  # type: ignore[attr-defined]
    return any(not connection.is_idle() for connection in pool.connections)


async def ended(tasks: set[asyncio.Task[object]]) -> None:
    """Check that tasks end by themselves: the client's generators are closed by passing ones."""
    if tasks:
        _, unended = await asyncio.wait(tasks, timeout=PATIENT_S)
        assert unended == set()


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
        # Long enough for half an answer to arrive before it stalls.
        assert await hurried.fault(0.3 if is_stall else PATIENT_S) == REASONS[fault]
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
    hung = asyncio.create_task(server.fault(0.5))
    while not server.server.requests and not hung.done():
        await asyncio.wait([hung], timeout=0.005)
    other = Place(server.model)
    await other.ask()
    assert other.heard == [HEADER, *SENTENCES]
    assert not hung.done()
    assert await hung == "slow_first_token"


@pytest.fixture
def mute_address() -> Iterator[str]:
    """An address that accepts a connection and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


@pytest.fixture
def black_hole() -> Iterator[str]:
    """An address that swallows every attempt to connect: its queue is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(closing(socket.socket()))
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            caller = stack.enter_context(closing(socket.socket()))
            caller.setblocking(False)
            assert caller.connect_ex(listener.getsockname()) in (0, errno.EINPROGRESS)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


@pytest.mark.parametrize("address", ["mute_address", "black_hole"])
async def test_an_address_that_never_answers_obeys_the_deadline(
    request: pytest.FixtureRequest, address: str
) -> None:
    before = asyncio.all_tasks()
    async with opened(request.getfixturevalue(address), first_token_s=SHORT_S) as model:
        assert await Place(model).fault() == "slow_first_token"
        assert not is_left_open(model)
    await ended(asyncio.all_tasks() - before)


async def test_an_address_where_nothing_listens_is_unreachable(unused_tcp_port: int) -> None:
    async with opened(f"http://127.0.0.1:{unused_tcp_port}/v1") as model:
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


async def test_the_probe_finds_the_model(server: Place) -> None:
    async with opened(server.url) as model:
        assert await model.probe() == ModelState(True, NAME)


async def test_the_probe_names_what_is_served_when_the_model_is_gone(server: Place) -> None:
    async with opened(server.url, name="llama3.1-8b") as model:
        state = await model.probe()
        assert await Place(model, server.server).fault() == "http_404"
    assert not state.is_answering
    assert "CEREBRAS_MODEL llama3.1-8b" in state.detail
    assert NAME in state.detail


async def test_the_probe_tells_a_wrong_key(server: Place) -> None:
    assert server.server is not None
    server.server.api_key = "right"
    async with opened(server.url, key="wrong") as model:
        state = await model.probe()
        assert await Place(model, server.server).fault() == "http_401"
    assert not state.is_answering
    assert "CEREBRAS_API_KEY" in state.detail
    assert "wrong" not in state.detail
    async with opened(server.url, key="right") as model:
        assert (await model.probe()).is_answering


async def test_the_probe_tells_a_web_page_from_a_model(server: Place) -> None:
    assert server.server is not None
    server.server.is_web_page = True
    async with opened(server.url) as model:
        state = await model.probe()
    assert not state.is_answering
    assert "CEREBRAS_BASE_URL" in state.detail


async def test_the_probe_tells_a_wrong_path(server: Place) -> None:
    async with opened(server.url.removesuffix("/v1")) as model:
        state = await model.probe()
    assert not state.is_answering
    assert "CEREBRAS_BASE_URL" in state.detail


@pytest.mark.parametrize("body", ["null", "[]", '{"data": null}', '{"data": 3}', '{"data": [3]}'])
async def test_the_probe_survives_any_list(
    server: Place, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr("aurora.rehearsal.model_server.WEB_PAGE", body.encode())
    assert server.server is not None
    server.server.is_web_page = True
    async with opened(server.url) as model:
        assert not (await model.probe()).is_answering


async def test_the_probe_tells_an_unreachable_server(unused_tcp_port: int) -> None:
    async with opened(f"http://127.0.0.1:{unused_tcp_port}/v1") as model:
        state = await model.probe()
    assert not state.is_answering
    assert "cannot be reached" in state.detail


@pytest.mark.parametrize("address", ["mute_address", "black_hole"])
async def test_the_probe_is_bounded(
    request: pytest.FixtureRequest, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aurora.guidance.openai_model.PROBE_S", SHORT_S)
    async with opened(request.getfixturevalue(address)) as model, asyncio.timeout(PATIENT_S):
        state = await model.probe()
    assert not state.is_answering
    assert "cannot be reached" in state.detail


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def independent_model(llmock_server: LLMockServer) -> AsyncIterator[OpenAIModel]:
    """Of a server by other people, who read the protocol for themselves."""
    async with opened(llmock_server.base_url("openai")) as model:
        yield model


@pytest.mark.parametrize(
    ("script", "parts"), [case for case in ANSWERS if case[0].finish_reason == "stop"]
)
async def test_independent_server_is_read_the_same(
    llmock: LLMock, independent_model: OpenAIModel, script: Script, parts: list[Header | str]
) -> None:
    llmock.reply(script.text)
    asked = Place(independent_model)
    await asked.ask()
    assert asked.heard == parts


@pytest.mark.parametrize(
    ("script", "reason"),
    [case for case in UNUSABLE if case[0].text and case[0].finish_reason == "stop"],
)
async def test_independent_server_is_refused_the_same(
    llmock: LLMock, independent_model: OpenAIModel, script: Script, reason: str
) -> None:
    llmock.reply(script.text)
    assert await Place(independent_model).fault() == reason


def fail_independently(independent: LLMock, fault: Fault) -> None:
    match fault:
        case Fault.RATE_LIMITED:
            independent.rate_limit()
        case Fault.OVERLOADED:
            independent.fail(503)
        case Fault.SLOW_FIRST_TOKEN:
            independent.slow_first_token(1.0)
        case Fault.STALL:
            independent.reply(HEADER_LINE + WORDS).stall(after_chunks=3, seconds=1.0)
        case Fault.TRUNCATION:
            independent.reply(HEADER_LINE + WORDS).truncate(after_chunks=3)
        case Fault.DISCONNECT:
            independent.reply(HEADER_LINE + WORDS).disconnect(after_chunks=3)
        case Fault.MALFORMED_CHUNK:
            independent.reply(HEADER_LINE + WORDS).corrupt(after_chunks=3)


@pytest.mark.parametrize(
    "fault",
    [fault for fault in Fault if fault not in (Fault.HUNG, Fault.ERROR_EVENT, Fault.WEB_PAGE)],
)
async def test_independent_server_fails_the_same(llmock: LLMock, fault: Fault) -> None:
    fail_independently(llmock, fault)
    is_slow_start = fault is Fault.SLOW_FIRST_TOKEN
    first_token_s = SHORT_S if is_slow_start else PATIENT_S
    async with opened(llmock.base_url(), first_token_s=first_token_s) as model:
        reason = await Place(model).fault(0.3 if fault is Fault.STALL else PATIENT_S)
        assert reason == REASONS[fault]
        assert not is_left_open(model)


async def test_independent_server_lists_its_models(llmock: LLMock) -> None:
    async with opened(llmock.base_url(), name="gpt-4o") as model:
        assert await model.probe() == ModelState(True, "gpt-4o")
    async with opened(llmock.base_url()) as model:
        assert f"CEREBRAS_MODEL {NAME}" in (await model.probe()).detail
