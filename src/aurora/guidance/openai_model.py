"""The client of any OpenAI-compatible server; the only file that knows the vendor."""

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar, cast

import httpx2
import openai
from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from aurora.errors import ModelFault
from aurora.guidance.header import Header
from aurora.guidance.language_model import (
    FIRST_TOKEN_S,
    AnswerReader,
    Figures,
    Message,
    ModelState,
)

MAX_ANSWER_TOKENS = 400
"""Reserved up front against the account's rate limit, reasoning included; three sentences fit."""
MAX_CHUNKS = 4 * MAX_ANSWER_TOKENS
CHUNKS_AT_ONCE = 32
"""One takes 0.2 ms, and a read of the socket may bring a thousand; other calls go in between."""
TAIL_S = 0.05
"""After the answer's end, for figures still to come and the connection to be free again."""
PROBE_S = 3.0
KEEP_ALIVE_S = 30.0
"""Calls are rare; a new connection would cost each turn two round trips of its 400 ms."""

Result = TypeVar("Result")


class OpenAIModel:
    """Chat completions, streamed, without retries: a live turn cannot wait for one."""

    def __init__(
        self, *, api_key: str, base_url: str, name: str, first_token_s: float = FIRST_TOKEN_S
    ) -> None:
        self.name = name
        self._first_token_s = first_token_s
        self._client = AsyncOpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=httpx2.Timeout(10.0, connect=PROBE_S),
            # A caller's words go to the server that was configured, to no other.
            http_client=openai.DefaultAsyncHttpx2Client(
                limits=httpx2.Limits(keepalive_expiry=KEEP_ALIVE_S), follow_redirects=False
            ),
        )
        # The client fills these from OPENAI_* variables, which are meant for another account.
        self._client.organization = self._client.project = None
        # First use imports for 20 ms; better at start than on a live call.
        self._completions = self._client.chat.completions

    async def answer(
        self, messages: Sequence[Message], *, within_s: float, figures: Figures | None = None
    ) -> AsyncGenerator[Header | str]:
        figures = figures or Figures()
        clock = asyncio.get_running_loop().time
        started = clock()
        done_by = started + within_s
        deadline, late = started + min(self._first_token_s, within_s), "slow_first_token"
        reader, chunks = AnswerReader(), 0
        stream = await _by(deadline, late, lambda: self._open(messages))
        try:
            finish_reason = None
            while finish_reason is None:
                chunk = await _by(deadline, late, lambda: anext(stream, None))
                if chunk is None:
                    raise ModelFault("truncated", "no finish_reason")
                chunks += 1
                if chunks > MAX_CHUNKS:
                    raise ModelFault("too_long")
                if chunks % CHUNKS_AT_ONCE == 0:
                    await asyncio.sleep(0)
                delta = _delta_of(chunk)
                _note(chunk, figures)
                if delta.is_token and figures.first_token_ms is None:
                    figures.first_token_ms = (clock() - started) * 1000
                    deadline, late = done_by, "late"
                for part in reader.take(delta.text):
                    yield part
                finish_reason = delta.finish_reason
            if finish_reason not in ("stop", "length"):
                raise ModelFault("refused", f"finish_reason {finish_reason[:40]}")
            for part in reader.finish():
                yield part
            await _read_tail(stream, figures, min(clock() + TAIL_S, done_by))
        finally:
            # Hangs up on an unread answer; a read one has already freed its connection.
            await stream.close()

    async def probe(self) -> ModelState:
        """Ask the server for its models; never raises, never takes longer than PROBE_S."""
        try:
            async with asyncio.timeout(PROBE_S):
                response = await self._client.get("/models", cast_to=httpx2.Response)
            served = _served(response)
        except openai.APIStatusError as error:
            return ModelState(False, self._refusal(error.status_code))
        except (openai.APIConnectionError, httpx2.HTTPError, httpx2.InvalidURL, TimeoutError):
            return ModelState(
                False, f"{self._address} cannot be reached; check CEREBRAS_BASE_URL and the network"
            )
        except (openai.OpenAIError, ValueError, RecursionError):
            return ModelState(
                False,
                f"{self._address} is no OpenAI-compatible server; check CEREBRAS_BASE_URL "
                "(most end in /v1)",
            )
        if self.name not in served:
            known = ", ".join(sorted(served)[:8]) or "no model"
            return ModelState(
                False, f"CEREBRAS_MODEL {self.name} is not served there any more; served: {known}"
            )
        return ModelState(True, self.name)

    async def close(self) -> None:
        await self._client.close()

    @property
    def _address(self) -> str:
        return str(self._client.base_url).rstrip("/")

    def _refusal(self, status: int) -> str:
        if status in (401, 403):
            return f"{self._address} refuses the key ({status}); check CEREBRAS_API_KEY"
        if status == 404:
            return f"{self._address} has no list of models (404); check CEREBRAS_BASE_URL"
        return f"{self._address} answers with an error ({status})"

    async def _open(self, messages: Sequence[Message]) -> AsyncStream[ChatCompletionChunk]:
        return await self._completions.create(
            model=self.name,
            messages=cast("list[ChatCompletionMessageParam]", list(messages)),
            stream=True,
            temperature=0.2,
            max_completion_tokens=MAX_ANSWER_TOKENS,
            # gpt-oss reasons before it answers; "low" is the least it takes.
            reasoning_effort="low" if "gpt-oss" in self.name else openai.omit,
        )


@dataclass(frozen=True, slots=True)
class _Delta:
    text: str = ""
    is_token: bool = False
    """Text or reasoning: the model is at work."""
    finish_reason: str | None = None


async def _by(deadline: float, late: str, step: Callable[[], Awaitable[Result]]) -> Result:
    """Await one step of the stream; every way it can fail becomes a ModelFault."""
    try:
        async with asyncio.timeout_at(deadline):
            return await step()
    except (TimeoutError, openai.APITimeoutError) as error:
        raise ModelFault(late) from error
    except openai.APIStatusError as error:
        raise ModelFault(f"http_{error.status_code}", _limits(error.response)) from error
    except openai.APIConnectionError as error:
        is_unreachable = isinstance(error.__cause__, httpx2.ConnectError)
        raise ModelFault("unreachable" if is_unreachable else "disconnected") from error
    except (httpx2.HTTPError, httpx2.StreamError) as error:
        raise ModelFault("disconnected", type(error).__name__) from error
    except openai.APIError as error:
        raise ModelFault("server_error", error.message[:200]) from error
    except (openai.OpenAIError, ValueError, RecursionError) as error:
        raise ModelFault("malformed", type(error).__name__) from error


async def _read_tail(
    stream: AsyncStream[ChatCompletionChunk], figures: Figures, deadline: float
) -> None:
    """Read on to the end of the stream. The answer is whole: nothing here can spoil it."""
    with suppress(ModelFault):
        while chunk := await _by(deadline, "late", lambda: anext(stream, None)):
            _note(chunk, figures)


def _delta_of(chunk: object) -> _Delta:
    # The client builds chunks without checking them: any field can be of any type.
    choices = getattr(chunk, "choices", None)
    if not isinstance(choices, list):
        raise ModelFault("malformed", "a chunk without choices")
    if not choices:
        return _Delta()
    delta = getattr(choices[0], "delta", None)
    text, finish_reason = (
        getattr(delta, "content", None),
        getattr(choices[0], "finish_reason", None),
    )
    if not isinstance(text, str | None) or not isinstance(finish_reason, str | None):
        raise ModelFault("malformed", "a chunk with fields of the wrong type")
    reasoning = getattr(delta, "reasoning", None) or getattr(delta, "reasoning_content", None)
    return _Delta(text or "", bool(text or reasoning), finish_reason)


def _note(chunk: object, figures: Figures) -> None:
    """Keep what a chunk tells of times (seconds, Cerebras only) and tokens."""
    times, usage = getattr(chunk, "time_info", None), getattr(chunk, "usage", None)
    if isinstance(times, dict):
        figures.queue_ms = _number(times.get("queue_time"), 1000)
        figures.prompt_ms = _number(times.get("prompt_time"), 1000)
        figures.completion_ms = _number(times.get("completion_time"), 1000)
    if usage is not None:
        figures.prompt_tokens = _number(getattr(usage, "prompt_tokens", None))
        figures.completion_tokens = _number(getattr(usage, "completion_tokens", None))


def _number(value: object, factor: float = 1) -> float | None:
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return value * factor if is_number else None  # type: ignore[operator]


def _limits(response: httpx2.Response) -> str:
    """Return the rate-limit headers of a refusal, for the record."""
    told = [
        f"{name}={value}"
        for name, value in response.headers.items()
        if name == "retry-after" or name.startswith("x-ratelimit-")
    ]
    return " ".join(told)[:400]


def _served(response: httpx2.Response) -> list[str]:
    """Return the names in a list of models; raises ValueError for anything else."""
    listed = response.json()
    models = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(models, list):
        raise ValueError("not a list of models")
    return [str(model["id"]) for model in models if isinstance(model, dict) and "id" in model]
