"""The language model, through any OpenAI-compatible server; the only file that knows the vendor."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2
import openai
from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk

from aurora.errors import ModelFault
from aurora.guidance.header import MAX_HEADER_CHARS, Header, parse_header

FIRST_TOKEN_S = 0.4
"""A later first token is no answer: the procedure speaks instead."""
MAX_ANSWER_TOKENS = 400
"""Reserved up front against the account's rate limit, reasoning included; three sentences fit."""
PROBE_S = 3.0
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+")

Message = Mapping[str, str]
"""{"role": ..., "content": ...}"""


class LanguageModel(Protocol):
    """Something that answers a conversation: a header first, then whole sentences."""

    def answer(
        self, messages: Sequence[Message], *, within_s: float
    ) -> AsyncIterator[Header | str]:
        """Yield one Header, then sentences as they complete.

        Raises ModelFault when the first token takes longer than FIRST_TOKEN_S, the whole longer
        than `within_s` seconds, or the answer is unusable in any other way.
        """


@dataclass(frozen=True, slots=True)
class ModelState:
    """What the probe at start found."""

    is_answering: bool
    detail: str


class OpenAIModel:
    """Chat completions, streamed, without retries: a live turn cannot wait for one."""

    def __init__(self, *, api_key: str, base_url: str, name: str) -> None:
        self.name = name
        self._client = AsyncOpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=httpx2.Timeout(10.0, connect=FIRST_TOKEN_S),
        )

    async def answer(
        self, messages: Sequence[Message], *, within_s: float
    ) -> AsyncIterator[Header | str]:
        clock = asyncio.get_running_loop().time
        started = clock()
        first_by, done_by = started + min(FIRST_TOKEN_S, within_s), started + within_s
        stream = await self._within(first_by, "slow_first_token", self._open(messages))
        try:
            chunks = _text_of(stream)
            buffer = await self._within(first_by, "slow_first_token", anext(chunks, ""))
            is_header_due = True
            while True:
                piece = await self._within(done_by, "stalled", anext(chunks, None))
                buffer += piece or ""
                if is_header_due:
                    header, buffer, is_header_due = _take_header(buffer, is_last=piece is None)
                    if header is not None:
                        yield header
                if not is_header_due:
                    sentences, buffer = _take_sentences(buffer, is_last=piece is None)
                    for sentence in sentences:
                        yield sentence
                if piece is None:
                    return
        finally:
            await stream.close()

    async def probe(self) -> ModelState:
        """Ask the server for its models; never raises."""
        try:
            async with asyncio.timeout(PROBE_S):
                served = [model.id async for model in self._client.models.list()]
        except (openai.OpenAIError, httpx2.HTTPError, TimeoutError, ValueError) as error:
            return ModelState(False, f"does not answer ({type(error).__name__})")
        if self.name not in served:
            known = ", ".join(sorted(served)[:8]) or "none"
            return ModelState(False, f"{self.name} is not served there; CEREBRAS_MODEL: {known}")
        return ModelState(True, self.name)

    async def close(self) -> None:
        await self._client.close()

    async def _open(self, messages: Sequence[Message]) -> AsyncStream[ChatCompletionChunk]:
        # gpt-oss reasons before it answers; "low" is the least it takes.
        extra: dict[str, Any] = (
            {"reasoning_effort": "low"} if self.name.startswith("gpt-oss") else {}
        )
        return await self._client.chat.completions.create(
            model=self.name,
            messages=list(messages),  # type: ignore[arg-type]
            stream=True,
            temperature=0.2,
            max_completion_tokens=MAX_ANSWER_TOKENS,
            **extra,
        )

    async def _within(self, deadline: float, late: str, step: Any) -> Any:
        """Await one step of the stream; every way it can fail becomes a ModelFault."""
        try:
            async with asyncio.timeout_at(deadline):
                return await step
        except (TimeoutError, openai.APITimeoutError) as error:
            raise ModelFault(late) from error
        except openai.APIStatusError as error:
            raise ModelFault(f"http_{error.status_code}") from error
        except openai.APIConnectionError as error:
            raise ModelFault("unreachable", str(error)) from error
        except httpx2.HTTPError as error:
            raise ModelFault("disconnected", type(error).__name__) from error
        except (openai.OpenAIError, ValueError) as error:
            raise ModelFault("malformed", type(error).__name__) from error


async def _text_of(stream: AsyncStream[ChatCompletionChunk]) -> AsyncIterator[str]:
    """Yield the answer's text; reasoning is skipped, an answer without an end is a fault."""
    finish_reason = None
    async for chunk in stream:
        for choice in chunk.choices[:1]:
            finish_reason = choice.finish_reason or finish_reason
            if choice.delta and choice.delta.content:
                yield choice.delta.content
    if finish_reason not in ("stop", "length"):
        raise ModelFault("truncated", f"finish_reason {finish_reason}")


def _take_header(buffer: str, *, is_last: bool) -> tuple[Header | None, str, bool]:
    """Cut the header line off the buffer once it is complete."""
    text = buffer.lstrip()
    if not text and is_last:
        raise ModelFault("empty")
    line, newline, rest = text.partition("\n")
    if not newline and not is_last:
        if len(text) > MAX_HEADER_CHARS:
            raise ModelFault("bad_header", "no line break")
        return None, buffer, True
    return parse_header(line.strip()), rest, False


def _take_sentences(buffer: str, *, is_last: bool) -> tuple[list[str], str]:
    """Cut complete sentences off the buffer; an unfinished last one is dropped."""
    *complete, rest = _SENTENCE_END.split(buffer)
    if is_last and rest.strip().endswith((".", "!", "?", "…")):
        complete, rest = [*complete, rest], ""
    return [sentence.strip() for sentence in complete if sentence.strip()], rest
