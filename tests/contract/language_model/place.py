"""A model to ask, over the wire or in memory, and what it is to answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from aurora.errors import ModelFault
from aurora.guidance.header import Header
from aurora.guidance.language_model import Figures, LanguageModel
from aurora.guidance.openai_model import OpenAIModel
from aurora.levels import Hazard, Urgency
from aurora.rehearsal.model_server import ModelServer
from aurora.rehearsal.scripted_model import Script, ScriptedModel

NAME = "gpt-oss-120b"
HEADER_LINE = '{"urgency": "critical", "hazard": "fire", "zone": "Zone B"}\n'
HEADER = Header(Urgency.CRITICAL, Hazard.FIRE, "Zone B")
WORDS = "Leave by the east gate. Größe: 5 m… ¡Salga! Ça va ?"
SENTENCES = ["Leave by the east gate.", "Größe: 5 m…", "¡Salga!", "Ça va ?"]
ASKED = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": '{"said": "x"}'}]
PATIENT_S = 20.0
"""Never reached: a busy machine must not fail a test that is not about time."""
SHORT_S = 0.05
ARRIVES_S = 1.5
"""Long enough for half an answer to arrive before it stalls."""
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
