"""Begin a model's answer to words that are not final yet, and keep it if they turn out the same."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from aurora.errors import ModelFault
from aurora.guidance.header import Header
from aurora.guidance.language_model import Figures, LanguageModel, Message
from aurora.guidance.spoken import fold


class AnswerAhead:
    """One answer, read as it comes; whoever asked for it may be late, or never come."""

    def __init__(self, model: LanguageModel, messages: Sequence[Message], within_s: float) -> None:
        self.figures = Figures()
        self._messages = messages
        self._began = time.perf_counter()
        self._parts: list[Header | str] = []
        self._fault: ModelFault | None = None
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read(model, within_s))

    def answers(self, messages: Sequence[Message]) -> bool:
        """Whether it is the answer to these messages: the last may differ in how it is spelt."""
        if self._fault is not None and not self._parts:
            return False
        *before, last = messages
        *own_before, own_last = self._messages
        return before == own_before and fold(last["content"]) == fold(own_last["content"])

    @property
    def ahead_ms(self) -> float:
        """How long ago it was asked for."""
        return (time.perf_counter() - self._began) * 1000

    async def parts(self) -> AsyncGenerator[Header | str]:
        """Yield what came and what comes, as `LanguageModel.answer` does; raises ModelFault."""
        given = 0
        while True:
            self._news.clear()
            while given < len(self._parts):
                given += 1
                yield self._parts[given - 1]
            if self._fault is not None:
                raise self._fault
            if self._reading.done():
                self._reading.result()  # whatever else it died of
                return
            await self._news.wait()

    def drop(self) -> None:
        """Nobody wants it any more."""
        self._reading.cancel()

    async def _read(self, model: LanguageModel, within_s: float) -> None:
        answer = model.answer(self._messages, within_s=within_s, figures=self.figures)
        try:
            async with aclosing(answer) as parts:
                async for part in parts:
                    self._parts.append(part)
                    self._news.set()
        except ModelFault as fault:
            self._fault = fault
        finally:
            asyncio.get_running_loop().call_soon(self._news.set)


class AnswersAhead:
    """At most one answer for each call."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._answers: dict[str, AnswerAhead] = {}

    def begin(self, call_id: str, messages: Sequence[Message], within_s: float) -> None:
        """Ask, unless just this was asked."""
        before = self._answers.get(call_id)
        if before is not None and before.answers(messages):
            return
        self.drop(call_id)
        self._answers[call_id] = AnswerAhead(self._model, messages, within_s)

    def take(self, call_id: str, messages: Sequence[Message]) -> AnswerAhead | None:
        """Return the answer to these messages, or drop what was asked in vain."""
        ahead = self._answers.pop(call_id, None)
        if ahead is None or ahead.answers(messages):
            return ahead
        ahead.drop()
        return None

    def drop(self, call_id: str) -> None:
        """The call's words went another way."""
        ahead = self._answers.pop(call_id, None)
        if ahead is not None:
            ahead.drop()

    def close(self) -> None:
        for call_id in list(self._answers):
            self.drop(call_id)
